"""The store on PostgreSQL: the server's clock, one round trip for a batch of steps, and a connection that comes back.

* A transaction begins with its first statement, together with the question for the server's time. `commit`, where a
  worker's time goes, is one round trip that is its own transaction: the rows of a few steps as prepared statements that travel together
  (`postgres_writes.py`), those of many as one statement (`postgres_step.py`). Only steps that begin or settle several calls, or say more, take
  a transaction of several round trips.
* Within a transaction, rows of which nobody asks what became of them wait for the next statement and travel with it, in one round trip,
  as do questions that do not depend on each other.
* A connection that is lost is made anew at the next use. What was under way raises DatabaseUnavailable; whether it was
  committed cannot be known, and whoever repeats it finds out by the versions of the runs.
* Transactions that leave pending calls notify the other workers as they commit (`postgres_listener.py`), and those that end
  a run for which someone waits notify them. Others do not, because notifying transactions are committed one after the
  other by the server. One that ends a run while someone begins to wait for it may miss that; who waits looks now and then.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg.rows import TupleRow, tuple_row
from sqlalchemy.dialects import postgresql

from monty_flow.engine import wakeup
from monty_flow.engine.clock import MICROSECONDS, Clock, RemoteClock
from monty_flow.engine.states import check_transition
from monty_flow.engine.store.base import Store
from monty_flow.engine.store.operations import Row
from monty_flow.engine.store.postgres_connection import connect
from monty_flow.engine.store.postgres_listener import POLL_SECONDS, EndsListener, Listener
from monty_flow.engine.store.postgres_step import CHANNEL, ENDS_CHANNEL, step_statement
from monty_flow.engine.store.postgres_talk import Talk, bounded
from monty_flow.engine.store.postgres_writes import writes_of
from monty_flow.engine.store.said import says_more
from monty_flow.engine.store.statements import Statement
from monty_flow.engine.transitions import Transition

_PLANNING_OF_FUNCTIONS = (
    b'SET LOCAL enable_seqscan = on; SET LOCAL enable_hashjoin = on; SET LOCAL enable_mergejoin = on; '
    b'SET LOCAL plan_cache_mode = auto'
)
_PLANNING_AGAIN = _PLANNING_OF_FUNCTIONS.replace(b'= on', b'= off').replace(b'= auto', b'= force_generic_plan')
#: A function may take its time, and so may the script's step after it: only what is written after these is bounded.
_UNBOUNDED = b'SET LOCAL idle_in_transaction_session_timeout = 0; SET LOCAL lock_timeout TO DEFAULT'
#: Seconds to ask the server to end what a function that is given up has it do.
CANCEL_SECONDS = 2.0
#: Steps and lines of output that are written row by row. The statement for a batch costs the server 280 us, and 48 us for each of many steps, row by
#: row they cost 65 us each; the worker 130 and 8 us, or 12 us each.
MOST_ROWS = 16
#: Batches of steps after which plans are made anew, and again each time that their number has doubled: a plan that was
#: made for tables that were empty takes the wrong index once they are not.
FIRST_NEW_PLANS = 64
#: Seconds between further times while a worker finds more than it takes at a time: what it planned for before may have been far less, and a
#: plan for few rows goes through all that there are for each step.
NEW_PLANS_SECONDS = 1.0
#: And between times while a connection reads: one that was opened on empty tables would compare all rows with all for ever.
NEW_PLANS_OF_READS_SECONDS = 5.0
_TELL_END = b'SELECT pg_notify(%s, %s) WHERE EXISTS (SELECT 1 FROM waiters WHERE run = %s)'
#: Seconds for which an end is expected unless that is said again.
EXPECT_SECONDS = 600
_RELAXED = b'SET LOCAL synchronous_commit = off'
_TIME = b'SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::int8'


def _is_alone(step: Transition) -> bool:
    """Tell whether a step is written by what `postgres_step` and `postgres_writes` write, and nothing else."""
    return step.is_plain and not (says_more(step) or step.large or step.awaited_runs)


class PostgresStore(Talk, Store):
    """Operations on one PostgreSQL database."""

    first_news_seconds = news_seconds = look_seconds = 2.0
    dialect = postgresql.dialect(paramstyle='format')  # type: ignore[no-untyped-call]
    insert_of = staticmethod(postgresql.insert)
    can_abandon = True
    skips_locked = True

    def __init__(self, url: str, clock: Clock) -> None:
        self._remote = RemoteClock(clock)
        Store.__init__(self, clock if clock.decides else self._remote)
        Talk.__init__(self, url)
        self._listener: Listener | None = None
        self._ends_listener: EndsListener | None = None
        self._in_transaction = False
        #: Whether the open transaction has sent anything yet.
        self._begun = False
        #: The moment at which the open transaction asked for the time.
        self._now: int | None = None
        self._leaves_work = False
        #: Whether the server may forget the open transaction if it crashes at once.
        self._relaxed = False
        #: Batches of steps so far.
        self._batches = 0
        #: When plans were made anew because there is much work, None for never, and when for questions.
        self._planned_at: int | None = None
        self._reads_planned_at = clock.elapsed()
        if not clock.decides:
            self.now()

    def now(self) -> int:
        """Return the present moment of the server, within a transaction always the same."""
        if self._clock is not self._remote:
            return self._clock.now()
        if self._now is not None:
            return self._now
        asked_at = self._clock.elapsed()
        begin = self._in_transaction and not self._begun
        cursor = self._send(b'BEGIN; ' + _TIME if begin else _TIME, repeatable=begin or not self._in_transaction)
        if begin:
            self._begun = True
            cursor.nextset()
        row = cursor.fetchone()
        assert row is not None
        now: int = row[0]
        self._remote.read(now, asked_at)
        if self._in_transaction:
            self._now = now
        return now

    @contextmanager
    def transaction(self, *, relaxed: bool = False) -> Iterator[None]:
        """Commit at the end, or roll back when an exception leaves the block."""
        self._in_transaction, self._begun, self._now, self._leaves_work = True, False, None, False
        self._relaxed = relaxed
        self._later.clear()
        try:
            yield
            if self._begun:
                self._end()
        except BaseException:
            self._roll_back()
            raise
        finally:
            self._in_transaction, self._begun, self._now = False, False, None
        if self._leaves_work:
            wakeup.changed(self._url)

    @contextmanager
    def for_function(self, is_cancelled: Callable[[], bool]) -> Iterator[psycopg.Connection[TupleRow]]:
        """Give the connection to a function, with the server's own way of planning."""
        self._begin()
        connection = self._connected()
        self._send(_PLANNING_OF_FUNCTIONS)
        self._send(_UNBOUNDED)
        try:
            # Within this, commit and rollback are refused by the driver.
            with connection.transaction():
                yield connection
                # What is wrong with the writes is an error of the function, and not of the commit.
                connection.execute(b'SET CONSTRAINTS ALL IMMEDIATE', prepare=False)
        finally:
            connection.row_factory = tuple_row
        self._send(_PLANNING_AGAIN)

    def bound_idleness(self) -> None:
        """Have the server end the open transaction if this process stands still from here on."""
        self._send(bounded('SET LOCAL'))

    def abandon(self) -> None:
        """Break the connection off: the server rolls back, and the thread that uses it gets an error."""
        connection = self._connection
        if connection is None or connection.closed:
            return
        try:
            connection.cancel_safe(timeout=CANCEL_SECONDS)
        except psycopg.Error:
            # The server will notice that the connection is gone, if later.
            pass
        try:
            with socket.socket(fileno=os.dup(connection.fileno())) as same:
                same.shutdown(socket.SHUT_RDWR)
        except (OSError, psycopg.Error):
            # Gone already.
            pass

    def commit(self, transitions: Sequence[Transition]) -> list[bool]:
        """Apply transitions: plain ones in one round trip, which is a transaction of its own, others in another one."""
        plain = [place for place, step in enumerate(transitions) if _is_alone(step)]
        if len(plain) == len(transitions) and self._are_few(transitions):
            for step in transitions:
                check_transition(step.from_status, step.to_status)
            if self._write_few(transitions):
                return [True] * len(transitions)
        stood = [False] * len(transitions)
        if plain:
            for place, stands in zip(plain, self.apply([transitions[place] for place in plain]), strict=True):
                stood[place] = stands
        others = sorted(set(range(len(transitions))).difference(plain))
        if others:
            with self.transaction():
                for place, stands in zip(others, self.apply([transitions[place] for place in others]), strict=True):
                    stood[place] = stands
        if any(transitions[place].leaves_work for place in plain):
            wakeup.changed(self._url)
        return stood

    def changes(self) -> int:
        """Return how many changes this process knows of, and one more every few seconds; other processes tell of theirs by notifications."""
        if self._listener is None:
            self._listener = Listener(lambda: connect(self._url), self._url)
        return wakeup.changes(self._url) + self._clock.elapsed() // round(POLL_SECONDS * MICROSECONDS)

    def ends(self) -> int:
        """Return always the same: the events of `wakeup` are set when an expected end is heard of."""
        if self._ends_listener is None:
            self._ends_listener = EndsListener(lambda: connect(self._url), self._url)
        return 0

    def expect_end(self, run_id: str, waiter: str) -> None:
        """Have the end of a run notified."""
        with self.transaction():
            now = self.now()
            self._execute(self._statements['delete_late_waiters'], {'now': now})
            row = {'run': run_id, 'waiter': waiter, 'expires_at': now + EXPECT_SECONDS * MICROSECONDS}
            self._execute(self._statements['keep_waiter'], row)

    def forget_end(self, waiter: str) -> None:
        """Take back what `waiter` expected."""
        self._execute(self._statements['delete_waiter'], {'waiter': waiter})

    def close(self) -> None:
        """Close the connections."""
        for listener in (self._listener, self._ends_listener):
            if listener is not None:
                listener.stop()
        if self._connection is not None:
            self._connection.close()

    def _left_work(self) -> None:
        self._leaves_work = True

    def _must_last(self) -> None:
        self._relaxed = False

    def _stopped(self, run_id: str) -> None:
        self._run(_TELL_END, [ENDS_CHANNEL, run_id, run_id])

    def _write_steps(self, transitions: Sequence[Transition]) -> list[bool]:
        plain = [place for place, transition in enumerate(transitions) if transition.is_plain]
        stood = [False] * len(transitions)
        if plain:
            for place in self._write_plain([transitions[place] for place in plain]):
                stood[plain[place]] = True
        # In the order of their ids, as the plain ones, so that two who write can never wait for each other.
        others = [place for place, transition in enumerate(transitions) if not transition.is_plain]
        others.sort(key=lambda place: transitions[place].run_id)
        if others:
            for place, stands in zip(others, super()._write_steps([transitions[each] for each in others]), strict=True):
                stood[place] = stands
        if self._in_transaction:
            self._leaves_work = self._leaves_work or any(transition.leaves_work for transition in transitions)
        return stood

    def _write_plain(self, transitions: Sequence[Transition]) -> list[int]:
        """Write plain steps in one statement and return the places of those that stood."""
        self._batches += 1
        if self._batches >= FIRST_NEW_PLANS and self._batches.bit_count() == 1:
            self._send(b'DISCARD PLANS')
        statement, parameters = step_statement(transitions, wakeup.name_of(self._url))
        return [place for place, *_ in self._run(statement, parameters).fetchall()]

    def _write_few(self, transitions: Sequence[Transition]) -> bool:
        """Write plain steps that all stand, row by row; where one does not, write nothing and return False."""
        leaves_work = any(step.leaves_work for step in transitions)
        sent = writes_of(transitions, wakeup.name_of(self._url) if leaves_work else None)
        is_written = self._write_rows(sent)
        if is_written and leaves_work:
            wakeup.changed(self._url)
        return is_written

    @staticmethod
    def _are_few(transitions: Sequence[Transition]) -> bool:
        return sum([1 + len(step.logs) for step in transitions]) <= MOST_ROWS

    def _query(self, statement: Statement, parameters: Mapping[str, Any]) -> list[Row]:
        if not self._in_transaction:
            now = self._clock.elapsed()
            if now - self._reads_planned_at >= round(NEW_PLANS_OF_READS_SECONDS * MICROSECONDS):
                self._reads_planned_at = now
                self._send(b'DISCARD PLANS', repeatable=True)
        return self._run(statement.sql.encode(), statement.parameters(parameters), reads=True).fetchall()

    def _execute(self, statement: Statement, parameters: Mapping[str, Any]) -> int:
        return self._run(statement.sql.encode(), statement.parameters(parameters)).rowcount

    def _plan_for_more(self) -> None:
        now = self._clock.elapsed()
        if self._planned_at is None or now - self._planned_at >= round(NEW_PLANS_SECONDS * MICROSECONDS):
            self._planned_at = now
            self._send(b'DISCARD PLANS')

    def _query_all(self, asked: Sequence[tuple[Statement, Mapping[str, Any]]]) -> list[list[Row]]:
        if not self._in_transaction:
            return super()._query_all(asked)
        self._begin()
        sent = [(statement.sql.encode(), statement.parameters(parameters)) for statement, parameters in asked]
        return [cursor.fetchall() for cursor in self._send_together(sent)]

    def _execute_many(self, statement: Statement, parameters: Sequence[Mapping[str, Any]]) -> None:
        rows = [statement.parameters(row) for row in parameters]
        if rows:
            self._begin()
            self._later.append((statement.sql.encode(), rows))
            if not self._in_transaction:
                self._send_together([])

    def _run(self, statement: bytes, parameters: Sequence[Any], *, reads: bool = False) -> psycopg.Cursor[TupleRow]:
        self._begin()
        return self._send(statement, parameters, repeatable=reads and not self._in_transaction)

    def _begin(self) -> None:
        if self._in_transaction and not self._begun:
            if self._clock is self._remote:
                # Sooner or later it is asked for.
                self.now()
                return
            self._send(b'BEGIN', repeatable=True)
            self._begun = True

    def _end(self) -> None:
        last = [b'COMMIT']
        if self._leaves_work:
            last.insert(0, f"SELECT pg_notify('{CHANNEL}', '{wakeup.name_of(self._url)}')".encode())
        if self._relaxed:
            last.insert(0, _RELAXED)
        if self._later:
            self._send_together([(statement, None) for statement in last])
        else:
            self._send(b'; '.join(last))

    def _roll_back(self) -> None:
        self._later.clear()
        connection = self._connection
        if connection is None or not self._begun:
            return
        try:
            connection.execute(b'ROLLBACK', prepare=False)
        except psycopg.Error as error:
            self._forget_if_lost(error)
