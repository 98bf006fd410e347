"""The SQL of the store, each statement built and compiled once and run on the driver itself.

SQLAlchemy writes the SQL for the dialect; its execution layer, which costs more than the database does for a
row of this size, stays out of the hot path. A `Statement` turns a row given as a dict into the
positional parameters that the driver wants.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    bindparam,
    func,
    or_,
    select,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.sql import ClauseElement

from monty_flow.engine.schema import calls, progress, runs


class Statement:
    """One compiled statement: its text, and the order of its parameters."""

    __slots__ = ('_order', '_template', '_values', 'sql')

    def __init__(self, clause: ClauseElement, dialect: Dialect) -> None:
        compiled: Any = clause.compile(dialect=dialect, compile_kwargs={'render_postcompile': True})
        names = list(compiled.positiontup or ())
        values = compiled.construct_params(_check=False)
        # Values that the statement itself brings, such as the status that it expects, stay as they are: plain words in its text.
        mark = PLACES[dialect.paramstyle]
        texts = str(compiled).split(mark)
        given = [index for index, name in enumerate(names) if not name.startswith(OPEN) and _is_word(values[name])]
        for index in reversed(given):
            texts[index : index + 2] = [f'{texts[index]}{_word(values[names[index]])}{texts[index + 1]}']
            del names[index]
        self.sql = mark.join(texts)
        self._template = [None if name.startswith(OPEN) else values[name] for name in names]
        self._order = [(index, name[len(OPEN) :]) for index, name in enumerate(names) if name.startswith(OPEN)]
        self._values: Callable[[Mapping[str, Any]], Sequence[Any]] | None = None
        if len(self._order) == len(names) > 1:
            self._values = itemgetter(*[name for _, name in self._order])

    def parameters(self, row: Mapping[str, Any]) -> Sequence[Any]:
        """Return the positional parameters for `row`, whose keys are the names of the open parameters."""
        if self._values is not None:
            return self._values(row)
        values = self._template.copy()
        for index, name in self._order:
            values[index] = row[name]
        return values


#: What stands for a parameter in the text of a statement.
PLACES = {'qmark': '?', 'format': '%s'}


def _is_word(value: Any) -> bool:
    return value is None or type(value) is int or (isinstance(value, str) and value.isascii() and value.isidentifier())


def _word(value: Any) -> str:
    return 'NULL' if value is None else str(value) if type(value) is int else f"'{value!s}'"


#: Marks the parameters that a row fills; SQLAlchemy keeps plain column names for itself.
OPEN = 'open_'


def open_parameter(name: str) -> Any:
    """Return a parameter that a row fills."""
    return bindparam(OPEN + name, required=False)


def earliest(moments: Iterable[int | None]) -> int | None:
    """Return the first of moments of which some may be missing."""
    return min((moment for moment in moments if moment is not None), default=None)


def status_in(column: ColumnElement[str], statuses: Iterable[str]) -> ColumnElement[bool]:
    """Return the condition that a status is one of several."""
    return or_(*(column == str(status) for status in statuses))


#: NULL in rows from before runs had several calls, which wait for one call that has the number of the step.
OLDEST_CALL = func.coalesce(runs.c.oldest_call, runs.c.step)
LAST_CALL = func.coalesce(runs.c.last_call, runs.c.step)
_current_call = and_(calls.c.run_id == runs.c.id, calls.c.number == OLDEST_CALL)
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


#: A call with what its function last told.
CALL_ROW: Select[Any] = select(calls, progress.c.data, progress.c.at).join(
    progress, and_(progress.c.run_id == calls.c.run_id, progress.c.number == calls.c.number), isouter=True
)
