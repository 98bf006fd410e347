"""Find the top-level names that may be read before they are bound.

A top-level name that no inner function uses can live in a local of `main`, which is fast. But Python looks an
unbound global up among the built-ins and says `name 'x' is not defined`, where a local gives an
UnboundLocalError. So only names that are bound on every way to each of their uses become locals; this
module finds the others, by one walk that follows the order of execution and errs to "may be unbound".
"""

from __future__ import annotations

import ast
from typing import Any

from monty_flow.interpreter.compiler.imports import imported_names
from monty_flow.interpreter.compiler.nodes import children, walk


class _Walk:
    def __init__(self, bound: set[str]) -> None:
        self.bound = bound
        self.unsure: set[str] = set()

    def expression(self, node: Any) -> None:
        """Note uses in the order of evaluation; a walrus binds only where it is sure to run."""
        if node is None:
            return
        kind = type(node)
        if kind is ast.Name:
            if type(node.ctx) is ast.Load:
                if node.id not in self.bound:
                    self.unsure.add(node.id)
            elif type(node.ctx) is ast.Store:
                self.bound.add(node.id)
            else:
                self.unsure.add(node.id)
            return
        if kind is ast.NamedExpr:
            self.expression(node.value)
            self.bound.add(node.target.id)
            return
        if kind is ast.comprehension:
            for child in _in_order(node):
                self.expression(child)
            return
        if kind in (ast.BoolOp, ast.IfExp, ast.Compare, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp):
            before = set(self.bound)
            for child in _in_order(node):
                self.expression(child)
            self.bound = before
            return
        if kind is ast.Lambda:
            self.defaults(node.args)
            return
        for child in children(node):
            self.expression(child)

    def defaults(self, args: ast.arguments) -> None:
        for default in [*args.defaults, *args.kw_defaults]:
            self.expression(default)

    def block(self, body: list[ast.stmt]) -> None:
        for statement in body:
            self.statement(statement)

    def branch(self, body: list[ast.stmt]) -> set[str]:
        """Walk a block that may not run; return what is bound at its end."""
        before = set(self.bound)
        self.block(body)
        after, self.bound = self.bound, before
        ends = bool(body) and isinstance(body[-1], (ast.Raise, ast.Continue, ast.Break, ast.Return))
        return _EVERYTHING if ends else after

    def statement(self, node: ast.stmt) -> None:
        if isinstance(node, (ast.Assign, ast.AnnAssign)):
            self.expression(node.value)
            if isinstance(node, ast.Assign) or node.value is not None:
                for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                    self.expression(target)
        elif isinstance(node, ast.AugAssign):
            if isinstance(node.target, ast.Name) and node.target.id not in self.bound:
                self.unsure.add(node.target.id)
            self.expression(node.target)
            self.expression(node.value)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            for decorator in node.decorator_list:
                self.expression(decorator)
            self.defaults(node.args)
            self.bound.add(node.name)
        elif isinstance(node, ast.ClassDef):
            self.class_(node)
        elif isinstance(node, ast.If):
            self.expression(node.test)
            body, orelse = self.branch(node.body), self.branch(node.orelse)
            self.bound = _both(body, orelse, self.bound)
        elif isinstance(node, ast.While):
            self.expression(node.test)
            self.branch(node.body)
            self.branch(node.orelse)
        elif isinstance(node, (ast.For, ast.AsyncFor)):
            self.for_(node)
        elif isinstance(node, (ast.Try, ast.TryStar)):
            self.try_(node)
        elif isinstance(node, ast.Match):
            self.match(node)
        elif isinstance(node, (ast.With, ast.AsyncWith)):
            for item in node.items:
                self.expression(item.context_expr)
                self.expression(item.optional_vars)
            # A manager may swallow an exception of the body.
            self.branch(node.body)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            self.bound.update(imported_names(node))
        else:
            for child in children(node):
                self.expression(child)

    def for_(self, node: ast.For | ast.AsyncFor) -> None:
        self.expression(node.iter)
        before = set(self.bound)
        self.expression(node.target)
        self.branch(node.body)
        self.bound = before
        self.branch(node.orelse)

    def class_(self, node: ast.ClassDef) -> None:
        for expression in [*node.decorator_list, *node.bases, *(keyword.value for keyword in node.keywords)]:
            self.expression(expression)
        # The body reads names of the top level while it runs, and binds its own.
        inner = _Walk(set(self.bound))
        inner.block(node.body)
        self.unsure |= inner.unsure
        self.bound.add(node.name)

    def match(self, node: ast.Match) -> None:
        self.expression(node.subject)
        for case in node.cases:
            before = set(self.bound)
            for part in walk(case.pattern):
                name = part.rest if isinstance(part, ast.MatchMapping) else getattr(part, 'name', None)
                if name is not None:
                    self.bound.add(name)
                elif isinstance(part, ast.Name):
                    self.expression(part)
            self.expression(case.guard)
            self.branch(case.body)
            self.bound = before

    def try_(self, node: ast.Try | ast.TryStar) -> None:
        before = set(self.bound)
        self.block(node.body)
        self.block(node.orelse)
        ends = self.bound
        for handler in node.handlers:
            self.bound = set(before)
            self.expression(handler.type)
            if handler.name:
                self.bound.add(handler.name)
            after = self.branch(handler.body)
            if after is not _EVERYTHING:
                after = after - {handler.name} if handler.name else after
                ends = ends & after
        self.bound = set(before) if node.finalbody else ends
        self.block(node.finalbody)
        if node.finalbody:
            self.bound |= ends


_EVERYTHING: set[str] = set()


def _both(one: set[str], other: set[str], otherwise: set[str]) -> set[str]:
    if one is _EVERYTHING:
        return otherwise if other is _EVERYTHING else other
    return one if other is _EVERYTHING else one & other


def _in_order(node: ast.AST) -> list[ast.AST]:
    """Return the children of an expression in evaluation order."""
    if isinstance(node, ast.IfExp):
        return [node.test, node.body, node.orelse]
    if isinstance(node, (ast.ListComp, ast.SetComp, ast.GeneratorExp)):
        return [*node.generators, node.elt]
    if isinstance(node, ast.DictComp):
        return [*node.generators, node.key, node.value]
    if isinstance(node, ast.comprehension):
        return [node.iter, node.target, *node.ifs]
    return list(children(node))


def maybe_unbound(tree: ast.Module, inputs: tuple[str, ...]) -> set[str]:
    """Return the top-level names that some use may find unbound, and those that are deleted."""
    walk = _Walk(set(inputs))
    walk.block(tree.body)
    return walk.unsure
