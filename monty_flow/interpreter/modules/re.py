"""`re`: Python's regular expressions (`matching.py`)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from monty_flow.interpreter.modules.matching import CACHED_PATTERNS, Match, Pattern, PatternError, Text, make_pattern
from monty_flow.interpreter.modules.module import Definition, Functions
from monty_flow.interpreter.modules.scripted import Scripted
from monty_flow.interpreter.runtime.run import Run

_SPECIAL = {ord(char): '\\' + char for char in '()[]{}?*+-|^$\\.&~# \t\n\r\v\f'}


class ReFunctions(Functions):
    """The functions of `re`."""

    __slots__ = ('_patterns',)
    module = 're'
    #: The run's patterns by source and given flags, emptied when full.
    _patterns: dict[tuple[Text, int], Pattern]

    def __init__(self, run: Run) -> None:
        super().__init__(run)
        self._set(_patterns={})

    def compile(self, pattern: Text | Pattern, flags: int = 0) -> Pattern:
        if type(flags) is not int:
            flags = int(flags)
        known = self._patterns.get((pattern, flags)) if type(pattern) is str else None
        if known is not None:
            return known
        if type(pattern) is Pattern:
            if flags:
                raise ValueError('cannot process flags argument with a compiled pattern')
            return pattern
        if isinstance(pattern, str):
            exact = str.__str__(pattern)
            made = make_pattern(self._run, exact, flags)
            if len(self._patterns) >= CACHED_PATTERNS:
                self._patterns.clear()
            self._patterns[exact, flags] = made
            return made
        if isinstance(pattern, (bytes, bytearray)):
            return make_pattern(self._run, bytes(memoryview(pattern)), flags)
        raise TypeError('first argument must be string or compiled pattern')

    def search(self, pattern: Text | Pattern, string: Text, flags: int = 0) -> Match | None:
        return self.compile(pattern, flags).search(string)

    def match(self, pattern: Text | Pattern, string: Text, flags: int = 0) -> Match | None:
        return self.compile(pattern, flags).match(string)

    def fullmatch(self, pattern: Text | Pattern, string: Text, flags: int = 0) -> Match | None:
        return self.compile(pattern, flags).fullmatch(string)

    def split(self, pattern: Text | Pattern, string: Text, maxsplit: int = 0, flags: int = 0) -> list[Any]:
        return self.compile(pattern, flags).split(string, maxsplit)

    def findall(self, pattern: Text | Pattern, string: Text, flags: int = 0) -> list[Any]:
        return self.compile(pattern, flags).findall(string)

    def finditer(self, pattern: Text | Pattern, string: Text, flags: int = 0) -> Iterator[Match]:
        return self.compile(pattern, flags).finditer(string)

    def sub(self, pattern: Text | Pattern, repl: Any, string: Text, count: int = 0, flags: int = 0) -> Text:
        return self.compile(pattern, flags).sub(repl, string, count)

    def subn(
        self, pattern: Text | Pattern, repl: Any, string: Text, count: int = 0, flags: int = 0
    ) -> tuple[Text, int]:
        return self.compile(pattern, flags).subn(repl, string, count)

    def escape(self, pattern: Text) -> Text:
        self._run.charge(len(pattern) >> 4)
        self._run.reserve(2 * len(pattern))
        if isinstance(pattern, str):
            return str.__str__(pattern).translate(_SPECIAL)
        return bytes(memoryview(pattern)).decode('latin-1').translate(_SPECIAL).encode('latin-1')

    def purge(self) -> None:
        """Do nothing: the cache is not the script's."""


MODULE = Definition(
    're',
    static={
        'Pattern': Pattern,
        'Match': Match,
        'error': PatternError,
        'PatternError': PatternError,
    },
    functions=ReFunctions,
    scripted=Scripted('re'),
    left_out={
        'it prints to the host': 'DEBUG',
        'CPython took it out of the language': 'T TEMPLATE template',
        'it is not meant for users of the module': 'copyreg enum functools Scanner',
    },
)
