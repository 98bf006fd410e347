"""Views of bytes: CPython's own `memoryview`, over the `bytes` and `bytearray`s of a script.

A view shows the memory of what it was made of, so what C reads of one is as safe as the bytes themselves. It has no
size of its own, though: a view of a few bytes may be of a big one, and `len` counts its items. What makes bytes of views
asks `byte_size` first; methods of bytes, whose guards know bytes by their exact type, get `exact_texts`.

An iterator of CPython's over a view does not tell its place, so scripts get `ViewIterator` in its stead.
"""

from __future__ import annotations

import operator
import sys
from collections.abc import Iterable
from typing import Any, Final

#: `array.array`, once its module is loaded (`arrays.py`): most runs have none.
ARRAYS: Final[set[type]] = set()
_EXACT: Final = frozenset({str, bytes, bytearray})
#: What C takes as it is where bytes or an index are wanted: nothing of a script runs for it.
_SETTLED: Final = frozenset({int, bool, type(None), str, bytes, bytearray, tuple, memoryview})
#: Iterables that tell their true length and whose items C takes without running anything of a script.
_TRUE_LENGTHS: Final = frozenset({list, tuple, str, bytes, bytearray, memoryview, int})
#: CPython before these releases goes on with the places of a list after the iterable to be stored in them has emptied it.
FORGETS_PLACES: Final = sys.version_info < (3, 12, 5)


class ViewIterator:
    """Iterate a view by index."""

    __slots__ = ('_index', '_view')
    script_type_name: Final = 'memory_iterator'

    def __init__(self, view: memoryview[Any], index: int = 0) -> None:
        if view.ndim == 0:
            raise TypeError('invalid indexing of 0-dim memory')
        self._view: memoryview[Any] | None = view
        self._index = index

    def __iter__(self) -> ViewIterator:
        return self

    def __next__(self) -> Any:
        view, index = self._view, self._index
        if view is None:
            raise StopIteration
        if index >= len(view):
            self._view = None
            raise StopIteration
        self._index = index + 1
        return view[index]


def iterator_place(iterator: ViewIterator) -> tuple[Any, ...]:
    """Return the view and the place in it; nothing for an iterator that has ended."""
    return () if iterator._view is None else (iterator._view, iterator._index)


def iterate(*args: Any) -> Any:
    """Do `iter(*args)` for a script that has views."""
    if len(args) == 1 and type(args[0]) is memoryview:
        return ViewIterator(args[0])
    return iter(*args)


def byte_size(value: Any) -> int:
    """Return the length of a text, in bytes for a view; a class of a script that derives from one is not asked."""
    if type(value) is memoryview:
        return value.nbytes
    if type(value) in ARRAYS:
        return len(value) * value.itemsize  # type: ignore[no-any-return]
    base: Any = next((base for base in (bytes, bytearray, str) if isinstance(value, base)), None)
    size: int = len(value) if base is None else base.__len__(value)
    return size


def settled(value: Any) -> Any:
    """Return an argument of a method of a bytearray with its `__index__` asked, as an exact int.

    C takes the address of the bytes first and asks afterwards: an `__index__` that empties the bytearray would have it read
    memory that is no longer its own.
    """
    if type(value) in _SETTLED or not hasattr(type(value), '__index__') or is_bytes_like(value):
        return value
    return operator.index(value)


def unhinted(source: Any) -> Any:
    """Return what a bytearray is extended by, without a `__length_hint__` of a script.

    One that is too small has C write the first byte where no place is, into what all empty bytearrays of the process share.
    """
    kind = type(source)
    if kind in _TRUE_LENGTHS or kind in ARRAYS or is_bytes_like(source) or not hasattr(kind, '__iter__'):
        return source
    return _items(source)


def _items(source: Iterable[Any]) -> Iterable[Any]:
    yield from source


def is_bytes_like(value: object) -> bool:
    return isinstance(value, bytes | bytearray | memoryview) or type(value) in ARRAYS


def exact_texts(obj: object, args: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return arguments of a method of a text or its class, with views and a script's own kinds of text as exact ones.

    Methods of anything else, a script's classes too, get what they were given.
    """
    if _EXACT.issuperset(map(type, args)):
        return args
    if type(obj) in _EXACT or type(obj) is memoryview:
        return tuple([_exact(item) for item in args])
    if type(obj) is type and obj in _EXACT and args:
        return (args[0], *[_exact(item) for item in args[1:]])
    return args


def _exact(value: Any) -> Any:
    if type(value) in _EXACT:
        return value
    if isinstance(value, str):
        return str.__str__(value)
    return bytes(memoryview(value)) if is_bytes_like(value) else value
