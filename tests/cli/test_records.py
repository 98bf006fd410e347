"""Values and records have one form as JSON and one as short text."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Any

import pytest

from monty_flow.cli.records import duration, moment, output_text, shorten
from monty_flow.plain import plain

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Colour(Enum):
    RED = 'red'


@dataclass(frozen=True)
class Car:
    colour: Colour
    built: datetime


@pytest.mark.parametrize(
    ('value', 'expected'),
    [
        (None, None),
        (True, True),
        (10**30, 10**30),
        (1.5, 1.5),
        (float('inf'), 'inf'),
        (float('nan'), 'nan'),
        (Colour.RED, 'red'),
        (NOON, '2026-03-01T12:00:00+00:00'),
        (b'\x01\xff', '01ff'),
        ({1: 'a', 'b': (2, 3)}, {'1': 'a', 'b': [2, 3]}),
        ({'b', 'a'}, ['a', 'b']),
        (Car(Colour.RED, NOON), {'colour': 'red', 'built': '2026-03-01T12:00:00+00:00'}),
        (1 + 2j, '(1+2j)'),
    ],
)
def test_every_value_has_a_form_in_json(value: Any, expected: Any) -> None:
    found = plain(value)

    assert found == expected
    assert json.loads(json.dumps(found, allow_nan=False)) == expected


def test_long_text_is_cut_and_kept_on_one_line() -> None:
    assert shorten('one\n  two', 20) == 'one two'
    assert shorten('x' * 21, 20) == 'x' * 17 + '...'
    assert shorten('x' * 20, 20) == 'x' * 20


def test_a_text_is_shown_as_it_is_and_other_values_as_python_writes_them() -> None:
    assert output_text('a\nb') == 'a\nb'
    assert output_text(['a']) == "['a']"


@pytest.mark.parametrize(
    ('seconds', 'text'),
    [(0.0042, '4 ms'), (1, '1.0 s'), (119, '119.0 s'), (120, '2 min'), (7199, '120 min'), (7200, '2.0 h')],
)
def test_a_duration_has_a_unit_that_suits_it(seconds: float, text: str) -> None:
    assert duration(NOON, NOON + timedelta(seconds=seconds)) == text


def test_what_has_not_happened_is_a_dash() -> None:
    assert duration(NOON, None) == '-'
    assert moment(None) == '-'


def test_a_moment_is_shown_to_the_second() -> None:
    assert moment(NOON) == '2026-03-01 12:00:00'
