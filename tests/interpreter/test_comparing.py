"""Where two states of a script differ: by values and their places, however long these are as text."""

from __future__ import annotations

from typing import Any

import pytest

from monty_flow.interpreter import (
    FutureSnapshot,
    Monty,
    PlaceChange,
    Returned,
    Snapshot,
    VariableChange,
    comparing,
    differences,
    load,
)


def two_states(first: str, then: str) -> tuple[Snapshot, Snapshot]:
    """Return the states of a script before and after some lines of it, each read from bytes of its own."""
    state = Monty(f'{first}\npause()\n{then}\npause()').start()
    assert isinstance(state, Snapshot)
    before = state.dump()
    after = state.resume(return_value=None)
    assert isinstance(after, Snapshot)
    loaded = load(before), load(after.dump())
    assert isinstance(loaded[0], Snapshot)
    assert isinstance(loaded[1], Snapshot)
    return loaded


def places(first: str, then: str) -> list[tuple[str, str | None, str | None]]:
    """Return the places at which the variables differ after some lines."""
    changes = differences(*two_states(first, then))
    assert not any(change.more for change in changes)
    return [(place.path, place.before, place.after) for change in changes for place in change.places]


def test_a_change_in_the_middle_of_a_long_value_is_told_where_it_is() -> None:
    history = "history = [{'role': 'user', 'text': f'{n} ' + 'x' * 400} for n in range(100)]"
    [change] = differences(*two_states(history, "history[12]['text'] = 'y' + history[12]['text'][1:]"))

    assert change.variable == 'history'
    # Both texts end long before the item.
    assert change.before == change.after
    assert change.places == (PlaceChange("history[12]['text']", f"'12 {'x' * 97}'...", f"'y2 {'x' * 97}'..."),)


def test_a_change_in_the_middle_of_a_long_text_is_shown_from_shortly_before() -> None:
    found = places("text = 'a' * 5000", "text = text[:2500] + 'B' + text[2501:]")

    assert found == [('text[2480:]', repr('a' * 100) + '...', repr('a' * 20 + 'B' + 'a' * 79) + '...')]


def test_an_item_that_came_or_went_in_the_middle_is_one_place() -> None:
    numbers = 'numbers = [*range(1000)]'

    assert places(numbers, 'numbers.append(7)') == [('numbers[1000]', None, '7')]
    assert places(numbers, 'numbers.insert(500, -1)') == [('numbers[500]', None, '-1')]
    assert places(numbers, 'del numbers[300]') == [('numbers[300]', '300', None)]
    assert places(numbers, 'numbers[999] = 0') == [('numbers[999]', '999', '0')]


@pytest.mark.parametrize(
    ('first', 'then', 'expected'),
    [
        ('x = 1', 'x = 2', [('x', '1', '2')]),
        ('x = 1', 'x = True', [('x', '1', 'True')]),
        ('x = 1', 'x = 1.0', [('x', '1', '1.0')]),
        ('x = 1', 'del x', [('x', '1', None)]),
        ('', 'x = None', [('x', None, 'None')]),
        ('x = [1]', 'x = (1,)', [('x', '[1]', '(1,)')]),
        ("x = float('nan'), [float('nan')]", 'pass', []),
        ('x = {"a": [1, {"b": 2}]}', 'x["a"][1]["b"] = 3', [("x['a'][1]['b']", '2', '3')]),
        ('x = {(1, "a"): 1, None: 2}', 'x[None] = 3; del x[1, "a"]', [("x[(1, 'a')]", '1', None), ('x[None]', '2', '3')]),
        ('x = {1, 2}', 'x.remove(1); x.add(5)', [('x{1}', '1', None), ('x{5}', None, '5')]),
        ('x = bytearray(b"ab")', 'x.append(99)', [('x', "bytearray(b'ab')", "bytearray(b'abc')")]),
        ('from collections import deque\nx = deque([1], 5)', 'x.append(2)', [('x[1]', None, '2')]),
        ('from collections import Counter\nx = Counter("aab")', 'x["b"] += 1', [("x['b']", '1', '2')]),
        ('from collections import defaultdict\nx = defaultdict(list)', 'x["k"]', [("x['k']", None, '[]')]),
        ('from decimal import Decimal\nx = Decimal(1)', 'x += 1', [('x', "Decimal('1')", "Decimal('2')")]),
        ('x = ValueError("a")', 'x.args = ("b",)', [('x', "ValueError('a')", "ValueError('b')")]),
        ('class C:\n    pass\nx = C()\nx.a = [1]', 'x.a.append(2); x.b = 3', [('x.a[1]', None, '2'), ('x.b', None, '3')]),
        ('class C:\n    __slots__ = "a", "b"\nx = C()\nx.a = 1', 'x.a = 2; x.b = 3', [('x.a', '1', '2'), ('x.b', None, '3')]),
        ('class C:\n    total = 0', 'C.total += 1', [('C.total', '0', '1')]),
        ('class L(list):\n    pass\nx = L([1])\nx.name = "n"', 'x.append(2)', [('x[1]', None, '2')]),
        ('class D(dict):\n    def __iter__(self):\n        return iter(())\nx = D(a=1)', 'x["a"] = 2', [("x['a']", '1', '2')]),
        ('x = []\nx.append(x)', 'x.append(1)', [('x[1]', None, '1')]),
        ('x = [1]\ny = [x, x]', 'x.append(2)', [('x[1]', None, '2'), ('y[0][1]', None, '2')]),
    ],
)  # fmt: skip
def test_a_place_is_named_as_a_script_would_write_it(first: str, then: str, expected: Any) -> None:
    assert places(first, then) == expected


@pytest.mark.parametrize(
    ('first', 'then', 'name'),
    [
        ('x = iter([1, 2])', 'next(x)', 'x'),
        ('def count():\n    for n in range(9):\n        yield n\nx = count()\nnext(x)', 'next(x)', 'x'),
        ('def make():\n    n = 0\n    def f():\n        nonlocal n\n        n += 1\n    return f\nf = make()', 'f()', 'f'),
        ('import random\nx = [random.Random(1)]', 'x[0].random()', 'x[0]'),
    ],
)  # fmt: skip
def test_what_no_script_reaches_is_told_at_the_value_that_holds_it(first: str, then: str, name: str) -> None:
    [(path, before, after)] = places(first, then)

    assert path == name
    assert before == after


def test_nothing_is_told_of_equal_states_of_every_kind_of_value() -> None:
    everything = """
import collections, datetime, decimal, enum, functools, re
from dataclasses import dataclass
class Color(enum.Enum):
    RED = 1
@dataclass
class Point:
    x: int
Pair = collections.namedtuple('Pair', 'a b')
def count():
    yield from range(5)
values = [Color.RED, Point(1), Pair(1, 2), re.compile('a'), functools.partial(int, base=2), count(), iter({1: 2}),
    datetime.datetime(2020, 1, 1), decimal.Decimal('1.1'), 2 ** 200, 1j, b'x', range(3), slice(1), frozenset({1}), len, int,
    collections.OrderedDict(a=1), collections.ChainMap({}), KeyError('k'), [].append, zip([1], [2])]
next(values[5])
"""
    state = Monty(f'{everything}\npause()').start()
    assert isinstance(state, Snapshot)
    data = state.dump()
    one, other = load(data), load(data)

    assert isinstance(one, Snapshot)
    assert isinstance(other, Snapshot)
    assert differences(one, other) == []


def test_no_method_of_the_script_is_asked() -> None:
    hostile = """
class Hostile:
    def __init__(self, n):
        self.n = n
    def __eq__(self, other):
        while True:
            pass
    __repr__ = __hash__ = __getattr__ = __iter__ = __len__ = __bool__ = __eq__
    def __hash__(self):
        return 1
one = Hostile(1)
held = {'x': one}
"""
    assert places(hostile, 'one.n = 2') == [("held['x'].n", '1', '2'), ('one.n', '1', '2')]


def test_variables_of_inner_functions_are_told_and_those_of_functions_that_came_or_went() -> None:
    source = """
def inner(n):
    pause()
    n += 1
    pause()
inner(1)
pause()
"""
    states = []
    state = Monty(source).start()
    while isinstance(state, Snapshot):
        states.append(load(state.dump()))
        state = state.resume(return_value=None)
    first, second, third = states
    assert isinstance(first, Snapshot)
    assert isinstance(second, Snapshot)
    assert isinstance(third, Snapshot)

    assert differences(first, second) == [
        VariableChange('inner', 'n', '1', '2', (PlaceChange('n', '1', '2'),), more=False)
    ]
    assert differences(second, third) == [
        VariableChange('inner', 'n', '2', None, (PlaceChange('n', '2', None),), more=False)
    ]


def test_states_of_an_event_loop_are_compared_too() -> None:
    source = """
import asyncio
async def work(n):
    found = [n]
    await fetch(n)
    found.append('more')
    await fetch(n)
asyncio.run(work(1))
"""
    state = Monty(source).start()
    assert isinstance(state, FutureSnapshot)
    before = load(state.dump())
    after = state.resume({state.pending[0].call_id: Returned(None)})
    assert isinstance(before, FutureSnapshot)
    assert isinstance(after, FutureSnapshot)

    assert [change.places for change in differences(before, after) if change.variable == 'found'] == [
        (PlaceChange('found[1]', None, "'more'"),)
    ]


def test_many_places_are_told_up_to_a_bound() -> None:
    [change] = differences(*two_states('x = [*range(100)]', 'x = [-n for n in x]'))

    assert len(change.places) == comparing.MAX_PLACES
    assert change.more


def test_a_value_that_is_too_large_may_differ(monkeypatch: pytest.MonkeyPatch) -> None:
    states = two_states('x = [[[n]] for n in range(300)]; y = 1', 'x[299][0][0] = 0; y = 2')
    monkeypatch.setattr(comparing, 'MAX_LOOKS', 100)
    found = {change.variable: (change.places, change.more) for change in differences(*states)}

    assert found['x'] == ((), True)
    # What takes one look is compared all the same.
    assert found['y'] == ((PlaceChange('y', '1', '2'),), False)


def test_no_depth_and_no_length_of_a_path_is_too_much() -> None:
    deep = 'x = []\nfor n in range(3000):\n    x = [x, n]'
    far = places(deep, 'y = x\nwhile y:\n    y = y[0]\ny.append(1)\ndel n, y')
    uneven = 'x = []\nfor n in range(3000):\n    x = [x]\ndel n'
    [change] = differences(*two_states(uneven, 'y = x\nwhile y:\n    z, y = y, y[0]\n    z.append(1)\ndel y, z'))

    assert [path for path, *_ in far] == ['n', 'x' + '[0]' * 66 + '[...']
    assert (change.variable, change.more) == ('x', True)
