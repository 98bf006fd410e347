"""What comes of an attempt of a call, and how errors of host code are stored and handed over."""

from __future__ import annotations

import builtins
from dataclasses import dataclass, replace
from typing import Any

from monty_flow.engine import payloads
from monty_flow.engine.errors import ValueRefused
from monty_flow.engine.large import is_out
from monty_flow.engine.secrecy import Secrets
from monty_flow.engine.store import error_payload
from monty_flow.engine.transacting import Transacted


@dataclass(frozen=True, slots=True)
class Nothing:
    """There was nothing to execute: the start of a script, or a timer that is due."""


@dataclass(frozen=True, slots=True)
class Returned:
    """The function returned a value that can cross."""

    value: Any
    payload: bytes
    #: The transaction in which a transactional function wrote, and in which its result is to be recorded.
    within: Transacted | None = None


@dataclass(frozen=True, slots=True)
class Raised:
    """The attempt failed; `final` when no further one can help."""

    error: BaseException
    final: bool = False
    #: What is recorded of it already, None for an attempt of this worker.
    payload: bytes | None = None


@dataclass(frozen=True, slots=True)
class HandedBack:
    """The function stopped because its worker stops: another one makes the attempt again."""


@dataclass(frozen=True, slots=True)
class Cancelling:
    """The run was cancelled, and its script is told so at the call, which is given up."""


@dataclass(frozen=True, slots=True)
class StillWaiting:
    """The call waits for somebody who has not come yet."""

    #: When it is looked at again, unless it is told before.
    due_at: int
    #: What it waits for from now on, None when that stays.
    awaits: str | None = None
    #: The child for whose end it waits.
    child: str | None = None


@dataclass(frozen=True, slots=True)
class MapDue:
    """A call of `flow.map` is to be looked at: its items are to be begun, or are over."""


@dataclass(frozen=True, slots=True)
class EngineFailed:
    """The engine or the interpreter failed, which must not fail the run."""

    error: BaseException


Outcome = Nothing | Returned | Raised | HandedBack | Cancelling | StillWaiting | MapDue | EngineFailed
#: What a script can be told of a call.
Over = Nothing | Returned | Raised | Cancelling


def recorded(result: bytes | None, error: bytes | None) -> Returned | Raised | None:
    """Return the outcome of a call that is recorded, None when nothing is; one that is kept apart has no value yet."""
    if result is not None:
        return Returned(None if is_out(result) else payloads.decode(result), result)
    if error is not None:
        return Raised(_error_of(error), final=True, payload=error)
    return None


def failed(outcome: Raised, secrets: Secrets) -> Raised:
    """Return a failed attempt with what is recorded of it."""
    shown = secrets.for_script(outcome.error)
    return replace(outcome, payload=error_payload(secrets.host_error(outcome.error), _arguments(shown)))


def _arguments(error: BaseException) -> bytes | None:
    """Return the arguments of one of Python's own errors, None of others and of those that cannot be stored."""
    if getattr(builtins, type(error).__name__, None) is not type(error):
        return None
    try:
        return payloads.encode(list(error.args))
    except ValueRefused:
        return None


def _error_of(data: bytes) -> Exception:
    """Return a recorded error such that the script gets what it would have got of the function itself."""
    name, message, _, *arguments = payloads.decode(data)
    kind = getattr(builtins, name, None)
    if isinstance(kind, type) and issubclass(kind, Exception) and not issubclass(kind, BaseExceptionGroup):
        try:
            return kind(*(payloads.decode(arguments[0]) if arguments and arguments[0] else [message]))
        except (TypeError, ValueError):
            pass
    return Exception(f'{name}: {message}' if message else name)
