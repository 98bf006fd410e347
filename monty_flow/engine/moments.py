"""When a schedule has its moments: a cron expression in a time zone, an interval, or one moment.

Cron is as on Debian (the library cronsim): 5 fields, or 6 with seconds first. Where the clocks are set forward, what has a fixed time in the hour
that is missing comes right after it; where they are set back, what has a fixed time in the hour that comes twice comes once; and
what goes by the minute or the hour goes on by real time.
"""

from __future__ import annotations

import hashlib
import itertools
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

from monty_flow.engine.clock import MICROSECONDS, microseconds, moment
from monty_flow.engine.errors import ScheduleRefused

#: How far back the newest moments are looked for, before all of them are gone through.
_LOOKS_BACK_SECONDS = (3600, 86400, 32 * 86400, 400 * 86400)
#: The shortest interval.
MIN_INTERVAL_SECONDS = 1


class Timetable(ABC):
    """The moments of a schedule."""

    @abstractmethod
    def from_(self, start: int) -> Iterator[int]:
        """Yield the moments at or after `start`, in order."""

    def first(self, start: int) -> int | None:
        """Return the first moment at or after `start`, None when there is none."""
        return next(self.from_(start), None)

    def newest(self, start: int, end: int, count: int) -> list[int]:
        """Return the last `count` moments from `start` to `end`, both included, in order."""
        for seconds in _LOOKS_BACK_SECONDS:
            begin = end - seconds * MICROSECONDS
            if begin <= start:
                break
            found = self._between(begin, end)
            if len(found) >= count:
                return found[-count:]
        return self._between(start, end)[-count:]

    def _between(self, start: int, end: int) -> list[int]:
        return list(itertools.takewhile(lambda found: found <= end, self.from_(start)))


@dataclass(frozen=True, slots=True)
class Cron(Timetable):
    """The moments of a cron expression in a time zone."""

    expression: str
    timezone: str

    def from_(self, start: int) -> Iterator[int]:
        """Yield the moments at or after `start`, in order."""
        zone = zone_of(self.timezone)
        # Ticks come after the moment from which they are asked for.
        begin = moment(start - 1).astimezone(UTC if self.timezone == 'UTC' else zone)
        try:
            ticks = CronSim(self.expression, begin)
        except CronSimError as error:
            raise ScheduleRefused(
                f'cron={self.expression!r} is no cron expression ({error}); write minute, hour, day, month and weekday, '
                "such as '30 6 * * MON-FRI'"
            ) from None
        for tick in ticks:
            found = microseconds(tick)
            if found >= start:
                yield found


@dataclass(frozen=True, slots=True)
class Interval(Timetable):
    """Moments at equal distances from the first one."""

    anchor: int
    every_us: int

    def from_(self, start: int) -> Iterator[int]:
        """Yield the moments at or after `start`, in order."""
        steps = max(0, -(-(start - self.anchor) // self.every_us))
        return itertools.count(self.anchor + steps * self.every_us, self.every_us)

    def newest(self, start: int, end: int, count: int) -> list[int]:
        """Return the last `count` moments from `start` to `end`, both included, in order."""
        last = self.anchor + (end - self.anchor) // self.every_us * self.every_us
        first = max(last - (count - 1) * self.every_us, next(self.from_(start)))
        return list(range(first, last + 1, self.every_us)) if end >= self.anchor else []


@dataclass(frozen=True, slots=True)
class Once(Timetable):
    """One moment."""

    at: int

    def from_(self, start: int) -> Iterator[int]:
        """Yield the moment unless it is before `start`."""
        return iter((self.at,) if self.at >= start else ())


def zone_of(name: str) -> ZoneInfo:
    """Return a time zone, or raise ScheduleRefused."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError, TypeError):
        raise ScheduleRefused(
            f'timezone={name!r} is no time zone that this machine knows; write one such as Europe/Rome'
        ) from None


def cron(expression: str, timezone: str) -> Cron:
    """Return a cron expression in a time zone, or raise ScheduleRefused."""
    found = Cron(expression, timezone)
    try:
        found.first(microseconds(datetime(2026, 1, 1, tzinfo=UTC)))
    except (AttributeError, OverflowError):
        raise ScheduleRefused(f'cron={expression!r} is no cron expression that ever has a moment') from None
    return found


def jitter(name: str, nominal: int, jitter_us: int) -> int:
    """Return by how much a moment of a schedule is put off: always the same for a moment, spread evenly over all."""
    if not jitter_us:
        return 0
    digest = hashlib.sha256(f'{name}/{nominal}'.encode()).digest()
    return int.from_bytes(digest[:8], 'big') % jitter_us
