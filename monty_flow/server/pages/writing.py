"""Values as a person types them into a form: JSON, or as Python writes them, which is how the pages show them."""

from __future__ import annotations

import ast
import json
from typing import Any

from monty_flow.plain import plain

#: Characters of a value that is read as Python writes it.
_LONGEST_LITERAL = 100_000


class Unreadable(Exception):
    """A text is no value."""


def value_of(what: str, text: str) -> Any:
    """Return the value that a text stands for, None for an empty one; raise Unreadable."""
    if not text.strip():
        return None
    try:
        return json.loads(text)
    except RecursionError:
        raise Unreadable(f'{what} cannot be read: too deeply nested') from None
    except ValueError as error:
        said = str(error)
    if len(text) <= _LONGEST_LITERAL:
        try:
            return ast.literal_eval(text.strip())
        except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
            pass
    raise Unreadable(f'{what} cannot be read as JSON: {said}; put a text in quotes')


def inputs_of(text: str) -> dict[str, Any]:
    """Return inputs by name, none for an empty text; raise Unreadable."""
    found = value_of('the inputs', text)
    if found is None:
        return {}
    if not isinstance(found, dict) or not all(isinstance(name, str) for name in found):
        raise Unreadable('the inputs have to be a JSON object, such as {"n": 3}')
    return found


def number_of(what: str, text: str) -> float | None:
    """Return the number that a text stands for, None for an empty one; raise Unreadable."""
    if not text.strip():
        return None
    try:
        return float(text)
    except ValueError:
        raise Unreadable(f'{what} has to be a number') from None


def lines_of(text: str) -> str:
    """Return a text as it was typed: browsers send the ends of lines as the network writes them."""
    return text.replace('\r\n', '\n')


def as_written(value: Any) -> str:
    """Return a value for a form to begin with: as JSON, or as Python writes it where JSON would make another value of it."""
    return json.dumps(value, ensure_ascii=False) if plain(value) == value else repr(value)
