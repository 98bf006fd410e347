"""Schedules: their moments, what they do with them, and that each gives one run."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from monty_flow import MontySyntaxError
from monty_flow.engine import (
    Engine,
    ManualClock,
    RunStatus,
    ScheduleExists,
    ScheduleNotFound,
    ScheduleRefused,
    Submission,
)
from monty_flow.engine.clock import MICROSECONDS, microseconds, moment
from monty_flow.engine.moments import Interval, Timetable, cron
from monty_flow.engine.store import Store
from tests.engine.bench import Bench

START = datetime(2030, 1, 1, tzinfo=UTC)
ROME = ZoneInfo('Europe/Rome')


def times(table: Timetable, start: datetime, count: int) -> list[str]:
    """Return the first moments of a timetable in UTC."""
    found = table.from_(microseconds(start))
    return [f'{moment(next(found)):%m-%d %H:%M}' for _ in range(count)]


@pytest.mark.parametrize(
    ('expression', 'start', 'expected'),
    [
        # At two o'clock the clocks are set to three.
        ('30 2 * * *', datetime(2030, 3, 30, 12, tzinfo=ROME), ['03-31 01:00', '04-01 00:30']),
        ('*/30 * * * *', datetime(2030, 3, 31, 1, 15, tzinfo=ROME), ['03-31 00:30', '03-31 01:00', '03-31 01:30']),
        # At three o'clock they are set back to two.
        ('30 2 * * *', datetime(2030, 10, 26, 12, tzinfo=ROME), ['10-27 00:30', '10-28 01:30']),
        ('0 * * * *', datetime(2030, 10, 27, 1, 30, tzinfo=ROME), ['10-27 00:00', '10-27 01:00', '10-27 02:00']),
        ('0 6 * * MON-FRI', datetime(2030, 1, 4, 12, tzinfo=ROME), ['01-07 05:00', '01-08 05:00']),
    ],
)
def test_cron_goes_by_the_clocks_of_its_zone(expression: str, start: datetime, expected: list[str]) -> None:
    assert times(cron(expression, 'Europe/Rome'), start, len(expected)) == expected


def test_a_moment_at_the_start_itself_counts() -> None:
    assert times(cron('0 0 * * *', 'UTC'), START, 1) == ['01-01 00:00']
    assert times(Interval(microseconds(START), 60 * MICROSECONDS), START, 2) == ['01-01 00:00', '01-01 00:01']


@pytest.mark.parametrize(
    'table',
    [cron('* * * * * *', 'UTC'), cron('0 3 1 1 *', 'UTC'), Interval(microseconds(START), 7 * MICROSECONDS)],
    ids=str,
)
def test_the_newest_moments_of_a_long_time_are_the_last_ones_of_all(table: Timetable) -> None:
    start, end = microseconds(START), microseconds(START + timedelta(hours=5))
    every = [found for found in range(start, end + 1, MICROSECONDS) if table.first(found) == found]

    assert table.newest(start, end, 5) == every[-5:]
    assert table.newest(start, end, 10**6) == every


def test_a_script_that_cannot_be_compiled_is_refused(bench: Bench) -> None:
    with pytest.raises(MontySyntaxError):
        bench.engine.create_schedule('daily', Submission('¤'), cron='0 6 * * *')


def test_a_cron_schedule_makes_a_run_at_each_moment(bench: Bench) -> None:
    schedule = bench.engine.create_schedule(
        'nightly',
        Submission('[scheduled_at, city]', {'city': 'Rome'}, script_name='report.py', tags={'kind': 'report'}),
        cron='30 3 * * *',
        timezone='Europe/Rome',
    )
    for _ in range(3):
        bench.clock.advance(86400)
        bench.work()

    runs = bench.engine.list(tags={'schedule': 'nightly', 'kind': 'report'})
    assert schedule.next_at == datetime(2030, 1, 1, 2, 30, tzinfo=UTC)
    assert [run.output for run in runs] == [[datetime(2030, 1, day, 2, 30, tzinfo=UTC), 'Rome'] for day in (3, 2, 1)]
    assert {run.script_name for run in runs} == {'report.py'}
    found = bench.engine.schedule('nightly')
    assert (found.fired, found.last_run, found.next_at) == (3, runs[0].id, datetime(2030, 1, 4, 2, 30, tzinfo=UTC))


def test_a_worker_that_is_there_fires_in_time(bench: Bench) -> None:
    bench.engine.create_schedule('tick', '1', every_seconds=60, overlap='allow')
    with bench.at_work():
        for number in range(1, 4):
            for _ in range(2000):
                if bench.engine.schedule('tick').fired == number:
                    break
                threading.Event().wait(0.01)
            bench.clock.advance(60)

    keys = [(run.key or '').rpartition(':tick:')[2] for run in reversed(bench.engine.list())]
    assert keys[:3] == [f'2030-01-01T00:0{minute}:00+00:00' for minute in range(3)]


def test_a_schedule_of_one_moment_fires_once(bench: Bench) -> None:
    bench.engine.create_schedule('once', '1', at=START + timedelta(hours=1))
    for _ in range(3):
        bench.clock.advance(3600)
        bench.work()

    assert (len(bench.engine.list()), bench.engine.schedule('once').next_at) == (1, None)


def fired_after_downtime(bench: Bench, **options: Any) -> tuple[int, int]:
    """Let four hours pass without a worker, and return how many runs an hourly schedule made, and moments it skipped."""
    bench.engine.create_schedule('hourly', '1', every_seconds=3600, at=START + timedelta(minutes=30), **options)
    bench.clock.advance(4 * 3600)
    bench.work()
    schedule = bench.engine.schedule('hourly')
    assert schedule.next_at == START + timedelta(hours=4, minutes=30)
    return schedule.fired, schedule.skipped


@pytest.mark.parametrize(
    ('options', 'fired'),
    [
        ({'catch_up': 'none'}, 0),
        ({'catch_up': 'last'}, 1),
        ({'catch_up': 'last', 'overlap': 'queue'}, 1),
        ({'catch_up': 'all', 'overlap': 'allow'}, 4),
        ({'catch_up': 'all', 'overlap': 'allow', 'max_catch_up': 2}, 2),
    ],
)
def test_moments_of_a_downtime_are_made_up_for_as_is_said(bench: Bench, options: Any, fired: int) -> None:
    assert fired_after_downtime(bench, **options)[0] == fired


def runs_while_busy(bench: Bench, overlap: str) -> list[RunStatus]:
    """Return the statuses of the runs of three moments, the oldest first, whose first run takes until after the last."""
    bench.engine.create_schedule('busy', 'import time\ntime.sleep(150)', every_seconds=60, overlap=overlap)
    bench.clock.advance(1)
    bench.work()
    for _ in range(2):
        bench.clock.advance(60)
        bench.work()
    return [run.status for run in reversed(bench.engine.list())]


@pytest.mark.parametrize(
    ('overlap', 'statuses'),
    [
        ('skip', [RunStatus.WAITING]),
        ('queue', [RunStatus.WAITING]),
        ('allow', [RunStatus.WAITING] * 3),
    ],
)
def test_a_moment_finds_the_run_before_under_way(bench: Bench, overlap: str, statuses: list[RunStatus]) -> None:
    assert runs_while_busy(bench, overlap) == statuses


def test_a_run_that_is_in_the_way_is_cancelled(bench: Bench) -> None:
    first, second, third = runs_while_busy(bench, 'cancel')

    assert third is RunStatus.WAITING
    assert {first, second} <= {RunStatus.CANCELLED, RunStatus.CANCELLING}


def test_a_run_that_is_triggered_by_hand_hides_none_that_is_under_way(bench: Bench) -> None:
    bench.engine.create_schedule('busy', 'import time\ntime.sleep(150)', every_seconds=60)
    bench.work()
    by_hand = bench.engine.trigger_schedule('busy')
    bench.engine.terminate(by_hand.id)
    bench.clock.advance(60)
    bench.work()

    # Both were made in one moment, so either may be listed first.
    assert {run.status for run in bench.engine.list()} == {RunStatus.CANCELLED, RunStatus.WAITING}
    assert len(bench.engine.list()) == 2
    assert bench.engine.schedule('busy').skipped == 1


def test_a_run_that_cleans_up_is_not_given_more_time_by_each_moment(bench: Bench) -> None:
    source = (
        'import flow, time\nwhile True:\n    try:\n        time.sleep(3600)\n    except flow.Cancelled:\n        pass'
    )
    bench.engine.create_schedule('stubborn', source, every_seconds=40, overlap='cancel')
    for _ in range(4):
        bench.work()
        bench.clock.advance(40)
    bench.work()

    assert bench.engine.list()[-1].status is RunStatus.CANCELLED


def test_a_fork_of_a_run_of_a_schedule_is_not_in_its_way(bench: Bench) -> None:
    bench.engine.create_schedule('s', 'import time\ntime.sleep(10)', every_seconds=60)
    bench.work()
    bench.clock.advance(10)
    bench.work()
    [first] = bench.engine.list()
    fork = bench.engine.fork(first.id, at=1).run
    assert fork is not None
    bench.engine.pause(fork.id)
    bench.clock.advance(50)
    bench.work()

    assert (bench.engine.schedule('s').fired, bench.engine.schedule('s').skipped) == (2, 0)


def test_moments_that_wait_for_their_turn_are_made_up_for_one_by_one(bench: Bench) -> None:
    runs_while_busy(bench, 'queue')
    for _ in range(8):
        bench.clock.advance(100)
        bench.work()
        under_way = [run for run in bench.engine.list() if run.finished_at is None]
        assert len(under_way) <= 1

    keys = [run.key or '' for run in reversed(bench.engine.list())]
    assert [key.partition(':busy:')[2] for key in keys[:3]] == [
        '2030-01-01T00:00:00+00:00', '2030-01-01T00:01:00+00:00', '2030-01-01T00:02:00+00:00',
    ]  # fmt: skip


def test_a_moment_gives_one_run_whoever_fires_it(store: Store, open_another: Callable[[], Store], bench: Bench) -> None:
    for number in range(30):
        bench.engine.create_schedule(f's{number}', '1', every_seconds=60, catch_up='all', overlap='allow')
    bench.clock.advance(180)
    stores = [store, *(open_another() for _ in range(3))]
    ids = iter(range(10**6))

    def fire(own: Store) -> None:
        for _ in range(4):
            with own.transaction():
                own.fire_due(lambda: f'run-{next(ids):06}')

    threads = [threading.Thread(target=fire, args=(own,)) for own in stores]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    keys = [run.key for run in bench.engine.list(limit=1000)]
    assert (len(keys), len(set(keys))) == (120, 120)


def test_a_pause_lasts_until_the_resume_and_is_not_made_up_for(bench: Bench) -> None:
    bench.engine.create_schedule('s', '1', every_seconds=60, catch_up='all', overlap='allow', paused=True)
    bench.clock.advance(150)
    bench.work()
    paused = bench.engine.schedule('s')
    resumed = bench.engine.resume_schedule('s')
    bench.clock.advance(30)
    bench.work()
    bench.engine.pause_schedule('s')
    bench.clock.advance(60)
    bench.work()

    assert (paused.paused, paused.next_at, paused.fired) == (True, None, 0)
    assert resumed.next_at == START + timedelta(seconds=180)
    assert bench.engine.schedule('s').fired == 1


def test_a_schedule_is_triggered_beside_its_moments(bench: Bench) -> None:
    bench.engine.create_schedule('s', '[scheduled_at]', cron='0 0 1 1 *', paused=True)

    run = bench.engine.trigger_schedule('s')
    bench.work()

    assert bench.engine.result(run.id) == [None]
    assert bench.engine.schedule('s').last_run == run.id


def test_moments_are_put_off_by_up_to_the_jitter_and_always_alike(bench: Bench, url: str) -> None:
    def offsets(name: str) -> list[float]:
        found = []
        for day in range(1, 20):
            schedule = bench.engine.create_schedule(
                name, '1', at=START + timedelta(days=day), jitter_seconds=600, replace=True
            )
            assert schedule.next_at is not None
            found.append((schedule.next_at - START - timedelta(days=day)).total_seconds())
        return found

    first, second = offsets('a'), offsets('b')

    assert all(0 <= offset < 600 for offset in first + second)
    assert first != second
    assert offsets('a') == first


def test_a_schedule_is_replaced_only_when_that_is_asked_for(bench: Bench) -> None:
    bench.engine.create_schedule('s', '1', cron='0 0 * * *')
    with pytest.raises(ScheduleExists) as caught:
        bench.engine.create_schedule('s', '2', cron='0 0 * * *')

    replaced = bench.engine.create_schedule('s', '2', every_seconds=60, replace=True)

    assert str(caught.value) == "there is a schedule 's' already; take another name, or replace it"
    assert (replaced.cron, replaced.every_seconds) == (None, 60.0)


def test_a_deleted_schedule_is_gone_and_its_runs_stay(bench: Bench) -> None:
    bench.engine.create_schedule('s', '1', every_seconds=60)
    bench.engine.trigger_schedule('s')
    bench.engine.delete_schedule('s')

    assert (bench.engine.schedules(), len(bench.engine.list())) == ([], 1)
    with pytest.raises(ScheduleNotFound) as caught:
        bench.engine.trigger_schedule('s')
    assert str(caught.value) == "there is no schedule 's'; list the schedules to see those that exist"


def test_a_schedule_that_cannot_go_on_is_paused_with_the_reason(bench: Bench) -> None:
    bench.engine.create_schedule('s', '1', every_seconds=60)
    bench.engine.create_schedule('good', '1', every_seconds=60)

    def damage(store: Store) -> None:
        stored = store.schedule('s')
        assert stored is not None
        store.put_schedule(replace(stored, cron='x', every_us=None), new=False)

    bench.engine._write(damage)
    bench.clock.advance(60)
    bench.work()

    broken = bench.engine.schedule('s')
    assert broken.paused
    assert broken.error is not None
    assert broken.error.startswith("cron='x' is no cron expression")
    assert bench.engine.schedule('good').fired == 1


@pytest.mark.parametrize(
    ('options', 'message'),
    [
        (
            {'cron': '99 * * * *'},
            "cron='99 * * * *' is no cron expression (Bad minute); write minute, hour, day, month and weekday, "
            "such as '30 6 * * MON-FRI'",
        ),
        (
            {'cron': '0 0 * * *', 'timezone': 'Mars/Base'},
            "timezone='Mars/Base' is no time zone that this machine knows; write one such as Europe/Rome",
        ),
        ({}, 'a schedule goes by one of cron, every_seconds (from at on, or from now) and at; give one'),
        (
            {'cron': '0 0 * * *', 'every_seconds': 5},
            'a schedule goes by one of cron, every_seconds (from at on, or from now) and at; give one',
        ),
        ({'every_seconds': 0.1}, 'every_seconds=0.1 is not a number of seconds from 1 on'),
        (
            {'at': datetime(2030, 1, 1)},
            'at=datetime.datetime(2030, 1, 1, 0, 0) is not a moment; give a datetime with a time zone',
        ),
        ({'every_seconds': 5, 'overlap': 'never'}, "overlap='never' is none of skip, queue, cancel, allow"),
        ({'every_seconds': 5, 'catch_up': 'some'}, "catch_up='some' is none of none, last, all"),
        ({'every_seconds': 5, 'max_catch_up': 0}, 'max_catch_up=0 is not a number from 1 to 1000'),
    ],
)
def test_a_schedule_that_cannot_be_is_refused(bench: Bench, options: Any, message: str) -> None:
    with pytest.raises(ScheduleRefused) as caught:
        bench.engine.create_schedule('s', '1', **options)

    assert str(caught.value) == message
    assert bench.engine.schedules() == []


def test_what_is_for_one_run_is_refused_for_a_schedule(bench: Bench, clock: ManualClock) -> None:
    with pytest.raises(ScheduleRefused) as caught:
        bench.engine.create_schedule('s', Submission('1', key='k'), every_seconds=5)

    assert str(caught.value) == 'key is for one run and not for those of a schedule; leave it out'


class Ticking(ManualClock):
    """A clock on which time passes whenever somebody looks."""

    def now(self) -> int:
        """Return the time, and let a microsecond pass."""
        self.advance(1e-6)
        return super().now()


def test_an_interval_begins_at_once_also_where_time_passes(url: str) -> None:
    clock = Ticking()
    with Engine(url, clock=clock) as engine:
        made = engine.create_schedule('s', '1', every_seconds=3600)

        assert made.next_at is not None
        assert (made.next_at - datetime(2030, 1, 1, tzinfo=UTC)).total_seconds() < 1
