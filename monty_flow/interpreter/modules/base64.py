"""`base64`: the functions that turn bytes into text and back; all are linear."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from typing import Any, Final

from monty_flow.interpreter.modules.library import with_error
from monty_flow.interpreter.modules.module import Definition, Functions
from monty_flow.interpreter.modules.texts import BinasciiError
from monty_flow.interpreter.runtime.buffers import byte_size, is_bytes_like

#: Bytes that CPython takes for each four bytes that a loop of Python goes over, and for each line that it wraps.
_BYTES_OF_GROUP: Final = 96
_BYTES_OF_LINE: Final = 48


class Base64Functions(Functions):
    """The functions of `base64`."""

    __slots__ = ()
    module = 'base64'

    def b64encode(self, s: Any, altchars: Any = None) -> bytes:
        return base64.b64encode(self._data(s), altchars)

    def b64decode(self, s: Any, altchars: Any = None, validate: Any = False) -> bytes:
        made: bytes = with_error(
            BinasciiError, binascii.Error, base64.b64decode, self._text(s), altchars, bool(validate)
        )
        return made

    def standard_b64encode(self, s: Any) -> bytes:
        return base64.standard_b64encode(self._data(s))

    def standard_b64decode(self, s: Any) -> bytes:
        return self._slow(base64.standard_b64decode, self._text(s))

    def urlsafe_b64encode(self, s: Any) -> bytes:
        return base64.urlsafe_b64encode(self._data(s))

    def urlsafe_b64decode(self, s: Any) -> bytes:
        return self._slow(base64.urlsafe_b64decode, self._text(s))

    def b32encode(self, s: Any) -> bytes:
        return self._slow(base64.b32encode, self._data(s))

    def b32decode(self, s: Any, casefold: Any = False, map01: Any = None) -> bytes:
        return self._slow(base64.b32decode, self._text(s), bool(casefold), map01)

    def b32hexencode(self, s: Any) -> bytes:
        return self._slow(base64.b32hexencode, self._data(s))

    def b32hexdecode(self, s: Any, casefold: Any = False) -> bytes:
        return self._slow(base64.b32hexdecode, self._text(s), bool(casefold))

    def b16encode(self, s: Any) -> bytes:
        return base64.b16encode(self._data(s))

    def b16decode(self, s: Any, casefold: Any = False) -> bytes:
        return self._slow(base64.b16decode, self._text(s), bool(casefold))

    def b85encode(self, b: Any, pad: Any = False) -> bytes:
        return self._slow(base64.b85encode, self._data(b), bool(pad))

    def b85decode(self, b: Any) -> bytes:
        return self._slow(base64.b85decode, self._text(b))

    def a85encode(
        self, b: Any, *, foldspaces: Any = False, wrapcol: Any = 0, pad: Any = False, adobe: Any = False
    ) -> bytes:
        data = self._data(b)
        self._run.charge(len(data))
        self._run.reserve(_BYTES_OF_GROUP * len(data) >> 2)
        if wrapcol := max(0, int(wrapcol)):
            # Each line is an object of its own; a width of one makes a line of each character.
            self._run.reserve(_BYTES_OF_LINE * (2 * len(data) // max(2 if adobe else 1, wrapcol)))
        return base64.a85encode(
            data, foldspaces=bool(foldspaces), wrapcol=int(wrapcol), pad=bool(pad), adobe=bool(adobe)
        )

    def a85decode(
        self, b: Any, *, foldspaces: Any = False, adobe: Any = False, ignorechars: Any = b' \t\n\r\v'
    ) -> bytes:
        text = self._text(b)
        if not is_bytes_like(ignorechars):
            raise TypeError(f"a bytes-like object is required, not '{type(ignorechars).__name__}'")
        self._run.charge(len(text) * (1 + len(ignorechars) >> 5))
        return base64.a85decode(text, foldspaces=bool(foldspaces), adobe=bool(adobe), ignorechars=bytes(ignorechars))

    def encodebytes(self, s: Any) -> bytes:
        return self._slow(base64.encodebytes, self._data(s))

    def decodebytes(self, s: Any) -> bytes:
        return self._slow(base64.decodebytes, self._data(s))

    def _data(self, data: Any) -> bytes:
        if not is_bytes_like(data):
            raise TypeError(f"a bytes-like object is required, not '{type(data).__name__}'")
        # A copy, the result, and for some kinds the result with other letters.
        self._run.reserve(4 * byte_size(data))
        self._run.charge(len(data) >> 5)
        return bytes(memoryview(data))

    def _text(self, text: Any) -> Any:
        if not isinstance(text, str) and not is_bytes_like(text):
            raise TypeError(f"argument should be a bytes-like object or ASCII string, not '{type(text).__name__}'")
        self._run.charge(len(text) >> 5)
        # Its bytes, and the result.
        self._run.reserve(2 * len(text))
        return str.__str__(text) if isinstance(text, str) else bytes(memoryview(text))

    def _slow(self, function: Callable[..., bytes], data: Any, *options: Any) -> bytes:
        """Charge for a function that loops in Python; an error is that of the module that scripts know."""
        self._run.charge(len(data))
        self._run.reserve(_BYTES_OF_GROUP * len(data) >> 2)
        made: bytes = with_error(BinasciiError, binascii.Error, function, data, *options)
        return made


MODULE = Definition(
    'base64',
    functions=Base64Functions,
    left_out={
        'it is not part of this release; use b85encode() and b85decode()': 'z85decode z85encode',
        'scripts have no files of the host; use b64encode() and b64decode()': 'decode encode',
        'it is not meant for users of the module': 'MAXBINSIZE MAXLINESIZE binascii bytes_types main re struct test',
    },
)
