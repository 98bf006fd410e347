"""What a worker keeps of a run: its steps as deltas, authentic, in other hands too, and only as many as asked for."""

from __future__ import annotations

import logging
from random import Random
from typing import Any

import pytest

from monty_flow import KeyRing, SnapshotRefused
from monty_flow.engine import CallStatus, Engine, Functions, ManualClock, RunStatus, Worker, keeper, settling, stepping
from monty_flow.engine.codec import Codec
from monty_flow.engine.growth import Frame
from monty_flow.engine.store import Store
from monty_flow.interpreter import Snapshot
from tests.engine.builders import SECOND

#: Its state grows by each answer, and is large enough for deltas.
GROWING = """
found = ['a filling text: ' + str(number) for number in range(200)]
last = None
for number in range(calls):
    found.append(answer(number))
    last = found[-1]
wait()
[len(found), last]
"""
RING = KeyRing({'first': b'f' * 32})


class Bench:
    """An engine on one database, with keys and a clock that stands still."""

    def __init__(self, url: str, clock: ManualClock) -> None:
        self.clock = clock
        self.engine = Engine(url, clock=clock, keys=RING)
        self.functions = Functions()
        self.functions.function(name='answer')(lambda number: f'answer {number}')

    def worker(self, *, serves_wait: bool = False, keys: KeyRing = RING, **settings: Any) -> Worker:
        """Return a worker; one that serves `wait` takes runs to their end."""
        if serves_wait and 'wait' not in self.functions:
            self.functions.function(name='wait')(lambda: None)
        return Worker(self.engine.url, self.functions, clock=self.clock, poll_seconds=0.002, keys=keys, **settings)

    def waiting(self, calls: int = 5, **settings: Any) -> str:
        """Return the id of a run that has made its calls and waits."""
        run = self.engine.submit(GROWING, inputs={'calls': calls}, **settings)
        self.worker().run_until_idle()
        return run.id


@pytest.fixture
def bench(url: str, clock: ManualClock) -> Any:
    made = Bench(url, clock)
    yield made
    made.engine.close()


def put(store: Store, run_id: str, number: int, data: bytes) -> None:
    with store.transaction():
        store.replace_snapshots([(run_id, number, data)])


def rows_of(store: Store, run_id: str) -> dict[int, bytes]:
    return {number: data for found, number, data in store.some_snapshots(('', -1)) if found == run_id}


def test_each_step_is_kept_as_a_small_delta(bench: Bench) -> None:
    run_id = bench.waiting()

    steps = bench.engine.steps(run_id)

    assert [(step.number, step.base) for step in steps] == [(1, None)] + [(n, n - 1) for n in range(2, 7)]
    assert max(step.stored_bytes for step in steps[1:]) * 3 < steps[0].stored_bytes


def test_every_step_can_be_looked_at(bench: Bench) -> None:
    run_id = bench.waiting()

    states = [bench.engine.snapshot(run_id, step=number) for number in range(1, 7)]

    assert [state.args for state in states if state is not None] == [(0,), (1,), (2,), (3,), (4,), ()]
    assert bench.engine.snapshot(run_id, step=7) is None
    assert bench.engine.snapshot(run_id, step=0) is None


def test_another_worker_goes_on_from_a_chain_and_adds_to_it(bench: Bench) -> None:
    bench.functions = Functions()
    bench.functions.function(name='answer')(str)
    run_id = bench.waiting()
    bench.functions.function(name='wait')(lambda: None)

    bench.worker().run_until_idle()

    assert bench.engine.get(run_id).output == [205, '4']


def test_a_worker_that_goes_on_with_what_it_advanced_decodes_nothing(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    loads: list[Any] = []
    load = stepping.load_snapshot

    def counting(data: bytes, program: Any) -> Snapshot:
        loads.append(data)
        return load(data, program)

    monkeypatch.setattr(stepping, 'load_snapshot', counting)
    run = bench.engine.submit(GROWING, inputs={'calls': 20})

    bench.worker(serves_wait=True).run_until_idle()

    assert bench.engine.get(run.id).output == [220, 'answer 19']
    assert loads == []


def changed(stored: bytes) -> bytes:
    data = bytearray(stored)
    data[-40] ^= 1
    return bytes(data)


def test_a_snapshot_that_was_edited_is_refused_and_its_run_set_aside(bench: Bench, store: Store) -> None:
    run_id = bench.waiting()
    put(store, run_id, 6, changed(rows_of(store, run_id)[6]))

    bench.worker(serves_wait=True).run_until_idle()

    run = bench.engine.get(run_id)
    assert run.status is RunStatus.PAUSED
    assert run.error is not None
    assert str(run.error) == (
        'SnapshotRefused: the snapshot is refused: '
        'its signature does not match: it was changed, or belongs to something else'
    )
    assert bench.engine.calls(run_id)[-1].status is CallStatus.HELD
    with pytest.raises(SnapshotRefused):
        bench.engine.snapshot(run_id)


def test_a_run_that_was_set_aside_goes_on_when_its_snapshot_is_back(bench: Bench, store: Store) -> None:
    run_id = bench.waiting()
    good = rows_of(store, run_id)[6]
    put(store, run_id, 6, changed(good))
    bench.worker(serves_wait=True).run_until_idle()
    put(store, run_id, 6, good)

    bench.engine.retry(run_id)
    bench.worker().run_until_idle()

    assert bench.engine.get(run_id).output == [205, 'answer 4']


@pytest.mark.parametrize('what', ['another run', 'an earlier step', 'not signed'])
def test_a_good_snapshot_in_the_place_of_another_is_refused(bench: Bench, store: Store, what: str) -> None:
    other, run_id = bench.waiting(calls=0), bench.waiting(calls=1)
    rows = rows_of(store, run_id)
    put(
        store, run_id, 2,
        {
            'another run': rows_of(store, other)[1],
            'an earlier step': rows[1],
            'not signed': Codec(None).seal(run_id, 2, Codec(RING).open(run_id, 2, rows[2])),
        }[what],
    )  # fmt: skip

    bench.worker(serves_wait=True).run_until(run_id)

    assert bench.engine.get(run_id).status is RunStatus.PAUSED


def test_a_run_whose_snapshot_is_too_new_is_left_to_another_worker(
    bench: Bench, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    run_id = bench.waiting(calls=0)
    row = rows_of(store, run_id)[1]
    raw = bench.engine.snapshot(run_id, step=1).dump(with_source=False, compress=False)  # type: ignore[union-attr]
    newer = Codec(RING).seal(run_id, 1, Frame(raw[:4] + b'\x03' + raw[5:], is_compressed=False, base=None))
    put(store, run_id, 1, newer)

    with caplog.at_level(logging.WARNING, logger='monty_flow.engine'):
        bench.worker(serves_wait=True).run_until_idle()

    run = bench.engine.get(run_id)
    [call] = bench.engine.calls(run_id)
    assert run.status is RunStatus.WAITING
    assert (call.status, call.attempts, call.failures) == (CallStatus.PENDING, 0, 0)
    assert 'SnapshotTooNew: the snapshot has format 3.0, and this release reads format 2' in str(run.waiting_for)
    assert f'run {run_id} is left to another worker at call 1 wait' in caplog.text

    put(store, run_id, 1, row)
    bench.clock.advance(round(settling.LEFT_SECONDS * SECOND))
    bench.worker().run_until_idle()

    assert bench.engine.get(run_id).status is RunStatus.SUCCEEDED


def test_a_run_is_left_by_a_worker_without_its_key_and_taken_by_one_with_it(bench: Bench) -> None:
    run_id = bench.waiting()

    bench.worker(serves_wait=True, keys=KeyRing({'else': b'e' * 32})).run_until_idle()
    left = bench.engine.get(run_id)
    bench.clock.advance(round(settling.LEFT_SECONDS * SECOND))
    bench.worker(keys=KeyRing({'first': b'f' * 32, 'second': b's' * 32})).run_until_idle()

    assert left.status is RunStatus.WAITING
    assert "it is signed with the key 'first', which is not in the key ring" in str(left.waiting_for)
    assert bench.engine.get(run_id).status is RunStatus.SUCCEEDED


def test_a_worker_keeps_only_as_many_steps_as_its_run_asks_for(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr('monty_flow.engine.growth.MAX_CHAIN', 4)
    everything, three, last = (bench.waiting(calls=18, keep_snapshots=keep) for keep in (None, 3, 1))

    kept = [[step.number for step in bench.engine.steps(run_id)] for run_id in (everything, three, last)]
    assert kept[0] == list(range(1, 20))
    assert kept[1][-3:] == [17, 18, 19]
    assert kept[2][-1] == 19
    assert len(kept[2]) <= len(kept[1]) <= 3 + 4
    for run_id in (everything, three, last):
        assert bench.engine.snapshot(run_id) is not None


def test_pruning_keeps_what_the_newest_states_need(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr('monty_flow.engine.growth.MAX_CHAIN', 4)
    run_id = bench.waiting(calls=18)
    before = bench.engine.steps(run_id)

    pruned = bench.engine.prune(run_id, keep=2)

    after = bench.engine.steps(run_id)
    assert pruned.snapshots == len(before) - len(after) > 10
    assert after == before[-len(after) :]
    assert after[0].base is None
    assert all(bench.engine.snapshot(run_id, step=step.number) is not None for step in after)
    assert bench.engine.prune(run_id, keep=1000).snapshots == 0


def test_pruning_of_all_runs_goes_by_their_own_settings(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr('monty_flow.engine.growth.MAX_CHAIN', 1)
    everything, one = bench.waiting(), bench.waiting()
    bench.engine.keep(one, 1)

    pruned = bench.engine.prune()

    assert (pruned.runs, pruned.snapshots) == (2, 5)
    assert [len(bench.engine.steps(run_id)) for run_id in (everything, one)] == [6, 1]


def test_a_worker_remembers_no_more_than_it_may(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeper, 'REMEMBERED_BYTES', 1)

    run_id = bench.waiting()

    assert [step.base for step in bench.engine.steps(run_id)] == [None] * 6


def test_a_dropped_step_is_no_base() -> None:
    kept = keeper.Keeper(Codec(None))
    _, first = kept.keep('run', 1, b'x' * 5_000)
    kept.settled('run', first, stood=True)
    _, second = kept.keep('run', 2, b'y' * 5_000)
    kept.settled('run', second, stood=False)

    row, _ = kept.keep('run', 3, b'y' * 5_000)

    assert kept.restore('run', 3, [(3, row)]) == b'y' * 5_000


def test_a_step_that_is_dropped_beside_the_one_that_stands_is_no_base() -> None:
    """As when a worker has a run twice for a moment: under a lease that ran out, and under the next one."""
    same, one, other = (Random(size).randbytes(size) for size in (5_000, 199, 200))
    kept = keeper.Keeper(Codec(None))
    row, stands = kept.keep('run', 1, same + one)
    _, dropped = kept.keep('run', 1, same + other)
    kept.settled('run', stands, stood=True)
    following, _ = kept.keep('run', 2, same + one + other)
    kept.settled('run', dropped, stood=False)

    restored = keeper.Keeper(Codec(None)).restore('run', 2, [(1, row), (2, following)])

    assert restored == same + one + other


def test_a_worker_can_write_what_the_release_before_reads(bench: Bench) -> None:
    bench.functions.function(name='wait')(lambda: None)
    run = bench.engine.submit('wait()\nlast()')

    bench.worker(snapshot_format=1).run_until_idle()

    snapshot = Codec(RING).restore(run.id, [(2, rows_of(bench.engine._store, run.id)[2])])
    assert snapshot is not None
    assert snapshot.raw[:5] == b'MFLW\x01'
    bench.functions.function(name='last')(lambda: 'end')
    bench.worker().run_until_idle()
    assert bench.engine.get(run.id).output == 'end'


def test_a_format_that_nobody_writes_is_refused() -> None:
    with pytest.raises(ValueError, match='snapshot_format=3 is not one that this release writes: 1, 2'):
        Worker('sqlite:///flow.db', Functions(), snapshot_format=3)
