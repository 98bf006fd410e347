"""What people look at across runs: filtered pages, counts, versions, workers, and samples of function calls.

Pages go by the id of the last row, since ids grow with time, and a count stops at a bound: nothing here reads the whole
table, however many runs there are, but for a search of texts, which goes back until the page is full.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, case, func, literal, select, text
from sqlalchemy.sql import ClauseElement

from monty_flow.engine.ids import id_at, moment_of_id
from monty_flow.engine.records import Call, HistoryEntry, LogLine
from monty_flow.engine.schema import calls, history, logs, runs, workers
from monty_flow.engine.states import CallStatus, RunStatus
from monty_flow.engine.store import rows
from monty_flow.engine.store.operations import Operations
from monty_flow.engine.store.statements import CALL_ROW, open_parameter

#: Ids in one question for versions.
_AT_ONCE = 50


_newest_runs = select(runs.c.id).order_by(runs.c.id.desc()).limit(open_parameter('runs'))
_newest = _newest_runs.subquery()
_newest_of_namespace = _newest_runs.where(runs.c.namespace == open_parameter('namespace')).subquery()
_sampled = select(history.c.function, history.c.call_status, history.c.function_us, history.c.at).limit(
    open_parameter('limit')
)

_some_of_status = (
    select(runs.c.namespace)
    .where(runs.c.status == open_parameter('status'))
    .order_by(runs.c.id.desc())
    .limit(open_parameter('limit'))
    .subquery()
)

_newest_moments = (
    select(func.substr(runs.c.id, 1, open_parameter('length')).label('prefix'))
    .where(runs.c.status == open_parameter('status'), runs.c.id >= open_parameter('low_id'))
    .order_by(runs.c.id.desc())
    .limit(open_parameter('limit'))
)
_moments = _newest_moments.subquery()
_moments_of_namespace = _newest_moments.add_columns(runs.c.namespace).subquery()

_newest_scripts = (
    select(runs.c.id, runs.c.script_name, runs.c.script_hash, runs.c.status, runs.c.created_at)
    .order_by(runs.c.id.desc())
    .limit(open_parameter('runs'))
)


def _scripts_of(newest: Select[Any]) -> ClauseElement:
    found = newest.subquery()
    failed = func.sum(case((found.c.status == RunStatus.FAILED.value, 1), else_=0))
    newest_id = func.max(found.c.id)
    first, last = func.min(found.c.created_at), func.max(found.c.created_at)
    return (
        select(found.c.script_name, found.c.script_hash, func.count(), failed, first, last, newest_id)
        .group_by(found.c.script_name, found.c.script_hash)
        .order_by(newest_id.desc())
    )


CLAUSES: dict[str, ClauseElement] = {
    # A bounded look into the index, so that it costs the same with a million runs.
    'count_status': select(func.count()).select_from(
        select(literal(1)).where(runs.c.status == open_parameter('status')).limit(open_parameter('limit')).subquery()
    ),
    # Among the newest ones only: a namespace with few runs would else be looked for through all of them.
    'count_status_of_namespace': select(func.count())
    .select_from(_some_of_status)
    .where(_some_of_status.c.namespace == open_parameter('namespace')),
    # The beginnings of ids stand for their moments, and an index has them.
    'moments_of_status': select(_moments.c.prefix, func.count()).group_by(_moments.c.prefix),
    'moments_of_status_of_namespace': select(_moments_of_namespace.c.prefix, func.count())
    .where(_moments_of_namespace.c.namespace == open_parameter('namespace'))
    .group_by(_moments_of_namespace.c.prefix),
    'versions': select(runs.c.id, runs.c.version).where(
        runs.c.id.in_([open_parameter(str(n)) for n in range(_AT_ONCE)])
    ),
    # Those of before several calls at once have no step: each was alone, and its number is that of the step.
    'taken_calls': CALL_ROW.where(
        calls.c.run_id == open_parameter('run_id'),
        func.coalesce(calls.c.step, calls.c.number) == open_parameter('step'),
        calls.c.status.in_([CallStatus.DONE.value, CallStatus.FAILED.value]),
        # The results of items are in that of the call of which they are items.
        calls.c.part_of.is_(None),
    ).order_by(calls.c.number),
    'recent_calls': CALL_ROW.where(calls.c.run_id == open_parameter('run_id'), calls.c.number > 0)
    .order_by(calls.c.number.desc())
    .limit(open_parameter('limit')),
    'recent_history': select(history)
    .where(history.c.run_id == open_parameter('run_id'))
    .order_by(history.c.version.desc())
    .limit(open_parameter('limit')),
    'recent_logs': select(logs)
    .where(logs.c.run_id == open_parameter('run_id'))
    .order_by(logs.c.id.desc())
    .limit(open_parameter('limit')),
    'list_workers': select(workers).where(workers.c.expires_at > open_parameter('now')).order_by(workers.c.name),
    'count_leased': select(calls.c.worker, func.count())
    .where(text("calls.status = 'leased'"))
    .group_by(calls.c.worker),
    'scripts_of_runs': _scripts_of(_newest_scripts),
    'scripts_of_runs_of_namespace': _scripts_of(_newest_scripts.where(runs.c.namespace == open_parameter('namespace'))),
    'sample_calls': _sampled.where(history.c.run_id.in_(select(_newest.c.id)), history.c.number > 0),
    'sample_calls_of_namespace': _sampled.where(
        history.c.run_id.in_(select(_newest_of_namespace.c.id)), history.c.number > 0
    ),
}


class Views(Operations):
    """What a store tells across runs."""

    def count_status(self, status: RunStatus, limit: int, namespace: str | None = None) -> int:
        """Return how many runs are in a status, `limit` at most; of a namespace those among the newest `limit`."""
        name = 'count_status' if namespace is None else 'count_status_of_namespace'
        row = {'status': status.value, 'limit': limit, 'namespace': namespace}
        found: int = self._query(self._statements[name], row)[0][0]
        return found

    def moments_of_status(
        self, status: RunStatus, since_ms: int, length: int, limit: int, namespace: str | None = None
    ) -> list[tuple[int, int]]:
        """Return moments in milliseconds, rounded down, with how many of the newest `limit` runs of a status were submitted then.

        `length` is that of the beginnings of ids that stand for the moments.
        """
        name = 'moments_of_status' if namespace is None else 'moments_of_status_of_namespace'
        row = {
            'status': status.value, 'low_id': id_at(since_ms), 'length': length, 'limit': limit, 'namespace': namespace
        }  # fmt: skip
        return [(moment_of_id(prefix), number) for prefix, number in self._query(self._statements[name], row)]

    def versions(self, run_ids: Sequence[str]) -> dict[str, int]:
        """Return the version of each of these runs that is there."""
        found: dict[str, int] = {}
        for start in range(0, len(run_ids), _AT_ONCE):
            some = run_ids[start : start + _AT_ONCE]
            # A statement of one length only: places that are left over ask for the first id again.
            row = {str(place): some[place] if place < len(some) else some[0] for place in range(_AT_ONCE)}
            found.update((run_id, version) for run_id, version in self._query(self._statements['versions'], row))
        return found

    def taken_calls(self, run_id: str, step: int) -> list[Call]:
        """Return the calls whose results a run took in the state of this step, in their order."""
        found = self._query(self._statements['taken_calls'], {'run_id': run_id, 'step': step})
        return [rows.call(row, self.whole) for row in found]

    def recent_calls(self, run_id: str, limit: int) -> list[Call]:
        """Return the last calls of a run, in their order."""
        found = self._query(self._statements['recent_calls'], {'run_id': run_id, 'limit': limit})
        return [rows.call(row, self.whole) for row in reversed(found)]

    def recent_history(self, run_id: str, limit: int) -> list[HistoryEntry]:
        """Return the last commits of a run, in their order."""
        found = self._query(self._statements['recent_history'], {'run_id': run_id, 'limit': limit})
        return [rows.history_entry(row) for row in reversed(found)]

    def recent_logs(self, run_id: str, limit: int) -> list[LogLine]:
        """Return the last lines that a run printed, in their order."""
        found = self._query(self._statements['recent_logs'], {'run_id': run_id, 'limit': limit})
        return [rows.log_line(row) for row in reversed(found)]

    def live_sessions(self, now: int) -> list[tuple[Any, ...]]:
        """Return the rows of the sessions whose lease has not run out, each with the calls that it has in hand."""
        leased: dict[Any, Any] = dict(self._query(self._statements['count_leased'], {}))
        rows = self._query(self._statements['list_workers'], {'now': now})
        return [(*row, leased.get(row[0], 0)) for row in rows]

    def scripts_of_runs(self, newest_runs: int, namespace: str | None = None) -> list[tuple[Any, ...]]:
        """Return name and hash of the scripts of the newest runs, or those of a namespace, the last used first.

        With each the number of its runs and of those that failed, when the first and the last were submitted, and the id of the newest.
        """
        name = 'scripts_of_runs' if namespace is None else 'scripts_of_runs_of_namespace'
        return self._query(self._statements[name], {'runs': newest_runs, 'namespace': namespace})

    def sample_calls(self, newest_runs: int, limit: int, namespace: str | None = None) -> list[tuple[Any, ...]]:
        """Return function, status, microseconds and moment of attempts in the newest runs, or those of a namespace."""
        name = 'sample_calls' if namespace is None else 'sample_calls_of_namespace'
        return self._query(self._statements[name], {'runs': newest_runs, 'limit': limit, 'namespace': namespace})
