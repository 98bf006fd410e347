"""Every kind of expression can stand at every place of a comprehension, where CPython refuses some forms that we emit."""

from __future__ import annotations

from typing import Any

import pytest

from monty_flow import Monty

#: Expressions whose value is 3; each is lowered in a way of its own.
NUMBERS = (
    'box.count',
    'box.get()',
    'box.items[0]',
    'box[1]',
    'three()',
    '(lambda: box.count)()',
    '(lambda value=box.count: value + zero)()',
    'box.count + zero',
    'zero + box.get()',
    'box.get() + box.zero()',
    'box.items[0] - box.zero()',
    '-(-box.get())',
    'box.get() * one',
    'box.get() // box.one',
    'max(box.items)',
    'sum(box.items[i] for i in range(one))',
    'len([box.get() for _ in range(box.get())])',
    'int(box.text())',
    '(box.count if box.get() > zero else zero)',
    '(box.missing or box.get())',
    'int(f"{box.get()}")',
)

#: Where the expression stands; each has an equal value in CPython.
PLACES = (
    '[i for i in range({})]',
    '[i + j for i in range({}) for j in range({})]',
    '[i for i in range(5) if i < {}]',
    '[{} for i in range(2)]',
    '{{i: {} for i in range({})}}',
    '{{({}, i) for i in range({})}}',
    'list(i for i in range({}))',
    'sum(i * {} for i in range({}))',
    '[[j for j in range({})] for i in range({})]',
    '[i for i in [j for j in range({})]]',
    '[f() for f in [lambda: {} for i in range({})]]',
    '[i for i in (lambda: [k for k in range({})])()]',
)

BOX = """
class Box:
    count = 3
    one = 1
    missing = None
    items = [3]
    def get(self):
        return self.count
    def zero(self):
        return 0
    def text(self):
        return '3'
    def __getitem__(self, key):
        return self.count
def three():
    return 3
box = Box()
zero = 0
one = 1
"""


def in_function(expression: str) -> str:
    return f'{BOX}def compute(box, zero, one):\n    return {expression}\n[compute(box, zero, one), {expression}]'


def in_class(expression: str) -> str:
    return f'{BOX}class Holder:\n    value = {expression}\nHolder.value'


def on_cpython(source: str) -> Any:
    *statements, last = source.splitlines()
    names: dict[str, Any] = {}
    exec('\n'.join(statements), names)
    return eval(last, names)


@pytest.mark.parametrize('number', NUMBERS)
@pytest.mark.parametrize('place', PLACES)
def test_an_expression_in_a_comprehension_gives_what_cpython_gives(place: str, number: str) -> None:
    source = in_function(place.format(number, number))

    assert Monty(source).run() == on_cpython(source)


@pytest.mark.parametrize('number', NUMBERS)
@pytest.mark.parametrize('place', PLACES)
def test_an_expression_in_a_comprehension_of_a_class_body_gives_what_cpython_gives(place: str, number: str) -> None:
    source = in_class(place.format(number, number))

    assert Monty(source).run() == on_cpython(source)
