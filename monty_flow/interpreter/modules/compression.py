"""`gzip`, `bz2` and `lzma`: bytes in, bytes out, in one go. What comes out is bounded by the run's memory while it is made."""

from __future__ import annotations

import bz2
import gzip
import lzma
import struct
import zlib
from collections.abc import Callable
from typing import Any, ClassVar, Final

from monty_flow.interpreter.modules.library import LibraryFunctions
from monty_flow.interpreter.modules.module import Definition
from monty_flow.interpreter.runtime.buffers import byte_size
from monty_flow.interpreter.runtime.immutable import FrozenType

#: Bytes that are decompressed between two looks at the limits.
_PIECE: Final = 1 << 16
#: Bytes for which compressing takes a step.
_BYTES_A_STEP: Final = 64
#: Bytes that are compressed between two looks at the limits, and such as CPython takes to do it, at most: by lzma's preset, and for bz2 and zlib.
_CHUNK: Final = 1 << 20
_LZMA_BYTES: Final = (3 << 20, 9 << 20, 17 << 20, 32 << 20, 48 << 20)
_BZ2_BYTES: Final = 8 << 20
_ZLIB_BYTES: Final = 1 << 20
_CUT: Final = 'Compressed data ended before the end-of-stream marker was reached'
_NO_FILES: Final = 'open the file with open() and give its bytes to compress() or decompress()'
_NO_STREAMS: Final = 'use compress() and decompress() on the whole bytes'


class BadGzipFile(OSError, metaclass=FrozenType):
    """Raised for bytes that gzip has not made."""

    __module__ = 'gzip'


class LZMAError(Exception, metaclass=FrozenType):
    """Raised for bytes that lzma has not made."""

    __module__ = 'lzma'


class _Compression(LibraryFunctions):
    """What the three have in common."""

    __slots__ = ()

    def _bytes(self, data: Any) -> bytes:
        if type(data) not in (bytes, bytearray):
            raise TypeError(f"a bytes-like object is required, not '{type(data).__name__}'")
        self._run.charge(len(data) // _BYTES_A_STEP)
        if type(data) is bytearray:
            self._run.reserve(byte_size(data))
        return bytes(data)

    def _level(self, level: Any, least: int, most: int) -> int:
        if not isinstance(level, int) or not least <= level <= most:
            raise ValueError(f'the level of compression is between {least} and {most}')
        return int(level)

    def _made(self, data: bytes, new: Callable[[], Any], nbytes: int) -> bytes:
        """Compress `data`, piece by piece, with what takes so many bytes by itself."""
        self._run.reserve(nbytes)
        stream, given = new(), memoryview(data)
        pieces: list[bytes] = []
        size = 0
        for start in range(0, len(data), _CHUNK):
            pieces.append(stream.compress(given[start : start + _CHUNK]))
            size += len(pieces[-1])
            self._run.charge(1)
            # They are joined in the end.
            self._run.reserve(2 * size)
        pieces.append(stream.flush())
        return b''.join(pieces)

    def _all_of(
        self, data: bytes, new: Callable[[], Any], failures: tuple[type[Exception], ...], fail: Any, cut: Exception
    ) -> bytes:
        """Decompress all streams of `data`, piece by piece."""
        pieces: list[bytes] = []
        size = 0
        while data:
            stream = new()
            while not stream.eof:
                try:
                    piece = stream.decompress(data, _PIECE)
                except failures as error:
                    raise fail(str(error)) from None
                data = getattr(stream, 'unconsumed_tail', b'')
                size += len(piece)
                self._run.charge(1 + len(piece) // _BYTES_A_STEP)
                self._run.reserve(2 * size)
                pieces.append(piece)
                if not piece and not stream.eof and not data:
                    raise cut
            data = stream.unused_data
        return b''.join(pieces)


class GzipFunctions(_Compression):
    """The functions of `gzip`."""

    __slots__ = ()
    module: ClassVar[str] = 'gzip'

    def compress(self, data: Any, compresslevel: Any = 9, *, mtime: Any = None) -> bytes:
        moment = self._run.now() if mtime is None else mtime
        given, level = self._bytes(data), self._level(compresslevel, -1, 9)
        # What stands before and behind the compressed bytes is CPython's own; what stands between is made piece by piece.
        head = gzip.compress(b'', level, mtime=moment)[:10]
        body = self._made(given, lambda: zlib.compressobj(level, zlib.DEFLATED, -zlib.MAX_WBITS), _ZLIB_BYTES)
        return b''.join([head, body, struct.pack('<LL', zlib.crc32(given), len(given) & 0xFFFF_FFFF)])

    def decompress(self, data: Any) -> bytes:
        given = self._bytes(data)
        if given[:2] not in (b'', b'\x1f\x8b'):
            raise BadGzipFile(f'Not a gzipped file ({given[:2]!r})')
        cut = EOFError('Compressed file ended before the end-of-stream marker was reached')
        return self._all_of(given, lambda: zlib.decompressobj(16 + zlib.MAX_WBITS), (zlib.error,), BadGzipFile, cut)


class Bz2Functions(_Compression):
    """The functions of `bz2`."""

    __slots__ = ()
    module: ClassVar[str] = 'bz2'

    def compress(self, data: Any, compresslevel: Any = 9) -> bytes:
        level = self._level(compresslevel, 1, 9)
        return self._made(self._bytes(data), lambda: bz2.BZ2Compressor(level), _BZ2_BYTES)

    def decompress(self, data: Any) -> bytes:
        return self._all_of(self._bytes(data), bz2.BZ2Decompressor, (OSError,), OSError, ValueError(_CUT))


class LzmaFunctions(_Compression):
    """The functions of `lzma`."""

    __slots__ = ()
    module: ClassVar[str] = 'lzma'

    def compress(self, data: Any, *, preset: Any = None) -> bytes:
        # The higher presets take up to 700 MB whatever the data is.
        level = 4 if preset is None else self._level(preset, 0, 4)
        return self._made(self._bytes(data), lambda: lzma.LZMACompressor(preset=level), _LZMA_BYTES[level])

    def decompress(self, data: Any) -> bytes:
        # The bytes say how much is taken to read them.
        limit = None if self._run.limits.max_memory is None else max(_CHUNK, self._run.memory_room())

        def new() -> lzma.LZMADecompressor:
            return lzma.LZMADecompressor(memlimit=limit)

        return self._all_of(self._bytes(data), new, (lzma.LZMAError,), LZMAError, LZMAError(_CUT))


GZIP = Definition(
    'gzip',
    static={'BadGzipFile': BadGzipFile},
    functions=GzipFunctions,
    left_out={
        _NO_FILES: 'GzipFile open main',
        'it is not meant for users of the module': 'FCOMMENT FEXTRA FHCRC FNAME FTEXT READ READ_BUFFER_SIZE WRITE'
        ' WRITE_BUFFER_SIZE builtins io os struct sys time weakref write32u zlib',
    },
)
BZ2 = Definition(
    'bz2',
    functions=Bz2Functions,
    left_out={
        _NO_FILES: 'BZ2File open',
        _NO_STREAMS: 'BZ2Compressor BZ2Decompressor',
        'it is not meant for users of the module': 'RLock io os',
    },
)
LZMA = Definition(
    'lzma',
    static={'LZMAError': LZMAError},
    functions=LzmaFunctions,
    left_out={
        _NO_FILES: 'LZMAFile open',
        _NO_STREAMS: 'LZMACompressor LZMADecompressor is_check_supported CHECK_CRC32 CHECK_CRC64 CHECK_ID_MAX CHECK_NONE'
        ' CHECK_SHA256 CHECK_UNKNOWN FILTER_ARM FILTER_ARMTHUMB FILTER_DELTA FILTER_IA64 FILTER_LZMA1 FILTER_LZMA2'
        ' FILTER_POWERPC FILTER_SPARC FILTER_X86 FORMAT_ALONE FORMAT_AUTO FORMAT_RAW FORMAT_XZ MF_BT2 MF_BT3 MF_BT4'
        ' MF_HC3 MF_HC4 MODE_FAST MODE_NORMAL PRESET_DEFAULT PRESET_EXTREME',
        'it is not meant for users of the module': 'builtins io os',
    },
)
