"""Walk a checked tree once: note who binds which name, and what the pausing analysis asks for."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from monty_flow.interpreter.compiler.annotations import Annotations, of_function
from monty_flow.interpreter.compiler.imports import imported_names
from monty_flow.interpreter.compiler.nodes import Marked, steps_first
from monty_flow.interpreter.compiler.scopes import CLASS_CELL, Kind, Program, Scope, ScopeError


class _Builder(ast.NodeVisitor):
    """Visit the tree once; the depth of the tree was bounded by the checker."""

    def __init__(self, tree: Marked) -> None:
        self.main = Scope(Kind.MAIN, tree, None)
        self.scope = self.main
        self.found = Program(self.main, {tree.nid: self.main}, [], [], [], [], [], [], [], [], [], [], [], [], set())

    def visit(self, node: ast.AST) -> None:
        method = _VISIT.get(type(node))
        if method is not None:
            method(self, node)
        else:
            self.visit_children(node)

    def visit_children(self, node: ast.AST) -> None:
        for name in node._fields:
            value = getattr(node, name, None)
            if value.__class__ is list:
                for item in value:
                    if isinstance(item, ast.AST):
                        self.visit(item)
            elif isinstance(value, ast.AST):
                self.visit(value)

    def visit_all(self, nodes: list[ast.expr] | list[ast.stmt]) -> None:
        for node in nodes:
            self.visit(node)

    def enter(self, kind: Kind, node: Marked) -> Scope:
        scope = Scope(kind, node, self.scope, inline=kind is Kind.COMPREHENSION)
        self.scope.children.append(scope)
        self.found.scopes[node.nid] = scope
        self.scope = scope
        return scope

    def leave(self) -> None:
        assert self.scope.parent is not None
        self.scope = self.scope.parent

    def bind(self, name: str) -> None:
        self.scope.bound.add(name)
        self.scope.used.add(name)

    # Names

    def name(self, node: Marked) -> None:
        if type(node.ctx) is ast.Load:
            scope = self.scope
            scope.used.add(node.id)
            if scope.kind is Kind.CLASS and node.id not in scope.bound and node.id not in scope.defined:
                # What a class body has not bound yet is looked up in the globals, even where it binds the name later.
                node.falls_back = True
                scope.fallbacks.add(node.id)
            self.found.values.append((node.id, self.scope))
        else:
            self.bind(node.id)

    def attribute(self, node: Marked) -> None:
        if type(node.ctx) is not ast.Load:
            self.found.stored_attributes.add(node.attr)
            self.found.attribute_stores.append((node, self.scope))
        elif type(node.parent) is not ast.Call or node.parent.func is not node:
            self.found.attribute_loads.append((node, self.scope))
        self.visit(node.value)

    def named_expr(self, node: ast.NamedExpr) -> None:
        self.visit(node.value)
        self.found.has_walrus = True
        target = self.scope
        while target.kind in (Kind.COMPREHENSION, Kind.GENERATOR) and target.parent is not None:
            target.used.add(node.target.id)
            if target.owns(node.target.id):
                raise ScopeError(
                    node, f"assignment expression cannot rebind comprehension iteration variable '{node.target.id}'"
                )
            target.nonlocals.add(node.target.id)
            target = target.parent
        if target is not self.scope:
            target.walrus.add(node.target.id)
        target.bound.add(node.target.id)
        target.used.add(node.target.id)

    def call(self, node: ast.Call) -> None:
        self.found.calls.append((node, self.scope))
        if type(node.func) is ast.Name:
            self.scope.used.add(node.func.id)
            if node.func.id == 'super':
                self.scope.used.add(CLASS_CELL)
        else:
            self.visit(node.func)
        for argument in node.args:
            if type(argument) is ast.Starred:
                self.found.iterations.append((argument, argument.value, self.scope))
            self.visit(argument)
        for keyword in node.keywords:
            self.visit(keyword.value)

    def yield_(self, node: ast.Yield | ast.YieldFrom) -> None:
        if self.scope.kind not in (Kind.FUNCTION, Kind.LAMBDA):
            where = 'outside function' if self.scope.kind is Kind.MAIN else f'inside a {self.scope.kind.value}'
            raise ScopeError(node, f"'yield' {where}")
        if isinstance(node, ast.YieldFrom):
            if self.scope.is_async:
                raise ScopeError(node, "'yield from' inside async function")
            self.found.iterations.append((node, node.value, self.scope))
        self.found.yields.append((node, self.scope))
        self.visit_children(node)

    def await_(self, node: ast.Await) -> None:
        self.waits(node, 'await')
        self.visit(node.value)

    def waits(self, node: Marked, what: str) -> None:
        """Note that the code here waits; a comprehension that does makes the code around it wait for it."""
        scope = self.scope
        if scope.kind in (Kind.COMPREHENSION, Kind.GENERATOR):
            around = scope.parent
            while around is not None and around.kind in (Kind.COMPREHENSION, Kind.GENERATOR):
                around = around.parent
            # An asynchronous generator expression can be made anywhere, but only used where code may wait.
            if scope.kind is Kind.COMPREHENSION and around is not None and not _may_wait(around):
                raise ScopeError(node, 'asynchronous comprehension outside of an asynchronous function')
        elif not _may_wait(scope):
            raise ScopeError(node, f"'{what}' outside {'async ' if scope.kind is Kind.FUNCTION else ''}function")
        scope.is_async = True
        self.found.awaits.append((node, scope))

    # Functions

    def function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self.visit_all(node.decorator_list)
        self.found.decorators += [(decorator, self.scope) for decorator in node.decorator_list]
        self.visit_defaults(node.args)
        if self.found.annotations is Annotations.VALUES:
            self.visit_all([annotation for _, annotation in of_function(node)])
        self.scope.used.add(node.name)
        if node.decorator_list:
            self.scope.bound.add(node.name)
            self.scope.defined.setdefault(node.name, []).append(node)
            self.found.values.append((node.name, self.scope))
        else:
            self.scope.defined.setdefault(node.name, []).append(node)
        if isinstance(node, ast.FunctionDef) and steps_first(node):
            # Noted now: lowering puts calls of helpers into statements.
            marked: Marked = node
            marked.steps_first = True
        self.enter(Kind.FUNCTION, node).is_async = type(node) is ast.AsyncFunctionDef
        self.parameters(node.args)
        self.visit_all(node.body)
        self.leave()

    def class_(self, node: ast.ClassDef) -> None:
        for decorator in node.decorator_list:
            self.visit(decorator)
            self.found.decorators.append((decorator, self.scope))
        self.visit_all(node.bases)
        self.visit_all([keyword.value for keyword in node.keywords])
        self.bind(node.name)
        self.found.classes.append((node, self.scope))
        scope = self.enter(Kind.CLASS, node)
        scope.bound.add(CLASS_CELL)
        self.visit_all(node.body)
        self.leave()

    def lambda_(self, node: ast.Lambda) -> None:
        self.visit_defaults(node.args)
        self.enter(Kind.LAMBDA, node)
        self.parameters(node.args)
        self.visit(node.body)
        self.leave()

    def visit_defaults(self, arguments: ast.arguments) -> None:
        self.visit_all(arguments.defaults)
        self.visit_all([default for default in arguments.kw_defaults if default is not None])

    def parameters(self, arguments: ast.arguments) -> None:
        args = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
        if arguments.vararg:
            args.append(arguments.vararg)
        if arguments.kwarg:
            args.append(arguments.kwarg)
        for arg in args:
            self.bind(arg.arg)
            self.scope.params.append(arg.arg)

    def comprehension(self, node: Marked) -> None:
        first = node.generators[0]
        self.visit(first.iter)
        kind = Kind.GENERATOR if type(node) is ast.GeneratorExp else Kind.COMPREHENSION
        self.enter(kind, node)
        for index, generator in enumerate(node.generators):
            if index:
                self.visit(generator.iter)
            if generator.is_async:
                self.waits(generator, 'async for')
            else:
                self.found.iterations.append((generator, generator.iter, self.scope))
            self.visit(generator.target)
            self.visit_all(generator.ifs)
        if type(node) is ast.DictComp:
            self.visit(node.key)
            self.visit(node.value)
        else:
            self.visit(node.elt)
        waits = self.scope.is_async and kind is Kind.COMPREHENSION
        self.leave()
        if waits:
            self.waits(node, 'await')

    # Statements

    def loop(self, node: ast.For) -> None:
        self.found.iterations.append((node, node.iter, self.scope))
        self.visit_children(node)

    def async_loop(self, node: ast.AsyncFor) -> None:
        self.waits(node, 'async for')
        self.visit_children(node)

    def assign(self, node: ast.Assign) -> None:
        for target in node.targets:
            is_slice = isinstance(target, ast.Subscript) and isinstance(target.slice, ast.Slice)
            if is_slice or isinstance(target, (ast.Tuple, ast.List)):
                self.found.iterations.append((node, node.value, self.scope))
        self.visit(node.value)
        self.visit_all(node.targets)

    def augmented(self, node: ast.AugAssign) -> None:
        if type(node.op) is ast.Add:
            self.found.iterations.append((node, node.value, self.scope))
        target: Marked = node.target
        target.is_augmented = True
        self.operation(node)

    def annotated(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.visit(node.value)
        self.visit(node.target)
        if self.found.annotations is Annotations.VALUES and self.scope.kind in (Kind.CLASS, Kind.MAIN):
            self.visit(node.annotation)

    def operation(self, node: ast.AST) -> None:
        self.found.operations.append((node, self.scope))
        self.visit_children(node)

    def sequence(self, node: ast.List | ast.Tuple | ast.Set) -> None:
        for item in node.elts:
            if type(item) is ast.Starred and type(getattr(node, 'ctx', _LOAD)) is ast.Load:
                self.found.iterations.append((item, item.value, self.scope))
            self.visit(item)

    def keyed(self, node: ast.Set | ast.Dict) -> None:
        self.found.operations.append((node, self.scope))
        if isinstance(node, ast.Set):
            self.sequence(node)
        else:
            self.visit_children(node)

    def compare(self, node: ast.Compare) -> None:
        for operator, operand in zip(node.ops, node.comparators, strict=True):
            if type(operator) in (ast.In, ast.NotIn):
                self.found.iterations.append((node, operand, self.scope))
        self.operation(node)

    def async_with(self, node: ast.AsyncWith) -> None:
        for item in node.items:
            self.waits(item, 'async with')
        self.visit_children(node)

    def with_(self, node: ast.With) -> None:
        self.found.managers += [(item, self.scope) for item in node.items]
        self.visit_children(node)

    def handler(self, node: ast.ExceptHandler) -> None:
        if node.type is not None:
            self.visit(node.type)
        if node.name:
            self.bind(node.name)
        self.visit_all(node.body)

    def capture(self, node: ast.MatchAs | ast.MatchStar) -> None:
        self.visit_children(node)
        if node.name is not None:
            self.bind(node.name)

    def mapping(self, node: ast.MatchMapping) -> None:
        self.visit_children(node)
        if node.rest is not None:
            self.bind(node.rest)

    def global_(self, node: ast.Global) -> None:
        if self.scope.kind is Kind.MAIN:
            return
        for name in node.names:
            if name in self.scope.params:
                raise ScopeError(node, f"name '{name}' is parameter and global")
            self.scope.globals.add(name)
            self.scope.used.add(name)

    def nonlocal_(self, node: ast.Nonlocal) -> None:
        if self.scope.kind is Kind.MAIN:
            raise ScopeError(node, 'nonlocal declaration not allowed at module level')
        for name in node.names:
            if name in self.scope.params:
                raise ScopeError(node, f"name '{name}' is parameter and nonlocal")
            self.scope.nonlocals.add(name)
            self.scope.used.add(name)

    def import_(self, node: ast.Import | ast.ImportFrom) -> None:
        self.found.imports.append(node)
        for name in imported_names(node):
            self.bind(name)


def _may_wait(scope: Scope) -> bool:
    return scope.is_async or scope.kind is Kind.MAIN


_LOAD = ast.Load()


_VISIT: dict[type[ast.AST], Callable[[_Builder, Any], None]] = {
    ast.Name: _Builder.name,
    ast.Attribute: _Builder.attribute,
    ast.NamedExpr: _Builder.named_expr,
    ast.Call: _Builder.call,
    ast.FunctionDef: _Builder.function,
    ast.AsyncFunctionDef: _Builder.function,
    ast.ClassDef: _Builder.class_,
    ast.Lambda: _Builder.lambda_,
    ast.ListComp: _Builder.comprehension,
    ast.SetComp: _Builder.comprehension,
    ast.DictComp: _Builder.comprehension,
    ast.GeneratorExp: _Builder.comprehension,
    ast.For: _Builder.loop,
    ast.With: _Builder.with_,
    ast.AsyncFor: _Builder.async_loop,
    ast.AsyncWith: _Builder.async_with,
    ast.Await: _Builder.await_,
    ast.Assign: _Builder.assign,
    ast.AugAssign: _Builder.augmented,
    ast.AnnAssign: _Builder.annotated,
    ast.List: _Builder.sequence,
    ast.Tuple: _Builder.sequence,
    ast.Set: _Builder.keyed,
    ast.Dict: _Builder.keyed,
    ast.Compare: _Builder.compare,
    ast.BinOp: _Builder.operation,
    ast.UnaryOp: _Builder.operation,
    ast.Subscript: _Builder.operation,
    ast.FormattedValue: _Builder.operation,
    ast.ExceptHandler: _Builder.handler,
    ast.MatchAs: _Builder.capture,
    ast.MatchStar: _Builder.capture,
    ast.MatchMapping: _Builder.mapping,
    ast.Global: _Builder.global_,
    ast.Nonlocal: _Builder.nonlocal_,
    ast.Yield: _Builder.yield_,
    ast.YieldFrom: _Builder.yield_,
    ast.Import: _Builder.import_,
    ast.ImportFrom: _Builder.import_,
}


def build(tree: ast.Module, annotations: Annotations = Annotations.UNSEEN) -> Program:
    """Return the scopes of a checked tree; raise ScopeError for a misplaced declaration."""
    builder = _Builder(tree)
    builder.found.annotations = annotations
    builder.visit_children(tree)
    return builder.found
