"""Lower `match`.

Patterns stay native: CPython matches them. Where a body or a guard holds a stop, the native statement only finds
out which case it is and binds the names; the bodies follow in an `if` chain, which can be resumed. A guard
that holds a stop is evaluated after the native match of its pattern, and the later cases are tried when it is false.
"""

from __future__ import annotations

import ast
from typing import Any

from monty_flow.interpreter.compiler import nodes
from monty_flow.interpreter.compiler.groups import Groups
from monty_flow.interpreter.compiler.marks import has_stop
from monty_flow.interpreter.compiler.nodes import walk


class Matching(Groups):
    """The `match` statements of one function."""

    def match(self, node: ast.Match) -> None:
        subject = self.expr(node.subject)
        if any(_takes_rest(part) for case in node.cases for part in ast.walk(case.pattern)):
            self.unit.takes_steps = True
            subject = nodes.call(self.unit.helper('$matched'), [subject], node.lineno)
        if not any(has_stop(case) for case in node.cases):
            node.subject = subject
            for case in node.cases:
                self.pattern(case.pattern)
                case.guard = case.guard and self.expr(case.guard)
                case.body = self.block(case.body)
            self.out.append(node)
            return
        line = node.lineno
        held = self.temporary(node, 's')
        chosen = self.temporary(node, 'm')
        self.out.append(nodes.assign(held, subject, line))
        self.choose(node.cases, held, chosen, 0, line)
        for number, case in enumerate(node.cases, 1):
            test = nodes.compare(nodes.load(chosen, line), ast.Eq(), nodes.constant(number, line), line)
            body = self.block(case.body) or [nodes.at(ast.Pass(), line)]
            self.out.append(nodes.if_(test, body, [], line))

    def choose(self, cases: list[ast.match_case], held: str, chosen: str, start: int, line: int) -> None:
        """Emit what puts the number of the case that applies (from 1, or 0) into `chosen`, from case `start` on."""
        self.out.append(nodes.assign(chosen, nodes.constant(0, line), line))
        if start == len(cases):
            return
        native: list[ast.match_case] = []
        last = len(cases) - 1
        for index in range(start, len(cases)):
            case = cases[index]
            self.pattern(case.pattern)
            stops = case.guard is not None and has_stop(case.guard)
            guard = None if stops or case.guard is None else self.expr(case.guard)
            native.append(
                ast.match_case(case.pattern, guard, [nodes.assign(chosen, nodes.constant(index + 1, line), line)])
            )
            if stops:
                last = index
                break
        self.out.append(nodes.at(ast.Match(nodes.load(held, line), native), line))
        guard_of_last: Any = cases[last].guard
        if guard_of_last is None or not has_stop(guard_of_last):
            return

        def test_guard() -> None:
            value = self.truth(guard_of_last)
            reset: list[ast.stmt] = [nodes.assign(chosen, nodes.constant(0, line), line)]
            self.out.append(nodes.if_(nodes.not_(value, line), reset, [], line))

        # A guard that fails leads to the cases after it, and so does a pattern that does not match.
        matched = nodes.compare(nodes.load(chosen, line), ast.Eq(), nodes.constant(last + 1, line), line)
        self.out.append(nodes.if_(matched, self.collect(test_guard), [], line))
        missed = nodes.compare(nodes.load(chosen, line), ast.Eq(), nodes.constant(0, line), line)
        self.out.append(
            nodes.if_(missed, self.collect(lambda: self.choose(cases, held, chosen, last + 1, line)), [], line)
        )

    def pattern(self, node: ast.pattern) -> None:
        """Lower the expressions in a pattern."""
        for part in walk(node):
            if isinstance(part, ast.MatchValue):
                part.value = self.expr(part.value)
            elif isinstance(part, ast.MatchClass):
                part.cls = self.class_of_pattern(self.expr(part.cls))
            elif isinstance(part, (ast.MatchAs, ast.MatchStar)):
                part.name = part.name and self.local(part.name)
            elif isinstance(part, ast.MatchMapping):
                part.rest = part.rest and self.local(part.rest)

    def class_of_pattern(self, found: ast.expr) -> ast.expr:
        """Return what a pattern takes for a class: a name or an attribute, which a name of a class body may not be."""
        if isinstance(found, (ast.Name, ast.Attribute)):
            return found
        return self.held(found, found.lineno)


def _takes_rest(part: ast.AST) -> bool:
    """Tell whether a part of a pattern binds what the others leave, which is made anew."""
    return (type(part) is ast.MatchStar and part.name is not None) or (
        type(part) is ast.MatchMapping and part.rest is not None
    )
