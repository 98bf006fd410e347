"""The core language: what lowering makes, and both emitted versions are built from.

A function body in core form is a list of ordinary `ast` statements in which every stop is a
statement of its own: `target = call`, a bare `call`, or `target = yield value`. Such a statement carries its
number as `stmt.pc`. Numbers grow in emission order, so every compound statement covers one range of them
(`stop_range`), which is what the resume version asks for.
"""

from __future__ import annotations

import ast
import re

from monty_flow.interpreter.compiler.lines import Span
from monty_flow.interpreter.compiler.nodes import Marked
from monty_flow.interpreter.compiler.scopes import Scope
from monty_flow.interpreter.patterns import pattern
from monty_flow.interpreter.records import field, record

#: The one function that a piece of code made of text becomes (`pieces.py`).
PIECE = '<piece>'


@record(frozen=True)
class Stop:
    """One place at which a function may stop."""

    #: Number in emission order, from 1; what the resume version jumps by.
    pc: int
    #: Identity in snapshots: number of the AST node, and which stop of that node.
    node: int
    part: int
    #: Emitted line.
    line: int
    #: Place in the source.
    span: Span
    #: Temporaries whose value is needed after the stop.
    live: frozenset[str]
    #: Whether it is a `yield` rather than a call.
    is_yield: bool


@record()
class CoreFunction:
    """One function in core form."""

    #: Number of its AST node; its identity in snapshots.
    number: int
    name: str
    qualname: str
    scope: Scope
    args: ast.arguments
    body: list[ast.stmt]
    #: Emitted line of the definition; the code object is found by it.
    line: int
    stops: list[Stop] = field(default_factory=list)
    #: Emitted lines on which CPython delegates by itself, with the stops of the loop for which each stands.
    native_waits: dict[int, tuple[Stop, ...]] = field(default_factory=dict)
    is_generator: bool = False
    #: Whether calling it gives a coroutine.
    gives_coroutine: bool = False
    #: Names of the script's own that are locals here, without cells.
    local_names: list[str] = field(default_factory=list)
    #: Own captured names and names of outer functions, sorted: the cells.
    cell_names: list[str] = field(default_factory=list)
    #: Names declared `global`, and those declared `nonlocal`.
    global_names: list[str] = field(default_factory=list)
    nonlocal_names: list[str] = field(default_factory=list)
    #: Own names that no emitted statement may bind: by a walrus in a comprehension's function, or a bare annotation.
    phantom_names: list[str] = field(default_factory=list)
    _known: frozenset[str] | None = None
    _stops_by_place: dict[tuple[int, int], Stop] | None = None
    #: Whether entering it takes a step.
    ticks: bool = False
    #: Temporaries that are live at some stop.
    temporaries: set[str] = field(default_factory=set)
    #: The `def` statement that makes it in the function around it; None for `main` and lambdas.
    definition: ast.FunctionDef | None = None
    #: Number from which a snapshot counts the nodes of a library function; 0 for functions of scripts.
    origin: int = 0
    #: Name under which pauses record the function: its number, or its name for functions of the prelude.
    identity: int | str = 0
    #: Whether it answers operations of C that are begun anew until all methods have answered (`runtime/asking.py`).
    answers: bool = False
    #: The docstring.
    doc: str | None = None

    @property
    def known_names(self) -> frozenset[str]:
        """Names of locals and temporaries that a frame may have."""
        if self._known is None:
            self._known = frozenset(self.local_names)
        return self._known

    def stored_name(self, name: str) -> str:
        """Return the name of a local or temporary as a snapshot has it."""
        return _moved(name, -self.origin) if self.origin else name

    def loaded_name(self, name: str) -> str:
        """Return the name of a local or temporary for one of a snapshot."""
        return _moved(name, self.origin) if self.origin and type(name) is str else name

    def stop_named(self, node: int, part: int) -> Stop | None:
        """Return the stop of an AST node, of a function that is compiled."""
        if self._stops_by_place is None:
            # The first of several with one place counts.
            self._stops_by_place = {(stop.node, stop.part): stop for stop in reversed(self.stops)}
        return self._stops_by_place.get((node, part))


def _moved(name: str, by: int) -> str:
    """Return a temporary's name with the number of its node moved."""
    found = _TEMPORARY.fullmatch(name)
    return name if found is None else f'{found[1]}{int(found[2]) + by}{found[3]}'


_TEMPORARY = pattern(r'(\$[a-z]+)(-?\d+)(.*)', re.ASCII)


def stop_range(statements: list[ast.stmt]) -> tuple[int, int] | None:
    """Return the first and last stop number inside, or None where there is none."""
    first: int | None = None
    last = 0
    for statement in statements:
        found = _range_of(statement)
        if found is not None:
            first = found[0] if first is None else first
            last = found[1]
    return None if first is None else (first, last)


def _range_of(statement: Marked) -> tuple[int, int] | None:
    pc: int | None = getattr(statement, 'pc', None)
    if pc is not None:
        return (pc, pc)
    cached: tuple[int, int] | str | None = getattr(statement, 'range', 'unknown')
    if not isinstance(cached, str):
        return cached
    found = None
    blocks = blocks_of(statement)
    if blocks:
        found = stop_range([inner for block in blocks for inner in block])
    statement.range = found
    return found


def blocks_of(statement: Marked) -> list[list[ast.stmt]]:
    """Return the blocks of a compound statement in emission order; function bodies do not count."""
    kind = type(statement)
    if kind is ast.If or kind is ast.While or kind is ast.For:
        return [statement.body, statement.orelse]
    if kind is ast.Try:
        handlers = [handler.body for handler in statement.handlers]
        return [statement.body, *handlers, statement.orelse, statement.finalbody]
    return []
