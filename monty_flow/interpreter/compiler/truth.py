"""Where the truth of a value is asked: part of the pausing analysis, for scripts whose `__bool__` or `__len__` may stop.

Only for such scripts is the tree walked once more; the tests of all others are left to CPython.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from monty_flow.interpreter.compiler.nodes import children

if TYPE_CHECKING:
    from monty_flow.interpreter.compiler.nodes import Marked
    from monty_flow.interpreter.compiler.scopes import Program, Scope

#: Methods that give the truth of an instance.
METHODS: Final = frozenset({'__bool__', '__len__'})
_COMPREHENSIONS: Final = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
#: Tests whose value has a truth of its own. What compares gives an instance in no script worth a stop at each comparison.
_PLAIN: Final = (ast.Constant, ast.Compare, ast.JoinedStr, ast.Lambda)


def tests(program: Program) -> Iterator[tuple[Marked, Scope]]:
    """Yield the expressions whose truth is asked, each with the scope in which that is done."""
    pending: list[tuple[Any, Scope]] = [(program.main.node, program.main)]
    while pending:
        node, scope = pending.pop()
        for test in _asked(node):
            if _counts(test):
                yield test, scope
        inner = program.scopes.get(getattr(node, 'nid', -1), scope)
        if isinstance(node, _COMPREHENSIONS):
            # The first iterable is evaluated outside.
            first, *rest = node.generators
            pending.append((first.iter, scope))
            pending.extend((part, inner) for part in (first.target, *first.ifs, *rest))
            pending.extend((getattr(node, name), inner) for name in ('elt', 'key', 'value') if hasattr(node, name))
            for test in _asked(first):
                if _counts(test):
                    yield test, inner
            continue
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            pending.extend((part, inner) for part in node.body)
            continue
        for part in children(node):
            pending.append((part, inner))


def _counts(test: Any) -> bool:
    return not isinstance(test, _PLAIN) and not (type(test) is ast.UnaryOp and type(test.op) is ast.Not)


def _asked(node: Any) -> Iterator[Any]:
    if isinstance(node, ast.If | ast.While | ast.IfExp | ast.Assert):
        yield from _parts(node.test)
    elif isinstance(node, ast.BoolOp):
        for value in node.values[:-1]:
            yield from _parts(value)
    elif isinstance(node, ast.comprehension):
        for test in node.ifs:
            yield from _parts(test)
    elif isinstance(node, ast.match_case) and node.guard is not None:
        yield from _parts(node.guard)


def _parts(test: Any) -> Iterator[Any]:
    """Yield a test, and where it is made of others, these: `and` and `or` ask each for its truth once."""
    yield test
    if isinstance(test, ast.BoolOp):
        yield from _parts(test.values[-1])
