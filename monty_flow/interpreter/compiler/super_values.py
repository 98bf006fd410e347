"""`super()` where it is bound to a name first, said with `super()` where it is used.

    parent = super()                super().close()
    parent.close()

Only an attribute of `super()` can be had (`Guards` looks it up, and no proxy is ever made), so a function that binds a proxy to
a name of its own once, and does nothing with the name but read attributes, is written as if it said `super()` each time.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Final

from monty_flow.interpreter.compiler.nodes import children, walk

#: Nodes with names of their own, where `super()` would not mean the same.
_SCOPES: Final = (
    ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp,
)  # fmt: skip


def unfold(tree: ast.Module) -> None:
    """Replace the names that stand for `super()` in a tree."""
    for node in walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            _unfold_in(node)


def _unfold_in(function: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
    from copy import deepcopy  # most scripts bind no proxy

    for index, statement in enumerate(function.body):
        match statement:
            case ast.Assign([ast.Name(name)], ast.Call(ast.Name('super'), arguments, []) as call) if all(
                isinstance(argument, ast.Name | ast.Attribute) for argument in arguments
            ):
                reads = list(_reads(function, name))
                if reads and _is_only_read(function, name, len(reads)):
                    for attribute in reads:
                        attribute.value = ast.copy_location(deepcopy(call), attribute.value)
                        ast.fix_missing_locations(attribute)
                    function.body[index] = ast.copy_location(ast.Pass(), statement)


def _reads(function: ast.AST, name: str) -> Iterator[ast.Attribute]:
    """Give the attributes that are read of a name, in this function and not in scopes inside."""
    for node in _own(function):
        match node:
            case ast.Attribute(ast.Name(found), _, ast.Load()) if found == name:
                yield node


def _is_only_read(function: ast.AST, name: str, reads: int) -> bool:
    """Tell whether a name stands in a function once to be bound, and so many times to be read, and nowhere else."""
    found = 0
    for node in walk(function):
        if isinstance(node, ast.Name):
            found += node.id == name
        elif isinstance(node, ast.arg):
            found += 2 * (node.arg == name)
        elif isinstance(node, ast.Global | ast.Nonlocal):
            found += 2 * (name in node.names)
    return found == reads + 1


def _own(function: ast.AST) -> Iterator[ast.AST]:
    """Give the nodes of a function but for those of scopes inside."""
    todo = list(children(function))
    while todo:
        node = todo.pop()
        yield node
        if not isinstance(node, _SCOPES):
            todo.extend(children(node))
