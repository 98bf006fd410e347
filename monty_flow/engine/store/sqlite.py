"""The store on SQLite: WAL, `synchronous=FULL`, one writer at a time, readers never blocked.

The clock of this process decides leases: everyone who opens a SQLite file is on the machine of the file.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, NullPool, create_engine, event
from sqlalchemy.dialects import sqlite

from monty_flow.engine.clock import Clock
from monty_flow.engine.errors import DatabaseFull, DatabaseRefused, DatabaseUnavailable
from monty_flow.engine.store.base import Store
from monty_flow.engine.store.locations import Location
from monty_flow.engine.store.neighbours import Neighbour, tell
from monty_flow.engine.store.operations import Row
from monty_flow.engine.store.settings import Setting
from monty_flow.engine.store.sqlite_settings import settings_of
from monty_flow.engine.store.statements import Statement

#: Seconds that a writer waits for another process to commit.
BUSY_SECONDS = 30.0

#: Seconds between attempts to switch a new file to WAL while another process does the same.
SWITCH_SECONDS = 0.01

#: Operations of a statement of a function between looks whether it is cancelled.
OPERATIONS_BETWEEN_LOOKS = 10_000

_PRAGMAS = (
    # A commit that was reported survives a loss of power.
    'PRAGMA synchronous = FULL',
    'PRAGMA foreign_keys = OFF',
    'PRAGMA temp_store = MEMORY',
    # Pages in the log before they are copied back; each copy costs two more fsyncs, so not too often.
    'PRAGMA wal_autocheckpoint = 4000',
)


def connect(path: str) -> sqlite3.Connection:
    """Open a SQLite file with the settings of the engine, or raise DatabaseRefused."""
    try:
        connection = sqlite3.connect(
            path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False, cached_statements=256
        )
        _switch_to_wal(connection)
        for pragma in _PRAGMAS:
            connection.execute(pragma)
    except sqlite3.Error as error:
        raise DatabaseRefused(
            f'the database {path!r} cannot be opened: {error}; check that it is a SQLite file and may be written'
        ) from None
    return connection


def _switch_to_wal(connection: sqlite3.Connection) -> None:
    # SQLite does not wait for others here, whatever the time-out of the connection: two first users would collide.
    for _ in range(round(BUSY_SECONDS / SWITCH_SECONDS)):
        try:
            connection.execute('PRAGMA journal_mode = WAL')
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode not in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                raise
            threading.Event().wait(SWITCH_SECONDS)
        else:
            return
    raise sqlite3.OperationalError('another process holds it locked')


#: What passes: the disk is full or fails, or another process holds the file for very long.
_FULL = frozenset({sqlite3.SQLITE_FULL})
_PASSING = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN})


def _told(error: sqlite3.OperationalError) -> Exception:
    """Return what the engine calls an error of SQLite: one that passes, or the error as it is."""
    code = error.sqlite_errorcode & 0xFF
    if code in _FULL:
        return DatabaseFull(str(error))
    return DatabaseUnavailable(str(error)) if code in _PASSING else error


def _without_transactions(action: int, *_: str | None) -> int:
    """Let a function do all but end the transaction that is not its own."""
    return sqlite3.SQLITE_DENY if action == sqlite3.SQLITE_TRANSACTION else sqlite3.SQLITE_OK


class SqliteFile(Location):
    """A SQLite file, which may not exist yet."""

    embedded = True

    def __init__(self, path: str, url: str | None = None) -> None:
        self._path = path
        self._url = url or f'sqlite:///{path}'

    def open(self, clock: Clock) -> Store:
        """Open the file, making it if need be."""
        return SqliteStore(self._path, clock, self._url)

    def revision(self) -> str | None:
        """Return the revision of the schema, None when there is no file or no schema in it."""
        return self._fact('alembic_version', 'SELECT version_num FROM alembic_version')

    def oldest_revision(self) -> str | None:
        """Return the oldest revision whose releases may use the schema, None where it does not say."""
        return self._fact('compatibility', 'SELECT oldest FROM compatibility')

    def _fact(self, table: str, query: str) -> str | None:
        if not Path(self._path).exists():
            return None
        connection = connect(self._path)
        try:
            if connection.execute('SELECT 1 FROM sqlite_master WHERE name = ?', (table,)).fetchone() is None:
                return None
            row = connection.execute(query).fetchone()
        except sqlite3.Error as error:
            raise DatabaseRefused(
                f'the schema of {self._path!r} cannot be read: {error}; check that it is a database'
            ) from None
        finally:
            connection.close()
        return None if row is None else str(row[0])

    def settings(self, connections: int) -> list[Setting]:
        """Return the settings of the file and of its place; connections cost nothing here."""
        if not Path(self._path).exists():
            return []
        connection = connect(self._path)
        try:
            return settings_of(connection, self._path)
        except sqlite3.Error as error:
            raise DatabaseRefused(f'{self._path!r} cannot be read: {error}; check that it is a database') from None
        finally:
            connection.close()

    def beside(self, suffix: str) -> Path | None:
        """Return the path of a file beside the database."""
        return Path(f'{self._path}{suffix}')

    def migrating(self) -> Engine:
        """Return an engine that is the one writer from the first statement of a transaction on."""
        engine = create_engine('sqlite://', creator=lambda: connect(self._path), poolclass=NullPool)
        event.listen(engine, 'begin', _begin_immediate)
        return engine


def _begin_immediate(connection: Connection) -> None:
    connection.exec_driver_sql('BEGIN IMMEDIATE')


class _Transaction:
    """A transaction of the one writer; not a generator, as one is made for every step."""

    __slots__ = ('_connection', '_relaxed')

    def __init__(self, connection: sqlite3.Connection, relaxed: bool) -> None:
        self._connection = connection
        self._relaxed = relaxed

    def __enter__(self) -> None:
        try:
            if self._relaxed:
                # Only a loss of power forgets it, and ends this process too. The next commit that is not relaxed syncs it.
                self._connection.execute('PRAGMA synchronous = NORMAL')
            self._connection.execute('BEGIN IMMEDIATE')
        except sqlite3.OperationalError as error:
            self._be_strict()
            raise _told(error) from error

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            self._end(kind)
        finally:
            self._be_strict()

    def _be_strict(self) -> None:
        if self._relaxed:
            self._connection.execute('PRAGMA synchronous = FULL')

    def _end(self, kind: type[BaseException] | None) -> None:
        if kind is None:
            try:
                self._connection.execute('COMMIT')
            except sqlite3.OperationalError as error:
                self._roll_back()
                raise _told(error) from error
            except BaseException:
                self._roll_back()
                raise
        else:
            self._roll_back()

    def _roll_back(self) -> None:
        if self._connection.in_transaction:
            self._connection.execute('ROLLBACK')


class SqliteStore(Store):
    """Operations on one SQLite file."""

    dialect = sqlite.dialect(paramstyle='qmark')
    insert_of = staticmethod(sqlite.insert)

    _neighbour: Neighbour | None = None

    def __init__(self, path: str, clock: Clock, url: str | None = None) -> None:
        super().__init__(clock)
        self._path = path
        self._place = url or f'sqlite:///{path}'
        self._connection = connect(path)

    def now(self) -> int:
        """Return the present moment of this process."""
        return self._clock.now()

    def transaction(self, *, relaxed: bool = False) -> AbstractContextManager[None]:
        """Return a context that commits at its end, or rolls back when an exception leaves it."""
        return _Transaction(self._connection, relaxed)

    @contextmanager
    def for_function(self, is_cancelled: Callable[[], bool]) -> Iterator[sqlite3.Connection]:
        """Give the connection to a function; its statements are interrupted once it is cancelled."""
        connection = self._connection
        connection.set_authorizer(_without_transactions)
        connection.set_progress_handler(is_cancelled, OPERATIONS_BETWEEN_LOOKS)
        try:
            yield connection
        finally:
            connection.set_authorizer(None)
            connection.set_progress_handler(None, 0)
            connection.row_factory, connection.text_factory = None, str
        if not connection.in_transaction:
            raise sqlite3.OperationalError(
                'a statement of the function rolled its transaction back (ON CONFLICT ROLLBACK)'
            )

    def changes(self) -> int:
        """Return SQLite's data version: it changes when any other connection has committed."""
        if self._neighbour is None:
            self._neighbour = Neighbour(self._path, self._place)
        return self.ends()

    def ends(self) -> int:
        """Return SQLite's data version."""
        try:
            value: int = self._connection.execute('PRAGMA data_version').fetchone()[0]
        except sqlite3.OperationalError as error:
            raise _told(error) from error
        return value

    def tell_others(self) -> None:
        """Have the workers of other processes look at the data version at once."""
        tell(self._path)

    def close(self) -> None:
        """Close the connection."""
        if self._neighbour is not None:
            self._neighbour.stop()
        self._connection.close()

    def _left_work(self) -> None:
        """Do nothing: the data version tells others."""

    def _stopped(self, run_id: str) -> None:
        """Do nothing: the data version tells others."""

    def _query(self, statement: Statement, parameters: Mapping[str, Any]) -> list[Row]:
        try:
            return self._connection.execute(statement.sql, statement.parameters(parameters)).fetchall()
        except sqlite3.OperationalError as error:
            raise _told(error) from error

    def _execute(self, statement: Statement, parameters: Mapping[str, Any]) -> int:
        try:
            return self._connection.execute(statement.sql, statement.parameters(parameters)).rowcount
        except sqlite3.OperationalError as error:
            raise _told(error) from error

    def _execute_many(self, statement: Statement, parameters: Sequence[Mapping[str, Any]]) -> None:
        try:
            if len(parameters) == 1:
                self._connection.execute(statement.sql, statement.parameters(parameters[0]))
            elif parameters:
                self._connection.executemany(statement.sql, [statement.parameters(row) for row in parameters])
        except sqlite3.OperationalError as error:
            raise _told(error) from error
