"""What a person sees of a stopped script: frames, lines, and variables as bounded text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from monty_flow.interpreter.compiler.lower import ASYNC_MAIN
from monty_flow.interpreter.compiler.parse import source_line
from monty_flow.interpreter.records import record
from monty_flow.interpreter.runtime.async_host import STATE
from monty_flow.interpreter.runtime.coroutines import Coroutine, coroutine_state
from monty_flow.interpreter.runtime.pause import Frame, GeneratorMark
from monty_flow.interpreter.runtime.rendering import render_value

if TYPE_CHECKING:
    from types import CellType

    from monty_flow.interpreter.compiler.core import CoreFunction, Stop
    from monty_flow.interpreter.compiler.lines import Span
    from monty_flow.interpreter.compiler.program import Program
    from monty_flow.interpreter.runtime.run import Run

#: Variables of one frame that are looked at.
MAX_VARIABLES = 200


@record(frozen=True)
class Position:
    """A place in the source: 1-based lines, 0-based columns."""

    line: int
    column: int
    end_line: int
    end_column: int


@record(frozen=True)
class Move:
    """Where a function that stands in the middle goes on in another version of its script."""

    #: Name as in tracebacks.
    function: str
    #: Where it stands in the script that made the state.
    old: Position
    #: Where it goes on in the new one.
    new: Position
    #: Its variables that the new version does not have; their values are dropped.
    gone: tuple[str, ...]


@record(frozen=True)
class FrameView:
    """One script function on the stack."""

    #: Name as in tracebacks; '<module>' for the top level.
    function: str
    #: Where it stands.
    position: Position
    #: That line of the source.
    source_line: str
    #: Its variables, by name, each as bounded text.
    variables: dict[str, str]


@record(frozen=True)
class FrameContents:
    """One script function on the stack with its variables as they are."""

    #: Name as in tracebacks; '<module>' for the top level.
    function: str
    program: Program
    span: Span
    #: The first of its variables by name, MAX_VARIABLES of them.
    names: dict[str, Any]


def frame_contents(run: Run, frames: list[Frame | GeneratorMark]) -> tuple[FrameContents, ...]:
    """Return the script's own frames, outermost first; not those of library modules, whose lines are of other sources."""
    found = []
    for frame in frames:
        if type(frame) is Frame and _is_of_script(frame.program) and not _only_runs_body(frame):
            found.append(_contents(run, frame.program, frame.function, frame.stop, frame.names | _held(frame.cells)))
    return tuple(found)


def waiting_contents(run: Run) -> tuple[FrameContents, ...]:
    """Return the frames in which the oldest task of a stopped event loop waits, outermost first."""
    loop = getattr(run.globals.get(STATE), 'running', None)
    tasks = getattr(loop, '_tasks', None)
    awaited = getattr(next(iter(tasks)), '_coro', None) if tasks else None
    found = []
    while type(awaited) is Coroutine:
        native = coroutine_state(awaited)
        frame: Any = None if native is None else native.gi_frame
        known = None if frame is None else run.program.function_of_code(frame.f_code)
        if known is None:
            break
        program, function = known
        stop = program.stop_at(function, frame.f_lineno, suspended=True)
        if stop is None or program.is_prelude:
            break
        names = frame.f_locals
        own = {name: names[name] for name in (*function.local_names, *function.cell_names) if name in names}
        found.append(_contents(run, program, function, stop, own))
        # What an await delegates to is held under the number of its node.
        awaited = names.get(f'$i{stop.node}')
    return tuple(found)


def views_of(contents: tuple[FrameContents, ...]) -> tuple[FrameView, ...]:
    """Return frames as a person sees them."""
    return tuple(
        FrameView(
            frame.function,
            Position(*frame.span),
            source_line(frame.program.source, frame.span[0]),
            {name: render_value(value) for name, value in frame.names.items()},
        )
        for frame in contents
    )


def _is_of_script(program: Program) -> bool:
    return not program.is_prelude and not program.library and program.module is None


def _only_runs_body(frame: Frame) -> bool:
    """Tell whether a frame is that of a top level that runs its body as a coroutine: the body is shown."""
    return frame.function.number == 0 and ASYNC_MAIN in frame.program.functions


def _held(cells: dict[str, CellType]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, cell in cells.items():
        try:
            found[name] = cell.cell_contents
        except ValueError:
            continue
    return found


def _contents(run: Run, program: Program, function: CoreFunction, stop: Stop, own: dict[str, Any]) -> FrameContents:
    names: dict[str, Any] = {}
    if function.number in (0, ASYNC_MAIN):
        names.update(
            (name, value)
            for name, value in run.globals.items()
            # Names with a colon or a dot are those of libraries.
            if not name.startswith(('$', '__')) and ':' not in name and '.' not in name
        )
    names.update((name, value) for name, value in own.items() if not name.startswith('$'))
    return FrameContents(function.name, program, stop.span, dict(sorted(names.items())[:MAX_VARIABLES]))
