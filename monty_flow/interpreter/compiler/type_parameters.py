"""The syntax of PEP 695, which Python parses from 3.12 on, said in terms of `typing`.

    class Stack[T](Base): ...      T = TypeVar('T')
                                   class Stack(Base, Generic[T]): ...
    def first[T](xs: list[T]): ... T = TypeVar('T'), where the body or someone who looks at annotations uses it
    type Pair[T] = tuple[T, T]     Pair = TypeAliasType('Pair', lambda: tuple[T, T])

The names come from an import that is put before the first statement. A parameter that shares its name with something
else in the script gets another one inside its statement. Bounds and constraints are for type checkers, and are left out.
"""

from __future__ import annotations

import ast
import re
import sys
from typing import Any, Final

from monty_flow.interpreter.patterns import pattern

#: What must stand in a source that uses the syntax.
_SIGN: Final = pattern(r'\b(?:def|class|type)\s+\w+\s*(?:\[|=)')
_PREFIX: Final = '_of_typing_'
_KINDS: Final = {'TypeVar': 'TypeVar', 'ParamSpec': 'ParamSpec', 'TypeVarTuple': 'TypeVarTuple'}


def expand(tree: ast.Module, source: str, looks_at_annotations: bool) -> None:
    """Replace the syntax of PEP 695 in a tree."""
    if tuple(sys.version_info) < (3, 12) or _SIGN.search(source) is None:
        return
    work = _Expansion(tree, looks_at_annotations)
    work.visit(tree)
    if work.used:
        names = [ast.alias(name, _PREFIX + name) for name in sorted(work.used)]
        place = 0
        for index, statement in enumerate(tree.body):
            is_doc = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
            is_future = isinstance(statement, ast.ImportFrom) and statement.module == '__future__'
            if not (is_doc or is_future):
                break
            place = index + 1
        tree.body.insert(place, ast.ImportFrom('typing', names, 0, lineno=1, col_offset=0))
    ast.fix_missing_locations(tree)


class _Expansion(ast.NodeTransformer):
    def __init__(self, tree: ast.Module, looks_at_annotations: bool) -> None:
        self.looks = looks_at_annotations
        #: Names of `typing` that are needed.
        self.used: set[str] = set()
        self.taken = _bound_names(tree)
        self.count = 0

    def name(self, name: str) -> ast.Name:
        self.used.add(name)
        return ast.Name(_PREFIX + name, ast.Load())

    def parameters(self, node: Any) -> list[tuple[str, str]]:
        """Take the type parameters off a statement; return (kind, name), with names that are theirs alone."""
        found: list[tuple[str, str]] = []
        for parameter in node.type_params:
            name = parameter.name
            if name in self.taken:
                self.count += 1
                fresh = f'{name}_of_{self.count}'
                _Renaming(name, fresh).visit(node)
                name = fresh
            found.append((_KINDS[type(parameter).__name__], name))
        node.type_params = []
        return found

    def bindings(self, parameters: list[tuple[str, str]], node: ast.stmt) -> list[ast.stmt]:
        made: list[ast.stmt] = []
        for kind, name in parameters:
            shown = ast.Constant(re.sub(r'_of_\d+$', '', name))
            value = ast.Call(self.name(kind), [shown], [])
            made.append(ast.copy_location(ast.Assign([ast.Name(name, ast.Store())], value), node))
        return made

    def visit_function(self, node: Any) -> Any:
        parameters = self.parameters(node)
        self.generic_visit(node)
        if not self.looks:
            read = {part.id for statement in node.body for part in ast.walk(statement) if isinstance(part, ast.Name)}
            parameters = [item for item in parameters if item[1] in read]
        return [*self.bindings(parameters, node), node]

    visit_FunctionDef = visit_AsyncFunctionDef = visit_function

    def visit_ClassDef(self, node: Any) -> Any:
        parameters = self.parameters(node)
        self.generic_visit(node)
        if parameters:
            names: list[ast.expr] = [ast.Name(name, ast.Load()) for _, name in parameters]
            item = ast.Tuple(names, ast.Load()) if len(names) > 1 else names[0]
            node.bases.append(ast.copy_location(ast.Subscript(self.name('Generic'), item, ast.Load()), node))
        return [*self.bindings(parameters, node), node]

    def visit_TypeAlias(self, node: Any) -> Any:
        parameters = self.parameters(node)
        self.generic_visit(node)
        nothing = ast.arguments(posonlyargs=[], args=[], kwonlyargs=[], kw_defaults=[], defaults=[])
        lazy = ast.keyword('lazy', ast.Constant(True))
        arguments: list[ast.expr] = [ast.Constant(node.name.id), ast.Lambda(nothing, node.value)]
        value = ast.Call(self.name('TypeAliasType'), arguments, [lazy])
        made = ast.copy_location(ast.Assign([node.name], value), node)
        return [*self.bindings(parameters, node), made]


class _Renaming(ast.NodeTransformer):
    def __init__(self, name: str, fresh: str) -> None:
        self.name = name
        self.fresh = fresh

    def visit_Name(self, node: ast.Name) -> ast.AST:
        if node.id == self.name:
            node.id = self.fresh
        return node


def _bound_names(tree: ast.Module) -> set[str]:
    """Return the names that something other than a type parameter binds."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            found.add(node.id)
        elif isinstance(node, ast.arg):
            found.add(node.arg)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.alias):
            found.add((node.asname or node.name).split('.')[0])
    return found
