"""The parts of requests and answers: made of what the host gives, and checked before it gets what a child says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final

from monty_flow.interpreter.boundary import to_script
from monty_flow.interpreter.errors import BoundaryError
from monty_flow.interpreter.limits import ResourceLimits
from monty_flow.interpreter.os_access import MemoryFile, OSAccess
from monty_flow.interpreter.pool import messages
from monty_flow.interpreter.views import FrameView, Position

_MAX_NAME: Final = 10_000


def name_of(value: Any) -> str:
    if type(value) is not str or len(value) > _MAX_NAME:
        raise messages.Broken('a name is malformed')
    return value


def seconds_of(value: Any) -> float:
    if type(value) not in (float, int) or not value >= 0:
        raise messages.Broken('a time is malformed')
    return float(value)


def inputs_part(inputs: Mapping[str, Any] | None) -> Any:
    return messages.packed({name: to_script(value, f'inputs[{name!r}]') for name, value in (inputs or {}).items()})


def limits_part(limits: ResourceLimits | None) -> Any:
    return None if limits is None else list(asdict(limits).items())


def access_part(access: OSAccess | None) -> Any:
    """Return an `OSAccess` as a message carries it: data alone, nothing that would ask the host."""
    if access is None:
        return None
    if access.mounts or callable(access.clock) or any(type(file) is not MemoryFile for file in access.files):
        raise BoundaryError(
            'a process of its own has no way to the files and functions of the host: mounts, callback files and a clock '
            'function need a script that runs in this process (isolation none)'
        )
    files = [[file.path, file.content] for file in access.files]  # type: ignore[union-attr]
    return [files, list(access.environ.items()), access.root_dir, access.clock, access.max_file_bytes]


def views_of(message: list[Any]) -> tuple[FrameView, ...]:
    kind, views = message
    if kind != 'frames':
        raise messages.Broken('an answer is of no known kind')
    made = []
    for function, span, line, variables in views:
        if {type(function), type(line), *(type(part) for pair in variables for part in pair)} - {str}:
            raise messages.Broken('a frame is malformed')
        if len(span) != 4 or {*map(type, span)} - {int}:
            raise messages.Broken('a frame is malformed')
        made.append(FrameView(function, Position(*span), line, dict(variables)))
    return tuple(made)
