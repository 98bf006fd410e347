"""Build the globals in which a program's code runs.

What a program needs is known when it is compiled (`program.helpers`, `program.builtins_used`), so the
part that all its runs share is made once (`Plan`); a run copies that dict and binds what needs the run.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Mapping
from types import FunctionType
from typing import Any

from monty_flow.interpreter.builtins.functions import Builtins
from monty_flow.interpreter.builtins.table import BUILTINS
from monty_flow.interpreter.compiler import generated
from monty_flow.interpreter.compiler.check import REGISTRY
from monty_flow.interpreter.compiler.core import CoreFunction
from monty_flow.interpreter.compiler.operations import SHOWN_OR_COMPARED
from monty_flow.interpreter.compiler.program import FINDERS, Program
from monty_flow.interpreter.errors import LimitReached, MemoryLimitError
from monty_flow.interpreter.limits import DEFAULT_LIMITS
from monty_flow.interpreter.runtime.buffers import iterate
from monty_flow.interpreter.runtime.dataclass_support import (
    GENERATED_HELPERS,
    GENERATING,
)
from monty_flow.interpreter.runtime.external import ExternalFunction, host_call
from monty_flow.interpreter.runtime.guards import Guards
from monty_flow.interpreter.runtime.helper_table import (
    LATER,
    OF_ASKING,
    OF_LOOP,
    OF_PRELUDE,
    OF_RUN,
    OPERATORS,
    SIZED_ONLY,
    STATIC,
    Callees,
    again,
    binder_of,
    prelude_function,
)
from monty_flow.interpreter.runtime.importing import Importer
from monty_flow.interpreter.runtime.namespaces import may_bind
from monty_flow.interpreter.runtime.pause import Pause, capture
from monty_flow.interpreter.runtime.run import FUEL, PRIVATE, Run

# A program finds the methods that are generated for its classes from here on.
FINDERS.append(generated.find_generated)


#: Modules that C code of the admitted types imports for itself while it works; that of warnings, to show one (see `unraisable`).
_IMPORTED_BY_C = frozenset({'_strptime', 'time', 'datetime', '_datetime', 'warnings'})


def _import(name: str, *args: Any, **kwargs: Any) -> Any:
    """Serve imports by C code (`datetime.strptime`); no script can spell the name of this function."""
    if name in _IMPORTED_BY_C:
        return __import__(name, *args, **kwargs)
    raise ImportError(f'{name} is not available')


class _DefaultLimits:
    """Stand for a run under the default limits, for guards that only ask what is too large."""

    limits = DEFAULT_LIMITS
    seconds_used = 0.0

    def charge(self, steps: int) -> None:
        """Take nothing: the loop or function around an operation takes steps of its own."""

    def reserve(self, nbytes: int) -> None:
        """Refuse an object of `nbytes` that would go over the default `max_memory`."""
        limit = DEFAULT_LIMITS.max_memory
        if limit is not None and nbytes > limit:
            raise LimitReached(MemoryLimitError('max_memory', limit))


_DEFAULT_GUARDS = Guards(_DefaultLimits(), None)  # type: ignore[arg-type]


class Plan:
    """What all runs of one program share of their globals."""

    def __init__(self, program: Program) -> None:
        self.program = program
        needed = set(program.helpers)
        if not program.imported.isdisjoint(GENERATING):
            needed |= GENERATED_HELPERS
        self.prelude = self._prelude_needed(needed)
        self.shared: dict[str, Any] = {
            '__name__': '__main__', '__doc__': program.doc, '__file__': program.script_name, REGISTRY: None, FUEL: itertools.repeat(None, 0), '$Pause': Pause, '$capture': capture, '$locals': locals,
            '$Private': PRIVATE, '$Any': BaseException, '$again': again,
        }  # fmt: skip
        self.bound: list[tuple[str, Callable[[Builtins], Any]]] = []
        for name in needed:
            if name == '$iter' and 'memoryview' in program.builtins_used:
                self.shared[name] = iterate
            elif name in STATIC:
                self.shared[name] = STATIC[name]
            elif name in LATER:
                self.shared[name] = LATER[name](name)
            elif not name.startswith(('$p.', FUEL)) and name not in OF_RUN:
                self.bound.append((name, binder_of(name)))
        #: What runs under the default limits share, where it is more.
        self.default: dict[str, Any] | None = None
        self.needs_stoppable = '$stoppable' in needed
        self.needs_import = '$import' in needed or '$import_from' in needed
        #: Whether the script awaits external calls, or awaits at its top level.
        self.needs_loop = not needed.isdisjoint(OF_LOOP)
        #: Whether a run needs nothing but operators and built-in functions.
        self.is_plain = not (self.needs_loop or self.needs_import or self.needs_stoppable or self.prelude)
        self.externals = tuple(program.externals)
        self.hoisted = tuple(program.hoisted)
        #: Host functions of the last run of a straight line, with the built-ins made of them.
        self.last_hosts: tuple[dict[str, Callable[..., Any]], dict[str, Any]] | None = None
        #: Built-ins that all runs share, and the names of those that are bound to a run.
        self.builtins: dict[str, Any] = {'__debug__': False, '__import__': _import}
        self.bound_builtins: list[str] = []
        for name in program.builtins_used:
            row = BUILTINS.get(name)
            if name in program.externals or row is None:
                continue
            if row.guard is None or isinstance(row.value, type) or name == 'type':
                self.builtins[name] = row.value
            else:
                self.bound_builtins.append(name)
        self.stopping_builtins = self.builtins | {name: ExternalFunction(name) for name in program.externals}
        operators = [name for name, _ in self.bound if name in OPERATORS]
        #: Whether a run needs no more of our objects than the guarded operators.
        self.operators_only = len(operators) == len(self.bound) and not self.bound_builtins
        self.operators = [(name, name[1:]) for name in operators]
        if self.operators_only and SIZED_ONLY.issuperset(operators):
            # Under the default limits these know all that they need without the run.
            self.default = self.shared | {name: getattr(_DEFAULT_GUARDS, name[1:]) for name in operators}
        self.needs_objects = bool(self.bound or self.bound_builtins) and not self.operators_only
        #: Whether a run under the default limits asks nothing of its `Run`: a straight line of operators and calls of the host.
        self.needs_no_run = program.is_straight and self.is_plain and self.default is not None

    @functools.cached_property
    def bindable(self) -> frozenset[str]:
        """Names of the source that may be bound in a run's globals by other means than its code."""
        return frozenset(name for name in self.program.own_names if may_bind(self.program, name))

    def _prelude_needed(self, needed: set[str]) -> list[CoreFunction]:
        """Return the functions of the prelude that the program can reach, and add what they need."""
        if '$stoppable' not in needed and not any(name.startswith('$p.') for name in needed):
            return []
        prelude = self.program.prelude
        if prelude is None:
            return []
        needed |= prelude.helpers | OF_PRELUDE
        program = self.program
        # A fifth of the prelude is there for few scripts, and each function is made anew for each run.
        asks = (
            program.asks or 'operator' in program.imported or not program.stopping_methods.isdisjoint(SHOWN_OR_COMPARED)
        )
        functions = [function for function in prelude.functions.values() if function.number]
        return functions if asks else [function for function in functions if function.name not in OF_ASKING]

    def build(self, run: Run, hosts: Mapping[str, Callable[..., Any]] | None) -> dict[str, Any]:
        """Return the globals of a run; with `hosts`, external functions are called at once."""
        default = self.default if run.limits is DEFAULT_LIMITS else None
        scope = self.shared.copy() if default is None else default.copy()
        run.globals = scope
        if not self.program.is_straight:
            scope['$refuel'] = run.burn
        builtins = self.stopping_builtins
        if hosts is not None:
            run.hosts = hosts
            builtins = self.builtins
            if self.program.externals:
                builtins = self.with_hosts(run, hosts)
        objects: Builtins | None = None
        if self.operators_only:
            if self.operators and default is None:
                guards = Guards(run, None)
                for name, method in self.operators:
                    scope[name] = getattr(guards, method)
        elif self.needs_objects:
            objects = Builtins(run)
            for name, bind in self.bound:
                scope[name] = bind(objects)
            if self.bound_builtins:
                builtins = builtins.copy()
                for name in self.bound_builtins:
                    builtins[name] = objects.value(name)
        scope['__builtins__'] = builtins
        # A function finds the built-ins in the globals when it is made.
        for name, code in self.hoisted:
            scope[name] = FunctionType(code, scope)
        if self.is_plain:
            return scope
        if self.needs_import:
            importer = Importer(run, hosts)
            scope['$import'], scope['$import_from'] = importer.load, importer.load_from
        if self.needs_stoppable:
            scope['$stoppable'] = Callees(scope, objects or Builtins(run)).stoppable
        for function in self.prelude:
            scope[f'$p.{function.name}'] = prelude_function(self.program, function, scope)
        if self.needs_loop:
            Importer(run, hosts).load_library('asyncio')
            for name, of_library in OF_LOOP.items():
                scope[name] = scope[of_library]
        return scope

    def build_alone(self, hosts: Mapping[str, Callable[..., Any]]) -> dict[str, Any]:
        """Return the globals of a run that `needs_no_run`."""
        assert self.default is not None
        scope = self.default.copy()
        scope['__builtins__'] = self.with_hosts(None, hosts) if self.externals else self.builtins
        return scope

    def with_hosts(self, run: Run | None, hosts: Mapping[str, Callable[..., Any]]) -> dict[str, Any]:
        """Return the built-ins with the host's functions.

        A straight line has no clock that the host's time must be taken off, so its functions do not know
        the run, and the next run with the same ones uses them again. No script can change them.
        """
        owner = None if run is None or (self.program.is_straight and run.limits is DEFAULT_LIMITS) else run
        # Read once: another thread may put in its own between two reads.
        last = self.last_hosts
        if last is not None and owner is None:
            held = last[0]
            for name in self.externals:
                if hosts.get(name) is not held.get(name):
                    break
            else:
                return last[1]
        given = {name: hosts[name] for name in self.externals if name in hosts}
        builtins = self.builtins.copy()
        for name, function in given.items():
            builtins[name] = host_call(name, function, owner)
        if owner is None:
            self.last_hosts = (given, builtins)
        return builtins


def plan_of(program: Program) -> Plan:
    """Return the plan of a program, made once."""
    plan = program.plan
    if plan is None:
        plan = program.plan = Plan(program)
    return plan  # type: ignore[no-any-return]
