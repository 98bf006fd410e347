"""Snapshots as rows of the database: authenticated, optionally encrypted, and bound to their run and step.

    stored   = 0x10 flags:u8 key_size:u8 key base? body mac?
    flags    = 1 compressed | 2 delta | 4 signed | 8 encrypted | 16 with parts elsewhere
    key      = name of the key, empty when the row is not signed
    base     = number:u32 of the snapshot that is the dictionary, of a delta
    body     = parts? frame, or nonce:12 AES-256-GCM of them         the frame is that of growth.py
    parts    = count:u32 (at:u64 size:u64 digest:32)*                 what the snapshot is without (parts.py)
    mac      = HMAC-SHA-256 of all bytes before it, for the run and the number

    large    = 0x20 flags:u8 key_size:u8 key body                     a part, under the SHA-256 of its content (large.py)
    flags    = 1 compressed | 8 encrypted

The code is checked before anything is decompressed. It binds the row to its place: a good snapshot of another run or of an
earlier step is refused there. A part needs no code of its own: what refers to it says its hash. Rows of revision 0001, which begin with another byte, have no code and are refused where there
are keys; the upgrade signs them (`database.upgrade`).
"""

from __future__ import annotations

import secrets
import struct
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import zstandard

from monty_flow.engine import payloads
from monty_flow.engine.errors import EncryptionUnavailable, KeysNeeded, PayloadUnreadable
from monty_flow.engine.growth import Frame, Link, unpack
from monty_flow.engine.parts import Contents, Place, checked_places, digest_of, filled, joined, none_there, parts_at
from monty_flow.interpreter import KeyRing, SnapshotKeyUnknown, SnapshotRefused, SnapshotTooNew

MARKER, LARGE_MARKER = 0x10, 0x20
COMPRESSED, DELTA, SIGNED, ENCRYPTED, WITH_PARTS = 1, 2, 4, 8, 16
_KNOWN = COMPRESSED | DELTA | SIGNED | ENCRYPTED | WITH_PARTS
PURPOSE, SECRECY = b'row', b'encryption'
#: Bytes of the largest part.
MAX_LARGE_BYTES = 1024 * 1024 * 1024
_BASE = struct.Struct('>I')
_COUNT = struct.Struct('>I')
_PLACE = struct.Struct('>QQ32s')
_MAC_BYTES = 32
_NONCE_BYTES = 12


class Codec:
    """Turn frames into rows and back, with the keys of one database; None for a database without keys."""

    def __init__(self, keys: KeyRing | None, *, encrypts: bool = False) -> None:
        self.keys = keys
        self._encrypts = encrypts

    def seal(self, run_id: str, number: int, frame: Frame) -> bytes:
        """Return the bytes of the row that holds a frame."""
        keys = self.keys
        flags = (COMPRESSED if frame.is_compressed else 0) | (DELTA if frame.base is not None else 0)
        base = b'' if frame.base is None else _BASE.pack(frame.base)
        data = frame.data
        if frame.places:
            flags |= WITH_PARTS
            packed = [_PLACE.pack(place.at, place.size, place.digest) for place in frame.places]
            data = b''.join((_COUNT.pack(len(packed)), *packed, data))
        if keys is None:
            return b''.join((bytes((MARKER, flags, 0)), base, data))
        flags |= SIGNED | (ENCRYPTED if self._encrypts else 0)
        name = keys.current.encode()
        head = b''.join((bytes((MARKER, flags, len(name))), name, base))
        place = _place(run_id, number)
        body = self._encrypted(head, place, data) if self._encrypts else data
        sealed = head + body
        return sealed + keys.sign(PURPOSE, place, sealed)

    def open(self, run_id: str, number: int, stored: bytes) -> Frame:
        """Return the frame of a row; raise SnapshotRefused for one that is not authentic."""
        if stored[:1] in (b'\x00', b'\x01'):
            if self.keys is not None:
                raise SnapshotRefused(_UNSIGNED)
            return Frame(payloads.unwrap(stored), False, None)
        # What is encrypted is always signed.
        if (
            len(stored) < 3
            or stored[0] != MARKER
            or stored[1] & ~_KNOWN
            or stored[1] & (SIGNED | ENCRYPTED) == ENCRYPTED
        ):
            raise SnapshotTooNew('the snapshot is stored in a form that this release does not know; use a newer one')
        flags, end = stored[1], 3 + stored[2]
        if flags & SIGNED:
            sealed = self._checked(run_id, number, stored, stored[3:end])
        elif self.keys is not None:
            raise SnapshotRefused(_UNSIGNED)
        else:
            sealed = stored
        base = base_of(sealed)
        head = end + (0 if base is None else _BASE.size)
        body = sealed[head:]
        if flags & ENCRYPTED:
            body = self._decrypted(stored[3:end].decode(), sealed[:head], _place(run_id, number), body)
        places: tuple[Place, ...] = ()
        if flags & WITH_PARTS:
            places, body = _places_of(body)
        return Frame(body, bool(flags & COMPRESSED), base, places)

    def _checked(self, run_id: str, number: int, stored: bytes, name: bytes) -> bytes:
        if self.keys is None:
            raise KeysNeeded(name.decode('ascii', 'replace'))
        sealed = stored[:-_MAC_BYTES]
        self.keys.check(name.decode('ascii', 'replace'), PURPOSE, _place(run_id, number), sealed, stored[-_MAC_BYTES:])
        return sealed

    def _encrypted(self, head: bytes, place: bytes, data: bytes) -> bytes:
        assert self.keys is not None
        nonce = secrets.token_bytes(_NONCE_BYTES)
        secret: bytes = _cipher(self.keys.derived(self.keys.current, SECRECY)).encrypt(nonce, data, head + place)
        return nonce + secret

    def _decrypted(self, name: str, head: bytes, place: bytes, body: bytes) -> bytes:
        assert self.keys is not None
        cipher = _cipher(self.keys.derived(name, SECRECY))
        try:
            return bytes(cipher.decrypt(body[:_NONCE_BYTES], body[_NONCE_BYTES:], head + place))
        except Exception as error:  # the class is that of an optional package
            raise PayloadUnreadable('a stored snapshot cannot be decrypted; it was damaged') from error

    def seal_large(self, digest: bytes, content: bytes) -> bytes:
        """Return the bytes under which a part is kept."""
        data = zstandard.ZstdCompressor(level=1).compress(content)
        flags = COMPRESSED
        if len(data) >= len(content):
            flags, data = 0, content
        if not self._encrypts:
            return bytes((LARGE_MARKER, flags, 0)) + data
        assert self.keys is not None
        name = self.keys.current.encode()
        head = bytes((LARGE_MARKER, flags | ENCRYPTED, len(name))) + name
        return head + self._encrypted(head, digest, data)

    def open_large(self, digest: bytes, stored: bytes) -> bytes:
        """Return a part; raise PayloadUnreadable for one that is not what its name says."""
        if len(stored) < 3 or stored[0] != LARGE_MARKER or stored[1] & ~(COMPRESSED | ENCRYPTED):
            raise SnapshotTooNew('a large value is stored in a form that this release does not know; use a newer one')
        flags, end = stored[1], 3 + stored[2]
        body = stored[end:]
        if flags & ENCRYPTED:
            name = stored[3:end].decode('ascii', 'replace')
            if self.keys is None:
                raise KeysNeeded(name)
            if name not in self.keys.names:
                raise SnapshotKeyUnknown(name)
            body = self._decrypted(name, stored[:end], digest, body)
        content = _inflated(body) if flags & COMPRESSED else body
        if digest_of(content) != digest:
            raise SnapshotRefused('a large value of it is not the one that it refers to')
        return content

    def restore(self, run_id: str, rows: Iterable[tuple[int, bytes]], contents: Contents = none_there) -> Link | None:
        """Return the last snapshot of a chain of rows in their order, from a full one on; None when there is none.

        `contents` gives what it is without.
        """
        link: Link | None = None
        for number, stored in rows:
            frame = self.open(run_id, number, stored)
            if frame.base is None:
                rest = unpack(frame, None)
                parts = parts_at(checked_places(frame.places, len(rest)))
                full_bytes = len(frame.data) + sum([part.size for part in parts])
                link = Link(number, rest, 1, full_bytes, 0, parts)
                continue
            if link is None or link.number != frame.base:
                raise PayloadUnreadable(
                    f'the snapshot {frame.base} of run {run_id}, which {number} adds to, is missing'
                )
            link = self._added(link, number, frame, contents)
        return None if link is None else replace(link, parts=filled(link.parts, contents))

    def _added(self, link: Link, number: int, frame: Frame, contents: Contents) -> Link:
        """Return the snapshot of a delta."""
        kept = {place.digest for place in frame.places}
        gone = filled([part for part in link.parts if part.digest not in kept], contents)
        rest = unpack(frame, joined(link.rest, gone))
        parts = parts_at(checked_places(frame.places, len(rest)), link.parts)
        return Link(number, rest, link.depth + 1, link.full_bytes, link.delta_bytes + len(frame.data), parts)


_UNSIGNED = (
    'it is not signed, and the database has keys; if it is from before it had them and you trust it, '
    'run "monty-flow keys adopt"'
)


def _places_of(body: bytes) -> tuple[tuple[Place, ...], bytes]:
    count = _COUNT.unpack_from(body)[0] if len(body) >= _COUNT.size else len(body)
    end = _COUNT.size + count * _PLACE.size
    if end > len(body):
        raise PayloadUnreadable('a stored snapshot is cut off; it was damaged')
    return tuple([Place(*found) for found in _PLACE.iter_unpack(body[_COUNT.size : end])]), body[end:]


def _inflated(data: bytes) -> bytes:
    try:
        size = zstandard.frame_content_size(data)
        if not 0 <= size <= MAX_LARGE_BYTES:
            raise PayloadUnreadable('a large value does not tell its size; it was damaged')
        return zstandard.ZstdDecompressor().decompress(data, allow_extra_data=False)
    except zstandard.ZstdError as error:
        raise PayloadUnreadable(f'a large value cannot be decompressed: {error}; it was damaged') from None


def base_of(stored: bytes) -> int | None:
    """Return the number of the snapshot that a row adds to, None for a full one."""
    if stored[:1] != b'\x10' or not stored[1] & DELTA:
        return None
    start = 3 + stored[2]
    if len(stored) < start + _BASE.size:
        raise PayloadUnreadable('a stored snapshot is cut off; it was damaged')
    number: int = _BASE.unpack_from(stored, start)[0]
    return number


def is_signed(stored: bytes) -> bool:
    """Tell whether a row says that it is signed."""
    return stored[:1] == b'\x10' and bool(stored[1] & SIGNED)


def _place(run_id: str, number: int) -> bytes:
    return f'{run_id}|{number}'.encode()


def _cipher(secret: bytes) -> Any:
    try:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    except ImportError:
        raise EncryptionUnavailable from None
    return AESGCM(secret)
