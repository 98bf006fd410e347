"""Guarded methods: what a call of a GUARDED attribute runs.

The compiler knows the name of a method and not the type of its object, so `m_<name>` stands for the
name on every type. Where the object is not of a built-in type that the guard is about (a module, a regular
expression, ...), it is called as it stands. Where it is a class (`str.join(sep, items)`), the first argument takes its place.
Each method checks what its result would take, or pays for its work, and then calls Python's own.
"""

from __future__ import annotations

import types
from collections.abc import Callable
from typing import Any, Final

from monty_flow.interpreter.errors import LimitReached, MemoryLimitError
from monty_flow.interpreter.runtime import arrays
from monty_flow.interpreter.runtime import guards as _guards
from monty_flow.interpreter.runtime.arrays import ArrayMethods
from monty_flow.interpreter.runtime.buffers import ARRAYS, byte_size, unhinted
from monty_flow.interpreter.runtime.classes import SCRIPT_TYPES, MetaclassType, TypeStandIn
from monty_flow.interpreter.runtime.clock_methods import ClockMethods
from monty_flow.interpreter.runtime.dunders import DunderMethods
from monty_flow.interpreter.runtime.formatting import Formatter
from monty_flow.interpreter.runtime.inherited import as_index
from monty_flow.interpreter.runtime.metering import FREE, hashed, sized
from monty_flow.interpreter.runtime.plain_methods import SHORT
from monty_flow.interpreter.runtime.redefinition import write
from monty_flow.interpreter.runtime.reflection import is_class, read
from monty_flow.interpreter.runtime.run import Run
from monty_flow.interpreter.runtime.text_methods import TextMethods
from monty_flow.interpreter.runtime.universe import GUARDED_METHODS, TYPE

#: Bytes of an item of a list and the number that it refers to.
_ITEM_BYTES: Final = 40
_SETS: Final = frozenset({set, frozenset})
#: Methods of sets that begin with a copy.
_FROM_A_COPY: Final = frozenset({'union', 'difference', 'symmetric_difference'})
#: What is an iterable for a container of CPython's as it stands, where it is short.
_PLAIN: Final = frozenset({list, tuple, set, frozenset, dict, str})

#: Names that have an `m_<name>`; the other GUARDED names are called through `attribute`.
CALLED: Final = GUARDED_METHODS


def _same(value: Any) -> Any:
    return value


class Methods(TextMethods, DunderMethods, ClockMethods, ArrayMethods):
    """Serve the guarded methods of one run; emitted code calls bound methods of it."""

    __slots__ = ('callee', 'formatter', 'plain', 'run')

    def __init__(self, run: Run) -> None:
        self.run = run
        self.formatter = Formatter(run, self.attribute)
        #: Maps a callback to its guarded version; `Builtins` sets it.
        self.callee: Callable[[Any], Any] = _same
        #: The run's `Builtins`, for attributes by computed names; `Builtins` sets it.
        self.plain: Any = None

    def filling(self, base: Any, value: Any) -> Any:
        """Pay for what a built-in container, or one of a script's class, is filled with."""
        if base is bytearray:
            value = as_index(value)
            if type(value) is int:
                self.run.reserve(max(0, value))
                return value
        if base is set or base is dict:
            return self.source(value)
        return sized(self.run.charge, value)

    def _iterate(self, obj: Any, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Pay for the iterables in args."""
        if type(type(obj)) in SCRIPT_TYPES and type(getattr(type(obj), name, None)) is types.FunctionType:
            # The script's own method of this name.
            return getattr(obj, name)(*args, **kwargs)
        if len(args) == 1 and type(obj) in _PLAIN and type(args[0]) in _PLAIN and len(args[0]) < FREE:
            return getattr(obj, name)(args[0], **kwargs)
        if isinstance(obj, type):
            return self._plain(obj, name, args, kwargs)
        if isinstance(obj, TypeStandIn) or hasattr(type(obj), '__run__'):
            # The methods of our own types pay for what they iterate.
            return getattr(obj, name)(*args, **kwargs)
        if name in _FROM_A_COPY and type(obj) in _SETS and len(obj) > SHORT:
            self.run.reserve(obj.__sizeof__())
        if len(args) == 1:
            return getattr(obj, name)(self.source(args[0]), **kwargs)
        return getattr(obj, name)(*[self.source(item) for item in args], **kwargs)

    def source(self, value: Any) -> Any:
        """Pay for an iterable or a mapping that is about to be consumed; mappings stay what they are."""
        if hasattr(type(value), 'keys'):
            if isinstance(value, dict) and len(value) > FREE:
                self.run.charge(len(value))
            return value
        return hashed(self.run, value)

    def m_to_bytes(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        if type(obj) is int and len(args) == 2 and type(args[0]) is int and args[0] <= SHORT:
            return obj.to_bytes(*args, **kwargs)
        if args:
            args = (as_index(args[0]), *args[1:])
        elif 'length' in kwargs:
            kwargs['length'] = as_index(kwargs['length'])
        length = args[0] if args else kwargs.get('length')
        if type(length) is int and length > SHORT:
            self.run.reserve(length)
        if type(obj) is int:
            return obj.to_bytes(*args, **kwargs)
        return self._plain(obj, 'to_bytes', args, kwargs)

    # Work over the whole object.

    def m_count(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        if type(obj) is range and len(args) == 1 and not kwargs:
            if type(type(args[0])) in SCRIPT_TYPES:
                return sum(args[0] == number for number in sized(self.run.charge, obj))
            return int(_guards.Guards(self.run, None).contains(obj, args[0]))
        return self._scan(obj, 'count', args, kwargs)

    def m_index(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        if type(obj) is list and len(obj) <= FREE:
            return obj.index(*args, **kwargs)
        if type(obj) is range and len(args) == 1 and not kwargs and type(args[0]) not in (int, bool):
            value = args[0]
            if type(type(value)) in SCRIPT_TYPES:
                for place, number in enumerate(sized(self.run.charge, obj)):
                    if value == number:
                        return place
                raise ValueError('sequence.index(x): x not in sequence')
            if not _guards.Guards(self.run, None).contains(obj, value):
                raise ValueError('sequence.index(x): x not in sequence')
            return obj.index(int(value.real))
        return self._scan(obj, 'index', args, kwargs)

    def m_copy(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        if type(obj) in _PLAIN and len(obj) <= FREE:
            return obj.copy(*args, **kwargs)
        return self._scan(obj, 'copy', args, kwargs)

    def m_find(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        return self._scan(obj, 'find', args, kwargs)

    def m_remove(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        return self._scan(obj, 'remove', args, kwargs) if type(obj) is not set else obj.remove(*args, **kwargs)

    def m_from_bytes(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        data = args[0] if args else kwargs.get('bytes')
        if type(data) is bytes and len(data) * 8 <= self.run.limits.max_int_bits:
            return obj.from_bytes(*args, **kwargs)
        if isinstance(data, bytes | bytearray | memoryview):
            limit = self.run.limits.max_int_bits
            if byte_size(data) * 8 > limit:
                raise LimitReached(MemoryLimitError('max_int_bits', limit))
        elif args:
            args = (sized(self.run.charge, data), *args[1:])
        return obj.from_bytes(*args, **kwargs)

    def m_fromkeys(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        if args:
            args = (hashed(self.run, args[0]), *args[1:])
        return obj.fromkeys(*args, **kwargs)

    def m_maketrans(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        for item in args:
            if type(item) in (str, bytes, dict) and len(item) > FREE:
                self.run.charge(len(item))
        return obj.maketrans(*args, **kwargs)

    def m_sort(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        if type(obj) is not list:
            return self._plain(obj, 'sort', args, kwargs)
        size = len(obj)
        if size > FREE:
            self.run.charge(size * size.bit_length() >> 1)
        if 'key' in kwargs:
            kwargs['key'] = self.callee(kwargs['key'])
        return obj.sort(*args, **kwargs)

    # Work over an iterable.

    def m_extend(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        if type(obj) is list and len(args) == 1 and not kwargs:
            if type(args[0]) in _PLAIN and len(args[0]) < FREE:
                return obj.extend(args[0])
            _guards.extend(self.run, obj, args[0])
            return None
        if type(obj) in ARRAYS and len(args) == 1 and not kwargs:
            arrays.extend(self.run, obj, args[0])
            return None
        if len(args) == 1 and isinstance(obj, bytearray) and type(obj).extend is bytearray.extend:
            return obj.extend(unhinted(self.source(args[0])), **kwargs)
        return self._iterate(obj, 'extend', args, kwargs)

    def m_update(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        return self._iterate(obj, 'update', args, kwargs)

    def m_union(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        return self._iterate(obj, 'union', args, kwargs)

    def m_difference(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        return self._iterate(obj, 'difference', args, kwargs)

    def m_difference_update(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        return self._iterate(obj, 'difference_update', args, kwargs)

    def m_intersection(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        return self._iterate(obj, 'intersection', args, kwargs)

    def m_intersection_update(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        return self._iterate(obj, 'intersection_update', args, kwargs)

    def m_isdisjoint(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        return self._iterate(obj, 'isdisjoint', args, kwargs)

    def m_issubset(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        return self._iterate(obj, 'issubset', args, kwargs)

    def m_issuperset(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        return self._iterate(obj, 'issuperset', args, kwargs)

    def m_symmetric_difference(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        return self._iterate(obj, 'symmetric_difference', args, kwargs)

    def m_symmetric_difference_update(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        return self._iterate(obj, 'symmetric_difference_update', args, kwargs)

    # Copies of what views show.

    def m_tobytes(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        if type(obj) is memoryview or type(obj) in ARRAYS:
            self._reserve_text(byte_size(obj))
        return obj.tobytes(*args, **kwargs)

    def m_tolist(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        if type(obj) is memoryview:
            self._reserve_text(obj.nbytes // obj.itemsize * _ITEM_BYTES)
        elif type(obj) in ARRAYS:
            arrays.reserve_listed(self.run, obj)
        return obj.tolist(*args, **kwargs)

    # Callbacks of exception groups.

    def m_derive(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        return obj.derive(*[sized(self.run.charge, item) for item in args], **kwargs)

    def m_subgroup(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        self._check_groups(obj, args)
        return obj.subgroup(*[self.callee(item) for item in args], **kwargs)

    # What classes and exceptions show of the host, made harmless.

    def m_mro(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        if (obj is TYPE or type(obj) is MetaclassType) and len(args) == 1 and is_class(args[0]):
            # `type.mro(C)`, also as a metaclass has it.
            return list(read(args[0], '__mro__'))
        if is_class(obj) and type(found := getattr(obj, 'mro', None)) is types.BuiltinFunctionType:
            return list(read(obj, '__mro__')) if not args and not kwargs else found(*args, **kwargs)
        return obj.mro(*args, **kwargs)

    def m_with_traceback(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        if type(obj) is type and issubclass(obj, BaseException) and args and isinstance(args[0], obj):
            obj, args = args[0], args[1:]
        if isinstance(obj, BaseException) and len(args) == 1 and not kwargs:
            write(obj, '__traceback__', args[0])
            return obj
        return obj.with_traceback(*args, **kwargs)
