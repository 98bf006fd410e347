"""What the database is set to is looked at, and said where it is not as it should be."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from monty_flow.engine import Engine, Functions, Worker, database
from monty_flow.engine.store import sqlite, sqlite_settings
from monty_flow.engine.store.locations import parse, server_address
from monty_flow.engine.store.settings import Setting


def advised(url: str, connections: int = 4) -> dict[str, Setting]:
    return {setting.name: setting for setting in database.settings(url, connections) if setting.advice is not None}


@contextmanager
def altered(url: str, *settings: str) -> Iterator[None]:
    """Set something for the database within the block."""
    name = parse(url).database
    with psycopg.connect(server_address(parse(url)), autocommit=True) as connection:
        for setting in settings:
            connection.execute(f'ALTER DATABASE {name} SET {setting}')
        try:
            yield
        finally:
            connection.execute(f'ALTER DATABASE {name} RESET ALL')


def test_a_database_as_the_tests_use_it_needs_no_advice_but_about_its_place(url: str) -> None:
    Engine(url).close()

    # A server of tests has no fsync, and its disk may be the memory.
    assert advised(url).keys() <= {'fsync', 'full_page_writes', 'synchronous_commit', 'file system', 'free space'}


def test_the_settings_of_sqlite_are_those_of_the_engine(sqlite_url: str) -> None:
    Engine(sqlite_url).close()
    found = {setting.name: setting.value for setting in database.settings(sqlite_url)}

    assert (found['journal_mode'], found['synchronous'], found['locking_mode']) == ('WAL', 'FULL', 'NORMAL')
    assert found['file'] == 'writable'


def test_a_file_that_is_not_there_is_not_made(sqlite_url: str, tmp_path: Path) -> None:
    assert database.settings(sqlite_url) == []
    assert os.listdir(tmp_path) == []


def test_a_file_on_another_machine_is_advised_against(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mounts = tmp_path / 'mounts'
    mounts.write_text(f'/dev/vda / ext4 rw 0 0\nhost:/share {tmp_path} nfs4 rw 0 0\n')
    monkeypatch.setattr(sqlite_settings, '_of_kind', sqlite_settings._of_kind)
    Engine(sqlite_url).close()

    assert sqlite_settings.file_system(str(tmp_path / 'flow.db'), mounts) == 'nfs4'
    assert sqlite_settings.file_system('/elsewhere', mounts) == 'ext4'
    assert sqlite_settings.file_system('/elsewhere', tmp_path / 'none') is None
    assert 'move the file to a local disk' in str(sqlite_settings._of_kind('nfs4'))
    assert 'switched off' in str(sqlite_settings._of_kind('tmpfs'))
    assert sqlite_settings._of_kind('ext4') is None


def test_a_full_disk_is_told_before_it_is_full(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    Engine(sqlite_url).close()
    monkeypatch.setattr(sqlite_settings, 'FREE_BYTES', 1 << 62)

    assert str(advised(sqlite_url)['free space'].advice).endswith('make room')


def test_a_connection_that_is_not_as_it_should_be_is_told(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    Engine(sqlite_url).close()
    monkeypatch.setattr(sqlite, '_PRAGMAS', ('PRAGMA synchronous = NORMAL', 'PRAGMA locking_mode = EXCLUSIVE'))
    found = advised(sqlite_url)

    assert found['synchronous'].value == 'NORMAL'
    assert found['locking_mode'].value == 'EXCLUSIVE'


@pytest.mark.parametrize(
    ('setting', 'name', 'value', 'advice'),
    [
        ('synchronous_commit = off', 'synchronous_commit', 'off', 'lost in a crash'),
        ("default_transaction_isolation = 'serializable'", 'default_transaction_isolation', 'serializable', 'must be "read committed"'),
        ("idle_in_transaction_session_timeout = '5s'", 'idle_in_transaction_session_timeout', '5000 ms', 'at least 30s'),
        ("statement_timeout = '100ms'", 'statement_timeout', '100 ms', 'at least 30s'),
        ("lock_timeout = '1s'", 'lock_timeout', '1000 ms', 'at least 30s'),
    ],
)  # fmt: skip
def test_a_server_that_is_not_as_it_should_be_is_told(
    postgres_url: str, setting: str, name: str, value: str, advice: str
) -> None:
    with altered(postgres_url, setting):
        found = advised(postgres_url)

    assert found[name].value == value
    assert advice in str(found[name].advice)


def test_what_is_generous_enough_is_fine(postgres_url: str) -> None:
    with altered(postgres_url, "statement_timeout = '30s'", "timezone = 'Asia/Tokyo'"):
        found = database.settings(postgres_url)

    assert 'statement_timeout' not in advised(postgres_url)
    assert Setting('statement_timeout', '30000 ms') in found
    assert Setting('time zone', 'Asia/Tokyo') in found


def test_a_server_without_room_for_the_connections_is_told(postgres_url: str) -> None:
    found = advised(postgres_url, connections=100_000)['max_connections']

    assert str(found.advice).startswith('this process takes up to 100000; raise max_connections')


def test_a_worker_warns_at_its_start(url: str, monkeypatch: pytest.MonkeyPatch, caplog: Any) -> None:
    Engine(url).close()
    asked: list[int] = []

    def found(_: str, connections: int) -> list[Setting]:
        asked.append(connections)
        return [Setting('fsync', 'off', 'it must be on'), Setting('fine', 'yes')]

    monkeypatch.setattr(database, 'settings', found)
    functions = Functions()
    functions.function(name='write', transactional=True)(lambda: None)
    worker = Worker(url, functions, concurrency=7)
    worker.stop()
    worker.run()

    assert [
        record.getMessage().partition(' of ')[0] for record in caplog.records if 'fsync' in record.getMessage()
    ] == ['fsync']
    assert 'is off: it must be on' in caplog.text
    assert asked == [database.CONNECTIONS + 7]
