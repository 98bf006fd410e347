"""Regular expressions that are compiled when they are first used: one of them takes as long as loading a module does."""

from __future__ import annotations

import re
from functools import cached_property
from typing import Any, AnyStr


class _Later:
    """Stand for a compiled pattern, and have its methods from their first use on as they are."""

    def __init__(self, text: str | bytes, flags: int) -> None:
        self._text = text
        self._flags = flags

    @cached_property
    def _compiled(self) -> Any:
        return re.compile(self._text, self._flags)

    def __getattr__(self, name: str) -> Any:
        method = self.__dict__[name] = getattr(self._compiled, name)
        return method


def pattern(text: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """Return what serves as `re.compile(text, flags)`, and compiles when it is first asked for a method."""
    made: Any = _Later(text, flags)
    return made  # type: ignore[no-any-return]
