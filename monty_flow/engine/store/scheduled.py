"""Schedules: their rows, and how a moment of one becomes a run.

Workers fire what is due, each in a transaction that locks the row of the schedule, inserts the run and says which moment is next. So a
moment gives one run, whoever fires it and whatever fails; the key of the run says so once more.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.sql import ClauseElement

from monty_flow.engine import payloads
from monty_flow.engine.clock import MICROSECONDS, moment
from monty_flow.engine.errors import EngineError
from monty_flow.engine.moments import Cron, Interval, Once, Timetable, jitter
from monty_flow.engine.schema import runs, schedules, tags
from monty_flow.engine.states import CatchUp, Overlap
from monty_flow.engine.store.inserted import NewRun
from monty_flow.engine.store.operations import Operations
from monty_flow.engine.store.statements import open_parameter

logger = logging.getLogger('monty_flow.engine')

#: Schedules that are fired in one transaction.
AT_A_TIME = 20
#: With catch-up `none`, moments that are later than this are those of a downtime.
GRACE_US = 60 * MICROSECONDS
#: Microseconds between looks whether the run has ended for which a moment waits.
LOOK_AGAIN_US = 2 * MICROSECONDS
#: Runs of a schedule, the newest ones, among which those are looked for that are under way.
LOOKED_AT = 100
#: The tag by which the runs of a schedule are found, and the input that tells a script its moment.
TAG = 'schedule'
MOMENT_INPUT = 'scheduled_at'

_name = open_parameter('name')
_newest = (
    select(tags.c.run_id)
    .where(tags.c.name == TAG, tags.c.value == _name)
    .order_by(tags.c.run_id.desc())
    .limit(LOOKED_AT)
    .subquery()
)
_columns = {column.name: open_parameter(column.name) for column in schedules.c}

CLAUSES: dict[str, ClauseElement] = {
    'list_schedules': select(schedules).order_by(schedules.c.name),
    'get_schedule': select(schedules).where(schedules.c.name == _name),
    'lock_schedule': select(schedules).where(schedules.c.name == _name).with_for_update(),
    'due_schedules': select(schedules)
    .where(schedules.c.next_at <= open_parameter('now'), schedules.c.paused == 0)
    .order_by(schedules.c.next_at)
    .limit(AT_A_TIME)
    .with_for_update(skip_locked=True),
    # Also those that were triggered by hand or are tried again, and not forks, which somebody looks into.
    'scheduled_under_way': select(runs.c.id, runs.c.cancel_at)
    .join(_newest, _newest.c.run_id == runs.c.id)
    .where(
        runs.c.finished_at.is_(None),
        runs.c.namespace == open_parameter('namespace'),
        runs.c.parent_id.is_(None),
        runs.c.origin_id.is_(None),
    )
    .order_by(runs.c.id),
    'insert_schedule': insert(schedules).values(_columns),
    'update_schedule': update(schedules).where(schedules.c.name == _name).values(_columns),
    'delete_schedule': delete(schedules).where(schedules.c.name == _name),
}


@dataclass(frozen=True, slots=True)
class StoredSchedule:
    """The row of a schedule; moments in microseconds."""

    name: str
    #: One of these says when: a cron expression, an interval, or one moment.
    cron: str | None
    timezone: str
    every_us: int | None
    #: The first moment of an interval, or the one moment.
    anchor: int | None
    overlap: str
    catch_up: str
    #: Moments of a downtime, or that wait for their turn, that are made up for at most.
    max_catch_up: int
    jitter_us: int
    paused: int
    #: The next moment, and when it is fired; None when there is none any more.
    next_moment: int | None
    next_at: int | None
    #: Whether that moment waits for the end of the run before.
    held: int
    last_moment: int | None
    last_run: str | None
    fired: int
    skipped: int
    #: Why it was paused by a worker.
    error: str | None
    created_at: int
    # What its runs are made of.
    source: str
    script_hash: str
    script_name: str
    inputs: bytes
    passes_moment: int
    limits: bytes | None
    keep_snapshots: int | None
    namespace: str
    tags: bytes | None
    deadline_us: int | None
    lane: str

    @property
    def timetable(self) -> Timetable:
        """When it has its moments."""
        if self.cron is not None:
            return Cron(self.cron, self.timezone)
        assert self.anchor is not None
        return Once(self.anchor) if self.every_us is None else Interval(self.anchor, self.every_us)

    def fires_at(self, nominal: int) -> int:
        """Return when a moment is fired."""
        return nominal + jitter(self.name, nominal, self.jitter_us)

    def going_on(self, start: int) -> StoredSchedule:
        """Return it with the first moment at or after `start` as the next one."""
        found = self.timetable.first(start)
        return replace(self, next_moment=found, next_at=None if found is None else self.fires_at(found), held=0)

    def run(self, run_id: str, nominal: int | None) -> NewRun:
        """Return the run for a moment; None for one that is triggered by hand."""
        inputs = payloads.decode(self.inputs)
        if self.passes_moment:
            inputs[MOMENT_INPUT] = None if nominal is None else moment(nominal)
        return NewRun(
            id=run_id,
            source=self.source,
            script_hash=self.script_hash,
            script_name=self.script_name,
            key=None if nominal is None else f'{TAG}:{self.name}:{moment(nominal).isoformat()}',
            inputs=payloads.encode(inputs),
            limits=self.limits,
            keep_snapshots=self.keep_snapshots,
            namespace=self.namespace,
            tags={**(payloads.decode(self.tags) if self.tags else {}), TAG: self.name},
            deadline_us=self.deadline_us,
            lane=self.lane,
        )


_FIELDS = tuple(field.name for field in fields(StoredSchedule))


class Scheduled(Operations):
    """What a store does with schedules."""

    def insert_runs(self, new: Sequence[NewRun], *, bounded: bool = True) -> list[str]:
        """Insert runs."""
        raise NotImplementedError

    def cancel(self, run_id: str, grace_us: int = 0) -> bool:
        """Cancel a run."""
        raise NotImplementedError

    def end_overdue(self) -> tuple[int, int | None]:
        """End runs whose time is over, and return the next moment."""
        raise NotImplementedError

    def attend(self, new_id: Callable[[], str]) -> int | None:
        """Do what time alone asks for: fire schedules, end runs; return the next moment at which there is something."""
        self.fire_due(new_id)
        return self.end_overdue()[1]

    def schedules(self) -> list[StoredSchedule]:
        """Return all schedules, by name."""
        return [_stored(row) for row in self._query(self._statements['list_schedules'], {})]

    def schedule(self, name: str, *, lock: bool = False) -> StoredSchedule | None:
        """Return a schedule, which nobody else changes until the end of the transaction if it is locked."""
        found = self._query(self._statements['lock_schedule' if lock else 'get_schedule'], {'name': name})
        return _stored(found[0]) if found else None

    def put_schedule(self, schedule: StoredSchedule, *, new: bool) -> None:
        """Write a schedule, and let workers look when it is due."""
        row = {name: getattr(schedule, name) for name in _FIELDS}
        self._execute(self._statements['insert_schedule' if new else 'update_schedule'], row)
        self._left_work()

    def delete_schedule(self, name: str) -> bool:
        """Delete a schedule, and return whether there was one."""
        return self._execute(self._statements['delete_schedule'], {'name': name}) > 0

    def trigger(self, schedule: StoredSchedule, run_id: str) -> None:
        """Insert a run of a schedule beside its moments."""
        self.insert_runs([schedule.run(run_id, None)], bounded=False)
        self.put_schedule(replace(schedule, last_run=run_id, fired=schedule.fired + 1), new=False)

    def fire_due(self, new_id: Callable[[], str]) -> int:
        """Make the runs of all moments that are due, and return how many these are."""
        now = self.now()
        fired = 0
        for row in self._query(self._statements['due_schedules'], {'now': now}):
            schedule = _stored(row)
            try:
                after, moments = self._due(schedule, now)
            except (EngineError, ValueError, ArithmeticError) as error:
                logger.error('the schedule %s is paused: %s', schedule.name, error)
                after, moments = replace(schedule, paused=1, error=str(error)), []
            for nominal in moments:
                [run_id] = self.insert_runs([schedule.run(new_id(), nominal)], bounded=False)
                after = replace(after, last_run=run_id, last_moment=nominal, fired=after.fired + 1)
                fired += 1
            self.put_schedule(after, new=False)
        return fired

    def _under_way(self, schedule: StoredSchedule) -> dict[str, bool]:
        """Return the runs of a schedule that are under way, and whether each is cancelled."""
        row = {'name': schedule.name, 'namespace': schedule.namespace}
        found = self._query(self._statements['scheduled_under_way'], row)
        return {run_id: cancel_at is not None for run_id, cancel_at in found}

    def _due(self, schedule: StoredSchedule, now: int) -> tuple[StoredSchedule, list[int]]:
        """Return the schedule as it goes on, and the moments to fire now."""
        assert schedule.next_moment is not None
        overlap = Overlap(schedule.overlap)
        # Moments that wait for their turn are none of a downtime; those that come upon nothing that waits are, if they are several.
        waits = overlap is Overlap.QUEUE and (bool(schedule.held) or schedule.catch_up == CatchUp.NONE)
        many = schedule.catch_up == CatchUp.ALL or waits
        found = schedule.timetable.newest(schedule.next_moment, now, schedule.max_catch_up if many else 1)
        due = [nominal for nominal in found if schedule.fires_at(nominal) <= now]
        later = next((nominal for nominal in found if schedule.fires_at(nominal) > now), now + 1)
        after = schedule.going_on(later)
        if schedule.catch_up == CatchUp.NONE and not schedule.held:
            due = [nominal for nominal in due if schedule.fires_at(nominal) >= now - GRACE_US]
        if not due or overlap is Overlap.ALLOW:
            return after, due
        busy = self._under_way(schedule)
        if overlap is Overlap.QUEUE:
            waiting = due if busy else due[1:]
            if waiting:
                after = replace(after, next_moment=waiting[0], next_at=now + LOOK_AGAIN_US, held=1)
            return after, due[: len(due) - len(waiting)]
        if overlap is Overlap.CANCEL:
            for run_id, is_cancelled in busy.items():
                # The grace of one that cleans up is not prolonged.
                if not is_cancelled:
                    self.cancel(run_id, GRACE_US)
            return replace(after, skipped=after.skipped + len(due) - 1), due[-1:]
        fired = [] if busy else due[:1]
        return replace(after, skipped=after.skipped + len(due) - len(fired)), fired


def _stored(row: Any) -> StoredSchedule:
    found: Mapping[str, Any] = dict(zip((column.name for column in schedules.c), row, strict=True))
    return StoredSchedule(**found)
