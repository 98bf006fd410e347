"""`html`, `keyword`, `unicodedata`, `binascii` and `zlib`: small functions of text and bytes, each linear."""

from __future__ import annotations

import binascii
import html
import keyword
import unicodedata
import zlib
from collections import Counter
from typing import Any, Final

from monty_flow.interpreter.modules.library import LibraryFunctions, with_error
from monty_flow.interpreter.modules.module import Definition
from monty_flow.interpreter.modules.scripted import Scripted
from monty_flow.interpreter.runtime.buffers import is_bytes_like
from monty_flow.interpreter.runtime.immutable import FrozenType

#: Bytes that CPython takes for each character of a text that it takes apart.
_BYTES_OF_PART: Final = 8
#: Combining marks in a row that are put in order at quadratic cost.
MAX_MARKS: Final = 10_000


class HtmlFunctions(LibraryFunctions):
    """The functions of `html`."""

    __slots__ = ()
    module = 'html'

    def escape(self, s: Any, quote: Any = True) -> str:
        self._text(s, 6)
        return html.escape(s, bool(quote))

    def unescape(self, s: Any) -> str:
        self._text(s, 2)
        return html.unescape(s)

    def _text(self, value: Any, growth: int) -> None:
        if type(value) is not str:
            raise TypeError(f"a str is required, not '{type(value).__name__}'")
        self._run.reserve(growth * len(value))
        self._run.charge(len(value) >> 3)


HTML_MODULE = Definition('html', functions=HtmlFunctions, scripted=Scripted('html'))

KEYWORD_MODULE = Definition(
    'keyword',
    static={
        'iskeyword': frozenset(keyword.kwlist).__contains__, 'issoftkeyword': frozenset(keyword.softkwlist).__contains__,
    },
    objects={'kwlist': lambda run: list(keyword.kwlist), 'softkwlist': lambda run: list(keyword.softkwlist)},
)  # fmt: skip


class UnicodedataFunctions(LibraryFunctions):
    """The functions of `unicodedata` over whole texts."""

    __slots__ = ()
    module = 'unicodedata'

    def normalize(self, form: Any, unistr: Any, /) -> str:
        self._check(unistr)
        return unicodedata.normalize(form, unistr)

    def is_normalized(self, form: Any, unistr: Any, /) -> bool:
        self._check(unistr)
        return unicodedata.is_normalized(form, unistr)

    def _check(self, text: Any) -> None:
        if type(text) is not str or text.isascii():
            return
        self._run.charge(len(text))
        self._run.reserve(_BYTES_OF_PART * len(text))
        if len(text) > MAX_MARKS:
            # One character may be eighteen; CPython keeps them as wide as can be while it works.
            parts = sum(count * len(unicodedata.normalize('NFKD', one)) for one, count in Counter(text).items())
            self._run.reserve(_BYTES_OF_PART * parts)
        if len(text) > MAX_MARKS and sum(map(bool, map(unicodedata.combining, text))) > MAX_MARKS:
            raise ValueError(f'a text with more than {MAX_MARKS} combining marks cannot be normalised in the sandbox')


_OF_ONE_CHARACTER: Final = (
    'bidirectional', 'category', 'combining', 'decimal', 'decomposition', 'digit', 'east_asian_width', 'lookup',
    'mirrored', 'name', 'numeric',
)  # fmt: skip
UNICODEDATA_MODULE = Definition(
    'unicodedata',
    static={
        **{name: getattr(unicodedata, name) for name in _OF_ONE_CHARACTER},
        'unidata_version': unicodedata.unidata_version,
    },
    functions=UnicodedataFunctions,
    left_out={
        'there is one Unicode version only': 'UCD ucd_3_2_0',
        'it is not part of this release': 'block extended_pictographic grapheme_cluster_break indic_conjunct_break '
        'isxidcontinue isxidstart iter_graphemes',
    },
)


#: CPython's classes, with no attribute of the class to change.
BinasciiError: Any = FrozenType('Error', (binascii.Error,), {'__module__': 'binascii'})
ZlibError: Any = FrozenType('error', (zlib.error,), {'__module__': 'zlib'})


class BytesFunctions(LibraryFunctions):
    """What the modules about bytes share."""

    __slots__ = ()

    def _bytes(self, data: Any, growth: int = 2) -> bytes:
        if not is_bytes_like(data):
            raise TypeError(f"a bytes-like object is required, not '{type(data).__name__}'")
        size = memoryview(data).nbytes
        self._run.reserve(growth * size)
        self._run.charge(size >> 5)
        return data if type(data) is bytes else bytes(memoryview(data))

    def _ascii(self, data: Any) -> Any:
        if type(data) is str:
            self._run.charge(len(data) >> 5)
            return data
        return self._bytes(data)


class BinasciiFunctions(BytesFunctions):
    """The functions of `binascii`."""

    __slots__ = ()
    module = 'binascii'

    def hexlify(self, data: Any, *separator: Any) -> bytes:
        return binascii.hexlify(self._bytes(data, 3), *separator)

    b2a_hex = hexlify

    def unhexlify(self, hexstr: Any, /) -> bytes:
        made: bytes = with_error(BinasciiError, binascii.Error, binascii.unhexlify, self._ascii(hexstr))
        return made

    a2b_hex = unhexlify

    def a2b_base64(self, data: Any, /, *, strict_mode: Any = False) -> bytes:
        given = self._ascii(data)
        made: bytes = with_error(
            BinasciiError, binascii.Error, binascii.a2b_base64, given, strict_mode=bool(strict_mode)
        )
        return made

    def b2a_base64(self, data: Any, /, *, newline: Any = True) -> bytes:
        return binascii.b2a_base64(self._bytes(data), newline=bool(newline))

    def crc32(self, data: Any, crc: int = 0, /) -> int:
        return binascii.crc32(self._bytes(data), crc)

    def crc_hqx(self, data: Any, crc: int, /) -> int:
        return binascii.crc_hqx(self._bytes(data), crc)


BINASCII_MODULE = Definition(
    'binascii',
    static={'Error': BinasciiError},
    functions=BinasciiFunctions,
    left_out={
        'it is not part of this release': 'a2b_qp b2a_qp a2b_uu b2a_uu Incomplete a2b_ascii85 b2a_ascii85 a2b_base85 '
        'b2a_base85 a2b_z85 b2a_z85 a2b_base32 b2a_base32'
    },
)


class ZlibFunctions(BytesFunctions):
    """The functions of `zlib`."""

    __slots__ = ()
    module = 'zlib'

    def compress(self, data: Any, /, level: int = -1, wbits: int = 15) -> bytes:
        given = self._bytes(data)
        self._run.charge(len(given) >> 2)
        made: bytes = _checked(zlib.compress, given, level, wbits)
        return made

    def decompress(self, data: Any, /, wbits: int = 15, bufsize: int = 16384) -> bytes:
        given = self._bytes(data)
        return self._unpacked(given, wbits)

    def _unpacked(self, data: bytes, wbits: int) -> bytes:
        unpacker = _checked(zlib.decompressobj, wbits)
        parts: list[bytes] = []
        size = 0
        while not unpacker.eof:
            part = _checked(unpacker.decompress, data, _PIECE)
            size += len(part)
            self._run.reserve(2 * size)
            self._run.charge(1 + (len(part) >> 6))
            parts.append(part)
            data = unpacker.unconsumed_tail
            if not part and not data and not unpacker.eof:
                raise ZlibError('Error -5 while decompressing data: incomplete or truncated stream')
        return b''.join(parts)

    def crc32(self, data: Any, value: int = 0, /) -> int:
        return zlib.crc32(self._bytes(data), value)

    def adler32(self, data: Any, value: int = 1, /) -> int:
        return zlib.adler32(self._bytes(data), value)


#: Bytes that are unpacked between two looks at the limits.
_PIECE: Final = 1 << 20


def _checked(function: Any, *args: Any) -> Any:
    return with_error(ZlibError, zlib.error, function, *args)


ZLIB_MODULE = Definition(
    'zlib',
    static={
        **{name: value for name, value in vars(zlib).items() if name.isupper() and type(value) is int},
        'error': ZlibError,
    },
    functions=ZlibFunctions,
    left_out={
        'use compress() and decompress()': 'compressobj decompressobj',
        'it tells of the host': 'ZLIB_VERSION ZLIB_RUNTIME_VERSION ZLIBNG_VERSION',
        'it is not part of this release': 'crc32_combine adler32_combine',
    },
)
