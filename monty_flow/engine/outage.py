"""What a worker does while its database cannot be reached: it says so once, and tries again with growing delays."""

from __future__ import annotations

import logging
from random import Random

from monty_flow.engine.errors import DatabaseUnavailable

logger = logging.getLogger('monty_flow.engine')

#: Seconds: bound of the delay before the first new attempt, and what the bound, doubled each time, never exceeds.
FIRST_DELAY_SECONDS, MAX_DELAY_SECONDS = 0.05, 2.0


class Outage:
    """The time from the first failure to reach the database until it is reached again."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._failures = 0

    def delay(self, error: DatabaseUnavailable) -> float:
        """Note a failure and return the seconds before the next attempt."""
        if not self._failures:
            logger.warning('%s; the worker goes on when it is there again', error)
        bound = min(FIRST_DELAY_SECONDS * 2.0**self._failures, MAX_DELAY_SECONDS)
        self._failures = min(self._failures + 1, 30)
        # Not all workers at once, when a server comes back.
        return self._random.uniform(bound / 2, bound)

    def end(self) -> None:
        """Note that the database was reached."""
        if self._failures:
            logger.warning('the database is there again')
            self._failures = 0
