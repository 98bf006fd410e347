"""The kinds of `typing` and of named tuples, and of the classes of ours that scripts derive from."""

from __future__ import annotations

import functools
import operator
from types import GenericAlias, UnionType
from typing import Any, Final

from monty_flow.interpreter.modules.library import typed
from monty_flow.interpreter.modules.module import Frozen
from monty_flow.interpreter.modules.named_tuples import Base as NamedTupleBase
from monty_flow.interpreter.modules.named_tuples import NamedTupleForm, NativeMethod, TupleGetter
from monty_flow.interpreter.modules.typed_dicts import TypedDictForm, TypedDictRoot, TypedDictType
from monty_flow.interpreter.modules.typing import ANY_STR, SUPPORTS, Overloaded, make_form
from monty_flow.interpreter.modules.typing_forms import (
    Form,
    ForwardRef,
    TypeAlias,
    Variable,
    alias_state,
    variable_state,
)
from monty_flow.interpreter.runtime.abstract import BY_NAME, AbstractType, ProtocolType
from monty_flow.interpreter.runtime.classes import SCRIPT_TYPES, GuardedType, MetaclassType, ScriptType
from monty_flow.interpreter.runtime.universe import HELD_TYPES, TYPE
from monty_flow.interpreter.snapshot.registry import Kind

#: Name in the bytes -> class that all runs share.
SHARED_CLASSES: Final[dict[str, Any]] = {
    **BY_NAME,
    'NamedTupleBase': NamedTupleBase,
    'TypedDictRoot': TypedDictRoot,
    **{name: cls for name, (cls, _) in SUPPORTS.items()},
}
_NAMES: Final = {id(cls): name for name, cls in SHARED_CLASSES.items()}
#: Metaclasses of the classes that a snapshot builds by `build_class`.
METACLASSES: Final = (ScriptType, GuardedType, AbstractType, ProtocolType, TypedDictType, MetaclassType)


def _reduce_shared(cls: Any, context: Any) -> Any:
    name = _NAMES.get(id(cls))
    return None if name is None else ((name,), ())


def _reduce_form(form: Form, context: Any) -> Any:
    return (form.__name__, form._arguments), ()


def _build_form(context: Any, name: Any, arguments: Any) -> Form:
    return make_form(typed(name, str), typed(arguments, tuple))


def _reduce_variable(value: Variable, context: Any) -> Any:
    return (('AnyStr',), ()) if value is ANY_STR else (variable_state(value), ())


def _build_variable(context: Any, name: Any, is_type: Any = False, *rest: Any) -> Variable:
    if name == 'AnyStr' and not rest:
        return ANY_STR
    if not rest:
        return Variable(typed(name, str), 'NewType' if typed(is_type, bool) else 'TypeVar')
    kind, bound, constraints, marks = rest
    return Variable(typed(name, str), typed(kind, str), bound, typed(constraints, tuple), typed(marks, str))


def _build_forward(context: Any, text: Any) -> ForwardRef:
    return ForwardRef(typed(text, str))


def _build_type_alias(context: Any, name: Any, value: Any, is_lazy: Any) -> TypeAlias:
    return TypeAlias(typed(name, str), value, typed(is_lazy, bool))


def _build_getter(context: Any, index: Any, doc: Any) -> Any:
    return TupleGetter(typed(index, int), typed(doc, str))


def _reduce_native(method: NativeMethod, context: Any) -> Any:
    for name, value in vars(NamedTupleBase).items():
        if value is method or getattr(value, '__func__', None) is method:
            return (name,), ()
    return None


def _build_native(context: Any, name: Any) -> NativeMethod:
    found = vars(NamedTupleBase).get(name)
    found = getattr(found, '__func__', found)
    if type(found) is not NativeMethod:
        raise ValueError('a method is not on the list')
    return found


def _build_alias(context: Any, origin: Any, *arguments: Any) -> GenericAlias:
    if not (
        type(origin) in SCRIPT_TYPES
        or origin is TYPE
        or isinstance(origin, Frozen)
        or (type(origin) is type and origin in HELD_TYPES)
    ):
        raise TypeError('an alias has no class')
    return GenericAlias(origin, arguments)


def _build_union(context: Any, *members: Any) -> Any:
    if not all(isinstance(member, (type, GenericAlias)) for member in members):
        raise TypeError('a union has a member that is no class')
    return functools.reduce(operator.or_, members)


def typing_kinds() -> tuple[Kind, ...]:
    """Return the rows of `typing`, of named tuples and of shared classes."""
    return (
        Kind('shared_class', METACLASSES, _reduce_shared, lambda _, name: SHARED_CLASSES[name]),
        Kind('generic_alias', GenericAlias, lambda v, _: ((v.__origin__, *v.__args__), ()), _build_alias),
        Kind('union_type', UnionType, lambda v, _: (v.__args__, ()), _build_union),
        Kind('typing_form', Form, _reduce_form, _build_form),
        Kind('typing_variable', Variable, _reduce_variable, _build_variable),
        Kind('forward_ref', ForwardRef, lambda v, _: ((v.__forward_arg__,), ()), _build_forward),
        Kind('type_alias', TypeAlias, lambda v, _: (alias_state(v), ()), _build_type_alias),
        Kind('tuple_getter', TupleGetter, lambda v, _: (v.__reduce__()[1], ()), _build_getter),
        Kind('native_method', NativeMethod, _reduce_native, _build_native),
        Kind(
            'named_tuple_form',
            NamedTupleForm,
            lambda v, _: ((), ()),
            lambda context: context.module('typing').NamedTuple,
        ),
        Kind(
            'typed_dict_form', TypedDictForm, lambda v, _: ((), ()), lambda context: context.module('typing').TypedDict
        ),
        Kind('overloaded', Overloaded, lambda v, _: ((), ()), lambda _: Overloaded()),
    )
