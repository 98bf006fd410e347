"""The engine under a simulator: one thread, a clock and a schedule that a seed decides, and faults wherever it writes or waits.

    python -m tests.engine.simulation [--seeds N] [--first SEED]

Several workers (`Shift`, with its own threads, connections and waiting replaced) share a database in memory. An event is a turn of
a coordinator, a task of a pool, one step of an async function, time that passes, or the death or birth of a worker. Commits fail, or
succeed and are reported as failed, or take their worker with them. What the engine decides is decided by the engine's own code.

Watched from outside, at each commit: versions grow by one; what is recorded or ended never changes; no timer is early; no
call is executed by two workers whose leases live. At the end: all runs have ended, each result is what some execution returned, and the
scripts got what is recorded. A seed that fails says so and fails again in the same way.
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
from monty_flow.engine.clock import Clock
from monty_flow.engine.codec import Codec
from monty_flow.engine.errors import DatabaseUnavailable
from monty_flow.engine.isolation import Isolation
from monty_flow.engine.machinery import Machinery, WorkerSettings
from monty_flow.engine.schema import metadata
from monty_flow.engine.secrecy import NO_SECRETS
from monty_flow.engine.shift import Shift
from monty_flow.engine.states import ENDED, CallStatus, RunStatus
from monty_flow.engine.store import NewRun
from monty_flow.engine.store.base import Store
from monty_flow.engine.store.sqlite import SqliteStore
from monty_flow.engine.transitions import Transition

#: Where a store that is not a file says that it is one.
URL = 'sqlite:///simulated.db'
WORKERS = 3
LEASE_SECONDS = 15.0
#: Events after which runs that have not ended count as lost; and after how many of them nothing fails any more.
MAX_EVENTS, QUIET_AFTER = 30_000, 4_000
SCRIPTS = (
    'found = []\nfor x in range(4):\n    found.append(work(x))\nfound',
    'import asyncio\nawait asyncio.gather(*[slow(x) for x in range(5)])',
    """
import asyncio

async def chain(x):
    first = await slow(x)
    await asyncio.sleep(20)
    return [first, await slow(x)]

found = await asyncio.gather(*[chain(x) for x in range(3)])
[token for pair in found for token in pair]
""",
    """
import asyncio
try:
    async with asyncio.timeout(30):
        found = [await slow(1)]
except TimeoutError:
    found = [await slow(2)]
found
""",
    """
import asyncio
found = []

async def keep(x):
    found.append(await slow(x))

try:
    async with asyncio.TaskGroup() as group:
        for x in range(3):
            group.create_task(keep(x))
        group.create_task(failing())
except* ValueError:
    pass
found
""",
    """
import asyncio, time

async def main():
    task = asyncio.create_task(keep())
    await asyncio.sleep(1)
    time.sleep(40)
    return [await task, work(3)]

async def keep():
    return await slow(1)

await main()
""",
    'import flow\nflow.map(slow, range(12), concurrency=3)',
    """
import asyncio, flow

async def mapped():
    try:
        await flow.map(failing, [1, 2, 3], concurrency=2)
    except ValueError:
        return await flow.map(work, range(4), concurrency=2)

one, two, three = await asyncio.gather(mapped(), flow.map(slow, range(7), concurrency=2), slow(9))
[*one, *two, three]
""",
)
#: Items that each map may have under way.
MOST_ITEMS = 3


class Died(BaseException):
    """The worker has died in the middle of what it did."""


class Violation(AssertionError):
    """The engine broke a promise."""


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
    def transaction(self) -> Iterator[None]:
        """Commit, unless something goes wrong before or after."""
        self._world.strike()
        with super().transaction():
            yield
        self._world.look()
        self._world.strike()

    def apply(self, transitions: Sequence[Transition]) -> list[bool]:
        """Write steps, and hold each that stood against what it says."""
        stood = super().apply(transitions)
        for transition, stands in zip(transitions, stood, strict=True):
            if stands:
                self._world.check_step(transition)
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
        #: What executions returned, by idempotency key.
        self._returned: dict[str, set[int]] = {}
        self._known: dict[tuple[str, int], tuple[str, bytes | None, bytes | None]] = {}
        self._ended: dict[str, tuple[str, int, bytes | None]] = {}
        self.processes = [self._born() for _ in range(WORKERS)]

    # What the workers have.

    def functions(self, process: Process) -> Functions:
        """Return functions that take their time, fail, and return what nobody else returns."""
        functions = Functions()

        def end(key: str) -> int:
            if self.random.random() < 0.1:
                raise ConnectionError('busy')
            self._tokens += 1
            self._returned.setdefault(key, set()).add(self._tokens)
            return self._tokens

        @functions.function(retries=1000, initial_delay_seconds=2, timeout_seconds=60)
        async def slow(x: int) -> int:
            key = current_call().idempotency_key
            self._begin(process, key)
            try:
                for _ in range(self.random.randrange(4)):
                    await Moment()
                return end(key)
            finally:
                process.executing.discard(key)

        @functions.function(retries=1000, initial_delay_seconds=2)
        def work(x: int) -> int:
            return end(current_call().idempotency_key)

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

    # What is watched.

    def check_step(self, step: Transition) -> None:
        """Hold a step that was written against the run and its timers."""
        [(version,)] = self.connection.execute('SELECT version FROM runs WHERE id = ?', (step.run_id,)).fetchall()
        if version != step.from_version + 1:
            raise Violation(f'the version of {step.run_id} went from {step.from_version} to {version}')
        for call in step.settled:
            [(kind, due_at)] = self.connection.execute(
                'SELECT kind, due_at FROM calls WHERE run_id = ? AND number = ?', (step.run_id, call.number)
            ).fetchall()
            if kind == 'timer' and call.status in (CallStatus.DONE, CallStatus.READY) and due_at > self.clock.now():
                raise Violation(f'a timer of {step.run_id} went off early')

    def look(self) -> None:
        """See that nothing changed that was recorded before."""
        for run_id, status, version, output in self.connection.execute('SELECT id, status, version, output FROM runs'):
            if RunStatus(status) in ENDED and self._ended.setdefault(run_id, (status, version, output)) != (
                status, version, output,
            ):  # fmt: skip
                raise Violation(f'the run {run_id} ended twice')
        for run_id, number, status, result, error in self.connection.execute(
            "SELECT run_id, number, status, result, error FROM calls WHERE status IN ('done', 'failed')"
        ):
            if self._known.setdefault((run_id, number), (status, result, error)) != (status, result, error):
                raise Violation(f'the result of {run_id}/{number} changed')
        for run_id, number, count in self.connection.execute(
            "SELECT run_id, part_of, count(*) FROM calls WHERE part_of IS NOT NULL AND status IN ('pending', 'leased') "
            'GROUP BY 1, 2'
        ):
            if count > MOST_ITEMS:
                raise Violation(f'{count} items of {run_id}/{number} are under way')

    # The schedule.

    def _born(self) -> Process:
        self._births += 1
        return Process(self, f'worker {self._births}')

    def run(self) -> None:
        """Let the runs come to their ends, and see that these are right."""
        store = SimulatedStore(self, self.clock)
        ids = [f'run-{number}' for number in range(len(SCRIPTS))]
        with store.transaction():
            store.insert_runs(
                [
                    NewRun(run_id, source, f'hash {run_id}', 'main.py', None, payloads.encode({}), None)
                    for run_id, source in zip(ids, SCRIPTS, strict=True)
                ]
            )
        self.calm = False
        while len(self._ended) < len(ids):
            self._events += 1
            self.calm = self._events > QUIET_AFTER
            if self._events > MAX_EVENTS:
                left = [(run.id, run.status.value, run.waiting_for) for run in store.list(None, 10, None)]
                raise Violation(f'runs were lost: {left}')
            self._event()
        self.calm = True
        for run_id in ids:
            self._check_end(store, run_id)

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

    def _check_end(self, store: Store, run_id: str) -> None:
        run = store.get(run_id)
        assert run is not None
        if run.status is not RunStatus.SUCCEEDED:
            raise Violation(f'{run_id} is {run.status}: {run.error}')
        recorded = set()
        items = [(call.part_of, call.item) for call in store.calls(run_id) if call.item is not None]
        if len(items) != len(set(items)):
            raise Violation(f'an item of {run_id} was begun twice')
        for call in store.calls(run_id):
            if call.status is CallStatus.DONE and call.function in ('slow', 'work'):
                recorded.add(call.result)
                if call.result not in self._returned.get(f'{run_id}/{call.number}', ()):
                    raise Violation(f'{run_id}/{call.number} has a result that no execution returned')
        strange = set(run.output) - recorded
        if strange:
            raise Violation(f'{run_id} got what is not recorded: {sorted(strange)}')


def simulate(seed: int) -> None:
    """Run one simulation; a Violation names the seed."""
    try:
        World(seed).run()
    except Exception as error:
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
