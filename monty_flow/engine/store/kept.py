"""Snapshots in the database: the chain that leads to one, and what may be deleted.

A run has a row for each step of which the snapshot is kept. A row with a `base` is a delta to the row of that number, which is the
one before; so a snapshot is read from the last full row at or before it on, and what lies before the full row that the
oldest kept snapshot needs can go.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import and_, case, delete, func, select, update
from sqlalchemy.sql import ClauseElement

from monty_flow.engine.schema import runs, snapshots
from monty_flow.engine.store.operations import Operations
from monty_flow.engine.store.statements import open_parameter

#: Rows that are deleted or signed in one transaction at most, so that nobody waits long for it.
BATCH = 500


_run = open_parameter('run_id')
_full = snapshots.alias('full_ones')
_last_full = (
    select(func.max(_full.c.number))
    .where(_full.c.run_id == _run, _full.c.base.is_(None), _full.c.number <= open_parameter('number'))
    .scalar_subquery()
)
#: The number of the oldest snapshot that a run keeps by its own setting; NULL when it keeps all.
_oldest_kept = (
    select(case((runs.c.keep_snapshots.is_(None), None), else_=runs.c.step - runs.c.keep_snapshots + 1))
    .where(runs.c.id == _run)
    .scalar_subquery()
)
_newest = snapshots.alias('newest')
_last_number = select(func.max(_newest.c.number)).where(_newest.c.run_id == _run).scalar_subquery()


def _pruned(oldest: Any) -> Any:
    """Delete what is not needed for the snapshots from `oldest` on; the newest of all always stays."""
    needed = (
        select(func.max(_full.c.number))
        .where(_full.c.run_id == _run, _full.c.base.is_(None), _full.c.number <= oldest, _full.c.number <= _last_number)
        .scalar_subquery()
    )
    return delete(snapshots).where(snapshots.c.run_id == _run, snapshots.c.number < needed)


CLAUSES: dict[str, ClauseElement] = {
    'get_chain': select(snapshots.c.number, snapshots.c.data)
    .where(snapshots.c.run_id == _run, snapshots.c.number <= open_parameter('number'), snapshots.c.number >= _last_full)
    .order_by(snapshots.c.number),
    'list_snapshots': select(snapshots.c.number, snapshots.c.base, func.length(snapshots.c.data))
    .where(snapshots.c.run_id == _run)
    .order_by(snapshots.c.number),
    'some_snapshots': select(snapshots.c.run_id, snapshots.c.number, snapshots.c.data)
    .where(
        (snapshots.c.run_id > _run) | and_(snapshots.c.run_id == _run, snapshots.c.number > open_parameter('number')),
    )
    .order_by(snapshots.c.run_id, snapshots.c.number)
    .limit(open_parameter('limit')),
    'replace_snapshot': update(snapshots)
    .where(snapshots.c.run_id == _run, snapshots.c.number == open_parameter('number'))
    .values(data=open_parameter('data')),
    'prune_by_setting': _pruned(_oldest_kept),
    'prune_to': _pruned(_last_number - open_parameter('keep') + 1),
    'set_keep': update(runs).where(runs.c.id == _run).values(keep_snapshots=open_parameter('keep')),
    'runs_after': select(runs.c.id, runs.c.status, runs.c.finished_at)
    .where(runs.c.id > _run)
    .order_by(runs.c.id)
    .limit(open_parameter('limit')),
}


class Kept(Operations):
    """What a store does with snapshots, beside writing them with a step."""

    def chain(self, run_id: str, number: int) -> list[tuple[int, bytes]]:
        """Return the rows that lead to the snapshot of a run for its call `number`, from a full one on."""
        found = self._query(self._statements['get_chain'], {'run_id': run_id, 'number': number})
        return [(row[0], bytes(row[1])) for row in found]

    def snapshots(self, run_id: str) -> list[tuple[int, int | None, int]]:
        """Return number, base and stored bytes of the snapshots of a run."""
        return [(row[0], row[1], row[2]) for row in self._query(self._statements['list_snapshots'], {'run_id': run_id})]

    def some_snapshots(self, after: tuple[str, int], limit: int = BATCH) -> list[tuple[str, int, bytes]]:
        """Return rows of any runs, the first ones after the given run and number."""
        parameters = {'run_id': after[0], 'number': after[1], 'limit': limit}
        return [(row[0], row[1], bytes(row[2])) for row in self._query(self._statements['some_snapshots'], parameters)]

    def replace_snapshots(self, found: Sequence[tuple[str, int, bytes]]) -> None:
        """Put other bytes of the same snapshots in place."""
        rows = [{'run_id': run_id, 'number': number, 'data': data} for run_id, number, data in found]
        self._execute_many(self._statements['replace_snapshot'], rows)

    def prune(self, run_ids: Sequence[str], keep: int | None = None) -> int:
        """Delete snapshots that runs need not keep, by their own settings or the last `keep`; return how many."""
        name = 'prune_by_setting' if keep is None else 'prune_to'
        pruned = 0
        for run_id in run_ids:
            deleted = max(0, self._execute(self._statements[name], {'run_id': run_id, 'keep': keep}))
            if deleted:
                self._execute(self._statements['forget_large_uses'], {'run_id': run_id})
            pruned += deleted
        return pruned

    def set_keep(self, run_id: str, keep: int | None) -> bool:
        """Say how many snapshots a run keeps, None for all, and return whether there is such a run."""
        return self._execute(self._statements['set_keep'], {'run_id': run_id, 'keep': keep}) > 0

    def runs_after(self, run_id: str, limit: int = BATCH) -> list[tuple[str, str, int | None]]:
        """Return id, status and end of runs in the order of their ids, the first ones after the given id."""
        return [
            (row[0], row[1], row[2])
            for row in self._query(self._statements['runs_after'], {'run_id': run_id, 'limit': limit})
        ]
