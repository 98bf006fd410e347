"""Render script values for people: bounded in size and depth, and never running a script's code."""

from __future__ import annotations

import reprlib
from collections.abc import Iterable
from itertools import islice
from types import FunctionType, GeneratorType
from typing import Any, Final

from monty_flow.interpreter.errors import LimitReached
from monty_flow.interpreter.runtime.classes import SCRIPT_TYPES, ScriptRoot, is_script_function, slots_of
from monty_flow.interpreter.runtime.text import repr_of

#: Characters of one rendered value.
MAX_TEXT = 300
#: Attributes of one instance that are shown.
MAX_ATTRIBUTES = 8
#: Types whose values can be put in order without a method of the script.
_ORDERED: Final = frozenset({int, float, str, bytes, bool})


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

    def repr_dict(self, x: Any, level: int) -> str:
        # In its own order, which says more than the one of its keys; and to sort is to ask these.
        if x and level <= 0:
            return '{...}'
        pieces = [
            f'{self.repr1(key, level - 1)}: {self.repr1(value, level - 1)}'
            for key, value in islice(x.items(), self.maxdict)
        ]
        return '{' + ', '.join(pieces + ['...'] * (len(x) > self.maxdict)) + '}'

    def repr_set(self, x: Any, level: int) -> str:
        return self._of_members(x, level, 'set()', '{', '}')

    def repr_frozenset(self, x: Any, level: int) -> str:
        return self._of_members(x, level, 'frozenset()', 'frozenset({', '})')

    def _of_members(self, x: Iterable[Any], level: int, empty: str, left: str, right: str) -> str:
        members = list(x)
        if not members:
            return empty
        if level <= 0:
            return f'{left}...{right}'
        kinds = set(map(type, members))
        if len(kinds) == 1 and kinds <= _ORDERED:
            members.sort()
        pieces = [self.repr1(member, level - 1) for member in members[: self.maxset]]
        return left + ', '.join(pieces + ['...'] * (len(members) > self.maxset)) + right

    def repr_instance(self, x: Any, level: int) -> str:
        kind = type(x)
        shows: object = kind.__repr__
        if type(kind) in SCRIPT_TYPES and (is_script_function(shows) or shows is ScriptRoot.__repr__):
            return self._by_attributes(x, kind, level)
        # Bounded in work, and without addresses; `reprlib` would take the whole repr first.
        text = repr_of(x)
        return text if len(text) <= self.maxother else f'{text[: self.maxother - 3]}...'

    def _by_attributes(self, x: Any, kind: type, level: int) -> str:
        """Return what an instance holds, since its own `__repr__` is the script's code."""
        name = type.__getattribute__(kind, '__name__')
        held = {slot.__name__: slot.__get__(x) for slot in slots_of(kind) if _is_bound(slot, x)}
        if kind.__dictoffset__:
            held |= object.__getattribute__(x, '__dict__')
        shown = {attribute: value for attribute, value in held.items() if not attribute.startswith(('$', '__'))}
        if shown and level <= 0:
            return f'<{name} ...>'
        pieces = [
            f'{attribute}={self.repr1(value, level - 1)}' for attribute, value in islice(shown.items(), MAX_ATTRIBUTES)
        ]
        listed = ', '.join(pieces + ['...'] * (len(shown) > MAX_ATTRIBUTES))
        return f'<{name} {listed}>' if listed else f'<{name}>'


def _is_bound(slot: Any, x: Any) -> bool:
    try:
        slot.__get__(x)
    except AttributeError:
        return False
    return True


_renderer = _Renderer()


def render_value(value: Any) -> str:
    """Return short text for a script value."""
    try:
        text = _renderer.repr(value)
    except (Exception, LimitReached):
        return f'<{type(value).__name__}>'
    return text if len(text) <= MAX_TEXT else text[: MAX_TEXT - 3] + '...'
