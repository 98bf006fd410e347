"""Inputs of a script from the command line: NAME=VALUE pairs and a JSON file."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import typer


def parse_inputs(pairs: Sequence[str] | None, file: Path | None, *, option: str = '--input') -> dict[str, Any]:
    """Return the inputs of `file` with the `pairs`, which were given by an option, over them.

    The value of a pair is read as JSON, and as text when it is not JSON: `n=3` is a number, `n="3"` and
    `name=Ann` are texts. Raises a usage error for a pair without `=`, a name given twice, or a file that
    is not a JSON object.
    """
    inputs = _read(file) if file is not None else {}
    named: set[str] = set()
    for pair in pairs or ():
        name, equals, text = pair.partition('=')
        if not equals or not name.isidentifier():
            raise typer.BadParameter(f'{option} {pair!r} is not NAME=VALUE; write for example {option} city=Oslo.')
        if name in named:
            raise typer.BadParameter(f'{option} {name} is given twice; keep one of them.')
        named.add(name)
        inputs[name] = value_of(text)
    return inputs


def value_of(text: str) -> Any:
    """Return the value of a text: what it is as JSON, else the text itself."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def _read(file: Path) -> dict[str, Any]:
    try:
        document = json.loads(file.read_text(encoding='utf-8'))
    except (OSError, ValueError) as error:
        raise typer.BadParameter(f'--inputs {file} is not a JSON file: {error}.') from None
    if not isinstance(document, dict):
        raise typer.BadParameter(
            f'--inputs {file} holds a {type(document).__name__}; it must hold an object such as {{"city": "Oslo"}}.'
        )
    return document
