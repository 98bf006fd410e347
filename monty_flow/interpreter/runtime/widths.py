"""What a sequence takes in memory: bytes an item, and the built-in sequence that a script's class is.

Guards look at exact types first. What is not exact comes here: an instance of a script's class that derives from a
sequence is judged as that sequence, by the built-in's own methods, whatever the class says of itself.
"""

from __future__ import annotations

import operator
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, Final

from monty_flow.interpreter.runtime.classes import SCRIPT_TYPES

#: Bytes of one item, as CPython lays it out; what a character takes, `text_width` knows.
ITEM_BYTES: Final[dict[type, int]] = {str: 1, bytes: 1, bytearray: 1, list: 8, tuple: 8}
#: Bytes that a member of a set and an entry of a dict take, with their part of the room of the table.
SET_ENTRY_BYTES: Final = 32
DICT_ENTRY_BYTES: Final = 36
#: Characters up to which a text is looked through for its widest.
_SHORT: Final = 64
#: Bytes of a str besides its characters, at least, and characters that are narrow or half as wide as the widest.
_HEAD_BYTES: Final = 40
_LATIN, _BASIC = 0x100, 0x10000


def sequence_kind(value: Any) -> Any:
    """Return the built-in sequence that a value is, exactly or by its class, or None."""
    kind = type(value)
    if kind in ITEM_BYTES:
        return kind
    if type(kind) in SCRIPT_TYPES:
        # isinstance() asks an instance for its `__class__` where the answer is no, which takes ten times as long.
        for base in kind.__mro__:
            if base in ITEM_BYTES:
                return base
    return None


def widest(texts: Sequence[Any]) -> int:
    """Return the bytes that a character of the widest of some texts takes; others than texts count as one."""
    with suppress(TypeError):
        if all(map(str.isascii, texts)):
            return 1
    return max(map(text_width, texts), default=1)


def text_width(text: Any) -> int:
    """Return the bytes that a character of a text takes: 1, 2 or 4, as its widest; a byte or more for other sequences."""
    if not isinstance(text, str) or str.isascii(text):
        return 1
    size = str.__len__(text)
    if size <= _SHORT:
        widest = max(map(ord, str.__str__(text)))
        return 1 if widest < _LATIN else 2 if widest < _BASIC else 4
    # Of what CPython has made of it in UTF-8 once, some of that may be counted in.
    nbytes = (sys.getsizeof(str.__str__(text) if type(text) is not str else text) - _HEAD_BYTES) // size
    return 1 if nbytes < 2 else 2 if nbytes < 4 else 4


def count_of(value: Any) -> int:
    """Return how often a sequence is repeated by `* value`, 0 for what does not count."""
    if type(value) is int:
        return value
    if isinstance(value, int):
        return int.__index__(value)
    return 0


def counted(a: Any, b: Any) -> tuple[Any, Any]:
    """Return the operands of `a * b` with the count of a sequence as an int, where a script's class stands for it."""
    if _stands_for_int(b, '__rmul__') and sequence_kind(a) is not None:
        return a, operator.index(b)
    if _stands_for_int(a, '__mul__') and sequence_kind(b) is not None:
        return operator.index(a), b
    return a, b


def _stands_for_int(value: Any, method: str) -> bool:
    kind = type(value)
    if type(kind) not in SCRIPT_TYPES or issubclass(kind, int):
        return False
    return hasattr(kind, '__index__') and not hasattr(kind, method)
