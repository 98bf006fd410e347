"""What the kinds of values ask for while a heap is written or read."""

from __future__ import annotations

from typing import Any

from monty_flow.interpreter import modules
from monty_flow.interpreter.builtins.functions import Builtins
from monty_flow.interpreter.compiler.library import LIBRARIES
from monty_flow.interpreter.runtime.importing import Importer, library_of
from monty_flow.interpreter.runtime.libraries import LOADED, at_path
from monty_flow.interpreter.runtime.run import Run
from monty_flow.interpreter.runtime.scripted_modules import Library
from monty_flow.interpreter.runtime.tracebacks import EARLIER, entries_of
from monty_flow.interpreter.snapshot.relocation import Relocation
from monty_flow.interpreter.snapshot.restoring import restore_globals


class Context:
    """What kinds ask for while a heap is written or read."""

    __slots__ = ('_objects', 'generators', 'own_functions', 'program', 'relocation', 'run')

    def __init__(self, run: Run, relocation: Relocation | None = None) -> None:
        self.run = run
        #: Whose functions the heap names; those of another program than the run's are replaced by the relocation.
        self.program = run.program if relocation is None else relocation.old
        self.relocation = relocation
        #: Functions of the program by the address of their code; none where some may go by the name that a library has for them.
        alone = run.library is None and LOADED not in run.globals
        self.own_functions = self.program.code_functions if alone else {}
        #: Restored generators that have yet to run to where they stood.
        self.generators: list[Any] = []
        self._objects: Builtins | None = None

    def show_names(self, names: dict[str, Any]) -> None:
        """Take globals that are built, and may be empty yet: the `__hash__` of a script may ask for its own."""
        restore_globals(self.run, names)

    def objects(self) -> Builtins:
        """Return built-in functions bound to the run."""
        if self._objects is None:
            self._objects = Builtins(self.run)
        return self._objects

    def library(self) -> Library:
        """Return the library modules of the run."""
        return library_of(self.run)

    def module(self, name: str) -> Any:
        """Return a module of the run, for scripts or for library modules: none gives more than a script may have."""
        if not modules.is_known(name):
            raise ValueError('there is no such module')
        return Importer(self.run, None).load(name)

    def library_value(self, path: str) -> Any:
        """Return what a library defines under a path, loading the library where that is not done yet."""
        name = path.partition(':')[0]
        if name not in LIBRARIES:
            raise ValueError('there is no such library')
        Importer(self.run, None).load_library(name)
        return at_path(self.run, path)

    def traceback_entries(self, error: BaseException) -> list[Any]:
        """Return the lines of an exception's traceback, for the snapshot."""
        return [list(entry) for entry in entries_of(error, self.program)]

    def set_traceback_entries(self, error: BaseException, entries: list[Any]) -> None:
        """Give an exception the traceback lines that it had."""
        for entry in entries:
            if type(entry) is not list or len(entry) != 2 or type(entry[0]) is not str or type(entry[1]) is not int:
                raise ValueError('a traceback entry is malformed')
        if entries:
            error.__dict__[EARLIER] = [tuple(entry) for entry in entries]
