"""Migrations and the schema."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory

from monty_flow.engine import DatabaseRefused, Engine, Functions, SchemaMismatch, Worker, database
from monty_flow.engine.schema import SCHEMA_REVISION


@pytest.fixture
def url(sqlite_url: str) -> str:
    """Return the URL of a SQLite database that does not exist yet."""
    return sqlite_url


def set_revision(url: str, revision: str) -> None:
    """Make the database say that it is at another revision."""
    with sqlite3.connect(url.removeprefix('sqlite:///')) as connection:
        connection.execute('UPDATE alembic_version SET version_num = ?', (revision,))


def test_migrations_lead_from_nothing_to_the_schema(url: str) -> None:
    before = database.current(url)
    database.upgrade(url)

    assert (before, database.current(url)) == (None, SCHEMA_REVISION)
    assert database.check(url) == []


def test_the_known_revision_is_the_newest_migration() -> None:
    config = Config()
    config.set_main_option('script_location', 'monty_flow:migrations')

    assert ScriptDirectory.from_config(config).get_heads() == [SCHEMA_REVISION]


def test_upgrading_twice_changes_nothing(url: str) -> None:
    database.upgrade(url)

    assert database.upgrade(url) == SCHEMA_REVISION


def test_asking_for_the_revision_makes_no_database(url: str, tmp_path: Path) -> None:
    database.current(url)

    assert list(tmp_path.iterdir()) == []


def test_a_difference_is_told_in_words(url: str) -> None:
    database.upgrade(url)
    with sqlite3.connect(url.removeprefix('sqlite:///')) as connection:
        connection.execute('ALTER TABLE runs ADD COLUMN colour TEXT')

    assert database.check(url) == ['remove column: runs, colour']


def test_the_first_use_makes_the_database(url: str) -> None:
    Engine(url).close()

    assert database.current(url) == SCHEMA_REVISION


def test_many_first_users_make_one_database(url: str) -> None:
    script = f'from monty_flow.engine import Engine; Engine({url!r}).submit("1")'
    processes = [subprocess.Popen([sys.executable, '-c', script]) for _ in range(3)]
    threads = [threading.Thread(target=lambda: Engine(url).submit('1')) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    codes = [process.wait(30) for process in processes]

    with Engine(url) as engine:
        runs = engine.list()
    assert codes == [0, 0, 0]
    assert len(runs) == 7
    assert database.check(url) == []


def test_a_worker_makes_the_database_too(url: str) -> None:
    Worker(url, Functions()).run_until_idle()

    assert database.current(url) == SCHEMA_REVISION


def test_a_worker_refuses_a_newer_schema(url: str) -> None:
    database.upgrade(url)
    with sqlite3.connect(url.removeprefix('sqlite:///')) as connection:
        connection.execute('DROP TABLE compatibility')
    set_revision(url, '9999')

    with pytest.raises(SchemaMismatch) as caught:
        Worker(url, Functions()).run_until_idle()

    assert str(caught.value) == (
        f'the schema of {url} is at revision 9999, this release knows {SCHEMA_REVISION}; '
        'upgrade monty-flow on this machine to the release that made it, then start again'
    )


def test_an_older_release_works_on_a_schema_that_was_expanded(url: str) -> None:
    database.upgrade(url)
    with sqlite3.connect(url.removeprefix('sqlite:///')) as connection:
        connection.execute("ALTER TABLE runs ADD COLUMN colour TEXT NOT NULL DEFAULT 'blue'")
        connection.execute('CREATE TABLE shades (name TEXT PRIMARY KEY)')
    set_revision(url, '9999')

    with Engine(url) as engine:
        run = engine.submit('1 + 1')
        Worker(url, Functions()).run_until(run.id)
        assert engine.result(run.id) == 2

    with pytest.raises(SchemaMismatch):
        database.check(url)
    with pytest.raises(SchemaMismatch):
        database.upgrade(url)


def test_a_schema_that_was_contracted_refuses_releases_from_before(url: str) -> None:
    database.upgrade(url)
    with sqlite3.connect(url.removeprefix('sqlite:///')) as connection:
        connection.execute("UPDATE compatibility SET oldest = '9998'")
    set_revision(url, '9999')

    with pytest.raises(SchemaMismatch) as caught:
        Engine(url)

    assert caught.value.newer


def test_a_worker_refuses_an_older_schema(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    database.upgrade(url)
    newest = database.SCHEMA_REVISION
    monkeypatch.setattr(database, 'SCHEMA_REVISION', '9998')

    with pytest.raises(SchemaMismatch) as caught:
        Worker(url, Functions()).run_until_idle()

    assert str(caught.value) == (
        f'the schema of {url} is at revision {newest}, this release knows 9998; '
        'run "monty-flow db upgrade" with this release, then start again'
    )


def test_an_engine_and_an_upgrade_refuse_a_newer_schema(url: str) -> None:
    database.upgrade(url)
    with sqlite3.connect(url.removeprefix('sqlite:///')) as connection:
        connection.execute("UPDATE compatibility SET oldest = '9999'")
    set_revision(url, '9999')

    for refuse in (Engine, database.upgrade, database.check):
        with pytest.raises(SchemaMismatch):
            refuse(url)


@pytest.mark.parametrize(
    ('url', 'message'),
    [
        ('nonsense', "'nonsense' is not a database URL; write one such as 'sqlite:///monty-flow.db'"),
        (
            'sqlite://',
            "'sqlite://' names no file, and a database in memory loses runs; write 'sqlite:///monty-flow.db'",
        ),
        (
            'mysql://me:secret@host/flow',
            'the database mysql://me:***@host/flow cannot be used by this release; '
            "write 'sqlite:///monty-flow.db', 'postgresql://user@host/database', or the like",
        ),
    ],
)
def test_a_url_that_cannot_be_used_is_refused(url: str, message: str) -> None:
    with pytest.raises(DatabaseRefused) as caught:
        Engine(url)

    assert str(caught.value) == message


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / 'text.db'
    path.write_text('this is not a database, and it is long enough to be looked at' * 100)

    with pytest.raises(DatabaseRefused) as caught:
        Engine(f'sqlite:///{path}')

    assert str(caught.value) == (
        f"the database '{path}' cannot be opened: file is not a database; "
        'check that it is a SQLite file and may be written'
    )
