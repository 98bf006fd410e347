"""When to try again: exponential back-off with full jitter.

Full jitter (a delay drawn evenly between zero and the exponential bound) spreads callers of an outside
system that came back best; see "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How often and how soon a failed attempt is repeated."""

    #: Attempts after the first one.
    retries: int = 3
    #: Upper bound of the delay after the first failure, in seconds.
    initial_delay_seconds: float = 1.0
    #: What the bound is multiplied with after each failure.
    factor: float = 2.0
    #: What the bound never exceeds, in seconds.
    max_delay_seconds: float = 300.0
    #: Errors that are final at once; subclasses count.
    no_retry_on: tuple[type[BaseException], ...] = ()

    def __post_init__(self) -> None:
        for name, lowest in (('retries', 0), ('initial_delay_seconds', 0), ('factor', 1), ('max_delay_seconds', 0)):
            value = getattr(self, name)
            if value < lowest:
                raise ValueError(f'{name} is {value!r}; it must be at least {lowest}')

    def delay_bound(self, failures: int) -> float:
        """Return the longest delay in seconds after so many failures."""
        try:
            bound = self.initial_delay_seconds * self.factor ** (failures - 1)
        except OverflowError:
            return self.max_delay_seconds
        return min(bound, self.max_delay_seconds)

    def delay(self, failures: int, error: BaseException, random: Random) -> float | None:
        """Return the seconds before the next attempt, or None to give up.

        `failures` counts the failed attempts, this one included.
        """
        if failures > self.retries or isinstance(error, self.no_retry_on):
            return None
        return random.uniform(0, self.delay_bound(failures))
