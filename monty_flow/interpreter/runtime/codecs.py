"""The text encodings of the sandbox: those whose cost is linear, and no codec that loads a module of the host."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

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
