"""The exception of `asyncio` that is no `Exception`: a script catches it by its name or by `BaseException` alone."""

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
