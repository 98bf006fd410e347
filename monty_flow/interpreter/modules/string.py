"""`string`: the constants and `capwords`; templates and formatters are CPython's own source."""

from __future__ import annotations

import _string  # type: ignore[import-not-found]
import string

from monty_flow.interpreter.modules.module import Definition, Functions
from monty_flow.interpreter.modules.scripted import Scripted


class StringFunctions(Functions):
    """The functions of `string`."""

    __slots__ = ()
    module = 'string'

    def capwords(self, s: str, sep: str | None = None) -> str:
        if not isinstance(s, str):
            raise TypeError(f'capwords() argument must be str, not {type(s).__name__}')
        self._run.charge(len(s) >> 2)
        self._run.reserve(2 * len(s))
        return string.capwords(str.__str__(s), sep if sep is None else str.__str__(sep))


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
