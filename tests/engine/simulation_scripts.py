"""The scripts that the simulator runs, each with what it may end in."""

from __future__ import annotations

from monty_flow.engine.states import RunStatus

#: Their outputs are lists of what functions returned; all but those that are named below succeed.
SCRIPTS = (
    'found = []\nfor x in range(4):\n    found.append(work(x))\nfound',
    'import asyncio\nawait asyncio.gather(*[slow(x) for x in range(5)])',
    """
import asyncio

async def chain(x):
    first = await slow(x)
    await asyncio.sleep(20)
    return [first, await slow(x)]

found = await asyncio.gather(*[chain(x) for x in range(3)])
[token for pair in found for token in pair]
""",
    """
import asyncio
try:
    async with asyncio.timeout(30):
        found = [await slow(1)]
except TimeoutError:
    found = [await slow(2)]
found
""",
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
    'import flow\nflow.map(slow, range(12), concurrency=3)',
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
    # Its queue lets two calls be in hand at once.
    'import asyncio\nawait asyncio.gather(*[narrow(x) for x in range(5)])',
    # Its effects are counted.
    """
import asyncio
[record(1), record(2)] + await asyncio.gather(record(3), slow(4), record(5))
""",
    # It is sent signals, or none.
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
    # It has children.
    """
import flow
handles = [flow.start('work(n)', n=n) for n in range(3)]
[handle.result() for handle in handles] + [flow.run('import time\\ntime.sleep(5)\\nwork(9)')]
""",
    # It is cancelled.
    """
import flow, time
found = []
try:
    for x in range(4):
        found.append(await slow(x))
        time.sleep(5)
except flow.Cancelled:
    work(0)
    raise
found
""",
    # It is paused and resumed.
    """
import asyncio, time
found = []
for x in range(3):
    found += await asyncio.gather(slow(x), slow(x))
    time.sleep(3)
found
""",
)
CHILDREN = 4
#: Items that each map may have under way.
MOST_ITEMS = 3
LISTENS, PARENT, IS_CANCELLED, IS_PAUSED = (f'run-{len(SCRIPTS) - place}' for place in (4, 3, 2, 1))
#: What a run may end in that does not have to succeed.
ENDS = {IS_CANCELLED: {RunStatus.SUCCEEDED, RunStatus.CANCELLED}}
