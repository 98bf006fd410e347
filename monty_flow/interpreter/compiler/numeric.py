"""Find local names that only ever hold numbers, so that arithmetic on them needs no guard.

A number (int, float or complex) cannot be added to a sequence, so `total + i` is bounded as soon as one side is known to be a
number. *Small* names hold ints that cannot become big in any time that there is: what `range` counts up to, lengths, and
what adding and subtracting such makes of them; a product of two of them needs no look at its size. A name is known when every statement of its function that binds it gives it a number, and when no other
function can bind it (`Unit.is_private`). The set is the greatest fixpoint: all candidates are
believed, then those with a binding that is not numeric under that belief are dropped, until nothing changes.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from typing import Any

from monty_flow.interpreter.compiler.imports import imported_names
from monty_flow.interpreter.compiler.nodes import children, walk

#: Built-ins that give a number, or raise.
_NUMBER_BUILTINS = frozenset({'abs', 'complex', 'float', 'id', 'int', 'len', 'ord'})
_ARITHMETIC = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)
#: The value of a binding that is not an expression of its own.
_UNKNOWN = ast.Constant(None)
#: Built-ins that give a small int, or raise.
_SMALL_BUILTINS = frozenset({'len', 'ord'})
#: Literals below this are small.
_SMALLEST = 1 << 62
#: What a name is bound to by `for name in range(...)`: a small int, or one of any size.
_SMALL, _NUMBER = ast.Constant(0), ast.Constant(1 << 63)


def numeric_names(
    body: list[ast.stmt], params: list[str], is_private: Callable[[str], bool], is_builtin: Callable[[str], bool]
) -> tuple[set[str], set[str]]:
    """Return the names of a function that only ever hold numbers, and those of them that hold small ints."""
    bindings: dict[str, list[ast.expr]] = {name: [_UNKNOWN] for name in params}
    for name, value in every_binding(body, is_builtin):
        bindings.setdefault(name, []).append(value)
    candidates = {name for name in bindings if is_private(name)}
    numeric = _fixpoint(candidates, bindings, is_numeric, is_builtin)
    return numeric, _fixpoint(numeric, bindings, is_small, is_builtin)


def _fixpoint(
    candidates: set[str], bindings: dict[str, list[ast.expr]], holds: Judge, is_builtin: Callable[[str], bool]
) -> set[str]:
    found = set(candidates)
    changed = True
    while changed:
        wrong = {name for name in found if not all(holds(value, found, is_builtin) for value in bindings[name])}
        found -= wrong
        changed = bool(wrong)
    return found


def range_kind(node: ast.expr, known: set[str], is_builtin: Callable[[str], bool]) -> ast.expr | None:
    """Return an expression of the kind that `for` gets from a call of `range` or `enumerate`, None for other iterables.

    Counting up from a small number meets nothing big; counting down may begin with one.
    """
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and is_builtin(node.func.id)):
        return None
    if node.func.id != 'range' or not 1 <= len(node.args) <= 3 or node.keywords:
        return None
    if any(isinstance(argument, ast.Starred) for argument in node.args):
        return None
    starts_small = len(node.args) == 1 or is_small(node.args[0], known, is_builtin)
    counts_up = len(node.args) < 3 or (
        isinstance(node.args[2], ast.Constant) and is_small(node.args[2], known, is_builtin)
    )
    return _SMALL if starts_small and counts_up else _NUMBER


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


def is_small(node: Any, known: set[str], is_builtin: Callable[[str], bool]) -> bool:
    """Tell whether an expression gives an int of a few digits whenever it gives anything."""
    kind = type(node)
    if kind is ast.Constant:
        return type(node.value) is int and -_SMALLEST < node.value < _SMALLEST
    if kind is ast.Name:
        return node.id in known
    if kind is ast.BinOp:
        left = is_small(node.left, known, is_builtin)
        if type(node.op) in (ast.Add, ast.Sub):
            return left and is_small(node.right, known, is_builtin)
        # The remainder by something small is small, but its dividend may be text.
        return type(node.op) in (ast.FloorDiv, ast.Mod, ast.RShift) and left and is_small(node.right, known, is_builtin)
    if kind is ast.UnaryOp:
        return type(node.op) in (ast.USub, ast.UAdd) and is_small(node.operand, known, is_builtin)
    if kind is ast.IfExp:
        return is_small(node.body, known, is_builtin) and is_small(node.orelse, known, is_builtin)
    if kind is ast.Call and type(node.func) is ast.Name:
        return node.func.id in _SMALL_BUILTINS and is_builtin(node.func.id)
    return False


Judge = Callable[[Any, set[str], Callable[[str], bool]], bool]


def every_binding(body: list[ast.stmt], is_builtin: Callable[[str], bool]) -> Iterator[tuple[str, ast.expr]]:
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
        elif isinstance(node, (ast.For, ast.AsyncFor, ast.comprehension)):
            yield from _loop_target(node, is_builtin)
            pending.extend(child for child in children(node) if child is not node.target)
        elif isinstance(node, ast.NamedExpr):
            yield node.target.id, node.value
            pending.append(node.value)
        elif isinstance(node, ast.Name):
            if not isinstance(node.ctx, ast.Load):
                yield node.id, _UNKNOWN
        elif isinstance(node, ast.ExceptHandler):
            if node.name:
                yield node.name, _UNKNOWN
            pending.extend(children(node))
        elif isinstance(node, (ast.MatchAs, ast.MatchStar, ast.MatchMapping)):
            bound = node.rest if isinstance(node, ast.MatchMapping) else node.name
            if bound is not None:
                yield bound, _UNKNOWN
            pending.extend(children(node))
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            for name in imported_names(node):
                yield name, _UNKNOWN
        else:
            pending.extend(children(node))


def _assigned(target: ast.expr, value: ast.expr | None) -> Iterator[tuple[str, ast.expr]]:
    if isinstance(target, ast.Name):
        yield target.id, value or _SMALL
    elif isinstance(target, (ast.Tuple, ast.List)) and isinstance(value, ast.Tuple):
        yield from _unpacked(target, value)
    else:
        yield from _unknown(target)


def _loop_target(
    node: ast.For | ast.AsyncFor | ast.comprehension, is_builtin: Callable[[str], bool]
) -> Iterator[tuple[str, ast.expr]]:
    source = node.iter
    if isinstance(node, ast.AsyncFor) or (isinstance(node, ast.comprehension) and node.is_async):
        yield from _unknown(node.target)
        return
    item = range_kind(source, set(), is_builtin)
    if item is not None and isinstance(node.target, ast.Name):
        yield node.target.id, item
    elif _is_enumerate(source, is_builtin) and isinstance(node.target, ast.Tuple) and len(node.target.elts) == 2:
        index, rest = node.target.elts
        yield from [(index.id, _SMALL)] if isinstance(index, ast.Name) else _unknown(index)
        yield from _unknown(rest)
    else:
        yield from _unknown(node.target)


def _is_enumerate(node: ast.expr, is_builtin: Callable[[str], bool]) -> bool:
    """Tell whether an iterable is `enumerate(values)`, which counts from 0."""
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == 'enumerate'
        and is_builtin('enumerate')
        and len(node.args) == 1
        and not node.keywords
    )


def comprehension_names(
    generators: list[ast.comprehension], is_builtin: Callable[[str], bool]
) -> tuple[set[str], set[str]]:
    """Return the targets of a comprehension that hold numbers, and those of them that hold small ints."""
    bindings: dict[str, list[ast.expr]] = {}
    for generator in generators:
        for name, value in _loop_target(generator, is_builtin):
            bindings.setdefault(name, []).append(value)
    numeric = _fixpoint(set(bindings), bindings, is_numeric, is_builtin)
    return numeric, _fixpoint(numeric, bindings, is_small, is_builtin)


def _unpacked(target: ast.Tuple | ast.List, value: ast.Tuple) -> Iterator[tuple[str, ast.expr]]:
    """Pair the names of `a, b = x, y`."""
    plain = len(target.elts) == len(value.elts) and not any(isinstance(item, ast.Starred) for item in value.elts)
    for index, item in enumerate(target.elts):
        if plain and isinstance(item, ast.Name):
            yield item.id, value.elts[index]
        else:
            yield from _unknown(item)


def _unknown(target: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    for node in walk(target):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            yield node.id, _UNKNOWN
