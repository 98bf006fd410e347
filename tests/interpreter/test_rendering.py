"""Variables as a person sees them: short, in their own order, and without a method of the script."""

from __future__ import annotations

import pytest

from monty_flow.interpreter import Monty, Snapshot, load

CLASSES = """
from dataclasses import dataclass
@dataclass
class Point:
    x: int
    tags: list
class Slotted:
    __slots__ = ('a', 'b')
    def __getattr__(self, name):
        while True:
            pass
class Empty:
    pass
class Hostile:
    def __init__(self):
        self.n = 1
        self.me = self
    def __repr__(self):
        while True:
            pass
    __lt__ = __gt__ = __len__ = __iter__ = __bool__ = __getattr__ = __repr__
slotted = Slotted()
slotted.a = 1
many = Empty()
vars(many).update({f'n{n}': n for n in range(20)})
"""


@pytest.mark.parametrize(
    ('value', 'text'),
    [
        ('Point(1, [1, 2])', '<Point x=1, tags=[1, 2]>'),
        ('slotted', '<Slotted a=1>'),
        ('Empty()', '<Empty>'),
        ('many', '<Empty n0=0, n1=1, n2=2, n3=3, n4=4, n5=5, n6=6, n7=7, ...>'),
        ('[Hostile()][0].me.n, Point(Empty(), [])', '(1, <Point x=<Empty>, tags=[]>)'),
        ('Hostile()', '<Hostile n=1, me=<Hostile n=1, me=<Hostile n=1, me=<Hostile n=1, me=<Hostile ...>>>>>'),
        ('{"z": 1, "a": 2}', "{'z': 1, 'a': 2}"),
        ('{n: n for n in range(13)}', '{' + ''.join(f'{n}: {n}, ' for n in range(12)) + '...}'),
        ('{10, 9, 1}', '{1, 9, 10}'),
        ('frozenset([2, 1])', 'frozenset({1, 2})'),
        ('set()', 'set()'),
        ('frozenset()', 'frozenset()'),
        ('{}', '{}'),
        ('{1: {2: {3: {4: {5: 6}}}}}', '{1: {2: {3: {4: {...}}}}}'),
        ('{(): {Empty()}}', '{(): {<Empty>}}'),
    ],
)
def test_a_value_is_shown_as_what_it_holds(value: str, text: str) -> None:
    state = Monty(f'{CLASSES}\nshown = {value}\npause()').start()
    assert isinstance(state, Snapshot)
    loaded = load(state.dump())

    assert state.frames[0].variables['shown'] == text
    assert loaded.frames[0].variables['shown'] == text


def test_members_of_a_set_that_only_the_script_could_order_are_not_ordered() -> None:
    state = Monty(f'{CLASSES}\nheld = {{Hostile(), Hostile()}}\npause()').start()
    assert isinstance(state, Snapshot)

    assert state.frames[0].variables['held'].count('<Hostile n=1') > 1
