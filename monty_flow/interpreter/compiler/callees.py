"""What a call may lead to, as far as the pausing analysis knows by now.

Each question is asked again in every round of the fixpoint (`pausing.py`), and its answer only ever goes from no to yes.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable

from monty_flow.interpreter.builtins.table import BUILTINS
from monty_flow.interpreter.compiler import members, operations
from monty_flow.interpreter.compiler.imports import bound_names, imported_modules, module_names, names_from, sleep_names
from monty_flow.interpreter.compiler.nodes import Marked, number_of
from monty_flow.interpreter.compiler.scopes import Kind, Program, Scope
from monty_flow.interpreter.compiler.stopping import (
    ACCESSORS,
    CALLBACKS,
    CALLED_BY_CALL,
    CONSUMERS,
    EVALUATING,
    GENERATOR_METHODS,
    GETTERS,
    KEY_MAKERS,
    LAZY,
    LAZY_BUILTINS,
    LOOP_RUNNERS,
    MAKING,
    METHOD_CALLBACKS,
    METHOD_CONSUMERS,
    MODULE_CALLBACKS,
    MODULE_COMPARERS,
    MODULE_CONSUMERS,
    PLAIN_METHODS,
    PLAIN_NODES,
    PLAIN_RESULTS,
    STOPPING,
)
from monty_flow.interpreter.compiler.stops import Stops
from monty_flow.interpreter.runtime.universe import GUARDED, NATIVE
from monty_flow.interpreter.runtime.waits import WAITS, WAITS_OF_RUN


class Callees:
    """The names and callees of one program, and what is known of them."""

    def __init__(self, program: Program, externals: frozenset[str] | None) -> None:
        self.program = program
        self.declared = externals
        self.main = program.main
        self.result = Stops()
        #: Whether some function that stops is used as a value, so that any call of an unknown value may be one of it.
        self.escapes = False
        self.is_prelude = False
        #: Whether operations of C are begun anew in it (`runtime/asking.py`) where methods that they call may stop.
        self.asks = self.is_script = True
        #: In a library a local that is called may be anything, and what is awaited may stop.
        self.is_library = False
        #: Names of methods that may stop, of any class, and of those that are reached by reading an attribute.
        self.methods: set[str] = set()
        #: Of the former, those that classes inherit of the library, and those that the program defines.
        self.inherited: set[str] = set()
        self.defined: set[str] = set()
        self.properties: set[str] = set()
        self.imported = imported_modules(program)
        self._imports_asyncio = 'asyncio' in self.imported
        #: Functions that stop, of the modules that are imported.
        self._stopping = frozenset[str]().union(
            *(STOPPING[name] for name in self.imported & STOPPING.keys() - {'asyncio'})
        )
        #: Names under which what consumes iterables is reached, of the modules that are imported.
        self._consumers = bound_names(program, MODULE_CONSUMERS)
        #: The same of `defaultdict`, with the classes that derive from it.
        self._making = bound_names(program, MAKING)
        if self._making:
            self._making |= {
                node.name for node, _ in program.classes if not self._making.isdisjoint(map(_name, node.bases))
            }
        #: The same of what gives something lazy, and of what compares.
        self._lazy = bound_names(program, LAZY)
        self._comparers = bound_names(program, MODULE_COMPARERS)
        self._key_makers = bound_names(program, KEY_MAKERS)
        #: Functions of `operator` that give what reads something from its argument, under these names.
        self.getters = bound_names(program, {'operator': GETTERS})
        self._sleep_names = sleep_names(program)
        #: Names of `flow` itself, and of what it waits with.
        self._flows = module_names(program, 'flow')
        self._waits = names_from(program, 'flow', WAITS)
        #: Names that functions bind at the top level.
        self._assigned_globals = program.assigned_globals()

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

    def is_wait(self, func: ast.expr) -> bool:
        """Tell whether a callee is what a script waits with for its engine: `flow.approve`, or `result` of a run."""
        if type(func) is ast.Name:
            return func.id in self._waits
        if type(func) is not ast.Attribute or 'flow' not in self.imported:
            return False
        if func.attr in WAITS_OF_RUN:
            return all(
                scope.node.name != func.attr for scope in self.program.scopes.values() if scope.kind is Kind.FUNCTION
            )
        return func.attr in WAITS and type(func.value) is ast.Name and func.value.id in self._flows

    def is_unbound(self, name: str) -> bool:
        return not (name in self.main.bound or name in self.main.defined or name in self._assigned_globals)

    def functions_of(self, name: str, scope: Scope) -> list[Marked] | None:
        """Return the functions that the name can only stand for, or None where it may be anything."""
        owner = scope.owner(name)
        if name in owner.bound or name not in owner.defined or name in self._assigned_globals:
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
        return self.escapes or not self.methods.isdisjoint(CALLED_BY_CALL)

    def is_sleep(self, name: str) -> bool:
        return name in self._sleep_names

    # What a call does

    def callee_may_pause(self, node: ast.Call, scope: Scope) -> bool:
        func: Marked = node.func
        if 'is_future' in node.__dict__ or 'is_wait' in node.__dict__:
            return False
        if type(func) is ast.Name:
            name = func.id
            if self.is_builtin(name, scope):
                if self.builtin_may_pause(name):
                    return True
                if name == 'iter' and len(node.args) == 2:
                    return self.argument_may_pause(node, (0,), scope)
                return name in CALLBACKS and self.argument_may_pause(node, CALLBACKS[name], scope)
            if name in MODULE_CALLBACKS and self.argument_may_pause(node, MODULE_CALLBACKS[name], scope):
                return True
            if name in self._comparers and self.comparison_may_pause(node, scope):
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
            if attr in GENERATOR_METHODS and (self.result.pausing_generators or self.result.pausing_coroutines):
                return True
            if attr in operations.SEARCHES and '__eq__' in self.methods:
                return True
            if self.asked_of(operations.ASKED_METHODS.get(attr, ())):
                return True
            if attr == 'sort' and not self.methods.isdisjoint(operations.ORDERINGS):
                return True
            if attr in self._comparers and self.comparison_may_pause(node, scope):
                return True
            callbacks = METHOD_CALLBACKS.get(attr) or MODULE_CALLBACKS.get(attr)
            if callbacks is not None and self.argument_may_pause(node, callbacks, scope):
                return True
            if type(func.value) is ast.Name and func.value.id in operations.OPERATING_MODULES & self.imported:
                return self.unknown_may_pause()
            if attr not in self.program.stored_attributes and (attr in NATIVE or attr in GUARDED):
                return False
            return self.unknown_may_pause()
        if type(func) is ast.Lambda:
            return number_of(func) in self.result.pausing
        return self.unknown_may_pause()

    def builtin_may_pause(self, name: str) -> bool:
        """Tell whether a built-in may stop whatever it is given: by a method of a script's class, or by code made of text."""
        if name in ACCESSORS:
            return bool(self.properties) or not self.methods.isdisjoint(members.READERS | members.WRITERS)
        if name in EVALUATING or any(method in self.methods for method in operations.BUILTINS.get(name, ())):
            return True
        return self.asked_of(operations.ASKED_BUILTINS.get(name, ()))

    def asked_of(self, names: Iterable[str]) -> bool:
        """Tell whether an operation of C that asks one of these methods may stop.

        Those that a class inherits of an abstract class of the library do not count: its instances are no keys.
        """
        methods, inherited, defined = self.methods, self.inherited, self.defined
        return self.asks and any(name in methods and (name in defined or name not in inherited) for name in names)

    def is_asked(self) -> bool:
        """Tell whether C may ask a method that may stop in the middle of what it does for the script."""
        if not self.is_script or self.asked_of(operations.ASKED):
            return self.asks
        return 'operator' in self.imported and self.asked_of(operations.ANSWERING)

    def getter_may_stop(self) -> bool:
        """Tell whether what `operator` makes to read something from its argument may stop."""
        names = self.getters if self.getters <= GETTERS else GETTERS
        return (
            ('attrgetter' in names and bool(self.properties or not self.methods.isdisjoint(members.READERS)))
            or ('itemgetter' in names and not self.methods.isdisjoint(('__getitem__', '__missing__')))
            or ('methodcaller' in names and any(not name.startswith('__') for name in self.methods))
        )

    def comparison_may_pause(self, node: ast.Call, scope: Scope) -> bool:
        """Tell whether a function that compares may stop: in a method of what it compares, or in its `key`."""
        return not self.methods.isdisjoint(operations.ORDERINGS) or self.argument_may_pause(node, ('key', 2), scope)

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
                is_builtin = self.is_builtin(value.id, scope)
                if self.builtin_may_pause(value.id) if is_builtin else self.name_may_pause(value.id, scope):
                    return True
            elif type(value) is not ast.Constant and self.unknown_may_pause():
                return True
        return False

    def may_be_generator(self, node: ast.expr, scope: Scope) -> bool:
        """Tell whether a value may be a generator that pauses, or lazy over one."""
        if not self.result.pausing_generators or isinstance(node, PLAIN_NODES):
            return False
        if type(node) is ast.Call:
            func = node.func
            if type(func) is ast.Name and func.id in PLAIN_RESULTS and self.is_builtin(func.id, scope):
                return False
            if type(func) is ast.Attribute and func.attr in PLAIN_METHODS and func.attr not in self.methods:
                return False
        return True

    def gives_generator(self, func: ast.expr, scope: Scope) -> bool:
        """Tell whether a call that may stop gives something lazy, which may stop later."""
        if type(func) is ast.Name and func.id in LAZY_BUILTINS and self.is_builtin(func.id, scope):
            return True
        return _name(func) in self._lazy

    def gives_factory(self, node: ast.Call, scope: Scope) -> bool:
        """Tell whether a call gives a `defaultdict` something to call that may stop."""
        name = _name(node.func)
        return name in self._making and self.argument_may_pause(node, (0,), scope)

    def makes_keys(self, node: ast.Call) -> bool:
        """Tell whether a call gives something whose comparisons call back."""
        return _name(node.func) in self._key_makers

    def consumes_generator(self, node: ast.Call, scope: Scope) -> bool:
        func = node.func
        if type(func) is ast.Name:
            if func.id not in CONSUMERS and func.id not in MODULE_CALLBACKS and func.id not in self._consumers:
                return False
        elif type(func) is ast.Attribute:
            name = func.attr
            if name not in METHOD_CONSUMERS and name not in MODULE_CALLBACKS and name not in self._consumers:
                return False
        else:
            return False
        return any(self.may_be_generator(argument, scope) for argument in node.args)


def _name(node: ast.expr) -> str:
    """Return the name by which something is reached, empty where there is none."""
    return node.id if type(node) is ast.Name else node.attr if type(node) is ast.Attribute else ''
