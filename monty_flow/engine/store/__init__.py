"""The database as a list of named operations, one thin file for each dialect.

May import the schema, the records and SQLAlchemy. `open_store` is what the rest of the engine calls.
"""

from __future__ import annotations

from monty_flow.engine.clock import Clock
from monty_flow.engine.errors import DatabaseRefused
from monty_flow.engine.store.base import Store
from monty_flow.engine.store.claiming import Taken
from monty_flow.engine.store.inserted import NewRun
from monty_flow.engine.store.locations import Location, parse, refused, sqlite_path, without_password
from monty_flow.engine.store.reading import ALL
from monty_flow.engine.store.scheduled import StoredSchedule
from monty_flow.engine.store.sqlite import SqliteFile
from monty_flow.engine.store.stored_errors import DEADLINE_ERROR, error_payload


def locate(url: str) -> Location:
    """Return the database that `url` names, or raise DatabaseRefused when it cannot be used."""
    parsed = parse(url)
    match parsed.get_backend_name():
        case 'sqlite':
            return SqliteFile(sqlite_path(parsed), url)
        case 'postgresql' | 'postgres':
            try:
                # Here and not above, since its driver is installed only where it is wanted.
                from monty_flow.engine.store.postgres_database import PostgresDatabase
            except ImportError:
                raise DatabaseRefused(
                    f'the database {without_password(url)} needs the driver psycopg; '
                    'install it with "pip install \'monty-flow[postgres]\'"'
                ) from None
            return PostgresDatabase(url)
        case _:
            raise refused(parsed)


def open_store(url: str, clock: Clock) -> Store:
    """Open a connection to the database at `url`, or raise DatabaseRefused."""
    return locate(url).open(clock)


__all__ = [
    'ALL',
    'DEADLINE_ERROR',
    'Location',
    'NewRun',
    'Store',
    'StoredSchedule',
    'Taken',
    'error_payload',
    'locate',
    'open_store',
    'without_password',
]
