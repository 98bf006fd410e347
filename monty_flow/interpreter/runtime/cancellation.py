"""The exceptions of ours that a host may raise in a script, and the one of `asyncio` that is no `Exception`.

A script catches `CancelledError` and `Cancelled` by their names or by `BaseException` alone.
"""

from __future__ import annotations

from typing import NoReturn


class _Immutable(type):
    """Metaclass of exception classes of ours: all runs share them, so no attribute can be set or deleted."""

    script_type_name = 'type'

    def __setattr__(cls, name: str, value: object) -> NoReturn:
        raise TypeError(f"cannot set '{name}' attribute of immutable type '{cls.__name__}'")

    def __delattr__(cls, name: str) -> NoReturn:
        raise TypeError(f"cannot delete '{name}' attribute of immutable type '{cls.__name__}'")


class CancelledError(BaseException, metaclass=_Immutable):
    """Raised in a task that was cancelled, where it waits."""


class Cancelled(CancelledError):
    """Raised in a script whose run is cancelled, where it waits."""


class Rejected(Exception, metaclass=_Immutable):
    """Raised in a script at a call that a person did not approve."""


#: By name; hosts raise the last two, which scripts know from the module `flow`.
OWN_EXCEPTIONS: dict[str, type[BaseException]] = {kind.__name__: kind for kind in (CancelledError, Cancelled, Rejected)}
