"""Runs that wait for several calls at once, through the engine and a real database."""

from __future__ import annotations

import asyncio
import threading
from itertools import permutations
from typing import Any

import pytest

from monty_flow import FutureSnapshot, KeyRing
from monty_flow.engine import (
    CallKind,
    CallStatus,
    Engine,
    Functions,
    ManualClock,
    RunStatus,
    Worker,
    current_call,
    stepping,
)
from monty_flow.engine.advance import Advancer
from monty_flow.engine.live import LiveRun
from monty_flow.engine.store import open_store
from tests.engine.bench import HANG_SECONDS, Bench
from tests.engine.builders import SECOND, lose_session

GATHER = """
import asyncio

async def main():
    return await asyncio.gather(*[fetch(x) for x in range(count)])

await main()
"""


class Gate:
    """A host function whose calls end when the test lets them, by their argument."""

    def __init__(self) -> None:
        self.begun: list[Any] = []
        self._open: dict[Any, threading.Event] = {}
        self._lock = threading.Lock()

    def fetch(self, x: Any) -> Any:
        """Wait until the call may end."""
        with self._lock:
            self.begun.append(x)
        assert self._event(x).wait(HANG_SECONDS)
        return x * 10

    def open(self, x: Any) -> None:
        """Let the call with this argument end."""
        self._event(x).set()

    def _event(self, x: Any) -> threading.Event:
        with self._lock:
            return self._open.setdefault(x, threading.Event())


@pytest.fixture
def gate(bench: Bench) -> Gate:
    made = Gate()
    bench.functions.function(name='fetch', retries=0)(made.fetch)
    return made


def statuses(bench: Bench, run_id: str) -> list[str]:
    return [call.status.value for call in bench.engine.calls(run_id)]


def test_each_call_of_a_gather_is_a_row_and_a_result(bench: Bench) -> None:
    bench.functions.function(name='fetch')(lambda x: x * 10)

    run = bench.run(GATHER, count=3)

    assert run.output == [0, 10, 20]
    assert [(call.number, call.args, call.result, call.attempts) for call in bench.engine.calls(run.id)] == [
        (1, (0,), 0, 1),
        (2, (1,), 10, 1),
        (3, (2,), 20, 1),
    ]
    assert sorted(entry.number for entry in bench.engine.history(run.id)) == [0, 1, 2, 3]


def test_calls_of_a_run_are_executed_at_the_same_time(bench: Bench) -> None:
    both = threading.Barrier(2)
    bench.functions.function(name='fetch')(lambda x: both.wait(HANG_SECONDS) is None or x)

    assert bench.run(GATHER, count=2).status is RunStatus.SUCCEEDED


def test_async_functions_of_a_run_are_awaited_at_the_same_time(bench: Bench) -> None:
    arrived: list[int] = []
    both = asyncio.Event()

    @bench.functions.function
    async def fetch(x: int) -> str:
        arrived.append(x)
        if len(arrived) == 2:
            both.set()
        await both.wait()
        return current_call().idempotency_key

    run = bench.run(GATHER, count=2)

    assert run.output == [f'{run.id}/1', f'{run.id}/2']


@pytest.mark.parametrize('order', list(permutations(range(3))))
def test_calls_may_end_in_any_order_on_two_workers(bench: Bench, gate: Gate, order: tuple[int, ...]) -> None:
    run = bench.engine.submit(GATHER, inputs={'count': 3})
    # Neither can take all.
    with bench.having(bench.worker(concurrency=2), bench.worker(concurrency=2)):
        bench.wait_for(lambda: sorted(gate.begun) == [0, 1, 2])
        for place, x in enumerate(order):
            gate.open(x)
            bench.wait_for(lambda place=place: statuses(bench, run.id).count('done') == place + 1)  # type: ignore[misc]
        bench.wait_for(lambda: bench.engine.get(run.id).status is RunStatus.SUCCEEDED)

    assert bench.engine.result(run.id) == [0, 10, 20]
    assert gate.begun.count(0) == gate.begun.count(1) == gate.begun.count(2) == 1
    versions = [entry.version for entry in bench.engine.history(run.id)]
    assert versions == sorted(versions)
    assert bench.engine.get(run.id).version == versions[-1]


def test_a_hundred_calls_at_once_on_two_workers(bench: Bench) -> None:
    executed: list[int] = []
    bench.functions.function(name='fetch')(lambda x: executed.append(x) or x * 10)  # type: ignore[func-returns-value]
    run = bench.engine.submit(GATHER, inputs={'count': 100})

    with bench.having(bench.worker(), bench.worker()):
        bench.wait_for(lambda: bench.engine.get(run.id).status is RunStatus.SUCCEEDED)

    assert bench.engine.result(run.id) == [x * 10 for x in range(100)]
    assert sorted(executed) == list(range(100))


def test_nested_gathers_go_on_as_their_calls_end(bench: Bench) -> None:
    bench.functions.function(name='fetch')(lambda x: x + 1)
    source = """
import asyncio

async def chain(x):
    for _ in range(3):
        x = await fetch(x)
    return x

async def pair(x):
    return await asyncio.gather(chain(x), chain(x + 100))

await asyncio.gather(pair(0), pair(10), fetch(7))
"""

    run = bench.run(source)

    assert run.output == [[3, 103], [13, 113], 8]
    assert len(bench.engine.calls(run.id)) == 13
    assert [call.number for call in bench.engine.calls(run.id)] == list(range(1, 14))


def test_results_that_are_there_together_are_handed_over_in_one_step(bench: Bench) -> None:
    source = 'import asyncio\nawait asyncio.gather(*[asyncio.sleep(60) for _ in range(5)])\n"awake"'

    waiting = bench.run(source)
    bench.clock.advance(60)
    bench.worker().run_until_idle()

    run = bench.engine.get(waiting.id)
    assert waiting.waiting_for == '5 calls at once: 5 of asyncio.sleep (no worker is running)'
    assert (run.output, run.version) == ('awake', waiting.version + 1)
    assert {call.kind for call in bench.engine.calls(run.id)} == {CallKind.TIMER}


def test_a_sleep_of_asyncio_is_durable_and_never_early(bench: Bench) -> None:
    waiting = bench.run('import asyncio\nawait asyncio.sleep(3600)\n"awake"')
    bench.clock.advance(3599)
    bench.worker().run_until_idle()
    early = bench.engine.get(waiting.id)
    bench.clock.advance(1)
    bench.worker().run_until_idle()

    assert waiting.waiting_for == 'timer until 2030-01-01T01:00:00Z (no worker is running)'
    assert early.status is RunStatus.WAITING
    assert bench.engine.result(waiting.id) == 'awake'


def test_timers_that_are_due_together_go_on_in_their_order(bench: Bench) -> None:
    source = """
import asyncio
seen = []

async def sleep(seconds):
    await asyncio.sleep(seconds)
    seen.append(seconds)

await asyncio.gather(sleep(30), sleep(10), sleep(20))
seen
"""
    waiting = bench.run(source)
    bench.clock.advance(60)
    bench.worker().run_until_idle()

    assert bench.engine.result(waiting.id) == [10, 20, 30]


def test_wait_for_gives_up_a_slow_call_at_its_time(bench: Bench, gate: Gate) -> None:
    source = """
import asyncio
try:
    await asyncio.wait_for(fetch(1), 30)
except TimeoutError:
    text = 'too slow'
text
"""
    run = bench.engine.submit(source)
    with bench.having(bench.worker()):
        bench.wait_for(lambda: gate.begun == [1])
        bench.clock.advance(31)
        bench.wait_for(lambda: bench.engine.get(run.id).status is RunStatus.SUCCEEDED)
        gate.open(1)

    assert bench.engine.result(run.id) == 'too slow'
    call, timer = bench.engine.calls(run.id)
    assert (call.status, call.result, timer.status) == (CallStatus.CANCELLED, None, CallStatus.DONE)


def test_a_timer_that_is_not_needed_any_more_is_cancelled(bench: Bench) -> None:
    bench.functions.function(name='fetch')(lambda x: x)

    run = bench.run('import asyncio\nasync with asyncio.timeout(30):\n    x = await fetch(1)\nx')

    assert run.output == 1
    assert {call.function: call.status for call in bench.engine.calls(run.id)} == {
        'fetch': CallStatus.DONE,
        'asyncio.sleep': CallStatus.CANCELLED,
    }


def test_an_error_is_raised_where_the_script_awaits_it(bench: Bench) -> None:
    @bench.functions.function(retries=0)
    def fetch(x: int) -> int:
        if x == 1:
            raise KeyError('k')
        return x

    run = bench.run(
        'import asyncio\n'
        'found = await asyncio.gather(*[fetch(x) for x in range(3)], return_exceptions=True)\n'
        '[repr(each) for each in found]'
    )

    assert run.output == ['0', "KeyError('k')", '2']
    assert statuses(bench, run.id) == ['done', 'failed', 'done']


def test_one_of_several_calls_is_attempted_again_alone(bench: Bench) -> None:
    attempts: list[tuple[int, int]] = []

    @bench.functions.function(initial_delay_seconds=10)
    def fetch(x: int) -> int:
        attempts.append((x, current_call().attempt))
        if x == 1 and current_call().attempt < 3:
            raise ConnectionError('busy')
        return x

    waiting = bench.run(GATHER, count=3)
    for _ in range(2):
        bench.clock.advance(20)
        bench.worker().run_until_idle()

    assert waiting.waiting_for.startswith('call fetch (attempt 2) at 2030-01-01T00:00:')
    assert bench.engine.result(waiting.id) == [0, 1, 2]
    assert sorted(attempts) == [(0, 1), (1, 1), (1, 2), (1, 3), (2, 1)]


def test_the_calls_of_cancelled_tasks_are_cancelled_and_late_results_dropped(bench: Bench, gate: Gate) -> None:
    @bench.functions.function(retries=0)
    def fail() -> None:
        assert bench.engine.get(run.id)
        while len(gate.begun) < 2:
            threading.Event().wait(0.001)
        raise ValueError('no')

    source = """
import asyncio

async def wait(x):
    return await fetch(x)

async def failing():
    await fail()

try:
    async with asyncio.TaskGroup() as group:
        group.create_task(wait(1))
        group.create_task(wait(2))
        group.create_task(failing())
except* ValueError as errors:
    text = str(errors.exceptions[0])
text
"""
    run = bench.engine.submit(source)
    with bench.having(bench.worker()):
        bench.wait_for(lambda: bench.engine.get(run.id).status is RunStatus.SUCCEEDED)
        gate.open(1)
        gate.open(2)

    assert bench.engine.result(run.id) == 'no'
    assert statuses(bench, run.id) == ['cancelled', 'cancelled', 'failed']


def test_an_async_function_whose_call_is_given_up_is_cancelled(bench: Bench) -> None:
    begun, cancelled = threading.Event(), threading.Event()

    @bench.functions.function
    async def hang() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.set()
            raise

    run = bench.engine.submit(
        'import asyncio\ntry:\n    await asyncio.wait_for(hang(), 5)\nexcept TimeoutError:\n    x = 1\nx'
    )
    with bench.having(bench.worker()):
        assert begun.wait(HANG_SECONDS)
        bench.clock.advance(6)
        assert cancelled.wait(HANG_SECONDS)
        bench.wait_for(lambda: bench.engine.get(run.id).status is RunStatus.SUCCEEDED)

    assert bench.engine.result(run.id) == 1


def test_calls_that_nobody_awaits_end_with_the_run(bench: Bench, gate: Gate) -> None:
    source = 'import asyncio\ntask = asyncio.ensure_future(fetch(1))\nawait asyncio.sleep(10)\n"over"'
    run = bench.engine.submit(source)
    with bench.having(bench.worker()):
        bench.wait_for(lambda: gate.begun == [1])
        bench.clock.advance(10)
        bench.wait_for(lambda: bench.engine.get(run.id).status is RunStatus.SUCCEEDED)
        gate.open(1)

    assert {call.function: call.status.value for call in bench.engine.calls(run.id)} == {
        'fetch': 'cancelled',
        'asyncio.sleep': 'done',
    }


BESIDE = """
import asyncio, time

async def slow():
    return await fetch(1)

async def main():
    task = asyncio.create_task(slow())
    await asyncio.sleep(1)
    time.sleep(100)
    return await task

await main()
"""


@pytest.mark.parametrize('restarts', [False, True])
def test_a_result_that_the_script_cannot_take_yet_is_recorded_until_it_can(
    bench: Bench, gate: Gate, restarts: bool
) -> None:
    run = bench.engine.submit(BESIDE)
    worker = bench.worker()
    with bench.having(worker):
        bench.wait_for(lambda: gate.begun == [1])
        bench.clock.advance(1)
        bench.wait_for(lambda: 'time.sleep' in [call.function for call in bench.engine.calls(run.id)])
        gate.open(1)
        bench.wait_for(lambda: 'ready' in statuses(bench, run.id))
        waiting = bench.engine.get(run.id).waiting_for
        if not restarts:
            bench.clock.advance(100)
            bench.wait_for(lambda: bench.engine.get(run.id).status is RunStatus.SUCCEEDED)
    if restarts:
        bench.clock.advance(100)
        bench.worker().run_until_idle()

    assert waiting == 'timer until 2030-01-01T00:01:41Z'
    assert bench.engine.result(run.id) == 10
    assert gate.begun == [1]
    assert [(call.status, call.attempts) for call in bench.engine.calls(run.id)] == [(CallStatus.DONE, 1)] * 3


def test_a_recorded_error_is_the_one_that_the_script_gets(bench: Bench) -> None:
    @bench.functions.function(retries=0)
    def fetch(x: int) -> int:
        raise KeyError('k', x)

    source = BESIDE.replace('return await task', 'return repr((await asyncio.gather(task, return_exceptions=True))[0])')
    waiting = bench.run(source)
    for seconds in (1, 100):
        bench.clock.advance(seconds)
        bench.worker().run_until_idle()

    assert waiting.waiting_for == 'timer until 2030-01-01T00:00:01Z (no worker is running)'
    assert bench.engine.result(waiting.id) == "KeyError('k', 1)"


def test_a_failed_run_goes_on_from_its_failed_calls(bench: Bench) -> None:
    works: list[bool] = []
    executed: list[int] = []

    @bench.functions.function(retries=0)
    def fetch(x: int) -> int:
        executed.append(x)
        if x == 2 and not works:
            raise ValueError('not yet')
        return x

    failed = bench.run(
        'import asyncio\nfirst = await asyncio.gather(fetch(0), fetch(1))\nfirst + await asyncio.gather(fetch(2), fetch(3))'
    )
    works.append(True)
    retried = bench.engine.retry(failed.id)
    bench.worker().run_until_idle()

    assert (failed.status, retried.status) == (RunStatus.FAILED, RunStatus.WAITING)
    assert bench.engine.result(failed.id) == [0, 1, 2, 3]
    assert (executed.count(0), executed.count(1), executed.count(2)) == (1, 1, 2)


def test_the_other_calls_of_a_run_that_fails_are_held_until_a_retry(bench: Bench, gate: Gate) -> None:
    answers: list[str] = []

    @bench.functions.function(retries=0)
    def fail() -> str:
        if not answers:
            raise ValueError('no')
        return answers[0]

    run = bench.engine.submit('import asyncio\nawait asyncio.gather(fetch(1), fail())')
    with bench.having(bench.worker()):
        bench.wait_for(lambda: bench.engine.get(run.id).status is RunStatus.FAILED)
        held = statuses(bench, run.id)
        gate.open(1)
    late = statuses(bench, run.id)
    answers.append('yes')
    bench.engine.retry(run.id)
    bench.worker().run_until_idle()

    assert held == late == ['held', 'failed']
    assert bench.engine.result(run.id) == [10, 'yes']


def test_a_call_that_fails_after_its_run_has_failed_leaves_its_place(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    ends = threading.Event()

    @bench.functions.function(retries=0)
    def fail(x: int) -> None:
        assert x == 0 or ends.wait(120)
        raise ValueError(x)

    run = bench.engine.submit('import asyncio\nawait asyncio.gather(fail(0), fail(1))')
    with bench.having(bench.worker(concurrency=2)):
        bench.wait_for(lambda: bench.engine.get(run.id).status is RunStatus.FAILED)
        ends.set()
        # They need both places.
        both = threading.Barrier(2)
        bench.functions.function(name='meet')(lambda: both.wait(120))
        others = bench.engine.submit('import asyncio\nawait asyncio.gather(meet(), meet())\n1')
        bench.wait_for(lambda: bench.engine.get(others.id).status is RunStatus.SUCCEEDED)

    assert statuses(bench, run.id) == ['failed', 'held']
    assert [record.message for record in caplog.records if record.levelname == 'ERROR'] == []


@pytest.mark.parametrize('place', ['before the step', 'after the commit'])
def test_a_run_at_which_the_engine_itself_fails_goes_back_and_keeps_no_place(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, place: str
) -> None:
    bench.functions.function(name='fetch')(lambda x: x)
    broken = bench.engine.submit(GATHER, inputs={'count': 2})
    other = bench.engine.submit('fetch(1)')
    owner, name = (Advancer, 'settle') if place == 'before the step' else (LiveRun, 'went_on')
    real = getattr(owner, name)

    def fail(self: Any, first: Any, *others: Any) -> Any:
        if broken.id in (getattr(self, 'id', None), getattr(first, 'id', None)):
            raise KeyError('an error of the engine')
        return real(self, first, *others)

    monkeypatch.setattr(owner, name, fail)
    bench.work(concurrency=2)
    answer = bench.engine.result(other.id)
    monkeypatch.undo()
    bench.clock.advance(60)
    bench.work(concurrency=2)

    assert answer == 1
    assert bench.engine.result(broken.id) == [0, 1]
    assert {record.message for record in caplog.records if record.levelname == 'ERROR'} == {
        f'run {broken.id} is given up by this worker; this is an error of the engine'
    }


def test_an_error_of_the_engine_holds_all_calls_until_a_retry(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.functions.function(name='fetch')(lambda x: x)

    def fail(*_: Any) -> Any:
        raise MemoryError('none left')

    monkeypatch.setattr(stepping, 'resume_some', fail)
    run = bench.engine.submit(GATHER, inputs={'count': 3})
    bench.worker(max_setbacks=1, concurrency=1).run_until(run.id)
    paused = bench.engine.get(run.id)
    held = statuses(bench, run.id)
    monkeypatch.undo()
    bench.engine.retry(run.id)
    bench.worker().run_until_idle()

    assert (paused.status, str(paused.error)) == (RunStatus.PAUSED, 'MemoryError: none left')
    assert held == ['held'] * 3
    assert bench.engine.result(run.id) == [0, 1, 2]


def test_terminating_a_run_cancels_all_its_calls(bench: Bench, gate: Gate) -> None:
    run = bench.engine.submit(GATHER, inputs={'count': 3})
    with bench.having(bench.worker(concurrency=2)):
        bench.wait_for(lambda: len(gate.begun) == 2)
        bench.engine.terminate(run.id)
        for x in range(3):
            gate.open(x)

    assert bench.engine.get(run.id).status is RunStatus.CANCELLED
    assert statuses(bench, run.id) == ['cancelled'] * 3


def test_a_cancelled_run_is_told_so_at_all_its_calls_and_may_clean_up(bench: Bench) -> None:
    cleaned: list[str] = []
    bench.functions.function(name='clean')(cleaned.append)
    source = """
import asyncio, flow

async def fetching(x):
    try:
        return await fetch(x)
    except flow.Cancelled:
        clean(x)
        raise

await asyncio.gather(fetching('a'), fetching('b'), asyncio.sleep(1000))
"""
    waiting = bench.run(source)
    bench.engine.cancel(waiting.id)
    bench.worker().run_until_idle()

    run = bench.engine.get(waiting.id)
    assert run.status is RunStatus.CANCELLED
    assert sorted(cleaned) == ['a', 'b']
    assert {call.status.value for call in bench.engine.calls(run.id) if call.function != 'clean'} == {'cancelled'}


def test_a_paused_run_records_what_ends_and_begins_nothing(bench: Bench, gate: Gate) -> None:
    run = bench.engine.submit('import asyncio\nfound = await asyncio.gather(fetch(0), fetch(1))\nawait fetch(2)\nfound')
    with bench.having(bench.worker()):
        bench.wait_for(lambda: len(gate.begun) == 2)
        bench.engine.pause(run.id)
        gate.open(0)
        bench.wait_for(lambda: 'done' in statuses(bench, run.id))
        between = bench.engine.get(run.id).status
        gate.open(1)
        bench.wait_for(lambda: statuses(bench, run.id) == ['done', 'done', 'held'])
        bench.engine.resume(run.id)
        gate.open(2)
        bench.wait_for(lambda: bench.engine.get(run.id).status is RunStatus.SUCCEEDED)

    assert between is RunStatus.PAUSED
    assert bench.engine.result(run.id) == [0, 10]
    assert gate.begun == [0, 1, 2] or gate.begun == [1, 0, 2]


def test_a_transactional_function_beside_other_calls_writes_once(bench: Bench) -> None:
    executed: list[int] = []

    @bench.functions.function(transactional=True)
    def prepare() -> None:
        current_call().connection.execute('CREATE TABLE written (x integer)')

    @bench.functions.function(transactional=True)
    def write(x: int) -> int:
        executed.append(x)
        current_call().connection.execute(f'INSERT INTO written VALUES ({x})')
        return x

    run = bench.run('import asyncio\nprepare()\nawait asyncio.gather(*[write(x) for x in range(5)])')

    assert run.output == [0, 1, 2, 3, 4]
    assert sorted(executed) == [0, 1, 2, 3, 4]
    assert [call.attempts for call in bench.engine.calls(run.id)] == [1] * 6


def test_a_worker_that_stops_hands_back_the_calls_that_it_has_not_begun(bench: Bench, gate: Gate) -> None:
    run = bench.engine.submit(GATHER, inputs={'count': 3})
    with bench.having(bench.worker(concurrency=2)):
        bench.wait_for(lambda: len(gate.begun) == 2)
        for x in gate.begun:
            gate.open(x)
    left = statuses(bench, run.id)
    gate.open(2)
    bench.worker().run_until_idle()

    assert left.count('pending') <= 1
    assert bench.engine.result(run.id) == [0, 10, 20]


def test_calls_whose_lease_was_lost_are_executed_again_and_late_results_dropped(bench: Bench, gate: Gate) -> None:
    run = bench.engine.submit(GATHER, inputs={'count': 2})
    store = open_store(bench.url, bench.clock)
    # With no place left it claims nothing under the session that is gone.
    with bench.having(bench.worker(poll_seconds=30, concurrency=2)):
        bench.wait_for(lambda: len(gate.begun) == 2)
        # Not by the clock: the first worker might renew its lease before anybody ends it.
        with store.transaction():
            lose_session(store, bench.engine.workers()[0].session)
        store.close()
        second = threading.Thread(target=bench.worker().run_until, args=(run.id,))
        second.start()
        bench.wait_for(lambda: len(gate.begun) == 4)
        gate.open(0)
        gate.open(1)
        second.join(HANG_SECONDS)
        assert not second.is_alive()

    assert bench.engine.result(run.id) == [0, 10]
    assert [call.attempts for call in bench.engine.calls(run.id)] == [2, 2]
    assert [entry.call_status for entry in bench.engine.history(run.id)] == [CallStatus.DONE] * 3


def test_the_state_in_between_can_be_looked_at(bench: Bench, gate: Gate) -> None:
    run = bench.engine.submit(GATHER, inputs={'count': 2})
    with bench.having(bench.worker()):
        bench.wait_for(lambda: len(gate.begun) == 2)
        gate.open(1)
        bench.wait_for(lambda: 'done' in statuses(bench, run.id))
        state = bench.engine.snapshot(run.id)
        gate.open(0)
        bench.wait_for(lambda: bench.engine.get(run.id).status is RunStatus.SUCCEEDED)

    assert isinstance(state, FutureSnapshot)
    assert [call.args for call in state.pending] == [(0,)]
    assert [frame.function for frame in state.frames] == ['<module>', 'main']
    assert [step.number for step in bench.engine.steps(run.id)] == [1, 2]


def test_a_run_goes_to_another_database_with_calls_under_way(bench: Bench, tmp_path: Any, clock: ManualClock) -> None:
    ring = KeyRing({'first': b'f' * 32})
    others = Functions()
    others.function(name='fetch')(lambda x: x * 10)
    run = bench.engine.submit(GATHER, inputs={'count': 3})
    bench.worker(keys=ring).run_until_idle()

    with (
        Engine(bench.url, keys=ring) as engine,
        Engine(f'sqlite:///{tmp_path}/other.db', clock=clock, keys=ring) as other,
    ):
        other.import_run(engine.export(run.id))
        Worker(other.url, others, clock=clock, keys=ring).run_until(run.id)

        assert other.result(run.id) == [0, 10, 20]


def test_calls_that_different_workers_serve_end_a_gather_together(bench: Bench) -> None:
    first, second = Functions(), Functions()
    first.function(name='f')(lambda x: x + 1)
    second.function(name='g')(lambda x: x * 10)
    run = bench.engine.submit('import asyncio\nawait asyncio.gather(f(1), g(2), f(3))')

    bench.worker(first).run_until_idle()
    waiting = bench.engine.get(run.id).waiting_for
    bench.worker(second).run_until_idle()

    assert waiting == 'call g (attempt 1): no worker is running'
    assert bench.engine.result(run.id) == [2, 20, 4]


def test_a_worker_decodes_nothing_while_it_has_all_calls_of_a_run(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    loads: list[Any] = []
    monkeypatch.setattr(stepping, 'load_snapshot', lambda *given: loads.append(given))
    bench.functions.function(name='fetch')(lambda x: x)

    run = bench.run(GATHER, count=10)

    assert run.output == list(range(10))
    assert loads == []


def test_no_more_calls_are_in_hand_than_there_are_places(bench: Bench) -> None:
    lock = threading.Lock()
    now: list[int] = [0, 0]

    @bench.functions.function
    def fetch(x: int) -> int:
        with lock:
            now[0] += 1
            now[1] = max(now)
        threading.Event().wait(0.001)
        with lock:
            now[0] -= 1
        return x

    run = bench.engine.submit(GATHER, inputs={'count': 40})
    bench.worker(concurrency=3).run_until(run.id)

    assert bench.engine.result(run.id) == list(range(40))
    assert now[1] <= 3


def test_a_call_that_takes_its_workers_with_it_pauses_the_run_and_holds_the_others(bench: Bench) -> None:
    executed: list[int] = []
    waiting = bench.run(GATHER, count=2)
    lost = open_store(bench.url, bench.clock)
    for number in range(2):
        with lost.transaction():
            lost.open_session(f'lost {number}', 'lost', [], SECOND)
            claims = lost.claim(f'lost {number}', frozenset({'fetch'}), 2)
            lose_session(lost, f'lost {number}')
    lost.close()
    bench.functions.function(name='fetch')(lambda x: executed.append(x))
    bench.worker(max_setbacks=2, concurrency=1).run_until(waiting.id)

    run = bench.engine.get(waiting.id)
    assert len(claims) == 2
    assert run.status is RunStatus.PAUSED
    assert str(run.error) == 'RuntimeError: the call was begun 2 times and never came to an end'
    assert statuses(bench, run.id) == ['held', 'held']
    assert executed == []


def test_a_call_that_fails_after_its_run_has_failed_is_dropped(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    begun, failed = threading.Event(), threading.Event()
    errors: list[str] = []

    @bench.functions.function(name='fetch', retries=5, initial_delay_seconds=0)
    def fetch(x: int) -> int:
        if x == 1:
            assert begun.wait(20)
            raise ArithmeticError(x)
        begun.set()
        assert failed.wait(20)
        errors.append('raised')
        raise ConnectionError(x)

    bench.functions.function(name='refuse', retries=0)(fetch)
    run = bench.engine.submit('import asyncio\nawait asyncio.gather(fetch(0), refuse(1))')
    with bench.at_work():
        ended = bench.engine.wait(run.id, timeout_seconds=20)
        failed.set()

    assert (ended.status, str(ended.error)) == (RunStatus.FAILED, 'ArithmeticError: 1')
    assert statuses(bench, run.id) == ['held', 'failed']
    assert errors == ['raised']
    assert 'could not be written' not in caplog.text
