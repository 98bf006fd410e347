"""What a caller hands in is checked where it comes in, and the error says what to give."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from monty_flow import BoundaryError, Monty, Raised, ResourceLimits, Session, load

WAITING = 'import asyncio\nasync def main():\n    return await f()\nasyncio.run(main())'


async def coroutine_function(*args: Any) -> None:
    """Do nothing."""


@pytest.mark.parametrize(
    ('act', 'message'),
    [
        (lambda: Monty(b'1'), 'the source of a script is of type bytes; give a str, decoded'),
        (lambda: Monty(None), 'the source of a script is of type NoneType; give a str'),
        (lambda: Session().feed(3), 'the source of a script is of type int; give a str'),
        (lambda: Monty('x', inputs='x'), "inputs='x' is not a list of names; write inputs=['n']"),
        (lambda: Monty('x', inputs=[3]), "inputs: 3 is not a name; write inputs=['n']"),
        (lambda: Monty('1', inputs=['a b']), "inputs: 'a b' cannot be a variable of a script; use an identifier"),
        (lambda: Monty('1', inputs=['if']), "inputs: 'if' cannot be a variable of a script; use an identifier"),
        (
            lambda: Monty('f()', external_functions='f'),
            "external_functions='f' is not a list of names; write external_functions=['fetch']",
        ),
        (
            lambda: Session(external_functions='f'),
            "external_functions='f' is not a list of names; write external_functions=['fetch']",
        ),
        (
            lambda: Monty('x', inputs=['x']).run(inputs=['x']),
            "inputs is of type list; give a dict of names and values, such as {'n': 1}",
        ),
        (
            lambda: Monty('f(1)').run(external_functions=['f']),
            "external_functions is of type list; give a dict of names and functions, such as {'fetch': fetch}",
        ),
        (
            lambda: Monty('1').run(limits={'max_steps': 1}),
            'limits is of type dict; give ResourceLimits(max_steps=...) or the like',
        ),
        (
            lambda: Monty('f()').start(print_callback='out'),
            'print_callback is of type str; give a function of a stream and a text',
        ),
        (
            lambda: Monty('f()').start().resume(exception=ValueError),
            "the exception is the class ValueError; give an instance, such as ValueError('what went wrong')",
        ),
        (
            lambda: Monty('f()').start().resume(exception='no'),
            'the exception is of type str; give an instance of an exception class',
        ),
        (
            lambda: Monty(WAITING).start().resume({1: Raised('no')}),
            'the exception is of type str; give an instance of an exception class',
        ),
    ],
)
def test_an_argument_that_cannot_be_is_refused(act: Callable[[], object], message: str) -> None:
    with pytest.raises(BoundaryError) as caught:
        act()

    assert str(caught.value) == message


@pytest.mark.parametrize(
    ('limits', 'message'),
    [
        ({'max_steps': -1}, 'max_steps=-1 is not a number from 0 on, or None for no bound'),
        ({'max_steps': '3'}, "max_steps='3' is not a number from 0 on, or None for no bound"),
        ({'max_duration_secs': float('nan')}, 'max_duration_secs=nan is not a number from 0 on, or None for no bound'),
        ({'max_int_bits': None}, 'max_int_bits=None is not a number from 0 on'),
    ],
)
def test_a_limit_that_bounds_nothing_is_refused(limits: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match='is not a number') as caught:
        ResourceLimits(**limits)

    assert str(caught.value) == message


def test_a_limit_may_be_none_at_all() -> None:
    assert ResourceLimits(max_pauses=0, max_duration_secs=0).max_pauses == 0


def test_a_state_can_go_on_after_an_answer_that_was_refused() -> None:
    state: Any = Monty('f() + 1').start()
    with pytest.raises(BoundaryError):
        state.resume(exception=ValueError)

    assert load(state.dump()).resume(return_value=1).output == 2


def test_a_coroutine_function_of_a_plain_run_is_named_with_the_way_out() -> None:
    with pytest.raises(Exception, match='gave a coroutine') as caught:
        Monty('f(1)').run(external_functions={'f': coroutine_function})

    assert str(caught.value).splitlines()[-1] == (
        'BoundaryError: f gave a coroutine; only run_async awaits functions: use that, or give a plain function'
    )


def test_a_session_keeps_the_functions_that_it_was_given() -> None:
    session = Session(external_functions={'double': lambda n: 2 * n, 'half': lambda n: n // 2})

    assert session.feed('double(4)') == 8
    assert session.feed('double(half(4))', external_functions={'half': lambda n: -n}) == -8
    again = Session.load(session.dump(), external_functions={'double': lambda n: 3 * n})
    assert again.feed('double(4)') == 12
