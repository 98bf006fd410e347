"""The server under load: mixed reads at a fixed rate with many runs stored, while event streams are open.

    python benchmarks/server.py [--runs 100000] [--rate 50] [--seconds 30] [--streams 200] [--database URL]

First each kind of request is sent by itself, one after the other, and the processor time of the server is told for each: that is a
number of the code, and hardly of what else the machine does. Then requests are sent when their time has come, whether the ones
before were answered or not, and a latency counts from that time: a server that stalls is not spared the requests that it keeps
waiting. Ends with 1 when a bar is not met. A database that is given is filled once, and taken as it is the next time.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import os
import random
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter, sleep
from typing import Any

import httpx

sys.path.insert(0, str(Path(__file__).resolve().parent))

from measure import Verdict, machine, report

from monty_flow.engine import Engine, Functions, RunFilter, Submission, Worker

#: Milliseconds within which 99 of 100 answers come.
BAR_P99_MS = 100.0
SCRIPTS = [f'report_{number}.py' for number in range(20)]
STEPS = 'total = 0\nfor n in range(10):\n    total += double(n)\nprint(total)\ntotal'
BATCH = 2000
#: Kinds of requests.
KINDS = 20
#: Runs that were executed, with ten states each.
WORKED = 200
#: Requests of a kind whose processor time is taken.
SAMPLE = 25
#: Seconds between these, so that nobody asks too often.
PACE_SECONDS = 0.008
functions = Functions()


@functions.function()
def double(x: int) -> int:
    """Return twice as much."""
    return 2 * x


def fill(url: str, runs: int) -> list[str]:
    """Store runs of all kinds unless they are there, and return the ids of some that have states to look at."""
    begin = perf_counter()
    with Engine(url) as engine:
        known = [run.id for run in engine.list(tags={'kind': 'worked'}, limit=WORKED)]
        if len(known) == WORKED and engine.count(RunFilter()) >= runs:
            print('the database is filled')
            return known
        worked = [
            engine.submit(STEPS, script_name=SCRIPTS[n % 20], tags={'team': f't{n % 5}', 'kind': 'worked'}).id
            for n in range(WORKED)
        ]
        Worker(url, functions, isolation='none').run_until_idle()
        for first in range(0, runs - len(worked), BATCH):
            many = range(first, min(first + BATCH, runs - len(worked)))
            engine.submit_many(
                [Submission('1', script_name=SCRIPTS[n % 20], key=f'key-{n}', tags={'team': f't{n % 5}'}) for n in many]
            )
            if first % (4 * BATCH) == 0:
                engine.cancel_many(RunFilter(status='pending'))
    print(f'{runs} runs stored in {perf_counter() - begin:.0f} s')
    return worked


@contextmanager
def serving(url: str) -> Iterator[tuple[str, int]]:
    """Serve in a process of its own, and yield the address and the process."""
    command = [sys.executable, '-m', 'monty_flow.cli', 'serve', '--port', '0', '--database', url]
    server = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    assert server.stderr is not None
    try:
        said = re.search(r' at (http\S+);', server.stderr.readline())
        assert said is not None, 'the server did not start'
        yield said[1], server.pid
    finally:
        server.terminate()
        server.wait(30)


def paths(worked: list[str], deep: str, rng: random.Random) -> Iterator[tuple[str, str]]:
    """Yield what is asked, by kind and path, in a mix of what people and programs do."""
    api = '/api/v1'
    while True:
        run = rng.choice(worked)
        yield from rng.sample(
            [
                ('page of the dashboard', '/runs'),
                ('page of a run', f'/runs/{run}'),
                ('state at a step', f'/runs/{run}/state?step={rng.randint(1, 10)}'),
                ('list', f'{api}/runs?limit=50'),
                ('list, deep', f'{api}/runs?limit=50&cursor={deep}'),
                ('list by status', f'{api}/runs?status=cancelled&limit=50'),
                ('list by script', f'{api}/runs?script={rng.choice(SCRIPTS)}&limit=50'),
                ('list by tag', f'{api}/runs?tag=team%3Dt{rng.randint(0, 4)}&limit=50'),
                ('list by key', f'{api}/runs?key=key-{rng.randint(0, 1000)}'),
                ('counts', f'{api}/runs/counts'),
                ('run', f'{api}/runs/{run}'),
                ('calls', f'{api}/runs/{run}/calls'),
                ('frames', f'{api}/runs/{run}/steps/{rng.randint(1, 10)}'),
                ('functions', f'{api}/functions'),
                ('search', f'/runs?text=key-{rng.randint(0, 99)}'),
                ('search in vain', f'{api}/runs?text=nothing'),
                ('list by queue', f'{api}/runs?queue=default&limit=50'),
                ('page of queues', '/queues'),
                ('page of functions', '/functions'),
                ('counts over time', '/runs/over-time'),
            ],
            KINDS,
        )


def processor_seconds(process: int) -> float:
    """Return the processor time that a process has taken."""
    fields = Path(f'/proc/{process}/stat').read_text(encoding='ascii').rpartition(')')[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf('SC_CLK_TCK')


def costs(address: str, process: int, worked: list[str]) -> dict[str, float]:
    """Return the milliseconds of processor time that the server takes for a request of each kind."""
    found = {}
    with httpx.Client(base_url=address, timeout=30) as client:
        # Templates and statements are compiled at their first use.
        asked = dict(itertools.islice(paths(worked, worked[100], random.Random(2)), KINDS))
        for path in asked.values():
            client.get(path).raise_for_status()
        for kind, path in asked.items():
            begin = processor_seconds(process)
            for _ in range(SAMPLE):
                client.get(path).raise_for_status()
                sleep(PACE_SECONDS)
            found[kind] = (processor_seconds(process) - begin) / SAMPLE * 1000
    return found


async def follow(client: httpx.AsyncClient, run_id: str, opened: asyncio.Semaphore) -> None:
    """Hold an event stream open until it is cancelled."""
    async with client.stream('GET', f'/api/v1/runs/{run_id}/events', timeout=None) as response:
        response.raise_for_status()
        async for line in response.aiter_lines():
            if line.startswith('event: run'):
                opened.release()


async def measure(address: str, worked: list[str], waiting: list[str], options: Any) -> dict[str, list[float]]:
    """Return the latencies by kind of request."""
    limits = httpx.Limits(max_connections=options.streams + 100, max_keepalive_connections=100)
    took: dict[str, list[float]] = {}
    async with httpx.AsyncClient(base_url=address, limits=limits, timeout=30) as client:
        opened = asyncio.Semaphore(0)
        streams = [asyncio.create_task(follow(client, run, opened)) for run in waiting]
        for _ in streams:
            await asyncio.wait_for(opened.acquire(), 60)
        print(f'{len(streams)} event streams are open')

        async def ask(kind: str, path: str, due: float) -> None:
            response = await client.get(path)
            response.raise_for_status()
            took.setdefault(kind, []).append((perf_counter() - due) * 1000)

        questions = paths(worked, worked[100], random.Random(1))
        begin = perf_counter()
        tasks = []
        for number in range(round(options.rate * options.seconds)):
            due = begin + number / options.rate
            await asyncio.sleep(max(0.0, due - perf_counter()))
            tasks.append(asyncio.create_task(ask(*next(questions), due)))
        await asyncio.gather(*tasks)
        assert all(not stream.done() for stream in streams), 'an event stream has ended'
        for stream in streams:
            stream.cancel()
    return took


def percentile(times: list[float], percent: float) -> float:
    """Return the time within which so many per cent came."""
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]


def main() -> int:
    """Measure, print, and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--runs', type=int, default=100_000)
    parser.add_argument('--rate', type=float, default=50)
    parser.add_argument('--seconds', type=float, default=30)
    parser.add_argument('--streams', type=int, default=200)
    parser.add_argument('--json', type=Path, metavar='FILE', help='write all figures there')
    parser.add_argument(
        '--database', help='a database that is empty, or was filled by this; else a file that is removed'
    )
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = options.database or f'sqlite:///{folder}/flow.db'
        worked = fill(url, options.runs)
        with Engine(url) as engine:
            submitted = engine.submit_many([Submission('2') for _ in range(options.streams)])
            waiting = [run.id for run in submitted]
        with serving(url) as (address, process):
            processor = costs(address, process, worked)
            took = asyncio.run(measure(address, worked, waiting, options))
    times = [each for found in took.values() for each in found]
    for kind, found in sorted(took.items(), key=lambda each: -percentile(each[1], 99)):
        print(f'  {kind:24} processor {processor[kind]:5.1f} ms   p50 {percentile(found, 50):7.1f} ms   ', end='')
        print(f'p99 {percentile(found, 99):7.1f} ms   {len(found)}')
    print(f'processor time of a request on average: {sum(processor.values()) / len(processor):.1f} ms')
    p99 = percentile(times, 99)
    print(
        f'{len(times)} requests at {options.rate:g}/s: p50 {percentile(times, 50):.1f} ms, p90 {percentile(times, 90):.1f} ms'
    )
    written = {kind: [percentile(found, percent) for percent in (50, 90, 99)] for kind, found in took.items()}
    verdict = Verdict(f'p99 of requests at {options.rate:g}/s', p99, '<=', BAR_P99_MS, ' ms')
    return report([verdict], {**machine(), 'milliseconds': written}, options.json)


if __name__ == '__main__':
    sys.exit(main())
