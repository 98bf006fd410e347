"""Stores and engines over databases of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from monty_flow.engine import Engine, ManualClock, database
from monty_flow.engine.store import Store, open_store


@pytest.fixture
def url(tmp_path: Path) -> str:
    """Return the URL of a database that does not exist yet."""
    return f'sqlite:///{tmp_path}/flow.db'


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    """Return an engine on an empty database."""
    with Engine(url) as engine:
        yield engine


@pytest.fixture
def clock() -> ManualClock:
    """Return a clock that stands at the beginning of 2030."""
    return ManualClock()


@pytest.fixture(params=['sqlite'])
def open_another(request: pytest.FixtureRequest, tmp_path: Path, clock: ManualClock) -> Iterator[Callable[[], Store]]:
    """Return what opens stores on one database; a dialect joins the conformance suite by its name here."""
    url = {'sqlite': f'sqlite:///{tmp_path}/store.db'}[request.param]
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
