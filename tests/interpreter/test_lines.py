"""Several requests to one child, one behind the other: it takes them in turn, and what goes wrong with one is not the others' matter."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from monty_flow.interpreter import ResourceLimits, SandboxCrashed, SandboxPool, TimeLimitError
from monty_flow.interpreter.pool import lines
from monty_flow.interpreter.pool.child import MAX_LIVE
from monty_flow.interpreter.pool.exchange import Begun
from monty_flow.interpreter.pool.states import SandboxSnapshot

GOES_ON = 'fetch(fetch(0) + 1)\nfetch(fetch(2) + 3)'
#: Computes longer than a child lets requests behind wait for it.
LONG = 'fetch(0)\nfor i in range(2_000_000): pass\nfetch(1)'
ENDLESS = 'fetch(0)\nwhile True: pass'


@pytest.fixture(scope='module')
def pool() -> Iterator[SandboxPool]:
    with SandboxPool(1) as made:
        yield made


def paused(found: Any) -> SandboxSnapshot:
    assert isinstance(found, SandboxSnapshot)
    return found


def begun(state: SandboxSnapshot, value: Any) -> Begun:
    made = state.begin(value)
    assert made is not None
    return made


def test_a_child_is_sent_steps_of_several_runs_at_once_and_takes_each(pool: SandboxPool) -> None:
    states = [paused(pool.start(GOES_ON)) for _ in range(10)]

    ahead = [begun(state, value) for value, state in enumerate(states)]

    assert all(step.wait(60) for step in ahead)
    assert [paused(state.resume(return_value=value)).args for value, state in enumerate(states)] == [
        (value + 1,) for value in range(10)
    ]
    assert len(pool._children._free) == 1


def test_answers_may_be_taken_in_any_order(pool: SandboxPool) -> None:
    states = [paused(pool.start(GOES_ON)) for _ in range(3)]
    for state in states:
        begun(state, 0)

    taken = [paused(state.resume(return_value=0)).args for state in reversed(states)]

    assert taken == [(1,)] * 3


def test_a_step_may_follow_behind_those_of_others_of_its_thread(pool: SandboxPool) -> None:
    first, second = paused(pool.start(GOES_ON)), paused(pool.start(GOES_ON))
    begun(first, 0)
    begun(second, 10)

    following = paused(first.resume(return_value=0))

    assert paused(following.resume(return_value=None)).args == (2,)
    assert paused(second.resume(return_value=10)).args == (11,)


def test_a_step_does_not_wait_behind_a_long_one_of_its_thread() -> None:
    with SandboxPool(1) as own:
        first, endless = paused(own.start(GOES_ON)), paused(own.start(ENDLESS))
        begun(first, 0)
        last = begun(endless, None)

        following = paused(first.resume(return_value=0))

        assert paused(following.resume(return_value=None)).args == (2,)
        last.drop()


def test_another_thread_has_no_part_in_a_line(pool: SandboxPool) -> None:
    first, second = paused(pool.start(GOES_ON)), paused(pool.start(GOES_ON))
    begun(first, 0)
    told: list[Any] = []

    thread = threading.Thread(target=lambda: told.append(second.begin(0)))
    thread.start()
    thread.join()

    assert told == [None]


def test_the_first_request_is_to_blame_when_a_child_crashes_and_those_behind_go_elsewhere(pool: SandboxPool) -> None:
    endless, *others = [paused(pool.start(source)) for source in (ENDLESS, GOES_ON, GOES_ON)]
    first = begun(endless, None)
    for state in others:
        begun(state, 0)
    assert not first.wait(0.1)

    os.kill(endless._pause.child.pid, signal.SIGKILL)

    with pytest.raises(SandboxCrashed):
        endless.resume(return_value=None)
    assert [paused(state.resume(return_value=0)).args for state in others] == [(1,), (1,)]


def test_who_was_answered_before_the_child_crashed_has_the_answer(pool: SandboxPool) -> None:
    first, endless = paused(pool.start(GOES_ON)), paused(pool.start(ENDLESS))
    begun(first, 0)
    last = begun(endless, None)
    assert not last.wait(0.2)

    os.kill(endless._pause.child.pid, signal.SIGKILL)

    with pytest.raises(SandboxCrashed):
        endless.resume(return_value=None)
    assert paused(first.resume(return_value=0)).args == (1,)


def test_time_limits_are_of_each_request_and_those_behind_one_that_is_late_go_elsewhere(pool: SandboxPool) -> None:
    endless = paused(pool.start(ENDLESS, limits=ResourceLimits(max_duration_secs=0.4)))
    behind = paused(pool.start(GOES_ON, limits=ResourceLimits(max_duration_secs=0.2)))
    begun(endless, None)
    begun(behind, 0)

    with pytest.raises(TimeLimitError):
        endless.resume(return_value=None)
    assert paused(behind.resume(return_value=0)).args == (1,)


def test_a_step_that_was_passed_behind_a_long_one_is_sent_again(pool: SandboxPool) -> None:
    long, *others = [paused(pool.start(source)) for source in (LONG, GOES_ON, GOES_ON, GOES_ON)]
    begun(long, None)
    for state in others:
        begun(state, 0)

    assert paused(long.resume(return_value=None)).args == (1,)
    assert [paused(state.resume(return_value=0)).args for state in others] == [(1,)] * 3
    assert len(pool._children._free) == 1


def test_steps_behind_a_long_one_may_be_dropped_and_the_child_is_of_use_afterwards(pool: SandboxPool) -> None:
    long, *others = [paused(pool.start(source)) for source in (LONG, GOES_ON, GOES_ON)]
    child = long._pause.child
    first = begun(long, None)
    ahead = [begun(state, 0) for state in others]

    assert not first.wait(0)
    for step in ahead:
        step.drop()
    assert paused(long.resume(return_value=None)).args == (1,)

    assert pool._children._free == [child]
    assert [paused(state.resume(return_value=0)).args for state in others] == [(1,)] * 2


def test_nothing_more_is_put_behind_a_step_that_takes_long(pool: SandboxPool) -> None:
    endless, other = paused(pool.start(ENDLESS)), paused(pool.start(GOES_ON))
    first = begun(endless, None)

    assert not first.wait(0)

    assert other.begin(0) is None
    first.drop()


def test_a_child_may_ask_for_a_state_while_others_wait_behind(pool: SandboxPool) -> None:
    states = [paused(pool.start(GOES_ON)) for _ in range(MAX_LIVE + 3)]
    chosen = [states[0], states[1], states[-1]]
    for state in chosen:
        begun(state, 0)

    assert [paused(state.resume(return_value=0)).args for state in chosen] == [(1,)] * 3


def test_a_line_has_so_many_requests_and_bytes_and_no_more(monkeypatch: pytest.MonkeyPatch, pool: SandboxPool) -> None:
    monkeypatch.setattr(lines, 'MOST_REQUESTS', 2)
    states, large = [paused(pool.start('len(fetch(0))\nfetch(1)')) for _ in range(3)], 'x' * lines.MOST_BYTES

    assert begun(states[0], large)
    assert states[1].begin(large) is None
    assert begun(states[1], 'x')
    assert states[2].begin('x') is None

    assert [
        paused(state.resume(return_value=value)).args for state, value in zip(states, (large, 'x'), strict=False)
    ] == [
        (1,),
        (1,),
    ]
