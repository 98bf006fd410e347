"""Workers and their leases.

A session whose lease ran out loses its calls to `recover`, in the same transaction that ends the session.
"""

from __future__ import annotations

from collections.abc import Container, Iterable

from sqlalchemy import (
    case,
    delete,
    exists,
    insert,
    literal,
    select,
    text,
    update,
)
from sqlalchemy.sql import ClauseElement

from monty_flow.engine.schema import calls, runs, workers
from monty_flow.engine.states import CallKind, CallStatus, RunStatus
from monty_flow.engine.store.operations import Operations
from monty_flow.engine.store.statements import (
    open_parameter,
)
from monty_flow.engine.transitions import Leased

_open = open_parameter
_now = _open('now')
_run = _open('run_id')
_worker = _open('worker')

_paused = exists(select(literal(1)).where(runs.c.id == calls.c.run_id, runs.c.status == RunStatus.PAUSED.value))
#: What a call becomes that is handed back: its run may have been paused meanwhile.
_pending_or_held = case((_paused, CallStatus.HELD.value), else_=CallStatus.PENDING.value)
_has_session = exists(select(literal(1)).where(workers.c.session == calls.c.worker))

CLAUSES: dict[str, ClauseElement] = {
    # Workers and their leases.
    'insert_worker': insert(workers).values({column.name: _open(column.name) for column in workers.c}),
    'renew_worker': update(workers).where(workers.c.session == _worker).values(expires_at=_open('expires_at')),
    'drain_worker': update(workers).where(workers.c.session == _worker, workers.c.expires_at > _now).values(draining=1),
    'is_draining': select(literal(1)).where(workers.c.session == _worker, workers.c.draining != 0),
    'delete_worker': delete(workers).where(workers.c.session == _worker),
    'delete_expired_workers': delete(workers).where(workers.c.expires_at <= _now),
    # By session, so that a call that a live worker has taken in this very moment is none of them.
    'lost_sessions': select(calls.c.worker).where(text("calls.status = 'leased'"), ~_has_session).distinct(),
    # A start that nobody has in hand any more is pending again.
    'reset_lost_starts': update(runs)
    .where(runs.c.status == RunStatus.RUNNING.value)
    .where(
        runs.c.id.in_(
            select(calls.c.run_id).where(
                text("calls.status = 'leased'"), calls.c.kind == CallKind.START.value, calls.c.worker == _worker
            )
        )
    )
    .values(status=RunStatus.PENDING.value, version=runs.c.version + 1),
    'recover_calls': update(calls)
    .where(text("calls.status = 'leased'"), calls.c.worker == _worker)
    .values(status=_pending_or_held, worker=None),
    'calls_in_hand': select(calls.c.run_id, calls.c.number, calls.c.kind, calls.c.attempt).where(
        text("calls.status = 'leased'"), calls.c.worker == _worker
    ),
    # The run before its call, as everywhere, and so while the call still tells whose it is.
    'reset_released_start': update(runs)
    .where(runs.c.id == _run, runs.c.status == RunStatus.RUNNING.value)
    .where(
        exists(
            select(literal(1)).where(
                calls.c.run_id == _run,
                calls.c.number == 0,
                calls.c.status == CallStatus.LEASED.value,
                calls.c.worker == _worker,
            )
        )
    )
    .values(status=RunStatus.PENDING.value, version=runs.c.version + 1),
    'release_call': update(calls)
    .where(calls.c.run_id == _run, calls.c.number == _open('number'))
    .where(calls.c.status == CallStatus.LEASED.value, calls.c.worker == _worker)
    .values(status=_pending_or_held, worker=None, attempt=_open('attempt')),
    'delay_call': update(calls)
    .where(calls.c.run_id == _run, calls.c.number == _open('number'))
    .where(calls.c.status == CallStatus.PENDING.value, calls.c.due_at < _open('due_at'))
    .values(due_at=_open('due_at')),
    # A call that goes back is held when its run is paused, and whoever pauses or resumes it must not do so meanwhile: a call that is held
    # while its run waits would be taken by nobody.
    'hold_lost_runs': select(runs.c.id)
    .where(runs.c.id.in_(select(calls.c.run_id).where(text("calls.status = 'leased'"), calls.c.worker == _worker)))
    .order_by(runs.c.id)
    .with_for_update(key_share=True),
    'hold_released_run': select(runs.c.id).where(runs.c.id == _run).with_for_update(key_share=True),
}


class Sessions(Operations):
    """What a store does with workers and their leases."""

    #: When this connection last found a session whose lease had run out, None for never.
    lost_at: int | None = None

    def open_session(
        self,
        session: str,
        name: str,
        functions: Iterable[str],
        lease_us: int,
        queues: Iterable[str] | None = None,
        concurrency: int | None = None,
        release: str | None = None,
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
            'release': release,
            'draining': 0,
        }
        self._execute(self._statements['insert_worker'], row)
        return now + lease_us

    def renew_session(self, session: str, lease_us: int) -> int | None:
        """Renew all leases of a session and return the new end, or None when the session is gone."""
        expires_at = self.now() + lease_us
        renewed = self._execute(self._statements['renew_worker'], {'worker': session, 'expires_at': expires_at})
        return expires_at if renewed else None

    def drain_session(self, session: str) -> bool:
        """Tell the worker of a session to finish, and return whether its lease has not run out."""
        return self._execute(self._statements['drain_worker'], {'worker': session, 'now': self.now()}) > 0

    def is_draining(self, session: str) -> bool:
        """Tell whether the worker of a session is to finish."""
        return bool(self._query(self._statements['is_draining'], {'worker': session}))

    def close_session(self, session: str) -> None:
        """End a session; what it still has in hand is handed over, and the attempt does not count.

        So a call that is longer than many workers live is not held to have ended them.
        """
        self.release_unknown(session, ())
        self._execute(self._statements['delete_worker'], {'worker': session})
        self._recover(session)

    def recover(self) -> int:
        """End the sessions whose lease ran out, make their calls pending, and return how many calls these are."""
        now = self.now()
        if self._execute(self._statements['delete_expired_workers'], {'now': now}):
            self.lost_at = now
        # Also when no session ended just now: a step of one may have been committed while it was ended by others.
        return sum(self._recover(session) for (session,) in self._query(self._statements['lost_sessions'], {}))

    def _recover(self, session: str) -> int:
        self._query(self._statements['hold_lost_runs'], {'worker': session})
        self._execute(self._statements['reset_lost_starts'], {'worker': session})
        recovered = self._execute(self._statements['recover_calls'], {'worker': session})
        if recovered:
            self._left_work()
        return recovered

    def release(self, session: str, claims: Iterable[Leased]) -> None:
        """Hand back calls that the session has not begun; the attempt does not count."""
        for claim in claims:
            self._release(session, claim.run_id, claim.number, claim.kind, claim.attempt)

    def lose(self, session: str, claims: Iterable[Leased], delay_us: int) -> None:
        """Hand back calls that the session cannot bring to an end, to be taken after a delay; the attempt counts."""
        due_at = self.now() + delay_us
        for claim in claims:
            self._release(session, claim.run_id, claim.number, claim.kind, claim.attempt + 1)
            self._execute(
                self._statements['delay_call'], {'run_id': claim.run_id, 'number': claim.number, 'due_at': due_at}
            )

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
        self._query(self._statements['hold_released_run'], {'run_id': run_id})
        if kind is CallKind.START:
            self._execute(self._statements['reset_released_start'], {'run_id': run_id, 'worker': session})
        row = {'run_id': run_id, 'number': number, 'worker': session, 'attempt': attempt - 1}
        if self._execute(self._statements['release_call'], row):
            self._left_work()
