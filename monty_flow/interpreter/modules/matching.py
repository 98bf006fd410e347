"""Patterns and matches of `re`, on an engine that stops at a time-out.

`Pattern` and `Match` are ours. A Match is plain data (the text and the spans of the groups), a Pattern is its
source and flags, so both can be written in a snapshot: `pattern_state` and `match_state` give what
`make_pattern` and `make_match` take.

The flags are an enumeration in the script language (`scripts/re.py`), and plain ints from here on.

What differs from CPython: `finditer` finds all matches when it is called; and with
IGNORECASE the engine folds case by Unicode's rules, so that a few letters beyond ASCII pair otherwise (a dotted
capital I is not an `i`, and a back reference takes a final sigma for a sigma).
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator
from functools import cached_property, lru_cache, partial
from typing import Any, TypeAlias, cast

from monty_flow.interpreter.errors import LimitReached, TimeLimitError
from monty_flow.interpreter.modules.module import Frozen
from monty_flow.interpreter.modules.pattern_syntax import Engine, compile_exact, compile_native, parse
from monty_flow.interpreter.modules.replacement import Template, parse_template
from monty_flow.interpreter.modules.slices import in_slices, matches_in_slices
from monty_flow.interpreter.runtime.buffers import is_bytes_like
from monty_flow.interpreter.runtime.collections_support import PATTERNS
from monty_flow.interpreter.runtime.immutable import FrozenType
from monty_flow.interpreter.runtime.run import Run
from monty_flow.interpreter.runtime.widths import text_width

Text: TypeAlias = Any  # str, or bytes with a bytes pattern; mypy has no type for "the same as that one"
Span: TypeAlias = tuple[int, int]

#: Seconds that one call may search, since the engine looks at nothing but its own time-out.
MAX_SEARCH_SECONDS = 1.0
#: Characters of a pattern: compiling is quadratic in some of them.
MAX_PATTERN_LENGTH = 10_000
_COMPILE_STEPS = 20  # per character of a pattern
CACHED_PATTERNS = 256
#: Characters of a text up to which its matches are looked for at once, and charged for together.
_SMALL_TEXT = 20_000
_FLAG_NAMES = {
    'A': 'ASCII', 'I': 'IGNORECASE', 'L': 'LOCALE', 'M': 'MULTILINE', 'S': 'DOTALL', 'U': 'UNICODE', 'X': 'VERBOSE',
}  # fmt: skip
_LOCALE = int(re.LOCALE)
_UNICODE = int(re.UNICODE)

# CPython names the class `error` up to 3.12 and `PatternError` from 3.13 on.
PatternError: Any = FrozenType(re.error.__name__, (re.error,), {'__module__': 're'})


class _Compiled:
    """A pattern as all runs share it; the engine for text beyond ASCII is made on first need."""

    def __init__(self, pattern: Text, flags: int) -> None:
        self.parsed = parse(pattern, flags)
        self.native = compile_native(self.parsed)

    @cached_property
    def exact(self) -> Engine:
        return compile_exact(self.parsed)


# Typed, so that a str and a bytes pattern are never taken for one another.
@lru_cache(CACHED_PATTERNS, typed=True)
def _compiled(pattern: Text, flags: int) -> _Compiled:
    return _Compiled(pattern, flags)


class Match(Frozen):
    """What a search found."""

    __module__ = 're'
    __slots__ = ('_regs', '_state')
    _regs: tuple[Span, ...]
    #: The pattern, the text, the bounds of the search, and the number of the last group: written at once, since many are made.
    _state: tuple[Pattern, Text, int, int, int | None]

    def __init__(self) -> None:
        raise TypeError("cannot create 're.Match' instances")

    @property
    def re(self) -> Pattern:
        return self._state[0]

    @property
    def string(self) -> Text:
        return self._state[1]

    @property
    def pos(self) -> int:
        return self._state[2]

    @property
    def endpos(self) -> int:
        return self._state[3]

    @property
    def lastindex(self) -> int | None:
        return self._state[4]

    @property
    def regs(self) -> tuple[Span, ...]:
        return self._regs

    @property
    def lastgroup(self) -> str | None:
        last = self._state[4]
        if last is not None:
            # A tokeniser asks for it at each match.
            for name, number in self.re._compiled.parsed.group_index.items():
                if number == last:
                    return name
        return None

    def group(self, *groups: int | str) -> Any:
        if not groups:
            return self._text(0, None)
        if len(groups) == 1:
            # As `_text` and `_number` do it for any group; this is how most scripts ask.
            group = groups[0]
            start, end = self._regs[
                group if type(group) is int and 0 <= group < len(self._regs) else self._number(group)
            ]
            return None if start < 0 else self._state[1][start:end]
        return tuple(self._text(self._number(group), None) for group in groups)

    def __getitem__(self, group: int | str) -> Any:
        return self._text(self._number(group), None)

    def groups(self, default: Any = None) -> tuple[Any, ...]:
        return tuple(self._text(number, default) for number in range(1, len(self._regs)))

    def groupdict(self, default: Any = None) -> dict[str, Any]:
        return {name: self._text(number, default) for name, number in self.re._compiled.parsed.group_index.items()}

    def start(self, group: int | str = 0, /) -> int:
        return self._regs[self._number(group)][0]

    def end(self, group: int | str = 0, /) -> int:
        return self._regs[self._number(group)][1]

    def span(self, group: int | str = 0, /) -> Span:
        return self._regs[self._number(group)]

    def expand(self, template: Text) -> Text:
        """Fill a template in as `sub` does."""
        return self._fill(self.re._template(template))

    def _text(self, number: int, default: Any) -> Any:
        start, end = self._regs[number]
        return default if start < 0 else self._state[1][start:end]

    def _number(self, group: int | str) -> int:
        number: Any = self.re._compiled.parsed.group_index.get(group) if isinstance(group, str) else group
        if hasattr(type(number), '__index__') and 0 <= (place := operator.index(number)) < len(self._regs):
            return place
        raise IndexError('no such group')

    def _fill(self, template: Template) -> Text:
        run = self.re._run
        empty = self.string[:0]
        texts = [self._text(part, empty) if isinstance(part, int) else self.re._encode(part) for part in template]
        run.charge(len(texts))
        run.reserve(sum(map(len, texts)))
        return empty.join(texts)

    def __copy__(self) -> Match:
        return self

    def __deepcopy__(self, memo: object) -> Match:
        return self

    def __repr__(self) -> str:
        return f'<re.Match object; span={self.span()!r}, match={self.group()!r}>'


class Pattern(Frozen):
    """A compiled pattern of one run."""

    __module__ = 're'
    __slots__ = ('_compiled', '_run', 'flags', 'groups', 'pattern')
    _compiled: _Compiled
    _run: Run
    pattern: Text
    flags: int
    groups: int

    def __init__(self) -> None:
        raise TypeError("cannot create 're.Pattern' instances")

    @property
    def groupindex(self) -> dict[str, int]:
        return dict(self._compiled.parsed.group_index)

    def search(self, string: Text, pos: int = 0, endpos: int | None = None) -> Match | None:
        return self._once('search', string, pos, endpos)

    def match(self, string: Text, pos: int = 0, endpos: int | None = None) -> Match | None:
        return self._once('match', string, pos, endpos)

    def fullmatch(self, string: Text, pos: int = 0, endpos: int | None = None) -> Match | None:
        return self._once('fullmatch', string, pos, endpos)

    def finditer(self, string: Text, pos: int = 0, endpos: int | None = None) -> Iterator[Match]:
        return iter(self._all(string, pos, endpos))

    def findall(self, string: Text, pos: int = 0, endpos: int | None = None) -> list[Any]:
        text = self._checked(string)
        empty = text[:0]
        pos, end = _bounds(text, pos, endpos)
        if end - pos <= _SMALL_TEXT:
            texts: list[Any] = self._at_once('findall', text, pos, end)
            self._run.charge(len(texts) * (1 + self.groups))
            return texts
        found = self._found(text, pos, end)
        if self.groups == 0:
            return [match[0] for match in found]
        if self.groups == 1:
            return [match[1] or empty for match in found]
        return [match.groups(empty) for match in found]

    def split(self, string: Text, maxsplit: int = 0) -> list[Any]:
        parts: list[Any] = []
        at = 0
        text = self._checked(string)
        for match in self._all(text, 0, None, at_most=maxsplit):
            parts.append(text[at : match.start()])
            parts.extend(match.groups())
            at = match.end()
        parts.append(text[at:])
        return parts

    def sub(self, repl: Text | Callable[[Match], Text], string: Text, count: int = 0) -> Text:
        return self.subn(repl, string, count)[0]

    def subn(self, repl: Text | Callable[[Match], Text], string: Text, count: int = 0) -> tuple[Text, int]:
        text = self._checked(string)
        if count < 0:
            return text, 0
        template = None if callable(repl) else self._template(repl)
        literal = None if template is None else self._literal(template)
        if literal is not None:
            return self._replace(text, literal, count)
        reserve = self._run.reserve
        pieces: list[Text] = []
        at = size = made = 0
        for found in self._found(text, 0, len(text)):
            # Twice as quick as `span()`.
            start, end = found.regs[0]
            if at < start:
                pieces.append(text[at:start])
            at = end
            made += 1
            match = self._made(found, text, 0, len(text))
            piece = cast(Callable[[Match], Text], repl)(match) if template is None else match._fill(template)
            if piece is not None:
                pieces.append(piece)
                size += len(piece) if isinstance(piece, (str, bytes)) else 0
                reserve(size)
            if made == count:
                break
        if at < len(text):
            pieces.append(text[at:])
        return text[:0].join(pieces), made

    def _replace(self, text: Text, literal: Text, count: int) -> tuple[Text, int]:
        """Return the text with what matches replaced by a literal, and how often."""
        if not self.groups and len(text) <= _SMALL_TEXT and self._compiled.parsed.tree.getwidth()[0] > 0:
            # Without groups and empty matches, what is split off is what is kept.
            parts = self._at_once('split', text, count)
            self._run.charge(len(parts))
            self._reserve_text(text, literal, len(parts) - 1)
            return literal.join(parts), len(parts) - 1
        between: list[Text] = []
        at = 0
        for found in self._found(text, 0, len(text)):
            start, end = found.regs[0]
            between.append(text[at:start])
            at = end
            if len(between) == count:
                break
        made = len(between)
        between.append(text[at:])
        self._reserve_text(text, literal, made)
        return literal.join(between), made

    def _reserve_text(self, text: Text, literal: Text, times: int) -> None:
        self._run.reserve((len(text) + times * len(literal)) * max(text_width(text), text_width(literal)))

    def _at_once(self, method: str, text: Text, *bounds: int) -> Any:
        """Let the engine make all of a result for a short text."""
        engine = self._engine(text)
        make = getattr(engine, method)
        if engine.is_quick(len(text)):
            return make(text, *bounds)
        try:
            return in_slices(self._run, self._seconds_left, partial(make, text, *bounds))
        except TimeoutError:
            raise LimitReached(self._too_long()) from None

    def _literal(self, template: Template) -> Text | None:
        """Return the text of a template without groups, None for one with some."""
        if any(isinstance(part, int) for part in template):
            return None
        return self._encode(''.join(map(str, template)))

    def _once(self, method: str, string: Text, pos: int, endpos: int | None) -> Match | None:
        text = self._checked(string)
        self._run.charge(1)
        pos, end = _bounds(text, pos, endpos)
        try:
            engine = self._engine(text)
            find = getattr(engine, method)
            # The engine's time-out costs many times what a simple search does.
            quick = engine.is_quick(len(text)) if method == 'search' else engine.is_quick_at(len(text))
            found = (
                find(text, pos, end)
                if quick
                else in_slices(self._run, self._seconds_left, partial(find, text, pos, end))
            )
        except TimeoutError:
            raise LimitReached(self._too_long()) from None
        return None if found is None else self._made(found, text, pos, end)

    def _all(self, string: Text, pos: int, endpos: int | None, at_most: int = 0) -> list[Match]:
        """Find every match, or the first `at_most` ones; none if that is negative."""
        text = self._checked(string)
        if at_most < 0:
            return []
        pos, end = _bounds(text, pos, endpos)
        matches: list[Match] = []
        for found in self._found(text, pos, end):
            # As `make_match` does it: there may be many.
            match: Match = _new(Match)
            _put_regs(match, found.regs)
            _put_state(match, (self, text, pos, end, found.lastindex))
            matches.append(match)
            if len(matches) == at_most:
                break
        return matches

    def _found(self, text: Text, pos: int, end: int) -> Iterator[Any]:
        """Give the engine's own matches, charged for."""
        engine = self._engine(text)
        if engine.is_quick(len(text)):
            matches = engine.finditer(text, pos, end)
        else:
            matches = matches_in_slices(self._run, self._seconds_left, engine, text, pos, end)
        if end - pos > _SMALL_TEXT:
            return self._charged(matches)
        try:
            found = [*matches]
        except TimeoutError:
            raise LimitReached(self._too_long()) from None
        self._run.charge(len(found) * (1 + self.groups))
        return iter(found)

    def _charged(self, matches: Iterator[Any]) -> Iterator[Any]:
        charge, steps = self._run.charge, 1 + self.groups
        try:
            for found in matches:
                charge(steps)
                yield found
        except TimeoutError:
            raise LimitReached(self._too_long()) from None

    def _made(self, found: Any, text: Text, pos: int, endpos: int) -> Match:
        return make_match(self, text, pos, endpos, found.regs, found.lastindex)

    def _engine(self, text: Text) -> Engine:
        return self._compiled.native if type(text) is bytes or text.isascii() else self._compiled.exact

    def _seconds_left(self) -> float:
        """Return the seconds that one search may take."""
        limit = self._run.limits.max_duration_secs
        if limit is None:
            return MAX_SEARCH_SECONDS
        # The engine takes 0 for no time-out.
        return max(min(limit - self._run.seconds_used, MAX_SEARCH_SECONDS), 0.001)

    def _too_long(self) -> TimeLimitError:
        """Return the error for a search that took longer than it may."""
        limit = self._run.limits.max_duration_secs
        if limit is not None and limit - self._run.seconds_used < MAX_SEARCH_SECONDS:
            return TimeLimitError('max_duration_secs', limit)
        return TimeLimitError('regex_search_secs', MAX_SEARCH_SECONDS)

    def _checked(self, string: Text) -> Text:
        """Return the text as an exact str or bytes, of the pattern's own kind."""
        if isinstance(string, str):
            if not self._compiled.parsed.is_text:
                raise TypeError('cannot use a bytes pattern on a string-like object')
            return str.__str__(string)
        if is_bytes_like(string):
            if self._compiled.parsed.is_text:
                raise TypeError('cannot use a string pattern on a bytes-like object')
            return string if type(string) is bytes else bytes(memoryview(string))
        raise TypeError(f"expected string or bytes-like object, got '{type(string).__name__}'")

    def _template(self, source: Text) -> Template:
        text = self._checked_template(source)
        self._run.charge(len(text))
        try:
            return parse_template(text, self.groups, self._compiled.parsed.group_index)
        except re.error as error:
            raise PatternError(error.msg, error.pattern, error.pos) from None

    def _checked_template(self, source: Text) -> str:
        exact = self._checked(source)
        return exact if isinstance(exact, str) else exact.decode('latin-1')

    def _encode(self, text: str) -> Text:
        return text if self._compiled.parsed.is_text else text.encode('latin-1')

    def __eq__(self, other: object) -> bool:
        if type(other) is not Pattern:
            return NotImplemented
        return self.flags == other.flags and type(self.pattern) is type(other.pattern) and self.pattern == other.pattern

    def __hash__(self) -> int:
        return hash((self.flags, self.pattern))

    def __copy__(self) -> Pattern:
        return self

    def __deepcopy__(self, memo: object) -> Pattern:
        return self

    def __repr__(self) -> str:
        implied = _UNICODE if self._compiled.parsed.is_text else 0
        names = [name for letter, name in _FLAG_NAMES.items() if self.flags & ~implied & int(getattr(re, letter))]
        # In the order of their values, as CPython's enum shows them.
        names.sort(key=lambda name: int(getattr(re, name)))
        flags = ', ' + '|'.join(f're.{name}' for name in names) if names else ''
        return f're.compile({repr(self.pattern)[:200]}{flags})'


PATTERNS.add(Pattern)


def pattern_state(pattern: Pattern) -> tuple[Text, int]:
    """Return the source and flags that `make_pattern` takes."""
    return pattern.pattern, pattern.flags


def match_state(match: Match) -> tuple[Pattern, Text, int, int, tuple[Span, ...], int | None]:
    """Return what `make_match` takes."""
    return match.re, match.string, match.pos, match.endpos, match._regs, match.lastindex


def make_pattern(run: Run, pattern: Text, flags: int) -> Pattern:
    """Return the Pattern of an exact str or bytes; raise `re.error` as CPython does."""
    if len(pattern) > MAX_PATTERN_LENGTH:
        raise PatternError(f'pattern of more than {MAX_PATTERN_LENGTH} characters')
    if flags & _LOCALE and isinstance(pattern, bytes):
        raise ValueError('the LOCALE flag is not supported in the sandbox')
    run.charge(len(pattern) * _COMPILE_STEPS)
    try:
        compiled = _compiled(pattern, flags)
    except re.error as error:
        raise PatternError(error.msg, error.pattern, error.pos) from None
    parsed = compiled.parsed
    made: Pattern = object.__new__(Pattern)
    made._set(_run=run, _compiled=compiled, pattern=pattern, flags=parsed.flags, groups=parsed.groups)
    return made


def make_match(
    pattern: Pattern, string: Text, pos: int, endpos: int, regs: tuple[Span, ...], lastindex: int | None
) -> Match:
    """Return the Match with these spans."""
    made: Match = _new(Match)
    _put_regs(made, regs)
    _put_state(made, (pattern, string, pos, endpos, lastindex))
    return made


_new = object.__new__
_put_regs = vars(Match)['_regs'].__set__
_put_state = vars(Match)['_state'].__set__


def _bounds(text: Text, pos: int, endpos: int | None) -> Span:
    """Clamp the part of the text to search, as CPython does."""
    size = len(text)
    start = min(max(pos, 0), size)
    end = size if endpos is None else min(max(endpos, 0), size)
    return start, end
