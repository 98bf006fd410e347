"""The attempts that a worker has in execution: begun here, watched, and ended once each.

Sync functions are executed by the thread that begins them, async ones by the loop thread, which hands the outcome to the
pool. An attempt is in `_running` while it is executed, and whoever takes it out settles it: the function that came to its end,
or the coordinator for which it took too long. Its thread is given up then and ends when the function ever comes back.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from monty_flow.engine import payloads
from monty_flow.engine.caching import cache_key
from monty_flow.engine.calling import CallCancelled, CallContext, executing
from monty_flow.engine.clock import MICROSECONDS, Clock
from monty_flow.engine.committer import Committer
from monty_flow.engine.errors import ValueRefused
from monty_flow.engine.functions import HostFunction
from monty_flow.engine.live import Hand, LiveRun
from monty_flow.engine.observing import Observers
from monty_flow.engine.outcomes import HandedBack, Outcome, Raised, Returned
from monty_flow.engine.secrecy import Secrets
from monty_flow.engine.store import Store
from monty_flow.engine.threads import LoopThread, Pool, ThreadLost
from monty_flow.engine.transacting import Transacted, Transactions
from monty_flow.engine.transitions import Progress

#: Seconds between the times that progress is written.
PROGRESS_SECONDS = 1.0
#: Why functions should stop.
WORKER_STOPS = 'the worker stops'
RUN_CANCELLED = 'the run was cancelled'
RUN_ENDED = 'the run has ended'
GIVEN_UP = 'the script does not wait for the result any more'
LEASE_LOST = 'the lease of the worker ran out, and another one makes the attempt'


@dataclass(slots=True, eq=False)
class Attempt:
    """A function in execution."""

    function: HostFunction
    context: CallContext
    #: When it began, of the clock of moments and of that of durations.
    began_at: int
    began: int
    #: The transaction in which a transactional function writes.
    within: Transacted | None = None
    #: Under which its result is kept for other calls, None when it is not.
    cache_key: str | None = None

    def lateness(self, now: int) -> Raised | None:
        """Return the outcome of an attempt that takes too long, None for one that may go on."""
        function, deadline = self.function, self.context.deadline_us
        if deadline is not None and now >= deadline:
            seconds = function.timeout_seconds
            if seconds is not None and now >= self.began_at + round(seconds * MICROSECONDS):
                return Raised(TimeoutError(f'{function.name}() took longer than {seconds:g} s'))
            return Raised(_over_all(function), final=True)
        seconds = function.heartbeat_timeout_seconds
        if seconds is None or now < (self.context.signed_at or self.began_at) + round(seconds * MICROSECONDS):
            return None
        return Raised(TimeoutError(f'{function.name}() gave no sign of life for {seconds:g} s'))


class Attempts:
    """What a worker executes; begun by the pool's threads, watched by the coordinator."""

    def __init__(
        self,
        clock: Clock,
        pool: Pool[Any],
        loop: LoopThread,
        committer: Committer[LiveRun],
        ended: Callable[[Hand, Outcome], None],
        may_begin: Callable[[Hand], bool],
        read: Callable[[Callable[[Store], Any]], Any],
        transactions: Transactions,
        secrets: Secrets,
        observers: Observers,
    ) -> None:
        self._clock = clock
        self._pool = pool
        self._loop = loop
        self._committer = committer
        #: Takes the outcome of an attempt that its thread does not go on with.
        self._tell = ended
        #: Whether a call may be begun under the lease that the worker has now.
        self._may_begin = may_begin
        self._read = read
        self._transactions = transactions
        self._secrets = secrets
        self._observers = observers
        self._executing = observers.executing if observers else executing
        self._running: dict[Hand, Attempt] = {}
        #: Those of them whose time is bounded.
        self._watched: dict[Hand, Attempt] = {}
        #: Progress that is to be written.
        self._reports: dict[CallContext, Progress] = {}
        self._reporting = threading.Lock()
        self._write_at = 0

    # In the pool's threads.

    def begin(
        self, hand: Hand, function: HostFunction, args: Sequence[Any], kwargs: Mapping[str, Any]
    ) -> Outcome | None:
        """Execute a function and return the outcome, None when it comes later or never."""
        now = self._clock.now()
        if function.may_be_late:
            late = _late_to_begin(hand, function, now)
            if late is not None:
                return Raised(late, final=True)
        try:
            fitted = self._fitted(function, args, kwargs)
        except (TypeError, ValueError) as error:
            # No further attempt would be another one.
            return Raised(error.with_traceback(None), final=True)
        if isinstance(fitted, Returned):
            return fitted
        args, kwargs, key = fitted
        context = CallContext(
            hand.run_id, hand.number, hand.attempt, function.name, version=function.version,
            deadline_us=function.ends_at(hand.made_at, now) if function.is_watched else None, host=self,
        )  # fmt: skip
        attempt = Attempt(function, context, now, self._clock.elapsed(), cache_key=key)
        if function.transactional:
            attempt.within = self._transactions.begin()
        self._running[hand] = attempt
        if function.is_watched:
            self._watched[hand] = attempt
        if self._observers:
            waited = (now - hand.due_at) / MICROSECONDS
            self._observers.tell(lambda observer: observer.attempt_began(context, waited))
        if function.is_async:
            self._loop.spawn(hand, self._await(hand, attempt, args, kwargs))
            return None
        outcome = self._execute(attempt, lambda: function.function(*args, **kwargs))
        if not self._ended(hand, attempt):
            if attempt.within is not None:
                attempt.within.roll_back()
            raise ThreadLost
        self._keep_result(attempt, outcome)
        if attempt.within is not None:
            outcome = self._transacted(attempt, attempt.within, outcome)
        if self._observers:
            is_late = attempt.within is not None and context.cancelled
            self._observers.attempt_ended(context, outcome, hand.function_us, timed_out=is_late)
        return outcome

    def _fitted(
        self, function: HostFunction, args: Sequence[Any], kwargs: Mapping[str, Any]
    ) -> Returned | tuple[Sequence[Any], Mapping[str, Any], str | None]:
        """Return the arguments as the function takes them, with the key of its result if that is kept; or a kept result."""
        binder = function.binder
        if function.cache_seconds is None and (binder is None or binder.only_checks):
            if binder is not None:
                binder.check(*args, **kwargs)
            return args, kwargs, None
        bound = None if binder is None else binder.bind(args, kwargs)
        key: str | None = None
        if function.cache_seconds is not None:
            key = cache_key(function.label, bound or (args, kwargs))
            kept = self._read(lambda store: store.cached(key))
            if kept is not None:
                self._observers.tell(lambda observer: observer.answered_from_cache(function.name))
                return Returned(payloads.decode(kept), kept)
        if binder is None or bound is None:
            return args, kwargs, key
        return *binder.arguments(bound, self._secrets), key

    def _execute(self, attempt: Attempt, call: Callable[[], Any]) -> Outcome:
        context, within = attempt.context, attempt.within
        try:
            with self._executing(context):
                if within is None:
                    value = call()
                else:
                    with within.for_function(lambda: context.cancelled) as connection, context.connected(connection):
                        value = call()
        except BaseException as error:  # also SystemExit: a function must not end the worker
            return self._raised(attempt, error)
        return self._returned(attempt, value)

    def _returned(self, attempt: Attempt, value: Any) -> Outcome:
        function = attempt.function
        try:
            if function.binder is not None:
                value = function.binder.result(value)
            payload = payloads.encode(value, f'the result of {function.name}()')
        except (TypeError, ValueError, ValueRefused) as error:
            return Raised(TypeError(str(error)), final=True)
        secret = self._secrets.found_in(payload)
        if secret is not None:
            text = f'the result of {function.name}() holds the secret {secret}, which must not enter a script'
            return Raised(ValueError(text), final=True)
        return Returned(value, payload)

    def _keep_result(self, attempt: Attempt, outcome: Outcome) -> None:
        seconds, key = attempt.function.cache_seconds, attempt.cache_key
        if seconds is None or key is None or not isinstance(outcome, Returned):
            return
        name, payload, lives_us = attempt.function.name, outcome.payload, round(seconds * MICROSECONDS)
        self._committer.post(lambda store: store.put_cached(key, name, payload, lives_us))

    def _transacted(self, attempt: Attempt, within: Transacted, outcome: Outcome) -> Outcome:
        # A transaction that could not be broken off was waited for, and is too late all the same.
        outcome = attempt.lateness(self._clock.now()) or outcome
        if isinstance(outcome, Returned):
            return replace(outcome, within=within)
        within.roll_back()
        return outcome

    async def _await(self, hand: Hand, attempt: Attempt, args: Sequence[Any], kwargs: Mapping[str, Any]) -> None:
        outcome: Outcome
        if not self._may_begin(hand):
            # The loop came to it after the lease: it was busy, or the whole process stood still.
            outcome = HandedBack()
        else:
            outcome = await self._awaited(attempt, args, kwargs)
        if self._ended(hand, attempt):
            self._keep_result(attempt, outcome)
            if self._observers:
                self._observers.attempt_ended(attempt.context, outcome, hand.function_us)
            self._tell(hand, outcome)

    async def _awaited(self, attempt: Attempt, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Outcome:
        try:
            with self._executing(attempt.context):
                value = await attempt.function.function(*args, **kwargs)
        except BaseException as error:  # also a cancellation by the function itself
            return self._raised(attempt, error)
        return self._returned(attempt, value)

    def _raised(self, attempt: Attempt, error: BaseException) -> Outcome:
        if isinstance(error, CallCancelled) and attempt.context.cancel_reason == WORKER_STOPS:
            return HandedBack()
        return Raised(error)

    def _ended(self, hand: Hand, attempt: Attempt) -> bool:
        """Take an attempt out, and tell whether it was still there."""
        if self._running.pop(hand, None) is None:
            return False
        if attempt.function.is_watched:
            self._watched.pop(hand, None)
        hand.function_us = self._clock.elapsed() - attempt.began
        if self._reports:
            self._write_last_progress(attempt.context)
        return True

    def _write_last_progress(self, context: CallContext) -> None:
        with self._reporting:
            progress = self._reports.pop(context, None)
        if progress is not None:
            # In the transaction of the step, or in the next one.
            self._committer.post(lambda store: store.put_progress([progress]))

    # For functions in execution, in any thread.

    def now(self) -> int:
        """Return the moment."""
        return self._clock.now()

    def report(self, call: CallContext, progress: Any) -> None:
        """Take the progress of a call, to be written soon."""
        data = payloads.encode(progress, f'the progress of {call.function}()')
        secret = self._secrets.found_in(data)
        if secret is not None:
            raise ValueRefused(f'the progress of {call.function}() holds the secret {secret}, which must not be stored')
        with self._reporting:
            self._reports[call] = Progress(call.run_id, call.call_number, call.attempt, data, self._clock.now())

    def secret(self, name: str) -> str:
        """Return a secret."""
        return self._secrets.get(name)

    def last_progress(self, call: CallContext) -> Any:
        """Return what was last written for a call."""
        data = self._read(lambda store: store.progress(call.run_id, call.call_number))
        return None if data is None else payloads.decode(data)

    # For the coordinator.

    def end_late(self) -> None:
        """Settle attempts that took too long or gave no sign of life."""
        now = self._clock.now()
        for hand, attempt in list(self._watched.items()):
            outcome = attempt.lateness(now)
            if outcome is None:
                continue
            attempt.context.cancel(str(outcome.error))
            if attempt.within is not None and not attempt.within.may_be_abandoned:
                continue
            if not self._ended(hand, attempt):
                continue
            if attempt.within is not None:
                attempt.within.abandon()
            if attempt.function.is_async:
                self._loop.cancel(hand)
            else:
                self._pool.replace_thread()
            if self._observers:
                self._observers.attempt_ended(attempt.context, outcome, hand.function_us, timed_out=True)
            self._tell(hand, outcome)

    def cancel(self, reason: str, run_id: str | None = None) -> None:
        """Ask the functions in execution to stop, or those of one run; what they do about it is theirs."""
        for hand, attempt in list(self._running.items()):
            if run_id is None or hand.run_id == run_id:
                attempt.context.cancel(reason)

    def ask_to_stop(self, hand: Hand, reason: str) -> None:
        """Ask a function in execution to stop; an async one is cancelled, as it is at a time-out."""
        attempt = self._running.get(hand)
        if attempt is None:
            return
        attempt.context.cancel(reason)
        if attempt.function.is_async:
            self._loop.cancel(hand)

    def write_progress(self) -> None:
        """Write what functions said of their progress since the last time, in one transaction."""
        now = self._clock.elapsed()
        if not self._reports or now < self._write_at:
            return
        self._write_at = now + round(PROGRESS_SECONDS * MICROSECONDS)
        with self._reporting:
            reports = list(self._reports.values())
            self._reports.clear()
        self._committer.execute(lambda store: store.put_progress(reports))


def _late_to_begin(hand: Hand, function: HostFunction, now: int) -> TimeoutError | None:
    total, queue = function.total_timeout_seconds, function.queue_timeout_seconds
    if total is not None and now >= hand.made_at + round(total * MICROSECONDS):
        return _over_all(function)
    if queue is not None and hand.attempt == 1 and now > hand.due_at + round(queue * MICROSECONDS):
        return TimeoutError(f'{function.name}() was not begun within {queue:g} s')
    return None


def _over_all(function: HostFunction) -> TimeoutError:
    return TimeoutError(
        f'{function.name}() took longer than {function.total_timeout_seconds:g} s over all its attempts'
    )
