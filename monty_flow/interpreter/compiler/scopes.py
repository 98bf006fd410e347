"""Find out, for every name, which function it belongs to.

Python's own rules (as in the `symtable` module), on the checked AST: a name is local to the function that
binds it, unless declared otherwise; comprehensions have a scope of their own; a walrus binds in
the function around the comprehension. Two things are ours:

* the top level is compiled as a function, `main`: a top-level name that no inner function uses is a
  local of it (fast), the others are globals of the run (`Scope.is_global`);
* the pass also notes what the pausing analysis asks for: calls, names used as values, and places that iterate.

A comprehension is compiled in place as long as nothing in it pauses, so it counts as part of its
function when we ask who captures a name; a generator expression is a function of its own.
"""

from __future__ import annotations

import ast
from enum import Enum

from monty_flow.interpreter.compiler.annotations import Annotations
from monty_flow.interpreter.compiler.nodes import Marked
from monty_flow.interpreter.records import field, record

#: The variable of a class body's function that holds the class, for `super()`.
CLASS_CELL = '$class'


class Kind(Enum):
    MAIN = 'main'
    FUNCTION = 'function'
    LAMBDA = 'lambda'
    COMPREHENSION = 'comprehension'
    GENERATOR = 'generator'
    CLASS = 'class'


@record()
class Scope:
    """One function, lambda, comprehension or the top level."""

    kind: Kind
    #: A function-like node of the script.
    node: Marked
    parent: Scope | None
    #: Names bound here by something else than a `def`: assignment, parameter, import, loop, handler.
    bound: set[str] = field(default_factory=set)
    #: Names bound here by `def`, with every such definition.
    defined: dict[str, list[Marked]] = field(default_factory=dict)
    globals: set[str] = field(default_factory=set)
    nonlocals: set[str] = field(default_factory=set)
    #: Names that a walrus in a comprehension binds here.
    walrus: set[str] = field(default_factory=set)
    #: Names read or written here, whoever owns them.
    used: set[str] = field(default_factory=set)
    #: Names that a class body reads before it binds them, if it does.
    fallbacks: set[str] = field(default_factory=set)
    children: list[Scope] = field(default_factory=list)
    params: list[str] = field(default_factory=list)
    #: Own names that an inner function captures; they live in cells.
    captured: set[str] = field(default_factory=set)
    #: Names of outer functions that this one uses, or hands on to an inner one.
    free: set[str] = field(default_factory=set)
    #: Whether the code runs inside the function around it: comprehensions in which nothing pauses.
    inline: bool = False
    #: Whether the code may await: `async def`, a comprehension that awaits, a top level that does.
    is_async: bool = False

    def owns(self, name: str) -> bool:
        return (name in self.bound or name in self.defined) and name not in self.globals and name not in self.nonlocals

    def owner(self, name: str) -> Scope:
        """Return the scope whose name it is; the top level for globals, built-ins and external names."""
        if name in self.globals:
            return self.root()
        scope: Scope | None = self if name not in self.nonlocals else self.parent
        while scope is not None:
            # What a class body binds is seen in the body alone, but for the class that `super()` asks for.
            if scope.owns(name) and (scope.kind is not Kind.CLASS or scope is self or name == CLASS_CELL):
                return scope
            if name in scope.globals:
                return scope.root()
            scope = scope.parent
        return self.root()

    def root(self) -> Scope:
        scope = self
        while scope.parent is not None:
            scope = scope.parent
        return scope

    def function(self) -> Scope:
        """Return the scope of the function in which this code runs."""
        scope = self
        while scope.inline and scope.parent is not None:
            scope = scope.parent
        return scope


@record()
class Program:
    """What the pass found."""

    main: Scope
    #: Scope of each function-like node, by node number.
    scopes: dict[int, Scope]
    #: Every call, with the scope in which it is evaluated.
    calls: list[tuple[Marked, Scope]]
    #: Places that iterate over a value: (node that iterates, the iterated expression, scope).
    iterations: list[tuple[Marked, ast.expr, Scope]]
    #: Names read as values, not called.
    values: list[tuple[str, Scope]]
    #: Decorator expressions, with the scope in which they are applied.
    decorators: list[tuple[Marked, Scope]]
    #: Yield expressions.
    yields: list[tuple[Marked, Scope]]
    #: What waits: `await`, `async for`, items of `async with`, comprehensions that await.
    awaits: list[tuple[Marked, Scope]]
    #: Class statements, with the scope in which they stand.
    classes: list[tuple[Marked, Scope]]
    #: Attributes that are assigned or deleted.
    attribute_stores: list[tuple[Marked, Scope]]
    #: Attributes that are read as values, not called.
    attribute_loads: list[tuple[Marked, Scope]]
    #: Operators, subscripts and formatted values, which may run methods of a script's class.
    operations: list[tuple[Marked, Scope]]
    #: Items of `with` statements.
    managers: list[tuple[Marked, Scope]]
    #: The import statements.
    imports: list[ast.Import | ast.ImportFrom]
    #: Attribute names that the script assigns.
    stored_attributes: set[str]
    #: What becomes of annotations.
    annotations: Annotations = Annotations.UNSEEN
    #: Whether an expression may bind a name.
    has_walrus: bool = False
    #: Top-level names that inner functions use; they are globals of the run.
    global_names: set[str] = field(default_factory=set)

    def assigned_globals(self) -> set[str]:
        """Return the names that functions bind at the top level."""
        return {
            name
            for scope in self.scopes.values()
            for name in scope.globals
            if name in scope.bound or name in scope.defined
        }


class ScopeError(Exception):
    """A `nonlocal` or `global` that means nothing; carries the node for the message."""

    def __init__(self, node: ast.AST, message: str) -> None:
        self.node = node
        super().__init__(message)


def classify(found: Program) -> None:
    """Decide which top-level names are globals of the run, and which names live in cells.

    Comes after the pausing analysis, which makes functions of the comprehensions that pause.
    """
    for scope in found.scopes.values():
        found.global_names |= {name for name in scope.fallbacks if scope.owns(name)}
        for name in scope.used:
            owner = scope.owner(name)
            if owner.kind is not Kind.MAIN:
                _capture(scope, owner, name)
            elif scope.function().kind is not Kind.MAIN or name in scope.globals:
                found.global_names.add(name)
        if scope.kind in (Kind.FUNCTION, Kind.LAMBDA):
            for name in scope.nonlocals:
                if scope.owner(name).kind is Kind.MAIN:
                    raise ScopeError(scope.node, f"no binding for nonlocal '{name}' found")


def _capture(scope: Scope, owner: Scope, name: str) -> None:
    """Note that `scope` uses a name of `owner`, and that the functions between hand it on."""
    if scope is owner:
        return
    crossed = False
    step: Scope | None = scope
    while step is not None and step is not owner:
        step.free.add(name)
        crossed = crossed or not step.inline
        step = step.parent
    if crossed:
        owner.captured.add(name)
