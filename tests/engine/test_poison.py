"""A call that ends its worker, each time that it is begun, is set aside; one that is only long is not."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

from monty_flow.engine import Engine, Functions, RunStatus
from monty_flow.engine.committer import Committer
from tests.engine.bench import Bench
from tests.engine.builders import SECOND, lose_session
from tests.engine.worker_process import started

MAX_SETBACKS = 2
#: More workers than are needed, so that a call that is not set aside fails the test and does not go on for ever.
WORKERS = 6


def test_a_call_that_kills_its_workers_is_set_aside_with_the_reason(engine: Engine, url: str, tmp_path: Path) -> None:
    poison = engine.submit('poison()')
    kills = 0
    for _ in range(WORKERS):
        with started(url, tmp_path, max_setbacks=MAX_SETBACKS) as process:
            if kills < MAX_SETBACKS:
                assert process.wait(60) == -9
                kills += 1
            else:
                run = engine.wait(poison.id, timeout_seconds=60)
                other = engine.wait(engine.submit('draw(1)').id, timeout_seconds=60)
                break

    effects = (tmp_path / 'effects').read_text().split()
    assert (kills, effects.count('poison')) == (MAX_SETBACKS, MAX_SETBACKS)
    assert (run.status, str(run.error)) == (
        RunStatus.PAUSED, f'RuntimeError: the call was begun {MAX_SETBACKS} times and never came to an end',
    )  # fmt: skip
    assert other.status is RunStatus.SUCCEEDED


def test_only_the_call_that_kills_its_workers_is_set_aside_and_none_of_those_beside_it(
    engine: Engine, url: str, tmp_path: Path
) -> None:
    max_setbacks = 3
    poison = engine.submit('late_poison(4)')
    innocents = [engine.submit('innocent()') for _ in range(4)]
    kills = 0
    for _ in range(WORKERS):
        with started(url, tmp_path, max_setbacks=max_setbacks) as process:
            if kills < max_setbacks:
                assert process.wait(60) == -9
                kills += 1
            else:
                aside = engine.wait(poison.id, timeout_seconds=60)
                ended = [engine.wait(run.id, timeout_seconds=60) for run in innocents]
                break

    assert aside.status is RunStatus.PAUSED
    assert [run.status for run in ended] == [RunStatus.SUCCEEDED] * 4


def test_calls_that_were_set_back_are_executed_one_at_a_time(bench: Bench) -> None:
    together: list[int] = []
    executing: list[str] = []

    @bench.functions.function(retries=0)
    def suspect() -> None:
        executing.append('suspect')
        threading.Event().wait(0.002)
        together.append(executing.count('suspect'))
        executing.remove('suspect')

    runs = [bench.engine.submit('suspect()') for _ in range(4)]
    store = bench.engine._store
    bench.worker(Functions()).run_until_idle()
    for number in range(2):
        with store.transaction():
            store.open_session(f'lost {number}', 'lost', [], SECOND)
            store.claim(f'lost {number}', frozenset({'suspect'}), 10)
            lose_session(store, f'lost {number}')
    bench.work()

    assert together == [1, 1, 1, 1]
    assert {bench.engine.get(run.id).status for run in runs} == {RunStatus.SUCCEEDED}


def test_a_call_that_is_handed_over_by_many_workers_is_not_set_aside(bench: Bench) -> None:
    run = bench.engine.submit('1')
    store = bench.engine._store
    attempts = []
    for number in range(5):
        with store.transaction():
            store.open_session(f's{number}', 'worker', [], 60 * SECOND)
            attempts += [claim.attempt for claim in store.claim(f's{number}', frozenset(), 1)]
            store.close_session(f's{number}')
    bench.work(max_setbacks=1)

    assert attempts == [1] * 5
    assert bench.engine.result(run.id) == 1


def test_claims_are_on_the_disk_for_a_time_after_a_worker_was_lost(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[bool] = []
    execute = Committer.execute

    def noted(committer: Committer[Any], operate: Any, *, relaxed: bool = False) -> Any:
        if 'Shift._claim.' in operate.__qualname__:
            asked.append(relaxed)
        return execute(committer, operate, relaxed=relaxed)

    monkeypatch.setattr(Committer, 'execute', noted)
    bench.run('1')
    before, asked[:] = set(asked), []
    with bench.engine._store.transaction():
        bench.engine._store.open_session('lost', 'lost', [], SECOND)
    bench.clock.advance(2)
    bench.run('1')

    assert (before, set(asked)) == ({True}, {False})
