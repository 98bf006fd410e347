"""The context of one run: its limits, its output, its clock and its random source."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from itertools import repeat
from operator import length_hint
from typing import TYPE_CHECKING, Any, Final, NoReturn

from monty_flow.interpreter.boundary import COMPUTING, exception_to_script
from monty_flow.interpreter.errors import (
    LimitError,
    LimitReached,
    MemoryLimitError,
    OutputLimitError,
    PauseLimitError,
    SourceLimitError,
    StepLimitError,
    TimeLimitError,
)
from monty_flow.interpreter.limits import DEFAULT_LIMITS, ResourceLimits
from monty_flow.interpreter.runtime import unraisable, watch
from monty_flow.interpreter.runtime.memory import reachable_bytes, resident_bytes
from monty_flow.interpreter.runtime.pause import CODE_FILE as CODE_FILE
from monty_flow.interpreter.runtime.pause import EMITTED, CannotPause, Pause

unraisable.install()
COMPUTING.append(watch.current)

#: Exceptions that no script can catch.
PRIVATE = (Pause, CannotPause, LimitReached, MemoryError)

if TYPE_CHECKING:
    from random import Random
    from types import TracebackType

    from monty_flow.interpreter.compiler.program import Program
    from monty_flow.interpreter.runtime.arithmetic import Arithmetic
    from monty_flow.interpreter.runtime.evaluation import Held
    from monty_flow.interpreter.runtime.files import FileSystem
    from monty_flow.interpreter.runtime.identity import Numbers
    from monty_flow.interpreter.runtime.scripted_modules import Library
    from monty_flow.interpreter.session import Session

#: The name under which a run's globals hold what its script has put in the place of `sys.stdout` and `sys.stderr`.
STREAMS: Final = '$streams'
#: The same of what it has given to `sys.setrecursionlimit`.
RECURSION: Final = '$recursion'

PrintCallback = Callable[[str, str], None]

#: The name under which the run's globals hold the steps left before the next look at clock and memory: an iterator of
#: so many items. Emitted code takes one (`for $ in $fuel: break`), which costs a third of counting a global down.
FUEL = '$fuel'
#: Steps that may be charged before they are taken off the fuel; an exact limit on steps allows none.
ALLOWANCE = 500
#: Ticks of the first chunk; later ones are sized so that looks are LOOK_SECONDS apart.
FIRST_CHUNK = 2_000
LOOK_SECONDS = 0.002
MAX_CHUNK = 1_000_000
#: Ticks of a chunk of a script that has made an int of 8 KB or more, which may have 128 KB: 6 MB between two looks.
OFTEN_CHUNK = 50
#: What the process may grow over `max_memory` before it counts: memory is taken from the system in pieces, and by others.
SLACK = 8 * 1024 * 1024
#: Bytes of a result from which on it is added up between two looks at the memory.
_COUNTED = 64 * 1024
#: Big results are added up to this part of the limit (a thirty-second) between two looks: what they may be over it, beside `SLACK`.
_LOOKS_SHIFT = 5
#: Limits below so many seconds are too short to leave the milliseconds before the watcher's first look out of account.
_TIMED_BELOW = 0.5
#: Seconds of a stretch from which on what it leaves in memory is worth a look.
_LONG = 0.005


class Run:
    """Hold what emitted code and its helpers need of the run that they serve."""

    #: For the watcher: the thread that computes, the run around this one in it, and the resident bytes when it began.
    thread: int
    outer: Run | None
    resident: int

    __slots__ = (
        '_random', 'active', 'allowance', 'arithmetic', 'being_shown', 'chunk', 'debt', 'files', 'globals', 'held', 'hosting', 'hosts', 'last_look', 'library', 'limits', 'looks_often',
        'modules', 'numbers', 'outer', 'output_bytes', 'pauses', 'piece_bytes', 'pieces', 'print_callback', 'program', 'resident', 'resident_trigger',
        'seconds_before', 'session', 'shadows', 'slept', 'started', 'steps_used', 'thread', 'timed', 'told', 'type_methods', 'verdict', 'volume', 'waited', 'waiting_at_first_look',
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
        #: Whether each call of the host is timed: from the watcher's first look at a stretch on; and whether that look came in one.
        self.timed = True
        self.waiting_at_first_look = False
        #: Seconds that this process slept for the script.
        self.slept = 0.0
        #: Resident bytes at which what the run holds is judged (0: never), what it held when this stretch began, the bytes
        #: of big results made since the last look, and the external calls so far.
        self.resident = self.resident_trigger = self.held = self.volume = self.pauses = 0
        #: The error with which the run ends from outside: by the watcher, or because CPython has dropped it.
        self.verdict: LimitError | None = None
        #: Whether the script computes now, rather than waits or has ended.
        self.active = False
        #: Whether each step may fill much memory by what is not judged.
        self.looks_often = False
        self._random: Random | None = None
        #: Objects whose generated `__repr__` is at work, by address; None before the first.
        self.being_shown: set[int] | None = None
        #: What `id` gives for objects; None before the first.
        self.numbers: Numbers | None = None
        #: What is told when a feed has ended, None for a script that is not fed.
        self.session: Session | None = None
        #: Methods of built-in types that were loaded as values, by type and name; None before the first.
        self.type_methods: dict[tuple[type, str], Any] | None = None
        #: Library modules that the run has loaded; None before the first.
        self.library: Library | None = None
        #: Code that the script has made of text, by the name of its program, and the bytes that it takes; None before the first.
        self.pieces: dict[str, Held] | None = None
        self.piece_bytes = 0
        #: Functions of the host that are called at once; None for a run that stops at calls.
        self.hosts: Mapping[str, Callable[..., Any]] | None = None
        #: What such code has bound to the names of built-ins; None before the first.
        self.shadows: dict[str, Any] | None = None
        #: Files, environment and clock; None until something asks for them.
        self.files: FileSystem | None = None
        #: The context of decimal arithmetic; None until `decimal` is imported.
        self.arithmetic: Arithmetic | None = None

    @property
    def random(self) -> Random:
        """The run's random source; snapshots carry its state."""
        if self._random is None:
            from random import Random  # most runs draw nothing

            self._random = Random()
        return self._random

    @property
    def random_state(self) -> tuple[Any, ...] | None:
        """State of the random source, None while it was never used."""
        return None if self._random is None else self._random.getstate()

    # Fuel

    def begin(self) -> None:
        """Start a stretch of computing: give the first chunk of fuel, start the clock and the watch."""
        self.started = self.last_look = time.perf_counter()
        self.waited = 0.0
        self.active = True
        if self.arithmetic is not None:
            self.arithmetic.enter()
        #: Whether code of the host is running, which the watcher must leave alone.
        self.hosting = False
        self.verdict = None
        #: The looks of the watcher since there is a verdict.
        self.told = 0
        limits = self.limits
        seconds = limits.max_duration_secs
        self.timed = seconds is not None and seconds < _TIMED_BELOW
        self.waiting_at_first_look = False
        steps = limits.max_steps
        self.fill(FIRST_CHUNK if steps is None else min(FIRST_CHUNK, steps - self.steps_used))
        self.resident = watch.resident()
        memory = limits.max_memory
        if memory is not None:
            self.resident_trigger = self.resident + memory + max(SLACK, memory >> 4) - self.held
        watch.enter(self)

    def fill(self, steps: int) -> None:
        """Put so many steps into the tank."""
        self.chunk = steps
        self.debt = 0
        self.allowance = min(ALLOWANCE, steps >> 2) if self.limits.max_steps is None else 0
        self.globals[FUEL] = repeat(None, steps)

    def look_often(self, nbytes: int) -> None:
        """Look at the memory every few steps from now on, and after so many such results."""
        limit = self.limits.max_memory
        self.volume += nbytes
        if limit is not None and self.volume > limit >> 5:
            self.look_at_memory(limit, nbytes)
        if not self.looks_often:
            self.looks_often = True
            left = self.left()
            if left > OFTEN_CHUNK:
                self.steps_used += self.chunk - left
                self.fill(OFTEN_CHUNK)

    def left(self) -> int:
        """Return the steps before the next look; below 0 when more were charged than there were."""
        return length_hint(self.globals[FUEL]) - self.debt

    def end(self) -> None:
        """End a stretch: add up what it used. May be called again, where the watcher came between."""
        watch.leave(self)
        if self.arithmetic is not None:
            self.arithmetic.leave()
        if not self.active:
            return
        self.active = False
        self.steps_used += self.chunk - self.left()
        self.fill(0)
        now = time.perf_counter()
        took = now - self.started
        if took > _LONG:
            self.held = max(0, self.held + resident_bytes() - self.resident)
        self.seconds_before += took - self.waited
        self.started = now
        self.waited = 0.0

    def judged(self, now: float, resident: int) -> LimitError | None:
        """Return the error of a limit of time or memory that the run is over at `now`, by the watcher's looks."""
        limits = self.limits
        seconds = limits.max_duration_secs
        if seconds is not None and self.seconds_before + now - self.started - self.waited > seconds:
            return TimeLimitError('max_duration_secs', seconds)
        memory = limits.max_memory
        if memory is not None and resident > self.resident_trigger and self.is_over(memory, resident):
            return MemoryLimitError('max_memory', memory)
        return None

    def is_over(self, memory: int, resident: int) -> bool:
        """Judge what the run holds, when the process has grown to `resident` bytes, over the trigger."""
        if not self.resident:
            return False
        slack = max(SLACK, memory >> 4)
        if watch.is_alone() and resident - self.resident > memory + slack:
            return True
        if reachable_bytes(self.globals, EMITTED, memory, self.thread) > memory:
            return True
        if resident - self.resident > 2 * memory + slack:
            # What a comprehension has made so far hangs on no name, and is not found.
            return True
        self.resident_trigger = resident + slack
        return False

    def passing(self) -> Any:
        """Return what passes the handlers of a generator: everything, when its run has stopped and it is collected."""
        return PRIVATE if self.active else BaseException

    def begin_showing(self) -> set[int]:
        """Return the ids of what is being shown; whoever adds to them takes away again."""
        if self.being_shown is None:
            self.being_shown = set()
        return self.being_shown

    def showing(self, obj: object) -> bool:
        """Note that an object's generated `__repr__` starts; tell whether it is at work already."""
        shown = self.begin_showing()
        if id(obj) in shown:
            return True
        shown.add(id(obj))
        return False

    def shown(self, obj: object) -> None:
        """Note that an object's generated `__repr__` ends."""
        if self.being_shown is not None:
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
        if self.verdict is not None:
            raise LimitReached(self.verdict)
        now = time.perf_counter()
        self.steps_used += self.chunk - self.left()
        seconds = limits.max_duration_secs
        if seconds is not None and self.started and self.seconds_before + now - self.started - self.waited > seconds:
            raise self.ended(TimeLimitError('max_duration_secs', seconds))
        if not self.started:
            # A straight line starts without a look at the clock.
            self.started = self.last_look = now
        took = now - self.last_look
        self.last_look = now
        if limits.max_memory is not None:
            self.look_at_memory(limits.max_memory, 0)
        chunk = max(self.chunk, FIRST_CHUNK)
        chunk = min(MAX_CHUNK, chunk * 2) if took < LOOK_SECONDS else max(100, int(chunk * LOOK_SECONDS / took))
        if self.looks_often:
            chunk = min(chunk, OFTEN_CHUNK)
        if limits.max_steps is not None:
            left = limits.max_steps - self.steps_used
            if left < 0:
                raise self.ended(StepLimitError('max_steps', limits.max_steps))
            chunk = min(chunk, left)
        self.fill(chunk)

    def look_at_memory(self, limit: int, nbytes: int) -> None:
        """Judge what the run holds and is about to make, when the process has grown over the trigger."""
        self.volume = 0
        if self.resident_trigger:
            resident = resident_bytes() + nbytes
            if resident > self.resident_trigger and self.is_over(limit, resident):
                raise self.ended(MemoryLimitError('max_memory', limit))

    def memory_room(self) -> int:
        """Return by how many bytes the process may grow before the run is looked at."""
        trigger = self.resident_trigger
        return max(0, trigger - resident_bytes()) if trigger else self.limits.max_memory or 0

    def ended(self, verdict: LimitError) -> LimitReached:
        """Return what ends the run, noted where CPython might drop it: in a generator that is thrown away."""
        self.verdict = verdict
        return LimitReached(verdict)

    def heard(self, error: LimitReached, traceback: TracebackType | None) -> None:
        """End the run at its next step, text or call: CPython has dropped the end that came in something that it cleaned up."""
        verdict = error.error or self.verdict
        if verdict is None:
            return
        line = 0
        while traceback is not None:
            if traceback.tb_frame.f_code.co_filename.startswith(EMITTED):
                line = self.program.lines.source_line(traceback.tb_lineno) or line
            traceback = traceback.tb_next
        self.verdict = type(verdict)(verdict.limit, verdict.value, self.program.place_of(line)[1] if line else 0)
        self.steps_used += self.chunk - self.left()
        self.fill(0)
        # The quick way of a call looks at nothing but this.
        self.timed = True

    @property
    def seconds_used(self) -> float:
        """Seconds of computing so far, over all stretches."""
        if not self.started:
            return self.seconds_before
        return self.seconds_before + time.perf_counter() - self.started - self.waited

    def reserve(self, nbytes: int) -> None:
        """Refuse an object of `nbytes` that would go over `max_memory`."""
        limit = self.limits.max_memory
        if limit is None:
            return
        if nbytes > limit:
            raise LimitReached(MemoryLimitError('max_memory', limit))
        if nbytes > _COUNTED:
            self.volume += nbytes
            if self.volume > limit >> 5:
                self.look_at_memory(limit, nbytes)

    def check_source(self) -> None:
        """Refuse to run a source that is longer than the run's limits admit."""
        limit = self.limits.max_source_bytes
        if self.program.source_bytes > limit:
            raise SourceLimitError('max_source_bytes', limit)

    def too_many_pauses(self) -> NoReturn:
        """End a run that has made more external calls than `max_pauses`."""
        raise LimitReached(PauseLimitError('max_pauses', self.limits.max_pauses or 0))

    # The outside

    def write(self, stream: str, text: str) -> None:
        """Hand text of the script to the host."""
        if self.verdict is not None:
            raise LimitReached(self.verdict)
        limit = self.limits.max_output_bytes
        self.output_bytes += len(text) if text.isascii() else len(text.encode('utf-8', 'surrogatepass'))
        if limit is not None and self.output_bytes > limit:
            raise LimitReached(OutputLimitError('max_output_bytes', limit))
        if self.print_callback is not None:
            self.hosting = True
            try:
                if self.arithmetic is None:
                    self.print_callback(stream, text)
                else:
                    with self.arithmetic.outside():
                        self.print_callback(stream, text)
            finally:
                self.hosting = False

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
        self.hosting = True
        try:
            return function()
        except Exception as error:
            failure = exception_to_script(error)
        finally:
            if began:
                self.waited += time.perf_counter() - began
            self.hosting = False
        # Raised outside the handler: the host's exception must not become its context.
        raise failure

    def sleep(self, seconds: Any, /) -> None:
        """Sleep for the script where the host has given nothing else that waits: for no longer than the script may compute."""
        most = self.limits.max_duration_secs
        left = None if most is None else most - self.slept - self.seconds_used
        if most is None or left is None or not isinstance(seconds, (int, float)) or seconds <= left:
            began = time.monotonic()
            time.sleep(seconds)
            self.slept += time.monotonic() - began
            return
        time.sleep(max(0.0, left))
        raise LimitReached(TimeLimitError('max_duration_secs', most))

    def monotonic(self) -> float:
        """Return seconds of a clock that never goes back."""
        return time.monotonic()
