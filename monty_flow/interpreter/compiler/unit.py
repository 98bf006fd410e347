"""What the lowering of one program knows and collects: scopes, stops, line numbers, helpers used, functions made."""

from __future__ import annotations

import ast
from functools import cached_property
from typing import Any

from monty_flow.interpreter.builtins.table import BUILTINS, REFUSED_BUILTINS
from monty_flow.interpreter.compiler import scopes
from monty_flow.interpreter.compiler.core import PIECE, CoreFunction
from monty_flow.interpreter.compiler.imports import imported_modules, imported_names
from monty_flow.interpreter.compiler.lines import Lines
from monty_flow.interpreter.compiler.nodes import Marked, walk
from monty_flow.interpreter.compiler.operations import ANSWERING
from monty_flow.interpreter.compiler.parse import source_line
from monty_flow.interpreter.compiler.scopes import Kind, Scope
from monty_flow.interpreter.compiler.slices import may_hold_slices
from monty_flow.interpreter.compiler.stops import Stops
from monty_flow.interpreter.errors import MontySyntaxError
from monty_flow.interpreter.runtime.classes import BODY_PREFIX
from monty_flow.interpreter.runtime.universe import GUARDED, NATIVE

#: Uses of these names as values put real types into variables, so that calls of unknown values need a look.
_TYPES = frozenset(name for name, entry in BUILTINS.items() if isinstance(entry.value, type) and entry.guard)


class Unit:
    """The program being compiled."""

    def __init__(
        self,
        source: str,
        script_name: str,
        found: scopes.Program,
        stops: Stops,
        declared: frozenset[str] | None,
        *,
        is_prelude: bool = False,
        library: str = '',
        module: str | None = None,
        is_session: bool = False,
    ) -> None:
        self.is_prelude = is_prelude
        self.library = library
        self.module = module
        #: Bodies of generators that stand outside `$main`, by the name under which runs have them in their globals.
        self.hoisted: dict[str, ast.stmt] = {}
        # Feeds come and go in the globals of one run, and so do modules.
        self._hoists = not (is_prelude or library or module is not None or is_session)
        self._identities: set[str] = set()
        self.source = source
        self.script_name = script_name
        self.found = found
        self.scopes = found.scopes
        self.main = found.main
        self.stops = stops
        self.declared = declared
        self.imported = imported_modules(found)
        lines = source.count('\n') + source.count('\r') + 2
        self.lines = Lines(lines + 1, [])
        #: The line of statements that no traceback shows.
        self.hidden = self.lines.new(None)
        #: Functions by number, and all of them: a `finally` that is laid out twice makes its functions twice.
        self.functions: dict[int, CoreFunction] = {}
        self.all_functions: list[CoreFunction] = []
        #: Names that classes of the script bind.
        self.members = {
            name
            for scope in found.scopes.values()
            if scope.kind is Kind.CLASS
            for name in (*scope.bound, *scope.defined)
        }
        #: Names of our own that the emitted code loads from the run's globals.
        self.helpers: set[str] = {'$fuel', '$refuel'}
        #: Built-in and external names that the script reads.
        self.builtins_used: set[str] = set()
        #: Whether anything in the program takes steps of fuel: a loop, a function, a comprehension.
        self.takes_steps = stops.evaluates
        #: Values that are kept over stops, those of each stop counted.
        self.kept = 0
        #: Whether the script may get hold of a slice object.
        self.holds_slices = may_hold_slices(source)
        self.has_walrus = found.has_walrus
        #: Whether external functions are handed about in a script that awaits, so that any callee may be one.
        self.externals_escape = bool(found.awaits) and any(name in stops.externals for name, _ in found.values)
        #: Whether code that is not seen here may give anything a name: code made of text, or what runs such code.
        self.sees_part = stops.evaluates or (module is not None and ' ' in module)
        self.types_escape = (
            self.sees_part
            or bool(self.imported & _WITH_TYPES)
            or (
                any((name in _TYPES or name == 'type') and self.is_unbound(name, scope) for name, scope in found.values)
                or self._calls_type()
            )
        )

    def may_be_type(self, func: ast.Attribute) -> bool:
        """Tell whether what an attribute gives for a call may be a built-in type, which a guard must stand before.

        It is none under the names of methods alone, of the script's classes and of built-in types, nor in a module.
        """
        if not self.types_escape:
            return False
        root: ast.expr = func
        while type(root) is ast.Attribute:
            root = root.value
        if type(root) is ast.Name and root.id in self.module_names:
            return False
        name = func.attr
        if self.sets_attributes or name in self.given_members or name in self.found.stored_attributes:
            return True
        return name not in self.members and name not in NATIVE and name not in GUARDED

    @cached_property
    def module_names(self) -> frozenset[str]:
        """Names that are modules of the library wherever they stand, but for those that hold the built-ins."""
        imported = {
            alias.asname or alias.name.partition('.')[0]
            for node in self.found.imports
            if type(node) is ast.Import
            for alias in node.names
            if 'builtins' not in alias.name
        }
        others = {node.id for node in walk(self.main.node) if type(node) is ast.Name and type(node.ctx) is not ast.Load}
        return frozenset(imported - others - {name for scope in self.scopes.values() for name in scope.params})

    @cached_property
    def sets_attributes(self) -> bool:
        """Whether attributes may be given to objects by names that do not stand in the source."""
        return self.sees_part or any(word in self.source for word in _SETTERS) or self._calls_type()

    @cached_property
    def given_members(self) -> frozenset[str]:
        """Names that class bodies bind by something else than a plain `def`."""
        found: set[str] = set()
        for scope in self.scopes.values():
            if scope.kind is Kind.CLASS:
                plain = {
                    name
                    for name, definitions in scope.defined.items()
                    if all(_is_plain(definition) for definition in definitions)
                }
                assigned = _assigned_in(scope.node)
                found |= (scope.bound - plain) | assigned
        return frozenset(found)

    def _calls_type(self) -> bool:
        return any(type(call.func) is ast.Name and call.func.id == 'type' for call, _ in self.found.calls)

    # Names

    def is_unbound(self, name: str, scope: Scope) -> bool:
        """Tell whether no part of the script binds the name that is meant here."""
        main = self.main
        if scope.owner(name) is not main or name in main.bound or name in main.defined:
            return False
        if self.declared is not None and name in self.declared:
            return False
        return not any(
            name in other.globals and (name in other.bound or name in other.defined) for other in self.scopes.values()
        )

    def exported(self, name: str) -> str:
        """Return the name under which a top-level name of a library module is a global of the run."""
        return f'{self.module}:{name}'

    def is_fixed(self, name: str, scope: Scope) -> bool:
        """Tell whether a name can only mean one thing: an external function, a built-in, or one `def`."""
        owner = scope.owner(name)
        if self.stops.rebinds and owner is self.main:
            return False
        if name in self.stops.externals and owner is self.main:
            return True
        if owner.defined.get(name):
            rebound = any(name in other.globals and name in other.bound for other in self.scopes.values())
            return name not in owner.bound and len(owner.defined[name]) == 1 and not rebound
        return False

    def is_private(self, name: str, scope: Scope) -> bool:
        """Tell whether only statements of this very function can change what the name holds."""
        if self.has_walrus or scope.kind is Kind.COMPREHENSION:
            return False
        if not scope.owns(name) or name in scope.captured:
            return False
        return scope.kind is not Kind.MAIN or name not in self.found.global_names

    def use_name(self, name: str, scope: Scope) -> ast.expr:
        """Note that a name is read; refuse a built-in that scripts may not use."""
        if name in self.stops.externals or name in BUILTINS:
            self.builtins_used.add(name)
        return ast.Name(name)

    def check_refused(self) -> None:
        """Refuse a built-in that the sandbox does not give where it is sure to be asked for; elsewhere that raises when it runs."""
        if self.module is not None:
            return
        if self.source.isascii() and not any(name in self.source for name in REFUSED_BUILTINS):
            # Of other characters, some are written in several ways.
            return
        for node in walk(self.main.node):
            if type(node) is ast.Name and node.id in REFUSED_BUILTINS and type(node.ctx) is ast.Load:
                if self.declared is not None and node.id in self.declared:
                    continue
                if self._is_bound_anywhere(node.id):
                    continue
                if _may_be_left_out(node):
                    refused: Marked = node
                    refused.is_refused = True
                else:
                    raise self.error(node, f"the built-in '{node.id}' is refused: {REFUSED_BUILTINS[node.id]}")

    def _is_bound_anywhere(self, name: str) -> bool:
        return any(name in scope.bound or name in scope.defined for scope in self.scopes.values())

    def catches_plain(self, expression: ast.expr | None, scope: Scope) -> bool:
        """Tell whether an `except` names only ordinary exceptions, so that nothing private can match."""
        if type(expression) is ast.Tuple:
            return all(self.catches_plain(item, scope) for item in expression.elts)
        if type(expression) is not ast.Name or expression.id not in BUILTINS:
            return False
        value = BUILTINS[expression.id].value
        # Memory that has run out is an `Exception` of CPython, and passes.
        plain = isinstance(value, type) and issubclass(value, Exception) and value is not Exception
        return plain and self.is_unbound(expression.id, scope)

    # Helpers

    def helper(self, name: str) -> str:
        self.helpers.add(name)
        return name

    def guarded_method(self, name: str) -> str:
        return self.helper(f'$m.{name}')

    def guarded_builtin(self, name: str) -> str:
        return self.helper(f'$b.{name}')

    def prelude(self, name: str) -> str:
        # What is written in the script language takes steps, as a function of the script does.
        self.takes_steps = True
        return self.helper(f'$p.{name}')

    # Functions

    def function(
        self, node: Any, name: str, scope: Scope, args: ast.arguments, parent: CoreFunction | None
    ) -> CoreFunction:
        """Return a new function in core form, still without a body."""
        name = name.rpartition(':')[2]
        inner = parent is not None and parent.number != 0 and parent.name != PIECE
        within = '' if parent is None or parent.scope.kind is Kind.CLASS else '<locals>.'
        qualname = f'{parent.qualname}.{within}{name}' if inner and parent is not None else name
        function = CoreFunction(node.nid, name, qualname, scope, args, [], self.lines.new(node))
        is_main = scope.kind is Kind.MAIN
        shared = self.found.global_names if is_main else frozenset()
        own = scope.bound | set(scope.defined)
        declared = {outer for outer in scope.nonlocals if scope.owner(outer) is self.main}
        function.global_names = sorted((own & shared) if is_main else (scope.globals | declared))
        if self.module is not None:
            function.origin = node.nid
            function.global_names = [self.exported(outer) for outer in function.global_names]
        function.nonlocal_names = sorted(scope.nonlocals - declared)
        outside = scope.globals | scope.nonlocals | scope.captured | shared
        function.local_names = sorted(own - outside)
        if scope.kind is Kind.CLASS:
            function.local_names = [BODY_PREFIX + local for local in function.local_names]
        function.phantom_names = sorted(scope.walrus & scope.captured)
        function.cell_names = sorted(scope.captured | set(scope.free))
        function.ticks = scope.kind in (Kind.FUNCTION, Kind.LAMBDA)
        self.takes_steps = self.takes_steps or parent is not None
        function.identity = function.number if not self.is_prelude else name
        if self.library:
            function.identity = self.own_identity(function)
        if self.stops.asks and isinstance(node, ast.FunctionDef) and scope.parent is not None:
            # A method that is generated stands alone.
            is_method = scope.parent.kind is Kind.CLASS or self.is_prelude
            function.answers = is_method and name in ANSWERING and _takes_places(args)
            if function.answers:
                self.helper('$ask')
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            function.doc = ast.get_docstring(node, clean=False)
        self.functions[function.number] = function
        self.all_functions.append(function)
        return function

    def hoisted_name(self, body: CoreFunction) -> str | None:
        """Return the name of a generator's body that needs no variable of the functions around it, None for any other.

        Making it once a run saves a function object for each generator or coroutine, which is a third of what one costs.
        """
        return f'$g{body.number}' if self._hoists and not body.scope.free else None

    def own_identity(self, function: CoreFunction) -> str:
        """Return the identity of a function of a library: its qualified name, and its place where that is not enough."""
        identity = f'{self.library}:{function.qualname}'
        if identity in self._identities:
            identity = f'{identity}#{function.number & 0xFFFF}'
        self._identities.add(identity)
        return identity

    def renumber(self, function: CoreFunction, number: int) -> None:
        """Give a function another identity."""
        if self.library:
            # The function that makes it bears the name itself.
            self._identities.discard(str(function.identity))
            function.number, function.identity = number, f'{function.identity}()'
        else:
            function.number = function.identity = number
        self.functions[number] = function

    def error(self, node: ast.AST, message: str) -> MontySyntaxError:
        line = getattr(node, 'lineno', 0)
        return MontySyntaxError(
            f'SyntaxError: {message}',
            script_name=self.script_name,
            line=line,
            column=getattr(node, 'col_offset', 0),
            source_line=source_line(self.source, line),
        )


def _takes_places(args: ast.arguments) -> bool:
    """Tell whether a method takes its operands by their places, as C gives them, and needs nothing by name."""
    return None not in args.kw_defaults and bool(args.posonlyargs or args.args or args.vararg)


def _may_be_left_out(node: Marked) -> bool:
    """Tell whether a script may run to its end and not come to a node: it stands in a function, under an `if`, in a `try`."""
    step = node.parent
    while type(step) is not ast.Module:
        if isinstance(step, (ast.stmt, ast.Lambda)) and not isinstance(step, _SURE):
            return True
        step = step.parent
    return False


#: Statements that run whenever the source does, when they stand at the top level.
_SURE = (ast.Expr, ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Delete, ast.Assert, ast.Raise)


#: Modules that hand out the built-in types.
_WITH_TYPES = frozenset({'builtins', '_builtins'})
#: Words of which one must stand in a source that gives objects attributes by names that are values.
_SETTERS = ('setattr', '__dict__', 'vars', 'namedtuple', 'NamedTuple', 'SimpleNamespace', 'make_dataclass')
#: Decorators that leave a method what it is.
_KEEPING = frozenset({'property', 'staticmethod', 'classmethod', 'abstractmethod', 'override', 'setter', 'deleter'})


def _is_plain(definition: Marked) -> bool:
    """Tell whether a definition binds a function, or one in a wrapper of Python's own."""
    return all(
        (decorator.id if type(decorator) is ast.Name else getattr(decorator, 'attr', '')) in _KEEPING
        for decorator in definition.decorator_list
    )


def _assigned_in(class_node: Marked) -> set[str]:
    """Return the names that the body of a class assigns or imports, but for what its functions do."""
    found: set[str] = set()
    pending: list[ast.AST] = list(class_node.body)
    while pending:
        node = pending.pop()
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
            continue
        if type(node) is ast.Name and type(node.ctx) is not ast.Load:
            found.add(node.id)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            found.update(imported_names(node))
        pending.extend(ast.iter_child_nodes(node))
    return found
