"""The keys of a database: where they are kept, how they are made and exchanged.

A key guards what is in the database, so it must not lie there: whoever can write rows would sign them too. The keys of
a SQLite database are in a file beside it, `monty-flow.db.keys`, which only its owner may read; it is made on first use.
For a server's database the file is named by `MONTY_FLOW_KEYS`, and each machine with workers has a copy; without it snapshots
are stored unsigned, and a warning says so. The variable goes over the file beside a SQLite database as well.

    {"format": 1, "current": "k1f0c...", "encrypts": false, "keys": [{"id": "k1f0c...", "secret": "<hex>", "made": "..."}]}

A lost key file cannot be replaced: runs that wait are paused as soon as they are touched, and go on when it is back.
"""

from __future__ import annotations

import hmac
import json
import logging
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from monty_flow.engine.clock import Clock, moment
from monty_flow.engine.codec import Codec
from monty_flow.engine.errors import KeysRefused
from monty_flow.engine.store import locate, without_password
from monty_flow.interpreter import KeyRing
from monty_flow.interpreter import new_key_name as new_name

VARIABLE = 'MONTY_FLOW_KEYS'
_FORMAT = 1
logger = logging.getLogger('monty_flow.engine')


@dataclass(frozen=True, slots=True)
class StoredKey:
    """One key as the file holds it."""

    id: str
    secret: bytes
    #: When it was made, as ISO 8601.
    made: str


@dataclass(frozen=True, slots=True)
class KeyFile:
    """What a key file holds."""

    path: Path
    keys: tuple[StoredKey, ...]
    #: Id of the key that signs.
    current: str
    #: Whether new snapshots are encrypted.
    encrypts: bool = False

    @property
    def ring(self) -> KeyRing:
        """Return the keys as the codec takes them."""
        return KeyRing({key.id: key.secret for key in self.keys}, self.current)


def place_of(url: str, environment: Mapping[str, str] | None = None) -> Path | None:
    """Return where the key file of a database is, None when no place is named."""
    named = (os.environ if environment is None else environment).get(VARIABLE)
    if named:
        return Path(named)
    return locate(url).beside('.keys')


def codec_of(url: str, clock: Clock) -> Codec:
    """Return the codec of a database with its keys, which are made when they have a place and are not there yet."""
    path = place_of(url)
    if path is None:
        logger.warning(
            'the snapshots of %s are not signed: %s names no key file; make one with "monty-flow keys rotate"',
            without_password(url), VARIABLE,
        )  # fmt: skip
        return Codec(None)
    file = read(path) or make(path, clock)
    return Codec(file.ring, encrypts=file.encrypts)


def derived_secrets(url: str, clock: Clock, purpose: str) -> tuple[bytes, ...]:
    """Return secrets for something else than snapshots, of 32 bytes each, which are the same wherever the keys of a database are.

    One comes of each key, that of the current one first; there are none where the keys have no place. Nothing that is signed with
    such a secret says anything of the key.
    """
    path = place_of(url)
    if path is None:
        return ()
    file = read(path) or make(path, clock)
    ordered = sorted(file.keys, key=lambda key: key.id != file.current)
    # Not by the digest that signs snapshots: no signature can be taken for a secret.
    return tuple(hmac.digest(key.secret, purpose.encode(), 'sha512')[:32] for key in ordered)


def read(path: Path) -> KeyFile | None:
    """Return what a key file holds, None when there is none; raise KeysRefused for one that is damaged."""
    try:
        document = json.loads(path.read_text(encoding='utf-8'))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise KeysRefused(f'the key file {path} cannot be read: {error}; put a copy of it in its place') from None
    try:
        return _parsed(path, document)
    except (KeyError, TypeError, ValueError) as error:
        raise KeysRefused(
            f'the key file {path} is not one that this release knows ({error}); put a copy of it in its place'
        ) from None


def _parsed(path: Path, document: Any) -> KeyFile:
    if document['format'] != _FORMAT:
        raise ValueError(f'it has the format {document["format"]!r}')
    keys = tuple(StoredKey(key['id'], bytes.fromhex(key['secret']), key['made']) for key in document['keys'])
    file = KeyFile(path, keys, document['current'], document['encrypts'] is True)
    # It says what is wrong with names and secrets.
    _ = file.ring
    return file


def make(path: Path, clock: Clock) -> KeyFile:
    """Make a key file with one key, unless another process did so in this moment; return what is there then."""
    key = _new_key(clock)
    file = KeyFile(path, (key,), key.id)
    # Under a name of its own first, so that nobody ever reads half a file; the link fails where there is one already.
    fresh = path.with_name(f'{path.name}.{secrets.token_hex(4)}')
    try:
        _write_new(fresh, file)
        try:
            os.link(fresh, path)
        finally:
            fresh.unlink()
    except FileExistsError:
        found = read(path)
        assert found is not None
        return found
    except OSError as error:
        raise KeysRefused(
            f'the key file {path} cannot be made: {error}; make its folder writable, or name another place by {VARIABLE}'
        ) from None
    return file


def rotate(path: Path, clock: Clock, *, encrypts: bool | None = None) -> KeyFile:
    """Add a key that signs from now on, making the file if need be; workers take it up when they start again."""
    before = read(path)
    if before is None:
        file = make(path, clock)
        if encrypts is None:
            return file
        file = replace(file, encrypts=encrypts)
    else:
        key = _new_key(clock)
        file = KeyFile(path, (*before.keys, key), key.id, before.encrypts if encrypts is None else encrypts)
    fresh = path.with_name(f'{path.name}.{secrets.token_hex(4)}')
    try:
        _write_new(fresh, file)
        os.replace(fresh, path)
    except OSError as error:
        raise KeysRefused(f'the key file {path} cannot be written: {error}; make its folder writable') from None
    return file


def _new_key(clock: Clock) -> StoredKey:
    return StoredKey(new_name(), secrets.token_bytes(32), moment(clock.now()).isoformat(timespec='seconds'))


def _write_new(path: Path, file: KeyFile) -> None:
    keys = [{'id': key.id, 'secret': key.secret.hex(), 'made': key.made} for key in file.keys]
    document = {'format': _FORMAT, 'current': file.current, 'encrypts': file.encrypts, 'keys': keys}
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, 'w', encoding='utf-8') as stream:
        json.dump(document, stream, indent=1)
        stream.write('\n')
        stream.flush()
        os.fsync(stream.fileno())
