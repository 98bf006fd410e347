"""Send prepared statements in one go, on the driver's own connection: one round trip, one transaction, one commit.

What stands between two synchronisations of the protocol is a transaction of its own when none is open: the first error has the
server skip the rest and forget the whole. The driver's cursors cost as much for each statement as the server takes to execute it, so
the statements go through libpq, which the driver gives access to (`psycopg.pq`); while the server works, Python's lock is free.
"""

from __future__ import annotations

import select
from collections.abc import Callable, Sequence
from typing import Any

import psycopg
from psycopg import errors
from psycopg.pq import DiagnosticField, ExecStatus
from psycopg.pq.abc import PGconn, PGresult
from psycopg.rows import TupleRow

from monty_flow.engine.store.postgres_writes import WRITES, Sent

#: Of an error: there is no prepared statement of that name.
_UNKNOWN_STATEMENT = b'26000'
#: Of those that say that a row is not as it was expected to be: a text that is no number, which stands for a stale step; a row that is missing, or is there already.
_OF_ROWS = (b'22P02', b'23503', b'23505')


class Pipeline:
    """The prepared statements of one connection."""

    def __init__(self, connection: psycopg.Connection[TupleRow]) -> None:
        #: Of which connection they are.
        self.connection = connection
        self._is_prepared = False
        self._poll: Any = select.poll()
        self._poll.register(connection.fileno(), select.POLLIN)

    def write(self, sent: Sequence[Sent]) -> bool:
        """Write all or nothing, and return whether it was all; raise OperationalError when the connection is lost, and other errors of the server."""
        try:
            error = self._tried(sent)
        except BaseException:
            # What the server has answered, and to what, is not known any more.
            self.connection.close()
            raise
        if error is None:
            return True
        if _code(error) in _OF_ROWS:
            return False
        raise errors.error_from_result(error)

    def _tried(self, sent: Sequence[Sent]) -> PGresult | None:
        if self._is_prepared:
            error = self._synchronise(lambda pgconn: _execute(pgconn, sent))
            if error is None or _code(error) != _UNKNOWN_STATEMENT:
                return error
        # The first time, and after the driver has dropped all statements of the connection, as it does after a ROLLBACK.
        error = self._synchronise(_prepare)
        self._is_prepared = error is None
        return error or self._synchronise(lambda pgconn: _execute(pgconn, sent))

    def _synchronise(self, send: Callable[[PGconn], None]) -> PGresult | None:
        """Send statements, take what the server answers, and return the first error, None when there is none."""
        pgconn = self.connection.pgconn
        pgconn.enter_pipeline_mode()
        send(pgconn)
        pgconn.pipeline_sync()
        if pgconn.flush():
            self._flush(pgconn)
        error: PGresult | None = None
        was_end = False
        while True:
            while pgconn.is_busy():
                self._poll.poll()
                pgconn.consume_input()
            result = pgconn.get_result()
            if result is None:
                # One ends the answer to each statement; two are the end of the connection.
                if was_end:
                    raise psycopg.OperationalError(pgconn.get_error_message())
                was_end = True
                continue
            was_end = False
            status = result.status
            if status == ExecStatus.PIPELINE_SYNC:
                break
            if status == ExecStatus.FATAL_ERROR and error is None:
                error = result
        pgconn.exit_pipeline_mode()
        return error

    def _flush(self, pgconn: PGconn) -> None:
        """Send the rest of what does not fit into the socket at once, taking what comes back meanwhile."""
        both = select.poll()
        both.register(self.connection.fileno(), select.POLLIN | select.POLLOUT)
        while pgconn.flush():
            both.poll()
            pgconn.consume_input()


def _code(error: PGresult) -> bytes | None:
    return error.error_field(DiagnosticField.SQLSTATE)


def _prepare(pgconn: PGconn) -> None:
    for write in WRITES:
        pgconn.send_prepare(write.name, write.sql, write.types)


def _execute(pgconn: PGconn, sent: Sequence[Sent]) -> None:
    for write, parameters in sent:
        pgconn.send_query_prepared(write.name, parameters, write.formats)
