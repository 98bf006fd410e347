"""A deploy beside workers of an older release; `make upgrade` does the same on a database with a million runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from monty_flow.engine import database
from tests.engine.postgres_server import PostgresServer
from tests.engine.upgrading import CALLS, LONGEST_GAP_SECONDS, RUNS, deploy, older_release


@pytest.mark.parametrize('dialect', ['sqlite', 'postgres'])
def test_workers_of_two_releases_work_on_through_an_upgrade_and_side_by_side(dialect: str, tmp_path: Path) -> None:
    server = PostgresServer() if dialect == 'postgres' else None
    try:
        url = f'sqlite:///{tmp_path}/flow.db' if server is None else server.empty_database()
        with older_release(tmp_path) as older:
            found = deploy(url, tmp_path, older, 2000)
        revision = database.current(url)
    finally:
        if server is not None:
            server.close()

    assert revision == database.SCHEMA_REVISION
    assert found.longest_gap < LONGEST_GAP_SECONDS
    assert found.older > 0
    assert found.newer > 0
    assert found.older + found.newer <= RUNS * CALLS
