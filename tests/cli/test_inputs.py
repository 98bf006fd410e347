"""Inputs on the command line are JSON where they can be, text where not, and refused with a reason."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import typer

from monty_flow.cli.inputs import parse_inputs


@pytest.mark.parametrize(
    ('pair', 'value'),
    [
        ('n=3', 3),
        ('n="3"', '3'),
        ('n=Ann', 'Ann'),
        ('n=', ''),
        ('n=a=b', 'a=b'),
        ('n=[1, "two", null]', [1, 'two', None]),
        ('n={"a": 1.5}', {'a': 1.5}),
        ('n=true', True),
        ('n=True', 'True'),
    ],
)
def test_a_value_is_json_or_else_text(pair: str, value: Any) -> None:
    assert parse_inputs([pair], None) == {'n': value}


def test_pairs_go_over_the_file(tmp_path: Path) -> None:
    file = tmp_path / 'inputs.json'
    file.write_text('{"city": "Oslo", "days": 3}')

    assert parse_inputs(['days=5'], file) == {'city': 'Oslo', 'days': 5}


def test_no_inputs_are_an_empty_dict() -> None:
    assert parse_inputs(None, None) == {}


@pytest.mark.parametrize('pair', ['city', '=Oslo', 'my city=Oslo', '3=x'])
def test_what_is_not_a_pair_is_refused(pair: str) -> None:
    with pytest.raises(typer.BadParameter) as refusal:
        parse_inputs([pair], None)

    assert refusal.value.message == f'--input {pair!r} is not NAME=VALUE; write for example --input city=Oslo.'


def test_a_name_given_twice_is_refused() -> None:
    with pytest.raises(typer.BadParameter) as refusal:
        parse_inputs(['a=1', 'a=2'], None)

    assert refusal.value.message == '--input a is given twice; keep one of them.'


def test_a_file_that_is_no_json_is_refused(tmp_path: Path) -> None:
    file = tmp_path / 'inputs.json'
    file.write_text('{')

    with pytest.raises(typer.BadParameter) as refusal:
        parse_inputs(None, file)

    assert refusal.value.message == (
        f'--inputs {file} is not a JSON file: '
        'Expecting property name enclosed in double quotes: line 1 column 2 (char 1).'
    )


def test_a_file_that_holds_no_object_is_refused(tmp_path: Path) -> None:
    file = tmp_path / 'inputs.json'
    file.write_text('[1]')

    with pytest.raises(typer.BadParameter) as refusal:
        parse_inputs(None, file)

    assert refusal.value.message == f'--inputs {file} holds a list; it must hold an object such as {{"city": "Oslo"}}.'
