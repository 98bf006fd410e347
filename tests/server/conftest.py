"""A server over a database of its own, called without a network."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from monty_flow.engine import Engine, Functions, Worker
from monty_flow.server import Settings, create_app

functions = Functions()


@functions.function()
def double(x: Any) -> Any:
    """Return twice as much."""
    return 2 * x


@functions.function(retries=0)
def broken() -> None:
    """Raise an error."""
    raise ValueError('out of order')


@pytest.fixture(scope='session')
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a database without rows; a copy is made sooner than one is migrated."""
    path = tmp_path_factory.mktemp('empty') / 'flow.db'
    Engine(f'sqlite:///{path}').close()
    return path


@pytest.fixture
def url(tmp_path: Path, empty_database: Path) -> str:
    """Return the URL of a database without rows."""
    shutil.copy(empty_database, tmp_path / 'flow.db')
    return f'sqlite:///{tmp_path}/flow.db'


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    """Return an engine on the database of the server."""
    with Engine(url) as engine:
        yield engine


@pytest.fixture
def work(url: str) -> Callable[[str], None]:
    """Return what does the work of a run until it has ended."""
    return lambda run_id: Worker(url, functions, isolation='none').run_until(run_id)


@pytest.fixture
def open_client(url: str) -> Iterator[Callable[..., TestClient]]:
    """Return what opens clients, each on a server of its own; its arguments are settings and `address`."""
    opened: list[TestClient] = []

    def open_it(*, address: str = '127.0.0.1', token: str | None = None, **settings: Any) -> TestClient:
        app = create_app(Settings(url, **{'connections': 2, 'poll_seconds': 0.01} | settings))
        client = TestClient(
            app,
            base_url='http://localhost',
            client=(address, 50000),
            headers={} if token is None else {'Authorization': f'Bearer {token}'},
            raise_server_exceptions=False,
            follow_redirects=False,
        )
        opened.append(client.__enter__())
        return opened[-1]

    yield open_it
    for client in opened:
        client.__exit__(None, None, None)


@pytest.fixture
def client(open_client: Callable[..., TestClient]) -> TestClient:
    """Return a client of this machine of a server without tokens."""
    return open_client()
