"""Who is next: the places of a worker shared among the calls that are due in several lanes.

    1. Only lanes count whose queue is not paused and has room: places over all workers, places of the key, starts in the period.
    2. Among these the one goes first whose namespace has the least calls in hand in that queue, so that one tenant with
       a thousand calls leaves room for another with one.
    3. Then the one that was due first, where a higher priority counts as having been due earlier (`lanes.py`).

This decides only how many calls each lane gives; it knows nothing of databases.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from monty_flow.engine.lanes import Lane


@dataclass(frozen=True, slots=True)
class QueueLimits:
    """What bounds a queue; None for no such bound."""

    name: str
    #: Calls in hand at once, over all workers.
    concurrency: int | None = None
    #: Calls in hand at once of those that have the same key.
    key_concurrency: int | None = None
    #: Calls that are begun within any span of `period_us` microseconds.
    rate: int | None = None
    period_us: int = 0
    #: Calls that may wait for a worker; more submissions are refused.
    max_pending: int | None = None
    paused: bool = False

    @property
    def bounds_claims(self) -> bool:
        """Tell whether claims have to look at more than the calls that are due."""
        return self.paused or not (self.concurrency is None and self.key_concurrency is None and self.rate is None)


class Room:
    """What is left of the limits, while calls are taken one by one."""

    def __init__(
        self, limits: Iterable[QueueLimits], in_hand: Mapping[Lane, int], started: Mapping[str, int] | None = None
    ) -> None:
        self._limits = {each.name: each for each in limits}
        self._started: Counter[str] = Counter(started or {})
        self._of_queue: Counter[str] = Counter()
        self._of_key: Counter[tuple[str, str | None]] = Counter()
        self._of_namespace: Counter[tuple[str, str]] = Counter()
        for lane, calls in in_hand.items():
            self._count(lane, calls)

    def _count(self, lane: Lane, calls: int) -> None:
        self._of_queue[lane.queue] += calls
        self._of_key[lane.queue, lane.key] += calls
        self._of_namespace[lane.queue, lane.namespace] += calls

    def load(self, lane: Lane) -> int:
        """Return how many calls the namespace of a lane has in hand in its queue."""
        return self._of_namespace[lane.queue, lane.namespace]

    def has_room(self, lane: Lane) -> bool:
        """Tell whether one more call of a lane may be begun."""
        limits = self._limits.get(lane.queue)
        if limits is None:
            return True
        return not (
            limits.paused
            or _is_reached(limits.concurrency, self._of_queue[lane.queue])
            or (lane.key is not None and _is_reached(limits.key_concurrency, self._of_key[lane.queue, lane.key]))
            or self.is_rated_out(lane.queue)
        )

    def is_rated_out(self, queue: str) -> bool:
        """Tell whether only time can let another call of a queue begin."""
        limits = self._limits.get(queue)
        return limits is not None and _is_reached(limits.rate, self._started[queue])

    def take(self, lane: Lane) -> None:
        """Count a call that is begun."""
        self._count(lane, 1)
        self._started[lane.queue] += 1


def _is_reached(limit: int | None, count: int) -> bool:
    return limit is not None and count >= limit


def share(
    lanes: Mapping[Lane, int], due_of: Callable[[Lane], Sequence[int]], room: Room, places: int
) -> dict[Lane, int]:
    """Return how many calls to take of each lane, `places` in all at most.

    `lanes` have calls that are due, given with the moment of the first; `due_of` returns the moments of a lane, as far as they
    can matter, and is asked for few of them.
    """
    chosen: Counter[Lane] = Counter()
    waiting: dict[Lane, Sequence[int]] = {}
    heap = [(room.load(lane), first - lane.start_us, lane.text) for lane, first in lanes.items()]
    by_text = {lane.text: lane for lane in lanes}
    heapq.heapify(heap)
    while heap and sum(chosen.values()) < places:
        load, _, text = heapq.heappop(heap)
        lane = by_text[text]
        if not room.has_room(lane):
            continue
        if lane not in waiting:
            waiting[lane] = due_of(lane)
        taken, due = chosen[lane], waiting[lane]
        if taken >= len(due):
            continue
        place = (room.load(lane), due[taken] - lane.start_us, text)
        if heap and place > heap[0]:
            # Others of its namespace were taken since it was put there, or what it has is due later than was said.
            heapq.heappush(heap, place)
            continue
        room.take(lane)
        chosen[lane] += 1
        if taken + 1 < len(due):
            heapq.heappush(heap, (load + 1, due[taken + 1] - lane.start_us, text))
    return {lane: calls for lane, calls in chosen.items() if calls}
