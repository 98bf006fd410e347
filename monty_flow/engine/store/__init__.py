"""The database as a list of named operations, one thin file for each dialect.

May import the schema, the records and SQLAlchemy. `open_store` is what the rest of the engine calls.
"""

from __future__ import annotations

from monty_flow.engine.clock import Clock
from monty_flow.engine.store.base import Store
from monty_flow.engine.store.locations import sqlite_path
from monty_flow.engine.store.rows import NewRun, error_payload
from monty_flow.engine.store.sqlite import SqliteStore


def open_store(url: str, clock: Clock) -> Store:
    """Open a connection to the database at `url`, or raise DatabaseRefused."""
    return SqliteStore(sqlite_path(url), clock)


__all__ = ['NewRun', 'Store', 'error_payload', 'open_store']
