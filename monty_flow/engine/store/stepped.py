"""The step: a transition in the database, written whole or not at all.

`apply` writes all transitions of a batch in one transaction; a stale one is left out alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import (
    case,
    exists,
    func,
    insert,
    literal,
    select,
    text,
    update,
)
from sqlalchemy.sql import ClauseElement

from monty_flow.engine.large import Large
from monty_flow.engine.schema import calls, history, logs, progress, runs, snapshots
from monty_flow.engine.states import ENDED, LIVE, CallStatus, RunStatus, check_transition
from monty_flow.engine.store import written
from monty_flow.engine.store.large import LargeStore
from monty_flow.engine.store.said import SaidStore, says_more
from monty_flow.engine.store.statements import (
    open_parameter,
    status_in,
)
from monty_flow.engine.transitions import Progress, Transition

_open = open_parameter
_now = _open('now')
_run = _open('run_id')
_worker = _open('worker')

_live = status_in(calls.c.status, LIVE)

_advanced = (
    update(runs)
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
)

CLAUSES: dict[str, ClauseElement] = {
    # The step.
    'advance_run': _advanced.values(
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
    # From one wait to the next: a status that is not set costs no index entry.
    'move_on_run': _advanced.values(
        version=runs.c.version + 1,
        step=_open('step'),
        last_call=_open('last_call'),
        oldest_call=_open('oldest_call'),
        updated_at=_now,
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
    # So that nobody deletes the run before this transaction has ended.
    'keep_run': select(runs.c.id).where(runs.c.id == _run).with_for_update(read=True, key_share=True),
    'insert_history': insert(history).values({column.name: _open(column.name) for column in history.c}),
    'insert_log': insert(logs).values(
        run_id=_run, step=_open('step'), stream=_open('stream'), text=_open('text'), at=_now
    ),
}


def upserts(insert_of: Any) -> dict[str, ClauseElement]:
    """Return the statements that need the dialect's own INSERT with ON CONFLICT."""
    snapshot = insert_of(snapshots).values(run_id=_run, number=_open('number'), base=_open('base'), data=_open('data'))
    said = insert_of(progress).values({column.name: _open(column.name) for column in progress.c})
    return {
        # What an attempt says that was given up does not hide what the next one said.
        'put_progress': said.on_conflict_do_update(
            index_elements=[progress.c.run_id, progress.c.number],
            set_={'attempt': said.excluded.attempt, 'data': said.excluded.data, 'at': said.excluded.at},
            where=progress.c.attempt <= said.excluded.attempt,
        ),
        'put_snapshot': snapshot.on_conflict_do_update(
            index_elements=[snapshots.c.run_id, snapshots.c.number],
            set_={'base': snapshot.excluded.base, 'data': snapshot.excluded.data},
        ),
    }


_Rows = list[Mapping[str, Any]]


class Stepped(SaidStore, LargeStore):
    """What a store does with transitions."""

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
        large: list[tuple[str, Large]] = []
        for transition, fits in zip(transitions, stood, strict=True):
            if not fits:
                continue
            if says_more(transition):
                self._write_said(transition)
            if transition.large:
                large += [(transition.run_id, each) for each in transition.large]
        if large:
            # What has left the rows of steps that stood.
            self.put_large(large)
        return stood

    def record_result(self, run_id: str, number: int, session: str, result: bytes) -> bool:
        """Record the result of a call that is in hand and stays so, and return whether it is."""
        row = {'run_id': run_id, 'number': number, 'worker': session, 'result': result, 'now': self.now()}
        return self._execute(self._statements['record_result'], row) == 1

    def _write_steps(self, transitions: Sequence[Transition]) -> list[bool]:
        stood, others = [], []
        settled, new, kept, entries, printed = _Rows(), _Rows(), _Rows(), _Rows(), _Rows()
        for step in transitions:
            fits = self._advance_run(step)
            stood.append(fits)
            if not fits:
                continue
            for call in step.settled:
                settled.append(written.settled_call(step, call))
            for begun in step.new:
                new.append(written.new_call(step, begun))
            if step.snapshot is not None:
                kept.append(written.snapshot(step))
            entries += written.history_rows(step)
            if step.logs:
                printed += written.log_rows(step)
            if not step.is_plain:
                others.append(step)
        self._write('settle_call', settled)
        self._write('insert_call', new)
        self._write('put_snapshot', kept)
        self._write('insert_history', entries)
        self._write('insert_log', printed)
        for step in others:
            self._write_others(step)
        return stood

    def _write(self, name: str, parameters: Sequence[Mapping[str, Any]]) -> None:
        if parameters:
            self._execute_many(self._statements[name], parameters)

    def _advance_run(self, step: Transition) -> bool:
        if len(step.settled) > 1 and not self._has_all_leased(step):
            return False
        moves_on = step.to_status is step.from_status is RunStatus.WAITING
        name = 'move_on_run' if moves_on else 'advance_run'
        return self._execute(self._statements[name], written.advanced_run(step)) == 1

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
        self._write('wake_map', [{**place, 'number': number} for number in step.woken])
        if step.holds_others:
            self._write('hold_open_calls', [{**place, 'oldest': step.oldest_call}])

    def put_progress(self, said: Sequence[Progress]) -> None:
        """Write how far attempts are, each over what was said of its call before; what is said of a run that was deleted is dropped.

        A function goes on for a time when its run has ended, and the run may be gone by then.
        """
        there = {run_id for run_id in sorted({each.run_id for each in said}) if self._is_there(run_id)}
        rows = [written.progress_row(each) for each in said if each.run_id in there]
        self._execute_many(self._statements['put_progress'], rows)

    def _is_there(self, run_id: str) -> bool:
        return bool(self._query(self._statements['keep_run'], {'run_id': run_id}))
