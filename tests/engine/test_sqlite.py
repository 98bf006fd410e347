"""What is SQLite's own: its settings, and that the hot statements use the indexes made for them."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from monty_flow.engine import ManualClock, database, wakeup
from monty_flow.engine.schema import metadata
from monty_flow.engine.store.candidates import claim_candidates
from monty_flow.engine.store.neighbours import MAX_NEIGHBOURS, Neighbour, tell
from monty_flow.engine.store.sessions import CLAUSES
from monty_flow.engine.store.sqlite import SqliteFile, SqliteStore, connect
from monty_flow.engine.store.statements import Statement


@pytest.fixture
def url(sqlite_url: str) -> str:
    """Return the URL of a SQLite database that does not exist yet."""
    return sqlite_url


@pytest.fixture
def connection(url: str, tmp_path: Path) -> sqlite3.Connection:
    """Return a connection to a database with the schema."""
    database.upgrade(url)
    return connect(f'{tmp_path}/flow.db')


def plan(connection: sqlite3.Connection, statement: Statement) -> str:
    """Return how SQLite looks up the calls."""
    nothing = [None] * statement.sql.count('?')
    return str(connection.execute(f'EXPLAIN QUERY PLAN {statement.sql}', nothing).fetchone()[3])


def test_commits_are_synchronous_and_do_not_block_readers(connection: sqlite3.Connection) -> None:
    mode = connection.execute('PRAGMA journal_mode').fetchone()[0]
    synchronous = connection.execute('PRAGMA synchronous').fetchone()[0]

    assert (mode, synchronous) == ('wal', 2)


def test_only_a_relaxed_transaction_does_not_wait_for_the_disk(url: str, tmp_path: Path) -> None:
    database.upgrade(url)
    store = SqliteStore(f'{tmp_path}/flow.db', ManualClock(), url)
    synchronous = []

    for relaxed in (False, True, False):
        with store.transaction(relaxed=relaxed):
            synchronous.append(store._connection.execute('PRAGMA synchronous').fetchone()[0])
    with pytest.raises(LookupError), store.transaction(relaxed=True):
        raise LookupError
    synchronous.append(store._connection.execute('PRAGMA synchronous').fetchone()[0])

    store.close()
    assert synchronous == [2, 1, 2, 2]


def test_claims_use_the_index_of_pending_calls(connection: sqlite3.Connection) -> None:
    claims = Statement(claim_candidates(['f', 'g']), SqliteStore.dialect)

    assert plan(connection, claims) == 'SEARCH calls USING INDEX ix_calls_waiting (lane=? AND due_at<?)'


def test_recovery_looks_at_leased_calls_only(connection: sqlite3.Connection) -> None:
    recover = Statement(CLAUSES['recover_calls'], SqliteStore.dialect)

    assert plan(connection, recover) == 'SEARCH calls USING INDEX ix_calls_leased (worker=?)'


def test_no_table_but_those_of_numbered_rows_and_contents_has_a_second_key(connection: sqlite3.Connection) -> None:
    made = {
        name: 'WITHOUT ROWID' in sql
        for name, sql in connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'")
        if name in metadata.tables
    }

    # Contents are so large that a tree of them alone would be searched page by page.
    assert made == {name: name not in ('logs', 'signals', 'large_values') for name in metadata.tables}


def test_what_another_process_submits_is_heard_at_once(url: str, tmp_path: Path) -> None:
    database.upgrade(url)
    clock = ManualClock()
    worker, other = (SqliteFile(f'{tmp_path}/flow.db', url).open(clock) for _ in range(2))
    worker.changes()
    heard = wakeup.subscribe(url)

    other.tell_others()

    assert heard.wait(20)
    worker.close()
    other.close()


def test_neighbours_beyond_the_names_that_there_are_look_and_are_not_told(tmp_path: Path) -> None:
    path = f'{tmp_path}/flow.db'
    neighbours = [Neighbour(path, 'here') for _ in range(MAX_NEIGHBOURS + 1)]

    tell(path)

    assert [neighbour.is_told for neighbour in neighbours] == [True] * MAX_NEIGHBOURS + [False]
    for neighbour in neighbours:
        neighbour.stop()
