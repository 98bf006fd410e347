"""How many requests one caller may make: a bucket of tokens that fills up with time."""

from __future__ import annotations

from collections import OrderedDict

from monty_flow.engine import Clock

#: Callers that are remembered; the one that was seen the longest ago is forgotten first, its bucket full again by then.
_REMEMBERED = 10_000
_MICROSECONDS = 1_000_000


class RateLimiter:
    """Counts requests by caller; for one thread."""

    def __init__(self, clock: Clock, *, per_second: float, burst: int) -> None:
        self._clock = clock
        self._per_second = per_second
        self._burst = burst
        #: What is left, and when that was so.
        self._left: OrderedDict[str, tuple[float, int]] = OrderedDict()

    def wait_seconds(self, caller: str) -> float:
        """Return 0 when a request of this caller may be heard now, else the seconds until the next may; takes nothing."""
        left = self._now_left(caller)
        return 0.0 if left >= 1 else (1 - left) / self._per_second

    def take(self, caller: str) -> None:
        """Count a request."""
        self._left[caller] = (max(0.0, self._now_left(caller) - 1), self._clock.elapsed())
        self._left.move_to_end(caller)
        if len(self._left) > _REMEMBERED:
            self._left.popitem(last=False)

    def _now_left(self, caller: str) -> float:
        now = self._clock.elapsed()
        left, at = self._left.get(caller, (float(self._burst), now))
        return min(float(self._burst), left + (now - at) / _MICROSECONDS * self._per_second)
