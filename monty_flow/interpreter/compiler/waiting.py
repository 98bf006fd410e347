"""Lower `async for`: a loop around the await of each next item."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from monty_flow.interpreter.compiler import nodes
from monty_flow.interpreter.compiler.classdefs import ClassDefinitions
from monty_flow.interpreter.compiler.loops import Region
from monty_flow.interpreter.compiler.marks import has_stop
from monty_flow.interpreter.compiler.nodes import Marked


class Waiting(ClassDefinitions):
    """The asynchronous loops of one function."""

    def async_for(self, node: Marked) -> None:
        iterable = self.expr(node.iter)

        def body() -> None:
            self.statements(node.body)

        self.iterate_async(node, iterable, body, node.orelse)

    def iterate_async(
        self,
        node: Any,
        iterable: ast.expr,
        body: Callable[[], None],
        orelse: list[ast.stmt] | None = None,
        *,
        begun: bool = False,
    ) -> None:
        """Emit a loop over an asynchronous iterator; `begun` says that `iterable` is one already."""
        line = iterable.lineno
        node.lineno = line
        iterator, item = self.temporary(node, 'ai'), self.temporary(node, 'an')
        begin = iterable if begun else nodes.call(self.unit.helper('$aiter'), [iterable], line)
        if '__aiter__' in self.unit.stops.methods and not begun:
            self.emit_stop(begin, node, nodes.store(iterator, line))
        else:
            self.out.append(nodes.assign(iterator, begin, line))
        done: str | None = None
        if orelse:
            done = self.temporary(node, 'd')
            self.out.append(nodes.assign(done, nodes.constant(False, line), line))
        self.regions.append(Region(None, set()))

        def step() -> None:
            self.out.extend(self.tick(line))
            leave: list[ast.stmt] = [nodes.at(ast.Break(), line)]
            if done is not None:
                leave.insert(0, nodes.assign(done, nodes.constant(True, line), line))
            end = ast.ExceptHandler(nodes.load(self.unit.helper('$StopAsyncIteration'), line), None, leave)
            tried = self.collect(lambda: self.next_item(node, iterator, item, line))
            self.out.append(nodes.at(ast.Try(tried, [nodes.at(end, line)], [], []), line))
            taken = nodes.load(item, line)
            if has_stop(node.target) or self.needs_helper(node.target):
                self.assign_to(node.target, taken)
            else:
                self.out.append(nodes.at(ast.Assign([self.target(node.target)], taken), line))
            body()

        self.endless(line, step)
        # A generator that the loop was the last to hold is closed when the loop is left, not when the function is.
        for held in (iterator, f'$i{node.nid}', f'$v{node.nid}'):
            self.out.append(nodes.assign(held, nodes.constant(None, line), line))
        region = self.regions.pop()
        self.after_loop(done, orelse or [], line)
        self.leave_loop(region, line)

    def next_item(self, node: Marked, iterator: str, item: str, line: int) -> None:
        call: ast.expr = nodes.call(self.unit.helper('$anext'), [nodes.load(iterator, line)], line)
        if not self.unit.stops.methods.isdisjoint(('__anext__', '__await__')):
            call = self.stop_value(call, node, 'ac')
        # The helper has asked for the iterator of what it found, so that its errors come from there.
        self.out.append(nodes.assign(item, self.delegation(node, call, '$delegate_await'), line))
