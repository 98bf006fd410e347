"""`typing`: names for annotations. They take arguments and `|`, and mean nothing when the script runs.

Those that stand for a built-in type (`List`, `Mapping`) answer isinstance() for it, as CPython's do.
"""

from __future__ import annotations

import collections
import collections.abc
import typing
from typing import Any, ClassVar, Final

from monty_flow.interpreter.modules.library import LibraryFunctions
from monty_flow.interpreter.modules.module import Definition, Frozen


class Form(Frozen):
    """A name of `typing`, or such a name with arguments."""

    __slots__ = ('__name__', '_arguments', '_kind')
    script_type_name: ClassVar[str] = '_SpecialForm'
    __name__: str
    _arguments: tuple[Any, ...]
    #: What isinstance() means by it, None where it cannot be asked.
    _kind: Any

    def __init__(self, name: str, kind: Any = None, arguments: tuple[Any, ...] = ()) -> None:
        self._set(__name__=name, _kind=kind, _arguments=arguments)

    def __getitem__(self, item: Any) -> Form:
        return Form(self.__name__, None, item if type(item) is tuple else (item,))

    def __or__(self, other: Any) -> Form:
        return Form('Union', None, (self, other))

    def __ror__(self, other: Any) -> Form:
        return Form('Union', None, (other, self))

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if self._kind in _MADE:
            raise TypeError(f'Type {self.__name__} cannot be instantiated; use {self._kind.__name__}() instead')
        raise TypeError(f'Cannot instantiate typing.{self.__name__}')

    def __instancecheck__(self, value: object) -> bool:
        if self._kind is None:
            raise TypeError(f'typing.{self.__name__} cannot be used with isinstance()')
        return isinstance(value, self._kind)

    def __eq__(self, other: object) -> bool:
        return type(other) is Form and other.__name__ == self.__name__ and other._arguments == self._arguments

    def __hash__(self) -> int:
        return hash((self.__name__, self._arguments))

    def __repr__(self) -> str:
        return f'typing.{self.__name__}'


class Variable(Frozen):
    """A type variable, or a type that `NewType` made: it gives back what it is called with."""

    __slots__ = ('__name__', '_is_type')
    script_type_name: ClassVar[str] = 'TypeVar'
    __name__: str
    _is_type: bool

    def __init__(self, name: str, is_type: bool) -> None:
        self._set(__name__=name, _is_type=is_type)

    def __call__(self, value: Any) -> Any:
        if not self._is_type:
            raise TypeError("'TypeVar' object is not callable")
        return value

    def __or__(self, other: Any) -> Form:
        return Form('Union', None, (self, other))

    def __ror__(self, other: Any) -> Form:
        return Form('Union', None, (other, self))

    def __repr__(self) -> str:
        return self.__name__ if self._is_type else f'~{self.__name__}'


_MADE: Final = (list, dict, set, frozenset, tuple, type)
_BUILTINS: Final[dict[str, Any]] = {
    'List': list, 'Dict': dict, 'Set': set, 'FrozenSet': frozenset, 'Tuple': tuple, 'Type': type, 'Text': str,
    'Deque': collections.deque, 'DefaultDict': collections.defaultdict, 'OrderedDict': collections.OrderedDict,
    'Counter': collections.Counter,
}  # fmt: skip
_ABSTRACT: Final = (
    'AsyncGenerator AsyncIterable AsyncIterator Awaitable Callable Collection Container Coroutine Generator Hashable '
    'ItemsView Iterable Iterator KeysView Mapping MappingView MutableMapping MutableSequence MutableSet Reversible '
    'Sequence Sized ValuesView'
).split()
_SPECIAL: Final = (
    'Annotated Any AnyStr ClassVar Concatenate Final Literal LiteralString Never NoReturn NotRequired Optional ReadOnly '
    'Required Self TypeAlias TypeGuard TypeIs Union Unpack'
).split()
_FORMS: Final = {
    **{name: Form(name, kind) for name, kind in _BUILTINS.items()},
    **{name: Form(name, getattr(collections.abc, name)) for name in _ABSTRACT},
    'AbstractSet': Form('AbstractSet', collections.abc.Set),
    **{name: Form(name) for name in _SPECIAL},
}


def make_form(name: str, arguments: tuple[Any, ...]) -> Form:
    """Return a name with arguments; without any, the one object of the module."""
    return Form(name, None, arguments) if arguments else _FORMS[name]


class TypingFunctions(LibraryFunctions):
    """The functions of `typing`: at run time most give back what they get."""

    __slots__ = ()
    module = 'typing'

    def cast(self, typ: Any, val: Any) -> Any:
        return val

    def assert_type(self, val: Any, typ: Any, /) -> Any:
        return val

    def reveal_type(self, obj: Any, /) -> Any:
        return obj

    def assert_never(self, arg: Any, /) -> Any:
        raise AssertionError(f'Expected code to be unreachable, but got: {self._objects.b_repr(arg)[:100]}')

    def overload(self, func: Any) -> Any:
        return func

    def final(self, f: Any) -> Any:
        return f

    def override(self, method: Any, /) -> Any:
        return method

    def no_type_check(self, arg: Any) -> Any:
        return arg

    def TypeVar(self, name: str, *constraints: Any, **options: Any) -> Variable:
        return Variable(name, False)

    def ParamSpec(self, name: str, **options: Any) -> Variable:
        return Variable(name, False)

    def NewType(self, name: str, tp: Any) -> Variable:
        return Variable(name, True)


_EXPORTED: Final = {*_FORMS, *TypingFunctions.names(), 'TYPE_CHECKING'}
_OF_CLASSES: Final = (
    'BinaryIO ByteString ContextManager AsyncContextManager ForwardRef Generic IO Match NamedTuple NoDefault ParamSpecArgs '
    'ParamSpecKwargs Pattern Protocol SupportsAbs SupportsBytes SupportsComplex SupportsFloat SupportsIndex SupportsInt '
    'SupportsRound TextIO TypeAliasType TypeVarTuple TypedDict dataclass_transform runtime_checkable'
)
_NOT_EXPORTED: Final = sorted(
    name
    for name in vars(typing)
    if not name.startswith('_') and name not in _EXPORTED and name not in _OF_CLASSES.split()
)

MODULE = Definition(
    'typing',
    static={**_FORMS, 'TYPE_CHECKING': False},
    functions=TypingFunctions,
    left_out={
        'it is not part of this release; leave the annotation out': _OF_CLASSES,
        'annotations mean nothing when a script runs': ' '.join(_NOT_EXPORTED),
    },
)
