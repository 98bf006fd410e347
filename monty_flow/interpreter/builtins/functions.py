"""The built-in functions of one run."""

from __future__ import annotations

import types
from typing import Any, Final

from monty_flow.interpreter.builtins.conversions import Conversions
from monty_flow.interpreter.builtins.evaluation import Evaluation
from monty_flow.interpreter.builtins.iteration import Iteration
from monty_flow.interpreter.builtins.objects import Objects
from monty_flow.interpreter.builtins.table import BUILTINS
from monty_flow.interpreter.runtime.guards import Guards
from monty_flow.interpreter.runtime.methods import Methods
from monty_flow.interpreter.runtime.paying_bases import BUILTINS_OF
from monty_flow.interpreter.runtime.run import Run
from monty_flow.interpreter.runtime.universe import TYPE

#: What CPython has under a name -> the method of ours that scripts call instead.
_GUARDS: Final[dict[Any, str]] = {row.value: row.guard for row in BUILTINS.values() if row.guard is not None}


class Builtins(Conversions, Iteration, Objects, Evaluation):
    """Serve the guarded built-in functions of one run; emitted code calls bound methods of it.

    It makes the run's `Methods` and `Guards` too, since each needs the others: a method may call back a
    built-in (`xs.sort(key=str)`), and a built-in may add.
    """

    __slots__ = ('_values', 'formatter', 'guards', 'methods', 'run')

    def __init__(self, run: Run) -> None:
        self.run = run
        self.methods = Methods(run)
        self.methods.callee = self.guarded
        self.methods.plain = self
        self.formatter = self.methods.formatter
        self.guards = Guards(run, self)
        self._values: dict[str, Any] = {}

    def value(self, name: str) -> Any:
        """Return what a script holds when it uses a built-in name as a value; one object for each name."""
        row = BUILTINS[name]
        if row.guard is None or isinstance(row.value, type) or name == 'type':
            return row.value
        value = self._values.get(name)
        if value is None:
            value = self._values[name] = getattr(self, row.guard)
        return value

    def guarded(self, value: Any) -> Any:
        """Return the guarded version of a built-in type or function, and anything else as it is."""
        kind = type(value)
        if kind is types.GenericAlias:
            return self.guarded(value.__origin__)
        if kind is not type and kind is not types.BuiltinFunctionType:
            # Types that a run has of its own are known to the run alone.
            return self.b_type if value is TYPE else value
        name = _GUARDS.get(value)
        return value if name is None else getattr(self, name)


BUILTINS_OF.append(Builtins)
