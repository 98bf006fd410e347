"""A worker at work: claims calls, has them executed, and commits what comes of them.

Threads and what they do:

* The thread that calls `run` coordinates: it claims, renews the lease, watches time-outs, and wakes for
  timers. It never executes functions or scripts, so a long step cannot hold back a heartbeat.
* Pool threads execute sync functions, step scripts and commit (`committer.py`). Calls of one run may be executed at the
  same time; the run itself is with one thread at a time (`live.py`), so it never steps twice at once.
* A loop thread executes async functions; their runs step on the pool.

A call keeps its place among `concurrency` until its result is committed, and leaves it to a call that the script begins
then: that one is inserted already leased, and the live state stays in memory. A step that others forestalled, since a call of
the same run ended with another worker, is taken again from the newer state with the same results.

If the process dies, its lease runs out and another worker takes the calls over from the database. If the database
goes away, what is in hand is kept until the lease runs out, and written when it is back.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import astuple, dataclass, replace
from random import Random
from typing import Any

from monty_flow.engine import wakeup
from monty_flow.engine.advance import Advancer
from monty_flow.engine.attempts import GIVEN_UP, LEASE_LOST, RUN_CANCELLED, RUN_ENDED, WORKER_STOPS, Attempts
from monty_flow.engine.caching import PRUNE_CACHE_SECONDS, PRUNED_AT_A_TIME
from monty_flow.engine.clock import MICROSECONDS, Clock
from monty_flow.engine.codec import Codec
from monty_flow.engine.committer import Committer
from monty_flow.engine.errors import DatabaseUnavailable
from monty_flow.engine.functions import Functions, HostFunction
from monty_flow.engine.hands import Hands
from monty_flow.engine.ids import IdSource
from monty_flow.engine.isolation import Isolation, Scripts
from monty_flow.engine.keeper import Keeper
from monty_flow.engine.live import Hand, LiveRun
from monty_flow.engine.observing import Observer, Observers
from monty_flow.engine.outage import Outage
from monty_flow.engine.outcomes import EngineFailed, HandedBack, Outcome, Returned
from monty_flow.engine.retention import PRUNE_SECONDS, RUNS_AT_A_TIME
from monty_flow.engine.routing import Router
from monty_flow.engine.secrecy import Secrets
from monty_flow.engine.states import ENDED, CallKind, RunStatus
from monty_flow.engine.store import Store, Taken, locate, open_store
from monty_flow.engine.threads import LoopThread, Pool
from monty_flow.engine.transacting import Transacted, Transactions
from monty_flow.engine.transitions import Claim, Program, Standing, Transition

logger = logging.getLogger('monty_flow.engine')

#: What a thread of the pool is given: calls to execute, of one run, or a run to be advanced by what came of some.
Task = tuple[Hand, ...] | LiveRun

#: Attempts to write a step before the call is set back.
MAX_COMMIT_ERRORS = 3
#: Seconds between attempts to write a step that could not be written.
COMMIT_RETRY_SECONDS = 1.0
#: Seconds between looks for calls whose time ran out while they waited, and how many of them are taken at a time.
LATE_SECONDS = 1.0
LATE_AT_A_TIME = 100


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


@dataclass(frozen=True, slots=True)
class Machinery:
    """What runs beside a shift: connections, threads, an event loop, and waiting. A simulator brings its own."""

    open_store: Callable[[str, Clock], Store] = open_store
    pool: Callable[[int, Callable[[Task], None], str], Pool[Task]] = Pool
    loop: Callable[[str], LoopThread] = LoopThread
    #: Waits for news, at most so many seconds.
    rest: Callable[[threading.Event, float], object] = threading.Event.wait


class Shift:
    """One time that a worker works, from opening the database to closing it.

    `stopping` is set by whoever wants it to end; `work` then takes no more calls and drains.
    """

    def __init__(
        self,
        url: str,
        functions: Functions,
        settings: WorkerSettings,
        name: str,
        clock: Clock,
        random: Random,
        stopping: threading.Event,
        codec: Codec,
        secrets: Secrets,
        observers: Sequence[Observer] = (),
        machinery: Machinery | None = None,
    ) -> None:
        self._machinery = machinery = machinery or Machinery()
        self._url = url
        self._functions = functions
        self._settings = settings
        self._name = name
        self._stopping = stopping
        self._ids = IdSource(clock, random)
        self._reader = machinery.open_store(url, clock)
        self._reading = threading.Lock()
        self._writer = machinery.open_store(url, clock)
        self._clock = clock = self._writer.clock
        self._outage = Outage(random)
        self._committer: Committer[LiveRun] = Committer(self._writer, self._settled)
        self._keeper = Keeper(codec, snapshot_format=settings.snapshot_format)
        self._hands = Hands(settings.concurrency)
        self._router = Router(functions, settings.queues)
        self._advancer = Advancer(
            functions, clock, random, self._read_program, self._read_standing, self._hands.reserve,
            settings.max_setbacks, self._keeper, self._read, self._router, secrets,
        )  # fmt: skip
        self._advancer.stepper.isolate(Scripts(settings.isolation, settings.concurrency))
        # One more, for calls that are late while all others are busy.
        self._pool = machinery.pool(settings.concurrency + 1, self._task, f'{name} executes')
        self._loop = machinery.loop(f'{name} awaits')
        self._transactions = Transactions(
            lambda: machinery.open_store(url, clock), self._committer.alone if locate(url).embedded else nullcontext
        )
        self._observers = Observers(observers, secrets)
        self._attempts = Attempts(
            clock, self._pool, self._loop, self._committer, self._ended, self._read, self._transactions, secrets,
            self._observers,
        )  # fmt: skip
        self._committer.while_waiting = self._attempts.end_late
        self._wake = wakeup.subscribe(url)
        #: Steps that could not be written, with the number of attempts.
        self._unwritten: dict[LiveRun, tuple[Transition, int]] = {}
        #: Runs that could not be read, for which results wait.
        self._unread: dict[LiveRun, None] = {}
        self._retry_writing_at = 0
        self._prune_at = 0
        self._prune_cache_at = clock.now() + round(PRUNE_CACHE_SECONDS * MICROSECONDS)
        self._late_at = 0
        self._session = ''
        self._lease_us = round(settings.lease_seconds * MICROSECONDS)
        self._lease_ends, self._changes = 0, -1
        self._next_due: int | None = None
        #: When deadlines, graces and schedules ask for something next.
        self._attend_at: int | None = None
        #: Whether a claim may find something that the last one did not.
        self._stale = True
        #: Whether runs in hand may have been cancelled or ended by others.
        self._unseen = False
        #: Whether calls may be leased that are not in hand, by commits of which nothing was heard.
        self._unsure = False
        self._idle = False

    # The coordinator.

    def work(self, done: Callable[[Shift], bool]) -> None:
        """Work until `done` or told to stop, then drain."""
        while not self._stopping.is_set():
            self._wake.clear()
            if self._survived(lambda: self._turn(done)):
                break
            self._wait()
        self._drain()

    def turn(self) -> None:
        """Take one turn of the coordinator; for who drives a shift step by step."""
        self._survived(lambda: self._turn(lambda _: False))

    def _turn(self, done: Callable[[Shift], bool]) -> bool:
        if not self._session:
            self._open_session()
        self._attempts.end_late()
        self._attempts.write_progress()
        self._look_for_changes()
        self._keep_lease()
        self._release_unknown()
        self._write_again()
        self._attend()
        self._see_cancelled()
        self._claim_late()
        self._claim()
        self._prune_at_times()
        return done(self)

    def _survived(self, turn: Callable[[], bool]) -> bool:
        """Return what the turn returns, or False after a while when the database could not be reached."""
        try:
            result = turn()
        except DatabaseUnavailable as error:
            self._unsure = self._stale = True
            self._machinery.rest(self._wake, self._outage.delay(error))
            return False
        self._outage.end()
        return result

    def close(self) -> None:
        """End the session; what is still in hand is handed back."""
        self._pool.stop()
        self._loop.stop()
        if self._session:
            session, self._session = self._session, ''
            try:
                self._committer.execute(lambda store: store.close_session(session))
            except Exception:
                logger.exception('the worker could not end its session; its calls come back when the lease runs out')
        wakeup.announce(self._url)
        self._transactions.close()
        self._reader.close()
        self._writer.close()

    @property
    def commits(self) -> int:
        """Transactions so far."""
        return self._committer.commits

    def has_stopped(self, run_id: str) -> bool:
        """Tell whether a run has ended or was paused."""
        if self._hands.has_run(run_id):
            return False
        with self._reading:
            run = self._reader.get(run_id)
        return run is None or run.status in ENDED or run.status is RunStatus.PAUSED

    def is_idle(self) -> bool:
        """Tell whether nothing is in hand and the last claim found nothing."""
        if not self._idle or self._hands or self._stale:
            return False
        # A hand that was let go a moment ago may have left something that is due.
        with self._reading:
            return self._reader.changes() == self._changes

    def _open_session(self) -> None:
        session = self._ids.next()
        names = self._functions.names

        def operate(store: Store) -> int:
            store.recover()
            self._attend_at = store.attend(self._ids.next)
            store.put_routes(names, [astuple(route) for route in self._router.own])
            self._learn(store)
            queues, places = self._settings.queues, self._settings.concurrency
            return store.open_session(session, self._name, names, self._lease_us, queues, places)

        self._lease_ends = self._committer.execute(operate)
        self._session = session
        self._stale = True

    def _learn(self, store: Store) -> None:
        self._router.learn_routes(store.routes())
        self._router.learn_limits(frozenset(queue.name for queue in store.queues() if queue.bounds_claims))

    def _look_for_changes(self) -> None:
        with self._reading:
            changes = self._reader.changes()
        now = self._clock.now()
        if changes != self._changes or (self._next_due is not None and self._next_due <= now):
            self._changes = changes
            self._stale = self._unseen = True

    def _keep_lease(self) -> None:
        now = self._clock.now()
        # Twice within a lease a renewal may fail before it runs out.
        if self._lease_ends - now > self._lease_us * 2 // 3:
            return
        session = self._session
        ends = self._committer.execute(lambda store: store.renew_session(session, self._lease_us))
        # Others' leases are looked at as often as ours, and so are deadlines, also when there is no place for a claim.
        self._committer.execute(lambda store: store.recover())
        self._attend_at = self._committer.execute(lambda store: store.attend(self._ids.next))
        self._committer.execute(self._learn)
        if ends is not None and ends > now:
            self._lease_ends = ends
            return
        logger.warning('the lease ran out and other workers took the calls in hand over; a new session begins')
        self._attempts.cancel(LEASE_LOST)
        self._observers.tell(lambda observer: observer.lease_lost())
        self._hands.clear()
        self._open_session()

    def _release_unknown(self) -> None:
        if not self._unsure:
            return
        session = self._session
        self._unsure = False
        # Asked within the transaction, when all that was committed before is known.
        self._committer.execute(lambda store: store.release_unknown(session, self._hands.places()))

    def _write_again(self) -> None:
        now = self._clock.now()
        if not (self._unwritten or self._unread) or now < self._retry_writing_at:
            return
        self._retry_writing_at = now + round(COMMIT_RETRY_SECONDS * MICROSECONDS)
        for run in list(self._unread):
            del self._unread[run]
            if run.end(()):
                self._pool.put(run)
        for run, (transition, _) in list(self._unwritten.items()):
            outcome = self._committer.submit(transition, run)
            if outcome is not None:
                self._settled(run, *outcome)
                if isinstance(outcome[1], DatabaseUnavailable):
                    raise outcome[1]

    def _claim(self) -> None:
        free = self._hands.free()
        if not self._stale or free <= 0 or self._stopping.is_set():
            return
        self._stale = False
        session, names = self._session, self._functions.names

        def operate(store: Store) -> tuple[Taken, int | None]:
            store.hurry_cancelled()
            return store.take(session, names, free, self._settings.queues), store.next_time()

        taken, self._attend_at = self._committer.execute(operate)
        self._next_due = taken.next_at
        self._router.learn_limits(taken.limited)
        self._idle = not taken.claims
        # There may be more, for when a hand is free.
        self._stale = taken.more
        self._take(taken.claims)

    def _claim_late(self) -> None:
        """Take calls whose time ran out while they waited, also when all places are taken: nothing is executed for them."""
        now = self._clock.now()
        if now < self._late_at or self._stopping.is_set():
            return
        self._late_at = now + round(LATE_SECONDS * MICROSECONDS)
        session, known = self._session, self._functions.by_name
        functions = {name: function for name, function in known.items() if function.may_be_late}
        if functions:
            self._take(self._committer.execute(lambda store: store.claim_late(session, functions, LATE_AT_A_TIME)))

    def _take(self, claims: list[Claim]) -> None:
        timers: dict[LiveRun, list[Hand]] = {}
        for claim in claims:
            hand = self._hands.claimed(claim, self._session)
            if claim.kind is CallKind.TIMER:
                timers.setdefault(hand.run, []).append(hand)
            else:
                self._pool.put((hand,))
        for hands in timers.values():
            # Those that are due together are handed over together, in their order.
            self._pool.put(tuple(sorted(hands, key=lambda hand: (hand.due_at, hand.number))))

    def _attend(self) -> None:
        if self._attend_at is not None and self._attend_at <= self._clock.now():
            self._attend_at = self._committer.execute(lambda store: store.attend(self._ids.next))
            self._stale = True
            wakeup.announce(self._url)

    def _see_cancelled(self) -> None:
        """Tell the functions in execution whose runs do not want them any more."""
        hands = self._hands.all()
        if not self._unseen or not hands:
            return
        self._unseen = False
        session = self._session
        ours = self._read(lambda store: store.runs_in_hand(session))
        for hand in hands:
            run = hand.run
            is_cancelled = ours.get(run.id)
            if is_cancelled is None:
                # Or its step has been written and it is about to be let go; then nothing is in execution.
                self._attempts.ask_to_stop(hand, RUN_ENDED)
            elif is_cancelled and run.status is not RunStatus.CANCELLING:
                run.is_cancelled = True
                self._attempts.ask_to_stop(hand, RUN_CANCELLED)

    def _prune_at_times(self) -> None:
        now = self._clock.now()
        if now >= self._prune_at:
            self._prune_at = now + round(PRUNE_SECONDS * MICROSECONDS)
            self._prune()
        if now >= self._prune_cache_at:
            self._prune_cache_at = now + round(PRUNE_CACHE_SECONDS * MICROSECONDS)
            self._committer.execute(lambda store: store.prune_cached(PRUNED_AT_A_TIME))

    def _pruned(self) -> bool:
        self._prune()
        return True

    def _prune(self) -> None:
        run_ids = self._keeper.take_full()
        for start in range(0, len(run_ids), RUNS_AT_A_TIME):
            some = run_ids[start : start + RUNS_AT_A_TIME]
            self._committer.execute(lambda store, some=some: store.prune(some))  # type: ignore[misc]

    def _wait(self) -> None:
        self._machinery.rest(self._wake, self._settings.poll_seconds)

    def _drain(self) -> None:
        self._advancer.takes_calls = False
        ends = self._clock.elapsed() + round(self._settings.drain_seconds * MICROSECONDS)
        self._stopping.set()
        while self._hands and self._clock.elapsed() < ends:
            self._wake.clear()
            if not self._survived(self._draining_turn):
                self._wait()
        if self._hands:
            logger.warning('%d calls did not end in time and are handed back', len(self._hands))
        self._survived(self._pruned)

    def _draining_turn(self) -> bool:
        self._attempts.cancel(WORKER_STOPS)
        self._attempts.end_late()
        self._attempts.write_progress()
        self._keep_lease()
        self._write_again()
        return not self._hands

    # In the pool's threads.

    def _task(self, task: Task | None) -> None:
        while task is not None:
            task = self._advance(task) if isinstance(task, LiveRun) else self._execute_all(task)

    def _execute_all(self, hands: tuple[Hand, ...]) -> Task | None:
        """Execute calls of one run, and return the run when this thread is to advance it."""
        ended = [(hand, outcome) for hand in hands if (outcome := self._execute(hand)) is not None]
        run = hands[0].run
        match ended:
            case [(hand, Returned(within=within) as outcome)] if within is not None:
                return self._commit_within(within, hand, replace(outcome, within=None))
        return run if ended and run.end(ended) else None

    def _execute(self, hand: Hand) -> Outcome | None:
        """Return the outcome of a call, or None when it comes later or never."""
        if self._stopping.is_set() or self._clock.now() >= self._lease_ends:
            self._hand_back(hand)
            return None
        if self._advancer.too_often(hand):
            return EngineFailed(RuntimeError(f'the call was begun {hand.attempt - 1} times and never came to an end'))
        try:
            function = self._advancer.prepare(hand)
            if not isinstance(function, HostFunction):
                return function
            args, kwargs = self._advancer.arguments(hand)
        except DatabaseUnavailable:
            self._hand_back(hand)
            return None
        except Exception as error:  # it cannot be loaded here and now, which is not the run's fault
            return EngineFailed(error)
        try:
            outcome = self._attempts.begin(hand, function, args, kwargs)
        except DatabaseUnavailable:
            self._hand_back(hand)
            return None
        except Exception as error:  # not of the function, whose errors are outcomes
            return EngineFailed(error)
        if isinstance(outcome, HandedBack):
            self._hand_back(hand)
            return None
        return outcome

    def _ended(self, hand: Hand, outcome: Outcome) -> None:
        """Have the run advanced by what came of a call, by a thread of the pool."""
        if isinstance(outcome, HandedBack):
            self._hand_back(hand)
        elif hand.run.end([(hand, outcome)]):
            self._pool.put(hand.run)

    def _advance(self, run: LiveRun) -> Task | None:
        """Advance a run by what has gathered, and return what this thread goes on with."""
        ended = run.take()
        try:
            transition, lost = self._advancer.settle(run, ended)
        except DatabaseUnavailable:
            run.put_back(ended)
            self._unread[run] = None
            return None
        if lost:
            logger.info('run %s: %d calls were taken over or given up; what came of them is dropped', run.id, len(lost))
            # Or they are settled, by a commit that was made and not reported, and what it began is leased.
            self._unsure = True
            self._let_go(*lost)
        if transition is None:
            return run if run.leave() else None
        committed = self._committer.submit(transition, run)
        return None if committed is None else self._after_commit(run, transition, *committed)

    def _commit_within(self, within: Transacted, hand: Hand, outcome: Returned) -> Task | None:
        """Commit what a transactional function wrote together with its result, and the step where it is the only call."""
        run = hand.run
        if len(run.calls) == 1 and run.occupy():
            try:
                return self._step_within(within, hand, outcome)
            except Exception as error:  # as below
                self._forget_step(run)
                self._lost_track(hand, error)
                return run if run.leave() else None
        try:
            stood = within.record(run.id, hand.number, run.session, outcome.payload)
            within.commit() if stood else within.roll_back()
        except (
            Exception
        ) as error:  # whatever it is, it must not be written again alone, without what the function wrote
            self._lost_track(hand, error)
            return None
        if not stood:
            self._let_go(hand)
            return None
        # From now on it only has to be handed over, whatever becomes of this worker.
        hand.recorded = outcome
        hand.attempt += 1
        return run if run.end([(hand, outcome)]) else None

    def _step_within(self, within: Transacted, hand: Hand, outcome: Returned) -> Task | None:
        """Step a run that this thread occupies, within a transaction."""
        run = hand.run
        while True:
            try:
                transition, lost = self._advancer.settle(run, [(hand, outcome)])
            except DatabaseUnavailable:
                within.roll_back()
                self._hand_back(hand)
                return run if run.leave() else None
            if transition is None:
                within.roll_back()
                self._unsure = True
                self._let_go(*lost)
                return run if run.leave() else None
            if transition.settled[0].result is None:
                within.roll_back()
                committed = self._committer.submit(transition, run)
                return None if committed is None else self._after_commit(run, transition, *committed)
            if within.write(transition):
                within.commit()
                return self._after_commit(run, transition, stood=True, error=None)
            self._forget_step(run)

    def _lost_track(self, hand: Hand, error: Exception) -> None:
        """Give up a call of which it is not known whether its result was committed."""
        logger.warning('it is not known whether a step of run %s was committed: %s', hand.run_id, error)
        # If it was written, its next call is leased, and if not, this one may be: what the session has leased and nobody
        # has in hand goes back.
        self._unsure = True
        self._let_go(hand)

    def _forget_step(self, run: LiveRun) -> None:
        """Take back what a step that was not written would have led to."""
        self._keeper.settled(run.id, stood=False)
        self._hands.unreserve(run.reserved)
        run.is_stale, run.beginning, run.reserved = True, [], 0

    def _settled(self, run: LiveRun, stood: bool, error: BaseException | None) -> None:
        transition = run.transition
        assert transition is not None
        task = self._after_commit(run, transition, stood, error)
        if task is not None:
            self._pool.put(task)

    def _after_commit(
        self, run: LiveRun, transition: Transition, stood: bool, error: BaseException | None
    ) -> Task | None:
        """Act upon what was committed, and return what this thread goes on with."""
        if error is not None:
            self._keep_unwritten(run, transition, error)
            return None
        self._unwritten.pop(run, None)
        settled, begun = run.settling, run.beginning
        if not stood:
            # A call of the run has ended elsewhere, or the run was stopped: what came of ours is looked at again.
            self._forget_step(run)
            run.put_back(settled)
            return run if run.end(()) else None
        self._keeper.settled(run.id, stood=True)
        if self._observers:
            self._observers.tell(lambda observer: observer.step_committed(transition))
        run.went_on(transition)
        for hand in begun:
            self._hands.begin(hand)
        self._hands.unreserve(run.reserved)
        run.reserved = 0
        for hand, _ in settled:
            self._hands.let_go(hand)
        if len(begun) < len(settled):
            wakeup.announce(self._url)
        for number in transition.given_up:
            if number in run.hands:
                self._attempts.ask_to_stop(run.hands[number], GIVEN_UP)
        for hand in begun[1:]:
            self._pool.put((hand,))
        more = run.leave()
        if not begun:
            return run if more else None
        if more:
            self._pool.put(run)
        return (begun[0],)

    def _keep_unwritten(self, run: LiveRun, transition: Transition, error: BaseException) -> None:
        _, errors = self._unwritten.get(run, (transition, 0))
        if isinstance(error, DatabaseUnavailable):
            self._unwritten[run] = (transition, errors)
            return
        logger.error('a step of run %s could not be written (attempt %d)', run.id, errors + 1, exc_info=error)
        if errors + 1 == MAX_COMMIT_ERRORS:
            transition = self._advancer.give_up_step(run, error)
        self._unwritten[run] = (transition, errors + 1)
        self._retry_writing_at = self._clock.now() + round(COMMIT_RETRY_SECONDS * MICROSECONDS)

    def _hand_back(self, hand: Hand) -> None:
        try:
            self._committer.execute(lambda store: store.release(hand.run.session, [hand]))
        except DatabaseUnavailable:
            self._unsure = True
        self._let_go(hand)

    def _let_go(self, *hands: Hand) -> None:
        for hand in hands:
            self._hands.let_go(hand)
        wakeup.announce(self._url)

    def _read(self, read: Callable[[Store], Any]) -> Any:
        with self._reading:
            return read(self._reader)

    def _read_program(self, run: LiveRun) -> Program:
        with self._reading:
            return self._reader.program(run.script_hash, run.id, run.step)

    def _read_standing(self, run_id: str) -> Standing | None:
        with self._reading:
            return self._reader.standing(run_id)
