"""PEP 695: taken where the running Python parses it, and Python's own syntax error elsewhere."""

from __future__ import annotations

import sys

import pytest

from monty_flow import Monty, MontySyntaxError, Snapshot, load

PARSES = tuple(sys.version_info) >= (3, 12)

SOURCE = """
class Stack[T]:
    def __init__(self) -> None:
        self.items: list[T] = []

    def push(self, item: T) -> None:
        self.items.append(fetch(item))

    def map[U](self, change) -> list[U]:
        return [change(item) for item in self.items]

def first[T](items: list[T]) -> T:
    return items[0]

def named[T: (int, str), **P, *Ts](x: T) -> str:
    return T.__name__

type Pair[A] = tuple[A, A]
T = 5

class Box[T]:
    kind = T

stack = Stack[int]()
stack.push(3)
(stack.items, stack.map(lambda item: item + 1), first([1]), named(2), repr(Pair), repr(Stack[int]), T, Box.kind.__name__)
"""


def outcome(source: str) -> object:
    state = Monty(source, external_functions=('fetch',)).start()
    while isinstance(state, Snapshot):
        state = load(state.dump()).resume(return_value=state.args[0])
    return state.output


def test_type_parameters_and_aliases_mean_what_typing_says() -> None:
    if not PARSES:
        with pytest.raises(MontySyntaxError):
            outcome(SOURCE)
        return

    assert outcome(SOURCE) == ([3], [4], 1, 'T', 'Pair', '__main__.Stack[int]', 5, 'T')


def test_a_type_alias_is_found_when_it_is_asked_for() -> None:
    source = 'type Tree = int | list[Tree]\nfetch(1)\nrepr(Tree.__value__)'
    if not PARSES:
        with pytest.raises(MontySyntaxError):
            outcome(source)
        return

    assert outcome(source) == 'int | list[Tree]'
