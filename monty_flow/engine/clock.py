"""Time as an argument: the only module of the engine that reads a clock.

Moments are whole microseconds since the epoch, in code and in the database alike, so they compare and
add exactly. Which clock decides leases is the store's affair: for SQLite it is this process clock, which
is right because all users of a SQLite file are on one machine.
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

    def now(self) -> int:
        """Return the microseconds since the epoch."""
        ...

    def elapsed(self) -> int:
        """Return microseconds of a clock that never goes back, for durations."""
        ...


class SystemClock:
    """Tell the time of the machine."""

    def now(self) -> int:
        """Return the microseconds since the epoch."""
        return time.time_ns() // 1000

    def elapsed(self) -> int:
        """Return microseconds of a clock that never goes back."""
        return time.perf_counter_ns() // 1000


class ManualClock:
    """Tell a time that stands still until `advance` is called; for tests of runs that wait."""

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


def microseconds(moment: datetime) -> int:
    """Return an aware datetime as microseconds since the epoch."""
    return (moment - _EPOCH) // timedelta(microseconds=1)


def moment(value: int) -> datetime:
    """Return microseconds since the epoch as an aware datetime in UTC."""
    return _EPOCH + timedelta(microseconds=value)


def moment_or_none(value: int | None) -> datetime | None:
    """Return `moment(value)`, and None for None."""
    return None if value is None else moment(value)
