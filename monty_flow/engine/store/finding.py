"""Runs by filter: one statement for each combination of conditions that is asked for, built when it first is.

Pages go by the id, which grows with time, so that a page costs the same wherever it is. A tag leads: its index holds the runs that have
it in the order of their ids. Moments of submission bound the ids as well, with some slack for clocks that differ.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Boolean, ColumnElement, FromClause, Select, delete, exists, func, literal, or_, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql import ClauseElement
from sqlalchemy.sql.functions import FunctionElement

from monty_flow.engine.filters import RunFilter
from monty_flow.engine.ids import id_at
from monty_flow.engine.lanes import DEFAULT_QUEUE
from monty_flow.engine.schema import runs, tags
from monty_flow.engine.states import ENDED
from monty_flow.engine.store.operations import Operations, Row
from monty_flow.engine.store.portable import tables_of_runs
from monty_flow.engine.store.statements import RUN_COLUMNS, RUNS_WITH_CALLS, Statement, open_parameter, status_in

#: Above every id: ids are hexadecimal digits and dashes.
LAST_ID = '~'
#: Milliseconds by which the clocks of those who submit may differ.
_SLACK_MS = 24 * 3600 * 1000

_run = open_parameter('run_id')


def _conditions(filter: RunFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if filter.statuses:
        found.append(or_(*(runs.c.status == open_parameter(f'status_{n}') for n in range(len(filter.statuses)))))
    for name, column in {'script_name': runs.c.script_name, 'namespace': runs.c.namespace, 'key': runs.c.key}.items():
        if getattr(filter, name) is not None:
            found.append(column == open_parameter(name))
    if filter.queue is not None:
        within = (runs.c.lane >= open_parameter('low_lane')) & (runs.c.lane < open_parameter('high_lane'))
        found.append(or_(runs.c.lane == open_parameter('plain_lane'), within))
    for number in range(1, len(filter.tags)):
        found.append(exists(select(literal(1)).where(tags.c.run_id == runs.c.id, _is_tag(tags, number))))
    if filter.text is not None:
        found.append(_mentions())
    if filter.after is not None:
        found += [runs.c.created_at >= open_parameter('after'), runs.c.id >= open_parameter('low_id')]
    if filter.before is not None:
        found += [runs.c.created_at < open_parameter('before'), runs.c.id < open_parameter('high_id')]
    return found


def _is_tag(table: Any, number: int) -> ColumnElement[bool]:
    is_tag: ColumnElement[bool] = (table.c.name == open_parameter(f'tag_{number}')) & (
        table.c.value == open_parameter(f'value_{number}')
    )
    return is_tag


class _ContainsInAnyCase(FunctionElement[bool]):
    """Tell whether a column is like a pattern, in letters of any case, at the least cost that the database has for it."""

    type = Boolean()
    inherit_cache = True


@compiles(_ContainsInAnyCase)
def _ilike(element: Any, compiler: Any, **options: Any) -> str:
    return _like(element, compiler, 'ILIKE', **options)


@compiles(_ContainsInAnyCase, 'sqlite')
def _sqlite_like(element: Any, compiler: Any, **options: Any) -> str:
    # There LIKE takes no notice of the case of ASCII letters, and lower() for each column doubles the time of a search.
    return _like(element, compiler, 'LIKE', **options)


def _like(element: Any, compiler: Any, operator: str, **options: Any) -> str:
    column, pattern = (compiler.process(each, **options) for each in element.clauses)
    return f"{column} {operator} {pattern} ESCAPE '\\'"


def _mentions() -> ColumnElement[bool]:
    def has(column: Any) -> ColumnElement[bool]:
        return _ContainsInAnyCase(column, open_parameter('text'))

    tagged = exists(select(literal(1)).where(tags.c.run_id == runs.c.id, has(tags.c.value)))
    return or_(has(runs.c.id), has(runs.c.key), has(runs.c.script_name), tagged)


def _parameters(filter: RunFilter) -> dict[str, Any]:
    found: dict[str, Any] = {
        name: getattr(filter, name) for name in ('script_name', 'namespace', 'key', 'after', 'before')
    }
    found |= {f'status_{number}': status.value for number, status in enumerate(filter.statuses)}
    for number, (name, value) in enumerate(filter.tags.items()):
        found |= {f'tag_{number}': name, f'value_{number}': value}
    if filter.queue is not None:
        # A lane begins with the queue and a slash, after which zero comes; the default queue's may be empty as well.
        low = f'{filter.queue}/'
        found |= {
            'low_lane': low, 'high_lane': f'{filter.queue}0', 'plain_lane': '' if filter.queue == DEFAULT_QUEUE else low
        }  # fmt: skip
    if filter.text is not None:
        escaped = filter.text.replace('\\', '\\\\').replace('%', '\\%').replace('_', '\\_')
        found['text'] = f'%{escaped}%'
    if filter.after is not None:
        found['low_id'] = id_at(filter.after // 1000 - _SLACK_MS)
    if filter.before is not None:
        found['high_id'] = id_at(filter.before // 1000 + _SLACK_MS)
    return found


def _selected(filter: RunFilter, columns: Any, origin: FromClause) -> tuple[Select[Any], Any]:
    """Return the selection of a filter, and the id by which it is paged."""
    if not filter.tags:
        return select(*columns).select_from(origin).where(*_conditions(filter)), runs.c.id
    leading = tags.alias('leading')
    origin = leading.join(origin, leading.c.run_id == runs.c.id)
    return select(*columns).select_from(origin).where(_is_tag(leading, 0), *_conditions(filter)), leading.c.run_id


def _page(filter: RunFilter) -> ClauseElement:
    selected, by = _selected(filter, RUN_COLUMNS, RUNS_WITH_CALLS)
    return selected.where(by < open_parameter('before_id')).order_by(by.desc()).limit(open_parameter('limit'))


def _page_above(filter: RunFilter) -> ClauseElement:
    selected, by = _selected(filter, RUN_COLUMNS, RUNS_WITH_CALLS)
    found = selected.where(by >= open_parameter('from_id'), by < open_parameter('before_id'))
    return found.order_by(by.desc()).limit(open_parameter('limit'))


def _ids(filter: RunFilter) -> ClauseElement:
    selected, by = _selected(filter, (runs.c.id,), runs)
    return selected.where(by > open_parameter('after_id')).order_by(by).limit(open_parameter('limit'))


def _count(filter: RunFilter) -> ClauseElement:
    return _selected(filter, (func.count(),), runs)[0]


CLAUSES: dict[str, ClauseElement] = {
    'lock_ended_run': select(runs.c.id).where(runs.c.id == _run, status_in(runs.c.status, ENDED)).with_for_update(),
    'id_before': select(runs.c.id)
    .where(runs.c.id < open_parameter('before_id'))
    .order_by(runs.c.id.desc())
    .limit(1)
    .offset(open_parameter('runs')),
    'last_id': select(func.max(runs.c.id)),
    'delete_run': delete(runs).where(runs.c.id == _run),
    **{f'delete_{table.name}_of_run': delete(table).where(table.c.run_id == _run) for table in tables_of_runs()},
}


class Finding(Operations):
    """What a store does with the runs that a filter means."""

    _filters: dict[Any, Statement]

    def page(self, filter: RunFilter, limit: int, before_id: str | None, from_id: str | None = None) -> list[Row]:
        """Return rows of runs, newest first, older than the id `before_id`, and not older than `from_id`."""
        more = {'limit': limit, 'before_id': before_id or LAST_ID, 'from_id': from_id}
        build = _page if from_id is None else _page_above
        return self._query(self._built(build, filter), _parameters(filter) | more)

    def id_before(self, before_id: str | None, runs: int) -> str | None:
        """Return the id of the run that is so many runs older than an id, None when there are fewer."""
        found = self._query(self._statements['id_before'], {'before_id': before_id or LAST_ID, 'runs': runs - 1})
        return found[0][0] if found else None

    def ids(self, filter: RunFilter, limit: int, after_id: str) -> list[str]:
        """Return ids of runs, oldest first, from after the id `after_id`."""
        more = {'limit': limit, 'after_id': after_id}
        return [run_id for (run_id,) in self._query(self._built(_ids, filter), _parameters(filter) | more)]

    def last_id(self) -> str:
        """Return the id of the newest run, which is empty when there is none."""
        found = self._query(self._statements['last_id'], {})
        return found[0][0] or ''

    def count(self, filter: RunFilter) -> int:
        """Return how many runs there are."""
        value: int = self._query(self._built(_count, filter), _parameters(filter))[0][0]
        return value

    def delete(self, run_id: str) -> bool:
        """Delete all that is stored of a run that has ended, and return whether there was one."""
        row = {'run_id': run_id}
        if not self._query(self._statements['lock_ended_run'], row):
            return False
        for table in reversed(tables_of_runs()):
            self._execute(self._statements[f'delete_{table.name}_of_run'], row)
        return self._execute(self._statements['delete_run'], row) > 0

    def _built(self, build: Callable[[RunFilter], ClauseElement], filter: RunFilter) -> Statement:
        conditions = filter.conditions() | {'status': len(filter.statuses), 'tags': len(filter.tags)}
        shape = build, *(value if isinstance(value, int) else value is None for value in conditions.values())
        if shape not in self._filters:
            self._filters[shape] = Statement(build(filter), self.dialect)
        return self._filters[shape]
