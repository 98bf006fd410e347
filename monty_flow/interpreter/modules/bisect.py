"""`bisect`: CPython's own functions; only the callback is guarded, and the insertion is paid for."""

from __future__ import annotations

import bisect
from typing import Any

from monty_flow.interpreter.modules.library import LibraryFunctions
from monty_flow.interpreter.modules.module import Definition
from monty_flow.interpreter.modules.scripted import Scripted
from monty_flow.interpreter.runtime.metering import FREE


class BisectFunctions(LibraryFunctions):
    """The functions of `bisect`."""

    __slots__ = ()
    module = 'bisect'

    def bisect_left(self, a: Any, x: Any, lo: Any = 0, hi: Any = None, *, key: Any = None) -> int:
        return bisect.bisect_left(a, x, lo, hi, key=self._callee(key))

    def bisect_right(self, a: Any, x: Any, lo: Any = 0, hi: Any = None, *, key: Any = None) -> int:
        return bisect.bisect_right(a, x, lo, hi, key=self._callee(key))

    bisect = bisect_right

    def insort_left(self, a: Any, x: Any, lo: Any = 0, hi: Any = None, *, key: Any = None) -> None:
        self._pay(a)
        bisect.insort_left(a, x, lo, hi, key=self._callee(key))

    def insort_right(self, a: Any, x: Any, lo: Any = 0, hi: Any = None, *, key: Any = None) -> None:
        self._pay(a)
        bisect.insort_right(a, x, lo, hi, key=self._callee(key))

    insort = insort_right

    def _pay(self, a: Any) -> None:
        if type(a) is list and len(a) > FREE:
            # Moving references is far cheaper than a step.
            self._run.charge(len(a) >> 6)


MODULE = Definition('bisect', functions=BisectFunctions)
#: CPython's own in Python, for comparisons and keys of the script that may stop.
BY_STEPS = Definition('_bisect_by_steps', scripted=Scripted('bisect', installed=True))
