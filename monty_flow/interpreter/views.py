"""What a person sees of a stopped script: frames, lines, and variables as bounded text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from monty_flow.interpreter.compiler.lines import Span
from monty_flow.interpreter.compiler.parse import source_line
from monty_flow.interpreter.runtime.pause import Frame, GeneratorMark
from monty_flow.interpreter.runtime.rendering import render_value

if TYPE_CHECKING:
    from monty_flow.interpreter.runtime.run import Run

#: Variables of one frame that are rendered.
MAX_VARIABLES = 200


@dataclass(frozen=True, slots=True)
class Position:
    """A place in the source: 1-based lines, 0-based columns."""

    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True, slots=True)
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
    """Return the script's own frames, outermost first."""
    views = []
    for frame in frames:
        if type(frame) is Frame and not frame.program.is_prelude:
            views.append(_view(run, frame))
    return tuple(views)


def _view(run: Run, frame: Frame) -> FrameView:
    span: Span = frame.stop.span
    names: dict[str, Any] = {}
    if frame.function.number == 0:
        names.update(
            (name, value)
            for name, value in run.globals.items()
            # Names with a colon or a dot are those of libraries.
            if not name.startswith(('$', '__')) and ':' not in name and '.' not in name
        )
    names.update((name, value) for name, value in frame.names.items() if not name.startswith('$'))
    for name, cell in frame.cells.items():
        try:
            names[name] = cell.cell_contents
        except ValueError:
            continue
    shown = dict(sorted(names.items())[:MAX_VARIABLES])
    return FrameView(
        frame.function.name,
        Position(*span),
        source_line(frame.program.source, span[0]),
        {name: render_value(value) for name, value in shown.items()},
    )
