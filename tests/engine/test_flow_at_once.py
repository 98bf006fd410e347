"""The module `flow` in scripts that wait for several calls at once."""

from __future__ import annotations

from typing import Any

import pytest

from monty_flow.engine import CallStatus, RunStatus
from tests.engine.bench import Bench

CLEANING = """
import asyncio, flow

async def one(n):
    try:
        await asyncio.sleep(1000 * n)
    finally:
        await note(n)

async def main():
    try:
        await asyncio.gather(one(1), one(2))
    finally:
        await note('main')

await main()
"""


@pytest.fixture
def notes(bench: Bench) -> list[Any]:
    """Return what scripts noted by their function `note`."""
    found: list[Any] = []
    bench.functions.function(name='note')(found.append)
    return found


def test_a_run_that_waits_for_several_calls_cleans_up_in_all_its_tasks(bench: Bench, notes: list[Any]) -> None:
    run = bench.run(CLEANING)
    bench.engine.cancel(run.id)
    bench.worker().run_until_idle()
    ended = bench.engine.get(run.id)

    assert (run.status, ended.status, ended.error) == (RunStatus.WAITING, RunStatus.CANCELLED, None)
    assert set(notes) == {1, 2, 'main'}
    assert all(
        call.status is CallStatus.CANCELLED for call in bench.engine.calls(run.id) if call.function == 'asyncio.sleep'
    )


def test_a_task_waits_for_a_signal_and_others_go_on_then(bench: Bench, notes: list[Any]) -> None:
    run = bench.run(
        'import asyncio, flow\n'
        'async def told():\n    return flow.wait_signal("go")\n'
        'async def slept():\n    await asyncio.sleep(60)\n    flow.status("slept")\n    return "slept"\n'
        'await asyncio.gather(slept(), told())'
    )
    bench.engine.signal(run.id, 'go', 'told')
    bench.worker().run_until_idle()
    bench.clock.advance(60)
    bench.worker().run_until_idle()

    assert bench.engine.result(run.id) == ['slept', 'told']
    assert bench.engine.get(run.id).status_text == 'slept'


def test_children_are_started_and_awaited_beside_other_calls(bench: Bench) -> None:
    bench.functions.function(name='double')(lambda x: 2 * x)
    run = bench.run(
        'import asyncio, flow\n'
        'async def child(n):\n    return flow.run("double(n)", n=n)\n'
        'await asyncio.gather(child(1), double(5), child(2))'
    )

    assert run.output == [2, 10, 4]
    assert len(bench.engine.children(run.id)) == 2


def test_waits_that_are_awaited_hold_no_other_task(bench: Bench, notes: list[Any]) -> None:
    run = bench.run(
        'import asyncio, flow\n'
        'async def paid():\n    found = await flow.wait_signal("paid")\n    await note(found)\n    return found\n'
        'async def asked():\n    decision = await flow.approve("Send?")\n    return decision.by\n'
        'await asyncio.gather(paid(), asked(), flow.run("n + 1", n=1))'
    )
    waited_for = run.waiting_for
    bench.engine.signal(run.id, 'paid', 20)
    bench.worker().run_until_idle()
    noted = list(notes)
    [asked] = bench.engine.approvals(run.id)
    bench.engine.approve(run.id, asked.call, by='Bo')
    bench.worker().run_until_idle()

    assert waited_for == '2 calls at once: flow.wait_signal, flow.approve (no worker is running)'
    assert noted == [20]
    assert bench.engine.result(run.id) == [20, 'Bo', 2]


def test_a_wait_that_is_given_up_is_no_longer_asked(bench: Bench) -> None:
    run = bench.run(
        'import asyncio, flow\n'
        'tasks = [asyncio.create_task(flow.approve("Send?")), asyncio.create_task(flow.wait_signal("stop"))]\n'
        'done, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)\n'
        'for task in pending:\n    task.cancel()\n'
        'try:\n    await asyncio.wait_for(flow.wait_signal("more"), 60)\n'
        'except TimeoutError:\n    flow.status("nothing more")\n'
        '[task.result() for task in done]'
    )
    bench.engine.signal(run.id, 'stop', 'enough')
    bench.worker().run_until_idle()
    asked = bench.engine.approvals(run.id)
    bench.clock.advance(60)
    bench.worker().run_until_idle()

    assert asked == []
    assert bench.engine.result(run.id) == ['enough']
    assert bench.engine.get(run.id).status_text == 'nothing more'


def test_runs_that_were_started_are_awaited_by_their_handles(bench: Bench) -> None:
    run = bench.run(
        'import asyncio\nfrom flow import RunFailed, start\n'
        'runs = [start("n * n", n=n) for n in (2, 3)]\n'
        'broken = start("1 // 0")\n'
        'outputs = await asyncio.gather(*runs)\n'
        'try:\n    await broken.result()\nexcept RunFailed as error:\n    outputs.append(error.error_type)\n'
        'outputs'
    )

    assert run.output == [4, 9, 'ZeroDivisionError']


def test_a_signal_that_comes_after_its_wait_was_given_up_is_kept_for_the_next(bench: Bench) -> None:
    run = bench.run(
        'import asyncio, flow\n'
        'try:\n    await asyncio.wait_for(flow.wait_signal("go"), 60)\n'
        'except TimeoutError:\n    pass\n'
        'await asyncio.sleep(60)\n'
        'await asyncio.gather(flow.wait_signal("go"), flow.wait_signal("go"))'
    )
    bench.clock.advance(60)
    bench.worker().run_until_idle()
    first = bench.engine.signal(run.id, 'go', 1)
    second = bench.engine.signal(run.id, 'go', 2)
    bench.clock.advance(60)
    bench.worker().run_until_idle()

    assert (first.taken_by, second.taken_by) == (None, None)
    assert bench.engine.result(run.id) == [1, 2]
