"""Lower `try` and `with`.

* `finally` must not run when a pause (or a limit) passes: its body is guarded by a flag that the pause sets;
  a `finally` that itself holds a stop is laid out after the `try`, with what is pending (an exception, a `return`,
  a `break`) in temporaries;
* a handler that holds a stop keeps its exception in a temporary: the resume version raises it again
  inside the `try`, so that the handler runs with the right context;
* `with` becomes `try` and `finally` around calls of helpers.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any, Final

from monty_flow.interpreter.compiler import nodes
from monty_flow.interpreter.compiler.arithmetic import again
from monty_flow.interpreter.compiler.core import CoreFunction
from monty_flow.interpreter.compiler.loops import BREAK, CONTINUE, RAISE, RETURN, Loops, Region
from monty_flow.interpreter.compiler.marks import has_stop, is_stop
from monty_flow.interpreter.compiler.nodes import Marked
from monty_flow.interpreter.compiler.unit import Unit

#: Blocks in one another that CPython compiles; each item of a `with` is one.
_MOST_BLOCKS: Final = 20


class Handlers(Loops):
    """The `try` and `with` statements of one function."""

    def return_(self, node: ast.Return) -> None:
        """Lower a `return`."""
        raise NotImplementedError

    def __init__(self, unit: Unit, function: CoreFunction) -> None:
        super().__init__(unit, function)
        #: For each handler around the statement being lowered: what a bare `raise` sets in an `except*`.
        self.star_flags: list[str | None] = []

    def try_(self, node: ast.Try) -> None:
        self.finally_around(node, lambda: self.try_except(node))

    def finally_around(self, node: Any, body: Callable[[], None]) -> None:
        """Emit a `try` with its `finally`, where it has one."""
        if not node.finalbody:
            body()
        elif any(has_stop(statement) for statement in node.finalbody):
            self.final_with_stops(node, body)
        else:
            self.guarded_final(node, body, lambda: self.statements(node.finalbody))

    def try_except(self, node: ast.Try) -> None:
        """Emit a `try` without its `finally`."""
        if not node.handlers:
            self.statements(node.body)
            return
        line = node.lineno
        body = self.block(node.body)
        handlers = self.handlers(node.handlers)
        if not all(self.unit.catches_plain(handler.type, self.scope) for handler in node.handlers):
            handlers.insert(0, self.private_handler([], line))
        orelse = self.block(node.orelse)
        self.out.append(nodes.at(ast.Try(body, handlers, orelse, []), line))

    def handlers(self, found: list[ast.ExceptHandler]) -> list[ast.ExceptHandler]:
        """Lower the handlers; from the first whose type holds a stop on, they become one that tests by itself."""
        self.star_flags.append(None)
        made: list[ast.ExceptHandler] = []
        for index, handler in enumerate(found):
            if handler.type is not None and has_stop(handler.type):
                made.append(self.testing_handler(found[index:]))
                break
            made.append(self.handler(handler))
        self.star_flags.pop()
        return made

    def testing_handler(self, found: list[ast.ExceptHandler]) -> ast.ExceptHandler:
        """Return one handler that evaluates the types of several, one after the other, when it runs."""
        first: Any = found[0]
        line = first.lineno
        saved = f'$y{first.nid}'
        self.live.append(saved)

        def test(rest: list[ast.ExceptHandler]) -> None:
            if not rest:
                self.out.append(nodes.raise_(None, self.unit.hidden))
                return
            handler = rest[0]
            if handler.type is None:
                self.handler_body(handler, saved)
                return
            matches = nodes.call(self.unit.helper('$matches'), [nodes.load(saved, line), self.expr(handler.type)], line)
            body = self.collect(lambda: self.handler_body(handler, saved))
            branch = nodes.if_(matches, body or [nodes.at(ast.Pass(), line)], [], line)
            self.out.append(branch)
            branch.orelse = self.collect(lambda: test(rest[1:]))

        name = f'$t{first.nid}'
        body = [nodes.assign(saved, nodes.load(name, line), line), *self.collect(lambda: test(found))]
        return self.catching(name, body, line, saved)

    def private_handler(self, body: list[ast.stmt], line: int) -> ast.ExceptHandler:
        """Return the handler that lets pauses and limits pass, and does `body` first."""
        private: ast.expr = nodes.load(self.unit.helper('$Private'), line)
        if self.function.is_generator:
            # A generator that is collected when its run has stopped must not run a line of the script.
            private = nodes.call(self.unit.helper('$passing'), [], line)
        handler = ast.ExceptHandler(private, None, [*body, nodes.raise_(None, self.unit.hidden)])
        return nodes.at(handler, line)

    def handler(self, node: ast.ExceptHandler) -> ast.ExceptHandler:
        node.name = node.name and self.local(node.name)
        if node.type is None or 'is_of_feed' in node.__dict__:
            node.type = nodes.load(self.unit.helper('$Catchable'), node.lineno)
        else:
            node.type = self.expr(node.type)
        if not any(has_stop(statement) for statement in node.body):
            node.body = self.block(node.body)
            return node
        line = node.lineno
        saved = self.temporary(node, 'x')
        name = f'$t{nodes.number_of(node)}'
        body = [
            nodes.assign(saved, nodes.load(name, line), line),
            *self.collect(lambda: self.handler_body(node, saved)),
        ]
        return self.catching(name, body, line, saved, kind=node.type)

    def handler_body(self, node: ast.ExceptHandler, saved: str) -> None:
        """Emit what a handler does with the exception in `saved`; its name is unbound when it is done."""
        line, name = node.lineno, node.name and self.local(node.name)
        if name is None:
            self.statements(node.body)
            return
        self.out.append(nodes.assign(name, nodes.load(saved, line), line))

        def unbind() -> None:
            self.out.append(nodes.assign(name, nodes.constant(None, line), line))
            self.out.append(nodes.delete(name, line))

        self.guarded_final(node, lambda: self.statements(node.body), unbind)

    def guarded_final(self, node: Any, body: Callable[[], None], final: Callable[[], None]) -> None:
        """Emit a native `finally` that does nothing when a pause or a limit passes."""
        line = node.lineno
        flag = f'$g{node.nid}'
        reset: Any = nodes.assign(flag, nodes.constant(False, line), line)
        reset.always = True
        self.out.append(reset)
        passing = self.private_handler([nodes.assign(flag, nodes.constant(True, line), line)], line)
        inner = nodes.at(ast.Try(self.collect(body), [passing], [], []), line)
        if not inner.body:
            inner.body = [nodes.at(ast.Pass(), line)]
        finish = nodes.if_(nodes.not_(nodes.load(flag, line), line), self.collect(final), [], line)
        self.out.append(nodes.at(ast.Try([inner], [], [], [finish]), line))

    def final_with_stops(self, node: Any, body: Callable[[], None]) -> None:
        """Lay out a `finally` that holds stops after its `try`; its body is emitted twice."""
        again_ = [clone(statement) for statement in node.finalbody]
        bodies = iter([node.finalbody, again_])
        self.laid_out_final(node, body, lambda: self.statements(next(bodies)))

    def laid_out_final(self, node: Any, body: Callable[[], None], final: Callable[[], None]) -> None:
        """Emit `body`, then `final` on every way out of it, with what is pending in temporaries.

        `final` is asked twice: for the way of an exception, which is then the context, and for all others.
        """
        line, number = node.lineno, node.nid
        jump, pending = f'$j{number}', f'$e{number}'
        self.live += [jump, pending, f'$ret{number}']
        self.out.append(nodes.assign(jump, nodes.constant(0, line), line))

        def once() -> None:
            self.regions.append(Region(number, set()))
            tried = self.collect(body) or [nodes.at(ast.Pass(), line)]
            self.regions.pop()
            keep = nodes.assign(pending, nodes.load(f'$c{number}', line), line)
            caught = self.catching(f'$c{number}', [keep, nodes.assign(jump, nodes.constant(RAISE, line), line)], line)
            self.out.append(nodes.at(ast.Try(tried, [self.private_handler([], line), caught], [], []), line))
            self.out.append(nodes.at(ast.Break(), line))

        def of_error() -> None:
            raise_again = nodes.raise_(nodes.load(pending, line), self.unit.hidden)
            after = [*self.collect(final), nodes.raise_(None, self.unit.hidden)]
            caught = self.catching(f'$f{number}', after, line, saved=pending)
            self.out.append(nodes.at(ast.Try([raise_again], [self.private_handler([], line), caught], [], []), line))

        self.endless(line, once)
        raised = nodes.compare(nodes.load(jump, line), ast.Eq(), nodes.constant(RAISE, line), line)
        branch = nodes.if_(raised, self.collect(of_error), [], line)
        self.out.append(branch)
        branch.orelse = self.collect(final)
        self.after_final(jump, f'$ret{number}', node)

    def catching(
        self, name: str, body: list[ast.stmt], line: int, saved: str | None = None, kind: ast.expr | None = None
    ) -> ast.ExceptHandler:
        """Return a handler of one kind, or of everything that scripts may catch; `saved` names where its exception is kept."""
        if kind is None:
            kind = nodes.load(self.unit.helper('$Catchable'), line)
        caught = nodes.at(ast.ExceptHandler(kind, name, body), line)
        marks: Marked = caught
        marks.saved, marks.raise_line = saved, self.unit.hidden
        return caught

    def after_final(self, jump: str, returned: str, node: Any) -> None:
        line = node.lineno

        def when(how: int, act: Callable[[], None]) -> None:
            test = nodes.compare(nodes.load(jump, line), ast.Eq(), nodes.constant(how, line), line)
            self.out.append(nodes.if_(test, self.collect(act), [], line))

        result: Any = nodes.at(ast.Return(nodes.load(returned, line)), line)
        if self.function.number:
            when(RETURN, lambda: self.return_(result))
        if self.regions:
            when(BREAK, lambda: self.break_(nodes.at(ast.Break(), line)))
            when(CONTINUE, lambda: self.continue_(nodes.at(ast.Continue(), line)))

    def with_(self, node: ast.With | ast.AsyncWith) -> None:
        if len(node.items) > _MOST_BLOCKS:
            raise self.unit.error(node, 'too many statically nested blocks')
        self.with_items(node, list(node.items))

    def with_items(self, node: ast.With | ast.AsyncWith, items: list[ast.withitem]) -> None:
        """Emit one item of a `with` around the rest of them."""
        if not items:
            self.statements(node.body)
            return
        item: Any = items[0]
        line = item.context_expr.lineno
        item.lineno = line
        waits = type(node) is ast.AsyncWith
        manager = self.save(self.expr(item.context_expr), item, 'm')
        entered = self.ask_manager(item, '$aenter' if waits else '$enter', [manager], 'n', waits=waits)
        # The way out of `async with` waits too, under the same names.
        held = f'$n{item.nid}'
        if type(entered) is not ast.Name or entered.id != held:
            self.out.append(nodes.assign(held, entered, line))
            self.live.append(held)
            entered = nodes.load(held, line)
        normal, error = self.temporary(item, 'h'), self.temporary(item, 'x')
        self.out.append(nodes.assign(normal, nodes.constant(True, line), line))

        def leave(value: ast.expr) -> ast.expr:
            return self.ask_manager(item, '$aleave' if waits else '$leave', [again(manager), value], 'q', waits=waits)

        def body() -> None:
            if item.optional_vars is not None:
                self.assign_to(item.optional_vars, again(entered))
            self.with_items(node, items[1:])

        def leave_by_error() -> None:
            self.out.append(nodes.assign(error, nodes.load(f'$z{item.nid}', line), line))
            self.out.append(nodes.assign(normal, nodes.constant(False, line), line))
            unless = nodes.not_(leave(nodes.load(error, line)), line)
            self.out.append(nodes.if_(unless, [nodes.raise_(None, self.unit.hidden)], [], line))

        def tried() -> None:
            made = self.collect(body)
            caught = self.catching(f'$z{item.nid}', self.collect(leave_by_error), line, saved=error)
            self.out.append(nodes.at(ast.Try(made, [self.private_handler([], line), caught], [], []), line))

        def leave_normally() -> None:
            done = self.collect(lambda: self.out.append(nodes.expression(leave(nodes.constant(None, line)), line)))
            self.out.append(nodes.if_(nodes.load(normal, line), done, [], line))

        if waits or is_stop(item):
            self.laid_out_final(item, tried, leave_normally)
        else:
            self.guarded_final(item, tried, leave_normally)

    def ask_manager(self, item: Marked, helper: str, args: list[ast.expr], kind: str, *, waits: bool) -> ast.expr:
        """Call a method of a context manager by its helper, and wait for what it gives where it is asynchronous."""
        call: ast.expr = nodes.call(self.unit.helper(helper), args, item.lineno)
        if is_stop(item):
            call = self.stop_value(call, item, kind)
        return self.wait(item, call) if waits else call


def clone(node: Any) -> Any:
    """Return a copy of a tree that is not lowered yet, with the marks of its nodes."""
    kind: Any = type(node)
    # Without `__init__`, which from Python 3.13 on warns of every field that it is not given.
    made = kind.__new__(kind)
    for name, value in node.__dict__.items():
        if name == 'parent':
            continue
        if value.__class__ is list:
            value = [clone(item) if isinstance(item, ast.AST) else item for item in value]
        elif isinstance(value, ast.AST) and not isinstance(value, (ast.expr_context, ast.operator, ast.cmpop)):
            value = clone(value)
        setattr(made, name, value)
    return made
