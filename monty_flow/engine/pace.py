"""Which functions are quick, by how long they took so far.

Calls of quick functions are executed one after another by the thread that holds the rounds (`rounds.py`), others each by a thread of its own.
To wait for a quick one costs less than another thread; to wait for one that blocks would hold up every run of the worker.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Final

from monty_flow.engine.functions import HostFunction

#: Microseconds below which an execution is quick, and from which it is slow. Between them it may have waited for Python's lock.
QUICK_US: Final = 300
SLOW_US: Final = 5_000
#: How many quick ones there must be in a row at first, and at most after as many slow ones as there may be.
FIRST_NEEDED: Final = 8
MOST_NEEDED: Final = 4096
#: Quick ones that make up for one that was neither.
_MAKES_UP: Final = 4


class Pace:
    """How one function was so far."""

    __slots__ = ('_done', '_needed')

    def __init__(self) -> None:
        self._done = 0
        self._needed = FIRST_NEEDED

    @property
    def is_quick(self) -> bool:
        """Whether the next execution is expected to be quick."""
        return self._done >= self._needed

    def took(self, microseconds: int) -> None:
        """Take note of an execution."""
        if microseconds < QUICK_US:
            # No more than makes up for a few that were neither: what was quick for a day may be slow from now on.
            if self._done < self._needed + _MAKES_UP:
                self._done += 1
        elif microseconds < SLOW_US:
            self._done = max(0, self._done - _MAKES_UP)
        else:
            self.is_slow()

    def is_slow(self) -> None:
        """Take note of an execution that holds up others: it takes longer to be trusted again."""
        if self.is_quick:
            self._needed = min(2 * self._needed, MOST_NEEDED)
        self._done = 0


class Paces:
    """The paces of the functions of a worker by their names; for several threads, where a miscount does no harm."""

    def __init__(self) -> None:
        self._paces: defaultdict[str, Pace] = defaultdict(Pace)

    def is_quick(self, name: str) -> bool:
        """Tell whether a function is expected to be quick."""
        return self._paces[name].is_quick

    def took(self, name: str, function: HostFunction, microseconds: int) -> None:
        """Take note of an execution; a function that must have a thread to itself is never quick."""
        # Not if its thread may be given up, or if it has the database to itself meanwhile.
        if not (function.is_async or function.is_watched or function.transactional):
            self._paces[name].took(microseconds)

    def is_slow(self, name: str) -> None:
        """Take note of an execution that holds up others."""
        self._paces[name].is_slow()
