"""The text encodings of the sandbox: those whose cost is linear, and no codec that loads a module of the host."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from monty_flow.interpreter.patterns import pattern
from monty_flow.interpreter.runtime.widths import text_width

CODECS: Final = frozenset(
    {
        'utf8', 'utf7', 'utf16', 'utf16le', 'utf16be', 'utf32', 'utf32le', 'utf32be', 'utf8sig', 'ascii', 'usascii',
        'latin1', 'iso88591', 'iso885915', 'cp1252', 'windows1252', 'cp437', 'unicodeescape', 'rawunicodeescape',
    }
)  # fmt: skip
ERRORS: Final = frozenset(
    {
        'strict', 'ignore', 'replace', 'backslashreplace', 'xmlcharrefreplace', 'namereplace', 'surrogateescape',
        'surrogatepass',
    }
)  # fmt: skip
_NAMES: Final = (str, type(None))
_DROPPED: Final = str.maketrans('', '', '-_ ')


#: Bytes of a character, or characters of a byte, that an error handler puts in the place of one.
_HANDLED: Final = {'namereplace': 100, 'backslashreplace': 10, 'xmlcharrefreplace': 10}
_GROWN: Final = 4
_SURROGATE: Final = pattern('[\ud800-\udfff]')
_HIGH: Final = pattern(b'[\xf0-\xff]')


def _named(args: Sequence[Any], kwargs: Mapping[str, Any]) -> tuple[str, str]:
    encoding = args[0] if args else kwargs.get('encoding')
    errors = args[1] if len(args) > 1 else kwargs.get('errors')
    shown = encoding.lower().translate(_DROPPED) if type(encoding) is str else 'utf8'
    return shown, errors if type(errors) is str else 'strict'


def encoded_width(text: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> int:
    """Return the bytes that a character of a text takes at most, as it is encoded."""
    encoding, errors = _named(args, kwargs)
    if encoding.endswith('escape'):
        return 1 if text.isascii() else 10
    if text.isascii():
        return 4 if encoding.startswith('utf32') else 2 if encoding.startswith('utf16') else 1
    if errors != 'strict' and encoding.startswith('utf') and _SURROGATE.search(text):
        # A handler makes a text or bytes of each run of these, and the result grows by steps.
        return _GROWN * max(3, _HANDLED.get(errors, 1))
    if encoding.startswith('utf32'):
        return 4
    if encoding.startswith('utf'):
        return max(text_width(text), 2 if encoding != 'utf7' else 8)
    return _HANDLED.get(errors, 1)


def decoded_width(data: bytes | bytearray, args: Sequence[Any], kwargs: Mapping[str, Any]) -> int:
    """Return the bytes of text that a byte becomes at most, as it is decoded."""
    if data.isascii():
        return 1
    encoding, errors = _named(args, kwargs)
    if errors == 'backslashreplace':
        return 4
    if encoding == 'latin1' or encoding == 'iso88591':
        return 1
    # Four bytes of UTF-8 begin with a high one, and make all characters four bytes wide.
    return 4 if encoding == 'utf8' and _HIGH.search(data) else 2


def check_codec(args: Sequence[Any], kwargs: Mapping[str, Any]) -> None:
    """Raise LookupError where (encoding, errors), as given to encode and decode, names what the sandbox has not."""
    encoding = args[0] if args else kwargs.get('encoding')
    errors = args[1] if len(args) > 1 else kwargs.get('errors')
    if type(errors) not in _NAMES or type(encoding) not in _NAMES:
        # CPython refuses these before it looks anything up.
        return
    if encoding is not None and encoding.lower().translate(_DROPPED) not in CODECS:
        raise LookupError(f'unknown encoding: {encoding}')
    if errors is not None and errors not in ERRORS:
        raise LookupError(f"unknown error handler name '{errors}'")
