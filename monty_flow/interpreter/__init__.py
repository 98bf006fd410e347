"""The sandboxed interpreter: source in, values and pauses out.

This is its front door. It may import nothing of the rest of the package.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from monty_flow.interpreter.boundary import ScriptObject
from monty_flow.interpreter.errors import (
    BoundaryError,
    InternalError,
    LimitError,
    MemoryLimitError,
    MontyError,
    MontyRuntimeError,
    MontySyntaxError,
    OutputLimitError,
    PauseLimitError,
    SandboxCrashed,
    SandboxUnavailable,
    SnapshotError,
    SnapshotKeyUnknown,
    SnapshotLimitError,
    SnapshotRefused,
    SnapshotTooNew,
    SourceLimitError,
    StepLimitError,
    TimeLimitError,
)
from monty_flow.interpreter.limits import ResourceLimits
from monty_flow.interpreter.machine import Monty, load
from monty_flow.interpreter.os_access import CallbackFile, MemoryFile, Mount, OSAccess
from monty_flow.interpreter.runtime.cancellation import Cancelled, Rejected
from monty_flow.interpreter.snapshot.envelope import FORMATS as SNAPSHOT_FORMATS
from monty_flow.interpreter.snapshot.signing import KeyRing, new_key_name
from monty_flow.interpreter.stopped import Complete, FutureSnapshot, PendingCall, Raised, Returned, Snapshot
from monty_flow.interpreter.views import FrameView, Position

if TYPE_CHECKING:
    from monty_flow.interpreter.pool import SandboxFutureSnapshot, SandboxPool, SandboxScript, SandboxSnapshot

__all__ = [
    'SNAPSHOT_FORMATS',
    'BoundaryError',
    'CallbackFile',
    'Cancelled',
    'Complete',
    'FrameView',
    'FutureSnapshot',
    'InternalError',
    'KeyRing',
    'LimitError',
    'MemoryFile',
    'MemoryLimitError',
    'Monty',
    'MontyError',
    'MontyRuntimeError',
    'MontySyntaxError',
    'Mount',
    'OSAccess',
    'OutputLimitError',
    'PauseLimitError',
    'PendingCall',
    'Position',
    'Raised',
    'Rejected',
    'ResourceLimits',
    'Returned',
    'SandboxCrashed',
    'SandboxFutureSnapshot',
    'SandboxPool',
    'SandboxScript',
    'SandboxSnapshot',
    'SandboxUnavailable',
    'ScriptObject',
    'Snapshot',
    'SnapshotError',
    'SnapshotLimitError',
    'SnapshotKeyUnknown',
    'SnapshotRefused',
    'SnapshotTooNew',
    'SourceLimitError',
    'StepLimitError',
    'TimeLimitError',
    'load',
    'new_key_name',
]

_POOL = frozenset({'SandboxFutureSnapshot', 'SandboxPool', 'SandboxScript', 'SandboxSnapshot'})


def __getattr__(name: str) -> Any:
    """Load the pool when it is first asked for: most processes make none."""
    if name not in _POOL:
        raise AttributeError(f"module 'monty_flow.interpreter' has no attribute {name!r}")
    from monty_flow.interpreter import pool

    return getattr(pool, name)
