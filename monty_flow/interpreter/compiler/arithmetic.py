"""Lower the operators whose result may be far bigger than their operands.

Each becomes `plain if test else guard`: the test is inline, needs no call of ours, and is true for the small numbers and
floats that programs compute with; the guard (`runtime/guards.py`) judges sizes first. What a test relies on:

* a number added to anything is no growth: a sequence cannot be added to it, and an int grows by one bit;
* operands of one type are no sequence and its count, so only two big ints make a big product;
* an int that is multiplied by a literal grows by the bits of the literal, which a loop's own steps bound;
* dividing is quadratic only where both ints are big.

Operands that are not names are put into locals by a walrus on the way, in their order; where a walrus cannot stand (in a
comprehension), the guard is called. `numeric.py` tells which names need no test at all.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Final

from monty_flow.interpreter.compiler import nodes
from monty_flow.interpreter.compiler.numeric import is_numeric, is_small
from monty_flow.interpreter.runtime.growth import FEW
from monty_flow.interpreter.runtime.metering import FREE

if TYPE_CHECKING:
    from monty_flow.interpreter.compiler.scopes import Scope
    from monty_flow.interpreter.compiler.unit import Unit

#: Binary operators that are guarded -> name of the guard.
GUARDED_OPERATORS: Final[dict[type[ast.operator], str]] = {
    ast.Add: 'add', ast.Mult: 'mul', ast.Pow: 'pow', ast.LShift: 'lshift', ast.Mod: 'mod', ast.FloorDiv: 'floordiv',
}  # fmt: skip
#: The largest int of one digit in CPython: its comparisons are quick where both sides have one, and products of such are small.
ONE_DIGIT: Final = (1 << 30) - 1
#: A shift up to this keeps a result near the size of its operand.
SMALL_SHIFT: Final = 64
#: Largest exponent that keeps a power of a one-digit int small.
SMALL_EXPONENT: Final = 8
#: Nodes of an operand that may be emitted twice, once for each branch.
MAX_COPIED: Final = 12
#: The local that holds the type of what is tested, from one comparison to the next.
_KIND: Final = '$is'
#: The local that holds a callee until it is called: before its arguments are evaluated, it is on the stack.
_CALLEE: Final = '$callee'
_NOT_COPIED = (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.NamedExpr, ast.JoinedStr)


class Arithmetic:
    """The guarded operators of one function."""

    unit: Unit
    scope: Scope
    comprehensions: int
    walrus: int
    #: Names that only ever hold numbers, and those of them that only hold small ints.
    numeric: set[str]
    small: set[str]

    def is_builtin(self, name: str) -> bool:
        raise NotImplementedError

    def operation(self, operator: ast.operator, left: ast.expr, right: ast.expr, node: ast.expr) -> ast.expr:
        """Return `left operator right`, guarded where the result may be large or the work long."""
        guard = GUARDED_OPERATORS.get(type(operator))
        if guard is None or self.is_bounded(operator, left, right):
            return ast.copy_location(ast.BinOp(left, operator, right), node)
        line = node.lineno
        in_parts = type(operator) is ast.Mult and (is_sequence(left) or is_sequence(right))
        tested = None if in_parts else _TESTS[type(operator)](self, left, right, line)
        if tested is None:
            return nodes.call(self.unit.helper('$' + guard), [left, right], line)
        test, left, right = tested
        plain = ast.copy_location(ast.BinOp(left, operator, right), node)
        guarded = nodes.call(self.unit.helper('$' + guard), [again(left), again(right)], line)
        return nodes.at(ast.IfExp(test, plain, guarded), line)

    def is_bounded(self, operator: ast.operator, left: ast.expr, right: ast.expr) -> bool:
        """Tell whether what is known of the operands bounds the result and the work."""
        kind = type(operator)
        if kind is ast.Add:
            # A literal adds its own size, and makes no text wider.
            return any(is_narrow(side) or self.is_number(side) for side in (left, right))
        if kind is ast.Mult:
            if is_literal(left, float, complex) or is_literal(right, float, complex):
                return True
            if is_few_times(left, right) or is_few_times(right, left):
                return True
            return (self.is_small(left) and self.is_small(right)) or (
                (self.is_number(left) and is_short(right)) or (self.is_number(right) and is_short(left))
            )
        if kind is ast.Mod or kind is ast.FloorDiv:
            return self.is_small(left) or (self.is_number(left) and (is_short(right) or is_literal(right, float)))
        if kind is ast.LShift:
            return isinstance(right, ast.Constant) and type(right.value) is int and right.value <= SMALL_SHIFT
        return False

    def is_number(self, node: ast.expr) -> bool:
        """Tell whether an operand is known to be an int or a float."""
        return is_numeric(node, self.numeric, self.is_builtin)

    def is_small(self, node: ast.expr) -> bool:
        """Tell whether an operand is known to be an int of a few digits."""
        return is_small(node, self.small, self.is_builtin)

    # Tests; each returns the test and both operands, made fit to be used after it, or None where there is no test

    def test_sum(self, left: ast.expr, right: ast.expr, line: int) -> tuple[ast.expr, ast.expr, ast.expr] | None:
        """One operand that is a number is enough: the left one, which is evaluated first, or a right one that is at hand."""
        if self.is_steady(right) and is_copied(left):
            return self.number_test(right, line), left, right
        if is_simple(left) and is_copied(right):
            return self.number_test(left, line), left, right
        if self.comprehensions:
            return None
        if self.is_steady(left):
            bound = self.walrus_of(right, line)
            return self.number_test(bound, line), left, again(bound.target)
        if is_copied(right):
            bound = self.walrus_of(left, line)
            return self.number_test(bound, line), again(bound.target), right
        first, second = self.walrus_of(left, line), self.walrus_of(right, line)
        kind = self.kind_of(first, line)
        # The comparison is there to evaluate the right operand, whatever it gives.
        both = nodes.compare(kind, ast.Is(), second, line)
        evaluated = self.any_of([both, nodes.constant(True, line)], line)
        test = self.all_of([evaluated, self.any_of(self.tests_of_kind(kind, ('int', 'float'), line), line)], line)
        return test, again(first.target), again(second.target)

    def test_product(self, left: ast.expr, right: ast.expr, line: int) -> tuple[ast.expr, ast.expr, ast.expr] | None:
        for literal, other, swapped in ((right, left, False), (left, right, True)):
            if is_short(literal):
                held = self.at_hand(other, line)
                if held is None:
                    return None
                first, value = held
                test = self.number_test(value if first is None else first, line)
                return (test, literal, value) if swapped else (test, value, literal)
        if is_simple(left) and is_simple(right):
            if self.is_number(left) and self.is_number(right):
                # Numbers of any kind: only two big ints make a product that is worth a look.
                is_other = nodes.compare(
                    self.type_of(left, line), ast.IsNot(), nodes.load(self.unit.helper('$int'), line), line
                )
                return self.any_of([is_other, self.all_of(self.is_one_digit(left, line), line)], line), left, right
            return self.float_or_small(self.type_of(left, line), left, right, line), left, right
        if self.comprehensions:
            return None
        if is_simple(right):
            first = self.walrus_of(left, line)
            kind = nodes.call(self.unit.helper('$type'), [first], line)
            return self.float_or_small(kind, first.target, right, line), again(first.target), right
        if self.is_steady(left):
            second = self.walrus_of(right, line)
            kind = nodes.call(self.unit.helper('$type'), [second], line)
            return self.float_or_small(kind, second.target, left, line), left, again(second.target)
        return self.test_held(self.walrus_of(left, line), self.walrus_of(right, line), line)

    def test_held(self, first: ast.NamedExpr, second: ast.NamedExpr, line: int) -> tuple[ast.expr, ast.expr, ast.expr]:
        """Two numbers that are not at hand: of one type and not both big, or one of them a float."""
        kind = self.kind_of(first, line)
        alike = nodes.compare(kind, ast.Is(), self.type_of(second, line), line)
        other = nodes.compare(again(kind.target), ast.IsNot(), nodes.load(self.unit.helper('$int'), line), line)
        small = self.all_of(self.is_one_digit(first.target, line), line)
        tests = [self.all_of([alike, self.any_of([other, small], line)], line)]
        tests += self.tests_of_kind(kind, ('float',), line)
        tests.append(self.type_is(second.target, 'float', line))
        return self.any_of(tests, line), again(first.target), again(second.target)

    def kind_of(self, operand: ast.NamedExpr, line: int) -> ast.NamedExpr:
        """Return `kind := type(operand)`, by a name of its own: the other operand, which comes after it, has tests of its own too."""
        name = nodes.store(f'{operand.target.id}t', line)
        return nodes.at(ast.NamedExpr(name, self.type_of(operand, line)), line)

    def tests_of_kind(self, kind: ast.NamedExpr, names: tuple[str, ...], line: int) -> list[ast.expr]:
        """Return the tests that a kind that is bound already is one of these types."""
        return [
            nodes.compare(again(kind.target), ast.Is(), nodes.load(self.unit.helper('$' + name), line), line)
            for name in names
        ]

    def float_or_small(self, kind: ast.expr, first: ast.expr, other: ast.expr, line: int) -> ast.expr:
        """Return `kind is float or type(first) is int and type(other) is int and first >= -ONE_DIGIT and first <= ONE_DIGIT`.

        `kind` is the type of `first`: the product with a float is a float, or an error, whatever the other one is.
        """
        is_float = nodes.compare(kind, ast.Is(), nodes.load(self.unit.helper('$float'), line), line)
        ints = [self.type_is(first, 'int', line)]
        if not (isinstance(first, ast.Name) and isinstance(other, ast.Name) and first.id == other.id):
            ints.append(self.type_is(other, 'int', line))
        return self.any_of([is_float, self.all_of([*ints, *self.is_one_digit(first, line)], line)], line)

    def test_division(self, left: ast.expr, right: ast.expr, line: int) -> tuple[ast.expr, ast.expr, ast.expr] | None:
        """The left operand decides: text would be formatted, and only a big int takes long."""
        if not is_copied(right) or is_literal(left, str, bytes):
            return None
        held = self.at_hand(left, line)
        if held is None:
            return None
        first, value = held
        is_int = self.type_is(value if first is None else first, 'int', line)
        test = is_int if is_short(right) else self.all_of([is_int, *self.is_one_digit(value, line)], line)
        return self.any_of([test, self.type_is(value, 'float', line)], line), value, right

    def test_power(self, left: ast.expr, right: ast.expr, line: int) -> tuple[ast.expr, ast.expr, ast.expr] | None:
        if not is_small_exponent(right):
            return None
        held = self.at_hand(left, line)
        if held is None:
            return None
        first, value = held
        is_float = self.type_is(value if first is None else first, 'float', line)
        is_int = self.all_of([self.type_is(value, 'int', line), *self.is_one_digit(value, line)], line)
        return self.any_of([is_float, is_int], line), value, right

    def no_test(self, left: ast.expr, right: ast.expr, line: int) -> None:
        """A shift by an unknown count has no cheap test."""

    def membership(self, left: ast.expr, right: ast.expr, line: int) -> ast.expr:
        """Return `left in right`: as it is in a dict, a set, a short list or a text, which takes no time to speak of, else guarded."""
        # The helper takes its arguments in the order in which they are evaluated.
        asked, held = right, right
        if not (is_simple(left) and is_simple(right)):
            if self.comprehensions or not self.is_steady(left):
                return nodes.call(self.unit.helper('$in'), [left, right], line)
            asked = self.walrus_of(right, line)
            held = again(asked.target)
        tests = self.kind_tests(asked, ('dict', 'set', 'list', 'str'), line)
        length = nodes.call(self.unit.helper('$len'), [again(held)], line)
        is_short = nodes.compare(length, ast.LtE(), nodes.constant(FREE, line), line)
        tests[2] = self.all_of([tests[2], is_short], line)
        natively = nodes.compare(again(left), ast.In(), again(held), line)
        guarded = nodes.call(self.unit.helper('$in'), [again(left), again(held)], line)
        return nodes.at(ast.IfExp(self.any_of(tests, line), natively, guarded), line)

    # Pieces of tests

    def at_hand(self, node: ast.expr, line: int) -> tuple[ast.NamedExpr | None, ast.expr] | None:
        """Return a walrus and a load of what it binds, or None and a name; None where no walrus can stand."""
        if is_simple(node):
            return None, node
        if self.comprehensions:
            return None
        bound = self.walrus_of(node, line)
        return bound, again(bound.target)

    def number_test(self, value: ast.expr, line: int) -> ast.expr:
        """Return a test that a value is an int or a float."""
        return self.is_one_of(value, ('int', 'float'), line)

    def is_one_of(self, value: ast.expr, kinds: tuple[str, ...], line: int) -> ast.expr:
        """Return a test that the type of a value is one of these."""
        return self.any_of(self.kind_tests(value, kinds, line), line)

    def kind_tests(self, value: ast.expr, kinds: tuple[str, ...], line: int) -> list[ast.expr]:
        """Return `(kind := type(value)) is kinds[0]`, `kind is kinds[1]`...; the type is asked for each time where no walrus can stand."""
        if self.comprehensions:
            return [self.type_is(value, kind, line) for kind in kinds]
        held: ast.expr = nodes.at(ast.NamedExpr(nodes.store(_KIND, line), self.type_of(value, line)), line)
        tests: list[ast.expr] = []
        for kind in kinds:
            tests.append(nodes.compare(held, ast.Is(), nodes.load(self.unit.helper('$' + kind), line), line))
            held = nodes.load(_KIND, line)
        return tests

    def is_one_digit(self, value: ast.expr, line: int) -> list[ast.expr]:
        """Return the two tests that an int has one digit: a chain of comparisons would keep the value on the stack."""
        return [
            nodes.compare(again(value), ast.GtE(), nodes.constant(-ONE_DIGIT, line), line),
            nodes.compare(again(value), ast.LtE(), nodes.constant(ONE_DIGIT, line), line),
        ]

    def type_of(self, value: ast.expr, line: int) -> ast.expr:
        return nodes.call(self.unit.helper('$type'), [again(value)], line)

    def type_is(self, value: ast.expr, kind: str, line: int) -> ast.expr:
        """Return `type(value) is kind`."""
        return nodes.compare(self.type_of(value, line), ast.Is(), nodes.load(self.unit.helper('$' + kind), line), line)

    def any_of(self, tests: list[ast.expr], line: int) -> ast.expr:
        return nodes.at(ast.BoolOp(ast.Or(), tests), line)

    def called(self, callee: ast.expr, line: int, kind: str = 'function') -> ast.expr:
        """Return what to call for a callee of which nothing is known: a function or method as it is, else what the guard says."""
        if type(callee) is ast.Name:
            test = self.type_is(callee, kind, line)
        elif self.comprehensions:
            return nodes.call(self.unit.helper('$callable'), [callee], line)
        else:
            held = nodes.at(ast.NamedExpr(nodes.store(_CALLEE, line), callee), line)
            test, callee = self.type_is(held, kind, line), nodes.load(_CALLEE, line)
        guarded = nodes.call(self.unit.helper('$callable'), [again(callee)], line)
        return nodes.at(ast.IfExp(test, again(callee), guarded), line)

    def all_of(self, tests: list[ast.expr], line: int) -> ast.expr:
        return nodes.at(ast.BoolOp(ast.And(), tests), line)

    def walrus_of(self, value: ast.expr, line: int) -> ast.NamedExpr:
        self.walrus += 1
        return nodes.at(ast.NamedExpr(nodes.store(f'$w{self.walrus}', line), value), line)

    def is_steady(self, node: ast.expr) -> bool:
        """Tell whether evaluating other operands cannot change what a simple operand holds."""
        if type(node) is ast.Constant:
            return True
        if type(node) is not ast.Name:
            return False
        return node.id.startswith('$') or self.unit.is_private(node.id, self.scope)


def again(node: ast.expr) -> ast.expr:
    """Return a second load of a name or constant; other nodes come back as they are, to be emitted in one more branch."""
    if type(node) is ast.Name:
        return nodes.load(node.id, node.lineno)
    return node


def is_simple(node: ast.expr) -> bool:
    return type(node) is ast.Name or type(node) is ast.Constant


def is_display(node: ast.expr) -> bool:
    """Tell whether an operand is a list or tuple of as many items as are written there."""
    return isinstance(node, (ast.List, ast.Tuple)) and not any(type(item) is ast.Starred for item in node.elts)


def is_sequence(node: ast.expr) -> bool:
    """Tell whether an operand is no number, whatever is in it."""
    return isinstance(node, (ast.List, ast.Tuple, ast.JoinedStr)) or is_literal(node, str, bytes)


def is_few_times(sequence: ast.expr, count: ast.expr) -> bool:
    """Tell whether a product is a short sequence that is written there, so many times as a literal says."""
    if not is_literal(count, int):
        return False
    if is_display(sequence):
        size = len(sequence.elts)  # type: ignore[attr-defined]
    elif is_literal(sequence, str, bytes):
        size = len(sequence.value)  # type: ignore[attr-defined]
    else:
        return False
    return bool(size * count.value <= FEW)  # type: ignore[attr-defined]


def is_literal(node: ast.expr, *kinds: type) -> bool:
    return type(node) is ast.Constant and type(node.value) in kinds


def is_narrow(node: ast.expr) -> bool:
    """Tell whether an operand is a literal that leaves the characters of a text as they are."""
    return type(node) is ast.Constant and not (type(node.value) is str and not node.value.isascii())


def is_small_exponent(node: ast.expr) -> bool:
    """Tell whether an exponent is a literal, perhaps with a sign, that keeps a power of a one-digit int small."""
    if isinstance(node, ast.UnaryOp) and type(node.op) is ast.USub:
        return is_literal(node.operand, int, float)
    value: object = node.value if isinstance(node, ast.Constant) else None
    return type(value) in (int, float) and value <= SMALL_EXPONENT  # type: ignore[operator]


def is_short(node: ast.expr) -> bool:
    """Tell whether an operand is a literal int of a few digits; a literal may fill the source."""
    return is_literal(node, int) and is_small(node, set(), bool)


def is_copied(node: ast.expr) -> bool:
    """Tell whether an operand may be emitted in two branches, of which one runs."""
    if is_simple(node):
        return True
    count = 0
    for part in ast.walk(node):
        if isinstance(part, _NOT_COPIED):
            return False
        count += not isinstance(part, (ast.expr_context, ast.operator))
        if count > MAX_COPIED:
            return False
    return True


_TESTS: Final = {
    ast.Add: Arithmetic.test_sum,
    ast.Mult: Arithmetic.test_product,
    ast.Mod: Arithmetic.test_division,
    ast.FloorDiv: Arithmetic.test_division,
    ast.Pow: Arithmetic.test_power,
    ast.LShift: Arithmetic.no_test,
}
