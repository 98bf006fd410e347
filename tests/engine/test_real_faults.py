"""Three workers on PostgreSQL under real faults; `make soak` does the same for longer."""

from __future__ import annotations

from pathlib import Path

from tests.engine.faults import besiege
from tests.engine.postgres_server import PostgresServer


def test_all_runs_end_right_under_kills_stops_crashes_and_cut_connections(tmp_path: Path) -> None:
    server = PostgresServer()
    try:
        said = besiege(server, tmp_path, runs=60, faults=4, seed=3)
    finally:
        server.close()

    assert said.startswith('60 runs of 5 calls succeeded under 1 x kill, 1 x stop, 1 x crash, 1 x cut; ')
