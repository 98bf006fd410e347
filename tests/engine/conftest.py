"""Stores and engines over databases of their own, on every dialect."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from monty_flow.engine import Engine, ManualClock, database
from monty_flow.engine.store import Store, open_store
from tests.engine.bench import Bench
from tests.engine.postgres_server import PostgresServer


@pytest.fixture(scope='session')
def server() -> Iterator[PostgresServer]:
    """Return a PostgreSQL server that is started at its first use."""
    started = PostgresServer()
    yield started
    started.close()


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """Return the URL of a SQLite database that does not exist yet."""
    return f'sqlite:///{tmp_path}/flow.db'


@pytest.fixture
def postgres_url(server: PostgresServer) -> Iterator[str]:
    """Return the URL of a PostgreSQL database with the schema and no rows."""
    url = server.new_database()
    yield url
    server.drop(url)


@pytest.fixture(params=['sqlite', 'postgres'])
def url(request: pytest.FixtureRequest) -> str:
    """Return the URL of a database of each dialect; its users run on all of them."""
    found: str = request.getfixturevalue(f'{request.param}_url')
    return found


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    """Return an engine on an empty database."""
    with Engine(url) as engine:
        yield engine


@pytest.fixture
def clock() -> ManualClock:
    """Return a clock that stands at the beginning of 2030."""
    return ManualClock()


@pytest.fixture
def bench(url: str, clock: ManualClock) -> Iterator[Bench]:
    """Return an engine with workers, on an empty database and a clock that stands still."""
    made = Bench(url, clock)
    yield made
    made.engine.close()


@pytest.fixture
def open_another(url: str, clock: ManualClock) -> Iterator[Callable[[], Store]]:
    """Return what opens stores on one database."""
    database.upgrade(url)
    opened: list[Store] = []

    def open_it() -> Store:
        opened.append(open_store(url, clock))
        return opened[-1]

    yield open_it
    for store in opened:
        store.close()


@pytest.fixture
def store(open_another: Callable[[], Store]) -> Store:
    """Return a store on an empty database."""
    return open_another()
