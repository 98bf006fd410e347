"""Flags: enumerations whose members are bits, and the members that combinations of bits make."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from monty_flow.interpreter.runtime.enum_base import (
    CONFORM,
    EJECT,
    KEEP,
    STRICT,
    Enum,
    Generate,
    ReprEnum,
    base_class,
)
from monty_flow.interpreter.runtime.text import repr_of

#: What a class of flags keeps beside its members.
NO_BITS: Final[dict[str, Any]] = {'_flag_mask_': 0, '_singles_mask_': 0, '_all_bits_': 0}
#: Bits up to which a flag may go; a value with more is no use of flags.
MAX_BITS: Final = 1 << 16


def is_single_bit(value: int) -> bool:
    """Tell whether a value is a power of two."""
    return value > 0 and value & (value - 1) == 0


def bits_of(value: int) -> Iterator[int]:
    """Yield the bits of a value, the lowest first."""
    while value > 0:
        bit = value & -value
        yield bit
        value ^= bit


def _shown_bits(value: int, digits: int) -> str:
    """Return a value in binary with its sign, as `enum.bin` does."""
    ceiling = 2 ** value.bit_length()
    shown = bin(value + ceiling).replace('1', '0', 1) if value >= 0 else bin(~value ^ (ceiling - 1) + ceiling)
    sign, text = shown[:3], shown[3:]
    if digits is not None and len(text) < digits:
        text = (sign[-1] * digits + text)[-digits:]
    return f'{sign} {text}'


def _next_bit(name: str, start: Any, count: int, last_values: list[Any]) -> Any:
    if not count:
        return start if start is not None else 1
    last = max(last_values)
    try:
        high = last.bit_length() - 1
    except Exception:
        raise TypeError(f'invalid flag value {repr_of(last)}') from None
    return 2 ** (high + 1)


class _FlagBody:
    _name_: Any
    _value_: Any
    _generate_next_value_ = Generate(_next_bit)

    @classmethod
    def _missing_(cls, value: Any) -> Any:
        return combined(cls, value)

    def __contains__(self, other: Any) -> bool:
        if not isinstance(other, type(self)):
            raise TypeError(
                f"unsupported operand type(s) for 'in': '{type(other).__qualname__}' and '{type(self).__qualname__}'"
            )
        return bool(other._value_ & self._value_ == other._value_)

    def __iter__(self) -> Iterator[Any]:
        return iter(members_of(type(self), self._value_))

    def __len__(self) -> int:
        count: int = self._value_.bit_count()
        return count

    def __repr__(self) -> str:
        shows = type(self)._value_repr_ or repr_of  # type: ignore[attr-defined]
        if self._name_ is None:
            return f'<{type(self).__name__}: {shows(self._value_)}>'
        return f'<{type(self).__name__}.{self._name_}: {shows(self._value_)}>'

    def __str__(self) -> str:
        name = type(self).__name__
        return f'{name}({self._value_!r})' if self._name_ is None else f'{name}.{self._name_}'

    def __bool__(self) -> bool:
        return bool(self._value_)

    def __or__(self, other: Any) -> Any:
        value = _bits(self, other)
        return value if value is NotImplemented else _of_kind(self, self._value_ | value)

    def __and__(self, other: Any) -> Any:
        value = _bits(self, other)
        return value if value is NotImplemented else _of_kind(self, self._value_ & value)

    def __xor__(self, other: Any) -> Any:
        value = _bits(self, other)
        return value if value is NotImplemented else _of_kind(self, self._value_ ^ value)

    def __invert__(self) -> Any:
        cls: Any = type(self)
        if cls._boundary_ in (EJECT, KEEP):
            return cls(~self._value_)
        return cls(cls._singles_mask_ & ~self._value_)

    __ror__ = __or__
    __rand__ = __and__
    __rxor__ = __xor__


def _of_kind(flag: Any, value: int) -> Any:
    """Return the member of a flag's class with a value."""
    return type(flag)(value)


def _bits(flag: Any, other: Any) -> Any:
    """Return the bits of the other operand of an operator, NotImplemented for what has none."""
    cls: Any = type(flag)
    if isinstance(other, cls):
        return other._value_
    if cls._member_type_ is not object and isinstance(other, cls._member_type_):
        return other
    return NotImplemented


def members_of(cls: Any, value: int) -> list[Any]:
    """Return the members that are single bits of a value, in the order in which a class gives them."""
    found = [cls._value2member_map_.get(bit) for bit in bits_of(value & cls._flag_mask_)]
    if any(before > after for before, after in zip(cls._flag_order_, cls._flag_order_[1:], strict=False)):
        found.sort(key=lambda member: member._sort_order_)
    return found


def combined(cls: Any, value: Any) -> Any:
    """Return the member that stands for a combination of bits, made when it is first asked for."""
    if not isinstance(value, int):
        raise ValueError(f'{repr_of(value)} is not a valid {cls.__qualname__}')
    value = int(value)
    if value.bit_length() > MAX_BITS:
        raise ValueError(f'a flag has more than {MAX_BITS} bits')
    flag_mask, singles, all_bits, boundary = cls._flag_mask_, cls._singles_mask_, cls._all_bits_, cls._boundary_
    negative = None
    if not ~all_bits <= value <= all_bits or value & (all_bits ^ flag_mask):
        if boundary is STRICT:
            digits = max(value.bit_length(), flag_mask.bit_length())
            raise ValueError(
                f'{cls!r} invalid value {value!r}\n    given {_shown_bits(value, digits)}'
                f'\n  allowed {_shown_bits(flag_mask, digits)}'
            )
        if boundary is CONFORM:
            value &= flag_mask
        elif boundary is EJECT:
            return value
        elif value < 0:
            value = max(all_bits + 1, 2 ** value.bit_length()) + value
    if value < 0:
        negative, value = value, all_bits + 1 + value
    unknown = value & ~flag_mask
    if unknown and boundary is not KEEP:
        raise ValueError(f'{cls.__name__}({value!r}) -->  unknown values {unknown!r} [{bin(unknown)}]')
    made: Any = object.__new__(cls) if cls._member_type_ is object else cls._member_type_.__new__(cls, value)
    if not hasattr(made, '_value_'):
        made._value_ = value
    made._name_, value = _combined_name(cls, value, singles)
    made = cls._value2member_map_.setdefault(value, made)
    if negative is not None:
        cls._value2member_map_[negative] = made
    return made


def _combined_name(cls: Any, value: int, singles: int) -> tuple[str | None, int]:
    """Return the name of a combination, None for one without members, and its value."""
    aliases, member_value = value & ~singles, value & singles
    if not (member_value or aliases):
        return None, value
    members = members_of(cls, member_value)
    bits = 0
    for member in members:
        bits |= member._value_
    if aliases:
        value = member_value | aliases
        for other in cls._member_map_.values():
            if other not in members and other._value_ and other._value_ & value == other._value_:
                members.append(other)
                bits |= other._value_
    unknown = value ^ bits
    if not bits:
        return None, value
    if unknown and cls._boundary_ is STRICT:
        raise ValueError(f'{cls!r}: no members with value {unknown!r}')
    name = '|'.join(member._name_ for member in members)
    return (f'{name}|{unknown!r}' if unknown else name), value


Flag: Any = base_class('Flag', (Enum,), _FlagBody)
for _name, _bits_of_none in {**NO_BITS, '_boundary_': STRICT, '_flag_order_': ()}.items():
    type.__setattr__(Flag, _name, _bits_of_none)


class _IntFlagBody:
    __str__ = int.__repr__
    __format__ = int.__format__
    __repr__ = _FlagBody.__repr__
    __or__ = __ror__ = _FlagBody.__or__
    __and__ = __rand__ = _FlagBody.__and__
    __xor__ = __rxor__ = _FlagBody.__xor__
    __invert__ = _FlagBody.__invert__


IntFlag: Any = base_class('IntFlag', (int, ReprEnum, Flag), _IntFlagBody, int)
type.__setattr__(IntFlag, '_boundary_', KEEP)
