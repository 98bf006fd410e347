"""What a store knows of parents and children: runs that scripts have started.

A child is inserted in the transaction of the step that starts it. Its parent waits for it as for a signal: the transaction
that ends the child makes the call due that awaits it. A step that begins to wait looks whether the child has ended, holding the
rows of both runs, so that neither misses the other. Whoever needs the rows of several runs takes them in the order of their ids,
before the rows of any calls; so two can never wait for each other.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, literal, select, text, update
from sqlalchemy.sql import ClauseElement

from monty_flow.engine.schema import calls, runs
from monty_flow.engine.states import ENDED, RunStatus
from monty_flow.engine.store.operations import Operations
from monty_flow.engine.store.statements import open_parameter
from monty_flow.engine.transitions import Transition

#: Unfinished runs below one that are looked for at most: that is more than may be (children.py).
MAX_DESCENDANTS = 100_000

_now = open_parameter('now')
_run = open_parameter('run_id')
_parent = open_parameter('parent_id')

CLAUSES: dict[str, ClauseElement] = {
    'unfinished_children': select(runs.c.id)
    .where(runs.c.parent_id == _parent, runs.c.finished_at.is_(None))
    .order_by(runs.c.id),
    'children': select(runs.c.id).where(runs.c.parent_id == _parent).order_by(runs.c.id).limit(open_parameter('limit')),
    'count_children': select(func.count()).select_from(
        select(literal(1)).where(runs.c.parent_id == _parent).limit(open_parameter('limit')).subquery()
    ),
    'child': select(runs.c.status, runs.c.output, runs.c.error).where(runs.c.id == _run, runs.c.parent_id == _parent),
    'wake_awaiting': update(calls)
    .where(
        calls.c.awaits == open_parameter('name'),
        text("calls.awaits IS NOT NULL AND calls.finished_at IS NULL AND calls.status <> 'leased'"),
        calls.c.due_at > _now,
    )
    .values(due_at=_now),
}


@dataclass(frozen=True, slots=True)
class ChildState:
    """Where a child of a run stands."""

    status: RunStatus
    #: Payloads, None when there is none.
    output: bytes | None
    error: bytes | None


class Family(Operations):
    """What a store knows of parents and children."""

    def lock_run(self, run_id: str) -> RunStatus | None:
        """Keep a run from being advanced until the end of the transaction, and return its status."""
        raise NotImplementedError

    def hold_awaited(self, transitions: Iterable[Transition]) -> None:
        """Take the rows of all runs of a batch before its steps are written, when one begins to wait for a child."""
        awaited = set[str]()
        for transition in transitions:
            if transition.awaited_runs:
                awaited.update(transition.awaited_runs)
        if awaited:
            for run_id in sorted(awaited | {transition.run_id for transition in transitions}):
                self.lock_run(run_id)

    def look_at_child(self, transition: Transition) -> None:
        """Make the calls due with which a step waits for children, of those that have ended already or are none."""
        for child in transition.awaited_runs:
            self.lock_run(child)
            found = self.child(transition.run_id, child)
            if found is None or found.status in ENDED:
                self.wake_parent(child)

    def wake_parent(self, run_id: str) -> None:
        """Make the call due that waits for a run, which has ended."""
        if self._execute(self._statements['wake_awaiting'], {'name': f'run:{run_id}', 'now': self.now()}) > 0:
            self._left_work()

    def descendants(self, run_id: str) -> list[str]:
        """Return the runs below a run that have not ended, in the order of their ids."""
        found: list[str] = []
        level = [run_id]
        while level and len(found) < MAX_DESCENDANTS:
            level = [
                child
                for parent in level
                for (child,) in self._query(self._statements['unfinished_children'], {'parent_id': parent})
            ]
            found += level
        return sorted(found)

    def children(self, run_id: str, limit: int) -> list[str]:
        """Return the ids of the runs that the script of a run has started, in their order."""
        rows = self._query(self._statements['children'], {'parent_id': run_id, 'limit': limit})
        return [child for (child,) in rows]

    def count_children(self, run_id: str, most: int) -> int:
        """Return how many runs a run has started, `most` at most."""
        count: int = self._query(self._statements['count_children'], {'parent_id': run_id, 'limit': most})[0][0]
        return count

    def child(self, parent_id: str, run_id: str) -> ChildState | None:
        """Return where a run stands that another one has started, None when it has not."""
        found = self._query(self._statements['child'], {'parent_id': parent_id, 'run_id': run_id})
        if not found:
            return None
        status, output, error = found[0]
        return ChildState(RunStatus(status), _bytes(output), _bytes(error))


def _bytes(value: Any) -> bytes | None:
    return None if value is None else bytes(value)
