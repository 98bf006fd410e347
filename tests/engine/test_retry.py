"""The retry policy."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monty_flow.engine.retry import RetryPolicy

ERROR = ValueError('no')


def test_the_bound_grows_by_the_factor_up_to_the_maximum() -> None:
    policy = RetryPolicy(initial_delay_seconds=1, factor=3, max_delay_seconds=20)

    assert [policy.delay_bound(failures) for failures in range(1, 6)] == [1, 3, 9, 20, 20]


def test_a_bound_too_large_for_a_float_is_the_maximum() -> None:
    assert RetryPolicy(factor=10.0, max_delay_seconds=60).delay_bound(100_000) == 60


@given(st.integers(1, 50), st.integers())
def test_the_delay_lies_between_zero_and_the_bound(failures: int, seed: int) -> None:
    policy = RetryPolicy(retries=50)

    delay = policy.delay(failures, ERROR, Random(seed))

    assert delay is not None
    assert 0 <= delay <= policy.delay_bound(failures)


def test_it_gives_up_after_the_last_retry() -> None:
    policy = RetryPolicy(retries=2)

    tried_again = [policy.delay(failures, ERROR, Random(1)) is not None for failures in (1, 2, 3)]

    assert tried_again == [True, True, False]


def test_no_retries_means_one_attempt() -> None:
    assert RetryPolicy(retries=0).delay(1, ERROR, Random(1)) is None


def test_errors_of_the_list_and_their_subclasses_are_final() -> None:
    policy = RetryPolicy(no_retry_on=(LookupError,))

    assert policy.delay(1, KeyError('k'), Random(1)) is None
    assert policy.delay(1, ERROR, Random(1)) is not None


@pytest.mark.parametrize(
    ('name', 'value', 'lowest'),
    [('retries', -1, 0), ('initial_delay_seconds', -0.5, 0), ('factor', 0.5, 1), ('max_delay_seconds', -1, 0)],
)
def test_a_setting_below_its_lowest_value_is_refused(name: str, value: float, lowest: int) -> None:
    with pytest.raises(ValueError, match='must be') as caught:
        RetryPolicy(**{name: value})

    assert str(caught.value) == f'{name} is {value!r}; it must be at least {lowest}'
