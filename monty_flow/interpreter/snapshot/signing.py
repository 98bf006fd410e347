"""Keys that authenticate what is stored: HMAC-SHA-256 under a key that is named beside the code.

    code = HMAC-SHA-256(derived, purpose size:u32 binding data)
    derived = HMAC-SHA-256(secret, "monty-flow " purpose)

`purpose` says what kind of bytes they are and `binding` what they belong to, such as the run and the step, so that a code
is of no use anywhere else. A ring holds several keys: new bytes are signed with the current one, old ones are checked
with the one that they name, until nobody needs it any more.
"""

from __future__ import annotations

import hmac
import secrets
import struct
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from monty_flow.interpreter.errors import SnapshotKeyUnknown, SnapshotRefused

#: Bytes of a code.
MAC_BYTES = 32
#: Bytes that a secret must have at least.
MIN_SECRET_BYTES = 16
#: Characters of the name of a key.
MAX_ID_CHARACTERS = 64
_SIZE = struct.Struct('>I')
#: Bytes of a block of SHA-256, and what HMAC does to each byte of the key.
_BLOCK_BYTES = 64
_INNER_PAD = bytes(byte ^ 0x36 for byte in range(256))
_OUTER_PAD = bytes(byte ^ 0x5C for byte in range(256))


class KeyRing:
    """Secrets by the names of their keys, one of which signs; the others are there to check what they have signed."""

    __slots__ = ('_derived', '_secrets', '_states', 'current')

    def __init__(self, secrets: Mapping[str, bytes], current: str | None = None) -> None:
        if not isinstance(secrets, Mapping):
            raise ValueError('a key ring is made of a dict of names and secrets; KeyRing.generate() makes one')
        if not secrets:
            raise ValueError('a key ring needs a key; KeyRing.generate() makes one')
        for name, secret in secrets.items():
            if not name.isascii() or not name.isidentifier() or len(name) > MAX_ID_CHARACTERS:
                raise ValueError(f'the name of a key is letters and digits, not {name!r}')
            if type(secret) is not bytes or len(secret) < MIN_SECRET_BYTES:
                raise ValueError(f'the secret of the key {name!r} is not bytes, at least {MIN_SECRET_BYTES} of them')
        #: Name of the key that signs.
        self.current = list(secrets)[-1] if current is None else current
        if self.current not in secrets:
            raise ValueError(f'the current key {self.current!r} is not one of the ring')
        self._secrets = dict(secrets)
        self._derived: dict[tuple[str, bytes], bytes] = {}
        self._states: dict[tuple[str, bytes], tuple[Any, Any]] = {}

    @classmethod
    def generate(cls) -> KeyRing:
        """Return a ring with one new key."""
        return cls({new_key_name(): secrets.token_bytes(32)})

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the keys, in the order in which they were given."""
        return tuple(self._secrets)

    def sign(self, purpose: bytes, binding: bytes, data: bytes) -> bytes:
        """Return the code of `data` under the current key."""
        return self._code(self.current, purpose, binding, data)

    def check(self, name: str, purpose: bytes, binding: bytes, data: bytes, mac: bytes) -> None:
        """Raise SnapshotRefused unless `mac` is the code of `data` under the key of this name."""
        if name not in self._secrets:
            raise SnapshotKeyUnknown(name)
        if not hmac.compare_digest(self._code(name, purpose, binding, data), mac):
            raise SnapshotRefused('its signature does not match: it was changed, or belongs to something else')

    def _code(self, name: str, purpose: bytes, binding: bytes, data: bytes) -> bytes:
        """Return HMAC-SHA-256 from states that have taken the padded key, at half the cost of `hmac.digest`."""
        states = self._states.get((name, purpose))
        if states is None:
            key = self.derived(name, purpose).ljust(_BLOCK_BYTES, b'\0')
            states = sha256(key.translate(_INNER_PAD)), sha256(key.translate(_OUTER_PAD))
            self._states[name, purpose] = states
        inner, outer = states[0].copy(), states[1].copy()
        inner.update(b''.join((purpose, _SIZE.pack(len(binding)), binding)))
        inner.update(data)
        outer.update(inner.digest())
        return outer.digest()

    def derived(self, name: str, purpose: bytes) -> bytes:
        """Return the key that is derived from a secret for one purpose."""
        found = self._derived.get((name, purpose))
        if found is None:
            found = hmac.digest(self._secrets[name], b'monty-flow ' + purpose, 'sha256')
            self._derived[name, purpose] = found
        return found

    def __repr__(self) -> str:
        return f'KeyRing({", ".join(self._secrets)}; current {self.current})'


def new_key_name() -> str:
    """Return a name for a new key that no other has."""
    return f'k{secrets.token_hex(4)}'
