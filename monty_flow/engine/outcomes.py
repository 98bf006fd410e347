"""What came of a call, before the script goes on with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from monty_flow.engine.transacting import Transacted


@dataclass(frozen=True, slots=True)
class Nothing:
    """There was nothing to execute: the start of a script, or a timer that is due."""


@dataclass(frozen=True, slots=True)
class Returned:
    """The function returned a value that can cross."""

    value: Any
    payload: bytes
    #: The transaction in which a transactional function wrote, and in which its step is to be written.
    within: Transacted | None = None


@dataclass(frozen=True, slots=True)
class Raised:
    """The attempt failed; `final` when no further one can help."""

    error: BaseException
    final: bool = False


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
class EngineFailed:
    """The engine or the interpreter failed, which must not fail the run."""

    error: BaseException


Outcome = Nothing | Returned | Raised | HandedBack | Cancelling | StillWaiting | EngineFailed
