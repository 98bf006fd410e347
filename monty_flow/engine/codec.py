"""Snapshots as rows of the database: authenticated, optionally encrypted, and bound to their run and step.

    stored   = 0x10 flags:u8 key_size:u8 key base? body mac?
    flags    = 1 compressed | 2 delta | 4 signed | 8 encrypted
    key      = name of the key, empty when the row is not signed
    base     = number:u32 of the snapshot that is the dictionary, of a delta
    body     = the frame (growth.py), or nonce:12 AES-256-GCM of it
    mac      = HMAC-SHA-256 of all bytes before it, for the run and the number

The code is checked before anything is decompressed. It binds the row to its place: a good snapshot of another run or of an
earlier step is refused there. Rows of revision 0001, which begin with another byte, have no code and are refused where there
are keys; the upgrade signs them (`database.upgrade`).
"""

from __future__ import annotations

import secrets
import struct
from collections.abc import Iterable
from typing import Any

from monty_flow.engine import payloads
from monty_flow.engine.errors import EncryptionUnavailable, KeysNeeded, PayloadUnreadable
from monty_flow.engine.growth import Frame, Link, unpack
from monty_flow.interpreter import KeyRing, SnapshotRefused, SnapshotTooNew

MARKER = 0x10
COMPRESSED, DELTA, SIGNED, ENCRYPTED = 1, 2, 4, 8
_KNOWN = COMPRESSED | DELTA | SIGNED | ENCRYPTED
PURPOSE, SECRECY = b'row', b'encryption'
_BASE = struct.Struct('>I')
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
        if keys is None:
            return b''.join((bytes((MARKER, flags, 0)), base, frame.data))
        flags |= SIGNED | (ENCRYPTED if self._encrypts else 0)
        name = keys.current.encode()
        head = b''.join((bytes((MARKER, flags, len(name))), name, base))
        place = _place(run_id, number)
        body = self._encrypted(head, place, frame.data) if self._encrypts else frame.data
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
        return Frame(body, bool(flags & COMPRESSED), base)

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

    def restore(self, run_id: str, rows: Iterable[tuple[int, bytes]]) -> Link | None:
        """Return the last snapshot of a chain of rows in their order, from a full one on; None when there is none."""
        link: Link | None = None
        for number, stored in rows:
            frame = self.open(run_id, number, stored)
            if frame.base is None:
                link = Link(number, unpack(frame, None), 1, len(frame.data), 0)
                continue
            if link is None or link.number != frame.base:
                raise PayloadUnreadable(
                    f'the snapshot {frame.base} of run {run_id}, which {number} adds to, is missing'
                )
            raw = unpack(frame, link.raw)
            link = Link(number, raw, link.depth + 1, link.full_bytes, link.delta_bytes + len(frame.data))
        return link


_UNSIGNED = (
    'it is not signed, and the database has keys; if it is from before it had them and you trust it, '
    'run "monty-flow keys adopt"'
)


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
