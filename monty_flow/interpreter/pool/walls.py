"""What the kernel is asked to refuse to a process that runs scripts, for the day when the first wall has a hole.

Every wall is asked for and none is relied upon: `raise_walls` says which are up. They are for good, and hold for all
threads of the process.

* no descriptors but the one that it talks through; no environment; no dumps of memory, and no other process may look
  into it
* `RLIMIT_*`: no file may grow, few descriptors, no new processes; address space and processor time for each run
* `no_new_privs`
* seccomp: a filter of system calls. What computing needs is on a list; all else fails with EPERM: opening files, sockets,
  processes, signals to others, and memory that can be executed
* Landlock: no file of any name can be opened, made or removed
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import platform
import resource
import signal
import struct
import time
from typing import Final

from monty_flow.interpreter.runtime.stack import STACK_BYTES

#: Bytes of address space that a child may ever have.
MAX_ADDRESS_SPACE: Final = 16 << 30
_MAX_DESCRIPTORS: Final = 16
#: Seconds of processor time that a run may have over its limit: the watcher and the parent end it before.
_MORE_SECONDS: Final = 3

_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_NO_NEW_PRIVS = 1, 4, 38
_SECCOMP_SET_MODE_FILTER, _SECCOMP_FILTER_FLAG_TSYNC = 1, 1
_ALLOW, _EPERM, _KILL = 0x7FFF0000, 0x00050000 | 1, 0x80000000
_PROT_EXEC = 4
#: System calls of x86-64 and arm64 that computing needs: name -> (number there, number here).
_CALLS: Final[dict[str, tuple[int | None, int | None]]] = {
    'read': (0, 63), 'write': (1, 64), 'close': (3, 57), 'fstat': (5, 80), 'poll': (7, None), 'lseek': (8, 62),
    'munmap': (11, 215), 'brk': (12, 214), 'rt_sigaction': (13, 134), 'rt_sigprocmask': (14, 135),
    'rt_sigreturn': (15, 139), 'pread64': (17, 67), 'select': (23, None), 'sched_yield': (24, 124), 'mremap': (25, 216),
    'madvise': (28, 233), 'nanosleep': (35, 101), 'getpid': (39, 172), 'sendto': (44, 206), 'recvfrom': (45, 207),
    'exit': (60, 93), 'gettimeofday': (96, 169), 'getrusage': (98, 165), 'times': (100, 153), 'sigaltstack': (131, 132),
    'gettid': (186, 178), 'futex': (202, 98), 'restart_syscall': (219, 128), 'clock_gettime': (228, 113),
    'clock_getres': (229, 114), 'clock_nanosleep': (230, 115), 'exit_group': (231, 94), 'pselect6': (270, 72),
    'ppoll': (271, 73), 'set_robust_list': (273, 99), 'getrandom': (318, 278), 'membarrier': (324, 283),
    'rseq': (334, 293),
}  # fmt: skip
#: Calls that are allowed when an argument has no bit of PROT_EXEC: (numbers, position of the argument).
_NOT_EXECUTABLE: Final = {'mmap': (9, 222), 'mprotect': (10, 226)}
#: Allowed for the process itself.
_PRLIMIT: Final = (302, 261)
#: AUDIT_ARCH_*, number of seccomp(2), of landlock_create_ruleset(2) by machine.
_MACHINES: Final = {'x86_64': (0, 0xC000003E, 317), 'aarch64': (1, 0xC00000B7, 277)}
_LANDLOCK_CREATE, _LANDLOCK_RESTRICT = 444, 446


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def raise_walls() -> dict[str, bool]:
    """Give up what a script must never have, for good; return which walls are up."""
    libc = _libc()
    up = {
        'descriptors': True,
        'environment': not os.environ,
        'rlimits': _limit_resources(),
        'parent_death': libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0) == 0,
        'not_dumpable': libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0) == 0,
        'no_new_privs': libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0,
    }
    up['landlock'] = up['no_new_privs'] and _deny_files(libc)
    up['seccomp'] = up['no_new_privs'] and _filter_calls(libc)
    return up


def _limit_resources() -> bool:
    wanted = {
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_NOFILE: _MAX_DESCRIPTORS,
        resource.RLIMIT_NPROC: 0,
        resource.RLIMIT_AS: MAX_ADDRESS_SPACE,
    }
    done = True
    for kind, most in wanted.items():
        try:
            resource.setrlimit(kind, (most, most))
        except (OSError, ValueError):
            done = False
    return done


def allow_stack() -> None:
    """Let the stack of the main thread grow as far as it may."""
    _, hard = resource.getrlimit(resource.RLIMIT_STACK)
    most = STACK_BYTES if hard == resource.RLIM_INFINITY else min(STACK_BYTES, hard)
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_STACK, (most, hard))


def _deny_files(libc: ctypes.CDLL) -> bool:
    """Forbid every access to files that this kernel's Landlock knows."""
    version = libc.syscall(_LANDLOCK_CREATE, None, 0, 1)
    if version < 1:
        return False
    rights = (1 << {1: 13, 2: 14}.get(version, 15 if version < 5 else 16)) - 1
    ruleset = ctypes.create_string_buffer(struct.pack('Q', rights))
    descriptor = libc.syscall(_LANDLOCK_CREATE, ruleset, 8, 0)
    if descriptor < 0:
        return False
    done = libc.syscall(_LANDLOCK_RESTRICT, descriptor, 0) == 0
    os.close(descriptor)
    return bool(done)


def _filter_calls(libc: ctypes.CDLL) -> bool:
    """Put a filter of system calls before all threads of this process."""
    machine = _MACHINES.get(platform.machine())
    if machine is None or struct.calcsize('P') != 8:
        return False
    column, arch, seccomp = machine
    program = filter_program(column, arch)
    code = ctypes.create_string_buffer(program)
    header = ctypes.create_string_buffer(struct.pack('HxxxxxxP', len(program) // 8, ctypes.addressof(code)))
    return bool(libc.syscall(seccomp, _SECCOMP_SET_MODE_FILTER, _SECCOMP_FILTER_FLAG_TSYNC, header) == 0)


def filter_program(column: int, arch: int) -> bytes:
    """Return the filter as instructions of classic BPF."""
    load, equal, some, done = 0x20, 0x15, 0x45, 0x06
    made: list[tuple[int, int, int, int]] = [
        (load, 0, 0, 4), (equal, 1, 0, arch), (done, 0, 0, _KILL),  # another machine's numbers mean other calls
        (load, 0, 0, 0),
    ]  # fmt: skip
    for numbers in _CALLS.values():
        number = numbers[column]
        if number is not None:
            made += [(equal, 0, 1, number), (done, 0, 0, _ALLOW)]
    for number in (numbers[column] for numbers in _NOT_EXECUTABLE.values()):
        # The third argument, its lower half first.
        made += [(equal, 0, 4, number), (load, 0, 0, 32), (some, 0, 1, _PROT_EXEC), (done, 0, 0, _EPERM)]
        made += [(done, 0, 0, _ALLOW)]
    # The first argument is the process: 0 is the caller.
    made += [(equal, 0, 3, _PRLIMIT[column]), (load, 0, 0, 16), (equal, 0, 1, 0), (done, 0, 0, _ALLOW)]
    made += [(done, 0, 0, _EPERM)]
    return b''.join(struct.pack('HBBI', *instruction) for instruction in made)


class RunBounds:
    """The kernel's bounds of address space and processor time for what comes next, set anew where those that are set do not fit.

    To set them costs as much as a fourth of a short step, and what is set for one run is right for most others.
    """

    def __init__(self) -> None:
        #: The address space and the seconds of processor time of the process at which the kernel ends it.
        self._space = self._seconds = resource.RLIM_INFINITY

    def fit(self, memory: int | None, slack: int, seconds: float | None) -> None:
        """Let so many bytes and some slack be taken from now on, and so many seconds and some more be computed; None for any."""
        self._fit_space(memory, slack)
        self._fit_seconds(seconds)

    def _fit_space(self, memory: int | None, slack: int) -> None:
        wanted = MAX_ADDRESS_SPACE
        if memory is not None:
            wanted = min(wanted, address_space() + memory + slack)
        if self._space == wanted or (memory is not None and abs(self._space - wanted) <= slack >> 1):
            return
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_AS, (wanted, MAX_ADDRESS_SPACE))
            self._space = wanted

    def _fit_seconds(self, seconds: float | None) -> None:
        wanted = resource.RLIM_INFINITY
        if seconds is not None:
            wanted = int(time.process_time() + seconds) + _MORE_SECONDS
        if self._seconds == wanted or (seconds is not None and abs(self._seconds - wanted) <= 1):
            return
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_CPU, (wanted, resource.RLIM_INFINITY))
            self._seconds = wanted


def address_space() -> int:
    """Return the bytes of address space that the process has."""
    from monty_flow.interpreter.runtime.memory import virtual_bytes

    return virtual_bytes()
