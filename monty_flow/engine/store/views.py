"""What people look at across runs: filtered pages, counts, versions, workers, and samples of function calls.

Pages go by the id of the last row, since ids grow with time, and a count stops at a bound: nothing here reads the whole
table, however many runs there are, but for a search of texts, which goes back until the page is full.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from sqlalchemy import Select, bindparam, func, literal, select, text
from sqlalchemy.engine import Dialect
from sqlalchemy.sql import ClauseElement

from monty_flow.engine.records import Run
from monty_flow.engine.schema import calls, history, runs, workers
from monty_flow.engine.states import RunStatus
from monty_flow.engine.store.statements import OPEN, RUN_ROW, Statement

#: Above every id: ids are hexadecimal digits and dashes.
_LAST_ID = '~'
#: Ids in one question for versions.
_AT_ONCE = 50


def _open(name: str) -> Any:
    return bindparam(OPEN + name, required=False)


@dataclass(frozen=True, slots=True)
class RunCriteria:
    """What runs a page holds; None for no such bound."""

    status: RunStatus | None = None
    script_name: str | None = None
    #: Is part of the script's name or of the key, or begins the id.
    text: str | None = None
    #: Ids from this one on, and below that one.
    low: str | None = None
    high: str | None = None


_newest = select(runs.c.id).order_by(runs.c.id.desc()).limit(_open('runs')).subquery()

CLAUSES: dict[str, ClauseElement] = {
    # A bounded look into the index, so that it costs the same with a million runs.
    'count_status': select(func.count()).select_from(
        select(literal(1)).where(runs.c.status == _open('status')).limit(_open('limit')).subquery()
    ),
    'versions': select(runs.c.id, runs.c.version).where(runs.c.id.in_([_open(str(n)) for n in range(_AT_ONCE)])),
    'list_workers': select(workers).where(workers.c.expires_at > _open('now')).order_by(workers.c.name),
    'count_leased': select(calls.c.worker, func.count())
    .where(text("calls.status = 'leased'"))
    .group_by(calls.c.worker),
    'sample_calls': select(history.c.function, history.c.call_status, history.c.function_us, history.c.at)
    .where(history.c.run_id.in_(select(_newest.c.id)), history.c.number > 0)
    .limit(_open('limit')),
}


def _page(criteria: RunCriteria) -> Select[Any]:
    """Select a page of runs; which criteria are set decides the statement, their values are open."""
    clause = RUN_ROW.where(runs.c.id < _open('high')).order_by(runs.c.id.desc()).limit(_open('limit'))
    if criteria.low is not None:
        clause = clause.where(runs.c.id >= _open('low'))
    if criteria.status is not None:
        clause = clause.where(runs.c.status == _open('status'))
    if criteria.script_name is not None:
        clause = clause.where(runs.c.script_name == _open('script_name'))
    if criteria.text is not None:
        like = _open('like')
        clause = clause.where(
            func.lower(runs.c.script_name).like(like, escape='\\')
            | func.lower(runs.c.key).like(like, escape='\\')
            | runs.c.id.like(_open('beginning'), escape='\\')
        )
    return clause


def _escaped(words: str) -> str:
    for sign in ('\\', '%', '_'):
        words = words.replace(sign, f'\\{sign}')
    return words.lower()


class Views:
    """What a store tells across runs."""

    dialect: ClassVar[Any]
    _statements: dict[str, Statement]
    _pages: dict[tuple[bool, ...], Statement]

    def _query(self, statement: Statement, parameters: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        raise NotImplementedError

    def _runs(self, found: Sequence[tuple[Any, ...]]) -> Sequence[Run]:
        raise NotImplementedError

    def page(self, criteria: RunCriteria, limit: int) -> Sequence[Run]:
        """Return up to `limit` runs that fit, the newest first."""
        fields = (criteria.low, criteria.status, criteria.script_name, criteria.text)
        shape = tuple(field is not None for field in fields)
        statement = self._pages.get(shape)
        if statement is None:
            dialect: Dialect = self.dialect
            statement = self._pages[shape] = Statement(_page(criteria), dialect)
        words = _escaped(criteria.text or '')
        parameters = {
            'low': criteria.low,
            'high': criteria.high or _LAST_ID,
            'status': criteria.status,
            'script_name': criteria.script_name,
            'like': f'%{words}%',
            'beginning': f'{words}%',
            'limit': limit,
        }
        return self._runs(self._query(statement, parameters))

    def count_status(self, status: RunStatus, limit: int) -> int:
        """Return how many runs are in a status, `limit` at most."""
        found: int = self._query(self._statements['count_status'], {'status': status.value, 'limit': limit})[0][0]
        return found

    def versions(self, run_ids: Sequence[str]) -> dict[str, int]:
        """Return the version of each of these runs that is there."""
        found: dict[str, int] = {}
        for start in range(0, len(run_ids), _AT_ONCE):
            some = run_ids[start : start + _AT_ONCE]
            # A statement of one length only: places that are left over ask for the first id again.
            row = {str(place): some[place] if place < len(some) else some[0] for place in range(_AT_ONCE)}
            found.update((run_id, version) for run_id, version in self._query(self._statements['versions'], row))
        return found

    def live_sessions(self, now: int) -> list[tuple[Any, ...]]:
        """Return the rows of the sessions whose lease has not run out, each with the calls that it has in hand."""
        leased = dict(self._query(self._statements['count_leased'], {}))
        rows = self._query(self._statements['list_workers'], {'now': now})
        return [(*row, leased.get(row[0], 0)) for row in rows]

    def sample_calls(self, newest_runs: int, limit: int) -> list[tuple[Any, ...]]:
        """Return function, status, microseconds and moment of attempts in the newest runs."""
        return self._query(self._statements['sample_calls'], {'runs': newest_runs, 'limit': limit})
