"""What a run waits for, in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass
from typing import Any

from monty_flow.engine.clock import stamp
from monty_flow.engine.records import ErrorInfo
from monty_flow.engine.states import ENDED, CallKind, CallStatus, RunStatus
from monty_flow.engine.store.stored_errors import stored_error

#: Calls under way of which a text tells the functions.
_TOLD = 3


@dataclass(frozen=True, slots=True)
class Waiting:
    """What the text of what a run waits for is made of."""

    #: The functions of the live workers, None when there is no worker.
    served: Set[str] | None
    now: int
    #: Rows of the calls under way of a run, for runs that have more than one.
    others: Callable[[str, int], Sequence[tuple[Any, ...]]]


def waiting_for_some(calls: Sequence[Sequence[Any]], waiting: Waiting) -> str | None:
    """Return what a run waits for that may wait for several calls."""
    under_way = [call for call in calls if call[2] != CallStatus.READY]
    # What a map waits for are its items.
    open_calls = [call for call in under_way if call[0] != CallKind.MAP] or under_way
    if len(open_calls) <= 1:
        return waiting_for(RunStatus.WAITING, None, open_calls[0], waiting) if open_calls else None
    names = Counter(call[1] for call in open_calls)
    told = [f'{count} of {name}' if count > 1 else name for name, count in names.most_common(_TOLD)]
    more = [f'{len(names) - _TOLD} others'] if len(names) > _TOLD else []
    text = f'{len(open_calls)} calls at once: {", ".join(told + more)}'
    if waiting.served is None:
        return f'{text} (no worker is running)'
    functions = {call[1] for call in open_calls if call[0] == CallKind.FUNCTION}
    unserved = sorted(functions.difference(waiting.served))
    if unserved:
        text += f'; no running worker serves the function {unserved[0]!r}; start one that does'
    return text


def waiting_for(
    run_status: RunStatus, run_error: ErrorInfo | None, current: Sequence[Any], waiting: Waiting
) -> str | None:
    """Return what a run waits for, of whose calls `current` is the one under way; None when it has ended."""
    served, now = waiting.served, waiting.now
    if run_status in ENDED:
        return None
    if run_status is RunStatus.PAUSED:
        return 'a resume by a person' if run_error is None else 'a retry by a person'
    kind, function, status, attempt, error, due_at, awaits, expires_at = current
    if awaits is not None:
        return _waiting_text(awaits, function, expires_at) + ('' if served is not None else ' (no worker is running)')
    if kind == CallKind.TIMER:
        return f'timer until {stamp(due_at)}' + ('' if served is not None else ' (no worker is running)')
    leased = status == CallStatus.LEASED
    if kind == CallKind.MAP:
        return f'a worker to go on with {function}' if not leased else None
    if kind == CallKind.START:
        return None if leased else _start_text(served, error, due_at, now)
    text = f'call {function} (attempt {attempt if leased else attempt + 1})'
    if leased:
        return text
    if due_at > now:
        text += f' at {stamp(due_at)}'
    failure = stored_error(error)
    if failure is not None:
        text += f' after {failure}'
    if served is None:
        return f'{text}: no worker is running'
    if function not in served:
        return f'{text}: no running worker serves the function {function!r}; start one that does'
    return text


def _waiting_text(awaits: str, function: str, expires_at: int | None) -> str:
    what, _, name = awaits.partition(':')
    text = f'{what} {name!r}' if name else f'an {what} of the call {function}'
    return text + ('' if expires_at is None else f' until {stamp(expires_at)}')


def _start_text(served: Set[str] | None, error: bytes | None, due_at: int, now: int) -> str:
    text = 'a worker to start it'
    if due_at > now:
        text += f' at {stamp(due_at)}'
    failure = stored_error(error)
    if failure is not None:
        text += f' after {failure}'
    return text if served is not None else f'{text}: no worker is running'
