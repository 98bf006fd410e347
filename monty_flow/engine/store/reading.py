"""Runs, their calls, history and output, and where a run stands, as they are read."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import (
    select,
)
from sqlalchemy.sql import ClauseElement

from monty_flow.engine.filters import RunFilter
from monty_flow.engine.records import Call, HistoryEntry, LogLine, Run
from monty_flow.engine.schema import calls, history, logs, progress, runs, scripts, workers
from monty_flow.engine.states import ENDED, LIVE, RunStatus
from monty_flow.engine.store import rows
from monty_flow.engine.store.finding import LAST_ID, Finding
from monty_flow.engine.store.kept import Kept
from monty_flow.engine.store.operations import Row
from monty_flow.engine.store.statements import (
    CALL_ROW,
    LAST_CALL,
    OLDEST_CALL,
    RUN_ROW,
    open_parameter,
    status_in,
)
from monty_flow.engine.store.wording import Waiting
from monty_flow.engine.transitions import Program, Standing

_open = open_parameter
_now = _open('now')
_run = _open('run_id')
_worker = _open('worker')

_live = status_in(calls.c.status, LIVE)

#: Ids in one question for runs.
_AT_ONCE = 100

CLAUSES: dict[str, ClauseElement] = {
    # Submitting.
    'find_script': select(scripts.c.source).where(scripts.c.hash == _open('hash')),
    # Reading.
    'get_run': RUN_ROW.where(runs.c.id == _run),
    'get_runs': RUN_ROW.where(runs.c.id.in_([_open(str(n)) for n in range(_AT_ONCE)])),
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
        calls.c.due_at,
        calls.c.part_of,
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
    'list_calls': CALL_ROW.where(calls.c.run_id == _run, calls.c.number > _open('after'))
    .order_by(calls.c.number)
    .limit(_open('limit')),
    'find_progress': select(progress.c.data).where(progress.c.run_id == _run, progress.c.number == _open('number')),
    'list_history': select(history)
    .where(history.c.run_id == _run, history.c.version > _open('after'))
    .order_by(history.c.version)
    .limit(_open('limit')),
    'list_logs': select(logs)
    .where(logs.c.run_id == _run, logs.c.id > _open('after'))
    .order_by(logs.c.id)
    .limit(_open('limit')),
    'live_workers': select(workers.c.functions).where(workers.c.expires_at > _now),
}


#: As many rows as there are.
ALL = 1 << 62


class Reading(Finding, Kept):
    """What is read of runs."""

    def progress(self, run_id: str, number: int) -> bytes | None:
        """Return the payload of what was said last of a call."""
        found = self._query(self._statements['find_progress'], {'run_id': run_id, 'number': number})
        return found[0][0] if found else None

    def get(self, run_id: str) -> Run | None:
        """Return the run of this whole id, or None."""
        return next(iter(self._runs(self._query(self._statements['get_run'], {'run_id': run_id}))), None)

    def get_many(self, run_ids: Sequence[str]) -> dict[str, Run]:
        """Return the runs of these whole ids that are there, by their ids."""
        found: list[Row] = []
        for start in range(0, len(run_ids), _AT_ONCE):
            some = run_ids[start : start + _AT_ONCE]
            # A statement of one length only: places that are left over ask for the first id again.
            row = {str(place): some[place] if place < len(some) else some[0] for place in range(_AT_ONCE)}
            found += self._query(self._statements['get_runs'], row)
        return {run.id: run for run in self._runs(found)}

    def find(self, prefix: str) -> Sequence[Run]:
        """Return up to two runs whose ids begin with `prefix`."""
        return self._runs(self._query(self._statements['runs_by_prefix'], {'low': prefix, 'high': prefix + LAST_ID}))

    def list(
        self, filter: RunFilter | None, limit: int, before: str | None, *, from_id: str | None = None
    ) -> Sequence[Run]:
        """Return runs, newest first, older than the id `before`, and not older than `from_id`."""
        return self._runs(self.page(filter or RunFilter(), limit, before, from_id))

    def calls(self, run_id: str, after: int = 0, limit: int = ALL) -> Sequence[Call]:
        """Return the calls of a run in their order, those of a number over `after`."""
        row = {'run_id': run_id, 'after': after, 'limit': limit}
        return [rows.call(each, self.whole) for each in self._query(self._statements['list_calls'], row)]

    def history(self, run_id: str, after: int = 0, limit: int = ALL) -> Sequence[HistoryEntry]:
        """Return the commits of a run in their order, those of a version over `after`."""
        row = {'run_id': run_id, 'after': after, 'limit': limit}
        return [rows.history_entry(each) for each in self._query(self._statements['list_history'], row)]

    def logs(self, run_id: str, after: int, limit: int = ALL) -> Sequence[LogLine]:
        """Return the output of a run that comes after the sequence number `after`."""
        row = {'run_id': run_id, 'after': after, 'limit': limit}
        return [rows.log_line(each) for each in self._query(self._statements['list_logs'], row)]

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
        waiting_for = Waiting(served, now, self._waited_for)
        return [rows.run(row, waiting_for, self.whole) for row in found]

    def _waited_for(self, run_id: str, oldest: int) -> Sequence[Row]:
        return self._query(self._statements['waited_for'], {'run_id': run_id, 'oldest': oldest})
