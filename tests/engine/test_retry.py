"""The retry policy."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monty_flow.engine.retry import MAX_RETRY_AFTER_SECONDS, RetryAfter, RetryPolicy, error_for_script

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


class TooMany(Exception):
    def __init__(self, seconds: object) -> None:
        super().__init__('too many requests')
        self.retry_after_seconds = seconds


@pytest.mark.parametrize('error', [RetryAfter(42), TooMany(42), TooMany(42.0)])
def test_an_error_says_when_the_next_attempt_is_made(error: Exception) -> None:
    assert RetryPolicy(max_delay_seconds=1).delay(1, error, Random(1)) == 42


def test_retries_are_counted_also_when_the_error_says_when_to_come_back() -> None:
    assert RetryPolicy(retries=2).delay(3, RetryAfter(1), Random(1)) is None


@pytest.mark.parametrize('seconds', [-1, float('nan'), float('inf'), '5', None])
def test_what_is_no_time_to_come_back_is_passed_over(seconds: object) -> None:
    delay = RetryPolicy(initial_delay_seconds=1).delay(1, TooMany(seconds), Random(1))

    assert delay is not None
    assert 0 <= delay <= 1


def test_an_error_cannot_put_off_an_attempt_for_ever() -> None:
    assert RetryPolicy().delay(1, RetryAfter(1e300), Random(1)) == MAX_RETRY_AFTER_SECONDS


def test_the_script_gets_the_error_behind_retry_after() -> None:
    bare, behind = RetryAfter(5), RetryAfter(5)
    behind.__cause__ = ERROR

    assert error_for_script(behind) is ERROR
    assert error_for_script(bare) is bare
    assert error_for_script(ERROR) is ERROR
    assert str(bare) == 'try again after 5 s'


def test_a_predicate_tells_which_errors_are_final() -> None:
    policy = RetryPolicy(no_retry_on=lambda error: '404' in str(error))

    assert policy.delay(1, OSError('404'), Random(1)) is None
    assert policy.delay(1, OSError('500'), Random(1)) is not None


def test_a_predicate_that_fails_does_not_end_the_retries(caplog: pytest.LogCaptureFixture) -> None:
    policy = RetryPolicy(no_retry_on=lambda error: error.code == 404)  # type: ignore[attr-defined]

    assert policy.delay(1, OSError('x'), Random(1)) is not None
    assert caplog.messages == ['no_retry_on failed for OSError; the attempt is repeated']


@pytest.mark.parametrize('kinds', [[LookupError, OSError], {LookupError, OSError}, frozenset({LookupError, OSError})])
def test_classes_of_final_errors_may_stand_in_a_list_or_a_set(kinds: list[type[Exception]]) -> None:
    policy = RetryPolicy(no_retry_on=kinds)

    assert policy.delay(1, KeyError('x'), Random(1)) is None
    assert policy.delay(1, ValueError('x'), Random(1)) is not None


@pytest.mark.parametrize('rule', [5, (5,), (int,), [int], int, 'ValueError'])
def test_what_tells_of_no_error_is_refused(rule: object) -> None:
    with pytest.raises(ValueError, match='it must be classes of exceptions, or a function'):
        RetryPolicy(no_retry_on=rule)  # type: ignore[arg-type]


def test_a_time_that_is_no_number_is_refused_where_it_is_said() -> None:
    with pytest.raises(TypeError) as caught:
        RetryAfter('soon')  # type: ignore[arg-type]

    assert str(caught.value) == "RetryAfter('soon') says no time; give a number of seconds"
