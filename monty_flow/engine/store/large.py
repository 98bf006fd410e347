"""Large values in the database: contents by their hash, and which run names them.

A content is written before or with the first row that names it, in one transaction with that row's use. `sweep_large` removes what no
use names and what was not written a short time ago. It cannot take what a step is about to name: it holds the rows of the contents
before it asks for their uses once more, and who relies upon a content holds its row too, or finds that it is gone and writes it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import and_, delete, exists, func, literal, select
from sqlalchemy.sql import ClauseElement

from monty_flow.engine.errors import LargeValueMissing
from monty_flow.engine.large import Large
from monty_flow.engine.schema import large_uses, large_values, snapshots
from monty_flow.engine.store.operations import Operations
from monty_flow.engine.store.statements import open_parameter

#: Contents that are removed in one transaction, and that one question asks for.
SWEPT_AT_A_TIME = 200

_run = open_parameter('run_id')
_unused = and_(
    large_values.c.written_at < open_parameter('before'),
    ~exists(select(literal(1)).where(large_uses.c.digest == large_values.c.digest)),
)
_oldest_snapshot = select(func.min(snapshots.c.number)).where(snapshots.c.run_id == _run).scalar_subquery()

CLAUSES: dict[str, ClauseElement] = {
    'get_large': select(large_values.c.data, large_values.c.file).where(
        large_values.c.digest == open_parameter('digest')
    ),
    'unused_large': select(large_values.c.digest, large_values.c.file)
    .where(_unused)
    .order_by(large_values.c.written_at)
    .limit(open_parameter('limit'))
    .with_for_update(skip_locked=True),
    'hold_large': select(large_values.c.digest)
    .where(large_values.c.digest == open_parameter('digest'))
    .with_for_update(read=True, key_share=True),
    # Asked again, with the row in hand.
    'remove_large': delete(large_values).where(large_values.c.digest == open_parameter('digest'), _unused),
    'has_file': select(literal(1)).where(
        large_values.c.digest == open_parameter('digest'), large_values.c.file == open_parameter('file')
    ),
    'forget_large_uses': delete(large_uses).where(
        large_uses.c.run_id == _run, large_uses.c.number >= 0, large_uses.c.number < _oldest_snapshot
    ),
    'count_large': select(func.count(), func.coalesce(func.sum(large_values.c.size), 0)).select_from(large_values),
}


def upserts(insert_of: Any) -> dict[str, ClauseElement]:
    """Return the statements that need the dialect's own INSERT with ON CONFLICT."""
    content = insert_of(large_values).values({column.name: open_parameter(column.name) for column in large_values.c})
    use = insert_of(large_uses).values({column.name: open_parameter(column.name) for column in large_uses.c})
    return {
        # What is there stays as it is, as others may be reading its file.
        'put_large': content.on_conflict_do_update(
            index_elements=[large_values.c.digest], set_={'written_at': content.excluded.written_at}
        ),
        'use_large': use.on_conflict_do_nothing(),
    }


class LargeStore(Operations):
    """What a store does with large values."""

    def put_large(self, used: Sequence[tuple[str, Large]]) -> None:
        """Write contents that runs name from this transaction on, and that they do."""
        now = self.now()
        # In one order, so that two that write the same ones never wait for each other.
        new = sorted({each.digest: each for _, each in used if not each.is_known}.items())
        self._execute_many(
            self._statements['put_large'],
            [
                {'digest': digest.hex(), 'size': each.size, 'data': each.data, 'file': each.file, 'written_at': now}
                for digest, each in new
            ],
        )
        for digest in sorted({each.digest for _, each in used if each.is_known}.difference(dict(new))):
            if not self._query(self._statements['hold_large'], {'digest': digest.hex()}):
                raise LargeValueMissing(digest.hex(), 'it was removed a moment ago')
        self._execute_many(
            self._statements['use_large'],
            [{'run_id': run_id, 'number': each.number, 'digest': each.digest.hex()} for run_id, each in used],
        )

    def large_rows(self, names: Sequence[bytes]) -> dict[bytes, tuple[bytes | None, str | None]]:
        """Return the contents as they are kept, or the names of their files."""
        found = {}
        for name in names:
            for data, file in self._query(self._statements['get_large'], {'digest': name.hex()}):
                found[name] = (None if data is None else bytes(data), file)
        return found

    def sweep_large(self, before: int, limit: int = SWEPT_AT_A_TIME) -> tuple[int, list[str]]:
        """Remove contents that no run names and that were written before a moment; return how many, and their files.

        The files are to be removed once this is committed.
        """
        found = self._query(self._statements['unused_large'], {'before': before, 'limit': limit})
        removed: list[str | None] = []
        for digest, file in found:
            if self._execute(self._statements['remove_large'], {'digest': digest, 'before': before}) == 1:
                removed.append(file)
        return len(removed), [file for file in removed if file is not None]

    def has_large_file(self, file: str) -> bool:
        """Tell whether a row names a file."""
        return bool(self._query(self._statements['has_file'], {'digest': file[3:67], 'file': file}))

    def count_large(self) -> tuple[int, int]:
        """Return how many contents there are, and their bytes before compression."""
        found: Mapping[int, Any] = dict(enumerate(self._query(self._statements['count_large'], {})[0]))
        return int(found[0]), int(found[1])
