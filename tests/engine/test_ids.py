"""Time-ordered ids."""

from __future__ import annotations

import uuid
from random import Random

from monty_flow.engine import ManualClock
from monty_flow.engine.ids import IdSource, id_at, moment_of_id


def test_an_id_is_a_uuid_of_version_7_that_begins_with_the_milliseconds(clock: ManualClock) -> None:
    made = uuid.UUID(IdSource(clock, Random(1)).next())

    assert (made.version, made.variant) == (7, uuid.RFC_4122)
    assert made.int >> 80 == clock.now() // 1000


def test_ids_of_one_moment_are_different_and_increasing(clock: ManualClock) -> None:
    ids = IdSource(clock, Random(1))

    made = [ids.next() for _ in range(1000)]

    assert made == sorted(set(made))


def test_ids_increase_when_the_clock_goes_back(clock: ManualClock) -> None:
    ids = IdSource(clock, Random(1))
    first = ids.next()
    clock.advance(-10)

    second = ids.next()

    assert first < second


def test_later_ids_are_greater(clock: ManualClock) -> None:
    first = IdSource(clock, Random(1)).next()
    clock.advance(0.001)

    second = IdSource(clock, Random(2)).next()

    assert first < second


def test_the_beginning_of_an_id_is_its_moment(clock: ManualClock) -> None:
    beginning = IdSource(clock, Random(1)).next()[:13]

    assert id_at(clock.now() // 1000) == beginning
    assert moment_of_id(beginning) == clock.now() // 1000
    assert moment_of_id(beginning[:10]) == clock.now() // 1000 >> 12 << 12
