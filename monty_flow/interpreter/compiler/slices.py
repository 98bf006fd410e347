"""Tell whether a script may get hold of a slice object, other than in the brackets of a slice that the compiler sees."""

from __future__ import annotations

from typing import Final

from monty_flow.interpreter.patterns import pattern

#: What a source has in it that may get hold of a slice object.
_OF_SLICES: Final = pattern(
    r'\bslice\b|__(class_)?(get|set|del)item__|\b(builtins|eval|exec|setattr|new_class|make_dataclass)\b|\btype\([^()]*,'
)
#: Words of which each way to get hold of one has one; most sources have none of them.
_WORDS: Final = (
    'slice', 'item__', 'builtins', 'eval', 'exec', 'setattr', 'new_class', 'make_dataclass', 'type(',
)  # fmt: skip


def may_hold_slices(source: str) -> bool:
    """Tell whether a script may get hold of a slice object."""
    return any(word in source for word in _WORDS) and _OF_SLICES.search(source) is not None
