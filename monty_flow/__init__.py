"""monty-flow: a durable workflow engine around pausable scripts.

The names here are the public ones. Each part is loaded when one of its names is first used, so that the
interpreter alone does not pay for the database libraries, nor `monty-flow --help` for the interpreter.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from monty_flow.engine import Engine, Functions, Worker, current_call
    from monty_flow.interpreter import (
        BoundaryError,
        CallbackFile,
        Complete,
        FrameView,
        FutureSnapshot,
        InternalError,
        KeyRing,
        LimitError,
        MemoryFile,
        MemoryLimitError,
        Monty,
        MontyError,
        MontyRuntimeError,
        MontySyntaxError,
        Mount,
        OSAccess,
        OutputLimitError,
        PauseLimitError,
        PauseRefused,
        PendingCall,
        Position,
        Raised,
        ResourceLimits,
        Returned,
        SandboxCrashed,
        SandboxFutureSnapshot,
        SandboxPool,
        SandboxScript,
        SandboxSnapshot,
        SandboxUnavailable,
        ScriptObject,
        Session,
        SessionError,
        Snapshot,
        SnapshotError,
        SnapshotKeyUnknown,
        SnapshotLimitError,
        SnapshotRefused,
        SnapshotTooNew,
        SourceLimitError,
        StepLimitError,
        TimeLimitError,
        load,
    )

__version__ = '0.1.0'

_ENGINE = frozenset({'Engine', 'Functions', 'Worker', 'current_call'})

__all__ = [
    'BoundaryError',
    'CallbackFile',
    'Complete',
    'Engine',
    'FrameView',
    'FutureSnapshot',
    'Functions',
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
    'PauseRefused',
    'PendingCall',
    'Position',
    'Raised',
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
    'Worker',
    'current_call',
    'load',
]


def _load(name: str) -> Any:
    """Load the part that has a public name when it is first asked for."""
    if name not in __all__:
        raise AttributeError(f"module 'monty_flow' has no attribute {name!r}")
    part = importlib.import_module('monty_flow.engine' if name in _ENGINE else 'monty_flow.interpreter')
    value = globals()[name] = getattr(part, name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


# Type checkers do not see this, else every name would be there for them, of type Any.
if not TYPE_CHECKING:
    __getattr__ = _load
