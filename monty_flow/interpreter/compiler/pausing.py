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

from monty_flow.interpreter import modules
from monty_flow.interpreter.compiler import members, operations, truth
from monty_flow.interpreter.compiler.callees import Callees
from monty_flow.interpreter.compiler.futures import mark_futures
from monty_flow.interpreter.compiler.imports import imported_modules, uses_script
from monty_flow.interpreter.compiler.nodes import Marked, number_of
from monty_flow.interpreter.compiler.operations import may_stop
from monty_flow.interpreter.compiler.own import Own
from monty_flow.interpreter.compiler.scopes import Kind, Program, Scope
from monty_flow.interpreter.compiler.stopping import (
    ACCESSORS,
    ASKING,
    CALLED_BY_CALL,
    EAGER,
    EVALUATING,
    EVALUATING_MODULES,
    GENERATOR_METHODS,
    LAZY_BUILTINS,
    METHOD_CONSUMERS,
    MIXINS,
    STEPPING,
)
from monty_flow.interpreter.compiler.stops import Stops

_ORDERINGS = frozenset({'__lt__', '__le__', '__gt__', '__ge__'})


class _Analysis(Callees):
    """The fixpoint: marks what stops, round after round, until nothing more is found."""

    def __init__(
        self, program: Program, externals: frozenset[str] | None, own: Own | None, *, is_answered: bool = False
    ) -> None:
        super().__init__(program, externals)
        self.is_answered = is_answered
        #: Expressions whose truth is asked of a method that may stop.
        self.truth_stops: set[int] = set()
        #: Operations that stop because of a method, not because they iterate.
        self.operator_stops: set[int] = set()
        #: Nodes that need statements of their own, with the scope in which they are evaluated.
        self.converted: set[int] = set()
        self.sites: list[tuple[Marked, Scope]] = []
        self.is_script = own is None
        self.asks = own is None or own.asks
        if own is not None:
            self.escapes, self.is_prelude = own.escapes, not own.library and own.module is None
            self.is_library = bool(own.library)
            self.result.pausing_coroutines = bool(own.library)
            if own.module is not None:
                self.result.pausing_generators = own.escapes
            self.methods |= own.methods
            self.defined |= own.methods
        #: What classes may inherit: the methods that make the mixin methods of a base stop, and these.
        self._mixins = [MIXINS[name] for name in MIXINS if name in self.imported] if program.classes else []
        self._library = not self.is_library and any(uses_script(node) for node in program.imports)
        self._called_by_library = frozenset[str]().union(*(modules.called_methods(name) for name in self.imported))

    def run(self) -> Stops:
        program = self.program
        if self.is_answered:
            self.result.evaluates = self.evaluates()
            self.result.rebinds = self.result.evaluates or self.sees_globals()
            self.mark()
            self.result.calls_back = False
            return self.result
        if program.awaits and not self.is_library:
            mark_futures(program, self.names_external, self.is_wait)
        if self._imports_asyncio and any(_makes_runner(call.func) for call, _ in program.calls):
            self.methods |= {'__exit__', 'close'}
        self.result.rebinds = self.sees_globals()
        # Every function of the top level is within the reach of who sees the names.
        self.escapes = self.escapes or self.result.rebinds
        if self.evaluates():
            self.result.rebinds = True
            # What such code makes may stop wherever it is called.
            self.result.evaluates = self.escapes = self.result.pausing_generators = True
            self.methods |= CALLED_BY_CALL
        changed = True
        while changed:
            changed = self.spread()
        self.mark()
        return self.result

    def evaluates(self) -> bool:
        """Tell whether the script makes code of text."""
        self.result.evaluates_here = self.evaluates_here()
        return self.result.evaluates_here or not EVALUATING_MODULES.isdisjoint(imported_modules(self.program))

    def evaluates_here(self) -> bool:
        """Tell whether the script does so itself, and not a module that it imports."""
        program = self.program
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
        if self.escapes and not self.is_prelude and not self.is_library and not self.result.pausing_generators:
            # `partial(map, fetch)`: what is lazy is made where nobody sees its name.
            used = (name in LAZY_BUILTINS and self.is_builtin(name, scope) for name, scope in self.program.values)
            self.result.pausing_generators = any(used)
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
            if self._making and not result.factories and self.gives_factory(call, scope):
                result.factories = True
                self.methods.add('__missing__')
            self.note_maker(call, scope)
            if number not in result.stops and (
                self.callee_may_pause(call, scope) or self.consumes_generator(call, scope)
            ):
                self.stop(call, scope)
                if self.gives_generator(call.func, scope):
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

    def note_maker(self, call: Marked, scope: Scope) -> None:
        """Note what a call makes whose methods call back something that stops."""
        if type(call.func) is ast.Name and call.func.id == 'property' and self.is_builtin('property', scope):
            if not self.argument_may_pause(call, (0, 1, 2, 'fget', 'fset', 'fdel'), scope):
                return
            targets = call.parent.targets if type(call.parent) is ast.Assign and scope.kind is Kind.CLASS else ()
            names = {target.id for target in targets if type(target) is ast.Name}
            if names:
                self.properties |= names
            else:
                # It may be an attribute of any name.
                self.methods |= members.READERS | members.WRITERS
        elif self.makes_keys(call) and self.argument_may_pause(call, (0, 'mycmp'), scope):
            self.methods |= _ORDERINGS | {'__eq__'}

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
                    self.defined.add(scope.node.name)
                    if scope.node.name in ('__next__', '__iter__') or (
                        # An instance without `__iter__` is iterated by its items.
                        scope.node.name == '__getitem__'
                        and '__iter__' not in scope.parent.bound | scope.parent.defined.keys()
                    ):
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
                self.inherited |= mixins
                result.pausing_generators = result.pausing_generators or '__iter__' in mixins
        if self.methods or self.escapes:
            second = members.second_names(self.program, self.methods, escapes=self.escapes)
            self.methods |= second
            self.defined |= second
        for load, scope in members.dynamic_reads(self.program, self.methods):
            if load.nid not in result.stops:
                self.stop(load, scope)
        if self.escapes and self._key_makers:
            # `cmp_to_key` is handed on, and given something that stops where nobody sees its name.
            used = {name for name, _ in self.program.values} | {load.attr for load, _ in self.program.attribute_loads}
            if not self._key_makers.isdisjoint(used):
                self.methods |= _ORDERINGS | {'__eq__'}
        if self.is_script and not self.escapes:
            operates = self.is_asked() and not self.imported.isdisjoint(operations.OPERATING_MODULES)
            self.escapes = operates or self.getter_may_stop()
        hooks = not self.methods.isdisjoint(members.HOOKS)
        for class_node, scope in self.program.classes:
            if hooks:
                result.pausing.add(class_node.nid)
            if class_node.nid in result.pausing and class_node.nid not in result.stops:
                self.stop(class_node, scope)
        self.spread_operations()
        if not self.methods.isdisjoint(('__enter__', '__exit__')):
            for item, scope in self.program.managers:
                if item.nid not in result.stops:
                    self.stop(item, scope)
        for load, scope in self.program.attribute_loads:
            if load.attr in self.properties and load.nid not in result.stops:
                self.stop(load, scope)
            elif load.attr in self.methods or load.attr in self._stopping or self.steps(load.attr):
                self.escapes = not self.is_library
        for target, scope in self.program.attribute_stores:
            stops = target.attr in self.properties or not self.methods.isdisjoint(members.WRITERS)
            if stops and target.nid not in result.stops:
                self.stop(target, scope)

    def spread_operations(self) -> None:
        """Find operations and tests that stop because a method of an operand does."""
        result = self.result
        if self.asked_of(operations.KEYS):
            for scope in self.program.scopes.values():
                if type(scope.node) in (ast.SetComp, ast.DictComp):
                    result.pausing.add(scope.node.nid)
        if any(method.startswith('__') for method in self.methods):
            for node, scope in self.program.operations:
                if node.nid not in result.stops and self.operation_may_stop(node):
                    self.operator_stops.add(node.nid)
                    self.stop(node, scope)
        if not self.methods.isdisjoint(truth.METHODS):
            for test, scope in truth.tests(self.program):
                if test.nid not in self.truth_stops:
                    self.truth_stops.add(test.nid)
                    test.truth_stop = True
                    result.pausing.add(scope.node.nid)
                    self.sites.append((test, scope))

    def operation_may_stop(self, node: Marked) -> bool:
        """Tell whether an operation may run a method that may stop: of an operand, or of what an operand holds."""
        if may_stop(node, self.methods):
            return True
        return self.asked_of(operations.asked_by(node))

    def steps(self, name: str) -> bool:
        """Tell whether a method of that name may run a generator that stops."""
        return name in GENERATOR_METHODS and self.result.pausing_generators

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
        if (name in ACCESSORS or name in ASKING) and self.is_builtin(name, scope):
            return self.builtin_may_pause(name)
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
        result.asks = self.is_asked()
        result.asked = frozenset(self.methods - (self.inherited - self.defined)) if result.asks else frozenset()
        self.result.constructs = not self.methods.isdisjoint(CALLED_BY_CALL)
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
            return func.id in EAGER and self.is_builtin(func.id, scope.parent)
        return type(func) is ast.Attribute and func.attr in METHOD_CONSUMERS and not self.escapes


def _makes_runner(func: ast.expr) -> bool:
    return (func.attr if isinstance(func, ast.Attribute) else getattr(func, 'id', '')) == 'Runner'


def find_stops(
    program: Program, externals: frozenset[str] | None, own: Own | None = None, *, is_answered: bool = False
) -> Stops:
    """Mark the places of a program that may stop; `externals` None means every name that nobody defines.

    For a program of our own, `own` says whether calls of unknown values count as stops from the start. Nothing stops where
    the host answers each call at once (`is_answered`).
    """
    return _Analysis(program, externals, own, is_answered=is_answered).run()
