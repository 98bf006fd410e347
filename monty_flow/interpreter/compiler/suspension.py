"""Lower what leaves a function to come back: `yield`, `yield from` and `await`.

`await` is `yield from` over what an awaitable gives (`$awaitable`): an `async def` is compiled as a generator, which
`$coroutine` wraps. In an asynchronous generator the script's own yields are wrapped (`$Yielded`), so that who steps it
can tell them from what its awaits hand up to the event loop.
"""

from __future__ import annotations

import ast
from typing import Any

from monty_flow.interpreter.compiler import nodes
from monty_flow.interpreter.compiler.calls import Calls
from monty_flow.interpreter.compiler.expressions import EXPRESSIONS, is_stop
from monty_flow.interpreter.compiler.nodes import Marked


class Suspension(Calls):
    """The yields and awaits of one function."""

    def yield_(self, node: Marked) -> ast.expr:
        value = None if node.value is None else self.expr(node.value)
        if self.scope.is_async:
            value = self.yielded(value or nodes.constant(None, node.lineno))
        name = f'$v{node.nid}'
        self.emit_stop(ast.Yield(value), node, nodes.store(name, node.lineno), is_yield=True)
        self.live.append(name)
        return nodes.load(name, node.lineno)

    def yielded(self, value: ast.expr) -> ast.expr:
        """Return a value that the script yields, wrapped where its awaits yield too."""
        if not self.scope.is_async:
            return value
        return nodes.call(self.unit.helper('$Yielded'), [value], value.lineno)

    def yield_from(self, node: Marked) -> ast.expr:
        source = nodes.call(self.unit.helper('$iter'), [self.expr(node.value)], node.lineno)
        return self.delegation(node, source, '$delegate')

    def await_(self, node: Marked) -> ast.expr:
        value: Marked = node.value
        if isinstance(node.value, ast.Call):
            # Whoever is called may be an external function, which then must not stop.
            value.is_awaited = True
        return self.wait(node, self.expr(value))

    def wait(self, node: Marked, value: ast.expr) -> ast.expr:
        """Wait for an awaitable value; return its result."""
        source: ast.expr = nodes.call(self.unit.helper('$awaitable'), [value], value.lineno)
        if '__await__' in self.unit.stops.methods:
            source = self.stop_value(source, node, 'w')
        return self.delegation(node, source, '$delegate_await')

    def as_coroutine(self, made: ast.expr, line: int) -> ast.expr:
        """Return the call of a generator function as the coroutine that a script sees."""
        return nodes.call(self.unit.helper('$coroutine'), [made], line)

    def delegation(self, node: Marked, source: ast.expr, helper: str) -> ast.expr:
        """Delegate to an iterator, as PEP 380 says, with the iterator and what is sent in temporaries."""
        line, number = node.lineno, node.nid
        iterator, sent, thrown, result = (f'${kind}{number}' for kind in 'istv')
        self.live += [iterator, sent, thrown]
        none = nodes.constant(None, line)
        self.out += [
            nodes.assign(name, value, line) for name, value in ((iterator, source), (sent, none), (thrown, none))
        ]
        operands: list[ast.expr] = [nodes.load(name, line) for name in (iterator, sent, thrown)]
        step = nodes.call(self.unit.helper(helper), operands, line)
        outer, self.out = self.out, []
        if is_stop(node):
            self.emit_stop(step, node, nodes.store(result, line))
        else:
            self.out.append(nodes.assign(result, step, line))
        kind = nodes.call(self.unit.helper('$type'), [nodes.load(result, line)], line)
        done = nodes.compare(kind, ast.Is(), nodes.load(self.unit.helper('$Done'), line), line)
        self.out.append(nodes.if_(done, [nodes.at(ast.Break(), line)], [], line))
        self.out.append(nodes.assign(thrown, none, line))
        loop, self.out = self.out, []
        self.emit_stop(ast.Yield(nodes.load(result, line)), node, nodes.store(sent, line), is_yield=True)
        caught = ast.ExceptHandler(
            nodes.load(self.unit.helper('$Catchable'), line),
            f'$y{number}',
            [nodes.assign(thrown, nodes.load(f'$y{number}', line), line), nodes.assign(sent, none, line)],
        )
        passing = nodes.call(self.unit.helper('$passing'), [], line)
        private = ast.ExceptHandler(passing, None, [nodes.raise_(None, self.unit.hidden)])
        loop.append(nodes.at(ast.Try(self.out, [nodes.at(private, line), nodes.at(caught, line)], [], []), line))
        outer.append(nodes.at(ast.While(nodes.constant(True, line), loop, []), line))
        outer.append(
            nodes.assign(result, nodes.at(ast.Attribute(nodes.load(result, line), 'value', nodes.LOAD), line), line)
        )
        self.out = outer
        self.live.append(result)
        return nodes.load(result, line)


_SUSPENSION: dict[type[ast.expr], Any] = {
    ast.Yield: Suspension.yield_,
    ast.YieldFrom: Suspension.yield_from,
    ast.Await: Suspension.await_,
}
EXPRESSIONS.update(_SUSPENSION)
