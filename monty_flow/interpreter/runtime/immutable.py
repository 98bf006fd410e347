"""Base of our objects that scripts hold and cannot change.

Their slots are filled once, in `__init__`, by `object.__setattr__`.
"""

from __future__ import annotations

from typing import NoReturn


class Immutable:
    """An object whose attributes scripts can neither set nor delete."""

    __slots__ = ()

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(_missing(type(self), name))

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(_missing(type(self), name))


def _missing(kind: type, name: str) -> str:
    return f"'{getattr(kind, 'script_type_name', kind.__name__)}' object has no attribute '{name}'"
