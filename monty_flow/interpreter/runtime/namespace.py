"""Build the globals in which a program's code runs.

What a program needs is known when it is compiled (`program.helpers`, `program.builtins_used`), so the
part that all its runs share is made once (`Plan`); a run copies that dict and binds what needs the run.
"""

from __future__ import annotations

import functools
import itertools
import operator
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import FunctionType, MethodType
from typing import Any, NoReturn

from monty_flow.interpreter import modules
from monty_flow.interpreter.builtins.functions import Builtins
from monty_flow.interpreter.builtins.table import BUILTINS, REFUSED_BUILTINS
from monty_flow.interpreter.compiler import generated
from monty_flow.interpreter.compiler.core import CoreFunction
from monty_flow.interpreter.compiler.library import LIBRARIES
from monty_flow.interpreter.compiler.program import FINDERS, Program
from monty_flow.interpreter.compiler.stopping import EVALUATING, PRELUDE
from monty_flow.interpreter.errors import LimitReached, MemoryLimitError
from monty_flow.interpreter.limits import DEFAULT_LIMITS
from monty_flow.interpreter.modules import flow
from monty_flow.interpreter.modules.module import Definition, Functions
from monty_flow.interpreter.runtime import collections_support as support
from monty_flow.interpreter.runtime import coroutines, groups, operating
from monty_flow.interpreter.runtime.attributes import delete_script_attribute, script_attribute, set_script_attribute
from monty_flow.interpreter.runtime.buffers import iterate
from monty_flow.interpreter.runtime.cancellation import CancelledError
from monty_flow.interpreter.runtime.classes import (
    SCRIPT_TYPES,
    ScriptBaseException,
    ScriptType,
    annotate,
    begin_or_make,
    has_contains,
    initialiser,
    is_constructible,
    is_own_method,
    is_script_instance,
    make_class,
    name_hooks,
    new_instance,
    set_name_error,
    subclass_hook,
)
from monty_flow.interpreter.runtime.dataclass_fields import replaced
from monty_flow.interpreter.runtime.dataclass_support import (
    BINDERS,
    GENERATED_HELPERS,
    GENERATED_STATIC,
    GENERATING,
    LIBRARY_GETTERS,
)
from monty_flow.interpreter.runtime.external import ExternalFunction, HostFunction
from monty_flow.interpreter.runtime.generators import END, Done, PausableGenerator, delegate, next_or_end
from monty_flow.interpreter.runtime.guards import Guards
from monty_flow.interpreter.runtime.libraries import load_library
from monty_flow.interpreter.runtime.loads import METHOD_TYPES
from monty_flow.interpreter.runtime.namespaces import PROVIDERS, local_names, may_bind
from monty_flow.interpreter.runtime.pause import Barrier, Pause, capture
from monty_flow.interpreter.runtime.run import FUEL, PRIVATE, Run
from monty_flow.interpreter.runtime.scripted_modules import Library
from monty_flow.interpreter.runtime.universe import begin_type

# A program finds the methods that are generated for its classes from here on.
FINDERS.append(generated.find_generated)

#: Functions of modules that are external calls.
MODULE_EXTERNALS = {name: ExternalFunction(name) for name in ('time.sleep', *(f'flow.{call}' for call in flow.CALLS))}
#: What `except:` and `except BaseException` of a script catch.
CATCHABLE = (
    Exception,
    SystemExit,
    KeyboardInterrupt,
    GeneratorExit,
    BaseExceptionGroup,
    CancelledError,
    ScriptBaseException,
)


def _again(iterator: Any) -> Any:
    """Return an iterator whose first item stands for the one in hand when the loop was left."""
    return itertools.chain((None,), iterator)


def _same(value: Any) -> Any:
    """Return the value; CPython looks at what is to be raised in this thread when a function begins."""
    return value


def refuse_builtin(name: str) -> NoReturn:
    """Raise the error of a built-in that the sandbox does not give."""
    raise NameError(f"the built-in '{name}' is refused: {REFUSED_BUILTINS[name]}", name=name)


def no_module(name: str) -> NoReturn:
    """Raise the error of an import of a module that is not there, or that is in a package that is not."""
    words = name.split('.')
    packages = ('.'.join(words[:count]) for count in range(1, len(words) + 1))
    missing = next(package for package in packages if package not in modules.NAMES)
    error = ModuleNotFoundError(f"No module named '{missing}'", name=missing)
    error.add_note(f'in the sandbox: {modules.reason_against(name)}')
    raise error


#: Helpers that all runs share, by the name under which emitted code loads them.
STATIC: dict[str, Any] = {
    '$Pause': Pause, '$capture': capture, '$locals': locals, '$Private': PRIVATE, '$Catchable': CATCHABLE,
    '$Any': BaseException, '$again': _again, '$end': END, '$next': next_or_end, '$step': PausableGenerator.__next__, '$delegate': delegate, '$Done': Done, '$pausable': PausableGenerator,
    '$type': type, '$int': int, '$float': float, '$bool': bool, '$iter': iter, '$slice': slice, '$set': set, '$dict': dict, '$list': list,
    '$tuple': tuple, '$len': len, '$same': _same, '$AssertionError': AssertionError, '$StopIteration': StopIteration,
    '$TypeError': TypeError, '$is_pausable': support.is_pausable, '$has_keys': support.has_keys, '$is_list': support.is_list,
    '$native_next': next, '$zip': zip, '$enumerate': enumerate, '$take': next, '$isinstance': isinstance, '$Method': MethodType, '$str': str, '$pick': support.pick, '$order': support.order, '$replace': support.replace,
    '$native_sort': support.native_sort, '$zip_error': support.zip_error, '$enter': support.enter,
    '$leave': support.leave, '$make_class': make_class, '$begin_class': begin_or_make, '$begin_type': begin_type, '$name_hooks': name_hooks, '$subclass_hook': subclass_hook, '$set_name_error': set_name_error, '$Exception': Exception, '$local_names': local_names, '$ScriptType': ScriptType, '$method_types': METHOD_TYPES, '$callable_': callable, '$sorted': sorted, '$native_super': super, '$has_contains': has_contains, '$is_class': is_constructible,
    '$set_any': setattr, '$delete_item': operator.delitem, '$delete_any': delattr, '$in_place': support.in_place,
    '$is_script': is_script_instance, '$new': new_instance, '$initialiser': initialiser,
    '$script_attribute': script_attribute, '$set_attribute': set_script_attribute,
    '$delete_attribute': delete_script_attribute, '$substitution': support.substitution, '$substitute': support.substitute,
    '$join': support.join, '$matches': support.matches, **GENERATED_STATIC, '$replaced': replaced, '$annotate': annotate, '$is_own_method': is_own_method, **coroutines.HELPERS,
    '$no_module': no_module, '$refused': refuse_builtin, **groups.HELPERS, **operating.HELPERS,
}  # fmt: skip
#: Helpers of classes that are enumerations: their module is loaded with the first program that needs one.
_OF_ENUMS = {'$notes_of': 'notes_of', '$note': 'note_binding', '$finish_members': 'finish_members'}
#: The same for code that a script makes of text.
_OF_PIECES = frozenset({'$mapping', '$put', '$store', '$drop', '$display'})
#: Prelude helpers that are guarded built-ins.
_NATIVE = {
    '$native_sorted': 'sorted',
    '$native_min': 'min',
    '$native_max': 'max',
    '$native_sum': 'sum',
    '$native_print': 'print',
}


#: Modules that C code of the admitted types imports for itself while it works.
_IMPORTED_BY_C = frozenset({'_strptime', 'time', 'datetime', '_datetime'})


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
            '__name__': '__main__', '__doc__': program.doc, FUEL: itertools.repeat(None, 0), '$Pause': Pause, '$capture': capture, '$locals': locals,
            '$Private': PRIVATE, '$Any': BaseException, '$again': _again,
        }  # fmt: skip
        self.bound: list[tuple[str, Callable[[Builtins], Any]]] = []
        for name in needed:
            if name == '$iter' and 'memoryview' in program.builtins_used:
                self.shared[name] = iterate
            elif name in STATIC:
                self.shared[name] = STATIC[name]
            elif name in _OF_ENUMS:
                self.shared[name] = _of_enums(name)
            elif not name.startswith(('$p.', FUEL)) and name not in _OF_RUN:
                self.bound.append((name, _binder(name)))
        #: What runs under the default limits share, where it is more.
        self.default: dict[str, Any] | None = None
        self.needs_stoppable = '$stoppable' in needed
        self.needs_import = '$import' in needed or '$import_from' in needed
        #: Whether the script awaits external calls, or awaits at its top level.
        self.needs_loop = not needed.isdisjoint(_OF_LOOP)
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
        operators = [name for name, _ in self.bound if name in _OPERATORS]
        #: Whether a run needs no more of our objects than the guarded operators.
        self.operators_only = len(operators) == len(self.bound) and not self.bound_builtins
        self.operators = [(name, name[1:]) for name in operators]
        if self.operators_only and _SIZED_ONLY.issuperset(operators):
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
        needed |= prelude.helpers | set(STATIC) | set(_NATIVE) | {'$contains', '$add', '$operation', *_EVALUATING}
        return [function for function in prelude.functions.values() if function.number]

    def build(self, run: Run, hosts: Mapping[str, Callable[..., Any]] | None) -> dict[str, Any]:
        """Return the globals of a run; with `hosts`, external functions are called at once."""
        default = self.default if run.limits is DEFAULT_LIMITS else None
        scope = self.shared.copy() if default is None else default.copy()
        run.globals = scope
        if not self.program.is_straight:
            scope['$refuel'] = run.burn
        builtins = self.stopping_builtins
        if hosts is not None:
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
            scope[f'$p.{function.name}'] = self.prelude_function(function, scope)
        if self.needs_loop:
            Importer(run, hosts).load_library('asyncio')
            for name, of_library in _OF_LOOP.items():
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
            builtins[name] = HostFunction(name, function, owner).call
        if owner is None:
            self.last_hosts = (given, builtins)
        return builtins

    def prelude_function(self, function: CoreFunction, scope: dict[str, Any]) -> FunctionType:
        assert self.program.prelude is not None
        made = FunctionType(self.program.prelude.codes[function.number], scope, function.name)
        args = function.args
        values = [_default(default) for default in args.defaults]
        made.__defaults__ = tuple(values) or None
        made.__kwdefaults__ = {
            arg.arg: _default(default) for arg, default in zip(args.kwonlyargs, args.kw_defaults, strict=True)
        }
        return made


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
        _provide(run, program.helpers | _OF_PIECES)
        scope['$pieces'] = True


def _provide(run: Run, helpers: Iterable[str]) -> None:
    """Put helpers into a run's globals, with the prelude and what it asks for."""
    scope = run.globals
    objects = Builtins(run)
    prelude = run.program.prelude
    wanted = {
        *helpers,
        *(prelude.helpers if prelude is not None else ()),
        *STATIC,
        *_NATIVE,
        '$contains',
        '$add',
        '$operation',
        *_EVALUATING,
    }
    for name in wanted:
        if name not in scope and not name.startswith(('$p.', FUEL)) and name not in _OF_RUN:
            if name in _OF_ENUMS:
                scope[name] = _of_enums(name)
            elif name in _OF_PIECES:
                scope[name] = _of_pieces(name)
            else:
                scope[name] = STATIC[name] if name in STATIC else _binder(name)(objects)
    scope.setdefault('$refuel', run.burn)
    scope.setdefault('$stoppable', Callees(scope, objects).stoppable)
    if '$import' not in scope:
        importer = Importer(run, None)
        scope['$import'], scope['$import_from'] = importer.load, importer.load_from
    if prelude is not None:
        plan = plan_of(run.program)
        for function in prelude.functions.values():
            if function.number and f'$p.{function.name}' not in scope:
                scope[f'$p.{function.name}'] = plan.prelude_function(function, scope)


BINDERS.append(bind_generated)
PROVIDERS.append(_provide_piece)
#: Helpers with which the prelude runs what a script has made of text.
_EVALUATING = frozenset({'$piece', '$piece_ended'})

#: Helpers that are functions of the asyncio library.
_OF_LOOP = {
    '$start_call': 'asyncio:start_call',
    '$run_main': 'asyncio:run',
    '$anext_or': 'asyncio:anext_or',
    '$awaited': 'asyncio:awaited',
}
_OF_RUN = frozenset({*_OF_LOOP, FUEL, '$refuel', '$import', '$import_from', '$stoppable'})


#: Guards that need nothing but the run's limits.
_OPERATORS = frozenset(
    {
        '$add',
        '$mul',
        '$pow',
        '$lshift',
        '$mod',
        '$iadd',
        '$imul',
        '$ipow',
        '$ilshift',
        '$imod',
        '$floordiv',
        '$ifloordiv',
    }
)
#: Of these, the ones that judge sizes and charge nothing.
_SIZED_ONLY = frozenset({'$add', '$mul', '$pow', '$lshift'})
#: Guards whose method has another name.
_OPERATIONS = {'$in': 'is_in'}


def _of_enums(name: str) -> Any:
    from monty_flow.interpreter.runtime import enum_making  # loaded with the first enumeration

    return getattr(enum_making, _OF_ENUMS[name])


def _of_pieces(name: str) -> Any:
    from monty_flow.interpreter.runtime import evaluation  # loaded with the first piece

    return getattr(evaluation, name[1:])


def _default(node: Any) -> Any:
    """Return the value of a default in the prelude: a literal or `$end`."""
    return END if getattr(node, 'id', None) == '$end' else node.value


def _binder(name: str) -> Callable[[Builtins], Any]:
    """Return what gives the helper of that name for a run."""
    if name.startswith('$m.'):
        method = f'm_{name[3:]}'
        return lambda objects: getattr(objects.methods, method)
    if name.startswith('$b.'):
        guard = BUILTINS[name[3:]].guard
        assert guard is not None
        return lambda objects: getattr(objects, guard)
    if name in _NATIVE:
        return lambda objects: objects.value(_NATIVE[name])
    if name.startswith('$B.'):
        return lambda objects: objects.value(name[3:])
    if name == '$attribute':
        return lambda objects: objects.methods.attribute
    if name in ('$global_names', '$globals_view', '$piece', '$piece_ended'):
        return lambda objects: getattr(objects, name[1:])
    if name == '$super':
        return lambda objects: objects.methods.super_attribute
    if name == '$format_value':
        return lambda objects: objects.formatter.format_value
    if name in ('$passing', '$showing', '$shown'):
        return lambda objects: getattr(objects.run, name[1:])
    operation = _OPERATIONS.get(name, name[1:])
    return lambda objects: getattr(objects.guards, operation)


class Callees:
    """Look at what a call that may stop is about to call."""

    __slots__ = ('_objects', '_scope')

    def __init__(self, scope: dict[str, Any], objects: Builtins) -> None:
        self._scope = scope
        self._objects = objects

    def stoppable(self, function: Any) -> Any:
        """Return what to call: script functions as they are, built-ins that call back in a form that can stop."""
        kind = type(function)
        if kind is FunctionType or kind is ExternalFunction:
            return function
        owner = getattr(function, '__self__', None)
        if kind is MethodType and not isinstance(owner, Builtins | Functions):
            return function
        if type(kind) in SCRIPT_TYPES:
            return function
        name = getattr(function, '__name__', '').removeprefix('b_')
        if isinstance(owner, Functions) and name in owner.stopping:
            return self._scope[f'$p.{owner.stopping[name]}']
        if isinstance(owner, Builtins) or any(function is native for native in (map, filter, zip, enumerate, next)):
            prelude = self._scope.get(f'$p.{name}')
            if prelude is not None and (name in PRELUDE or name in EVALUATING):
                return prelude
        return Barrier(self._objects.guards.callable(function))


def plan_of(program: Program) -> Plan:
    """Return the plan of a program, made once."""
    plan = program.plan
    if plan is None:
        plan = program.plan = Plan(program)
    return plan  # type: ignore[no-any-return]


class Importer:
    """Serve the import statements of one run."""

    __slots__ = ('_externals', '_hosts', '_run')

    def __init__(self, run: Run, hosts: Mapping[str, Callable[..., Any]] | None) -> None:
        self._run = run
        self._hosts = hosts
        self._externals: dict[str, object] = dict(MODULE_EXTERNALS)
        if hosts is not None:
            self._externals = {
                name: HostFunction(name, hosts.get(name) or _stand_in(name, run), run).call for name in MODULE_EXTERNALS
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


LIBRARY_GETTERS.append(library_of)


def _stand_in(name: str, run: Run) -> Callable[..., Any]:
    """Return what a function of a module does in `Monty.run` that the host has not given."""
    if name == 'time.sleep':
        return run.sleep

    def refuse(*args: Any, **kwargs: Any) -> Any:
        raise RuntimeError(f'{name}() asks the engine, and there is none here: submit the script as a run')

    return refuse
