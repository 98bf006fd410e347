"""Say in a `Transition` what a step leads to: where the run stands after it, and what becomes of its calls.

Under a run that a person has paused, what would be for a worker to take is held.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from monty_flow.engine import payloads, settling
from monty_flow.engine.begun import begun
from monty_flow.engine.clock import Clock
from monty_flow.engine.functions import Functions
from monty_flow.engine.interpreting import Asked, Paused
from monty_flow.engine.keeper import Keeper
from monty_flow.engine.live import Hand, Known, LiveRun
from monty_flow.engine.mapping import Following, orphans
from monty_flow.engine.outcomes import (
    Cancelling,
    Nothing,
    Over,
    Raised,
    Returned,
    StillWaiting,
)
from monty_flow.engine.records import ErrorInfo
from monty_flow.engine.routing import Router
from monty_flow.engine.states import ENDED, CallKind, CallStatus, RunStatus
from monty_flow.engine.store import error_payload
from monty_flow.engine.transitions import NewCall, Settled, Transition
from monty_flow.engine.waits import RUN
from monty_flow.interpreter import Cancelled


class Drafter:
    """Draft transitions, with the functions and the places of one worker."""

    def __init__(
        self, functions: Functions, clock: Clock, reserve: Callable[[int], int], keeper: Keeper, router: Router
    ) -> None:
        self._functions = functions
        self._clock = clock
        #: Takes up to so many places for new calls, and returns how many it took.
        self._reserve = reserve
        #: Makes the rows of snapshots.
        self._keeper = keeper
        #: Says where calls go.
        self._router = router
        #: Whether new calls may be taken at once; off while the worker drains.
        self.takes_calls = True

    def ended(
        self,
        run: LiveRun,
        status: RunStatus,
        calls: list[Settled],
        left: list[tuple[Hand, Over]],
        details: dict[str, Any],
    ) -> Transition:
        """Return the transition of a run that has ended for good: nobody wants its other calls any more."""
        calls += [settling.settled(hand, CallStatus.CANCELLED) for hand, _ in left]
        # A call that was to be attempted again is of no use either.
        calls = [_given_up(call) if call.status is CallStatus.PENDING else call for call in calls]
        over = {call.number for call in calls}.union(details['taken'])
        details['given_up'] = tuple(sorted(run.calls.keys() - over))
        return self.transition(run, status, calls, {}, **details)

    def paused(
        self,
        run: LiveRun,
        status: RunStatus,
        step: Paused,
        calls: list[Settled],
        left: list[tuple[Hand, Over]],
        details: dict[str, Any],
        following: Following,
    ) -> Transition:
        """Return the transition of a run whose script waits."""
        run.following = step.state
        data = self._keeper.as_written(step.state, step.data)
        row, run.link = self._keeper.keep(run.id, run.step + 1, data)
        after = dict(run.calls)
        for call in calls:
            if call.step is not None:
                after.pop(call.number, None)
        for number in (*details['taken'], *details['given_up']):
            after.pop(number, None)
        if left:
            calls += _kept_for_later(left, after)
        given_up: list[int] = []
        if after:
            given_up = _given_up_by(after, step.futures)
            for number in given_up:
                del after[number]
            items = orphans(after)
            given_up += items
            for number in items:
                del after[number]
        new = self._new_calls(run, step.asked, following)
        after |= _known(new)
        if given_up:
            # A late result is dropped.
            calls = [_given_up(call) if call.number in given_up else call for call in calls]
            ours = {call.number for call in calls}
            details['given_up'] += tuple([number for number in given_up if number not in ours])
        return self.transition(run, status, calls, after, snapshot=row, new=new, woken=following.woken, **details)

    def failed(
        self,
        run: LiveRun,
        calls: list[Settled],
        left: list[tuple[Hand, Over]],
        details: dict[str, Any],
        following: Following,
    ) -> Transition:
        """Return the transition of a run whose script has failed, until a person has it retried."""
        after = dict(run.calls)
        calls = _held(calls + _kept_for_later(left, after))
        ours, over = {call.number for call in calls}, {call.number for call in calls if call.step is not None}
        details['given_up'] += tuple([number for number in orphans(run.calls, over) if number not in ours])
        details |= {'holds_others': _has_others(run, calls), 'woken': following.woken}
        return self.transition(run, RunStatus.FAILED, calls, after, **details)

    def _new_calls(self, run: LiveRun, asked: Sequence[Asked], following: Following) -> tuple[NewCall, ...]:
        """Return the calls that the script and its maps have begun, those that this worker has a place for leased by it."""
        now = self._clock.now()
        new = [
            begun(run, each, number, now, self._functions, self._router)
            for number, each in enumerate([*asked, *(item.asked for item in following.items)], run.last_call + 1)
        ]
        for place, item in enumerate(following.items, len(asked)):
            new[place] = replace(new[place], part_of=item.part_of, item=item.item)
        if run.status is RunStatus.PAUSED:
            return tuple([replace(call, held=True) for call in new])
        if not self.takes_calls:
            return tuple(new)
        wanted = [place for place, call in enumerate(new) if self._takes(call, now)]
        # The calls that the step settles leave their places.
        places = len(run.settling)
        if len(wanted) > places:
            run.reserved = self._reserve(len(wanted) - places)
            places += run.reserved
        for place in wanted[:places]:
            call = new[place]
            call.leased = True
            run.beginning.append(
                Hand(
                    run, call.number, call.kind, call.function, call.arguments, now, call.due_at, call.lane,
                    part_of=call.part_of, item=call.item,
                )
            )  # fmt: skip
        return tuple(new)

    def _takes(self, call: NewCall, now: int) -> bool:
        if call.kind is CallKind.FUNCTION:
            takes = call.awaits is None and self._functions.get(call.function) is not None
        else:
            takes = call.kind in (CallKind.TIMER, CallKind.MAP) and call.due_at <= now
        return takes and self._router.may_go_on(call.lane)

    def unmoved(
        self,
        run: LiveRun,
        calls: list[Settled],
        left: list[tuple[Hand, Over]],
        reason: ErrorInfo | None,
        following: Following,
    ) -> Transition:
        """Return the transition of a run whose script was not advanced, set aside for a reason if there is one."""
        # Items that are over are so without the script.
        over = {call.number for call in calls if call.step is not None}
        after = {number: call for number, call in run.calls.items() if number not in over}
        calls += _kept_for_later(left, after)
        if reason is None:
            # A start that goes back is pending again.
            status = RunStatus.PENDING if run.status is RunStatus.RUNNING else run.status
            new = self._new_calls(run, (), following)
            return self.transition(run, status, calls, after | _known(new), new=new, woken=following.woken)
        calls = _held(calls)
        holds_others = _has_others(run, calls)
        return self.transition(
            run, RunStatus.PAUSED, calls, after, run_error=error_payload(reason), holds_others=holds_others,
            woken=following.woken,
        )  # fmt: skip

    def transition(
        self, run: LiveRun, to_status: RunStatus, calls: list[Settled], after: dict[int, Known], **details: Any
    ) -> Transition:
        """Return the transition of a run whose calls under way are `after` it."""
        new = details.get('new', ())
        run.after = settling.noted(after, calls, details.get('woken', ()))
        if run.status is RunStatus.PAUSED and to_status not in ENDED:
            # A person has paused it: what a worker would take is held.
            to_status, calls = RunStatus.PAUSED, _held(calls)
        if _leaves_waiting(run, new):
            awaited = [
                each.child for _, each in run.settling if isinstance(each, StillWaiting) and each.child is not None
            ]
            awaited += [call.awaits[len(RUN) :] for call in new if call.awaits and call.kind is CallKind.CHILD]
            details |= {'leaves_waiting': True, 'awaited_runs': tuple(awaited)}
        last_call = new[-1].number if new else run.last_call
        moves = details.get('snapshot') is not None
        return Transition(
            run_id=run.id,
            from_version=run.version,
            from_status=run.status,
            to_status=to_status,
            worker=run.session,
            at=self._clock.now(),
            settled=tuple(calls),
            from_step=run.step,
            step=run.step + 1 if moves else run.step,
            last_call=last_call,
            oldest_call=min(after, default=last_call),
            has_parent=run.has_parent,
            frees_place=self._router.has_limits and any(self._router.is_limited(hand.lane) for hand, _ in run.settling),
            **details,
        )


def _leaves_waiting(run: LiveRun, new: Sequence[NewCall]) -> bool:
    """Tell whether somebody is waited for after the step, by a call that it looked at or by one that it begins."""
    awaited = [call.awaits for call in new if call.awaits is not None]
    return bool(awaited) or StillWaiting in [type(outcome) for _, outcome in run.settling]


def _kept_for_later(left: list[tuple[Hand, Over]], after: dict[int, Known]) -> list[Settled]:
    """Return calls whose outcomes the script takes later, and note these in what is known after the step."""
    kept = []
    for hand, outcome in left:
        known = after[hand.number]
        match outcome:
            case Nothing():
                ready: Returned | Raised = Returned(None, payloads.encode(None))
            case Cancelling():
                ready = Raised(Cancelled(settling.CANCELLED), final=True)
            case _:
                ready = outcome
        after[hand.number] = Known(known.future, known.function, ready)
        kept.append(settling.recorded(hand, outcome))
    return kept


def _given_up_by(calls: Mapping[int, Known], futures: frozenset[int] | None) -> list[int]:
    """Return the calls that a script does not wait for any more; a script that waits for one call alone does not tell."""
    if futures is None:
        return []
    return [number for number, call in calls.items() if call.future is not None and call.future not in futures]


def _known(new: Sequence[NewCall]) -> dict[int, Known]:
    return {call.number: Known(call.future, call.function, part_of=call.part_of) for call in new}


def _held(calls: list[Settled]) -> list[Settled]:
    """Return calls such that none of them is for a worker to take."""
    return [replace(call, status=CallStatus.HELD) if call.status is CallStatus.PENDING else call for call in calls]


def _given_up(call: Settled) -> Settled:
    return replace(call, status=CallStatus.CANCELLED, result=None, due_at=None)


def _has_others(run: LiveRun, calls: Sequence[Settled]) -> bool:
    return run.calls.keys() != {call.number for call in calls}
