"""Compile the modules of ours that are written in the script language (`modules/scripts`).

Their functions are like those of a script: they may stop, and they are kept in snapshots. The program of a library is
compiled when a run first needs it, once per process, and runs in the globals of the script's run. So its top-level
names carry a prefix that no script can spell (`asyncio:Task`), and so do the built-ins that it uses
(`asyncio.len`), which a script may have given another meaning.

Identities in snapshots do not depend on what else is in the source: a function is known by its qualified name
(`asyncio:Task.cancel`), and its nodes are numbered from a base that is made of the name of its outermost function.
The source is trusted, its access is not: it is lowered like a script's, with the same guards, steps and limits.
"""

from __future__ import annotations

import ast
import os
import threading
from typing import Any, Final

from monty_flow.interpreter.compiler.build import build_program
from monty_flow.interpreter.compiler.core import CoreFunction
from monty_flow.interpreter.compiler.own import Own
from monty_flow.interpreter.compiler.program import Program
from monty_flow.interpreter.errors import MontySyntaxError
from monty_flow.interpreter.limits import DEFAULT_LIMITS

#: Library -> the files of which it is made, in their order.
LIBRARIES: Final[dict[str, tuple[str, ...]]] = {
    'asyncio': ('asyncio_loop', 'asyncio_futures', 'asyncio_waiting', 'asyncio_sync')
}
#: The function of a library that waits for the host: calling it stops the run.
WAIT: Final = 'wait_calls'
_SCRIPTS: Final = os.path.join(os.path.dirname(os.path.dirname(__file__)), 'modules', 'scripts')
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
#: Bits of a node number below the base of its function.
_BITS: Final = 16

_programs: dict[tuple[str, bool], Program] = {}
_lock = threading.Lock()


def library_program(name: str, forced: bool) -> Program:
    """Return the program of a library, compiled when it is first asked for."""
    key = (name, forced)
    program = _programs.get(key)
    if program is None:
        from monty_flow.interpreter.runtime.prelude import prelude_program  # the prelude is itself compiled here

        source = '\n'.join(_text_of(file) for file in LIBRARIES[name])
        own = Own(_Preparation(name).prepare, escapes=False, library=name)
        stops = frozenset({f'{name}:{WAIT}'})
        made = build_program(source, name, (), stops, DEFAULT_LIMITS, forced=forced, prelude=prelude_program, own=own)
        with _lock:
            program = _programs.setdefault(key, made)
    return program


def _text_of(file: str) -> str:
    with open(os.path.join(_SCRIPTS, f'{file}.py'), encoding='utf-8') as opened:
        return opened.read()


def find_in_library(user: Program, identity: str) -> tuple[Program, CoreFunction] | None:
    """Return the program and function of an identity, None for one that no library has."""
    name = identity.partition(':')[0]
    if name not in LIBRARIES:
        return None
    try:
        program = library_program(name, user.forced)
    except MontySyntaxError:
        return None
    function = program.by_identity.get(identity)
    return None if function is None else (program, function)


class _Preparation:
    """Rename and number the tree of one library."""

    def __init__(self, library: str) -> None:
        self.library = library
        self.top: frozenset[str] = frozenset()

    def prepare(self, tree: Any) -> None:
        """Drop the imports between its own files, prefix top-level names, and number the nodes."""
        given: set[str] = set()
        body: list[ast.stmt] = []
        for statement in tree.body:
            if isinstance(statement, ast.ImportFrom) and (statement.module or '').startswith('_'):
                given.update(alias.name for alias in statement.names)
            elif not (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)):
                body.append(statement)
        tree.body = body
        self.top = frozenset(given | _bound(body))
        for statement in body:
            self.rename(statement, frozenset(), is_top=True)
        tree.nid, tree.parent = 0, None
        count = 1
        for statement in body:
            if isinstance(statement, ast.ClassDef):
                self.number_class(statement, tree)
            elif isinstance(statement, _FUNCTIONS):
                self.number(statement, tree, _base(statement.name))
            else:
                count = self.number(statement, tree, count)

    def rename(self, node: Any, hidden: frozenset[str], *, is_top: bool = False) -> None:
        """Prefix the top-level names in a tree; `hidden` are names that mean something else there."""
        if isinstance(node, ast.Name):
            if node.id in self.top and node.id not in hidden:
                node.id = f'{self.library}:{node.id}'
            return
        if isinstance(node, ast.ImportFrom):
            for alias in node.names:
                alias.asname = f'{self.library}:{alias.asname or alias.name}'
            return
        if isinstance(node, (*_FUNCTIONS, ast.Lambda)):
            inner = (
                hidden | _parameters(node.args) | (frozenset() if isinstance(node, ast.Lambda) else _locals(node.body))
            )
            for part in ast.iter_child_nodes(node):
                outside = isinstance(part, ast.expr) and not isinstance(node, ast.Lambda)
                self.rename(part, hidden if outside else inner)
        elif isinstance(node, ast.ClassDef):
            inside = hidden | _bound(node.body)
            for part in node.body:
                self.rename(part, hidden if isinstance(part, _FUNCTIONS) else inside)
            for expression in [*node.bases, *node.decorator_list]:
                self.rename(expression, hidden)
        else:
            for part in ast.iter_child_nodes(node):
                self.rename(part, hidden)
        if is_top and isinstance(node, (*_FUNCTIONS, ast.ClassDef)):
            node.name = f'{self.library}:{node.name}'

    def number_class(self, node: Any, parent: ast.AST) -> None:
        name = node.name.rpartition(':')[2]
        methods = [part for part in node.body if isinstance(part, _FUNCTIONS)]
        self.number(node, parent, _base(name), frozenset(methods))
        for method in methods:
            self.number(method, node, _base(f'{name}.{method.name}'))

    def number(self, node: Any, parent: ast.AST, count: int, apart: frozenset[ast.AST] = frozenset()) -> int:
        """Number a tree in pre-order from `count` on, but for the parts that have a base of their own."""
        node.nid, node.parent = count, parent
        count += 1
        for child in ast.iter_child_nodes(node):
            if child not in apart:
                count = self.number(child, node, count)
        return count


def _base(name: str) -> int:
    import zlib  # loaded with the first library

    return zlib.crc32(name.rpartition(':')[2].encode()) << _BITS


def _bound(body: list[ast.stmt]) -> set[str]:
    """Return the names that the statements of a module or class bind."""
    found: set[str] = set()
    for statement in body:
        if isinstance(statement, (*_FUNCTIONS, ast.ClassDef)):
            found.add(statement.name)
        elif isinstance(statement, ast.ImportFrom):
            found.update(alias.asname or alias.name for alias in statement.names)
        elif isinstance(statement, ast.Assign):
            found.update(target.id for target in statement.targets if isinstance(target, ast.Name))
    return found


def _locals(body: list[ast.stmt]) -> frozenset[str]:
    found: set[str] = set()
    pending: list[ast.AST] = list(body)
    while pending:
        node = pending.pop()
        if isinstance(node, (*_FUNCTIONS, ast.ClassDef)):
            found.add(node.name)
            continue
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            found.add(node.id)
        elif isinstance(node, ast.ExceptHandler) and node.name:
            found.add(node.name)
        pending.extend(ast.iter_child_nodes(node))
    return frozenset(found)


def _parameters(args: ast.arguments) -> frozenset[str]:
    every = [*args.posonlyargs, *args.args, *args.kwonlyargs, args.vararg, args.kwarg]
    return frozenset(arg.arg for arg in every if arg is not None)
