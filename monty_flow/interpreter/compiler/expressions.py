"""Lower expressions: guard what may blow up, and put every stop into a statement of its own.

`expr` returns the lowered expression; statements that must run before it go to `self.out`. Where a
later operand holds a stop, the earlier ones are saved in temporaries first (A-normal form), so
Python's evaluation order is kept. An expression without stops is changed in place, or not at all.

Temporaries are named after the AST node whose value they hold, so that a snapshot made under
one release of the compiler means the same to the next.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from monty_flow.interpreter.builtins.table import BUILTINS
from monty_flow.interpreter.compiler import nodes, operations
from monty_flow.interpreter.compiler.arithmetic import GUARDED_OPERATORS, again
from monty_flow.interpreter.compiler.core import CoreFunction, Stop
from monty_flow.interpreter.compiler.lines import Lines, span_of
from monty_flow.interpreter.compiler.nodes import Marked
from monty_flow.interpreter.compiler.scopes import CLASS_CELL, Kind, Scope
from monty_flow.interpreter.compiler.sizes import Sizes, is_plain_spec, mark_keys, mark_spreads
from monty_flow.interpreter.runtime.attributes import Access, access_of
from monty_flow.interpreter.runtime.classes import BODY_PREFIX, DEFINABLE
from monty_flow.interpreter.runtime.universe import GUARDED, GUARDED_METHODS

if TYPE_CHECKING:
    from monty_flow.interpreter.compiler.unit import Unit

#: Values that a program may keep over stops, those of each stop counted: more would take the compiler's memory.
MAX_KEPT: Final = 1_000_000
#: Literal containers, which are as small as their source.
_SMALL_DISPLAYS = (ast.Constant, ast.Tuple, ast.List, ast.Set, ast.Dict)
#: Built-in functions that have a pausing version in the prelude.
PRELUDE = frozenset('all any enumerate filter map max min next reduce sorted sum zip'.split())


def has_stop(node: ast.AST) -> bool:
    return 'has_stop' in node.__dict__


def is_stop(node: ast.AST) -> bool:
    return 'stop' in node.__dict__


def is_operator_stop(node: ast.AST) -> bool:
    """Tell whether an operation stops because a method of a script's class may."""
    return 'operator_stop' in node.__dict__


def asks_truth(node: ast.AST) -> bool:
    """Tell whether the truth of an expression is asked of a method that may stop."""
    return 'truth_stop' in node.__dict__


class Expressions(Sizes):
    """The expression half of the lowering of one function."""

    def __init__(self, unit: Unit, function: CoreFunction) -> None:
        self.unit = unit
        self.function = function
        self.scope: Scope = function.scope
        self.out: list[ast.stmt] = []
        self.lines: Lines = unit.lines
        #: Temporaries whose value is still needed, oldest first.
        self.live: list[str] = []
        self.parts: dict[int, int] = {}
        #: Comprehensions around, in which no walrus of ours can stand, and iterables of comprehensions.
        self.comprehensions = 0
        self.iterables = 0
        self.numeric = set()
        self.small = set()
        self.walrus = 0

    # Stops and temporaries

    def temporary(self, node: Marked, kind: str = 'v') -> str:
        """Return the temporary of a node, live from now on."""
        name = f'${kind}{node.nid}'
        self.live.append(name)
        return name

    def save(self, value: ast.expr, node: ast.AST, kind: str = 'v') -> ast.expr:
        """Store a value in a temporary and return a load of it; constants stay as they are."""
        if type(value) is ast.Constant or (type(value) is ast.Name and value.id.startswith('$')):
            return value
        line = value.lineno
        value = self.standalone(value)
        if type(value) is ast.Starred:
            spread = nodes.at(ast.List([value], nodes.LOAD), line)
            saved = self.save(spread, node, kind)
            return nodes.at(ast.Starred(saved, nodes.LOAD), line)
        name = self.temporary(node, kind)
        self.out.append(nodes.assign(name, value, line))
        return nodes.load(name, line)

    def standalone(self, value: ast.expr) -> ast.expr:
        """Return an index expression as one that may stand outside brackets: slices become calls."""
        if type(value) is ast.Slice:
            none = nodes.constant(None, value.lineno)
            bounds = [value.lower or none, value.upper or none, value.step or none]
            return nodes.call(self.unit.helper('$slice'), bounds, value.lineno)
        if type(value) is ast.Tuple:
            value.elts = [self.standalone(item) for item in value.elts]
        return value

    def emit_stop(self, value: ast.expr, node: Marked, target: ast.expr | None, *, is_yield: bool = False) -> ast.stmt:
        """Append a stop: a statement that does nothing but this call (or yield), on a line of its own."""
        number = node.nid
        part = self.parts.get(number, 0)
        self.parts[number] = part + 1
        span = span_of(node)
        line = self.lines.new(node)
        nodes.at(value, line)
        if type(value) is ast.Call and type(value.func) is ast.Attribute:
            # CPython takes the line of a method call from the attribute.
            nodes.at(value.func, line)
        if type(value) is ast.IfExp:
            nodes.at(value.orelse, line)
        statement: ast.stmt
        if target is None:
            statement = nodes.expression(value, line)
        else:
            statement = nodes.at(ast.Assign([target], value), line)
        stops = self.function.stops
        live = frozenset(self.live)
        self.unit.kept += len(live)
        if self.unit.kept > MAX_KEPT:
            raise self.unit.error(
                node, 'too many values wait for calls here; make the calls in a loop, or in statements'
            )
        stop = Stop(len(stops) + 1, number, part, line, span, live, is_yield)
        stops.append(stop)
        self.function.temporaries |= live
        marks: Marked = statement
        marks.pc = stop.pc
        marks.is_yield = is_yield
        self.out.append(statement)
        return statement

    def stop_value(self, value: ast.expr, node: Marked, kind: str = 'v') -> ast.expr:
        """Emit a stop and return its result."""
        name = f'${kind}{node.nid}'
        statement = self.emit_stop(value, node, nodes.store(name, value.lineno))
        self.live.append(name)
        return nodes.load(name, statement.lineno)

    # Dispatch

    def expr(self, node: ast.expr) -> ast.expr:
        """Lower one expression."""
        method = EXPRESSIONS.get(type(node))
        return node if method is None else method(self, node)

    def exprs(self, operands: list[ast.expr]) -> list[ast.expr]:
        """Lower operands that are evaluated in this order."""
        last = -1
        for index, operand in enumerate(operands):
            if has_stop(operand):
                last = index
        if last < 0:
            return [self.expr(operand) for operand in operands]
        lowered = []
        for index, operand in enumerate(operands):
            value = self.expr(operand)
            if index < last:
                value = self.save(value, operand)
            lowered.append(value)
        return lowered

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
        call = nodes.call(self.unit.prelude('operate'), [nodes.constant(name, line), *map(again, names)], line)
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
                holds = 'holds' if is_operator_stop(node) else 'contains'
                call = nodes.call(self.unit.prelude(holds), [right, left], node.lineno)
                found = self.stop_value(call, node, 'c')
            else:
                found = self.membership(left, right, node.lineno)
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

    # Displays

    def sequence(self, node: ast.List | ast.Tuple | ast.Set) -> ast.expr:
        if type(node) is ast.Set:
            mark_keys(node)
        elif type(node) is ast.Tuple and type(node.ctx) is ast.Load:
            mark_spreads(node.elts)
        node.elts = self.exprs(node.elts)
        return self.paced(node) if type(node) is ast.Set else node

    def dictionary(self, node: ast.Dict) -> ast.expr:
        if not has_stop(node):
            node.keys = [key and self.expr(key) for key in node.keys]
            node.values = [self.expr(value) for value in node.values]
            return self.paced(self.spread_values(node))
        if node.keys == [None]:
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
        mark = len(self.live)
        container = self.save(node.value, node, 'l')
        del self.live[mark:]
        asked = nodes.call(
            self.unit.helper('$through'), [container, nodes.load(self.unit.helper('$get_item'), line)], line
        )
        return self.stop_value(nodes.call(asked, [again(container), self.standalone(node.slice)], line), node)

    def slice(self, node: ast.Slice) -> ast.expr:
        parts = [part for part in (node.lower, node.upper, node.step) if part is not None]
        lowered = iter(self.exprs(parts))
        node.lower = node.lower and next(lowered)
        node.upper = node.upper and next(lowered)
        node.step = node.step and next(lowered)
        return node

    def formatted_string(self, node: ast.JoinedStr) -> ast.expr:
        texts = sum(self.may_be_long(part) for part in node.values)
        node.values = self.exprs(node.values)
        return self.joined(node, texts)

    def formatted_value(self, node: ast.FormattedValue) -> ast.expr:
        """Return a call that gives text, inside a FormattedValue that only passes text on."""
        value, spec = node.value, node.format_spec
        operands = [value] if spec is None else [value, spec]
        lowered = self.exprs(operands)
        line = node.lineno
        conversion = nodes.constant('' if node.conversion < 0 else chr(node.conversion), line)
        text = lowered[1] if spec is not None else nodes.constant('', line)
        if node.conversion < 0 and not is_stop(node) and is_plain_spec(spec):
            return self.shown_number(node, lowered[0], text)
        result = nodes.call(self.unit.helper('$format_value'), [lowered[0], conversion, text], line)
        found: ast.expr = result
        if is_stop(node) and node.conversion >= 0 and spec is not None:
            # What comes back over a pause is the text, which is formatted then.
            shown = self.format_stop(
                node, nodes.call(result.func, [lowered[0], conversion, nodes.constant('', line)], line)
            )
            found = nodes.call(self.unit.helper('$format_value'), [shown, nodes.constant('', line), text], line)
        elif is_stop(node):
            found = self.format_stop(node, result)
        node.value, node.conversion, node.format_spec = found, -1, None
        return node

    def format_stop(self, node: ast.FormattedValue, result: ast.Call) -> ast.expr:
        mark = len(self.live)
        operand = self.save(result.args[0], node, 'l')
        del self.live[mark:]
        result.args[0] = again(operand)
        result.func = nodes.call(self.unit.helper('$through'), [operand, result.func], node.lineno)
        return self.stop_value(result, node)

    def shown_number(self, node: ast.FormattedValue, value: ast.expr, spec: ast.expr) -> ast.expr:
        """Return a formatted value that CPython formats itself where it is a number or text."""
        line = node.lineno
        if self.is_number(value) and type(value) is not ast.Constant:
            node.value = value
            return node
        held = self.at_hand(value, line)
        none = nodes.constant('', line)
        if held is None or type(value) is ast.Constant:
            node.value = nodes.call(self.unit.helper('$format_value'), [value, none, spec], line)
            node.format_spec = None
            return node
        first, value = held
        test = self.any_of(
            [
                self.type_is(value if first is None else first, 'str', line),
                self.type_is(value, 'int', line),
                self.type_is(value, 'float', line),
            ],
            line,
        )
        natively: ast.expr = again(value)
        if node.format_spec is not None:
            shown = nodes.at(ast.FormattedValue(again(value), -1, node.format_spec), line)
            natively = nodes.at(ast.JoinedStr([shown]), line)
        guarded = nodes.call(self.unit.helper('$format_value'), [again(value), none, spec], line)
        node.value, node.format_spec = nodes.at(ast.IfExp(test, natively, guarded), line), None
        return node

    # Attributes

    def attribute(self, node: ast.Attribute) -> ast.expr:
        line = node.lineno
        found: ast.expr
        if self.is_super(node.value):
            found = self.super_attribute(node)
        else:
            node.value = self.expr(node.value)
            access, _ = access_of(node.attr)
            found = node
            if access is not Access.NATIVE:
                load = self.helper_load if is_stop(node) else self.checked_load
                found = load(node.value, node.attr, access, line)
        return self.stop_value(found, node) if is_stop(node) else found

    def helper_load(self, value: ast.expr, name: str, access: Access, line: int) -> ast.expr:
        """Return a load of an attribute by the helper that knows what a script may see under its name."""
        helper = self.unit.helper('$attribute' if access is Access.GUARDED else '$script_attribute')
        return nodes.call(helper, [value, nodes.constant(name, line)], line)

    def checked_load(self, value: ast.expr, name: str, access: Access, line: int) -> ast.expr:
        """Return a load by the helper, or a native one where a test says that the helper would do no more.

        A private name of an instance of a script's class is its own; and what is loaded under the name of a guarded
        method is what the helper would give, when it is no method of a built-in type.
        """
        test: ast.expr
        if self.comprehensions or (access is Access.GUARDED and name not in GUARDED_METHODS):
            return self.helper_load(value, name, access, line)
        held = self.at_hand(value, line)
        if held is None:
            return self.helper_load(value, name, access, line)
        bound, obj = held
        first = obj if bound is None else bound
        if access is Access.SCRIPT:
            test = self.is_of_script(first, line)
            native: ast.expr = nodes.at(ast.Attribute(again(obj), name, nodes.LOAD), line)
            return nodes.at(ast.IfExp(test, native, self.helper_load(again(obj), name, access, line)), line)
        loaded = self.walrus_of(nodes.at(ast.Attribute(first, name, nodes.LOAD), line), line)
        kind = nodes.call(self.unit.helper('$type'), [loaded], line)
        test = nodes.compare(kind, ast.NotIn(), nodes.load(self.unit.helper('$method_types'), line), line)
        slow = self.helper_load(again(obj), name, access, line)
        return nodes.at(ast.IfExp(test, again(loaded.target), slow), line)

    def is_of_script(self, value: ast.expr, line: int) -> ast.expr:
        """Return `type(type(value)) is ScriptType`."""
        kind = nodes.call(self.unit.helper('$type'), [nodes.call('$type', [value], line)], line)
        return nodes.compare(kind, ast.Is(), nodes.load(self.unit.helper('$ScriptType'), line), line)

    def is_super(self, node: ast.expr) -> bool:
        return (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id == 'super'
            and self.unit.is_unbound('super', self.scope)
        )

    def super_attribute(self, node: ast.Attribute) -> ast.expr:
        """Return what reads `super().name`, with the class from its cell and the first parameter."""
        line = node.lineno
        call: Any = node.value
        if call.args:
            operands = self.exprs(call.args)
        elif not self.method_scope().params:
            raise self.unit.error(node, 'super() needs a method with a first parameter')
        else:
            operands = [nodes.load(CLASS_CELL, line), nodes.load(self.method_scope().params[0], line)]
            if reads_plainly(node.attr):
                found = nodes.call(self.unit.helper('$native_super'), operands, line)
                return nodes.at(ast.Attribute(found, node.attr, nodes.LOAD), line)
        return nodes.call(self.unit.helper('$super'), [*operands, nodes.constant(node.attr, line)], line)

    def method_scope(self) -> Scope:
        """Return the scope of the method around this code."""
        scope = self.scope
        while scope.parent is not None and scope.parent.kind is not Kind.CLASS:
            scope = scope.parent
        return scope

    def is_builtin(self, name: str) -> bool:
        """Tell whether a name means the built-in of that name here."""
        return name in BUILTINS and self.unit.is_unbound(name, self.scope)


_LOOKED_AT = frozenset(
    '__new__ __setattr__ __delattr__ __repr__ __str__ __format__ __mod__ __rmod__ __add__ __iadd__ __mul__ __rmul__ __imul__'
    ' __pow__ __rpow__ __lshift__ __rlshift__ __floordiv__ __rfloordiv__ __divmod__ __rdivmod__ __contains__ __setitem__ __ior__'.split()
)


def reads_plainly(name: str) -> bool:
    """Tell whether `super().name` may be read natively: no attribute of a base class under that name is guarded."""
    if name.startswith('__'):
        return name in DEFINABLE and name not in _LOOKED_AT
    return name not in GUARDED and access_of(name)[0] is Access.NATIVE


EXPRESSIONS: dict[type[ast.expr], Any] = {
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
    ast.JoinedStr: Expressions.formatted_string,
    ast.FormattedValue: Expressions.formatted_value,
    ast.Attribute: Expressions.attribute,
}
