"""Refuse what the sandbox does not admit, and number the nodes of what it does.

Deny by default: a node class that is not in `ALLOWED`, a name, attribute or import that no table
admits is a `MontySyntaxError` that says what to use instead. The walk is iterative, so that no
source can exhaust the stack, and visits nodes in pre-order: the number that a node gets here
(`node.nid`) is its identity in snapshots, and does not depend on how code is emitted.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from monty_flow.interpreter import modules
from monty_flow.interpreter.builtins.table import REFUSED_BUILTINS
from monty_flow.interpreter.compiler.parse import MAX_DEPTH, MAX_NODES, source_line
from monty_flow.interpreter.errors import MontySyntaxError
from monty_flow.interpreter.runtime.universe import Rule, attribute_rule

#: Comprehensions inside comprehensions; CPython 3.12.1 crashes from 21 levels on.
MAX_COMPREHENSION_DEPTH = 8

#: Refused node classes -> what to say. Every class that is in neither table is refused as unknown.
REFUSED: dict[type[ast.AST], str] = {
    ast.ClassDef: 'classes are not supported in this release; use functions and dicts',
    ast.AsyncFunctionDef: 'async functions are not supported in this release; call external functions directly',
    ast.AsyncFor: 'async for is not supported in this release; use for',
    ast.AsyncWith: 'async with is not supported in this release; use with',
    ast.Await: 'await is not supported in this release; external functions are called without it',
    ast.TryStar: 'except* is not supported in this release; use except',
}

ALLOWED: frozenset[type[ast.AST]] = frozenset(
    {
        ast.Module, ast.Expr, ast.Assign, ast.AugAssign, ast.AnnAssign, ast.If, ast.For, ast.While, ast.Break,
        ast.Continue, ast.Pass, ast.Delete, ast.Assert, ast.Global, ast.Nonlocal, ast.FunctionDef, ast.Return,
        ast.Try, ast.ExceptHandler, ast.Raise, ast.With, ast.withitem, ast.Import, ast.ImportFrom, ast.alias,
        ast.arguments, ast.arg, ast.keyword,
        ast.Constant, ast.Name, ast.BinOp, ast.UnaryOp, ast.BoolOp, ast.Compare, ast.IfExp, ast.Call, ast.Attribute,
        ast.Subscript, ast.Slice, ast.Starred, ast.List, ast.Tuple, ast.Set, ast.Dict, ast.Lambda, ast.NamedExpr,
        ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.comprehension, ast.JoinedStr,
        ast.FormattedValue, ast.Match, ast.match_case, ast.MatchValue,
        ast.MatchSingleton, ast.MatchSequence, ast.MatchMapping, ast.MatchClass, ast.MatchStar, ast.MatchAs,
        ast.MatchOr, ast.Yield, ast.YieldFrom,
    }
)  # fmt: skip

_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
#: Node classes without children, position or meaning of their own: contexts and operators.
_MARKS = (ast.expr_context, ast.operator, ast.unaryop, ast.boolop, ast.cmpop)
#: Module-level dunder names that a script may read.
READABLE_DUNDERS = frozenset({'__name__', '__debug__', '__doc__'})


@dataclass(slots=True)
class Checker:
    """Check one tree; `script_name` and `source` are for error texts."""

    source: str
    script_name: str

    def fail(self, node: ast.AST, message: str) -> MontySyntaxError:
        line = getattr(node, 'lineno', 0)
        return MontySyntaxError(
            f'SyntaxError: {message}',
            script_name=self.script_name,
            line=line,
            column=getattr(node, 'col_offset', 0),
            source_line=source_line(self.source, line),
        )

    def check(self, tree: ast.Module) -> None:
        """Visit every node once, in pre-order; raise at the first that is not admitted."""
        stack: list[tuple[ast.AST, ast.AST | None, int, int]] = [(tree, None, 0, 0)]
        pop, push = stack.pop, stack.append
        count = 0
        visitors = _VISITORS
        while stack:
            node, parent, depth, comprehensions = pop()
            kind = type(node)
            node.nid = count  # type: ignore[attr-defined]
            node.parent = parent  # type: ignore[attr-defined]
            count += 1
            if depth > MAX_DEPTH:
                raise self.fail(node, f'the source is nested more than {MAX_DEPTH} levels deep')
            if kind not in ALLOWED:
                raise self.fail(node, REFUSED.get(kind, f'{kind.__name__} is not supported in a script'))
            visit = visitors.get(kind)
            if visit is not None:
                visit(self, node)
                if kind in _COMPREHENSIONS:
                    comprehensions += 1
                    if comprehensions > MAX_COMPREHENSION_DEPTH:
                        raise self.fail(node, f'comprehensions nest more than {MAX_COMPREHENSION_DEPTH} deep')
            children = _children(node)
            for child in reversed(children):
                push((child, node, depth + 1, comprehensions))
        if count > MAX_NODES:
            raise self.fail(tree, f'the source has more than {MAX_NODES} nodes')

    def name(self, node: ast.AST, name: str) -> None:
        """Refuse a name that a script may not bind or read."""
        if name.startswith('__') and name not in READABLE_DUNDERS:
            raise self.fail(node, f"the name '{name}' is reserved: names with two leading underscores are refused")

    def check_name(self, node: ast.Name) -> None:
        name = node.id
        if name.startswith('__'):
            self.name(node, name)
            if type(node.ctx) is not ast.Load:
                raise self.fail(node, f"the name '{name}' cannot be assigned")

    def check_attribute(self, node: ast.Attribute) -> None:
        self.attribute(node, node.attr, store=type(node.ctx) is not ast.Load)

    def attribute(self, node: ast.AST, name: str, *, store: bool) -> None:
        verdict = attribute_rule(name)
        if verdict.rule is Rule.REFUSED:
            raise self.fail(node, f"the attribute '{name}' is refused: {verdict.reason}")
        if store and verdict.rule is Rule.GUARDED:
            raise self.fail(node, f"the attribute '{name}' cannot be assigned or deleted")

    def check_function(self, node: ast.FunctionDef) -> None:
        self.name(node, node.name)
        if getattr(node, 'type_params', None):
            raise self.fail(node, 'type parameters are not supported in this release')

    def check_arg(self, node: ast.arg) -> None:
        self.name(node, node.arg)

    def check_keyword(self, node: ast.keyword) -> None:
        if node.arg is not None:
            self.name(node, node.arg)

    def check_handler(self, node: ast.ExceptHandler) -> None:
        if node.name is not None:
            self.name(node, node.name)

    def check_capture(self, node: ast.MatchAs | ast.MatchStar) -> None:
        if node.name is not None:
            self.name(node, node.name)

    def check_mapping(self, node: ast.MatchMapping) -> None:
        if node.rest is not None:
            self.name(node, node.rest)

    def check_class_pattern(self, node: ast.MatchClass) -> None:
        for name in node.kwd_attrs:
            verdict = attribute_rule(name)
            if verdict.rule is not Rule.NATIVE:
                raise self.fail(node, f"the attribute '{name}' cannot be matched: {verdict.reason or 'use a guard'}")

    def check_names(self, node: ast.Global | ast.Nonlocal) -> None:
        for name in node.names:
            self.name(node, name)

    def check_import(self, node: ast.Import) -> None:
        for alias in node.names:
            self.module(node, alias.name)
            if alias.asname:
                self.name(node, alias.asname)

    def check_import_from(self, node: ast.ImportFrom) -> None:
        if node.level or node.module is None:
            raise self.fail(node, 'relative imports are refused: a script has no package')
        self.module(node, node.module)
        for alias in node.names:
            if alias.name == '*':
                raise self.fail(node, f"'from {node.module} import *' is refused: name what you need")
            self.name(node, alias.asname or alias.name)

    def module(self, node: ast.AST, name: str) -> None:
        if name in modules.NAMES:
            return
        reason = modules.REFUSED.get(name)
        known = ', '.join(sorted(modules.NAMES))
        raise self.fail(
            node, f"the module '{name}' cannot be imported: {reason or f'the modules of the sandbox are {known}'}"
        )

    def check_comprehension(self, node: ast.comprehension) -> None:
        if node.is_async:
            raise self.fail(node.iter, 'async comprehensions are not supported in this release')


_VISITORS: dict[type[ast.AST], Callable[[Checker, Any], None]] = {
    ast.Name: Checker.check_name,
    ast.Attribute: Checker.check_attribute,
    ast.FunctionDef: Checker.check_function,
    ast.arg: Checker.check_arg,
    ast.keyword: Checker.check_keyword,
    ast.ExceptHandler: Checker.check_handler,
    ast.MatchAs: Checker.check_capture,
    ast.MatchStar: Checker.check_capture,
    ast.MatchMapping: Checker.check_mapping,
    ast.MatchClass: Checker.check_class_pattern,
    ast.Global: Checker.check_names,
    ast.Nonlocal: Checker.check_names,
    ast.Import: Checker.check_import,
    ast.ImportFrom: Checker.check_import_from,
    ast.comprehension: Checker.check_comprehension,
    ast.ListComp: lambda checker, node: None,
    ast.SetComp: lambda checker, node: None,
    ast.DictComp: lambda checker, node: None,
    ast.GeneratorExp: lambda checker, node: None,
}


def _children(node: ast.AST) -> list[ast.AST]:
    """Return the child nodes that mean something by themselves, in source order of the fields."""
    found: list[ast.AST] = []
    for field in node._fields:
        value = getattr(node, field, None)
        if value.__class__ is list:
            for item in value:
                if isinstance(item, ast.AST) and not isinstance(item, _MARKS):
                    found.append(item)
        elif isinstance(value, ast.AST) and not isinstance(value, _MARKS):
            found.append(value)
    return found


def check(tree: ast.Module, source: str, script_name: str) -> None:
    """Raise MontySyntaxError at the first node of `tree` that the sandbox does not admit."""
    Checker(source, script_name).check(tree)


def refused_builtin(name: str) -> str | None:
    """Return why a built-in name is refused, or None where it is not."""
    return REFUSED_BUILTINS.get(name)
