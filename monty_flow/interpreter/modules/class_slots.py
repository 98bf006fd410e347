"""Make a class anew with slots for its fields, as `@dataclass(slots=True)` asks."""

from __future__ import annotations

from types import FunctionType
from typing import Any, Final

from monty_flow.interpreter.runtime.classes import (
    SCRIPT_TYPES,
    MetaclassType,
    ScriptType,
    build_class,
    visible_entries,
)

#: Entries that the new class gets of its own.
_REMADE: Final = frozenset(
    {'__dict__', '__weakref__', '__abstractmethods__', '__annotations__', '__orig_bases__', '__parameters__'}
)


def with_slots(cls: Any, names: list[str]) -> Any:
    """Return a class like `cls` whose instances keep these attributes in slots."""
    if '__slots__' in vars(cls):
        raise TypeError(f'{cls.__name__} already specifies __slots__')
    inherited = {
        slot
        for base in cls.__mro__[1:]
        if type(base) in SCRIPT_TYPES
        for slot in _slots(vars(base).get('__slots__', ()))
    }
    entries = {name: value for name, value in visible_entries(cls).items() if name not in _REMADE and name not in names}
    entries['__slots__'] = tuple([name for name in names if name not in inherited])
    annotations = vars(cls).get('__annotations__')
    kind = type(cls) if type(type(cls)) is MetaclassType else ScriptType
    made: Any = build_class(cls.__name__, cls.__qualname__, cls.__bases__, entries, annotations, metaclass=kind)
    for name in ('__orig_bases__', '__parameters__'):
        if name in vars(cls):
            type.__setattr__(made, name, vars(cls)[name])
    for value in entries.values():
        _point_to(made, cls, value)
    return made


def _slots(slots: Any) -> tuple[str, ...]:
    return (slots,) if type(slots) is str else tuple(slots)


def _point_to(made: Any, cls: Any, value: Any) -> None:
    """Let the functions of a class mean the new one where they mean the class, as `super()` does."""
    for function in (value, *(getattr(value, name, None) for name in ('__func__', 'fget', 'fset', 'fdel'))):
        for cell in (function.__closure__ or ()) if type(function) is FunctionType else ():
            try:
                if cell.cell_contents is cls:
                    cell.cell_contents = made
            except ValueError:
                continue
