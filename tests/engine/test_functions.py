"""Registering host functions, and the context of a call."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from monty_flow.engine import CallContext, FunctionRefused, Functions, NoCurrentCall, RetryPolicy, current_call
from monty_flow.engine.calling import executing


def double(x: int) -> int:
    return 2 * x


def test_a_decorated_function_stays_as_it_is() -> None:
    functions = Functions()

    decorated = functions.function(double)

    assert decorated is double
    assert functions.names == {'double'}


def test_policy_and_name_are_kept() -> None:
    functions = Functions()
    functions.function(
        name='twice', retries=5, timeout_seconds=2, initial_delay_seconds=0.1, factor=3, max_delay_seconds=9,
        no_retry_on=(KeyError,),
    )(double)  # fmt: skip

    found = functions.get('twice')

    assert found is not None
    assert found.policy == RetryPolicy(5, 0.1, 3, 9, (KeyError,))
    assert (found.name, found.timeout_seconds, found.is_async) == ('twice', 2, False)
    assert functions.get('double') is None


def test_async_functions_and_async_callables_are_told_from_sync_ones() -> None:
    class Fetch:
        async def __call__(self) -> None: ...

    async def fetch() -> None: ...

    functions = Functions()
    functions.function(fetch)
    functions.function(name='object')(Fetch())
    functions.function(double)

    assert {function.name: function.is_async for function in functions} == {
        'fetch': True, 'object': True, 'double': False,
    }  # fmt: skip


@pytest.mark.parametrize(
    ('settings', 'message'),
    [
        ({'name': 'not a name'}, "a function cannot be called 'not a name' by a script; give an identifier as name="),
        (
            {'name': 'time.sleep'},
            "'time.sleep' is answered by the engine itself; register the function by another name",
        ),
        (
            {'name': 'known'},
            "a function 'known' is registered already; give one of them another name=, or each a version=",
        ),
        (
            {'retries': -1},
            "the function 'double' cannot be registered: retries is -1; it must be at least 0",
        ),
        (
            {'timeout_seconds': 0},
            "the function 'double' cannot be registered: timeout_seconds is 0; it must be a number above 0, or None for no bound",
        ),
        (
            {'timeout_seconds': '3'},
            "the function 'double' cannot be registered: timeout_seconds is '3'; it must be a number above 0, or None for no bound",
        ),
        (
            {'retries': '3'},
            "the function 'double' cannot be registered: retries is '3'; it must be a whole number",
        ),
        (
            {'factor': None},
            "the function 'double' cannot be registered: factor is None; it must be a number",
        ),
    ],
)
def test_what_cannot_be_registered_is_refused(settings: dict[str, Any], message: str) -> None:
    functions = Functions()
    functions.function(name='known')(double)

    with pytest.raises(FunctionRefused) as caught:
        functions.function(**settings)(double)

    assert str(caught.value) == message
    assert functions.names == {'known'}


def test_an_option_that_does_not_exist_is_refused() -> None:
    with pytest.raises(TypeError) as caught:
        Functions().function(retrys=3)(double)  # type: ignore[call-arg]

    assert str(caught.value) == "function() got an unexpected keyword argument 'retrys'; did you mean retries?"


def test_the_current_call_is_known_while_it_is_executed() -> None:
    call = CallContext('run', 3, 2, 'f')

    with executing(call):
        inside = current_call()

    assert inside is call
    assert inside.idempotency_key == 'run/3'


def test_there_is_no_current_call_outside() -> None:
    with pytest.raises(NoCurrentCall) as caught:
        current_call()

    assert str(caught.value) == (
        'there is no current call: use current_call() in a host function while a worker executes it, '
        'and not in a thread that the function starts'
    )


def test_something_that_is_no_function_is_refused() -> None:
    not_a_function: Callable[..., Any] = 5  # type: ignore[assignment]

    with pytest.raises(FunctionRefused) as caught:
        Functions().function(name='five')(not_a_function)

    assert str(caught.value) == '5 cannot be registered: it is not a function'
