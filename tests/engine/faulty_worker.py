"""A worker as a process of its own that notes each execution with its time, for tests of real faults.

    python faulty_worker.py URL FOLDER LEASE_SECONDS WORK_SECONDS

`draw` appends "key number pid time" to FOLDER/executions and returns the number, which nobody can foresee. `record` is
`transactional` and inserts its number into the table `effects`. A worker that finds its lease over appends "pid time" to FOLDER/lost.
"""

from __future__ import annotations

import faulthandler
import os
import secrets
import signal
import sys
import threading
import time
from pathlib import Path

from monty_flow.engine import Functions, Observer, Worker, current_call


def functions_in(folder: Path, work_seconds: float) -> Functions:
    """Return functions that take so long, and leave their traces in `folder`."""
    functions = Functions()
    executions = os.open(folder / 'executions', os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    # A connection that is cut ends a transactional attempt with an error, which must not use up the retries.
    @functions.function(retries=100, max_delay_seconds=1)
    def draw() -> int:
        number = secrets.randbits(60)
        line = f'{current_call().idempotency_key} {number} {os.getpid()} {time.time():.6f}\n'
        os.write(executions, line.encode())
        threading.Event().wait(work_seconds)
        return number

    @functions.function(transactional=True, retries=100, max_delay_seconds=1)
    def record() -> int:
        number = secrets.randbits(60)
        call = current_call()
        call.connection.execute('INSERT INTO effects VALUES (%s, %s)', (call.idempotency_key, number))
        threading.Event().wait(work_seconds)
        return number

    return functions


class Losses(Observer):
    """Note when the lease was found to be over."""

    def __init__(self, folder: Path) -> None:
        self._losses = os.open(folder / 'lost', os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def lease_lost(self) -> None:
        """Append a line."""
        os.write(self._losses, f'{os.getpid()} {time.time():.6f}\n'.encode())


if __name__ == '__main__':
    # For `standstill.py`.
    faulthandler.register(signal.SIGUSR1, all_threads=True)
    url, folder, lease_seconds, work_seconds = sys.argv[1:]
    functions = functions_in(Path(folder), float(work_seconds))
    # A call may be in hand at many of the faults.
    losses = Losses(Path(folder))
    worker = Worker(url, functions, lease_seconds=float(lease_seconds), max_setbacks=10_000, observers=[losses])
    worker.run(install_signal_handlers=True)
