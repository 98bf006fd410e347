"""A worker as a process of its own, for tests that signal and kill it.

    python worker_process.py URL FOLDER LEASE_SECONDS MAX_SETBACKS

`draw` appends a line to FOLDER/effects for each execution and returns a number that nobody can foresee. `record` is `transactional`, inserts
its number into the table `effects` of the database, and appends a dot to FOLDER/effects. `hold` says in
FOLDER/effects that it has begun and ends when there is a file FOLDER/release. `poison` kills its worker, and so does `late_poison` once so many
executions of `innocent` have begun in all.
"""

from __future__ import annotations

import os
import secrets
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from monty_flow.engine import Functions, Worker, current_call

#: Short, so that what a killed worker had in hand comes back within a test.
LEASE_SECONDS = 1.0
#: Many, since a call may well be in hand at many of the kills.
MAX_SETBACKS = 1000


def functions_in(folder: Path) -> Functions:
    """Return functions that leave their traces in `folder`."""
    functions = Functions()
    effects = os.open(folder / 'effects', os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    @functions.function
    def draw(place: int) -> int:
        number = secrets.randbits(60)
        os.write(effects, f'{current_call().idempotency_key} {number}\n'.encode())
        return number

    @functions.function(transactional=True)
    def record(place: int) -> int:
        number = secrets.randbits(60)
        call = current_call()
        mark = '?' if isinstance(call.connection, sqlite3.Connection) else '%s'
        call.connection.execute(f'INSERT INTO effects VALUES ({mark}, {mark})', (call.idempotency_key, number))
        os.write(effects, b'.')
        return number

    @functions.function
    def poison() -> None:
        os.write(effects, b'poison\n')
        os.kill(os.getpid(), signal.SIGKILL)

    @functions.function
    def late_poison(innocents: int) -> None:
        # When the others are in execution, as long as these are not kept from it.
        for _ in range(200):
            if (folder / 'effects').read_text().count('innocent') >= innocents:
                break
            threading.Event().wait(0.005)
        os.write(effects, b'poison\n')
        os.kill(os.getpid(), signal.SIGKILL)

    @functions.function
    def innocent() -> str:
        os.write(effects, b'innocent\n')
        # It is in hand when the worker is killed, and else takes its time.
        threading.Event().wait(1)
        return 'innocent'

    @functions.function
    def hold() -> str:
        os.write(effects, b'begun\n')
        while not (folder / 'release').exists():
            threading.Event().wait(0.005)
        return 'released'

    return functions


@contextmanager
def started(
    url: str, folder: Path, lease_seconds: float = LEASE_SECONDS, max_setbacks: int = MAX_SETBACKS
) -> Iterator[subprocess.Popen[bytes]]:
    """Start the process; kill it at the end if it still runs."""
    process = subprocess.Popen([sys.executable, __file__, url, str(folder), str(lease_seconds), str(max_setbacks)])
    try:
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
        process.wait(10)


def wait_for_effects(process: subprocess.Popen[bytes], folder: Path, size: int) -> None:
    """Wait until the effects have grown to `size` bytes, or the process has ended."""
    path = folder / 'effects'
    while process.poll() is None and not (path.exists() and path.stat().st_size >= size):
        threading.Event().wait(0.001)


if __name__ == '__main__':
    Worker(
        sys.argv[1],
        functions_in(Path(sys.argv[2])),
        lease_seconds=float(sys.argv[3]),
        max_setbacks=int(sys.argv[4]),
    ).run(install_signal_handlers=True)
