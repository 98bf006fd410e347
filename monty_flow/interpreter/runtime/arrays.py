"""Arrays of numbers (`modules/array.py`), whose growth and long work the run pays for.

What makes or fills a whole array comes here, from the guards of operators and methods. C compares arrays of two types number by number,
which nothing can interrupt; so that this ends soon, a number counts for four bytes at least.

An array is a buffer too (`buffers.py`): views, bytes and the functions that take such have its memory.
"""

from __future__ import annotations

from typing import Any, Final

from monty_flow.interpreter.runtime.buffers import ARRAYS, byte_size, is_bytes_like
from monty_flow.interpreter.runtime.metering import CHUNK, FREE, metered, size_of
from monty_flow.interpreter.runtime.run import Run

_LEAST_BYTES: Final = 4
#: Bytes of a number in a list, with its place there, and of its text.
_LISTED_BYTES: Final = 40
_TEXT_BYTES: Final = 26
#: Items that a search looks at between two charges.
_SEARCHED: Final = 100_000


def reserve(run: Run, like: Any, count: int) -> None:
    """Reserve so many numbers of the type of an array."""
    if count > FREE:
        run.reserve(count * max(_LEAST_BYTES, like.itemsize))
        run.charge(count >> 6)


def reserve_made(run: Run, like: Any, count: int) -> None:
    """Reserve a new array, with the one of CPython's class that it is made of."""
    reserve(run, like, 2 * count)


def reserve_listed(run: Run, array: Any) -> None:
    """Reserve the list of all numbers of an array."""
    run.reserve(_LISTED_BYTES * len(array))
    run.charge(len(array))


def reserve_text(run: Run, array: Any) -> None:
    """Reserve the text of an array."""
    run.reserve(_TEXT_BYTES * len(array))
    run.charge(len(array))


def extend(run: Run, array: Any, items: Any) -> None:
    """Do `array.extend(items)`."""
    if type(items) in ARRAYS:
        reserve(run, array, len(array) + len(items))
        array.extend(items)
        return
    size = size_of(items)
    if size is not None:
        reserve(run, array, len(array) + size)
    array.extend(metered(run.charge, items) if hasattr(type(items), '__iter__') else items)


def count(run: Run, array: Any, value: Any) -> int:
    """Do `array.count(value)`."""
    found = 0
    for place in range(0, max(1, len(array)), _SEARCHED):
        part = array if len(array) <= _SEARCHED else array[place : place + _SEARCHED]
        run.charge(len(part) // CHUNK + 1)
        found += part.count(value)
    return found


def index(run: Run, array: Any, value: Any, *bounds: Any) -> int:
    """Do `array.index(value, *bounds)`."""
    if len(array) <= _SEARCHED or len(bounds) > 2:
        return array.index(value, *bounds)  # type: ignore[no-any-return]
    start, stop, _ = slice(bounds[0] if bounds else 0, bounds[1] if len(bounds) > 1 else None).indices(len(array))
    for place in range(start, stop, _SEARCHED):
        part = array[place : min(stop, place + _SEARCHED)]
        run.charge(len(part) // CHUNK + 1)
        if value in part:
            return place + int(part.index(value))
    raise ValueError('array.index(x): x not in array')


def remove(run: Run, array: Any, value: Any) -> None:
    """Do `array.remove(value)`."""
    if len(array) <= _SEARCHED:
        array.remove(value)
        return
    try:
        place = index(run, array, value)
    except ValueError:
        raise ValueError('array.remove(x): x not in array') from None
    del array[place]


#: Methods that go over an array.
SCANS: Final = {'count': count, 'index': index, 'remove': remove}


class ArrayMethods:
    """The part of `Methods` about arrays; what any other object has under these names is called as it stands."""

    __slots__ = ()
    run: Run

    def m_frombytes(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        if type(obj) in ARRAYS and len(args) == 1 and is_bytes_like(args[0]):
            reserve(self.run, obj, len(obj) + byte_size(args[0]) // obj.itemsize)
        return obj.frombytes(*args, **kwargs)

    def m_fromlist(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        if type(obj) in ARRAYS and len(args) == 1 and isinstance(args[0], list):
            reserve(self.run, obj, len(obj) + list.__len__(args[0]))
        return obj.fromlist(*args, **kwargs)

    def m_fromunicode(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        if type(obj) in ARRAYS and len(args) == 1 and isinstance(args[0], str):
            reserve(self.run, obj, len(obj) + str.__len__(args[0]))
        return obj.fromunicode(*args, **kwargs)

    def m_tounicode(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        if type(obj) in ARRAYS:
            reserve(self.run, obj, len(obj))
        return obj.tounicode(*args, **kwargs)

    def m_fromfile(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        if type(obj) not in ARRAYS or len(args) != 2 or kwargs:
            return obj.fromfile(*args, **kwargs)
        file, count = args
        if type(count) is not int:
            raise TypeError(f"'{type(count).__name__}' object cannot be interpreted as an integer")
        if count < 0:
            raise ValueError('negative count')
        data = file.read(count * obj.itemsize)
        if not isinstance(data, bytes):
            raise TypeError("read() didn't return bytes")
        self.m_frombytes(obj, data)
        if len(data) < count * obj.itemsize:
            raise EOFError("read() didn't return enough bytes")
        return None

    def m_tofile(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        if type(obj) not in ARRAYS or len(args) != 1 or kwargs:
            return obj.tofile(*args, **kwargs)
        reserve(self.run, obj, len(obj))
        args[0].write(obj.tobytes())
        return None

    def m_buffer_info(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        found = obj.buffer_info(*args, **kwargs)
        # An address would tell of the host.
        return (0, found[1]) if type(obj) in ARRAYS else found
