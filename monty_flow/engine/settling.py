"""What becomes of a call that was in hand, by what came of it."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import Any

from monty_flow.engine import payloads
from monty_flow.engine.clock import MICROSECONDS
from monty_flow.engine.errors import EncryptionUnavailable, KeysNeeded, LargeValueElsewhere, LargeValuesUnavailable
from monty_flow.engine.live import Hand, Known
from monty_flow.engine.outcomes import Cancelling, Nothing, Over, Raised, Returned, StillWaiting
from monty_flow.engine.records import ErrorInfo
from monty_flow.engine.secrecy import Secrets
from monty_flow.engine.states import CallStatus
from monty_flow.engine.store import error_payload
from monty_flow.engine.transitions import Settled
from monty_flow.engine.waits import MAP, NEVER
from monty_flow.interpreter import SnapshotKeyUnknown, SnapshotRefused, SnapshotTooNew

#: Longest delay after an error of the engine.
MAX_SETBACK_SECONDS = 60.0
#: Seconds after which a call that was left to another worker is looked at again.
LEFT_SECONDS = 5.0
#: What a script is told whose run was cancelled.
CANCELLED = 'the run was cancelled'
#: What this worker cannot read, and one with a newer release or with more keys can.
_FOR_ANOTHER = (
    SnapshotTooNew,
    SnapshotKeyUnknown,
    KeysNeeded,
    EncryptionUnavailable,
    LargeValueElsewhere,
    LargeValuesUnavailable,
)

logger = logging.getLogger('monty_flow.engine')


def settled(hand: Hand, status: CallStatus, **details: Any) -> Settled:
    """Return a call in hand as it is from now on."""
    attempt, failures = details.pop('attempt', hand.attempt), details.pop('failures', hand.failures)
    return Settled(
        hand.number, hand.function, status, attempt, failures,
        started_at=hand.started_at, function_us=hand.function_us, **details,
    )  # fmt: skip


def taken(hand: Hand, outcome: Over, step: int) -> Settled:
    """Return a call whose outcome the script took in its state `step`."""
    match outcome:
        case Raised():
            return _over(hand, CallStatus.FAILED, error=outcome.payload, step=step)
        case Returned(payload=payload):
            return _over(hand, CallStatus.DONE, result=payload, step=step)
        case Nothing():
            return _over(hand, CallStatus.DONE, step=step)
        case Cancelling():
            return settled(hand, CallStatus.CANCELLED, step=step)


def recorded(hand: Hand, outcome: Over) -> Settled:
    """Return a call whose outcome is recorded until the script takes it."""
    match outcome:
        case Raised():
            return _over(hand, CallStatus.READY, error=outcome.payload)
        case Returned(payload=payload):
            return _over(hand, CallStatus.READY, result=payload)
        case Nothing():
            return _over(hand, CallStatus.READY, result=payloads.encode(None))
        case Cancelling():
            return _over(hand, CallStatus.READY, error=error_payload(ErrorInfo('Cancelled', CANCELLED)))


def _over(hand: Hand, status: CallStatus, **details: Any) -> Settled:
    if hand.recorded is not None:
        # To hand it over was no attempt.
        return settled(hand, status, attempt=hand.attempt - 1, **details)
    if 'error' in details:
        return settled(hand, status, failures=hand.failures + 1, **details)
    return settled(hand, status, **details)


def left_waiting(hand: Hand, outcome: StillWaiting) -> Settled:
    """Return a call that goes on waiting for somebody; looking was no attempt."""
    hand.started_at = None
    attempt = max(0, hand.attempt - 1)
    return settled(hand, CallStatus.PENDING, attempt=attempt, due_at=outcome.due_at, awaits=outcome.awaits)


def retried(hand: Hand, outcome: Raised, due_at: int) -> Settled:
    """Return a call whose attempt failed and that is attempted again."""
    return settled(hand, CallStatus.PENDING, failures=hand.failures + 1, due_at=due_at, error=outcome.payload)


def noted(after: dict[int, Known], calls: Iterable[Settled], woken: Collection[int]) -> dict[int, Known]:
    """Return the calls under way with which maps somebody is to look at, and which were looked at."""
    for call in calls:
        if call.function == MAP and call.status is CallStatus.PENDING and call.number in after:
            after[call.number] = replace(after[call.number], is_woken=call.due_at is None or call.due_at < NEVER)
    for number in woken:
        if number in after:
            after[number] = replace(after[number], is_woken=True)
    return after


def set_back(
    hand: Hand, error: BaseException, now: int, max_setbacks: int, secrets: Secrets
) -> tuple[Settled, ErrorInfo | None]:
    """Return a call that goes back by an error of the engine, and why its run is to be set aside, if it is."""
    if isinstance(error, _FOR_ANOTHER):
        return _left_to_another(hand, error, now), None
    setbacks = hand.attempt - hand.failures
    logger.error(
        'run %s: the engine failed at call %d %s (%d times so far); the run is not failed by this',
        hand.run.id, hand.number, hand.function, setbacks, exc_info=error,
    )  # fmt: skip
    reason = secrets.host_error(error)
    # What is not authentic does not become so by waiting.
    if setbacks >= max_setbacks or isinstance(error, SnapshotRefused):
        return _back(hand, CallStatus.HELD, reason), reason
    return _back(hand, CallStatus.PENDING, reason, due_at=now + setback_delay_us(setbacks)), None


def setback_delay_us(setbacks: int) -> int:
    """Return how long a call waits that was set back so often."""
    return round(min(MAX_SETBACK_SECONDS, 2.0 ** (max(1, setbacks) - 1)) * MICROSECONDS)


def _left_to_another(hand: Hand, error: BaseException, now: int) -> Settled:
    """Put a call back that this worker cannot do and another one can; it does not count as an attempt."""
    logger.warning('run %s is left to another worker at call %d %s: %s', hand.run.id, hand.number, hand.function, error)
    hand.started_at = None
    due_at = now + round(LEFT_SECONDS * MICROSECONDS)
    reason = ErrorInfo(type(error).__name__, str(error))
    return _back(hand, CallStatus.PENDING, reason, due_at=due_at, attempt=max(0, hand.attempt - 1))


def _back(hand: Hand, status: CallStatus, reason: ErrorInfo, **details: Any) -> Settled:
    match hand.recorded:
        case None:
            return settled(hand, status, error=error_payload(reason), **details)
        # What only has to be handed over keeps what it has.
        case Returned(payload=payload):
            return settled(hand, status, error=error_payload(reason), result=payload, is_over=True, **details)
        case Raised():
            return settled(hand, status, is_over=True, **details)
