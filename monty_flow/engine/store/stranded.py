"""Runs that nothing will ever move: what the engine promises that there are none of, looked for after an error or a hand in the tables.

A run that goes on has a call that a worker has in hand, that is due at some time, or that waits for somebody. One statement looks at all
that is stored of some runs at once, so that what workers do meanwhile cannot be taken for an error.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import ColumnElement, case, exists, literal, or_, select
from sqlalchemy.sql import ClauseElement

from monty_flow.engine.schema import calls, runs, signals
from monty_flow.engine.states import LIVE, CallKind, CallStatus, RunStatus
from monty_flow.engine.store.operations import Operations
from monty_flow.engine.store.statements import open_parameter, status_in

#: The statuses of runs that are to go on by themselves.
GOING_ON: Final = (RunStatus.PENDING, RunStatus.RUNNING, RunStatus.WAITING, RunStatus.CANCELLING)

_some = (
    select(runs.c.id)
    .where(runs.c.status == open_parameter('status'), runs.c.id > open_parameter('after'))
    .order_by(runs.c.id)
    .limit(open_parameter('limit'))
    .subquery()
)
_items, _ended, _told = calls.alias('items'), runs.alias('ended'), signals.alias('told')
_is_pending = calls.c.status == CallStatus.PENDING.value
_is_late = calls.c.due_at > open_parameter('now')
#: The moment at which a call is due that waits for ever (waits.py).
_never = open_parameter('never')


def _a_call(*conditions: Any) -> ColumnElement[bool]:
    return exists(select(literal(1)).where(calls.c.run_id == _some.c.id, *conditions).correlate(_some))


_wakes = or_(calls.c.due_at < _never, calls.c.awaits.is_not(None), calls.c.kind == CallKind.MAP.value)
_has_signal = exists(
    select(literal(1)).where(
        _told.c.run_id == calls.c.run_id,
        or_(_told.c.taken_by == calls.c.number, _told.c.taken_by.is_(None)),
        _told.c.name == calls.c.awaits,
    )
)
_runs_on = exists(
    select(literal(1)).where(literal('run:') + _ended.c.id == calls.c.awaits, _ended.c.finished_at.is_(None))
)
_has_items = exists(
    select(literal(1)).where(
        _items.c.run_id == calls.c.run_id, _items.c.part_of == calls.c.number, status_in(_items.c.status, LIVE)
    )
)

#: What is wrong with a run, in the order in which it is looked for.
REASONS: Final[dict[str, str]] = {
    'held': 'a call of it is held, though nobody has paused it',
    'nothing': 'it waits for no call that could come to an end',
    'signal': 'the signal that it waits for is there, and it was not told',
    'child': 'the run that it waits for has ended, and it was not told',
    'map': 'no item of its flow.map is under way, and nobody is to look at it',
}
_FOUND: Final[dict[str, ColumnElement[bool]]] = {
    'held': _a_call(calls.c.status == CallStatus.HELD.value),
    'nothing': ~_a_call(or_(calls.c.status == CallStatus.LEASED.value, _is_pending & _wakes)),
    'signal': _a_call(_is_pending, _is_late, calls.c.kind == CallKind.SIGNAL.value, _has_signal),
    'child': _a_call(_is_pending, _is_late, calls.c.kind == CallKind.CHILD.value, ~_runs_on),
    'map': _a_call(_is_pending, calls.c.kind == CallKind.MAP.value, calls.c.due_at >= _never, ~_has_items),
}

CLAUSES: dict[str, ClauseElement] = {
    'look_at_runs': select(_some.c.id, case(*[(found, literal(reason)) for reason, found in _FOUND.items()])).order_by(
        _some.c.id
    ),
}


class Stranding(Operations):
    """What a store does to find runs that nothing will ever move."""

    def stranded(
        self, status: RunStatus, after: str, limit: int, never: int
    ) -> tuple[list[tuple[str, str]], str | None]:
        """Look at some runs of a status, those behind an id; return id and reason of those that stand still, and the last id.

        The last id is None when there are no more.
        """
        row = {'status': status.value, 'after': after, 'limit': limit, 'now': self.now(), 'never': never}
        found = self._query(self._statements['look_at_runs'], row)
        stranded = [(run_id, reason) for run_id, reason in found if reason is not None]
        return stranded, found[-1][0] if len(found) == limit else None
