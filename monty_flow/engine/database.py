"""The schema of a database: made, upgraded, compared; migrations are Alembic's.

An embedded database is made on its first use, so that trying the engine takes no set-up; the schema of a server is
made and upgraded by `upgrade` only, since other programs may be at work there. The revision is read with one plain
query, and Alembic is imported only when there is something to migrate.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from monty_flow.engine.adopting import adopt
from monty_flow.engine.clock import SystemClock
from monty_flow.engine.errors import EngineError, MigrationBlocked, SchemaMismatch
from monty_flow.engine.keys import codec_of
from monty_flow.engine.schema import SCHEMA_REVISION, metadata
from monty_flow.engine.store import locate, open_store, without_password
from monty_flow.engine.store.settings import Setting

if TYPE_CHECKING:
    from alembic.config import Config

#: The first revision whose snapshots are signed.
SIGNED_FROM = '0002'
#: Connections to a server that a process with an engine takes: to write, to read, to listen for calls and for ends.
CONNECTIONS = 4

logger = logging.getLogger('monty_flow.engine')

# Alembic keeps what it works on in globals of its modules, so one thread at a time.
_migrating = threading.Lock()


def upgrade(url: str) -> str:
    """Bring the schema at `url` to the one of this release, making the database if need be; return the revision.

    Raises SchemaMismatch when the schema is of a newer release, and DatabaseRefused when it cannot be opened.
    """
    from alembic import command

    found = current(url)
    if _is_newer(found):
        raise SchemaMismatch(without_password(url), found, SCHEMA_REVISION, newer=True)
    with _migration(url) as (_, config):
        command.upgrade(config, 'head')
    if found is not None and found < SIGNED_FROM:
        _sign_what_is_there(url)
    return SCHEMA_REVISION


def _sign_what_is_there(url: str) -> None:
    """Sign the snapshots of a release that did not; the upgrade is the one moment in which they are trusted."""
    clock = SystemClock()
    codec = codec_of(url, clock)
    if codec.keys is None:
        return
    store = open_store(url, clock)
    try:
        adopt(store, codec)
    finally:
        store.close()


def current(url: str) -> str | None:
    """Return the revision of the schema at `url`, or None when there is no database or no schema."""
    return locate(url).revision()


def is_of_this_release(url: str) -> bool:
    """Tell whether there is a schema at `url`, and it is the one of this release."""
    return current(url) == SCHEMA_REVISION


def check(url: str) -> list[str]:
    """Return what differs between the schema at `url` and the one of this release, in words; nothing when equal.

    Raises SchemaMismatch when the revision is another one.
    """
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    found = current(url)
    if found != SCHEMA_REVISION:
        raise SchemaMismatch(without_password(url), found, SCHEMA_REVISION, newer=_is_newer(found))
    with _migration(url) as (connection, _):
        context = MigrationContext.configure(connection, opts={'compare_type': True})
        return [_words(difference) for difference in compare_metadata(context, metadata)]


def prepare(url: str) -> None:
    """Make or upgrade an embedded database as its first use; raise SchemaMismatch when a newer release made it.

    A server's database is only looked at, as `require` does.
    """
    if not locate(url).embedded:
        require(url)
    elif (found := current(url)) != SCHEMA_REVISION:
        require(url) if _is_newer(found) else upgrade(url)


def require(url: str) -> None:
    """Raise SchemaMismatch unless the schema at `url` is the one of this release, or a newer one that says this release may use it."""
    found = current(url)
    if found == SCHEMA_REVISION:
        return
    newer = _is_newer(found)
    oldest = locate(url).oldest_revision() if newer else None
    if oldest is None or oldest > SCHEMA_REVISION:
        raise SchemaMismatch(without_password(url), found, SCHEMA_REVISION, newer=newer)
    logger.info(
        'the schema of %s is of a newer release (%s), beside which this one may work', without_password(url), found
    )


def settings(url: str, connections: int = CONNECTIONS) -> list[Setting]:
    """Return what the database at `url` is set to that the engine relies on, with advice where it is not as it should be.

    Nothing for an embedded database that is not there yet.
    """
    return locate(url).settings(connections)


def warn_of_settings(url: str, connections: int = CONNECTIONS) -> None:
    """Log a warning for each setting that is not as it should be; one that cannot be read is no reason not to start."""
    try:
        found = settings(url, connections)
    except (EngineError, OSError) as error:
        logger.warning('the settings of %s cannot be read: %s', without_password(url), error)
        return
    for setting in found:
        if setting.advice is not None:
            logger.warning('%s of %s is %s: %s', setting.name, without_password(url), setting.value, setting.advice)


def _is_newer(revision: str | None) -> bool:
    """Tell whether a schema is at a revision that this release does not know."""
    from alembic.script import ScriptDirectory

    known = {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
    return revision is not None and revision not in known


def _config(connection: Connection | None = None) -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option('script_location', 'monty_flow:migrations')
    config.attributes['connection'] = connection
    return config


@contextmanager
def _migration(url: str) -> Iterator[tuple[Connection, Config]]:
    engine = locate(url).migrating()
    try:
        with _migrating, engine.begin() as connection:
            yield connection, _config(connection)
    except OperationalError as error:
        # The state in SQL for a lock that was not to be had.
        if getattr(error.orig, 'sqlstate', None) == '55P03':
            raise MigrationBlocked(without_password(url)) from None
        raise
    finally:
        engine.dispose()


def _words(difference: Any) -> str:
    if isinstance(difference, list):
        return '; '.join(_words(part) for part in difference)
    kind, *parts = difference
    names = [getattr(part, 'name', None) or part for part in parts if part is not None]
    return f'{kind.replace("_", " ")}: {", ".join(str(name) for name in names)}'
