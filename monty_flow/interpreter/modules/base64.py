"""`base64`: the functions that turn bytes into text and back; all are linear."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

from monty_flow.interpreter.modules.module import Definition, Functions


class Base64Functions(Functions):
    """The functions of `base64`."""

    __slots__ = ()
    module = 'base64'

    def b64encode(self, s: Any, altchars: Any = None) -> bytes:
        return base64.b64encode(self._data(s), altchars)

    def b64decode(self, s: Any, altchars: Any = None, validate: Any = False) -> bytes:
        return base64.b64decode(self._text(s), altchars, bool(validate))

    def standard_b64encode(self, s: Any) -> bytes:
        return base64.standard_b64encode(self._data(s))

    def standard_b64decode(self, s: Any) -> bytes:
        return base64.standard_b64decode(self._text(s))

    def urlsafe_b64encode(self, s: Any) -> bytes:
        return base64.urlsafe_b64encode(self._data(s))

    def urlsafe_b64decode(self, s: Any) -> bytes:
        return base64.urlsafe_b64decode(self._text(s))

    def b32encode(self, s: Any) -> bytes:
        return self._slow(base64.b32encode, self._data(s))

    def b32decode(self, s: Any) -> bytes:
        return self._slow(base64.b32decode, self._text(s))

    def b16encode(self, s: Any) -> bytes:
        return base64.b16encode(self._data(s))

    def b16decode(self, s: Any, casefold: Any = False) -> bytes:
        return base64.b16decode(self._text(s), bool(casefold))

    def _data(self, data: Any) -> bytes:
        if not isinstance(data, (bytes, bytearray)):
            raise TypeError(f"a bytes-like object is required, not '{type(data).__name__}'")
        self._run.reserve(2 * len(data))
        self._run.charge(len(data) >> 5)
        return bytes(memoryview(data))

    def _text(self, text: Any) -> Any:
        if not isinstance(text, (str, bytes, bytearray)):
            raise TypeError(f"argument should be a bytes-like object or ASCII string, not '{type(text).__name__}'")
        self._run.charge(len(text) >> 5)
        return str.__str__(text) if isinstance(text, str) else bytes(memoryview(text))

    def _slow(self, function: Callable[[Any], bytes], data: Any) -> bytes:
        """Charge for a function that loops in Python."""
        self._run.charge(len(data))
        return function(data)


MODULE = Definition(
    'base64',
    functions=Base64Functions,
    left_out={
        'it is not part of this release; use b64encode() and b64decode()': 'a85decode a85encode b32hexdecode '
        'b32hexencode b85decode b85encode z85decode z85encode decodebytes encodebytes',
        'scripts have no files of the host; use b64encode() and b64decode()': 'decode encode',
        'it is not meant for users of the module': 'MAXBINSIZE MAXLINESIZE binascii bytes_types main re struct test',
    },
)
