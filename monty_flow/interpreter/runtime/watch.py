"""Hold the limits of runs whose work meets no tick: operations of CPython of middling size, one after the other.

Ticks look at the clock every so many turns of a loop, and a turn may copy a million items. So one thread of the process
looks at all active runs every few milliseconds, and ends one that is over its time or memory by an exception that CPython
raises in the run's own thread, between two instructions (`PyThreadState_SetAsyncExc`). That costs the run nothing. What
it cannot end is a single operation in C, whose size the guards judge before it begins.

How no host code is ever hit:

* a run is in `_active` only while it computes; it takes itself out in `leave` before anything else is done;
* CPython hands the interpreter lock over only at calls and at jumps back, and there is neither between the watcher's look
  at the table and its call into C, so the two are one step for every other thread;
* a thread that gets the lock back raises what was set at once; `leave` takes back what was not raised yet;
* code of the host that a run calls (`hosting`) is not the script's: the run is left alone until it returns.

Memory: the growth of the process is the trigger. When the run is the only thing that computes here, growth over the limit is
its own; else what the run can reach is measured, so that no run pays for what other threads of the host do.
"""

from __future__ import annotations

import ctypes
import os
import threading
import time
from threading import get_ident
from typing import TYPE_CHECKING, Final

from monty_flow.interpreter.errors import LimitError, LimitReached
from monty_flow.interpreter.runtime import stack
from monty_flow.interpreter.runtime.memory import resident_bytes

if TYPE_CHECKING:
    from monty_flow.interpreter.runtime.run import Run

#: Seconds between two looks. The watcher then waits for the interpreter lock, some 5 ms more on a busy machine.
PERIOD: Final = 0.004
#: Looks without an active run after which the watcher sleeps until there is one.
_IDLE_LOOKS: Final = 25
#: Looks after which a run that swallowed its end is ended again.
_AGAIN: Final = 4


class Stopped(LimitReached):
    """End a run from outside; the run's `verdict` says why."""

    def __init__(self) -> None:
        BaseException.__init__(self)

    error: LimitError | None = None  # type: ignore[assignment]


_set_async = ctypes.pythonapi['PyThreadState_SetAsyncExc']
_set_async.argtypes = (ctypes.c_ulong, ctypes.py_object)
_set_async.restype = ctypes.c_int
_clear_async = ctypes.pythonapi['PyThreadState_SetAsyncExc']
_clear_async.argtypes = (ctypes.c_ulong, ctypes.c_void_p)
_clear_async.restype = ctypes.c_int

#: The run that computes in each thread.
_active: dict[int, Run] = {}
#: The resident bytes when a thread has begun something long in C that leaves the interpreter lock to others, and the most seen since.
_peaks: dict[int, tuple[int, int]] = {}
_wanted = threading.Event()
_starting = threading.Lock()


class _State:
    """What the watcher and the runs tell each other."""

    __slots__ = ('is_awake', 'resident', 'thread')

    def __init__(self) -> None:
        self.is_awake = False
        #: Resident bytes at the last look.
        self.resident = 0
        self.thread: threading.Thread | None = None


_state = _State()


def resident() -> int:
    """Return the resident bytes at the last look of the watcher, which is woken when it sleeps."""
    if not _state.is_awake:
        _wake()
    return _state.resident


def enter(run: Run) -> None:
    """Watch a run that begins to compute in this thread, and that has all that `judged` asks for."""
    ident = run.thread = get_ident()
    run.outer = _active.get(ident)
    _active[ident] = run
    # The watcher says that it sleeps before it looks whether a run is there, so one of the two sees the other.
    if not _state.is_awake:
        _wake()


def leave(run: Run) -> None:
    """End the watch, and take back an end that was not raised yet; may be called again where that was raised in here."""
    ident = run.thread
    if _active.get(ident) is run:
        if run.outer is None:
            del _active[ident]
        else:
            _active[ident] = run.outer
    if run.verdict is not None:
        _clear_async(ident, None)


def begin_peak() -> None:
    """Note the most that the process has resident from now on, for `end_peak` of the same thread."""
    _peaks[get_ident()] = (resident_bytes(), 0)


def end_peak() -> int | None:
    """Return by how many bytes the process has grown at most since `begin_peak`, None when nobody has looked."""
    before, most = _peaks.pop(get_ident(), (0, 0))
    return most - before if most else None


def current() -> Run | None:
    """Return the run that computes in this thread."""
    return _active.get(get_ident())


def is_alone() -> bool:
    """Tell whether one run computes in this process, and no thread of the host that is not ours lives beside it."""
    return len(_active) <= 1 and threading.active_count() <= 2


def _wake() -> None:
    _state.resident = resident_bytes()
    _state.is_awake = True
    stack.widen()
    thread = _state.thread
    if thread is None or not thread.is_alive():
        with _starting:
            thread = _state.thread
            if thread is None or not thread.is_alive():
                thread = threading.Thread(target=_watch, name='monty_flow watches limits', daemon=True)
                _state.thread = thread
                thread.start()
    _wanted.set()


def _watch() -> None:
    idle = 0
    while True:
        if _active:
            idle = 0
        else:
            idle += 1
            if idle > _IDLE_LOOKS:
                _wanted.clear()
                _state.is_awake = False
                stack.narrow()
                if not _active:
                    _wanted.wait()
                # A run that came before `narrow` has found the stack wide, and has it so again.
                stack.widen()
                _state.is_awake = True
                idle = 0
        time.sleep(PERIOD)
        resident = _state.resident = resident_bytes()
        if _peaks:
            _note_peaks(resident)
        for ident, run in list(_active.items()):
            try:
                _look(ident, run, resident)
            except Exception:  # what is looked at changes meanwhile: the next look comes soon, and there must be one
                continue


def _note_peaks(resident: int) -> None:
    for ident, (before, most) in list(_peaks.items()):
        if resident > most and ident in _peaks:
            _peaks[ident] = (before, resident)


def _look(ident: int, run: Run, resident: int) -> None:
    if not run.timed:
        run.waiting_at_first_look = run.hosting
        run.timed = True
    if run.hosting:
        return
    verdict = run.verdict
    if verdict is None:
        verdict = run.judged(time.perf_counter(), resident)
        run.told = 0
    else:
        run.told += 1
        if run.told % _AGAIN:
            return
    if verdict is not None:
        _end(ident, run, verdict)


def _end(ident: int, run: Run, verdict: LimitError) -> None:
    # From here to the call into C there is no instruction at which another thread could run.
    if ident in _active and _active[ident] is run and not run.hosting:
        run.verdict = verdict
        _set_async(ident, Stopped)


def _after_fork() -> None:
    """Start again in a child: threads do not survive a fork, and its memory is its own."""
    _state.thread = None
    _state.is_awake = False
    run = _active.get(get_ident())
    _active.clear()
    stack.narrow()
    if run is not None:
        _active[get_ident()] = run
        _wake()


if hasattr(os, 'register_at_fork'):
    os.register_at_fork(after_in_child=_after_fork)
