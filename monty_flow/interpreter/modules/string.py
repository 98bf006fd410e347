"""`string`: the constants and `capwords`; templates and formatters are CPython's own source."""

from __future__ import annotations

import _string  # type: ignore[import-not-found]
import string
from typing import Final

from monty_flow.interpreter.modules.module import Definition, Functions
from monty_flow.interpreter.modules.scripted import Scripted

#: Characters up to which a text is not worth a look at the limits.
_FEW: Final = 4096
#: Bytes that a short word takes with its places in two lists: as it was, and with its capital.
_WORD_BYTES: Final = 132
_SPACES: Final = tuple(char for char in map(chr, range(0x3001)) if char.isspace())


def _words(text: str, sep: str | None) -> int:
    """Return how many words there are at most."""
    return 1 + (text.count(sep) if sep else sum(map(text.count, _SPACES)))


class StringFunctions(Functions):
    """The functions of `string`."""

    __slots__ = ()
    module = 'string'

    def capwords(self, s: str, sep: str | None = None) -> str:
        if not isinstance(s, str):
            raise TypeError(f'capwords() argument must be str, not {type(s).__name__}')
        text = str.__str__(s)
        sep = sep if sep is None else str.__str__(sep)
        self._run.charge(len(text) >> 2)
        if len(text) > _FEW:
            self._run.reserve(2 * len(text) + _WORD_BYTES * _words(text, sep))
        return string.capwords(text, sep)


MODULE = Definition(
    'string',
    static={name: value for name, value in vars(string).items() if type(value) is str and not name.startswith('_')},
    functions=StringFunctions,
    scripted=Scripted(
        'string',
        installed=True,
        without='capwords',
        exported='Formatter Template',
        stopping='check_unused_args convert_field format format_field get_field get_value parse vformat',
        instead={'_string': '_string_parsing'},
    ),
)


class ParsingFunctions(Functions):
    """What `Formatter` asks of CPython's C code."""

    __slots__ = ()
    module = '_string_parsing'

    def formatter_parser(self, text: str, /) -> list[tuple[str, str | None, str | None, str | None]]:
        self._run.charge(len(text))
        return list(_string.formatter_parser(text))

    def formatter_field_name_split(self, text: str, /) -> tuple[str | int, list[tuple[bool, str | int]]]:
        self._run.charge(len(text))
        first, rest = _string.formatter_field_name_split(text)
        return first, list(rest)


PARSING_MODULE = Definition('_string_parsing', functions=ParsingFunctions)
