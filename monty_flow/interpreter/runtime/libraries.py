"""Load the modules that are written in the script language into a run.

The body of a library runs once per run, when it is first needed, in the globals of the run. What it defines is known to
snapshots by its path (`asyncio:Task`, `asyncio:Task.cancel`) and is never stored: it is made again by loading the library.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import FunctionType
from typing import Any, Final

from monty_flow.interpreter.builtins.functions import Builtins
from monty_flow.interpreter.builtins.table import BUILTINS
from monty_flow.interpreter.compiler import library
from monty_flow.interpreter.compiler.program import FINDERS, LIBRARY_PROGRAMS, Program
from monty_flow.interpreter.runtime.async_host import HostCalls, natives
from monty_flow.interpreter.runtime.classes import SCRIPT_TYPES
from monty_flow.interpreter.runtime.run import Run

FINDERS.append(library.find_in_library)
LIBRARY_PROGRAMS.append(library.library_program)

#: The name under which a run's globals hold the paths of its libraries.
LOADED: Final = '$libraries'
_NONE: Final[dict[str, dict[int, str]]] = {}


def load_library(
    run: Run, name: str, hosts: Mapping[str, Callable[..., Any]] | None, bind: Callable[[Run, Program], None]
) -> None:
    """Run the body of a library in the globals of a run, unless that has been done; `bind` gives it its helpers."""
    scope = run.globals
    libraries = scope.setdefault(LOADED, {})
    if name in libraries:
        return
    program = library.library_program(name, run.program.forced)
    bind(run, program)
    objects = Builtins(run)
    for builtin in program.builtins_used:
        row = BUILTINS.get(builtin)
        if row is not None:
            plain = row.guard is None or isinstance(row.value, type) or builtin == 'type'
            scope[f'{name}.{builtin}'] = row.value if plain else objects.value(builtin)
    for native, value in natives(run, None if hosts is None else HostCalls(run, hosts)).items():
        scope[f'{name}:{native}'] = value
    libraries[name] = {}
    FunctionType(program.main_code, scope)()
    libraries[name] = _paths(name, scope)


def _paths(name: str, scope: dict[str, Any]) -> dict[int, str]:
    """Return the path of each function and class of a library, by address; they live as long as the run."""
    prefix = f'{name}:'
    found: dict[int, str] = {}
    for path, value in scope.items():
        if path.startswith(prefix):
            if type(value) is FunctionType and value.__globals__ is scope:
                found.setdefault(id(value), path)
            elif type(value) in SCRIPT_TYPES:
                found[id(value)] = path
                for member, part in vars(value).items():
                    if type(part) in (FunctionType, property):
                        found[id(part)] = f'{path}.{member}'
    return found


def path_of(run: Run, value: Any) -> str | None:
    """Return the path of what a library defines, None for anything else."""
    libraries: dict[str, dict[int, str]] = run.globals.get(LOADED, _NONE)
    for paths in libraries.values():
        path = paths.get(id(value))
        if path is not None:
            return path
    return None


def at_path(run: Run, path: str) -> Any:
    """Return what a loaded library defines; raise ValueError for a path that it has not."""
    top, _, member = path.partition('.')
    value = run.globals.get(top)
    if member and type(value) in SCRIPT_TYPES:
        value = vars(value).get(member)
    if path_of(run, value) != path:
        raise ValueError('a library has no such name')
    return value
