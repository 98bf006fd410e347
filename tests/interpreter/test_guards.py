"""Guarded operators and methods give what Python gives, within the limits."""

from __future__ import annotations

import copy
import datetime
import itertools
import operator
from collections.abc import Callable
from typing import Any

import pytest

from monty_flow.interpreter.builtins.functions import Builtins
from monty_flow.interpreter.errors import LimitReached
from monty_flow.interpreter.limits import ResourceLimits
from monty_flow.interpreter.runtime import searching
from monty_flow.interpreter.runtime.metering import BIG
from monty_flow.interpreter.runtime.methods import CALLED
from monty_flow.interpreter.runtime.run import Run
from monty_flow.interpreter.runtime.widths import text_width

OPERATORS = ('add', 'iadd', 'mul', 'imul', 'pow', 'ipow', 'lshift', 'ilshift', 'mod', 'imod', 'contains')
VALUES: tuple[Any, ...] = (
    None, True, 0, -3, 7, 2.5, 1j, '', 'abc', 'a b', b'', b'ab', bytearray(b'cd'), [], [3, 1], ['a', 'b'], [[1], [2]],
    (), (1, 'a'), {}, {'a': 1}, set(), {1}, frozenset({2}), range(3), '{}', '%s %d', '%s', {'key': 1}, int, len,
    datetime.date(2020, 1, 1), ValueError('x'),
)  # fmt: skip


class Ended(BaseException):
    """The fuel of a test ran out."""


class CountingRun(Run):
    """A run that only counts what it is charged, up to a limit."""

    def __init__(self, fuel: int = 10_000_000, **limits: Any) -> None:
        super().__init__(None, ResourceLimits(**limits))
        self.fuel = fuel
        self.charged = 0

    def charge(self, steps: int) -> None:
        self.charged += steps
        if self.charged > self.fuel:
            raise Ended

    def now(self) -> float:
        return 86_400.5


def outcome(function: Callable[..., Any], *args: Any, **kwargs: Any) -> tuple[str, str]:
    """Return the type and text of what a call gives or raises."""
    try:
        value = function(*args, **kwargs)
    except Exception as error:
        return type(error).__name__, str(error)
    return type(value).__name__, repr(value)


def refusal(function: Callable[..., Any], *args: Any, **kwargs: Any) -> str:
    """Return the text of the limit error that a call raises."""
    with pytest.raises(LimitReached) as caught:
        function(*args, **kwargs)
    return str(caught.value)


MEMORY = 'the script went over max_memory=1000000; raise the limit or make the script do less'
BITS = 'the script went over max_int_bits=10000; raise the limit or make the script do less'


@pytest.fixture
def objects() -> Builtins:
    return Builtins(CountingRun(max_memory=1_000_000, max_int_bits=10_000))


@pytest.mark.parametrize('name', OPERATORS)
def test_an_operator_gives_what_python_gives(objects: Builtins, name: str) -> None:
    guard, native = getattr(objects.guards, name), getattr(operator, name)
    for pair in itertools.product(VALUES, repeat=2):
        ours, theirs = copy.deepcopy(pair), copy.deepcopy(pair)

        got, wanted = outcome(guard, *ours), outcome(native, *theirs)

        # Python's text of len has no address, so all texts compare.
        assert (pair, got, repr(ours)) == (pair, wanted, repr(theirs))


@pytest.mark.parametrize('name', sorted(CALLED - {'decode', 'encode', 'format', 'now', 'today', 'utcnow'}))
def test_a_method_gives_what_python_gives(objects: Builtins, name: str) -> None:
    guard = getattr(objects.methods, f'm_{name}')
    for value in VALUES:
        if not hasattr(value, name):
            continue
        for args in itertools.chain(
            [()], itertools.product(VALUES, repeat=1), itertools.product(VALUES[:20], repeat=2)
        ):
            ours, theirs = copy.deepcopy((value, args)), copy.deepcopy((value, args))

            got, wanted = outcome(guard, ours[0], *ours[1]), outcome(getattr(theirs[0], name), *theirs[1])

            assert (value, args, got, repr(ours)) == (value, args, wanted, repr(theirs))


def test_iadd_keeps_the_list(objects: Builtins) -> None:
    items = [1]

    result = objects.guards.iadd(items, (2, 3))

    assert result is items
    assert items == [1, 2, 3]


def test_an_int_over_max_int_bits_is_refused(objects: Builtins) -> None:
    guards = objects.guards
    big = 1 << 9_000

    refusals = {
        refusal(guards.pow, 2, 10_001), refusal(guards.ipow, -3, 10**30), refusal(guards.lshift, 1, 10_000),
        refusal(guards.ilshift, 1, 10**40), refusal(guards.mul, big, big), refusal(guards.imul, big, big),
        refusal(objects.b_pow, 7, 10**9), refusal(objects.methods.m_from_bytes, int, bytes(2_000), 'big'),
        refusal(objects.b_int, 'f' * 5_000, 16),
    }  # fmt: skip

    assert refusals == {BITS}


def test_an_int_at_max_int_bits_is_made(objects: Builtins) -> None:
    assert objects.guards.lshift(1, 9_999).bit_length() == 10_000
    assert objects.guards.pow(2, 9_999).bit_length() == 10_000
    assert objects.guards.pow(1, 10**30) == 1


def test_a_sequence_over_max_memory_is_refused(objects: Builtins) -> None:
    guards, methods = objects.guards, objects.methods
    text = 'x' * 600_000

    refusals = {
        refusal(guards.mul, 'ab', 500_001), refusal(guards.mul, 10**12, b'a'), refusal(guards.imul, [1], 200_000),
        refusal(guards.add, text, text), refusal(guards.iadd, text, text), refusal(guards.add, (1,) * 99_999, (1,) * 99_999),
        refusal(guards.mod, '%2000000d', 1), refusal(guards.mod, '%*d', (2_000_000, 1)), refusal(guards.mod, '%.*f', (9**8, 1)),
        refusal(methods.m_ljust, 'a', 2_000_000), refusal(methods.m_zfill, 'a', 2_000_000),
        refusal(methods.m_replace, text, 'x', 'yy'), refusal(methods.m_join, text, ['a'] * 3),
        refusal(methods.m_expandtabs, '\t\t', 600_000), refusal(methods.m_to_bytes, 1, 2_000_000, 'big'),
        refusal(methods.m_translate, text, {120: 'abc'}), refusal(methods.m_join, '', itertools.repeat('x' * 1000, 1_001)),
        refusal(objects.b_set, range(10**30)), refusal(objects.b_list, range(10**15)), refusal(methods.m_extend, [], range(10**15)),
        refusal(objects.b_bytes, 2_000_000), refusal(objects.b_bytearray, 2_000_000),
    }  # fmt: skip

    assert refusals == {MEMORY}


@pytest.mark.parametrize(
    'consume',
    [
        lambda b: b.b_list(b.b_map(abs, range(10**15))),
        lambda b: b.b_sum(range(10**15)),
        lambda b: b.b_max(range(10**15)),
        lambda b: b.b_any(b.b_map(callable, b.b_zip(range(10**15)))),
        lambda b: b.b_set(b.b_map(abs, range(10**30))),
        lambda b: b.methods.m_extend([], b.b_map(abs, range(10**15))),
        lambda b: b.methods.m_update(set(), range(10**15)),
        lambda b: b.methods.m_isdisjoint(set(), range(10**15)),
        lambda b: b.methods.m_join('', b.b_map(str, range(10**15))),
        lambda b: b.guards.contains(b.b_map(abs, range(10**15)), -1),
        lambda b: [None for _ in b.guards.sized(range(10**15))],
    ],
)
def test_endless_work_in_c_runs_out_of_fuel(consume: Callable[[Builtins], object]) -> None:
    objects = Builtins(CountingRun(fuel=300_000))

    with pytest.raises(Ended):
        consume(objects)


@pytest.mark.parametrize(
    'feed',
    [
        lambda b, xs: b.guards.iadd(xs, iter(xs)),
        lambda b, xs: b.methods.m_extend(xs, b.b_enumerate(xs)),
        lambda b, xs: b.b_list(b.b_map(xs.append, xs)),
        lambda b, xs: b.b_any(b.b_filter(xs.append, xs)),
        lambda b, xs: b.b_list(b.b_zip(xs, b.b_map(xs.append, xs))),
    ],
)
def test_a_list_that_feeds_itself_runs_out_of_fuel(feed: Callable[[Builtins, list[Any]], object]) -> None:
    objects = Builtins(CountingRun(fuel=100_000))

    with pytest.raises(Ended):
        feed(objects, [1])


def test_a_range_is_searched_by_value(objects: Builtins) -> None:
    contains = objects.guards.contains
    endless = range(0, 10**30, 2)

    found = [contains(endless, item) for item in (4, 5, 4.0, 4.5, 4 + 0j, 4 + 1j, 'a', None, True, float('inf'))]

    assert found == [True, False, True, False, True, False, False, False, False, False]


def test_metered_iteration_never_reads_ahead(objects: Builtins) -> None:
    source = iter(range(BIG * 2))
    loop = objects.guards.sized(source)

    first = [next(loop), next(loop)]

    assert (first, next(source)) == ([0, 1], 2)


@pytest.mark.parametrize('text', ['abcabcab', 'aaaa', b'abcabc', bytearray(b'xyx')])
def test_searches_from_the_right_agree_with_python_at_any_size(
    objects: Builtins, text: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, '_AFFORDABLE', 0)
    methods = objects.methods
    for wanted in (text[:2], text[-2:], text[1:3], text + text):
        for bounds in ((), (1,), (0, 5), (-4, -1), (2, 100)):
            assert outcome(methods.m_rfind, text, wanted, *bounds) == outcome(text.rfind, wanted, *bounds)
            assert outcome(methods.m_rindex, text, wanted, *bounds) == outcome(text.rindex, wanted, *bounds)
        assert methods.m_rpartition(text, wanted) == text.rpartition(wanted)
        assert methods.m_rsplit(text, wanted) == text.rsplit(wanted)
        assert methods.m_rsplit(text, wanted, 1) == text.rsplit(wanted, 1)


def test_a_search_from_the_right_is_linear(objects: Builtins) -> None:
    assert objects.methods.m_rfind('a' * 1_000_000, 'ab' + 'a' * 100_000) == -1


def test_a_method_loaded_as_a_value_is_the_guarded_one(objects: Builtins) -> None:
    attribute = objects.methods.attribute
    join = attribute(', ', 'join')

    assert (join(['a', 'b']), repr(join)) == ('a, b', '<built-in method join of str object>')
    assert attribute(str, 'join')('-', 'ab') == 'a-b'
    assert attribute(str, 'format')('{}', 1) == '1'
    assert attribute(dict, 'fromkeys')('ab', 0) == {'a': 0, 'b': 0}
    assert join == attribute(join._owner, 'join')
    assert refusal(attribute('a', 'ljust'), 2_000_000) == MEMORY


def test_a_guarded_method_cannot_be_changed(objects: Builtins) -> None:
    join = objects.methods.attribute('', 'join')

    with pytest.raises(AttributeError) as caught:
        join.x = 1

    assert str(caught.value) == "'builtin_function_or_method' object has no attribute 'x'"


def test_operators_are_guarded_under_their_method_names(objects: Builtins) -> None:
    attribute = objects.methods.attribute

    assert attribute(2, '__pow__')(3) == 8
    assert attribute([1], '__len__')() == 1
    assert attribute(1, '__add__')('a') is NotImplemented
    assert attribute(int, '__add__')(1, 2) == 3
    assert attribute(len, '__repr__')() == '<built-in function len>'
    assert refusal(attribute(2, '__pow__'), 10**9) == BITS
    assert refusal(attribute('ab', '__mul__'), 10**9) == MEMORY


def test_guarded_loads_show_nothing_of_the_host(objects: Builtins) -> None:
    attribute = objects.methods.attribute
    error = ValueError('x')
    error.__cause__ = cause = KeyError('y')

    assert attribute(int, '__name__') == 'int'
    assert attribute(objects.value('print'), '__name__') == 'print'
    assert attribute(3, '__class__') is int
    assert attribute(attribute(refusal, '__class__'), '__name__') == 'function'
    assert attribute(error, '__cause__') is cause
    assert attribute(error, '__context__') is None
    assert attribute(AttributeError('x', obj=objects), 'obj') is None
    assert attribute(AttributeError('x', obj=error), 'obj') is error


def test_dates_are_made_from_the_clock_of_the_run_in_utc(objects: Builtins) -> None:
    methods = objects.methods
    moment = datetime.datetime(1970, 1, 2, 0, 0, 0, 500_000)
    aware = moment.replace(tzinfo=datetime.UTC)

    assert methods.m_now(datetime.datetime) == moment
    assert methods.m_now(datetime.datetime, datetime.UTC) == aware
    assert methods.m_utcnow(datetime.datetime) == moment
    assert methods.m_today(datetime.datetime) == moment
    assert methods.m_today(datetime.date) == datetime.date(1970, 1, 2)
    assert methods.m_fromtimestamp(datetime.datetime, 86_400.5) == moment
    assert methods.m_fromtimestamp(datetime.date, 86_400.5) == datetime.date(1970, 1, 2)
    assert methods.m_timestamp(moment) == 86_400.5
    assert methods.m_astimezone(moment) == aware


def test_codecs_of_the_host_are_unknown(objects: Builtins) -> None:
    assert outcome(objects.methods.m_encode, 'a', 'idna') == ('LookupError', 'unknown encoding: idna')
    assert outcome(objects.methods.m_decode, b'a', 'zlib_codec') == ('LookupError', 'unknown encoding: zlib_codec')
    assert outcome(objects.methods.m_decode, b'a', 3) == outcome(b'a'.decode, 3)
    assert objects.methods.m_encode('é', 'UTF-8') == b'\xc3\xa9'
    assert objects.methods.m_decode(b'\xe9', 'latin-1') == 'é'


def test_callees_held_as_values_are_guarded(objects: Builtins) -> None:
    callable_ = objects.guards.callable

    assert callable_(list) == objects.b_list
    assert callable_(list[int]) == objects.b_list
    assert callable_(len) is len
    assert callable_(ValueError) is ValueError


def test_a_text_that_grows_in_place_is_looked_at_when_much_was_added(objects: Builtins) -> None:
    guards, text = objects.guards, 'x' * 999_990

    assert guards.grown(text, 'y' * 20)
    assert refusal(guards.grown, text, 'y' * 20_000) == MEMORY
    assert refusal(guards.grown, '€' * 400_000, 'y' * 200_000) == MEMORY


def test_a_text_that_is_kept_while_it_grows_is_reserved_each_time(objects: Builtins) -> None:
    text = 'x' * 999_990
    kept = [text]

    assert refusal(objects.guards.grown, text, 'y' * 20) == MEMORY
    assert kept


@pytest.mark.parametrize(('character', 'width'), [('a', 1), ('ß', 1), ('€', 2), ('🙂', 4)])
@pytest.mark.parametrize('count', [1, 64, 65, 1_000, 400_000])
def test_a_text_is_as_wide_as_cpython_stores_it(character: str, width: int, count: int) -> None:
    assert text_width(character * count) == width
