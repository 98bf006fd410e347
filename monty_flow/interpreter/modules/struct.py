"""`struct`: CPython's own, with the size of a layout judged before bytes of it are made."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from typing import Any, ClassVar, Final

from monty_flow.interpreter.modules.library import LibraryFunctions, Stepper, TypeOfRun, int_checked, typed, with_error
from monty_flow.interpreter.modules.module import Definition, Frozen
from monty_flow.interpreter.runtime.buffers import ARRAYS, is_bytes_like
from monty_flow.interpreter.runtime.immutable import FrozenType
from monty_flow.interpreter.runtime.run import Run

#: Characters of a layout; CPython keeps a parsed one for each that it has seen.
MAX_FORMAT: Final = 10_000
#: Bytes of a layout up to which nobody looks at it, and of memory that a value of it takes, with its place.
_FEW: Final = 4096
_VALUE_BYTES: Final = 40
_PARTS: Final = re.compile(r'(\d*)\s*([a-zA-Z?])')


#: `struct.error`.
StructError: Any = FrozenType('error', (Exception,), {'__module__': 'struct'})


def _layout(run: Run, text: Any) -> struct.Struct:
    """Return the parsed layout of a format, which is refused where it stands for too many bytes."""
    if not isinstance(text, str | bytes):
        raise TypeError(f'Struct() argument 1 must be a str or bytes object, not {type(text).__name__}')
    exact: Any = str.__str__(text) if isinstance(text, str) else bytes(text)
    if len(exact) > MAX_FORMAT:
        raise StructError(f'a format of more than {MAX_FORMAT} characters is refused in the sandbox')
    made: struct.Struct = _checked(struct.Struct, exact)
    run.reserve(made.size)
    run.charge(made.size >> 5)
    return made


def _checked(function: Any, *args: Any) -> Any:
    return with_error(StructError, struct.error, function, *args)


def _buffer(data: Any) -> Any:
    if is_bytes_like(data):
        return data
    if hasattr(type(data), '__buffer_of_script__'):
        return data.__buffer_of_script__()
    raise TypeError(f"a bytes-like object is required, not '{type(data).__name__}'")


def _target(data: Any) -> Any:
    if isinstance(data, bytearray) or type(data) in ARRAYS or (type(data) is memoryview and not data.readonly):
        return data
    raise TypeError(f"argument must be read-write bytes-like object, not '{type(data).__name__}'")


class Unpacked(Stepper):
    """What `iter_unpack` gives: the values of one layout after the other."""

    __slots__ = ('_data', '_layout', '_place')
    script_type_name = 'unpack_iterator'

    def __init__(self, run: Run, layout: struct.Struct, data: bytes) -> None:
        super().__init__(run)
        self._layout, self._data, self._place = layout, data, 0

    def __next__(self) -> tuple[Any, ...]:
        self._run.tick()
        if self._place >= len(self._data):
            raise StopIteration
        values = self._layout.unpack_from(self._data, self._place)
        self._place += self._layout.size
        return values

    def __length_hint__(self) -> int:
        return (len(self._data) - self._place) // self._layout.size

    def _state(self) -> tuple[Any, ...]:
        return self._layout.format, self._data, self._place

    def _go_on(self, layout: Any, data: Any, place: Any) -> None:
        self._layout, self._data = _layout(self._run, typed(layout, str)), typed(data, bytes)
        self._place = int_checked(place)
        if self._place < 0 or len(self._data) % self._layout.size:
            raise ValueError('a place in a buffer is none')


class Struct(Frozen):
    """A parsed layout."""

    __slots__ = ('_layout', '_run')
    script_type_name: ClassVar[str] = 'Struct'
    _layout: struct.Struct
    _run: Run

    def __init__(self, run: Run, text: Any) -> None:
        self._set(_run=run, _layout=_layout(run, text))

    @property
    def format(self) -> str:
        return self._layout.format

    @property
    def size(self) -> int:
        return self._layout.size

    def pack(self, *values: Any) -> bytes:
        self._run.charge(len(values))
        made: bytes = _checked(self._layout.pack, *values)
        return made

    def pack_into(self, buffer: Any, offset: Any, *values: Any) -> None:
        self._run.charge(len(values))
        _checked(self._layout.pack_into, _target(buffer), offset, *values)

    def unpack(self, buffer: Any, /) -> tuple[Any, ...]:
        self._pay()
        made: tuple[Any, ...] = _checked(self._layout.unpack, _buffer(buffer))
        return made

    def unpack_from(self, buffer: Any, offset: Any = 0) -> tuple[Any, ...]:
        self._pay()
        made: tuple[Any, ...] = _checked(self._layout.unpack_from, _buffer(buffer), offset)
        return made

    def _pay(self) -> None:
        """Pay for the values of a long layout."""
        if self._layout.size > _FEW:
            numbers = sum(int(count or 1) for count, code in _PARTS.findall(self.format) if code not in 'spx')
            self._run.charge(numbers)
            self._run.reserve(self._layout.size + _VALUE_BYTES * numbers)

    def iter_unpack(self, buffer: Any, /) -> Iterator[tuple[Any, ...]]:
        data = bytes(_buffer(buffer))
        _checked(self._layout.iter_unpack, data)
        return Unpacked(self._run, self._layout, data)

    def __repr__(self) -> str:
        return f'Struct({self.format!r})'


class StructFunctions(LibraryFunctions):
    """The functions of `struct`."""

    __slots__ = ()
    module = 'struct'

    def calcsize(self, format: Any, /) -> int:
        return Struct(self._run, format).size

    def pack(self, format: Any, /, *values: Any) -> bytes:
        return Struct(self._run, format).pack(*values)

    def pack_into(self, format: Any, buffer: Any, offset: Any, /, *values: Any) -> None:
        Struct(self._run, format).pack_into(buffer, offset, *values)

    def unpack(self, format: Any, buffer: Any, /) -> tuple[Any, ...]:
        return Struct(self._run, format).unpack(buffer)

    def unpack_from(self, format: Any, /, buffer: Any, offset: Any = 0) -> tuple[Any, ...]:
        return Struct(self._run, format).unpack_from(buffer, offset)

    def iter_unpack(self, format: Any, buffer: Any, /) -> Iterator[tuple[Any, ...]]:
        return Struct(self._run, format).iter_unpack(buffer)


def struct_format(layout: Struct) -> str:
    """Return what a `Struct` is made of, for a snapshot."""
    return layout.format


MODULE = Definition(
    'struct',
    static={'error': StructError},
    functions=StructFunctions,
    objects={'Struct': lambda run: TypeOfRun(Struct, '_struct.Struct', lambda format: Struct(run, format))},
)
