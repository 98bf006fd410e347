"""What the workers of the simulator are made of: `Shift` as it is, with a pool, a loop and a store that do what the seed decides."""

from __future__ import annotations

import asyncio
import inspect
import threading
from collections.abc import Awaitable, Callable, Coroutine, Generator, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from contextvars import Context, copy_context
from random import Random
from typing import Any, Protocol

from monty_flow.engine import Functions, ManualClock
from monty_flow.engine.clock import Clock
from monty_flow.engine.codec import Codec
from monty_flow.engine.isolation import Isolation
from monty_flow.engine.large import LEAST_BYTES, LargeSettings
from monty_flow.engine.machinery import Machinery, WorkerSettings
from monty_flow.engine.secrecy import NO_SECRETS
from monty_flow.engine.shift import Shift
from monty_flow.engine.store.base import Store
from monty_flow.engine.store.sqlite import SqliteStore
from monty_flow.engine.store.statements import Statement
from monty_flow.engine.transitions import Transition
from tests.engine.simulation_watch import Watch

#: Where a store that is not a file says that it is one.
URL = 'sqlite:///simulated.db'
LEASE_SECONDS = 15.0


_CLAIMS: dict[Any, Statement] = {}


class Died(BaseException):
    """The worker has died in the middle of what it did."""


class Surroundings(Protocol):
    """What a worker is put into."""

    random: Random
    clock: ManualClock
    connection: Any
    watch: Watch

    def strike(self, share: float = 1.0) -> None:
        """Let the database be out of reach, or the worker die; by a share of the usual chance."""
        ...

    def seeing(self) -> AbstractContextManager[None]:
        """Remember what the block finds to be wrong, whatever the engine makes of that."""
        ...

    @property
    def functions(self) -> Functions:
        """What the workers serve."""
        ...


class Moment(Awaitable[None]):
    """A point in an async function at which anything may happen."""

    def __await__(self) -> Generator[None, None, None]:
        yield


class SimulatedPool:
    """A pool whose tasks are done when the schedule says so."""

    def __init__(self, process: Process, work: Callable[[Any], None]) -> None:
        self._process = process
        self._work = work

    def put(self, task: Any) -> None:
        """Have a task done later."""
        self._process.tasks.append(lambda: self._work(task))

    def replace_thread(self) -> None:
        """Do nothing: there are no threads."""

    def stop(self) -> None:
        """Do nothing."""


class SimulatedLoop:
    """An event loop whose coroutines go on when the schedule says so."""

    def __init__(self, process: Process) -> None:
        self._process = process
        #: Each in a context of its own, as in a task, which says what call is the current one.
        self._running: dict[Any, tuple[Coroutine[Any, Any, None], Context]] = {}

    def spawn(self, key: Any, coroutine: Coroutine[Any, Any, None]) -> None:
        """Run a coroutine, step by step."""
        self._running[key] = coroutine, copy_context()
        self._process.tasks.append(lambda: self._go_on(key, None))

    def cancel(self, key: Any) -> None:
        """End a coroutine early."""
        if key in self._running:
            self._process.tasks.append(lambda: self._go_on(key, asyncio.CancelledError()))

    def stop(self) -> None:
        """Do nothing."""

    def close(self) -> None:
        """End what has not come to its end, when nothing of it counts any more."""
        for coroutine, context in self._running.values():
            context.run(coroutine.close)
        self._running.clear()

    def _go_on(self, key: Any, error: BaseException | None) -> None:
        found = self._running.get(key)
        if found is None:
            return
        coroutine, context = found
        if error is not None and inspect.getcoroutinestate(coroutine) == inspect.CORO_CREATED:
            # As `LoopThread` does it: after the first step.
            self._process.tasks.append(lambda: self._go_on(key, error))
            return
        try:
            context.run(coroutine.send, None) if error is None else context.run(coroutine.throw, error)
        except StopIteration:
            del self._running[key]
        else:
            self._process.tasks.append(lambda: self._go_on(key, None))


class SimulatedStore(SqliteStore):
    """A store on the database that all share, which fails at the seed's word and tells the world what was written."""

    def __init__(self, world: Surroundings, clock: Clock) -> None:
        Store.__init__(self, clock)
        # Written once for all stores: all workers serve the same functions.
        self._claims = _CLAIMS
        self._connection = world.connection
        self._world = world

    @contextmanager
    def transaction(self, *, relaxed: bool = False) -> Iterator[None]:
        """Commit, unless something goes wrong before or after."""
        self._world.strike()
        with super().transaction(relaxed=relaxed):
            yield
        with self._world.seeing():
            self._world.watch.look(self)
        self._world.strike()

    def apply(self, transitions: Sequence[Transition]) -> list[bool]:
        """Write steps, and hold each that stood against what it says."""
        stood = super().apply(transitions)
        for transition, stands in zip(transitions, stood, strict=True):
            if stands:
                with self._world.seeing():
                    self._world.watch.check_step(transition)
        return stood

    def _query(self, statement: Statement, parameters: Mapping[str, Any]) -> Any:
        # Also what is read without a transaction.
        self._world.strike(0.05)
        return super()._query(statement, parameters)

    def _execute(self, statement: Statement, parameters: Mapping[str, Any]) -> int:
        self._world.strike(0.05)
        return super()._execute(statement, parameters)

    def _execute_many(self, statement: Statement, parameters: Sequence[Mapping[str, Any]]) -> None:
        if parameters:
            self._world.strike(0.05)
            super()._execute_many(statement, parameters)

    def changes(self) -> int:
        """Return how many rows were changed by anyone."""
        changed: int = self._connection.total_changes
        return changed

    def close(self) -> None:
        """Do nothing: others use the connection."""


class Process:
    """A worker with what it is about to do."""

    def __init__(self, world: Surroundings, name: str) -> None:
        self._world = world
        self.tasks: list[Callable[[], None]] = []
        #: Calls that it executes.
        self.executing: set[str] = set()
        self.drains = False
        self.loop = SimulatedLoop(self)
        self.shift = Shift(
            URL,
            world.functions,
            WorkerSettings(concurrency=4, lease_seconds=LEASE_SECONDS, isolation=Isolation.NONE, max_setbacks=10_000),
            name,
            world.clock,
            world.random,
            threading.Event(),
            Codec(None),
            NO_SECRETS,
            machinery=Machinery(
                lambda _, clock: SimulatedStore(world, clock),
                lambda _, work, __: SimulatedPool(self, work),  # type: ignore[arg-type, return-value]
                lambda _: self.loop,  # type: ignore[arg-type, return-value]
                lambda _, __: None,
                rounds_without_children=True,
            ),
            large=LargeSettings(LEAST_BYTES),
        )

    def be_dead(self) -> None:
        """Wait for nothing any more: whoever announces something would tell all who have ever lived."""
        self.shift._wake = threading.Event()

    def executes(self, key: str) -> bool:
        """Tell whether it executes a call that it has in hand: what it has begun under a lease that ran out is dropped at its end."""
        shift = self.shift
        return key in self.executing and any(
            f'{hand.run_id}/{hand.number}' == key and shift._hands.holds(hand)
            for hand in list(shift._attempts._running)
        )

    @property
    def is_leased(self) -> bool:
        """Whether its lease lives."""
        return self.shift._clock.now() < self.shift._crew.lease_ends

    def turn(self) -> None:
        """Take a turn of the coordinator."""
        if self.drains:
            self.shift._survived(self.shift._draining_turn)
        else:
            self.shift.turn()

    def hold_round(self) -> None:
        """Let a thread be in the middle of a round for a while, so that runs gather for the next one."""
        rounds = self.shift._crew.rounds
        if not rounds._held.acquire(blocking=False):
            return

        def go_on() -> None:
            if self._world.random.random() < 0.7:
                self.tasks.append(go_on)
                return
            rounds._held.release()
            self.shift._crew.task(())

        self.tasks.append(go_on)

    def drain(self) -> None:
        """Be told to stop, as by a signal."""
        self.drains = True
        self.shift._drafter.takes_calls = False
        self.shift._stopping.set()

    @property
    def has_drained(self) -> bool:
        """Whether it can end, having nothing in hand any more."""
        return self.drains and not self.shift._hands and not self.tasks
