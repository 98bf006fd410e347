"""The values of `typing`: special forms with their arguments, type variables, new types, forward references.

They mean nothing when a script runs, but a script may build them, compare them, take them apart and show them as it
could under CPython. Those that stand for a built-in type (`List`, `Mapping`) answer isinstance() for it, and a class may
derive from them.
"""

from __future__ import annotations

import types
from typing import Any, ClassVar, Final

from monty_flow.interpreter.modules.collections_abc import abstract_named
from monty_flow.interpreter.modules.library import TypeOfRun, Union
from monty_flow.interpreter.modules.module import Frozen
from monty_flow.interpreter.runtime.classes import MAKERS, SCRIPT_TYPES, SUBCLASSABLE, TypeStandIn, make_class
from monty_flow.interpreter.runtime.reflection import ALIAS_PARTS
from monty_flow.interpreter.runtime.text import repr_of
from monty_flow.interpreter.runtime.universe import TypeFacade

_NONE_TYPE: Final = type(None)
#: Forms that take no arguments.
_BARE: Final = frozenset({'Any', 'NoReturn', 'Never', 'Self', 'LiteralString', 'TypeAlias', 'AnyStr'})
#: Forms that take one type.
_SINGLE: Final = frozenset(
    {'ClassVar', 'Final', 'Optional', 'Required', 'NotRequired', 'ReadOnly', 'TypeGuard', 'TypeIs', 'Unpack'}
)
_MADE: Final = (list, dict, set, frozenset, tuple, type)


class ForwardRef(Frozen):
    """A type that is named by a string."""

    __slots__ = ('__forward_arg__',)
    script_type_name: ClassVar[str] = 'ForwardRef'
    __forward_arg__: str

    def __init__(self, text: str) -> None:
        self._set(__forward_arg__=text)

    def __eq__(self, other: object) -> bool:
        return type(other) is ForwardRef and other.__forward_arg__ == self.__forward_arg__

    def __hash__(self) -> int:
        return hash(self.__forward_arg__)

    def __or__(self, other: Any) -> Any:
        return union_of((self, other))

    def __ror__(self, other: Any) -> Any:
        return union_of((other, self))

    def __repr__(self) -> str:
        return f'ForwardRef({self.__forward_arg__!r})'


class Form(Frozen, TypeStandIn):
    """A name of `typing`, or such a name with arguments."""

    __slots__ = ('__name__', '_arguments', '_kind')
    script_type_name: ClassVar[str] = '_SpecialForm'
    __name__: str
    _arguments: tuple[Any, ...]
    #: The class that it stands for, None where it stands for none.
    _kind: Any

    def __init__(self, name: str, kind: Any = None, arguments: tuple[Any, ...] = ()) -> None:
        self._set(__name__=name, _kind=kind, _arguments=arguments)

    def _native_base(self) -> type | None:
        return self._kind if self._kind in SUBCLASSABLE else None

    def __getitem__(self, item: Any) -> Any:
        name = self.__name__
        if name in _BARE:
            raise TypeError(f'typing.{name} is not subscriptable')
        items = item if type(item) is tuple else (item,)
        if self._arguments:
            return substituted(self, items)
        if name in _SINGLE and len(items) != 1:
            raise TypeError(f'typing.{name} requires a single type. Got {repr_of(item)}.')
        if name == 'Optional':
            return union_of((*items, None))
        if name == 'Union':
            if not items:
                raise TypeError('Cannot take a Union of no types.')
            return union_of(items)
        if name == 'Literal':
            return Form(name, None, _unique_literals(items))
        if name == 'Annotated':
            if len(items) < 2:
                raise TypeError('Annotated[...] should be used with at least two arguments (a type and an annotation).')
            first = items[0]
            if type(first) is Form and first.__name__ == 'Annotated' and first._arguments:
                items = (*first._arguments, *items[1:])
            return Form(name, None, (as_type(items[0]), *items[1:]))
        if name == 'Callable':
            return Form(name, self._kind, _callable_arguments(items))
        return Form(name, self._kind, tuple([as_type(each) for each in items]))

    def __or__(self, other: Any) -> Any:
        return union_of((self, other))

    def __ror__(self, other: Any) -> Any:
        return union_of((other, self))

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if self._kind in _MADE:
            if self._arguments:
                return self._kind(*args, **kwargs)
            raise TypeError(f'Type {self.__name__} cannot be instantiated; use {self._kind.__name__}() instead')
        if self.__name__ == 'Any':
            raise TypeError('Any cannot be instantiated')
        raise TypeError(f'Cannot instantiate {self!r}')

    def __instancecheck__(self, value: object) -> bool:
        if self.__name__ == 'Union' and self._arguments:
            return isinstance(value, self._arguments)
        if self._arguments:
            raise TypeError('Subscripted generics cannot be used with class and instance checks')
        if self._kind is None:
            raise TypeError(f'typing.{self.__name__} cannot be used with isinstance()')
        asked: Any = abstract_named(self._kind) or self._kind
        return isinstance(value, asked)

    def __subclasscheck__(self, cls: Any) -> bool:
        if self.__name__ == 'Union' and self._arguments:
            return issubclass(cls, self._arguments)
        if self._arguments:
            raise TypeError('Subscripted generics cannot be used with class and instance checks')
        if self._kind is None:
            raise TypeError(f'typing.{self.__name__} cannot be used with issubclass()')
        asked: Any = abstract_named(self._kind) or self._kind
        return issubclass(cls, asked)

    def __iter__(self) -> Any:
        return iter((Form('Unpack', None, (self,)),))

    def __eq__(self, other: object) -> bool:
        if type(other) is types.UnionType and self.__name__ == 'Union':
            return set(self._arguments) == set(other.__args__)
        if type(other) is not Form or other.__name__ != self.__name__:
            return False
        if self.__name__ in ('Union', 'Literal'):
            return set(map(_key, self._arguments)) == set(map(_key, other._arguments))
        return bool(self._arguments == other._arguments)

    def __hash__(self) -> int:
        if self.__name__ in ('Union', 'Literal'):
            return hash(frozenset(map(_key, self._arguments)))
        return hash((self.__name__, self._arguments))

    def __repr__(self) -> str:
        if not self._arguments:
            return f'typing.{self.__name__}'
        name, arguments = self.__name__, self._arguments
        if name == 'Union' and len(arguments) == 2 and _NONE_TYPE in arguments:
            name = 'Optional'
            arguments = tuple([each for each in arguments if each is not _NONE_TYPE])
        if name == 'Callable':
            shown = '...' if arguments[0] is ... else f'[{", ".join(map(shown_argument, arguments[:-1]))}]'
            return f'typing.Callable[{shown}, {shown_argument(arguments[-1])}]'
        if name == 'Literal':
            return f'typing.Literal[{", ".join(map(repr_of, arguments))}]'
        if name == 'Annotated':
            rest = ', '.join(map(repr_of, arguments[1:]))
            return f'typing.Annotated[{shown_argument(arguments[0])}, {rest}]'
        return f'typing.{name}[{", ".join(map(shown_argument, arguments))}]'


def _key(value: Any) -> Any:
    return (type(value), value)


def _unique_literals(items: tuple[Any, ...]) -> tuple[Any, ...]:
    found: list[Any] = []
    for item in items:
        inner = item._arguments if type(item) is Form and item.__name__ == 'Literal' else (item,)
        found += [each for each in inner if not any(each == known and type(each) is type(known) for known in found)]
    return tuple(found)


def _callable_arguments(items: tuple[Any, ...]) -> tuple[Any, ...]:
    if len(items) != 2:
        raise TypeError('Callable must be used as Callable[[arg, ...], result].')
    arguments, result = items
    if type(arguments) is list:
        return (*[as_type(each) for each in arguments], as_type(result))
    if arguments is ... or type(arguments) in (Variable, Form):
        return (arguments, as_type(result))
    raise TypeError(f'Callable[args, result]: args must be a list. Got {repr_of(arguments)}')


def as_type(value: Any) -> Any:
    """Return what an argument of a form becomes; refuse what is no type."""
    if value is None:
        return _NONE_TYPE
    if type(value) is str:
        return ForwardRef(value)
    if type(value) in (int, float, bool, bytes, complex, dict, set):
        raise TypeError(f'Parameters to generic types must be types. Got {repr_of(value)[:100]}.')
    return value


def union_of(items: tuple[Any, ...]) -> Any:
    """Return a union without what is in it twice; of one type, the type itself."""
    found: list[Any] = []
    for item in items:
        if type(item) in (int, float, bool, bytes, complex, list, dict, set):
            raise TypeError(f'Union[arg, ...]: each arg must be a type. Got {repr_of(item)[:100]}.')
        if type(item) is Form and item.__name__ == 'Union' and item._arguments:
            inner = item._arguments
        elif type(item) is types.UnionType:
            inner = item.__args__
        elif type(item) is Union:
            inner = item._members
        else:
            inner = (as_type(item),)
        found += [each for each in inner if not any(each is known or _same(each, known) for known in found)]
    return found[0] if len(found) == 1 else Form('Union', None, tuple(found))


def _same(one: Any, other: Any) -> bool:
    return type(one) is type(other) and type(one) in (Form, ForwardRef, types.GenericAlias) and one == other


def substituted(value: Any, items: tuple[Any, ...]) -> Any:
    """Return a form with arguments in the place of its type variables."""
    parameters = parameters_of(value)
    if not parameters:
        raise TypeError(f'{value!r} is not a generic class')
    if len(items) != len(parameters):
        kind = 'many' if len(items) > len(parameters) else 'few'
        raise TypeError(f'Too {kind} arguments for {value!r}; actual {len(items)}, expected {len(parameters)}')
    table = {id(parameter): as_type(item) for parameter, item in zip(parameters, items, strict=True)}
    return _put(value, table)


def _put(value: Any, table: dict[int, Any]) -> Any:
    if id(value) in table:
        return table[id(value)]
    if type(value) is Form and value._arguments:
        arguments = tuple([_put(each, table) for each in value._arguments])
        return union_of(arguments) if value.__name__ == 'Union' else Form(value.__name__, value._kind, arguments)
    if type(value) is types.GenericAlias:
        origin: Any = value.__origin__
        return types.GenericAlias(origin, tuple([_put(each, table) for each in value.__args__]))
    return value


def parameters_of(value: Any) -> tuple[Any, ...]:
    """Return the type variables in a form, in the order in which they first stand."""
    found: list[Any] = []
    arguments = value._arguments if type(value) is Form else getattr(value, '__args__', ())
    for each in arguments:
        inner = (each,) if type(each) is Variable and each._kind != 'NewType' else ()
        if type(each) in (Form, types.GenericAlias, types.UnionType):
            inner = parameters_of(each)
        found += [one for one in inner if not any(one is known for known in found)]
    return tuple(found)


def shown_argument(value: Any) -> str:
    """Return a type as an argument of a form is shown."""
    if value is ...:
        return '...'
    if value is _NONE_TYPE:
        return 'NoneType'
    if type(value) is list:
        return f'[{", ".join(map(shown_argument, value))}]'
    if type(value) in SCRIPT_TYPES:
        return f'{value.__module__}.{value.__qualname__}'
    if type(value) is type:
        return value.__qualname__ if value.__module__ == 'builtins' else f'{value.__module__}.{value.__qualname__}'
    if type(value) is TypeOfRun:
        return value.__qualname__
    if type(value) is TypeFacade:
        return repr(value)[8:-2]
    return repr_of(value)


class Variable(Frozen):
    """A type variable, or a type that `NewType` made: it gives back what it is called with."""

    __slots__ = (
        '__bound__', '__constraints__', '__contravariant__', '__covariant__', '__name__', '__supertype__', '_kind',
    )  # fmt: skip
    script_type_name: ClassVar[str] = 'TypeVar'
    __name__: str
    _kind: str

    def __init__(
        self, name: str, kind: str = 'TypeVar', bound: Any = None, constraints: tuple[Any, ...] = (), marks: str = ''
    ) -> None:
        self._set(
            __name__=name, _kind=kind, __bound__=bound, __constraints__=constraints, __supertype__=bound,
            __covariant__='+' in marks, __contravariant__='-' in marks,
        )  # fmt: skip

    def __call__(self, value: Any) -> Any:
        if self._kind != 'NewType':
            raise TypeError(f"'{self._kind}' object is not callable")
        return value

    def __typing_subst__(self, value: Any) -> Any:
        return as_type(value)

    def __iter__(self) -> Any:
        if self._kind != 'TypeVarTuple':
            raise TypeError(f"'{self._kind}' object is not iterable")
        return iter((Form('Unpack', None, (self,)),))

    @property
    def args(self) -> Form:
        return Form('ParamSpecArgs', None, (self,))

    @property
    def kwargs(self) -> Form:
        return Form('ParamSpecKwargs', None, (self,))

    def __or__(self, other: Any) -> Any:
        return union_of((self, other))

    def __ror__(self, other: Any) -> Any:
        return union_of((other, self))

    def __repr__(self) -> str:
        if self._kind == 'NewType':
            return f'__main__.{self.__name__}'
        mark = '+' if self.__covariant__ else '-' if self.__contravariant__ else '~'  # type: ignore[attr-defined]
        return self.__name__ if self._kind == 'TypeVarTuple' else f'{mark}{self.__name__}'


class TypeAlias(Frozen):
    """What a `type` statement makes: a name for a type, which is found when it is asked for."""

    __slots__ = ('__name__', '_is_lazy', '_value')
    script_type_name: ClassVar[str] = 'TypeAliasType'
    __name__: str
    _value: Any
    _is_lazy: bool

    def __init__(self, name: str, value: Any, is_lazy: bool) -> None:
        self._set(__name__=name, _value=value, _is_lazy=is_lazy)

    def __getitem__(self, item: Any) -> types.GenericAlias:
        return types.GenericAlias(self, item)  # type: ignore[arg-type]

    def __or__(self, other: Any) -> Any:
        return union_of((self, other))

    def __ror__(self, other: Any) -> Any:
        return union_of((other, self))

    def __repr__(self) -> str:
        return self.__name__


def alias_state(alias: TypeAlias) -> tuple[Any, ...]:
    """Return what a snapshot stores of an alias."""
    return alias.__name__, alias._value, alias._is_lazy


def _part_of_alias(alias: Any, name: str) -> Any:
    if name != '__value__':
        return () if name == '__type_params__' else None
    return alias._value() if alias._is_lazy else alias._value


def variable_state(value: Variable) -> tuple[Any, ...]:
    """Return what a snapshot stores of a type variable."""
    parts: Any = value
    marks = '+' * parts.__covariant__ + '-' * parts.__contravariant__
    return parts.__name__, parts._kind == 'NewType', parts._kind, parts.__bound__, parts.__constraints__, marks


def make_from_form(
    name: str, qualname: str, bases: tuple[Any, ...], keywords: dict[str, Any], names: dict[str, Any]
) -> Any:
    """Return the class of a `class` statement with a base such as `typing.Mapping[str, int]`."""
    return make_class(name, qualname, tuple([_as_base(base) for base in bases]), keywords, names)


def _as_base(base: Any) -> Any:
    if type(base) is not Form:
        return base
    origin: Any = abstract_named(base._kind) or base._kind
    if origin is None:
        raise TypeError(f'Cannot subclass {base!r}')
    return types.GenericAlias(origin, base._arguments) if base._arguments else origin


MAKERS[Form] = make_from_form


def _part_of_form(form: Any, name: str) -> Any:
    if name == '__parameters__':
        return parameters_of(form)
    if name == '__metadata__':
        return form._arguments[1:] if form.__name__ == 'Annotated' and form._arguments else None
    if name == '__origin__' and form.__name__ == 'Annotated' and form._arguments:
        return form._arguments[0]
    if name == '__origin__':
        return form._kind if form._kind is not None else Form(form.__name__) if form._arguments else None
    if name == '__args__' and form._arguments:
        return form._arguments[:1] if form.__name__ == 'Annotated' else form._arguments
    return None


def _part_of_variable(value: Any, name: str) -> Any:
    if name == '__supertype__':
        return value.__bound__ if value._kind == 'NewType' else None
    return getattr(value, name, None) if name in Variable.__slots__ else None


def _part_of_union(union: Any, name: str) -> Any:
    return union._members if name == '__args__' else () if name == '__parameters__' else None


ALIAS_PARTS[Form] = _part_of_form
ALIAS_PARTS[Variable] = _part_of_variable
ALIAS_PARTS[Union] = _part_of_union
ALIAS_PARTS[ForwardRef] = lambda value, name: value.__forward_arg__ if name == '__forward_arg__' else None
ALIAS_PARTS[TypeAlias] = _part_of_alias
