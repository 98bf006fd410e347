"""Judge how much memory a run's values take.

Counting every object as it is made would cost more than making it. So single big results are judged before they are
made (`Run.reserve`), and for the rest the size of the process is a trigger: when it has grown by more than
the limit since the run began, what the run holds is judged (`Run.is_over_memory`).
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import os
import sys
from types import FrameType, FunctionType
from typing import Any

#: Objects that one measurement looks at; a heap of more is larger than any limit worth having.
MAX_OBJECTS = 20_000_000
#: Objects that are measured together.
_BATCH = 4_096
_PAGE = os.sysconf('SC_PAGE_SIZE') if hasattr(os, 'sysconf') else 4096
_LEAVES = (type, str, bytes, bytearray, int, float, bool, type(None))


class _Statm:
    """Read `/proc/self/statm` without letting the interpreter lock go, which would cost a wait for it each time."""

    def __init__(self) -> None:
        self._descriptor = -1
        self._buffer = ctypes.create_string_buffer(128)
        self._read: Any = None
        self.open()

    def open(self) -> None:
        """Open the file of this process; in a forked child the old one is the parent's."""
        with contextlib.suppress(OSError):
            os.close(self._descriptor)
        try:
            self._read = ctypes.PyDLL(None).pread
            self._read.argtypes = (ctypes.c_int, ctypes.c_void_p, ctypes.c_size_t, ctypes.c_long)
            self._read.restype = ctypes.c_ssize_t
            self._descriptor = os.open('/proc/self/statm', os.O_RDONLY | os.O_CLOEXEC)
        except (OSError, AttributeError):
            self._descriptor = -1

    def forget(self) -> None:
        """Take the descriptor for one that is not ours any more."""
        self._descriptor = -1

    def resident_bytes(self) -> int:
        """Return the resident size of the process, 0 where the system does not tell."""
        return self._field(1)

    def virtual_bytes(self) -> int:
        """Return the address space of the process, 0 where the system does not tell."""
        return self._field(0)

    def _field(self, number: int) -> int:
        try:
            if self._descriptor < 0 or self._read(self._descriptor, self._buffer, 127, 0) <= 0:
                return 0
            return int(self._buffer.value.split()[number]) * _PAGE
        except (IndexError, ValueError, ctypes.ArgumentError, RecursionError):
            # At the depth of the stack there is no room for the call: a script would see an error of ours.
            return 0


_statm = _Statm()
resident_bytes = _statm.resident_bytes
virtual_bytes = _statm.virtual_bytes


def reopen() -> None:
    """Open what is read again, in a process that has closed its descriptors or given their numbers to others."""
    _statm.forget()
    _statm.open()


if hasattr(os, 'register_at_fork'):
    os.register_at_fork(after_in_child=_statm.open)


def reachable_bytes(scope: dict[str, Any], code_files: str, limit: int, thread: int) -> int:
    """Return the size of what a run's globals and script frames can reach, or something over `limit` early."""
    found: list[Any] = [value for name, value in scope.items() if not name.startswith('$') and name != '__builtins__']
    frame: FrameType | None = sys._current_frames().get(thread)
    while frame is not None:
        if frame.f_code.co_filename.startswith(code_files):
            found.extend(frame.f_locals.values())
        frame = frame.f_back
    seen: set[int] = {id(scope)}
    pending: list[Any] = [found]
    total = 0
    while pending and len(seen) < MAX_OBJECTS:
        batch = pending.pop()
        if len(batch) > _BATCH:
            pending.append(batch[_BATCH:])
            batch = batch[:_BATCH]
        fresh = {id(value): value for value in batch if id(value) not in seen}
        seen.update(fresh)
        total += sum(map(sys.getsizeof, fresh.values()))
        if total > limit:
            break
        inner = [value for value in fresh.values() if type(value) not in _LEAVES]
        functions = [value for value in inner if isinstance(value, FunctionType)]
        # The host's own objects hang on functions and types; the walk stops there.
        for function in functions:
            pending.append([*(function.__closure__ or ()), *(function.__defaults__ or ())])
        containers = [value for value in inner if not isinstance(value, (FunctionType, type))]
        if containers:
            pending.append([item for item in gc.get_referents(*containers) if not isinstance(item, type)])
    return total
