"""Methods of built-in types on instances of script classes that derive from them.

The guards of methods look at exact types. A method of a built-in type that a script reaches on an instance of its own class, by
`super()` or by the class (`str.ljust(S('a'), n)`) is one of two kinds:

* of an immutable type: the same method of an exact copy gives the same, so the guard is given the copy;
* of a container: its arguments are paid for, its growth is judged, and then the built-in's own method is called.
"""

from __future__ import annotations

import operator
import types
from typing import Any, ClassVar, Final

from monty_flow.interpreter.runtime import guards as _guards
from monty_flow.interpreter.runtime.buffers import settled, unhinted
from monty_flow.interpreter.runtime.classes import SCRIPT_TYPES
from monty_flow.interpreter.runtime.growth import Growth
from monty_flow.interpreter.runtime.immutable import Immutable
from monty_flow.interpreter.runtime.metering import FREE
from monty_flow.interpreter.runtime.text import ADDRESS
from monty_flow.interpreter.runtime.universe import GUARDED_METHODS

#: Immutable types -> how to copy the value of an instance of a subclass, whatever that defines.
_COPIES: Final[dict[type, Any]] = {
    str: str.__str__,
    bytes: lambda value: bytes.join(b'', [value]),
    int: int.__index__,
    float: float.__float__,
    complex: complex.__pos__,
    tuple: lambda value: tuple.__getitem__(value, slice(None)),
    frozenset: frozenset.copy,
}
_CONTAINERS: Final = (list, dict, set, bytearray)
#: Methods that go over the whole container once.
_SCANS: Final = frozenset({'copy', 'count', 'index', 'remove', '__contains__', 'reverse'})
#: Methods that go over their arguments.
_ITERATING: Final = frozenset(
    'extend update union difference difference_update intersection intersection_update isdisjoint issubset issuperset'
    ' symmetric_difference symmetric_difference_update __iadd__ __init__ fromkeys'.split()
)


def exact(value: Any) -> Any:
    """Return an instance of a script's class that is an immutable built-in as that; anything else as it is."""
    kind = type(value)
    if type(kind) in SCRIPT_TYPES:
        for base, copy in _COPIES.items():
            if issubclass(kind, base):
                return copy(value)
    return value


def as_index(value: Any) -> Any:
    """Return what stands for an int as an exact one, so that what is judged is what is used."""
    if type(value) is int or not hasattr(type(value), '__index__'):
        return value
    return operator.index(value)


def base_of_method(method: Any) -> Any:
    """Return the built-in type whose own method a value is, bound or not, and None for anything else."""
    kind = type(method)
    if kind is types.BuiltinFunctionType:
        owner = method.__self__
        if owner is None or isinstance(owner, types.ModuleType):
            return None
        cls = owner if isinstance(owner, type) else type(owner)
        return next((base for base in cls.__mro__ if base in _BASES and method.__name__ in base.__dict__), None)
    owner = getattr(method, '__objclass__', None) if kind in _WRAPPERS else None
    return owner if owner in _BASES else None


_WRAPPERS: Final = (types.MethodDescriptorType, types.WrapperDescriptorType, types.MethodWrapperType)
_BASES: Final = frozenset({*_COPIES, *_CONTAINERS})


class Inherited(Immutable):
    """A method of a built-in type, bound to an instance of a script's class, as `super().name` gives it."""

    __slots__ = ('_base', '_method', '_methods', '_name', '_target')
    _base: Any
    _method: Any
    _methods: Any
    _name: str
    _target: Any
    script_type_name: ClassVar[str] = 'builtin_function_or_method'

    def __init__(self, methods: Any, base: Any, method: Any, name: str, target: Any) -> None:
        for key, value in (('_methods', methods), ('_base', base), ('_method', method), ('_name', name)):
            object.__setattr__(self, key, value)
        object.__setattr__(self, '_target', target)

    def __call__(self, /, *args: Any, **kwargs: Any) -> Any:
        return call_inherited(self._methods, self._base, self._method, self._name, self._target, args, kwargs)

    def __eq__(self, other: object) -> bool:
        return type(other) is Inherited and self._target is other._target and self._method == other._method

    def __hash__(self) -> int:
        return hash((id(self._target), self._name))

    def __repr__(self) -> str:
        return f'<built-in method {self._name} of {type(self._target).__name__} object>'


def inherited_parts(method: Inherited) -> tuple[Any, str]:
    """Return the instance and the name that a method was read by; a snapshot stores them."""
    return method._target, method._name


def call_inherited(
    methods: Any, base: Any, method: Any, name: str, target: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Any:
    """Call a built-in's method on an instance of a script's class; `method` is bound to it."""
    if base in _COPIES:
        return methods.call(_COPIES[base](target), name, args, kwargs)
    if base is bytearray and name in _TEXT_METHODS:
        return methods.call(bytearray.copy(target), name, args, kwargs)
    text = method(*judged(methods, base, name, target, args, kwargs), **kwargs)
    return ADDRESS.sub('', text) if type(text) is str else text


def judged(
    methods: Any, base: Any, name: str, target: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> tuple[Any, ...]:
    """Pay for a method of a container of a script's class, and judge what it would make; return its arguments."""
    run = methods.run
    if base is bytearray:
        args = tuple([settled(value) for value in args])
        if name == 'extend':
            return tuple([unhinted(methods.filling(base, value)) for value in args])
    if name in _GROWTH and len(args) == 1:
        args = (as_index(args[0]),) if name in _REPEATS else args
        _GROWTH[name](Growth(run), target, args[0])
    if name == 'sort':
        size = base.__len__(target)
        if size > FREE:
            run.charge(size * size.bit_length() >> 1)
        if 'key' in kwargs:
            kwargs['key'] = methods.callee(kwargs['key'])
    elif name == '__setitem__' and len(args) == 2 and type(args[0]) is slice:
        return args[0], _guards.Guards(run, None).sliced(args[1], args[0])
    elif name in _SCANS:
        run.charge(base.__len__(target))
        if name == 'copy':
            run.reserve(base.__sizeof__(target))
    elif name in _ITERATING:
        return tuple([methods.filling(base, value) for value in args])
    return args


#: Methods of a bytearray that make something new of it.
_TEXT_METHODS: Final = GUARDED_METHODS - {'copy', 'count', 'extend', 'index', 'remove'}
_REPEATS: Final = frozenset({'__mul__', '__rmul__', '__imul__'})
_GROWTH: Final[dict[str, Any]] = {
    **dict.fromkeys(_REPEATS, Growth.check_product),
    '__add__': Growth.check_sum,
    '__iadd__': Growth.check_sum,
}
