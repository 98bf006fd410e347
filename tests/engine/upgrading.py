"""A deploy on a large database: workers of an older release work on it while it is upgraded, and beside those of this release after that.

    python -m tests.engine.upgrading [--runs 1000000] [--postgres]

The older release is taken from the history of the repository: the one that came with a migration. Its worker executes calls all the time; told
is how long the upgrade took, and the longest time in which no call was executed. Afterwards a worker of this release joins it, both execute
calls of the same runs, and all of these end right.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from monty_flow.engine import Engine, RunStatus, database
from monty_flow.engine.schema import SCHEMA_REVISION
from tests.engine.past_the_engine import execute
from tests.engine.postgres_server import PostgresServer

ROOT = Path(__file__).parents[2]
#: The migration with which the older release came: from its schema on, a table of all calls gets columns and an index.
OLDER = 'v0013_origins.py'
#: Runs that are under way, and calls that each makes.
RUNS, CALLS = 20, 400
PATIENCE_SECONDS = 240.0
#: Within this time of no call nobody's lease runs out.
LONGEST_GAP_SECONDS = 15.0

#: What both releases understand.
_WORKER = """
import os, sys, threading, time
from monty_flow.engine import Functions, Worker

url, folder, name, pause = sys.argv[1:]
notes = os.open(f'{folder}/executions', os.O_WRONLY | os.O_APPEND | os.O_CREAT)
functions = Functions()

@functions.function()
def tick(number):
    os.write(notes, f'{name} {time.time():.6f}\\n'.encode())
    threading.Event().wait(float(pause))
    return number

Worker(url, functions, concurrency=4).run(install_signal_handlers=True)
"""
_SUBMIT = """
import sys
from monty_flow.engine import Engine, database

url, source, runs = sys.argv[1:]
database.upgrade(url)
with Engine(url) as engine:
    print(*[engine.submit(source).id for _ in range(int(runs))])
"""
_SCRIPT = f'[tick(number) for number in range({CALLS})] == [*range({CALLS})]'

#: Runs that have ended, with the start and one call each, by the tables of the older release.
_FILL = """
WITH {recursive} numbers(n) AS ({numbers})
INSERT INTO runs (id, status, version, step, script_hash, script_name, inputs, created_at, updated_at, finished_at)
SELECT 'old-' || n, 'succeeded', 3, 1, (SELECT min(hash) FROM scripts), 'old.py', {empty}, n, n, n FROM numbers
"""
_FILL_CALLS = """
WITH {recursive} numbers(n) AS ({numbers})
INSERT INTO calls (run_id, number, kind, function, status, attempt, failures, due_at, created_at, finished_at)
SELECT 'old-' || n, 1, 'function', 'tick', 'done', 1, 0, n, n, n FROM numbers
"""


@dataclass(frozen=True)
class Upgraded:
    """What was measured."""

    runs: int
    filled_seconds: float
    upgrade_seconds: float
    #: The longest time between two executions, before the upgrade, and from its beginning to a second after its end.
    usual_gap: float
    longest_gap: float
    #: Calls that each release executed after it.
    older: int
    newer: int


@contextmanager
def older_release(folder: Path) -> Iterator[Path]:
    """Give a folder with the package as it was; raise LookupError where there is no history."""
    found = subprocess.run(
        ['git', 'log', '--diff-filter=A', '--format=%H', '--', f'monty_flow/migrations/versions/{OLDER}'],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if found.returncode or not found.stdout.strip():
        raise LookupError('there is no history of the repository to take an older release from')
    archive = subprocess.run(
        ['git', 'archive', found.stdout.split()[-1], 'monty_flow'], cwd=ROOT, capture_output=True, check=True
    )
    subprocess.run(['tar', '-x', '-C', str(folder)], input=archive.stdout, check=True)
    yield folder


def fill(url: str, runs: int) -> None:
    """Insert runs that have ended."""
    if url.startswith('sqlite'):
        empty, recursive = "x'0080'", 'RECURSIVE'
        numbers = f'SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {runs}'
    else:
        empty, recursive, numbers = "'\\x0080'::bytea", '', f'SELECT generate_series(1, {runs})'
    for statement in (_FILL, _FILL_CALLS):
        execute(url, statement.format(recursive=recursive, numbers=numbers, empty=empty))


class Deploy:
    """Workers of two releases on one database."""

    def __init__(self, url: str, folder: Path, older: Path) -> None:
        self._url = url
        self._folder = folder
        self._older = older
        self._workers: list[subprocess.Popen[bytes]] = []

    def submit(self) -> list[str]:
        """Make the database with the older release, and submit runs by it."""
        done = subprocess.run(
            [sys.executable, '-c', _SUBMIT, self._url, _SCRIPT, str(RUNS)],
            env=self._environment('older'), check=True, capture_output=True, text=True,
        )  # fmt: skip
        return done.stdout.split()

    def start(self, release: str, pause: float) -> None:
        """Start a worker of the older or the newer release."""
        self._workers.append(
            subprocess.Popen(
                [sys.executable, '-c', textwrap.dedent(_WORKER), self._url, str(self._folder), release, str(pause)],
                env=self._environment(release),
            )
        )

    def _environment(self, release: str) -> dict[str, str]:
        return os.environ | {'PYTHONPATH': str(self._older if release == 'older' else ROOT)}

    def executions(self) -> list[tuple[str, float]]:
        """Return release and time of each execution, in their order."""
        path = self._folder / 'executions'
        lines = path.read_text().splitlines() if path.exists() else []
        return sorted(((line.split()[0], float(line.split()[1])) for line in lines), key=lambda each: each[1])

    def wait_for(self, fact: Callable[[], bool]) -> None:
        """Wait until a fact holds, while all workers live."""
        until = time.monotonic() + PATIENCE_SECONDS
        while not fact():
            assert all(worker.poll() is None for worker in self._workers), 'a worker has ended'
            assert time.monotonic() < until, 'the workers came to a standstill'
            threading.Event().wait(0.05)

    def stop(self) -> list[int]:
        """End the workers and return their exit codes."""
        for worker in self._workers:
            worker.terminate()
        return [worker.wait(60) for worker in self._workers]


def _longest(times: list[float]) -> float:
    return max((later - earlier for earlier, later in pairwise(times)), default=0.0)


def deploy(url: str, folder: Path, older: Path, runs: int) -> Upgraded:
    """Upgrade a database with so many runs while workers work, and return what was measured; AssertionError tells what is wrong."""
    deploy = Deploy(url, folder, older)
    ids = deploy.submit()
    began = time.time()
    fill(url, runs)
    filled = time.time() - began
    try:
        deploy.start('older', 0.02)
        deploy.wait_for(lambda: len(deploy.executions()) > 50)
        began = time.time()
        database.upgrade(url)
        ended = time.time()
        deploy.wait_for(lambda: deploy.executions()[-1][1] > ended + 1)
        done = deploy.executions()
        deploy.start('newer', 0.0)
        with Engine(url) as engine:
            assert execute(url, 'SELECT version_num FROM alembic_version') == [(SCHEMA_REVISION,)]
            deploy.wait_for(lambda: any(release == 'newer' for release, _ in deploy.executions()))
            deploy.wait_for(lambda: all(engine.get(run_id).finished_at is not None for run_id in ids))
            found = [engine.get(run_id) for run_id in ids]
            assert all(run.status is RunStatus.SUCCEEDED and run.output is True for run in found), found
            assert engine.stranded() == []
            calls = sum(len(engine.calls(run_id)) for run_id in ids)
        after = [release for release, at in deploy.executions() if at > ended]
        codes = deploy.stop()
    finally:
        deploy.stop()
    assert (codes, calls) == ([0, 0], RUNS * CALLS)
    assert len(deploy.executions()) == calls, 'calls were executed again'
    before = [at for _, at in done if at < began]
    return Upgraded(
        runs, filled, ended - began, _longest(before), _longest([before[-1], *(at for _, at in done if at >= began)]),
        after.count('older'), after.count('newer'),
    )  # fmt: skip


def main() -> int:
    """Upgrade a large database, and say how it went."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--runs', type=int, default=1_000_000, help='ended runs with a call each (default: 1000000)')
    parser.add_argument('--postgres', action='store_true', help='on PostgreSQL; else on SQLite')
    options = parser.parse_args()
    server = PostgresServer() if options.postgres else None
    try:
        with tempfile.TemporaryDirectory() as folder, older_release(Path(folder)) as older:
            url = server.empty_database() if server else f'sqlite:///{folder}/flow.db'
            found = deploy(url, Path(folder), older, options.runs)
    finally:
        if server is not None:
            server.close()
    print(
        f'{found.runs} runs inserted in {found.filled_seconds:.1f} s; upgraded in {found.upgrade_seconds:.1f} s beside a worker of the older '
        f'release; longest time without a call {found.longest_gap:.2f} s (before: {found.usual_gap:.2f} s); after it {found.older} calls by '
        f'the older release and {found.newer} by the newer one, all runs right'
    )
    return 0


if __name__ == '__main__':
    sys.exit(main())
