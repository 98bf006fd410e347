"""Lower targets into which CPython itself takes all items that there are, in one operation of C: slices, and starred names.

`x[a:b] = items` and `a, *b = items` make a list of any iterable, a `range` of a billion too. So what is stored there is paid for first. A literal
slice is seen; behind `x[s] = items` there may be one wherever the script can hold a slice object, which it gets from the
built-in or as the argument of a method that is called for an item. Where its source mentions neither, stores of items stay native.

In a comprehension, where a target cannot become a statement, what follows from it becomes clauses: `for a, *b in rows` is lowered as
`for $t in rows for a, *b in ($unpacked($t),)`, which CPython compiles as an assignment, and `for x[s] in rows` as `for $t in rows if not
$store_item($t, x, s)`.
"""

from __future__ import annotations

import ast
from typing import Any, Final

from monty_flow.interpreter.compiler import nodes
from monty_flow.interpreter.compiler.arithmetic import is_copied
from monty_flow.interpreter.compiler.suspension import Suspension
from monty_flow.interpreter.runtime.attributes import stores_by_helper

_SEQUENCES: Final = (ast.Tuple, ast.List)


class Targets(Suspension):
    """The targets of one function that are not left to CPython."""

    def is_sliced(self, target: ast.expr) -> bool:
        """Tell whether a target may be a slice of something."""
        if type(target) is not ast.Subscript:
            return False
        if type(target.slice) is ast.Slice:
            return True
        if not self.unit.holds_slices or type(target.slice) in (ast.Constant, ast.Tuple, ast.JoinedStr):
            return False
        return not self.is_number(target.slice)

    def needs_helper(self, target: ast.expr) -> bool:
        """Tell whether a store into a target is not left to CPython: because of an attribute's name, a slice or a star."""
        if isinstance(target, ast.Attribute):
            return stores_by_helper(target.attr)
        if isinstance(target, _SEQUENCES):
            return has_star(target) or self.has_parts(target)
        return self.needs_helper(target.value) if isinstance(target, ast.Starred) else self.is_sliced(target)

    def has_parts(self, target: ast.Tuple | ast.List) -> bool:
        """Tell whether an item of a target is not left to CPython."""
        return any(self.needs_helper(item) for item in target.elts)

    def unpacked(self, target: ast.expr, value: ast.expr) -> ast.expr:
        """Return what is unpacked into a target, looked at first where a star takes the rest."""
        if not isinstance(target, _SEQUENCES) or not has_star(target):
            return value
        return self.short_or(value, ('list', 'tuple'), '$unpacked')

    def sliced(self, target: ast.expr, value: ast.expr, line: int) -> ast.stmt | None:
        """Return the statement that stores into a lowered target which may be a slice; None for any other target."""
        if not isinstance(target, ast.Subscript) or not self.is_sliced(target):
            return None
        if type(target.slice) is ast.Slice:
            return nodes.at(ast.Assign([target], self.slice_value(target, value)), line)
        stored = nodes.expression(self.store_item(target, value, line), line)
        index = target.slice
        if not (isinstance(index, ast.Name) and self.is_steady(index) and is_copied(value) and is_copied(target.value)):
            return stored
        natively = nodes.at(ast.Assign([target], value), line)
        return nodes.if_(self.type_is(index, 'slice', line), [stored], [natively], line)

    def store_item(self, target: ast.Subscript, value: ast.expr, line: int) -> ast.expr:
        self.unit.takes_steps = True
        return nodes.call(self.unit.helper('$store_item'), [value, target.value, self.standalone(target.slice)], line)

    def clauses(self, clause: Any) -> list[ast.comprehension]:
        """Return the clauses in the place of a lowered one of a native comprehension whose target is not left to CPython."""
        if _holds_call(clause.target) or any(
            isinstance(part, ast.Attribute) and stores_by_helper(part.attr) for part in ast.walk(clause.target)
        ):
            raise self.unit.error(clause.target, 'this attribute cannot be the target of a comprehension')
        tests, clause.ifs = clause.ifs, []
        made = [clause]
        clause.target = self.replaced(clause.target, made)
        made[-1].ifs += tests
        return made

    def replaced(self, target: Any, made: list[Any]) -> ast.expr:
        """Return a name in the place of a target, and add what follows from it to the clauses."""
        line = target.lineno
        self.walrus += 1
        name = f'$w{self.walrus}'
        if isinstance(target, ast.Subscript):
            stored = self.store_item(target, nodes.load(name, line), line)
            made[-1].ifs.append(nodes.not_(stored, line))
            return nodes.store(name, line)
        value = self.unpacked(target, nodes.load(name, line))
        single = nodes.at(ast.Tuple([value], nodes.LOAD), line)
        made.append(nodes.at(ast.comprehension(target, single, [], 0), line))
        target.elts = [
            self.replaced(item, made) if not isinstance(item, ast.Starred) and self.needs_helper(item) else item
            for item in target.elts
        ]
        return nodes.store(name, line)


def _holds_call(target: ast.expr) -> bool:
    """Tell whether a lowered target was an attribute that a helper stores: what became of it is no target any more."""
    if isinstance(target, _SEQUENCES):
        return any(_holds_call(item) for item in target.elts)
    return _holds_call(target.value) if isinstance(target, ast.Starred) else isinstance(target, ast.Call)


def has_star(target: ast.Tuple | ast.List) -> bool:
    """Tell whether a target takes the rest of the items into a list."""
    return any(type(item) is ast.Starred for item in target.elts)
