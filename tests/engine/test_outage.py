"""Workers whose server goes away and comes back: no run is lost, and what was recorded stays."""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from random import Random

import pytest

from monty_flow.engine import (
    CallStatus,
    DatabaseUnavailable,
    Engine,
    Functions,
    RunStatus,
    Submission,
    Worker,
    database,
    worker,
)
from monty_flow.engine.outage import MAX_DELAY_SECONDS, Outage
from monty_flow.engine.store.postgres import PostgresStore
from tests.engine.postgres_server import PostgresServer, name_in
from tests.engine.worker_process import started, wait_for_effects

RUNS = 60
CALLS = 20
SCRIPT = 'drawn = []\nfor place in range(calls):\n    drawn.append(draw(place))\ndrawn'
#: Bytes of one line of the effects, at most.
LINE = 57


@pytest.fixture
def url(postgres_url: str) -> str:
    """Return the URL of a PostgreSQL database with the schema."""
    return postgres_url


def check_all_ended_right(engine: Engine, runs: list[str]) -> None:
    """Check that the recorded results are what the scripts got, each step recorded once."""
    for run_id in runs:
        run = engine.wait(run_id, timeout_seconds=60)
        calls = engine.calls(run_id)
        assert (run.status, run.error) == (RunStatus.SUCCEEDED, None)
        assert {call.status for call in calls} == {CallStatus.DONE}
        assert run.output == [call.result for call in calls]
        assert [entry.number for entry in engine.history(run_id)] == list(range(CALLS + 1))


def recorded(engine: Engine, runs: list[str]) -> dict[tuple[str, int], object]:
    """Return the results that are recorded, by run and number of the call."""
    return {
        (run_id, call.number): call.result
        for run_id in runs
        for call in engine.calls(run_id)
        if call.status is CallStatus.DONE
    }


def test_runs_survive_that_the_server_crashes_and_comes_back(
    engine: Engine, url: str, server: PostgresServer, tmp_path: Path
) -> None:
    runs = [run.id for run in engine.submit_many([Submission(SCRIPT, {'calls': CALLS})] * RUNS)]
    with ExitStack() as stack:
        one, two = (stack.enter_context(started(url, tmp_path, 10)) for _ in range(2))
        known: dict[tuple[str, int], object] = {}
        with server.connect(name_in(url)) as connection:
            while connection.execute('SELECT count(*) FROM workers').fetchone() != (2,):
                threading.Event().wait(0.005)
        for part in (0.3, 0.6):
            wait_for_effects(one, tmp_path, int(RUNS * CALLS * LINE * part * 0.9))
            server.restart_at_once()
            results = recorded(engine, runs)
            assert 0 < len(results) < RUNS * CALLS
            assert {place: results.get(place) for place in known} == known
            known = results
        check_all_ended_right(engine, runs)
        codes = []
        for process in (one, two):
            process.send_signal(signal.SIGTERM)
            codes.append(process.wait(20))

    results = recorded(engine, runs)
    assert codes == [0, 0]
    assert {place: results[place] for place in known} == known


def test_runs_survive_that_connections_are_cut_again_and_again(
    engine: Engine, url: str, server: PostgresServer, tmp_path: Path
) -> None:
    runs = [run.id for run in engine.submit_many([Submission(SCRIPT, {'calls': CALLS})] * RUNS)]
    with started(url, tmp_path, 10) as process:
        for cut in range(1, 11):
            wait_for_effects(process, tmp_path, RUNS * CALLS * LINE * cut // 13)
            server.cut_connections(url)
        check_all_ended_right(engine, runs)
        process.send_signal(signal.SIGTERM)
        code = process.wait(20)

    executions = (tmp_path / 'effects').read_text().splitlines()
    assert code == 0
    # Nothing that was in hand is executed again, whatever became of the commit: the worker still has its result.
    assert len(executions) == RUNS * CALLS


@pytest.fixture
def unheard(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Have the third commit of steps be made and its report be lost; return what happened."""
    happened: list[str] = []
    commit = PostgresStore.commit

    def lose(store: PostgresStore, transitions: object) -> object:
        stood = commit(store, transitions)  # type: ignore[arg-type]
        happened.append('commit')
        if len(happened) == 3:
            raise DatabaseUnavailable('the line is dead')
        return stood

    monkeypatch.setattr(PostgresStore, 'commit', lose)
    return happened


def test_a_run_goes_on_when_the_report_of_its_commit_was_lost(engine: Engine, url: str, unheard: list[str]) -> None:
    executed: list[int] = []
    functions = Functions()
    functions.function(name='draw')(lambda place: executed.append(place) or place)
    run = engine.submit(SCRIPT, inputs={'calls': CALLS})
    worker = Worker(url, functions)

    worker.run_until(run.id)

    check_all_ended_right(engine, [run.id])
    assert executed == list(range(CALLS))
    assert len(unheard) > CALLS


def test_a_worker_says_once_that_the_database_is_away(caplog: pytest.LogCaptureFixture) -> None:
    outage = Outage(Random(1))
    error = DatabaseUnavailable('no route')

    with caplog.at_level(logging.WARNING, 'monty_flow.engine'):
        delays = [outage.delay(error) for _ in range(40)]
        outage.end()
        outage.end()

    assert [record.message for record in caplog.records] == [
        'the database cannot be reached: no route; see that its server runs, then try again; '
        'the worker goes on when it is there again',
        'the database is there again',
    ]
    assert all(0 < delay <= MAX_DELAY_SECONDS for delay in delays)
    assert delays[0] < 0.06 < delays[10]


def test_a_worker_that_is_stopped_while_the_database_is_away_ends(
    engine: Engine, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = threading.Event()

    def refuse(*_: object) -> object:
        refused.set()
        raise DatabaseUnavailable('no route')

    worker = Worker(url, Functions(), lease_seconds=0.001)
    monkeypatch.setattr(PostgresStore, 'renew_session', refuse)
    thread = threading.Thread(target=worker.run)
    thread.start()
    refused.wait(10)
    worker.stop()
    thread.join(10)

    assert not thread.is_alive()


@pytest.fixture
def away(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Have the database be away for as many first looks at it as the list says; return the list."""
    left = [2]
    current = database.current

    def looked(url: str) -> str | None:
        if left[0] > 0:
            left[0] -= 1
            raise DatabaseUnavailable('the database system is starting up')
        return current(url)

    monkeypatch.setattr(database, 'current', looked)
    return left


def test_a_worker_that_begins_while_the_database_is_away_waits_for_it(
    engine: Engine, url: str, away: list[int], caplog: pytest.LogCaptureFixture
) -> None:
    run = engine.submit('6 * 7')

    Worker(url, Functions()).run_until(run.id)

    assert (away, engine.result(run.id)) == ([0], 42)
    assert [record.message for record in caplog.records][-1] == 'the database is there again'


def test_a_worker_that_begins_while_the_database_is_away_for_long_says_so_and_ends(
    url: str, away: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    away[0] = 10_000
    monkeypatch.setattr(worker, 'START_SECONDS', 0.1)

    with pytest.raises(
        DatabaseUnavailable, match=r'^the database cannot be reached: the database system is starting up; '
    ):
        Worker(url, Functions()).run()


def test_a_worker_that_is_stopped_while_it_waits_for_the_database_ends(url: str, away: list[int]) -> None:
    away[0] = 10_000
    waiting = Worker(url, Functions())
    thread = threading.Thread(target=waiting.run)
    thread.start()
    while away[0] == 10_000:
        threading.Event().wait(0.001)
    waiting.stop()
    thread.join(10)

    assert not thread.is_alive()
