"""The library modules of one run: their globals, and the names of what they have made.

A module's body runs once a run, when it is first imported. What it binds (functions, classes, instances) is known by
module and name, and a snapshot stores it so; it is made again when the run is loaded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import FunctionType
from typing import TYPE_CHECKING, Any

from monty_flow.interpreter import modules
from monty_flow.interpreter.compiler.scripted import SEPARATOR, library_program, variant_for
from monty_flow.interpreter.runtime.classes import SCRIPT_TYPES
from monty_flow.interpreter.runtime.run import Run

if TYPE_CHECKING:
    from monty_flow.interpreter.compiler.program import Program

#: Values that are equal wherever they are made, and containers, which a snapshot stores whole.
_BY_VALUE = frozenset({type(None), bool, int, float, complex, str, bytes, tuple, list, dict, set, frozenset})


class Library:
    """The library modules that a run has loaded."""

    __slots__ = ('_names', '_provide', '_run', 'loaded')

    def __init__(self, run: Run, provide: Callable[[Run, Program], None]) -> None:
        self._run = run
        #: Puts the helpers that a program asks for into the run's globals.
        self._provide = provide
        #: Names of the sources whose bodies have run.
        self.loaded: set[str] = set()
        #: (module, path) of each object by address; the run's globals keep them alive.
        self._names: dict[int, tuple[str, str]] = {}

    def load(self, name: str) -> None:
        """Run the body of a module, unless it has run."""
        if name in self.loaded:
            return
        self.loaded.add(name)
        user = self._run.program
        program = library_program(name, variant_for(user), user.forced)
        scope = self._run.globals
        self._provide(self._run, program)
        scope[f'{name}{SEPARATOR}__name__'] = name
        try:
            FunctionType(program.main_code, scope)()
        except BaseException:
            self.loaded.discard(name)
            raise
        prefix = f'{name}{SEPARATOR}'
        state = modules.source_of(name).state.split()
        for key, value in list(scope.items()):
            if key.startswith(prefix) and key[len(prefix) :] not in state:
                self._note(name, key[len(prefix) :], value)

    def _note(self, module: str, path: str, value: Any) -> None:
        if type(value) in _BY_VALUE or id(value) in self._names or not _is_own(value, module):
            return
        self._names[id(value)] = (module, path)
        if type(value) is FunctionType and value.__module__ == '__main__':
            value.__module__ = modules.source_of(module).shown
        if type(value) in SCRIPT_TYPES:
            for name, member in vars(value).items():
                if type(member) is FunctionType or type(member) in SCRIPT_TYPES:
                    self._note(module, f'{path}.{name}', member)

    def state(self) -> dict[str, Any]:
        """Return what loaded modules keep and a snapshot stores, by its global name."""
        scope = self._run.globals
        return {
            f'{module}{SEPARATOR}{name}': scope[f'{module}{SEPARATOR}{name}']
            for module in sorted(self.loaded)
            for name in modules.source_of(module).state.split()
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Take back what `state` gave; raise LookupError for names that keep nothing."""
        for key, value in state.items():
            module, _, name = key.partition(SEPARATOR)
            if not modules.is_scripted(module) or name not in modules.source_of(module).state.split():
                raise LookupError(f'no module keeps {key!r}')
            self.load(module)
            self._run.globals[key] = value

    def value(self, module: str, path: str) -> Any:
        """Return what a module has under a path; raise LookupError where it has nothing."""
        self.load(module)
        first, *rest = path.split('.')
        found = self._run.globals[f'{module}{SEPARATOR}{first}']
        for name in rest:
            found = vars(found)[name]
        if id(found) not in self._names:
            raise LookupError(f'{module} has no {path} that is known by name')
        return found

    def name_of(self, value: Any) -> tuple[str, str] | None:
        """Return (module, path) of what a module has made, None for anything else."""
        return self._names.get(id(value))

    def exports(self, module: str, names: frozenset[str]) -> Iterator[tuple[str, Any]]:
        """Give what a module binds of these names."""
        self.load(module)
        scope = self._run.globals
        for name in names:
            key = f'{module}{SEPARATOR}{name}'
            if key in scope:
                yield name, scope[key]


def _is_own(value: Any, module: str) -> bool:
    """Tell whether a value was made by a library module, not imported from a native one."""
    kind = type(value)
    if kind is FunctionType:
        return str(value.__code__.co_filename).startswith('<monty-flow module ')
    return kind in SCRIPT_TYPES or type(kind) in SCRIPT_TYPES or kind is object
