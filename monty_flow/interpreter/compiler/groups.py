"""Lower `except*`, to code of our own.

CPython's own `except*` is not emitted: before 3.13.2 it can be made to confuse types. What is emitted is one ordinary
handler that catches everything a script may catch and, handler by handler, splits the group that is left:

    except $Catchable as $c:
        $rest = $c; $raised = []
        $match, $rest = $split_group($rest, kinds)
        if $match is not None:
            try:
                try: raise $match
                except $Catchable as e: <the handler's body>
            except $Catchable as $e: $raised.append(($e, $again))
        ...
        $left = $regroup($c, $raised, $rest)
    if $left is not None: raise $left

`$again` says that the body raised its own group again by a bare `raise`, which keeps the structure of the group.
"""

from __future__ import annotations

import ast
from typing import Any

from monty_flow.interpreter.compiler import nodes
from monty_flow.interpreter.compiler.handlers import Handlers
from monty_flow.interpreter.compiler.nodes import Marked

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)


class Groups(Handlers):
    """The `except*` statements of one function."""

    def try_star(self, node: Marked) -> None:
        for handler in node.handlers:
            self.check_jumps(handler.body, in_loop=False)
        # From here on it is a `try` of ours: only the way in which its handlers are emitted differs.
        self.finally_around(node, lambda: self.try_except_star(node))

    def check_jumps(self, body: list[ast.stmt], *, in_loop: bool) -> None:
        """Refuse what may not leave the body of an `except*`, as CPython does."""
        for statement in body:
            leaves = isinstance(statement, ast.Return) or (
                isinstance(statement, (ast.Break, ast.Continue)) and not in_loop
            )
            if leaves:
                raise self.unit.error(statement, "'break', 'continue' and 'return' cannot appear in an except* block")
            if isinstance(statement, _FUNCTIONS):
                continue
            inside = in_loop or isinstance(statement, (ast.For, ast.AsyncFor, ast.While))
            for name in ('body', 'orelse', 'finalbody'):
                found = getattr(statement, name, None)
                if isinstance(found, list):
                    self.check_jumps(found, in_loop=inside if name == 'body' else in_loop)
            for part in [*getattr(statement, 'handlers', ()), *getattr(statement, 'cases', ())]:
                self.check_jumps(part.body, in_loop=in_loop)

    def try_except_star(self, node: Marked) -> None:
        line, number = node.lineno, node.nid
        left, caught = f'$l{number}', f'$c{number}'
        self.live.append(left)
        self.out.append(nodes.assign(left, nodes.constant(None, line), line))
        body = self.block(node.body)
        saved, raised, rest = (self.temporary(node, kind) for kind in ('x', 'r', 'o'))

        def handle() -> None:
            empty = nodes.at(ast.List([], nodes.LOAD), line)
            self.out.append(nodes.assign(saved, nodes.load(caught, line), line))
            self.out.append(nodes.assign(rest, nodes.load(caught, line), line))
            self.out.append(nodes.assign(raised, empty, line))
            for handler in node.handlers:
                self.star_handler(handler, saved, raised, rest)
            operands: list[ast.expr] = [nodes.load(name, line) for name in (saved, raised, rest)]
            self.out.append(nodes.assign(left, nodes.call(self.unit.helper('$regroup'), operands, line), line))

        made = self.catching(caught, self.collect(handle), line, saved=saved)
        orelse = self.block(node.orelse)
        self.out.append(nodes.at(ast.Try(body, [self.private_handler([], line), made], orelse, []), line))
        is_left = nodes.compare(nodes.load(left, line), ast.IsNot(), nodes.constant(None, line), line)
        self.out.append(nodes.if_(is_left, self.raise_left(left, number, line), [], line))

    def raise_left(self, left: str, number: int, line: int) -> list[ast.stmt]:
        """Return statements that raise what is left with the traceback that it has: only a bare `raise` adds nothing."""
        kept, value = f'$k{number}', nodes.load(left, line)
        keep = nodes.assign(kept, nodes.call(self.unit.helper('$traceback_of'), [value], line), line)
        operands: list[ast.expr] = [nodes.load(left, line), nodes.load(kept, line)]
        put_back = nodes.expression(nodes.call(self.unit.helper('$set_traceback'), operands, line), line)
        handler = ast.ExceptHandler(nodes.load('$Any', line), None, [put_back, nodes.raise_(None, self.unit.hidden)])
        raise_left = nodes.raise_(nodes.load(left, line), self.unit.hidden)
        return [keep, nodes.at(ast.Try([raise_left], [nodes.at(handler, line)], [], []), line)]

    def star_handler(self, handler: Any, caught: str, raised: str, rest: str) -> None:
        """Emit one handler: split off what it catches, and run its body with that as the current exception."""
        line, number = handler.lineno, handler.nid
        match, again = self.temporary(handler, 'x'), self.temporary(handler, 'b')
        kinds = self.expr(handler.type)
        pair = nodes.at(ast.Tuple([nodes.store(match, line), nodes.store(rest, line)], nodes.STORE), line)
        split = nodes.call(self.unit.helper('$split_group'), [nodes.load(rest, line), kinds], line)
        self.out.append(nodes.at(ast.Assign([pair], split), line))

        def inner() -> None:
            operands: list[ast.expr] = [nodes.load(match, line), nodes.load(caught, line)]
            entered: Any = nodes.expression(nodes.call(self.unit.helper('$enter_group'), operands, line), line)
            entered.always = True
            self.out.append(entered)
            self.star_flags.append(again)
            self.handler_body(handler, match)
            self.star_flags.pop()

        def tried() -> None:
            raise_match = nodes.raise_(nodes.load(match, line), self.unit.hidden)
            body = self.collect(inner) or [nodes.at(ast.Pass(), line)]
            entered = self.catching(f'$t{number}', body, line, saved=match)
            self.out.append(nodes.at(ast.Try([raise_match], [self.private_handler([], line), entered], [], []), line))

        def matched() -> None:
            self.out.append(nodes.assign(again, nodes.constant(False, line), line))
            add = nodes.at(ast.Attribute(nodes.load(raised, line), 'append', nodes.LOAD), line)
            item = nodes.at(ast.Tuple([nodes.load(f'$f{number}', line), nodes.load(again, line)], nodes.LOAD), line)
            keep = nodes.expression(nodes.call(add, [item], line), line)
            failed = self.catching(f'$f{number}', [keep], line)
            attempt = self.collect(tried)
            self.out.append(nodes.at(ast.Try(attempt, [self.private_handler([], line), failed], [], []), line))

        found = nodes.compare(nodes.load(match, line), ast.IsNot(), nodes.constant(None, line), line)
        self.out.append(nodes.if_(found, self.collect(matched), [], line))
