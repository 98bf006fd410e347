"""The scripts that the simulator runs, with what it may do to them, and its schedules."""

from __future__ import annotations

from dataclasses import dataclass

from monty_flow.engine.lanes import DEFAULT_NAMESPACE
from monty_flow.engine.states import CatchUp, Overlap, RunStatus

#: Queues, and what bounds them: calls in hand at once, calls of one key in hand at once, calls begun within a time.
NARROW, NARROW_PLACES = 'narrow', 2
KEYED, KEYED_PLACES, PLACES_OF_KEY = 'keyed', 3, 1
RATED, RATE, PERIOD_SECONDS = 'rated', 3, 20
#: The namespace whose runs are deleted soon after their end.
SHORT, KEPT_SECONDS = 'short', 30
#: Items that each map may have under way.
MOST_ITEMS = 3


@dataclass(frozen=True)
class Scenario:
    """A script; its output is a list of what functions returned, or one of these."""

    source: str
    #: What it may end in besides success.
    may_end: frozenset[RunStatus] = frozenset()
    lane: str = ''
    namespace: str = DEFAULT_NAMESPACE
    keep_snapshots: int | None = None


SCENARIOS: dict[str, Scenario] = {
    'sequence': Scenario(
        'found = []\nfor x in range(4):\n    found.append(work(x))\nfound',
    ),
    'gathered': Scenario(
        'import asyncio\nawait asyncio.gather(*[slow(x) for x in range(5)])',
    ),
    'chains': Scenario(
        """
import asyncio

async def chain(x):
    first = await slow(x)
    await asyncio.sleep(20)
    return [first, await slow(x)]

found = await asyncio.gather(*[chain(x) for x in range(3)])
[token for pair in found for token in pair]
""",
    ),
    'timed_out': Scenario(
        """
import asyncio
try:
    async with asyncio.timeout(30):
        found = [await slow(1)]
except TimeoutError:
    found = [await slow(2)]
found
""",
    ),
    'group': Scenario(
        """
import asyncio
found = []

async def keep(x):
    found.append(await slow(x))

try:
    async with asyncio.TaskGroup() as group:
        for x in range(3):
            group.create_task(keep(x))
        group.create_task(failing())
except* ValueError:
    pass
found
""",
    ),
    'stands_still': Scenario(
        """
import asyncio, time

async def main():
    task = asyncio.create_task(keep())
    await asyncio.sleep(1)
    time.sleep(40)
    return [await task, work(3)]

async def keep():
    return await slow(1)

await main()
""",
    ),
    'mapped': Scenario(
        'import flow\nflow.map(slow, range(12), concurrency=3)',
    ),
    'maps': Scenario(
        """
import asyncio, flow

async def mapped():
    try:
        await flow.map(failing, [1, 2, 3], concurrency=2)
    except ValueError:
        return await flow.map(work, range(4), concurrency=2)

one, two, three = await asyncio.gather(mapped(), flow.map(slow, range(7), concurrency=2), slow(9))
[*one, *two, three]
""",
    ),
    'narrow': Scenario(
        'import asyncio\nawait asyncio.gather(*[narrow(x) for x in range(5)])',
    ),
    'effects': Scenario(
        """
import asyncio
[record(1), record(2)] + await asyncio.gather(record(3), slow(4), record(5))
""",
    ),
    'listens': Scenario(
        """
import flow
found = []
for x in range(3):
    try:
        found.append(flow.wait_signal('go', timeout=20))
    except TimeoutError:
        found.append(work(x))
found
""",
    ),
    'parent': Scenario(
        """
import flow
handles = [flow.start('work(n)', n=n) for n in range(3)]
[handle.result() for handle in handles] + [flow.run('import time\\ntime.sleep(5)\\nwork(9)')]
""",
    ),
    'cancelled': Scenario(
        """
import flow, time
found = []
try:
    for x in range(4):
        found.append(await slow(x))
        time.sleep(5)
except flow.Cancelled:
    work(0)
    time.sleep(25)
    work(0)
    raise
found
""",
        may_end=frozenset({RunStatus.CANCELLED}),
    ),
    'cancelled_bound': Scenario(
        """
import asyncio, flow
found = []
try:
    async with asyncio.timeout(100):
        found.append(await slow(1))
        await asyncio.sleep(30)
        found.append(await slow(2))
except flow.Cancelled:
    async with asyncio.timeout(200):
        await slow(3)
    raise
except TimeoutError:
    found = [await slow(4)]
found
""",
        may_end=frozenset({RunStatus.CANCELLED}),
    ),
    'cancelled_tasks': Scenario(
        """
import asyncio, flow

async def part(x):
    try:
        await asyncio.sleep(60 * x)
        return await slow(x)
    except flow.Cancelled:
        await asyncio.sleep(15)
        raise

try:
    found = await asyncio.gather(*[part(x) for x in range(3)])
except flow.Cancelled:
    # The other tasks go on meanwhile.
    await asyncio.sleep(30)
    raise
found
""",
        may_end=frozenset({RunStatus.CANCELLED}),
    ),
    'paused': Scenario(
        """
import asyncio, time
found = []
for x in range(3):
    found += await asyncio.gather(slow(x), slow(x))
    time.sleep(3)
found
""",
    ),
    'keyed': Scenario(
        """
import asyncio
await asyncio.gather(*[keyed(x, customer) for x in range(3) for customer in ('a', 'b', 'c')])
""",
    ),
    'rated': Scenario(
        'import asyncio\nawait asyncio.gather(*[rated(x) for x in range(7)])',
    ),
    'rated_map': Scenario(
        'import flow\nflow.map(rated, range(6), concurrency=3)',
    ),
    'rated_run': Scenario(
        'found = [work(1)]\nfound += [slow(2), rated(3)]\nfound',
        lane=f'{RATED}/default/5/',
    ),
    'large': Scenario(
        """
found = []
kept = []
for x in range(3):
    text = large(x)
    kept.append(text)
    found.append(echo(text))
[*found, *[int(text.split()[0]) for text in kept]]
""",
        keep_snapshots=1,
    ),
    'large_gathered': Scenario(
        """
import asyncio
texts = await asyncio.gather(*[large(x) for x in range(3)])
found = await asyncio.gather(*[echo(text) for text in texts])
[*found, *[int(text.split()[0]) for text in texts]]
""",
        keep_snapshots=2,
    ),
    'retried': Scenario(
        """
import asyncio, time

async def later():
    await asyncio.sleep(45)
    return await slow(1)

found = await asyncio.gather(fickle(1), later(), fickle(2))
found.append(fickle(3))
found
""",
        may_end=frozenset({RunStatus.FAILED}),
    ),
    'retried_map': Scenario(
        'import flow\nflow.map(fickle, range(5), concurrency=2)',
        may_end=frozenset({RunStatus.FAILED}),
    ),
    'short_lived': Scenario(
        """
import flow
handles = [flow.start('work(n)', n=n) for n in range(2)]
found = [slow(1), work(2)]
[*found, *[handle.result() for handle in handles]]
""",
        namespace=SHORT,
    ),
}
#: The runs that some scripts start.
CHILDREN = {'parent': 4, 'short_lived': 2}


@dataclass(frozen=True)
class Repeated:
    """A schedule."""

    every_seconds: int
    overlap: Overlap
    catch_up: CatchUp
    source: str
    jitter_seconds: int = 0
    namespace: str = DEFAULT_NAMESPACE


#: Their scripts take longer than the time between two moments now and then.
SCHEDULES: dict[str, Repeated] = {
    'skips': Repeated(40, Overlap.SKIP, CatchUp.LAST, 'import time\n[slow(1), time.sleep(30), work(2)][::2]', 15),
    'queues': Repeated(40, Overlap.QUEUE, CatchUp.ALL, 'import time\n[slow(1), time.sleep(30), work(2)][::2]'),
    'cancels': Repeated(45, Overlap.CANCEL, CatchUp.NONE, 'import time\n[slow(1), time.sleep(30), work(2)][::2]'),
    'allows': Repeated(50, Overlap.ALLOW, CatchUp.ALL, 'text = large(1)\n[work(1), rated(2), echo(text)]', 10, SHORT),
}
#: Seconds for which schedules have moments.
SCHEDULED_SECONDS = 300
