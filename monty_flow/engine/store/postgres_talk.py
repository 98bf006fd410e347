"""Speak with a PostgreSQL server: a connection that comes back after it was lost, and statements that travel together.

The planner is told to use the indexes: each statement of the store looks rows up by their keys, and without up-to-date statistics, as in every
new database, it would read whole tables instead.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import errors
from psycopg.rows import TupleRow

from monty_flow.engine.store.postgres_connection import connect, unavailable
from monty_flow.engine.store.postgres_pipeline import Pipeline
from monty_flow.engine.store.postgres_step import register_arrays
from monty_flow.engine.store.postgres_writes import Sent

_PLANNING = (
    b'SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off; '
    b'SET plan_cache_mode = force_generic_plan'
)
#: Seconds after which the server ends a transaction of a worker that stands still in it. The rows that it holds would keep all others
#: from taking its calls over, for as long as the process is stopped or its machine is frozen.
IDLE_SECONDS = 10
#: Seconds that a statement waits for what another one has locked; longer than it takes the server to end a worker that stands still. A person who
#: holds a table for hours would silence the worker otherwise, and keep it from being told to stop.
LOCK_SECONDS = 2 * IDLE_SECONDS
#: What is lost when it happens is the connection, or a moment: not the database.
_PASSING = (
    psycopg.OperationalError,
    psycopg.InterfaceError,
    errors.ReadOnlySqlTransaction,
    errors.IdleInTransactionSessionTimeout,
)
#: What is wrong with what is written, and would be again, though the driver files it under the troubles of a server.
_LASTING = (errors.ProgramLimitExceeded,)


def bounded(how: str) -> bytes:
    """Return the settings that bound how long a transaction stands still and waits for locks, to be `SET` or `SET LOCAL`."""
    bounds = {'idle_in_transaction_session_timeout': IDLE_SECONDS, 'lock_timeout': LOCK_SECONDS}
    return '; '.join(f"{how} {name} = '{seconds * 1000:.0f}ms'" for name, seconds in bounds.items()).encode()


class Talk:
    """The connection of a store, and what waits to be sent."""

    def __init__(self, url: str) -> None:
        self._url = url
        #: Statements of the open transaction that are still to be sent, each with rows of parameters.
        self._later: list[tuple[bytes, Sequence[Sequence[Any]]]] = []
        self._connection: psycopg.Connection[TupleRow] | None = self._connect()
        self._pipeline: Pipeline | None = None

    def _connect(self) -> psycopg.Connection[TupleRow]:
        connection = connect(self._url)
        try:
            connection.execute(_PLANNING, prepare=False)
            connection.execute(bounded('SET'), prepare=False)
        except _PASSING as error:
            connection.close()
            raise unavailable(error) from None
        register_arrays(connection)
        return connection

    def _connected(self) -> psycopg.Connection[TupleRow]:
        if self._connection is None:
            self._connection = self._connect()
        return self._connection

    @contextmanager
    def _passing(self) -> Iterator[None]:
        try:
            yield
        except _LASTING:
            raise
        except _PASSING as error:
            self._forget_if_lost(error)
            raise unavailable(error) from error

    def _forget_if_lost(self, error: psycopg.Error) -> None:
        connection = self._connection
        if connection is not None and (connection.closed or isinstance(error, errors.ReadOnlySqlTransaction)):
            connection.close()
            self._connection = None

    def _send(
        self, statement: bytes, parameters: Sequence[Any] | None = None, *, repeatable: bool = False
    ) -> psycopg.Cursor[TupleRow]:
        """Execute a statement; one that may be repeated survives that the server had closed the idle connection."""
        if self._later:
            if parameters is not None:
                return self._send_together([(statement, parameters)])[0]
            # It may be several in one, which do not travel with others.
            self._send_together([])
        for again in (repeatable, False):
            try:
                cursor = self._connected().cursor(binary=parameters is not None)
                return cursor.execute(statement, parameters, prepare=parameters is not None)
            except _LASTING:
                raise
            except _PASSING as error:
                self._forget_if_lost(error)
                if not again or self._connection is not None:
                    raise unavailable(error) from error
        raise AssertionError('the second time either returns or raises')

    def _send_together(
        self, statements: Sequence[tuple[bytes, Sequence[Any] | None]]
    ) -> list[psycopg.Cursor[TupleRow]]:
        """Execute what waits and then statements, each a single one, in one round trip."""
        later, self._later = self._later, []
        cursors = []
        with self._passing():
            connection = self._connected()
            with connection.pipeline():
                for statement, rows in later:
                    if len(rows) == 1:
                        connection.cursor(binary=True).execute(statement, rows[0], prepare=True)
                    else:
                        connection.cursor().executemany(statement, rows)
                for statement, parameters in statements:
                    cursor = connection.cursor(binary=parameters is not None)
                    cursors.append(cursor.execute(statement, parameters, prepare=parameters is not None))
        return cursors

    def _write_rows(self, sent: Sequence[Sent]) -> bool:
        """Write rows in a transaction of their own, and return False when one is not as expected and nothing was written."""
        with self._passing():
            connection = self._connected()
            if self._pipeline is None or self._pipeline.connection is not connection:
                self._pipeline = Pipeline(connection)
            return self._pipeline.write(sent)
