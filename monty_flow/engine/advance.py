"""Advance a run by one call: execute, decide, step the script, and say it all in one `Transition`.

    Hand -> execute -> Outcome -> settle -> Transition

Nothing here commits, waits or starts a thread; the worker does that around it.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Any

from monty_flow.engine import payloads
from monty_flow.engine.children import Children
from monty_flow.engine.clock import MICROSECONDS, Clock, moment
from monty_flow.engine.errors import DatabaseUnavailable, EncryptionUnavailable, KeysNeeded
from monty_flow.engine.functions import Functions, HostFunction, labelled
from monty_flow.engine.ids import IdSource
from monty_flow.engine.interpreting import (
    Broken,
    Completed,
    Paused,
    Prints,
    Programs,
    StepOutcome,
    decode_limits,
    load_snapshot,
    resume,
    resume_answered,
    resume_raising,
    start,
)
from monty_flow.engine.isolation import Scripts
from monty_flow.engine.keeper import Keeper
from monty_flow.engine.outcomes import (
    Cancelling,
    EngineFailed,
    HandedBack,
    Nothing,
    Outcome,
    Raised,
    Returned,
    StillWaiting,
)
from monty_flow.engine.records import Claim, ErrorInfo, NewCall, Program, Transition
from monty_flow.engine.retry import error_for_script
from monty_flow.engine.routing import Router
from monty_flow.engine.secrecy import Secrets
from monty_flow.engine.speaking import ANSWERED, Talk
from monty_flow.engine.states import CallKind, CallStatus, RunStatus
from monty_flow.engine.store import error_payload
from monty_flow.engine.waits import APPROVAL, NEVER, RUN, WAITING_KINDS, Ask, look, look_for_approval, wait_of
from monty_flow.interpreter import (
    BoundaryError,
    Cancelled,
    Snapshot,
    SnapshotKeyUnknown,
    SnapshotRefused,
    SnapshotTooNew,
)

#: The external call that is a timer.
SLEEP = 'time.sleep'
#: Sleeps beyond this many seconds, some 3000 years, are refused as CPython refuses what its clock cannot hold.
MAX_SLEEP_SECONDS = 1e11
#: Longest delay after an error of the engine.
MAX_SETBACK_SECONDS = 60.0

#: Seconds after which a call that was left to another worker is looked at again.
LEFT_SECONDS = 5.0
#: Types of errors with which a script ends that was cancelled and does not mind.
_CANCELLATIONS = frozenset({'Cancelled', 'CancelledError'})
#: What this worker cannot read, and one with a newer release or with more keys can.
_FOR_ANOTHER = (SnapshotTooNew, SnapshotKeyUnknown, KeysNeeded, EncryptionUnavailable)

logger = logging.getLogger('monty_flow.engine')


class Hand:
    """A run that a worker has in hand, from its claim until it is let go."""

    __slots__ = ('claim', 'following', 'function_us', 'session', 'snapshot', 'started_at', 'transition')

    def __init__(self, claim: Claim, session: str, snapshot: Snapshot | None = None) -> None:
        self.claim = claim
        #: The session whose lease it is under.
        self.session = session
        #: The state in which the script waits, None until it is loaded; used up by a step.
        self.snapshot = snapshot
        #: The state after the step, which counts once the step is committed.
        self.following: Snapshot | None = None
        self.started_at: int | None = None
        self.function_us = 0
        #: What was handed to the committer last.
        self.transition: Transition | None = None

    def went_on(self, transition: Transition) -> None:
        """Take over what was committed: the next call is in hand."""
        new = transition.next
        assert new is not None
        claim = self.claim
        claim.version += 1
        claim.status = transition.to_status
        claim.number += 1
        claim.kind = new.kind
        claim.function = new.function
        claim.attempt = 1
        claim.failures = 0
        claim.made_at = claim.due_at = new.due_at
        claim.lane = new.lane
        self.snapshot, self.following = self.following, None
        self.started_at = None
        self.function_us = 0


class Advancer:
    """Turn hands into transitions, with the functions and the policy of one worker."""

    def __init__(
        self,
        functions: Functions,
        clock: Clock,
        random: Random,
        read_program: Callable[[Claim], Program],
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
        self._read_program = read_program
        self._max_setbacks = max_setbacks
        self._programs = Programs()
        #: Reads from the database.
        self._ask = ask
        self._ids = IdSource(clock, random)
        #: Makes the rows of snapshots.
        self.keeper = keeper
        #: Says where calls go.
        self.router = router
        #: Whether new calls may be taken at once; off while the worker drains.
        self.takes_calls = True

    def isolate(self, scripts: Scripts) -> None:
        """Say where scripts run, before the first one does."""
        self._programs.scripts = scripts

    def prepare(self, hand: Hand) -> HostFunction | Outcome:
        """Load what the hand needs, and return the function to execute, or the outcome when there is nothing to execute."""
        claim = hand.claim
        hand.started_at = self._clock.now()
        if claim.kind is CallKind.START:
            return Cancelling() if claim.is_to_be_told else Nothing()
        if hand.snapshot is None:
            hand.snapshot = self._load(claim)
        if claim.is_to_be_told:
            return Cancelling()
        if claim.kind is CallKind.TIMER:
            return Nothing()
        if claim.kind in WAITING_KINDS:
            return self._looked(claim, hand.snapshot)
        function = self._functions.get(claim.function)
        if function is None:
            raise LookupError(f'this worker does not serve {claim.function!r}')
        if function.requires_approval:
            return look_for_approval(self._ask, claim.run_id, claim.number, function.name) or function
        return function

    def _looked(self, claim: Claim, snapshot: Snapshot) -> Outcome:
        wait = wait_of(snapshot.function_name, snapshot.args, snapshot.kwargs)
        assert wait is not None
        return look(self._ask, self._clock, claim.run_id, claim.number, claim.function, wait)

    def settle(self, hand: Hand, outcome: Outcome) -> Transition:
        """Return the transition that follows from an outcome, stepping the script where it goes on.

        Raises DatabaseUnavailable when the script cannot be read now.
        """
        try:
            transition = self._settle(hand, outcome)
        except DatabaseUnavailable:  # the call is for another time, and no attempt was made
            raise
        except Exception as error:  # an error that is not the script's must not fail the run
            transition = self._set_back(hand, error)
        hand.transition = transition
        return transition

    def _settle(self, hand: Hand, outcome: Outcome) -> Transition:
        match outcome:
            case EngineFailed(error):
                return self._set_back(hand, error)
            case Raised() if hand.claim.is_to_be_told:
                # Whatever it raised, it is not attempted again.
                return self._stepped(hand, Cancelling())
            case Cancelling() if hand.claim.kind is CallKind.START:
                return self._transition(hand, RunStatus.CANCELLED, CallStatus.CANCELLED)
            case Raised(error):
                retried = self._retried(hand, outcome)
                return retried or self._stepped(hand, Raised(error_for_script(error)))
            case HandedBack():
                raise AssertionError('a call that is handed back is not settled')
            case StillWaiting():
                return self._left_waiting(hand, outcome)
            case _:
                return self._stepped(hand, outcome)

    def too_often(self, claim: Claim) -> bool:
        """Tell whether the call was begun so often without an end that it must not be begun again."""
        return claim.attempt - claim.failures > self._max_setbacks

    def _load(self, claim: Claim) -> Snapshot:
        stored = self._read_program(claim)
        data = self.keeper.restore(claim.run_id, claim.number, stored.chain)
        if data is None:
            raise LookupError(f'the snapshot of run {claim.run_id} at call {claim.number} is missing')
        names = _input_names(payloads.decode(claim.inputs))
        program = self._programs.get(claim.script_hash, names, claim.script_name) or self._programs.compile(
            stored.source, claim.script_hash, names, claim.script_name
        )
        return load_snapshot(data, program)

    def _retried(self, hand: Hand, outcome: Raised) -> Transition | None:
        claim = hand.claim
        function = self._functions.get(claim.function)
        if outcome.final or function is None:
            return None
        failures = claim.failures + 1
        delay = function.policy.delay(failures, outcome.error, self._random)
        if delay is None:
            return None
        due_at = self._clock.now() + round(delay * MICROSECONDS)
        total = function.total_timeout_seconds
        if total is not None and due_at >= claim.made_at + round(total * MICROSECONDS):
            # There would be no time left for another attempt.
            return None
        return self._transition(
            hand,
            claim.status,
            CallStatus.PENDING,
            failures=failures,
            due_at=due_at,
            call_error=error_payload(self._secrets.host_error(outcome.error)),
        )

    def _talk(self, claim: Claim) -> Talk:
        def run() -> Any:
            return self._ask(lambda store: store.get(claim.run_id))

        children = Children(claim, run, self._ask, self._ids)
        return Talk(run, lambda: moment(self._clock.now()), claim.number, claim.attempt, children)

    def _left_waiting(self, hand: Hand, outcome: StillWaiting) -> Transition:
        """Put a call back that waits for somebody; looking was no attempt."""
        transition = self._transition(
            hand,
            hand.claim.status,
            CallStatus.PENDING,
            due_at=outcome.due_at,
            leaves_waiting=True,
            awaits=outcome.awaits,
            child=outcome.child,
        )
        return replace(transition, attempt=max(0, hand.claim.attempt - 1), started_at=None)

    def _stepped(self, hand: Hand, outcome: Nothing | Returned | Raised | Cancelling) -> Transition:
        claim = hand.claim
        talk = self._talk(claim)
        prints = Prints(talk)
        began = self._clock.elapsed()
        step, outcome = self._step(hand, outcome, prints)
        details: dict[str, Any] = {
            'logs': prints.outputs(), 'said': talk.said(), 'script_us': self._clock.elapsed() - began,
        }  # fmt: skip
        call_status = CallStatus.DONE
        if isinstance(outcome, Returned):
            details['result'] = outcome.payload
        elif isinstance(outcome, Raised):
            call_status = CallStatus.FAILED
            details['call_error'] = error_payload(self._secrets.host_error(outcome.error))
            details['failures'] = hand.claim.failures + 1
        elif isinstance(outcome, Cancelling):
            call_status = CallStatus.CANCELLED
        is_told = claim.status is RunStatus.CANCELLING or isinstance(outcome, Cancelling)
        match step:
            case Paused():
                hand.following = step.snapshot
                data = self.keeper.as_written(step.snapshot, step.data)
                row = self.keeper.keep(hand.claim.run_id, hand.claim.number + 1, data)
                step = Paused(step.snapshot, row, step.arguments)
                new = self._next_call(hand.claim, step)
                details['leaves_waiting'] = new.awaits is not None
                if new.kind is CallKind.CHILD and new.awaits is not None:
                    details['child'] = new.awaits[len(RUN) :]
                status = RunStatus.CANCELLING if is_told else RunStatus.WAITING
                return self._transition(hand, status, call_status, next=new, **details)
            case Completed(output):
                status = RunStatus.CANCELLED if is_told else RunStatus.SUCCEEDED
                return self._transition(hand, status, call_status, output=output, **details)
            case Broken(error):
                status = RunStatus.CANCELLED if is_told else RunStatus.FAILED
                # What it started is started when it is tried again; a step that failed is taken anew.
                details['said'] = replace(details['said'], started=(), cancelled=())
                if not is_told or error.type not in _CANCELLATIONS:
                    details['run_error'] = error_payload(error)
                return self._transition(hand, status, call_status, **details)

    def _step(
        self, hand: Hand, outcome: Nothing | Returned | Raised | Cancelling, prints: Prints
    ) -> tuple[StepOutcome, Nothing | Returned | Raised | Cancelling]:
        claim = hand.claim
        if claim.kind is CallKind.START:
            inputs = payloads.decode(claim.inputs)
            return start(self._program(claim, inputs), inputs, decode_limits(claim.limits), prints), outcome
        # A snapshot is used up by a step, whatever comes of it.
        snapshot, hand.snapshot = hand.snapshot, None
        assert snapshot is not None
        match outcome:
            case Cancelling():
                return resume_raising(snapshot, Cancelled('the run was cancelled'), prints), outcome
            case Raised(error):
                return resume_raising(snapshot, self._secrets.for_script(error), prints), outcome
            case Returned(value):
                try:
                    return resume(snapshot, value, prints), outcome
                except BoundaryError as error:
                    refused = Raised(TypeError(f'the result of {claim.function}() cannot enter the script: {error}'))
                    return resume_raising(snapshot, refused.error, prints), refused
            case Nothing():
                return self._after_timer(snapshot, prints), outcome

    def _after_timer(self, snapshot: Snapshot, prints: Prints) -> StepOutcome:
        if prints.talk is not None and snapshot.function_name in ANSWERED:
            return resume_answered(snapshot, prints.talk, prints)
        _, error = sleep_seconds(snapshot)
        if error is not None:
            return resume_raising(snapshot, error, prints)
        return resume(snapshot, None, prints)

    def _program(self, claim: Claim, inputs: dict[str, Any]) -> Any:
        names = _input_names(inputs)
        found = self._programs.get(claim.script_hash, names, claim.script_name)
        if found is not None:
            return found
        source = self._read_program(claim).source
        return self._programs.compile(source, claim.script_hash, names, claim.script_name)

    def _next_call(self, claim: Claim, step: Paused) -> NewCall:
        now = self._clock.now()
        snapshot, name, own = step.snapshot, step.snapshot.function_name, claim.run_lane
        if name == SLEEP:
            seconds, _ = sleep_seconds(snapshot)
            due_at = now + math.ceil(seconds * MICROSECONDS)
            leased = self.takes_calls and due_at <= now and self.router.may_go_on(own)
            return NewCall(CallKind.TIMER, name, step.arguments, due_at, leased, step.data, lane=own)
        if name in ANSWERED:
            # One that the step before had no answers left for.
            leased = self.takes_calls and self.router.may_go_on(own)
            return NewCall(CallKind.TIMER, name, step.arguments, now, leased, step.data, lane=own)
        wait = wait_of(name, snapshot.args, snapshot.kwargs)
        if wait is not None:
            expires_at = wait.expires_at(now)
            due_at = NEVER if expires_at is None else expires_at
            return NewCall(
                wait.kind,
                name,
                step.arguments,
                due_at,
                False,
                step.data,
                awaits=wait.awaits,
                expires_at=expires_at,
                lane=own,
            )
        name = labelled(name, (claim.function_versions or {}).get(name))
        lane = self.router.lane(own, name, snapshot.args, snapshot.kwargs)
        function = self._functions.get(name)
        if function is not None and function.requires_approval:
            return NewCall(CallKind.FUNCTION, name, step.arguments, NEVER, False, step.data, awaits=APPROVAL, lane=lane)
        leased = self.takes_calls and function is not None and self.router.may_go_on(lane)
        return NewCall(CallKind.FUNCTION, name, step.arguments, now, leased, step.data, lane=lane)

    def _set_back(self, hand: Hand, error: BaseException) -> Transition:
        claim = hand.claim
        hand.snapshot = hand.following = None
        if isinstance(error, _FOR_ANOTHER):
            return self._left_to_another(hand, error)
        setbacks = claim.attempt - claim.failures
        logger.error(
            'run %s: the engine failed at call %d %s (%d times so far); the run is not failed by this',
            claim.run_id, claim.number, claim.function, setbacks, exc_info=error,
        )  # fmt: skip
        reason = self._secrets.host_error(error)
        # What is not authentic does not become so by waiting.
        if setbacks >= self._max_setbacks or isinstance(error, SnapshotRefused):
            return self._transition(
                hand, RunStatus.PAUSED, CallStatus.HELD, run_error=error_payload(reason),
                call_error=error_payload(reason),
            )  # fmt: skip
        delay = min(MAX_SETBACK_SECONDS, 2.0 ** (setbacks - 1))
        back_to = RunStatus.PENDING if claim.kind is CallKind.START else claim.status
        return self._transition(
            hand,
            back_to,
            CallStatus.PENDING,
            due_at=self._clock.now() + round(delay * MICROSECONDS),
            call_error=error_payload(reason),
        )

    def _left_to_another(self, hand: Hand, error: BaseException) -> Transition:
        """Put a call back that this worker cannot do and another one can; it does not count as an attempt."""
        claim = hand.claim
        logger.warning(
            'run %s is left to another worker at call %d %s: %s', claim.run_id, claim.number, claim.function, error
        )
        transition = self._transition(
            hand, claim.status, CallStatus.PENDING,
            due_at=self._clock.now() + round(LEFT_SECONDS * MICROSECONDS),
            call_error=error_payload(ErrorInfo(type(error).__name__, str(error))),
        )  # fmt: skip
        return replace(transition, attempt=max(0, claim.attempt - 1), started_at=None)

    def _transition(self, hand: Hand, to_status: RunStatus, call_status: CallStatus, **details: Any) -> Transition:
        claim = hand.claim
        now = self._clock.now()
        details.setdefault('failures', claim.failures)
        return Transition(
            run_id=claim.run_id,
            from_version=claim.version,
            from_status=claim.status,
            to_status=to_status,
            number=claim.number,
            function=claim.function,
            worker=hand.session,
            at=now,
            call_status=call_status,
            attempt=claim.attempt,
            started_at=hand.started_at,
            function_us=hand.function_us,
            frees_place=self.router.is_limited(claim.lane),
            has_parent=claim.has_parent,
            **details,
        )


def sleep_seconds(snapshot: Snapshot) -> tuple[float, Exception | None]:
    """Return the seconds of a `time.sleep` call, or 0 and the error that CPython would raise for its arguments."""
    args = snapshot.args
    if len(args) != 1 or snapshot.kwargs:
        return 0.0, TypeError(f'time.sleep() takes exactly one argument ({len(args) + len(snapshot.kwargs)} given)')
    value = args[0]
    if type(value) not in (int, float, bool):
        return 0.0, TypeError(f'{type(value).__name__!r} object cannot be interpreted as an integer')
    if value != value:
        return 0.0, ValueError('Invalid value NaN (not a number)')
    if value < 0:
        return 0.0, ValueError('sleep length must be non-negative')
    if value > MAX_SLEEP_SECONDS:
        return 0.0, OverflowError('timestamp out of range for platform time_t')
    return float(value), None


def _input_names(inputs: dict[str, Any]) -> tuple[str, ...]:
    return tuple(sorted(inputs))
