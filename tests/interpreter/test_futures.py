"""Stopped for several calls at once: what the host sees, and what it may answer."""

from __future__ import annotations

import asyncio

import pytest

from monty_flow import (
    BoundaryError,
    Complete,
    FutureSnapshot,
    LimitError,
    Monty,
    MontyRuntimeError,
    PendingCall,
    Raised,
    ResourceLimits,
    Returned,
    Snapshot,
    SnapshotError,
    load,
)
from monty_flow.interpreter.compiler.build import compile_program
from monty_flow.interpreter.runtime.namespace import plan_of
from monty_flow.interpreter.runtime.pause import CallRequest
from monty_flow.interpreter.runtime.run import Run
from monty_flow.interpreter.snapshot.context import Context

PAIR = """
import asyncio

async def main():
    return await asyncio.gather(fetch(1), fetch(2, key='k'))

asyncio.run(main())
"""


def started(source: str) -> FutureSnapshot:
    state = Monty(source).start()
    assert isinstance(state, FutureSnapshot)
    return state


def test_all_calls_under_way_are_pending_at_once() -> None:
    assert started(PAIR).pending == (
        PendingCall(1, 'fetch', (1,), {}),
        PendingCall(2, 'fetch', (2,), {'key': 'k'}),
    )


def test_some_may_be_answered_and_the_others_keep_their_ids() -> None:
    state = started(PAIR).resume({2: Returned('b')})

    assert isinstance(state, FutureSnapshot)
    assert [call.call_id for call in state.pending] == [1]
    done = load(state.dump()).resume({1: Returned('a')})
    assert isinstance(done, Complete)
    assert done.output == ['a', 'b']


def test_an_error_is_raised_where_the_script_waits() -> None:
    with pytest.raises(MontyRuntimeError) as caught:
        started(PAIR).resume({1: Raised(ValueError('no'))})

    assert (caught.value.exception_type, caught.value.message) == ('ValueError', 'no')


@pytest.mark.parametrize(
    ('results', 'text'),
    [
        ({}, 'results: give the answer of at least one pending call'),
        ({7: Returned(1)}, 'results: the call 7 is not pending; pending are 1, 2'),
        ({1: 5}, 'results[1]: give Returned(value) or Raised(exception)'),
    ],
)
def test_wrong_answers_leave_the_state_as_it_was(results: dict[int, object], text: str) -> None:
    state = started(PAIR)

    with pytest.raises(BoundaryError) as caught:
        state.resume(results)  # type: ignore[arg-type]

    assert str(caught.value) == text
    assert isinstance(state.resume({1: Returned(0), 2: Returned(0)}), Complete)


def test_a_state_goes_on_once() -> None:
    state = started(PAIR)
    state.resume({1: Returned(0)})

    with pytest.raises(SnapshotError):
        state.resume({1: Returned(0)})


def test_a_call_that_is_given_up_is_not_pending_any_more() -> None:
    state = started("""
import asyncio

async def main():
    first = asyncio.ensure_future(fetch(1))
    await fetch(2)
    first.cancel()
    return await fetch(3)

asyncio.run(main())
""").resume({2: Returned(None)})

    assert isinstance(state, FutureSnapshot)
    assert [call.args for call in state.pending] == [(3,)]


def test_a_sleep_is_a_pending_call_and_a_turn_is_not() -> None:
    state = started('import asyncio\nawait asyncio.sleep(0)\nawait asyncio.sleep(86400)\n')

    assert state.pending == (PendingCall(1, 'asyncio.sleep', (86400,), {}),)


def test_a_call_for_its_value_stops_alone() -> None:
    state = Monty('import asyncio\nx = 1 + fetch(1)\nawait asyncio.sleep(1)\nx').start()

    assert isinstance(state, Snapshot)
    after = state.resume(return_value=2)
    assert isinstance(after, FutureSnapshot)
    done = after.resume({1: Returned(None)})
    assert isinstance(done, Complete)
    assert done.output == 3


def test_each_way_of_flowing_into_an_await_gives_a_future() -> None:
    state = started("""
import asyncio

def later(call):
    return call

async def main():
    a = fetch('name')
    table = {'k': fetch('dict')}
    found = []
    found.append(fetch('append'))
    passed = later(fetch('passed'))
    listed = [fetch('list') for _ in range(1)]
    return [await a, await table['k'], *await asyncio.gather(*found), await passed, *await asyncio.gather(*listed)]

asyncio.run(main())
""")

    assert [call.args[0] for call in state.pending] == ['name', 'dict', 'append', 'passed', 'list']


def test_run_answers_calls_one_after_the_other() -> None:
    seen: list[int] = []

    output = Monty(PAIR).run(external_functions={'fetch': lambda x, key=None: seen.append(x) or x * 10})  # type: ignore[func-returns-value]

    assert (output, seen) == ([10, 20], [1, 2])


def test_run_async_carries_out_calls_at_the_same_time() -> None:
    async def host() -> object:
        both = asyncio.Barrier(2)

        async def fetch(x: int, key: str | None = None) -> int:
            await both.wait()
            return x * 10

        return await Monty(PAIR).run_async(external_functions={'fetch': fetch})

    assert asyncio.run(host()) == [10, 20]


def test_a_script_that_nothing_can_wake_ends_with_an_error() -> None:
    with pytest.raises(MontyRuntimeError) as caught:
        Monty('import asyncio\nawait asyncio.Event().wait()').run()

    assert caught.value.message == 'every task waits, and no call or timer is under way that could wake one'


def test_no_task_can_catch_a_limit() -> None:
    source = """
import asyncio

async def main():
    while True:
        try:
            await asyncio.sleep(0)
        except BaseException:
            pass

asyncio.run(main())
"""
    with pytest.raises(LimitError):
        Monty(source).run(limits=ResourceLimits(max_steps=10_000))


def test_the_frames_show_the_script_and_not_the_loop() -> None:
    views = started(PAIR).frames

    assert [(view.function, view.position.line) for view in views] == [('<module>', 7), ('main', 5)]
    assert all(':' not in name for view in views for name in view.variables)


def test_the_frames_of_a_waiting_script_are_those_of_its_awaits() -> None:
    state = started("""
import asyncio

async def inner(x):
    return await fetch(x)

async def outer(x):
    y = x + 1
    return await inner(y)

total = await outer(1)
""")

    shown = [(view.function, view.position.line, view.variables) for view in state.frames]
    assert [(name, line) for name, line, _ in shown] == [('<module>', 11), ('outer', 9), ('inner', 5)]
    assert shown[1][2] == {'x': '1', 'y': '2'}
    assert state.position == state.frames[-1].position
    assert load(state.dump()).frames == state.frames


@pytest.mark.parametrize(
    'path', ['asyncio:wait_calls', 'asyncio:save_state', 'asyncio:Task._step.x', 'asyncio:', 'os:system']
)
def test_bytes_cannot_name_what_a_library_does_not_define(path: str) -> None:
    run = Run(compile_program('import asyncio'))
    plan_of(run.program).build(run, None)

    with pytest.raises(ValueError, match=r'there is no such library|a library has no such name'):
        Context(run).library_value(path)


@pytest.mark.parametrize(
    'calls', [[], [1], [(1, 'f', (), {}), (1, 'f', (), {})], [(1, 'f', [], {})], [(1, 'f', (), {2: 3})]]
)
def test_damaged_pending_calls_are_refused(calls: object) -> None:
    state = started(PAIR)
    state._pause_request = CallRequest('$calls', (calls,), {})

    with pytest.raises(SnapshotError):
        load(state.dump())


def test_to_thread_calls_the_function_in_its_turn() -> None:
    source = """
import asyncio

def work(x):
    return fetch(x) + 1

await asyncio.to_thread(work, 4)
"""

    assert Monty(source).run(external_functions={'fetch': lambda x: x * 10}) == 41
