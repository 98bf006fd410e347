"""Lower what leaves a function to come back: `yield`, `yield from` and `await`.

`await` is `yield from` over what an awaitable gives (`$awaitable`): an `async def` is compiled as a generator, which
`$coroutine` wraps. In an asynchronous generator the script's own yields are wrapped (`$Yielded`), so that who steps it
can tell them from what its awaits hand up to the event loop.
"""

from __future__ import annotations

import ast
from typing import Any, Final

from monty_flow.interpreter.compiler import nodes
from monty_flow.interpreter.compiler.comprehensions import Comprehensions
from monty_flow.interpreter.compiler.core import Stop
from monty_flow.interpreter.compiler.marks import is_stop
from monty_flow.interpreter.compiler.nodes import Marked
from monty_flow.interpreter.compiler.operands import EXPRESSIONS

#: Methods of an iterator of a script's class that delegation calls.
_STEPS: Final = frozenset({'__next__', 'send', 'throw', 'close'})


class Suspension(Comprehensions):
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
        line = node.lineno
        source = nodes.call(self.iterating(), [self.expr(node.value)], line)
        iterator = nodes.load(f'$i{node.nid}', line)
        is_native = self.is_of(iterator, '$generator', line)
        return self.delegation(node, source, '$delegate', (is_native, [self.handing_over(node, iterator)]))

    def await_(self, node: Marked) -> ast.expr:
        value: Marked = node.value
        if isinstance(node.value, ast.Call):
            # Whoever is called may be an external function, which then must not stop.
            value.is_awaited = True
        return self.wait(node, self.expr(value))

    def wait(self, node: Marked, value: ast.expr) -> ast.expr:
        """Wait for an awaitable value; return its result."""
        line = node.lineno
        awaited = nodes.load(f'$i{node.nid}', line)
        used = nodes.at(ast.Attribute(awaited, '_used', nodes.LOAD), line)
        is_fresh = nodes.at(
            ast.BoolOp(ast.And(), [self.is_of(awaited, '$coroutine', line), nodes.not_(used, line)]), line
        )
        mark = nodes.at(
            ast.Assign([nodes.at(ast.Attribute(awaited, '_used', ast.Store()), line)], nodes.constant(True, line)), line
        )
        native = nodes.at(ast.Attribute(awaited, '_native', nodes.LOAD), line)
        return self.delegation(node, value, '$delegate_await', (is_fresh, [mark, self.handing_over(node, native)]))

    def handing_over(self, node: Marked, native: ast.expr) -> ast.Assign:
        """Return the statement that lets CPython itself delegate to a native generator; `delegation` gives it a line."""
        return nodes.at(ast.Assign([nodes.store(f'$v{node.nid}', node.lineno)], ast.YieldFrom(native)), node.lineno)

    def is_of(self, value: ast.expr, helper: str, line: int) -> ast.expr:
        """Return the test whether a value is of exactly this type."""
        kind = nodes.call(self.unit.helper('$type'), [value], line)
        return nodes.compare(kind, ast.Is(), nodes.load(self.unit.helper(helper), line), line)

    def as_coroutine(self, made: ast.expr, line: int) -> ast.expr:
        """Return the call of a generator function as the coroutine that a script sees."""
        return nodes.call(self.unit.helper('$new_coroutine'), [made], line)

    def delegation(
        self, node: Marked, source: ast.expr, helper: str, quick: tuple[ast.expr, list[ast.stmt]] | None = None
    ) -> ast.expr:
        """Delegate to an iterator, as PEP 380 says, with the iterator and what is sent in temporaries.

        `quick` is a test and the statements that do it natively where it is true, the last one by a `yield from`. A snapshot
        of a generator that waits there takes it as waiting in the loop, with which it is resumed.
        """
        line, number = node.lineno, node.nid
        iterator, sent, thrown, result = (f'${kind}{number}' for kind in 'istv')
        self.live += [iterator, sent, thrown]
        none = nodes.constant(None, line)
        self.out += [
            nodes.assign(name, value, line) for name, value in ((iterator, source), (sent, none), (thrown, none))
        ]
        outer, self.out = self.out, []
        if helper == '$delegate_await' and quick is not None:
            self.take_awaitable(node, iterator)
        before = len(self.function.stops)
        self.step_by_step(node, helper)
        slow, self.out = self.out, outer
        if quick is None:
            self.out += slow
        else:
            test, statements = quick
            natively = self.natively(node, statements, self.function.stops[before:])
            self.out.append(nodes.if_(test, natively, slow, line))
        self.live.append(result)
        return nodes.load(result, line)

    def take_awaitable(self, node: Marked, iterator: str) -> None:
        """Put the iterator of what is awaited in its place."""
        line = node.lineno
        taken: ast.expr = nodes.call(self.unit.helper('$awaitable'), [nodes.load(iterator, line)], line)
        if '__await__' in self.unit.stops.methods:
            taken = self.stop_value(taken, node, 'w')
        self.out.append(nodes.assign(iterator, taken, line))

    def natively(self, node: Marked, statements: list[ast.stmt], stops: list[Stop]) -> list[ast.stmt]:
        """Return the statements with the last on a line that stands for the stops of the loop."""
        line = node.lineno
        last: Any = statements[-1]
        own = self.lines.new(node)
        nodes.at(last, own)
        nodes.at(last.value, own)
        self.function.native_waits[own] = tuple(stops)
        if not is_stop(node):
            return statements
        passed = nodes.call(
            self.unit.helper('$passed'), [nodes.load('$q', line), nodes.load(f'$i{node.nid}', line)], line
        )
        handler = ast.ExceptHandler(
            nodes.load(self.unit.helper('$Pause'), line),
            '$q',
            [nodes.expression(passed, line), nodes.raise_(None, self.unit.hidden)],
        )
        return [*statements[:-1], nodes.at(ast.Try([last], [nodes.at(handler, line)], [], []), line)]

    def step_by_step(self, node: Marked, helper: str) -> None:
        """Emit the loop in which a helper does each step of a delegation."""
        line, number = node.lineno, node.nid
        iterator, sent, thrown, result = (f'${kind}{number}' for kind in 'istv')
        none = nodes.constant(None, line)
        operands: list[ast.expr] = [nodes.load(name, line) for name in (iterator, sent, thrown)]
        by_methods = is_stop(node) and not self.unit.library and not _STEPS.isdisjoint(self.unit.stops.methods)
        step = nodes.call(self.unit.prelude('delegate') if by_methods else self.unit.helper(helper), operands, line)
        outer, self.out = self.out, []
        if is_stop(node):
            self.emit_stop(step, node, nodes.store(result, line))
        else:
            self.out.append(nodes.assign(result, step, line))
        done = self.is_of(nodes.load(result, line), '$Done', line)
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


_SUSPENSION: dict[type[ast.expr], Any] = {
    ast.Yield: Suspension.yield_,
    ast.YieldFrom: Suspension.yield_from,
    ast.Await: Suspension.await_,
}
EXPRESSIONS.update(_SUSPENSION)
