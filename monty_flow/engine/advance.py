"""Advance a run by what came of its calls: decide, step the script, and say it all in one `Transition`.

    Hand -> execute -> Outcome -> box of the run -> settle -> Transition

Nothing here commits, waits or starts a thread; the worker does that around it. `settle` may be given several outcomes: what is
there together is handed over to the script together. Each is told apart before:

    the engine failed            the call goes back with a delay, or the run is set aside
    an error, to be tried again  the call goes back with a delay
    nobody has come yet          the call goes on waiting
    else                         the script takes it; what it cannot take yet is recorded

Under a run that a person has paused, what would be for a worker to take is held.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from random import Random
from typing import Any

from monty_flow.engine import payloads, settling
from monty_flow.engine.begun import begun
from monty_flow.engine.children import Children
from monty_flow.engine.clock import MICROSECONDS, Clock, moment
from monty_flow.engine.errors import DatabaseUnavailable
from monty_flow.engine.functions import Functions, HostFunction
from monty_flow.engine.ids import IdSource
from monty_flow.engine.interpreting import Asked, Broken, Completed, Paused, Prints, StepOutcome
from monty_flow.engine.keeper import Keeper
from monty_flow.engine.live import Ended, Hand, Known, LiveRun
from monty_flow.engine.outcomes import (
    Cancelling,
    EngineFailed,
    HandedBack,
    Nothing,
    Outcome,
    Over,
    Raised,
    Returned,
    StillWaiting,
    failed,
)
from monty_flow.engine.records import ErrorInfo
from monty_flow.engine.retry import error_for_script
from monty_flow.engine.routing import Router
from monty_flow.engine.secrecy import Secrets
from monty_flow.engine.speaking import Talk
from monty_flow.engine.states import ENDED, CallKind, CallStatus, RunStatus
from monty_flow.engine.stepping import StateMissing, Stepper
from monty_flow.engine.store import error_payload
from monty_flow.engine.timers import ASYNC_SLEEP, SLEEP, sleep_seconds
from monty_flow.engine.transitions import NewCall, Program, Said, Settled, Standing, Transition
from monty_flow.engine.waits import RUN, WAITING_KINDS, Ask, look, look_for_approval, wait_of
from monty_flow.interpreter import Cancelled

#: Types of errors with which a script ends that was cancelled and does not mind.
_CANCELLATIONS = frozenset({'Cancelled', 'CancelledError'})
#: Times that a run is read again whose state is not found, as others may go on with it and prune it meanwhile.
MAX_READS = 10


class Advancer:
    """Turn what came of calls into transitions, with the functions and the policy of one worker."""

    def __init__(
        self,
        functions: Functions,
        clock: Clock,
        random: Random,
        read_program: Callable[[LiveRun], Program],
        read_standing: Callable[[str], Standing | None],
        reserve: Callable[[int], int],
        max_setbacks: int,
        keeper: Keeper,
        ask: Ask[Any],
        router: Router,
        secrets: Secrets,
    ) -> None:
        self._secrets = secrets
        self._functions = functions
        self._clock = clock
        self._random = random
        self._read_standing = read_standing
        #: Takes up to so many places for new calls, and returns how many it took.
        self._reserve = reserve
        self._max_setbacks = max_setbacks
        #: Reads from the database.
        self._ask = ask
        self._ids = IdSource(clock, random)
        self.stepper = Stepper(read_program, keeper, secrets)
        #: Makes the rows of snapshots.
        self.keeper = keeper
        #: Says where calls go.
        self.router = router
        #: Whether new calls may be taken at once; off while the worker drains.
        self.takes_calls = True

    # Before a call is executed.

    def prepare(self, hand: Hand) -> HostFunction | Outcome:
        """Load what the run needs, and return the function to execute, or the outcome when there is nothing to execute."""
        run = hand.run
        hand.started_at = self._clock.now()
        # A worker that cannot go on with the run must not execute its calls. Only the first of them loads it.
        if not run.is_loaded:
            with run.loading:
                if not run.is_loaded:
                    self._load(run)
        if hand.recorded is not None:
            return hand.recorded
        if run.is_to_be_told:
            return Cancelling()
        if hand.kind is CallKind.FUNCTION:
            function = self._functions.get(hand.function)
            if function is None:
                raise LookupError(f'this worker does not serve {hand.function!r}')
            if function.requires_approval:
                return look_for_approval(self._ask, hand.run_id, hand.number, function.name) or function
            return function
        if hand.kind in WAITING_KINDS:
            return self._looked(hand)
        if hand.function == SLEEP:
            _, error = sleep_seconds(*self.arguments(hand))
            if error is not None:
                return Raised(error, final=True)
        return Nothing()

    def _looked(self, hand: Hand) -> Outcome:
        wait = wait_of(hand.function, *self.arguments(hand))
        assert wait is not None
        return look(self._ask, self._clock, hand.run_id, hand.number, hand.function, wait)

    def _load(self, run: LiveRun) -> None:
        try:
            run.state = self.stepper.load(run)
        except StateMissing:
            standing = self._read_standing(run.id)
            if standing is None or standing.step == run.step:
                raise
            # Others have gone on with it since it was claimed, and pruned the state.
            run.renew(standing)
            run.state = self.stepper.load(run)
        run.is_loaded = True

    def arguments(self, hand: Hand) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """Return what the function is called with, as copies."""
        assert hand.arguments is not None
        return _arguments(hand.arguments)

    def too_often(self, hand: Hand) -> bool:
        """Tell whether the call was begun so often without an end that it must not be begun again."""
        return hand.attempt - hand.failures > self._max_setbacks

    # After it.

    def settle(self, run: LiveRun, ended: list[Ended]) -> tuple[Transition | None, list[Hand]]:
        """Return the transition that follows from outcomes, None when none does, and the hands that were lost to others.

        Raises DatabaseUnavailable when what is needed cannot be read now.
        """
        lost: list[Hand] = []
        for _ in range(MAX_READS):
            if run.is_stale or any(hand.number not in run.calls for hand, _ in ended):
                ended, late = self._renewed(run, ended)
                lost += late
            if not ended:
                return None, lost
            run.settling, run.beginning, run.reserved = ended, [], 0
            try:
                run.transition = self._settle(run, ended)
            except DatabaseUnavailable:
                raise
            except Exception as error:  # an error that is not the script's must not fail the run
                if isinstance(error, StateMissing) and self._was_left_behind(run):
                    run.is_stale = True
                    continue
                run.transition = self._all_set_back(run, ended, error)
            return run.transition, lost
        raise DatabaseUnavailable(f'run {run.id} goes on too fast to be read')

    def give_up_step(self, run: LiveRun, error: BaseException) -> Transition:
        """Return the transition that sets back what a step has settled that could not be written."""
        run.transition = self._all_set_back(run, run.settling, error)
        return run.transition

    def _was_left_behind(self, run: LiveRun) -> bool:
        standing = self._read_standing(run.id)
        return standing is not None and standing.version != run.version

    def _renewed(self, run: LiveRun, ended: list[Ended]) -> tuple[list[Ended], list[Hand]]:
        """Read where the run stands, and return what of `ended` is still ours to settle, and the hands that are not."""
        standing = self._read_standing(run.id)
        leased = set[int]()
        if standing is not None:
            run.renew(standing)
            leased = {
                call.number
                for call in standing.calls
                if call.status is CallStatus.LEASED and call.worker == run.session
            }
        return (
            [each for each in ended if each[0].number in leased],
            [hand for hand, _ in ended if hand.number not in leased],
        )

    def _settle(self, run: LiveRun, ended: list[Ended]) -> Transition:
        calls: list[Settled] = []
        over: list[tuple[Hand, Over]] = []
        reason: ErrorInfo | None = None
        for hand, outcome in ended:
            if isinstance(outcome, EngineFailed):
                call, aside = self._set_back(hand, outcome.error)
                calls.append(call)
                reason = reason or aside
            elif isinstance(outcome, StillWaiting):
                calls.append(settling.left_waiting(hand, outcome))
            elif isinstance(outcome, Raised) and run.is_to_be_told and hand.recorded is None:
                # Whatever it raised, it is not attempted again.
                over.append((hand, Cancelling()))
            elif isinstance(outcome, Raised) and (again := self._retried(hand, outcome)) is not None:
                calls.append(again)
            elif isinstance(outcome, Raised):
                told = replace(outcome, error=error_for_script(outcome.error))
                over.append((hand, told if told.payload is not None else failed(told, self._secrets)))
            else:
                assert not isinstance(outcome, HandedBack), 'a call that is handed back is not settled'
                over.append((hand, outcome))
        if reason is not None or not over:
            return self._unmoved(run, calls, over, reason)
        if over[0][0].kind is CallKind.START and isinstance(over[0][1], Cancelling):
            cancelled = [settling.settled(hand, CallStatus.CANCELLED) for hand, _ in over]
            return self._transition(run, RunStatus.CANCELLED, cancelled, {})
        return self._stepped(run, calls, over)

    def _retried(self, hand: Hand, outcome: Raised) -> Settled | None:
        function = self._functions.get(hand.function)
        if outcome.final or function is None:
            return None
        delay = function.policy.delay(hand.failures + 1, outcome.error, self._random)
        if delay is None:
            return None
        due_at = self._clock.now() + round(delay * MICROSECONDS)
        total = function.total_timeout_seconds
        if total is not None and due_at >= hand.made_at + round(total * MICROSECONDS):
            # There would be no time left for another attempt.
            return None
        return settling.retried(hand, failed(outcome, self._secrets), due_at)

    def _all_set_back(self, run: LiveRun, ended: list[Ended], error: BaseException) -> Transition:
        run.state = run.following = None
        run.is_loaded = False
        run.beginning = []
        calls, reason = [], None
        for hand, _ in ended:
            call, aside = self._set_back(hand, error)
            calls.append(call)
            reason = reason or aside
        return self._unmoved(run, calls, [], reason)

    def _set_back(self, hand: Hand, error: BaseException) -> tuple[Settled, ErrorInfo | None]:
        return settling.set_back(hand, error, self._clock.now(), self._max_setbacks, self._secrets)

    # The step.

    def _talk(self, run: LiveRun, first: Hand) -> Talk:
        def read() -> Any:
            return self._ask(lambda store: store.get(run.id))

        children = Children(run, read, self._ask, self._ids)
        return Talk(read, lambda: moment(self._clock.now()), first.number, first.attempt, children)

    def _stepped(self, run: LiveRun, calls: list[Settled], over: list[tuple[Hand, Over]]) -> Transition:
        talk = self._talk(run, over[0][0])
        prints = Prints(talk)
        began = self._clock.elapsed()
        hands = {hand.number: hand for hand, _ in over}
        outcomes = _outcomes(run, over)
        step: StepOutcome | None
        taken: Mapping[int, Over]
        if 0 in hands:
            step, taken = self.stepper.start(run, prints), outcomes
        else:
            step, taken = self.stepper.step(run, outcomes, prints)
        calls += [settling.taken(hands[number], taken[number], run.step) for number in taken if number in hands]
        left = [(hand, outcome) for hand, outcome in over if hand.number not in taken]
        told = tuple([number for number, outcome in taken.items() if isinstance(outcome, Cancelling)])
        others = [number for number in taken if number not in hands]
        details: dict[str, Any] = {
            'taken': tuple([number for number in others if number not in told]),
            'given_up': tuple([number for number in others if number in told]),
            'logs': prints.outputs(),
            'said': talk.said(),
            'script_us': self._clock.elapsed() - began,
        }
        is_told = run.status is RunStatus.CANCELLING or bool(told)
        match step:
            case None:
                return self._unmoved(run, calls, left, None)
            case Paused():
                status = RunStatus.CANCELLING if is_told else RunStatus.WAITING
                return self._paused(run, status, step, calls, left, details)
            case Completed(output):
                status = RunStatus.CANCELLED if is_told else RunStatus.SUCCEEDED
                return self._ended(run, status, calls, left, details | {'output': output})
            case Broken(error) if is_told:
                details['said'] = _without_children(details['said'])
                if error.type not in _CANCELLATIONS:
                    details['run_error'] = error_payload(error)
                return self._ended(run, RunStatus.CANCELLED, calls, left, details)
            case Broken(error):
                details['said'] = _without_children(details['said'])
                after = dict(run.calls)
                calls = _held(calls + _kept_for_later(left, after))
                details |= {'holds_others': _has_others(run, calls), 'run_error': error_payload(error)}
                return self._transition(run, RunStatus.FAILED, calls, after, **details)

    def _ended(
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
        return self._transition(run, status, calls, {}, **details)

    def _paused(
        self,
        run: LiveRun,
        status: RunStatus,
        step: Paused,
        calls: list[Settled],
        left: list[tuple[Hand, Over]],
        details: dict[str, Any],
    ) -> Transition:
        run.following = step.state
        data = self.keeper.as_written(step.state, step.data)
        row = self.keeper.keep(run.id, run.step + 1, data)
        over = {call.number for call in calls if call.step is not None}.union(details['taken'], details['given_up'])
        after = {number: call for number, call in run.calls.items() if number not in over}
        calls += _kept_for_later(left, after)
        given_up = _given_up_by(after, step.futures)
        for number in given_up:
            del after[number]
        new = self._new_calls(run, step.asked)
        after |= {call.number: Known(call.future, call.function) for call in new}
        if given_up:
            # A late result is dropped.
            calls = [_given_up(call) if call.number in given_up else call for call in calls]
            ours = {call.number for call in calls}
            details['given_up'] += tuple([number for number in given_up if number not in ours])
        return self._transition(run, status, calls, after, snapshot=row, new=new, **details)

    def _new_calls(self, run: LiveRun, asked: Sequence[Asked]) -> tuple[NewCall, ...]:
        """Return the calls that the script has begun, those that this worker has a place for leased by it."""
        now = self._clock.now()
        new = [
            begun(run, each, run.last_call + place, now, self._functions, self.router)
            for place, each in enumerate(asked, 1)
        ]
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
            new[place] = replace(call, leased=True)
            run.beginning.append(
                Hand(run, call.number, call.kind, call.function, call.arguments, now, call.due_at, call.lane)
            )
        return tuple(new)

    def _takes(self, call: NewCall, now: int) -> bool:
        if call.kind is CallKind.FUNCTION:
            takes = call.awaits is None and self._functions.get(call.function) is not None
        else:
            takes = call.kind is CallKind.TIMER and call.due_at <= now
        return takes and self.router.may_go_on(call.lane)

    def _unmoved(
        self, run: LiveRun, calls: list[Settled], left: list[tuple[Hand, Over]], reason: ErrorInfo | None
    ) -> Transition:
        """Return the transition of a run whose script was not advanced, set aside for a reason if there is one."""
        after = dict(run.calls)
        calls += _kept_for_later(left, after)
        if reason is None:
            # A start that goes back is pending again.
            status = RunStatus.PENDING if run.status is RunStatus.RUNNING else run.status
            return self._transition(run, status, calls, after)
        calls = _held(calls)
        holds_others = _has_others(run, calls)
        return self._transition(
            run, RunStatus.PAUSED, calls, after, run_error=error_payload(reason), holds_others=holds_others
        )

    def _transition(
        self, run: LiveRun, to_status: RunStatus, calls: list[Settled], after: dict[int, Known], **details: Any
    ) -> Transition:
        new = details.get('new', ())
        run.after = after
        if run.status is RunStatus.PAUSED and to_status not in ENDED:
            # A person has paused it: what a worker would take is held.
            to_status, calls = RunStatus.PAUSED, _held(calls)
        waiting = [outcome for _, outcome in run.settling if isinstance(outcome, StillWaiting)]
        details['leaves_waiting'] = bool(waiting) or any(call.awaits is not None for call in new)
        if details['leaves_waiting']:
            awaited = [outcome.child for outcome in waiting if outcome.child is not None]
            awaited += [call.awaits[len(RUN) :] for call in new if call.awaits and call.kind is CallKind.CHILD]
            details['awaited_runs'] = tuple(awaited)
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
            frees_place=any(self.router.is_limited(hand.lane) for hand, _ in run.settling),
            **details,
        )


def _arguments(data: bytes) -> tuple[tuple[Any, ...], dict[str, Any]]:
    args, kwargs = payloads.decode(data)
    return tuple(args), kwargs


def _without_children(said: Said) -> Said:
    """Return what a failed step said but for what it did with runs: it is taken anew when it is tried again."""
    return replace(said, started=(), cancelled=())


def _outcomes(run: LiveRun, over: list[tuple[Hand, Over]]) -> dict[int, Over]:
    """Return what the script can be told, by the numbers of calls: what was recorded before, and what came now."""
    outcomes: dict[int, Over] = {number: call.ready for number, call in run.calls.items() if call.ready is not None}
    outcomes |= {hand.number: outcome for hand, outcome in over}
    if any(isinstance(outcome, Cancelling) for outcome in outcomes.values()):
        # All that the script waits for tells it, but timers: these may be bounds of its own making.
        outcomes |= {
            number: Cancelling()
            for number, call in run.calls.items()
            if number not in outcomes and call.function != ASYNC_SLEEP
        }
    return outcomes


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


def _held(calls: list[Settled]) -> list[Settled]:
    """Return calls such that none of them is for a worker to take."""
    return [replace(call, status=CallStatus.HELD) if call.status is CallStatus.PENDING else call for call in calls]


def _given_up(call: Settled) -> Settled:
    return replace(call, status=CallStatus.CANCELLED, result=None, due_at=None)


def _has_others(run: LiveRun, calls: Sequence[Settled]) -> bool:
    return run.calls.keys() != {call.number for call in calls}
