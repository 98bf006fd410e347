"""Arrays whose values are of a script's class: what such a value does while it is stored finds no array half changed."""

from __future__ import annotations

import pytest

from monty_flow import Monty
from tests.interpreter.attacking import in_child

#: Made so large that CPython gives the memory back when it is empty, and a number beyond its end ends the process.
EVIL = """
from array import array
numbers = array({code!r}, [1]) * 1_000_000
class Evil:
    def __index__(self):
        while len(numbers) > 2:
            del numbers[2:]
        return 7
    __float__ = lambda self: self.__index__() + 0.5
"""
STORES = [
    ('numbers[999_999] = Evil()', 'IndexError', 2),
    ('numbers.append(Evil())', 7, 3),
    ('numbers.insert(999_999, Evil())', 7, 3),
    ('numbers.fromlist([Evil()] * 3)', 7, 5),
    ('numbers.extend([Evil()] * 3)', 7, 3),
    ('numbers.extend(Evil() for _ in range(3))', 7, 3),
    ('list(map(numbers.append, [Evil()]))', 7, 3),
    ('import bisect; bisect.insort(numbers, Evil(), key=lambda value: int(value) if type(value) is Evil else 0)', 7, 3),
    ('part = numbers[:]; numbers = part; numbers[999_999] = Evil()', 'IndexError', 2),
    ('numbers = numbers + numbers; numbers[1_999_999] = Evil()', 'IndexError', 2),
    ('numbers = 2 * numbers; numbers[1_999_999] = Evil()', 'IndexError', 2),
    ('import copy; numbers = copy.copy(numbers); numbers[999_999] = Evil()', 'IndexError', 2),
    ('import copy; numbers = copy.deepcopy(numbers); numbers[999_999] = Evil()', 'IndexError', 2),
    ('numbers[0] = 1; numbers *= 2; numbers[1_999_999] = Evil()', 'IndexError', 2),
]


@pytest.mark.parametrize(('store', 'last', 'length'), STORES)
@pytest.mark.parametrize('code', ['q', 'd'])
def test_a_value_that_empties_the_array_is_stored_in_what_is_left(
    code: str, store: str, last: object, length: int
) -> None:
    source = EVIL.format(code=code) + (
        f'try:\n    {store}\n    found = int(numbers[-1])\nexcept IndexError:\n    found = "IndexError"\n(found, len(numbers))'
    )

    text = in_child(lambda: repr(Monty(source).run()), 60)

    assert text.split(' ', 1)[1] == repr((last, length))


def test_an_array_is_of_one_class_however_it_was_made() -> None:
    source = (
        'import array, copy\na = array.array("i", [1, 2, 3])\n'
        'made = [a, a[:], a[::2], a + a, a * 2, 2 * a, copy.copy(a), copy.deepcopy(a)]\n'
        '[type(each) is array.array for each in made], [repr(each) for each in made[:3]]'
    )

    same, texts = Monty(source).run()

    assert same == [True] * 8
    assert texts == ["array('i', [1, 2, 3])", "array('i', [1, 2, 3])", "array('i', [1, 3])"]
