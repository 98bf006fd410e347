"""What a store knows of how long runs are kept after their end, and of those that have been kept for long enough."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, or_, select
from sqlalchemy.sql import ClauseElement

from monty_flow.engine.schema import retention, runs
from monty_flow.engine.store.operations import Operations
from monty_flow.engine.store.portable import tables_of_runs
from monty_flow.engine.store.statements import open_parameter

_run = open_parameter('run_id')
_parents = runs.alias('parents')
#: Tables of which a run may have rows without number; the others go with it at once.
_LONG = tuple(table for table in tables_of_runs() if len(table.primary_key.columns) > 1 or table.name == 'logs')


def _order(table: Any) -> Any:
    """Return the column by which the rows of a run are in order."""
    return table.c.id if 'id' in table.c else next(column for column in table.primary_key if column.name != 'run_id')


CLAUSES: dict[str, ClauseElement] = {
    'list_retention': select(retention).order_by(retention.c.namespace, retention.c.status),
    'delete_retention': delete(retention).where(
        retention.c.namespace == open_parameter('namespace'), retention.c.status == open_parameter('status')
    ),
    # By the index of statuses and ids: what ended before a moment was submitted before it.
    'ended_runs': select(runs.c.id, runs.c.namespace, runs.c.finished_at)
    .select_from(runs.outerjoin(_parents, _parents.c.id == runs.c.parent_id))
    .where(
        runs.c.status == open_parameter('status'),
        runs.c.id > open_parameter('after'),
        runs.c.id < open_parameter('before'),
        # One that goes on may still ask what its child came to.
        or_(runs.c.parent_id.is_(None), _parents.c.id.is_(None), _parents.c.finished_at.is_not(None)),
    )
    .order_by(runs.c.id)
    .limit(open_parameter('limit')),
    **{
        f'far_{table.name}_of_run': select(_order(table))
        .where(table.c.run_id == _run)
        .order_by(_order(table))
        .offset(open_parameter('limit'))
        .limit(1)
        for table in _LONG
    },
    **{
        f'delete_some_{table.name}_of_run': delete(table).where(
            table.c.run_id == _run, _order(table) < open_parameter('before')
        )
        for table in _LONG
    },
    # One that was tried again is kept for as long from its new end on.
    'hold_ended': select(runs.c.id)
    .where(runs.c.id == _run, runs.c.finished_at == open_parameter('ended'))
    .with_for_update(),
}


def upserts(insert_of: Any) -> dict[str, ClauseElement]:
    """Return the statements that need the dialect's own INSERT with ON CONFLICT."""
    rule = insert_of(retention).values({column.name: open_parameter(column.name) for column in retention.c})
    return {
        'put_retention': rule.on_conflict_do_update(
            index_elements=[retention.c.namespace, retention.c.status], set_={'keep_us': rule.excluded.keep_us}
        )
    }


class Retired(Operations):
    """What a store does with runs that have been kept for long enough."""

    def retention(self) -> list[tuple[str, str, int | None]]:
        """Return namespace, status and microseconds of the rules; '' is for any, None for ever."""
        return [(row[0], row[1], row[2]) for row in self._query(self._statements['list_retention'], {})]

    def put_retention(self, namespace: str, status: str, keep_us: int | None) -> None:
        """Set a rule."""
        row = {'namespace': namespace, 'status': status, 'keep_us': keep_us}
        self._execute(self._statements['put_retention'], row)

    def delete_retention(self, namespace: str, status: str) -> bool:
        """Delete a rule, and return whether there was one."""
        row = {'namespace': namespace, 'status': status}
        return self._execute(self._statements['delete_retention'], row) > 0

    def ended_runs(self, status: str, after: str, before: str, limit: int) -> list[tuple[str, str, int]]:
        """Return id, namespace and end of runs of a status with ids between two, in their order."""
        row = {'status': status, 'after': after, 'before': before, 'limit': limit}
        found = self._query(self._statements['ended_runs'], row)
        return [(run_id, namespace, ended) for run_id, namespace, ended in found if ended is not None]

    def hold_ended(self, run_id: str, ended: int) -> bool:
        """Keep a run that ended at a moment from being tried again until the end of the transaction; tell whether it did so."""
        return bool(self._query(self._statements['hold_ended'], {'run_id': run_id, 'ended': ended}))

    def shorten(self, run_id: str, limit: int) -> bool:
        """Delete some rows of a run in hold that has many, and return whether there may be more than `limit` of a kind."""
        for table in reversed(_LONG):
            far = self._query(self._statements[f'far_{table.name}_of_run'], {'run_id': run_id, 'limit': limit})
            if far:
                row = {'run_id': run_id, 'before': far[0][0]}
                self._execute(self._statements[f'delete_some_{table.name}_of_run'], row)
                return True
        return False
