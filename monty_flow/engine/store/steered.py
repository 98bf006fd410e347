"""What people ask of runs that are under way, and what time asks of them: deadlines.

Each operation changes the run before its calls, as everyone does, so that two can never wait for each other. It says by its
statement which statuses it expects, and returns whether the run was in one of them.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import and_, case, exists, func, literal, or_, select, text, update
from sqlalchemy.sql import ClauseElement

from monty_flow.engine.schema import calls, runs, schedules
from monty_flow.engine.states import LIVE, CallKind, CallStatus, RunStatus, sources_of
from monty_flow.engine.store.family import Family
from monty_flow.engine.store.statements import earliest, open_parameter, status_in
from monty_flow.engine.store.stored_errors import deadline_error
from monty_flow.engine.timers import ASYNC_SLEEP

#: Runs that are ended in one transaction because their deadlines passed.
OVERDUE_AT_A_TIME = 100

_now = open_parameter('now')
_run = open_parameter('run_id')
_worker = open_parameter('worker')
_other = calls.alias('other')

#: Statuses of a run whose script can be told that it is cancelled, or was told.
CANCELLABLE_WITH_GRACE = (RunStatus.RUNNING, RunStatus.WAITING, RunStatus.CANCELLING)
_asked = text('cancel_at IS NOT NULL AND finished_at IS NULL')
_overdue = text('deadline_at IS NOT NULL AND finished_at IS NULL')
_start_in_hand = exists(
    select(literal(1)).where(
        calls.c.run_id == _run, calls.c.kind == CallKind.START.value, calls.c.status == CallStatus.LEASED.value
    )
)


def _changed(target: RunStatus, sources: tuple[RunStatus, ...], **values: Any) -> Any:
    """Return the UPDATE of a run from one of `sources`."""
    return (
        update(runs)
        .where(runs.c.id == _run, status_in(runs.c.status, sources))
        .values({'status': target.value, 'version': runs.c.version + 1, 'updated_at': _now} | values)
    )


CLAUSES: dict[str, ClauseElement] = {
    'cancel_run': _changed(RunStatus.CANCELLED, sources_of(RunStatus.CANCELLED), finished_at=_now),
    'cancel_calls': update(calls)
    .where(calls.c.run_id == _run, status_in(calls.c.status, LIVE))
    .values(status=CallStatus.CANCELLED.value, worker=None, finished_at=_now),
    # As for a pause, a step that is under way does not stand, and its worker finds out why.
    'ask_to_cancel': update(runs)
    .where(runs.c.id == _run, status_in(runs.c.status, CANCELLABLE_WITH_GRACE))
    .values(cancel_at=open_parameter('cancel_at'), version=runs.c.version + 1, updated_at=_now),
    'cancelled_runs': select(runs.c.id).where(_asked, status_in(runs.c.status, (RunStatus.RUNNING, RunStatus.WAITING))),
    # Not those of a script that was told so already: the timers with which it cleans up take their time. Nor do timers of its event loop
    # tell it where another call can: a function in execution is to end, and a bound on the time is not over.
    'hurry_calls': update(calls)
    .where(calls.c.run_id == _run, calls.c.status == CallStatus.PENDING.value, calls.c.due_at > _now)
    .where(exists(select(literal(1)).where(runs.c.id == _run, runs.c.status != RunStatus.CANCELLING.value)))
    .where(
        or_(
            calls.c.function != ASYNC_SLEEP,
            ~exists(
                select(literal(1)).where(
                    _other.c.run_id == _run,
                    _other.c.function != ASYNC_SLEEP,
                    _other.c.part_of.is_(None),
                    status_in(_other.c.status, (CallStatus.PENDING, CallStatus.LEASED)),
                )
            ),
        )
    )
    .values(due_at=_now),
    'runs_in_hand': select(calls.c.run_id, runs.c.cancel_at)
    .select_from(calls.join(runs, runs.c.id == calls.c.run_id))
    .where(text("calls.status = 'leased'"), calls.c.worker == _worker),
    'runs_to_cut': select(runs.c.id).where(_asked, runs.c.cancel_at <= _now).limit(OVERDUE_AT_A_TIME),
    # The calls in hand stay so: their results are recorded.
    'pause_run': _changed(RunStatus.PAUSED, (RunStatus.PENDING, RunStatus.RUNNING, RunStatus.WAITING)),
    'hold_calls': update(calls)
    .where(calls.c.run_id == _run, calls.c.status == CallStatus.PENDING.value)
    .values(status=CallStatus.HELD.value),
    'resume_run': _changed(
        RunStatus.WAITING,
        (RunStatus.PAUSED,),
        status=case(
            (_start_in_hand, RunStatus.RUNNING.value),
            (runs.c.step == 0, RunStatus.PENDING.value),
            else_=RunStatus.WAITING.value,
        ),
        error=None,
    ),
    # With no setbacks, as those of a run that was set aside are what it was set aside for.
    'release_held_calls': update(calls)
    .where(calls.c.run_id == _run, calls.c.status == CallStatus.HELD.value)
    .values(status=CallStatus.PENDING.value, attempt=calls.c.failures),
    # It waits as before, in another state, unless somebody went on with it or a worker has a call of it.
    'move_run': update(runs)
    .where(
        runs.c.id == _run,
        runs.c.version == open_parameter('version'),
        status_in(runs.c.status, (RunStatus.WAITING, RunStatus.PAUSED)),
        ~exists(select(literal(1)).where(calls.c.run_id == _run, text("calls.status = 'leased'"))),
    )
    .values(
        script_hash=open_parameter('script_hash'), step=runs.c.step + 1, version=runs.c.version + 1, updated_at=_now
    ),
    'retry_run': _changed(
        RunStatus.WAITING,
        (RunStatus.FAILED, RunStatus.PAUSED),
        status=case((runs.c.step == 0, RunStatus.PENDING.value), else_=RunStatus.WAITING.value),
        error=None,
        finished_at=None,
        # One that has passed would end it again at once.
        deadline_at=None,
        cancel_at=None,
    ),
    # Those whose results the failed step took are executed anew, and those that were held with the run.
    'retry_calls': update(calls)
    .where(calls.c.run_id == _run)
    .where(
        or_(
            and_(calls.c.status == CallStatus.HELD.value, calls.c.finished_at.is_(None)),
            and_(
                status_in(calls.c.status, (CallStatus.DONE, CallStatus.FAILED)),
                # An item is begun anew with the call of which it is one, if it has no result.
                calls.c.part_of.is_(None),
                func.coalesce(calls.c.step, calls.c.number)
                == select(runs.c.step).where(runs.c.id == _run).scalar_subquery(),
            ),
        )
    )
    .values(
        status=CallStatus.PENDING.value,
        worker=None,
        result=None,
        error=None,
        attempt=0,
        failures=0,
        # A timer goes on with the moment that it had: to begin it anew would make it late, and to take it now early.
        created_at=case((calls.c.kind == CallKind.TIMER.value, calls.c.created_at), else_=_now),
        due_at=case((calls.c.kind == CallKind.TIMER.value, calls.c.due_at), else_=_now),
        finished_at=None,
        step=None,
    ),
    # A pending call that has ended is not executed, only handed over.
    'hand_over_calls': update(calls)
    .where(calls.c.run_id == _run, status_in(calls.c.status, (CallStatus.READY, CallStatus.HELD)))
    .values(status=CallStatus.PENDING.value, due_at=_now),
    'set_aside_calls': update(calls)
    .where(calls.c.run_id == _run, status_in(calls.c.status, (CallStatus.PENDING, CallStatus.LEASED)))
    .values(status=CallStatus.HELD.value, worker=None),
    # When something has to be done for time alone, in one question: the end of a run by its deadline, the end of the grace of
    # one that cleans up instead, and a moment of a schedule.
    'next_times': select(
        select(func.min(runs.c.deadline_at))
        .where(_overdue, runs.c.status != RunStatus.CANCELLING.value)
        .scalar_subquery(),
        select(func.min(runs.c.cancel_at)).where(_asked).scalar_subquery(),
        select(func.min(schedules.c.next_at)).where(text('paused = 0 AND next_at IS NOT NULL')).scalar_subquery(),
    ),
    'overdue_runs': select(runs.c.id, runs.c.deadline_at)
    .where(_overdue, runs.c.status != RunStatus.CANCELLING.value, runs.c.deadline_at <= _now)
    .order_by(runs.c.deadline_at)
    .limit(OVERDUE_AT_A_TIME),
    'fail_overdue_run': _changed(
        RunStatus.FAILED, sources_of(RunStatus.FAILED), error=open_parameter('run_error'), finished_at=_now
    ).where(runs.c.deadline_at <= _now),
}


class Steered(Family):
    """What a store does at the word of a person, or when a deadline passes."""

    def cancel(self, run_id: str, grace_us: int = 0) -> bool:
        """Cancel a run that has not ended and the runs that it has started, and return whether there was one.

        Those whose scripts have begun have the time of grace to clean up; others end now.
        """
        now = self.now()
        statements = self._statements
        told, ended = list[str](), list[str]()
        # All runs before any calls, as everywhere (family.py).
        for each in (run_id, *self.descendants(run_id)):
            row = {'run_id': each, 'now': now, 'cancel_at': now + grace_us}
            if grace_us > 0 and self._execute(statements['ask_to_cancel'], row):
                told.append(each)
            elif self._execute(statements['cancel_run'], row):
                ended.append(each)
        for each in told:
            self._execute(statements['hurry_calls'], {'run_id': each, 'now': now})
        for each in ended:
            self._end_calls(each, now)
        if told or ended:
            self._left_work()
        return run_id in told or run_id in ended

    def _end_calls(self, run_id: str, now: int) -> None:
        """Give the calls of a run up that was ended, and tell who waits for it."""
        self._execute(self._statements['cancel_calls'], {'run_id': run_id, 'now': now})
        self.wake_parent(run_id)
        self._stopped(run_id)

    def runs_in_hand(self, session: str) -> dict[str, bool]:
        """Return the runs of which a session has calls leased, and whether each is cancelled."""
        found = self._query(self._statements['runs_in_hand'], {'worker': session})
        return {run_id: cancel_at is not None for run_id, cancel_at in found}

    def terminate(self, run_id: str) -> bool:
        """End a run that has not ended and those that it has started, without asking their scripts; tell whether there was one."""
        return self.cancel(run_id, 0)

    def pause(self, run_id: str) -> bool:
        """Hold the calls of a run that nobody has in hand, and return whether there was such a run."""
        row = {'run_id': run_id, 'now': self.now()}
        if not self._execute(self._statements['pause_run'], row):
            return False
        self._execute(self._statements['hold_calls'], row)
        self._stopped(run_id)
        return True

    def resume(self, run_id: str) -> bool:
        """Let the held calls of a paused run be taken, and return whether there was one."""
        row = {'run_id': run_id, 'now': self.now()}
        if not self._execute(self._statements['resume_run'], row):
            return False
        self._execute(self._statements['release_held_calls'], row)
        self._execute(self._statements['hand_over_calls'], row)
        self._left_work()
        return True

    def retry(self, run_id: str) -> bool:
        """Let a failed or paused run go on with the calls whose results it took last, and return whether there was one."""
        row = {'run_id': run_id, 'now': self.now()}
        if not self._execute(self._statements['retry_run'], row):
            return False
        self._execute(self._statements['retry_calls'], row)
        self._execute(self._statements['forget_failed_items'], row)
        self._execute(self._statements['hand_over_calls'], row)
        self._left_work()
        return True

    def move_run(self, run_id: str, version: int, script_hash: str, now: int) -> bool:
        """Put a run that still stands at a version on another script and a further step, and return whether it was so."""
        row = {'run_id': run_id, 'version': version, 'script_hash': script_hash, 'now': now}
        return bool(self._execute(self._statements['move_run'], row))

    def end_overdue(self) -> tuple[int, int | None]:
        """End runs whose time is over: a deadline, or the grace after a cancellation; return how many, and the next moment."""
        now = self.now()
        ended = sum(self.terminate(run_id) for (run_id,) in self._query(self._statements['runs_to_cut'], {'now': now}))
        for run_id, deadline in self._query(self._statements['overdue_runs'], {'now': now}):
            row = {'run_id': run_id, 'now': now, 'run_error': deadline_error(deadline)}
            if self._execute(self._statements['fail_overdue_run'], row):
                self._execute(self._statements['set_aside_calls'], row)
                self.wake_parent(run_id)
                self._stopped(run_id)
                ended += 1
        return ended, self.next_time()

    def next_time(self) -> int | None:
        """Return the earliest moment at which something is to be done for time alone, which may have passed."""
        [found] = self._query(self._statements['next_times'], {})
        return earliest(found)
