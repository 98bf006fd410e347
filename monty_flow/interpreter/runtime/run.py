"""The context of one run: its limits, its output, its clock and its random source."""

from __future__ import annotations

import random as _random
import time
from collections.abc import Callable
from itertools import repeat
from operator import length_hint
from typing import TYPE_CHECKING, Any

from monty_flow.interpreter.boundary import exception_to_script
from monty_flow.interpreter.errors import (
    LimitReached,
    MemoryLimitError,
    OutputLimitError,
    StepLimitError,
    TimeLimitError,
)
from monty_flow.interpreter.limits import DEFAULT_LIMITS, ResourceLimits
from monty_flow.interpreter.runtime.memory import reachable_bytes, resident_bytes
from monty_flow.interpreter.runtime.pause import CannotPause, Pause

#: Exceptions that no script can catch.
PRIVATE = (Pause, CannotPause, LimitReached)

if TYPE_CHECKING:
    from monty_flow.interpreter.compiler.program import Program
    from monty_flow.interpreter.runtime.files import FileSystem

PrintCallback = Callable[[str, str], None]

#: File name of the code objects of scripts; a traceback entry with another one is not the script's.
CODE_FILE = '<monty-flow script>'
#: The name under which the run's globals hold the steps left before the next look at clock and memory: an iterator of
#: so many items. Emitted code takes one (`for $ in $fuel: break`), which costs a third of counting a global down.
FUEL = '$fuel'
#: Steps that may be charged before they are taken off the fuel; an exact limit on steps allows none.
ALLOWANCE = 500
#: Ticks of the first chunk; later ones are sized so that looks are LOOK_SECONDS apart.
FIRST_CHUNK = 2_000
LOOK_SECONDS = 0.002
MAX_CHUNK = 1_000_000


class Run:
    """Hold what emitted code and its helpers need of the run that they serve."""

    __slots__ = (
        '_random', 'active', 'allowance', 'being_shown', 'chunk', 'debt', 'files', 'globals', 'last_look', 'limits', 'modules', 'output_bytes', 'print_callback', 'program',
        'resident', 'resident_trigger', 'seconds_before', 'started', 'steps_used', 'waited',
    )  # fmt: skip

    def __init__(
        self,
        program: Program,
        limits: ResourceLimits = DEFAULT_LIMITS,
        print_callback: PrintCallback | None = None,
    ) -> None:
        self.program = program
        self.limits = limits
        self.print_callback = print_callback
        self.globals: dict[str, Any] = {}
        #: Module objects by name, so that a module is itself wherever it is imported.
        self.modules: dict[str, Any] | None = None
        #: Seconds of computing before the present stretch (between two pauses).
        self.seconds_before = 0.0
        #: Steps taken before the present chunk of fuel.
        self.steps_used = 0
        self.output_bytes = 0
        #: Steps that the fuel held when it was filled.
        self.chunk = 0
        #: Steps that were charged and not yet taken off the fuel, and how many of them are let stand.
        self.debt = 0
        self.allowance = ALLOWANCE
        self.started = 0.0
        #: Seconds of this stretch spent in functions of the host, which are not the script's.
        self.waited = 0.0
        #: Resident bytes at the first look of this stretch, and those at which the values are measured.
        self.resident = 0
        #: Whether the script computes now, rather than waits or has ended.
        self.active = False
        self._random: _random.Random | None = None
        #: Objects whose generated `__repr__` is at work, by address.
        self.being_shown: set[int] = set()
        #: Files, environment and clock; None until something asks for them.
        self.files: FileSystem | None = None

    @property
    def random(self) -> _random.Random:
        """The run's random source; snapshots carry its state."""
        if self._random is None:
            self._random = _random.Random()
        return self._random

    @property
    def random_state(self) -> tuple[Any, ...] | None:
        """State of the random source, None while it was never used."""
        return None if self._random is None else self._random.getstate()

    # Fuel

    def begin(self) -> None:
        """Start a stretch of computing: give the first chunk of fuel and start the clock."""
        self.started = self.last_look = time.perf_counter()
        self.waited = 0.0
        self.active = True
        steps = self.limits.max_steps
        self.fill(FIRST_CHUNK if steps is None else min(FIRST_CHUNK, steps - self.steps_used))

    def fill(self, steps: int) -> None:
        """Put so many steps into the tank."""
        self.chunk = steps
        self.debt = 0
        self.allowance = min(ALLOWANCE, steps >> 2) if self.limits.max_steps is None else 0
        self.globals[FUEL] = repeat(None, steps)

    def left(self) -> int:
        """Return the steps before the next look; below 0 when more were charged than there were."""
        return length_hint(self.globals[FUEL]) - self.debt

    def end(self) -> None:
        """End a stretch: add up what it used."""
        self.steps_used += self.chunk - self.left()
        self.fill(0)
        self.active = False
        now = time.perf_counter()
        self.seconds_before += now - self.started - self.waited
        self.started = now
        self.waited = 0.0

    def passing(self) -> Any:
        """Return what passes the handlers of a generator: everything, when its run has stopped and it is collected."""
        return PRIVATE if self.active else BaseException

    def showing(self, obj: object) -> bool:
        """Note that an object's generated `__repr__` starts; tell whether it is at work already."""
        if id(obj) in self.being_shown:
            return True
        self.being_shown.add(id(obj))
        return False

    def shown(self, obj: object) -> None:
        """Note that an object's generated `__repr__` ends."""
        self.being_shown.discard(id(obj))

    def charge(self, steps: int) -> None:
        """Take `steps` of fuel before sized work; raise LimitReached when a limit is met."""
        self.debt += steps
        if self.debt > self.allowance:
            left = self.left()
            if left < 0:
                self.refuel()
            else:
                self.debt = 0
                self.globals[FUEL] = repeat(None, left)

    def tick(self) -> None:
        """Take one step, for code of ours that goes step by step."""
        self.charge(1)

    def burn(self) -> None:
        """Take the step for which emitted code found no fuel."""
        self.debt += 1
        self.refuel()

    def refuel(self) -> None:
        """Look at the clock, the memory and the step count, and fill up until the next look."""
        limits = self.limits
        if not self.active:
            # Code that runs because a generator of a stopped run is collected gets no fuel.
            raise LimitReached(TimeLimitError('max_duration_secs', 0))
        now = time.perf_counter()
        self.steps_used += self.chunk - self.left()
        seconds = limits.max_duration_secs
        if seconds is not None and self.started and self.seconds_before + now - self.started - self.waited > seconds:
            raise LimitReached(TimeLimitError('max_duration_secs', seconds))
        if not self.started:
            # A straight line starts without a look at the clock.
            self.started = self.last_look = now
        took = now - self.last_look
        self.last_look = now
        if limits.max_memory is not None:
            self.look_at_memory(limits.max_memory)
        chunk = max(self.chunk, FIRST_CHUNK)
        chunk = min(MAX_CHUNK, chunk * 2) if took < LOOK_SECONDS else max(100, int(chunk * LOOK_SECONDS / took))
        if limits.max_steps is not None:
            left = limits.max_steps - self.steps_used
            if left < 0:
                raise LimitReached(StepLimitError('max_steps', limits.max_steps))
            chunk = min(chunk, left)
        self.fill(chunk)

    def look_at_memory(self, limit: int) -> None:
        """Measure what the run holds when the process has grown by more than the limit since the first look."""
        resident = resident_bytes()
        if not self.resident:
            self.resident = resident
            self.resident_trigger = resident + limit
        elif resident > self.resident_trigger:
            if reachable_bytes(self.globals, CODE_FILE, limit) > limit:
                raise LimitReached(MemoryLimitError('max_memory', limit))
            self.resident_trigger = resident + limit // 4

    @property
    def seconds_used(self) -> float:
        """Seconds of computing so far, over all stretches."""
        if not self.started:
            return self.seconds_before
        return self.seconds_before + time.perf_counter() - self.started - self.waited

    def reserve(self, nbytes: int) -> None:
        """Refuse an object of `nbytes` that would go over `max_memory`."""
        limit = self.limits.max_memory
        if limit is not None and nbytes > limit:
            raise LimitReached(MemoryLimitError('max_memory', limit))

    # The outside

    def write(self, stream: str, text: str) -> None:
        """Hand text of the script to the host."""
        limit = self.limits.max_output_bytes
        self.output_bytes += len(text)
        if limit is not None and self.output_bytes > limit:
            raise LimitReached(OutputLimitError('max_output_bytes', limit))
        if self.print_callback is not None:
            self.print_callback(stream, text)

    def now(self) -> float:
        """Return seconds since the epoch, by the run's clock policy."""
        told = None if self.files is None else self.files.now()
        return time.time() if told is None else told

    def real_time(self) -> float:
        """Return seconds since the epoch of the host's clock."""
        return time.time()

    def ask_host(self, function: Callable[[], Any]) -> Any:
        """Call a function of the host whose time is not the script's; its errors enter as the script's own."""
        began = time.perf_counter() if self.started else 0.0
        try:
            return function()
        except Exception as error:
            failure = exception_to_script(error)
        finally:
            if began:
                self.waited += time.perf_counter() - began
        # Raised outside the handler: the host's exception must not become its context.
        raise failure

    def monotonic(self) -> float:
        """Return seconds of a clock that never goes back."""
        return time.monotonic()
