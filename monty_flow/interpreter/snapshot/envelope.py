"""The bytes around a snapshot: what it is, who wrote it, whether it is whole, and how large it will be.

    envelope = "MFLW" version:u8 flags:u8 header_size:u32 payload_size:u64 header body seal
    header   = MessagePack map {str: nil | bool | int | float | str | bin}
    body     = the payload, or one zstandard frame of it when flag 1 is set
    seal     = crc:u32                 CRC-32 of all bytes before it
             | mac:32                  HMAC-SHA-256 of all bytes before it when flag 2 is set; the header names the 'key'

Numbers are big-endian. `payload_size` is the size before compression: a reader judges it by its own limit
before it makes any space. The CRC tells damage, not forgery; the code tells both (signing.py). A flag that a reader does
not know means that it cannot read the rest; a header entry that it does not know is of no harm.

`docs/design/snapshot-format.md` tells the format as a whole, and what each version added.
"""

from __future__ import annotations

import struct
import zlib
from typing import Any

import msgpack
import zstandard

from monty_flow.interpreter.errors import SnapshotError, SnapshotRefused, SnapshotTooNew
from monty_flow.interpreter.records import record
from monty_flow.interpreter.snapshot.signing import MAC_BYTES, KeyRing
from monty_flow.interpreter.snapshot.versions import COMPRESSED, FLAGS, SIGNED, VERSION

MAGIC = b'MFLW'
#: The first version that can be signed.
SIGNED_FROM = 2
PURPOSE = b'snapshot'
#: Payloads of at least this many bytes are compressed.
COMPRESS_FROM_BYTES = 16 * 1024
#: The header is for a handful of short facts.
MAX_HEADER_BYTES = 64 * 1024
#: The quickest level: snapshots are written at every pause, and read once or never.
_LEVEL = 1
_PREFIX = struct.Struct('>4sBBIQ')
_CRC = struct.Struct('>I')

_NAMES = frozenset({str})
_FACTS = frozenset({type(None), bool, int, float, str, bytes})
HeaderValue = None | bool | int | float | str | bytes


@record(frozen=True)
class Envelope:
    """Hold what was sealed."""

    header: dict[str, HeaderValue]
    payload: bytes


def seal(
    payload: bytes,
    header: dict[str, HeaderValue],
    *,
    version: int = VERSION,
    keys: KeyRing | None = None,
    binding: bytes = b'',
    compress: bool = True,
) -> bytes:
    """Return `payload` and the facts about it as one envelope, signed when there are keys."""
    flags = 0
    body = payload
    if compress and len(payload) >= COMPRESS_FROM_BYTES:
        flags |= COMPRESSED
        body = zstandard.ZstdCompressor(level=_LEVEL).compress(payload)
    if keys is not None:
        if version < SIGNED_FROM:
            raise SnapshotError(f'format {version} cannot be signed; write format {SIGNED_FROM} or leave out the keys')
        flags |= SIGNED
        header = {**header, 'key': keys.current}
    head: bytes = msgpack.packb(header)
    if len(head) > MAX_HEADER_BYTES:
        raise SnapshotError(f'the header of a snapshot is over {MAX_HEADER_BYTES} bytes; put less in it')
    sealed = b''.join((_PREFIX.pack(MAGIC, version, flags, len(head), len(payload)), head, body))
    return sealed + (_CRC.pack(zlib.crc32(sealed)) if keys is None else keys.sign(PURPOSE, binding, sealed))


def unseal(data: bytes, *, limit: int, keys: KeyRing | None = None, binding: bytes = b'') -> Envelope:
    """Return what `seal` took; raise SnapshotError for other bytes, or a payload of over `limit` bytes.

    With keys, bytes that none of them has signed for this binding raise SnapshotRefused; so do signed ones without keys.
    """
    if len(data) < _PREFIX.size + _CRC.size or data[:4] != MAGIC:
        raise SnapshotError('these bytes are not a snapshot; give load() what Snapshot.dump() returned, unchanged')
    _, version, flags, head_size, size = _PREFIX.unpack_from(data)
    if version not in FLAGS or flags & ~FLAGS[version]:
        raise SnapshotTooNew(
            f'the snapshot has format {version}.{flags}, and this release reads format {VERSION} and older; '
            'load it with a newer release'
        )
    start = _PREFIX.size + head_size
    end = len(data) - (MAC_BYTES if flags & SIGNED else _CRC.size)
    if keys is None and flags & SIGNED:
        raise SnapshotRefused('it is signed, and there are no keys to check it with; give load() the key ring')
    if keys is not None:
        if not flags & SIGNED:
            raise SnapshotRefused('it is not signed; load it without keys if you trust where it comes from')
        header = _check_signature(data, start, end, keys, binding)
    else:
        if zlib.crc32(memoryview(data)[:end]) != _CRC.unpack_from(data, end)[0]:
            raise _damaged('its checksum does not match')
        header = _header_of(data, start, end)
    if size > limit:
        raise SnapshotError(f'the snapshot takes {size} bytes, over max_snapshot_bytes={limit}; raise the limit')
    body = data[start:end]
    payload = _decompress(body, size) if flags & COMPRESSED else body
    if len(payload) != size:
        raise _damaged('its payload is not as long as it says')
    return Envelope(header, payload)


def plain_payload(data: bytes) -> tuple[int, int] | None:
    """Return where the payload of an envelope begins and ends, unchecked; None when it is compressed or none."""
    if len(data) < _PREFIX.size + _CRC.size or data[:4] != MAGIC:
        return None
    _, version, flags, head_size, _ = _PREFIX.unpack_from(data)
    if version not in FLAGS or flags & ~FLAGS[version] or flags & COMPRESSED:
        return None
    start, end = _PREFIX.size + head_size, len(data) - (MAC_BYTES if flags & SIGNED else _CRC.size)
    return (start, end) if start <= end else None


def _check_signature(data: bytes, start: int, end: int, keys: KeyRing, binding: bytes) -> dict[str, HeaderValue]:
    # Only the name of the key is used before the code is found right.
    header = _header_of(data, start, end)
    name = header.get('key')
    if type(name) is not str:
        raise _damaged('its header names no key')
    keys.check(name, PURPOSE, binding, data[:end], data[end:])
    return header


def _header_of(data: bytes, start: int, end: int) -> dict[str, HeaderValue]:
    if start - _PREFIX.size > MAX_HEADER_BYTES or start > end:
        raise _damaged('its header is longer than it may be')
    return _read_header(data[_PREFIX.size : start])


def _read_header(head: bytes) -> dict[str, HeaderValue]:
    try:
        header: Any = msgpack.unpackb(head, timestamp=1)
    except (ValueError, TypeError, msgpack.exceptions.UnpackException) as error:
        raise _damaged('its header is not MessagePack') from error
    if type(header) is not dict or not (
        _NAMES.issuperset(map(type, header)) and _FACTS.issuperset(map(type, header.values()))
    ):
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
