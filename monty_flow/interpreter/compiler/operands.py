"""Operands on their way to the operation that takes them.

`expr` returns a lowered expression; statements that must run before it go to `out`. Where a later operand holds a stop, the
earlier ones are saved in temporaries first (A-normal form), so Python's evaluation order is kept; a stop is a statement that
does nothing else.

Temporaries are named after the AST node whose value they hold, so that a snapshot made under one release of the compiler
means the same to the next.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

from monty_flow.interpreter.compiler import nodes
from monty_flow.interpreter.compiler.arithmetic import again
from monty_flow.interpreter.compiler.core import CoreFunction, Stop
from monty_flow.interpreter.compiler.lines import Lines, span_of
from monty_flow.interpreter.compiler.marks import has_stop
from monty_flow.interpreter.compiler.nodes import Marked
from monty_flow.interpreter.compiler.operations import ASKED_CONSUMERS, ASKED_METHOD_CONSUMERS
from monty_flow.interpreter.compiler.scopes import Scope
from monty_flow.interpreter.compiler.sizes import Sizes

if TYPE_CHECKING:
    from monty_flow.interpreter.compiler.unit import Unit

#: Methods of a class of the script that give an item.
_OF_ITEMS: Final = frozenset({'__getitem__', '__missing__', '__class_getitem__'})
#: Values that a program may keep over stops, those of each stop counted: more would take the compiler's memory.
MAX_KEPT: Final = 1_000_000
#: How each kind of expression is lowered: a method of the class that knows it, which adds itself here.
EXPRESSIONS: dict[type[ast.expr], Any] = {}


class Operands(Sizes):
    """The temporaries and stops of one function."""

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

    # Operations of C that ask methods of what they are given (`runtime/asking.py`)

    def is_asked(self, *methods: str) -> bool:
        """Tell whether C may ask one of these methods of the script in the middle of an operation, and it may stop."""
        return not self.unit.stops.asked.isdisjoint(methods)

    def answered(self, operation: str, operands: Iterable[ast.expr], line: int) -> ast.Call:
        """Return a call that does an operation with the answers of all methods that it asks."""
        return nodes.call(self.unit.prelude('answered'), [nodes.constant(operation, line), *operands], line)

    def asked_item(self, container: ast.expr, key: ast.expr, node: Marked, line: int) -> ast.expr:
        """Return a load of an item by a key of which methods may be asked: natively where it is plain."""
        mark = len(self.live)
        container, key = self.save(container, node, 'l'), self.save(self.standalone(key), node, 'r')
        del self.live[mark:]
        call = nodes.call(self.unit.prelude('answered_item'), [again(container), again(key)], line)
        if self.unit.stops.factories or not self.unit.stops.methods.isdisjoint(_OF_ITEMS):
            return call
        natively = nodes.at(ast.Subscript(container, again(key), nodes.LOAD), line)
        return nodes.at(ast.IfExp(self.is_plain(key, line), natively, call), line)

    def is_plain(self, operand: ast.expr, line: int) -> ast.expr:
        """Return a test whether an operand has no method of a script, nor holds anything that has."""
        kind = nodes.call(self.unit.helper('$type'), [again(operand)], line)
        return nodes.compare(kind, ast.In(), nodes.load(self.unit.helper('$plain'), line), line)

    def asked_builtin(self, node: ast.Call, name: str) -> ast.Call:
        """Return a call of a built-in that C code of asks methods of the script for what it is given."""
        line = node.lineno
        if name == 'print':
            return self.finish(node, nodes.load(self.unit.prelude('answered_print'), line), None)
        asked = 'answered_items' if name in ASKED_CONSUMERS else 'answered'
        return self.finish(node, nodes.load(self.unit.prelude(asked), line), nodes.constant(name, line))

    def asked_method(self, node: ast.Call, func: ast.Attribute) -> ast.Call:
        """Return a call of a method that built-in containers have, which asks methods of the script there."""
        line = node.lineno
        target = self.expr(func.value)
        if any(has_stop(operand) for operand in operands_of(node)):
            target = self.save(target, func.value)
        asked = 'answered_method_items' if func.attr in ASKED_METHOD_CONSUMERS else 'answered_method'
        made = self.finish(node, nodes.load(self.unit.prelude(asked), line), nodes.constant(func.attr, line))
        made.args.insert(1, target)
        return made

    def finish(self, node: ast.Call, callee: ast.expr, first: ast.expr | None) -> ast.Call:
        raise NotImplementedError


def operands_of(node: ast.Call) -> list[ast.expr]:
    """Return the argument expressions in evaluation order; `**value` as a display, so that it can be saved."""
    keywords = []
    for keyword in node.keywords:
        value = keyword.value
        if keyword.arg is None and has_stop(value):
            spread: Any = ast.copy_location(ast.Dict([None], [value]), value)
            spread.nid, spread.has_stop = nodes.number_of(value), True
            value = spread
        keywords.append(value)
    return [*node.args, *keywords]
