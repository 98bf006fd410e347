"""Cancellation: scripts are told, clean up, and are cut when the grace is over; functions are asked to stop."""

from __future__ import annotations

import asyncio
import threading
from datetime import UTC, datetime
from typing import Any

import pytest

from monty_flow.engine import CallStatus, Functions, RunCancelled, RunStatus, WrongStatus, current_call
from tests.engine.bench import Bench, Gate

CLEANING = """
import flow, time
try:
    time.sleep(3600)
except Exception:
    note('wrong')
finally:
    note('cleaned')
    time.sleep(5)
    note('slept')
"""


@pytest.fixture
def notes(bench: Bench) -> list[Any]:
    """Return what scripts noted by their function `note`."""
    found: list[Any] = []
    bench.functions.function(name='note')(found.append)
    return found


def test_a_script_cleans_up_with_calls_and_timers_and_is_cancelled_then(bench: Bench, notes: list[Any]) -> None:
    run = bench.run(CLEANING)
    asked = bench.engine.cancel(run.id)
    bench.worker().run_until_idle()
    cleaning = bench.engine.get(run.id)
    bench.clock.advance(5)
    bench.worker().run_until_idle()
    ended = bench.engine.get(run.id)

    assert (asked.status, asked.cancel_at is not None) == (RunStatus.WAITING, True)
    assert cleaning.status is RunStatus.CANCELLING
    assert (ended.status, ended.error, notes) == (RunStatus.CANCELLED, None, ['cleaned', 'slept'])
    assert [(call.function, call.status) for call in bench.engine.calls(run.id)] == [
        ('time.sleep', CallStatus.CANCELLED),
        ('note', CallStatus.DONE),
        ('time.sleep', CallStatus.DONE),
        ('note', CallStatus.DONE),
    ]
    with pytest.raises(RunCancelled):
        bench.engine.result(run.id)


def test_a_second_cancellation_makes_no_timer_of_the_cleaning_up_early(bench: Bench, notes: list[Any]) -> None:
    run = bench.run(CLEANING)
    bench.engine.cancel(run.id)
    bench.work()
    bench.engine.cancel(run.id)
    bench.work()
    early = list(notes)
    bench.clock.advance(5)
    bench.work()

    assert early == ['cleaned']
    assert (notes, bench.engine.get(run.id).status) == (['cleaned', 'slept'], RunStatus.CANCELLED)


def test_a_task_that_sleeps_beside_one_that_is_told_sleeps_on(bench: Bench, notes: list[Any]) -> None:
    @bench.functions.function(retries=0)
    async def slow() -> None:
        await asyncio.sleep(3600)

    run = bench.engine.submit("""
import asyncio, flow

async def sleeper():
    await asyncio.sleep(500)
    note('slept')

async def main():
    task = asyncio.create_task(sleeper())
    try:
        await slow()
    except flow.Cancelled:
        note('cleaning')
        await asyncio.sleep(5)
        note('cleaned')
        raise

await main()
""")
    # With one place, so that nobody tells the sleeper before the function in it has ended.
    with bench.working(run.id, concurrency=1):
        bench.wait_for(lambda: [call.status for call in bench.engine.calls(run.id)] == ['leased', 'pending'])
        bench.engine.cancel(run.id, grace_seconds=60)
        bench.wait_for(lambda: [call.function for call in bench.engine.calls(run.id)].count('asyncio.sleep') == 2)
        bench.clock.advance(5)

    assert (notes, bench.engine.get(run.id).status) == (['cleaning', 'cleaned'], RunStatus.CANCELLED)


def test_a_script_that_goes_on_is_cut_at_the_end_of_the_grace(bench: Bench, notes: list[Any]) -> None:
    run = bench.run(
        'import flow, time\nwhile True:\n    try:\n        time.sleep(3600)\n    except flow.Cancelled:\n        note("on")'
    )
    bench.engine.cancel(run.id, grace_seconds=10)
    bench.worker().run_until_idle()
    bench.clock.advance(9)
    bench.worker().run_until_idle()
    before = bench.engine.get(run.id)
    bench.clock.advance(1)
    bench.worker().run_until_idle()
    after = bench.engine.get(run.id)

    assert (before.status, after.status, notes) == (RunStatus.CANCELLING, RunStatus.CANCELLED, ['on'])
    assert bench.engine.calls(run.id)[-1].status is CallStatus.CANCELLED


def test_a_cancelled_script_that_ends_well_or_badly_is_cancelled(bench: Bench) -> None:
    source = 'import flow, time\ntry:\n    time.sleep(9)\nexcept flow.Cancelled:\n    {}'
    runs = [bench.run(source.format(end)) for end in ('r = 7\nr', 'raise ValueError("while cleaning")', 'raise')]
    for run in runs:
        bench.engine.cancel(run.id)
    bench.worker().run_until_idle()
    good, bad, same = (bench.engine.get(run.id) for run in runs)

    assert {good.status, bad.status, same.status} == {RunStatus.CANCELLED}
    assert (good.output, str(bad.error), same.error) == (7, 'ValueError: while cleaning', None)


def test_a_run_that_has_not_begun_or_is_paused_is_cancelled_at_once(bench: Bench) -> None:
    paused = bench.run('import time\ntime.sleep(9)')
    bench.engine.pause(paused.id)
    submitted = bench.engine.submit('1')

    assert [bench.engine.cancel(run.id).status for run in (paused, submitted)] == [RunStatus.CANCELLED] * 2


def test_without_grace_a_run_is_cancelled_at_once(bench: Bench, notes: list[Any]) -> None:
    run = bench.run(CLEANING)

    assert bench.engine.cancel(run.id, grace_seconds=0).status is RunStatus.CANCELLED
    assert notes == []


def test_a_wait_for_a_signal_and_a_delay_before_a_retry_are_given_up(bench: Bench, notes: list[Any]) -> None:
    bench.functions.function(name='broken', initial_delay_seconds=1e6, max_delay_seconds=1e6)(lambda: 1 / 0)
    source = 'import flow\ntry:\n    {}\nfinally:\n    note("cleaned")'
    runs = [bench.run(source.format(call)) for call in ('flow.wait_signal("go")', 'broken()', 'flow.approve("?")')]
    for run in runs:
        bench.engine.cancel(run.id)
    bench.worker().run_until_idle()

    assert [bench.engine.get(run.id).status for run in runs] == [RunStatus.CANCELLED] * 3
    assert notes == ['cleaned'] * 3
    assert bench.engine.approvals() == []


def test_a_call_that_no_worker_serves_is_given_up_by_any_worker(bench: Bench, notes: list[Any]) -> None:
    run = bench.run('try:\n    unknown()\nfinally:\n    note("cleaned")')
    bench.engine.cancel(run.id)
    bench.worker().run_until_idle()

    assert (bench.engine.get(run.id).status, notes) == (RunStatus.CANCELLED, ['cleaned'])


def test_the_result_of_a_call_in_execution_is_the_scripts_and_the_next_call_is_cancelled(
    bench: Bench, notes: list[Any]
) -> None:
    begun, release = threading.Event(), threading.Event()

    @bench.functions.function
    def book() -> str:
        begun.set()
        assert release.wait(20)
        return 'booking 7'

    submitted = bench.engine.submit('try:\n    b = book()\n    note("not done")\nfinally:\n    note("unbook " + b)')
    with bench.working(submitted.id):
        assert begun.wait(20)
        bench.engine.cancel(submitted.id)
        release.set()

    assert notes == ['unbook booking 7']
    assert bench.engine.get(submitted.id).status is RunStatus.CANCELLED


def test_a_function_in_execution_is_asked_to_stop(bench: Bench, notes: list[Any]) -> None:
    begun = threading.Event()

    @bench.functions.function(retries=5)
    def long() -> None:
        begun.set()
        assert current_call().wait_cancelled(20)
        notes.append(current_call().cancel_reason)
        current_call().raise_if_cancelled()

    submitted = bench.engine.submit('import flow\ntry:\n    long()\nexcept flow.Cancelled as e:\n    note(str(e))')
    with bench.working(submitted.id):
        assert begun.wait(20)
        bench.engine.cancel(submitted.id)

    assert notes == ['the run was cancelled', 'the run was cancelled']
    assert [call.status for call in bench.engine.calls(submitted.id)] == [CallStatus.CANCELLED, CallStatus.DONE]


@pytest.mark.parametrize('verb', ['cancel', 'terminate'])
def test_an_async_function_in_execution_is_cancelled(bench: Bench, verb: str) -> None:
    begun, cancelled = threading.Event(), threading.Event()

    @bench.functions.function
    async def long() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()

    submitted = bench.engine.submit('long()')
    with bench.working(submitted.id):
        assert begun.wait(20)
        getattr(bench.engine, verb)(submitted.id)
        assert cancelled.wait(20)

    assert bench.engine.get(submitted.id).status is RunStatus.CANCELLED


def test_a_step_that_was_under_way_when_its_run_was_cancelled_stands_and_the_script_is_told_at_the_next_call(
    bench: Bench, notes: list[Any]
) -> None:
    def cancel() -> str:
        bench.engine.cancel(submitted.id)
        return 'kept'

    bench.functions.function(name='cancel')(cancel)
    submitted = bench.engine.submit('import time\nr = cancel()\ntry:\n    time.sleep(1e6)\nfinally:\n    note(r)')
    bench.worker().run_until_idle()
    bench.worker().run_until_idle()

    assert (bench.engine.get(submitted.id).status, notes) == (RunStatus.CANCELLED, ['kept'])


def test_no_call_is_begun_after_the_cancellation(bench: Bench, notes: list[Any]) -> None:
    def cancel() -> None:
        bench.engine.cancel(submitted.id)

    bench.functions.function(name='cancel')(cancel)
    submitted = bench.engine.submit('cancel()\nnote("begun")')
    # One that looks for changes once an hour.
    bench.worker(poll_seconds=3600).run_until(submitted.id)

    assert (bench.engine.get(submitted.id).status, notes) == (RunStatus.CANCELLED, [])


def test_a_second_cancellation_changes_the_grace(bench: Bench) -> None:
    run = bench.run('import flow, time\ntry:\n    time.sleep(9)\nexcept flow.Cancelled:\n    time.sleep(1e6)')
    bench.engine.cancel(run.id, grace_seconds=1000)
    bench.worker().run_until_idle()
    bench.engine.cancel(run.id, grace_seconds=5)
    bench.clock.advance(5)
    bench.worker().run_until_idle()

    assert bench.engine.get(run.id).status is RunStatus.CANCELLED
    with pytest.raises(WrongStatus):
        bench.engine.cancel(run.id)


def test_the_grace_ends_also_when_no_worker_serves_the_run(bench: Bench) -> None:
    run = bench.run('import flow, time\ntry:\n    time.sleep(9)\nfinally:\n    unknown()')
    bench.engine.cancel(run.id, grace_seconds=5)
    bench.worker(Functions()).run_until_idle()
    bench.clock.advance(5)
    bench.worker(Functions()).run_until_idle()

    assert bench.engine.get(run.id).status is RunStatus.CANCELLED


def test_a_run_that_cleans_up_outlives_its_deadline(bench: Bench, notes: list[Any]) -> None:
    submitted = bench.engine.submit(CLEANING, deadline=datetime(2030, 1, 1, 0, 0, 3, tzinfo=UTC))
    bench.worker().run_until_idle()
    bench.engine.cancel(submitted.id, grace_seconds=60)
    bench.worker().run_until_idle()
    bench.clock.advance(5)
    bench.worker().run_until_idle()

    assert (bench.engine.get(submitted.id).status, notes) == (RunStatus.CANCELLED, ['cleaned', 'slept'])


#: Waits in which a time-out bounds something, with how the script is to be told that its run is cancelled.
BOUNDED = {
    'a sleep': 'async with asyncio.timeout(100):\n        await asyncio.sleep(3600)',
    'a sleep of wait_for': 'await asyncio.wait_for(asyncio.sleep(3600), 100)',
    'a call': 'async with asyncio.timeout(100):\n        await unknown()',
    'an event': 'async with asyncio.timeout(100):\n        await asyncio.Event().wait()',
    'an item of a queue': 'await asyncio.wait_for(asyncio.Queue().get(), 100)',
    'the first of several': 'for each in asyncio.as_completed([unknown()], timeout=100):\n        await each',
}


@pytest.mark.parametrize('wait', BOUNDED.values(), ids=BOUNDED)
def test_a_script_that_waits_within_a_bound_is_told_that_it_is_cancelled_and_not_that_the_time_is_over(
    bench: Bench, notes: list[Any], wait: str
) -> None:
    run = bench.run(
        f'import asyncio, flow\ntry:\n    {wait}\nexcept flow.Cancelled:\n    note("cancelled")\n    raise\n'
        'except TimeoutError:\n    note("over")'
    )
    bench.engine.cancel(run.id)
    bench.worker().run_until_idle()

    assert (bench.engine.get(run.id).status, notes) == (RunStatus.CANCELLED, ['cancelled'])
    assert {call.status for call in bench.engine.calls(run.id) if call.function == 'note'} == {CallStatus.DONE}


def test_a_bound_within_which_a_script_cleans_up_is_over_at_its_time(bench: Bench, notes: list[Any]) -> None:
    run = bench.run("""
import asyncio, flow
try:
    async with asyncio.timeout(100):
        try:
            await asyncio.sleep(3600)
        finally:
            note('cleaning')
            await asyncio.sleep(3600)
except TimeoutError:
    note('over')
""")
    bench.engine.cancel(run.id, grace_seconds=1000)
    bench.work()
    # What it has waited before counts, by a clock that does not stand still.
    bench.clock.advance(50)
    bench.work()
    early = list(notes)
    bench.clock.advance(50)
    bench.work()

    assert early == ['cleaning']
    assert (notes, bench.engine.get(run.id).status) == (['cleaning', 'over'], RunStatus.CANCELLED)


def test_the_result_of_a_call_in_execution_beside_a_timer_is_the_scripts(bench: Bench, notes: list[Any]) -> None:
    gate = Gate('booking 7')
    bench.functions.function(name='book')(gate)
    submitted = bench.engine.submit("""
import asyncio
async def sleeper():
    try:
        await asyncio.sleep(3600)
    finally:
        note('told')

async def booker():
    booking = await book()
    try:
        await asyncio.sleep(3600)
    finally:
        note('unbook ' + booking)

await asyncio.gather(sleeper(), booker())
""")
    with bench.working(submitted.id):
        assert gate.begun.wait(20)
        bench.engine.cancel(submitted.id, grace_seconds=60)
        # A worker that would tell the sleeper has had its turn.
        bench.worker(Functions()).run_until_idle()
        gate.let.set()

    assert (sorted(notes), bench.engine.get(submitted.id).status) == (['told', 'unbook booking 7'], RunStatus.CANCELLED)


def test_a_timer_beside_a_call_in_execution_ends_at_its_time_also_in_a_cancelled_run(bench: Bench) -> None:
    gate = Gate()
    bench.functions.function(name='book')(gate)
    submitted = bench.engine.submit('import asyncio\nawait asyncio.gather(asyncio.sleep(100, "slept"), book())')

    def statuses() -> dict[str, CallStatus]:
        return {call.function: call.status for call in bench.engine.calls(submitted.id)}

    with bench.working(submitted.id):
        assert gate.begun.wait(20)
        bench.engine.cancel(submitted.id, grace_seconds=1000)
        bench.clock.advance(100)
        bench.wait_for(lambda: statuses()['asyncio.sleep'] is CallStatus.DONE)
        beside = statuses()['book']
        gate.let.set()

    ended = bench.engine.get(submitted.id)
    assert beside is CallStatus.LEASED
    assert (ended.status, ended.output) == (RunStatus.SUCCEEDED, ['slept', 'through'])
