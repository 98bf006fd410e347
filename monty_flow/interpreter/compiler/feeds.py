"""The source of a session: the pieces of code that it was fed, one after the other, as one script.

Each piece follows a line that marks it, and becomes a `try` of its own that ends in an external call no source can spell:

    try:
        <the statements of the feed>
        $feed(<the value of its last expression>)
    except BaseException as $error:
        $failed($error)

So a session between two feeds is a script that has stopped at such a call. A further feed is a longer script with the same
beginning: its nodes have the same numbers, and the state of the shorter one is a state of the longer one.
"""

from __future__ import annotations

import ast
from typing import Final

from monty_flow.interpreter.compiler.nodes import Marked
from monty_flow.interpreter.errors import MontySyntaxError

#: What marks the beginning of a feed: a comment, with the number of the feed.
MARK: Final = '#$feed '
#: The external calls that end a feed: with its value, or with the exception that it did not catch.
GAVE: Final = '$feed'
FAILED: Final = '$failed'
ENDS: Final = frozenset({GAVE, FAILED})
_ERROR: Final = '$error'


def joined(source: str, code: str) -> str:
    """Return the source of a session with one more feed; raise MontySyntaxError for one that has a mark in it."""
    number = len(starts(source)) + 1
    code = code.replace('\r\n', '\n').replace('\r', '\n')
    if any(line.startswith(MARK) for line in code.split('\n')):
        raise MontySyntaxError(
            f'SyntaxError: no line of a feed can begin with {MARK!r}', script_name=f'feed {number}', line=0
        )
    return f'{source}{MARK}{number}\n{code}\n'


def starts(source: str) -> tuple[int, ...]:
    """Return the line of each mark, 1-based: the line before the first of the feed."""
    return tuple(number for number, line in enumerate(source.split('\n'), 1) if line.startswith(MARK))


def place_of(feeds: tuple[int, ...], line: int) -> tuple[int, int]:
    """Return the number of the feed in which a line of the whole source stands, and the line in it."""
    number = sum(start < line for start in feeds)
    return number, line - feeds[number - 1] if number else line


def wrap(tree: ast.Module, source: str) -> None:
    """Make each feed a `try` that tells its end."""
    feeds = starts(source)
    bodies: list[list[ast.stmt]] = [[] for _ in feeds]
    for statement in tree.body:
        bodies[place_of(feeds, statement.lineno)[0] - 1].append(statement)
    tree.body = [_wrapped(body, start) for body, start in zip(bodies, feeds, strict=True)]


def _wrapped(body: list[ast.stmt], start: int) -> ast.stmt:
    last = body[-1] if body else None
    value: ast.expr = ast.Constant(None)
    if isinstance(last, ast.Expr):
        value = last.value
        body = body[:-1]
    end = ast.Expr(_call(GAVE, value))
    failed = ast.Expr(_call(FAILED, ast.Name(_ERROR, ast.Load())))
    handler = ast.ExceptHandler(ast.Name('BaseException', ast.Load()), _ERROR, [failed])
    of_feed: Marked = handler
    # It catches what can be caught, whatever a feed has bound to the name.
    of_feed.is_of_feed = True
    whole = ast.Try([*body, end], [handler], [], [])
    marks: Marked = whole
    # Its statements stand at the top level of the session.
    marks.is_feed = True
    at = ast.Pass(lineno=start, col_offset=0, end_lineno=start, end_col_offset=0) if last is None else last
    placed: list[ast.AST] = [end, end.value, value, whole, *ast.walk(handler)]
    for node in placed:
        if not hasattr(node, 'lineno') and 'lineno' in node._attributes:
            ast.copy_location(node, at)
    ast.fix_missing_locations(whole)
    return whole


def _call(name: str, argument: ast.expr) -> ast.Call:
    return ast.Call(ast.Name(name, ast.Load()), [argument], [])
