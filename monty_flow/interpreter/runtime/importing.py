"""The import statements of a run, and what the modules that they load need in its globals."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from monty_flow.interpreter import modules
from monty_flow.interpreter.builtins.functions import Builtins
from monty_flow.interpreter.compiler.library import LIBRARIES
from monty_flow.interpreter.compiler.program import Program
from monty_flow.interpreter.modules import flow
from monty_flow.interpreter.modules.module import Definition
from monty_flow.interpreter.runtime.dataclass_support import BINDERS, GENERATED_HELPERS, GENERATING, LIBRARY_GETTERS
from monty_flow.interpreter.runtime.external import ExternalFunction, host_call
from monty_flow.interpreter.runtime.helper_table import (
    LATER,
    OF_PIECES,
    OF_PRELUDE,
    OF_RUN,
    STATIC,
    Callees,
    binder_of,
    of_pieces,
    prelude_function,
)
from monty_flow.interpreter.runtime.libraries import load_library
from monty_flow.interpreter.runtime.namespaces import PROVIDERS
from monty_flow.interpreter.runtime.run import FUEL, Run
from monty_flow.interpreter.runtime.scripted_modules import Library

#: Functions of modules that are external calls.
MODULE_EXTERNALS = {name: ExternalFunction(name) for name in ('time.sleep', *(f'flow.{call}' for call in flow.CALLS))}


def bind_generated(run: Run) -> None:
    """Put into a run's globals what generated methods ask for, where its program did not say that it has such."""
    if not run.globals.keys() >= GENERATED_HELPERS:
        _provide(run, GENERATED_HELPERS)


def provide_helpers(run: Run, program: Program) -> None:
    """Put into a run's globals what the code of a library module asks for."""
    _provide(run, program.helpers)


def _provide_piece(run: Run, program: Program) -> None:
    """Put into a run's globals what code made of text asks for; all that pieces share is there after the first."""
    scope = run.globals
    if '$pieces' not in scope or not program.helpers <= scope.keys():
        _provide(run, program.helpers | OF_PIECES)
        scope['$pieces'] = True


def _provide(run: Run, helpers: Iterable[str]) -> None:
    """Put helpers into a run's globals, with the prelude and what it asks for."""
    scope = run.globals
    objects = Builtins(run)
    prelude = run.program.prelude
    wanted = {*helpers, *(prelude.helpers if prelude is not None else ()), *OF_PRELUDE}
    for name in wanted:
        if name not in scope and not name.startswith(('$p.', FUEL)) and name not in OF_RUN:
            if name in LATER:
                scope[name] = LATER[name](name)
            elif name in OF_PIECES:
                scope[name] = of_pieces(name)
            else:
                scope[name] = STATIC[name] if name in STATIC else binder_of(name)(objects)
    scope.setdefault('$refuel', run.burn)
    scope.setdefault('$stoppable', Callees(scope, objects).stoppable)
    if '$import' not in scope:
        importer = Importer(run, None)
        scope['$import'], scope['$import_from'] = importer.load, importer.load_from
    if prelude is not None:
        for function in prelude.functions.values():
            if function.number and f'$p.{function.name}' not in scope:
                scope[f'$p.{function.name}'] = prelude_function(run.program, function, scope)


class Importer:
    """Serve the import statements of one run."""

    __slots__ = ('_externals', '_hosts', '_run')

    def __init__(self, run: Run, hosts: Mapping[str, Callable[..., Any]] | None) -> None:
        self._run = run
        self._hosts = hosts
        self._externals: dict[str, object] = dict(MODULE_EXTERNALS)
        if hosts is not None:
            self._externals = {
                name: host_call(name, hosts.get(name) or _stand_in(name, run), run) for name in MODULE_EXTERNALS
            }

    def load(self, name: str) -> Any:
        """Return the module `name` of this run."""
        loaded = self._run.modules
        if loaded is None:
            loaded = self._run.modules = {}
        module = loaded.get(name)
        if name in GENERATING:
            bind_generated(self._run)
        if module is None:
            if name not in modules.DEFINITIONS:
                raise ImportError(f"No module named '{name}'")
            if name in LIBRARIES:
                self.load_library(name)
            module = modules.load(name, self._run, self._externals)
            definition = modules.DEFINITIONS[name]
            if definition.scripted is not None:
                load = functools.partial(_of_script, self._run, definition)
                object.__setattr__(module, '_library', load)
            loaded[name] = module
        return module

    def load_library(self, name: str) -> None:
        """Load a library that is written in the script language."""
        load_library(self._run, name, self._hosts, self._bind)

    def _bind(self, run: Run, program: Program) -> None:
        """Put into a run's globals what a library asks for."""
        provide_helpers(run, program)
        run.globals.setdefault('$import', self.load)
        run.globals.setdefault('$import_from', self.load_from)

    def load_from(self, module: str, name: str) -> Any:
        """Return one export of a module."""
        if name not in modules.DEFINITIONS[module].readable:
            if f'{module}.{name}' in modules.NAMES:
                return self.load(f'{module}.{name}')
            raise ImportError(f"cannot import name '{name}' from '{module}'")
        return getattr(self.load(module), name)


def _of_script(run: Run, definition: Definition) -> Iterator[tuple[str, Any]]:
    """Give what a module has of its source: what is not native, and what has to be able to stop in this run."""
    assert definition.scripted is not None
    native = definition.native - (definition.stoppable if run.program.calls_back else frozenset())
    return library_of(run).exports(definition.scripted.name, definition.readable - native)


def library_of(run: Run) -> Library:
    """Return the library modules of a run."""
    if run.library is None:
        run.library = Library(run, provide_helpers)
    return run.library


def _stand_in(name: str, run: Run) -> Callable[..., Any]:
    """Return what a function of a module does in `Monty.run` that the host has not given."""
    if name == 'time.sleep':
        return run.sleep

    def refuse(*args: Any, **kwargs: Any) -> Any:
        raise RuntimeError(f'{name}() asks the engine, and there is none here: submit the script as a run')

    return refuse


# What is generated for classes, and made of text, needs helpers in a run's globals; its modules are imported by this one.
BINDERS.append(bind_generated)
PROVIDERS.append(_provide_piece)
LIBRARY_GETTERS.append(library_of)
