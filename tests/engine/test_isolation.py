"""A worker runs scripts in child processes; what a script breaks there is its own run alone."""

from __future__ import annotations

import os
import signal

import pytest

from monty_flow.engine import Engine, Functions, Isolation, RunStatus, SettingRefused, Worker
from monty_flow.engine.isolation import shared_pool
from monty_flow.interpreter import ResourceLimits

#: Nothing in a process can end this one, and it crashes CPython when the stack is at its end.
CRASH = 'x = ()\nfor i in range(10 ** 7): x = (x,)\nhash({x})'
LOOP = 'total = 0\nfor i in range(3):\n    total += add(total, i)\n    print(total)\ntotal'


@pytest.fixture
def engine(sqlite_url: str) -> Engine:
    return Engine(sqlite_url)


@pytest.fixture
def functions() -> Functions:
    found = Functions()
    found.function(name='add')(lambda a, b: a + b)
    return found


@pytest.mark.parametrize('isolation', ['process', 'none', Isolation.NONE])
def test_a_run_ends_the_same_in_both_places(engine: Engine, functions: Functions, isolation: str) -> None:
    run = engine.submit(LOOP)

    Worker(engine.url, functions, isolation=isolation).run_until(run.id)

    assert engine.result(run.id) == 4
    assert [line.text for line in engine.logs(run.id)] == ['0\n', '1\n', '4\n']


def test_the_isolation_is_one_of_two() -> None:
    with pytest.raises(SettingRefused, match='thread'):
        Worker('sqlite:///x.db', Functions(), isolation='thread')


def test_a_script_that_crashes_its_process_fails_alone(engine: Engine, functions: Functions) -> None:
    bad = engine.submit(CRASH, limits=ResourceLimits(max_memory=None))
    good = [engine.submit(LOOP) for _ in range(5)]

    Worker(engine.url, functions).run_until_idle()

    failed = engine.get(bad.id)
    assert failed.status is RunStatus.FAILED
    assert failed.error is not None
    assert failed.error.type == 'SandboxCrashed'
    assert [engine.result(run.id) for run in good] == [4] * 5


def test_a_process_that_somebody_ends_costs_no_run(engine: Engine) -> None:
    found = Functions()

    @found.function(name='add')
    def add(a: int, b: int) -> int:
        pool = shared_pool(1)
        for child in list(pool._children._free):
            os.kill(child.pid, signal.SIGKILL)
        return a + b

    run = engine.submit(LOOP)
    Worker(engine.url, found, concurrency=1).run_until(run.id)

    assert engine.result(run.id) == 4


def test_a_script_that_does_not_compile_fails_as_such(engine: Engine, functions: Functions) -> None:
    run = engine.submit('import math\nmath.sqrt(4)')
    Worker(engine.url, functions).run_until(run.id)

    assert engine.result(run.id) == 2.0
