"""Find where large strings and bytes lie in MessagePack, so that whoever stores it can keep them apart.

Nothing is decoded and nothing is changed: a *leaf* is a range of the bytes, header included, that is itself the MessagePack of one
str or bin. Whoever cuts leaves out and puts them back has what was there, byte for byte.

A look for the headers of large leaves costs next to nothing, and mostly there are none. Where something looks like one, the
containers are walked, and only those that are large enough to hold one: `skip` goes over the others in C.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

import msgpack

from monty_flow.interpreter.snapshot.envelope import plain_payload

#: Leaves below this size stay: their headers are of other kinds, and a reference would take as much room as it saves.
LEAST_LEAF_BYTES = 64 * 1024
#: Levels of containers that are walked: each takes a copy of what is in it.
MAX_LEVELS = 32
#: What looks like the header of a leaf and is none, until the containers are walked.
MAX_LOOKS = 1000
_SOURCE_SIZE = struct.Struct('>I')
_STR32, _BIN32 = 0xDB, 0xC6
_HEADER_BYTES = 5
#: Documents of this size may have a leaf whose length begins with another byte than zero.
_MANY_BYTES = 1 << 24


def large_leaves(data: bytes, least: int, start: int = 0, end: int | None = None) -> list[tuple[int, int]]:
    """Return the ranges of the leaves of at least `least` bytes of the one document in `data[start:end]`, in order.

    Nothing for bytes that are no document: it is for the reader to say what is wrong with them.
    """
    stop = len(data) if end is None else end
    least = max(least, LEAST_LEAF_BYTES)
    if stop - start < least or not _may_have_any(data, start, stop):
        return []
    try:
        return list(_leaves(data, least, start, stop, 0))
    except (ValueError, msgpack.exceptions.UnpackException):
        return []


def snapshot_leaves(data: bytes, least: int) -> list[tuple[int, int]]:
    """Return the ranges of the large leaves of a snapshot that is not compressed, nothing for a compressed one."""
    found = plain_payload(data)
    if found is None:
        return []
    start, end = found
    if end - start < _SOURCE_SIZE.size:
        return []
    start += _SOURCE_SIZE.size + _SOURCE_SIZE.unpack_from(data, start)[0]
    return large_leaves(data, least, start, end)


def _may_have_any(data: bytes, start: int, end: int) -> bool:
    if end - start >= _MANY_BYTES:
        return True
    for head in (b'\xdb\x00', b'\xc6\x00'):
        at = data.find(head, start, end)
        for _ in range(MAX_LOOKS):
            if at < 0:
                break
            size = int.from_bytes(data[at + 1 : at + _HEADER_BYTES], 'big')
            if LEAST_LEAF_BYTES <= size <= end - at - _HEADER_BYTES:
                return True
            at = data.find(head, at + 1, end)
        else:
            return True
    return False


def _leaves(data: bytes, least: int, start: int, end: int, level: int) -> Iterator[tuple[int, int]]:
    """Yield the leaves of the document at `start`, which ends at `end`."""
    kind = data[start]
    if kind in (_STR32, _BIN32):
        yield start, end
        return
    if level == MAX_LEVELS or not (0x80 <= kind <= 0x9F or 0xDC <= kind <= 0xDF):
        return
    unpacker = msgpack.Unpacker(max_buffer_size=end - start)
    unpacker.feed(memoryview(data)[start:end])
    is_map = kind <= 0x8F or kind >= 0xDE
    count = 2 * unpacker.read_map_header() if is_map else unpacker.read_array_header()
    at = start + unpacker.tell()
    for _ in range(count):
        unpacker.skip()
        after = start + unpacker.tell()
        if after - at >= least:
            yield from _leaves(data, least, at, after, level + 1)
        at = after
