"""Values of records that are loaded when somebody asks for them.

    late(Run, inputs=dict, output=None)      from now on these fields may hold a `Late`, which the first look replaces by its value

So a list of a thousand runs reads none of their large outputs, and `run.output` is the output all the same. What only shows a record
shows `as_shown(record)`, which has a `KeptApart` there: nothing is loaded for it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, TypeVar

Record = TypeVar('Record')

#: The fields of each record that may be loaded late: what holds their values, and the type of these where it is known.
_FIELDS: dict[type[Any], dict[str, tuple[Any, type[Any] | None]]] = {}


@dataclass(frozen=True, slots=True)
class KeptApart:
    """What is shown in place of a value that is not loaded."""

    #: Bytes that it takes as stored, before compression.
    kept_apart_bytes: int

    def __repr__(self) -> str:
        return f'<{_text(self.kept_apart_bytes)}, kept apart>'


class Late:
    """A value that is not loaded."""

    __slots__ = ('_load', 'size')

    def __init__(self, size: int, load: Callable[[], Any]) -> None:
        #: Bytes that it takes as stored, before compression.
        self.size = size
        self._load = load

    def load(self) -> Any:
        """Return the value."""
        return self._load()

    def then(self, part: Callable[[Any], Any]) -> Late:
        """Return what is a part of the value, which is loaded once for all its parts."""
        self._load = cache(self._load)
        return Late(self.size, lambda: part(self._load()))


def late(record: type[Any], **fields: type[Any] | None) -> None:
    """Let fields of a record, each with the type of its values where that is known, be loaded at the first look."""
    _FIELDS[record] = {name: (record.__dict__[name], kind) for name, kind in fields.items()}
    for name, (slot, _) in _FIELDS[record].items():
        setattr(record, name, _looking(slot))


def _looking(slot: Any) -> property:
    def look(self: Any) -> Any:
        value = slot.__get__(self)
        if type(value) is Late:
            value = value.load()
            slot.__set__(self, value)
        return value

    return property(look, slot.__set__)


def as_shown(record: Record) -> Record:
    """Return a record with a `KeptApart` wherever a value is not loaded; the one that was given, where all are."""
    shown = {}
    for name, (slot, kind) in _FIELDS.get(type(record), {}).items():
        value = slot.__get__(record)
        if type(value) is Late:
            apart = KeptApart(value.size)
            shown[name] = {'...': apart} if kind is dict else (apart,) if kind is tuple else apart
    return replace(record, **shown) if shown else record  # type: ignore[type-var]


def loaded(record: Record) -> Record:
    """Return a record once all its values are loaded."""
    for name in _FIELDS.get(type(record), {}):
        getattr(record, name)
    return record


def _text(size: int) -> str:
    for unit, scale in (('GB', 1e9), ('MB', 1e6), ('KB', 1e3)):
        if size >= scale:
            return f'{size / scale:.1f} {unit}'
    return f'{size} bytes'
