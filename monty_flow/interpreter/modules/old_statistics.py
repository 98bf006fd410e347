"""What `statistics` gave to runs that were begun when it was native; snapshots of before name these classes."""

from __future__ import annotations

import statistics
from typing import ClassVar

from monty_flow.interpreter.runtime.immutable import FrozenType


class StatisticsError(statistics.StatisticsError, metaclass=FrozenType):
    """CPython's class, with no attribute of the class to change."""

    __module__ = 'statistics'


class LinearRegression(tuple[float, float], metaclass=FrozenType):
    """What `linear_regression` gives: a tuple with names."""

    __slots__ = ()
    script_type_name: ClassVar[str] = 'LinearRegression'

    @property
    def slope(self) -> float:
        return self[0]

    @property
    def intercept(self) -> float:
        return self[1]

    def __repr__(self) -> str:
        return 'LinearRegression(slope={!r}, intercept={!r})'.format(*self)
