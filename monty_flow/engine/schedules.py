"""The part of `Engine` that looks after schedules; workers fire them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar

from monty_flow.engine import payloads
from monty_flow.engine.clock import MICROSECONDS, Clock, microseconds, moment, moment_or_none
from monty_flow.engine.errors import ScheduleExists, ScheduleNotFound, ScheduleRefused
from monty_flow.engine.ids import IdSource
from monty_flow.engine.interpreting import decode_limits, names_in
from monty_flow.engine.lanes import lane_of
from monty_flow.engine.moments import MIN_INTERVAL_SECONDS
from monty_flow.engine.moments import cron as checked_cron
from monty_flow.engine.records import Run, Submission
from monty_flow.engine.states import CatchUp, Overlap
from monty_flow.engine.store import NewRun, Store, StoredSchedule
from monty_flow.engine.store.scheduled import MOMENT_INPUT
from monty_flow.engine.submitting import MAX_SECONDS, Submissions, plain_name

Result = TypeVar('Result')
Listing = list

#: Moments of a downtime that are made up for at most.
MAX_CATCH_UP = 1000


@dataclass(frozen=True, slots=True)
class Schedule:
    """A schedule as it stood when it was read."""

    name: str
    #: One of these says when it has its moments.
    cron: str | None
    every_seconds: float | None
    at: datetime | None
    timezone: str
    overlap: Overlap
    catch_up: CatchUp
    max_catch_up: int
    #: Each moment is put off by a time of its own that is shorter than this.
    jitter_seconds: float
    paused: bool
    #: When the next run is made, None when there will be none.
    next_at: datetime | None
    #: The last moment that gave a run.
    last_moment: datetime | None
    #: Id of the last run.
    last_run: str | None
    #: Runs that it made, and moments that gave none.
    fired: int
    skipped: int
    #: Why a worker paused it, None when none did.
    error: str | None
    script_name: str
    inputs: dict[str, Any]
    namespace: str
    queue: str
    priority: int
    created_at: datetime


class ScheduleDesk:
    """What an engine does with schedules."""

    _store: Store
    _lock: threading.RLock
    _clock: Clock
    _ids: IdSource

    def get(self, run_id: str) -> Run:
        """Return the run of an id."""
        raise NotImplementedError

    def _write(self, operate: Callable[[Store], Result]) -> Result:
        raise NotImplementedError

    def create_schedule(
        self,
        name: str,
        submission: Submission | str,
        *,
        inputs: Mapping[str, Any] | None = None,
        cron: str | None = None,
        timezone: str = 'UTC',
        every_seconds: float | None = None,
        at: datetime | None = None,
        overlap: Overlap | str = Overlap.SKIP,
        catch_up: CatchUp | str = CatchUp.LAST,
        max_catch_up: int = 100,
        jitter_seconds: float = 0,
        paused: bool = False,
        replace: bool = False,
    ) -> Schedule:
        """Have runs of a script made at moments: of a `cron` expression in a time zone, `every_seconds` from `at` or now on, or once, `at`.

        A script that uses the name `scheduled_at` gets the moment as that input. With `replace` an existing schedule of this name
        is described anew. Raises ScheduleRefused for what cannot be, ScheduleExists, and what `submit` raises for the script.
        """
        given = Submission(submission, inputs or {}) if isinstance(submission, str) else submission
        run, passes_moment = self._template(given)
        stored = _described(
            plain_name('the name of a schedule', name), run, passes_moment, self._clock.now(), cron, timezone,
            every_seconds, at, overlap, catch_up, max_catch_up, jitter_seconds, paused,
        )  # fmt: skip

        def operate(store: Store) -> None:
            found = store.schedule(name, lock=True)
            if found is not None and not replace:
                raise ScheduleExists(name)
            now = store.now()
            store.put_schedule(_anchored(_after(found, stored), now).going_on(now), new=found is None)

        self._write(operate)
        return self.schedule(name)

    def schedules(self) -> Listing[Schedule]:
        """Return all schedules, by name."""
        with self._lock:
            return [_shown(stored) for stored in self._store.schedules()]

    def schedule(self, name: str) -> Schedule:
        """Return a schedule; raise ScheduleNotFound when there is none of this name."""
        with self._lock:
            return _shown(_existing(self._store.schedule(name), name))

    def schedule_submission(self, name: str) -> Submission:
        """Return what the runs of a schedule are made of: the script with its inputs, limits and tags."""
        with self._lock:
            return _submission(_existing(self._store.schedule(name), name))

    def pause_schedule(self, name: str) -> Schedule:
        """Let a schedule make no runs until it is resumed; those that it made go on."""
        return self._change_schedule(name, lambda stored, now: replace(stored, paused=1))

    def resume_schedule(self, name: str) -> Schedule:
        """Let a schedule make runs again, from its next moment on; what passed while it was paused is not made up for."""

        def resumed(stored: StoredSchedule, now: int) -> StoredSchedule:
            return replace(stored, paused=0, error=None).going_on(now) if stored.paused else stored

        return self._change_schedule(name, resumed)

    def trigger_schedule(self, name: str) -> Run:
        """Make a run of a schedule now, beside its moments, and return it."""
        run_id = self._ids.next()
        self._write(lambda store: store.trigger(_existing(store.schedule(name, lock=True), name), run_id))
        return self.get(run_id)

    def delete_schedule(self, name: str) -> None:
        """Delete a schedule; its runs stay."""
        if not self._write(lambda store: store.delete_schedule(name)):
            raise ScheduleNotFound(name)

    def _change_schedule(self, name: str, change: Callable[[StoredSchedule, int], StoredSchedule]) -> Schedule:
        def operate(store: Store) -> None:
            stored = _existing(store.schedule(name, lock=True), name)
            store.put_schedule(change(stored, store.now()), new=False)

        self._write(operate)
        return self.schedule(name)

    def _template(self, given: Submission) -> tuple[NewRun, bool]:
        """Return what the runs of a schedule are made of, and whether they are told their moments."""
        unfit = [name for name in ('key', 'start_at', 'delay_seconds', 'deadline') if getattr(given, name) is not None]
        if unfit:
            raise ScheduleRefused(f'{unfit[0]} is for one run and not for those of a schedule; leave it out')
        passes_moment = MOMENT_INPUT not in given.inputs and MOMENT_INPUT in names_in(given.source)
        inputs = {**given.inputs, MOMENT_INPUT: None} if passes_moment else given.inputs
        run = Submissions(self._ids).new_run(replace(given, inputs=inputs))
        return replace(run, inputs=payloads.encode(dict(given.inputs))), passes_moment


def _described(
    name: str,
    run: NewRun,
    passes_moment: bool,
    now: int,
    cron: str | None,
    timezone: str,
    every_seconds: float | None,
    at: datetime | None,
    overlap: Overlap | str,
    catch_up: CatchUp | str,
    max_catch_up: int,
    jitter_seconds: float,
    paused: bool,
) -> StoredSchedule:
    if (cron is not None) + (every_seconds is not None) + (at is not None and every_seconds is None) != 1:
        raise ScheduleRefused(
            'a schedule goes by one of cron, every_seconds (from at on, or from now) and at; give one'
        )
    if cron is not None:
        checked_cron(cron, timezone)
    if at is not None and (not isinstance(at, datetime) or at.tzinfo is None):
        raise ScheduleRefused(f'at={at!r} is not a moment; give a datetime with a time zone')
    if type(max_catch_up) is not int or not 1 <= max_catch_up <= MAX_CATCH_UP:
        raise ScheduleRefused(f'max_catch_up={max_catch_up!r} is not a number from 1 to {MAX_CATCH_UP}')
    return StoredSchedule(
        name=name,
        cron=cron,
        timezone=timezone,
        every_us=None if every_seconds is None else _us('every_seconds', every_seconds, MIN_INTERVAL_SECONDS),
        anchor=None if at is None else microseconds(at),
        overlap=_choice('overlap', overlap, Overlap),
        catch_up=_choice('catch_up', catch_up, CatchUp),
        max_catch_up=max_catch_up,
        jitter_us=_us('jitter_seconds', jitter_seconds, 0),
        paused=int(paused),
        next_moment=None,
        next_at=None,
        held=0,
        last_moment=None,
        last_run=None,
        fired=0,
        skipped=0,
        error=None,
        created_at=now,
        source=run.source,
        script_hash=run.script_hash,
        script_name=run.script_name,
        inputs=run.inputs,
        passes_moment=int(passes_moment),
        limits=run.limits,
        keep_snapshots=run.keep_snapshots,
        namespace=run.namespace,
        tags=payloads.encode(dict(run.tags)) if run.tags else None,
        deadline_us=run.deadline_us,
        lane=run.lane,
    )


def _anchored(stored: StoredSchedule, now: int) -> StoredSchedule:
    """Return a schedule that goes by an interval from `now` on where nothing else was said, so that this is its first moment."""
    return stored if stored.anchor is not None or stored.every_us is None else replace(stored, anchor=now)


def _after(found: StoredSchedule | None, stored: StoredSchedule) -> StoredSchedule:
    """Return a schedule with what the one before of its name has come to."""
    if found is None:
        return stored
    return replace(
        stored,
        last_moment=found.last_moment,
        last_run=found.last_run,
        fired=found.fired,
        skipped=found.skipped,
        created_at=found.created_at,
    )


def _us(name: str, seconds: Any, lowest: float) -> int:
    if type(seconds) not in (int, float) or not lowest <= seconds <= MAX_SECONDS:
        raise ScheduleRefused(f'{name}={seconds!r} is not a number of seconds from {lowest} on')
    return round(float(seconds) * MICROSECONDS)


def _choice(name: str, value: Any, kind: type[Overlap] | type[CatchUp]) -> str:
    try:
        return kind(value).value
    except ValueError:
        known = ', '.join(each.value for each in kind)
        raise ScheduleRefused(f'{name}={value!r} is none of {known}') from None


def _existing(stored: StoredSchedule | None, name: str) -> StoredSchedule:
    if stored is None:
        raise ScheduleNotFound(name)
    return stored


def _submission(stored: StoredSchedule) -> Submission:
    lane = lane_of(stored.lane)
    return Submission(
        stored.source,
        inputs=payloads.decode(stored.inputs),
        script_name=stored.script_name,
        limits=decode_limits(stored.limits),
        keep_snapshots=stored.keep_snapshots,
        namespace=stored.namespace,
        tags={} if stored.tags is None else payloads.decode(stored.tags),
        deadline_seconds=None if stored.deadline_us is None else stored.deadline_us / MICROSECONDS,
        queue=lane.queue,
        priority=lane.priority,
        concurrency_key=lane.key,
    )


def _shown(stored: StoredSchedule) -> Schedule:
    lane = lane_of(stored.lane)
    return Schedule(
        name=stored.name,
        cron=stored.cron,
        every_seconds=None if stored.every_us is None else stored.every_us / MICROSECONDS,
        at=None if stored.cron is not None or stored.anchor is None else moment(stored.anchor),
        timezone=stored.timezone,
        overlap=Overlap(stored.overlap),
        catch_up=CatchUp(stored.catch_up),
        max_catch_up=stored.max_catch_up,
        jitter_seconds=stored.jitter_us / MICROSECONDS,
        paused=bool(stored.paused),
        next_at=None if stored.paused else moment_or_none(stored.next_at),
        last_moment=moment_or_none(stored.last_moment),
        last_run=stored.last_run,
        fired=stored.fired,
        skipped=stored.skipped,
        error=stored.error,
        script_name=stored.script_name,
        inputs=payloads.decode(stored.inputs),
        namespace=stored.namespace,
        queue=lane.queue,
        priority=lane.priority,
        created_at=moment(stored.created_at),
    )
