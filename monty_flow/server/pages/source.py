"""A source as lines of coloured pieces, with the place marked where a run stands.

Pieces are text and the name of a class; the template escapes the text.
"""

from __future__ import annotations

import builtins
import io
import keyword
import tokenize
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from monty_flow.interpreter import Position

#: Lines that are shown around the marked one; a script that has fewer is shown whole.
WINDOW = 300
_BUILTINS = frozenset(dir(builtins))


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a line."""

    text: str
    #: Name of a class of `style.css`, '' for plain text.
    kind: str
    #: Whether it belongs to the place where the run stands.
    marked: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a source."""

    number: int
    pieces: tuple[Piece, ...]
    #: 'waits' for the line of the innermost frame, 'called' for one of a frame that called it, else ''.
    mark: str


def shown_lines(source: str, places: Sequence[Position]) -> list[Line]:
    """Return the lines to show; `places` are those of the frames from the outermost to the innermost."""
    lines = _coloured(source)
    innermost = places[-1] if places else None
    callers = {place.line for place in places[:-1]}
    first, last = 1, len(lines)
    if innermost is not None and len(lines) > 2 * WINDOW:
        first, last = max(1, innermost.line - WINDOW), min(len(lines), innermost.line + WINDOW)
    elif len(lines) > 2 * WINDOW:
        last = 2 * WINDOW
    shown = []
    for number in range(first, last + 1):
        pieces = lines[number - 1]
        if innermost is not None and number == innermost.line:
            end = innermost.end_column if innermost.end_line == number else None
            shown.append(Line(number, tuple(_marked(pieces, innermost.column, end)), 'waits'))
        else:
            shown.append(Line(number, pieces, 'called' if number in callers else ''))
    return shown


@lru_cache(maxsize=64)
def _coloured(source: str) -> tuple[tuple[Piece, ...], ...]:
    texts = source.splitlines()
    spans: dict[int, list[tuple[int, int, str]]] = {}
    for kind, first, end in _tokens(source):
        for number in range(first[0], end[0] + 1):
            begin = first[1] if number == first[0] else 0
            stop = end[1] if number == end[0] else len(texts[number - 1]) if number <= len(texts) else 0
            spans.setdefault(number, []).append((begin, stop, kind))
    return tuple(tuple(_pieces(text, spans.get(number, ()))) for number, text in enumerate(texts, 1))


def _pieces(text: str, spans: Sequence[tuple[int, int, str]]) -> Iterator[Piece]:
    at = 0
    for begin, stop, kind in sorted(spans):
        if begin < at:
            continue
        if begin > at:
            yield Piece(text[at:begin], '')
        if stop > begin:
            yield Piece(text[begin:stop], kind)
        at = max(at, stop)
    if at < len(text):
        yield Piece(text[at:], '')


def _tokens(source: str) -> Iterator[tuple[str, tuple[int, int], tuple[int, int]]]:
    try:
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            kind = _kind(token)
            if kind:
                yield kind, token.start, token.end
    except (tokenize.TokenError, SyntaxError, ValueError):
        # What cannot be read any further stays without colours.
        return


def _kind(token: tokenize.TokenInfo) -> str:
    match token.type:
        case tokenize.COMMENT:
            return 'comment'
        case tokenize.STRING:
            return 'string'
        case tokenize.NUMBER:
            return 'number'
        case tokenize.NAME if keyword.iskeyword(token.string):
            return 'keyword'
        case tokenize.NAME if token.string in _BUILTINS:
            return 'builtin'
    # The parts of an f-string have types of their own from 3.12 on.
    return 'string' if tokenize.tok_name[token.type].startswith('FSTRING') else ''


def _marked(pieces: Sequence[Piece], begin: int, end: int | None) -> Iterator[Piece]:
    at = 0
    for piece in pieces:
        stop = at + len(piece.text)
        cuts = sorted({at, stop, *(cut for cut in (begin, end) if cut is not None and at < cut < stop)})
        for low, high in pairwise(cuts):
            inside = begin <= low and (end is None or high <= end)
            yield Piece(piece.text[low - at : high - at], piece.kind, inside)
        at = stop
