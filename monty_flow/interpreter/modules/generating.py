"""Make the generated methods of a run's classes (see `runtime/dataclass_source.py`)."""

from __future__ import annotations

from collections.abc import Sequence
from types import CellType, FunctionType
from typing import Any

from monty_flow.interpreter.runtime.dataclass_source import identity_of
from monty_flow.interpreter.runtime.dataclass_support import BINDERS
from monty_flow.interpreter.runtime.run import Run


def generated_method(
    run: Run,
    name: str,
    flags: str,
    fields: Sequence[tuple[str, str]],
    captured: dict[str, Any],
    class_name: str,
) -> FunctionType:
    """Return a method for a class of that qualified name, with the values that it captures."""
    for bind in BINDERS:
        bind(run)
    try:
        owner, core = run.program.find_function(identity_of(name, flags, fields))
    except LookupError:
        raise ValueError(f'the names of the fields of {class_name:.100} are too long for a method') from None
    code = owner.codes[core.number]
    cells = tuple(CellType(captured[free.removeprefix('$d.')]) for free in code.co_freevars)
    made = FunctionType(code, run.globals, name, None, cells or None)
    made.__qualname__ = f'{class_name}.{name}'
    return made
