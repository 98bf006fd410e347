"""A state of a run as pages show it: the lines of the script, the frames, the call, and what differs from the state before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from monty_flow.engine import Call, Engine, EngineError, Run, StoredStep
from monty_flow.interpreter import FrameView, FutureSnapshot, Snapshot, SnapshotError
from monty_flow.late import as_shown
from monty_flow.server.pages.source import Line, shown_lines

if TYPE_CHECKING:
    from monty_flow.interpreter import VariableChange


@dataclass(frozen=True, slots=True)
class Waits:
    """A call for which a run waits in a state."""

    function: str
    args: tuple[Any, ...]
    kwargs: dict[str, Any]


@dataclass(frozen=True, slots=True)
class State:
    """Where a run stood at a step."""

    #: The step that is shown, None when no state is kept.
    step: int | None
    first: int
    last: int
    #: Whether this is the newest state, so that the page goes on with the run.
    newest: bool
    frames: tuple[FrameView, ...]
    #: The script as it was then, which another version may have followed.
    source: str
    lines: list[Line]
    #: The calls for which it waits in this state: their functions and arguments.
    waits: tuple[Waits, ...]
    #: Those whose results it took in this state.
    taken: list[Call]
    #: What differs from the state before, by function and name.
    changes: dict[tuple[str, str], VariableChange]
    #: Why the state cannot be shown.
    trouble: str | None


def state_of(engine: Engine, run: Run, step: int) -> State:
    """Return the state of a run at a step, or at the nearest that is kept; 0 is the newest."""
    kept: list[StoredStep] = engine.steps(run.id)
    source = engine.source(run.id)
    if not kept:
        return State(None, 0, 0, True, (), source, shown_lines(source, ()), (), [], {}, None)
    first, last = kept[0].number, kept[-1].number
    at = min(max(step or last, first), last)
    frames: tuple[FrameView, ...] = ()
    waits: tuple[Waits, ...] = ()
    changes: dict[tuple[str, str], VariableChange] = {}
    trouble = None
    try:
        state = engine.snapshot(run.id, step=at)
        if state is not None:
            frames, waits, source = state.frames, _waits(state), state.code
            before = engine.snapshot(run.id, step=at - 1) if at > first else None
            if before is not None:
                changes = {(change.function, change.variable): change for change in _differences(before, state)}
    except (SnapshotError, EngineError) as error:
        trouble = str(error)
    lines = shown_lines(source, [frame.position for frame in frames])
    taken = [as_shown(call) for call in engine.taken_calls(run.id, at)]
    return State(at, first, last, at == last, frames, source, lines, waits, taken, changes, trouble)


def _waits(state: Snapshot | FutureSnapshot) -> tuple[Waits, ...]:
    if isinstance(state, Snapshot):
        return (Waits(state.function_name, state.args, state.kwargs),)
    return tuple(Waits(call.function_name, call.args, call.kwargs) for call in state.pending)


def _differences(before: Snapshot | FutureSnapshot, after: Snapshot | FutureSnapshot) -> list[VariableChange]:
    from monty_flow.interpreter import differences  # knows every type of every module: loaded with the first look

    return differences(before, after)
