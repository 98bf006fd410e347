"""The exceptions of ours that a host may raise in a script, and the one of `asyncio` that is no `Exception`.

A script catches `CancelledError` and `Cancelled` by their names or by `BaseException` alone.

`MemoryError` is here because the one of CPython says that memory has run out, which ends a run and which no script may catch;
what scripts know by that name, and may raise and catch, is this one.
"""

from __future__ import annotations

from typing import NoReturn

from monty_flow.interpreter.runtime.sealing import seal


class _Immutable(type):
    """Metaclass of exception classes of ours: all runs share them, so no attribute can be set or deleted."""

    script_type_name = 'type'

    def __setattr__(cls, name: str, value: object) -> NoReturn:
        raise TypeError(f"cannot set '{name}' attribute of immutable type '{cls.__name__}'")

    def __delattr__(cls, name: str) -> NoReturn:
        raise TypeError(f"cannot delete '{name}' attribute of immutable type '{cls.__name__}'")


class CancelledError(BaseException, metaclass=_Immutable):
    """Raised in a task that was cancelled, where it waits."""

    __module__ = 'asyncio.exceptions'


class Cancelled(CancelledError):
    """Raised in a script whose run is cancelled, where it waits."""

    __module__ = 'flow'


class Rejected(Exception, metaclass=_Immutable):
    """Raised in a script at a call that a person did not approve."""

    __module__ = 'flow'


#: Raised by a script, or by a function of the host; memory that has run out ends the run instead. Sealed, as all runs share it.
ScriptMemoryError: type[Exception] = type(
    'MemoryError', (Exception,), {'__module__': 'builtins', '__slots__': (), '__doc__': MemoryError.__doc__}
)
del ScriptMemoryError.__slots__  # type: ignore[attr-defined]
seal(ScriptMemoryError)

#: By name; hosts raise `Cancelled` and `Rejected`, which scripts know from the module `flow`.
OWN_EXCEPTIONS: dict[str, type[BaseException]] = {
    kind.__name__: kind for kind in (CancelledError, Cancelled, Rejected, ScriptMemoryError)
}
