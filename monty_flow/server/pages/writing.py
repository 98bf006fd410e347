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
        raise Unreadable(f'{what} is nested too deeply') from None
    except ValueError as error:
        said = str(error)
    if len(text) <= _LONGEST_LITERAL:
        try:
            return ast.literal_eval(text.strip())
        except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
            pass
    raise Unreadable(f'{what} is no JSON: {said}; put a text in quotes')


def as_written(value: Any) -> str:
    """Return a value for a form to begin with: as JSON, or as Python writes it where JSON would make another value of it."""
    return json.dumps(value, ensure_ascii=False) if plain(value) == value else repr(value)
