"""Short constructors of AST nodes at the place of another one."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import Any, TypeAlias, TypeVar

#: A node of a script's tree. The passes leave marks on nodes that `ast` has no types for (`nid` and `parent` by check,
#: `stop`, `operator_stop`, `decorator_stop` and `has_stop` by pausing), and a mark costs an attribute, not a call.
Marked: TypeAlias = Any

_Node = TypeVar('_Node', bound=ast.AST)


def number_of(node: Marked) -> int:
    """Return the number of a node, where its type has been narrowed."""
    number: int = node.nid
    return number


LOAD = ast.Load()
STORE = ast.Store()
DELETE = ast.Delete
_DEL = ast.Del()


def at(node: _Node, line: int, column: int = 0) -> _Node:
    """Put a node on an emitted line."""
    placed: Any = node
    placed.lineno = placed.end_lineno = line
    placed.col_offset = placed.end_col_offset = column
    return node


def load(name: str, line: int) -> ast.Name:
    return ast.Name(name, LOAD, lineno=line, col_offset=0, end_lineno=line, end_col_offset=0)


def store(name: str, line: int) -> ast.Name:
    return ast.Name(name, STORE, lineno=line, col_offset=0, end_lineno=line, end_col_offset=0)


def constant(value: object, line: int) -> ast.Constant:
    return ast.Constant(value, lineno=line, col_offset=0, end_lineno=line, end_col_offset=0)  # type: ignore[arg-type]


def call(
    function: str | ast.expr, args: Sequence[ast.expr], line: int, keywords: Sequence[ast.keyword] = ()
) -> ast.Call:
    target = load(function, line) if isinstance(function, str) else function
    return ast.Call(
        target, list(args), list(keywords), lineno=line, col_offset=0, end_lineno=line, end_col_offset=0
    )  # fmt: skip


def assign(name: str, value: ast.expr, line: int) -> ast.Assign:
    return at(ast.Assign([store(name, line)], value), line)


def expression(value: ast.expr, line: int) -> ast.Expr:
    return at(ast.Expr(value), line)


def if_(test: ast.expr, body: list[ast.stmt], orelse: list[ast.stmt], line: int) -> ast.If:
    return at(ast.If(test, body, orelse), line)


def not_(value: ast.expr, line: int) -> ast.UnaryOp:
    return at(ast.UnaryOp(ast.Not(), value), line)


def compare(left: ast.expr, operator: ast.cmpop, right: ast.expr, line: int) -> ast.Compare:
    return at(ast.Compare(left, [operator], [right]), line)


def raise_(value: ast.expr | None, line: int) -> ast.Raise:
    return at(ast.Raise(value, None), line)


def delete(name: str, line: int) -> ast.Delete:
    target = ast.Name(name, _DEL, lineno=line, col_offset=0, end_lineno=line, end_col_offset=0)
    return at(ast.Delete([target]), line)


def arguments(names: Sequence[str], line: int) -> ast.arguments:
    """Return plain positional parameters."""
    return ast.arguments(
        posonlyargs=[], args=[at(ast.arg(name), line) for name in names], kwonlyargs=[], kw_defaults=[], defaults=[]
    )  # fmt: skip


def tick(line: int) -> list[ast.stmt]:
    """Return `for $ in $fuel: break`, which takes one step of fuel, with `else: $refuel()` for when there is none."""
    refuel = expression(call('$refuel', [], line), line)
    return [at(ast.For(store('$', line), load('$fuel', line), [at(ast.Break(), line)], [refuel]), line)]


def tick_value(line: int) -> ast.expr:
    """Return `$take($fuel, True) and $refuel()`, which takes one step where no statement can be; it is never true."""
    take = call('$take', [load('$fuel', line), constant(True, line)], line)
    return at(ast.BoolOp(ast.And(), [take, call('$refuel', [], line)]), line)


#: Fields of nodes that never hold a node that means something by itself.
_LEAVES = frozenset('arg attr conversion ctx id is_async kind level module op ops simple type_comment'.split())
_NODE_FIELDS: dict[type[ast.AST], tuple[str, ...]] = {}


def children(node: ast.AST) -> list[Any]:
    """Return the child nodes in the order of the fields, without operators and contexts: `ast.iter_child_nodes`, three times as fast."""
    kind = type(node)
    fields = _NODE_FIELDS.get(kind)
    if fields is None:
        leaves = {*_LEAVES, 'value'} if kind is ast.Constant else _LEAVES
        fields = _NODE_FIELDS[kind] = tuple(field for field in kind._fields if field not in leaves)
    found: list[Any] = []
    for field in fields:
        value = getattr(node, field, None)
        if value.__class__ is list:
            found += [item for item in value if isinstance(item, ast.AST)]
        elif isinstance(value, ast.AST):
            found.append(value)
    return found


def walk(node: ast.AST) -> Iterator[Any]:
    """Yield a node and all nodes in it, level by level, as `ast.walk` does."""
    pending = [node]
    for each in pending:
        yield each
        # The list grows while it is gone through.
        pending += children(each)


#: What runs more of a script.
_GOING_ON = (
    ast.Call,
    ast.For,
    ast.While,
    ast.With,
    ast.comprehension,
    ast.Await,
    ast.FunctionDef,
    ast.Try,
    ast.TryStar,
)


def goes_on(statement: ast.stmt) -> bool:
    """Tell whether a statement calls something or loops."""
    return any(isinstance(node, _GOING_ON) for node in walk(statement))


def steps_first(function: ast.FunctionDef) -> bool:
    """Tell whether the first thing that a function does, after its text, calls something or loops."""
    for statement in function.body:
        if not (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)):
            return goes_on(statement)
    return False
