"""Make types immutable that C code of CPython made as ordinary classes.

`decimal.InvalidOperation.x = 1` works in CPython: exception types of C modules are made at run time, without the flag
that static types have. Scripts hold such types, and all runs share them, so the flag is set. There is no call for
it; the flags of a type are one word of its C structure, which is looked for by its value and checked after.
"""

from __future__ import annotations

import ctypes
from types import ModuleType
from typing import Any

#: Py_TPFLAGS_IMMUTABLETYPE.
_IMMUTABLE = 1 << 8


def seal(kind: type) -> None:
    """Make a type one whose attributes cannot be set; raise RuntimeError where CPython is not as it is known."""
    flags = kind.__flags__
    if flags & _IMMUTABLE:
        return
    words = (ctypes.c_ulong * (_size_of_types() // ctypes.sizeof(ctypes.c_ulong))).from_address(id(kind))
    places = [index for index, word in enumerate(words) if word == flags]
    if len(places) != 1:
        raise RuntimeError(f'the flags of {kind.__name__} are not where they are in CPython')
    words[places[0]] = flags | _IMMUTABLE
    if kind.__flags__ != flags | _IMMUTABLE:
        raise RuntimeError(f'{kind.__name__} cannot be made immutable')


def _size_of_types() -> int:
    size: int = vars(type)['__basicsize__'].__get__(type)
    return size


def is_decimal_error(value: Any) -> bool:
    """Tell whether a value is an exception of `decimal`."""
    return isinstance(value, type) and issubclass(value, ArithmeticError) and value.__module__ == 'decimal'


def conditions_of(decimal: ModuleType) -> set[type[BaseException]]:
    """Return every exception of `decimal`, also those that the module does not export."""
    found: set[type[BaseException]] = set()
    pending: list[Any] = [decimal.DecimalException]
    while pending:
        for kind in pending.pop().__subclasses__():
            if kind not in found and kind.__module__ == 'decimal':
                found.add(kind)
                pending.append(kind)
    return found
