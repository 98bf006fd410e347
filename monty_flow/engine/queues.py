"""The part of `Engine` that looks after queues: their limits, whether they are paused, and what waits in them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from monty_flow.engine.clock import MICROSECONDS
from monty_flow.engine.errors import QueueNotFound, QueueRefused
from monty_flow.engine.lanes import DEFAULT_QUEUE
from monty_flow.engine.sharing import QueueLimits
from monty_flow.engine.store import Store
from monty_flow.engine.submitting import plain_name

Result = TypeVar('Result')

_UNCHANGED: Any = object()


@dataclass(frozen=True, slots=True)
class Queue:
    """A queue with its limits, and how busy it is; None for no such limit."""

    name: str
    #: Calls in hand at once, over all workers.
    concurrency: int | None
    #: Calls in hand at once of those that have the same key.
    key_concurrency: int | None
    #: Calls that are begun within any span of `period_seconds`.
    rate: int | None
    period_seconds: float
    #: Calls that may wait for a worker; more submissions are refused.
    max_pending: int | None
    paused: bool
    #: Calls that are due and wait for a worker, and calls that workers have in hand.
    waiting: int
    in_hand: int


class QueueDesk:
    """What an engine does with queues."""

    _store: Store
    _lock: threading.RLock

    def _write(self, operate: Callable[[Store], Result]) -> Result:
        raise NotImplementedError

    def queues(self) -> list[Queue]:
        """Return the queues of which something is said or in which there is something, by name."""
        with self._lock:
            limits = {each.name: each for each in self._store.queues()}
            due, in_hand = self._store.due(), self._store.in_hand()
        names = {DEFAULT_QUEUE} | limits.keys() | {lane.queue for lane in due.keys() | in_hand.keys()}
        return [
            _queue(
                limits.get(name, QueueLimits(name)),
                sum(calls for lane, calls in due.items() if lane.queue == name),
                sum(calls for lane, calls in in_hand.items() if lane.queue == name),
            )
            for name in sorted(names)
        ]

    def queue(self, name: str) -> Queue:
        """Return one queue, of which nothing need be said."""
        found = {queue.name: queue for queue in self.queues()}
        return found.get(name) or _queue(QueueLimits(plain_name('queue', name)), 0, 0)

    def set_queue(
        self,
        name: str,
        *,
        concurrency: int | None = _UNCHANGED,
        key_concurrency: int | None = _UNCHANGED,
        rate: int | None = _UNCHANGED,
        period_seconds: float = _UNCHANGED,
        max_pending: int | None = _UNCHANGED,
    ) -> Queue:
        """Say what bounds a queue from now on, and return it; what is not given stays as it is, None lifts a limit.

        Calls in hand are not ended. Raises QueueRefused for limits that cannot be.
        """
        changes: dict[str, Any] = {
            'concurrency': concurrency,
            'key_concurrency': key_concurrency,
            'rate': rate,
            'period_us': period_seconds,
            'max_pending': max_pending,
        }
        given = {name: value for name, value in changes.items() if value is not _UNCHANGED}
        for limit, value in given.items():
            _check_limit(limit, value)
        if 'period_us' in given:
            given['period_us'] = round(given['period_us'] * MICROSECONDS)
        return self._change(name, **given)

    def pause_queue(self, name: str) -> Queue:
        """Let no call of a queue be begun until it is resumed; those in hand go on."""
        return self._change(name, paused=True)

    def resume_queue(self, name: str) -> Queue:
        """Let the calls of a queue be begun again."""
        return self._change(name, paused=False)

    def delete_queue(self, name: str) -> None:
        """Forget what was said of a queue: it has no limits then. Raises QueueNotFound when nothing was said."""
        if not self._write(lambda store: store.delete_queue(name)):
            raise QueueNotFound(name)

    def _change(self, name: str, **changes: Any) -> Queue:
        plain_name('queue', name)

        def operate(store: Store) -> None:
            limits = replace(store.lock_queue(name) or QueueLimits(name, period_us=MICROSECONDS), **changes)
            store.put_queue(limits)

        self._write(operate)
        return self.queue(name)


def _check_limit(limit: str, value: Any) -> None:
    if limit == 'period_us':
        if type(value) not in (int, float) or not 0 < value <= 366 * 86400:
            raise QueueRefused(f'period_seconds={value!r} is not a number of seconds above 0 and up to a year')
    elif value is not None and (type(value) is not int or not 1 <= value < 1 << 31):
        raise QueueRefused(f'{limit}={value!r} is not a number from 1 on; give one, or None for no such limit')


def _queue(limits: QueueLimits, waiting: int, in_hand: int) -> Queue:
    return Queue(
        limits.name,
        limits.concurrency,
        limits.key_concurrency,
        limits.rate,
        limits.period_us / MICROSECONDS or 1.0,
        limits.max_pending,
        limits.paused,
        waiting,
        in_hand,
    )
