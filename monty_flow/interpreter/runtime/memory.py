"""Judge how much memory a run's values take.

Counting every object as it is made would cost more than making it. So single big results are judged before they are
made (`Run.reserve`), and for the rest the size of the process is a trigger: when it has grown by more than
the limit since the run began, the values that the run can reach are measured, and that figure is
judged, so that no run pays for what other threads of the host do.
"""

from __future__ import annotations

import gc
import os
import sys
from types import FrameType, FunctionType
from typing import Any

#: Objects that one measurement looks at; a heap of more is larger than any limit worth having.
MAX_OBJECTS = 20_000_000
_PAGE = os.sysconf('SC_PAGE_SIZE') if hasattr(os, 'sysconf') else 4096


def resident_bytes() -> int:
    """Return the resident size of the process, 0 where the system does not tell."""
    try:
        with open('/proc/self/statm', 'rb') as statm:
            return int(statm.read().split()[1]) * _PAGE
    except (OSError, IndexError, ValueError):
        return 0


def reachable_bytes(scope: dict[str, Any], code_file: str, limit: int) -> int:
    """Return the size of what a run's globals and script frames can reach, or something over `limit` early."""
    pending: list[Any] = [value for name, value in scope.items() if not name.startswith('$') and name != '__builtins__']
    frame: FrameType | None = sys._getframe()
    while frame is not None:
        if frame.f_code.co_filename == code_file:
            pending.extend(frame.f_locals.values())
        frame = frame.f_back
    seen: set[int] = set()
    total = 0
    # The host's own objects hang on functions and types; the walk stops there.
    while pending and len(seen) < MAX_OBJECTS:
        value = pending.pop()
        if id(value) in seen or value is scope:
            continue
        seen.add(id(value))
        total += sys.getsizeof(value)
        if total > limit:
            break
        if isinstance(value, FunctionType):
            pending.extend(value.__closure__ or ())
            pending.extend(value.__defaults__ or ())
        elif not isinstance(value, (type, str, bytes, int, float)) and type(value).__module__ != 'types':
            pending.extend(item for item in gc.get_referents(value) if not isinstance(item, type))
    return total
