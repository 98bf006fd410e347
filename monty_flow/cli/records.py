"""Engine records as JSON and as short text."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import typer

from monty_flow.plain import plain

#: Characters of a value that a line of text shows.
SHORT = 60


def print_json(value: Any) -> None:
    """Print `value` as one JSON document."""
    typer.echo(json.dumps(plain(value), indent=2, ensure_ascii=False))


def shorten(text: str, size: int = SHORT) -> str:
    """Return the text on one line, its end cut off where it is longer than `size`."""
    line = ' '.join(text.split())
    return line if len(line) <= size else line[: size - 3] + '...'


def output_text(value: Any) -> str:
    """Return a result as a person reads it: a text as it is, anything else as Python writes it."""
    return value if isinstance(value, str) else repr(value)


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
