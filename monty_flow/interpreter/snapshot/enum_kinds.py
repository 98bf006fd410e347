"""The kinds of enumerations: classes are built without making their members again, which are instances in its entries."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from types import FunctionType, MethodDescriptorType, WrapperDescriptorType
from typing import Any

from monty_flow.interpreter.modules.enum import CONTINUOUS, NAMED_FLAGS, UNIQUE, Check, Verifier
from monty_flow.interpreter.runtime.classes import (
    HIDDEN_PREFIX,
    STRUCTURE,
    ScriptRoot,
    check_member,
    enumeration_bases,
    stored_name,
)
from monty_flow.interpreter.runtime.enum_base import (
    BASES,
    BOUNDARIES,
    Boundary,
    Enum,
    EnumType,
    Generate,
    IntEnum,
    MemberValue,
    ReprEnum,
    StrEnum,
    member_value_parts,
)
from monty_flow.interpreter.runtime.enum_flags import Flag, IntFlag
from monty_flow.interpreter.runtime.enum_making import Auto, Marked, Notes
from monty_flow.interpreter.snapshot.registry import Kind

#: Entries of an enumeration that its making reads back -> their types.
_STATE: dict[str, tuple[type, ...]] = {
    '_member_names_': (list,), '_member_map_': (dict,), '_value2member_map_': (dict,), '_unhashable_values_': (list,),
    '_flag_mask_': (int,), '_singles_mask_': (int,), '_all_bits_': (int,), '_flag_order_': (list,),
    '_boundary_': (Boundary,), '_use_args_': (bool,),
}  # fmt: skip
_NOT_KEPT = frozenset(
    {'__dict__', '__weakref__', '__module__', '__qualname__', '__firstlineno__', '__static_attributes__'}
)


def _reduce_enum(cls: Any, context: Any) -> Any:
    if cls in BASES:
        return None
    bases = tuple(base for base in cls.__bases__ if base is not ScriptRoot)
    entries = {
        name: value if type(value) not in _NATIVE else _CHOSEN.get(value, value)
        for name, value in vars(cls).items()
        if name not in _NOT_KEPT
    }
    if entries.get('__doc__', 0) is None:
        del entries['__doc__']
    return (cls.__name__, cls.__qualname__, *bases), (tuple(entries), *entries.values())


def _build_enum(context: Any, name: Any, qualname: Any, *bases: Any) -> Any:
    if type(name) is not str or type(qualname) is not str or not any(type(base) is EnumType for base in bases):
        raise TypeError('an enumeration has no name or base')
    body = {'__module__': '__main__', '__qualname__': qualname}
    return type.__new__(EnumType, name, enumeration_bases(bases), body)


def _fill_enum(context: Any, cls: Any, names: Any, *values: Any) -> None:
    for name, value in zip(names, values, strict=True):
        if type(name) is not str:
            raise ValueError('an enumeration binds a name that is none')
        wanted = _STATE.get(name) or ((STRUCTURE[name],) if name in STRUCTURE else None)
        if wanted is not None:
            if type(value) not in wanted:
                raise TypeError('an enumeration is malformed')
        elif name != '__new_member__':
            if stored_name(name.removeprefix(HIDDEN_PREFIX)) != name:
                raise ValueError('an enumeration binds a name that scripts cannot bind')
            check_member(name.removeprefix(HIDDEN_PREFIX), value, (cls,))
        type.__setattr__(cls, name, _METHODS[value.name] if type(value) is Chosen else value)


class Chosen:
    """Stand in a snapshot for a method that an enumeration has of a class of ours or of its data type."""

    __slots__ = ('name',)

    def __init__(self, name: str) -> None:
        self.name = name


_NATIVE = (FunctionType, WrapperDescriptorType, MethodDescriptorType)
_SHOWING = ('__repr__', '__str__', '__format__')
#: Name in the bytes -> method.
_METHODS: dict[str, Any] = {
    f'{cls.__name__}.{name}': getattr(cls, name)
    for cls in (object, int, float, complex, str, bytes, tuple, date, datetime, time, timedelta)
    for name in _SHOWING
} | {
    f'{cls.__name__}.{name}': value
    for cls in (Enum, Flag)
    for name, value in vars(cls).items()
    if type(value) is FunctionType
}
_CHOSEN: dict[Any, Chosen] = {}
for _name, _method in _METHODS.items():
    _CHOSEN.setdefault(_method, Chosen(_name))


_GENERATE = {'Enum': Enum, 'StrEnum': StrEnum, 'Flag': Flag}


def _reduce_generate(value: Any, context: Any) -> Any:
    return (next(name for name, cls in _GENERATE.items() if cls._generate_next_value_ is value),), ()


def _build_generate(context: Any, name: Any) -> Any:
    return _GENERATE[name]._generate_next_value_


_BASES = {cls.__name__: cls for cls in (Enum, ReprEnum, IntEnum, StrEnum, Flag, IntFlag)}

_CHECKS = {'UNIQUE': UNIQUE, 'CONTINUOUS': CONTINUOUS, 'NAMED_FLAGS': NAMED_FLAGS}


def _named(table: dict[str, Any]) -> Any:
    def reduce(value: Any, context: Any) -> Any:
        return (next(name for name, known in table.items() if known is value),), ()

    return reduce


def _reduce_notes(notes: Notes, context: Any) -> Any:
    return (), tuple(getattr(notes, name) for name in Notes.__slots__)


def _fill_slots(context: Any, target: Any, *values: Any) -> None:
    for name, value in zip(type(target).__slots__, values, strict=True):
        setattr(target, name, value)


def _fill_member_value(context: Any, target: MemberValue, member: Any, below: Any) -> None:
    target.__init__(member, below)  # type: ignore[misc]


def enum_kinds() -> tuple[Kind, ...]:
    """Return the rows of enumerations."""
    return (
        Kind('enum', EnumType, _reduce_enum, _build_enum, _fill_enum),
        Kind('enum_method', Chosen, lambda v, _: ((v.name,), ()), lambda _, name: Chosen(name)),
        Kind('enum_base', EnumType, _named(_BASES), lambda _, name: _BASES[name]),
        Kind('enum_generate', Generate, _reduce_generate, _build_generate),
        Kind('enum_notes', Notes, _reduce_notes, lambda _: object.__new__(Notes), _fill_slots),
        Kind('enum_auto', Auto, lambda v, _: ((), (v.value,)), lambda _: object.__new__(Auto), _fill_slots),
        Kind('enum_marked', Marked, lambda v, _: ((), (v.is_member, v.value)), lambda _: object.__new__(Marked), _fill_slots),
        Kind('enum_boundary', Boundary, _named(BOUNDARIES), lambda _, name: BOUNDARIES[name]),
        Kind('enum_check', Check, _named(_CHECKS), lambda _, name: _CHECKS[name]),
        Kind('enum_verifier', Verifier, lambda v, _: (v._checks, ()), lambda _, *checks: Verifier(*checks)),
        Kind(
            'enum_member_value', MemberValue, lambda v, _: ((), member_value_parts(v)),
            lambda _: object.__new__(MemberValue), _fill_member_value,
        ),
    )  # fmt: skip
