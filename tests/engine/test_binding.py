"""Arguments of scripts and the parameters of functions, with validation by type hints."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Any

import pytest
from pydantic import BaseModel

from monty_flow.engine import FunctionRefused, Functions, RunStatus
from monty_flow.engine.secrecy import NO_SECRETS
from tests.engine.bench import Bench


class Colour(Enum):
    RED = 'red'


@dataclass
class Item:
    name: str
    colour: Colour
    price: int = 1


class Order(BaseModel):
    items: list[Item]
    placed: date


def call(target: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Return what a validated function gives for arguments of a script."""
    functions = Functions(validate=True)
    functions.function(name='f')(target)
    found = functions.get('f')
    assert found is not None
    assert found.binder is not None
    bound = found.binder.bind(args, kwargs)
    args, kwargs = found.binder.arguments(bound, NO_SECRETS)
    return found.binder.result(target(*args, **kwargs))


def test_a_call_that_does_not_fit_is_an_error_in_the_script_and_is_not_tried_again(bench: Bench) -> None:
    executed = []

    @bench.functions.function(initial_delay_seconds=1000)
    def fetch(url: str, *, times: int = 1) -> None:
        executed.append(url)

    run = bench.run('try:\n    fetch("x", count=2)\nexcept TypeError as error:\n    text = str(error)\ntext')

    [recorded] = bench.engine.calls(run.id)
    assert run.output == "fetch() got an unexpected keyword argument 'count'"
    assert (executed, recorded.error.traceback) == ([], '')


def test_without_validation_a_function_gets_what_the_script_passes(bench: Bench) -> None:
    @bench.functions.function
    def f(x: int) -> str:
        return repr(x)

    assert bench.run('f("5")').output == "'5'"


def test_arguments_become_models_and_results_plain_values(bench: Bench) -> None:
    @bench.functions.function(validate=True)
    def place(order: Order) -> Order:
        assert type(order.items[0]) is Item
        order.items.append(Item('extra', Colour.RED, 0))
        return order

    run = bench.run('place({"items": [{"name": "pen", "colour": "red"}], "placed": "2030-02-01"})')

    assert run.output == {
        'items': [{'name': 'pen', 'colour': 'red', 'price': 1}, {'name': 'extra', 'colour': 'red', 'price': 0}],
        'placed': date(2030, 2, 1),
    }


@pytest.mark.parametrize(
    ('argument', 'message'),
    [
        (
            '"many"',
            "ValueError: f(): argument 'x': Input should be a valid integer, unable to parse string as an integer",
        ),
        ('[1]', "TypeError: f(): argument 'x': Input should be a valid integer"),
    ],
)
def test_an_argument_that_does_not_validate_is_an_error_in_the_script(
    bench: Bench, argument: str, message: str
) -> None:
    executed = []

    @bench.functions.function(validate=True)
    def f(x: int) -> None:
        executed.append(x)

    run = bench.run(f'f({argument})')

    assert (run.status, str(run.error), executed) == (RunStatus.FAILED, message, [])


def test_a_place_inside_an_argument_is_told() -> None:
    def f(order: Order) -> None: ...

    with pytest.raises(ValueError, match=r"^f\(\): argument 'order': items\.0\.colour: Input should be 'red'$"):
        call(f, {'items': [{'name': 'pen', 'colour': 'blue'}], 'placed': '2030-02-01'})


def test_any_number_of_arguments_are_validated_one_by_one() -> None:
    def f(*numbers: int, **named: float) -> list[Any]:
        return [*numbers, named]

    assert call(f, '1', 2, a='0.5') == [1, 2, {'a': 0.5}]
    with pytest.raises(ValueError, match=r"f\(\): argument 'b': Input should be a valid number"):
        call(f, b='much')


def test_a_result_that_does_not_validate_is_an_error_in_the_script(bench: Bench) -> None:
    @bench.functions.function(validate=True, retries=3, initial_delay_seconds=1000)
    def f() -> int:
        return 'many'  # type: ignore[return-value]

    run = bench.run('f()')

    assert str(run.error) == (
        'TypeError: the result of f(): Input should be a valid integer, unable to parse string as an integer'
    )


def test_a_function_may_opt_out_of_what_its_set_does() -> None:
    functions = Functions(validate=True)

    @functions.function(validate=False)
    def f(x: int) -> None: ...

    found = functions.get('f')
    assert found is not None
    assert found.binder is not None
    assert found.binder.bind(('5',), {}).args == ('5',)
    assert found.binder._checks == {}


def test_a_class_that_is_called_has_its_own_parameters() -> None:
    class Fetch:
        def __call__(self, url: str, times: int) -> int:
            return times

    assert call(Fetch(), 'x', times='3') == 3


def test_without_pydantic_validation_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, 'pydantic', None)

    with pytest.raises(FunctionRefused) as caught:
        Functions().function(name='f', validate=True)(lambda: None)

    assert str(caught.value) == (
        "the function 'f' cannot be registered with validate=True: pydantic is missing; "
        'install it with "pip install \'monty-flow[validate]\'"'
    )


def test_hints_that_pydantic_cannot_check_are_refused() -> None:
    class Odd: ...

    def f(x: Odd) -> None: ...

    f.__annotations__['x'] = Odd
    with pytest.raises(FunctionRefused, match="the function 'f' cannot be registered with validate=True: Unable to"):
        Functions().function(validate=True)(f)


def test_hints_that_cannot_be_evaluated_are_refused_where_they_count() -> None:
    def f(x: Missing) -> None: ...  # type: ignore[name-defined]  # noqa: F821

    Functions().function(f)
    with pytest.raises(FunctionRefused) as caught:
        Functions().function(validate=True)(f)

    assert str(caught.value) == (
        "the function 'f' cannot be registered: its type hints cannot be evaluated: name 'Missing' is not defined"
    )
