"""Lower loops, and the jumps that leave them.

A loop that holds a stop iterates over an explicit iterator, which is then part of the captured state. Each
turn takes a step of fuel, but none over a `range`, which is paid for in chunks.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from monty_flow.interpreter.compiler import nodes
from monty_flow.interpreter.compiler.assignments import Assignments
from monty_flow.interpreter.compiler.core import CoreFunction, stop_range
from monty_flow.interpreter.compiler.marks import has_stop, is_stop
from monty_flow.interpreter.compiler.unit import Unit
from monty_flow.interpreter.records import record

#: What a pending jump through a `finally` with stops will do when the `finally` is done.
RETURN, BREAK, CONTINUE, RAISE = 1, 2, 3, 4


@record()
class Region:
    """A loop, or a `finally` that was laid out after its `try`, around the statement being lowered."""

    #: Number of the `try` for a `finally`; None for a loop.
    final: int | None
    #: For a loop: the jump variables to look at after it, because a jump inside leaves it.
    escapes: set[str]


class Loops(Assignments):
    """The loops of one function."""

    def __init__(self, unit: Unit, function: CoreFunction) -> None:
        super().__init__(unit, function)
        self.regions: list[Region] = []

    def while_(self, node: ast.While) -> None:
        line = node.lineno
        self.regions.append(Region(None, set()))
        if not has_stop(node.test):
            node.test = self.expr(node.test)
            body = self.block(node.body)
            node.body = [*self.tick(line), *body]
            region = self.regions.pop()
            node.orelse = self.block(node.orelse)
            self.out.append(node)
        else:
            done = self.flag(node) if node.orelse else None

            def turn() -> None:
                self.out.extend(self.tick(line))
                test = self.truth(node.test)
                leave: list[ast.stmt] = [nodes.at(ast.Break(), line)]
                if done is not None:
                    leave.insert(0, nodes.assign(done, nodes.constant(True, line), line))
                self.out.append(nodes.if_(nodes.not_(test, line), leave, [], line))
                self.statements(node.body)

            self.endless(line, turn)
            region = self.regions.pop()
            self.after_loop(done, node.orelse, line)
        self.leave_loop(region, line)

    def flag(self, node: Any) -> str:
        """Return a live temporary that is False now."""
        name = self.temporary(node, 'd')
        line = node.lineno
        self.out.append(nodes.assign(name, nodes.constant(False, line), line))
        return name

    def endless(self, line: int, body: Callable[[], None]) -> None:
        """Emit `while True` around what `body` emits."""
        self.out.append(nodes.at(ast.While(nodes.constant(True, line), self.collect(body), []), line))

    def after_loop(self, done: str | None, orelse: list[ast.stmt], line: int) -> None:
        if done is not None:
            self.out.append(nodes.if_(nodes.load(done, line), self.block(orelse), [], line))

    def for_(self, node: ast.For) -> None:
        iterable = self.expr(node.iter)
        target = node.target
        prefix: Callable[[], None] | None = None
        if has_stop(target) or self.needs_helper(target):
            name = self.temporary(node, 't')
            target = nodes.store(name, node.lineno)

            def prefix() -> None:
                self.assign_to(node.target, nodes.load(name, node.lineno))

        def body() -> None:
            if prefix is not None:
                prefix()
            self.statements(node.body)

        self.iterate(node, target, iterable, body, node.orelse)

    def iterate(
        self,
        node: Any,
        target: ast.expr,
        iterable: ast.expr,
        body: Callable[[], None],
        orelse: list[ast.stmt] | None = None,
    ) -> None:
        """Emit a loop; with an explicit iterator where a stop inside may have to capture it."""
        if orelse is None:
            orelse = []
        line = iterable.lineno
        self.regions.append(Region(None, set()))
        if is_stop(node):
            region = self.pausing_loop(node, target, iterable, body, orelse)
        else:
            if has_stop(node) or self.function.is_generator or type(node) is ast.comprehension:
                iterator = nodes.call(self.unit.helper('$iter'), [iterable], line)
                self.live.append(f'$i{node.nid}')
                self.out.append(nodes.assign(f'$i{node.nid}', iterator, line))
                iterable = nodes.load(f'$i{node.nid}', line)
            statement: Any = nodes.at(ast.For(self.target(target), iterable, [], []), line)
            statement.nid = node.nid
            made = self.collect(body)
            if stop_range(made) is not None:
                statement.body = [*self.tick(line), *made]
            elif self.is_range(iterable):
                self.unit.takes_steps = True
                statement.iter = nodes.call(self.unit.helper('$paid'), [iterable], line)
                statement.body = made or [nodes.at(ast.Pass(), line)]
            else:
                statement.body = [*self.tick(line), *made]
            region = self.regions.pop()
            statement.orelse = self.block(orelse)
            self.out.append(statement)
        self.leave_loop(region, line)

    def pausing_loop(
        self, node: Any, target: ast.expr, iterable: ast.expr, body: Callable[[], None], orelse: list[ast.stmt]
    ) -> Region:
        """Emit a loop whose every step may stop, because the iterator may be a generator that pauses."""
        line = iterable.lineno
        iterator = f'$i{node.nid}'
        self.live.append(iterator)
        begin = nodes.call(self.iterating(), [iterable], line)
        if '__iter__' in self.unit.stops.methods:
            self.emit_stop(begin, node, nodes.store(iterator, line))
        else:
            self.out.append(nodes.assign(iterator, begin, line))
        done: str | None = None
        if orelse:
            done = f'$d{node.nid}'
            self.live.append(done)
            self.out.append(nodes.assign(done, nodes.constant(False, line), line))

        def step() -> None:
            self.out.extend(self.tick(line))
            item = f'$n{node.nid}'
            call = nodes.call(self.unit.prelude('step'), [nodes.load(iterator, line)], line)
            self.emit_stop(call, node, nodes.store(item, line))
            leave: list[ast.stmt] = [nodes.at(ast.Break(), line)]
            if done is not None:
                leave.insert(0, nodes.assign(done, nodes.constant(True, line), line))
            end = nodes.load(self.unit.helper('$end'), line)
            self.out.append(nodes.if_(nodes.compare(nodes.load(item, line), ast.Is(), end, line), leave, [], line))
            self.out.append(nodes.at(ast.Assign([self.target(target)], nodes.load(item, line)), line))
            body()

        self.endless(line, step)
        region = self.regions.pop()
        self.after_loop(done, orelse, line)
        return region

    def tick(self, line: int) -> list[ast.stmt]:
        """Return the statements that take one step of fuel."""
        self.unit.helper('$refuel')
        self.unit.takes_steps = True
        return nodes.tick(line)

    def is_range(self, node: ast.expr) -> bool:
        """Tell whether an iterable is a call of the built-in `range`."""
        return (
            type(node) is ast.Call
            and type(node.func) is ast.Name
            and node.func.id == 'range'
            and self.is_builtin('range')
        )

    def break_(self, node: ast.Break) -> None:
        self.leave(node, BREAK)

    def continue_(self, node: ast.Continue) -> None:
        self.leave(node, CONTINUE)

    def leave(self, node: ast.Break | ast.Continue, how: int) -> None:
        if not self.regions:
            word = 'break' if how == BREAK else 'continue'
            raise self.unit.error(
                node, "'break' outside loop" if word == 'break' else "'continue' not properly in loop"
            )
        final = self.regions[-1].final
        if final is None:
            self.out.append(node)
        else:
            self.jump(final, how, node.lineno)

    # Jumps through a finally that holds a stop

    def innermost_final(self) -> int | None:
        for region in reversed(self.regions):
            if region.final is not None:
                return region.final
        return None

    def jump(self, final: int, how: int, line: int) -> None:
        """Leave the body of the `try` numbered `final`, with a note of what to do after its `finally`."""
        name = f'$j{final}'
        self.out.append(nodes.assign(name, nodes.constant(how, line), line))
        for region in reversed(self.regions):
            if region.final == final:
                break
            region.escapes.add(name)
        self.out.append(nodes.at(ast.Break(), line))

    def leave_loop(self, region: Region, line: int) -> None:
        """After a loop from whose inside a jump leaves an outer `finally`: go on leaving."""
        for name in sorted(region.escapes):
            self.out.append(nodes.if_(nodes.load(name, line), [nodes.at(ast.Break(), line)], [], line))
