"""Workers on PostgreSQL under real faults: killed, stopped for longer than their lease, cut off, their server crashed.

    make soak
    python -m tests.engine.faults [--runs 2000] [--faults 60] [--seed 1]

Afterwards: every run has succeeded with the results that are recorded, each transactional effect is there exactly once, and each execution
that was repeated is explained by a fault in between that hit its process or the database, or by a lease that ran out in between, as it does on a
machine that is so busy that a worker gets no processor for two seconds.
"""

from __future__ import annotations

import argparse
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from random import Random

from monty_flow.engine import CallStatus, Engine, RunFilter, RunStatus, Submission
from monty_flow.engine.states import ENDED
from tests.engine.past_the_engine import execute
from tests.engine.postgres_server import PostgresServer
from tests.engine.standstill import described

SCRIPT = '[draw(), record(), draw(), record(), draw()]'
CALLS = 5
WORKERS = 3
LEASE_SECONDS = 2.0
#: Calls that a worker has in hand at once.
PLACES = 10
#: Seconds in which a worker that gets a processor again finds that its lease is over.
FIND_SECONDS = 10.0
#: Seconds of work for each fault.
SECONDS_A_FAULT = 2.5
#: Characters of what workers said that are shown, the last of them.
TOLD_CHARACTERS = 100_000
#: Seconds without any execution that are a standstill, and in which all runs must end after the last fault.
PATIENCE_SECONDS = 60.0

_UNDER_WAY = RunFilter([status for status in RunStatus if status not in ENDED])


@dataclass(frozen=True)
class Fault:
    """Something that was done to the workers."""

    kind: str
    at: float
    #: The process that was hit, None for the database.
    pid: int | None


@dataclass(frozen=True)
class Execution:
    """One time that `draw` was executed."""

    number: int
    pid: int
    at: float


class Siege:
    """Three workers on one database, and what was done to them."""

    def __init__(self, server: PostgresServer, url: str, folder: Path, random: Random, work_seconds: float) -> None:
        self._work_seconds = work_seconds
        self._server = server
        self._url = url
        self._folder = folder
        self._random = random
        self.faults: list[Fault] = []
        self._workers = [self._start() for _ in range(WORKERS)]

    def inflict(self, kind: str) -> None:
        """Do one of `KINDS`."""
        KINDS[kind](self)

    def _start(self) -> subprocess.Popen[bytes]:
        script = Path(__file__).with_name('faulty_worker.py')
        with (self._folder / 'stderr').open('ab') as errors:
            return subprocess.Popen(
                [
                    sys.executable,
                    str(script),
                    self._url,
                    str(self._folder),
                    str(LEASE_SECONDS),
                    str(self._work_seconds),
                ],
                stderr=errors,
            )

    def _note(self, kind: str, pid: int | None = None) -> None:
        self.faults.append(Fault(kind, time.time(), pid))

    def kill(self) -> None:
        """Kill a worker and start another one."""
        place = self._random.randrange(WORKERS)
        worker = self._workers[place]
        self._note('kill', worker.pid)
        worker.kill()
        worker.wait(10)
        self._workers[place] = self._start()

    def wait_for(self, fact: Callable[[], bool]) -> None:
        """Wait until something is so, for as long as calls are executed meanwhile; AssertionError tells what stands still."""
        until, before = 0.0, -1
        while not fact():
            ended = [(worker.pid, code) for worker in self._workers if (code := worker.poll()) is not None]
            assert not ended, f'workers have ended by themselves, with these codes: {ended}'
            now, executed = time.monotonic(), self.executed()
            if executed > before:
                until, before = now + PATIENCE_SECONDS, executed
            if now >= until:
                state = described(self._url, [worker.pid for worker in self._workers])
                raise AssertionError(f'the workers came to a standstill after {executed} executions\n{state}')
            threading.Event().wait(0.05)

    def stop_for_longer_than_the_lease(self) -> None:
        """Let a worker stand still while its lease runs out and others take over, and go on."""
        worker = self._random.choice(self._workers)
        self._note('stop', worker.pid)
        worker.send_signal(signal.SIGSTOP)
        threading.Event().wait(LEASE_SECONDS * 1.5)
        worker.send_signal(signal.SIGCONT)
        # What it believed to have in hand is executed by both for a moment after this.
        self._note('continue', worker.pid)

    def crash_the_server(self) -> None:
        """Kill the server and start it again."""
        self._note('crash')
        self._server.restart_at_once()
        self._note('restart')

    def cut_connections(self) -> None:
        """End every connection to the database."""
        self._note('cut')
        self._server.cut_connections(self._url)

    def end(self, engine: Engine) -> list[int]:
        """Tell the workers to stop and return their exit codes."""
        # One that was started a moment ago would end without a word.
        self.wait_for(lambda: {str(worker.pid) for worker in self._workers} <= _pids_at_work(engine))
        for worker in self._workers:
            worker.send_signal(signal.SIGTERM)
        return [worker.wait(60) for worker in self._workers]

    def abandon(self) -> None:
        """Kill what still runs."""
        for worker in self._workers:
            if worker.poll() is None:
                worker.kill()
                worker.wait(10)

    def executed(self) -> int:
        """Return how often `draw` was executed."""
        path = self._folder / 'executions'
        return path.read_bytes().count(b'\n') if path.exists() else 0

    def executions(self) -> dict[str, list[Execution]]:
        """Return the executions of `draw` by idempotency key, in their order."""
        found: dict[str, list[Execution]] = defaultdict(list)
        path = self._folder / 'executions'
        for line in path.read_text().splitlines() if path.exists() else ():
            key, number, pid, at = line.split()
            found[key].append(Execution(int(number), int(pid), float(at)))
        return found

    def losses(self) -> list[Fault]:
        """Return when workers found their leases over."""
        path = self._folder / 'lost'
        lines = path.read_text().splitlines() if path.exists() else []
        return [Fault('lease', float(at), int(pid)) for pid, at in map(str.split, lines)]

    def is_explained(self, first: Execution, second: Execution, losses: Sequence[Fault]) -> bool:
        """Tell whether a fault says why a call was executed again: it hit the process, or the database, after the first time.

        A worker may find its lease over after others have its calls, so a loss counts for as long as a worker may take to find it.
        """
        if any(loss.pid == first.pid and first.at <= loss.at <= second.at + FIND_SECONDS for loss in losses):
            return True
        return any(
            (first.at <= fault.at <= second.at and fault.pid in (first.pid, None))
            # A process that stands still may have begun before and go on after: the stop itself is what counts.
            or (fault.kind == 'stop' and fault.pid == first.pid and fault.at <= second.at and first.at >= fault.at)
            for fault in self.faults
        )


KINDS: dict[str, Callable[[Siege], None]] = {
    'kill': Siege.kill,
    'stop': Siege.stop_for_longer_than_the_lease,
    'crash': Siege.crash_the_server,
    'cut': Siege.cut_connections,
}


def besiege(server: PostgresServer, folder: Path, *, runs: int, faults: int, seed: int) -> str:
    """Run scripts under faults, check what is left, and return what happened in words; AssertionError tells what is wrong."""
    random = Random(seed)
    url = server.new_database()
    execute(url, 'CREATE TABLE effects (key text, number bigint)')
    with Engine(url) as engine:
        ids = [run.id for run in engine.submit_many([Submission(SCRIPT)] * runs)]
    # So long that the work lasts as long as the faults do.
    work_seconds = max(0.05, faults * SECONDS_A_FAULT * WORKERS * PLACES / (runs * CALLS))
    siege = Siege(server, url, folder, random, work_seconds)
    try:
        # All kinds before any comes again.
        kinds = [kind for _ in range(0, faults, len(KINDS)) for kind in random.sample([*KINDS], len(KINDS))]
        for number, kind in enumerate(kinds[:faults]):
            # A part of the work between two faults, so that all of them come in the middle.
            wanted = runs * 3 * 0.9 * (number + 1) / (faults + 1)
            siege.wait_for(lambda wanted=wanted: siege.executed() >= wanted)  # type: ignore[misc]
            siege.inflict(kind)
        with Engine(url) as engine:
            siege.wait_for(lambda: engine.count(_UNDER_WAY) == 0)
            codes = siege.end(engine)
            return _verdict(engine, url, ids, siege, codes)
    except Exception:
        print((folder / 'stderr').read_text()[-TOLD_CHARACTERS:], file=sys.stderr)
        raise
    finally:
        siege.abandon()
        server.drop(url)


def _pids_at_work(engine: Engine) -> set[str]:
    return {worker.name.rpartition(':')[2] for worker in engine.workers()}


def _verdict(engine: Engine, url: str, ids: list[str], siege: Siege, codes: list[int]) -> str:
    executions = siege.executions()
    written: dict[str, list[int]] = defaultdict(list)
    for key, number in execute(url, 'SELECT key, number FROM effects'):
        written[key].append(number)
    attempts = 0
    for run_id in ids:
        run, calls = engine.get(run_id), engine.calls(run_id)
        assert run.status is RunStatus.SUCCEEDED, (run.id, run.status, run.error)
        assert [call.status for call in calls] == [CallStatus.DONE] * CALLS
        assert run.output == [call.result for call in calls]
        assert [entry.number for entry in engine.history(run_id) if entry.call_status is CallStatus.DONE] == [
            *range(CALLS + 1)
        ]
        for call in calls:
            key = f'{run_id}/{call.number}'
            attempts += call.attempts
            if call.function == 'record':
                assert written[key] == [call.result], f'{key} is there {len(written[key])} times'
            else:
                assert call.result in [each.number for each in executions[key]]
    assert len(written) == len(ids) * 2
    repeated = [pair for times in executions.values() for pair in pairwise(times)]
    losses = siege.losses()
    unexplained = [pair for pair in repeated if not siege.is_explained(*pair, losses)]
    assert not unexplained, f'{len(unexplained)} executions were repeated without a fault: {unexplained[:3]}'
    assert codes == [0] * WORKERS, f'workers ended with {codes}'
    kinds = [fault.kind for fault in siege.faults if fault.kind in KINDS]
    told = ', '.join(f'{kinds.count(kind)} x {kind}' for kind in KINDS)
    return (
        f'{len(ids)} runs of {CALLS} calls succeeded under {told}; {attempts} attempts for {len(ids) * CALLS} calls, '
        f'{len(repeated)} executions repeated, each after a fault or one of {len(losses)} leases that ran out; '
        'every transactional effect is there once'
    )


def main() -> int:
    """Run a long siege."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--runs', type=int, default=2000, help='runs of five calls (default: 2000)')
    parser.add_argument('--faults', type=int, default=60, help='faults, of four kinds (default: 60)')
    parser.add_argument('--seed', type=int, default=1, help='which worker is hit when (default: 1)')
    options = parser.parse_args()
    server = PostgresServer()
    began = time.monotonic()
    try:
        with tempfile.TemporaryDirectory() as folder:
            said = besiege(server, Path(folder), runs=options.runs, faults=options.faults, seed=options.seed)
    except AssertionError as error:
        print(f'FAILED: {error}')
        return 1
    finally:
        server.close()
    print(f'{said}; {time.monotonic() - began:.0f} s')
    return 0


if __name__ == '__main__':
    sys.exit(main())
