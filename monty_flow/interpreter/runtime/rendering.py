"""Render script values for people: bounded in size and depth, and never running a script's code."""

from __future__ import annotations

import reprlib
from types import FunctionType, GeneratorType
from typing import Any

from monty_flow.interpreter.errors import LimitReached
from monty_flow.interpreter.runtime.classes import SCRIPT_TYPES
from monty_flow.interpreter.runtime.text import repr_of

#: Characters of one rendered value.
MAX_TEXT = 300


class _Renderer(reprlib.Repr):
    """`reprlib` with bounds for a page, and names instead of addresses."""

    def __init__(self) -> None:
        super().__init__()
        self.maxlevel = 4
        self.maxdict = self.maxlist = self.maxtuple = self.maxset = self.maxfrozenset = 12
        self.maxstring = 120
        self.maxlong = 60
        self.maxother = 80

    def repr1(self, x: Any, level: int) -> str:
        if type(type(x)) in SCRIPT_TYPES:
            # `reprlib` goes by the names of types, which a script gives as it likes.
            return self.repr_instance(x, level)
        if type(x) is FunctionType:
            return f'<function {x.__name__}>'
        if type(x) is GeneratorType:
            return '<generator object>'
        return super().repr1(x, level)

    def repr_instance(self, x: Any, level: int) -> str:
        # Bounded in work, and without addresses; `reprlib` would take the whole repr first.
        text = repr_of(x)
        return text if len(text) <= self.maxother else f'{text[: self.maxother - 3]}...'


_renderer = _Renderer()


def render_value(value: Any) -> str:
    """Return short text for a script value."""
    try:
        text = _renderer.repr(value)
    except (Exception, LimitReached):
        return f'<{type(value).__name__}>'
    return text if len(text) <= MAX_TEXT else text[: MAX_TEXT - 3] + '...'
