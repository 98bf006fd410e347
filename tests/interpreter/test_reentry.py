"""C code that calls a method of a script's class is not left with memory that the method has given back.

Most scripts here ended the process. Each runs in a process of its own, with sizes by which what is read or written afterwards is seen.
"""

from __future__ import annotations

import pytest

from monty_flow import Monty
from monty_flow.interpreter.limits import ResourceLimits
from tests.attacks.reentry import SCRIPTS
from tests.interpreter.attacking import end_of, in_child

LIMITS = ResourceLimits(max_duration_secs=5.0, max_memory=256 << 20)
ATTACKS = [source for sources in SCRIPTS.values() for source in sources]


@pytest.mark.parametrize('source', ATTACKS, ids=[ascii(source)[-60:] for source in ATTACKS])
def test_what_c_works_on_is_not_taken_from_under_it(source: str) -> None:
    told = in_child(lambda: end_of(source, LIMITS).kind, 60.0)

    assert told.split()[-1] in {'ended', 'raised'}, told


BYTES = "ba = bytearray(b'abcabc')\nclass X:\n    def __init__(self, n): self.n = n\n    def __index__(self): return self.n\n"
SAME = [
    ("ba.find(X(98)), ba.rfind(X(98)), ba.index(X(99), X(3)), ba.count(X(97)), X(99) in ba, X(1) in ba", (1, 4, 5, 2, True, False)),
    ("ba.startswith(b'bc', X(1)), ba.endswith((b'bc', b'x'), X(0), X(3)), ba.startswith(b'ab')", (True, True, True)),
    ("'abc'.startswith('b', 1), 'abc'.endswith(('x', 'c')), list(map('abc'.startswith, ['a', 'b']))", (True, True, [True, False])),
    ("bytearray(b'%d-%s') % (5, b'x'), type(bytearray(b'%d') % 5) is bytearray", (bytearray(b'5-x'), True)),
    ('ba.extend(x for x in [1, 2])\nba.extend([X(3)])\nba', bytearray(b'abcabc\1\2\3')),
    ('items = [0] * 6\nitems[::2] = (x for x in [1, 2, 3])\nitems', [1, 0, 2, 0, 3, 0]),
]  # fmt: skip


@pytest.mark.parametrize(('source', 'value'), SAME)
def test_methods_give_what_they_gave(source: str, value: object) -> None:
    assert Monty(BYTES + source).run() == value


def test_a_length_that_is_no_hint_does_not_write_into_the_empty_bytearray() -> None:
    source = (
        'class E:\n    n = 3\n    def __length_hint__(self): return 0\n    def __iter__(self): return self\n'
        '    def __next__(self):\n        self.n -= 1\n        if self.n < 0: raise StopIteration\n        return 65\n'
        'ba = bytearray()\nba.extend(E())\nba'
    )

    assert Monty(source).run() == bytearray(b'AAA')


def test_a_view_of_the_bytes_of_a_scripts_class_is_of_an_exact_copy() -> None:
    source = "class B(bytes):\n    def __hash__(self): return 5\nview = memoryview(B(b'abc'))\n(bytes(view), type(view.obj) is bytes)"

    assert Monty(source).run() == (b'abc', True)


def test_an_ordered_dict_compares_as_it_did() -> None:
    source = (
        'from collections import OrderedDict as O\na, b = O(a=1, b=2), O(b=2, a=1)\n'
        '(a == b, a != b, a == dict(b), a == O(a), a != O(a), a == 5, a.pop("a"), a.pop("x", 3), a.pop("y", default=4), len(a))'
    )

    assert Monty(source).run() == (False, True, True, True, False, False, 1, 3, 4, 1)


def test_a_counter_adds_to_what_a_class_of_the_script_counts_with() -> None:
    source = (
        'from collections import Counter\nclass V:\n    def __init__(self, n): self.n = n\n    def __add__(self, other): return V(self.n + other)\n'
        "c = Counter('ab')\nc['a'] = V(1)\nc.update('aabc')\n(c['a'].n, c['b'], c['c'])"
    )

    assert Monty(source).run() == (3, 2, 1)
