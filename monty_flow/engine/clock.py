"""Time as an argument: the only module of the engine that reads a clock.

Moments are whole microseconds since the epoch, in code and in the database alike, so they compare and
add exactly. Which clock decides leases is the store's affair: for SQLite it is this process clock, which
is right because all users of a SQLite file are on one machine; for a server it is the server's.
"""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta
from typing import Protocol

MICROSECONDS = 1_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Clock(Protocol):
    """What tells the time."""

    #: Whether it decides leases and timers even where the database has a clock of its own, as one does that a test sets.
    decides: bool

    def now(self) -> int:
        """Return the microseconds since the epoch."""
        ...

    def elapsed(self) -> int:
        """Return microseconds of a clock that never goes back, for durations."""
        ...


class SystemClock:
    """Tell the time of the machine."""

    decides = False

    def now(self) -> int:
        """Return the microseconds since the epoch."""
        return time.time_ns() // 1000

    def elapsed(self) -> int:
        """Return microseconds of a clock that never goes back."""
        return time.perf_counter_ns() // 1000


class ManualClock:
    """Tell a time that stands still until `advance` is called; for tests of runs that wait."""

    decides = True

    def __init__(self, start: datetime | None = None) -> None:
        self._now = microseconds(start or datetime(2030, 1, 1, tzinfo=UTC))
        self._lock = threading.Lock()

    def now(self) -> int:
        """Return the microseconds since the epoch."""
        return self._now

    def elapsed(self) -> int:
        """Return the same as `now`: this clock goes forward only."""
        return self._now

    def advance(self, seconds: float) -> None:
        """Let `seconds` pass."""
        with self._lock:
            self._now += round(seconds * MICROSECONDS)


class RemoteClock:
    """Tell the time of a server whose clock is read now and then.

    Between two readings it goes on by a clock of this machine that never goes back, so that nobody who sets the
    machine's time can end or prolong a lease.
    """

    decides = False

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._reading = (clock.now(), clock.elapsed())

    def read(self, now: int, asked_at: int) -> None:
        """Take over the server's answer to a question asked when `elapsed` was `asked_at`."""
        # As if it had been told when it was asked: too late rather than too early in a lease.
        self._reading = (now, asked_at)

    def now(self) -> int:
        """Return the microseconds since the epoch, by the server."""
        now, asked_at = self._reading
        return now + self._clock.elapsed() - asked_at

    def elapsed(self) -> int:
        """Return microseconds of a clock that never goes back."""
        return self._clock.elapsed()


def microseconds(moment: datetime) -> int:
    """Return an aware datetime as microseconds since the epoch."""
    return (moment - _EPOCH) // timedelta(microseconds=1)


def moment(value: int) -> datetime:
    """Return microseconds since the epoch as an aware datetime in UTC."""
    return _EPOCH + timedelta(microseconds=value)


def moment_or_none(value: int | None) -> datetime | None:
    """Return `moment(value)`, and None for None."""
    return None if value is None else moment(value)


def stamp(value: int) -> str:
    """Return microseconds since the epoch as a text, to the second."""
    return moment(value).isoformat(timespec='seconds').replace('+00:00', 'Z')
