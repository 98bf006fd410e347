"""Calls that wait for somebody outside: what makes them due, and what they come to when they are looked at.

    flow.wait_signal(name, timeout)      awaits 'signal:NAME'
    flow.approve(question, timeout)      awaits 'approval', which is given to the call itself
    flow.wait_run(id, timeout)           awaits 'run:ID', the end of a run that the script has started

A call that waits is a row with `awaits` and `expires_at`, due when it expires. Whoever brings what it waits for makes it due at
once (`store/said.py`), and a worker that claims it looks: the answer is there, or the time is over, or neither is so, as after a
claim by a clock that was ahead, and it goes on waiting.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from monty_flow.engine import payloads
from monty_flow.engine.clock import MICROSECONDS, Clock
from monty_flow.engine.outcomes import Outcome, Raised, Returned, StillWaiting
from monty_flow.engine.speaking import checked_name
from monty_flow.engine.states import ENDED, CallKind
from monty_flow.engine.store import Store
from monty_flow.interpreter import Rejected

#: When a call is due that waits for ever: the end of the year 9999, the last that dates can say.
NEVER: Final = 253_402_300_799 * MICROSECONDS
#: Waits beyond this many seconds, some 3000 years, are refused, as sleeps are.
MAX_WAIT_SECONDS: Final = 1e11

Answer = TypeVar('Answer')
Ask = Callable[[Callable[[Store], Answer]], Answer]


@dataclass(frozen=True, slots=True)
class Wait:
    """What a call waits for."""

    kind: CallKind
    #: The name under which it is told, None for a call whose arguments are wrong.
    awaits: str | None
    #: None for ever.
    seconds: float | None
    #: What is wrong with the arguments; raised in the script.
    error: Exception | None = None

    @property
    def child(self) -> str | None:
        """The run whose end it waits for."""
        return self.awaits[len(RUN) :] if self.awaits is not None and self.awaits.startswith(RUN) else None

    def expires_at(self, now: int) -> int | None:
        """Return when it is given up."""
        return None if self.seconds is None else now + math.ceil(self.seconds * MICROSECONDS)


def wait_of(name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Wait | None:
    """Return what a call waits for, None for one that does not wait for anybody."""
    found = _WAITS.get(name)
    if found is None:
        return None
    kind, read = found
    try:
        awaits, timeout = read(*args, **kwargs)
        return Wait(kind, awaits, _seconds(name, timeout))
    except (TypeError, ValueError, OverflowError) as error:
        return Wait(kind, None, 0.0, error)


def _signal(name: Any, timeout: Any) -> tuple[str, Any]:
    return f'signal:{checked_name(name, "flow.wait_signal(): the name")}', timeout


def _approval(question: Any, timeout: Any) -> tuple[str, Any]:
    if type(question) is not str:
        raise TypeError(f'flow.approve() takes the question as a text, not {type(question).__name__}')
    return APPROVAL, timeout


def _run(run_id: Any, timeout: Any) -> tuple[str, Any]:
    return f'{RUN}{checked_name(run_id, "the id of a run")}', timeout


#: Before the id of a run whose end a call awaits.
RUN: Final = 'run:'
#: The call whose items are calls of their own (mapping.py).
MAP: Final = 'flow.map'
#: What a call awaits that a person has to decide upon.
APPROVAL: Final = 'approval'
#: The calls that wait, with how their arguments are read.
_WAITS: Final[dict[str, tuple[CallKind, Callable[..., tuple[str, Any]]]]] = {
    'flow.wait_signal': (CallKind.SIGNAL, _signal),
    'flow.approve': (CallKind.APPROVAL, _approval),
    'flow.wait_run': (CallKind.CHILD, _run),
}
#: The names of the calls that wait.
WAITS: Final = frozenset(_WAITS)
#: The kinds of such calls: nothing is executed for them.
WAITING_KINDS: Final = frozenset(kind for kind, _ in _WAITS.values())


def _seconds(name: str, timeout: Any) -> float | None:
    if timeout is None:
        return None
    if type(timeout) not in (int, float):
        raise TypeError(f'{name}(): timeout is of type {type(timeout).__name__}; give seconds, or None for no end')
    if timeout != timeout:
        raise ValueError(f'{name}(): timeout is not a number')
    if timeout > MAX_WAIT_SECONDS:
        raise OverflowError(f'{name}(): timeout is more than {MAX_WAIT_SECONDS:g} seconds')
    return max(0.0, float(timeout))


def look(
    ask: Ask[Any], whole: Callable[[bytes], bytes], clock: Clock, run_id: str, number: int, name: str, wait: Wait
) -> Outcome:
    """Return what a call that waits has come to; `whole` returns a payload with what its row is without."""
    if wait.error is not None:
        return Raised(wait.error, final=True)

    child = wait.child

    def read(store: Store) -> tuple[Any, int | None]:
        found = store.answer_of(run_id, number) if child is None else store.child(run_id, child)
        return found, store.expiry_of(run_id, number)

    found, expires_at = ask(read)
    if child is not None:
        answer = _end_of(found, child, whole)
    else:
        answer = None if found is None else whole(found)
    if answer is not None:
        return Returned(payloads.decode(answer), answer)
    if expires_at is None:
        return StillWaiting(NEVER, child=child)
    if expires_at > clock.now():
        return StillWaiting(expires_at, child=child)
    assert wait.awaits is not None
    what = 'end of the run' if child is not None else wait.awaits.replace(':', ' ', 1)
    return Raised(TimeoutError(f'{name}(): no {what} within {wait.seconds:g} s'), final=True)


def _end_of(child: Any, run_id: str, whole: Callable[[bytes], bytes]) -> bytes | None:
    """Return the payload of how a run ended that another one has started, None while it has not."""
    if child is None:
        text = f'this run has started no run {run_id}, or it was deleted'
        return payloads.encode({'status': None, 'error': ['RunNotFound', text, '']})
    if child.status not in ENDED:
        return None
    output = None if child.output is None else payloads.decode(whole(child.output))
    error = None if child.error is None else payloads.decode(child.error)[:3]
    return payloads.encode({'status': child.status.value, 'output': output, 'error': error})


def look_for_approval(ask: Ask[Any], run_id: str, number: int, function: str) -> Outcome | None:
    """Return None when a person has approved a call, else what becomes of it."""
    answer = ask(lambda store: store.answer_of(run_id, number))
    if answer is None:
        return StillWaiting(NEVER, APPROVAL)
    decision = payloads.decode(answer)
    if decision['approved']:
        return None
    by = f' by {decision["by"]}' if decision['by'] else ''
    comment = f': {decision["comment"]}' if decision['comment'] else ''
    return Raised(Rejected(f'{function}() was rejected{by}{comment}'), final=True)
