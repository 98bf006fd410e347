"""The SQL of the store, each statement built and compiled once and run on the driver itself.

SQLAlchemy writes the SQL for the dialect; its execution layer, which costs more than the database does for a
row of this size, stays out of the hot path. A `Statement` turns a row given as a dict into the
positional parameters that the driver wants.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    bindparam,
    case,
    delete,
    exists,
    func,
    insert,
    literal,
    literal_column,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.sql import ClauseElement

from monty_flow.engine.schema import calls, history, logs, progress, runs, scripts, snapshots, tags, waiters, workers
from monty_flow.engine.states import LIVE, CallKind, CallStatus, RunStatus


class Statement:
    """One compiled statement: its text, and the order of its parameters."""

    __slots__ = ('_order', '_template', 'sql')

    def __init__(self, clause: ClauseElement, dialect: Dialect) -> None:
        compiled: Any = clause.compile(dialect=dialect, compile_kwargs={'render_postcompile': True})
        self.sql = str(compiled)
        names = compiled.positiontup or ()
        values = compiled.construct_params(_check=False)
        # Values that the statement itself brings, such as the status that it expects, stay as they are.
        self._template = [None if name.startswith(OPEN) else values[name] for name in names]
        self._order = [(index, name[len(OPEN) :]) for index, name in enumerate(names) if name.startswith(OPEN)]

    def parameters(self, row: Mapping[str, Any]) -> Sequence[Any]:
        """Return the positional parameters for `row`, whose keys are the names of the open parameters."""
        values = self._template.copy()
        for index, name in self._order:
            values[index] = row[name]
        return values


#: Marks the parameters that a row fills; SQLAlchemy keeps plain column names for itself.
OPEN = 'open_'


def open_parameter(name: str) -> Any:
    """Return a parameter that a row fills."""
    return bindparam(OPEN + name, required=False)


def status_in(column: ColumnElement[str], statuses: Iterable[str]) -> ColumnElement[bool]:
    """Return the condition that a status is one of several."""
    return or_(*(column == str(status) for status in statuses))


_open = open_parameter
_now = _open('now')
_run = _open('run_id')
_worker = _open('worker')

_paused = exists(select(literal(1)).where(runs.c.id == calls.c.run_id, runs.c.status == RunStatus.PAUSED.value))
#: What a call becomes that is handed back: its run may have been paused meanwhile.
_pending_or_held = case((_paused, CallStatus.HELD.value), else_=CallStatus.PENDING.value)
_has_session = exists(select(literal(1)).where(workers.c.session == calls.c.worker))
#: NULL in rows from before runs had several calls, which wait for one call that has the number of the step.
OLDEST_CALL = func.coalesce(runs.c.oldest_call, runs.c.step)
LAST_CALL = func.coalesce(runs.c.last_call, runs.c.step)
_current_call = and_(calls.c.run_id == runs.c.id, calls.c.number == OLDEST_CALL)
_live = status_in(calls.c.status, LIVE)
#: A run with the oldest call that it waits for.
RUN_COLUMNS = (
    runs,
    calls.c.kind.label('call_kind'),
    calls.c.function.label('call_function'),
    calls.c.status.label('call_status'),
    calls.c.attempt.label('call_attempt'),
    calls.c.error.label('call_error'),
    calls.c.due_at.label('call_due_at'),
    calls.c.awaits.label('call_awaits'),
    calls.c.expires_at.label('call_expires_at'),
)
RUNS_WITH_CALLS = runs.join(calls, _current_call, isouter=True)
RUN_ROW: Select[Any] = select(*RUN_COLUMNS).select_from(RUNS_WITH_CALLS)


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
    return _candidates.where(calls.c.lane == _open('lane'), _served(functions))


def due_candidates(functions: Iterable[str]) -> Select[Any]:
    """Select the moments of the same calls, without touching them."""
    return (
        select(calls.c.due_at)
        .where(_pending, calls.c.lane == _open('lane'), calls.c.due_at <= _now, _served(functions))
        .order_by(calls.c.due_at)
        .limit(_open('limit'))
    )


#: A call with what its function last told.
CALL_ROW: Select[Any] = select(calls, progress.c.data, progress.c.at).join(
    progress, and_(progress.c.run_id == calls.c.run_id, progress.c.number == calls.c.number), isouter=True
)


#: Every other statement by name.
CLAUSES: dict[str, ClauseElement] = {
    # Submitting.
    'find_script': select(scripts.c.source).where(scripts.c.hash == _open('hash')),
    'find_by_key': select(runs.c.id).where(runs.c.key == _open('key')),
    'insert_call': insert(calls).values(
        run_id=_run,
        number=_open('number'),
        kind=_open('kind'),
        function=_open('function'),
        status=_open('status'),
        arguments=_open('arguments'),
        attempt=_open('attempt'),
        failures=0,
        due_at=_open('due_at'),
        worker=_worker,
        awaits=_open('awaits'),
        expires_at=_open('expires_at'),
        lane=_open('lane'),
        created_at=_now,
        future=_open('future'),
    ),
    'insert_tag': insert(tags).values({column.name: _open(column.name) for column in tags.c}),
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
    # The step.
    'advance_run': update(runs)
    .where(runs.c.id == _run, runs.c.version == _open('from_version'), runs.c.status == _open('from_status'))
    .where(
        exists(
            select(literal(1)).where(
                calls.c.run_id == _run,
                calls.c.number == _open('number'),
                calls.c.status == CallStatus.LEASED.value,
                calls.c.worker == _worker,
            )
        )
    )
    .values(
        status=_open('to_status'),
        version=runs.c.version + 1,
        step=_open('step'),
        last_call=_open('last_call'),
        oldest_call=_open('oldest_call'),
        output=_open('output'),
        error=_open('run_error'),
        updated_at=_now,
        finished_at=_open('finished_at'),
    ),
    'settle_call': update(calls)
    .where(
        calls.c.run_id == _run,
        calls.c.number == _open('number'),
        calls.c.status == CallStatus.LEASED.value,
        calls.c.worker == _worker,
    )
    .values(
        status=_open('call_status'),
        result=_open('result'),
        error=func.coalesce(_open('call_error'), calls.c.error),
        attempt=_open('attempt'),
        failures=_open('failures'),
        due_at=func.coalesce(_open('due_at'), calls.c.due_at),
        worker=None,
        started_at=func.coalesce(_open('started_at'), calls.c.started_at),
        finished_at=_open('call_finished_at'),
        step=_open('taken_step'),
    ),
    # What a transactional function gave, before the script takes it: the call is still in hand, to be handed over.
    'record_result': update(calls)
    .where(
        calls.c.run_id == _run,
        calls.c.number == _open('number'),
        calls.c.status == CallStatus.LEASED.value,
        calls.c.worker == _worker,
    )
    .values(result=_open('result'), finished_at=_now),
    # For steps that settle several calls: the run first, as everywhere.
    'hold_run': select(runs.c.id)
    .where(runs.c.id == _run, runs.c.version == _open('from_version'), runs.c.status == _open('from_status'))
    .with_for_update(key_share=True),
    'hold_leased': select(calls.c.number)
    .where(
        calls.c.run_id == _run,
        calls.c.number >= _open('oldest'),
        text("calls.status = 'leased'"),
        calls.c.worker == _worker,
    )
    .with_for_update(key_share=True),
    'take_call': update(calls)
    .where(calls.c.run_id == _run, calls.c.number == _open('number'), calls.c.status == CallStatus.READY.value)
    .values(
        status=case((calls.c.result.is_(None), CallStatus.FAILED.value), else_=CallStatus.DONE.value),
        step=_open('taken_step'),
    ),
    'give_up_call': update(calls)
    .where(calls.c.run_id == _run, calls.c.number == _open('number'), _live)
    .values(status=CallStatus.CANCELLED.value, worker=None, finished_at=_now),
    'hold_open_calls': update(calls)
    .where(calls.c.run_id == _run, calls.c.number >= _open('oldest'))
    .where(status_in(calls.c.status, (CallStatus.PENDING, CallStatus.LEASED)))
    .values(status=CallStatus.HELD.value, worker=None),
    'insert_history': insert(history).values({column.name: _open(column.name) for column in history.c}),
    'insert_log': insert(logs).values(
        run_id=_run, step=_open('step'), stream=_open('stream'), text=_open('text'), at=_now
    ),
    # Workers and their leases.
    'insert_worker': insert(workers).values({column.name: _open(column.name) for column in workers.c}),
    'renew_worker': update(workers).where(workers.c.session == _worker).values(expires_at=_open('expires_at')),
    'delete_worker': delete(workers).where(workers.c.session == _worker),
    'delete_expired_workers': delete(workers).where(workers.c.expires_at <= _now),
    'live_workers': select(workers.c.functions).where(workers.c.expires_at > _now),
    # Who waits for ends.
    'delete_late_waiters': delete(waiters).where(waiters.c.expires_at <= _now),
    'delete_waiter': delete(waiters).where(waiters.c.waiter == _open('waiter')),
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
    # Reading.
    'get_run': RUN_ROW.where(runs.c.id == _run),
    'runs_by_prefix': RUN_ROW.where(runs.c.id >= _open('low'), runs.c.id < _open('high')).limit(2),
    'standing': select(runs.c.version, runs.c.status, runs.c.step, LAST_CALL, OLDEST_CALL, runs.c.cancel_at).where(
        runs.c.id == _run
    ),
    'live_calls': select(
        calls.c.number,
        calls.c.future,
        calls.c.status,
        calls.c.function,
        calls.c.worker,
        calls.c.result,
        calls.c.error,
    )
    .where(calls.c.run_id == _run, calls.c.number >= _open('oldest'), _live)
    .order_by(calls.c.number),
    'waited_for': select(
        calls.c.kind,
        calls.c.function,
        calls.c.status,
        calls.c.attempt,
        calls.c.error,
        calls.c.due_at,
        calls.c.awaits,
        calls.c.expires_at,
    )
    .where(calls.c.run_id == _run, calls.c.number >= _open('oldest'), _live)
    .order_by(calls.c.number),
    'list_calls': CALL_ROW.where(calls.c.run_id == _run, calls.c.number > 0).order_by(calls.c.number),
    'find_progress': select(progress.c.data).where(progress.c.run_id == _run, progress.c.number == _open('number')),
    'list_history': select(history).where(history.c.run_id == _run).order_by(history.c.version),
    'list_logs': select(logs).where(logs.c.run_id == _run, logs.c.id > _open('after')).order_by(logs.c.id),
}


def upserts(insert_of: Any) -> dict[str, ClauseElement]:
    """Return the statements that need the dialect's own INSERT with ON CONFLICT."""
    run = insert_of(runs).values(
        id=_run,
        status=RunStatus.PENDING.value,
        version=1,
        step=0,
        last_call=0,
        oldest_call=0,
        script_hash=_open('script_hash'),
        script_name=_open('script_name'),
        key=_open('key'),
        inputs=_open('inputs'),
        limits=_open('limits'),
        keep_snapshots=_open('keep_snapshots'),
        function_versions=_open('function_versions'),
        namespace=_open('namespace'),
        tags=_open('tags'),
        deadline_at=_open('deadline_at'),
        lane=_open('lane'),
        parent_id=_open('parent_id'),
        depth=_open('depth'),
        created_at=_now,
        updated_at=_now,
    )
    script = insert_of(scripts).values(hash=_open('hash'), source=_open('source'), created_at=_now)
    waiter = insert_of(waiters).values({column.name: _open(column.name) for column in waiters.c})
    snapshot = insert_of(snapshots).values(run_id=_run, number=_open('number'), base=_open('base'), data=_open('data'))
    said = insert_of(progress).values({column.name: _open(column.name) for column in progress.c})
    return {
        # What an attempt says that was given up does not hide what the next one said.
        'put_progress': said.on_conflict_do_update(
            index_elements=[progress.c.run_id, progress.c.number],
            set_={'attempt': said.excluded.attempt, 'data': said.excluded.data, 'at': said.excluded.at},
            where=progress.c.attempt <= said.excluded.attempt,
        ),
        'insert_run': run.on_conflict_do_nothing(index_elements=[runs.c.key]),
        'keep_script': script.on_conflict_do_nothing(index_elements=[scripts.c.hash]),
        'keep_waiter': waiter.on_conflict_do_update(
            index_elements=[waiters.c.run, waiters.c.waiter], set_={'expires_at': waiter.excluded.expires_at}
        ),
        'put_snapshot': snapshot.on_conflict_do_update(
            index_elements=[snapshots.c.run_id, snapshots.c.number],
            set_={'base': snapshot.excluded.base, 'data': snapshot.excluded.data},
        ),
    }
