"""The bytes around a snapshot: what it is, who wrote it, whether it is whole, and how large it will be.

    envelope = "MFLW" version:u8 flags:u8 header_size:u32 payload_size:u64 header body crc:u32
    header   = MessagePack map {str: nil | bool | int | float | str | bin}
    body     = the payload, or one zstandard frame of it when flag 1 is set
    crc      = CRC-32 of all bytes before it

Numbers are big-endian. `payload_size` is the size before compression: a reader judges it by its own limit
before it makes any space. The CRC tells damage, not forgery. A flag that a reader does not know
means that it cannot read the rest; a header entry that it does not know is of no harm.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgpack
import zstandard

from monty_flow.interpreter.errors import SnapshotError

MAGIC = b'MFLW'
VERSION = 1
COMPRESSED = 1
#: Payloads of at least this many bytes are compressed.
COMPRESS_FROM_BYTES = 16 * 1024
#: The header is for a handful of short facts.
MAX_HEADER_BYTES = 64 * 1024
#: The quickest level: snapshots are written at every pause, and read once or never.
_LEVEL = 1
_PREFIX = struct.Struct('>4sBBIQ')
_CRC = struct.Struct('>I')

HeaderValue = None | bool | int | float | str | bytes


@dataclass(frozen=True, slots=True)
class Envelope:
    """Hold what was sealed."""

    header: dict[str, HeaderValue]
    payload: bytes


def seal(payload: bytes, header: Mapping[str, HeaderValue]) -> bytes:
    """Return `payload` and the facts about it as one envelope."""
    flags = 0
    body = payload
    if len(payload) >= COMPRESS_FROM_BYTES:
        flags |= COMPRESSED
        body = zstandard.ZstdCompressor(level=_LEVEL).compress(payload)
    head: bytes = msgpack.packb(dict(header))
    if len(head) > MAX_HEADER_BYTES:
        raise SnapshotError(f'the header of a snapshot is over {MAX_HEADER_BYTES} bytes; put less in it')
    sealed = b''.join((_PREFIX.pack(MAGIC, VERSION, flags, len(head), len(payload)), head, body))
    return sealed + _CRC.pack(zlib.crc32(sealed))


def unseal(data: bytes, *, limit: int) -> Envelope:
    """Return what `seal` took; raise SnapshotError for other bytes, or a payload of over `limit` bytes."""
    if len(data) < _PREFIX.size + _CRC.size or data[:4] != MAGIC:
        raise SnapshotError('these bytes are not a snapshot; give load() what Snapshot.dump() returned, unchanged')
    _, version, flags, head_size, size = _PREFIX.unpack_from(data)
    if version != VERSION or flags & ~COMPRESSED:
        raise SnapshotError(
            f'the snapshot has format {version}.{flags}, and this release reads format {VERSION}; '
            'load it with a newer release'
        )
    view = memoryview(data)
    if zlib.crc32(view[: -_CRC.size]) != _CRC.unpack(view[-_CRC.size :])[0]:
        raise _damaged('its checksum does not match')
    if size > limit:
        raise SnapshotError(f'the snapshot takes {size} bytes, over max_snapshot_bytes={limit}; raise the limit')
    start = _PREFIX.size + head_size
    if head_size > MAX_HEADER_BYTES or start > len(data) - _CRC.size:
        raise _damaged('its header is longer than it may be')
    header = _read_header(data[_PREFIX.size : start])
    body = data[start : -_CRC.size]
    payload = _decompress(body, size) if flags & COMPRESSED else body
    if len(payload) != size:
        raise _damaged('its payload is not as long as it says')
    return Envelope(header, payload)


def _read_header(head: bytes) -> dict[str, HeaderValue]:
    try:
        header: Any = msgpack.unpackb(head, timestamp=1)
    except (ValueError, TypeError, msgpack.exceptions.UnpackException) as error:
        raise _damaged('its header is not MessagePack') from error
    allowed = {type(None), bool, int, float, str, bytes}
    if type(header) is not dict or not {*map(type, header)} <= {str} or not {*map(type, header.values())} <= allowed:
        raise _damaged('its header is not a map of facts')
    return header


def _decompress(body: bytes, size: int) -> bytes:
    try:
        # The frame's own claim of its size is what zstandard makes space for.
        if zstandard.frame_content_size(body) != size:
            raise _damaged('its payload is not as long as it says')
        return zstandard.ZstdDecompressor().decompress(body, allow_extra_data=False)
    except zstandard.ZstdError as error:
        raise _damaged('its payload cannot be decompressed') from error


def _damaged(what: str) -> SnapshotError:
    return SnapshotError(f'the snapshot is damaged: {what}; load an earlier copy of it')
