"""Sleeps of seconds and of centuries: rows until they are due, never early, on the clock that people live by."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import freezegun
import pytest
from freezegun import freeze_time

from monty_flow.engine import Engine, Functions, RunStatus, Worker
from tests.engine.bench import Bench

YEAR = 365.2425 * 86400


@pytest.fixture
def everywhere() -> Iterator[None]:
    """Freeze the clock in the threads of workers too, which freezegun spares by default."""
    freezegun.configure(default_ignore_list=[])
    yield
    freezegun.config.reset_config()


@pytest.mark.parametrize('years', [1, 30, 3000])
def test_a_sleep_of_years_ends_at_its_moment(bench: Bench, years: int) -> None:
    seconds = years * YEAR
    run = bench.run(
        'import flow, time\nbefore = flow.now()\ntime.sleep(s)\n(flow.now() - before).total_seconds()', s=seconds
    )
    bench.clock.advance(seconds - 1)
    bench.worker().run_until_idle()
    early = bench.engine.get(run.id)
    bench.clock.advance(1)
    bench.worker().run_until_idle()

    [call] = bench.engine.calls(run.id)
    assert early.status is RunStatus.WAITING
    assert bench.engine.result(run.id) == seconds
    assert call.due_at == datetime(2030, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)


def test_the_longest_sleep_is_a_row_and_a_longer_one_an_error(bench: Bench) -> None:
    longest = bench.run('import time\ntime.sleep(1e11)')
    longer = bench.run('import time\ntime.sleep(1.0000001e11)')

    assert (longest.status, longest.waiting_for) == (
        RunStatus.WAITING,
        'timer until 5198-11-16T09:46:40Z (no worker is running)',
    )
    assert str(longer.error) == 'OverflowError: timestamp out of range for platform time_t'


def test_a_sleep_is_not_short_by_what_cannot_be_stored(bench: Bench) -> None:
    run = bench.run('import time\ntime.sleep(0.0000001)')

    [call] = bench.engine.calls(run.id)
    assert (call.due_at - call.created_at) == timedelta(microseconds=1)


def test_a_worker_that_comes_years_later_goes_on_with_what_is_due(sqlite_url: str, everywhere: None) -> None:
    """On the clock of the machine, which is turned on by years."""
    with freeze_time('2026-03-01 12:00:00') as frozen:
        with Engine(sqlite_url) as engine:
            run = engine.submit('import flow, time\ntime.sleep(s)\nstr(flow.now())', inputs={'s': 10 * 365 * 86400})
            Worker(sqlite_url, Functions(), isolation='none').run_until_idle()
            asleep = engine.get(run.id)
            frozen.move_to('2036-02-27 12:00:00')
            Worker(sqlite_url, Functions(), isolation='none').run_until_idle()

            assert asleep.waiting_for == 'timer until 2036-02-27T12:00:00Z (no worker is running)'
            assert engine.result(run.id) == '2036-02-27 12:00:00+00:00'


def test_a_clock_that_is_set_back_makes_no_sleep_early(sqlite_url: str, everywhere: None) -> None:
    with freeze_time('2026-03-01 12:00:00') as frozen:
        with Engine(sqlite_url) as engine:
            run = engine.submit('import time\ntime.sleep(60)\n"awake"')
            Worker(sqlite_url, Functions(), isolation='none').run_until_idle()
            frozen.move_to('2026-03-01 11:00:00')
            Worker(sqlite_url, Functions(), isolation='none').run_until_idle()
            back = engine.get(run.id).status
            frozen.move_to('2026-03-01 12:01:00')
            Worker(sqlite_url, Functions(), isolation='none').run_until_idle()

            assert (back, engine.result(run.id)) == (RunStatus.WAITING, 'awake')


def test_a_timer_of_a_run_that_is_tried_again_goes_on_with_its_moment(bench: Bench) -> None:
    answers = iter([ValueError('no'), 7])

    @bench.functions.function(retries=0)
    async def fickle() -> int:
        answer = next(answers)
        if isinstance(answer, ValueError):
            raise answer
        return answer

    run = bench.run('import asyncio\n(await asyncio.gather(asyncio.sleep(60, "slept"), fickle()))')
    bench.clock.advance(20)
    bench.engine.retry(run.id)
    bench.work()
    bench.clock.advance(39)
    bench.work()
    early = bench.engine.get(run.id)
    bench.clock.advance(1)
    bench.work()

    assert (run.status, early.status) == (RunStatus.FAILED, RunStatus.WAITING)
    assert bench.engine.result(run.id) == ['slept', 7]
