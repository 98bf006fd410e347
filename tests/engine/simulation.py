"""The engine under a simulator: one thread, a clock and a schedule that a seed decides, and faults wherever it writes or waits.

    python -m tests.engine.simulation [--seeds N] [--first SEED]

Several workers (`Shift`, with its own threads, connections and waiting replaced) share a database in memory. An event is a turn of
a coordinator, a task of a pool, one step of an async function, time that passes, or the death or birth of a worker. Commits fail, or
succeed and are reported as failed, or take their worker with them. What the engine decides is decided by the engine's own code.

People send signals, cancel, pause and resume meanwhile. What is watched from outside, and when, is in `simulation_watch.py`. A seed that fails says so
and fails again in the same way; `test_simulation_mutations.py` plants errors in the engine and sees that they are found.
"""

from __future__ import annotations

import argparse
import asyncio
import inspect
import logging
import sqlite3
import sys
import threading
from collections.abc import Awaitable, Callable, Coroutine, Generator, Iterator, Sequence
from contextlib import contextmanager
from random import Random
from typing import Any

from sqlalchemy import StaticPool, create_engine

from monty_flow.engine import Functions, ManualClock, current_call, payloads
from monty_flow.engine.clock import MICROSECONDS, Clock
from monty_flow.engine.codec import Codec
from monty_flow.engine.errors import DatabaseUnavailable
from monty_flow.engine.isolation import Isolation
from monty_flow.engine.machinery import Machinery, WorkerSettings
from monty_flow.engine.schema import metadata
from monty_flow.engine.secrecy import NO_SECRETS
from monty_flow.engine.sharing import QueueLimits
from monty_flow.engine.shift import Shift
from monty_flow.engine.states import ENDED
from monty_flow.engine.store import NewRun
from monty_flow.engine.store.base import Store
from monty_flow.engine.store.sqlite import SqliteStore
from monty_flow.engine.transitions import Transition
from tests.engine.simulation_scripts import IS_CANCELLED, IS_PAUSED, LISTENS, SCRIPTS
from tests.engine.simulation_watch import NARROW, NARROW_PLACES, Violation, Watch

#: Where a store that is not a file says that it is one.
URL = 'sqlite:///simulated.db'
WORKERS = 3
LEASE_SECONDS = 15.0
#: Events after which runs that have not ended count as lost; and after how many of them nothing fails any more.
MAX_EVENTS, QUIET_AFTER = 30_000, 4_000


class Died(BaseException):
    """The worker has died in the middle of what it did."""


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
        self._running: dict[Any, Coroutine[Any, Any, None]] = {}

    def spawn(self, key: Any, coroutine: Coroutine[Any, Any, None]) -> None:
        """Run a coroutine, step by step."""
        self._running[key] = coroutine
        self._process.tasks.append(lambda: self._go_on(key, None))

    def cancel(self, key: Any) -> None:
        """End a coroutine early."""
        if key in self._running:
            self._process.tasks.append(lambda: self._go_on(key, asyncio.CancelledError()))

    def stop(self) -> None:
        """Do nothing."""

    def _go_on(self, key: Any, error: BaseException | None) -> None:
        coroutine = self._running.get(key)
        if coroutine is None:
            return
        if error is not None and inspect.getcoroutinestate(coroutine) == inspect.CORO_CREATED:
            # As `LoopThread` does it: after the first step.
            self._process.tasks.append(lambda: self._go_on(key, error))
            return
        try:
            coroutine.send(None) if error is None else coroutine.throw(error)
        except StopIteration:
            del self._running[key]
        else:
            self._process.tasks.append(lambda: self._go_on(key, None))


class SimulatedStore(SqliteStore):
    """A store on the database that all share, which fails at the seed's word and tells the world what was written."""

    def __init__(self, world: World, clock: Clock) -> None:
        Store.__init__(self, clock)
        self._connection = world.connection
        self._world = world

    @contextmanager
    def transaction(self, *, relaxed: bool = False) -> Iterator[None]:
        """Commit, unless something goes wrong before or after."""
        self._world.strike()
        with super().transaction(relaxed=relaxed):
            yield
        self._world.watch.look()
        self._world.strike()

    def apply(self, transitions: Sequence[Transition]) -> list[bool]:
        """Write steps, and hold each that stood against what it says."""
        stood = super().apply(transitions)
        for transition, stands in zip(transitions, stood, strict=True):
            if stands:
                self._world.watch.check_step(transition)
        return stood

    def changes(self) -> int:
        """Return how many rows were changed by anyone."""
        return self._connection.total_changes

    def close(self) -> None:
        """Do nothing: others use the connection."""


class Process:
    """A worker with what it is about to do."""

    def __init__(self, world: World, name: str) -> None:
        self.tasks: list[Callable[[], None]] = []
        #: Calls that it executes: key and the end of its lease as it knew it.
        self.executing: set[str] = set()
        self.shift = Shift(
            URL,
            world.functions(self),
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
                lambda _: SimulatedLoop(self),  # type: ignore[arg-type, return-value]
                lambda _, __: None,
            ),
        )

    @property
    def is_leased(self) -> bool:
        """Whether its lease lives."""
        return self.shift._clock.now() < self.shift._crew.lease_ends


class World:
    """One simulation."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.clock = ManualClock()
        self.connection = sqlite3.connect(':memory:', isolation_level=None, check_same_thread=False)
        self.calm = True
        metadata.create_all(create_engine('sqlite://', creator=lambda: self.connection, poolclass=StaticPool))
        self._events = 0
        self._tokens = 0
        self._births = 0
        self.connection.execute('CREATE TABLE effects (key TEXT, token INTEGER)')
        self.watch = Watch(self.connection, self.clock)
        self.processes = [self._born() for _ in range(WORKERS)]

    # What the workers have.

    def functions(self, process: Process) -> Functions:
        """Return functions that take their time, fail, and return what nobody else returns."""
        functions = Functions()

        def end(key: str) -> int:
            if self.random.random() < 0.1:
                raise ConnectionError('busy')
            self._tokens += 1
            self.watch.returned.setdefault(key, set()).add(self._tokens)
            return self._tokens

        @functions.function(retries=1000, initial_delay_seconds=2, timeout_seconds=60, heartbeat_timeout_seconds=50)
        async def slow(x: int) -> int:
            key = current_call().idempotency_key
            self._begin(process, key)
            try:
                for _ in range(self.random.choice((0, 1, 2, 3, 40))):
                    await Moment()
                return end(key)
            finally:
                process.executing.discard(key)

        @functions.function(retries=1000, initial_delay_seconds=2)
        def work(x: int) -> int:
            return end(current_call().idempotency_key)

        @functions.function(retries=1000, initial_delay_seconds=2, queue=NARROW)
        async def narrow(x: int) -> int:
            key = current_call().idempotency_key
            await Moment()
            return end(key)

        @functions.function(retries=1000, initial_delay_seconds=2, transactional=True)
        def record(x: int) -> int:
            call = current_call()
            self._tokens += 1
            token = self._tokens
            call.connection.execute('INSERT INTO effects VALUES (?, ?)', (call.idempotency_key, token))
            if self.random.random() < 0.2:
                raise ConnectionError('busy')
            self.watch.returned.setdefault(call.idempotency_key, set()).add(token)
            return token

        @functions.function(retries=0)
        async def failing(x: int = 0) -> None:
            await Moment()
            raise ValueError('no')

        return functions

    def _begin(self, process: Process, key: str) -> None:
        for other in self.processes:
            if other is not process and key in other.executing and other.is_leased and process.is_leased:
                raise Violation(f'{key} is executed by two workers whose leases live')
        process.executing.add(key)

    # What goes wrong.

    def strike(self) -> None:
        """Let the database be out of reach, or the worker die."""
        if self.calm:
            return
        chance = self.random.random()
        if chance < 0.02:
            raise DatabaseUnavailable('simulated')
        if chance < 0.03:
            raise Died

    # The schedule.

    def _born(self) -> Process:
        self._births += 1
        return Process(self, f'worker {self._births}')

    def run(self) -> None:
        """Let the runs come to their ends, and see that these are right."""
        store = SimulatedStore(self, self.clock)
        ids = [f'run-{number}' for number in range(len(SCRIPTS))]
        with store.transaction():
            store.put_queue(QueueLimits(NARROW, concurrency=NARROW_PLACES))
            store.insert_runs(
                [
                    NewRun(run_id, source, f'hash {run_id}', 'main.py', None, payloads.encode({}), None)
                    for run_id, source in zip(ids, SCRIPTS, strict=True)
                ]
            )
        self.calm = False
        while not self.watch.all_ended(ids):
            self._events += 1
            self.calm = self._events > QUIET_AFTER
            if self._events > MAX_EVENTS:
                left = [(run.id, run.status.value, run.waiting_for) for run in store.list(None, 30, None)]
                raise Violation(
                    f'runs were lost: {[each for each in left if each[1] not in ("succeeded", "cancelled")]}'
                )
            self._event()
            if self.random.random() < 0.02 or (self.calm and self._events % 50 == 0):
                self._interfere(store)
            for process in self.processes:
                self.watch.check_hands(process.shift)
        self.calm = True
        self.watch.check_ends(store, ids)

    def _interfere(self, store: SimulatedStore) -> None:
        """Do what people do: send a signal, cancel, pause, resume."""
        what = self.random.randrange(6)
        try:
            with store.transaction():
                if self.calm or what == 0:
                    store.resume(IS_PAUSED)
                elif what == 1:
                    store.pause(IS_PAUSED)
                elif what == 2 and self.random.random() < 0.1:
                    store.cancel(IS_CANCELLED, 60 * MICROSECONDS)
                elif what == 3 and store.lock_run(LISTENS) not in ENDED:
                    self._tokens += 1
                    self.watch.sent.add(self._tokens)
                    store.send(LISTENS, 'go', None, payloads.encode(self._tokens), store.now())
        except (DatabaseUnavailable, Died):
            # Whoever it was does not know whether it is done, and lets it be.
            return

    def _event(self) -> None:
        process = self.random.choice(self.processes)
        chance = self.random.random()
        if chance < 0.1:
            self.clock.advance(self.random.choice([0.1, 1, 1, 5, 5, 20]))
        elif chance < 0.104 and not self.calm:
            self._die(process)
        elif process.tasks and chance < 0.8:
            self._let(process, process.tasks.pop(self.random.randrange(len(process.tasks))))
        else:
            self._let(process, process.shift.turn)

    def _let(self, process: Process, act: Callable[[], None]) -> None:
        try:
            act()
        except Died:
            if self.connection.in_transaction:
                self.connection.execute('ROLLBACK')
            self._die(process)

    def _die(self, process: Process) -> None:
        self.processes[self.processes.index(process)] = self._born()


def simulate(seed: int) -> None:
    """Run one simulation; a Violation names the seed."""
    try:
        World(seed).run()
    except (Exception, Violation) as error:
        raise Violation(f'seed {seed}: {type(error).__name__}: {error}') from error


def main() -> int:
    """Run many seeds, and return 1 when one fails."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--seeds', type=int, default=1000, help='how many (default: 1000)')
    parser.add_argument('--first', type=int, default=0, help='the first seed (default: 0)')
    options = parser.parse_args()
    logging.disable(logging.CRITICAL)
    for seed in range(options.first, options.first + options.seeds):
        try:
            simulate(seed)
        except Violation as violation:
            print(f'{violation}\nrun it again: python -m tests.engine.simulation --first {seed} --seeds 1')
            return 1
    print(f'{options.seeds} seeds, no violation')
    return 0


if __name__ == '__main__':
    sys.exit(main())
