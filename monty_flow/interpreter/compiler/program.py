"""A compiled program: immutable, made once per source, run many times and from many threads."""

from __future__ import annotations

import ast
import threading
from collections.abc import Callable
from functools import cached_property
from types import CodeType
from typing import Any

from monty_flow.interpreter.compiler import emit, feeds
from monty_flow.interpreter.compiler.annotations import Annotations
from monty_flow.interpreter.compiler.core import CoreFunction, Stop
from monty_flow.interpreter.compiler.parse import TOO_DEEP, syntax_error
from monty_flow.interpreter.compiler.unit import Unit
from monty_flow.interpreter.errors import InternalError, MontySyntaxError
from monty_flow.interpreter.runtime.run import CODE_FILE

PRELUDE_FILE = '<monty-flow prelude>'
#: File name of the code of generated methods, whose last constant is their identity.
GENERATED_FILE = '<monty-flow generated>'
#: File names of the code of libraries begin so.
LIBRARY_FILE = '<monty-flow library '
#: How the file names of the code of library modules begin: the name of the source follows, and `>`.
MODULE_FILE = '<monty-flow module '
#: Operations of a straight line that may make something big; each is judged by itself.
MAX_GROWING = 2


#: What finds, for a run of a program, the program and function of an identity that is not of its own; set by `generated`
#: and `library`, which are themselves built on this module.
FINDERS: list[Callable[[Program, str], tuple[Program, CoreFunction] | None]] = []


#: Modules with functions that wait.
WAITING = frozenset({'asyncio', 'concurrent', 'concurrent.futures', 'flow'})
#: What finds whose code of a library module an object is.
CODE_FINDERS: list[Callable[[Program, CodeType], tuple[Program, CoreFunction] | None]] = []

#: What gives the program of a library; set by `libraries`, for the same reason.
LIBRARY_PROGRAMS: list[Callable[[str, bool], Program]] = []


class Program:
    """Code objects and tables of one script."""

    #: Lines before those of each feed, for the program of a session.
    feeds: tuple[int, ...] = ()
    #: What a script holds of a program that was made of its text.
    piece: Any = None
    #: The docstring of the source.
    doc: str | None = None
    #: The same script compiled for a host that answers each call at once, once it has been run so.
    answered: Program | None = None

    def __init__(
        self,
        unit: Unit,
        inputs: tuple[str, ...],
        main: CoreFunction,
        *,
        forced: bool,
        prelude: Callable[[], Program] | None,
        growing: int,
        generated: str | None = None,
    ) -> None:
        self.source, self.script_name = unit.source, unit.script_name
        self.inputs = inputs
        self.declared = unit.declared
        self.lines = unit.lines
        self.functions = unit.functions
        self.main = main
        self.forced = forced
        #: What gives the prelude; None for the prelude itself. It is compiled when a program first needs it.
        self._prelude = prelude
        self.is_prelude = unit.is_prelude
        self.library = unit.library
        #: The name of the source of a library module.
        self.module = unit.module
        #: Names that the source binds at its top level.
        self.own_names = (
            frozenset(unit.found.main.bound) | unit.found.main.defined.keys() | unit.found.assigned_globals()
        )
        #: Whether a function of the script that may stop can be called by who does not know it.
        self.calls_back = unit.stops.calls_back
        #: Whether all its functions have to be able to stop even where the host answers each call at once: it waits for what
        #: runs at the same time, or makes code of text, which is compiled as one that may.
        self.must_stop = bool(unit.found.awaits) or unit.stops.evaluates_here or not WAITING.isdisjoint(unit.imported)
        #: The identity of the function of a generated program.
        self.generated = generated
        #: Names of methods that may stop, of any class of the script.
        self.stopping_methods = frozenset(unit.stops.methods)
        #: Names that are external functions; whether C may ask a method that may stop in the middle of what it does.
        self.externals, self.asks = frozenset(unit.stops.externals), unit.stops.asks
        self.helpers = frozenset(unit.helpers)
        #: The modules that the script imports.
        self.imported = frozenset(unit.imported)
        self.builtins_used = frozenset(unit.builtins_used)
        #: Inputs that inner functions use; they are globals of the run, the others parameters of `main`.
        self.global_inputs = tuple(name for name in inputs if name in unit.found.global_names)
        self.local_inputs = tuple(name for name in inputs if name not in unit.found.global_names)
        #: Whether the script is a straight line: nothing in it takes steps, and too little in it can take long or grow, so
        #: a run under the default limits needs no clock. Decimal arithmetic has a context that is put in place when a
        #: stretch begins.
        self.is_straight = not unit.takes_steps and growing <= MAX_GROWING and 'decimal' not in unit.imported
        self.source_bytes = len(unit.source.encode())
        #: Whether the script can stop at all.
        self.can_stop = bool(unit.stops.stops)
        #: Whether the script defines functions, and so may recurse.
        self.has_functions = len(unit.functions) > 1 or unit.stops.evaluates
        self.by_identity: dict[int | str, CoreFunction] = {
            function.identity: function for function in unit.functions.values()
        }
        # A function in a `finally` that is laid out twice has two sets of lines, and one identity.
        self._stop_lines = {stop.line: stop for function in unit.all_functions for stop in function.stops}
        self._by_line = {function.line: function for function in unit.all_functions}
        #: Every code object of the program by address, whichever version it belongs to; kept alive by `_kept`.
        self.code_functions: dict[int, CoreFunction] = {}
        #: The code object from which a function is made anew, by function number.
        self.codes: dict[int, CodeType] = {}
        self._kept: list[CodeType] = []
        self._resume: dict[int, CodeType] = {}
        self._lock = threading.Lock()
        #: What all runs share of their globals; made by `namespace.plan_of`.
        self.plan: Any = None
        #: Whether the script may hold the namespace of an instance as a dict.
        #: ... and whether functions have annotations that it can see.
        self.shows_namespaces, self.has_annotations = (
            '__dict__' in self.source or 'vars' in self.source,
            unit.found.annotations is not Annotations.UNSEEN,
        )
        module = emit.fast_module(unit.all_functions, main, unit.hoisted.values(), forced=forced)
        top = self._compile(module)
        #: Code of functions that every run has in its globals from the start.
        self.hoisted = [(name, self._named(_inner_code(top, name), canonical=True)) for name in unit.hoisted]
        self.main_code = self._named(_inner_code(top, emit.MAIN_NAME), canonical=True)

    def _compile(self, module: ast.Module) -> CodeType:
        file = CODE_FILE if self.module is None else f'{MODULE_FILE}{self.module}>'
        if self.is_prelude:
            file = PRELUDE_FILE if self.generated is None else GENERATED_FILE
        if self.library:
            file = f'{LIBRARY_FILE}{self.library}>'
            self._prefix_builtins(module)
        try:
            return compile(module, file, 'exec', dont_inherit=True, optimize=0)
        except SyntaxError as error:
            error.lineno = self.lines.source_line(error.lineno or 0)
            raise syntax_error(error, self.source, self.script_name) from None
        except (RecursionError, MemoryError, OverflowError):
            raise MontySyntaxError(f'SyntaxError: {TOO_DEEP}', script_name=self.script_name) from None
        except ValueError as error:
            raise InternalError(f'the emitted code was refused: {error}') from error

    def _prefix_builtins(self, module: ast.Module) -> None:
        """Give the built-ins that a library uses names of their own, which no script can rebind."""
        for node in ast.walk(module):
            if type(node) is ast.Name and node.id in self.builtins_used and ':' not in node.id:
                node.id = f'{self.library}.{node.id}'

    def _named(self, code: CodeType, *, canonical: bool) -> CodeType:
        """Return code with the script's names, for itself and all functions inside, and note whose code it is."""
        consts = tuple(
            self._named(item, canonical=canonical) if type(item) is CodeType else item for item in code.co_consts
        )
        function = self._by_line.get(code.co_firstlineno)
        if function is None or (code.co_name.startswith('<') and function.name != code.co_name):
            code = code.replace(co_consts=consts)
        else:
            qualname, name = function.qualname, function.name
            if self.generated is not None:
                consts = (*consts, self.generated)
            code = code.replace(co_consts=consts, co_name=name, co_qualname=qualname)
            self.code_functions[id(code)] = function
            self._kept.append(code)
            if canonical:
                self.codes.setdefault(function.number, code)
        return code

    @property
    def prelude(self) -> Program | None:
        """Return the prelude, compiled when it is first asked for; None for the prelude itself."""
        return None if self._prelude is None else self._prelude()

    @cached_property
    def sha256(self) -> bytes:
        """The digest of the source, for snapshots: each has it."""
        from hashlib import sha256  # it loads OpenSSL, which a run without snapshots has no use for

        return sha256(self.source.encode()).digest()

    @property
    def is_session(self) -> bool:
        """Tell whether the program is that of a session, which can be fed."""
        return bool(self.feeds)

    def place_of(self, line: int) -> tuple[str, int]:
        """Return the file and the line in it that tracebacks name for a line of the source."""
        if not self.feeds:
            return self.script_name, line
        number, inner = feeds.place_of(self.feeds, line)
        return f'feed {number}', inner

    def resume_code(self, function: CoreFunction) -> CodeType:
        """Return the code of a function's resume version, compiled when it is first asked for."""
        code = self._resume.get(function.number)
        if code is None:
            with self._lock:
                code = self._resume.get(function.number)
                if code is None:
                    top = self._compile(emit.resume_module(function))
                    inner = _inner_code(_inner_code(top, '$holder'), emit.MAIN_NAME)
                    code = self._resume[function.number] = self._named(inner, canonical=False)
        return code

    def find_function(self, identity: int | str) -> tuple[Program, CoreFunction]:
        """Return a function by the identity under which pauses record it, with the program that it is of."""
        function = self.by_identity.get(identity)
        if function is not None:
            return self, function
        prelude = self.prelude
        if prelude is not None and identity in prelude.by_identity:
            return prelude, prelude.by_identity[identity]
        if type(identity) is str:
            for find in FINDERS:
                found = find(self, identity)
                if found is not None:
                    return found
        raise LookupError(f'there is no function {identity!r} in {self.script_name}')

    def stop_at(self, function: CoreFunction, line: int, *, suspended: bool) -> Stop | None:
        """Return the stop of a function on an emitted line: a yield of one that is `suspended`, else a call."""
        for waiting in function.native_waits.get(line, ()):
            if waiting.is_yield is suspended:
                return waiting
        stop = self._stop_lines.get(line)
        return None if stop is None else function.stop_named(stop.node, stop.part)

    def function_of_code(self, code: CodeType) -> tuple[Program, CoreFunction] | None:
        """Return whose code an object is, or None for code that is not the script's."""
        function = self.code_functions.get(id(code))
        if function is not None:
            return self, function
        if code.co_filename == GENERATED_FILE:
            return self.find_function(code.co_consts[-1])
        if code.co_filename.startswith(LIBRARY_FILE) and not self.library:
            library = LIBRARY_PROGRAMS[0](code.co_filename[len(LIBRARY_FILE) : -1], self.forced)
            return library.function_of_code(code)
        if code.co_filename.startswith(MODULE_FILE):
            for find_code in CODE_FINDERS:
                found = find_code(self, code)
                if found is not None:
                    return found
            return None
        if code.co_filename != PRELUDE_FILE or self._prelude is None:
            return None
        return self._prelude().function_of_code(code)


def _inner_code(code: CodeType, name: str) -> CodeType:
    for item in code.co_consts:
        if type(item) is CodeType and item.co_name == name:
            return item
    raise InternalError(f'no code named {name!r} was emitted')
