"""Refuse what the sandbox does not admit, and number the nodes of what it does.

Deny by default: a node class that is not in `ALLOWED`, a name, attribute or import that no table
admits is a `MontySyntaxError` that says what to use instead. The walk is iterative, so that no
source can exhaust the stack, and visits nodes in pre-order: the number that a node gets here
(`node.nid`) is its identity in snapshots, and does not depend on how code is emitted.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from monty_flow.interpreter import modules
from monty_flow.interpreter.compiler.nodes import Marked
from monty_flow.interpreter.compiler.parse import MAX_DEPTH, MAX_NODES, MAX_SCOPES, source_line
from monty_flow.interpreter.compiler.scopes import CLASS_CELL
from monty_flow.interpreter.errors import MontySyntaxError
from monty_flow.interpreter.records import record
from monty_flow.interpreter.runtime.attributes import Access, access_of
from monty_flow.interpreter.runtime.classes import UNDEFINABLE

#: Comprehensions inside comprehensions; CPython 3.12.1 crashes from 21 levels on.
MAX_COMPREHENSION_DEPTH = 8

#: Refused node classes -> what to say. Every class that is in neither table is refused as unknown.
REFUSED: dict[type[ast.AST], str] = {}

ALLOWED: frozenset[type[ast.AST]] = frozenset(
    {
        ast.Module, ast.Expr, ast.Assign, ast.AugAssign, ast.AnnAssign, ast.If, ast.For, ast.While, ast.Break,
        ast.Continue, ast.Pass, ast.Delete, ast.Assert, ast.Global, ast.Nonlocal, ast.FunctionDef, ast.Return,
        ast.Try, ast.ExceptHandler, ast.Raise, ast.With, ast.withitem, ast.Import, ast.ImportFrom, ast.alias,
        ast.arguments, ast.arg, ast.keyword,
        ast.Constant, ast.Name, ast.BinOp, ast.UnaryOp, ast.BoolOp, ast.Compare, ast.IfExp, ast.Call, ast.Attribute,
        ast.Subscript, ast.Slice, ast.Starred, ast.List, ast.Tuple, ast.Set, ast.Dict, ast.Lambda, ast.NamedExpr,
        ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.comprehension, ast.JoinedStr,
        ast.FormattedValue, ast.ClassDef, ast.Match, ast.match_case, ast.MatchValue,
        ast.MatchSingleton, ast.MatchSequence, ast.MatchMapping, ast.MatchClass, ast.MatchStar, ast.MatchAs,
        ast.MatchOr, ast.Yield, ast.YieldFrom, ast.AsyncFunctionDef, ast.AsyncFor, ast.AsyncWith, ast.Await, ast.TryStar,
    }
)  # fmt: skip

#: Operations that may make something big, or take long.
_GROWING = frozenset(
    {ast.BinOp, ast.AugAssign, ast.Call, ast.Starred, ast.Slice, ast.FormattedValue, ast.Dict, ast.Compare, ast.Delete}
)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_SCOPES = frozenset({*_COMPREHENSIONS, ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef})
#: Node classes without children, position or meaning of their own: contexts and operators.
MARKS = (ast.expr_context, ast.operator, ast.unaryop, ast.boolop, ast.cmpop)
#: Names that are not the script's: what CPython itself finds under them in the namespaces of emitted code.
#: Where CPython keeps which warnings it has shown, in the dict in which code runs; it keeps none where this is None.
REGISTRY = '__warningregistry__'
RESERVED = frozenset({'__builtins__', '__import__', '__build_class__', '__loader__', '__spec__', REGISTRY})


@record()
class Checker:
    """Check one tree; `script_name` and `source` are for error texts."""

    source: str
    script_name: str
    #: Whether the source is a library module of ours or CPython's: it may import what only such may.
    trusted: bool = False
    #: Whether the source is text that a script runs: what it imports may be missing anywhere, and the script catches that.
    is_piece: bool = False

    def fail(self, node: ast.AST, message: str) -> MontySyntaxError:
        line = getattr(node, 'lineno', 0)
        return MontySyntaxError(
            f'SyntaxError: {message}',
            script_name=self.script_name,
            line=line,
            column=getattr(node, 'col_offset', 0),
            source_line=source_line(self.source, line),
        )

    def check(self, tree: ast.Module) -> int:
        """Visit every node once, in pre-order; raise at the first that is not admitted.

        Return how many operations may make something big, or take long.
        """
        stack: list[tuple[Marked, ast.AST | None, int, int, str | None]] = [(tree, None, 0, 0, None)]
        pop, push = stack.pop, stack.append
        count = growing = scopes = 0
        visitors = _VISITORS
        while stack:
            node, parent, depth, comprehensions, inside = pop()
            kind = type(node)
            node.nid = count
            node.parent = parent
            count += 1
            if depth > MAX_DEPTH:
                raise self.fail(node, f'the source is nested more than {MAX_DEPTH} levels deep')
            if kind not in ALLOWED:
                raise self.fail(node, REFUSED.get(kind, f'{kind.__name__} is not supported in a script'))
            if inside is not None and kind in _NAMED:
                mangle(node, inside)
            if kind in _GROWING:
                growing += 1
            elif kind in _SCOPES:
                scopes += 1
            visit = visitors.get(kind)
            if visit is not None:
                visit(self, node)
                if kind in _COMPREHENSIONS:
                    comprehensions += 1
                    if comprehensions > MAX_COMPREHENSION_DEPTH:
                        raise self.fail(node, f'comprehensions nest more than {MAX_COMPREHENSION_DEPTH} deep')
            if kind is ast.ClassDef:
                inside = node.name
            for child in reversed(children(node)):
                push((child, node, depth + 1, comprehensions, inside))
        if count > MAX_NODES:
            raise self.fail(tree, f'the source has more than {MAX_NODES} nodes')
        if scopes > MAX_SCOPES:
            raise self.fail(tree, f'the source has more than {MAX_SCOPES} functions, classes and comprehensions')
        return growing

    def name(self, node: ast.AST, name: str) -> None:
        """Refuse a name that a script may not bind or read."""
        if name in RESERVED:
            raise self.fail(node, f"the name '{name}' is reserved: it belongs to the host")
        if name == '__class__':
            raise self.fail(node, "the name '__class__' can only be read, or declared nonlocal, in a method")

    def member(self, node: Marked, name: str) -> None:
        """Check a name that is bound: in a class body, some dunder names may not be."""
        if type(node.parent) is ast.ClassDef:
            if name in UNDEFINABLE:
                raise self.fail(node, f"a class cannot define '{name}' in a script: {UNDEFINABLE[name]}")
        else:
            self.name(node, name)

    def check_name(self, node: Marked) -> None:
        name = node.id
        if not name.startswith('__'):
            return
        if name == '__class__':
            self.class_cell(node)
            return
        self.name(node, name)
        if type(node.ctx) is not ast.Load and (name in UNDEFINABLE or name == '__debug__'):
            raise self.fail(node, f"the name '{name}' cannot be assigned")

    def class_cell(self, node: Marked) -> None:
        """Turn `__class__` into the variable that holds the class around; in a class body it is a member."""
        if type(node.ctx) is ast.Load:
            node.id = CLASS_CELL
            return
        statement = node.parent
        if type(statement.parent) is ast.ClassDef:
            return
        around = statement
        while around is not None and type(around) is not ast.FunctionDef:
            around = around.parent
        if around is None or not any(
            type(inner) is ast.Nonlocal and ('__class__' in inner.names or CLASS_CELL in inner.names)
            for inner in around.body
        ):
            raise self.fail(node, "the name '__class__' cannot be assigned")
        node.id = CLASS_CELL

    def check_attribute(self, node: ast.Attribute) -> None:
        self.attribute(node, node.attr, store=type(node.ctx) is not ast.Load)

    def attribute(self, node: ast.AST, name: str, *, store: bool) -> None:
        access, reason = access_of(name)
        if access is Access.REFUSED:
            raise self.fail(node, f"the attribute '{name}' is refused: {reason}")

    def check_class(self, node: ast.ClassDef) -> None:
        self.name(node, node.name)
        if getattr(node, 'type_params', None):
            raise self.fail(node, 'type parameters are not supported in this release')

    def check_function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self.member(node, node.name)
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
            access, reason = access_of(name)
            if access is not Access.NATIVE:
                raise self.fail(node, f"the attribute '{name}' cannot be matched: {reason or 'use a guard'}")

    def check_names(self, node: ast.Global | ast.Nonlocal) -> None:
        if type(node) is ast.Nonlocal:
            node.names = [CLASS_CELL if name == '__class__' else name for name in node.names]
        for name in node.names:
            self.name(node, name)

    def check_import(self, node: ast.Import) -> None:
        for alias in node.names:
            self.module(node, alias, alias.name)
            if alias.asname:
                self.name(node, alias.asname)

    def check_import_from(self, node: Marked) -> None:
        if node.level or node.module is None:
            raise self.fail(node, 'relative imports are refused: a script has no package')
        self.module(node, node, node.module)
        for alias in node.names:
            if alias.name == '*':
                if type(node.parent) is not ast.Module and not self.is_top_level(node):
                    raise self.fail(node, 'import * only allowed at module level')
                continue
            self.name(node, alias.asname or alias.name)

    def is_top_level(self, node: Marked) -> bool:
        around = node.parent
        while around is not None and not isinstance(around, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            around = around.parent
        return around is None

    def module(self, statement: Marked, imported: Marked, name: str) -> None:
        """Refuse a module that is not there where it is sure to be imported; elsewhere its import raises when it runs."""
        if name in modules.NAMES or self.trusted:
            return
        around = statement.parent
        if self.is_piece or (type(around) is not ast.Module and 'is_feed' not in around.__dict__):
            # In a `try`, under an `if`, in a function or in text that is run: the script may do without it.
            imported.is_missing = True
            return
        raise self.fail(statement, f"the module '{name}' cannot be imported: {modules.reason_against(name)}")


_VISITORS: dict[type[ast.AST], Callable[[Checker, Any], None]] = {
    ast.Name: Checker.check_name,
    ast.Attribute: Checker.check_attribute,
    ast.FunctionDef: Checker.check_function,
    ast.AsyncFunctionDef: Checker.check_function,
    ast.ClassDef: Checker.check_class,
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
    ast.ListComp: lambda checker, node: None,
    ast.SetComp: lambda checker, node: None,
    ast.DictComp: lambda checker, node: None,
    ast.GeneratorExp: lambda checker, node: None,
}


#: Nodes with names that are private to the class around them when they begin with two underscores.
_NAMED = frozenset({ast.Name, ast.Attribute, ast.FunctionDef, ast.AsyncFunctionDef, ast.arg, ast.keyword})


def mangle(node: ast.AST, class_name: str) -> None:
    """Make a name such as `__x` in a class `C` the name `_C__x`, as Python does."""
    field = _NAME_FIELDS[type(node)]
    name = getattr(node, field)
    if name is not None and name.startswith('__') and not name.endswith('__') and class_name.strip('_'):
        setattr(node, field, f'_{class_name.lstrip("_")}{name}')


_NAME_FIELDS: dict[type[ast.AST], str] = {
    ast.Name: 'id', ast.Attribute: 'attr', ast.FunctionDef: 'name', ast.AsyncFunctionDef: 'name',
    ast.arg: 'arg', ast.keyword: 'arg',
}  # fmt: skip


def children(node: ast.AST) -> list[ast.AST]:
    """Return the child nodes that mean something by themselves, in source order of the fields."""
    found: list[ast.AST] = []
    for field in node._fields:
        value = getattr(node, field, None)
        if value.__class__ is list:
            for item in value:
                if isinstance(item, ast.AST) and not isinstance(item, MARKS):
                    found.append(item)
        elif isinstance(value, ast.AST) and not isinstance(value, MARKS):
            found.append(value)
    return found


def check(tree: ast.Module, source: str, script_name: str, *, trusted: bool = False, is_piece: bool = False) -> int:
    """Raise MontySyntaxError at the first node of `tree` that the sandbox does not admit.

    Return how many operations may make something big, or take long.
    """
    return Checker(source, script_name, trusted, is_piece).check(tree)
