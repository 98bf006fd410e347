"""The rows of queues: their limits, what was begun in them, and which functions go through which.

The row of a queue is what those lock who must not change its counts at the same time: claims of a queue that has limits, and submissions
to one that bounds what may wait.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import delete, func, literal, literal_column, select, text
from sqlalchemy.sql import ClauseElement

from monty_flow.engine.errors import QueueFull
from monty_flow.engine.lanes import Lane, lane_of
from monty_flow.engine.schema import calls, queue_starts, queues, routes
from monty_flow.engine.sharing import QueueLimits
from monty_flow.engine.store.candidates import pending_lanes
from monty_flow.engine.store.operations import Operations
from monty_flow.engine.store.statements import open_parameter

_queue = open_parameter('queue')
_now = open_parameter('now')
_function = open_parameter('function')

_LIMITS = ('name', 'concurrency', 'key_concurrency', 'rate', 'period_us', 'max_pending', 'paused')
_limits = select(*(queues.c[name] for name in _LIMITS)).order_by(queues.c.name)


_lanes = pending_lanes()
_of_lane = calls.alias('of_lane')


def _first(*conditions: Any) -> Any:
    return (
        select(func.min(_of_lane.c.due_at))
        .where(_of_lane.c.status == literal_column("'pending'"), _of_lane.c.lane == _lanes.c.lane, *conditions)
        .scalar_subquery()
    )


CLAUSES: dict[str, ClauseElement] = {
    # With the moments of the first call and of the first that is to come, and how many queues have limits.
    'pending_lanes': select(
        _lanes.c.lane,
        _first(),
        _first(_of_lane.c.due_at > _now),
        select(func.count()).select_from(queues).scalar_subquery(),
    ).where(_lanes.c.lane.is_not(None)),
    'leased_by_lane': select(calls.c.lane, func.count()).where(text("calls.status = 'leased'")).group_by(calls.c.lane),
    'list_queues': _limits,
    'lock_queue': _limits.where(queues.c.name == _queue).with_for_update(),
    'delete_queue': delete(queues).where(queues.c.name == _queue),
    'count_starts': select(func.coalesce(func.sum(queue_starts.c.calls), 0), func.min(queue_starts.c.at)).where(
        queue_starts.c.queue == _queue, queue_starts.c.at > open_parameter('since')
    ),
    'delete_old_starts': delete(queue_starts).where(
        queue_starts.c.queue == _queue, queue_starts.c.at <= open_parameter('since')
    ),
    'count_due': select(func.count()).select_from(
        select(literal(1))
        .where(text("calls.status = 'pending'"), calls.c.lane == open_parameter('lane'), calls.c.due_at <= _now)
        .limit(open_parameter('limit'))
        .subquery()
    ),
    'list_routes': select(routes.c.function, routes.c.queue, routes.c.key_parameter, routes.c.key_place),
    'delete_route': delete(routes).where(routes.c.function == _function),
}


def upserts(insert_of: Any) -> dict[str, ClauseElement]:
    """Return the statements that need the dialect's own INSERT with ON CONFLICT."""
    queue = insert_of(queues).values({column.name: open_parameter(column.name) for column in queues.c})
    starts = insert_of(queue_starts).values({column.name: open_parameter(column.name) for column in queue_starts.c})
    route = insert_of(routes).values({column.name: open_parameter(column.name) for column in routes.c})
    return {
        'put_queue': queue.on_conflict_do_update(
            index_elements=[queues.c.name],
            set_={column.name: queue.excluded[column.name] for column in queues.c if column.name != 'name'},
        ),
        'put_starts': starts.on_conflict_do_update(
            index_elements=[queue_starts.c.queue, queue_starts.c.at],
            set_={'calls': queue_starts.c.calls + starts.excluded.calls},
        ),
        'put_route': route.on_conflict_do_update(
            index_elements=[routes.c.function],
            set_={column.name: route.excluded[column.name] for column in routes.c if column.name != 'function'},
        ),
    }


class Queued(Operations):
    """What a store does with queues, apart from claims."""

    def queues(self) -> list[QueueLimits]:
        """Return the queues of which something is said, by name."""
        return [_row_limits(row) for row in self._query(self._statements['list_queues'], {})]

    def lock_queue(self, name: str) -> QueueLimits | None:
        """Return a queue, which nobody else changes or counts until the end of the transaction."""
        found = self._query(self._statements['lock_queue'], {'queue': name})
        return _row_limits(found[0]) if found else None

    def put_queue(self, limits: QueueLimits) -> None:
        """Say what bounds a queue, and let workers look again."""
        row = {name: getattr(limits, name) for name in _LIMITS}
        self._execute(self._statements['put_queue'], row | {'paused': int(limits.paused)})
        self._left_work()

    def delete_queue(self, name: str) -> bool:
        """Forget what was said of a queue, and return whether there was something."""
        self._left_work()
        return self._execute(self._statements['delete_queue'], {'queue': name}) > 0

    def routes(self) -> list[tuple[str, str | None, str | None, int | None]]:
        """Return function, queue, and name and place of the parameter of the key, of functions of which it is said."""
        return [(row[0], row[1], row[2], row[3]) for row in self._query(self._statements['list_routes'], {})]

    def put_routes(
        self, functions: Iterable[str], found: Sequence[tuple[str, str | None, str | None, int | None]]
    ) -> None:
        """Say for these functions which go through which queue; those that are not in `found` go through that of the run."""
        known = {row[0]: row for row in self.routes()}
        wanted = {row[0]: row for row in found}
        for name in sorted(set(functions)):
            if name in known and name not in wanted:
                self._execute(self._statements['delete_route'], {'function': name})
            elif name in wanted and known.get(name) != wanted[name]:
                row = dict(zip(('function', 'queue', 'key_parameter', 'key_place'), wanted[name], strict=True))
                self._execute(self._statements['put_route'], row)

    def in_hand(self) -> dict[Lane, int]:
        """Return how many calls workers have in hand, by lane."""
        return {lane_of(lane): calls for lane, calls in self._query(self._statements['leased_by_lane'], {})}

    def due(self) -> dict[Lane, int]:
        """Return how many calls wait for a worker that could be begun by their time, by lane, up to a bound each."""
        found = {}
        now = self.now()
        for lane, first, *_ in self._query(self._statements['pending_lanes'], {'now': now}):
            if first <= now:
                found[lane_of(lane)] = self._due_in(lane, now, MAX_COUNT)
        return found

    def _due_in(self, lane: str, now: int, limit: int) -> int:
        value: int = self._query(self._statements['count_due'], {'lane': lane, 'now': now, 'limit': limit})[0][0]
        return value

    def _check_pending(self, inserted: Iterable[str]) -> None:
        """Raise QueueFull where more than may waits in a queue to which runs of these lanes were just submitted."""
        for name in sorted({lane_of(lane).queue for lane in inserted}):
            limits = self.lock_queue(name)
            if limits is None or limits.max_pending is None:
                continue
            now = self.now()
            waiting = 0
            for lane, *_ in self._query(self._statements['pending_lanes'], {'now': now}):
                if lane_of(lane).queue == name:
                    waiting += self._due_in(lane, now, limits.max_pending + 1)
            if waiting > limits.max_pending:
                raise QueueFull(name, limits.max_pending)


#: Calls of a lane are counted up to so many.
MAX_COUNT = 100_000


def _row_limits(row: Any) -> QueueLimits:
    limits = dict(zip(_LIMITS, row, strict=True))
    return QueueLimits(**(limits | {'paused': bool(limits['paused'])}))
