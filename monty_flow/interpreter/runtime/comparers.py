"""Functions of `heapq` and `bisect`, which compare what they are given, and readers of `csv`: native, or by steps of the script language.

C can be stopped neither in a comparison nor in a key, nor while it reads. Where a call may have to, a source of the function in
Python is run, compiled as a part of the script; which of the two it is to be is seen when the call is made.
"""

from __future__ import annotations

from collections.abc import Callable
from types import BuiltinFunctionType, MethodType
from typing import Any, Final

from monty_flow.interpreter import modules
from monty_flow.interpreter.compiler.operations import ORDERINGS
from monty_flow.interpreter.compiler.stopping import MODULE_COMPARERS, MODULE_CONSUMERS
from monty_flow.interpreter.runtime.classes import is_script_instance
from monty_flow.interpreter.runtime.collections_support import is_pausable
from monty_flow.interpreter.runtime.dataclass_support import LIBRARY_GETTERS
from monty_flow.interpreter.runtime.pause import Barrier
from monty_flow.interpreter.runtime.run import Run

_WRITTEN: Final = {**MODULE_COMPARERS, 'csv': MODULE_CONSUMERS['csv']}
_KINDS: Final = frozenset({BuiltinFunctionType, MethodType})


class Comparer:
    """A function of a module, and how it is written in Python."""

    __slots__ = ('_export', '_native', '_run')

    def __init__(self, run: Run, native: Callable[..., Any], export: tuple[str, str]) -> None:
        self._run = run
        self._native = native
        self._export = export

    def __call__(self, /, *args: Any, **kwargs: Any) -> Any:
        if self._may_stop(args, kwargs):
            return LIBRARY_GETTERS[0](self._run).value(*self._export)(*args, **kwargs)
        return Barrier(self._native)(*args, **kwargs)

    def _may_stop(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
        if self._export[0] not in MODULE_COMPARERS:
            return any(map(is_pausable, args))
        if kwargs.get('key') is not None or not self._run.program.stopping_methods.isdisjoint(ORDERINGS):
            return True
        return any(is_pausable(value) or is_script_instance(value) or callable(value) for value in args)


def written(run: Run, function: Any) -> Comparer | None:
    """Return what to call for a function of these modules, None for any other."""
    if type(function) not in _KINDS:
        return None
    export = modules.reference_of(function)
    if export is None or export[1] not in _WRITTEN.get(export[0], ()):
        return None
    return Comparer(run, function, export)
