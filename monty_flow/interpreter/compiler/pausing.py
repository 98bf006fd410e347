"""Find every place where a script may stop: the pausing set.

A place stops when running it can reach an external call. The set is the least fixpoint of a few
rules over the script's functions, and it must err to "stops": a place that is missing from the set ends the
run with an `InternalError`, a place too many costs a temporary and a little speed.

    call of an external name                       stops
    call of a script function by its name          stops when the function does
    call of anything else (parameter, item, ...)   stops when some pausing function *escapes*: is used as a value
    call of a method                               the same, unless only built-in types bear the name
    call of a built-in with a callback             stops when the callback may
    a comprehension                                stops when its body does; it becomes a function of its own
    iterating over a value                         stops when there is a pausing generator and the value may be one

So a script that only calls external functions directly, which is most of what agents write, has
stops at those calls and nowhere else.
"""

from __future__ import annotations

import ast
from typing import Any

from monty_flow.interpreter import modules
from monty_flow.interpreter.builtins.table import BUILTINS
from monty_flow.interpreter.compiler import members, operations, truth
from monty_flow.interpreter.compiler.futures import mark_futures
from monty_flow.interpreter.compiler.nodes import Marked, number_of
from monty_flow.interpreter.compiler.operations import may_stop
from monty_flow.interpreter.compiler.scopes import Kind, Program, Scope
from monty_flow.interpreter.modules import flow
from monty_flow.interpreter.records import field, record
from monty_flow.interpreter.runtime.universe import GUARDED, NATIVE

#: Built-ins that call back: (index of the callback or keyword name).
CALLBACKS: dict[str, tuple[int | str, ...]] = {
    'sorted': ('key',),
    'min': ('key',),
    'max': ('key',),
    'map': (0,),
    'filter': (0,),
}
#: Functions and methods of `asyncio` that run a loop.
LOOP_RUNNERS = frozenset({'run', 'run_until_complete', 'run_forever'})
#: Module -> its functions that stop.
_STOPPING = {'time': frozenset({'sleep'}), 'asyncio': frozenset({'run'}), 'flow': flow.STOPPING, '_flow': flow.STOPPING}
#: Methods of built-in types that call back by keyword.
METHOD_CALLBACKS: dict[str, tuple[int | str, ...]] = {'sort': ('key',)}
#: Functions of modules that call back, by the name under which they are reached.
MODULE_CALLBACKS: dict[str, tuple[int | str, ...]] = {'reduce': (0,), 'sub': (0, 1, 'repl')}
#: Built-ins that go through an iterable argument, and so can step a pausing generator.
CONSUMERS = frozenset(
    'all any bytearray bytes dict enumerate filter frozenset iter list map max min next reversed set sorted sum tuple'
    ' zip'.split()
)
#: Built-ins that step an iterator and have a version in the prelude that may stop.
STEPPING = frozenset('all any enumerate filter map max min next sorted sum zip'.split())
#: Built-ins that run code which is made of text.
EVALUATING = frozenset({'eval', 'exec'})
#: Modules whose functions do so, with the names of the script.
_EVALUATING_MODULES = frozenset({'doctest', 'timeit', 'unittest'})
#: Of the consumers, the ones that use up a generator expression before they return, and never call back.
_EAGER = frozenset('all any bytearray bytes dict frozenset list max min set sorted sum tuple'.split())
#: The same for methods of built-in types.
METHOD_CONSUMERS = frozenset(
    'join extend update union difference intersection symmetric_difference isdisjoint issubset issuperset'
    ' difference_update intersection_update symmetric_difference_update fromkeys extendleft writelines'.split()
)
#: Built-ins whose result is never a generator, nor anything lazy over one.
_PLAIN_RESULTS = frozenset(
    'abs all any ascii bin bool bytearray bytes chr complex dict divmod float format frozenset hash hex id int'
    ' isinstance issubclass len list memoryview oct ord pow range repr round set sorted str sum tuple'.split()
)
_PLAIN_NODES = (
    ast.Constant, ast.JoinedStr, ast.List, ast.Tuple, ast.Dict, ast.Set, ast.ListComp, ast.SetComp, ast.DictComp,
    ast.BinOp, ast.UnaryOp, ast.Compare, ast.Lambda,
)  # fmt: skip
#: Methods that calling a class or an instance runs.
_CALLED_BY_CALL = frozenset({'__init__', '__new__', '__call__', '__post_init__'})
_ORDERINGS = frozenset({'__lt__', '__le__', '__gt__', '__ge__'})
#: Methods that step a generator.
_GENERATOR_METHODS = frozenset({'send', 'throw', 'close'})
#: Methods of built-in types that give something to iterate which is never a generator.
_PLAIN_METHODS = frozenset('items keys values split splitlines rsplit partition rpartition copy'.split())
#: Methods of `collections.abc`: those that the mixin methods call, and their names.
_OF_CONTAINERS = (
    frozenset(
        '__getitem__ __setitem__ __delitem__ __iter__ __next__ __len__ __contains__ insert add discard send throw'.split()
    ),
    frozenset(
        'get keys items values pop popitem clear update setdefault index count append extend reverse remove isdisjoint'
        ' close __contains__ __iter__ __next__ __reversed__ __eq__ __ne__ __le__ __lt__ __ge__ __gt__ __and__ __or__'
        ' __sub__ __xor__ __rand__ __ror__ __rsub__ __rxor__ __iadd__ __ior__ __iand__ __isub__ __ixor__ __len__'.split()
    ),
)
#: Modules whose classes give mixin methods to a script's own.
_MIXINS = {
    'collections': _OF_CONTAINERS, 'collections.abc': _OF_CONTAINERS, 'typing': _OF_CONTAINERS,
    'numbers': (
        frozenset(
            '__add__ __neg__ __eq__ __floordiv__ __mod__ __rfloordiv__ __rmod__ __int__ numerator denominator'.split()
        ),
        frozenset('__sub__ __rsub__ __bool__ __divmod__ __rdivmod__ __complex__ __float__ __index__'.split()),
    ),
}  # fmt: skip


@record()
class Stops:
    """The answer: marks are also left on the nodes (`node.stop`, `node.has_stop`)."""

    #: Node numbers of calls and comprehensions that stop.
    stops: set[int] = field(default_factory=set)
    #: Node numbers of function-like nodes in which something stops.
    pausing: set[int] = field(default_factory=set)
    #: Whether some generator may pause while it runs.
    pausing_generators: bool = False
    #: Whether what a script awaits may pause while it runs.
    pausing_coroutines: bool = False
    #: Whether code that does not know the script may call something of it that stops.
    calls_back: bool = False
    #: Whether making an instance of a class, or calling one, may stop.
    constructs: bool = False
    #: Names of methods, of any class of the script, that may stop.
    methods: set[str] = field(default_factory=set)
    #: Names that are external functions.
    externals: set[str] = field(default_factory=set)
    #: Whether the script makes code of text, of which nothing is known here.
    evaluates: bool = False
    #: Whether names of the top level may be bound by what is not seen here.
    rebinds: bool = False


class _Analysis:
    def __init__(self, program: Program, externals: frozenset[str] | None) -> None:
        self.program = program
        self.declared = externals
        self.result = Stops()
        self.escapes = False
        self.is_prelude = False
        #: In a library a local that is called may be anything, and what is awaited may stop.
        self.is_library = False
        #: Names of methods that may stop, of any class, and of those that are reached by reading an attribute.
        self.methods: set[str] = set()
        #: Expressions whose truth is asked of a method that may stop.
        self.truth_stops: set[int] = set()
        #: Operations that stop because of a method, not because they iterate.
        self.operator_stops: set[int] = set()
        self.properties: set[str] = set()
        self.main = program.main
        #: Nodes that need statements of their own, with the scope in which they are evaluated.
        self.converted: set[int] = set()
        self.sites: list[tuple[Marked, Scope]] = []

    # What a name is

    def is_external(self, name: str) -> bool:
        """Tell whether a name that no scope owns is an external function."""
        if not self.is_unbound(name):
            return False
        if self.declared is not None:
            return name in self.declared
        return name not in BUILTINS and not name.startswith('__')

    def names_external(self, name: str, scope: Scope) -> bool:
        """Tell whether a name means an external function where it stands."""
        return scope.owner(name) is self.main and self.is_external(name)

    def is_unbound(self, name: str) -> bool:
        return not (name in self.main.bound or name in self.main.defined or self.assigned_global(name))

    def assigned_global(self, name: str) -> bool:
        return name in self._global_names

    def functions_of(self, name: str, scope: Scope) -> list[Marked] | None:
        """Return the functions that the name can only stand for, or None where it may be anything."""
        owner = scope.owner(name)
        if name in owner.bound or name not in owner.defined or name in self._rebound:
            return None
        if self.result.rebinds and owner is self.main:
            return None
        return owner.defined[name]

    def name_may_pause(self, name: str, scope: Scope) -> bool:
        """Tell whether calling the value of a name may stop."""
        functions = self.functions_of(name, scope)
        if functions is not None:
            return any(self.pauses_when_called(function) for function in functions)
        owner = scope.owner(name)
        if owner is self.main and self.is_unbound(name):
            return self.is_external(name) or self.result.rebinds
        if self.is_library and owner is not self.main and owner.kind is not Kind.CLASS:
            return True
        return self.unknown_may_pause() or self.is_sleep(name)

    def pauses_when_called(self, function: Marked) -> bool:
        """Tell whether calling a function may stop; that of an `async def` makes a coroutine and runs nothing."""
        return function.nid in self.result.pausing and type(function) is not ast.AsyncFunctionDef

    def unknown_may_pause(self) -> bool:
        """Tell whether calling a value of which nothing is known may stop: a function, a class, or an instance."""
        return self.escapes or not self.methods.isdisjoint(_CALLED_BY_CALL)

    def is_sleep(self, name: str) -> bool:
        return name in self._sleep_names

    def callee_may_pause(self, node: ast.Call, scope: Scope) -> bool:
        func: Marked = node.func
        if 'is_future' in node.__dict__:
            return False
        if type(func) is ast.Name:
            name = func.id
            if self.is_builtin(name, scope):
                if any(method in self.methods for method in operations.BUILTINS.get(name, ())):
                    return True
                if name in EVALUATING:
                    return True
                if name == 'iter' and len(node.args) == 2:
                    return self.argument_may_pause(node, (0,), scope)
                return name in CALLBACKS and self.argument_may_pause(node, CALLBACKS[name], scope)
            if name in MODULE_CALLBACKS and self.argument_may_pause(node, MODULE_CALLBACKS[name], scope):
                return True
            return self.name_may_pause(name, scope)
        if type(func) is ast.Attribute:
            attr = func.attr
            if attr in self._stopping:
                return True
            if attr in LOOP_RUNNERS and self._imports_asyncio:
                return True
            if attr in self.methods or (self.is_prelude and attr in ('__next__', '__contains__')):
                return True
            if attr in _GENERATOR_METHODS and (self.result.pausing_generators or self.result.pausing_coroutines):
                return True
            if attr == 'sort' and not self.methods.isdisjoint(operations.ORDERINGS):
                return True
            callbacks = METHOD_CALLBACKS.get(attr) or MODULE_CALLBACKS.get(attr)
            if callbacks is not None and self.argument_may_pause(node, callbacks, scope):
                return True
            if attr not in self.program.stored_attributes and (attr in NATIVE or attr in GUARDED):
                return False
            return self.unknown_may_pause()
        if type(func) is ast.Lambda:
            return number_of(func) in self.result.pausing
        return self.unknown_may_pause()

    def decorator_may_pause(self, decorator: ast.expr, scope: Scope) -> bool:
        if type(decorator) is ast.Name:
            return not self.is_builtin(decorator.id, scope) and self.name_may_pause(decorator.id, scope)
        return self.escapes

    def is_builtin(self, name: str, scope: Scope) -> bool:
        return (
            name in BUILTINS
            and scope.owner(name) is self.main
            and self.is_unbound(name)
            and (self.declared is None or name not in self.declared)
        )

    def argument_may_pause(self, node: ast.Call, places: tuple[int | str, ...], scope: Scope) -> bool:
        """Tell whether a callback argument of a built-in may stop when called."""
        values: list[Marked] = [keyword.value for keyword in node.keywords if keyword.arg in places]
        values += [keyword.value for keyword in node.keywords if keyword.arg is None]
        values += [argument for argument in node.args if type(argument) is ast.Starred]
        values += [node.args[place] for place in places if type(place) is int and place < len(node.args)]
        for value in values:
            if type(value) is ast.Lambda:
                if number_of(value) in self.result.pausing:
                    return True
            elif type(value) is ast.Name:
                if not self.is_builtin(value.id, scope) and self.name_may_pause(value.id, scope):
                    return True
            elif type(value) is not ast.Constant and self.escapes:
                return True
        return False

    def may_be_generator(self, node: ast.expr, scope: Scope) -> bool:
        """Tell whether a value may be a generator that pauses, or lazy over one."""
        if not self.result.pausing_generators or isinstance(node, _PLAIN_NODES):
            return False
        if type(node) is ast.Call:
            func = node.func
            if type(func) is ast.Name and func.id in _PLAIN_RESULTS and self.is_builtin(func.id, scope):
                return False
            if type(func) is ast.Attribute and func.attr in _PLAIN_METHODS and func.attr not in self.methods:
                return False
        return True

    def consumes_generator(self, node: ast.Call, scope: Scope) -> bool:
        func = node.func
        if type(func) is ast.Name:
            if func.id not in CONSUMERS and func.id not in MODULE_CALLBACKS:
                return False
        elif type(func) is ast.Attribute:
            if func.attr not in METHOD_CONSUMERS and func.attr not in MODULE_CALLBACKS:
                return False
        else:
            return False
        return any(self.may_be_generator(argument, scope) for argument in node.args)

    # The fixpoint

    def run(self) -> Stops:
        program = self.program
        self._global_names = program.assigned_globals()
        self._rebound = self._global_names
        if program.awaits and not self.is_library:
            mark_futures(program, self.names_external)
        imported = imported_modules(program) if program.classes else set()
        self._mixins = [_MIXINS[name] for name in _MIXINS if name in imported]
        imported = imported_modules(program)
        self._imports_asyncio = 'asyncio' in imported
        self._stopping = frozenset[str]().union(
            *(_STOPPING[name] for name in imported & _STOPPING.keys() - {'asyncio'})
        )
        if self._imports_asyncio and any(_makes_runner(call.func) for call, _ in program.calls):
            self.methods |= {'__exit__', 'close'}
        self._library = not self.is_library and any(_uses_script(node) for node in program.imports)
        self._called_by_library = frozenset[str]().union(*(modules.called_methods(name) for name in imported))
        self._sleep_names = sleep_names(program)
        self.result.rebinds = self.sees_globals()
        # Every function of the top level is within the reach of who sees the names.
        self.escapes = self.escapes or self.result.rebinds
        if self.evaluates():
            self.result.rebinds = True
            # What such code makes may stop wherever it is called.
            self.result.evaluates = self.escapes = self.result.pausing_generators = True
            self.methods |= _CALLED_BY_CALL
        changed = True
        while changed:
            changed = self.spread()
        self.mark()
        return self.result

    def evaluates(self) -> bool:
        """Tell whether the script makes code of text."""
        program = self.program
        if not _EVALUATING_MODULES.isdisjoint(imported_modules(program)):
            return True
        used = [(call.func.id, scope) for call, scope in program.calls if type(call.func) is ast.Name]
        return any(name in EVALUATING and self.is_builtin(name, scope) for name, scope in used + program.values)

    def sees_globals(self) -> bool:
        """Tell whether the script asks for the names of its top level, which it may then set."""
        for call, scope in self.program.calls:
            name = call.func.id if type(call.func) is ast.Name else ''
            is_view = name == 'globals' or (name in ('locals', 'vars') and scope is self.main and not call.args)
            if is_view and self.is_builtin(name, scope):
                return True
        return any(name == 'globals' and self.is_builtin(name, scope) for name, scope in self.program.values)

    def spread(self) -> bool:
        before = self.extent()
        self.spread_calls()
        self.spread_scopes()
        self.spread_members()
        if not self.escapes and not self.is_library:
            self.escapes = any(self.value_escapes(name, scope) for name, scope in self.program.values)
        if self._library and self.calls_back():
            # A library module may call the script's methods and step its generators, in functions and generators of its own.
            self.escapes = self.result.pausing_generators = True
            self.methods |= {'__enter__', '__exit__', *self._called_by_library}
            if not self.methods.isdisjoint(_ORDERINGS):
                # functools.total_ordering makes the others of one.
                self.methods |= _ORDERINGS
        return before != self.extent()

    def calls_back(self) -> bool:
        """Tell whether code that does not know the script may call something of it that stops."""
        result = self.result
        return bool(self.escapes or self.methods or result.pausing_generators or result.pausing_coroutines)

    def extent(self) -> tuple[int | bool, ...]:
        """Return what grows from round to round until it stays the same."""
        result = self.result
        flags = (self.escapes, result.pausing_generators, result.pausing_coroutines)
        return len(result.stops), len(result.pausing), len(self.methods), len(self.truth_stops), *flags

    def spread_calls(self) -> None:
        """Find the calls, decorators and iterations that stop as far as is known."""
        result = self.result
        for call, scope in self.program.calls:
            number = call.nid
            if number not in result.stops and (
                self.callee_may_pause(call, scope) or self.consumes_generator(call, scope)
            ):
                self.stop(call, scope)
                func = call.func
                if type(func) is ast.Name and func.id in ('map', 'filter', 'iter') and self.is_builtin(func.id, scope):
                    result.pausing_generators = True
        for decorator, scope in self.program.decorators:
            if self.decorator_may_pause(decorator, scope):
                decorator.decorator_stop = True
                result.pausing.add(scope.node.nid)
                result.stops.add(decorator.parent.nid)
                self.sites.append((decorator, scope))
        for node, value, scope in self.program.iterations:
            if node.nid not in result.stops and self.may_be_generator(value, scope):
                self.stop(node, scope)
        if self.program.awaits and (self.escapes or result.pausing_generators or result.pausing_coroutines):
            for node, scope in self.program.awaits:
                if node.nid not in result.stops:
                    self.stop(node, scope)

    def spread_scopes(self) -> None:
        """Note what a function that stops makes of its name, and of the place where it stands."""
        result = self.result
        for scope in self.program.scopes.values():
            number = scope.node.nid
            if number in result.pausing:
                if (
                    scope.parent is not None
                    and scope.parent.kind is Kind.CLASS
                    and isinstance(scope.node, ast.FunctionDef)
                ):
                    self.methods.add(scope.node.name)
                    if scope.node.name in ('__next__', '__iter__'):
                        result.pausing_generators = True
                    if scope.node.decorator_list:
                        self.properties.add(scope.node.name)
                if scope.is_async:
                    scope.inline = False
                    result.pausing_coroutines = True
                    continue
                if scope.kind is Kind.COMPREHENSION and scope.inline:
                    scope.inline = False
                if scope.kind is Kind.COMPREHENSION and number not in result.stops and scope.parent is not None:
                    self.stop(scope.node, scope.parent)
                if scope.kind is Kind.GENERATOR or any(owner is scope for _, owner in self.program.yields):
                    result.pausing_generators = result.pausing_generators or not self.is_prelude
                if scope.kind is Kind.LAMBDA:
                    self.escapes = True

    def spread_members(self) -> None:
        """Find what stops because a member of some class does."""
        result = self.result
        for called, mixins in self._mixins:
            if not self.methods.isdisjoint(called):
                # What a class inherits of such a base calls the methods that it defines.
                self.methods |= mixins
                result.pausing_generators = result.pausing_generators or '__iter__' in mixins
        if self.methods or self.escapes:
            self.methods |= members.second_names(self.program, self.methods, escapes=self.escapes)
        for load, scope in members.dynamic_reads(self.program, self.methods):
            if load.nid not in result.stops:
                self.stop(load, scope)
        hooks = not self.methods.isdisjoint(members.HOOKS)
        for class_node, scope in self.program.classes:
            if hooks:
                result.pausing.add(class_node.nid)
            if class_node.nid in result.pausing and class_node.nid not in result.stops:
                self.stop(class_node, scope)
        if any(method.startswith('__') for method in self.methods):
            for node, scope in self.program.operations:
                if node.nid not in result.stops and may_stop(node, self.methods):
                    self.operator_stops.add(node.nid)
                    self.stop(node, scope)
        if not self.methods.isdisjoint(truth.METHODS):
            for test, scope in truth.tests(self.program):
                if test.nid not in self.truth_stops:
                    self.truth_stops.add(test.nid)
                    test.truth_stop = True
                    result.pausing.add(scope.node.nid)
                    self.sites.append((test, scope))
        if not self.methods.isdisjoint(('__enter__', '__exit__')):
            for item, scope in self.program.managers:
                if item.nid not in result.stops:
                    self.stop(item, scope)
        for load, scope in self.program.attribute_loads:
            if load.attr in self.properties and load.nid not in result.stops:
                self.stop(load, scope)
            elif load.attr in self.methods or load.attr in self._stopping:
                self.escapes = not self.is_library
        for target, scope in self.program.attribute_stores:
            stops = target.attr in self.properties or not self.methods.isdisjoint(members.WRITERS)
            if stops and target.nid not in result.stops:
                self.stop(target, scope)

    def value_escapes(self, name: str, scope: Scope) -> bool:
        """Tell whether a name used as a value hands out something whose call may stop."""
        owner = scope.owner(name)
        if owner.kind is Kind.CLASS:
            return False
        for function in owner.defined.get(name, ()):
            if self.pauses_when_called(function):
                return True
        if self.is_sleep(name):
            return True
        if name in STEPPING and self.result.pausing_generators and self.is_builtin(name, scope):
            return True
        if owner is self.main and self.is_unbound(name):
            return self.is_external(name)
        return False

    def stop(self, node: Marked, scope: Scope) -> None:
        self.result.stops.add(node.nid)
        self.result.pausing.add(scope.node.nid)
        self.sites.append((node, scope))

    def mark(self) -> None:
        """Mark what the lowering asks for: stops, and everything that holds a statement of its own."""
        result = self.result
        if self.main.is_async:
            result.stops.add(self.main.node.nid)
        any_stop = bool(result.stops)
        result.methods = self.methods
        result.calls_back = self.calls_back()
        self.result.constructs = not self.methods.isdisjoint(_CALLED_BY_CALL)
        for scope in list(self.program.scopes.values()):
            if scope.kind is Kind.GENERATOR and scope.parent is not None:
                scope.inline = not scope.is_async and (not any_stop or self.is_consumed_at_once(scope))
                if not scope.inline:
                    self.sites.append((scope.node, scope.parent))
        self.sites += self.program.yields
        self.sites += self.program.awaits
        for node, scope in self.sites:
            if node.nid in self.result.stops:
                node.stop = True
            if node.nid in self.operator_stops:
                node.operator_stop = True
            self.mark_around(node, scope)
        self.result.externals = {
            name
            for scope in self.program.scopes.values()
            for name in scope.used
            if scope.owner(name) is self.main and self.is_unbound(name) and self.is_external(name)
        }

    def mark_around(self, node: Marked, scope: Scope) -> None:
        """Mark `node` and all around it in its function as needing statements; go on outwards through lambdas."""
        step = node
        while step is not scope.node:
            step.has_stop = True
            step = step.parent
        if scope.parent is None or scope.node.nid in self.converted:
            return
        self.converted.add(scope.node.nid)
        if scope.kind is Kind.LAMBDA:
            self.mark_around(scope.node, scope.parent)
        elif scope.kind in (Kind.COMPREHENSION, Kind.GENERATOR):
            scope.inline = False
            if scope.kind is Kind.COMPREHENSION and not scope.is_async:
                self.stop(scope.node, scope.parent)
                scope.node.stop = True
            self.mark_around(scope.node, scope.parent)

    def is_consumed_at_once(self, scope: Scope) -> bool:
        """Tell whether a generator expression is the argument of a built-in that uses it up and cannot stop."""
        node = scope.node
        if node.nid in self.result.pausing or scope.parent is None:
            return False
        call = node.parent
        if type(call) is not ast.Call or call.args != [node] or call.keywords:
            return False
        if number_of(call) in self.result.stops:
            return False
        func = call.func
        if type(func) is ast.Name:
            return func.id in _EAGER and self.is_builtin(func.id, scope.parent)
        return type(func) is ast.Attribute and func.attr in METHOD_CONSUMERS and not self.escapes


def _makes_runner(func: ast.expr) -> bool:
    return (func.attr if isinstance(func, ast.Attribute) else getattr(func, 'id', '')) == 'Runner'


def _uses_script(node: ast.Import | ast.ImportFrom) -> bool:
    """Tell whether an import may bring in something that a library module has in the script language."""
    if isinstance(node, ast.Import):
        return any(modules.has_script(alias.name) for alias in node.names)
    return modules.has_script(node.module or '', [alias.name for alias in node.names])


def imported_modules(program: Program) -> set[str]:
    """Return the names of the modules that the script imports."""
    return {name for name, _ in _imports(program)}


def sleep_names(program: Program) -> set[str]:
    """Return the names under which the script has imported a function that stops."""
    return {bound for module, bound in _imports(program) if bound is not None and module in _STOPPING}


def _imports(program: Program) -> list[tuple[str, str | None]]:
    found: list[tuple[str, str | None]] = []
    for node in program.imports:
        if type(node) is ast.Import:
            found += [(alias.name, None) for alias in node.names]
        elif type(node) is ast.ImportFrom:
            found += [
                (
                    node.module or '',
                    alias.asname or alias.name if alias.name in _STOPPING.get(node.module or '', ()) else None,
                )
                for alias in node.names
            ]
    return found


def find_stops(program: Program, externals: frozenset[str] | None, own: Any = None) -> Stops:
    """Mark the places of a program that may stop; `externals` None means every name that nobody defines.

    For a program of our own, `own` says whether calls of unknown values count as stops from the start.
    """
    analysis = _Analysis(program, externals)
    if own is not None:
        analysis.escapes, analysis.is_prelude = own.escapes, not own.library and own.module is None
        analysis.is_library = bool(own.library)
        analysis.result.pausing_coroutines = bool(own.library)
        if own.module is not None:
            analysis.result.pausing_generators = own.escapes
        analysis.methods |= own.methods
    return analysis.run()
