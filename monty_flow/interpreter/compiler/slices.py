"""Tell whether a script may get hold of a slice object, other than in the brackets of a slice that the compiler sees."""

from __future__ import annotations

import re
from typing import Final

#: What a source has in it that may get hold of a slice object.
_OF_SLICES: Final = re.compile(
    r'\bslice\b|__(class_)?(get|set|del)item__|\b(builtins|eval|exec|setattr|new_class|make_dataclass)\b|\btype\([^()]*,'
)


def may_hold_slices(source: str) -> bool:
    """Tell whether a script may get hold of a slice object."""
    return _OF_SLICES.search(source) is not None
