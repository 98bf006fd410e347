"""How a worker behaves, and what it runs on."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

from monty_flow.engine.clock import Clock
from monty_flow.engine.errors import SettingRefused
from monty_flow.engine.isolation import Isolation
from monty_flow.engine.live import Hand, LiveRun
from monty_flow.engine.store import Store, open_store
from monty_flow.engine.threads import LoopThread, Pool

#: What a thread of the pool is given: calls to execute, of one run, or a run to be advanced by what came of some; nothing, to hold a round.
Task = tuple[Hand, ...] | LiveRun


@dataclass(frozen=True, slots=True)
class WorkerSettings:
    """How a worker behaves; the defaults suit a process on its own."""

    #: Calls in hand at once; also the bound on threads for sync functions.
    concurrency: int = 10
    #: Seconds after which a worker that gives no sign of life loses its calls.
    lease_seconds: float = 15.0
    #: Seconds between looks for changes by other processes.
    poll_seconds: float = 0.02
    #: Seconds that calls in execution get to end when the worker is told to stop.
    drain_seconds: float = 30.0
    #: Times that a call may be begun without an end, by errors of the engine or lost workers, before its run is paused.
    max_setbacks: int = 10
    #: Format of the snapshots that it writes, None for the newest; an older one while workers of the release before still run.
    snapshot_format: int | None = None
    #: Where scripts run.
    isolation: Isolation = Isolation.PROCESS
    #: Queues from which it takes calls, None for all.
    queues: frozenset[str] | None = None

    def __post_init__(self) -> None:
        for name, least in (('concurrency', 1), ('max_setbacks', 0)):
            value = getattr(self, name)
            if type(value) is not int or value < least:
                raise SettingRefused(f'{name}={value!r} is not a whole number from {least} on')
        for name in ('lease_seconds', 'poll_seconds', 'drain_seconds'):
            value = getattr(self, name)
            if type(value) not in (int, float) or not value >= 0:
                raise SettingRefused(f'{name}={value!r} is not a number of seconds from 0 on')


@dataclass(frozen=True, slots=True)
class Machinery:
    """What runs beside a shift: connections, threads, an event loop, and waiting. A simulator brings its own."""

    open_store: Callable[[str, Clock], Store] = open_store
    pool: Callable[[int, Callable[[Task], None], str], Pool[Task]] = Pool
    loop: Callable[[str], LoopThread] = LoopThread
    #: Waits for news, at most so many seconds.
    rest: Callable[[threading.Event, float], object] = threading.Event.wait
    #: Whether scripts of this process are advanced in rounds too, where they hold each other up; for who has no children.
    rounds_without_children: bool = False

    def open_two_stores(self, url: str, clock: Clock) -> tuple[Store, Store]:
        """Open a database twice, or not at all."""
        first = self.open_store(url, clock)
        try:
            return first, self.open_store(url, clock)
        except BaseException:
            first.close()
            raise
