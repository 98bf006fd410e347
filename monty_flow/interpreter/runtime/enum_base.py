"""Enumerations: the metaclass of a script's enumerations, and the classes that they derive from.

They behave as CPython's `enum` of the running version does; the state of a class lies in its namespace under the
names that CPython uses (`_member_map_`, `_value2member_map_`, ...), which is also what a snapshot keeps. Members are
ordinary instances. The base classes here are shared by all runs and cannot be changed.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from types import MappingProxyType
from typing import Any, Final

from monty_flow.interpreter.boundary import LEAVES_AS_VALUE
from monty_flow.interpreter.runtime.classes import SCRIPT_TYPES, SHARED, GuardedType, ScriptRoot, bound_member
from monty_flow.interpreter.runtime.immutable import Immutable
from monty_flow.interpreter.runtime.reflection import DIRECTORIES, READERS, own_attribute
from monty_flow.interpreter.runtime.text import repr_of
from monty_flow.interpreter.runtime.universe import SHOWN_NAMES

#: The classes here are among them.
BASES: Final = SHARED
#: What makes a class by the functional interface; set by `enum_making`, which is built on this module.
MAKERS: Final[list[Callable[..., Any]]] = []
_MISSING: Final[Any] = object()
#: From 3.12 on `value in Color` asks for values too.
_VALUES_ARE_IN: bool = tuple(sys.version_info[:2]) >= (3, 12)
#: What an enumeration keeps, as it is before the first member.
EMPTY: Final[dict[str, Callable[[], Any]]] = {
    '_member_names_': list, '_member_map_': dict, '_value2member_map_': dict, '_unhashable_values_': list,
}  # fmt: skip


class EnumType(GuardedType):
    """The metaclass of a script's enumerations."""

    _member_names_: list[str]
    _member_map_: dict[str, Any]
    _value2member_map_: dict[Any, Any]
    _member_type_: Any
    _missing_: Any
    _boundary_: Any
    _unhashable_values_: list[Any]
    _value_repr_: Any
    _use_args_: bool

    def __call__(cls, value: Any = _MISSING, names: Any = _MISSING, *values: Any, **options: Any) -> Any:
        if names is _MISSING and not options:
            try:
                return cls._value2member_map_[value]
            except (KeyError, TypeError):
                pass
            # Outside of the handler: what `_missing_` raises has no context.
            return _find(cls, value)
        return _call_with_more(cls, value, names, values, options)

    def __bool__(cls) -> bool:
        return True

    def __len__(cls) -> int:
        return len(cls._member_names_)

    def __iter__(cls) -> Iterator[Any]:
        members = cls._member_map_
        return iter([members[name] for name in cls._member_names_])

    def __reversed__(cls) -> Iterator[Any]:
        members = cls._member_map_
        return iter([members[name] for name in reversed(cls._member_names_)])

    def __getitem__(cls, name: Any) -> Any:
        return cls._member_map_[name]

    def __contains__(cls, value: Any) -> bool:
        if _VALUES_ARE_IN:
            if issubclass(type(value), cls):
                return True
            try:
                return value in cls._value2member_map_
            except TypeError:
                return value in cls._unhashable_values_
        if not isinstance(value, Enum):
            raise TypeError(
                f"unsupported operand type(s) for 'in': '{type(value).__qualname__}' and '{type(cls).__qualname__}'"
            )
        return issubclass(type(value), cls) and value._name_ in cls._member_map_

    @property
    def __members__(cls) -> MappingProxyType[str, Any]:
        return MappingProxyType(cls._member_map_)

    def __repr__(cls) -> str:
        kind = 'enum' if not hasattr(cls, '_flag_mask_') else 'flag'
        return f'<{kind} {cls.__name__!r}>'

    def __dir__(cls) -> list[str]:
        names = {
            '__class__', '__contains__', '__doc__', '__getitem__', '__iter__', '__len__', '__members__', '__module__',
            '__name__', '__qualname__', *cls._member_names_,
        }  # fmt: skip
        if vars(cls).get('_new_member_', object.__new__) is not object.__new__:
            names.add('__new__')
        return sorted(names if cls._member_type_ is object else {*dir(cls._member_type_), *names})

    def __setattr__(cls, name: str, value: object) -> None:
        if cls in BASES:
            raise TypeError(f'cannot set {name!r} attribute of immutable type {cls.__name__!r}')
        if name in vars(cls).get('_member_map_', ()):
            raise AttributeError(f'cannot reassign member {name!r}')
        super().__setattr__(name, value)

    def __delattr__(cls, name: str) -> None:
        if cls in BASES:
            raise TypeError(f'cannot delete {name!r} attribute of immutable type {cls.__name__!r}')
        if name in vars(cls).get('_member_map_', ()):
            raise AttributeError(f'{cls.__name__!r} cannot delete member {name!r}.')
        super().__delattr__(name)


def _call_with_more(cls: Any, value: Any, names: Any, values: tuple[Any, ...], options: dict[str, Any]) -> Any:
    unknown = options.keys() - {'module', 'qualname', 'type', 'start', 'boundary'}
    if unknown:
        raise TypeError(f'EnumType.__call__() got an unexpected keyword argument {min(unknown)!r}')
    if cls._member_map_:
        if names is _MISSING:
            raise TypeError(f'{cls} has no functional interface: it has members already')
        return cls((value, names, *values))
    if names is _MISSING and not options:
        return cls(value)
    if values:
        raise TypeError('EnumType.__call__() takes from 2 to 3 positional arguments')
    return MAKERS[0](cls, value, () if names is _MISSING or names is None else names, **options)


def _find(cls: Any, value: Any) -> Any:
    """Return the member with a value that the map of values does not have; ask `_missing_` where there is none."""
    if value is _MISSING:
        raise TypeError("EnumType.__call__() missing 1 required positional argument: 'value'")
    if type(value) is cls:
        return value
    if cls in BASES or '_member_map_' not in vars(cls):
        return _no_members(cls, value)
    try:
        hash(value)
    except TypeError:
        for member in cls._member_map_.values():
            if member._value_ == value:
                return member
    if not cls._member_map_:
        return _no_members(cls, value)
    failure: Exception | None = None
    result = None
    try:
        result = cls._missing_(value)
    except MemoryError:
        raise
    except Exception as error:
        failure = error
    if isinstance(result, cls):
        return result
    if getattr(cls, '_boundary_', None) is EJECT and isinstance(result, int):
        return result
    invalid = ValueError(f'{repr_of(value)} is not a valid {cls.__qualname__}')
    if result is None and failure is None:
        raise invalid
    if failure is None:
        failure = TypeError(
            f'error in {cls.__name__}._missing_: returned {repr_of(result)} instead of None or a valid member'
        )
    if not isinstance(failure, ValueError):
        failure.__context__ = invalid
    raise failure


def _no_members(cls: Any, value: Any) -> Any:
    raise TypeError(f'{cls!r} has no members defined')


class Boundary(Immutable):
    """What happens to bits of a flag that no member has."""

    __slots__ = ('_shown',)
    _shown: str
    script_type_name: Final = 'FlagBoundary'

    def __init__(self, shown: str) -> None:
        object.__setattr__(self, '_shown', shown)

    def __repr__(self) -> str:
        return f"<FlagBoundary.{self._shown}: '{self._shown.lower()}'>"


STRICT, CONFORM, EJECT, KEEP = (Boundary(name) for name in ('STRICT', 'CONFORM', 'EJECT', 'KEEP'))
BOUNDARIES: Final = {'STRICT': STRICT, 'CONFORM': CONFORM, 'EJECT': EJECT, 'KEEP': KEEP}


class MemberValue:
    """A member whose name is also that of a property of members, such as `name` or `value`."""

    __slots__ = ('_below', '_member')

    def __init__(self, member: Any, below: Any) -> None:
        self._member = member
        self._below = below

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        return self._member if instance is None else bound_member(self._below, instance, owner)

    def __set__(self, instance: Any, value: Any) -> None:
        raise AttributeError('<enum member> cannot be set')


def member_value_parts(value: MemberValue) -> tuple[Any, Any]:
    """Return the member and the property behind it, for a snapshot."""
    return value._member, value._below


class _Name:
    """The property `name` or `value` of members; a member may have that name itself."""

    __slots__ = ('_attribute', '_name')

    def __init__(self, name: str, attribute: str) -> None:
        self._name = name
        self._attribute = attribute

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        if instance is None:
            raise AttributeError(f'{owner!r} has no attribute {self._name!r}')
        return getattr(instance, self._attribute)

    def __set__(self, instance: Any, value: Any) -> None:
        raise AttributeError(f'<enum {type(instance).__name__!r}> cannot set attribute {self._name!r}')


NAME, VALUE = _Name('name', '_name_'), _Name('value', '_value_')


class Generate(Immutable):
    """A way to give values to members: a function that no script can change, and no method."""

    __slots__ = ('_function',)
    _function: Callable[[str, Any, int, list[Any]], Any]
    script_type_name: Final = 'function'

    def __init__(self, function: Callable[[str, Any, int, list[Any]], Any]) -> None:
        object.__setattr__(self, '_function', function)

    def __call__(self, name: str, start: Any, count: int, last_values: list[Any]) -> Any:
        return self._function(name, start, count, last_values)

    def __repr__(self) -> str:
        return '<function Enum._generate_next_value_>'


def _next_value(name: str, start: Any, count: int, last_values: list[Any]) -> Any:
    if not last_values:
        return start
    try:
        return max(last_values) + 1
    except TypeError:
        if _NEEDS_ORDER:
            raise TypeError('unable to sort non-numeric values') from None
    for value in reversed(last_values):
        try:
            return value + 1
        except TypeError:
            pass
    return start


_NEEDS_ORDER: Final = sys.version_info >= (3, 13)


class _Body:
    """The methods of all members."""

    _name_: Any
    _value_: Any
    _generate_next_value_ = Generate(_next_value)

    def __repr__(self) -> str:
        shows = type(self)._value_repr_ or repr_of  # type: ignore[attr-defined]
        return f'<{type(self).__name__}.{self._name_}: {shows(self._value_)}>'

    def __str__(self) -> str:
        return f'{type(self).__name__}.{self._name_}'

    def __format__(self, spec: str) -> str:
        return str.__format__(str(self), spec)

    def __hash__(self) -> int:
        return hash(self._name_)

    def __copy__(self) -> Any:
        return self

    def __deepcopy__(self, memo: Any) -> Any:
        return self

    def __dir__(self) -> list[str]:
        cls: Any = type(self)
        found = set() if cls._member_type_ is object else set(object.__dir__(self))
        found |= {name for name in vars(self) if name[:1] != '_' and name not in cls._member_map_}
        for kind in cls.__mro__:
            for name, value in vars(kind).items():
                if name[:1] != '_' and name not in cls._member_map_ and value is not None:
                    found.add(name)
        return sorted({'__class__', '__doc__', '__eq__', '__hash__', '__module__', 'name', 'value', *found})

    @classmethod
    def _missing_(cls, value: Any) -> Any:
        return None


def base_class(name: str, bases: tuple[type, ...], body: type, member_type: Any = object) -> Any:
    """Return one of the classes that scripts derive from."""
    own = {key: value for key, value in vars(body).items() if key not in _LEFT_OUT}
    # All runs share these classes, so what they hold cannot be changed.
    nothing: MappingProxyType[Any, Any] = MappingProxyType({})
    state: dict[str, Any] = {key: nothing if make is dict else () for key, make in EMPTY.items()}
    state |= {'_member_type_': member_type, '_value_repr_': None, '_use_args_': member_type is not object}
    namespace = {**own, **state, '__module__': 'enum', '__qualname__': name}
    made: Any = type.__new__(EnumType, name, bases, namespace)
    BASES.add(made)
    return made


_LEFT_OUT: Final = frozenset({'__dict__', '__weakref__', '__annotations__', '__module__', '__doc__', '__qualname__'})


class _StrBody:
    __str__ = str.__str__
    __format__ = str.__format__
    __repr__ = _Body.__repr__
    _generate_next_value_ = Generate(lambda name, start, count, last_values: name.lower())


class _IntBody:
    __str__ = int.__repr__
    __format__ = int.__format__
    __repr__ = _Body.__repr__


class _Nothing:
    pass


SCRIPT_TYPES.add(EnumType)
SHOWN_NAMES[EnumType] = 'EnumType'
LEAVES_AS_VALUE.add(EnumType)
DIRECTORIES[EnumType] = lambda value: sorted(
    value.__dir__() if type(value) is not EnumType else EnumType.__dir__(value)
)
READERS['__members__'] = lambda obj: obj.__members__ if type(obj) is EnumType else own_attribute(obj, '__members__')
Enum: Any = base_class('Enum', (ScriptRoot,), _Body)
type.__setattr__(Enum, 'name', NAME)
type.__setattr__(Enum, 'value', VALUE)
ReprEnum: Any = base_class('ReprEnum', (Enum,), _Nothing)
IntEnum: Any = base_class('IntEnum', (int, ReprEnum), _IntBody, int)
StrEnum: Any = base_class('StrEnum', (str, ReprEnum), _StrBody, str)
