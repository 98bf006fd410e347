"""Engine records as JSON and as short text."""

from __future__ import annotations

import json
from typing import Any

import typer

from monty_flow.plain import duration, moment, plain, shorten


def print_json(value: Any) -> None:
    """Print `value` as one JSON document."""
    typer.echo(json.dumps(plain(value), indent=2, ensure_ascii=False))


def output_text(value: Any) -> str:
    """Return a result as a person reads it: a text as it is, anything else as Python writes it."""
    return value if isinstance(value, str) else repr(value)


__all__ = ['duration', 'moment', 'output_text', 'print_json', 'shorten']
