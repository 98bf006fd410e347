"""Where scripts run: in this process, or each in a child process behind the walls of the kernel."""

from __future__ import annotations

import os
import threading
from enum import Enum
from typing import TYPE_CHECKING

from monty_flow.interpreter import Monty

if TYPE_CHECKING:
    from monty_flow.interpreter import SandboxPool

#: Children that are made before anybody needs them, and the most of one worker: more than a few for each core compute no
#: faster, and a few spare ones keep long scripts from holding back the short ones.
_AHEAD = 2
MAX_CHILDREN = 4 * (os.cpu_count() or 1)


class Isolation(Enum):
    """Where a worker runs scripts."""

    #: In child processes, which the kernel keeps from files, sockets and other processes.
    PROCESS = 'process'
    #: In the worker's own process, behind the sandbox of the language alone.
    NONE = 'none'


_lock = threading.Lock()
_pools: dict[int, SandboxPool] = {}


def shared_pool(processes: int) -> SandboxPool:
    """Return the pool of this process, with room for so many children (`MAX_CHILDREN` at most); made when first asked for.

    It lives as long as the process: its children end with it, by the kernel.
    """
    from monty_flow.interpreter import SandboxPool  # nobody else of the engine needs the pool

    processes = min(processes, MAX_CHILDREN)
    with _lock:
        pool = _pools.get(os.getpid())
        if pool is None:
            # A forked process has no use for the children of its parent.
            _pools.clear()
            pool = _pools[os.getpid()] = SandboxPool(processes, ahead=_AHEAD)
    pool.allow(processes)
    return pool


class Scripts:
    """Make scripts that run where the isolation says."""

    def __init__(self, isolation: Isolation = Isolation.NONE, processes: int = 1) -> None:
        self._pool = shared_pool(processes) if isolation is Isolation.PROCESS else None

    def make(self, source: str, names: tuple[str, ...], script_name: str) -> Monty:
        """Return a script; in this process it is compiled, and MontySyntaxError raised when it cannot be."""
        if self._pool is None:
            return Monty(source, inputs=names, script_name=script_name)
        return self._pool.script(source, inputs=names, script_name=script_name)
