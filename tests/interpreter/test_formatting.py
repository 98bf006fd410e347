"""The three format languages and the texts of values: as Python's, without addresses, bounded."""

from __future__ import annotations

import datetime
import random
from collections.abc import Callable
from typing import Any

import pytest

from monty_flow.interpreter.builtins.functions import Builtins
from monty_flow.interpreter.errors import LimitReached
from monty_flow.interpreter.limits import ResourceLimits
from monty_flow.interpreter.runtime.run import Run
from monty_flow.interpreter.runtime.text import ascii_of, repr_of, text_of


@pytest.fixture
def objects() -> Builtins:
    run = Run(None, ResourceLimits(max_memory=1_000_000))
    run.fill(10**12)
    return Builtins(run)


def outcome(function: Callable[..., Any], *args: Any, **kwargs: Any) -> tuple[str, str]:
    """Return the type and text of what a call gives or raises."""
    try:
        value = function(*args, **kwargs)
    except Exception as error:
        return type(error).__name__, str(error)
    return type(value).__name__, repr(value)


TEMPLATES = (
    '', 'plain', '{}', '{} {}', '{0} {1} {0}', '{1}{}', '{}{1}', '{a}', '{b}', '{0[0]}', '{0[a]}', '{a[x]}', '{0.real}',
    '{0.nothing}', '{0.imag:>5}', '{!r}', '{!s:>8}', '{!a}', '{!x}', '{:>{}}', '{:{w}.{p}f}', '{:{:{}}}', '{', '}', '{{}}',
    '{{{}}}', '{:5}', '{:05d}', '{:,}', '{:%}', '{:e}', '{:x}', '{:q}', '{0!}', '{0', '{0[}', '{0[0}', '{0[]}', '{.a}',
    '{5}', '{0.__class__}', '{0.__class__.__name__}', '{99999999999999999999}', '{:99999999999999999999}', '{a.b[c]}',
    '{0!rr}', '{0:{1}}', '{0[1][0]}', '{:\u00e9>5}', '{ 0 }', '{0 }', '{-1}', '{0[-1]}', '{:\n}',
)  # fmt: skip
ARGUMENTS: tuple[tuple[tuple[Any, ...], dict[str, Any]], ...] = (
    ((), {}), ((1,), {}), (('ab', 3), {}), ((2.5, 10, 3), {'w': 8, 'p': 2}), (([[1], [2, 3]], 'x'), {'a': {'x': 1}}),
    (({'a': 1, '-1': 2},), {'a': 4, 'b': None}), ((None, True), {'a': 'q'}), ((1j, datetime.date(2020, 1, 2)), {}),
    ((datetime.datetime(2020, 1, 2), '%Y'), {'a': ValueError('x')}),
)  # fmt: skip


@pytest.mark.parametrize('template', TEMPLATES)
def test_format_gives_what_python_gives(objects: Builtins, template: str) -> None:
    for args, kwargs in ARGUMENTS:
        got = outcome(objects.methods.m_format, template, *args, **kwargs)

        assert (args, got) == (args, outcome(template.format, *args, **kwargs))


@pytest.mark.parametrize('template', TEMPLATES)
def test_format_map_gives_what_python_gives(objects: Builtins, template: str) -> None:
    for _, mapping in ARGUMENTS:
        assert outcome(objects.methods.m_format_map, template, mapping) == outcome(template.format_map, mapping)


PERCENT = (
    '', '%%', '%s', '%d', '%5.2f', '%(a)s', '%(a)r %(b)s', '%s %s', '%r', '%a', '%c', '%x', '%*d', '%.*f', '%-5s|', '%+d',
    '%', '%q', '%(a', '%i%%', '%(a)*d', '%.3s', '%(a)s %s',
)  # fmt: skip
OPERANDS: tuple[Any, ...] = (
    1, 'a', 2.5, None, (), (1,), (1, 2), (5, 2.5), ([1], {2}), [1, 2], {}, {'a': 1}, {'a': [1], 'b': (2,)}, b'x',
    bytearray(b'x'), ('a', [None]), ValueError('v'), (ValueError('v'), 1), {1: 2}, frozenset(), datetime.date(2020, 1, 1),
    10**40,
)  # fmt: skip


@pytest.mark.parametrize('template', PERCENT)
def test_percent_gives_what_python_gives(objects: Builtins, template: str) -> None:
    for operand in OPERANDS:
        if template == '%*d' and operand == (10**40,):
            continue
        got = outcome(objects.guards.mod, template, operand)
        got_bytes = outcome(objects.guards.mod, template.encode(), operand)

        assert (operand, got) == (operand, outcome(lambda value: template % value, operand))
        assert (operand, got_bytes) == (operand, outcome(lambda value: template.encode() % value, operand))


def test_an_error_of_percent_has_no_other_error_behind_it(objects: Builtins) -> None:
    with pytest.raises(TypeError) as caught:
        objects.guards.mod('%d', [1])

    assert str(caught.value) == '%d format: a real number is required, not list'
    assert caught.value.__context__ is None


@pytest.mark.parametrize(
    'template',
    ['{0.__globals__}', '{0.__init__.__globals__}', '{0.gi_frame}', '{0.$x}', '{0.f_back}', '{0.__subclasses__}'],
)
def test_a_field_reaches_no_refused_attribute(objects: Builtins, template: str) -> None:
    kind, text = outcome(objects.methods.m_format, template, test_a_field_reaches_no_refused_attribute)

    assert kind == 'AttributeError'
    assert text.startswith("the attribute '")


@pytest.mark.parametrize(
    'make',
    [
        lambda b: b.methods.m_format('{:2000000}', 1),
        lambda b: b.methods.m_format('{:{}}', 'a', 2_000_000),
        lambda b: b.methods.m_format('{:.2000000f}', 1.5),
        lambda b: b.methods.m_format('{:\u0662000000}', 1),
        lambda b: b.formatter.format_value('a', '', '>2000000'),
        lambda b: b.formatter.format_value([1] * 10, 'r', '2000000'),
        lambda b: b.methods.m_format('{0}' * 3, 'x' * 500_000),
        lambda b: b.b_format(1, '2000000'),
        lambda b: b.b_repr(_shared(30)),
    ],
)
def test_text_over_max_memory_is_refused(objects: Builtins, make: Callable[[Builtins], str]) -> None:
    with pytest.raises(LimitReached) as caught:
        make(objects)

    assert str(caught.value) == 'the script went over max_memory=1000000; raise the limit or make the script do less'


def _shared(levels: int) -> list[Any]:
    value: list[Any] = ['x']
    for _ in range(levels):
        value = [value, value]
    return value


def _random_value(source: random.Random, depth: int) -> Any:
    kind = source.randrange(12 if depth else 6)
    if kind < 6:
        return source.choice(
            [0, -5, 2.5, 'a', "it's", b'b', None, True, 1j, ..., int, range(3), bytearray(b'z'), '\n\u00e9']
        )
    items = [_random_value(source, depth - 1) for _ in range(source.randrange(4))]
    if kind == 6:
        return items
    if kind == 7:
        return tuple(items)
    if kind == 8:
        return {str(number): item for number, item in enumerate(items)}
    if kind == 9:
        return {str(item) for item in items}
    if kind == 10:
        return frozenset(str(item) for item in items)
    return source.choice([ValueError(*items), KeyError(*items), {1: 2}.keys(), {1: [2]}.items(), slice(1, None)])


@pytest.mark.parametrize('seed', range(200))
def test_texts_are_python_texts(seed: int) -> None:
    value = _random_value(random.Random(seed), 4)

    assert (repr_of(value), text_of(value), ascii_of(value)) == (repr(value), str(value), ascii(value))


def test_cycles_are_shown_as_python_shows_them() -> None:
    items: list[Any] = [1]
    items.append((items, {'self': items}))
    mapping: dict[str, Any] = {}
    mapping['self'] = mapping

    assert repr_of(items) == repr(items)
    assert repr_of(mapping) == repr(mapping)
    assert repr_of([items, items]) == repr([items, items])


def test_depth_costs_no_stack() -> None:
    value: Any = []
    for _ in range(100_000):
        value = [value]

    assert repr_of(value) == '[' * 100_001 + ']' * 100_001
    while value:
        value = value.pop()


def test_texts_show_no_address(objects: Builtins) -> None:
    def work() -> None: ...

    values = [
        work, (item for item in ()), len, [].append, objects.value('print'), objects.methods.attribute('', 'join'),
        iter([]), map(abs, []), zip(), object(), str.upper, int, objects.b_type(work), list[int], int | None,
    ]  # fmt: skip

    assert [repr_of(value) for value in values] == [
        '<function test_texts_show_no_address.<locals>.work>',
        '<generator object test_texts_show_no_address.<locals>.<genexpr>>',
        '<built-in function len>',
        '<built-in method append of list object>',
        '<built-in function print>',
        '<built-in method join of str object>',
        '<list_iterator object>',
        '<map object>',
        '<zip object>',
        '<object object>',
        "<method 'upper' of 'str' objects>",
        "<class 'int'>",
        "<class 'function'>",
        'list[int]',
        'int | None',
    ]
    for value in values:
        texts = [
            objects.b_str(value), objects.guards.mod('%s %r', (value, [value])), objects.methods.m_format('{} {!r}', value, (value,)),
            objects.b_str(ValueError(value)), objects.b_str(KeyError(value)), objects.b_str(OSError(value, 'x')),
            objects.guards.mod('%(a)s', {'a': value}),
        ]  # fmt: skip
        assert not any('0x' in text for text in texts)


def test_an_int_of_too_many_digits_has_no_text() -> None:
    assert outcome(repr_of, [10**5000]) == (
        'ValueError',
        'Exceeds the limit (4300 digits) for integer string conversion; '
        'use sys.set_int_max_str_digits() to increase the limit',
    )
