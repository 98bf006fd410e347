"""When to try again: exponential back-off with full jitter.

Full jitter (a delay drawn evenly between zero and the exponential bound) spreads callers of an outside
system that came back best; see "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.

An outside system that says when to come back knows better: an error that carries `retry_after_seconds`, such as
`RetryAfter`, is followed after exactly that time.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Collection
from dataclasses import dataclass
from random import Random

from monty_flow.engine.errors import EngineError

#: Seconds beyond which an error cannot put the next attempt off.
MAX_RETRY_AFTER_SECONDS = 365 * 86400.0

logger = logging.getLogger('monty_flow.engine')

#: Which errors are final: classes, whose subclasses count, or what tells it of an error.
NoRetryOn = type[BaseException] | Collection[type[BaseException]] | Callable[[BaseException], bool]


class RetryAfter(EngineError):
    """Raised by a host function to have the attempt repeated after so many seconds, if it has retries left.

    With `raise RetryAfter(30) from error` it is `error` that the script gets when there are none left.
    """

    def __init__(self, seconds: float, message: str = '') -> None:
        if not isinstance(seconds, (int, float)):
            raise TypeError(f'RetryAfter({seconds!r}) says no time; give a number of seconds')
        self.retry_after_seconds = seconds
        super().__init__(message or f'try again after {seconds:g} s')


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
    #: Errors that are final at once: classes, whose subclasses count, or a function that tells it of an error.
    no_retry_on: NoRetryOn = ()

    def __post_init__(self) -> None:
        for name, lowest in (('retries', 0), ('initial_delay_seconds', 0), ('factor', 1), ('max_delay_seconds', 0)):
            value = getattr(self, name)
            whole = name == 'retries'
            if not isinstance(value, int if whole else (int, float)):
                raise ValueError(f'{name} is {value!r}; it must be a {"whole " if whole else ""}number')
            if not value >= lowest:
                raise ValueError(f'{name} is {value!r}; it must be at least {lowest}')
        if isinstance(self.no_retry_on, (list, set, frozenset)):
            # What `isinstance` takes, and nobody changes later.
            object.__setattr__(self, 'no_retry_on', tuple(self.no_retry_on))
        if not _is_no_retry_on(self.no_retry_on):
            raise ValueError(
                f'no_retry_on is {self.no_retry_on!r}; it must be classes of exceptions, '
                'or a function that takes an error and returns whether it is final'
            )

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
        if failures > self.retries or self._is_final(error):
            return None
        asked = retry_after_seconds(error)
        return random.uniform(0, self.delay_bound(failures)) if asked is None else asked

    def _is_final(self, error: BaseException) -> bool:
        rule = self.no_retry_on
        if isinstance(rule, (type, tuple)):
            return isinstance(error, rule)
        assert callable(rule)
        try:
            return bool(rule(error))
        except Exception:  # a rule that fails says nothing, and retries are bounded
            logger.exception('no_retry_on failed for %s; the attempt is repeated', type(error).__name__)
            return False


def retry_after_seconds(error: BaseException) -> float | None:
    """Return when an error asks to be followed by the next attempt, None when it does not say."""
    asked = getattr(error, 'retry_after_seconds', None)
    if not isinstance(asked, (int, float)) or not math.isfinite(asked) or asked < 0:
        return None
    return min(float(asked), MAX_RETRY_AFTER_SECONDS)


def error_for_script(error: BaseException) -> BaseException:
    """Return the error to raise in the script: that of the outside system where RetryAfter was raised from one."""
    return error.__cause__ if isinstance(error, RetryAfter) and error.__cause__ is not None else error


def _is_no_retry_on(rule: object) -> bool:
    if isinstance(rule, tuple):
        return all(isinstance(kind, type) and issubclass(kind, BaseException) for kind in rule)
    return issubclass(rule, BaseException) if isinstance(rule, type) else callable(rule)
