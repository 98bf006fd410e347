"""What an instance of a script's class holds of the native class that it extends, by that class.

Python's plain containers and numbers are `class_kinds`' own affair; here are the types of the library. A row reads with
the methods of the native class itself, because the script's class may have its own of the same name.
"""

from __future__ import annotations

import collections
import datetime
import decimal
import random
from collections.abc import Callable
from typing import Any

from monty_flow.interpreter.modules.counter import Counter
from monty_flow.interpreter.modules.deque import deque
from monty_flow.interpreter.modules.dicts import OrderedDict, defaultdict
from monty_flow.interpreter.modules.library import typed
from monty_flow.interpreter.modules.old_callables import Partial, fill_partial
from monty_flow.interpreter.modules.random import Random
from monty_flow.interpreter.records import record


def _nothing(value: Any) -> Any:
    return ()


def _made(context: Any, cls: Any, kind: Any, *value: Any) -> Any:
    return kind.__new__(cls, *value)


def _made_of_run(context: Any, cls: Any, kind: Any) -> Any:
    made = kind.__new__(cls)
    object.__setattr__(made, '__run__', context.run)
    return made


def _keep(instance: Any, *items: Any) -> None:
    if items:
        raise ValueError('an instance has items that its type has not')


@record(frozen=True)
class NativeBase:
    """How to take the native part of an instance apart, and to make it again."""

    kind: type
    #: What the instance is made of, which cannot change.
    value: Callable[[Any], tuple[Any, ...]] = _nothing
    make: Callable[..., Any] = _made
    #: What is put into it later.
    items: Callable[[Any], tuple[Any, ...]] = _nothing
    put: Callable[..., None] = _keep


def _fields(kind: Any, *names: str) -> Callable[[Any], tuple[Any, ...]]:
    getters = [getattr(kind, name).__get__ for name in names]
    return lambda value: tuple(getter(value) for getter in getters)


_DAY = ('year', 'month', 'day')
_CLOCK = ('hour', 'minute', 'second', 'microsecond', 'tzinfo', 'fold')


def _made_of_ints(context: Any, cls: Any, kind: Any, *value: Any) -> Any:
    if any(type(part) is not int for part in value):
        raise TypeError('a date is not of numbers')
    return kind.__new__(cls, *value)


def _made_moment(context: Any, cls: Any, kind: Any, *value: Any) -> Any:
    *numbers, zone, fold = value
    if any(type(part) is not int for part in (*numbers, fold)) or not isinstance(zone, datetime.tzinfo | None):
        raise TypeError('a time is not of numbers')
    return kind.__new__(cls, *numbers, zone, fold=fold)


def keys_and_values(value: Any) -> tuple[list[Any], list[Any]]:
    """Return the keys and the values of a dict of any kind, in order, without hashing a key: a script may have to do that."""
    if not isinstance(value, collections.OrderedDict):
        pairs = list(dict.items(value))
        return [key for key, _ in pairs], [item for _, item in pairs]
    by_place = {id(key): item for key, item in dict.items(value)}
    keys = list(collections.OrderedDict.__iter__(value))
    return keys, [by_place[id(key)] for key in keys]


def _put_partial(instance: Any, func: Any, args: Any, keywords: Any) -> None:
    fill_partial(instance.__run__, instance, func, typed(args, tuple), typed(keywords, dict))


def _made_property(context: Any, cls: Any, kind: Any) -> Any:
    return property.__new__(cls)


def _put_property(instance: Any, fget: Any, fset: Any, fdel: Any, doc: Any) -> None:
    property.__init__(instance, fget, fset, fdel, doc)


def _made_enumerate(context: Any, cls: Any, kind: Any, iterator: Any, place: Any) -> Any:
    if type(place) is not int:
        raise TypeError('an enumeration has no number')
    return enumerate.__new__(cls, iterator, place)


def _doc_of(value: Any) -> Any:
    return None if value.fget is not None and value.__doc__ == value.fget.__doc__ else value.__doc__


_REDUCE: Any = enumerate.__reduce__

#: The most derived first: the first row whose class an instance is of is the one.
NATIVE_BASES: tuple[NativeBase, ...] = (
    # What containers hold is the affair of `container_kinds`.
    *[NativeBase(kind, make=_made_of_run) for kind in (deque, Counter, OrderedDict, defaultdict)],
    NativeBase(Random, make=_made_of_run, items=lambda v: (random.Random.getstate(v),), put=random.Random.setstate),
    NativeBase(Partial, make=_made_of_run, items=lambda v: (v.func, v.args, v.keywords), put=_put_partial),
    NativeBase(
        property,
        make=_made_property,
        items=lambda v: (v.fget, v.fset, v.fdel, _doc_of(v)),
        put=_put_property,
    ),
    NativeBase(enumerate, lambda v: tuple(_REDUCE(v)[1]), _made_enumerate),
    NativeBase(datetime.datetime, _fields(datetime.datetime, *_DAY, *_CLOCK), _made_moment),
    NativeBase(datetime.date, _fields(datetime.date, *_DAY), _made_of_ints),
    NativeBase(datetime.time, _fields(datetime.time, *_CLOCK), _made_moment),
    NativeBase(datetime.timedelta, _fields(datetime.timedelta, 'days', 'seconds', 'microseconds'), _made_of_ints),
    NativeBase(datetime.tzinfo),
    NativeBase(decimal.Decimal, lambda v: (decimal.Decimal.__str__(v),)),
)  # fmt: skip


def native_base(cls: type) -> NativeBase | None:
    """Return the row of the native class that a script's class extends, None where it extends none of the library."""
    for row in NATIVE_BASES:
        if issubclass(cls, row.kind):
            return row
    return None
