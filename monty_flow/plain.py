"""Values and records as JSON and as short text: one way for the command line and the server."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import datetime
from enum import Enum
from typing import Any

from monty_flow.late import as_shown

#: Characters of a value that a line of text shows.
SHORT = 60


def plain(value: Any) -> Any:
    """Return `value` as what JSON can hold.

    Records become objects, with {"kept_apart_bytes": N} for large values that are not loaded; times ISO 8601 text, sets and tuples lists, bytes their hexadecimal digits, and
    what JSON has no form for its `repr`.
    """
    match value:
        case Enum():
            return plain(value.value)
        case None | bool() | int() | str():
            return value
        case float():
            return value if value - value == 0 else repr(value)
        case datetime():
            return value.isoformat()
        case bytes() | bytearray():
            return value.hex()
        case Mapping():
            return {key if isinstance(key, str) else repr(key): plain(item) for key, item in value.items()}
        case list() | tuple():
            return [plain(item) for item in value]
        case set() | frozenset():
            return [plain(item) for item in sorted(value, key=repr)]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        value = as_shown(value)
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    return repr(value)


def shorten(text: str, size: int = SHORT) -> str:
    """Return the text on one line, its end cut off where it is longer than `size`."""
    line = ' '.join(text.split())
    return line if len(line) <= size else line[: size - 3] + '...'


def moment(value: datetime | None) -> str:
    """Return a time to the second, in UTC, or a dash."""
    return '-' if value is None else f'{value:%Y-%m-%d %H:%M:%S}'


def duration(begin: datetime | None, end: datetime | None) -> str:
    """Return the time between two moments with a unit that suits it, or a dash."""
    if begin is None or end is None:
        return '-'
    seconds = (end - begin).total_seconds()
    if seconds < 1:
        return f'{seconds * 1000:.0f} ms'
    if seconds < 120:
        return f'{seconds:.1f} s'
    if seconds < 7200:
        return f'{seconds / 60:.0f} min'
    return f'{seconds / 3600:.1f} h'
