"""What the threads of a worker's pool do: execute calls, advance their runs, commit, and act upon what was committed.

A call keeps its place among those in hand until its result is committed, and leaves it to a call that the script begins then: that one is
inserted already leased, its thread goes on with it, and the live state stays in memory. A step that others forestalled, since a call of
the same run ended with another worker, is taken again from the newer state with the same results.
"""

from __future__ import annotations

import logging
import threading
from dataclasses import replace

from monty_flow.engine import wakeup
from monty_flow.engine.advance import Advancer
from monty_flow.engine.attempts import GIVEN_UP, Attempts
from monty_flow.engine.clock import MICROSECONDS, Clock
from monty_flow.engine.committer import Committer
from monty_flow.engine.errors import DatabaseUnavailable
from monty_flow.engine.functions import HostFunction
from monty_flow.engine.hands import Hands
from monty_flow.engine.keeper import Keeper
from monty_flow.engine.large import LargeValues
from monty_flow.engine.live import Hand, LiveRun
from monty_flow.engine.machinery import Task
from monty_flow.engine.observing import Observers
from monty_flow.engine.outcomes import EngineFailed, HandedBack, Outcome, Returned
from monty_flow.engine.pace import Paces
from monty_flow.engine.preparing import Preparer
from monty_flow.engine.rounds import PATIENCE_SECONDS, Rounds
from monty_flow.engine.settling import setback_delay_us
from monty_flow.engine.threads import Pool, ThreadLost
from monty_flow.engine.transacting import Transacted
from monty_flow.engine.transitions import Transition

logger = logging.getLogger('monty_flow.engine')

#: Attempts to write a step before the call is set back.
MAX_COMMIT_ERRORS = 3
#: Seconds between attempts to write a step that could not be written.
COMMIT_RETRY_SECONDS = 1.0


class Crew:
    """The pool of a worker, with the calls and runs that it has in hand."""

    def __init__(
        self,
        url: str,
        clock: Clock,
        committer: Committer[LiveRun],
        hands: Hands,
        preparer: Preparer,
        advancer: Advancer,
        keeper: Keeper,
        large: LargeValues,
        observers: Observers,
        stopping: threading.Event,
        *,
        has_children: bool,
        rounds_without_children: bool,
    ) -> None:
        self._url = url
        self._clock = clock
        self._committer = committer
        self._hands = hands
        self._preparer = preparer
        self._advancer = advancer
        self._keeper = keeper
        self._large = large
        self._observers = observers
        self._stopping = stopping
        self._paces = Paces()
        self.rounds = Rounds(
            self,
            committer,
            clock,
            self._paces,
            advancer.begin,
            starts=has_children,
            without_children=rounds_without_children,
        )
        #: Until when the worker has its calls leased.
        self.lease_ends = 0
        #: Whether calls may be leased that are not in hand, by commits of which nothing was heard.
        self.is_unsure = False
        #: Steps that could not be written, with the number of attempts.
        self._unwritten: dict[LiveRun, tuple[Transition, int]] = {}
        #: Runs that could not be read, for which results wait.
        self._unread: dict[LiveRun, None] = {}
        self._retry_writing_at = 0

    def equip(self, pool: Pool[Task], attempts: Attempts) -> None:
        """Say who works off tasks, and who executes functions, before the first call comes."""
        self._pool = pool
        self._attempts = attempts

    def task(self, task: Task | None) -> None:
        """Work off a task and what follows from it, in a thread of the pool."""
        while task is not None:
            task = self._worked_off(task) if task else None
            if task is None:
                task = self.rounds.hold()

    def _worked_off(self, task: Task) -> Task | None:
        """Do a task, and return what this thread goes on with; runs that are ready for a round wait for one."""
        run = task if isinstance(task, LiveRun) else task[0].run
        try:
            if isinstance(task, LiveRun):
                return self._advance(task)
            following = self._execute_all(task)
        except ThreadLost:
            raise
        except BaseException as error:  # whatever it is, its run must not stand still for as long as this worker lives
            self._abandon(run, error)
            return None
        if isinstance(following, LiveRun) and self.rounds.takes(following):
            self.rounds.add(following)
            return None
        return following

    def execute(self, hand: Hand) -> None:
        """Execute a call, and leave its run where it is advanced."""
        following = self._worked_off((hand,))
        if following is not None:
            self._pool.put(following)

    def draft(self, run: LiveRun) -> Transition | None:
        """Return the step of a run, None when there is nothing to commit."""
        try:
            return self._drafted(run)
        except Exception as error:  # as above
            self._abandon(run, error)
            return None

    def act(self, run: LiveRun, transition: Transition | None, stood: bool, error: BaseException | None) -> Task | None:
        """Act upon the commit of a step, and return what is to be done next."""
        try:
            assert transition is not None
            return self._after_commit(run, transition, stood, error)
        except Exception as failure:  # nor must those whose steps were written with it
            self._abandon(run, failure)
            return None

    def put(self, task: Task) -> None:
        """Have another thread do a task."""
        self._pool.put(task)

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
        if not self._hands.holds(hand):
            # The lease under which it was taken ran out before it was begun, and this worker may have it again under the next one.
            return None
        if self._stopping.is_set() or not self.may_begin(hand):
            self._hand_back(hand)
            return None
        if self._preparer.too_often(hand):
            return EngineFailed(RuntimeError(f'the call was begun {hand.attempt - 1} times and never came to an end'))
        try:
            function = self._preparer.prepare(hand)
            if not isinstance(function, HostFunction):
                return function
            args, kwargs = self._preparer.arguments(hand)
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
        self._paces.took(hand.function, function, hand.function_us)
        return outcome

    def may_begin(self, hand: Hand) -> bool:
        """Tell whether a call is in hand under a lease that lives."""
        return self._hands.holds(hand) and self._clock.now() < self.lease_ends

    def ended(self, hand: Hand, outcome: Outcome) -> None:
        """Have the run advanced by what came of a call, by a thread of the pool."""
        if isinstance(outcome, HandedBack):
            if self._hands.holds(hand):
                self._hand_back(hand)
        elif hand.run.end([(hand, outcome)]):
            if self.rounds.takes(hand.run):
                self.rounds.add(hand.run)
                self.rounds.call()
            else:
                self._pool.put(hand.run)

    def _advance(self, run: LiveRun) -> Task | None:
        """Advance a run by what has gathered, and return what this thread goes on with."""
        transition = self._drafted(run)
        if transition is None:
            return None
        if run.computes_long:
            run.computes_long = transition.script_us >= PATIENCE_SECONDS * MICROSECONDS
        committed = self._committer.submit(transition, run)
        return None if committed is None else self._after_commit(run, transition, *committed)

    def _drafted(self, run: LiveRun) -> Transition | None:
        """Return the step that follows from what has gathered of a run, None when none does."""
        ended = run.take()
        try:
            transition, lost = self._advancer.settle(run, ended)
        except DatabaseUnavailable:
            run.put_back(ended)
            self._unread[run] = None
            return None
        finally:
            run.end_ahead()
        if lost:
            logger.info('run %s: %d calls were taken over or given up; what came of them is dropped', run.id, len(lost))
            # Or they are settled, by a commit that was made and not reported, and what it began is leased.
            self.is_unsure = True
            self._let_go(*lost)
        if transition is None and run.leave():
            self._pool.put(run)
        return transition

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
            finally:
                # Whatever passes here: on SQLite nobody commits as long as it is open.
                if not within.is_over:
                    within.roll_back()
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
                self.is_unsure = True
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
        self.is_unsure = True
        self._let_go(hand)

    def _forget_step(self, run: LiveRun) -> None:
        """Take back what a step that was not written would have led to."""
        self._keeper.settled(run.id, run.link, stood=False)
        self._hands.unreserve(run.reserved)
        run.is_stale, run.beginning, run.reserved = True, [], 0

    def settled(self, run: LiveRun, stood: bool, error: BaseException | None) -> None:
        """Act upon the commit of a step, for the committer."""
        task = self.act(run, run.transition, stood, error)
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
        self._keeper.settled(run.id, run.link, stood=True)
        if transition.large:
            self._large.committed(transition.large)
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
        # Whatever it was: what it relied upon is written again.
        self._large.forget()
        logger.error('a step of run %s could not be written (attempt %d)', run.id, errors + 1, exc_info=error)
        if errors + 1 == MAX_COMMIT_ERRORS:
            transition = self._advancer.give_up_step(run, error)
        if errors + 1 == 2 * MAX_COMMIT_ERRORS:
            # Not even that its calls are set back can be written.
            self._abandon(run, error)
            return
        self._unwritten[run] = (transition, errors + 1)
        self._retry_writing_at = self._clock.elapsed() + round(COMMIT_RETRY_SECONDS * MICROSECONDS)

    def _abandon(self, run: LiveRun, error: BaseException) -> None:
        """Give up a run at which the engine itself failed: its calls go back, and the attempts count, lest that go on for ever."""
        logger.error('run %s is given up by this worker; this is an error of the engine', run.id, exc_info=error)
        run.abandon()
        self._unwritten.pop(run, None)
        self._unread.pop(run, None)
        self._keeper.forget(run.id)
        dropped = self._hands.drop(run)
        delay_us = setback_delay_us(max((hand.attempt - hand.failures for hand in dropped), default=1))
        # What its step may have begun is not in hand.
        self.is_unsure = True
        try:
            self._committer.execute(lambda store: store.lose(run.session, dropped, delay_us))
        except Exception as failure:
            # They go back all the same, as calls of which nobody knows.
            logger.warning('the calls of run %s could not be handed back at once: %s', run.id, failure)
        wakeup.announce(self._url)

    def _hand_back(self, hand: Hand) -> None:
        try:
            self._committer.execute(lambda store: store.release(hand.run.session, [hand]))
        except DatabaseUnavailable:
            self.is_unsure = True
        self._let_go(hand)

    def _let_go(self, *hands: Hand) -> None:
        for hand in hands:
            self._hands.let_go(hand)
        wakeup.announce(self._url)

    def write_again(self) -> None:
        """Try again what could not be written or read, after a while."""
        now = self._clock.elapsed()
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
                self.settled(run, *outcome)
                if isinstance(outcome[1], DatabaseUnavailable):
                    raise outcome[1]
