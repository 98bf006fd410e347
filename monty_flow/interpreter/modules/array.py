"""`array`: a class over CPython's own arrays of numbers, filled with the run's meter (see `runtime/arrays.py`).

CPython asks a value for its number, by its `__index__` or `__float__`, after it has looked whether there is room for it. One of a script's
class could empty the array meanwhile, and the number would go to memory that is somebody else's. So what is stored is made a number first,
by an array that nobody has yet (`Array`); and what CPython gives for a slice, a sum or a copy, which is of its own class, is made one of this class.
"""

from __future__ import annotations

import array as native
from typing import Any, ClassVar, Final

from monty_flow.interpreter.modules.library import LibraryFunctions, TypeOfRun
from monty_flow.interpreter.modules.module import Definition
from monty_flow.interpreter.runtime import arrays
from monty_flow.interpreter.runtime.buffers import ARRAYS
from monty_flow.interpreter.runtime.loads import METHOD_TYPES
from monty_flow.interpreter.runtime.run import Run
from monty_flow.interpreter.runtime.universe import admit

_Native: Final = native.array
#: Called for each item: a name is looked up more quickly than an attribute of a class.
_get: Final = native.array.__getitem__
_put: Final = native.array.__setitem__
_NUMBERS: Final = frozenset({int, float})


class Array(native.array):  # type: ignore[type-arg]
    """The arrays of scripts: nothing that they are given runs while CPython stores it."""

    __slots__ = ()

    def __getitem__(self, place: Any) -> Any:
        return _own(_get(self, place)) if type(place) is slice else _get(self, place)

    def __setitem__(self, place: Any, value: Any) -> None:
        kind = type(value)
        if kind is not int and kind is not float and not isinstance(value, _Native):
            value = number(self, value)
        _put(self, place, value)

    def append(self, value: Any, /) -> None:
        """Append a number."""
        if type(value) in _NUMBERS:
            _Native.append(self, value)
        else:
            _Native.extend(self, _Native(self.typecode, (value,)))

    def insert(self, place: Any, value: Any, /) -> None:
        """Insert a number before a place."""
        _Native.insert(self, place, value if type(value) in _NUMBERS else number(self, value))

    def fromlist(self, values: Any, /) -> None:
        """Append the numbers of a list, or none of them."""
        if not isinstance(values, list):
            raise TypeError('arg must be list')
        _Native.extend(self, _Native(self.typecode, values))

    def extend(self, values: Any, /) -> None:
        """Append the numbers of an iterable, or of another array of the same type."""
        if not isinstance(values, _Native):
            values = (value if type(value) in _NUMBERS else number(self, value) for value in values)
        _Native.extend(self, values)

    def __add__(self, other: Any) -> Any:
        return _own(_Native.__add__(self, other))

    def __mul__(self, times: Any) -> Any:
        return _own(_Native.__mul__(self, times))

    def __rmul__(self, times: Any) -> Any:
        return _own(_Native.__rmul__(self, times))

    def __copy__(self) -> Any:
        return _own(self)

    def __deepcopy__(self, memo: object, /) -> Any:
        return _own(self)


Array.__name__ = Array.__qualname__ = 'array'
Array.__module__ = 'array'


def number(like: Any, value: Any) -> Any:
    """Return a value as an array of the type of `like` has it; raise what CPython raises for one that it cannot have."""
    return _Native(like.typecode, (value,))[0]


def _own(found: Any) -> Any:
    if not isinstance(found, _Native):
        return found
    made = Array(found.typecode)
    _Native.extend(made, found)
    return made


#: An array without items that nobody changes.
NO_NUMBERS: Final = Array('b')
ARRAYS.add(Array)
METHOD_TYPES.add(type(native.array('b').extend))
for _kind in (Array, type(iter(NO_NUMBERS))):
    admit(_kind, is_value=False)
#: Under which a run's globals hold its type of arrays, which two exports are.
_TYPE: Final = '$array'


class Makers(LibraryFunctions):
    """What makes the arrays of one run."""

    __slots__ = ()
    module = 'array'
    consuming: ClassVar[frozenset[str]] = frozenset({'array'})

    def array(self, /, *args: Any, **kwargs: Any) -> Any:
        if len(args) != 2 or kwargs:
            return Array(*args, **kwargs)
        typecode, initial = args
        if isinstance(initial, str) or type(initial) in ARRAYS:
            arrays.reserve(self._run, Array('i'), len(initial))
            return Array(typecode, initial)
        if isinstance(initial, list | tuple) and type(initial) in (list, tuple):
            arrays.reserve(self._run, Array('q'), len(initial))
            return Array(typecode, initial)
        made = Array(typecode)
        if isinstance(initial, bytes | bytearray):
            arrays.reserve(self._run, made, len(initial) // made.itemsize)
            made.frombytes(initial)
        else:
            arrays.extend(self._run, made, initial)
        return made


def _type_of_arrays(run: Run) -> TypeOfRun:
    found: TypeOfRun = run.globals.setdefault(_TYPE, None) or TypeOfRun(Array, 'array.array', Makers(run).array)
    run.globals[_TYPE] = found
    return found


MODULE = Definition(
    'array',
    static={'typecodes': native.typecodes},
    objects={'array': _type_of_arrays, 'ArrayType': _type_of_arrays},
)


def build_array(typecode: Any, itemsize: Any, data: Any) -> Any:
    """Return the array of a snapshot; raise TypeError or ValueError for what is none."""
    if type(typecode) is not str or type(data) is not bytes:
        raise TypeError('an array has parts of the wrong types')
    made = Array(typecode)
    if made.itemsize != itemsize:
        raise ValueError('numbers of an array are of another size here')
    made.frombytes(data)
    return made
