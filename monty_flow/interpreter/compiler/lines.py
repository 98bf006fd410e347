"""Line numbers of emitted code.

Emitted code keeps the line numbers of the script, so that a native traceback of it already speaks of script
lines. Past the script's last line come numbers of our own, one for each thing that must be told
apart by its line: a stop (which call paused?), a function (whose code is this?), and statements
that no traceback should show.
"""

from __future__ import annotations

import ast

from monty_flow.interpreter.records import record

#: A place in the source: first line, column, last line, end column.
Span = tuple[int, int, int, int]


def span_of(node: ast.AST) -> Span:
    """Return where a node stands in the source."""
    line = getattr(node, 'lineno', 1)
    column = getattr(node, 'col_offset', 0)
    return (line, column, getattr(node, 'end_lineno', None) or line, getattr(node, 'end_col_offset', None) or column)


@record()
class Lines:
    """The table of one program: emitted lines from `base` on, and what each stands for."""

    #: First number of our own.
    base: int
    #: Span of each number from `base` on; None for lines that no traceback shows.
    spans: list[Span | None]

    def new(self, node: ast.AST | None) -> int:
        """Return a fresh line that stands for `node`, or a hidden one."""
        self.spans.append(None if node is None else span_of(node))
        return self.base + len(self.spans) - 1

    def source_line(self, line: int) -> int:
        """Return the script's line for an emitted one; 0 where it is hidden."""
        if line < self.base:
            return line
        index = line - self.base
        span = self.spans[index] if index < len(self.spans) else None
        return span[0] if span is not None else 0
