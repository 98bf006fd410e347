"""Refuse a source with more words than CPython's parser and ours take in about a second, before either begins.

A word is a name, a number, a text, an opening bracket, a colon or an ellipsis: every node of the tree but a bounded few for each needs
one. Counting takes milliseconds, and is done only where a source is long enough to have that many, or has many braces: the
parser of 3.11 takes seconds for an f-string of many parts.

Texts and comments are passed over as CPython does, but for one case. From 3.12 on a field of an f-string may hold the quote that the
text is in. Where a text may end elsewhere for that, all that follows is counted, whatever it is: no source can hide words in that way.
"""

from __future__ import annotations

import re
import sys
from typing import Final

from monty_flow.interpreter.patterns import pattern

#: Words of one source: a script of some ten thousand lines.
MAX_WORDS: Final = 50_000
#: Braces from which on a short source is counted too.
_MANY_FIELDS: Final = 5_000
#: A comment, a text with its prefix and body, or a word.
_TOKENS: Final = pattern(
    r"""
    \#[^\n]*
    | (?P<prefix>\b[rRbBuUfFtT]{1,2})?
      (?P<text> \"{3}(?:[^"\\]|\\.|"(?!""))*+(?:\"{3}|\Z) | '{3}(?:[^'\\]|\\.|'(?!''))*+(?:'{3}|\Z)
        | "(?:[^"\\\n]|\\.)*+"? | '(?:[^'\\\n]|\\.)*+'? )
    | \w+ | [(\[{:] | \.{3}
    """,
    re.VERBOSE | re.DOTALL,
)
#: What is looked at in an f-string, and what makes a text in one of its fields, or a comment.
_BRACES: Final = pattern(r'\{\{|\}\}|[{}]')
_QUOTING: Final = frozenset('\'"#')
_PLAIN: Final = pattern(r'\w+|[(\[{:]|\.{3}|[\'"]+')


def has_too_many_words(source: str, most: int = MAX_WORDS) -> bool:
    """Tell whether a source has more words than `most`."""
    if len(source) <= most and source.count('{') < _MANY_FIELDS:
        return False
    left = most
    for token in _TOKENS.finditer(source):
        body = token['text']
        if body is None:
            left -= source[token.start()] != '#'
        else:
            left -= 1
            prefix = token['prefix']
            if prefix is not None and ('f' in prefix.lower() or 't' in prefix.lower()):
                # Each field is an expression of its own.
                left -= sum(1 for _ in zip(range(left + 1), _PLAIN.finditer(body), strict=False))
                if _may_go_on(body):
                    rest = _PLAIN.finditer(source, token.end())
                    left -= sum(1 for _ in zip(range(left + 1), rest, strict=False))
                    return left < 0
        if left < 0:
            return True
    return False


def _may_go_on(text: str) -> bool:
    """Tell whether CPython may see another end of an f-string than where this text of one ends."""
    if sys.hexversion < 0x030C0000 or '{' not in text:
        return False
    quote = text[:3] if text[:3] in ('"""', "'''") else text[0]
    if len(text) < 2 * len(quote) or not text.endswith(quote):
        return True
    depth, inner = 0, text[len(quote) : -len(quote)]
    for brace in _BRACES.findall(inner):
        if depth or len(brace) == 1:
            depth = max(0, depth + (len(brace) if brace[0] == '{' else -len(brace)))
    return depth > 0 or not _QUOTING.isdisjoint(inner)
