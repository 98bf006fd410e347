"""`string`: the constants, and `capwords`; formatting has its guarded form in `str.format`."""

from __future__ import annotations

import string

from monty_flow.interpreter.modules.module import Definition, Functions


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
    left_out={
        'format fields reach attributes; use str.format or an f-string': 'Formatter',
        'it is not part of this release; use an f-string': 'Template',
    },
)
