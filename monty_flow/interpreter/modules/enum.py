"""`enum`: enumerations and flags, and what is asked of them."""

from __future__ import annotations

from typing import Any, Final

from monty_flow.interpreter.modules.library import LibraryFunctions
from monty_flow.interpreter.modules.module import Definition
from monty_flow.interpreter.runtime.enum_base import (
    BOUNDARIES,
    Enum,
    EnumType,
    IntEnum,
    ReprEnum,
    StrEnum,
)
from monty_flow.interpreter.runtime.enum_flags import Flag, IntFlag, bits_of
from monty_flow.interpreter.runtime.enum_making import Auto, Marked
from monty_flow.interpreter.runtime.immutable import Immutable
from monty_flow.interpreter.runtime.text import repr_of
from monty_flow.interpreter.runtime.universe import facade_named


class Check(Immutable):
    """What `verify` is to look at."""

    __slots__ = ('_shown',)
    _shown: str
    script_type_name: Final = 'EnumCheck'

    def __init__(self, shown: str) -> None:
        object.__setattr__(self, '_shown', shown)

    def __repr__(self) -> str:
        return f'<EnumCheck.{self._shown}>'


UNIQUE, CONTINUOUS, NAMED_FLAGS = (Check(name) for name in ('UNIQUE', 'CONTINUOUS', 'NAMED_FLAGS'))


class Verifier(Immutable):
    """What `verify(...)` gives: a decorator."""

    __slots__ = ('_checks',)
    _checks: tuple[Any, ...]
    script_type_name: Final = 'verify'

    def __init__(self, *checks: Any) -> None:
        object.__setattr__(self, '_checks', checks)

    def __call__(self, enumeration: Any) -> Any:
        _check_enumeration(enumeration)
        for check in self._checks:
            if check is UNIQUE:
                _check_unique(enumeration, 'aliases found in')
            elif check is CONTINUOUS:
                _check_continuous(enumeration)
            elif check is NAMED_FLAGS:
                _check_named(enumeration)
        return enumeration


def _check_enumeration(value: Any) -> None:
    if type(value) is not EnumType:
        raise TypeError(f'{repr_of(value)} is no enumeration')


def _aliases(enumeration: Any) -> list[str]:
    return [f'{name} -> {member.name}' for name, member in enumeration.__members__.items() if name != member.name]


def _check_unique(enumeration: Any, text: str) -> None:
    found = _aliases(enumeration)
    if found:
        raise ValueError(f'{text} {enumeration!r}: {", ".join(found)}')


def _check_continuous(enumeration: Any) -> None:
    values = {member._value_ for member in enumeration}
    if len(values) < 2:
        return
    low, high = min(values), max(values)
    if issubclass(enumeration, Flag):
        missing = [1 << bit for bit in range(low.bit_length(), high.bit_length() - 1) if 1 << bit not in values]
    else:
        if high - low > len(values) + (1 << 16):
            raise ValueError(f'invalid enum {enumeration.__name__!r}: too many values are missing')
        missing = [value for value in range(low + 1, high) if value not in values]
    if missing:
        kind = 'flag' if issubclass(enumeration, Flag) else 'enum'
        shown = ', '.join(map(str, missing))
        raise ValueError(f'invalid {kind} {enumeration.__name__!r}: missing values {shown}'[:256])


def _check_named(enumeration: Any) -> None:
    values = [member._value_ for member in enumeration]
    names: list[str] = []
    missing = 0
    for name, alias in enumeration._member_map_.items():
        if name in enumeration._member_names_ or alias._value_ < 0:
            continue
        unnamed = [bit for bit in bits_of(alias._value_) if bit not in values]
        if unnamed:
            names.append(name)
            for bit in unnamed:
                missing |= bit
    if names:
        shown = f'alias {names[0]!r} is' if len(names) == 1 else f'aliases {", ".join(names)} are'
        count = f'value 0x{missing:x}' if len(list(bits_of(missing))) == 1 else f'combined values of 0x{missing:x}'
        raise ValueError(
            f'invalid Flag {enumeration.__name__!r}: {shown} missing {count} [use enum.show_flag_values(value) for details]'
        )


class EnumFunctions(LibraryFunctions):
    """The functions of `enum`."""

    __slots__ = ()
    module = 'enum'

    def auto(self, value: Any = None) -> Auto:
        return Auto(value)

    def member(self, value: Any) -> Marked:
        return Marked(value, True)

    def nonmember(self, value: Any) -> Marked:
        return Marked(value, False)

    def unique(self, enumeration: Any) -> Any:
        _check_enumeration(enumeration)
        _check_unique(enumeration, 'duplicate values found in')
        return enumeration

    def verify(self, *checks: Any) -> Verifier:
        return Verifier(*checks)

    def show_flag_values(self, value: Any) -> list[int]:
        return list(bits_of(int(value)))


MODULE = Definition(
    'enum',
    static={
        'Enum': Enum,
        'IntEnum': IntEnum,
        'StrEnum': StrEnum,
        'ReprEnum': ReprEnum,
        'Flag': Flag,
        'IntFlag': IntFlag,
        'EnumType': facade_named('EnumType'),
        'EnumMeta': facade_named('EnumType'),
        'UNIQUE': UNIQUE,
        'CONTINUOUS': CONTINUOUS,
        'NAMED_FLAGS': NAMED_FLAGS,
        'property': property,
        **BOUNDARIES,
    },
    functions=EnumFunctions,
    left_out={
        'a script has no module whose globals it could fill': 'global_enum global_enum_repr global_flag_repr global_str',
        'there is no pickle in a script': 'pickle_by_enum_name pickle_by_global_name',
        'use the members STRICT, CONFORM, EJECT, KEEP, UNIQUE, CONTINUOUS and NAMED_FLAGS': 'FlagBoundary EnumCheck',
        'it is the namespace of a metaclass; bind names in the body of the class': 'EnumDict',
        'it is not meant for users of the module': 'DynamicClassAttribute MappingProxyType bltns operator partial sys '
        'or_ reduce bin',
    },
)
