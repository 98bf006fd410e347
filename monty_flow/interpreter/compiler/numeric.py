"""Find local names that only ever hold numbers, so that arithmetic on them needs no guard.

A number cannot be added to a sequence, so `total + i` is bounded as soon as one side is known to be a
number. A name is known when every statement of its function that binds it gives it a number, and when no other
function can bind it (`Unit.is_private`). The set is the greatest fixpoint: all candidates are
believed, then those with a binding that is not numeric under that belief are dropped, until nothing changes.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from typing import Any

#: Built-ins that give a number, or raise.
_NUMBER_BUILTINS = frozenset({'abs', 'float', 'id', 'int', 'len', 'ord'})
_ARITHMETIC = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)
#: The value of a binding that is not an expression of its own.
_UNKNOWN = ast.Constant(None)
#: What a name is bound to by `for name in range(...)`.
_NUMBER = ast.Constant(0)


def numeric_names(
    body: list[ast.stmt], params: list[str], is_private: Callable[[str], bool], is_builtin: Callable[[str], bool]
) -> set[str]:
    """Return the names of a function that only ever hold ints, floats or complex numbers."""
    bindings: dict[str, list[ast.expr]] = {name: [_UNKNOWN] for name in params}
    for name, value in _bindings(body, is_builtin):
        bindings.setdefault(name, []).append(value)
    found = {name for name in bindings if is_private(name)}
    changed = True
    while changed:
        wrong = {name for name in found if not all(is_numeric(value, found, is_builtin) for value in bindings[name])}
        found -= wrong
        changed = bool(wrong)
    return found


def is_numeric(node: Any, known: set[str], is_builtin: Callable[[str], bool]) -> bool:
    """Tell whether an expression gives a number whenever it gives anything."""
    kind = type(node)
    if kind is ast.Constant:
        return type(node.value) in (int, float, complex)
    if kind is ast.Name:
        return node.id in known
    if kind is ast.BinOp:
        return isinstance(node.op, _ARITHMETIC) and (
            is_numeric(node.left, known, is_builtin) and is_numeric(node.right, known, is_builtin)
        )
    if kind is ast.UnaryOp:
        return type(node.op) in (ast.USub, ast.UAdd) and is_numeric(node.operand, known, is_builtin)
    if kind is ast.IfExp:
        return is_numeric(node.body, known, is_builtin) and is_numeric(node.orelse, known, is_builtin)
    if kind is ast.Call and type(node.func) is ast.Name:
        return node.func.id in _NUMBER_BUILTINS and is_builtin(node.func.id)
    return False


def _bindings(body: list[ast.stmt], is_builtin: Callable[[str], bool]) -> Iterator[tuple[str, ast.expr]]:
    """Give every name that the statements bind with what it is bound to."""
    pending: list[ast.AST] = list(body)
    while pending:
        node = pending.pop()
        if isinstance(node, _FUNCTIONS):
            if not isinstance(node, ast.Lambda):
                yield node.name, _UNKNOWN
            continue
        if isinstance(node, (ast.Assign, ast.AnnAssign)):
            for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                yield from _assigned(target, node.value)
            if node.value is not None:
                pending.append(node.value)
        elif isinstance(node, ast.AugAssign):
            if isinstance(node.target, ast.Name):
                name = node.target.id
                yield name, ast.BinOp(ast.Name(name), node.op, node.value)
            pending.append(node.value)
        elif isinstance(node, (ast.For, ast.comprehension)):
            yield from _loop_target(node, is_builtin)
            pending.extend(child for child in ast.iter_child_nodes(node) if child is not node.target)
        elif isinstance(node, ast.NamedExpr):
            yield node.target.id, node.value
            pending.append(node.value)
        elif isinstance(node, ast.Name):
            if not isinstance(node.ctx, ast.Load):
                yield node.id, _UNKNOWN
        elif isinstance(node, ast.ExceptHandler):
            if node.name:
                yield node.name, _UNKNOWN
            pending.extend(ast.iter_child_nodes(node))
        elif isinstance(node, (ast.MatchAs, ast.MatchStar, ast.MatchMapping)):
            bound = node.rest if isinstance(node, ast.MatchMapping) else node.name
            if bound is not None:
                yield bound, _UNKNOWN
            pending.extend(ast.iter_child_nodes(node))
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            for alias in node.names:
                yield (alias.asname or alias.name.split('.')[0]), _UNKNOWN
        else:
            pending.extend(ast.iter_child_nodes(node))


def _assigned(target: ast.expr, value: ast.expr | None) -> Iterator[tuple[str, ast.expr]]:
    if isinstance(target, ast.Name):
        yield target.id, value or _NUMBER
    elif isinstance(target, (ast.Tuple, ast.List)) and isinstance(value, ast.Tuple):
        yield from _unpacked(target, value)
    else:
        yield from _unknown(target)


def _loop_target(
    node: ast.For | ast.comprehension, is_builtin: Callable[[str], bool]
) -> Iterator[tuple[str, ast.expr]]:
    source = node.iter
    is_range = isinstance(source, ast.Call) and isinstance(source.func, ast.Name) and source.func.id == 'range'
    if is_range and is_builtin('range') and isinstance(node.target, ast.Name):
        yield node.target.id, _NUMBER
    else:
        yield from _unknown(node.target)


def _unpacked(target: ast.Tuple | ast.List, value: ast.Tuple) -> Iterator[tuple[str, ast.expr]]:
    """Pair the names of `a, b = x, y`."""
    plain = len(target.elts) == len(value.elts) and not any(isinstance(item, ast.Starred) for item in value.elts)
    for index, item in enumerate(target.elts):
        if plain and isinstance(item, ast.Name):
            yield item.id, value.elts[index]
        else:
            yield from _unknown(item)


def _unknown(target: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    for node in ast.walk(target):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            yield node.id, _UNKNOWN
