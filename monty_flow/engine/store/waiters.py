"""Who waits for the ends of runs, so that nobody has to be told of all others."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    delete,
)
from sqlalchemy.sql import ClauseElement

from monty_flow.engine.schema import waiters
from monty_flow.engine.store.statements import (
    open_parameter,
)

_open = open_parameter
_now = _open('now')
_run = _open('run_id')
_worker = _open('worker')

CLAUSES: dict[str, ClauseElement] = {
    # Who waits for ends.
    'delete_late_waiters': delete(waiters).where(waiters.c.expires_at <= _now),
    'delete_waiter': delete(waiters).where(waiters.c.waiter == _open('waiter')),
}


def upserts(insert_of: Any) -> dict[str, ClauseElement]:
    """Return the statements that need the dialect's own INSERT with ON CONFLICT."""
    waiter = insert_of(waiters).values({column.name: _open(column.name) for column in waiters.c})
    return {
        'keep_waiter': waiter.on_conflict_do_update(
            index_elements=[waiters.c.run, waiters.c.waiter], set_={'expires_at': waiter.excluded.expires_at}
        )
    }
