"""The engine under a simulator: one thread, a clock and a schedule that a seed decides, and faults wherever it writes or waits.

    python -m tests.engine.seeds [--seeds N] [--first SEED]

Several workers (`simulation_workers.py`) share a database in memory, on which a few scripts and schedules run that the seed has chosen
(`simulation_scripts.py`). An event is a turn of a coordinator, a task of a pool, one step of an async function, time that passes, or the death,
the graceful end or the birth of a worker; now and then there is none for minutes. Statements and commits fail, or succeed and are reported as
failed, or take their worker with them. What the engine decides is decided by the engine's own code.

People send signals, cancel, pause and resume, have runs tried again, and trigger schedules meanwhile; old runs are deleted. What is watched
from outside, and when, is in `simulation_watch.py`. A seed that fails says so and fails again in the same way;
`test_simulation_mutations.py` plants errors in the engine and sees that they are found.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import cached_property, lru_cache
from random import Random
from unittest import mock

from sqlalchemy import StaticPool, create_engine

from monty_flow.engine import Functions, ManualClock, current_call, large, payloads, tidying
from monty_flow.engine.clock import MICROSECONDS
from monty_flow.engine.errors import DatabaseUnavailable
from monty_flow.engine.ids import IdSource
from monty_flow.engine.large import LEAST_BYTES
from monty_flow.engine.schema import metadata
from monty_flow.engine.sharing import QueueLimits
from monty_flow.engine.states import ENDED
from monty_flow.engine.store import NewRun, StoredSchedule
from monty_flow.interpreter.runtime import async_host
from monty_flow.interpreter.runtime import run as script_run
from tests.engine.simulation_scripts import (
    KEPT_SECONDS,
    KEYED,
    KEYED_PLACES,
    NARROW,
    NARROW_PLACES,
    PERIOD_SECONDS,
    PLACES_OF_KEY,
    RATE,
    RATED,
    SCENARIOS,
    SCHEDULED_SECONDS,
    SCHEDULES,
    SHORT,
)
from tests.engine.simulation_watch import Violation, Watch, set_up
from tests.engine.simulation_workers import Died, Moment, Process, SimulatedStore

WORKERS = 3
#: Scripts that a world has at most, and schedules.
MOST_SCRIPTS, MOST_SCHEDULES = 6, 1
#: Events after which runs that have not ended count as lost; and after how many of them nothing fails any more.
MAX_EVENTS, QUIET_AFTER = 30_000, 4_000
#: What takes an hour, ten minutes, and a minute otherwise.
HURRY = {'GRACE_US': 90 * MICROSECONDS, 'RELIED_US': 30 * MICROSECONDS, 'PRUNE_CACHE_SECONDS': 20.0}


@lru_cache(1)
def empty_database() -> bytes:
    """Return a database without rows; made once, as that takes longer than to copy it."""
    connection = sqlite3.connect(':memory:', isolation_level=None, check_same_thread=False)
    metadata.create_all(create_engine('sqlite://', creator=lambda: connection, poolclass=StaticPool))
    connection.execute('CREATE TABLE effects (key TEXT, token INTEGER)')
    connection.execute('CREATE TABLE by_hand (name TEXT)')
    set_up(connection)
    return connection.serialize()


class World:
    """One simulation."""

    def __init__(self, seed: int, scripts: Sequence[str] = (), schedules: Sequence[str] = ()) -> None:
        self.random = Random(seed)
        self.clock = ManualClock()
        # Some 150 statements are used, which would be compiled again and again.
        self.connection = sqlite3.connect(
            ':memory:', isolation_level=None, check_same_thread=False, cached_statements=1000
        )
        self.calm = True
        self.connection.deserialize(empty_database())
        self.events = 0
        self._tokens = 0
        #: Also the dead ones: what is collected ends its coroutines, at a moment that no seed decides.
        self._all_processes: list[Process] = []
        #: The worker in which something happens.
        self._acting: Process | None = None
        #: Whether it has died in the middle of what it does, and what was seen to be wrong: the engine catches both.
        self._has_died = False
        self._violation: Violation | None = None
        self._ids = IdSource(self.clock, self.random)
        self._scripts = scripts or self._chosen(list(SCENARIOS), 2, MOST_SCRIPTS)
        self._schedules = schedules if scripts else self._chosen(list(SCHEDULES), 0, MOST_SCHEDULES)
        self.watch = Watch(self.connection, self.clock)
        self._stop_at = self.clock.now() + SCHEDULED_SECONDS * MICROSECONDS
        self.processes = [self._born() for _ in range(WORKERS)]

    def _chosen(self, names: list[str], least: int, most: int) -> list[str]:
        return self.random.sample(names, self.random.randint(least, most))

    # What the workers have.

    @cached_property
    def functions(self) -> Functions:
        """Functions that take their time, fail, and return what nobody else returns; made once, as that takes longer than to use them."""
        functions = Functions()

        def end(key: str, failing: float = 0.1) -> int:
            if self.random.random() < failing:
                raise ConnectionError('busy')
            self._tokens += 1
            self.watch.returned.setdefault(key, set()).add(self._tokens)
            return self._tokens

        @functions.function(retries=1000, initial_delay_seconds=2, timeout_seconds=60, heartbeat_timeout_seconds=50)
        async def slow(x: int) -> int:
            key, process = current_call().idempotency_key, self._acting
            assert process is not None
            self._begin(process, key)
            try:
                for number in range(self.random.choice((0, 1, 2, 3, 40))):
                    current_call().heartbeat(number)
                    await Moment()
                return end(key)
            finally:
                process.executing.discard(key)

        @functions.function(retries=1000, initial_delay_seconds=2)
        def work(x: int) -> int:
            return end(current_call().idempotency_key)

        async def limited(x: int, customer: str = '') -> int:
            key = current_call().idempotency_key
            await Moment()
            return end(key)

        of_queue = {'retries': 1000, 'initial_delay_seconds': 2}
        functions.function(name='narrow', queue=NARROW, **of_queue)(limited)
        functions.function(name='keyed', queue=KEYED, concurrency_key='customer', **of_queue)(limited)
        functions.function(name='rated', queue=RATED, **of_queue)(limited)

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

        @functions.function(retries=1000, initial_delay_seconds=2)
        def large(x: int) -> str:
            # So that several have the same content in part.
            return f'{end(current_call().idempotency_key)} {str(x) * 2 * LEAST_BYTES}'

        @functions.function(retries=1000, initial_delay_seconds=2)
        def echo(text: str) -> int:
            assert len(text) > 2 * LEAST_BYTES
            return end(current_call().idempotency_key)

        @functions.function(retries=0)
        def fickle(x: int) -> int:
            return end(current_call().idempotency_key, failing=0.3)

        @functions.function(retries=0)
        async def failing(x: int = 0) -> None:
            await Moment()
            raise ValueError('no')

        return functions

    def _begin(self, process: Process, key: str) -> None:
        for other in self.processes:
            # One that took too long and was given up, or whose run has ended and is tried again, may go on for a while.
            if other is not process and other.executes(key) and other.is_leased and process.is_leased:
                # What a function raises is its outcome for the engine.
                with self.seeing():
                    raise Violation(f'{key} is executed by two workers whose leases live')
        process.executing.add(key)

    # What goes wrong.

    @contextmanager
    def seeing(self) -> Iterator[None]:
        """Remember what the block finds to be wrong, whatever the engine makes of that."""
        try:
            yield
        except Violation as violation:
            self._violation = violation
            raise

    def strike(self, share: float = 1.0) -> None:
        """Let the database be out of reach, or the worker die; by a share of the usual chance."""
        if self._has_died:
            # Whatever it does about that, it does nothing any more.
            raise Died
        if self.calm:
            return
        chance = self.random.random()
        if chance < 0.02 * share:
            raise DatabaseUnavailable('simulated')
        if chance < 0.03 * share:
            self._has_died = True
            raise Died

    # The schedule.

    def _born(self) -> Process:
        born = Process(self, f'worker {len(self._all_processes) + 1}')
        self._all_processes.append(born)
        return born

    def run(self) -> None:
        """Let the runs come to their ends, and see that these are right."""
        with hurried(), told_by(self.clock):
            try:
                self._run()
            finally:
                for process in self._all_processes:
                    process.loop.close()
                    process.be_dead()

    def _run(self) -> None:
        store = SimulatedStore(self, self.clock)
        store.whole = self.processes[0].shift._large.whole
        with store.transaction():
            self._prepare(store)
        self.calm = False
        while not (self.watch.all_ended() and self._stop_at is None):
            self.events += 1
            self.calm = self.events > QUIET_AFTER
            if self.events > MAX_EVENTS:
                left = [(run.id, run.status.value, run.waiting_for) for run in store.list(None, 30, None)]
                raise Violation(
                    f'runs were lost: {[each for each in left if each[1] not in ("succeeded", "cancelled")]}'
                )
            self._event()
            if self.random.random() < 0.03 or (self.calm and self.events % 50 == 0):
                self._interfere(store)
            if self.events % 5 == 0:
                for process in self.processes:
                    self.watch.check_hands(process.shift)
        self.calm = True
        self.watch.look()
        self.watch.check_ends(store)

    def _prepare(self, store: SimulatedStore) -> None:
        store.put_queue(QueueLimits(NARROW, concurrency=NARROW_PLACES))
        store.put_queue(QueueLimits(KEYED, concurrency=KEYED_PLACES, key_concurrency=PLACES_OF_KEY))
        store.put_queue(QueueLimits(RATED, rate=RATE, period_us=PERIOD_SECONDS * MICROSECONDS))
        store.put_retention(SHORT, '', KEPT_SECONDS * MICROSECONDS)
        empty = payloads.encode({})
        for name in self._scripts:
            each, run_id = SCENARIOS[name], self._ids.next()
            self.watch.names[run_id] = name
            run = NewRun(run_id, each.source, f'hash of {name}', 'main.py', None, empty, None, lane=each.lane)
            store.insert_runs([replace(run, namespace=each.namespace, keep_snapshots=each.keep_snapshots)])
        now = store.now()
        for name in self._schedules:
            self.watch.scheduled[name] = now
            store.put_schedule(_stored(name, now).going_on(now), new=True)

    def _interfere(self, store: SimulatedStore) -> None:
        """Do what people do."""
        what = self.random.choice([self._send, self._cancel, self._pause, self._resume, self._retry, self._schedule])
        if self.calm:
            self._safely(store, self._resume)
            what = self._retry
        self._safely(store, what)
        if self._stop_at is not None and (self.calm or self.clock.now() > self._stop_at):
            self._safely(store, self._end_schedules)

    def _safely(self, store: SimulatedStore, act: Callable[[SimulatedStore], None]) -> None:
        try:
            with store.transaction():
                act(store)
        except (DatabaseUnavailable, Died):
            # Whoever it was does not know whether it is done, and lets it be.
            self._has_died = False

    def _ids_of(self, *names: str) -> list[str]:
        return [run_id for run_id, name in self.watch.names.items() if name in names]

    def _send(self, store: SimulatedStore) -> None:
        for run_id in self._ids_of('listens'):
            if store.lock_run(run_id) not in ENDED:
                self._tokens += 1
                self.watch.sent.add(self._tokens)
                store.send(run_id, 'go', None, payloads.encode(self._tokens), store.now())

    def _cancel(self, store: SimulatedStore) -> None:
        for run_id in self._ids_of('cancelled', 'cancelled_bound', 'cancelled_tasks'):
            # Also again, while it cleans up.
            if self.random.random() < 0.5:
                store.cancel(run_id, 60 * MICROSECONDS)

    def _pause(self, store: SimulatedStore) -> None:
        for run_id in self._ids_of('paused', 'maps', 'keyed'):
            store.pause(run_id)

    def _resume(self, store: SimulatedStore) -> None:
        for run_id in self._ids_of('paused', 'maps', 'keyed'):
            store.resume(run_id)

    def _retry(self, store: SimulatedStore) -> None:
        for run_id in self._ids_of('retried', 'retried_map'):
            self.watch.note_retried(run_id)
            store.retry(run_id)

    def _schedule(self, store: SimulatedStore) -> None:
        for name in self._schedules:
            found = store.schedule(name, lock=True)
            assert found is not None
            if self._stop_at is not None and self.random.random() < 0.3:
                self.connection.execute('INSERT INTO by_hand VALUES (?)', (name,))
                store.trigger(found, self._ids.next())

    def _end_schedules(self, store: SimulatedStore) -> None:
        for name in self._schedules:
            found = store.schedule(name, lock=True)
            assert found is not None
            store.put_schedule(replace(found, paused=1), new=False)
        self._stop_at = None

    def _event(self) -> None:
        process = self.random.choice(self.processes)
        chance = self.random.random()
        if chance < 0.1:
            self.clock.advance(self.random.choice([0.1, 1, 1, 5, 5, 20]))
        elif chance < 0.104 and not self.calm:
            self._die(process)
        elif chance < 0.106 and not self.calm:
            process.drain()
        elif chance < 0.107 and not self.calm:
            # Nobody is there for a time.
            for each in self.processes:
                self._die(each)
            self.clock.advance(self.random.choice([30, 100, 300]))
        elif chance < 0.2:
            process.hold_round()
        elif process.tasks and chance < 0.8:
            self._let(process, process.tasks.pop(self.random.randrange(len(process.tasks))))
        else:
            self._let(process, process.turn)
            if process.has_drained:
                self._let(process, process.shift.close)
                self._die(process)

    def _let(self, process: Process, act: Callable[[], None]) -> None:
        self._acting = process
        self._has_died = False
        with suppress(Died, Violation):
            act()
        if self._violation is not None:
            raise self._violation
        if self._has_died:
            self._has_died = False
            if self.connection.in_transaction:
                self.connection.execute('ROLLBACK')
            self._die(process)

    def _die(self, process: Process) -> None:
        if process in self.processes:
            process.be_dead()
            self.processes[self.processes.index(process)] = self._born()


def _stored(name: str, now: int) -> StoredSchedule:
    """Return the row of a schedule whose first moment is now."""
    each = SCHEDULES[name]
    return StoredSchedule(
        name=name, cron=None, timezone='UTC', every_us=each.every_seconds * MICROSECONDS, anchor=now,
        overlap=each.overlap.value, catch_up=each.catch_up.value, max_catch_up=100, paused=0,
        jitter_us=each.jitter_seconds * MICROSECONDS, next_moment=None, next_at=None, held=0, last_moment=None,
        last_run=None, fired=0, skipped=0, error=None, created_at=now, source=each.source,
        script_hash=f'hash of {name}', script_name='main.py', inputs=payloads.encode({}), passes_moment=0, limits=None,
        keep_snapshots=None, namespace=each.namespace, tags=None, deadline_us=None, lane='',
    )  # fmt: skip


@contextmanager
def hurried() -> Iterator[None]:
    """Let what takes hours take a minute."""
    with (
        mock.patch.object(tidying, 'GRACE_US', HURRY['GRACE_US']),
        mock.patch.object(large, 'RELIED_US', HURRY['RELIED_US']),
    ):
        with mock.patch.object(tidying, 'PRUNE_CACHE_SECONDS', HURRY['PRUNE_CACHE_SECONDS']):
            yield


@contextmanager
def told_by(clock: ManualClock) -> Iterator[None]:
    """Let the interpreter ask the simulated clock: moments are in the states of scripts, whose sizes decide what is stored as a delta."""
    told = mock.Mock(time)
    told.time = told.monotonic = told.perf_counter = lambda: clock.now() / MICROSECONDS
    with mock.patch.object(script_run, 'time', told), mock.patch.object(async_host, 'time', told):
        yield


def simulate(seed: int, scripts: Sequence[str] = (), schedules: Sequence[str] = ()) -> int:
    """Run one simulation, of these scripts and schedules or of what the seed chooses, and return its events; a Violation names the seed."""
    try:
        world = World(seed, scripts, schedules)
        world.run()
        return world.events
    except (Exception, Violation) as error:
        raise Violation(f'seed {seed}: {type(error).__name__}: {error}') from error


if __name__ == '__main__':
    raise SystemExit('seeds are run by `python -m tests.engine.seeds`')
