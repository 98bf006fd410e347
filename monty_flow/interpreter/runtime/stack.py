"""Let the stack of the main thread hold what CPython's C code recurses on while scripts run.

Hashing a tuple goes into its items without a look at the depth, some 64 bytes of stack a level, so the 8 MB that are usual overflow at
130,000 levels. A thread's stack is of one size for good, but Linux lets that of the main thread grow up to what `RLIMIT_STACK` says
at the time. So the soft limit is raised while scripts run, and set back when none has run for a while: it costs nothing until it is used.
"""

from __future__ import annotations

import contextlib
from typing import Final

try:
    import resource
except ImportError:  # not on Windows
    resource = None  # type: ignore[assignment]

#: Bytes that the stack of the main thread may have: more levels than these hold need more memory than runs have by default.
STACK_BYTES: Final = 512 * 1024 * 1024

#: The soft limit that the host has set, while ours is in force.
_before: list[int] = []


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
