"""Let a state that one version of a script has left go on in another version.

The state is read against the program that made it; every function, stop and temporary in it is then replaced by
its counterpart in the new program (`compiler/correspondence.py`). A function keeps its identity by name and place; a stop must be the
same operation, with the same values in hand around it. What does not fit is refused with the place that does not.
Statements that have run are not run again: a value stays what the old script made it, while functions have their new bodies.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from types import FunctionType
from typing import Any, Final

from monty_flow.interpreter.compiler.core import CoreFunction, Stop
from monty_flow.interpreter.compiler.correspondence import Correspondence
from monty_flow.interpreter.compiler.lower import ASYNC_MAIN
from monty_flow.interpreter.compiler.program import Program
from monty_flow.interpreter.errors import RelocationRefused
from monty_flow.interpreter.records import record
from monty_flow.interpreter.runtime.pause import Frame, GeneratorMark
from monty_flow.interpreter.views import Move, Position

_TEMPORARY: Final = re.compile(r'(\$[a-z]+)(\d+)(.*)', re.ASCII)
_COUNTED: Final = re.compile(r'\$w\d+', re.ASCII)


@record(frozen=True)
class Place:
    """A function of the new program and a stop in it."""

    owner: Program
    function: CoreFunction
    stop: Stop
    #: The new name of each temporary that is live at the stop.
    temporaries: dict[str, str]


class Relocation:
    """The way from the states of one program to those of another."""

    def __init__(self, old: Program, new: Program) -> None:
        self.old = old
        self.new = new
        self._nodes = Correspondence(old.source, new.source, new.script_name)
        #: Where each function that stands in the middle stood and stands.
        self.moves: list[Move] = []

    def function(self, function: CoreFunction) -> CoreFunction:
        """Return the counterpart of a function of the old program."""
        number = function.number
        found = None
        new_number = number if number == ASYNC_MAIN else self._nodes.new_number(number)
        if new_number is not None:
            found = self.new.functions.get(new_number)
        if found is None or found.name != function.name or found.is_generator is not function.is_generator:
            raise RelocationRefused(
                f"the function '{function.qualname}' is not in the new script, or is of another kind there"
            )
        if set(found.cell_names) != set(function.cell_names):
            changed = ', '.join(sorted(set(found.cell_names) ^ set(function.cell_names)))
            raise RelocationRefused(f"'{function.qualname}' shares other variables with inner functions now: {changed}")
        return found

    def place(self, function: CoreFunction, stop: Stop) -> Place:
        """Return where a function that stands at a stop goes on, and note the move."""
        found = self.function(function)
        line = stop.span[0]
        number = self._nodes.new_number(stop.node)
        target = None if number is None else found.stop_named(number, stop.part)
        if target is None or target.is_yield is not stop.is_yield or not self._nodes.is_same_point(stop.node):
            raise RelocationRefused(
                f"'{function.qualname}' stands at line {line}, and the new script has no such call there: keep that statement"
            )
        temporaries = self.temporaries(stop, target)
        if {*temporaries.values()} != target.live:
            raise RelocationRefused(
                f"'{function.qualname}' stands in the middle of line {line}, and what the new script computes around the call"
                ' differs: keep that statement, and the heads of the blocks around it'
            )
        gone = tuple(sorted({*function.local_names} - {*found.local_names}))
        self.moves.append(Move(function.name, Position(*stop.span), Position(*target.span), gone))
        return Place(self.new, found, target, temporaries)

    def temporaries(self, stop: Stop, target: Stop) -> dict[str, str]:
        """Return the new names of what is live at a stop: most have the number of their node, some are counted."""
        counted = dict(zip(_counted(stop.live), _counted(target.live), strict=False))
        return {name: counted.get(name) or self._renumbered(name) for name in stop.live}

    def _renumbered(self, name: str) -> str:
        found = _TEMPORARY.fullmatch(name)
        if found is None:
            return name
        number = self._nodes.new_number(int(found[2]))
        return f'{found[1]}?{found[2]}' if number is None else f'{found[1]}{number}{found[3]}'

    def values(self, place: Place, values: dict[str, Any]) -> dict[str, Any]:
        """Return the variables of a function under their new names, without those that it has no more."""
        moved = {place.temporaries.get(name, name): value for name, value in values.items()}
        known = {*place.function.known_names, *place.stop.live, *parameters(place.function)}
        return {name: value for name, value in moved.items() if name in known}

    def frames(self, frames: list[Frame | GeneratorMark]) -> list[Frame | GeneratorMark]:
        """Return the frames of a stack as they stand in the new program; the innermost one that does not fit is told."""
        before, self.moves = self.moves, []
        moved = [self.frame(frame) for frame in reversed(frames)]
        self.moves = [*self.moves[::-1], *before]
        return moved[::-1]

    def frame(self, frame: Frame | GeneratorMark) -> Frame | GeneratorMark:
        """Return a frame as it stands in the new program."""
        if type(frame) is not Frame or frame.program is not self.old:
            return frame
        place = self.place(frame.function, frame.stop)
        return Frame(self.new, place.function, place.stop, self.values(place, frame.names), frame.cells)

    def define_added(self, scope: dict[str, Any], frames: list[Frame | GeneratorMark]) -> tuple[str, ...]:
        """Define the functions that the new script has before the line where it goes on; return the names that stay unbound.

        That a function was added is the most common change. Whatever else is new there would have to be run.
        """
        main = frames[0]
        assert type(main) is Frame
        unbound: list[str] = []
        for statement in self._nodes.added():
            if statement.lineno > main.stop.span[0]:
                continue
            if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef) and _is_plain(statement):
                scope[statement.name] = FunctionType(self.new.codes[statement.nid], scope, statement.name)  # type: ignore[union-attr]
            else:
                unbound += [name for name in _bound(statement) if name not in scope]
        return tuple(sorted({*unbound}))


def _counted(names: Iterable[str]) -> list[str]:
    """Return the temporaries that a function counts as it comes by them, in that order."""
    return sorted((name for name in names if _COUNTED.fullmatch(name)), key=lambda name: int(name[2:]))


def parameters(function: CoreFunction) -> list[str]:
    """Return the names of a function's parameters."""
    args = function.args
    named = [arg.arg for arg in (*args.posonlyargs, *args.args, *args.kwonlyargs)]
    return named + [arg.arg for arg in (args.vararg, args.kwarg) if arg is not None]


def _is_plain(definition: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    args = definition.args
    return not (definition.decorator_list or args.defaults or any(args.kw_defaults))


def _bound(statement: ast.stmt) -> list[str]:
    """Return the names that a statement at the top level binds."""
    found: list[str] = []
    for node in ast.walk(statement):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.append(node.id)
        elif isinstance(node, ast.alias):
            found.append((node.asname or node.name).partition('.')[0])
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return [statement.name]
    return [name for name in found if name != '*']
