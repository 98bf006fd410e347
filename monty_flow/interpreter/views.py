"""What a person sees of a stopped script: frames, lines, and variables as bounded text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from monty_flow.interpreter.compiler.lines import Span
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
    from monty_flow.interpreter.compiler.program import Program
    from monty_flow.interpreter.runtime.run import Run

#: Variables of one frame that are rendered.
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


def frame_views(run: Run, frames: list[Frame | GeneratorMark]) -> tuple[FrameView, ...]:
    """Return the script's own frames, outermost first; not those of library modules, whose lines are of other sources."""
    views = []
    for frame in frames:
        if type(frame) is Frame and _is_of_script(frame.program) and not _only_runs_body(frame):
            views.append(_view(run, frame.program, frame.function, frame.stop, frame.names | _held(frame.cells)))
    return tuple(views)


def waiting_views(run: Run) -> tuple[FrameView, ...]:
    """Return the frames in which the oldest task of a stopped event loop waits, outermost first."""
    loop = getattr(run.globals.get(STATE), 'running', None)
    tasks = getattr(loop, '_tasks', None)
    awaited = getattr(next(iter(tasks)), '_coro', None) if tasks else None
    views = []
    while type(awaited) is Coroutine:
        native = coroutine_state(awaited)
        frame: Any = None if native is None else native.gi_frame
        found = None if frame is None else run.program.function_of_code(frame.f_code)
        if found is None:
            break
        program, function = found
        stop = program.stop_at(function, frame.f_lineno, suspended=True)
        if stop is None or program.is_prelude:
            break
        names = frame.f_locals
        known = {name: names[name] for name in (*function.local_names, *function.cell_names) if name in names}
        views.append(_view(run, program, function, stop, known))
        # What an await delegates to is held under the number of its node.
        awaited = names.get(f'$i{stop.node}')
    return tuple(views)


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


def _view(run: Run, program: Program, function: CoreFunction, stop: Stop, own: dict[str, Any]) -> FrameView:
    span: Span = stop.span
    names: dict[str, Any] = {}
    if function.number in (0, ASYNC_MAIN):
        names.update(
            (name, value)
            for name, value in run.globals.items()
            # Names with a colon or a dot are those of libraries.
            if not name.startswith(('$', '__')) and ':' not in name and '.' not in name
        )
    names.update((name, value) for name, value in own.items() if not name.startswith('$'))
    shown = dict(sorted(names.items())[:MAX_VARIABLES])
    return FrameView(
        function.name,
        Position(*span),
        source_line(program.source, span[0]),
        {name: render_value(value) for name, value in shown.items()},
    )
