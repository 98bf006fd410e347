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
from psycopg.pq import DiagnosticField, ExecStatus
from psycopg.pq.abc import PGconn
from psycopg.rows import TupleRow

from monty_flow.engine.store.postgres_writes import WRITES, Sent

#: Of an error: there is no prepared statement of that name.
_UNKNOWN_STATEMENT = b'26000'


class Pipeline:
    """The prepared statements of one connection."""

    def __init__(self, connection: psycopg.Connection[TupleRow]) -> None:
        #: Of which connection they are.
        self.connection = connection
        self._is_prepared = False
        self._poll: Any = select.poll()
        self._poll.register(connection.fileno(), select.POLLIN)

    def write(self, sent: Sequence[Sent]) -> bool:
        """Write all or nothing, and return whether it was all; raise OperationalError when the connection is lost."""
        try:
            if self._is_prepared:
                state = self._synchronise(lambda pgconn: _execute(pgconn, sent))
                if state != _UNKNOWN_STATEMENT:
                    return state is None
            # The first time, and after the driver has dropped all statements of the connection, as it does after a ROLLBACK.
            self._is_prepared = self._synchronise(_prepare) is None
            return self._is_prepared and self._synchronise(lambda pgconn: _execute(pgconn, sent)) is None
        except BaseException:
            # What the server has answered, and to what, is not known any more.
            self.connection.close()
            raise

    def _synchronise(self, send: Callable[[PGconn], None]) -> bytes | None:
        """Send statements, take what the server answers, and return None when all of it went well, else the code of the first error."""
        pgconn = self.connection.pgconn
        pgconn.enter_pipeline_mode()
        send(pgconn)
        pgconn.pipeline_sync()
        if pgconn.flush():
            self._flush(pgconn)
        state: bytes | None = None
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
            if status == ExecStatus.FATAL_ERROR and state is None:
                state = result.error_field(DiagnosticField.SQLSTATE) or b''
        pgconn.exit_pipeline_mode()
        return state

    def _flush(self, pgconn: PGconn) -> None:
        """Send the rest of what does not fit into the socket at once, taking what comes back meanwhile."""
        both = select.poll()
        both.register(self.connection.fileno(), select.POLLIN | select.POLLOUT)
        while pgconn.flush():
            both.poll()
            pgconn.consume_input()


def _prepare(pgconn: PGconn) -> None:
    for write in WRITES:
        pgconn.send_prepare(write.name, write.sql, write.types)


def _execute(pgconn: PGconn, sent: Sequence[Sent]) -> None:
    for write, parameters in sent:
        pgconn.send_query_prepared(write.name, parameters, write.formats)
