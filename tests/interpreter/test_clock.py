"""`time` and `datetime`: the run's clock, UTC everywhere, nothing of the host's zone."""

import datetime
import time

import pytest

from monty_flow.interpreter import modules
from monty_flow.interpreter.runtime.run import Run

NOW = 1_700_000_000.25


class FixedRun(Run):
    """A run whose clock stands still."""

    def now(self):
        return NOW

    def monotonic(self):
        return 12.5


@pytest.fixture
def clock():
    run = FixedRun(None)
    run.fill(10**6)
    return modules.load('time', run)


@pytest.fixture
def _far_from_utc(monkeypatch):
    monkeypatch.setenv('TZ', 'XYZ-5')
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def test_the_clock_is_the_runs(clock):
    assert clock.time() == NOW
    assert clock.time_ns() == 1_700_000_000_250_000_000
    assert (clock.monotonic(), clock.perf_counter()) == (12.5, 12.5)
    assert (clock.monotonic_ns(), clock.perf_counter_ns()) == (12_500_000_000, 12_500_000_000)


def test_sleep_is_an_external_function(clock):
    assert clock.sleep is modules.DEFINITIONS['time'].static['sleep']
    assert repr(clock.sleep) == '<external function time.sleep>'


@pytest.mark.usefixtures('_far_from_utc')
def test_the_local_time_zone_is_utc_whatever_the_host_says(clock):
    assert tuple(clock.localtime(NOW)) == tuple(time.gmtime(NOW))
    assert clock.localtime().tm_zone == 'UTC'
    assert clock.mktime(clock.gmtime(0)) == 0.0
    assert clock.strftime('%Z %z', (2024, 1, 2, 3, 4, 5, 1, 2, 0)) == 'UTC +0000'
    assert (clock.timezone, clock.altzone, clock.daylight, clock.tzname) == (0, 0, 0, ('UTC', 'UTC'))


@pytest.mark.usefixtures('_far_from_utc')
def test_times_are_written_and_read_in_utc(clock):
    assert clock.ctime(0) == 'Thu Jan  1 00:00:00 1970'
    assert clock.asctime() == 'Tue Nov 14 22:13:20 2023'
    assert clock.strftime('%Y-%m-%dT%H:%M:%S') == '2023-11-14T22:13:20'
    assert clock.mktime(clock.strptime('2023-11-14 22:13:20', '%Y-%m-%d %H:%M:%S')) == 1_700_000_000.0


@pytest.mark.parametrize(
    ('fields', 'message'),
    [
        ([2024] * 9, 'Tuple or struct_time argument required'),
        ((2024, 1), 'function takes exactly 9 arguments (2 given)'),
        ((1.5,) * 9, "'float' object cannot be interpreted as an integer"),
    ],
)
def test_a_time_tuple_is_a_tuple_of_nine_ints(clock, fields, message):
    with pytest.raises(TypeError) as caught:
        clock.mktime(fields)

    assert str(caught.value) == message


def test_strptime_refuses_long_texts(clock):
    with pytest.raises(ValueError, match=r'^time.strptime\(\) takes at most 1000 characters in the sandbox$'):
        clock.strptime('1' * 1001, '%Y')


def test_datetime_gives_cpythons_own_types():
    module = modules.load('datetime', Run(None))

    assert module.datetime is datetime.datetime
    assert module.timedelta(days=1) + module.date(2024, 2, 28) == datetime.date(2024, 2, 29)
    assert module.UTC is datetime.UTC
