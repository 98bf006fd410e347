"""Arguments of `Engine` that cannot be are refused in words, before the database sees them."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from monty_flow.engine import ArgumentRefused, Engine, FilterRefused, RunFilter, Submission
from monty_flow.engine.arguments import ARGUMENTS, ELSEWHERE, rows_of

#: Of many kinds; no parameter takes them all.
ODD = [-1, True, 1.5, float('nan'), 'zz', '', 'a\0b', '\ud800', b'x', [], [1], {}, object(), None, 1 << 70]
METHODS = {name: method for name, method in inspect.getmembers(Engine, inspect.isfunction) if not name.startswith('_')}
PLACES = [(name, parameter) for name, method in METHODS.items() for parameter in rows_of(name, method)]


@pytest.fixture(scope='module')
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """Return an engine for all that never comes to its database."""
    with Engine(f'sqlite:///{tmp_path_factory.mktemp("asked")}/flow.db') as engine:
        yield engine


def call_with(engine: Engine, name: str, parameter: str, value: Any) -> Any:
    """Call a method with one argument as given, and with the others as they should be."""
    fit = {'run_id': 'x', 'step': 1, 'call': 1, 'limit': 1, 'filter': RunFilter(), 'seconds': 1, 'data': b'x'}
    arguments = {}
    for other in inspect.signature(METHODS[name]).parameters.values():
        if other.default is other.empty and other.kind is not other.VAR_KEYWORD and other.name != 'self':
            arguments[other.name] = fit.get(other.name, 'x')
    return METHODS[name](engine, **(arguments | {parameter: value}))


@pytest.mark.parametrize(('name', 'parameter'), PLACES, ids='.'.join)
def test_what_cannot_be_is_refused_in_words(asked: Engine, name: str, parameter: str) -> None:
    kind = rows_of(name, METHODS[name])[parameter]
    refused = [value for value in ODD if not kind.fits(value)]

    for value in refused:
        with pytest.raises(ArgumentRefused) as caught:
            call_with(asked, name, parameter, value)
        assert str(caught.value) == f'{parameter}={value!r} is not {kind.words}'
    assert refused


def test_arguments_are_looked_at_by_their_places_too(asked: Engine) -> None:
    with pytest.raises(ArgumentRefused, match=r'^run_id=5 is not a text that can be stored$'):
        asked.get(5)  # type: ignore[arg-type]


def test_a_long_value_is_shown_in_part(asked: Engine) -> None:
    with pytest.raises(ArgumentRefused) as caught:
        asked.list(before='z' * 1000)

    assert str(caught.value) == f"before='{'z' * 99}... is not the whole id of a run, or None"


def test_a_list_goes_on_from_a_whole_id(engine: Engine) -> None:
    first, second = engine.submit_many([Submission('1'), Submission('2')])

    assert [run.id for run in engine.list(before=second.id)] == [first.id]
    with pytest.raises(ArgumentRefused):
        engine.list(before=second.id[:8])


@pytest.mark.parametrize(
    ('make', 'message'),
    [
        (lambda: RunFilter(status=5), 'status=5 is neither a status nor several'),  # type: ignore[arg-type]
        (lambda: RunFilter(tags='zz'), "tags='zz' are not names with texts"),  # type: ignore[arg-type]
        (lambda: RunFilter(tags={'a': 1}), "tags={'a': 1} are not names with texts"),  # type: ignore[dict-item]
        (lambda: RunFilter(namespace='\ud800'), "namespace='\\ud800' is not a text"),
    ],
)
def test_a_condition_that_cannot_be_is_refused(make: Callable[[], RunFilter], message: str) -> None:
    with pytest.raises(FilterRefused) as caught:
        make()

    assert str(caught.value) == message


def test_each_row_is_of_a_parameter_that_there_is() -> None:
    parameters = {
        place
        for name, method in METHODS.items()
        for parameter in inspect.signature(method).parameters
        for place in (parameter, f'{name}.{parameter}')
    }

    assert ARGUMENTS.keys() | ELSEWHERE <= parameters
