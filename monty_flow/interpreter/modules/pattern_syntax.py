"""Patterns of `re` in the syntax of the `regex` package.

Matching must stop at a time-out, which only `regex` offers; but its syntax is larger than `re`'s (fuzzy
matching, POSIX classes, recursion), and its classes of characters are not the same. So CPython's own parser
reads the pattern, with CPython's messages for bad ones, and its tree is written out again with every
character escaped and every class spelled out. What `regex` compiles thus means what the tree means.

Classes such as `\\w` are written twice: natively, right and fast for ASCII text, and as the sets that
CPython means, for any other text.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from re import _constants as sre  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

import regex

from monty_flow.interpreter.records import record

#: Items of a pattern with each required repeat written out, which is what `regex` does when it compiles.
MAX_EXPANDED_SIZE = 50_000
#: Added to the choices of a pattern for one choice inside a repeat: their number is then exponential.
NESTED = 100
_FEW_CHOICES = 4
#: Items that are one character of the text.
_SINGLE = (sre.LITERAL, sre.NOT_LITERAL, sre.ANY, sre.IN)
_QUICK_STEPS = 2_000_000
_FLAG_LETTERS = ((sre.SRE_FLAG_ASCII, 'a'), (sre.SRE_FLAG_IGNORECASE, 'i'), (sre.SRE_FLAG_MULTILINE, 'm'),
                 (sre.SRE_FLAG_DOTALL, 's'), (sre.SRE_FLAG_UNICODE, 'u'))  # fmt: skip
_POSITIONS: Mapping[Any, str] = {
    sre.AT_BEGINNING: '^',
    sre.AT_BEGINNING_STRING: r'\A',
    sre.AT_END: '$',
    sre.AT_END_STRING: r'\Z',
}
#: (set, negated, native form) of each class of characters, for text patterns without re.ASCII.
_SPACE = r'\x09-\x0d\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000'
_WORD = r'\p{L}\p{N}_'
_CATEGORIES: Mapping[Any, tuple[str, bool, str]] = {
    sre.CATEGORY_DIGIT: (r'\p{Nd}', False, r'\d'),
    sre.CATEGORY_NOT_DIGIT: (r'\p{Nd}', True, r'\D'),
    sre.CATEGORY_WORD: (_WORD, False, r'\w'),
    sre.CATEGORY_NOT_WORD: (_WORD, True, r'\W'),
    sre.CATEGORY_SPACE: (_SPACE, False, r'\s'),
    sre.CATEGORY_NOT_SPACE: (_SPACE, True, r'\S'),
}
_SPACES = frozenset({sre.CATEGORY_SPACE, sre.CATEGORY_NOT_SPACE})
_BOUNDARY = rf'(?:(?<=[{_WORD}])(?![{_WORD}])|(?<![{_WORD}])(?=[{_WORD}]))'
# Up to Python 3.13 `\B` does not match in an empty text.
_NOT_BOUNDARY = rf'(?:(?!\A\Z)(?:(?<=[{_WORD}])(?=[{_WORD}])|(?<![{_WORD}])(?![{_WORD}])))'


@record(frozen=True)
class Parsed:
    """What CPython's parser says of a pattern."""

    tree: Any
    flags: int
    groups: int
    group_index: Mapping[str, int]
    is_text: bool


@record(frozen=True)
class Engine:
    """A compiled pattern, and what is needed to bound the work of a search."""

    search: Callable[..., Any]
    match: Callable[..., Any]
    fullmatch: Callable[..., Any]
    finditer: Callable[..., Any]
    findall: Callable[..., Any]
    split: Callable[..., Any]
    #: Items with required repeats written out.
    size: int
    #: Places where the engine may have to try another way, or to compare a long text; NESTED or more where they are inside one another.
    choices: int
    #: Whether the last item repeats one character as often as it can: nothing after it can fail and ask for another way.
    ends_greedily: bool

    def is_quick(self, length: int) -> bool:
        """Return whether all searches in a text of this length, one behind the other, are too short to need a time-out.

        From each of `length` places, each choice is made in at most `length` ways, and each way takes `size` steps. Searches
        that follow each other begin at different places. What a repeat at the end takes is not looked at again.
        """
        choices = self.choices - self.ends_greedily
        return choices <= _FEW_CHOICES and max(length, self.size) ** (choices + 1) * self.size <= _QUICK_STEPS

    def is_quick_at(self, length: int) -> bool:
        """Return whether any match at one place of a text of this length, perhaps up to its end, is as short."""
        return self.choices <= _FEW_CHOICES and max(length, self.size) ** self.choices * self.size <= _QUICK_STEPS


def parse(pattern: str | bytes, flags: int) -> Parsed:
    """Read a pattern as CPython does; raise `re.error` as it does."""
    tree = parser.parse(pattern, flags)
    state = tree.state
    return Parsed(tree, int(state.flags), state.groups - 1, dict(state.groupdict), isinstance(pattern, str))


def compile_native(parsed: Parsed) -> Engine:
    """Compile for ASCII text, bytes and patterns with re.ASCII."""
    return _compile(parsed, exact=False)


def compile_exact(parsed: Parsed) -> Engine:
    """Compile for text of any characters."""
    return _compile(parsed, exact=parsed.is_text)


def _compile(parsed: Parsed, *, exact: bool) -> Engine:
    writer = _Writer(exact)
    source = writer.sequence(parsed.tree, parsed.flags)
    flags = regex.VERSION0
    for bit, letter in _FLAG_LETTERS:
        if parsed.flags & bit:
            flags |= getattr(regex, letter.upper())
    text: str | bytes = source if parsed.is_text else source.encode('latin-1')
    made = regex.compile(text, flags=flags, cache_pattern=False)
    greedy = _ends_greedily(parsed.tree)
    return Engine(
        made.search, made.match, made.fullmatch, made.finditer, made.findall, made.split, writer.size, writer.choices, greedy
    )  # fmt: skip


def _ends_greedily(tree: Any) -> bool:
    """Return whether a pattern ends in a greedy repeat of one character."""
    if not len(tree):
        return False
    op, argument = tree[len(tree) - 1]
    return (
        op is sre.MAX_REPEAT and argument[0] != argument[1] and len(argument[2]) == 1 and argument[2][0][0] in _SINGLE
    )


class _Writer:
    """Write a tree of CPython's parser in the syntax of `regex`."""

    def __init__(self, exact: bool) -> None:
        self._exact = exact
        self._copies = 1
        self._in_repeat = False
        self.size = 0
        self.choices = 0

    def sequence(self, items: Any, flags: int) -> str:
        self.size += self._copies * (len(items) + 1)
        if self.size > MAX_EXPANDED_SIZE:
            raise sre.error(f'pattern repeats more than {MAX_EXPANDED_SIZE} items')
        return ''.join(_WRITERS[op](self, argument, flags) for op, argument in items)

    def literal(self, code: int, flags: int) -> str:
        return _escaped(code)

    def not_literal(self, code: int, flags: int) -> str:
        return f'[^{_escaped(code)}]'

    def any(self, _: None, flags: int) -> str:
        return '.'

    def one_of(self, items: Any, flags: int) -> str:
        """Write a set; a negated class in it becomes an alternative where it has no native form."""
        members: list[str] = []
        alternatives: list[str] = []
        negated = False
        for op, argument in items:
            if op is sre.NEGATE:
                negated = True
            elif op is sre.LITERAL:
                members.append(_escaped(argument))
            elif op is sre.RANGE:
                members.append(f'{_escaped(argument[0])}-{_escaped(argument[1])}')
            else:
                text, excluded = self._category(argument, flags)
                (alternatives if excluded else members).append(f'[^{text}]' if excluded else text)
        if not alternatives:
            return f'[{"^" if negated else ""}{"".join(members)}]'
        if members:
            alternatives.append(f'[{"".join(members)}]')
        choice = '|'.join(alternatives)
        # Atomic, since each alternative is one character: what overlaps must not be tried twice.
        return f'(?:(?!{choice})(?s:.))' if negated else f'(?>{choice})'

    def _category(self, category: Any, flags: int) -> tuple[str, bool]:
        """Return the text of a class in a set, and whether the set must be negated for it."""
        text, negated, native = _CATEGORIES[category]
        if flags & sre.SRE_FLAG_UNICODE and (self._exact or category in _SPACES):
            return text, negated
        return native, False

    def category(self, category: Any, flags: int) -> str:
        return self.one_of([(sre.CATEGORY, category)], flags)

    def position(self, where: Any, flags: int) -> str:
        known = _POSITIONS.get(where)
        if known is not None:
            return known
        inside = where is sre.AT_BOUNDARY
        if self._exact and flags & sre.SRE_FLAG_UNICODE:
            return _BOUNDARY if inside else _NOT_BOUNDARY
        return r'\b' if inside else r'(?:(?!\A\Z)\B)'

    def _choose(self) -> None:
        self.choices += NESTED if self._in_repeat else self._copies

    def branch(self, argument: Any, flags: int) -> str:
        self._choose()
        return f'(?:{"|".join(self.sequence(item, flags) for item in argument[1])})'

    def group(self, argument: Any, flags: int) -> str:
        number, added, removed, items = argument
        if number is not None:
            return f'({self.sequence(items, flags)})'
        inner = flags
        if added & (sre.SRE_FLAG_ASCII | sre.SRE_FLAG_UNICODE):
            inner &= ~(sre.SRE_FLAG_ASCII | sre.SRE_FLAG_UNICODE)
        inner = (inner | added) & ~removed
        on, off = _letters(added), _letters(removed)
        return f'(?{on}{"-" if off else ""}{off}:{self.sequence(items, inner)})'

    def repeat(self, argument: Any, flags: int, suffix: str = '') -> str:
        least, most, items = argument
        bounds = f'{{{least},{"" if most is sre.MAXREPEAT else most}}}'
        outside = self._copies, self._in_repeat
        if least != most:
            self._choose()
            self._in_repeat = True
        self._copies *= max(least, 1)
        text = self.sequence(items, flags)
        self._copies, self._in_repeat = outside
        return f'(?:{text}){bounds}{suffix}'

    def repeat_lazily(self, argument: Any, flags: int) -> str:
        return self.repeat(argument, flags, '?')

    def repeat_possessively(self, argument: Any, flags: int) -> str:
        return self.repeat(argument, flags, '+')

    def atomic(self, items: Any, flags: int) -> str:
        return f'(?>{self.sequence(items, flags)})'

    def look(self, argument: Any, flags: int, sign: str = '=') -> str:
        direction, items = argument
        if direction > 0:
            return f'(?{sign}{self.sequence(items, flags)})'
        shortest, longest = items.getwidth()
        if shortest != longest:
            raise sre.error('look-behind requires fixed-width pattern')
        return f'(?<{sign}{self.sequence(items, flags)})'

    def look_not(self, argument: Any, flags: int) -> str:
        return self.look(argument, flags, '!')

    def same_as(self, number: int, flags: int) -> str:
        # It is compared character by character, as often as it is reached.
        self._choose()
        return rf'\g<{number}>'

    def conditional(self, argument: Any, flags: int) -> str:
        number, then, otherwise = argument
        no = '' if otherwise is None else f'|{self.sequence(otherwise, flags)}'
        return f'(?({number}){self.sequence(then, flags)}{no})'

    def failure(self, _: None, flags: int) -> str:
        return '(?!)'


_WRITERS: Mapping[Any, Callable[[_Writer, Any, int], str]] = {
    sre.LITERAL: _Writer.literal,
    sre.NOT_LITERAL: _Writer.not_literal,
    sre.ANY: _Writer.any,
    sre.IN: _Writer.one_of,
    sre.CATEGORY: _Writer.category,
    sre.AT: _Writer.position,
    sre.BRANCH: _Writer.branch,
    sre.SUBPATTERN: _Writer.group,
    sre.MAX_REPEAT: _Writer.repeat,
    sre.MIN_REPEAT: _Writer.repeat_lazily,
    sre.POSSESSIVE_REPEAT: _Writer.repeat_possessively,
    sre.ATOMIC_GROUP: _Writer.atomic,
    sre.ASSERT: _Writer.look,
    sre.ASSERT_NOT: _Writer.look_not,
    sre.GROUPREF: _Writer.same_as,
    sre.GROUPREF_EXISTS: _Writer.conditional,
    sre.FAILURE: _Writer.failure,
}


def _escaped(code: int) -> str:
    char = chr(code)
    if char.isascii() and (char.isalnum() or char == '_'):
        return char
    if code < 0x100:
        return f'\\x{code:02x}'
    return f'\\u{code:04x}' if code < 0x10000 else f'\\U{code:08x}'


def _letters(flags: int) -> str:
    return ''.join(letter for bit, letter in _FLAG_LETTERS if flags & bit)
