"""What `json.dumps` is given: measured before it is written, and rebuilt of plain values where it holds anything else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from monty_flow.interpreter.runtime.run import Run

Hook: TypeAlias = Callable[[Any], Any]
#: Levels of nesting; CPython's own recursion limit stops a little above.
MAX_DEPTH = 900
_NUMBER_SIZE = 26  # the longest repr of a float, with a separator
_NODE_SIZE = 4  # brackets and separators of one element
WIDEST_ESCAPE = 6
LONG = 65_536  # characters of a str, or of a text to parse, that are looked at
_CONTROLS = ''.join(chr(code) for code in range(32) if chr(code) not in '\n\r\t\b\f')
_REBUILT_NODE_BYTES = 64
_CHARGE_EVERY = 1000  # nodes; a charge costs as much as a small container
_CONSTANTS = frozenset({float, bool, type(None)})
_ONLY_STR = frozenset({str})
_ONLY_INT = frozenset({int})
_SCALARS: frozenset[type] = frozenset({str, int, float, bool, type(None)})


class NotPlain(Exception):
    """The value holds something else than exact built-in types."""


class Measure:
    """Add up an upper bound of the size of a value's JSON text."""

    __slots__ = ('_charged', '_open', '_run', 'deepest', 'nodes', 'size')

    def __init__(self, run: Run) -> None:
        self._run = run
        self._open: set[int] = set()
        self.size = 0
        self.nodes = 0
        self.deepest = 0
        self._charged = 0

    def walk(self, value: Any) -> None:
        """Add a value; one Python frame for each level of nesting."""
        kind = type(value)
        if kind is dict:
            if not self._add_scalars(value):
                raise NotPlain
            children = value.values()
        elif kind is list or kind is tuple:
            children = value
        elif kind in _SCALARS:
            self.size += self._text_size(value) if kind is str else _scalar_size(value, kind)
            return
        else:
            raise NotPlain
        count = len(children)
        self.nodes += count + 1
        self.size += count * _NODE_SIZE + 2
        if self.nodes > self._charged + _CHARGE_EVERY:
            self.settle()
        if self._add_scalars(children):
            return
        _enter(self._open, value)
        self.deepest = max(self.deepest, len(self._open))
        for child in children:
            kind = type(child)
            if kind is str:
                self.size += self._text_size(child)
            elif kind in _CONSTANTS:
                self.size += _NUMBER_SIZE
            else:
                self.walk(child)
        self._open.discard(id(value))

    def _text_size(self, text: str) -> int:
        """Return the size of a str as JSON; a long one, which is made in one piece, must fit by itself."""
        if len(text) <= LONG:
            return len(text) * WIDEST_ESCAPE + 2
        size = escaped_size(text)
        self._run.charge(len(text) >> 3)
        self._run.reserve(size)
        return size

    def settle(self) -> None:
        """Charge for the nodes that were not yet charged for."""
        self._run.charge(self.nodes - self._charged)
        self._charged = self.nodes

    def _add_scalars(self, values: Any) -> bool:
        """Add values that are all scalars, at the speed of C where they are alike; return whether they are."""
        kinds = set(map(type, values))
        if str in kinds and sum([len(value) for value in values if type(value) is str]) > LONG:
            return False
        if kinds == _ONLY_STR:
            self.size += sum(map(len, values)) * WIDEST_ESCAPE + 2 * len(values)
        elif not kinds <= _SCALARS:
            return False
        elif kinds == _ONLY_INT:
            self.size += sum(map(int.bit_length, values)) // 3 + 3 * len(values)
        elif kinds <= _CONSTANTS:
            self.size += len(values) * _NUMBER_SIZE
        else:
            self.size += sum(_scalar_size(value, type(value)) for value in values)
        return True


def _scalar_size(value: Any, kind: type) -> int:
    if kind is str:
        return len(value) * WIDEST_ESCAPE + 2
    if kind is int:
        return int.bit_length(value) // 3 + 3
    return _NUMBER_SIZE


def escaped_size(text: str) -> int:
    """Return the characters that a str takes as JSON in ASCII."""
    escaped = sum(map(text.count, '"\\\n\r\t\b\f'))
    size = len(text) + 2 + escaped + 5 * (sum(map(text.count, _CONTROLS)))
    return size if text.isascii() else size + 11 * (len(text) - len(text.encode('ascii', 'ignore')))


def parsed_size(text: str) -> int:
    """Return the bytes that the values of a JSON text take, about: a text of brackets and commas becomes far bigger."""
    commas, quotes = text.count(','), text.count('"')
    numbers = max(0, commas - quotes // 2)
    return 56 * text.count('[') + 184 * text.count('{') + 8 * commas + 12 * numbers + 25 * quotes + len(text)


def _enter(open_containers: set[int], value: Any) -> None:
    """Note that the walk is inside `value`; refuse a cycle, and nesting that is too deep."""
    if id(value) in open_containers:
        raise ValueError('Circular reference detected')
    if len(open_containers) >= MAX_DEPTH:
        kind = 'object' if isinstance(value, dict) else 'array'
        raise RecursionError(f'maximum recursion depth exceeded while encoding a JSON {kind}')
    open_containers.add(id(value))


class Rebuild:
    """Copy a value into exact built-in types, with `default` for what JSON has no form for."""

    __slots__ = ('_default', '_nodes', '_open', '_run', '_skip_keys')

    def __init__(self, run: Run, default: Hook | None, skip_keys: bool) -> None:
        self._run = run
        self._default = default
        self._skip_keys = skip_keys
        self._open: set[int] = set()
        self._nodes = 0

    def walk(self, value: Any) -> Any:
        self._run.charge(1)
        self._nodes += 1
        self._run.reserve(self._nodes * _REBUILT_NODE_BYTES)
        if value is None or value is True or value is False:
            return value
        exact = exact_scalar(value)
        if exact is not None:
            return exact
        _enter(self._open, value)
        result = self._container(value)
        self._open.discard(id(value))
        return result

    def _container(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self.walk(item) for item in list.__iter__(value)]
        if isinstance(value, tuple):
            return [self.walk(item) for item in tuple.__iter__(value)]
        if isinstance(value, dict):
            self._run.charge(len(value))
            items = list(dict.items(value))
            return {self._key(key): self.walk(item) for key, item in items if self._accepts(key)}
        if self._default is None:
            raise TypeError(f'Object of type {type(value).__name__} is not JSON serializable')
        return self.walk(self._default(value))

    def _accepts(self, key: Any) -> bool:
        if key is None or isinstance(key, (str, int, float)):
            return True
        if self._skip_keys:
            return False
        raise TypeError(f'keys must be str, int, float, bool or None, not {type(key).__name__}')

    def _key(self, key: Any) -> Any:
        return key if key is None or type(key) is bool else exact_scalar(key)


def exact_scalar(value: Any) -> Any:
    """Return a str, int or float without what a subclass adds, None for any other value."""
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, int):
        return int.__int__(value)
    if isinstance(value, float):
        return float.__float__(value)
    return None
