"""The sandboxed interpreter: source in, values and pauses out.

This is its front door. It may import nothing of the rest of the package. Each part is loaded when one of its names is first
used, and the compiler with the first script.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from monty_flow.interpreter.boundary import ScriptObject
    from monty_flow.interpreter.comparing import PlaceChange, VariableChange, differences
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
        PauseRefused,
        RelocationRefused,
        SandboxCrashed,
        SandboxUnavailable,
        SessionError,
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
    from monty_flow.interpreter.machine import Monty, Relocated, load, relocate, script_hash_of
    from monty_flow.interpreter.os_access import CallbackFile, MemoryFile, Mount, OSAccess
    from monty_flow.interpreter.pool import SandboxFutureSnapshot, SandboxPool, SandboxScript, SandboxSnapshot
    from monty_flow.interpreter.runtime.cancellation import Cancelled, Rejected
    from monty_flow.interpreter.session import Session
    from monty_flow.interpreter.snapshot.leaves import large_leaves, snapshot_leaves
    from monty_flow.interpreter.snapshot.signing import KeyRing, new_key_name
    from monty_flow.interpreter.snapshot.versions import FORMATS as SNAPSHOT_FORMATS
    from monty_flow.interpreter.stopped import Complete, FutureSnapshot, PendingCall, Raised, Returned, Snapshot
    from monty_flow.interpreter.views import FrameView, Move, Position

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
    'Move',
    'OSAccess',
    'OutputLimitError',
    'PauseLimitError',
    'PauseRefused',
    'PendingCall',
    'PlaceChange',
    'Position',
    'Raised',
    'Rejected',
    'Relocated',
    'RelocationRefused',
    'ResourceLimits',
    'Returned',
    'SandboxCrashed',
    'SandboxFutureSnapshot',
    'SandboxPool',
    'SandboxScript',
    'SandboxSnapshot',
    'SandboxUnavailable',
    'ScriptObject',
    'Session',
    'SessionError',
    'Snapshot',
    'SnapshotError',
    'SnapshotKeyUnknown',
    'SnapshotLimitError',
    'SnapshotRefused',
    'SnapshotTooNew',
    'SourceLimitError',
    'StepLimitError',
    'TimeLimitError',
    'VariableChange',
    'differences',
    'large_leaves',
    'load',
    'new_key_name',
    'relocate',
    'script_hash_of',
    'snapshot_leaves',
]

#: The part that has each name, where it is not `errors`.
_PARTS = {
    'boundary': 'ScriptObject',
    'comparing': 'PlaceChange VariableChange differences',
    'limits': 'ResourceLimits',
    'machine': 'Monty Relocated load relocate script_hash_of',
    'session': 'Session',
    'os_access': 'CallbackFile MemoryFile Mount OSAccess',
    'pool': 'SandboxFutureSnapshot SandboxPool SandboxScript SandboxSnapshot',
    'runtime.cancellation': 'Cancelled Rejected',
    'snapshot.leaves': 'large_leaves snapshot_leaves',
    'snapshot.signing': 'KeyRing new_key_name',
    'snapshot.versions': 'SNAPSHOT_FORMATS',
    'stopped': 'Complete FutureSnapshot PendingCall Raised Returned Snapshot',
    'views': 'FrameView Move Position',
}
_PLACES = {name: part for part, names in _PARTS.items() for name in names.split()}


def _load(name: str) -> Any:
    """Load the part that has a public name when it is first asked for."""
    if name not in __all__:
        raise AttributeError(f"module 'monty_flow.interpreter' has no attribute {name!r}")
    part = importlib.import_module(f'monty_flow.interpreter.{_PLACES.get(name, "errors")}')
    value = globals()[name] = getattr(part, 'FORMATS' if name == 'SNAPSHOT_FORMATS' else name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


# Type checkers do not see this, else every name would be there for them, of type Any.
if not TYPE_CHECKING:
    __getattr__ = _load
