"""Bases of our objects and classes that scripts hold and cannot change.

Slots of the objects are filled once, in `__init__`, by `object.__setattr__`.
"""

from __future__ import annotations

from typing import Any, NoReturn


class Immutable:
    """An object whose attributes scripts can neither set nor delete."""

    __slots__ = ()

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(_missing(type(self), name))

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(_missing(type(self), name))


class FrozenType(type):
    """Metaclass of our classes that scripts can name: no attribute of the class can be set or deleted.

    A class is made with the name that scripts know it by, which is what errors of CPython say.
    """

    def __new__(cls, name: str, bases: tuple[type, ...], namespace: dict[str, Any]) -> Any:
        return super().__new__(cls, namespace.get('script_type_name') or name, bases, namespace)

    def __setattr__(cls, name: str, value: object) -> NoReturn:
        raise TypeError(f"cannot set '{name}' attribute of immutable type '{cls.__name__}'")

    def __delattr__(cls, name: str) -> NoReturn:
        raise TypeError(f"cannot delete '{name}' attribute of immutable type '{cls.__name__}'")


def _missing(kind: type, name: str) -> str:
    return f"'{getattr(kind, 'script_type_name', kind.__name__)}' object has no attribute '{name}'"
