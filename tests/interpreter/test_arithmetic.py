"""Guarded operators: the inline tests let numbers through, and every way to something big meets the guard."""

import pytest

from monty_flow import LimitError, Monty, MontyRuntimeError, ResourceLimits

LIMITS = ResourceLimits(max_memory=1 << 22, max_int_bits=1 << 16, max_duration_secs=2)


def ending(source):
    """Return the name of the limit that a script meets, or its output."""
    try:
        return Monty(source).run(limits=LIMITS)
    except LimitError as error:
        return error.limit
    except MontyRuntimeError as error:
        return error.exception_type


@pytest.mark.parametrize(
    'source',
    [
        'x = 3\nwhile True: x = x * x',
        'x = 3\nwhile True: x *= x',
        'def f(a, b): return a * b\nx = 3\nwhile True: x = f(x, x)',
        'x = [3]\nwhile True: x[0] *= x[0]',
        'class A: pass\na = A()\na.x = 3\nwhile True: a.x *= a.x',
        'x = 3\nwhile True: x = (x + 0) * (x + 1)',
        'x = 7\nwhile True: x = [x * x for x in [x]][0]',
        'x = 2\nwhile True: x = x ** 8',
        'x = 2\nwhile True: x **= 2',
    ],
)
def test_repeated_products_of_ints_meet_the_limit_on_bits(source):
    assert ending(source) == 'max_int_bits'


@pytest.mark.parametrize(
    'source',
    [
        "x = 'ab'\nwhile True: x = x + x",
        "x = 'ab'\nwhile True: x += x",
        "x = ['ab']\nwhile True: x[0] += x[0]",
        'x = [1]\nwhile True: x = x + x',
        'x = (1, 2)\nwhile True: x = x + x',
        "x = 'ab'\nwhile True: x = x * 2",
        "x = 'ab'\nwhile True: x *= 2",
        "x = b'ab'\nwhile True: x = 2 * x",
        "def f(a, b): return a + b\nx = 'ab'\nwhile True: x = f(x, x)",
        "def f(): return 'ab'\nx = f()\nwhile True: x = (x + f()) + (x + f())",
        "x = 'ab'\nwhile True: x = ['%s%s' % (x, y) for y in [x]][0]",
    ],
)
def test_repeated_doubling_of_sequences_meets_the_limit_on_memory(source):
    assert ending(source) == 'max_memory'


@pytest.mark.parametrize(
    ('expression', 'value'),
    [
        ('a + b', 7), ('a * b', 12), ('b % a', 1), ('b // a', 1), ('a ** 2', 9), ('(a + 0) * (b + 0)', 12),
        ('(a + 1) % b', 0), ('2 * a', 6), ('a * 2.5', 7.5), ('f * f', 2.25), ('f + a', 4.5), ('f % a', 1.5), ('f // a', 0.0),
        ('s + s', 'xx'), ('s * a', 'xxx'), ('a * s', 'xxx'), ("'%d' % a", '3'), ('t % a', '3'), ('f ** 2', 2.25),
        ('[a * i for i in range(3)]', [0, 3, 6]), ('[i * i % 3 for i in range(4)]', [0, 1, 1, 0]),
        ('[s * i for i in range(3)]', ['', 'x', 'xx']), ('[i + j for i, j in enumerate([5, 6])]', [5, 7]),
        ('sum(x * y for x, y in zip([1, 2.5], [3, 4]))', 13.0), ('True + True', 2), ('a + True', 4), ('big % 7', 1),
        ('big * 2 == big + big', True), ('big // 10 ** 29', 10),
    ],
)  # fmt: skip
def test_operators_give_what_python_gives(expression, value):
    before = "a, b, f, s, t, big = 3, 4, 1.5, 'x', '%d', 10 ** 30\n"
    inside = f'def work(a, b, f, s, t, big):\n    return {expression}\nwork(3, 4, 1.5, "x", "%d", 10 ** 30)'

    assert [ending(before + expression), ending(inside)] == [value, value]


@pytest.mark.parametrize('operator', ['%', '//'])
def test_a_division_of_two_big_ints_is_judged_before_it_is_made(operator):
    limits = ResourceLimits(max_duration_secs=0.2)
    source = f'a = (1 << 1_000_000) - 1\nb = (1 << 500_000) - 1\nfor i in range(100):\n    c = a {operator} b'

    with pytest.raises(LimitError) as caught:
        Monty(source).run(limits=limits)

    assert caught.value.limit == 'max_duration_secs'


def test_operands_are_evaluated_once_and_in_their_order():
    source = """
log = []
def say(value):
    log.append(value)
    return value
x = (say(1) + say(2)) * (say(3) + say(4)) + say(5) % (say(6) + say(7)) - say(8) // say(2) + say(2) ** 2
log, x
"""
    assert ending(source) == ([1, 2, 3, 4, 5, 6, 7, 8, 2, 2], 26)


def test_an_operand_that_the_other_changes_keeps_the_value_that_it_had():
    source = """
n = 'a'
def change():
    global n
    n = 5
    return 'b'
first = n + change()
n = 2
def again():
    global n
    n = 'x' * 3
    return 3
first, n * again(), n
"""
    assert ending(source) == ('ab', 6, 'xxx')


OPERANDS = (3, 0, 2.5, True, 'ab', [1], 1j)
EDGES = (-(1 << 30), 1 - (1 << 30), (1 << 30) - 1, 1 << 30)


@pytest.mark.parametrize('first', OPERANDS)
@pytest.mark.parametrize('second', OPERANDS)
def test_operands_with_tests_of_their_own_give_what_python_gives(first, second):
    source = """
def same(value): return value
def results(a, b):
    found = []
    for compute in (
        lambda: (same(a) + same(b)) + (same(b) + same(a)),
        lambda: (same(a) + same(a)) + (same(b) + same(b)),
        lambda: (same(a) * same(b)) + (same(b) * same(a)),
        lambda: (same(a) * 2 + 1) * (same(b) * 2 + 1),
        lambda: f'{same(a) * 2}' + f'{same(b) + same(b)}',
        lambda: a * a,
        lambda: a * b,
    ):
        try:
            found.append(repr(compute()))
        except TypeError as error:
            found.append(type(error).__name__)
    return found
"""
    names: dict[str, object] = {}
    exec(source, names)

    assert Monty(source + 'results(a, b)', inputs=['a', 'b']).run(inputs={'a': first, 'b': second}) == names['results'](
        first, second
    )


@pytest.mark.parametrize('first', EDGES)
@pytest.mark.parametrize('second', [*EDGES, 2.5, 1 << 90])
def test_products_of_ints_about_the_size_of_a_digit_are_those_of_python(first, second):
    found = Monty(
        'def f(a, b): return [a * b, b * a, a * a, a % 7, b // a, (a + 1) * (b + 1)]\nf(a, b)', inputs=['a', 'b']
    ).run(inputs={'a': first, 'b': second})

    assert found == [
        first * second, second * first, first * first, first % 7, second // first, (first + 1) * (second + 1),
    ]  # fmt: skip


def test_the_test_of_one_operand_says_nothing_of_the_other():
    source = """
def same(value): return value
def doubled(text, n): return same(text) + same([text, n + same(1)][0])
len(doubled('ab' * 1_500_000, 1))
"""
    assert ending(source) == 'max_memory'
    assert ending(source.replace('1_500_000', '1_000')) == 4_000


CONTAINERS = "{1: 2}, {1, 'b'}, [1, 'b'], [*range(64)], [*range(65)], (1, 'b'), 'abc', range(3), frozenset([1]), iter([5, 1]), b'a', [[1], 'b']"


@pytest.mark.parametrize('item', [1, 64, 'b', 'abcd', [1], 1.0, None, b'a'])
def test_membership_is_that_of_python_in_every_container(item):
    source = f"""
def same(value): return value
def found(item):
    results = []
    for container in [{CONTAINERS}]:
        for look in (lambda: item in container, lambda: item not in same(container), lambda: [item in each for each in [container]]):
            try:
                results.append(look())
            except TypeError as error:
                results.append('TypeError')
    return results
"""
    names: dict[str, object] = {}
    exec(source, names)

    assert Monty(source + 'found(item)', inputs=['item']).run(inputs={'item': item}) == names['found'](item)


def test_only_a_list_that_is_not_short_is_paid_for_where_an_item_is_looked_for():
    source = 'xs = list(range({length}))\nfor i in range(1000): i in xs'
    steps = ResourceLimits(max_steps=2_200)

    assert Monty(source.format(length=64)).run(limits=steps) is None
    with pytest.raises(LimitError, match='max_steps'):
        Monty(source.format(length=65)).run(limits=steps)


@pytest.mark.parametrize('index', ['slice(0, 1)', 'slice(None)'])
@pytest.mark.parametrize('items', ['range(10**9)', '[0] * 300_000'])
def test_what_is_stored_behind_a_name_that_is_a_slice_is_judged(index, items):
    source = f'def put(xs, i, v): xs[i] = v\nxs, v = [1, 2], {items}\nput(xs, {index}, v)\nlen(xs)'

    assert ending(source) == 'max_memory'


def test_items_are_stored_behind_a_name_as_python_stores_them():
    source = """
def put(xs, i, v):
    xs[i] = v
    return xs
[put([1, 2, 3], 0, [5]), put([1, 2, 3], slice(0, 2), [5]), put([1, 2, 3], slice(0, 2), 'ab'), put({}, slice, 1) != {}, put([1, 2], -1, None)]
"""
    assert ending(source) == [[[5], 2, 3], [5, 3], ['a', 'b', 3], True, [1, None]]
