"""Migrations and the schema on PostgreSQL, where nothing is made unasked."""

from __future__ import annotations

import threading

import pytest

from monty_flow.engine import Engine, Functions, MigrationBlocked, SchemaMismatch, Worker, database
from monty_flow.engine.schema import SCHEMA_REVISION
from monty_flow.engine.store import postgres_database, without_password
from tests.engine.postgres_server import PostgresServer, name_in


@pytest.fixture
def empty(server: PostgresServer) -> str:
    """Return the URL of a database without tables."""
    return server.empty_database()


def test_migrations_lead_from_nothing_to_the_schema(empty: str) -> None:
    before = database.current(empty)
    database.upgrade(empty)

    assert (before, database.current(empty)) == (None, SCHEMA_REVISION)
    assert database.check(empty) == []
    assert database.upgrade(empty) == SCHEMA_REVISION


def test_many_who_upgrade_at_once_make_one_schema(empty: str) -> None:
    revisions: list[str] = []
    threads = [threading.Thread(target=lambda: revisions.append(database.upgrade(empty))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert revisions == [SCHEMA_REVISION] * 4
    assert database.check(empty) == []


def test_a_difference_is_told_in_words(server: PostgresServer, postgres_url: str) -> None:
    with server.connect(name_in(postgres_url)) as connection:
        connection.execute('ALTER TABLE runs ADD COLUMN colour text')

    assert database.check(postgres_url) == ['remove column: runs, colour']


def test_a_database_without_the_schema_is_left_as_it_is(empty: str) -> None:
    with_password = empty.replace('postgres:@', 'postgres:secret@')

    for refuse in (Engine, lambda url: Worker(url, Functions()).run_until_idle()):
        with pytest.raises(SchemaMismatch) as caught:
            refuse(with_password)
        assert str(caught.value) == (
            f'the schema of {without_password(with_password)} is at revision none, this release knows '
            f'{SCHEMA_REVISION}; run "monty-flow db upgrade" with this release, then start again'
        )

    assert 'secret' not in without_password(with_password)
    assert database.current(empty) is None


def test_a_newer_schema_is_refused(server: PostgresServer, postgres_url: str) -> None:
    with server.connect(name_in(postgres_url)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.execute("UPDATE compatibility SET oldest = '9999'")

    for refuse in (Engine, database.upgrade, database.check):
        with pytest.raises(SchemaMismatch) as caught:
            refuse(postgres_url)
        assert caught.value.newer


def test_an_older_release_works_on_a_schema_that_was_expanded(server: PostgresServer, postgres_url: str) -> None:
    with server.connect(name_in(postgres_url)) as connection:
        connection.execute("ALTER TABLE calls ADD COLUMN colour text NOT NULL DEFAULT 'blue'")
        connection.execute("UPDATE alembic_version SET version_num = '9999'")

    with Engine(postgres_url) as engine:
        run = engine.submit('1 + 1')
        Worker(postgres_url, Functions()).run_until(run.id)

        assert engine.result(run.id) == 2


def test_a_migration_does_not_wait_long_for_a_table_in_use(
    server: PostgresServer, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres_database, 'MIGRATION_LOCK_SECONDS', 0.2)
    with server.connect(name_in(postgres_url)) as connection:
        connection.execute('DROP TABLE compatibility')
        connection.execute("UPDATE alembic_version SET version_num = '0016'")
        connection.execute('ALTER TABLE workers DROP COLUMN release, DROP COLUMN draining')

    with server.connect(name_in(postgres_url)) as other, other.transaction():
        other.execute('SELECT count(*) FROM workers')
        with pytest.raises(MigrationBlocked) as caught:
            database.upgrade(postgres_url)

    assert 'run "monty-flow db upgrade" again' in str(caught.value)
    assert database.current(postgres_url) == '0016'
    assert database.upgrade(postgres_url) == SCHEMA_REVISION
