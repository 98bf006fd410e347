"""Advance a run by what came of its calls: decide, step the script, and say it all in one `Transition`.

    Hand -> execute -> Outcome -> box of the run -> settle -> Transition

Nothing here commits, waits or starts a thread; the worker does that around it. `settle` may be given several outcomes: what is
there together is handed over to the script together. Each is told apart before:

    the engine failed            the call goes back with a delay, or the run is set aside
    an error, to be tried again  the call goes back with a delay
    nobody has come yet          the call goes on waiting
    else                         the script takes it; what it cannot take yet is recorded

What a call needs before it is executed is in `preparing.py`, and how a transition is put together in `drafting.py`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from random import Random
from typing import Any

from monty_flow.engine import payloads, settling
from monty_flow.engine.children import Children
from monty_flow.engine.clock import MICROSECONDS, Clock, moment
from monty_flow.engine.drafting import Drafter
from monty_flow.engine.errors import DatabaseUnavailable
from monty_flow.engine.functions import Functions
from monty_flow.engine.ids import IdSource
from monty_flow.engine.interpreting import Broken, Completed, Paused, Prints, StepOutcome
from monty_flow.engine.large import LargeValues, is_out
from monty_flow.engine.live import Ended, Hand, LiveRun
from monty_flow.engine.mapping import NOTHING_FOLLOWS, Following, Item, Maps
from monty_flow.engine.outcomes import (
    Cancelling,
    EngineFailed,
    HandedBack,
    MapDue,
    Nothing,
    Over,
    Raised,
    Returned,
    StillWaiting,
    failed,
)
from monty_flow.engine.outgoing import step_out
from monty_flow.engine.records import ErrorInfo
from monty_flow.engine.retry import error_for_script
from monty_flow.engine.secrecy import Secrets
from monty_flow.engine.speaking import Talk
from monty_flow.engine.states import ENDED, CallKind, CallStatus, RunStatus
from monty_flow.engine.stepping import StateMissing, Stepper
from monty_flow.engine.store import error_payload
from monty_flow.engine.timers import ASYNC_SLEEP, delay_seconds
from monty_flow.engine.transitions import Said, Settled, Standing, Transition
from monty_flow.engine.waits import Ask

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
        stepper: Stepper,
        drafter: Drafter,
        read_standing: Callable[[str], Standing | None],
        max_setbacks: int,
        ask: Ask[Any],
        secrets: Secrets,
        large: LargeValues,
    ) -> None:
        self._functions = functions
        self._clock = clock
        self._random = random
        self._stepper = stepper
        self._drafter = drafter
        self._read_standing = read_standing
        self._max_setbacks = max_setbacks
        #: Reads from the database.
        self._ask = ask
        self._secrets = secrets
        #: What leaves rows, and what is read again of it.
        self._large = large
        self._ids = IdSource(clock, random)
        self._maps = Maps(ask, large.whole)

    def begin(self, run: LiveRun) -> bool | None:
        """Have another process take the step that is to be settled, and tell whether it does; None when it must be settled here."""
        return self._stepper.begin(run)

    def settle(self, run: LiveRun, ended: list[Ended]) -> tuple[Transition | None, list[Hand]]:
        """Return the transition that follows from outcomes, None when none does, and the hands that were lost to others.

        Raises DatabaseUnavailable when what is needed cannot be read now.
        """
        lost: list[Hand] = []
        for _ in range(MAX_READS):
            # A run that has failed holds its other calls, so they are nobody's.
            if run.is_stale or run.status in ENDED or not run.calls.keys() >= {hand.number for hand, _ in ended}:
                ended, late = self._renewed(run, ended)
                lost += late
            if not ended:
                return None, lost
            run.settling, run.beginning, run.reserved, run.link = ended, [], 0, None
            try:
                run.transition = self._put_out(run, self._settle(run, ended))
            except DatabaseUnavailable:
                raise
            except Exception as error:  # an error that is not the script's must not fail the run
                if isinstance(error, StateMissing) and self._was_left_behind(run):
                    run.is_stale = True
                    continue
                run.transition = self._all_set_back(run, ended, error)
            return run.transition, lost
        raise DatabaseUnavailable(f'run {run.id} goes on too fast to be read')

    def _put_out(self, run: LiveRun, step: Transition) -> Transition:
        """Return a transition without what leaves its rows; what goes into files is there then."""
        return step_out(step, () if run.link is None else run.link.parts, self._large)

    def give_up_step(self, run: LiveRun, error: BaseException) -> Transition:
        """Return the transition that sets back what a step has settled that could not be written."""
        run.transition = self._all_set_back(run, run.settling, error)
        return run.transition

    def _with_value(self, outcome: Returned) -> Returned:
        """Return a recorded result with its value, which was kept apart."""
        payload = self._large.whole(outcome.payload)
        return Returned(payloads.decode(payload), payload)

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
        if len(ended) == 1:
            [(hand, found)] = ended
            if type(found) is Returned and hand.part_of is None:
                # As nearly all steps are: nothing is to be decided.
                return self._stepped(run, [], [(hand, found)], NOTHING_FOLLOWS)
        calls: list[Settled] = []
        over: list[tuple[Hand, Over]] = []
        reason: ErrorInfo | None = None
        items: list[Item] = []
        for hand, found in ended:
            outcome, begun = self._looked_at_map(run, hand, ended) if isinstance(found, MapDue) else (found, ())
            items += begun
            if isinstance(outcome, Cancelling) and hand.function == ASYNC_SLEEP and run.has_more_than_timers:
                outcome = self._own_time(hand)
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
        calls += [settling.taken(hand, outcome, run.step) for hand, outcome in over if hand.part_of is not None]
        over = [(hand, outcome) for hand, outcome in over if hand.part_of is None]
        following = self._maps.follow(run, ended, calls, may_begin=reason is None and not run.is_to_be_told)
        following = Following((*items, *following.items), following.woken)
        if reason is not None or not over:
            return self._drafter.unmoved(run, calls, over, reason, following)
        if over[0][0].kind is CallKind.START and isinstance(over[0][1], Cancelling):
            cancelled = [settling.settled(hand, CallStatus.CANCELLED) for hand, _ in over]
            return self._drafter.transition(run, RunStatus.CANCELLED, cancelled, {})
        return self._stepped(run, calls, over, following)

    def _own_time(self, hand: Hand) -> Nothing | StillWaiting:
        """Return what becomes of a timer in which the script is not told that its run is cancelled, as another call tells it."""
        assert hand.arguments is not None
        args, _ = payloads.decode(self._large.whole(hand.arguments))
        due_at = hand.made_at + math.ceil(delay_seconds(tuple(args)) * MICROSECONDS)
        return Nothing() if due_at <= self._clock.now() else StillWaiting(due_at)

    def _looked_at_map(
        self, run: LiveRun, hand: Hand, ended: list[Ended]
    ) -> tuple[Over | StillWaiting, Sequence[Item]]:
        if run.is_to_be_told:
            return Cancelling(), ()
        if any(other.part_of == hand.number for other, _ in ended):
            # What is being settled is not in the rows yet: it is looked at again at once.
            return StillWaiting(self._clock.now()), ()
        return self._maps.look(run, hand)

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
        run.state = run.following = run.link = None
        run.is_loaded = False
        run.beginning, run.next_items = [], {}
        calls, reason = [], None
        for hand, _ in ended:
            call, aside = self._set_back(hand, error)
            calls.append(call)
            reason = reason or aside
        return self._drafter.unmoved(run, calls, [], reason, Following())

    def _set_back(self, hand: Hand, error: BaseException) -> tuple[Settled, ErrorInfo | None]:
        return settling.set_back(hand, error, self._clock.now(), self._max_setbacks, self._secrets)

    def _talk(self, run: LiveRun, first: Hand) -> Talk:
        def read() -> Any:
            return self._ask(lambda store: store.get(run.id))

        children = Children(run, read, self._ask, self._ids)
        return Talk(read, lambda: moment(self._clock.now()), first.number, first.attempt, children)

    def _stepped(
        self, run: LiveRun, calls: list[Settled], over: list[tuple[Hand, Over]], following: Following
    ) -> Transition:
        talk = self._talk(run, over[0][0])
        prints = Prints(talk)
        began = self._clock.elapsed()
        hands = {hand.number: hand for hand, _ in over}
        outcomes = _outcomes(run, over)
        for number, outcome in outcomes.items():
            if isinstance(outcome, Returned) and is_out(outcome.payload):
                outcomes[number] = self._with_value(outcome)
        step: StepOutcome | None
        taken: Mapping[int, Over]
        if 0 in hands:
            step, taken = self._stepper.start(run, prints), outcomes
        else:
            step, taken = self._stepper.step(run, outcomes, prints)
        script_us = self._clock.elapsed() - began
        is_told = run.status is RunStatus.CANCELLING
        recorded: list[int] = []
        given_up: list[int] = []
        for number, outcome in taken.items():
            is_cancelled = isinstance(outcome, Cancelling)
            is_told = is_told or is_cancelled
            if number in hands:
                calls.append(settling.taken(hands.pop(number), outcome, run.step))
            else:
                (given_up if is_cancelled else recorded).append(number)
        left = [each for each in over if each[0].number in hands] if hands else []
        details: dict[str, Any] = {
            'taken': tuple(recorded),
            'given_up': tuple(given_up),
            'logs': prints.outputs(),
            'said': talk.said(),
            'script_us': script_us,
        }
        match step:
            case None:
                return self._drafter.unmoved(run, calls, left, None, following)
            case Paused():
                status = RunStatus.CANCELLING if is_told else RunStatus.WAITING
                return self._drafter.paused(run, status, step, calls, left, details, following)
            case Completed(output):
                status = RunStatus.CANCELLED if is_told else RunStatus.SUCCEEDED
                return self._drafter.ended(run, status, calls, left, details | {'output': output})
            case Broken(error) if is_told:
                details['said'] = _without_children(details['said'])
                if error.type not in _CANCELLATIONS:
                    details['run_error'] = error_payload(error)
                return self._drafter.ended(run, RunStatus.CANCELLED, calls, left, details)
            case Broken(error):
                details['said'] = _without_children(details['said'])
                details['run_error'] = error_payload(error)
                return self._drafter.failed(run, calls, left, details, following)


def _without_children(said: Said) -> Said:
    """Return what a failed step said but for what it did with runs: it is taken anew when it is tried again."""
    return replace(said, started=(), cancelled=())


def _outcomes(run: LiveRun, over: list[tuple[Hand, Over]]) -> dict[int, Over]:
    """Return what the script can be told, by the numbers of calls: what was recorded before, and what came now."""
    if len(over) == len(run.calls) == 1:
        # As in every script without tasks; a cancellation has nobody else to be told to.
        [(hand, outcome)] = over
        return {hand.number: outcome}
    outcomes: dict[int, Over] = {number: call.ready for number, call in run.calls.items() if call.ready is not None}
    outcomes |= {hand.number: outcome for hand, outcome in over}
    if any(isinstance(outcome, Cancelling) for outcome in outcomes.values()):
        # All that the script waits for tells it, but timers: these may be bounds of its own making.
        outcomes |= {
            number: Cancelling()
            for number, call in run.calls.items()
            if number not in outcomes and call.function != ASYNC_SLEEP and call.part_of is None
        }
    return outcomes
