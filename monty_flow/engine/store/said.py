"""What a store does with what scripts say and are told: status texts, published values, and signals.

A signal is given to one call of the run, the oldest that waits for its name, in the transaction that sends it, or in the one
that writes the call where the signal was there before. From then on it is what that call is answered with, however often a worker
dies on the way or the run is tried again; so it is taken exactly once. Both transactions hold the row of the run, so the second
sees what the first has written.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import case, exists, func, insert, literal, select, text, update
from sqlalchemy.sql import ClauseElement

from monty_flow.engine import payloads
from monty_flow.engine.records import Approval, Signal
from monty_flow.engine.schema import calls, published, runs, signals
from monty_flow.engine.states import ENDED, CallKind, RunStatus
from monty_flow.engine.store import rows
from monty_flow.engine.store.inserted import NewRun
from monty_flow.engine.store.statements import open_parameter
from monty_flow.engine.store.steered import Steered
from monty_flow.engine.transitions import Transition

#: Microseconds that a child has to clean up that its parent cancels.
GRACE_US = 30_000_000
#: Signals of a run that wait for a call, at most: a sender that went wild must not fill the database.
MAX_WAITING_SIGNALS = 10_000


_now = open_parameter('now')
_run = open_parameter('run_id')
_name = open_parameter('name')
_number = open_parameter('number')
_id = open_parameter('id')
# A literal, so that SQLite sees that the partial index holds all such rows. One that is in hand is being answered already.
_waits = text("calls.awaits IS NOT NULL AND calls.finished_at IS NULL AND calls.status <> 'leased'")
_answered = exists(select(literal(1)).where(signals.c.run_id == _run, signals.c.taken_by == calls.c.number))
_decided = exists(select(literal(1)).where(signals.c.run_id == calls.c.run_id, signals.c.taken_by == calls.c.number))
_APPROVAL = (
    calls.c.run_id, calls.c.number, runs.c.script_name, calls.c.kind, calls.c.function, calls.c.arguments,
    calls.c.created_at, calls.c.expires_at,
)  # fmt: skip
_of_call = (calls.c.run_id == _run, calls.c.number == _number)

CLAUSES: dict[str, ClauseElement] = {
    'say_status': update(runs).where(runs.c.id == _run).values(status_text=open_parameter('status_text')),
    'list_published': select(published.c.name, published.c.value)
    .where(published.c.run_id == _run)
    .order_by(published.c.name),
    'lock_run': select(runs.c.status).where(runs.c.id == _run).with_for_update(key_share=True),
    'find_signal': select(signals).where(signals.c.run_id == _run, signals.c.key == open_parameter('key')),
    'count_signals': select(func.count()).select_from(
        select(literal(1))
        .where(signals.c.run_id == _run, signals.c.taken_by.is_(None))
        .limit(MAX_WAITING_SIGNALS)
        .subquery()
    ),
    'insert_signal': insert(signals).values(
        run_id=_run,
        name=_name,
        key=open_parameter('key'),
        value=open_parameter('value'),
        sent_at=_now,
        taken_by=_number,
    ),
    'newest_signal': select(signals).where(signals.c.run_id == _run).order_by(signals.c.id.desc()).limit(1),
    'list_signals': select(signals)
    .where(signals.c.run_id == _run, signals.c.name.like('signal:%'))
    .order_by(signals.c.id),
    'waiting_for_name': select(func.min(calls.c.number)).where(
        calls.c.run_id == _run, calls.c.awaits == _name, _waits, ~_answered
    ),
    'waiting_calls': select(calls.c.number, calls.c.awaits)
    .where(calls.c.run_id == _run, _waits, ~_answered)
    .order_by(calls.c.number),
    'oldest_signal': select(func.min(signals.c.id)).where(
        signals.c.run_id == _run, signals.c.taken_by.is_(None), signals.c.name == _name
    ),
    'give_signal': update(signals).where(signals.c.id == _id, signals.c.run_id == _run).values(taken_by=_number),
    'wake_call': update(calls).where(*_of_call, calls.c.due_at > _now).values(due_at=_now),
    'wait_for': update(calls).where(*_of_call).values(awaits=open_parameter('awaits')),
    # What a person has to decide upon.
    'list_approvals': select(*_APPROVAL)
    .join(runs, runs.c.id == calls.c.run_id)
    .where(_waits, calls.c.awaits == 'approval', ~_decided)
    .order_by(calls.c.created_at, calls.c.run_id)
    .limit(open_parameter('limit')),
    'list_approvals_of_namespace': select(*_APPROVAL)
    .join(runs, runs.c.id == calls.c.run_id)
    .where(_waits, calls.c.awaits == 'approval', ~_decided, runs.c.namespace == open_parameter('namespace'))
    .order_by(calls.c.created_at, calls.c.run_id)
    .limit(open_parameter('limit')),
    'list_approvals_of_run': select(*_APPROVAL)
    .join(runs, runs.c.id == calls.c.run_id)
    .where(_waits, calls.c.awaits == 'approval', ~_decided, calls.c.run_id == _run)
    .order_by(calls.c.created_at, calls.c.number)
    .limit(open_parameter('limit')),
    'decide': update(calls)
    .where(*_of_call)
    # Of a function's times those from now on count.
    .values(
        due_at=_now,
        awaits=case((calls.c.kind == CallKind.FUNCTION.value, None), else_=calls.c.awaits),
        created_at=case((calls.c.kind == CallKind.FUNCTION.value, _now), else_=calls.c.created_at),
    ),
    'answer_of': select(signals.c.value).where(signals.c.run_id == _run, signals.c.taken_by == _number),
    'expiry_of': select(calls.c.expires_at).where(*_of_call),
}


def upserts(insert_of: Any) -> dict[str, ClauseElement]:
    """Return the statements that need the dialect's own INSERT with ON CONFLICT."""
    row = insert_of(published).values(run_id=_run, name=_name, value=open_parameter('value'), at=_now)
    return {
        'publish': row.on_conflict_do_update(
            index_elements=[published.c.run_id, published.c.name],
            set_={'value': row.excluded.value, 'at': row.excluded.at},
        )
    }


def says_more(transition: Transition) -> bool:
    """Tell whether a transition writes more than the rows that every step does."""
    return (
        transition.leaves_waiting
        or bool(transition.said)
        or (transition.to_status in ENDED and transition.has_parent)
        or transition.to_status is RunStatus.CANCELLED
    )


class SaidStore(Steered):
    """What a store does with what scripts say and are told."""

    def _write_said(self, transition: Transition) -> None:
        """Write what a transition that stood says besides its outcome, in the transaction that wrote it."""
        said, statements = transition.said, self._statements
        place = {'run_id': transition.run_id, 'now': transition.at}
        if said.status is not None:
            self._execute(statements['say_status'], place | {'status_text': said.status})
        values = [place | {'name': name, 'value': value} for name, value in said.published.items()]
        self._execute_many(statements['publish'], values)
        for call in transition.settled:
            if call.awaits is not None:
                self._execute(statements['wait_for'], place | {'number': call.number, 'awaits': call.awaits})
        if said.started:
            self.insert_runs(said.started)
        if transition.leaves_waiting:
            self._give_signals(place)
            self.look_at_child(transition)
        for child in said.cancelled:
            if self.child(transition.run_id, child) is not None:
                self.cancel(child, GRACE_US)
        if transition.to_status in ENDED and transition.has_parent:
            self.wake_parent(transition.run_id)
        if transition.to_status is RunStatus.CANCELLED:
            # Those that were started since it was cancelled.
            for child in self.descendants(transition.run_id):
                self.cancel(child, GRACE_US)

    def _give_signals(self, place: Mapping[str, Any]) -> None:
        """Give the calls of a run that wait the signals that were there before them."""
        statements = self._statements
        for number, name in self._query(statements['waiting_calls'], place):
            row = {**place, 'number': number, 'name': name}
            [(signal,)] = self._query(statements['oldest_signal'], row)
            if signal is not None:
                self._execute(statements['give_signal'], {**row, 'id': signal})
                self._execute(statements['wake_call'], row)
                self._left_work()

    def insert_runs(self, new: Sequence[NewRun]) -> list[str]:
        """Insert runs and return their ids."""
        raise NotImplementedError

    def published(self, run_id: str) -> dict[str, Any]:
        """Return what the script of a run has published, by name."""
        found = self._query(self._statements['list_published'], {'run_id': run_id})
        return {name: payloads.decode(bytes(value)) for name, value in found}

    def lock_run(self, run_id: str) -> RunStatus | None:
        """Keep a run from being advanced until the end of the transaction, and return its status."""
        found = self._query(self._statements['lock_run'], {'run_id': run_id})
        return RunStatus(found[0][0]) if found else None

    def signal_with_key(self, run_id: str, key: str) -> Signal | None:
        """Return the signal that was sent to a run under this key."""
        found = self._query(self._statements['find_signal'], {'run_id': run_id, 'key': key})
        return rows.signal(found[0], self.whole) if found else None

    def waiting_signals(self, run_id: str) -> int:
        """Return how many signals of a run wait for a call, `MAX_WAITING_SIGNALS` at most."""
        count: int = self._query(self._statements['count_signals'], {'run_id': run_id})[0][0]
        return count

    def send(self, run_id: str, name: str, key: str | None, value: bytes, now: int) -> Signal:
        """Keep a signal for a run whose row is locked, and make the oldest call due that waits for it."""
        row = {'run_id': run_id, 'name': name, 'key': key, 'value': value, 'now': now}
        [(number,)] = self._query(self._statements['waiting_for_name'], row)
        self._execute(self._statements['insert_signal'], {**row, 'number': number})
        if number is not None:
            self._execute(self._statements['wake_call'], {**row, 'number': number})
            self._left_work()
        return rows.signal(self._query(self._statements['newest_signal'], {'run_id': run_id})[0], self.whole)

    def signals(self, run_id: str) -> list[Signal]:
        """Return the signals of a run, taken or not, in the order in which they came."""
        return [
            rows.signal(row, self.whole) for row in self._query(self._statements['list_signals'], {'run_id': run_id})
        ]

    def answer_of(self, run_id: str, number: int) -> bytes | None:
        """Return the payload of the signal that a call is answered with, None while there is none."""
        found = self._query(self._statements['answer_of'], {'run_id': run_id, 'number': number})
        return bytes(found[0][0]) if found else None

    def expiry_of(self, run_id: str, number: int) -> int | None:
        """Return when a call is given up, None for never."""
        value: int | None = self._query(self._statements['expiry_of'], {'run_id': run_id, 'number': number})[0][0]
        return value

    def approvals(self, run_id: str | None, limit: int, namespace: str | None = None) -> list[Approval]:
        """Return the calls that wait for a person's decision, of one run, a namespace, or all, the oldest first."""
        if run_id is not None:
            name = 'list_approvals_of_run'
        else:
            name = 'list_approvals' if namespace is None else 'list_approvals_of_namespace'
        row = {'run_id': run_id, 'limit': limit, 'namespace': namespace}
        return [rows.approval(row, self.whole) for row in self._query(self._statements[name], row)]

    def decide(self, run_id: str, number: int, decision: bytes) -> None:
        """Give a call that waits for it a person's decision; the row of its run is locked."""
        row = {
            'run_id': run_id,
            'name': 'approval',
            'key': None,
            'value': decision,
            'number': number,
            'now': self.now(),
        }
        self._execute(self._statements['insert_signal'], row)
        self._execute(self._statements['decide'], row)
        self._left_work()
