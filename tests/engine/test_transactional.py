"""Functions whose writes are committed with their step: all of it once, or nothing."""

from __future__ import annotations

import signal
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest

from monty_flow.engine import (
    CallContext,
    CallStatus,
    DatabaseUnavailable,
    Engine,
    FunctionRefused,
    Functions,
    ManualClock,
    NotTransactional,
    RunStatus,
    Submission,
    current_call,
    executing,
)
from monty_flow.engine.advance import Advancer
from monty_flow.engine.store import Store
from tests.engine.bench import Bench
from tests.engine.past_the_engine import execute
from tests.engine.worker_process import started, wait_for_effects

RUNS, CALLS, KILLS = 40, 5, 6
SCRIPT = '[record(place) for place in range(calls)]'


@pytest.fixture
def notes(bench: Bench) -> Callable[[], list[str]]:
    """Make a table of the user's, and return what is in it."""
    execute(bench.url, 'CREATE TABLE notes (text VARCHAR(20) UNIQUE)')
    return lambda: [text for (text,) in execute(bench.url, 'SELECT text FROM notes ORDER BY text')]


def note(text: str) -> None:
    """Write a note in the transaction of the call."""
    current_call().connection.execute(f"INSERT INTO notes VALUES ('{text}')")


def test_what_a_function_writes_is_there_with_its_result(bench: Bench, notes: Callable[[], list[str]]) -> None:
    @bench.functions.function(transactional=True)
    def write(text: str) -> str:
        note(text)
        return text.upper()

    run = bench.run('[write(text) for text in ("a", "b")]')

    assert (run.output, notes()) == (['A', 'B'], ['a', 'b'])
    assert [entry.number for entry in bench.engine.history(run.id)] == [0, 1, 2]


@pytest.mark.parametrize('error', [SystemExit(1), RuntimeError('of the engine')])
def test_a_step_that_an_error_cuts_off_keeps_nobody_from_committing(
    bench: Bench, notes: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    settle, failed = Advancer.settle, []

    def settle_or_fail(advancer: Advancer, run: Any, ended: Any) -> Any:
        if not failed and notes_written:
            failed.append(1)
            raise error
        return settle(advancer, run, ended)

    notes_written: list[int] = []

    @bench.functions.function(transactional=True)
    def write() -> None:
        note('a')
        notes_written.append(1)

    monkeypatch.setattr(Advancer, 'settle', settle_or_fail)
    run = bench.run('write()')
    bench.clock.advance(3600)
    bench.work()

    assert (bench.engine.get(run.id).status, notes(), len(notes_written)) == (RunStatus.SUCCEEDED, ['a'], 2)


def test_nothing_is_seen_of_it_before(bench: Bench, notes: Callable[[], list[str]]) -> None:
    seen: list[list[str]] = []

    @bench.functions.function(transactional=True)
    def write() -> None:
        note('a')
        seen.append(notes())

    bench.run('write()')

    assert (seen, notes()) == ([[]], ['a'])


def test_a_failure_rolls_back_what_the_function_wrote_and_nothing_else(
    bench: Bench, notes: Callable[[], list[str]]
) -> None:
    @bench.functions.function(transactional=True, initial_delay_seconds=0)
    def write() -> int:
        attempt = current_call().attempt
        note(f'of attempt {attempt}')
        if attempt < 3:
            raise ConnectionError('cut')
        return attempt

    run = bench.run('print("begun")\nwrite()')

    [call] = bench.engine.calls(run.id)
    assert (run.output, notes(), call.failures) == (3, ['of attempt 3'], 2)
    assert [line.text for line in bench.engine.logs(run.id)] == ['begun\n']


def test_an_error_in_the_script_leaves_the_next_call_to_work(bench: Bench, notes: Callable[[], list[str]]) -> None:
    bench.functions.function(name='write', transactional=True, retries=0)(note)

    run = bench.run('write("a")\ntry:\n    write("a")\nexcept Exception as error:\n    write("b")\n"end"')

    assert (run.output, notes()) == ('end', ['a', 'b'])


@pytest.mark.parametrize('how', ['commit()', 'rollback()'])
def test_a_function_cannot_end_the_transaction(bench: Bench, notes: Callable[[], list[str]], how: str) -> None:
    @bench.functions.function(transactional=True, retries=0)
    def write() -> None:
        note('a')
        eval(f'connection.{how}', {'connection': current_call().connection})

    run = bench.run('write()')

    assert (run.status, notes()) == (RunStatus.FAILED, [])


def test_a_result_that_the_script_cannot_take_is_rolled_back(bench: Bench, notes: Callable[[], list[str]]) -> None:
    @bench.functions.function(transactional=True)
    def write() -> object:
        note('a')
        return object()

    run = bench.run('write()')

    assert (run.status, notes()) == (RunStatus.FAILED, [])


def test_not_even_by_a_statement_on_sqlite(sqlite_url: str, clock: ManualClock) -> None:
    bench = Bench(sqlite_url, clock)
    execute(sqlite_url, 'CREATE TABLE notes (text)')

    @bench.functions.function(transactional=True, retries=0)
    def write() -> None:
        note('a')
        current_call().connection.execute('COMMIT')

    run = bench.run('write()')

    assert str(run.error) == 'Exception: DatabaseError: not authorized'
    assert execute(sqlite_url, 'SELECT * FROM notes') == []


@pytest.mark.parametrize(
    ('meanwhile', 'status', 'left'),
    [
        ('terminate', RunStatus.CANCELLED, []),
        ('cancel', RunStatus.CANCELLED, [('a',)]),
        ('pause', RunStatus.PAUSED, [('a',)]),
    ],
)
def test_what_a_function_writes_goes_with_its_result_when_its_run_is_changed_meanwhile(
    postgres_url: str, clock: ManualClock, meanwhile: str, status: RunStatus, left: list[Any]
) -> None:
    # On SQLite, with its one writer, the change waits until the function has ended.
    bench = Bench(postgres_url, clock)
    execute(postgres_url, 'CREATE TABLE notes (text TEXT)')
    begun, release = threading.Event(), threading.Event()

    @bench.functions.function(transactional=True)
    def write() -> str:
        note('a')
        begun.set()
        release.wait(20)
        return 'written'

    run = bench.engine.submit('write()\nwrite()')
    with bench.working(run.id):
        begun.wait(20)
        getattr(bench.engine, meanwhile)(run.id)
        release.set()

    first = bench.engine.calls(run.id)[0]
    assert (bench.engine.get(run.id).status, execute(postgres_url, 'SELECT * FROM notes')) == (status, left)
    assert (first.result == 'written') == bool(left)


def test_a_function_over_its_time_out_writes_nothing(bench: Bench, notes: Callable[[], list[str]]) -> None:
    begun, release = threading.Event(), threading.Event()

    @bench.functions.function(transactional=True, retries=0, timeout_seconds=5)
    def write() -> None:
        note('a')
        begun.set()
        if bench.url.startswith('sqlite'):
            current_call().wait_cancelled(20)
        else:
            release.wait(20)
        note('b')

    run = bench.engine.submit('write()')
    with bench.working(run.id):
        begun.wait(20)
        bench.clock.advance(6)
    failed = bench.engine.get(run.id)
    release.set()

    assert str(failed.error) == 'TimeoutError: write() took longer than 5 s'
    assert notes() == []


def test_a_long_statement_of_a_function_over_its_time_out_is_ended(bench: Bench) -> None:
    begun = threading.Event()

    @bench.functions.function(transactional=True, retries=0, timeout_seconds=5)
    def compute() -> None:
        begun.set()
        current_call().connection.execute(
            'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n'
        ).fetchall()

    run = bench.engine.submit('compute()')
    with bench.working(run.id):
        begun.wait(20)
        bench.clock.advance(6)

    assert str(bench.engine.get(run.id).error) == 'TimeoutError: compute() took longer than 5 s'


def test_a_commit_of_which_nothing_is_known_is_not_made_twice(
    bench: Bench, notes: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    apply = Store.apply
    trouble = [DatabaseUnavailable('cut')]

    def sometimes(store: Store, transitions: Any) -> Any:
        stood = apply(store, transitions)
        if trouble and transitions[0].settled[0].number == 1:
            raise trouble.pop()
        return stood

    @bench.functions.function(transactional=True)
    def write() -> int:
        note('a')
        return current_call().attempt

    monkeypatch.setattr(Store, 'apply', sometimes)
    run = bench.engine.submit('write()')
    with bench.working(run.id):
        while bench.engine.get(run.id).status is not RunStatus.SUCCEEDED:
            bench.clock.advance(1)
            threading.Event().wait(0.01)

    assert (notes(), trouble) == (['a'], [])


def test_other_functions_have_no_connection() -> None:
    with executing(CallContext('run', 1, 1, 'f')), pytest.raises(NotTransactional) as caught:
        _ = current_call().connection

    assert str(caught.value) == (
        'f() has no connection: register it with transactional=True, and use the connection only while the function is '
        'executed'
    )


def test_a_test_gives_a_function_a_connection_of_its_own() -> None:
    call, connection = CallContext('run', 1, 1, 'f'), sqlite3.connect(':memory:')

    with executing(call), call.connected(connection):
        found = current_call().connection.execute('SELECT 1').fetchall()

    assert found == [(1,)]


def test_an_async_function_is_refused() -> None:
    async def f() -> None: ...

    with pytest.raises(FunctionRefused) as caught:
        Functions().function(transactional=True)(f)

    assert str(caught.value) == (
        "the function 'f' cannot be registered: it is async, and a transactional one has its connection to itself in a "
        'thread; make it a plain function'
    )


def written(url: str) -> dict[str, tuple[str, int]]:
    """Return the status of each call of `record` and how often its effect is there, as they are at one moment."""
    rows = execute(
        url,
        'SELECT calls.run_id, calls.number, calls.status, count(effects.key) FROM calls '
        "LEFT JOIN effects ON effects.key = calls.run_id || '/' || calls.number WHERE calls.function = 'record' "
        'GROUP BY calls.run_id, calls.number, calls.status',
    )
    return {f'{run_id}/{number}': (status, count) for run_id, number, status, count in rows}


def test_effects_happen_exactly_once_whenever_the_worker_is_killed(url: str, tmp_path: Path) -> None:
    random = Random(7)
    with Engine(url) as engine:
        execute(url, 'CREATE TABLE effects (key VARCHAR(60), number BIGINT)')
        runs = [run.id for run in engine.submit_many([Submission(SCRIPT, {'calls': CALLS})] * RUNS)]
        executed = 0
        for _ in range(KILLS):
            with started(url, tmp_path) as process:
                executed += random.randrange(1, 2 * RUNS * CALLS // KILLS)
                wait_for_effects(process, tmp_path, min(executed, RUNS * CALLS * 9 // 10))
                process.send_signal(signal.SIGKILL)
                process.wait(10)
            counts = written(url)
            assert {count for status, count in counts.values() if status == CallStatus.DONE} <= {1}
            assert {count for status, count in counts.values() if status != CallStatus.DONE} <= {0}
        with started(url, tmp_path) as process:
            ended = [engine.wait(run_id, timeout_seconds=60) for run_id in runs]
            process.send_signal(signal.SIGTERM)
            assert process.wait(10) == 0

        numbers = dict(execute(url, 'SELECT key, number FROM effects'))
        executions = (tmp_path / 'effects').stat().st_size
    assert set(written(url).values()) == {(CallStatus.DONE, 1)}
    assert [run.output for run in ended] == [[numbers[f'{run.id}/{n + 1}'] for n in range(CALLS)] for run in ended]
    # Some attempts were made again, and that left no trace.
    assert executions > RUNS * CALLS == len(numbers)
