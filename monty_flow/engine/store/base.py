"""The store: the list of named operations that the engine asks of a database.

Guarantees, whatever the dialect:

* `apply` writes all transitions of a batch in one transaction; a stale one is left out alone.
* A call is leased by one session at most, and only its session can settle it.
* A session whose lease ran out loses its calls to `recover`, in the same transaction that ends the session.

A dialect brings a connection, its way to run a compiled `Statement`, and what its SQL says differently.
Write operations run inside `transaction()`; they never commit by themselves, so that the committer can put
many of them into one transaction.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from functools import cache
from typing import Any, ClassVar

from sqlalchemy.engine import Dialect

from monty_flow.engine.clock import Clock
from monty_flow.engine.filters import RunFilter
from monty_flow.engine.records import (
    Call,
    HistoryEntry,
    Leased,
    LogLine,
    Program,
    Progress,
    Run,
    Standing,
    Transition,
)
from monty_flow.engine.states import ENDED, CallKind, RunStatus, check_transition
from monty_flow.engine.store import rows
from monty_flow.engine.store.access import CLAUSES as ACCESS_CLAUSES
from monty_flow.engine.store.access import Access
from monty_flow.engine.store.cached import CLAUSES as CACHED_CLAUSES
from monty_flow.engine.store.cached import Cached
from monty_flow.engine.store.cached import upserts as cached_upserts
from monty_flow.engine.store.claiming import Claiming
from monty_flow.engine.store.family import CLAUSES as FAMILY_CLAUSES
from monty_flow.engine.store.finding import CLAUSES as FINDING_CLAUSES
from monty_flow.engine.store.finding import LAST_ID, Finding
from monty_flow.engine.store.kept import CLAUSES as KEPT_CLAUSES
from monty_flow.engine.store.kept import Kept
from monty_flow.engine.store.operations import Row
from monty_flow.engine.store.portable import Portable
from monty_flow.engine.store.queued import CLAUSES as QUEUE_CLAUSES
from monty_flow.engine.store.queued import queue_upserts
from monty_flow.engine.store.said import CLAUSES as SAID_CLAUSES
from monty_flow.engine.store.said import SaidStore, says_more
from monty_flow.engine.store.said import upserts as said_upserts
from monty_flow.engine.store.scheduled import CLAUSES as SCHEDULE_CLAUSES
from monty_flow.engine.store.scheduled import Scheduled
from monty_flow.engine.store.statements import CLAUSES, Statement, upserts
from monty_flow.engine.store.steered import CLAUSES as STEERED_CLAUSES
from monty_flow.engine.store.views import CLAUSES as VIEW_CLAUSES
from monty_flow.engine.store.views import Views


class Store(Claiming, SaidStore, Scheduled, Finding, Cached, Kept, Portable, Views, Access, ABC):
    """Operations on one database, over one connection; not for several threads at once unless it says so."""

    #: What writes the SQL of this database, and its INSERT with ON CONFLICT.
    dialect: ClassVar[Dialect]
    insert_of: ClassVar[Any]
    #: Whether a connection can be broken off under the thread that uses it.
    can_abandon: ClassVar[bool] = False
    #: Whether a claim leaves out calls whose rows others hold just now.
    skips_locked: ClassVar[bool] = False

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._statements = self._compiled()
        self._claims = {}
        self._filters = {}

    @classmethod
    @cache
    def _compiled(cls) -> dict[str, Statement]:
        return {
            name: Statement(clause, cls.dialect)
            for name, clause in (
                CLAUSES
                | FINDING_CLAUSES
                | KEPT_CLAUSES
                | CACHED_CLAUSES
                | STEERED_CLAUSES
                | VIEW_CLAUSES
                | ACCESS_CLAUSES
                | SAID_CLAUSES
                | FAMILY_CLAUSES
                | QUEUE_CLAUSES
                | SCHEDULE_CLAUSES
                | upserts(cls.insert_of)
                | said_upserts(cls.insert_of)
                | queue_upserts(cls.insert_of)
                | cached_upserts(cls.insert_of)
            ).items()
        }

    # What a dialect brings.

    @abstractmethod
    def now(self) -> int:
        """Return the present moment of the clock that decides leases and timers."""

    @abstractmethod
    def transaction(self) -> AbstractContextManager[None]:
        """Return a context that commits at its end, or rolls back when an exception leaves it."""

    @abstractmethod
    def for_function(self, is_cancelled: Callable[[], bool]) -> AbstractContextManager[Any]:
        """Return a context that gives the driver's connection to a function of the user, within the open transaction.

        The function can neither commit nor roll back. What is wrong with its writes is raised at the end of the context.
        """

    def abandon(self) -> None:
        """Break the connection off while another thread uses it, where `can_abandon` says that it can be done."""
        raise NotImplementedError

    @abstractmethod
    def changes(self) -> int:
        """Return a number that changes when another connection has committed something that may bring work."""

    #: Seconds between calls of `ends`, and between looks at a run whose end is waited for, whatever `ends` says.
    news_seconds: ClassVar[float] = 0.02
    look_seconds: ClassVar[float] = 5.0

    @abstractmethod
    def ends(self) -> int:
        """Return a number that changes when a run may have ended; on a server, one whose end is expected."""

    def expect_end(self, run_id: str, waiter: str) -> None:
        """Have the end of a run told to this process; for a database that has to be asked for it."""

    def forget_end(self, waiter: str) -> None:
        """Take back what `waiter` expected."""

    @abstractmethod
    def close(self) -> None:
        """Close the connection."""

    @property
    def clock(self) -> Clock:
        """Return the clock of moments that are written without asking the database, such as the end of a timer."""
        return self._clock

    @abstractmethod
    def _left_work(self) -> None:
        """Note that the open transaction leaves pending calls; for a database that has to be told to tell others."""

    @abstractmethod
    def _query(self, statement: Statement, parameters: Mapping[str, Any]) -> list[Row]: ...

    @abstractmethod
    def _execute(self, statement: Statement, parameters: Mapping[str, Any]) -> int: ...

    @abstractmethod
    def _execute_many(self, statement: Statement, parameters: Sequence[Mapping[str, Any]]) -> None: ...

    # Submitting.

    def insert_runs(self, new: Sequence[rows.NewRun], *, bounded: bool = True) -> list[str]:
        """Insert runs and return the id of each; a run whose key exists already gives the id of the first.

        Raises QueueFull when more than may waits in a queue then, unless it is not to be `bounded` by that.
        """
        now = self.now()
        sources = {run.script_hash: run.source for run in new}
        self._execute_many(
            self._statements['keep_script'],
            [{'hash': digest, 'source': source, 'now': now} for digest, source in sources.items()],
        )
        self._execute_many(self._statements['insert_run'], [rows.run_row(run, now) for run in new])
        ids = [run.id if run.key is None else self._id_of(run.key) for run in new]
        inserted = [run for run, run_id in zip(new, ids, strict=True) if run.id == run_id]
        self._execute_many(self._statements['insert_call'], [rows.start_call(run, now) for run in inserted])
        self._execute_many(self._statements['insert_tag'], [row for run in inserted for row in rows.tag_rows(run)])
        if inserted:
            if bounded:
                self._check_pending(run.lane for run in inserted)
            self._left_work()
        return ids

    def has_key(self, key: str) -> bool:
        """Tell whether a run was submitted with this key."""
        return bool(self._query(self._statements['find_by_key'], {'key': key}))

    def has_script(self, script_hash: str) -> bool:
        """Tell whether a script is stored."""
        return bool(self._query(self._statements['find_script'], {'hash': script_hash}))

    def _id_of(self, key: str) -> str:
        found: str = self._query(self._statements['find_by_key'], {'key': key})[0][0]
        return found

    # Workers.

    def open_session(
        self,
        session: str,
        name: str,
        functions: Iterable[str],
        lease_us: int,
        queues: Iterable[str] | None = None,
        concurrency: int | None = None,
    ) -> int:
        """Register a worker's session and return the moment at which its lease runs out."""
        now = self.now()
        row = {
            'session': session,
            'name': name,
            'functions': '\n'.join(sorted(functions)),
            'started_at': now,
            'expires_at': now + lease_us,
            'queues': None if queues is None else '\n'.join(sorted(queues)),
            'concurrency': concurrency,
        }
        self._execute(self._statements['insert_worker'], row)
        return now + lease_us

    def renew_session(self, session: str, lease_us: int) -> int | None:
        """Renew all leases of a session and return the new end, or None when the session is gone."""
        expires_at = self.now() + lease_us
        renewed = self._execute(self._statements['renew_worker'], {'worker': session, 'expires_at': expires_at})
        return expires_at if renewed else None

    def close_session(self, session: str) -> None:
        """End a session; what it still has in hand is handed over, and the attempt does not count.

        So a call that is longer than many workers live is not held to have ended them.
        """
        self.release_unknown(session, ())
        self._execute(self._statements['delete_worker'], {'worker': session})
        self._recover(session)

    def recover(self) -> int:
        """End the sessions whose lease ran out, make their calls pending, and return how many calls these are."""
        self._execute(self._statements['delete_expired_workers'], {'now': self.now()})
        # Also when no session ended just now: a step of one may have been committed while it was ended by others.
        return sum(self._recover(session) for (session,) in self._query(self._statements['lost_sessions'], {}))

    def _recover(self, session: str) -> int:
        self._execute(self._statements['reset_lost_starts'], {'worker': session})
        recovered = self._execute(self._statements['recover_calls'], {'worker': session})
        if recovered:
            self._left_work()
        return recovered

    def release(self, session: str, claims: Iterable[Leased]) -> None:
        """Hand back calls that the session has not begun; the attempt does not count."""
        for claim in claims:
            self._release(session, claim.run_id, claim.number, claim.kind, claim.attempt)

    def release_unknown(self, session: str, known: Container[tuple[str, int]]) -> int:
        """Hand back what the session has leased of calls that it does not know of, and return how many calls these are.

        That happens when a commit was made whose report was lost with the connection.
        """
        in_hand = self._query(self._statements['calls_in_hand'], {'worker': session})
        unknown = [row for row in in_hand if (row[0], row[1]) not in known]
        for run_id, number, kind, attempt in unknown:
            self._release(session, run_id, number, CallKind(kind), attempt)
        return len(unknown)

    def _release(self, session: str, run_id: str, number: int, kind: CallKind, attempt: int) -> None:
        if kind is CallKind.START:
            self._execute(self._statements['reset_released_start'], {'run_id': run_id, 'worker': session})
        row = {'run_id': run_id, 'number': number, 'worker': session, 'attempt': attempt - 1}
        if self._execute(self._statements['release_call'], row):
            self._left_work()

    def next_due(self) -> int | None:
        """Return the moment at which the next pending call is due that is not due yet."""
        found = self._query(self._statements['pending_lanes'], {'now': self.now()})
        return min((later for _, _, later, _ in found if later is not None), default=None)

    # The step.

    def commit(self, transitions: Sequence[Transition]) -> list[bool]:
        """Apply transitions in a transaction of their own."""
        with self.transaction():
            return self.apply(transitions)

    def apply(self, transitions: Sequence[Transition]) -> list[bool]:
        """Write the transitions that still fit, and return for each whether it did."""
        for transition in transitions:
            check_transition(transition.from_status, transition.to_status)
        self.hold_awaited(transitions)
        stood = self._write_steps(transitions)
        for transition, fits in zip(transitions, stood, strict=True):
            if fits and says_more(transition):
                self._write_said(transition)
        return stood

    def record_result(self, run_id: str, number: int, session: str, result: bytes) -> bool:
        """Record the result of a call that is in hand and stays so, and return whether it is."""
        row = {'run_id': run_id, 'number': number, 'worker': session, 'result': result, 'now': self.now()}
        return self._execute(self._statements['record_result'], row) == 1

    def _write_steps(self, transitions: Sequence[Transition]) -> list[bool]:
        stood = [self._advance_run(transition) for transition in transitions]
        fitting = [transition for transition, fits in zip(transitions, stood, strict=True) if fits]
        self._write('settle_call', [rows.settled_call(step, call) for step in fitting for call in step.settled])
        self._write('insert_call', [rows.new_call(step, new) for step in fitting for new in step.new])
        self._write('put_snapshot', [rows.snapshot(step) for step in fitting if step.snapshot is not None])
        self._write('insert_history', [row for step in fitting for row in rows.history_rows(step)])
        self._write('insert_log', [row for step in fitting for row in rows.log_rows(step)])
        for step in fitting:
            if not step.is_plain:
                self._write_others(step)
        return stood

    def _write(self, name: str, parameters: Sequence[Mapping[str, Any]]) -> None:
        self._execute_many(self._statements[name], parameters)

    def _advance_run(self, step: Transition) -> bool:
        if len(step.settled) > 1 and not self._has_all_leased(step):
            return False
        return self._execute(self._statements['advance_run'], rows.advanced_run(step)) == 1

    def _has_all_leased(self, step: Transition) -> bool:
        """Tell whether a step of several calls still fits, and let nobody change that."""
        numbers = {call.number for call in step.settled}
        row = {
            'run_id': step.run_id,
            'from_version': step.from_version,
            'from_status': step.from_status.value,
            'worker': step.worker,
            'oldest': min(numbers),
        }
        if not self._query(self._statements['hold_run'], row):
            return False
        leased = {number for (number,) in self._query(self._statements['hold_leased'], row)}
        return numbers <= leased

    def _write_others(self, step: Transition) -> None:
        """Write what a step does to calls that were not in hand."""
        if step.to_status in ENDED or step.to_status is RunStatus.PAUSED:
            self._stopped(step.run_id)
        place = {'run_id': step.run_id, 'now': step.at, 'taken_step': step.from_step}
        self._write('take_call', [{**place, 'number': number} for number in step.taken])
        self._write('give_up_call', [{**place, 'number': number} for number in step.given_up])
        if step.holds_others:
            self._write('hold_open_calls', [{**place, 'oldest': step.oldest_call}])

    # Progress of functions.

    def put_progress(self, said: Sequence[Progress]) -> None:
        """Write how far attempts are, each over what was said of its call before."""
        self._execute_many(self._statements['put_progress'], [rows.progress_row(each) for each in said])

    def progress(self, run_id: str, number: int) -> bytes | None:
        """Return the payload of what was said last of a call."""
        found = self._query(self._statements['find_progress'], {'run_id': run_id, 'number': number})
        return found[0][0] if found else None

    # Reading.

    def get(self, run_id: str) -> Run | None:
        """Return the run of this whole id, or None."""
        return next(iter(self._runs(self._query(self._statements['get_run'], {'run_id': run_id}))), None)

    def find(self, prefix: str) -> Sequence[Run]:
        """Return up to two runs whose ids begin with `prefix`."""
        return self._runs(self._query(self._statements['runs_by_prefix'], {'low': prefix, 'high': prefix + LAST_ID}))

    def list(self, filter: RunFilter | None, limit: int, before: str | None) -> Sequence[Run]:
        """Return runs, newest first, older than the id `before`."""
        return self._runs(self.page(filter or RunFilter(), limit, before))

    def calls(self, run_id: str) -> Sequence[Call]:
        """Return the calls of a run in their order."""
        return [rows.call(row) for row in self._query(self._statements['list_calls'], {'run_id': run_id})]

    def history(self, run_id: str) -> Sequence[HistoryEntry]:
        """Return the commits of a run in their order."""
        return [rows.history_entry(row) for row in self._query(self._statements['list_history'], {'run_id': run_id})]

    def logs(self, run_id: str, after: int) -> Sequence[LogLine]:
        """Return the output of a run that comes after the sequence number `after`."""
        return [
            rows.log_line(row) for row in self._query(self._statements['list_logs'], {'run_id': run_id, 'after': after})
        ]

    def program(self, script_hash: str, run_id: str, number: int) -> Program:
        """Return the source of a run and the snapshot in which it waits after its step `number`."""
        source = self._query(self._statements['find_script'], {'hash': script_hash})[0][0]
        return Program(source, tuple(self.chain(run_id, number)))

    def standing(self, run_id: str) -> Standing | None:
        """Return where a run stands, and its calls under way, None when there is no such run.

        The calls may be newer than the version, never older.
        """
        found = self._query(self._statements['standing'], {'run_id': run_id})
        if not found:
            return None
        version, status, step, last_call, oldest_call, cancel_at = found[0]
        live = self._query(self._statements['live_calls'], {'run_id': run_id, 'oldest': oldest_call})
        calls = tuple(map(rows.live_call, live))
        return Standing(version, RunStatus(status), step, last_call, calls, cancel_at is not None)

    def _runs(self, found: Sequence[Row]) -> Sequence[Run]:
        waiting = any(RunStatus(row[1]) not in ENDED for row in found)
        now = self.clock.now()
        served: frozenset[str] | None = None
        if waiting:
            lines = self._query(self._statements['live_workers'], {'now': now})
            served = frozenset(name for (text,) in lines for name in text.split('\n')) if lines else None
        waiting_for = rows.Waiting(served, now, self._waited_for)
        return [rows.run(row, waiting_for) for row in found]

    def _waited_for(self, run_id: str, oldest: int) -> Sequence[Row]:
        return self._query(self._statements['waited_for'], {'run_id': run_id, 'oldest': oldest})
