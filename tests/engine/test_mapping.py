"""`flow.map`: a function over items, each of which is a call of the run by itself."""

from __future__ import annotations

import asyncio
import signal
import threading
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

import pytest

from monty_flow.engine import CallKind, CallStatus, Engine, RunStatus, current_call, mapping
from tests.engine.bench import Bench
from tests.engine.test_kill import LINE, executions, recorded_results
from tests.engine.worker_process import started, wait_for_effects

MAP = 'import flow\nflow.map(double, range(count), concurrency=width)'
GATHERED = 'import flow\n[str(found) for found in flow.map(double, range(count), return_exceptions=True)]'


@pytest.fixture
def seen(bench: Bench) -> list[int]:
    """Return what `double` was called with; it fails for what is in `bad`."""
    found: list[int] = []
    bad: set[int] = bench.__dict__.setdefault('bad', set())

    @bench.functions.function(name='double', retries=0)
    def double(x: int) -> int:
        found.append(x)
        if x in bad:
            raise ValueError('bad', x)
        return 2 * x

    return found


def items(bench: Bench, run_id: str) -> list[tuple[int | None, str]]:
    return [(call.item, call.status.value) for call in bench.engine.calls(run_id) if call.part_of is not None]


def test_each_item_is_a_call_and_the_results_are_in_their_order(bench: Bench, seen: list[int]) -> None:
    run = bench.run(MAP, count=25, width=4)
    calls = bench.engine.calls(run.id)

    assert run.output == [2 * x for x in range(25)]
    assert sorted(seen) == list(range(25))
    assert (calls[0].kind, calls[0].function, calls[0].status) == (CallKind.MAP, 'flow.map', CallStatus.DONE)
    assert [(call.part_of, call.item, call.args, call.result) for call in calls[1:]] == [
        (1, x, (x,), 2 * x) for x in range(25)
    ]


def test_any_iterable_may_give_the_items_and_calls_may_be_made_within_it(bench: Bench, seen: list[int]) -> None:
    run = bench.run(
        'import flow\n'
        'def found():\n    yield 1\n    yield double(5)\n'
        "[flow.map(double, found()), flow.map('double', {3: None}), flow.map(double, [])]"
    )

    assert run.output == [[2, 20], [6], []]


def test_no_more_items_are_under_way_than_was_asked_for(bench: Bench) -> None:
    most, now, lock = [0], [0], threading.Lock()
    full = threading.Barrier(3, timeout=20)

    @bench.functions.function(name='double')
    def double(x: int) -> int:
        with lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
        full.wait()
        with lock:
            now[0] -= 1
        return 2 * x

    run = bench.engine.submit(MAP, inputs={'count': 9, 'width': 3})
    with bench.working(run.id):
        pass

    assert bench.engine.result(run.id) == [2 * x for x in range(9)]
    assert most == [3]


def test_a_map_writes_no_state_for_its_items(bench: Bench, seen: list[int]) -> None:
    run = bench.run(MAP, count=300, width=10)
    history = bench.engine.history(run.id)

    assert run.status is RunStatus.SUCCEEDED
    assert [entry.number for entry in history if entry.snapshot_bytes] == [0]
    assert bench.engine.get(run.id).step == 1


def test_no_commit_begins_more_items_than_the_concurrency(bench: Bench, seen: list[int]) -> None:
    bench.engine.submit(MAP, inputs={'count': 5000, 'width': 20})
    rows = []
    for _ in range(2):
        # By a worker that serves no function: it begins the first items and can execute none.
        bench.worker(type(bench.functions)()).run_until_idle()
        [run] = bench.engine.list()
        rows.append(len(items(bench, run.id)))

    assert rows == [20, 20]


def test_each_item_has_retries_of_its_own(bench: Bench) -> None:
    tried: Counter[int] = Counter()

    @bench.functions.function(name='double', retries=3, initial_delay_seconds=0)
    def double(x: int) -> int:
        tried[x] += 1
        if tried[x] <= x % 3:
            raise ConnectionError('not yet')
        return 2 * x

    run = bench.run(MAP, count=10, width=3)

    assert run.output == [2 * x for x in range(10)]
    assert [call.failures for call in bench.engine.calls(run.id)[1:]].count(0) == 4
    assert tried == {x: x % 3 + 1 for x in range(10)}


def test_the_first_failure_is_raised_at_once_and_the_rest_is_not_begun(bench: Bench, seen: list[int]) -> None:
    bench.__dict__['bad'].add(3)
    run = bench.run(
        'import flow\ntry:\n    flow.map(double, range(1000), concurrency=2)\nexcept ValueError as error:\n    found = error.args\nfound'
    )
    calls = bench.engine.calls(run.id)

    assert run.output == ('bad', 3)
    # Two at once, and what was begun before the failure was recorded.
    assert max(seen) < 20
    assert calls[0].status is CallStatus.FAILED
    assert all(call.status in (CallStatus.DONE, CallStatus.FAILED, CallStatus.CANCELLED) for call in calls)


def test_a_failure_cancels_the_items_in_execution(bench: Bench) -> None:
    begun, told = threading.Event(), threading.Event()

    @bench.functions.function(name='double', retries=0)
    def double(x: int) -> int:
        if x == 0:
            begun.set()
            if current_call().wait_cancelled(20):
                told.set()
            return 0
        assert begun.wait(20)
        raise ValueError(x)

    run = bench.engine.submit(MAP, inputs={'count': 10, 'width': 2})
    with bench.working(run.id):
        pass
    ended = bench.engine.get(run.id)

    assert (ended.status, str(ended.error)) == (RunStatus.FAILED, 'ValueError: 1')
    assert told.is_set()
    assert items(bench, run.id) == [(0, 'cancelled'), (1, 'failed')]


def test_all_errors_are_results_where_that_is_asked_for(bench: Bench, seen: list[int]) -> None:
    bench.__dict__['bad'].update({1, 4})
    run = bench.run(GATHERED, count=6)

    assert run.output == ['0', "('bad', 1)", '4', '6', "('bad', 4)", '10']


def test_errors_among_the_results_are_what_a_call_would_have_raised(bench: Bench) -> None:
    class Own(Exception):
        pass

    def double(x: int) -> int:
        raise [KeyError('k'), Own('text'), OSError(2, 'gone')][x]

    bench.functions.function(name='double', retries=0)(double)
    run = bench.run(
        'import flow\n'
        'found = flow.map(double, range(3), return_exceptions=True)\n'
        '[(type(error).__name__, str(error), error.args) for error in found] + [found[2].errno]'
    )

    assert run.output == [
        ('KeyError', "'k'", ('k',)), ('Exception', 'Own: text', ('Own: text',)), ('FileNotFoundError', '[Errno 2] gone', (2, 'gone')), 2,
    ]  # fmt: skip


def test_a_run_that_is_tried_again_executes_only_items_without_a_result(bench: Bench, seen: list[int]) -> None:
    bench.__dict__['bad'].add(7)
    run = bench.run(MAP, count=20, width=2)
    assert run.status is RunStatus.FAILED
    before = set(seen) - {7}
    seen.clear()
    bench.__dict__['bad'].clear()
    bench.engine.retry(run.id)
    bench.work()

    assert bench.engine.result(run.id) == [2 * x for x in range(20)]
    assert before.isdisjoint(seen)
    assert len(seen) == len(set(seen))


def test_a_run_that_is_tried_again_executes_the_items_anew_whose_errors_were_results(
    bench: Bench, seen: list[int]
) -> None:
    bench.__dict__['bad'].update(range(0, 40, 2))
    run = bench.run('import flow\nsum(flow.map(double, range(count), concurrency=3, return_exceptions=True))', count=40)
    assert (run.status, run.error.type) == (RunStatus.FAILED, 'TypeError')
    seen.clear()
    bench.__dict__['bad'].clear()
    bench.engine.retry(run.id)
    bench.work()

    assert bench.engine.result(run.id) == sum(2 * x for x in range(40))
    assert sorted(seen) == list(range(0, 40, 2))


def test_a_paused_run_begins_no_items_and_goes_on_with_the_next_one(bench: Bench) -> None:
    begun: list[int] = []
    let = threading.Semaphore(0)

    @bench.functions.function(name='double')
    def double(x: int) -> int:
        begun.append(x)
        assert let.acquire(timeout=20)
        return 2 * x

    run = bench.engine.submit(MAP, inputs={'count': 12, 'width': 2})
    with bench.at_work():
        bench.wait_for(lambda: len(begun) == 2)
        bench.engine.pause(run.id)
        let.release(2)
        bench.wait_for(lambda: items(bench, run.id).count((0, 'done')) + items(bench, run.id).count((1, 'done')) == 2)
        paused = sorted(begun)
        let.release(100)
        bench.engine.resume(run.id)
        assert bench.engine.wait(run.id, timeout_seconds=20).output == [2 * x for x in range(12)]

    assert paused == [0, 1]
    assert sorted(begun) == list(range(12))


def test_a_cancelled_run_is_told_in_the_midst_of_a_map_and_begins_no_more_items(bench: Bench) -> None:
    begun: list[int] = []
    let, notes = threading.Event(), []

    @bench.functions.function(name='double')
    def double(x: int) -> int:
        begun.append(x)
        let.wait(20)
        return 2 * x

    bench.functions.function(name='note')(notes.append)
    run = bench.engine.submit(
        "import flow\ntry:\n    flow.map(double, range(1000), concurrency=2)\nexcept flow.Cancelled:\n    note('told')"
    )
    with bench.at_work():
        bench.wait_for(lambda: len(begun) == 2)
        bench.engine.cancel(run.id, grace_seconds=1000)
        let.set()
        ended = bench.engine.wait(run.id, timeout_seconds=20)

    assert (ended.status, ended.error) == (RunStatus.CANCELLED, None)
    assert (notes, len(begun)) == (['told'], 2)
    assert all(status in ('done', 'cancelled') for _, status in items(bench, run.id))


def test_a_run_is_ended_by_force_in_the_midst_of_a_map(bench: Bench, seen: list[int]) -> None:
    bench.engine.submit(MAP, inputs={'count': 100, 'width': 5})
    bench.worker(type(bench.functions)()).run_until_idle()
    [run] = bench.engine.list()
    bench.engine.terminate(run.id)

    assert bench.engine.get(run.id).status is RunStatus.CANCELLED
    assert set(items(bench, run.id)) == {(x, 'cancelled') for x in range(5)}


def test_maps_go_on_beside_other_tasks(bench: Bench, seen: list[int]) -> None:
    run = bench.run(
        'import asyncio, flow\n'
        'async def total(n):\n    return sum(await flow.map(double, range(n), concurrency=3))\n'
        'await asyncio.gather(total(10), double(100), total(20), flow.map(double, [7]))'
    )

    assert run.output == [90, 200, 380, [14]]
    assert len(seen) == 32


def test_a_map_that_a_task_gives_up_has_its_items_given_up(bench: Bench) -> None:
    begun = threading.Event()

    @bench.functions.function(name='double')
    async def double(x: int) -> int:
        begun.set()
        await asyncio.sleep(30)
        return 2 * x

    run = bench.engine.submit(
        'import asyncio, flow\n'
        'async def main():\n'
        '    task = asyncio.create_task(flow.map(double, range(100), concurrency=2))\n'
        '    await ready()\n'
        '    task.cancel()\n'
        "    return 'given up'\n"
        'await main()'
    )
    bench.functions.function(name='ready')(lambda: begun.wait(20) and None)
    with bench.working(run.id):
        pass

    assert bench.engine.result(run.id) == 'given up'
    assert set(items(bench, run.id)) == {(0, 'cancelled'), (1, 'cancelled')}


def test_a_failing_map_in_a_task_leaves_the_others_alone(bench: Bench, seen: list[int]) -> None:
    bench.__dict__['bad'].add(0)
    run = bench.run(
        'import asyncio, flow\n'
        'found = await asyncio.gather(\n'
        '    flow.map(double, [0, 1]), flow.map(double, range(1, 30), concurrency=2), return_exceptions=True\n'
        ')\n'
        '[str(found[0]), sum(found[1])]'
    )

    assert run.output == ["('bad', 0)", sum(2 * x for x in range(1, 30))]


def test_a_failed_task_lets_a_map_beside_it_go_on_when_the_run_is_tried_again(bench: Bench, seen: list[int]) -> None:
    bench.__dict__['bad'].add(500)
    run = bench.run(
        'import asyncio, flow\nfound = await asyncio.gather(flow.map(double, range(60), concurrency=3), double(500))\nfound'
    )
    assert run.status is RunStatus.FAILED
    bench.__dict__['bad'].clear()
    bench.engine.retry(run.id)
    bench.work()

    assert bench.engine.result(run.id) == [[2 * x for x in range(60)], 1000]
    assert max(Counter(seen).values()) <= 2
    assert sum(Counter(seen).values()) <= 66


def test_a_map_may_wait_for_approvals_and_be_cached_and_limited(bench: Bench) -> None:
    bench.functions.function(name='double', requires_approval=True)(lambda x: 2 * x)
    bench.functions.function(name='same', cache_seconds=100)(lambda x: x)
    run = bench.run('import flow\n[flow.map(double, [1, 2], concurrency=2), flow.map(same, [3, 3, 3])]')
    for asked in bench.engine.approvals(run.id):
        bench.engine.approve(run.id, asked.call)
    bench.work()

    assert bench.engine.result(run.id) == [[2, 4], [3, 3, 3]]


def test_two_workers_share_the_items(bench: Bench) -> None:
    here: Counter[str] = Counter()
    both = threading.Barrier(2, timeout=20)

    def doubling(name: str) -> Any:
        def double(x: int) -> int:
            here[name] += 1
            if x < 2:
                both.wait()
            return 2 * x

        return double

    first, second = type(bench.functions)(), type(bench.functions)()
    first.function(name='double')(doubling('first'))
    second.function(name='double')(doubling('second'))
    run = bench.engine.submit(MAP, inputs={'count': 200, 'width': 4})
    with bench.having(bench.worker(first, concurrency=1), bench.worker(second, concurrency=1)):
        ended = bench.engine.wait(run.id, timeout_seconds=60)

    assert ended.output == [2 * x for x in range(200)]
    assert sum(here.values()) == 200
    assert set(here) == {'first', 'second'}


def test_a_map_is_one_step_for_who_looks_back_and_a_fork_of_it_makes_its_items_anew(
    bench: Bench, seen: list[int]
) -> None:
    run = bench.run('import flow\nfirst = double(1)\nfound = flow.map(double, range(6))\nsum(found) + first')
    seen.clear()
    anew = bench.engine.fork(run.id, at=2).run
    given = bench.engine.fork(run.id, at=2, result={'results': [1, 2], 'errors': []}).run
    bench.work()
    steps = [step.number for step in bench.engine.steps(run.id)]

    assert steps == [1, 2]
    assert bench.engine.result(run.id) == bench.engine.result(anew.id) == 32
    assert bench.engine.result(given.id) == 5
    assert sorted(seen) == list(range(6))
    assert [call.function for call in bench.engine.calls(given.id)] == ['double', 'flow.map']


def test_a_fork_after_a_map_has_its_items(bench: Bench, seen: list[int]) -> None:
    run = bench.run('import flow\nfound = flow.map(double, range(6))\ndouble(100)\nsum(found)')
    seen.clear()
    forked = bench.engine.fork(run.id, at=2).run
    bench.work()

    assert bench.engine.result(forked.id) == 30
    assert seen == [100]
    assert items(bench, forked.id) == [(x, 'done') for x in range(6)]


@pytest.mark.parametrize(
    ('call', 'error'),
    [
        ('flow.map(len, [1])', 'TypeError: flow.map() takes a function that the workers provide, or its name, not '),
        ("flow.map('double', 5)", "TypeError: 'int' object is not iterable"),
        ("flow.map('double', [1], concurrency=0)", 'ValueError: flow.map(): concurrency is 0; give a number from 1 to 1000'),
        ("flow.map('double', [1], concurrency=1.5)", 'TypeError: flow.map() takes the concurrency as a whole number, not float'),
        ("flow.map('time.sleep', [1])", "ValueError: flow.map() takes a function that workers provide, not 'time.sleep'"),
        ("flow.map('a\\0b', [1])", "ValueError: flow.map() takes a function that workers provide, not 'a\\x00b'"),
        ("flow.map('rate@1', [1])", "ValueError: flow.map() takes a function that workers provide, not 'rate@1'"),
        ("flow.map('x' * 201, [1])", "ValueError: flow.map() takes a function that workers provide, not 'xxx"),
        ("flow.map('double', range(5), concurrency=1001)", 'ValueError: flow.map(): concurrency is 1001; give a number from 1 to 1000'),
    ],
)  # fmt: skip
def test_wrong_arguments_are_errors_of_the_script(bench: Bench, seen: list[int], call: str, error: str) -> None:
    run = bench.run(f'import flow\n{call}')

    assert (run.status, seen) == (RunStatus.FAILED, [])
    assert str(run.error).startswith(error)


def test_a_map_of_too_many_items_is_refused(bench: Bench, seen: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mapping, 'MAX_ITEMS', 10)
    at_it, over_it = bench.run(MAP, count=10, width=1), bench.run(MAP, count=11, width=1)

    assert at_it.output == [2 * x for x in range(10)]
    assert str(over_it.error) == 'ValueError: flow.map(): 11 items are more than 10; map some of them at a time'


def test_a_worker_keeps_no_more_items_decoded_than_it_may(
    bench: Bench, seen: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mapping, 'KEPT_ITEMS', 10)
    maps = [bench.engine.submit(MAP, inputs={'count': 8, 'width': 2}).id for _ in range(3)]
    bench.work()

    assert [bench.engine.result(run_id) for run_id in maps] == [[2 * x for x in range(8)]] * 3


def test_what_a_map_waits_for_is_told_by_its_items(bench: Bench, seen: list[int]) -> None:
    run = bench.engine.submit(MAP, inputs={'count': 100, 'width': 5})
    bench.worker(type(bench.functions)()).run_until_idle()

    assert bench.engine.get(run.id).waiting_for == '5 calls at once: 5 of double (no worker is running)'


def test_workers_killed_at_random_moments_lose_no_item_and_repeat_no_recorded_one(url: str, tmp_path: Path) -> None:
    random = Random(11)
    count, kills = 1000, 5
    with Engine(url) as engine:
        run = engine.submit('import flow\nflow.map(draw, range(count), concurrency=8)', inputs={'count': count})
        known: dict[str, int] = {}
        known_executions: Counter[str] = Counter()
        in_the_middle = 0
        for kill in range(kills):
            with started(url, tmp_path) as one, started(url, tmp_path) as two:
                wait_for_effects(one, tmp_path, int(count * LINE * (kill + random.random()) / (2 * kills)))
                for process in (one, two):
                    process.send_signal(signal.SIGKILL)
                    process.wait(10)
            results, counts = recorded_results(engine, [run.id]), executions(tmp_path)
            assert {key: results.get(key) for key in known} == known
            assert {key: counts[key] for key in known} == {key: known_executions[key] for key in known}
            known, known_executions = results, counts
            in_the_middle += 0 < len(results) < count

        with started(url, tmp_path) as process:
            ended = engine.wait(run.id, timeout_seconds=60)
            process.send_signal(signal.SIGTERM)
            assert process.wait(10) == 0

        calls = engine.calls(run.id)
        done = {call.item: call.result for call in calls if call.part_of == 1 and call.status is CallStatus.DONE}
        assert in_the_middle
        assert ended.output == [done[item] for item in range(count)]
        assert len([call for call in calls if call.part_of == 1]) == count
        assert {key: executions(tmp_path)[key] for key in known} == {key: known_executions[key] for key in known}
