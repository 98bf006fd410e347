"""`statistics`: CPython's own functions over a list of the data."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from typing import Any, ClassVar, Final

from monty_flow.interpreter.errors import LimitReached, MemoryLimitError
from monty_flow.interpreter.modules.library import LibraryFunctions, with_error
from monty_flow.interpreter.modules.module import Definition, FrozenType

#: Steps that one value takes: the functions add up exact fractions in Python.
_STEPS: Final = 8
#: Bits of an int in the data; squares and fractions of bigger ones take too long in one go.
MAX_BITS: Final = 1 << 16


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


class StatisticsFunctions(LibraryFunctions):
    """The functions of `statistics`."""

    __slots__ = ()
    module = 'statistics'

    def mean(self, data: Any) -> Any:
        return self._of(statistics.mean, data)

    def fmean(self, data: Any, weights: Any = None) -> float:
        found: float = self._of(statistics.fmean, data, None if weights is None else self._data(weights))
        return found

    def geometric_mean(self, data: Any) -> float:
        found: float = self._of(statistics.geometric_mean, data)
        return found

    def harmonic_mean(self, data: Any, weights: Any = None) -> Any:
        return self._of(statistics.harmonic_mean, data, None if weights is None else self._data(weights))

    def median(self, data: Any) -> Any:
        return self._of(statistics.median, data)

    def median_low(self, data: Any) -> Any:
        return self._of(statistics.median_low, data)

    def median_high(self, data: Any) -> Any:
        return self._of(statistics.median_high, data)

    def median_grouped(self, data: Any, interval: Any = 1) -> Any:
        return self._of(statistics.median_grouped, data, interval)

    def mode(self, data: Any) -> Any:
        return self._of(statistics.mode, data)

    def multimode(self, data: Any) -> list[Any]:
        found: list[Any] = self._of(statistics.multimode, data)
        return found

    def quantiles(self, data: Any, *, n: Any = 4, method: Any = 'exclusive') -> list[Any]:
        if type(n) is int:
            self._room(n)
        found: list[Any] = self._of(statistics.quantiles, data, n=n, method=method)
        return found

    def variance(self, data: Any, xbar: Any = None) -> Any:
        return self._of(statistics.variance, data, xbar)

    def pvariance(self, data: Any, mu: Any = None) -> Any:
        return self._of(statistics.pvariance, data, mu)

    def stdev(self, data: Any, xbar: Any = None) -> Any:
        return self._of(statistics.stdev, data, xbar)

    def pstdev(self, data: Any, mu: Any = None) -> Any:
        return self._of(statistics.pstdev, data, mu)

    def covariance(self, x: Any, y: Any, /) -> float:
        found: float = self._of(statistics.covariance, x, self._data(y))
        return found

    def correlation(self, x: Any, y: Any, /, **options: Any) -> float:
        found: float = self._of(statistics.correlation, x, self._data(y), **options)
        return found

    def linear_regression(self, x: Any, y: Any, /, *, proportional: Any = False) -> LinearRegression:
        return LinearRegression(self._of(statistics.linear_regression, x, self._data(y), proportional=proportional))

    def _of(self, function: Callable[..., Any], data: Any, *args: Any, **options: Any) -> Any:
        items = self._data(data)
        return with_error(StatisticsError, statistics.StatisticsError, function, items, *args, **options)

    def _data(self, data: Any) -> list[Any]:
        items = list(self._pool(data))
        self._run.charge(_STEPS * len(items))
        for item in items:
            if type(item) is int and item.bit_length() > MAX_BITS:
                raise LimitReached(MemoryLimitError('max_int_bits', MAX_BITS))
        return items


MODULE = Definition(
    'statistics',
    static={'StatisticsError': StatisticsError},
    functions=StatisticsFunctions,
    left_out={
        'it is not part of this release': 'NormalDist kde kde_random',
        'it is not meant for users of the module': 'Counter Decimal Fraction LinearRegression acos asin atan attrgetter '
        'bisect_left bisect_right cos cosh count defaultdict erf exp fabs fsum groupby hypot isfinite isinf itemgetter '
        'log math mul namedtuple numbers pi random reduce repeat seed sin sqrt sumprod sys tan tau',
    },
)
