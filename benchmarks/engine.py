"""Measure the engine's steps per second on SQLite beside a bare loop of single-row commits.

    make bench
    python benchmarks/engine.py [--rounds 3] [--json FILE] [--profile] [--folder DIR]

A step of a run is one commit at least, so the disk sets the scale: each round measures the bare loop, one run of
1,000 calls in sequence, and 100 runs of 20 calls each at once, in the same folder (synchronous=FULL, WAL).
"""

from __future__ import annotations

import argparse
import sqlite3
import statistics
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path
from time import perf_counter
from types import FrameType

sys.path.insert(0, str(Path(__file__).resolve().parent))

from measure import Verdict, report

from monty_flow import Monty
from monty_flow.engine import Engine, Functions, Submission, Worker

SCRIPT = """
def work(n):
    total = 0
    for i in range(n):
        total += step(i)
    return total

work(calls)
"""
BARE_COMMITS = 1_000
ONE_RUN_CALLS = 1_000
MANY_RUNS = 100
MANY_CALLS = 20

functions = Functions()


@functions.function()
def step(i: int) -> int:
    """Return the argument: all the time that is left is the engine's."""
    return i


def bare_commits(folder: Path, size: int) -> float:
    """Return commits per second of BEGIN IMMEDIATE, one insert of `size` bytes, COMMIT."""
    connection = sqlite3.connect(folder / 'bare.db', isolation_level=None)
    try:
        connection.execute('PRAGMA journal_mode = WAL')
        connection.execute('PRAGMA synchronous = FULL')
        connection.execute('CREATE TABLE step (id INTEGER PRIMARY KEY, data BLOB)')
        row = (bytes(size),)
        begin = perf_counter()
        for _ in range(BARE_COMMITS):
            connection.execute('BEGIN IMMEDIATE')
            connection.execute('INSERT INTO step (data) VALUES (?)', row)
            connection.execute('COMMIT')
        return BARE_COMMITS / (perf_counter() - begin)
    finally:
        connection.close()


def engine_steps(folder: Path, runs: int, calls: int) -> float:
    """Return steps per second of `runs` runs at once with `calls` calls each."""
    url = f'sqlite:///{folder}/engine.db'
    with Engine(url) as engine:
        submissions = [Submission(SCRIPT, inputs={'calls': calls}) for _ in range(runs)]
        submitted = engine.submit_many(submissions)
        worker = Worker(url, functions, concurrency=runs)
        begin = perf_counter()
        worker.run_until_idle()
        seconds = perf_counter() - begin
        expected = sum(range(calls))
        for run in submitted:
            output = engine.result(run.id)
            if output != expected:
                raise SystemExit(f'run {run.id} gave {output!r} instead of {expected}: the figures mean nothing')
    return runs * calls / seconds


class Sampler:
    """Look at the stacks of all threads every millisecond, and count in what part of the package each one is.

    A thread whose processor time has not grown since the last look waits: for work, a lock, or the disk.
    """

    def __init__(self) -> None:
        self.computing: Counter[str] = Counter()
        self.waiting: Counter[str] = Counter()
        self._seconds: dict[int, float] = {}
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._sample, name='sampler', daemon=True)

    def __enter__(self) -> Sampler:
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._stop.set()
        self._thread.join()

    def _sample(self) -> None:
        mine = threading.get_ident()
        while not self._stop.wait(0.001):
            for ident, frame in sys._current_frames().items():
                if ident != mine and (place := self._place(frame)):
                    (self.computing if self._computes(ident) else self.waiting)[place] += 1

    def _computes(self, ident: int) -> bool:
        try:
            seconds = time.clock_gettime(time.pthread_getcpuclockid(ident))
        except OSError:
            # The thread has ended since the look.
            return False
        grown = seconds > self._seconds.get(ident, 0.0)
        self._seconds[ident] = seconds
        return grown

    @staticmethod
    def _place(frame: FrameType | None) -> str | None:
        while frame is not None:
            path = frame.f_code.co_filename
            if '/monty_flow/' in path:
                module = path.rpartition('/monty_flow/')[2].removesuffix('.py').replace('/', '.')
                return f'{module}.{frame.f_code.co_qualname}'
            frame = frame.f_back
        return None

    def show(self) -> None:
        """Print the places that most samples were in."""
        for title, counts, lines in (('computing', self.computing, 15), ('waiting', self.waiting, 5)):
            total = sum(counts.values()) or 1
            print(f'  {title}:')
            for place, count in counts.most_common(lines):
                print(f'    {count / total:6.1%}  {place}')


def snapshot_size() -> int:
    """Return the bytes that one step's snapshot takes, the bulk of what a step writes."""
    state = Monty(SCRIPT, inputs=['calls']).start(inputs={'calls': 10})
    return len(state.dump(with_source=False))


def one_round(folder: Path, size: int) -> dict[str, float]:
    """Measure all three, each in a database of its own."""
    figures = {}
    for name, measured in (
        ('bare', lambda place: bare_commits(place, size)),
        ('one run', lambda place: engine_steps(place, 1, ONE_RUN_CALLS)),
        ('100 runs', lambda place: engine_steps(place, MANY_RUNS, MANY_CALLS)),
    ):
        with tempfile.TemporaryDirectory(dir=folder) as place:
            figures[name] = measured(Path(place))
    return figures


def profile(folder: Path | None) -> None:
    """Print where the time of a step goes, for one run and for many."""
    for runs, calls in ((1, ONE_RUN_CALLS), (MANY_RUNS, MANY_CALLS)):
        with tempfile.TemporaryDirectory(dir=folder) as place, Sampler() as sampler:
            rate = engine_steps(Path(place), runs, calls)
        print(f'\n{runs} x {calls} calls, {rate:,.0f} steps/s while being watched; samples by place:')
        sampler.show()


def main() -> int:
    """Measure, and return 1 when a bar is not met."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--rounds', type=int, default=3, help='rounds of the three measurements (default: 3)')
    parser.add_argument('--json', type=Path, metavar='FILE', help='write all figures there')
    parser.add_argument('--profile', action='store_true', help="print where a step's time goes")
    parser.add_argument('--folder', type=Path, help='where the databases are made (default: the temporary folder)')
    options = parser.parse_args()
    size = snapshot_size()
    rounds = []
    print(f'per second, {size} bytes a row:')
    print(f'{"round":>6}{"bare commits":>16}{"one run":>16}{"100 runs":>16}')
    for number in range(1, options.rounds + 1):
        figures = one_round(options.folder, size)
        rounds.append(figures)
        print(f'{number:>6}' + ''.join(f'{figure:>16,.0f}' for figure in figures.values()), flush=True)
    shares = {
        name: statistics.median(figures[name] / figures['bare'] for figures in rounds)
        for name in ('one run', '100 runs')
    }
    print()
    verdicts = [
        Verdict('steps/s of one run, of bare commits', shares['one run'], '>=', 0.2, 'x'),
        Verdict('steps/s of 100 runs at once, of bare commits', shares['100 runs'], '>=', 0.6, 'x'),
    ]
    status = report(verdicts, {'rounds': rounds, 'bytes': size}, options.json)
    if options.profile:
        profile(options.folder)
    return status


if __name__ == '__main__':
    sys.exit(main())
