"""What differs between two states of a run: its variables, frame by frame."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from monty_flow.interpreter import FrameView


@dataclass(frozen=True, slots=True)
class VariableChange:
    """A variable that differs, with both values as text; None where there is none."""

    function: str
    variable: str
    before: str | None
    after: str | None


def differences(before: Sequence[FrameView], after: Sequence[FrameView]) -> list[VariableChange]:
    """Return the variables that differ; frames are matched by their place on the stack and their function."""
    found: list[VariableChange] = []
    for depth in range(max(len(before), len(after))):
        one = before[depth] if depth < len(before) else None
        other = after[depth] if depth < len(after) else None
        if one is not None and other is not None and one.function != other.function:
            found += _of_frame(one, None) + _of_frame(None, other)
        else:
            found += _of_frame(one, other)
    return found


def _of_frame(old: FrameView | None, new: FrameView | None) -> list[VariableChange]:
    was = {} if old is None else old.variables
    now = {} if new is None else new.variables
    function = next(frame.function for frame in (old, new) if frame is not None)
    return [
        VariableChange(function, name, was.get(name), now.get(name))
        for name in sorted({**was, **now})
        if was.get(name) != now.get(name)
    ]
