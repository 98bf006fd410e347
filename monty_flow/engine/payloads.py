"""Values as bytes: MessagePack, with zstandard above a size.

    payload  = marker body
    marker   = 0x00 (body as it is) | 0x01 (body in a zstandard frame) | 0x02 (without what is kept elsewhere, large.py)

MessagePack itself holds None, bool, int of 64 bits, float, str, bytes, list and dict. Every other type
that can cross between host and script has a row in the table of extension types below, so that what comes back
has the exact type that went in. Anything else is refused; nothing here can run code, as unpickling would.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

import msgpack
import zstandard

from monty_flow.engine.errors import PayloadUnreadable, ValueRefused
from monty_flow.interpreter import ScriptObject

#: Bytes from which a payload is compressed; below, the frame costs more than it saves.
COMPRESS_FROM_BYTES = 4096
#: Bytes that a payload may have before compression.
MAX_PAYLOAD_BYTES = 256 * 1024 * 1024

PLAIN, OUT = b'\x00', b'\x02'
_COMPRESSED = b'\x01'


def _timedelta_parts(value: timedelta) -> list[int]:
    return [value.days, value.seconds, value.microseconds]


def _datetime_parts(value: datetime | time) -> list[Any]:
    return [value.isoformat(), value.tzinfo, value.fold]


def _datetime_of(parts: list[Any]) -> datetime:
    return datetime.fromisoformat(parts[0]).replace(tzinfo=parts[1], fold=parts[2])


def _time_of(parts: list[Any]) -> time:
    return time.fromisoformat(parts[0]).replace(tzinfo=parts[1], fold=parts[2])


def _timezone_parts(value: timezone) -> list[Any]:
    # A timezone made without a name is told from one that was given its default name by how it was made.
    return list(value.__getinitargs__())  # type: ignore[attr-defined]


#: Code of the extension type, type, its parts, and the value of the parts. Codes are never used again.
_EXTENSIONS: tuple[tuple[int, type, Callable[[Any], Any], Callable[[Any], Any]], ...] = (
    (1, tuple, list, tuple),
    (2, set, list, set),
    (3, frozenset, list, frozenset),
    (4, int, hex, lambda parts: int(parts, 16)),
    (5, complex, lambda value: [value.real, value.imag], lambda parts: complex(*parts)),
    (6, bytearray, bytes, bytearray),
    (7, range, lambda value: [value.start, value.stop, value.step], lambda parts: range(*parts)),
    (8, date, date.isoformat, date.fromisoformat),
    (9, datetime, _datetime_parts, _datetime_of),
    (10, time, _datetime_parts, _time_of),
    (11, timedelta, _timedelta_parts, lambda parts: timedelta(*parts)),
    (12, timezone, _timezone_parts, lambda parts: timezone(*parts)),
    (13, Decimal, str, Decimal),
    (14, Fraction, lambda value: [value.numerator, value.denominator], lambda parts: Fraction(*parts)),
    (15, UUID, lambda value: value.bytes, lambda parts: UUID(bytes=parts)),
    (16, ScriptObject, lambda value: [value.type_name, value.text], lambda parts: ScriptObject(*parts)),
)
_WRITERS = {kind: (code, parts) for code, kind, parts, _ in _EXTENSIONS}
_READERS = {code: value for code, _, _, value in _EXTENSIONS}


def encode(value: Any, what: str = 'the value') -> bytes:
    """Return `value` as bytes, or raise ValueRefused, which calls the value `what`."""
    try:
        body = _pack(value)
    except (TypeError, ValueError, OverflowError, RecursionError) as error:
        raise ValueRefused(f'{what} cannot be stored: {error}; pass plain values, not nested too deeply') from None
    if len(body) > MAX_PAYLOAD_BYTES:
        raise ValueRefused(
            f'{what} takes {len(body)} bytes, more than {MAX_PAYLOAD_BYTES}; store it elsewhere and pass a reference'
        )
    return wrap(body)


def decode(data: bytes) -> Any:
    """Return the value of bytes that `encode` made, or raise PayloadUnreadable."""
    try:
        return _unpack(unwrap(data))
    except (ValueError, TypeError, KeyError, msgpack.UnpackException) as error:
        raise PayloadUnreadable(f'a stored value cannot be decoded: {error}; it was damaged') from None


def wrap(body: bytes) -> bytes:
    """Return bytes of any meaning, such as a snapshot, with the marker and compressed when that pays."""
    if len(body) < COMPRESS_FROM_BYTES:
        return PLAIN + body
    # Level 1: a step should wait for the disk, not for the compressor.
    return _COMPRESSED + zstandard.ZstdCompressor(level=1).compress(body)


def is_shorter(data: bytes, least: int) -> bool:
    """Tell of a payload that is neither compressed nor kept apart whether `size_of` gives less; False for any other."""
    return len(data) <= least and data[:1] == PLAIN


def size_of(data: bytes) -> int:
    """Return the bytes of what was given to `wrap`; 0 for what is none."""
    if data[:1] != _COMPRESSED:
        return len(data) - 1
    try:
        return max(0, zstandard.frame_content_size(memoryview(data)[1:]))
    except zstandard.ZstdError:
        return 0


def unwrap(data: bytes) -> bytes:
    """Return the bytes that were given to `wrap`, or raise PayloadUnreadable."""
    if data[:1] == PLAIN:
        return data[1:]
    if data[:1] == OUT:
        raise PayloadUnreadable('a stored value is kept apart from its row; read it through an Engine')
    if data[:1] != _COMPRESSED:
        raise PayloadUnreadable('a stored value has an unknown form; it was made by a newer release of monty-flow')
    try:
        # Bounded, so that a small damaged frame cannot fill the memory.
        return zstandard.ZstdDecompressor().decompress(data[1:], max_output_size=MAX_PAYLOAD_BYTES)
    except zstandard.ZstdError as error:
        raise PayloadUnreadable(f'a stored value cannot be decompressed: {error}; it was damaged') from None


def _pack(value: Any) -> bytes:
    if type(value) not in _LEAVES and _holds_bytearray(value):
        value = _marked(value)
    # Not `packb`, which does the same by way of a dict of what it is given.
    packed: bytes = msgpack.Packer(default=_extension, strict_types=True).pack(value)
    return packed


#: Kinds of values that hold no others, as nearly all of a payload are.
_LEAVES = frozenset({type(None), bool, int, float, str, bytes})


def _holds_bytearray(value: Any) -> bool:
    # MessagePack takes a bytearray for bytes before it asks for an extension. Other containers come here as lists.
    kind = type(value)
    if kind is list:
        parts = value
    elif kind is dict:
        parts = value.values()
    else:
        return kind is bytearray
    if _LEAVES.issuperset(map(type, parts)):
        return False
    return any(map(_holds_bytearray, parts))


def _marked(value: Any) -> Any:
    kind = type(value)
    if kind is bytearray:
        return msgpack.ExtType(_WRITERS[bytearray][0], _pack(bytes(value)))
    if kind is list:
        return [_marked(part) for part in value]
    if kind is dict:
        return {key: _marked(part) for key, part in value.items()}
    return value


def _extension(value: Any) -> msgpack.ExtType:
    found = _WRITERS.get(type(value))
    if found is None:
        kind = type(value)
        raise TypeError(f'a value of type {kind.__module__}.{kind.__qualname__} has no stored form')
    code, parts = found
    return msgpack.ExtType(code, _pack(parts(value)))


def _unpack(body: bytes) -> Any:
    return msgpack.unpackb(body, ext_hook=_of_extension, strict_map_key=False, use_list=True)


def _of_extension(code: int, body: bytes) -> Any:
    return _READERS[code](_unpack(body))
