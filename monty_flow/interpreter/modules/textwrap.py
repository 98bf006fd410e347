"""`textwrap`: CPython's own functions, once the lines that they may make fit the limits."""

from __future__ import annotations

import textwrap
from typing import Any, Final

from monty_flow.interpreter.errors import LimitReached, TimeLimitError
from monty_flow.interpreter.modules.library import LibraryFunctions
from monty_flow.interpreter.modules.module import Definition

_OPTIONS: Final = frozenset({
    'initial_indent', 'subsequent_indent', 'expand_tabs', 'replace_whitespace', 'fix_sentence_endings',
    'break_long_words', 'drop_whitespace', 'break_on_hyphens', 'tabsize', 'max_lines', 'placeholder',
})  # fmt: skip
#: Characters that may be moved while long words are broken, each piece moving the rest.
_MAX_MOVED: Final = 4_000_000_000


class TextwrapFunctions(LibraryFunctions):
    """The functions of `textwrap`."""

    __slots__ = ()
    module = 'textwrap'

    def wrap(self, text: Any, width: Any = 70, **options: Any) -> list[str]:
        self._check(text, width, options)
        return textwrap.wrap(text, width, **options)

    def fill(self, text: Any, width: Any = 70, **options: Any) -> str:
        self._check(text, width, options)
        return textwrap.fill(text, width, **options)

    def shorten(self, text: Any, width: Any, **options: Any) -> str:
        self._check(text, width, options)
        return textwrap.shorten(text, width, **options)

    def dedent(self, text: Any) -> str:
        self._run.charge(_length(text))
        return textwrap.dedent(text)

    def indent(self, text: Any, prefix: Any, predicate: Any = None) -> str:
        if type(text) is str and type(prefix) is str:
            self._run.charge(len(text))
            self._run.reserve(len(text) + len(prefix) * (1 + len(text.splitlines())))
        return textwrap.indent(text, prefix, self._callee(predicate))

    def _check(self, text: Any, width: Any, options: dict[str, Any]) -> None:
        unknown = options.keys() - _OPTIONS
        if unknown:
            # CPython's own error, as far as it knows the option no better.
            textwrap.TextWrapper(**options)
            raise TypeError(f"the option '{min(unknown)}' is not supported in the sandbox")
        size = _length(text)
        self._run.charge(size)
        tabs = options.get('tabsize', 8)
        if type(text) is str and type(tabs) is int and tabs > 0:
            size += text.count('\t') * tabs
        indent = max(_length(options.get(name, '')) for name in ('initial_indent', 'subsequent_indent', 'placeholder'))
        self._run.reserve((size + 1) * (indent + 2))
        if type(text) is str and type(width) in (int, bool):
            longest = max(map(len, text.split()), default=0)
            if longest * longest // max(1, width - indent) > _MAX_MOVED:
                raise LimitReached(TimeLimitError('max_duration_secs', self._run.limits.max_duration_secs or 0))


def _length(text: Any) -> int:
    return len(text) if type(text) is str else 0


MODULE = Definition(
    'textwrap',
    functions=TextwrapFunctions,
    left_out={
        'use wrap() and fill(), which take the same options': 'TextWrapper',
        'it is not meant for users of the module': 're',
    },
)
