"""Let the stack hold what scripts recurse on: CPython's own bound on calls, and the C stack of the main thread.

Hashing a tuple goes into its items without a look at the depth, some 64 bytes of stack a level, so the 8 MB that are usual overflow at
130,000 levels. A thread's stack is of one size for good, but Linux lets that of the main thread grow up to what `RLIMIT_STACK` says
at the time. So the soft limit is raised while scripts run, and set back when none has run for a while: it costs nothing until it is used.
"""

from __future__ import annotations

import contextlib
import sys
import threading
from typing import Final

from monty_flow.interpreter.limits import MAX_RECURSION_DEPTH

try:
    import resource
except ImportError:  # not on Windows
    resource = None  # type: ignore[assignment]

#: Bytes that the stack of the main thread may have: more levels than these hold need more memory than runs have by default.
STACK_BYTES: Final = 512 * 1024 * 1024
#: Bytes of C stack that a call takes where CPython's own code lies between (`sorted` with a key is the most: 2 KB and its frames).
_BYTES_A_CALL: Final = 8 * 1024
#: Bytes of stack of a thread other than the main one, unless the host says otherwise, and what a call there is taken to need: half as much, since the
#: host's own room is in the bound as well.
_THREAD_BYTES: Final = 8 * 1024 * 1024
_THREAD_BYTES_A_CALL: Final = 4 * 1024
#: Native frames that the interpreter itself needs above the script's.
_SPARE_DEPTH: Final = 60
#: Room for the host's own frames; a host that is deeper leaves its scripts less.
_HOST_DEPTH: Final = 1_000

#: The soft limit that the host has set, while ours is in force.
_before: list[int] = []
#: The most that `make_room` was asked for.
_kept: list[int] = [0]


def make_room(depth: int) -> None:
    """Let the native stack hold `depth` script calls above the present frame.

    The setting is one for the whole interpreter and is only ever raised, so that no other thread loses room. In another thread than the
    main one, whose stack cannot grow, there is room for what its stack holds.
    """
    if threading.get_ident() != threading.main_thread().ident:
        depth = min(depth, (threading.stack_size() or _THREAD_BYTES) // _THREAD_BYTES_A_CALL)
    needed = depth + _SPARE_DEPTH + _HOST_DEPTH
    _kept[0] = max(needed, _kept[0])
    if needed > sys.getrecursionlimit():
        sys.setrecursionlimit(needed)


def deepen(depth: int, beside: int = 0) -> None:
    """Make room for the depth that a script asks for, as far as the stack goes, and for `beside` calls that there are.

    The bound is one for all threads, and the stack of those that are not the main one has its 8 MB and no more. So it stays
    where there are others, until `settle` takes it back.
    """
    # The thread that watches limits runs no scripts.
    is_alone = threading.active_count() <= 2 and threading.current_thread() is threading.main_thread()
    if resource is None or not is_alone:
        return
    soft = resource.getrlimit(resource.RLIMIT_STACK)[0]
    held = MAX_RECURSION_DEPTH if soft == resource.RLIM_INFINITY else soft // _BYTES_A_CALL
    needed = min(depth, held, MAX_RECURSION_DEPTH) + beside + _SPARE_DEPTH + _HOST_DEPTH
    if needed > sys.getrecursionlimit():
        sys.setrecursionlimit(needed)


def settle(before: int) -> None:
    """Set CPython's bound back to what it was before a script asked for more."""
    with contextlib.suppress(RecursionError):  # the host calls from deeper than that
        sys.setrecursionlimit(max(before, _kept[0]))


def widen() -> None:
    """Raise the soft limit of the stack."""
    if resource is None or _before:
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_STACK)
    most = STACK_BYTES if hard == resource.RLIM_INFINITY else min(STACK_BYTES, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_STACK, (most, hard))
            _before.append(soft)


def narrow() -> None:
    """Set the soft limit back to what it was."""
    if _before:
        soft = _before.pop()
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_STACK, (soft, resource.getrlimit(resource.RLIMIT_STACK)[1]))
