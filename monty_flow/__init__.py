"""monty-flow: a durable workflow engine around pausable scripts.

The names here are the public ones. The engine is loaded when one of its names is first used, so
that using the interpreter alone does not pay for the database libraries.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from monty_flow.interpreter import (
    BoundaryError,
    Complete,
    FrameView,
    InternalError,
    LimitError,
    MemoryLimitError,
    Monty,
    MontyError,
    MontyRuntimeError,
    MontySyntaxError,
    OutputLimitError,
    Position,
    ResourceLimits,
    ScriptObject,
    Snapshot,
    SnapshotError,
    StepLimitError,
    TimeLimitError,
    load,
)

if TYPE_CHECKING:
    from monty_flow.engine import Engine, Functions, Worker, current_call

__version__ = '0.1.0'

_ENGINE = frozenset({'Engine', 'Functions', 'Worker', 'current_call'})

__all__ = [
    'BoundaryError',
    'Complete',
    'Engine',
    'FrameView',
    'Functions',
    'InternalError',
    'LimitError',
    'MemoryLimitError',
    'Monty',
    'MontyError',
    'MontyRuntimeError',
    'MontySyntaxError',
    'OutputLimitError',
    'Position',
    'ResourceLimits',
    'ScriptObject',
    'Snapshot',
    'SnapshotError',
    'StepLimitError',
    'TimeLimitError',
    'Worker',
    'current_call',
    'load',
]


def __getattr__(name: str) -> Any:
    if name in _ENGINE:
        import monty_flow.engine as engine  # loaded on first use: it needs the database libraries

        return getattr(engine, name)
    raise AttributeError(f"module 'monty_flow' has no attribute {name!r}")
