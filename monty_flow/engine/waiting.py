"""The part of `Engine` that waits for the end of a run.

Within a process the workers say at once when something happened (`wakeup.py`). Ends in other processes are noticed by the file's
data version on SQLite, which is a look at one page in memory, after 2 ms first and then ever less often; a server tells who has said that they wait
(`store/postgres.py`), and is asked only now and then, in case that was lost with a connection.
"""

from __future__ import annotations

import threading
import uuid

from monty_flow.engine import wakeup
from monty_flow.engine.clock import MICROSECONDS, Clock
from monty_flow.engine.errors import DatabaseUnavailable, WaitTimeout
from monty_flow.engine.records import Run
from monty_flow.engine.states import ENDED, RunStatus
from monty_flow.engine.store import Store

#: Seconds that a wait goes on while the database cannot be reached, and between its attempts then.
PATIENCE_SECONDS, ATTEMPT_SECONDS = 30.0, 0.2
#: Seconds after which one who waits says so again.
SAY_AGAIN_SECONDS = 300.0
#: What share of the wait so far passes between looks at the news, for a database that does not tell them.
PAUSE_SHARE = 0.1


class Waiting:
    """What waits for runs."""

    url: str
    _store: Store
    _clock: Clock
    _lock: threading.RLock

    def get(self, run_id: str) -> Run:
        """Return the run of an id."""
        raise NotImplementedError

    def wait(self, run_id: str, *, timeout_seconds: float | None = None) -> Run:
        """Wait until a run has ended or was paused, and return it; raise WaitTimeout after `timeout_seconds`."""
        wait = _Wait(self, run_id, timeout_seconds)
        try:
            while (run := wait.look()) is None:
                wait.rest()
        finally:
            wait.end()
        return run

    def _elapsed(self) -> float:
        return self._clock.elapsed() / MICROSECONDS


class _Wait:
    """One wait: when it looked last, and what it has said to the database."""

    def __init__(self, engine: Waiting, run_id: str, timeout_seconds: float | None) -> None:
        self._engine = engine
        self._run_id = run_id
        self._timeout = timeout_seconds
        self._changed = wakeup.subscribe(engine.url)
        self._waiter = uuid.uuid4().hex
        self._began = self._reached = engine._elapsed()
        self._said_at: float | None = None
        self._ends = -1
        self._unreached = False

    def look(self) -> Run | None:
        """Return the run if it has stopped; raise WaitTimeout when the time is over."""
        self._changed.clear()
        now = self._engine._elapsed()
        try:
            run = self._read(now)
        except DatabaseUnavailable:
            # A server that is restarted is not the end of a wait.
            patience = PATIENCE_SECONDS if self._timeout is None else self._began + self._timeout - self._reached
            if now - self._reached >= min(patience, PATIENCE_SECONDS):
                raise
            self._unreached = True
            return None
        self._reached, self._unreached = now, False
        if run.status in ENDED or run.status is RunStatus.PAUSED:
            return run
        if self._timeout is not None and now - self._began >= self._timeout:
            raise WaitTimeout(run.id, run.status, self._timeout)
        return None

    def _read(self, now: float) -> Run:
        engine = self._engine
        run = engine.get(self._run_id)
        if run.status in ENDED or run.status is RunStatus.PAUSED:
            return run
        with engine._lock:
            self._ends = engine._store.ends()
            if self._said_at is None or now - self._said_at >= SAY_AGAIN_SECONDS or self._unreached:
                engine._store.expect_end(run.id, self._waiter)
                self._said_at = now
        # What ended before it was said would not be told.
        return engine.get(run.id)

    def rest(self) -> None:
        """Wait until the run may have ended."""
        engine, store = self._engine, self._engine._store
        if self._unreached:
            self._changed.wait(ATTEMPT_SECONDS)
            return
        now = engine._elapsed()
        until = now + store.look_seconds
        while not self._changed.wait(self._seconds_left(self._pause(now))):
            with engine._lock:
                news = store.ends() != self._ends
            now = engine._elapsed()
            if news or now >= until or (self._timeout is not None and now - self._began >= self._timeout):
                return

    def _pause(self, now: float) -> float:
        """Return seconds to the next look at the news: short for a run that may end at once, and then a share of the wait so far."""
        share = (now - self._began) * PAUSE_SHARE
        store = self._engine._store
        return min(max(share, store.first_news_seconds), store.news_seconds)

    def _seconds_left(self, seconds: float) -> float:
        if self._timeout is None:
            return seconds
        return max(0.0, min(seconds, self._began + self._timeout - self._engine._elapsed()))

    def end(self) -> None:
        """Take back what was said."""
        if self._said_at is None:
            return
        try:
            with self._engine._lock:
                self._engine._store.forget_end(self._waiter)
        except DatabaseUnavailable:
            # It is forgotten by itself after a while.
            return
