"""A worker as a process of its own for the benchmarks, and what its processes cost.

    python worker_process.py URL FILE CONCURRENCY

Its function `stamp` returns the moment at which it is executed; `woken` writes to FILE how late it is after a moment.
"""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from monty_flow.engine import Functions, Worker

TICKS = os.sysconf('SC_CLK_TCK')


def functions_of(file: str) -> Functions:
    """Return the functions that the scripts of the benchmarks call."""
    functions = Functions()
    late = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    @functions.function()
    def step(i: int) -> int:
        return i

    @functions.function()
    def stamp() -> float:
        return time.time()

    @functions.function()
    def woken(due: float) -> None:
        os.write(late, f'{time.time() - due}\n'.encode())

    return functions


@contextmanager
def working(url: str, file: Path, concurrency: int, processes: int = 1) -> Iterator[list[subprocess.Popen[str]]]:
    """Have worker processes at work beside the block; they are ready when it begins."""
    command = [sys.executable, __file__, url, str(file), str(concurrency)]
    started = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(processes)]
    try:
        for process in started:
            assert process.stdout is not None
            if process.stdout.readline() != 'ready\n':
                raise SystemExit('a worker did not start')
        yield started
    finally:
        for process in started:
            process.send_signal(signal.SIGTERM)
        for process in started:
            try:
                process.wait(60)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def family(pids: Iterable[int]) -> list[int]:
    """Return processes with all that they have started."""
    parents: dict[int, list[int]] = {}
    for path in Path('/proc').glob('[0-9]*/stat'):
        with suppress(OSError, ValueError):
            parent = int(path.read_text().rpartition(')')[2].split()[1])
            parents.setdefault(parent, []).append(int(path.parent.name))
    found = list(pids)
    for pid in found:
        found += parents.get(pid, [])
    return found


def processor_seconds(pids: Iterable[int]) -> float:
    """Return the processor time of processes with all that they have started."""
    total = 0
    for pid in family(pids):
        with suppress(OSError):
            fields = Path(f'/proc/{pid}/stat').read_text().rpartition(')')[2].split()
            total += sum(map(int, fields[11:15]))
    return total / TICKS


def resident_bytes(pid: int) -> int:
    """Return the memory of a process, without those that it has started."""
    return int(Path(f'/proc/{pid}/statm').read_text().split()[1]) * os.sysconf('SC_PAGE_SIZE')


def main() -> None:
    """Work until told to stop."""
    url, file, concurrency = sys.argv[1:]
    logging.getLogger('monty_flow.engine').setLevel(logging.ERROR)
    worker = Worker(url, functions_of(file), concurrency=int(concurrency))
    print('ready', flush=True)
    worker.run(install_signal_handlers=True)


if __name__ == '__main__':
    main()
