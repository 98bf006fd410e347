"""Results of functions that are kept for a time."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.sql import ClauseElement

from monty_flow.engine.schema import cached_results
from monty_flow.engine.store.operations import Operations
from monty_flow.engine.store.statements import open_parameter

_now = open_parameter('now')
_table = cached_results.c
_old = select(_table.key).where(_table.expires_at <= _now).order_by(_table.expires_at).limit(open_parameter('limit'))

CLAUSES: dict[str, ClauseElement] = {
    'find_cached': select(_table.value).where(_table.key == open_parameter('key'), _table.expires_at > _now),
    'prune_cached': delete(cached_results).where(_table.key.in_(_old)),
    'forget_cached': delete(cached_results).where(_table.function == open_parameter('function')),
    'forget_all_cached': delete(cached_results),
}


def upserts(insert_of: Any) -> dict[str, ClauseElement]:
    """Return the statements that need the dialect's own INSERT with ON CONFLICT."""
    row = insert_of(cached_results).values({column.name: open_parameter(column.name) for column in cached_results.c})
    values = {name: row.excluded[name] for name in ('value', 'expires_at')}
    return {'put_cached': row.on_conflict_do_update(index_elements=[_table.key], set_=values)}


class Cached(Operations):
    """Operations on the results that are kept."""

    def cached(self, key: str) -> bytes | None:
        """Return the payload of a result that is not too old."""
        found = self._query(self._statements['find_cached'], {'key': key, 'now': self.now()})
        return found[0][0] if found else None

    def put_cached(self, key: str, function: str, value: bytes, lives_us: int) -> None:
        """Keep the payload of a result for a time."""
        row = {'key': key, 'function': function, 'value': value, 'expires_at': self.now() + lives_us}
        self._execute(self._statements['put_cached'], row)

    def prune_cached(self, limit: int) -> int:
        """Delete up to `limit` results that are too old, and return how many these were."""
        return self._execute(self._statements['prune_cached'], {'now': self.now(), 'limit': limit})

    def forget_cached(self, function: str | None) -> int:
        """Delete all results that are kept, or those of a function, and return how many these were."""
        name = 'forget_all_cached' if function is None else 'forget_cached'
        return self._execute(self._statements[name], {'function': function})
