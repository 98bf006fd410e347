"""A run as a file: all that its database holds of it, signed, to go on with it in another database.

    file     = "MFRUN" 0x01 key_size:u8 key body mac:32
    body     = one zstandard frame of a MessagePack map {"revision", "rows", "frames", "large"?}
    rows     = {table: [{column: value} ...]}           all but the snapshots
    frames   = [[number, base, is_compressed, data, places?] ...]    the snapshots, out of their rows (codec.py)
    places   = [[at, size, digest] ...]                 what one is without
    large    = {digest: content}                        what rows and snapshots are without; left out where that is nothing
    mac      = HMAC-SHA-256 of all bytes before it

The code is checked before anything else is looked at. Whoever imports needs the key that signed the file: that of another machine
is given beside it. A call that was in hand when the run was exported is attempted again where it was imported, so a run
that goes on in both places does its effects twice: cancel the one that you leave.
"""

from __future__ import annotations

from typing import Any

import msgpack
import zstandard

from monty_flow.engine.codec import Codec
from monty_flow.engine.errors import FileRefused, RunExists
from monty_flow.engine.growth import Frame
from monty_flow.engine.large import Large, LargeValues
from monty_flow.engine.parts import Contents, Part, Place, digest_of, none_there
from monty_flow.engine.schema import SCHEMA_REVISION
from monty_flow.engine.states import CallStatus, RunStatus
from monty_flow.engine.store import Store
from monty_flow.engine.store.portable import Rows, columns_of
from monty_flow.interpreter import KeyRing, SnapshotRefused

MAGIC = b'MFRUN\x01'
PURPOSE = b'run file'
_MAC_BYTES = 32
#: Bytes of the largest run that is imported, before compression.
MAX_BYTES = 1024 * 1024 * 1024


def export_run(store: Store, run_id: str, codec: Codec, keys: KeyRing | None, contents: Contents = none_there) -> bytes:
    """Return a run of a database as a file, signed with `keys`, else with those of the database."""
    ring = keys or codec.keys
    if ring is None:
        raise FileRefused('a run is exported under a key, and this database has none; give a key file with --keys')
    rows = store.rows_of_run(run_id)
    frames = []
    for row in rows.pop('snapshots'):
        frame = codec.open(run_id, row['number'], bytes(row['data']))
        places = [[place.at, place.size, place.digest] for place in frame.places]
        frames.append([row['number'], frame.base, frame.is_compressed, frame.data, *([places] if places else [])])
    document: dict[str, Any] = {'revision': SCHEMA_REVISION, 'rows': rows, 'frames': frames}
    if uses := rows.pop('large_uses'):
        rows['large_uses'] = [{'number': use['number'], 'digest': use['digest']} for use in uses]
        document['large'] = contents(sorted({bytes.fromhex(use['digest']) for use in uses}))
    body = zstandard.ZstdCompressor(level=3).compress(msgpack.packb(document))
    name = ring.current.encode()
    signed = b''.join((MAGIC, bytes((len(name),)), name, body))
    return signed + ring.sign(PURPOSE, b'', signed)


def import_run(store: Store, data: bytes, codec: Codec, keys: KeyRing | None, large: LargeValues) -> str:
    """Insert the run of a file, within a transaction that is open, and return its id."""
    rings = [ring for ring in (keys, codec.keys) if ring is not None]
    document = _document(data, rings)
    rows, frames = document['rows'], document['frames']
    [run] = rows['runs']
    run_id = run['id']
    if store.get(run_id) is not None or (run['key'] is not None and store.has_key(run['key'])):
        raise RunExists(run_id)
    if store.has_script(run['script_hash']):
        rows['scripts'] = []
    _check_columns(rows)
    _let_go(rows)
    used = _used(rows.pop('large_uses', []), document.get('large', {}), large)
    rows['snapshots'] = [
        {'run_id': run_id, 'number': number, 'base': base,
         'data': codec.seal(run_id, number, Frame(frame, is_compressed, base, _places(places)))}
        for number, base, is_compressed, frame, *places in frames
    ]  # fmt: skip
    store.insert_rows(rows)
    store.put_large([(run_id, each) for each in used])
    return str(run_id)


def _document(data: bytes, rings: list[KeyRing]) -> dict[str, Any]:
    if data[: len(MAGIC)] != MAGIC:
        raise FileRefused('this is not a run that "monty-flow export" wrote')
    start = len(MAGIC) + 1
    end = start + (data[len(MAGIC)] if len(data) > len(MAGIC) else 0)
    name = data[start:end].decode('ascii', 'replace')
    ring = next((ring for ring in rings if name in ring.names), None)
    if ring is None or len(data) < end + _MAC_BYTES:
        raise FileRefused(f'the file is signed with the key {name!r}, which is not here; give its key file with --keys')
    try:
        ring.check(name, PURPOSE, b'', data[:-_MAC_BYTES], data[-_MAC_BYTES:])
    except SnapshotRefused as error:
        raise FileRefused(f'the file is refused: {error.reason}') from None
    try:
        size = zstandard.frame_content_size(data[end:])
        if not 0 <= size <= MAX_BYTES:
            raise FileRefused(f'the run takes {size} bytes, over {MAX_BYTES}')
        body = zstandard.ZstdDecompressor().decompress(data[end:-_MAC_BYTES])
        document: dict[str, Any] = msgpack.unpackb(body)
    except (zstandard.ZstdError, ValueError, msgpack.UnpackException) as error:
        raise FileRefused(f'the file cannot be read: {error}; export the run again') from None
    return document


def _places(found: list[Any]) -> tuple[Place, ...]:
    return tuple([Place(at, size, digest) for at, size, digest in (found[0] if found else ())])


def _used(uses: list[dict[str, Any]], contents: dict[bytes, bytes], large: LargeValues) -> list[Large]:
    """Return the large values that a run names, from the contents that came with it."""
    found: list[Large] = []
    for use in uses:
        digest = bytes.fromhex(use['digest'])
        content = contents.get(digest)
        if content is None or digest_of(content) != digest:
            raise FileRefused(f'the large value {use["digest"][:12]}... of the run is not in the file; export it again')
        found += large.kept(use['number'], [Part(0, len(content), digest, content)])
    return found


def _check_columns(rows: Rows) -> None:
    """Refuse what a newer release has stored and this schema has no place for."""
    for table, found in rows.items():
        known = columns_of(table)
        for row in found:
            for name in [name for name in row if name not in known]:
                if row.pop(name) is not None:
                    raise FileRefused(
                        f'the run has {name!r} of {table}, which this release does not know; import it with a newer one'
                    )


def _let_go(rows: Rows) -> None:
    """Take the run out of the hands of the workers that it was with."""
    [run] = rows['runs']
    if run['status'] == RunStatus.RUNNING:
        run['status'] = RunStatus.PENDING.value
    for call in rows.get('calls', ()):
        call['worker'] = None
        if call['status'] == CallStatus.LEASED:
            call['status'] = CallStatus.PENDING.value
        if (call.get('awaits') or '').startswith('run:') and call['status'] == CallStatus.PENDING:
            # What it waits for is not here.
            call['due_at'] = call['created_at']
    for table in ('logs', 'signals'):
        for row in rows.get(table, ()):
            # The sequence number is the database's own.
            del row['id']
