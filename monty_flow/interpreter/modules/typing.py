"""`typing`: the names for annotations, and the classes and decorators that go with them."""

from __future__ import annotations

import collections
import collections.abc
import io
import re
import types
import typing
from typing import Any, Final

from monty_flow.interpreter.modules.hints import hints_of
from monty_flow.interpreter.modules.library import LibraryFunctions, Union
from monty_flow.interpreter.modules.module import Definition
from monty_flow.interpreter.modules.named_tuples import NamedTupleForm
from monty_flow.interpreter.modules.typed_dicts import TypedDictForm, TypedDictType
from monty_flow.interpreter.modules.typing_forms import Form, ForwardRef, TypeAlias, Variable
from monty_flow.interpreter.runtime.abstract import Generic, Protocol, ProtocolType, is_protocol, shared
from monty_flow.interpreter.runtime.redefinition import write
from monty_flow.interpreter.runtime.universe import facade_named

_BUILTINS: Final[dict[str, Any]] = {
    'List': list, 'Dict': dict, 'Set': set, 'FrozenSet': frozenset, 'Tuple': tuple, 'Type': type,
    'Deque': collections.deque, 'DefaultDict': collections.defaultdict, 'OrderedDict': collections.OrderedDict,
    'Counter': collections.Counter, 'IO': io.IOBase, 'TextIO': io.TextIOBase, 'BinaryIO': io.BufferedIOBase,
    'Pattern': re.Pattern, 'Match': re.Match, 'ContextManager': collections.abc.Hashable,
    'AsyncContextManager': collections.abc.Hashable,
}  # fmt: skip
_ABSTRACT: Final = (
    'AsyncGenerator AsyncIterable AsyncIterator Awaitable Callable Collection Container Coroutine Generator Hashable '
    'ItemsView Iterable Iterator KeysView Mapping MappingView MutableMapping MutableSequence MutableSet Reversible '
    'Sequence Sized ValuesView'
).split()
_SPECIAL: Final = (
    'Annotated Any ClassVar Concatenate Final Literal LiteralString Never NoReturn NotRequired Optional ReadOnly '
    'Required Self TypeAlias TypeGuard TypeIs Union Unpack'
).split()
_NO_CLASS: Final = frozenset({'ContextManager', 'AsyncContextManager'})
_FORMS: Final = {
    **{name: Form(name, None if name in _NO_CLASS else kind) for name, kind in _BUILTINS.items()},
    **{name: Form(name, getattr(collections.abc, name)) for name in _ABSTRACT},
    'AbstractSet': Form('AbstractSet', collections.abc.Set),
    **{name: Form(name) for name in _SPECIAL},
}
ANY_STR: Final = Variable('AnyStr', 'TypeVar', None, (bytes, str))
NO_DEFAULT: Final = Form('NoDefault')


def _supports(name: str, method: str) -> Any:
    return shared(
        ProtocolType, name, (Protocol,), 'typing', {method: None, '_is_protocol': True, '_is_runtime_protocol': True}
    )


#: `SupportsInt` and its kin: protocols of one method.
SUPPORTS: Final[dict[str, tuple[Any, str]]] = {
    name: (_supports(name, method), method)
    for name, method in {
        'SupportsAbs': '__abs__', 'SupportsBytes': '__bytes__', 'SupportsComplex': '__complex__',
        'SupportsFloat': '__float__', 'SupportsIndex': '__index__', 'SupportsInt': '__int__',
        'SupportsRound': '__round__',
    }.items()
}  # fmt: skip


def make_form(name: str, arguments: tuple[Any, ...]) -> Form:
    """Return a name with arguments; without any, the one object of the module."""
    known = _FORMS.get(name)
    if not arguments:
        return NO_DEFAULT if name == 'NoDefault' else _FORMS[name]
    return Form(name, None if known is None else known._kind, arguments)


class TypingFunctions(LibraryFunctions):
    """The functions of `typing`: at run time most give back what they get."""

    __slots__ = ()
    module = 'typing'

    def cast(self, typ: Any, val: Any) -> Any:
        return val

    def assert_type(self, val: Any, typ: Any, /) -> Any:
        return val

    def reveal_type(self, obj: Any, /) -> Any:
        shown = getattr(type(obj), 'script_type_name', type(obj).__name__)
        self._run.write('stderr', f'Runtime type is {shown!r}\n')
        return obj

    def assert_never(self, arg: Any, /) -> Any:
        raise AssertionError(f'Expected code to be unreachable, but got: {self._objects.b_repr(arg)[:100]}')

    def overload(self, func: Any) -> Any:
        return _OVERLOADED

    def get_overloads(self, func: Any) -> list[Any]:
        return []

    def clear_overloads(self) -> None:
        """Forget nothing: overloads are not kept."""

    def final(self, f: Any) -> Any:
        return _marked(f, '__final__')

    def override(self, method: Any, /) -> Any:
        return _marked(method, '__override__')

    def no_type_check(self, arg: Any) -> Any:
        return _marked(arg, '__no_type_check__')

    def no_type_check_decorator(self, decorator: Any) -> Any:
        return decorator

    def runtime_checkable(self, cls: Any) -> Any:
        if type(cls) is not ProtocolType or not is_protocol(cls):
            raise TypeError(
                f'@runtime_checkable can be only applied to protocol classes, got {self._objects.b_repr(cls)}'
            )
        type.__setattr__(cls, '_is_runtime_protocol', True)
        return cls

    def is_protocol(self, tp: Any, /) -> bool:
        return type(tp) is ProtocolType and is_protocol(tp) and tp is not Protocol

    def is_typeddict(self, tp: Any) -> bool:
        return type(tp) is TypedDictType

    def dataclass_transform(self, **options: Any) -> Any:
        return self._same

    def _same(self, value: Any) -> Any:
        return value

    def TypeVar(
        self, name: Any, *constraints: Any, bound: Any = None, covariant: Any = False, contravariant: Any = False,
        infer_variance: Any = False, default: Any = None,
    ) -> Variable:  # fmt: skip
        if covariant and contravariant:
            raise ValueError('Bivariant types are not supported.')
        if constraints and bound is not None:
            raise TypeError('Constraints cannot be combined with bound=...')
        if len(constraints) == 1:
            raise TypeError('A single constraint is not allowed')
        return Variable(_name(name), 'TypeVar', bound, constraints, '+' * bool(covariant) + '-' * bool(contravariant))

    def ParamSpec(self, name: Any, **options: Any) -> Variable:
        return Variable(_name(name), 'ParamSpec')

    def TypeVarTuple(self, name: Any, **options: Any) -> Variable:
        return Variable(_name(name), 'TypeVarTuple')

    def NewType(self, name: Any, tp: Any) -> Variable:
        return Variable(_name(name), 'NewType', tp)

    def TypeAliasType(self, name: Any, value: Any, *, type_params: Any = (), lazy: Any = False) -> TypeAlias:
        return TypeAlias(_name(name), value, bool(lazy))

    def ForwardRef(self, arg: Any, **options: Any) -> ForwardRef:
        if not isinstance(arg, str):
            raise TypeError(f'Forward reference must be a string -- got {self._objects.b_repr(arg)}')
        return ForwardRef(str.__str__(arg))

    def get_origin(self, tp: Any) -> Any:
        if type(tp) is types.GenericAlias:
            return tp.__origin__
        if type(tp) in (types.UnionType, Union):
            return facade_named('UnionType')
        if type(tp) is not Form:
            return Generic if tp is Generic else None
        if not tp._arguments:
            return tp._kind if tp._kind is not None else None
        return tp._kind if tp._kind is not None else _FORMS.get(tp.__name__)

    def get_args(self, tp: Any) -> tuple[Any, ...]:
        if type(tp) is types.GenericAlias or type(tp) is types.UnionType:
            return tuple(tp.__args__)
        if type(tp) is Union:
            return tp._members
        if type(tp) is not Form:
            return ()
        return _grouped(tp._arguments) if tp.__name__ == 'Callable' and tp._arguments else tp._arguments

    def get_type_hints(self, obj: Any, globalns: Any = None, localns: Any = None, include_extras: Any = False) -> Any:
        return hints_of(self._run, obj, globalns, localns, bool(include_extras))


def _grouped(arguments: tuple[Any, ...]) -> tuple[Any, ...]:
    return arguments if arguments[0] is ... else (list(arguments[:-1]), arguments[-1])


def _marked(value: Any, name: str) -> Any:
    """Set a mark on a function or class, where it takes one."""
    try:
        write(value, name, True)
    except (AttributeError, TypeError):
        pass
    return value


def _name(name: Any) -> str:
    if not isinstance(name, str):
        raise TypeError(f"argument 'name' must be str, not {type(name).__name__}")
    return str.__str__(name)


class Overloaded:
    """What `overload` gives: a function that only the last definition replaces."""

    __slots__ = ()
    script_type_name: Final = 'function'

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError(
            'You should not call an overloaded function. A series of @overload-decorated functions outside a stub '
            'module should always be followed by an implementation that is not @overload-ed.'
        )

    def __repr__(self) -> str:
        return '<function _overload_dummy>'


_OVERLOADED: Final = Overloaded()
_STATIC: Final[dict[str, Any]] = {
    **_FORMS,
    **{name: cls for name, (cls, _) in SUPPORTS.items()},
    'AnyStr': ANY_STR,
    'NoDefault': NO_DEFAULT,
    'Text': str,
    'Generic': Generic,
    'Protocol': Protocol,
    'TYPE_CHECKING': False,
}
_OBJECTS: Final = {'NamedTuple': NamedTupleForm, 'TypedDict': TypedDictForm}
_EXPORTED: Final = {*_STATIC, *_OBJECTS, *TypingFunctions.names()}
_NOT_YET: Final = ('ByteString', 'ParamSpecArgs', 'ParamSpecKwargs', 'get_protocol_members')
_NOT_EXPORTED: Final = sorted(
    name for name in vars(typing) if not name.startswith('_') and name not in _EXPORTED and name not in _NOT_YET
)


MODULE = Definition(
    'typing',
    static=_STATIC,
    functions=TypingFunctions,
    objects=_OBJECTS,
    left_out={
        'it is not part of this release; leave the annotation out': ' '.join(_NOT_YET),
        'it is not meant for users of the module': ' '.join(_NOT_EXPORTED),
    },
)
