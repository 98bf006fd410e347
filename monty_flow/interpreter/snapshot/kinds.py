"""The kinds of all built-in values that a script can hold: one table, extended by the interpreter.

Script functions, instances, generators and modules belong to the interpreter, which adds rows of its own:

    kinds = builtin_kinds(named, methods)
    kinds.add(Kind('script_function', FunctionType, reduce, build, fill), ...)
"""

from __future__ import annotations

from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime, time, timedelta, timezone, tzinfo
from decimal import Decimal
from fractions import Fraction
from time import struct_time
from types import BuiltinMethodType, CellType, NotImplementedType
from typing import Any
from uuid import UUID

from monty_flow.interpreter.snapshot.buffer_kinds import buffer_kinds
from monty_flow.interpreter.snapshot.decoder import put_keys, put_values
from monty_flow.interpreter.snapshot.exceptions import exception_kinds
from monty_flow.interpreter.snapshot.hashing import check_hashes
from monty_flow.interpreter.snapshot.iterators import iterator_kinds
from monty_flow.interpreter.snapshot.registry import Arguments, Kind, Kinds

Reduced = tuple[Arguments, Arguments]


def builtin_kinds(named: Mapping[str, object], methods: Collection[str]) -> Kinds:
    """Return the table of built-in kinds.

    `named` gives the objects that are stored by name (built-in types, functions, exception classes);
    `methods` the methods that may be stored bound to a built-in value, as `'list.append'`.
    """
    kinds = Kinds(
        Kind('complex', complex, lambda v, _: ((v.real, v.imag), ()), _checked(complex, float, float)),
        Kind('bytearray', bytearray, lambda v, _: ((bytes(v),), ()), _build_bytearray, _fill_bytearray),
        Kind('set', set, lambda v, _: ((), (), tuple(v)), lambda _: set(), keys=_put_members),
        Kind('frozenset', frozenset, lambda v, _: (tuple(v), ()), _build_frozenset, late=True),
        Kind('range', range, lambda v, _: ((v.start, v.stop, v.step), ()), _checked(range, int, int, int)),
        Kind('slice', slice, lambda v, _: ((v.start, v.stop, v.step), ()), lambda _, a, b, c: slice(a, b, c)),
        Kind('ellipsis', type(Ellipsis), lambda v, _: ((), ()), lambda _: Ellipsis),
        Kind('not_implemented', NotImplementedType, lambda v, _: ((), ()), lambda _: NotImplemented),
        Kind('bare_object', object, lambda v, _: ((), ()), lambda _: object()),
        Kind('cell', CellType, _reduce_cell, lambda _: CellType(), _fill_cell),
        *iterator_kinds(),
        *exception_kinds(),
        *_time_kinds(),
        *_number_kinds(),
        *_collection_kinds(),
        *buffer_kinds(),
    )
    kinds.add(_named_kind(named), _method_kind(frozenset(methods)))
    return kinds


def _checked(make: Callable[..., Any], *types: type[Any]) -> Callable[..., Any]:
    """Return a `build` that takes arguments of exactly these types."""

    def build(context: Any, *arguments: Any) -> Any:
        if tuple(map(type, arguments)) != types:
            raise TypeError('arguments of the wrong types')
        return make(*arguments)

    return build


def _build_bytearray(context: Any, data: Any = b'') -> bytearray:
    if type(data) is not bytes:
        raise TypeError('a bytearray is not of bytes')
    return bytearray(data)


def _fill_bytearray(context: Any, target: bytearray, data: Any) -> None:
    if type(data) is not bytes:
        raise TypeError('a bytearray is not of bytes')
    target.extend(data)


def _put_members(context: Any, target: set[Any], *members: Any) -> None:
    target.update(members)
    if len(target) != len(members):
        raise ValueError('a set has a member twice')


def _build_frozenset(context: Any, *members: Any) -> frozenset[Any]:
    check_hashes(members)
    result = frozenset(members)
    if len(result) != len(members):
        raise ValueError('a frozenset has a member twice')
    return result


def _reduce_cell(cell: CellType, context: Any) -> Reduced:
    try:
        return (), (cell.cell_contents,)
    except ValueError:
        return (), ()


def _fill_cell(context: Any, cell: CellType, contents: Any) -> None:
    cell.cell_contents = contents


def _time_kinds() -> tuple[Kind, ...]:
    return (
        Kind('date', date, lambda v, _: ((v.year, v.month, v.day), ()), _checked(date, int, int, int)),
        Kind('time', time, lambda v, _: (_clock_parts(v), ()), _build_time),
        Kind(
            'datetime', datetime, lambda v, _: ((v.year, v.month, v.day, *_clock_parts(v)), ()), _build_datetime
        ),
        Kind(
            'timedelta', timedelta, lambda v, _: ((v.days, v.seconds, v.microseconds), ()),
            _checked(timedelta, int, int, int),
        ),
        Kind('timezone', timezone, lambda v, _: (v.__getinitargs__(), ()), _build_timezone),
        Kind(
            'isocalendar', type(date.min.isocalendar()), lambda v, _: (tuple(v), ()),
            _checked(lambda *parts: date.fromisocalendar(*parts).isocalendar(), int, int, int),
        ),
        Kind('struct_time', struct_time, lambda v, _: ((*v, v.tm_zone, v.tm_gmtoff), ()), _build_struct_time),
    )  # fmt: skip


def _clock_parts(value: time | datetime) -> tuple[Any, ...]:
    return (value.hour, value.minute, value.second, value.microsecond, value.fold, value.tzinfo)


def _build_time(context: Any, hour: int, minute: int, second: int, microsecond: int, fold: int, zone: Any) -> time:
    return time(hour, minute, second, microsecond, _zone(zone), fold=fold)


def _build_datetime(
    context: Any, year: int, month: int, day: int, hour: int, minute: int, second: int, microsecond: int, fold: int,
    zone: Any,
) -> datetime:  # fmt: skip
    return datetime(year, month, day, hour, minute, second, microsecond, _zone(zone), fold=fold)


def _zone(zone: Any) -> Any:
    if zone is not None and not isinstance(zone, tzinfo):
        raise TypeError('a time has a zone that is not a timezone')
    return zone


def _build_struct_time(context: Any, *parts: Any) -> struct_time:
    *numbers, zone, offset = parts
    if len(numbers) != 9 or any(type(number) is not int for number in numbers):
        raise TypeError('a struct_time is not of nine numbers')
    if type(zone) not in (str, type(None)) or type(offset) not in (int, type(None)):
        raise TypeError('a struct_time has a zone that is none')
    return struct_time(parts)


def _build_timezone(context: Any, offset: Any, *name: Any) -> timezone:
    if type(offset) is not timedelta:
        raise TypeError('a timezone has no offset')
    # The constructor with an offset alone gives the one UTC object, as the original was.
    return timezone(offset, *name)


def _number_kinds() -> tuple[Kind, ...]:
    return (
        Kind('decimal', Decimal, lambda v, _: ((str(v),), ()), _checked(Decimal, str)),
        Kind(
            'fraction', Fraction, lambda v, _: ((v.numerator, v.denominator), ()), _checked(Fraction, int, int)
        ),
        Kind('uuid', UUID, lambda v, _: ((v.bytes,), ()), _checked(lambda data: UUID(bytes=data), bytes)),
    )  # fmt: skip


def _collection_kinds() -> tuple[Kind, ...]:
    return (
        Kind('deque', deque, lambda v, _: ((v.maxlen,), tuple(v)), _build_deque, _fill_deque),
        Kind('counter', Counter, _reduce_mapping, lambda _: Counter(), put_values, put_keys),
        Kind('ordered_dict', OrderedDict, _reduce_mapping, lambda _: OrderedDict(), put_values, put_keys),
        Kind('defaultdict', defaultdict, _reduce_defaultdict, lambda _: defaultdict(), _fill_defaultdict, put_keys),
    )


def _build_deque(context: Any, maxlen: Any) -> deque[Any]:
    return deque(maxlen=maxlen)


def _fill_deque(context: Any, target: deque[Any], *items: Any) -> None:
    target.extend(items)


def _reduce_mapping(value: dict[Any, Any], context: Any) -> tuple[Arguments, Arguments, Arguments]:
    return (), list(value.values()), list(value)


def _reduce_defaultdict(value: defaultdict[Any, Any], context: Any) -> tuple[Arguments, Arguments, Arguments]:
    return (), (value.default_factory, *value.values()), list(value)


def _fill_defaultdict(context: Any, target: defaultdict[Any, Any], factory: Any, *values: Any) -> None:
    target.default_factory = factory
    put_values(context, target, *values)


def _named_kind(named: Mapping[str, object]) -> Kind:
    names = {id(value): name for name, value in named.items()}

    def reduce(value: Any, context: Any) -> Reduced | None:
        name = names.get(id(value))
        return None if name is None else ((name,), ())

    def build(context: Any, name: Any) -> Any:
        return named[name]

    return Kind('named', tuple({type(value) for value in named.values()} or {type}), reduce, build)


def _method_kind(methods: frozenset[str]) -> Kind:
    def is_listed(owner: Any, name: Any) -> bool:
        return type(owner).__module__ in _METHOD_MODULES and f'{type(owner).__name__}.{name}' in methods

    def reduce(value: Any, context: Any) -> Reduced | None:
        owner, name = value.__self__, value.__name__
        return ((owner, name), ()) if is_listed(owner, name) else None

    def build(context: Any, owner: Any, name: Any) -> Any:
        if not is_listed(owner, name):
            raise ValueError('a bound method is not on the list')
        return getattr(owner, name)

    return Kind('method', BuiltinMethodType, reduce, build)


#: Where the types live whose methods are bound; a script's class of the same name lives elsewhere.
_METHOD_MODULES = frozenset({'builtins', 'collections', 'array'})
