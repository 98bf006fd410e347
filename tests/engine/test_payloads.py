"""Values as bytes."""

from __future__ import annotations

import math
from collections import OrderedDict
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import IntEnum
from fractions import Fraction
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monty_flow.engine import PayloadUnreadable, ValueRefused, payloads
from monty_flow.interpreter import ScriptObject

VALUES = [
    None, True, 0, -1, 2**63, -(2**200), 1.5, -0.0, float('inf'), 1 + 2j, '', 'é\ud800'.encode('utf-8', 'ignore').decode(),
    b'', b'\x00\xff', bytearray(b'x'), [{'a': [bytearray(b'x')]}, (bytearray(b'y'),)], [], [1, [2]], (), (1, ('a',)), {}, {'a': 1, 2: 'b', (1, 2): None, None: 0},
    set(), {1, 'a'}, frozenset({1}), range(1, 10, 3), date(2030, 1, 2), datetime(2030, 1, 2, 3, 4, 5, 6),
    datetime(2030, 1, 2, tzinfo=UTC), datetime(2030, 1, 2, fold=1), time(1, 2, 3), time(1, tzinfo=UTC),
    timedelta(-1, 2, 3), UTC, timezone(timedelta(hours=1)), timezone(timedelta(hours=1), 'CET'), Decimal('1.10'),
    Fraction(1, 3), UUID(int=7), ScriptObject('Point', '<Point object>'),
]  # fmt: skip


class Colour(IntEnum):
    RED = 1


def shape(value: Any) -> Any:
    """Return a value with the exact types of all its parts, which `==` does not tell apart."""
    if isinstance(value, dict):
        return (type(value), [(shape(key), shape(item)) for key, item in value.items()])
    if isinstance(value, (list, tuple)):
        return (type(value), [shape(item) for item in value])
    if isinstance(value, (set, frozenset)):
        return (type(value), {shape(item) for item in value})
    if isinstance(value, (datetime, time)):
        return (type(value), value, value.tzinfo, value.fold)
    return (type(value), repr(value))


@pytest.mark.parametrize('value', VALUES, ids=lambda value: type(value).__name__)
def test_a_value_comes_back_as_it_went_in(value: Any) -> None:
    assert shape(payloads.decode(payloads.encode(value))) == shape(value)


def test_nan_comes_back_as_nan() -> None:
    assert math.isnan(payloads.decode(payloads.encode(float('nan'))))


plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.binary(),
    lambda inner: st.lists(inner) | st.tuples(inner, inner) | st.dictionaries(st.text() | st.integers(), inner),
    max_leaves=20,
)


@given(plain)
def test_any_nested_value_comes_back(value: Any) -> None:
    assert shape(payloads.decode(payloads.encode(value))) == shape(value)


@pytest.mark.parametrize(
    ('value', 'name'),
    [
        (object(), 'builtins.object'),
        (OrderedDict(), 'collections.OrderedDict'),
        ({'deep': [Colour.RED]}, f'{__name__}.Colour'),
    ],
)
def test_a_value_of_another_type_is_refused_by_name(value: Any, name: str) -> None:
    with pytest.raises(ValueRefused) as caught:
        payloads.encode(value, 'the result of f()')

    assert str(caught.value) == (
        f'the result of f() cannot be stored: a value of type {name} has no stored form; '
        'pass plain values, not nested too deeply'
    )


def test_a_value_that_holds_itself_is_refused() -> None:
    value: list[Any] = []
    value.append(value)

    with pytest.raises(
        ValueRefused, match=r'^the value cannot be stored: .*; pass plain values, not nested too deeply$'
    ):
        payloads.encode(value)


def test_a_small_payload_stays_as_it_is_and_a_large_one_is_compressed() -> None:
    small = payloads.wrap(b'a' * (payloads.COMPRESS_FROM_BYTES - 1))
    large = payloads.wrap(b'a' * payloads.COMPRESS_FROM_BYTES)

    assert (small[:1], len(small)) == (b'\x00', payloads.COMPRESS_FROM_BYTES)
    assert large[:1] == b'\x01'
    assert len(large) < 100
    assert payloads.unwrap(large) == b'a' * payloads.COMPRESS_FROM_BYTES


def test_a_value_at_the_limit_is_stored_and_one_over_it_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(payloads, 'MAX_PAYLOAD_BYTES', 10)
    payloads.encode('x' * 9)

    with pytest.raises(ValueRefused) as caught:
        payloads.encode('x' * 10, 'the input')

    assert str(caught.value) == 'the input takes 11 bytes, more than 10; store it elsewhere and pass a reference'


@pytest.mark.parametrize(
    ('data', 'message'),
    [
        (b'', 'a stored value has an unknown form; it was made by a newer release of monty-flow'),
        (b'\x03abc', 'a stored value has an unknown form; it was made by a newer release of monty-flow'),
        (b'\x02abc', 'a stored value is kept apart from its row; read it through an Engine'),
    ],
)
def test_bytes_of_an_unknown_form_are_refused(data: bytes, message: str) -> None:
    with pytest.raises(PayloadUnreadable) as caught:
        payloads.decode(data)

    assert str(caught.value) == message


@pytest.mark.parametrize('data', [b'\x00', b'\x00\xc1', b'\x01abc', b'\x00\xc7\x01\x63\x00', b'\x00\xc7\x02\x08\xa1x'])
def test_damaged_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(PayloadUnreadable, match=r'it was damaged$'):
        payloads.decode(data)
