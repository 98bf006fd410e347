"""`array`: CPython's own arrays of numbers, filled with the run's meter (see `runtime/arrays.py`)."""

from __future__ import annotations

import array
from typing import Any, ClassVar, Final

from monty_flow.interpreter.modules.library import LibraryFunctions, TypeOfRun
from monty_flow.interpreter.modules.module import Definition
from monty_flow.interpreter.runtime import arrays
from monty_flow.interpreter.runtime.buffers import ARRAYS
from monty_flow.interpreter.runtime.loads import METHOD_TYPES
from monty_flow.interpreter.runtime.run import Run
from monty_flow.interpreter.runtime.universe import admit

#: An array without items that nobody changes.
NO_NUMBERS: Final = array.array('b')
ARRAYS.add(array.array)
METHOD_TYPES.add(type(NO_NUMBERS.extend))
for _kind in (array.array, type(iter(NO_NUMBERS))):
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
            return array.array(*args, **kwargs)
        typecode, initial = args
        if isinstance(initial, str) or type(initial) in ARRAYS:
            arrays.reserve(self._run, array.array('i'), len(initial))
            return array.array(typecode, initial)
        if isinstance(initial, list | tuple) and type(initial) in (list, tuple):
            arrays.reserve(self._run, array.array('q'), len(initial))
            return array.array(typecode, initial)
        made = array.array(typecode)
        if isinstance(initial, bytes | bytearray):
            arrays.reserve(self._run, made, len(initial) // made.itemsize)
            made.frombytes(initial)
        else:
            arrays.extend(self._run, made, initial)
        return made


def _type_of_arrays(run: Run) -> TypeOfRun:
    found: TypeOfRun = run.globals.setdefault(_TYPE, None) or TypeOfRun(array.array, 'array.array', Makers(run).array)
    run.globals[_TYPE] = found
    return found


MODULE = Definition(
    'array',
    static={'typecodes': array.typecodes},
    objects={'array': _type_of_arrays, 'ArrayType': _type_of_arrays},
)


def build_array(typecode: Any, itemsize: Any, data: Any) -> Any:
    """Return the array of a snapshot; raise TypeError or ValueError for what is none."""
    if type(typecode) is not str or type(data) is not bytes:
        raise TypeError('an array has parts of the wrong types')
    made = array.array(typecode)
    if made.itemsize != itemsize:
        raise ValueError('numbers of an array are of another size here')
    made.frombytes(data)
    return made
