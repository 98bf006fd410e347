"""Statements on a database past the engine, for facts that it does not tell."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import Any

import psycopg


def execute(url: str, statement: str) -> list[tuple[Any, ...]]:
    """Execute a statement in a transaction of its own and return its rows."""
    if url.startswith('sqlite'):
        with closing(sqlite3.connect(url.removeprefix('sqlite:///'), timeout=30, isolation_level=None)) as connection:
            return connection.execute(statement).fetchall()
    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(statement.encode())
        return cursor.fetchall() if cursor.description else []
