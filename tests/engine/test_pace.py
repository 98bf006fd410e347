"""Which functions are expected to be quick."""

from __future__ import annotations

import pytest

from monty_flow.engine import Functions
from monty_flow.engine.functions import HostFunction
from monty_flow.engine.pace import FIRST_NEEDED, QUICK_US, SLOW_US, Pace, Paces


def after(*microseconds: int) -> Pace:
    pace = Pace()
    for each in microseconds:
        pace.took(each)
    return pace


def test_a_function_is_quick_once_it_was_so_in_a_row() -> None:
    assert not after(*[QUICK_US - 1] * (FIRST_NEEDED - 1)).is_quick
    assert after(*[QUICK_US - 1] * FIRST_NEEDED).is_quick


def test_one_slow_execution_ends_that_and_it_takes_twice_as_long_from_then_on() -> None:
    quick = [1] * FIRST_NEEDED

    assert not after(*quick, SLOW_US).is_quick
    assert not after(*quick, SLOW_US, *quick).is_quick
    assert after(*quick, SLOW_US, *quick, *quick).is_quick


def test_now_and_then_one_may_wait_for_the_lock_of_python_but_not_every_second_one() -> None:
    assert after(*[1] * 20, QUICK_US, 1, 1, 1, 1, 1).is_quick
    assert not after(*[1] * 20, *[QUICK_US, 1] * 20).is_quick


def host_function(**options: object) -> HostFunction:
    functions = Functions()
    functions.function(name='f', **options)(lambda: None)  # type: ignore[call-overload]
    found = functions.get('f')
    assert found is not None
    return found


@pytest.mark.parametrize('options', [{'timeout_seconds': 1}, {'transactional': True}])
def test_a_function_whose_thread_may_be_given_up_or_that_has_the_database_is_never_quick(
    options: dict[str, object],
) -> None:
    paces, known = Paces(), Paces()
    for _ in range(FIRST_NEEDED):
        paces.took('f', host_function(**options), 1)
        known.took('f', host_function(), 1)

    assert not paces.is_quick('f')
    assert known.is_quick('f')
