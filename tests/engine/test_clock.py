"""Moments."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from monty_flow.engine import ManualClock, SystemClock
from monty_flow.engine.clock import microseconds, moment, moment_or_none


@given(st.datetimes(timezones=st.just(UTC)))
def test_a_moment_comes_back_exactly(value: datetime) -> None:
    assert moment(microseconds(value)) == value


def test_moments_of_other_zones_are_the_same_in_utc() -> None:
    there = datetime(2030, 1, 1, 1, tzinfo=timezone(timedelta(hours=1)))

    assert moment(microseconds(there)) == datetime(2030, 1, 1, tzinfo=UTC)


def test_no_moment_stays_none() -> None:
    assert moment_or_none(None) is None


def test_a_manual_clock_stands_still_until_it_is_advanced() -> None:
    clock = ManualClock(datetime(2030, 1, 1, tzinfo=UTC))
    before = clock.now()

    clock.advance(1.5)

    assert (before, clock.now() - before) == (microseconds(datetime(2030, 1, 1, tzinfo=UTC)), 1_500_000)


def test_the_system_clock_tells_the_time_of_the_machine() -> None:
    before = microseconds(datetime.now(UTC))
    now = SystemClock().now()

    assert before <= now <= microseconds(datetime.now(UTC)) + 1000
