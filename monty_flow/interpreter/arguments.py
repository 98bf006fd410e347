"""What callers hand in, checked where it comes in: each error names the argument, what it is, and what to give.

The usual kinds pass by one look at their type, for a run may take ten microseconds in all.
"""

from __future__ import annotations

import keyword
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from monty_flow.interpreter.errors import BoundaryError
from monty_flow.interpreter.limits import DEFAULT_LIMITS, ResourceLimits


def source_of(code: Any) -> str:
    """Return the source of a script; raise BoundaryError for what is no text."""
    if not isinstance(code, str):
        hint = ', decoded' if isinstance(code, (bytes, bytearray)) else ''
        raise BoundaryError(f'the source of a script is of type {type(code).__name__}; give a str{hint}')
    return code


def names_of(argument: str, names: Iterable[str], example: str) -> tuple[str, ...]:
    """Return names that came as any iterable but a text, which would be one of letters."""
    if type(names) not in (tuple, list) and (isinstance(names, str) or not isinstance(names, Iterable)):
        raise BoundaryError(f'{argument}={names!r} is not a list of names; write {argument}={example}')
    found = tuple(names)
    for name in found:
        if not isinstance(name, str):
            raise BoundaryError(f'{argument}: {name!r} is not a name; write {argument}={example}')
    return found


def variables_of(argument: str, names: Iterable[str], example: str) -> tuple[str, ...]:
    """Return names that a script can have as variables."""
    found = names_of(argument, names, example)
    for name in found:
        if not name.isidentifier() or keyword.iskeyword(name):
            raise BoundaryError(f'{argument}: {name!r} cannot be a variable of a script; use an identifier')
    return found


def functions_of(functions: Mapping[str, Callable[..., Any]] | None) -> Mapping[str, Callable[..., Any]]:
    """Return the functions of the host by name, none where none are given."""
    if functions is None:
        return {}
    if type(functions) is not dict and not isinstance(functions, Mapping):
        raise BoundaryError(
            f"external_functions is {_kind(functions)}; give a dict of names and functions, such as {{'fetch': fetch}}"
        )
    return functions


def inputs_of(inputs: Mapping[str, Any] | None) -> Mapping[str, Any]:
    """Return the values of the inputs by name, none where none are given."""
    if inputs is None:
        return {}
    if type(inputs) is not dict and not isinstance(inputs, Mapping):
        raise BoundaryError(f"inputs is {_kind(inputs)}; give a dict of names and values, such as {{'n': 1}}")
    return inputs


def limits_of(limits: ResourceLimits | None) -> ResourceLimits:
    """Return the limits of a run, the default ones where none are given."""
    if limits is None:
        return DEFAULT_LIMITS
    if not isinstance(limits, ResourceLimits):
        raise BoundaryError(f'limits is {_kind(limits)}; give ResourceLimits(max_steps=...) or the like')
    return limits


def check_printer(print_callback: Any) -> None:
    """Raise BoundaryError for what cannot be told of output."""
    if print_callback is not None and not callable(print_callback):
        raise BoundaryError(f'print_callback is {_kind(print_callback)}; give a function of a stream and a text')


def _kind(value: object) -> str:
    return f'of type {type(value).__name__}'
