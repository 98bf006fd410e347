"""The import statements of a script: which modules, and which names."""

from __future__ import annotations

import ast
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from monty_flow.interpreter import modules
from monty_flow.interpreter.compiler.stopping import STOPPING

if TYPE_CHECKING:
    from monty_flow.interpreter.compiler.scopes import Program


def imported_names(node: ast.Import | ast.ImportFrom) -> list[str]:
    """Return the names that a statement binds: of `import *`, all public names of the module."""
    if isinstance(node, ast.Import):
        return [alias.asname or alias.name.split('.')[0] for alias in node.names]
    if [alias.name for alias in node.names] == ['*']:
        if 'is_missing' in node.__dict__:
            return []
        return sorted(name for name in modules.exports(node.module or '') if not name.startswith('_'))
    return [alias.asname or alias.name for alias in node.names]


def uses_script(node: ast.Import | ast.ImportFrom) -> bool:
    """Tell whether an import may bring in something that a library module has in the script language."""
    if isinstance(node, ast.Import):
        return any(modules.has_script(alias.name) for alias in node.names)
    return modules.has_script(node.module or '', [alias.name for alias in node.names])


def imported_modules(program: Program) -> set[str]:
    """Return the names of the modules that the script imports."""
    return {name for name, _ in _imports(program)}


def sleep_names(program: Program) -> set[str]:
    """Return the names under which the script has imported a function that stops."""
    return {bound for module, bound in _imports(program) if bound is not None and module in STOPPING}


def bound_names(program: Program, table: Mapping[str, Collection[str]]) -> frozenset[str]:
    """Return the names under which a script may reach what `table` has of the modules that it imports."""
    found: set[str] = set()
    for node in program.imports:
        if type(node) is ast.Import:
            found.update(*(table.get(alias.name, ()) for alias in node.names))
        elif type(node) is ast.ImportFrom:
            names = table.get(node.module or '', ())
            found.update(names if node.names[0].name == '*' else ())
            found.update(alias.asname or alias.name for alias in node.names if alias.name in names)
    return frozenset(found)


def module_names(program: Program, module: str) -> set[str]:
    """Return the names under which the script has imported a module itself."""
    return {
        alias.asname or alias.name
        for node in program.imports
        if type(node) is ast.Import
        for alias in node.names
        if alias.name == module
    }


def names_from(program: Program, module: str, wanted: Collection[str]) -> set[str]:
    """Return the names under which the script has imported any of the names `wanted` from a module."""
    found: set[str] = set()
    for node in program.imports:
        if type(node) is ast.ImportFrom and node.module == module:
            found.update(wanted if node.names[0].name == '*' else ())
            found.update(alias.asname or alias.name for alias in node.names if alias.name in wanted)
    return found


def _imports(program: Program) -> list[tuple[str, str | None]]:
    found: list[tuple[str, str | None]] = []
    for node in program.imports:
        if type(node) is ast.Import:
            found += [(alias.name, None) for alias in node.names]
        elif type(node) is ast.ImportFrom:
            found += [
                (
                    node.module or '',
                    alias.asname or alias.name if alias.name in STOPPING.get(node.module or '', ()) else None,
                )
                for alias in node.names
            ]
    return found
