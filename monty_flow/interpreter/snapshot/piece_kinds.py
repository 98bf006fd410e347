"""The kinds of what belongs to code that a script makes of text (`runtime/evaluation.py`)."""

from __future__ import annotations

from typing import Any

from monty_flow.interpreter.compiler.pieces import MODES
from monty_flow.interpreter.runtime.evaluation import Names, PieceCode, code_parts, make_code
from monty_flow.interpreter.runtime.global_names import GlobalNames
from monty_flow.interpreter.snapshot.registry import Kind


def _build_code(context: Any, source: Any, mode: Any) -> PieceCode:
    """Compile a piece again, as the script had it done: the bytes hold its text alone."""
    if type(source) is not str or mode not in MODES:
        raise TypeError('a piece of code is malformed')
    return make_code(context.run, source, mode, stays=True).code


def _fill_names(context: Any, names: Names, global_names: Any, local_names: Any) -> None:
    if not isinstance(global_names, dict) and type(global_names) is not GlobalNames:
        raise TypeError('the namespaces of a piece are malformed')
    names.globals, names.locals = global_names, local_names


def piece_kinds() -> list[Kind]:
    """Return the rows."""
    return [
        Kind('piece', PieceCode, lambda code, _: (code_parts(code), ()), _build_code),
        Kind('globals', GlobalNames, lambda v, _: ((), ()), lambda context: GlobalNames(context.run)),
        Kind(
            'names',
            Names,
            lambda names, _: ((), (names.globals, names.locals)),
            lambda context: Names(context.run, {}, {}),
            _fill_names,
        ),
    ]
