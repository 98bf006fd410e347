"""A disk that is full, on SQLite: what is there stays, workers wait, and go on when there is room."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from random import Random

import pytest

from monty_flow.engine import DatabaseUnavailable, Engine, Functions, ManualClock, RunStatus, Worker
from monty_flow.engine.store import sqlite as sqlite_store

#: Pages of 4 kB that the file has at most while the disk is full; SQLite itself refuses more, as a full disk does.
FULL_PAGES = 1
ROOM_PAGES = 1_000_000
SCRIPT = """
found = []
for x in range(6):
    found.append(len(fetch(x)))
found
"""


def text(seed: int) -> str:
    """Return 100,000 letters of which no compression makes few."""
    return Random(seed).randbytes(50_000).hex()


class Disk:
    """The room for the database, as all connections of this process see it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._connections: list[sqlite3.Connection] = []
        connect = sqlite_store.connect

        def connected(path: str) -> sqlite3.Connection:
            self._connections.append(connect(path))
            return self._connections[-1]

        monkeypatch.setattr(sqlite_store, 'connect', connected)

    def _set(self, pages: int) -> None:
        for connection in self._connections:
            try:
                connection.execute(f'PRAGMA max_page_count = {pages}')
            except sqlite3.ProgrammingError:
                # It is closed.
                continue

    def fill(self) -> None:
        """Leave no room: the file cannot grow."""
        self._set(FULL_PAGES)

    def make_room(self) -> None:
        """Leave room for everything."""
        self._set(ROOM_PAGES)


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    return Disk(monkeypatch)


@pytest.fixture
def engine(disk: Disk, sqlite_url: str) -> Iterator[Engine]:
    with Engine(sqlite_url) as engine:
        yield engine


def test_runs_go_on_when_room_comes_back_and_nothing_is_lost(
    engine: Engine, disk: Disk, clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    executed: list[int] = []
    functions = Functions()

    @functions.function(retries=0)
    def fetch(x: int) -> str:
        executed.append(x)
        if x == 2:
            disk.fill()
        return text(x)

    refusals = 0

    def room_after_a_while() -> bool:
        nonlocal refusals
        refusals = sum('cannot be written' in record.message for record in caplog.records)
        turns.append(None)
        if len(turns) > 200 or (refusals and len(turns) % 5 == 0):
            disk.make_room()
            clock.advance(2)
        return engine.get(run.id).status in (RunStatus.SUCCEEDED, RunStatus.FAILED, RunStatus.PAUSED)

    turns: list[None] = []
    run = engine.submit(SCRIPT)
    worker = Worker(engine.url, functions, clock=clock, poll_seconds=0.002)
    worker.run_until(room_after_a_while)

    assert engine.result(run.id) == [100_000] * 6
    assert executed == [0, 1, 2, 3, 4, 5]
    assert 'the database cannot be written: database or disk is full' in caplog.text
    assert 'the database is there again' in caplog.text


def test_who_submits_to_a_full_disk_is_told_to_make_room_and_what_is_there_stays(engine: Engine, disk: Disk) -> None:
    kept = engine.submit('1')
    disk.fill()

    with pytest.raises(DatabaseUnavailable) as caught:
        engine.submit('x', inputs={'x': text(0)})

    assert str(caught.value) == ('the database cannot be written: database or disk is full; make room on its disk')
    disk.make_room()
    assert [run.id for run in engine.list()] == [kept.id]
