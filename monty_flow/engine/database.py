"""The schema of a database: made, upgraded, compared; migrations are Alembic's.

An embedded database is made on its first use, so that trying the engine takes no set-up. The revision is read
with one plain query, and Alembic is imported only when there is something to migrate.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, NullPool, create_engine, event

from monty_flow.engine.errors import DatabaseRefused, SchemaMismatch
from monty_flow.engine.schema import SCHEMA_REVISION, metadata
from monty_flow.engine.store.locations import sqlite_path
from monty_flow.engine.store.sqlite import connect

if TYPE_CHECKING:
    from alembic.config import Config

# Alembic keeps what it works on in globals of its modules, so one thread at a time.
_migrating = threading.Lock()


def upgrade(url: str) -> str:
    """Bring the schema at `url` to the one of this release, making the database if need be; return the revision.

    Raises SchemaMismatch when the schema is of a newer release, and DatabaseRefused when it cannot be opened.
    """
    from alembic import command

    found = current(url)
    if found is not None and not _known(found):
        raise SchemaMismatch(url, found, SCHEMA_REVISION, newer=True)
    with _migration(url) as (_, config):
        command.upgrade(config, 'head')
    return SCHEMA_REVISION


def current(url: str) -> str | None:
    """Return the revision of the schema at `url`, or None when there is no database or no schema."""
    path = sqlite_path(url)
    if not Path(path).exists():
        return None
    connection = connect(path)
    try:
        if connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'").fetchone() is None:
            return None
        row = connection.execute('SELECT version_num FROM alembic_version').fetchone()
    except sqlite3.Error as error:
        raise DatabaseRefused(f'the schema of {url} cannot be read: {error}; check that it is a database') from None
    finally:
        connection.close()
    return None if row is None else str(row[0])


def check(url: str) -> list[str]:
    """Return what differs between the schema at `url` and the one of this release, in words; nothing when equal.

    Raises SchemaMismatch when the revision is another one.
    """
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    require(url)
    with _migration(url) as (connection, _):
        context = MigrationContext.configure(connection, opts={'compare_type': True})
        return [_words(difference) for difference in compare_metadata(context, metadata)]


def prepare(url: str) -> None:
    """Make or upgrade an embedded database as its first use; raise SchemaMismatch when it is of a newer release."""
    if current(url) != SCHEMA_REVISION:
        upgrade(url)


def require(url: str) -> None:
    """Raise SchemaMismatch unless the schema at `url` is exactly the one of this release."""
    found = current(url)
    if found != SCHEMA_REVISION:
        raise SchemaMismatch(url, found, SCHEMA_REVISION, newer=found is not None and not _known(found))


def _known(revision: str) -> bool:
    from alembic.script import ScriptDirectory

    return revision in {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}


def _config(connection: Connection | None = None) -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option('script_location', 'monty_flow:migrations')
    config.attributes['connection'] = connection
    return config


@contextmanager
def _migration(url: str) -> Iterator[tuple[Connection, Config]]:
    path = sqlite_path(url)
    engine = create_engine('sqlite://', creator=lambda: connect(path), poolclass=NullPool)
    # One writer at a time from the first statement on, so that two processes cannot both make the schema.
    event.listen(engine, 'begin', _begin_immediate)
    try:
        with _migrating, engine.begin() as connection:
            yield connection, _config(connection)
    finally:
        engine.dispose()


def _begin_immediate(connection: Connection) -> None:
    connection.exec_driver_sql('BEGIN IMMEDIATE')


def _words(difference: Any) -> str:
    if isinstance(difference, list):
        return '; '.join(_words(part) for part in difference)
    kind, *parts = difference
    names = [getattr(part, 'name', None) or part for part in parts if part is not None]
    return f'{kind.replace("_", " ")}: {", ".join(str(name) for name in names)}'
