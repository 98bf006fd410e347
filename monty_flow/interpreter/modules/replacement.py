"""Replacement templates of `re.sub` and `Match.expand`, read once into literals and group numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TypeAlias

#: Literal texts, and the numbers of the groups between them.
Template: TypeAlias = tuple[str | int, ...]

_SIMPLE_ESCAPES: Mapping[str, str] = {
    'a': '\a', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t', 'v': '\v', '\\': '\\',
}  # fmt: skip
_OCTAL = frozenset('01234567')
_DIGITS = frozenset('0123456789')
_HIGHEST_OCTAL = 0o377


def parse_template(source: str, groups: int, group_index: Mapping[str, int]) -> Template:
    """Read a template as CPython does; raise `re.error` or IndexError as it does."""
    if '\\' not in source:
        return (source,)
    parts: list[str | int] = []
    at = 0
    while True:
        backslash = source.find('\\', at)
        if backslash < 0:
            parts.append(source[at:])
            return tuple(part for part in parts if part != '')
        parts.append(source[at:backslash])
        part, at = _escape(source, backslash, groups, group_index)
        parts.append(part)


def _escape(source: str, at: int, groups: int, group_index: Mapping[str, int]) -> tuple[str | int, int]:
    """Return what the escape at `at` stands for, and where it ends."""
    letter = source[at + 1 : at + 2]
    if not letter:
        raise re.error('bad escape (end of pattern)', source, at)
    if letter == 'g':
        return _named_group(source, at, groups, group_index)
    if letter in _DIGITS:
        return _numbered(source, at, groups)
    simple = _SIMPLE_ESCAPES.get(letter)
    if simple is not None:
        return simple, at + 2
    if letter.isascii() and letter.isalpha():
        raise re.error(f'bad escape \\{letter}', source, at)
    return source[at : at + 2], at + 2


def _numbered(source: str, at: int, groups: int) -> tuple[str | int, int]:
    digits = source[at + 1 : at + 4]
    if digits[0] == '0':
        length = next((i for i, char in enumerate(digits) if char not in _OCTAL), len(digits))
        return chr(int(digits[:length], 8) & 0xFF), at + 1 + length
    if len(digits) == 3 and _OCTAL.issuperset(digits):
        code = int(digits, 8)
        if code > _HIGHEST_OCTAL:
            raise re.error(f'octal escape value \\{digits} outside of range 0-0o377', source, at)
        return chr(code), at + 4
    length = 2 if digits[1:2] and digits[1] in _DIGITS else 1
    number = int(digits[:length])
    if number > groups:
        raise re.error(f'invalid group reference {number}', source, at + 1)
    return number, at + 1 + length


def _named_group(source: str, at: int, groups: int, group_index: Mapping[str, int]) -> tuple[int, int]:
    if source[at + 2 : at + 3] != '<':
        raise re.error('missing <', source, at + 2)
    start = at + 3
    end = source.find('>', start)
    if end < 0:
        if start == len(source):
            raise re.error('missing group name', source, start)
        raise re.error('missing >, unterminated name', source, start)
    name = source[start:end]
    if not name:
        raise re.error('missing group name', source, start)
    if name.isascii() and name.isdigit():
        number = int(name) if len(name) < 10 else groups + 1
        if number > groups:
            raise re.error(f'invalid group reference {name.lstrip("0") or 0}', source, start)
        return number, end + 1
    if not name.isidentifier():
        raise re.error(f'bad character in group name {name!r}', source, start)
    if name not in group_index:
        raise IndexError(f'unknown group name {name!r}')
    return group_index[name], end + 1
