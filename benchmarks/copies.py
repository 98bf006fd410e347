"""Many runs like one: its rows, copied within the database, so that each has the shape that the engine gave the first."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any

from monty_flow.engine.schema import calls, history, runs, snapshots

Execute = Callable[[str, tuple[Any, ...]], Any]

#: Runs in one statement.
AT_ONCE = 100_000
_TABLES = (runs, calls, snapshots, history)


def copy_run(url: str, run_id: str, copies: int) -> None:
    """Copy the rows of a run so many times under ids that follow each other."""
    if url.startswith('sqlite'):
        _copy(_sqlite(url), run_id, copies, 'qmark')
    else:
        _copy(_postgres(url), run_id, copies, 'format')


def _copy(execute: Execute, run_id: str, copies: int, style: str) -> None:
    place = {'qmark': '?', 'format': '%s'}[style]
    for first in range(1, copies + 1, AT_ONCE):
        last = min(first + AT_ONCE - 1, copies)
        for table in _TABLES:
            key = 'id' if table is runs else 'run_id'
            number = "printf('%012x', i)" if style == 'qmark' else "lpad(to_hex(i), 12, '0')"
            values = [
                f'substr({key}, 1, 24) || {number}' if column.name == key else f'{column.name}' for column in table.c
            ]
            numbers = (
                f'WITH RECURSIVE numbers(i) AS (SELECT {place} UNION ALL SELECT i + 1 FROM numbers WHERE i < {place}) '
                if style == 'qmark'
                else f'WITH numbers AS (SELECT i::bigint AS i FROM generate_series({place}::bigint, {place}::bigint) AS i) '
            )
            names = ', '.join(column.name for column in table.c)
            execute(
                f'{numbers} INSERT INTO {table.name} ({names}) SELECT {", ".join(values)} FROM numbers, {table.name} '
                f'WHERE {key} = {place}',
                (first, last, run_id),
            )


def _sqlite(url: str) -> Execute:
    connection = sqlite3.connect(url.removeprefix('sqlite:///'), isolation_level=None)
    return connection.execute


def _postgres(url: str) -> Execute:
    import psycopg

    connection = psycopg.connect(url, autocommit=True)
    # Each row refers to rows that are inserted beside it.
    connection.execute('SET session_replication_role = replica')
    return connection.execute
