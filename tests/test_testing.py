"""Scripts are tried against functions of a test, on a clock that the test moves."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from monty_flow.engine import FunctionRefused, Functions, RunStatus, current_call
from monty_flow.testing import Stuck, Trial


def test_a_year_is_over_in_a_moment() -> None:
    sent: list[Any] = []
    with Trial({'send': lambda text: sent.append((text, trial.now))}) as trial:
        run = trial.run(
            'import time\nfor n in range(4):\n    time.sleep(91.25 * 86400)\n    send(f"{who} {n}")\n"done"', who='Ann'
        )

    assert (run.status, run.output) == (RunStatus.SUCCEEDED, 'done')
    assert sent == [(f'Ann {n}', datetime(2030, 1, 1, tzinfo=UTC) + timedelta(days=91.25 * (n + 1))) for n in range(4)]


def test_what_falls_due_meanwhile_is_done_at_its_moment() -> None:
    seen: list[int] = []
    with Trial({'tick': seen.append}) as trial:
        run = trial.start('import time\nfor n in range(10):\n    tick(n)\n    time.sleep(3600)')
        trial.sleep(2.5 * 3600)
        now = trial.now
        assert (seen, trial.engine.get(run.id).status) == ([0, 1, 2], RunStatus.WAITING)
        trial.sleep(timedelta(hours=0.5))

    assert seen == [0, 1, 2, 3]
    assert now == datetime(2030, 1, 1, 2, 30, tzinfo=UTC)


def test_retries_and_their_delays_take_no_time_and_are_the_same_each_time() -> None:
    def tried() -> tuple[Any, datetime]:
        def flaky() -> int:
            if current_call().attempt < 4:
                raise ConnectionError('busy')
            return current_call().attempt

        with Trial({'flaky': flaky}, seed=5) as trial:
            return trial.run('flaky()').output, trial.now

    assert tried() == tried()
    assert tried()[0] == 4


def test_signals_approvals_and_cancellation_are_brought_by_the_engine() -> None:
    with Trial() as trial:
        run = trial.start('import flow\n[flow.wait_signal("paid", timeout=86400), bool(flow.approve("ship?"))]')
        trial.engine.signal(run.id, 'paid', 20)
        trial.work()
        [asked] = trial.engine.approvals()
        trial.engine.approve(run.id, asked.call)

        assert trial.finish(run).output == [20, True]


def test_a_wait_with_a_time_out_ends_by_time() -> None:
    with Trial() as trial:
        run = trial.run('import flow\nflow.wait_signal("paid", timeout=86400)')

        assert str(run.error) == 'TimeoutError: flow.wait_signal(): no signal paid within 86400 s'
        assert trial.now == datetime(2030, 1, 2, tzinfo=UTC)


def test_a_run_that_time_alone_does_not_end_is_said_to_be_stuck() -> None:
    with Trial() as trial:
        with pytest.raises(Stuck) as caught:
            trial.run('import flow\nflow.wait_signal("paid")')
        with pytest.raises(Stuck, match='it waits for call ship'):
            trial.run('ship()')

    assert "it waits for signal 'paid'" in str(caught.value)


def test_fakes_stand_in_under_the_policies_of_the_application() -> None:
    functions = Functions()
    charged: list[int] = []

    @functions.function(retries=1, no_retry_on=ValueError)
    def charge(cents: int) -> str:
        raise AssertionError('a test does not charge')

    @functions.function
    def double(x: int) -> int:
        return 2 * x

    def refuse(cents: int) -> str:
        charged.append(cents)
        raise ValueError('no')

    with Trial(functions, fakes={'charge': refuse}) as trial:
        run = trial.run('try:\n    charge(double(4))\nexcept ValueError as error:\n    found = str(error)\nfound')

    assert (run.output, charged) == ('no', [8])
    with pytest.raises(FunctionRefused, match="no function 'chrage' is registered"):
        Trial(functions, fakes={'chrage': refuse})


def test_maps_children_and_schedules_run_in_a_trial() -> None:
    with Trial({'double': lambda x: 2 * x}) as trial:
        run = trial.run("import flow\n[flow.map(double, range(5)), flow.run('import time; time.sleep(1e6); 7')]")
        trial.engine.create_schedule('daily', 'double(1)', every_seconds=86400)
        trial.sleep(timedelta(days=3.5))
        made = [each for each in trial.engine.list() if each.id != run.id and each.parent is None]

    assert run.output == [[0, 2, 4, 6, 8], 7]
    assert len(made) == 4


def test_a_function_may_let_time_pass() -> None:
    def slow() -> str:
        trial.clock.advance(100)
        return 'late'

    with Trial({'slow': slow}) as trial:
        run = trial.run('import flow\nbefore = flow.now()\nslow()\n(flow.now() - before).total_seconds()')

    assert run.output == 100


def test_nothing_is_left_behind() -> None:
    with Trial() as trial:
        folder = trial.engine.url.removeprefix('sqlite:///').rpartition('/')[0]
        assert os.path.exists(folder)

    assert not os.path.exists(folder)
