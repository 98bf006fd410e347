"""Run an attack in a process of its own, or in a pool, and measure how far over its limits it went.

Time is processor time, so that other processes of the machine count for nothing; memory is what the process has ever had
resident, less what it had when the script began.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from monty_flow import Monty
from monty_flow.interpreter.errors import (
    BoundaryError,
    LimitError,
    MontyError,
    MontyRuntimeError,
    MontySyntaxError,
    SandboxCrashed,
)
from monty_flow.interpreter.limits import ResourceLimits
from monty_flow.interpreter.pool import SandboxPool, template
from tests.forked import CrashedError, HungError, forked

#: Seconds after which a process is killed, however busy the machine.
PATIENCE: Final = 60.0
_LOOK_SECONDS: Final = 0.002
_TICKS: Final = os.sysconf('SC_CLK_TCK')
MB: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Measured:
    """How an attack ended, and what it used."""

    #: 'refused', 'raised', 'limited', 'ended', 'crashed', 'hung', or what escaped.
    kind: str
    seconds: float
    nbytes: int
    text: str = ''


def ending_of(run: Callable[[], Any]) -> tuple[str, str]:
    """Return in a word how a run ended, and what it showed."""
    try:
        return 'ended', type(run()).__name__
    except MontySyntaxError as error:
        return 'refused', error.message[:100]
    except MontyRuntimeError as error:
        return 'raised', f'{error.exception_type}: {error.message[:100]}'
    except LimitError as error:
        return 'limited', error.limit
    except BoundaryError as error:
        return 'raised', str(error)[:100]
    except SandboxCrashed as error:
        return 'crashed', str(error)
    except MontyError as error:
        return type(error).__name__, str(error)[:200]


def warm() -> None:
    """Import what scripts may use, as the template of a pool does: else each fork of this process does it anew."""
    template.preload()
    Monty('for i in range(3): pass')


def in_process(source: str, limits: ResourceLimits) -> Measured:
    """Run a script in a fork of this process."""
    try:
        text = forked(lambda: _measured_here(source, limits), PATIENCE)
    except HungError:
        return Measured('hung', PATIENCE, 0)
    except CrashedError as error:
        return Measured('crashed', 0.0, 0, str(error))
    seconds, nbytes, kind, shown = text.split(' ', 3)
    return Measured(kind, float(seconds), int(nbytes), shown)


def _measured_here(source: str, limits: ResourceLimits) -> str:
    try:
        return _measures(source, limits)[:500]
    except BaseException as error:  # whatever escapes is what the test is about
        return f'0 0 escaped {type(error).__name__}: {error}'[:500]


def _measures(source: str, limits: ResourceLimits) -> str:
    Monty('for i in range(3): pass').run(limits=limits)
    with open('/proc/self/clear_refs', 'w') as file:
        file.write('5')
    before = _resident(os.getpid())[0]
    started = time.process_time()
    kind, shown = ending_of(lambda: Monty(source).run(limits=limits, print_callback=lambda *_: None))
    seconds = time.process_time() - started
    return f'{seconds:.3f} {_resident(os.getpid())[1] - before} {kind} {shown}'


def _resident(pid: int) -> tuple[int, int]:
    """Return the resident bytes of a process, now and at most."""
    found = {'VmRSS': 0, 'VmHWM': 0}
    with open(f'/proc/{pid}/status') as file:
        for line in file:
            name, _, rest = line.partition(':')
            if name in found:
                found[name] = int(rest.split()[0]) * 1024
    return found['VmRSS'], found['VmHWM']


class _Watched:
    """Look at a process every few milliseconds: when it was killed, nobody can."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._ended = threading.Event()
        self.seconds = 0.0
        self.most = 0
        self._look()
        self.before, self.began = _resident(pid)[0], self.seconds
        self.most = 0
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def _look(self) -> None:
        with open(f'/proc/{self._pid}/stat') as file:
            fields = file.read().rpartition(')')[2].split()
        self.seconds = (int(fields[11]) + int(fields[12])) / _TICKS
        self.most = max(self.most, _resident(self._pid)[0])

    def _watch(self) -> None:
        while not self._ended.wait(_LOOK_SECONDS):
            try:
                self._look()
            except (OSError, IndexError, ValueError):
                return

    def end(self) -> None:
        self._ended.set()
        self._thread.join()
        try:
            self._look()
        except (OSError, IndexError, ValueError):
            return


def in_pool(pool: SandboxPool, source: str, limits: ResourceLimits) -> Measured:
    """Run a script in the one process of a pool."""
    children = pool._children
    # A dead child is replaced by another thread.
    child = children.borrow(None)
    children.give_back(child)
    watched = _Watched(child.pid)
    kind, shown = ending_of(lambda: pool.run(source, limits=limits, print_callback=lambda *_: None))
    watched.end()
    return Measured(kind, watched.seconds - watched.began, watched.most - watched.before, shown)
