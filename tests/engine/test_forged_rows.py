"""Rows of snapshots that were forged, some under a good signature: refused, and their runs set aside with the reason."""

from __future__ import annotations

import struct
import tracemalloc
from collections.abc import Callable
from typing import Any

import pytest
import zstandard

from monty_flow import KeyRing, SnapshotError
from monty_flow.engine import EngineError, RunStatus
from monty_flow.engine.codec import Codec
from monty_flow.engine.growth import Frame
from monty_flow.engine.parts import Place
from monty_flow.engine.store import Store
from tests.engine.bench import Bench

#: Bytes that a look at any of these may take.
MOST_MEMORY = 24_000_000
PLAIN = b'MFLW' + bytes(300)
LYING = b'\x28\xb5\x2f\xfd\xe0' + struct.pack('<Q', 1 << 40) + b'\x01\x00\x00'
SECRETIVE = zstandard.ZstdCompressor(write_content_size=False).compress(bytes(300_000_000))
#: What is wrong with the frame of step 3; all are signed as they should be.
FRAMES = {
    'a size that is a lie': Frame(LYING, True, None),
    'no size': Frame(SECRETIVE, True, None),
    'no frame': Frame(b'nothing', True, None),
    'a delta to itself': Frame(LYING, True, 3),
    'a delta to a later step': Frame(LYING, True, 4),
    'a delta to none': Frame(LYING, True, 77),
    'a part beyond the end': Frame(PLAIN, False, None, (Place(10**9, 70_000, b'd' * 32),)),
    'parts in disorder': Frame(PLAIN, False, None, (Place(200, 70_000, b'd' * 32), Place(100, 70_000, b'd' * 32))),
    'parts that are too large': Frame(PLAIN, False, None, (Place(10, 1 << 62, b'd' * 32),)),
    'a thousand large parts': Frame(PLAIN, False, None, (Place(10, 2_000_000, b'd' * 32),) * 1000),
    'a part that is not there': Frame(PLAIN, False, None, (Place(10, 70_000, b'd' * 32),)),
    'no snapshot': Frame(PLAIN, False, None),
}
KEYS = KeyRing({'own': b'o' * 32, 'other': b'x' * 32}, 'own')


def none_at_all(names: Any) -> dict[bytes, bytes]:
    raise AssertionError('what is forged must be refused before anything is read')


@pytest.mark.parametrize('what', [name for name in FRAMES if name not in ('no snapshot', 'a part that is not there')])
@pytest.mark.parametrize('keys', [KEYS, None], ids=['signed', 'without keys'])
def test_a_frame_that_lies_is_refused_before_space_is_made(what: str, keys: KeyRing | None) -> None:
    codec = Codec(keys)
    chain = [(2, codec.seal('run', 2, Frame(PLAIN, False, None))), (3, codec.seal('run', 3, FRAMES[what]))]
    tracemalloc.start()
    try:
        with pytest.raises((SnapshotError, EngineError)):
            codec.restore('run', chain, none_at_all)
    finally:
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert peak < MOST_MEMORY


def test_a_count_of_parts_that_is_a_lie_is_refused() -> None:
    codec = Codec(None)
    for count in (0xFFFFFFFF, 2):
        stored = bytes([0x10, 16, 0]) + struct.pack('>I', count) + bytes(48) + PLAIN[:40]
        with pytest.raises((SnapshotError, EngineError)):
            codec.restore('run', [(1, stored)], none_at_all)


def test_a_row_that_names_a_key_which_has_not_signed_it_is_refused() -> None:
    good = Codec(KEYS).seal('run', 1, Frame(PLAIN, False, None))
    assert good[3:6] == b'own'
    forged = good[:2] + bytes([5]) + b'other' + good[6:]

    for stored in (forged, good[:2] + bytes([255]) + good[3:], good[:2] + bytes([0]) + good[6:]):
        with pytest.raises(SnapshotError):
            Codec(KEYS).open('run', 1, stored)


def _unsigned(codec: Codec, run_id: str, step: int) -> bytes:
    return Codec(None).seal(run_id, step, Frame(PLAIN, False, None))


def _of_the_first_release(codec: Codec, run_id: str, step: int) -> bytes:
    return b'\x00' + PLAIN


FORGERIES: dict[str, Callable[[Codec, str, int], bytes]] = {
    **{what: lambda codec, run_id, step, what=what: codec.seal(run_id, step, FRAMES[what]) for what in FRAMES},  # type: ignore[misc]
    'no signature': _unsigned,
    'a row of the release that had none': _of_the_first_release,
    'the row of another run': lambda codec, run_id, step: codec.seal('0' * 36, step, Frame(PLAIN, False, None)),
    'the row of another step': lambda codec, run_id, step: codec.seal(run_id, step - 1, Frame(PLAIN, False, None)),
}


@pytest.mark.parametrize('what', FORGERIES)
def test_the_run_is_set_aside_with_the_reason_and_nothing_is_executed(sqlite_url: str, clock: Any, what: str) -> None:
    bench = Bench(sqlite_url, clock)
    done: list[int] = []
    bench.functions.function(name='note')(done.append)
    run = bench.engine.submit('for i in range(9):\n    note(i)')
    bench.worker().run_until(lambda: bench.engine.get(run.id).step >= 3)
    store: Store = bench.engine._store
    before = len(done)
    step = bench.engine.get(run.id).step
    with store.transaction():
        store.replace_snapshots([(run.id, step, FORGERIES[what](bench.engine._codec, run.id, step))])

    bench.work(max_setbacks=0)

    found = bench.engine.get(run.id)
    assert found.status is RunStatus.PAUSED
    assert found.error is not None
    assert found.error.message
    assert (found.step, len(done)) == (step, before)
    bench.engine.close()
