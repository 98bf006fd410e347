"""Where a paused run stands: the source line with a marker, and the variables of each frame."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from monty_flow.interpreter import FrameView, Position

#: Lines of source above the waiting one.
LINES_ABOVE = 3


def describe_place(frames: Sequence[FrameView], source: str, script_name: str, *, ended: bool = False) -> str:
    """Return the waiting line with its surroundings and variables, then the frames that called it.

    `frames` run from the outermost to the innermost, the one that waits; there is one at least.
    """
    innermost = frames[-1]
    blocks = [
        f'{"stood" if ended else "waits"} at {script_name}, line {innermost.position.line}, in {innermost.function}',
        _excerpt(source, innermost.position),
        _variables(innermost),
    ]
    for frame in reversed(frames[:-1]):
        blocks.append(f'called from line {frame.position.line}, in {frame.function}')
        blocks.append(f'  > {frame.position.line:4} | {frame.source_line.strip()}')
        blocks.append(_variables(frame))
    return '\n'.join(block for block in blocks if block)


def _excerpt(source: str, position: Position) -> str:
    lines = source.splitlines()
    shown = []
    for number in range(max(1, position.line - LINES_ABOVE), min(position.line, len(lines)) + 1):
        shown.append(f'  {">" if number == position.line else " "} {number:4} | {lines[number - 1]}'.rstrip())
    line = lines[position.line - 1] if position.line <= len(lines) else ''
    end = position.end_column if position.end_line == position.line else len(line)
    shown.append(f'         | {" " * position.column}{"^" * max(1, end - position.column)}')
    return '\n'.join(shown)


def _variables(frame: FrameView) -> str:
    if not frame.variables:
        return ''
    width = max(map(len, frame.variables))
    return '\n'.join(f'      {name:{width}} = {text}' for name, text in frame.variables.items())
