"""A database of a PostgreSQL server as a place: its schema's revision, its settings, and how it is migrated."""

from __future__ import annotations

import psycopg
from psycopg import errors
from psycopg.rows import TupleRow
from sqlalchemy import Connection, Engine, NullPool, create_engine, event

from monty_flow.engine.clock import Clock
from monty_flow.engine.store.base import Store
from monty_flow.engine.store.locations import Location
from monty_flow.engine.store.postgres import PostgresStore
from monty_flow.engine.store.postgres_connection import connect
from monty_flow.engine.store.postgres_settings import settings_of
from monty_flow.engine.store.settings import Setting

#: Any number that all who migrate lock, so that they do it one after the other.
MIGRATION_LOCK = 0x6D6F6E7479
#: Seconds that a migration waits for a table that others use.
MIGRATION_LOCK_SECONDS = 5


class PostgresDatabase(Location):
    """A database of a PostgreSQL server."""

    embedded = False

    def __init__(self, url: str) -> None:
        self._url = url

    def open(self, clock: Clock) -> Store:
        """Open a connection for the store's operations."""
        return PostgresStore(self._url, clock)

    def revision(self) -> str | None:
        """Return the revision of the schema, None when there is none yet."""
        return self._fact(b'SELECT version_num FROM alembic_version')

    def oldest_revision(self) -> str | None:
        """Return the oldest revision whose releases may use the schema, None where it does not say."""
        return self._fact(b'SELECT oldest FROM compatibility')

    def _fact(self, query: bytes) -> str | None:
        with connect(self._url) as connection:
            try:
                row = connection.execute(query).fetchone()
            except errors.UndefinedTable:
                return None
        return None if row is None else str(row[0])

    def settings(self, connections: int) -> list[Setting]:
        """Return the settings of the server."""
        with connect(self._url) as connection:
            return settings_of(connection, connections)

    def migrating(self) -> Engine:
        """Return an engine whose transactions hold the lock of those who migrate."""
        engine = create_engine('postgresql+psycopg://', creator=self._connect_to_migrate, poolclass=NullPool)
        event.listen(engine, 'begin', _lock)
        return engine

    def _connect_to_migrate(self) -> psycopg.Connection[TupleRow]:
        connection = connect(self._url)
        connection.autocommit = False
        return connection


def _lock(connection: Connection) -> None:
    connection.exec_driver_sql(f'SELECT pg_advisory_xact_lock({MIGRATION_LOCK})')
    # A migration waits for tables in use, and whoever comes after it waits behind it: so not for long.
    connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{MIGRATION_LOCK_SECONDS}s'")
