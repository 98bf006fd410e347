"""Search in slices of time, between which what the engine takes in memory is seen.

The engine of regular expressions keeps every way that it may have to go back to, up to some 200 bytes for a character of the text, about a megabyte a
millisecond, and nothing of ours is asked meanwhile. So a search that may be long gets a few milliseconds first, as nearly all of them
need no more. One that runs out of them is begun anew with more, and from then on without the interpreter lock: so the watcher
(`runtime/watch.py`) sees what the process takes, and ends the run when the slice is over. As what the engine takes grows with its time at most, a slice
is made no longer than what the one before has taken allows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import inf
from typing import Any, Final, TypeVar

from monty_flow.interpreter.runtime import watch
from monty_flow.interpreter.runtime.run import Run

#: Seconds of the first slice; by what each further one is longer, and by what it is where memory is nearly used up.
FIRST_SECONDS: Final = 0.005
_LONGER: Final = 2.0
#: The part of the room that a slice may be expected to take.
_SURE: Final = 0.8
_HARDLY_LONGER: Final = 1.05
_UNSEEN: Final = 1.25

Found = TypeVar('Found')


class Slices:
    """The slices of one search: how long each is, and whether it leaves the lock to others."""

    __slots__ = ('_run', '_seconds_left', 'is_first', 'is_last', 'options', 'seconds')

    def __init__(self, run: Run, seconds_left: Callable[[], float]) -> None:
        self._run = run
        self._seconds_left = seconds_left
        #: Whether none was in vain yet.
        self.is_first = True
        self._take(FIRST_SECONDS if run.limits.max_memory is not None else inf)

    def _take(self, seconds: float) -> None:
        left = self._seconds_left()
        self.seconds = seconds
        #: Whether there is no time for another.
        self.is_last = seconds >= left
        #: What the engine is told.
        self.options: dict[str, Any] = {'timeout': min(seconds, left)}
        if not self.is_first:
            watch.begin_peak()
            self.options['concurrent'] = True

    def again(self) -> None:
        """Begin another slice of the same length, after one that has found something."""
        self._take(self.seconds)

    def longer(self) -> None:
        """Begin a longer slice, after one that was in vain; raise TimeoutError when there is no time left."""
        if self.is_last:
            raise TimeoutError
        self._run.tick()
        factor = _LONGER if self.is_first else self._factor()
        self.is_first = False
        self._take(self.seconds * factor)

    def _factor(self) -> float:
        grown = watch.end_peak()
        if grown is None:
            # Nobody has looked meanwhile: the machine is busy.
            return _UNSEEN
        return max(_HARDLY_LONGER, min(_LONGER, _SURE * self._run.memory_room() / grown)) if grown > 0 else _LONGER


def in_slices(run: Run, seconds_left: Callable[[], float], search: Callable[..., Found]) -> Found:
    """Return what `search(timeout=..., concurrent=...)` gives; raise TimeoutError when that takes longer than it may."""
    slices = Slices(run, seconds_left)
    while True:
        try:
            return search(**slices.options)
        except TimeoutError:
            slices.longer()


def matches_in_slices(
    run: Run, seconds_left: Callable[[], float], engine: Any, text: Any, start: int, end: int
) -> Iterator[Any]:
    """Give all matches of a text; raise TimeoutError when one of them takes longer than it may."""
    slices = Slices(run, seconds_left)
    was_empty = False
    while True:
        is_first, is_new = True, False
        try:
            for found in engine.finditer(text, start, end, **slices.options):
                if is_first and was_empty and found.end() == start:
                    # A search that begins where an empty match was finds that again.
                    is_first = False
                    continue
                is_first, is_new = False, True
                yield found
                start = found.end()
                was_empty = found.start() == start
            return
        except TimeoutError:
            if is_new:
                slices.again()
            else:
                slices.longer()
