"""Lower expressions: guard what may blow up, and put every stop into a statement of its own (`operands.py`).

An expression without stops is changed in place, or not at all.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from monty_flow.interpreter.builtins.table import BUILTINS
from monty_flow.interpreter.compiler import nodes, operations
from monty_flow.interpreter.compiler.arithmetic import GUARDED_OPERATORS, again
from monty_flow.interpreter.compiler.formatted import FormattedStrings
from monty_flow.interpreter.compiler.marks import asks_truth, has_stop, is_operator_stop, is_stop
from monty_flow.interpreter.compiler.nodes import Marked
from monty_flow.interpreter.compiler.operands import EXPRESSIONS
from monty_flow.interpreter.compiler.scopes import CLASS_CELL, Kind
from monty_flow.interpreter.compiler.sizes import is_short_slice, mark_keys, mark_spreads
from monty_flow.interpreter.runtime.classes import BODY_PREFIX

#: Literal containers, which are as small as their source.
_SMALL_DISPLAYS = (ast.Constant, ast.Tuple, ast.List, ast.Set, ast.Dict)


class Expressions(FormattedStrings):
    """The expression half of the lowering of one function."""

    # Names

    def name(self, node: ast.Name) -> ast.expr:
        if 'is_refused' in node.__dict__:
            return nodes.call(self.unit.helper('$refused'), [nodes.constant(node.id, node.lineno)], node.lineno)
        self.unit.use_name(node.id, self.scope)
        if 'falls_back' in node.__dict__ and self.scope.kind is Kind.CLASS and self.scope.owns(node.id):
            return self.member_or_global(node)
        node.id = self.local(node.id)
        if 'is_future' in node.__dict__:
            return nodes.call(self.unit.helper('$awaited'), [nodes.load(node.id, node.lineno)], node.lineno)
        return node

    def member_or_global(self, node: ast.Name) -> ast.expr:
        """Return what reads a name that a class body may not have bound yet: its own, else the global one."""
        line, name = node.lineno, node.id
        outside = name
        if self.unit.module is not None:
            outside = (
                self.builtin(name)
                if name in BUILTINS and name not in self.unit.main.bound
                else self.unit.exported(name)
            )
        key = nodes.constant(BODY_PREFIX + name, line)
        is_bound = nodes.compare(key, ast.In(), nodes.call('$locals', [], line), line)
        return nodes.at(ast.IfExp(is_bound, nodes.load(BODY_PREFIX + name, line), nodes.load(outside, line)), line)

    def local(self, name: str) -> str:
        """Return the name under which emitted code holds a name: that of a class body is hidden from methods."""
        if self.scope.kind is Kind.CLASS and self.scope.owns(name) and name != CLASS_CELL:
            return BODY_PREFIX + name
        if self.unit.module is not None and name[0] != '$' and self.scope.owner(name) is self.unit.main:
            return self.builtin(name) if self.is_builtin(name) else self.unit.exported(name)
        return name

    def builtin(self, name: str) -> str:
        """Return the name of the helper that holds a built-in: a library module must not see what the script binds."""
        return self.unit.helper(f'$B.{name}')

    def named_expr(self, node: ast.NamedExpr) -> ast.expr:
        node.value = self.expr(node.value)
        return node

    # Operators

    def binary(self, node: ast.BinOp) -> ast.expr:
        left, right = self.exprs([node.left, node.right])
        if is_stop(node):
            name = operations.name_of(node.op)
            return self.operator_stop(name, left, right, node, lambda a, b: self.combined(node.op, a, b, node))
        value = self.operation(node.op, left, right, node)
        weight = self.weight_of(node.op, left, right)
        return self.paced(value, weight) if weight else value

    def operator_stop(
        self, name: str, left: ast.expr, right: ast.expr, node: Marked, native: Callable[[ast.expr, ast.expr], ast.expr],
        kind: str = 'v',
    ) -> ast.expr:  # fmt: skip
        """Emit an operation that may ask methods of the script, as one stop; plain operands are combined natively."""
        line = node.lineno
        mark = len(self.live)
        names = [self.save(left, node, 'l'), self.save(right, node, 'r')]
        del self.live[mark:]
        operate = 'answered_operation' if self.unit.stops.asks else 'operate'
        call = nodes.call(self.unit.prelude(operate), [nodes.constant(name, line), *map(again, names)], line)
        tests: list[ast.expr] = [
            nodes.compare(
                nodes.call(self.unit.helper('$type'), [again(operand)], line),
                ast.In(),
                nodes.load(self.unit.helper('$plain'), line),
                line,
            )
            for operand in names
            if type(operand) is not ast.Constant
        ]
        if not tests:
            return self.stop_value(call, node, kind)
        test = tests[0] if len(tests) == 1 else nodes.at(ast.BoolOp(ast.And(), tests), line)
        plain = native(again(names[0]), again(names[1]))
        return self.stop_value(nodes.at(ast.IfExp(test, plain, call), line), node, kind)

    def combined(self, operator: ast.operator, left: ast.expr, right: ast.expr, node: ast.expr) -> ast.expr:
        """Return `left operator right` as one call or operation, fit for a stop."""
        guard = GUARDED_OPERATORS.get(type(operator))
        if guard is not None:
            return nodes.call(self.unit.helper('$' + guard), [left, right], node.lineno)
        return ast.copy_location(ast.BinOp(left, operator, right), node)

    def unary(self, node: ast.UnaryOp) -> ast.expr:
        node.operand = self.expr(node.operand)
        if not is_stop(node):
            return node
        if type(node.op) is ast.Not:
            # What comes back over a pause is what the method gave: the negation is ours.
            asked = nodes.call(self.unit.helper('$bool'), [node.operand], node.lineno)
            return nodes.not_(self.stop_value(asked, node), node.lineno)
        return self.stop_value(node, node)

    def boolean(self, node: ast.BoolOp) -> ast.expr:
        if not any(has_stop(value) for value in node.values[1:]) and not asks_truth(node.values[0]):
            node.values = [self.expr(value) for value in node.values]
            return node
        return self.chained(node, self.expr)

    def truth(self, node: ast.expr) -> ast.expr:
        """Lower an expression of which the truth is asked."""
        if not asks_truth(node):
            return self.expr(node)
        if isinstance(node, ast.BoolOp):
            return self.chained(node, self.truth)
        return self.asked(self.expr(node), node)

    def asked(self, value: ast.expr, node: ast.expr) -> ast.expr:
        """Return the truth of a lowered value, by a stop where a method of the script may have to be asked."""
        if not asks_truth(node) or isinstance(node, ast.BoolOp):
            return value
        return self.stop_value(nodes.call(self.unit.helper('$bool'), [value], node.lineno), node, 'b')

    def chained(self, node: ast.BoolOp, lower: Callable[[ast.expr], ast.expr]) -> ast.expr:
        """Emit the operands of `and` or `or` one inside the other; `lower` gives their values, or their truth."""
        name = self.temporary(node)
        line = node.lineno
        outer = self.out
        for index, value in enumerate(node.values):
            self.out.append(nodes.assign(name, lower(value), line))
            if index < len(node.values) - 1:
                test: ast.expr = nodes.load(name, line)
                if lower != self.truth:
                    test = self.asked(test, value)
                branch = nodes.if_(test if type(node.op) is ast.And else nodes.not_(test, line), [], [], line)
                self.out.append(branch)
                self.out = branch.body
        self.out = outer
        return nodes.load(name, line)

    def conditional(self, node: ast.IfExp) -> ast.expr:
        test = self.truth(node.test)
        if not (has_stop(node.body) or has_stop(node.orelse)):
            node.test, node.body, node.orelse = test, self.expr(node.body), self.expr(node.orelse)
            return node
        name = self.temporary(node)
        line = node.lineno
        branch = nodes.if_(test, [], [], line)
        outer = self.out
        outer.append(branch)
        for block, value in ((branch.body, node.body), (branch.orelse, node.orelse)):
            self.out = block
            result = self.expr(value)
            block.append(nodes.assign(name, result, line))
        self.out = outer
        return nodes.load(name, line)

    def comparison(self, node: ast.Compare) -> ast.expr:
        operands = [node.left, *node.comparators]
        if not has_stop(node):
            node.left = self.expr(node.left)
            node.comparators = [self.expr(operand) for operand in node.comparators]
            if len(operands) == 2 and type(node.ops[0]) in (ast.In, ast.NotIn):
                return self.compare_one(node, node.left, node.ops[0], node.comparators[0])
            return self.paced(node) if self.is_heavy_comparison(node) else node
        if len(operands) == 2:
            left, right = self.exprs(operands)
            return self.compare_one(node, left, node.ops[0], right)
        name = self.temporary(node)
        line = node.lineno
        outer = self.out
        left, right = self.exprs(operands[:2])
        for index, operator in enumerate(node.ops):
            if index:
                right = self.expr(operands[index + 1])
            is_last = index == len(node.ops) - 1
            if not is_last:
                right = self.save(right, operands[index + 1])
            self.out.append(nodes.assign(name, self.compare_one(node, left, operator, right), line))
            if not is_last:
                branch = nodes.if_(nodes.load(name, line), [], [], line)
                self.out.append(branch)
                self.out = branch.body
                left = again(right)
        self.out = outer
        return nodes.load(name, line)

    def compare_one(self, node: ast.Compare, left: ast.expr, operator: ast.cmpop, right: ast.expr) -> ast.expr:
        if type(operator) in (ast.In, ast.NotIn) and (is_stop(node) or not isinstance(right, _SMALL_DISPLAYS)):
            if is_stop(node):
                if is_operator_stop(node):
                    name = self.temporary(node, 'l')
                    self.out.append(nodes.assign(name, left, node.lineno))
                    left = nodes.load(name, node.lineno)
                holds = 'holds_by_steps' if is_operator_stop(node) else 'contains'
                if self.is_asked(*operations.KEYS):
                    holds = 'answered_search'
                call = nodes.call(self.unit.prelude(holds), [right, left], node.lineno)
                found = self.stop_value(call, node, 'c')
            else:
                found = self.membership(left, right, node.lineno)
                if self.is_heavy_comparison(node):
                    # The items of a list may take long to be compared.
                    found = self.paced(found)
            return found if type(operator) is ast.In else nodes.not_(found, node.lineno)
        made = nodes.compare(left, operator, right, node.lineno)
        if is_operator_stop(node) and type(operator) not in (ast.Is, ast.IsNot):
            if type(operator) is ast.NotEq and '__ne__' not in self.unit.stops.methods:
                # Python inverts what `__eq__` gives in C, where a pause cannot come back to.
                return nodes.not_(self.compared(ast.Eq(), left, right, node), node.lineno)
            return self.compared(operator, left, right, node)
        return made

    def compared(self, operator: ast.cmpop, left: ast.expr, right: ast.expr, node: ast.Compare) -> ast.expr:
        name = operations.name_of(operator)
        return self.operator_stop(name, left, right, node, lambda a, b: nodes.compare(a, operator, b, node.lineno), 'c')

    def iterating(self) -> str:
        """Return the name of what begins an iteration that may stop: by items where a `__getitem__` may stop."""
        if '__getitem__' in self.unit.stops.methods or self.unit.library or self.unit.module is not None:
            return self.unit.prelude('iterate')
        return self.unit.helper('$iter')

    # Displays

    def sequence(self, node: ast.List | ast.Tuple | ast.Set) -> ast.expr:
        if type(node) is ast.Set:
            mark_keys(node)
        elif type(node) is ast.Tuple and type(node.ctx) is ast.Load:
            mark_spreads(node.elts)
        node.elts = self.exprs(node.elts)
        if type(node) is ast.Set and is_stop(node):
            return self.stop_value(self.answered('set_of', node.elts, node.lineno), node)
        return self.paced(node) if type(node) is ast.Set else node

    def dictionary(self, node: ast.Dict) -> ast.expr:
        if not has_stop(node):
            node.keys = [key and self.expr(key) for key in node.keys]
            node.values = [self.expr(value) for value in node.values]
            return self.paced(self.spread_values(node))
        if node.keys == [None] and not is_stop(node):
            node.values = [self.expr(node.values[0])]
            return self.spread_values(node)
        operands: list[ast.expr] = []
        for key, value in zip(node.keys, node.values, strict=True):
            if key is not None:
                operands.append(key)
                operands.append(value)
            else:
                spread: Any = ast.copy_location(ast.Dict([None], [value]), value)
                spread.nid = nodes.number_of(value)
                if has_stop(value):
                    spread.has_stop = True
                operands.append(spread)
        lowered = iter(self.exprs(operands))
        keys: list[ast.expr | None] = []
        values: list[ast.expr] = []
        for key in node.keys:
            keys.append(None if key is None else next(lowered))
            values.append(next(lowered))
        node.keys, node.values = keys, values
        if is_stop(node):
            end = nodes.load(self.unit.helper('$end'), node.lineno)
            parts = [part for pair in zip(keys, values, strict=True) for part in (pair[0] or end, pair[1])]
            return self.stop_value(self.answered('dict_of', parts, node.lineno), node)
        return self.spread_values(node)

    def starred(self, node: ast.Starred) -> ast.expr:
        value = self.expr(node.value)
        if is_stop(node):
            value = self.stop_value(nodes.call(self.unit.prelude('collect'), [value], node.lineno), node)
        # The targets of a comprehension come here too.
        node.value = self.spread(node, value) if type(node.ctx) is ast.Load else value
        return node

    def subscript(self, node: ast.Subscript) -> ast.expr:
        node.value, node.slice = self.exprs([node.value, node.slice])
        if not is_stop(node):
            if type(node.ctx) is not ast.Load:
                return node
            return self.cut(node) if type(node.slice) is ast.Slice else self.looked_up(node)
        line = node.lineno
        if self.is_asked(*operations.KEYS, '__index__'):
            return self.stop_value(self.asked_item(node.value, node.slice, node, line), node)
        mark = len(self.live)
        container = self.save(node.value, node, 'l')
        del self.live[mark:]
        if self.unit.stops.factories:
            return self.stop_value(self.item(container, self.standalone(node.slice), line), node)
        asked = nodes.call(
            self.unit.helper('$through'), [container, nodes.load(self.unit.helper('$get_item'), line)], line
        )
        return self.stop_value(nodes.call(asked, [again(container), self.standalone(node.slice)], line), node)

    def item(self, container: ast.expr, key: ast.expr, line: int) -> ast.expr:
        """Return a load of an item, which may be one of a `defaultdict` that is made by what may stop."""
        return nodes.call(self.unit.prelude('item'), [container, key], line)

    def slice(self, node: ast.Slice) -> ast.expr:
        parts = [part for part in (node.lower, node.upper, node.step) if part is not None]
        # What the compiler makes of a store, such as `x[a:b] += y`, stands nowhere in the script.
        around = getattr(node, 'parent', None)
        is_read = type(around) is ast.Subscript and type(around.ctx) is ast.Load and not is_stop(around)
        # What is only read is looked at when it is cut.
        looks = self.unit.holds_slices and (not is_read or is_short_slice(node))
        may_nest = [looks and type(part) is not ast.Constant and not self.is_number(part) for part in parts]
        lowered = self.exprs(parts)
        for index, part in enumerate(lowered):
            if may_nest[index]:
                lowered[index] = nodes.call(self.unit.helper('$bound'), [part], part.lineno)
        taken = iter(lowered)
        node.lower = node.lower and next(taken)
        node.upper = node.upper and next(taken)
        node.step = node.step and next(taken)
        return node

    def is_builtin(self, name: str) -> bool:
        """Tell whether a name means the built-in of that name here."""
        return name in BUILTINS and self.unit.is_unbound(name, self.scope)


EXPRESSIONS.update(
    {
        ast.Name: Expressions.name,
        ast.NamedExpr: Expressions.named_expr,
        ast.BinOp: Expressions.binary,
        ast.UnaryOp: Expressions.unary,
        ast.BoolOp: Expressions.boolean,
        ast.IfExp: Expressions.conditional,
        ast.Compare: Expressions.comparison,
        ast.List: Expressions.sequence,
        ast.Tuple: Expressions.sequence,
        ast.Set: Expressions.sequence,
        ast.Dict: Expressions.dictionary,
        ast.Starred: Expressions.starred,
        ast.Subscript: Expressions.subscript,
        ast.Slice: Expressions.slice,
    }
)
