"""A worker at work: claims calls, has them executed, and commits what comes of them.

Threads and what they do:

* The thread that calls `run` coordinates: it claims, renews the lease, watches time-outs, and wakes for
  timers. It never executes functions or scripts, so a long step cannot hold back a heartbeat.
* Pool threads execute sync functions, step scripts and commit (`crew.py`, `committer.py`). Calls of one run may be executed at the
  same time; the run itself is with one thread at a time (`live.py`), so it never steps twice at once.
* A loop thread executes async functions; their runs step on the pool.

If the process dies, its lease runs out and another worker takes the calls over from the database. If the database
goes away, what is in hand is kept until the lease runs out, and written when it is back.
"""

from __future__ import annotations

import logging
import math
import threading
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import astuple, replace
from random import Random
from typing import Any

from monty_flow import __version__
from monty_flow.engine import wakeup
from monty_flow.engine.advance import Advancer
from monty_flow.engine.attempts import LEASE_LOST, RUN_CANCELLED, RUN_ENDED, WORKER_STOPS, Attempts
from monty_flow.engine.clock import MICROSECONDS, Clock
from monty_flow.engine.codec import Codec
from monty_flow.engine.committer import Committer
from monty_flow.engine.crew import Crew
from monty_flow.engine.drafting import Drafter
from monty_flow.engine.errors import DatabaseUnavailable
from monty_flow.engine.functions import Functions
from monty_flow.engine.hands import Hands
from monty_flow.engine.ids import IdSource
from monty_flow.engine.isolation import Isolation, Scripts
from monty_flow.engine.keeper import Keeper
from monty_flow.engine.large import LargeSettings, LargeValues
from monty_flow.engine.live import Hand, LiveRun
from monty_flow.engine.machinery import Machinery, WorkerSettings
from monty_flow.engine.observing import Observer, Observers
from monty_flow.engine.outage import Outage
from monty_flow.engine.preparing import Preparer
from monty_flow.engine.routing import Router
from monty_flow.engine.secrecy import Secrets
from monty_flow.engine.states import ENDED, CallKind, RunStatus
from monty_flow.engine.stepping import Stepper
from monty_flow.engine.store import Store, Taken, locate
from monty_flow.engine.suspicion import Suspects
from monty_flow.engine.tidying import Tidying
from monty_flow.engine.transacting import Transactions
from monty_flow.engine.transitions import Claim, Program, Standing
from monty_flow.interpreter import SNAPSHOT_FORMATS

logger = logging.getLogger('monty_flow.engine')

#: Seconds between looks for calls whose time ran out while they waited, and how many of them are taken at a time.
LATE_SECONDS = 1.0
LATE_AT_A_TIME = 100
#: Seconds after a worker was found lost in which claims are waited for to be on the disk. Otherwise a loss of power may forget one, which
#: is harmless but where a call brings the loss about: it would never count as begun, and so never be set aside.
CAREFUL_SECONDS = 600.0
#: Seconds between looks whether rounds go on.
LOOK_AFTER_SECONDS = 0.05


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
        large: LargeSettings | None = None,
    ) -> None:
        self._machinery = machinery = machinery or Machinery()
        self._url = url
        self._functions = functions
        self._settings = settings
        self._name = name
        self._stopping = stopping
        self._ids = IdSource(clock, random)
        self._reader, self._writer = machinery.open_two_stores(url, clock)
        self._reading = threading.Lock()
        self._clock = clock = self._writer.clock
        self._outage = Outage(random)
        self._large = large_values = self._opened(codec, large or LargeSettings())
        self._keeper = keeper = Keeper(
            codec, snapshot_format=settings.snapshot_format, parts_from=large_values.from_bytes,
            contents=large_values.contents,
        )  # fmt: skip
        self._hands = hands = Hands(settings.concurrency)
        self._router = Router(functions, settings.queues)
        self._observers = Observers(observers, secrets)
        stepper = Stepper(self._read_program, keeper, secrets, large_values.whole)
        stepper.isolate(Scripts(settings.isolation, settings.concurrency))
        self._drafter = Drafter(functions, clock, hands.reserve, keeper, self._router)
        setbacks, standing = settings.max_setbacks, self._read_standing
        self._committer: Committer[LiveRun] = Committer(self._writer, lambda *told: self._crew.settled(*told))
        self._crew = Crew(
            url, clock, self._committer, hands,
            Preparer(functions, clock, stepper, standing, setbacks, self._read, large_values.whole),
            Advancer(
                functions, clock, random, stepper, self._drafter, standing, setbacks, self._read, secrets, large_values
            ),
            keeper, large_values, self._observers, stopping, has_children=settings.isolation is Isolation.PROCESS,
            rounds_without_children=machinery.rounds_without_children,
        )  # fmt: skip
        # One more, for calls that are late while all others are busy.
        self._pool = machinery.pool(settings.concurrency + 1, self._crew.task, f'{name} executes')
        self._loop = machinery.loop(f'{name} awaits')
        self._transactions = Transactions(
            lambda: machinery.open_store(url, clock), self._committer.alone if locate(url).embedded else nullcontext
        )
        self._attempts = Attempts(
            clock, self._pool, self._loop, self._committer, self._crew.ended, self._crew.may_begin, self._read,
            self._transactions, secrets, self._observers,
        )  # fmt: skip
        self._crew.equip(self._pool, self._attempts)
        self._committer.while_waiting = self._attempts.end_late
        self._wake = wakeup.subscribe(url)
        self._tidying = Tidying(clock, self._committer, keeper, large_values)
        self._late_at = 0
        self._session = ''
        self._lease_us = round(settings.lease_seconds * MICROSECONDS)
        self._changes = -1
        self._next_due: int | None = None
        #: When deadlines, graces and schedules ask for something next.
        self._attend_at: int | None = None
        #: Whether a claim may find something that the last one did not, and whether the last one found nothing.
        self._stale, self._idle = True, False
        #: Whether runs in hand may have been cancelled or ended by others.
        self._unseen = False
        self._suspects = Suspects(hands, settings.max_setbacks)

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
        self._crew.rounds.look()
        self._attempts.end_late()
        self._attempts.write_progress()
        self._look_for_changes()
        self._keep_lease()
        self._release_unknown()
        self._crew.write_again()
        self._attend()
        self._see_cancelled()
        self._claim_late()
        self._claim()
        self._tidying.tidy()
        return done(self)

    def _survived(self, turn: Callable[[], bool]) -> bool:
        """Return what the turn returns, or False after a while when the database could not be reached."""
        try:
            result = turn()
        except DatabaseUnavailable as error:
            self._crew.is_unsure = self._stale = True
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
        if not self._idle or self._hands or self._stale or self._suspects.has_one:
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
            return store.open_session(session, self._name, names, self._lease_us, queues, places, __version__)

        self._crew.lease_ends = self._committer.execute(operate)
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
        # Twice within a lease a renewal may fail before it runs out. More than a whole one is left after the clock was set back: it would
        # be kept for as long should this worker die.
        if self._lease_us * 2 // 3 < self._crew.lease_ends - now < self._lease_us + MICROSECONDS:
            return
        session = self._session
        ends = self._committer.execute(lambda store: store.renew_session(session, self._lease_us))
        if ends is not None:
            # At once: on a busy machine the lease may be over before all that follows is done.
            self._crew.lease_ends = ends
        # Others' leases are looked at as often as ours, and so are deadlines, also when there is no place for a claim.
        self._committer.execute(lambda store: store.recover())
        self._attend_at = self._committer.execute(lambda store: store.attend(self._ids.next))
        self._committer.execute(self._learn)
        if self._committer.execute(lambda store: store.is_draining(session)):
            self._stopping.set()
        if ends is not None and ends > now:
            return
        logger.warning('the lease ran out and other workers took the calls in hand over; a new session begins')
        self._attempts.cancel(LEASE_LOST)
        self._observers.tell(lambda observer: observer.lease_lost())
        self._hands.clear()
        self._open_session()

    def _release_unknown(self) -> None:
        if not self._crew.is_unsure:
            return
        session = self._session
        self._crew.is_unsure = False
        # Asked within the transaction, when all that was committed before is known.
        self._committer.execute(lambda store: store.release_unknown(session, self._hands.places()))

    def _claim(self) -> None:
        # Another suspect may be taken then.
        self._stale = self._stale or self._suspects.see_it_gone()
        free = self._hands.free()
        if not self._stale or free <= 0 or self._stopping.is_set():
            return
        self._stale = False
        session, names, queues = self._session, self._functions.names, self._settings.queues

        def operate(store: Store) -> Taken:
            return store.take(session, names, free, queues, self._suspects.suspicion())

        taken = self._committer.execute(operate, relaxed=not self._is_careful())
        self._attend_at, self._next_due = taken.attend_at, taken.next_at
        self._router.learn_limits(taken.limited)
        self._idle = not taken.claims
        # There may be more, for when a hand is free.
        self._stale = taken.more
        self._take(taken.claims)
        self._suspects.see_taken()

    def _is_careful(self) -> bool:
        """Tell whether a worker was lost lately: a call that takes the machine with it must not be forgotten to have been begun."""
        lost_at = self._writer.lost_at
        return lost_at is not None and self._clock.now() - lost_at < round(CAREFUL_SECONDS * MICROSECONDS)

    def _claim_late(self) -> None:
        """Take calls whose time ran out while they waited, also when all places are taken: nothing is executed for them."""
        now = self._clock.elapsed()
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
                self._crew.rounds.take(hand)
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

    def _wait(self) -> None:
        poll = self._settings.poll_seconds
        # Rounds are looked after more often than the database, should that be looked at seldom.
        looks = max(1, math.ceil(poll / LOOK_AFTER_SECONDS)) if self._hands else 1
        for _ in range(looks):
            if self._machinery.rest(self._wake, poll / looks):
                return
            self._crew.rounds.look()

    def _drain(self) -> None:
        self._drafter.takes_calls = False
        ends = self._clock.elapsed() + round(self._settings.drain_seconds * MICROSECONDS)
        self._stopping.set()
        while self._hands and self._clock.elapsed() < ends:
            self._wake.clear()
            if not self._survived(self._draining_turn):
                self._wait()
        if self._hands:
            logger.warning('%d calls did not end in time and are handed back', len(self._hands))
        self._survived(self._tidying.prune)

    def _draining_turn(self) -> bool:
        self._attempts.cancel(WORKER_STOPS)
        self._crew.rounds.look()
        self._attempts.end_late()
        self._attempts.write_progress()
        self._keep_lease()
        self._crew.write_again()
        return not self._hands

    def _opened(self, codec: Codec, settings: LargeSettings) -> LargeValues:
        if self._settings.snapshot_format not in (None, SNAPSHOT_FORMATS[-1]):
            # Workers of the release before would not find what has left its row.
            settings = replace(settings, from_bytes=None)
        large = LargeValues(
            settings, lambda: codec, self._clock, lambda names: self._read(lambda store: store.large_rows(names))
        )
        self._reader.whole = self._writer.whole = large.whole
        return large

    def _read(self, read: Callable[[Store], Any]) -> Any:
        with self._reading:
            return read(self._reader)

    def _read_program(self, run: LiveRun) -> Program:
        with self._reading:
            return self._reader.program(run.script_hash, run.id, run.step)

    def _read_standing(self, run_id: str) -> Standing | None:
        with self._reading:
            return self._reader.standing(run_id)
