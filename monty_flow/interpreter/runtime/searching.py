"""Searches from the right in linear time.

CPython's `rfind` takes the product of the two lengths at worst (`'ab' + 'a' * m` in `'a' * n`), its
`find` the sum. Where the product is big, the search runs forward over reversed text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

#: Product of the lengths up to which CPython's own search is left alone.
_AFFORDABLE: Final = 1_000_000


def needs_reversal(text: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> bool:
    """Return whether text.rfind(*args) and its kin would be slow."""
    if not args or kwargs or type(text) not in (str, bytes, bytearray):
        return False
    wanted = args[0]
    if type(wanted) is not type(text) and not (type(wanted) in (bytes, bytearray) and type(text) is not str):
        return False
    return len(wanted) > 1 and len(text) * len(wanted) > _AFFORDABLE and all(type(item) is int for item in args[1:])


def rfind(text: Any, wanted: Any, *bounds: int) -> int:
    """Return text.rfind(wanted, *bounds)."""
    start, stop, _ = slice(*(bounds or (None,)) if len(bounds) != 1 else (bounds[0], None)).indices(len(text))
    found: int = text[start:stop][::-1].find(wanted[::-1])
    return -1 if found < 0 else stop - found - len(wanted)


def rindex(text: Any, wanted: Any, *bounds: int) -> int:
    """Return text.rindex(wanted, *bounds)."""
    found = rfind(text, wanted, *bounds)
    if found < 0:
        raise ValueError('substring not found' if type(text) is str else 'subsection not found')
    return found


def rpartition(text: Any, separator: Any) -> tuple[Any, Any, Any]:
    """Return text.rpartition(separator)."""
    found = rfind(text, separator)
    if found < 0:
        return text[:0], text[:0], text[:]
    end = found + len(separator)
    return text[:found], text[found:end], text[end:]


def rsplit(text: Any, separator: Any, limit: int = -1) -> list[Any]:
    """Return text.rsplit(separator, limit)."""
    return [piece[::-1] for piece in reversed(text[::-1].split(separator[::-1], limit))]
