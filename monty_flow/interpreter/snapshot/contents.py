"""What a value of a script is made of, by the names with which a script reaches the parts.

Containers and instances have items, entries, members and attributes. What values of other types are made of, the table of the
snapshots knows (`registry.py`); such parts have no names. Read with the methods of the native types: no method of a script is asked.
"""

from __future__ import annotations

import collections
from typing import Any, Final

from monty_flow.interpreter.errors import LimitReached
from monty_flow.interpreter.records import record
from monty_flow.interpreter.runtime.classes import SCRIPT_TYPES
from monty_flow.interpreter.runtime.rendering import render_value
from monty_flow.interpreter.snapshot.class_kinds import attributes_of
from monty_flow.interpreter.snapshot.native_bases import keys_and_values, native_base
from monty_flow.interpreter.snapshot.script_kinds import KINDS

#: Types whose values have no parts.
LEAVES: Final = frozenset({type(None), bool, int, float, complex, str, bytes})
_SEQUENCES: Final[tuple[Any, ...]] = (list, tuple, collections.deque)
_SETS: Final[tuple[Any, ...]] = (set, frozenset)
#: Native types of one value, with how that is read from an instance of a script's class.
_VALUES: Final[tuple[tuple[Any, Any], ...]] = (
    (str, str.__str__),
    (int, int.__int__),
    (float, float.__float__),
    (bytes, lambda value: bytes.join(b'', [value])),
    (bytearray, lambda value: bytes.join(b'', [value])),
    (complex, complex.__pos__),
)


@record(frozen=True)
class Contents:
    """The parts of one value; None for parts that values of its type do not have."""

    #: The name of its type: values of two types have nothing in common.
    kind: str
    #: What is reached by a number.
    items: list[Any] | None = None
    #: What is reached by a key.
    entries: list[tuple[Any, Any]] | None = None
    #: What is in it.
    members: list[Any] | None = None
    #: What is reached by a name.
    attributes: dict[str, Any] | None = None
    #: What no script reaches, or not in one way for all: the place of an iterator, the variables of a generator.
    hidden: tuple[Any, ...] = ()


def contents_of(value: Any, context: Any) -> Contents | None:
    """Return what a value is made of, None for what has no parts; `context` is that of the snapshot of its run."""
    kind = type(value)
    if kind is list or kind is tuple:
        return Contents(kind.__name__, items=list(value))
    if kind is dict:
        return Contents('dict', entries=list(value.items()))
    if kind in LEAVES:
        return None
    if type(kind) in SCRIPT_TYPES:
        return _of_instance(value, kind, context)
    if isinstance(value, _SETS):
        return Contents(kind.__name__, members=list(value))
    if isinstance(value, collections.deque):
        return Contents('deque', items=list(value), hidden=(value.maxlen,))
    if isinstance(value, dict):
        keys, values = keys_and_values(value)
        return Contents(kind.__name__, entries=list(zip(keys, values, strict=True)))
    if kind in SCRIPT_TYPES:
        return _of_class(value, context)
    # Of what cannot be stored there is the text.
    return Contents(kind.__name__, hidden=_parts_of(value, context) or (render_value(value),))


def _of_instance(value: Any, kind: type, context: Any) -> Contents:
    name = type.__getattribute__(kind, '__qualname__')
    if issubclass(kind, BaseException):
        arguments: Any = vars(BaseException)['args']
        attributes = _named(object.__getattribute__(value, '__dict__'))
        return Contents(name, attributes=attributes, hidden=(arguments.__get__(value),))
    state = attributes_of(value, context)
    attributes = _named(state if type(state) is dict else dict(zip(state[0], state[1:], strict=True)))
    for native in _SEQUENCES:
        if issubclass(kind, native):
            return Contents(name, items=list(native.__iter__(value)), attributes=attributes)
    for native in _SETS:
        if issubclass(kind, native):
            return Contents(name, members=list(native.__iter__(value)), attributes=attributes)
    if issubclass(kind, dict):
        keys, values = keys_and_values(value)
        return Contents(name, entries=list(zip(keys, values, strict=True)), attributes=attributes)
    for native, read in _VALUES:
        if issubclass(kind, native):
            return Contents(name, attributes=attributes, hidden=(read(value),))
    row = native_base(kind)
    held = () if row is None else (*row.value(value), *row.items(value))
    return Contents(name, attributes=attributes, hidden=held)


def _of_class(cls: Any, context: Any) -> Contents:
    parts = _parts_of(cls, context)
    # The names of what the body bound, and what it is; library classes are there by their name.
    if parts and type(parts[-1]) is tuple:
        (names, *values) = parts[-1]
        if type(names) is tuple and len(names) == len(values) and all(type(name) is str for name in names):
            return Contents('class', attributes=_named(dict(zip(names, values, strict=True))), hidden=parts[:-1])
    return Contents('class', hidden=parts)


def _parts_of(value: Any, context: Any) -> tuple[Any, ...]:
    """Return what a snapshot would make a value of again."""
    try:
        for row in KINDS.by_type.get(type(value), KINDS.fallbacks):
            parts = row.reduce(value, context)
            if parts is not None:
                return (row.name, *map(tuple, parts))
    except (Exception, LimitReached):
        return ()
    return ()


def _named(attributes: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in attributes.items() if type(name) is str and not name.startswith('$')}
