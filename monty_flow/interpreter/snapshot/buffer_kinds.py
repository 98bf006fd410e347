"""The kinds of views of bytes, and of iterators over them.

A view is stored as what it shows: the object, the place of its first item there in bytes, its format, shape and
strides. Python tells all of these but the place, which is the distance of two addresses.

    memoryview      = object offset format itemsize (length ...) (stride ...) readonly     build arguments
                    | nothing                                                              when it is released
    memory_iterator = view index                                                           build arguments
                    | nothing                                                              when it has ended

A `bytearray` or an array is whole when it is built, so that the view of one can be built. An instance of a script's own class of bytes
is not, which is why views of such are refused.
"""

from __future__ import annotations

import ctypes
from math import prod
from typing import Any, Final

from monty_flow.interpreter.errors import SnapshotError
from monty_flow.interpreter.runtime.buffers import ARRAYS, ViewIterator, iterator_place
from monty_flow.interpreter.snapshot.registry import Kind, Parts

_WHOLE: Final = (bytes, bytearray)
#: Strides and formats as they are.
_FULL: Final = 0x11C
#: Steps that cannot overflow what C multiplies; only a single item may have one past its object.
_MAX_STEP: Final = 1 << 40
#: Dimensions of a view, CPython's own bound.
_MAX_DIMENSIONS: Final = 64


class _Buffer(ctypes.Structure):
    """`Py_buffer`, the same in the releases of CPython that we run on."""

    _fields_ = (
        ('buf', ctypes.c_void_p), ('obj', ctypes.py_object), ('len', ctypes.c_ssize_t), ('itemsize', ctypes.c_ssize_t),
        ('readonly', ctypes.c_int), ('ndim', ctypes.c_int), ('format', ctypes.c_char_p), ('shape', ctypes.c_void_p),
        ('strides', ctypes.c_void_p), ('suboffsets', ctypes.c_void_p), ('internal', ctypes.c_void_p),
    )  # fmt: skip


def _address(value: Any) -> int:
    """Return where the first item of a buffer is in memory."""
    buffer = _Buffer()
    ctypes.pythonapi.PyObject_GetBuffer(ctypes.py_object(value), ctypes.byref(buffer), _FULL)
    try:
        return buffer.buf or 0
    finally:
        ctypes.pythonapi.PyBuffer_Release(ctypes.byref(buffer))


def _reduce_view(view: memoryview[Any], context: Any) -> Parts:
    try:
        owner = view.obj
    except ValueError:
        return (), ()
    if type(owner) not in _WHOLE and type(owner) not in ARRAYS:
        raise SnapshotError(
            f'a memoryview of a {type(owner).__name__!r} object cannot be stored in a snapshot; '
            'use bytes, bytearray or array for it, or release it before the pause'
        )
    shape: Any = view.shape
    place = _address(view) - _address(owner) if prod(shape) else 0
    return (owner, place, view.format, view.itemsize, shape, view.strides, view.readonly), ()


def _build_view(context: Any, *parts: Any) -> memoryview[Any]:
    if not parts:
        view = memoryview(b'')
        view.release()
        return view
    owner, place, code, itemsize, shape, strides, readonly = parts
    if (type(owner) not in _WHOLE and type(owner) not in ARRAYS) or type(code) is not str or type(readonly) is not bool:
        raise TypeError('a view has parts of the wrong types')
    numbers = (place, itemsize, *shape, *strides)
    if {*map(type, numbers)} != {int} or len(shape) != len(strides) or len(shape) > _MAX_DIMENSIONS:
        raise TypeError('the layout of a view is malformed')
    whole = memoryview(owner)
    if type(owner) in ARRAYS:
        whole = whole.cast('B')
    view = _shown(whole.toreadonly() if readonly else whole, place, code, itemsize, shape, strides)
    if (view.format, view.itemsize, view.shape, view.readonly) != (code, itemsize, shape, readonly):
        raise ValueError('a view is not what it says')
    return view


def _shown(whole: memoryview[Any], place: int, code: str, itemsize: int, shape: Any, strides: Any) -> memoryview[Any]:
    """Return the part of `whole` with that layout."""
    if not shape:
        return _cast(_part(whole, place, itemsize), code, ())
    inner = prod(shape[1:]) * itemsize
    if min(shape) < 0 or inner < 0:
        raise ValueError('a view has a negative length')
    if inner == 0:
        raise ValueError('a view has an inner length of nothing')
    if not shape[0]:
        held = inner if len(whole) >= inner else 0
        return _cast(_part(whole, 0, held), code, (held // inner, *shape[1:]))[:0]
    step = strides[0] // inner
    if not step or strides[0] % inner or abs(step) > _MAX_STEP:
        # What the stride of a single item is does not matter.
        if shape[0] > 1:
            raise ValueError('the strides of a view do not fit its items')
        step = 1
    rows = (shape[0] - 1) * abs(step) + 1
    first = place - (rows - 1) * inner if step < 0 else place
    return _cast(_part(whole, first, rows * inner), code, (rows, *shape[1:]))[::step]


def _part(whole: memoryview[Any], place: int, size: int) -> memoryview[Any]:
    if not 0 <= place <= place + size <= len(whole):
        raise ValueError('a view reaches past its object')
    return whole[place : place + size]


def _cast(part: memoryview[Any], code: str, shape: tuple[int, ...]) -> memoryview[Any]:
    cast: Any = part.cast
    if len(shape) == 1:
        return part if code == 'B' else cast(code)
    return cast(code, list(shape))  # type: ignore[no-any-return]


def _build_iterator(context: Any, *state: Any) -> ViewIterator:
    if not state:
        ended = ViewIterator(memoryview(b''))
        next(ended, None)
        return ended
    view, index = state
    if type(view) is not memoryview or type(index) is not int or index < 0:
        raise TypeError('an iterator has no view')
    return ViewIterator(view, index)


def buffer_kinds() -> tuple[Kind, ...]:
    """Return the rows for views of bytes."""
    return (
        Kind('memoryview', memoryview, _reduce_view, _build_view),
        Kind('memory_iterator', ViewIterator, lambda v, _: (iterator_place(v), ()), _build_iterator),
    )
