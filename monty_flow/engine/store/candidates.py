"""What may be claimed: due calls of a lane, or of a function, with what a worker needs of their runs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    exists,
    func,
    literal,
    literal_column,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.sql import ClauseElement

from monty_flow.engine.schema import calls, runs
from monty_flow.engine.states import CallKind, CallStatus, RunStatus
from monty_flow.engine.store.statements import (
    LAST_CALL,
    OLDEST_CALL,
    open_parameter,
)

_open = open_parameter
_now = _open('now')
_run = _open('run_id')
_worker = _open('worker')

#: A literal, so that SQLite sees that the partial index holds all such rows.
_pending = text("calls.status = 'pending'")

_candidates: Select[Any] = (
    select(
        runs.c.id,
        runs.c.version,
        runs.c.status,
        runs.c.step,
        LAST_CALL,
        OLDEST_CALL,
        runs.c.script_hash,
        runs.c.script_name,
        runs.c.inputs,
        runs.c.limits,
        calls.c.number,
        calls.c.kind,
        calls.c.function,
        calls.c.attempt,
        calls.c.failures,
        calls.c.arguments,
        calls.c.created_at,
        calls.c.due_at,
        calls.c.lane,
        runs.c.lane,
        runs.c.cancel_at,
        runs.c.function_versions,
        runs.c.parent_id,
        calls.c.future,
        calls.c.result,
        calls.c.error,
        calls.c.finished_at,
        calls.c.part_of,
        calls.c.item,
    )
    .join(runs, runs.c.id == calls.c.run_id)
    .where(_pending, calls.c.due_at <= _now)
    .order_by(calls.c.due_at)
    .limit(_open('limit'))
    # Whoever waits for a row of a run holds the run's own row, so that two can never wait for each other; here
    # nobody waits, and the row of the run is locked too lest it change between this and the lease.
    .with_for_update(skip_locked=True, key_share=True, of=[calls, runs])
)


def pending_lanes() -> Any:
    """Return a table of the lanes that have pending calls, by hopping through the index from one to the next."""
    is_pending: Any = literal_column("'pending'")
    ahead = calls.alias('ahead')
    first = select(func.min(ahead.c.lane).label('lane')).where(ahead.c.status == is_pending)
    found = first.cte('pending_lanes', recursive=True)
    further = calls.alias('further')
    following = (
        select(func.min(further.c.lane))
        .where(further.c.status == is_pending, further.c.lane > found.c.lane)
        .scalar_subquery()
    )
    return found.union_all(select(following).where(found.c.lane.is_not(None)))


_cancelled = runs.alias('cancelled')
_unsuspected = calls.c.attempt - calls.c.failures < _open('most_setbacks')


def _served(functions: Iterable[str]) -> ColumnElement[bool]:
    return or_(
        calls.c.kind != CallKind.FUNCTION.value,
        calls.c.function.in_(sorted(functions) or ['']),
        # Nothing is executed for it: the cancellation is raised in the script.
        exists(
            select(literal(1)).where(
                _cancelled.c.id == calls.c.run_id,
                _cancelled.c.cancel_at.is_not(None),
                _cancelled.c.finished_at.is_(None),
                _cancelled.c.status != RunStatus.CANCELLING.value,
            )
        ),
    )


def claim_candidates(functions: Iterable[str]) -> Select[Any]:
    """Select due calls of a lane that a worker with these functions can serve, the longest due first."""
    return _candidates.where(calls.c.lane == _open('lane'), _served(functions), _unsuspected)


def due_candidates(functions: Iterable[str]) -> Select[Any]:
    """Select the moments of the same calls, without touching them."""
    return (
        select(calls.c.due_at)
        .where(_pending, calls.c.lane == _open('lane'), calls.c.due_at <= _now, _served(functions), _unsuspected)
        .order_by(calls.c.due_at)
        .limit(_open('limit'))
    )


CLAUSES: dict[str, ClauseElement] = {
    # Claiming.
    # Of one function: those that no worker has begun until then, and those that were made too long ago.
    'late_candidates': _candidates.where(
        calls.c.function == _open('function'),
        calls.c.lane.in_(select(pending_lanes().c.lane)),
        or_(
            and_(calls.c.attempt == 0, calls.c.due_at < _open('unbegun_before')),
            calls.c.created_at <= _open('made_before'),
        ),
    ),
    'lease_call': update(calls)
    .where(calls.c.run_id == _run, calls.c.number == _open('number'), calls.c.status == CallStatus.PENDING.value)
    .values(status=CallStatus.LEASED.value, worker=_worker, attempt=calls.c.attempt + 1, started_at=_now),
    'begin_run': update(runs)
    .where(runs.c.id == _run, runs.c.version == _open('version'), runs.c.status == RunStatus.PENDING.value)
    .values(
        status=RunStatus.RUNNING.value,
        version=runs.c.version + 1,
        started_at=func.coalesce(runs.c.started_at, _now),
        updated_at=_now,
    ),
}
