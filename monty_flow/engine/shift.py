"""A worker at work: claims calls, has them executed, and commits what comes of them.

Threads and what they do:

* The thread that calls `run` coordinates: it claims, renews the lease, watches time-outs, and wakes for
  timers. It never executes functions or scripts, so a long step cannot hold back a heartbeat.
* Pool threads execute sync functions, step scripts and commit (`committer.py`). One hand is with one thread at
  a time, so a run never steps twice at once.
* A loop thread executes async functions; their runs step on the pool.

A hand keeps its place among `concurrency` while its run goes from call to call: the next call is inserted already
leased, and the live snapshot stays in memory. It is let go when the run ends or has to wait.

If the process dies, its lease runs out and another worker takes the calls over from the database. If the database
goes away, what is in hand is kept until the lease runs out, and written when it is back.
"""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import astuple, dataclass
from random import Random
from typing import Any

from monty_flow.engine import wakeup
from monty_flow.engine.advance import Advancer, Hand
from monty_flow.engine.attempts import LEASE_LOST, RUN_CANCELLED, RUN_ENDED, WORKER_STOPS, Attempts
from monty_flow.engine.caching import PRUNE_CACHE_SECONDS, PRUNED_AT_A_TIME
from monty_flow.engine.clock import MICROSECONDS, Clock
from monty_flow.engine.codec import Codec
from monty_flow.engine.committer import Committer
from monty_flow.engine.errors import DatabaseUnavailable
from monty_flow.engine.functions import Functions, HostFunction
from monty_flow.engine.ids import IdSource
from monty_flow.engine.isolation import Isolation, Scripts
from monty_flow.engine.keeper import Keeper
from monty_flow.engine.observing import Observer, Observers
from monty_flow.engine.outage import Outage
from monty_flow.engine.outcomes import EngineFailed, HandedBack, Outcome, Returned
from monty_flow.engine.records import Claim, Program, Transition
from monty_flow.engine.retention import PRUNE_SECONDS, RUNS_AT_A_TIME
from monty_flow.engine.revising import revised
from monty_flow.engine.routing import Router
from monty_flow.engine.secrecy import Secrets
from monty_flow.engine.states import ENDED, CallStatus, RunStatus
from monty_flow.engine.store import Store, Taken, locate, open_store
from monty_flow.engine.threads import LoopThread, Pool
from monty_flow.engine.transacting import Transacted, Transactions
from monty_flow.interpreter import Snapshot

logger = logging.getLogger('monty_flow.engine')

#: Live snapshots of waiting runs that a worker keeps, to go on without loading them.
KEPT_SNAPSHOTS = 1000
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

    #: Runs in hand at once; also the bound on threads for sync functions.
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
    ) -> None:
        self._url = url
        self._functions = functions
        self._settings = settings
        self._name = name
        self._stopping = stopping
        self._ids = IdSource(clock, random)
        self._reader = open_store(url, clock)
        self._reading = threading.Lock()
        self._writer = open_store(url, clock)
        self._clock = clock = self._writer.clock
        self._outage = Outage(random)
        self._committer: Committer[Hand] = Committer(self._writer, self._settled)
        self._keeper = Keeper(codec, snapshot_format=settings.snapshot_format)
        self._router = Router(functions, settings.queues)
        self._advancer = Advancer(
            functions,
            clock,
            random,
            self._read_program,
            settings.max_setbacks,
            self._keeper,
            self._read,
            self._router,
            secrets,
        )
        self._advancer.isolate(Scripts(settings.isolation, settings.concurrency))
        # One more, for calls that are late while all others are busy.
        self._pool: Pool[tuple[Hand, Outcome | None]] = Pool(settings.concurrency + 1, self._task, f'{name} executes')
        self._loop = LoopThread(f'{name} awaits')
        self._transactions = Transactions(
            lambda: open_store(url, clock), self._committer.alone if locate(url).embedded else nullcontext
        )
        self._observers = Observers(observers, secrets)
        self._attempts = Attempts(
            clock,
            self._pool,
            self._loop,
            self._committer,
            self._read,
            self._transactions,
            secrets,
            self._observers,
        )
        self._committer.while_waiting = self._attempts.end_late
        self._wake = wakeup.subscribe(url)
        self._hands: dict[str, Hand] = {}
        self._kept: OrderedDict[str, tuple[int, Snapshot]] = OrderedDict()
        #: Steps that could not be written, with the number of attempts.
        self._unwritten: dict[Hand, tuple[Transition, int]] = {}
        self._retry_writing_at = 0
        self._prune_at = 0
        self._prune_cache_at = clock.now() + round(PRUNE_CACHE_SECONDS * MICROSECONDS)
        self._late_at = 0
        self._session = ''
        self._lease_us = round(settings.lease_seconds * MICROSECONDS)
        self._lease_ends = 0
        self._changes = -1
        self._next_due: int | None = None
        self._next_deadline: int | None = None
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

    def _turn(self, done: Callable[[Shift], bool]) -> bool:
        if not self._session:
            self._open_session()
        self._attempts.end_late()
        self._attempts.write_progress()
        self._look_for_changes()
        self._keep_lease()
        self._release_unknown()
        self._write_again()
        self._end_overdue()
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
            self._wake.wait(self._outage.delay(error))
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
        if run_id in self._hands:
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
            _, self._next_deadline = store.end_overdue()
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
        self._next_deadline = self._committer.execute(lambda store: store.end_overdue())[1]
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
        session, known = self._session, frozenset(self._hands)
        self._unsure = False
        self._committer.execute(lambda store: store.release_unknown(session, known))

    def _write_again(self) -> None:
        now = self._clock.now()
        if not self._unwritten or now < self._retry_writing_at:
            return
        self._retry_writing_at = now + round(COMMIT_RETRY_SECONDS * MICROSECONDS)
        for hand, (transition, _) in list(self._unwritten.items()):
            outcome = self._committer.submit(transition, hand)
            if outcome is not None:
                self._settled(hand, *outcome)
                if isinstance(outcome[1], DatabaseUnavailable):
                    raise outcome[1]

    def _claim(self) -> None:
        free = self._settings.concurrency - len(self._hands)
        if not self._stale or free <= 0 or self._stopping.is_set():
            return
        self._stale = False
        session, names = self._session, self._functions.names

        def operate(store: Store) -> tuple[Taken, int | None]:
            store.hurry_cancelled()
            return store.take(session, names, free, self._settings.queues), store.next_deadline()

        taken, self._next_deadline = self._committer.execute(operate)
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
        for claim in claims:
            number, snapshot = self._kept.pop(claim.run_id, (0, None))
            hand = Hand(claim, self._session, snapshot if number == claim.number else None)
            self._hands[claim.run_id] = hand
            self._pool.put((hand, None))

    def _end_overdue(self) -> None:
        if self._next_deadline is not None and self._next_deadline <= self._clock.now():
            _, self._next_deadline = self._committer.execute(lambda store: store.end_overdue())
            wakeup.announce(self._url)

    def _see_cancelled(self) -> None:
        """Tell the functions in execution whose runs do not want them any more."""
        hands = list(self._hands.values())
        if not self._unseen or not hands:
            return
        self._unseen = False
        session = self._session
        ours = self._read(lambda store: store.runs_in_hand(session))
        for hand in hands:
            is_cancelled = ours.get(hand.claim.run_id)
            if is_cancelled is None:
                # Or its step has been written and it is about to be let go; then nothing is in execution.
                self._attempts.ask_to_stop(hand, RUN_ENDED)
            elif is_cancelled and hand.claim.status is not RunStatus.CANCELLING and not hand.claim.is_cancelled:
                hand.claim.is_cancelled = True
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
        self._wake.wait(self._settings.poll_seconds)

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

    # In the pool's threads: one hand is with one of them at a time.

    def _task(self, task: tuple[Hand, Outcome | None]) -> None:
        hand, outcome = task
        while True:
            if outcome is None:
                outcome = self._execute(hand)
            if outcome is None:
                return
            if isinstance(outcome, HandedBack):
                self._hand_back(hand)
                return
            within = outcome.within if isinstance(outcome, Returned) else None
            try:
                transition = self._advancer.settle(hand, outcome)
            except DatabaseUnavailable:
                if within is not None:
                    within.roll_back()
                self._hand_back(hand)
                return
            if within is None:
                committed = self._committer.submit(transition, hand)
            else:
                committed = self._commit_within(within, hand, transition)
            if committed is None or not self._after_commit(hand, hand.transition or transition, *committed):
                return
            outcome = None

    def _commit_within(
        self, within: Transacted, hand: Hand, transition: Transition
    ) -> tuple[bool, BaseException | None] | None:
        """Commit a step together with what its function wrote, if it records the result; else without that."""
        if transition.call_status is not CallStatus.DONE:
            within.roll_back()
            return self._committer.submit(transition, hand)
        try:
            written = within.commit(transition)
        except (
            Exception
        ) as error:  # whatever it is, it must not be written again alone, without what the function wrote
            logger.warning('it is not known whether a step of run %s was committed: %s', hand.claim.run_id, error)
            written = None
        if written is not None:
            hand.transition = written
            hand.claim.version, hand.claim.status = written.from_version, written.from_status
            return True, None
        # If it was written, its next call is leased, and if not, this one may be: what the session has leased and nobody
        # has in hand goes back.
        self._keeper.settled(hand.claim.run_id, stood=False)
        self._unsure = True
        self._let_go(hand)
        return None

    def _execute(self, hand: Hand) -> Outcome | None:
        """Return the outcome of the call, or None when it comes later or never."""
        if self._stopping.is_set() or self._clock.now() >= self._lease_ends:
            self._hand_back(hand)
            return None
        claim = hand.claim
        if self._advancer.too_often(claim):
            return EngineFailed(RuntimeError(f'the call was begun {claim.attempt - 1} times and never came to an end'))
        try:
            function = self._advancer.prepare(hand)
        except DatabaseUnavailable:
            self._hand_back(hand)
            return None
        except Exception as error:  # it cannot be loaded here and now, which is not the run's fault
            return EngineFailed(error)
        if not isinstance(function, HostFunction):
            return function
        snapshot = hand.snapshot
        assert snapshot is not None
        try:
            return self._attempts.begin(hand, function, snapshot.args, snapshot.kwargs)
        except DatabaseUnavailable:
            self._hand_back(hand)
            return None
        except Exception as error:  # not of the function, whose errors are outcomes
            return EngineFailed(error)

    def _settled(self, hand: Hand, stood: bool, error: BaseException | None) -> None:
        transition = hand.transition
        assert transition is not None
        if self._after_commit(hand, transition, stood, error):
            self._pool.put((hand, None))

    def _after_commit(self, hand: Hand, transition: Transition, stood: bool, error: BaseException | None) -> bool:
        """Act upon what was committed, and tell whether the hand goes straight on to its next call."""
        if error is not None:
            self._keep_unwritten(hand, transition, error)
            return False
        self._unwritten.pop(hand, None)
        if not stood and self._writes_revised(hand, transition):
            return False
        self._keeper.settled(hand.claim.run_id, stood=stood)
        new = transition.next
        if stood and self._observers:
            self._observers.tell(lambda observer: observer.step_committed(transition))
        if not stood:
            logger.info('run %s was taken over or stopped by someone else; a step of it is dropped', hand.claim.run_id)
            # Or the step is there, by a commit that was made and not reported, and then its next call is leased.
            self._unsure = True
        elif new is not None and new.leased:
            hand.went_on(transition)
            return True
        else:
            self._keep_snapshot(hand, transition)
        self._let_go(hand)
        return False

    def _writes_revised(self, hand: Hand, transition: Transition) -> bool:
        """Write a step that was dropped to the run as it now is, and tell whether it is still this worker's to write."""
        try:
            now = self._committer.execute(
                lambda store: store.standing(transition.run_id, transition.number, hand.session)
            )
        except DatabaseUnavailable as error:
            self._keep_unwritten(hand, transition, error)
            return True
        if now is None or now[:2] == (transition.from_version, transition.from_status):
            return False
        claim = hand.claim
        claim.version, claim.status, claim.is_cancelled = now
        hand.transition = revised(transition, claim.version, claim.status)
        outcome = self._committer.submit(hand.transition, hand)
        if outcome is not None:
            self._settled(hand, *outcome)
        return True

    def _keep_unwritten(self, hand: Hand, transition: Transition, error: BaseException) -> None:
        _, errors = self._unwritten.get(hand, (transition, 0))
        if isinstance(error, DatabaseUnavailable):
            self._unwritten[hand] = (transition, errors)
            return
        logger.error(
            'a step of run %s could not be written (attempt %d)', hand.claim.run_id, errors + 1, exc_info=error
        )
        if errors + 1 == MAX_COMMIT_ERRORS:
            transition = self._advancer.settle(hand, EngineFailed(error))
        self._unwritten[hand] = (transition, errors + 1)
        self._retry_writing_at = self._clock.now() + round(COMMIT_RETRY_SECONDS * MICROSECONDS)

    def _keep_snapshot(self, hand: Hand, transition: Transition) -> None:
        snapshot = hand.snapshot if transition.next is None else hand.following
        if snapshot is None or transition.to_status not in (RunStatus.WAITING, RunStatus.CANCELLING):
            return
        number = transition.number if transition.next is None else transition.number + 1
        self._kept[hand.claim.run_id] = (number, snapshot)
        while len(self._kept) > KEPT_SNAPSHOTS:
            self._kept.popitem(last=False)

    def _hand_back(self, hand: Hand) -> None:
        try:
            self._committer.execute(lambda store: store.release(hand.session, [hand.claim]))
        except DatabaseUnavailable:
            self._unsure = True
        self._let_go(hand)

    def _let_go(self, hand: Hand) -> None:
        run_id = hand.claim.run_id
        if self._hands.get(run_id) is hand:
            del self._hands[run_id]
        wakeup.announce(self._url)

    def _read(self, read: Callable[[Store], Any]) -> Any:
        with self._reading:
            return read(self._reader)

    def _read_program(self, claim: Claim) -> Program:
        with self._reading:
            return self._reader.program(claim.script_hash, claim.run_id, claim.number)
