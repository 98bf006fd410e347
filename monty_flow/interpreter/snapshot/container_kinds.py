"""The kind of instances of script classes that extend a container: a list, dict, set, or one of `collections`.

The items are arguments of the record itself and not a container of their own, because a step may store what it is given
but not look into it: a list among the arguments may be empty yet when the step runs. What is hashed goes in by the
`keys` step, as the keys of a plain dict do.
"""

from __future__ import annotations

import collections
from typing import Any, Final

from monty_flow.interpreter.runtime.classes import SCRIPT_TYPES
from monty_flow.interpreter.snapshot.class_kinds import attributes_of, put_attributes
from monty_flow.interpreter.snapshot.native_bases import keys_and_values, native_base
from monty_flow.interpreter.snapshot.registry import Kind

_FACTORY: Final[Any] = vars(collections.defaultdict)['default_factory']
_MAXLEN: Final[Any] = vars(collections.deque)['maxlen']
_CONTAINERS: Final = (list, dict, set, collections.deque)


def _reduce(value: Any, context: Any) -> Any:
    cls = type(value)
    if type(cls) not in SCRIPT_TYPES or not issubclass(cls, _CONTAINERS):
        return None
    attributes = attributes_of(value, context)
    # With the methods of the native types: the script's class may have its own of the same names.
    if issubclass(cls, list):
        return (cls,), (attributes, *list.__iter__(value))
    if issubclass(cls, collections.deque):
        return (cls,), (attributes, _MAXLEN.__get__(value), *collections.deque.__iter__(value))
    if issubclass(cls, set):
        return (cls,), (attributes,), tuple(set.__iter__(value))
    keys, values = keys_and_values(value)
    factory = (_FACTORY.__get__(value),) if issubclass(cls, collections.defaultdict) else ()
    return (cls,), (attributes, *factory, *values), tuple(keys)


def _build(context: Any, cls: Any) -> Any:
    if type(cls) not in SCRIPT_TYPES or not issubclass(cls, _CONTAINERS):
        raise TypeError('an instance has no class that is a container')
    row = native_base(cls)
    if row is not None:
        return row.make(context, cls, row.kind)
    base: Any = next(base for base in _CONTAINERS if issubclass(cls, base))
    return base.__new__(cls)


def _setter(instance: Any) -> Any:
    return collections.OrderedDict.__setitem__ if isinstance(instance, collections.OrderedDict) else dict.__setitem__


def _put_keys(context: Any, instance: Any, *keys: Any) -> None:
    if isinstance(instance, set):
        set.update(instance, keys)
        size = set.__len__(instance)
    elif isinstance(instance, dict):
        put = _setter(instance)
        for key in keys:
            put(instance, key, None)
        size = dict.__len__(instance)
    else:
        raise TypeError('a sequence has no keys')
    if size != len(keys):
        raise ValueError('an instance has a key twice')


def _fill(context: Any, instance: Any, attributes: Any, *items: Any) -> None:
    put_attributes(instance, attributes)
    if isinstance(instance, list):
        list.extend(instance, items)
    elif isinstance(instance, collections.deque):
        collections.deque.__init__(instance, items[1:], items[0])
    elif isinstance(instance, dict):
        if isinstance(instance, collections.defaultdict):
            _FACTORY.__set__(instance, _callable(items[0]))
            items = items[1:]
        put = _setter(instance)
        for key, item in zip(list(_iterate(instance)), items, strict=True):
            put(instance, key, item)
    elif items:
        raise ValueError('a set has values')


def _iterate(instance: Any) -> Any:
    native: Any = collections.OrderedDict if isinstance(instance, collections.OrderedDict) else dict
    return native.__iter__(instance)


def _callable(factory: Any) -> Any:
    if factory is not None and not callable(factory):
        raise TypeError('the factory of a defaultdict cannot be called')
    return factory


def container_kinds() -> tuple[Kind, ...]:
    """Return the row for instances that are containers; it must come before that of all instances."""
    return (Kind('container_instance', None, _reduce, _build, _fill, _put_keys),)
