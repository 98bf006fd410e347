"""What is PostgreSQL's own: one statement a batch, the server's clock, notifications, and connections that are lost."""

from __future__ import annotations

import itertools
import os
import re
import resource
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any
from unittest import mock

import psycopg
import pytest

from monty_flow.engine import DatabaseRefused, DatabaseUnavailable, Engine, ManualClock, SystemClock, payloads, wakeup
from monty_flow.engine.states import CallKind, CallStatus, RunStatus
from monty_flow.engine.store import Store, without_password
from monty_flow.engine.store.candidates import CLAUSES as CANDIDATES
from monty_flow.engine.store.candidates import claim_candidates, due_candidates
from monty_flow.engine.store.postgres import MOST_ROWS, NEW_PLANS_OF_READS_SECONDS, PostgresStore
from monty_flow.engine.store.postgres_listener import POLL_SECONDS
from monty_flow.engine.store.postgres_pipeline import Pipeline
from monty_flow.engine.store.postgres_step import blobs, numbers, register_arrays, step_statement, texts
from monty_flow.engine.store.postgres_writes import WRITES, Sent
from monty_flow.engine.store.queued import CLAUSES as QUEUE_CLAUSES
from monty_flow.engine.store.sessions import CLAUSES as SESSIONS
from monty_flow.engine.store.statements import Statement
from monty_flow.engine.transitions import Output
from tests.engine.builders import SECOND, claim, insert, lose_session, new_run, paused, succeeded, transition
from tests.engine.postgres_server import PostgresServer, name_in


@pytest.fixture
def url(postgres_url: str) -> str:
    """Return the URL of a PostgreSQL database with the schema."""
    return postgres_url


@pytest.fixture
def connection(server: PostgresServer, url: str) -> Iterator[psycopg.Connection]:
    """Return a connection past the engine."""
    with server.connect(name_in(url)) as connection:
        yield connection


@pytest.fixture
def counted(store: Store, monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """Return a list that grows with every round trip of the store, by what it sends."""
    sent: list[bytes] = []
    send, send_together = PostgresStore._send, PostgresStore._send_together

    def keep(store: PostgresStore, statement: bytes, *arguments: object, **options: object) -> object:
        if not store._later or not arguments:
            sent.append(statement)
        return send(store, statement, *arguments, **options)  # type: ignore[arg-type]

    def keep_all(store: PostgresStore, statements: list[tuple[bytes, object]]) -> object:
        sent.append(b'; '.join([*(later for later, _ in store._later), *(statement for statement, _ in statements)]))
        return send_together(store, statements)  # type: ignore[arg-type]

    def keep_rows(pipeline: Pipeline, rows: Sequence[Sent]) -> bool:
        sent.append(b'; '.join(write.sql for write, _ in rows))
        return write_rows(pipeline, rows)

    write_rows = Pipeline.write
    monkeypatch.setattr(Pipeline, 'write', keep_rows)
    monkeypatch.setattr(PostgresStore, '_send', keep)
    monkeypatch.setattr(PostgresStore, '_send_together', keep_all)
    return sent


class WrongClock(SystemClock):
    """A machine whose time is an hour ahead."""

    def now(self) -> int:
        return super().now() + 3600 * SECOND


def plan(connection: psycopg.Connection, statement: Statement) -> str:
    """Return how PostgreSQL looks rows up when it is asked as the store asks."""
    connection.execute('SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off')
    rows = connection.execute(
        f'EXPLAIN (GENERIC_PLAN) {statement.sql.replace("%s", "$1").replace("LIMIT $1", "LIMIT 10")}'.encode()
    )
    return '\n'.join(row[0] for row in rows)


def test_steps_that_stand_are_one_round_trip(store: Store, counted: list[bytes]) -> None:
    insert(store, 'a', 'b')
    first, second = claim(store, 'one')
    counted.clear()

    stood = store.commit([paused(first, 'one', logs=(Output('stdout', 'hello\n'),)), succeeded(second, 'one')])

    assert stood == [True, True]
    assert len(counted) == 1
    assert [line.text for line in store.logs('a', 0)] == ['hello\n']


def test_a_batch_of_many_steps_is_one_statement(store: Store, counted: list[bytes]) -> None:
    insert(store, *(f'{number:02}' for number in range(MOST_ROWS + 1)))
    claims = claim(store, 'one')
    counted.clear()

    stood = store.commit([paused(each, 'one') for each in claims])

    assert stood == [True] * (MOST_ROWS + 1)
    assert len(counted) == 1
    assert counted[0].count(b'UPDATE runs') == 1


def test_a_step_is_the_same_written_row_by_row_and_in_a_batch(
    store: Store, connection: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    error = payloads.encode({'type': 'ValueError'})
    failure: dict[str, Any] = {'failures': 1, 'due_at': 7, 'error': error, 'started_at': 4}

    def written(most_rows: int) -> tuple[list[bool], list[list[tuple[Any, ...]]]]:
        monkeypatch.setattr('monty_flow.engine.store.postgres.MOST_ROWS', most_rows)
        insert(store, *'abcde')
        first, second, third, fourth, fifth = claim(store, 'one')
        prints = (Output('stderr', 'a\0b'),)
        stood = store.commit(
            [
                paused(first, 'one', result=b'r', function_us=3, script_us=5, logs=prints),
                paused(second, 'one', leased=False),
                succeeded(third, 'one'),
                transition(fourth, 'one', to_status=RunStatus.WAITING, call_status=CallStatus.PENDING, **failure),
                transition(fifth, 'one', to_status=RunStatus.FAILED, call_status=CallStatus.FAILED, run_error=error),
            ]
        )
        rows = [
            connection.execute(f"SELECT to_jsonb({table}) - 'id' FROM {table} ORDER BY 1".encode()).fetchall()
            for table in ('runs', 'calls', 'snapshots', 'history', 'logs')
        ]
        connection.execute('DELETE FROM runs')
        return stood, rows

    row_by_row, in_a_batch = written(MOST_ROWS), written(0)

    assert row_by_row == in_a_batch
    assert row_by_row[0] == [True] * 5


def test_a_snapshot_that_is_there_already_is_put_over(store: Store) -> None:
    insert(store, 'a')
    [start] = claim(store, 'one', 'f')
    store.commit([paused(start, 'one')])
    start.number, start.version, start.status, start.last_call = 1, 3, RunStatus.WAITING, 1

    stood = store.commit([paused(start, 'one', snapshot=payloads.wrap(b'another'))])

    assert stood == [True]
    assert store.chain('a', 1) == [(1, payloads.wrap(b'another'))]


def test_a_step_of_a_run_that_was_deleted_is_dropped(store: Store, connection: psycopg.Connection) -> None:
    insert(store, 'a', 'b')
    first, second = claim(store, 'one')
    connection.execute("DELETE FROM runs WHERE id = 'a'")

    stood = store.commit([succeeded(first, 'one'), paused(second, 'one')])

    assert stood == [False, True]


def test_a_step_whose_call_was_taken_over_is_dropped(store: Store) -> None:
    insert(store, 'a')
    [start] = claim(store, 'one')
    with store.transaction():
        lose_session(store, 'one')
    [again] = claim(store, 'two')

    stood = store.commit([paused(start, 'one', from_version=again.version)]), store.commit([paused(again, 'two')])

    assert stood == ([False], [True])


def test_a_batch_with_a_stale_step_is_written_without_it(store: Store, counted: list[bytes]) -> None:
    insert(store, 'a', 'b', 'c')
    first, second, third = claim(store, 'one')
    counted.clear()

    stood = store.commit(
        [
            paused(first, 'one', logs=(Output('stdout', 'hello\n'), Output('stdout', 'again\n'))),
            replace(succeeded(second, 'one'), from_version=7),
            succeeded(third, 'one'),
        ]
    )

    assert stood == [True, False, True]
    assert len(counted) == 2
    assert [line.text for line in store.logs('a', 0)] == ['hello\n', 'again\n']


def test_a_claim_takes_four_round_trips(store: Store, counted: list[bytes]) -> None:
    claim(store, 'one')
    insert(store, 'a', 'b')
    counted.clear()

    with store.transaction():
        claims = store.claim('one', frozenset(), 10)

    assert (len(claims), len(counted)) == (2, 4)


def test_a_worker_that_finds_more_than_it_takes_plans_anew(store: Store, counted: list[bytes]) -> None:
    insert(store, 'a', 'b', 'c')

    claim(store, 'one', limit=1)
    claim(store, 'one', limit=1)

    assert counted.count(b'DISCARD PLANS') == 1


def test_questions_are_planned_anew_now_and_then(store: Store, clock: ManualClock, counted: list[bytes]) -> None:
    asked = []

    for seconds in (0, NEW_PLANS_OF_READS_SECONDS, 0):
        counted.clear()
        clock.advance(seconds)
        store.get('a')
        asked.append(counted.count(b'DISCARD PLANS'))

    assert asked == [0, 1, 0]


def test_a_step_looks_its_call_up_by_its_key(store: Store, connection: psycopg.Connection) -> None:
    insert(store, *(f'{number:03}' for number in range(200)))
    numbers_of = itertools.count(1)
    step = re.sub('%s', lambda _: f'${next(numbers_of)}', step_statement([], '')[0].decode())

    connection.execute('SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off')
    rows = connection.execute(f'EXPLAIN (GENERIC_PLAN) {step}'.encode())
    plan = '\n'.join(row[0] for row in rows)

    assert 'ix_calls_leased' not in plan
    assert plan.count('pk_calls') == 2


def test_rows_of_steps_are_looked_up_by_their_keys(connection: psycopg.Connection) -> None:
    connection.execute('SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off')

    plans = {
        write.name: '\n'.join(row[0] for row in connection.execute(b'EXPLAIN (GENERIC_PLAN) ' + write.sql))
        for write in WRITES
        if b'UPDATE' in write.sql
    }

    assert {name.decode(): re.findall(r'using (\w+)', text) for name, text in plans.items()} == {
        'monty_flow_move_on': ['pk_runs'],
        'monty_flow_advance': ['pk_runs'],
        'monty_flow_settle': ['pk_calls'],
    }
    assert '(number = $' in plans[b'monty_flow_settle']


def test_steps_are_written_row_by_row_also_after_a_transaction_was_undone(store: Store, counted: list[bytes]) -> None:
    def fail() -> None:
        with store.transaction():
            store.cancel('b')
            raise LookupError

    insert(store, 'a', 'b')
    first, second = claim(store, 'one')
    store.commit([paused(first, 'one')])
    with pytest.raises(LookupError):
        fail()
    store.get('b')
    counted.clear()

    stood = store.commit([paused(second, 'one')])

    assert stood == [True]
    assert len(counted) == 1


def test_a_step_whose_connection_is_cut_is_not_written_and_the_next_one_is(
    store: Store, server: PostgresServer, url: str
) -> None:
    insert(store, 'a', 'b')
    first, second = claim(store, 'one')
    store.commit([paused(first, 'one')])

    server.cut_connections(url)
    with pytest.raises(DatabaseUnavailable):
        store.commit([paused(second, 'one')])
    history = store.history('b')
    stood = store.commit([paused(second, 'one')])

    assert (history, stood) == ([], [True])


def test_a_thread_that_is_interrupted_in_a_step_leaves_no_connection_that_waits_for_answers(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    insert(store, 'a', 'b')
    first, second = claim(store, 'one')

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr('monty_flow.engine.store.postgres_pipeline._execute', interrupt)
        with pytest.raises(KeyboardInterrupt):
            store.commit([paused(first, 'one')])
    with pytest.raises(DatabaseUnavailable):
        store.commit([paused(second, 'one')])

    assert store.commit([paused(second, 'one')]) == [True]


def test_a_step_larger_than_what_the_socket_takes_at_once_is_written(store: Store) -> None:
    insert(store, 'a')
    [start] = claim(store, 'one')
    large = payloads.wrap(b'snapshot' * 500_000)

    stood = store.commit([paused(start, 'one', snapshot=large)])

    assert stood == [True]
    assert store.chain('a', 1) == [(1, large)]


def test_a_submission_takes_three_round_trips(store: Store, counted: list[bytes]) -> None:
    insert(store, 'a', 'b')

    assert len(counted) == 3


def test_a_worker_waits_for_the_disk_with_claims_that_have_effects_only(store: Store, counted: list[bytes]) -> None:
    insert(store, 'a')
    claim(store, 'one', 'f')
    with store.transaction():
        store.close_session('one')
    claim(store, 'two', 'f', limit=0)
    counted.clear()

    with store.transaction(relaxed=True):
        [start] = store.claim('two', frozenset('f'), 10)
    of_start = b'synchronous_commit = off' in counted[-1]
    store.commit([paused(start, 'two', leased=False)])
    with store.transaction(relaxed=True):
        [call] = store.claim('two', frozenset('f'), 10)

    assert (start.kind, of_start) == (CallKind.START, True)
    assert (call.kind, b'synchronous_commit = off' in counted[-1]) == (CallKind.FUNCTION, False)


def test_what_waits_for_the_next_statement_is_forgotten_with_its_transaction(store: Store) -> None:
    def insert_and_fail() -> None:
        with store.transaction():
            store.insert_runs([new_run('a')], bounded=False)
            raise LookupError

    with pytest.raises(LookupError):
        insert_and_fail()
    insert(store, 'b')

    assert [run.id for run in store.list(None, 10, None)] == ['b']


def test_a_step_that_becomes_stale_while_it_waits_for_a_lock_is_dropped(
    store: Store, open_another: Callable[[], Store], connection: psycopg.Connection
) -> None:
    insert(store, 'a')
    [start] = claim(store, 'one')
    other = open_another()
    stood: list[bool] = []
    late = threading.Thread(target=lambda: stood.extend(store.commit([paused(start, 'one')])))
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"

    with other.transaction():
        other.close_session('one')
        late.start()
        while connection.execute(waiting).fetchone() != (1,):
            threading.Event().wait(0.005)
    late.join(10)

    assert stood == [False]
    assert (store.history('a'), store.calls('a')) == ([], [])
    assert [claimed.run_id for claimed in claim(other, 'two')] == ['a']


def test_a_run_that_another_transaction_holds_is_not_waited_for(
    store: Store, open_another: Callable[[], Store]
) -> None:
    insert(store, 'a', 'b')
    other = open_another()

    with other.transaction():
        other.cancel('a')
        claims = claim(store, 'one')

    assert [claimed.run_id for claimed in claims] == ['b']


def test_arrays_arrive_as_they_were(connection: psycopg.Connection) -> None:
    register_arrays(connection)
    columns = (['a', None, 'ü\n', ''], [b'\0\xff', b'', None, b'x'], [0, -(2**63), 2**63 - 1, None])

    row = connection.execute(
        'SELECT %s::text[], %s::bytea[], %s::int8[]', [texts(columns[0]), blobs(columns[1]), numbers(columns[2])]
    ).fetchone()

    assert row == columns


def test_a_text_with_nul_is_kept_with_a_sign_for_it(store: Store) -> None:
    insert(store, 'a')
    [start] = claim(store, 'one')

    store.commit([paused(start, 'one', logs=(Output('stdout', 'a\0b\n'),))])

    assert [line.text for line in store.logs('a', 0)] == ['a\N{SYMBOL FOR NULL}b\n']


def test_claims_timers_and_recovery_use_the_partial_indexes(connection: psycopg.Connection) -> None:
    dialect = PostgresStore.dialect
    plans = {
        name: plan(connection, Statement(clause, dialect))
        for name, clause in {
            'claim': claim_candidates(['f', 'g']),
            'due': due_candidates(['f', 'g']),
            'lanes': QUEUE_CLAUSES['pending_lanes'],
            'late': CANDIDATES['late_candidates'],
            'lost_sessions': SESSIONS['lost_sessions'],
        }.items()
    }

    assert {name: 'Seq Scan' in text for name, text in plans.items()} == dict.fromkeys(plans, False)
    assert {name for name, text in plans.items() if 'ix_calls_waiting' in text} == {'claim', 'due', 'lanes', 'late'}
    assert 'ix_calls_leased' in plans['lost_sessions']


def test_names_are_compared_byte_by_byte_whatever_the_language_of_the_database(connection: psycopg.Connection) -> None:
    keys = connection.execute(
        'SELECT DISTINCT table_name, column_name FROM information_schema.key_column_usage '
        'JOIN information_schema.columns USING (table_schema, table_name, column_name) '
        "WHERE data_type = 'text' AND collation_name IS DISTINCT FROM 'C'"
    ).fetchall()

    assert keys == []


def test_the_clock_of_the_server_decides(url: str) -> None:
    store = PostgresStore(url, WrongClock())
    before = SystemClock().now()

    with store.transaction():
        ends = store.open_session('one', 'worker', (), 10 * SECOND)
    moments = [store.now(), store.clock.now(), ends - 10 * SECOND]

    store.close()
    assert all(abs(moment - before) < 600 * SECOND for moment in moments)


def test_a_transaction_has_one_moment(url: str) -> None:
    store = PostgresStore(url, SystemClock())

    with store.transaction():
        moments = {store.now(), store.now()}

    store.close()
    assert len(moments) == 1


def test_what_another_process_commits_is_heard(store: Store, connection: psycopg.Connection, url: str) -> None:
    heard = wakeup.subscribe(url)
    listening = "SELECT count(*) FROM pg_stat_activity WHERE query = 'LISTEN monty_flow' AND state = 'idle'"
    store.changes()
    while connection.execute(listening).fetchone() == (0,) or not heard.is_set():
        threading.Event().wait(0.005)
    heard.clear()
    before = store.changes()

    connection.execute("SELECT pg_notify('monty_flow', 'someone else')")

    # Sooner than the slow poll would.
    assert heard.wait(1)
    assert store.changes() > before


def test_others_are_heard_by_a_process_with_many_open_files(
    store: Store, connection: psycopg.Connection, url: str
) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    taken = [os.open(os.devnull, os.O_RDONLY) for _ in range(1100)]
    try:
        test_what_another_process_commits_is_heard(store, connection, url)
    finally:
        for descriptor in taken:
            os.close(descriptor)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_a_worker_looks_for_work_also_when_nobody_listens(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    now = [0]
    clock = mock.Mock(SystemClock(), decides=False, now=lambda: 0, elapsed=lambda: now[0])
    monkeypatch.setattr('monty_flow.engine.store.postgres.Listener', mock.Mock())
    store = PostgresStore(url, clock)
    before = store.changes()
    same = store.changes()
    now[0] += round(POLL_SECONDS * SECOND)

    assert (same, store.changes()) == (before, before + 1)
    store.close()


def test_only_what_leaves_work_is_told(store: Store, connection: psycopg.Connection) -> None:
    connection.execute('LISTEN monty_flow')
    insert(store, 'a')
    [start] = claim(store, 'one')
    after_submission = len(list(connection.notifies(timeout=0.2, stop_after=1)))

    store.commit([paused(start, 'one')])
    connection.execute('SELECT 1')
    after_a_leased_step = len(list(connection.notifies(timeout=0)))
    start.number, start.version, start.status, start.last_call = 1, 3, RunStatus.WAITING, 1
    store.commit([paused(start, 'one', leased=False)])
    after_a_timer = len(list(connection.notifies(timeout=0.2, stop_after=1)))

    assert (after_submission, after_a_leased_step, after_a_timer) == (1, 0, 1)


def test_a_read_survives_that_its_connection_was_cut(store: Store, server: PostgresServer, url: str) -> None:
    insert(store, 'a')

    server.cut_connections(url)
    run = store.get('a')

    assert run is not None
    assert run.id == 'a'


def test_a_transaction_whose_connection_is_cut_is_undone_and_the_next_one_works(
    store: Store, server: PostgresServer, url: str
) -> None:
    def insert_and_cut() -> None:
        with store.transaction():
            store.cancel('a')
            server.cut_connections(url)
            store.retry('a')

    insert(store, 'a')

    with pytest.raises(DatabaseUnavailable) as caught:
        insert_and_cut()

    run = store.get('a')
    assert str(caught.value).startswith('the database cannot be reached: ')
    assert str(caught.value).endswith('; see that its server runs, then try again')
    assert run is not None
    assert run.status is RunStatus.PENDING
    insert(store, 'b')


def test_a_lease_of_which_nothing_was_heard_is_handed_back(store: Store) -> None:
    insert(store, 'a', 'b', 'c')
    first, second, _ = claim(store, 'one', 'f')
    store.commit([paused(second, 'one')])

    with store.transaction():
        released = store.release_unknown('one', {(first.run_id, first.number)})

    again = claim(store, 'two', 'f')
    assert released == 2
    assert sorted((claimed.run_id, claimed.number, claimed.attempt) for claimed in again) == [('b', 1, 1), ('c', 0, 1)]


def test_a_worker_that_stands_still_in_a_transaction_keeps_nobody_from_taking_its_calls_over(
    url: str, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr('monty_flow.engine.store.postgres_talk.IDLE_SECONDS', 0.3)
    stopped, other = PostgresStore(url, clock), PostgresStore(url, clock)
    insert(stopped, 'a')
    first = claim(stopped, 'stopped', 'f')[0]
    clock.advance(3600)

    recovered: list[int] = []

    def stand_still() -> None:
        with stopped.transaction():
            stood = stopped.apply([paused(first, 'stopped')])
            # It holds the rows of the run and the call, and says no more.
            with other.transaction():
                recovered.append(other.recover())
            assert stood == [True]
            stopped.get('a')

    with pytest.raises(DatabaseUnavailable):
        stand_still()

    [again] = claim(other, 'other', 'f')
    stopped.close()
    other.close()
    assert recovered == [1]
    assert (again.run_id, again.number) == ('a', 0)


def test_a_table_that_somebody_holds_for_long_is_told_and_the_step_is_written_when_it_is_free(
    url: str,
    clock: ManualClock,
    connection: psycopg.Connection,
    counted: list[bytes],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr('monty_flow.engine.store.postgres_talk.LOCK_SECONDS', 0.2)
    store = PostgresStore(url, clock)
    insert(store, 'a')
    first = claim(store, 'one')[0]

    with connection.transaction():
        connection.execute('LOCK TABLE runs IN ACCESS EXCLUSIVE MODE')
        counted.clear()
        with pytest.raises(DatabaseUnavailable) as caught:
            store.commit([paused(first, 'one')])
        waits = len(counted)
    stood = store.commit([paused(first, 'one')])

    store.close()
    assert waits == 1
    assert str(caught.value) == (
        'an open transaction on the database holds what the engine needs; SELECT pid, state, query, pg_blocking_pids(pid) FROM '
        'pg_stat_activity tells which: end it, then try again'
    )
    assert stood == [True]


def test_a_function_may_wait_for_locks_as_long_as_it_likes_and_what_the_engine_writes_after_it_may_not(
    url: str, clock: ManualClock
) -> None:
    store, found = PostgresStore(url, clock), []
    ask = "SELECT current_setting('lock_timeout'), current_setting('idle_in_transaction_session_timeout')"

    with store.transaction():
        with store.for_function(lambda: False) as connection:
            found.append(connection.execute(ask).fetchone())
        store.bound_idleness()
        found.append(connection.execute(ask).fetchone())

    store.close()
    assert found == [('0', '0'), ('20s', '10s')]


def test_a_call_that_goes_back_while_its_run_is_resumed_is_not_held_for_ever(
    url: str, clock: ManualClock, connection: psycopg.Connection
) -> None:
    lost, person = PostgresStore(url, clock), PostgresStore(url, clock)
    insert(lost, 'a')
    [start] = claim(lost, 'lost', 'f')
    lost.commit([paused(start, 'lost')])
    claim(lost, 'lost', 'f')
    with person.transaction():
        assert person.pause('a')
    recovering = threading.Thread(target=lambda: _lose(lost))

    with person.transaction():
        assert person.resume('a')
        recovering.start()
        _wait_for_a_lock(connection)
    recovering.join(20)

    statuses = [call.status.value for call in person.calls('a')]
    lost.close()
    person.close()
    assert statuses == ['pending']


def _lose(store: Store) -> None:
    with store.transaction():
        lose_session(store, 'lost')


def _wait_for_a_lock(connection: psycopg.Connection) -> None:
    for _ in range(2000):
        if connection.execute("SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'").fetchone():
            return
        threading.Event().wait(0.005)
    raise AssertionError('nobody waits for the run')


def test_two_who_submit_one_key_at_once_get_one_run(url: str) -> None:
    engines = [Engine(url) for _ in range(4)]
    found: list[str] = []
    threads = [
        threading.Thread(target=lambda engine=engine: found.append(engine.submit('1', key='k').id))
        for engine in engines
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)

    runs = engines[0].list()
    for engine in engines:
        engine.close()
    assert found == [runs[0].id] * 4
    assert len(runs) == 1


def test_a_database_that_does_not_exist_is_refused(url: str, server: PostgresServer) -> None:
    missing = url.replace(name_in(url), 'nowhere').replace('postgres:@', 'postgres:secret@')

    with pytest.raises(DatabaseRefused) as caught:
        Engine(missing)

    shown = without_password(missing)
    assert type(caught.value) is DatabaseRefused
    assert 'secret' not in shown
    assert str(caught.value) == (
        f'the database {shown} cannot be opened: database "nowhere" does not exist; '
        'check that it exists and that this user may use it'
    )


def test_a_server_that_does_not_answer_is_named_unavailable(tmp_path: object) -> None:
    with pytest.raises(DatabaseUnavailable) as caught:
        PostgresStore(f'postgresql://postgres@/flow?host={tmp_path}', ManualClock())

    assert str(caught.value) == (
        'the database cannot be reached: '
        f'connection to server on socket "{tmp_path}/.s.PGSQL.5432" failed: No such file or directory; '
        'see that its server runs, then try again'
    )
