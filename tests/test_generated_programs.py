"""Random programs show the same on CPython and in each way that the interpreter can run them.

The programs are well formed and end: loops are over short slices or have a counter, functions call only
functions that were defined before them, and products are taken modulo a small number. Everything else is
allowed to go wrong, because exceptions in odd places are what is looked for.

`MONTY_FLOW_EXAMPLES` raises the number of programs (default 60). A failure shows the program as it was found; with
`MONTY_FLOW_SHRINK=1` Hypothesis makes it small first, which takes minutes.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from tests.differential import WAYS, difference, numbered, run_on_cpython, run_partly_reloaded

#: Each pause costs a dump and a load in several ways, so programs with more calls are dropped.
MAX_CALLS = 150
MAX_DEPTH = 3
EXAMPLES = int(os.environ.get('MONTY_FLOW_EXAMPLES', '60'))
PHASES = [phase for phase in Phase if phase not in (Phase.shrink, Phase.explain)]
PROFILE = settings(
    max_examples=EXAMPLES,
    deadline=None,
    phases=list(Phase) if os.environ.get('MONTY_FLOW_SHRINK') else PHASES,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)

ERRORS = ('ValueError', 'KeyError', 'IndexError', 'ZeroDivisionError', 'OSError')
NUMBERS = ('a', 'b', 'c')
LISTS = ('xs', 'ys')
#: What a function may use as if it had defined them.
PREAMBLE = ('a, b, c = 1, 2, 3', 'xs, ys = [1, 2, 3], [4]', 'd = {1: 5}', 'g = iter([1, 2])')

Draw = Callable[[st.SearchStrategy[int]], int]


class ProgramWriter:
    """Write one program, taking every decision from `draw`."""

    def __init__(self, draw: Draw) -> None:
        self._draw = draw
        self._lines: list[str] = []
        self._indent = 0
        self._loops = 0
        self._depth = 0
        self._in_function = False
        #: How a nested function reaches the variables around it.
        self._scope = 'global'
        #: Callables that may be called here, each with one or two numbers.
        self._functions: list[str] = []
        #: Variables of the comprehensions and lambdas around.
        self._inner: list[str] = []
        self._serial = 0

    def write(self) -> str:
        """Return the source of a program."""
        self._emit(*PREAMBLE)
        for _ in range(self._number(0, 2)):
            self._function(f'f{self._fresh()}')
        for _ in range(self._number(2, 5)):
            self._top_level()
        self._emit('print(a, b, c, xs, ys, d)', '[a, b, c, xs, ys]')
        return '\n'.join(self._lines) + '\n'

    def _number(self, low: int, high: int) -> int:
        return self._draw(st.integers(low, high))

    def _pick(self, options: Sequence[str]) -> str:
        return options[self._number(0, len(options) - 1)]

    def _choose(self, makers: Sequence[Callable[[], str]]) -> str:
        return makers[self._number(0, len(makers) - 1)]()

    def _fresh(self) -> int:
        self._serial += 1
        return self._serial

    def _emit(self, *lines: str) -> None:
        self._lines += ['    ' * self._indent + line for line in lines]

    @contextmanager
    def _deeper(self) -> Iterator[None]:
        self._depth += 1
        yield
        self._depth -= 1

    @contextmanager
    def _binding(self, *names: str) -> Iterator[None]:
        self._inner += names
        yield
        del self._inner[len(self._inner) - len(names) :]

    # Expressions: each method returns source text.

    def _leaf(self) -> str:
        return self._choose(
            (
                lambda: str(self._number(-2, 5)),
                lambda: self._pick((*NUMBERS, *self._inner)),
                lambda: f'ext({self._pick((*NUMBERS, *self._inner))})',
            )
        )

    def _value(self) -> str:
        """Write an expression that gives a number, or raises."""
        if self._depth >= MAX_DEPTH:
            return self._leaf()
        with self._deeper():
            return self._choose(
                (
                    self._leaf,
                    lambda: f'ext({self._value()})',
                    lambda: f'ext_add({self._value()}, b={self._value()})',
                    lambda: f'({self._value()} {self._pick(("+", "-"))} {self._value()})',
                    lambda: f'({self._value()} * {self._value()} % 97)',
                    lambda: f'({self._value()} // ({self._value()} or 3))',
                    lambda: f'({self._value()} if {self._test()} else {self._value()})',
                    lambda: f'({self._value()} {self._pick(("and", "or"))} {self._value()})',
                    lambda: f'{self._pick(("len", "sum"))}({self._list()})',
                    lambda: f'max({self._value()}, {self._value()})',
                    self._item,
                    lambda: f'd.get({self._value()}, {self._value()})',
                    lambda: f'd[{self._pick(("1", "1", self._leaf()))}]',
                    lambda: f'd.setdefault({self._value()}, {self._value()})',
                    self._call,
                    self._walrus,
                    self._lambda_call,
                    self._first_of,
                    self._failure,
                    lambda: f'ext_kw({self._value()}, *{self._list()}, k={self._value()})[1]["k"]',
                    lambda: f'len(f"{{{self._leaf()}:>{{ext({self._number(1, 4)})}}}}")',
                )
            )

    def _test(self) -> str:
        with self._deeper():
            return self._choose(
                (
                    lambda: f'{self._value()} < {self._value()}',
                    lambda: f'{self._value()} <= {self._leaf()} != {self._leaf()}',
                    lambda: f'not {self._value()}',
                    lambda: f'{self._value()} in {self._list()}',
                    lambda: f'{self._pick(("any", "all"))}({self._comprehension("(", ")")})',
                    lambda: self._pick(('ext_true()', 'ext_false()')),
                    lambda: self._value(),
                )
            )

    def _list(self) -> str:
        if self._depth >= MAX_DEPTH:
            return self._pick((*LISTS, 'ext_list(2)', '[]'))
        with self._deeper():
            return self._choose(
                (
                    lambda: self._pick(LISTS),
                    lambda: f'[{self._value()}, {self._value()}]',
                    lambda: f'[*{self._list()}, {self._value()}][:5]',
                    lambda: f'ext_list({self._number(0, 3)})',
                    lambda: f'{self._pick(LISTS)}[{self._leaf()}:{self._value()}]',
                    lambda: self._comprehension('[', ']'),
                    lambda: f'list{self._comprehension("(", ")")}',
                    lambda: f'list({self._comprehension("{", "}", keyed=True)}.values())',
                    lambda: self._with_key('sorted({}, key={})'),
                    lambda: self._with_key('list(map({1}, {0}))'),
                    lambda: self._with_key('list(filter({1}, {0}))'),
                    lambda: f'sorted(ext({{{self._value()}, {self._value()}}}))',
                )
            )

    def _call(self) -> str:
        if not self._functions or self._loops > 1 or self._inner:
            return self._leaf()
        return f'{self._pick(self._functions)}({self._value()}, {self._value()})'

    def _walrus(self) -> str:
        if self._inner:
            return self._leaf()
        return f'({self._pick(NUMBERS)} := {self._value()})'

    def _lambda_call(self) -> str:
        name = f'v{self._fresh()}'
        default = self._leaf()
        argument = self._value()
        with self._binding(name):
            return f'(lambda {name}, w={default}: {self._value()} + w)({argument})'

    def _item(self) -> str:
        name = self._pick(LISTS)
        index = self._value()
        return f'{name}[{index} % len({name})]' if self._number(0, 5) else f'{name}[{index}]'

    def _failure(self) -> str:
        if self._number(0, 2):
            return self._leaf()
        return f'ext_fail({self._pick(ERRORS)!r}, {str(self._fresh())!r})'

    def _first_of(self) -> str:
        if self._inner:
            return self._leaf()
        return f'next(g, {self._value()})'

    def _with_key(self, template: str) -> str:
        items, name = self._list(), f'v{self._fresh()}'
        with self._binding(name):
            return template.format(f'{items}[:4]', f'lambda {name}: {self._value()}')

    def _comprehension(self, opening: str, closing: str, *, keyed: bool = False) -> str:
        name = f'v{self._fresh()}'
        # A comprehension's iterable may not hold a walrus.
        with self._binding('a'):
            clauses = f'for {name} in {self._list()}[:3]'
        with self._binding(name):
            if self._number(0, 2) == 0:
                clauses += f' if {self._test()}'
            if self._number(0, 3) == 0:
                other = f'v{self._fresh()}'
                clauses += f' for {other} in {self._list()}[:2]'
                with self._binding(other):
                    element = self._value()
            else:
                element = self._value()
            key = f'{self._value()}: ' if keyed else ''
        return f'{opening}{key}{element} {clauses}{closing}'

    # Statements: each method emits lines.

    def _block(self, header: str, *, least: int = 1) -> None:
        self._emit(header)
        self._indent += 1
        with self._deeper():
            for _ in range(self._number(least, 3)):
                self._statement()
        self._indent -= 1

    def _top_level(self) -> None:
        """Write a statement whose exception mostly does not end the program."""
        if self._number(0, 4) == 0:
            self._statement()
            return
        self._block('try:')
        self._emit('except Exception as e:', '    print(type(e).__name__, e, type(e.__context__).__name__)')

    def _statement(self) -> None:
        simple = [
            lambda: self._emit(f'{self._pick(NUMBERS)} = {self._value()}'),
            lambda: self._emit(f'{self._pick(NUMBERS)} += {self._value()}'),
            lambda: self._emit(f'{self._pick(LISTS)} = {self._list()}[:6]'),
            lambda: self._emit(f'xs[{self._leaf()} % (len(xs) or 1):] = {self._list()}[:3]'),
            lambda: self._emit(f'{self._item()} = {self._value()}'),
            lambda: self._emit(f'{self._item()} += {self._value()}'),
            lambda: self._emit(f'd[{self._value()}] = {self._value()}'),
            lambda: self._emit(f'print({self._value()}, {self._list()})'),
            lambda: self._emit(f'print(f"{{{self._leaf()}!r}} {{{self._leaf()}:>3}}", len(d))'),
            lambda: self._emit(f'{self._pick(NUMBERS)}, {self._pick(NUMBERS)} = {self._value()}, {self._value()}'),
            lambda: self._emit(f'{self._pick(NUMBERS)}, *{self._pick(LISTS)} = {self._value()}, *{self._list()}[:4]'),
            lambda: self._emit(f'g = {self._comprehension("(", ")")}'),
            lambda: self._emit(f'assert {self._test()} or {self._test()}, {self._value()}'),
            lambda: self._emit(f'if {self._test()}: raise {self._pick(ERRORS)}({self._value()})'),
            lambda: self._emit('xs = ys'),
            self._jump,
        ]
        compound = [self._if, self._for, self._while, self._try, self._try, self._closure]
        choices = simple if self._depth >= MAX_DEPTH else simple + compound * 2
        choices[self._number(0, len(choices) - 1)]()

    def _jump(self) -> None:
        if self._loops and self._number(0, 1):
            self._emit(f'if {self._test()}: {self._pick(("break", "continue"))}')
        elif self._in_function:
            self._emit(f'if {self._test()}: return {self._value()}')
        else:
            self._emit(f'ext({self._value()})')

    def _if(self) -> None:
        self._block(f'if {self._test()}:')
        if self._number(0, 1):
            self._block(f'elif {self._test()}:')
        if self._number(0, 1):
            self._block('else:')

    def _loop_body(self, header: str, first: str | None = None) -> None:
        self._loops += 1
        self._emit(header)
        self._indent += 1
        if first is not None:
            self._emit(first)
        with self._deeper():
            for _ in range(self._number(1, 3)):
                self._statement()
        self._indent -= 1
        self._loops -= 1
        if self._number(0, 2) == 0:
            self._block('else:')

    def _for(self) -> None:
        target = self._pick((*NUMBERS, 'd[0]'))
        self._loop_body(f'for {target} in {self._list()}[:3]:')

    def _while(self) -> None:
        counter = f'n{self._fresh()}'
        self._emit(f'{counter} = 0')
        self._loop_body(f'while {counter} < 3 and {self._test()}:', f'{counter} += 1')

    def _try(self) -> None:
        self._block('try:')
        handlers = self._number(0, 2)
        for _ in range(handlers):
            self._block(f'except {self._pick(ERRORS)} as e:')
            if self._number(0, 1):
                self._indent += 1
                self._emit(self._pick(('print(repr(e), type(e.__context__).__name__)', 'raise', 'ext_str(str(e))')))
                self._indent -= 1
        if self._number(0, 2) == 0:
            self._block('except Exception:')
            handlers += 1
        if handlers and self._number(0, 2) == 0:
            self._block('else:')
        if not handlers or self._number(0, 1):
            self._block('finally:')

    def _closure(self) -> None:
        if self._loops:
            self._jump()
            return
        name = f'h{self._fresh()}'
        self._function(name, scope=self._scope)

    def _function(self, name: str, scope: str | None = None) -> None:
        """Define a function; its locals are its own, or those around it when `scope` says so."""
        outer = self._functions, self._loops, self._in_function, self._scope
        self._emit(f'def {name}(p, q={self._value()}, *rest):')
        self._functions, self._loops, self._in_function = list(self._functions), 0, True
        self._indent += 1
        if scope is None:
            self._scope = 'nonlocal'
            self._emit(*PREAMBLE, 'a = p')
        else:
            self._emit(f'{scope} {", ".join((*NUMBERS, *LISTS, "d", "g"))}')
        with self._binding('p', 'q'):
            # The walrus and calls are allowed again here: these names are locals, not a lambda's.
            self._inner = []
            with self._deeper():
                for _ in range(self._number(1, 4)):
                    self._statement()
            result = self._value()
            self._inner = ['p', 'q']
        self._emit(f'return {result} + p - q')
        self._indent -= 1
        self._functions, self._loops, self._in_function, self._scope = outer
        self._functions.append(name)


@st.composite
def programs(draw: Draw) -> str:
    """Draw the source of a program."""
    return ProgramWriter(draw).write()


def expect(source: str, ways: Sequence[str]) -> None:
    """Fail with the program and a diff when a way of running it differs from CPython."""
    expected = run_on_cpython(source)
    assume(len(expected.calls) <= MAX_CALLS)
    for way in ways:
        found = difference(expected, WAYS[way](source), way)
        assert not found, f'{way} differs:\n{found}\n\n{numbered(source)}'


@pytest.mark.timeout(0)
@PROFILE
@given(source=programs())
def test_a_generated_program_shows_the_same_in_every_way(source: str) -> None:
    expect(source, list(WAYS))


@pytest.mark.timeout(0)
@PROFILE
@given(source=programs(), reloaded=st.sets(st.integers(0, MAX_CALLS)))
def test_any_subset_of_the_pauses_may_go_through_bytes(source: str, reloaded: set[int]) -> None:
    expected = run_on_cpython(source)
    assume(len(expected.calls) <= MAX_CALLS)

    outcome = run_partly_reloaded(source, lambda number: number in reloaded)

    found = difference(expected, outcome, f'reloaded at {sorted(reloaded)}')
    assert not found, f'{found}\n\n{numbered(source)}'
