"""`math`: CPython's own functions, with those whose work or result grows with the operand sized first."""

from __future__ import annotations

import math
import operator
from collections.abc import Iterable, Sequence
from typing import Any, ClassVar, SupportsFloat, SupportsIndex

from monty_flow.interpreter.errors import LimitReached, MemoryLimitError, TimeLimitError
from monty_flow.interpreter.modules.module import Definition, Functions, metered
from monty_flow.interpreter.runtime.run import Run

_BITS_PER_DIGIT = 30
#: Seconds that one step of schoolbook arithmetic on two digits takes, generously.
_SECONDS_PER_STEP = 1.5e-9
#: Bits up to which no operation on ints is worth a look.
_SMALL_BITS = 4096
_LOG_2 = math.log(2)
#: How much quicker than the schoolbook the products of a factorial are, at least, where it matters.
_FAST = 32
#: Ints below this need no look at their size.
_SMALL = 1 << 64


class MathFunctions(Functions):
    """The functions of `math` that must know their operands' sizes."""

    __slots__ = ()
    module = 'math'
    consuming: ClassVar[frozenset[str]] = frozenset({'prod', 'fsum', 'dist', 'sumprod'})

    def factorial(self, n: SupportsIndex, /) -> int:
        number = operator.index(n)
        if number > 20:
            limit = self._run.limits.max_int_bits
            # Above the limit itself there is no need to compute: n! has more than n bits.
            bits = limit + 1 if number > limit else math.lgamma(number + 1) / _LOG_2
            _fit(self._run, bits)
            _afford_bits(self._run, int(bits), int(bits) // _FAST)
        return math.factorial(number)

    def comb(self, n: SupportsIndex, k: SupportsIndex, /) -> int:
        total, taken = operator.index(n), operator.index(k)
        smaller = min(taken, total - taken)
        if smaller > 0:
            # C(n, k) <= (n * e / k) ** k, and log2(e) < 1.5.
            bits = smaller * (total.bit_length() - smaller.bit_length() + 2.5)
            _fit(self._run, bits)
            _afford_bits(self._run, int(bits), 2 * int(bits))
        return math.comb(total, taken)

    def perm(self, n: SupportsIndex, k: SupportsIndex | None = None, /) -> int:
        if k is None:
            return self.factorial(n)
        total, taken = operator.index(n), operator.index(k)
        if 0 < taken <= total:
            bits = taken * total.bit_length()
            _fit(self._run, bits)
            _afford_bits(self._run, bits, bits // _FAST)
        return math.perm(total, taken)

    def isqrt(self, n: SupportsIndex, /) -> int:
        number = operator.index(n)
        _afford(self._run, number, number)
        return math.isqrt(number)

    def gcd(self, *integers: SupportsIndex) -> int:
        self._run.charge(len(integers))
        if (
            len(integers) == 2
            and type(integers[0]) is int
            and -_SMALL < integers[0] < _SMALL
            and type(integers[1]) is int
        ):
            return math.gcd(*integers)
        result = 0
        for integer in integers:
            number = operator.index(integer)
            _afford(self._run, result, number)
            result = math.gcd(result, number)
        return result

    def lcm(self, *integers: SupportsIndex) -> int:
        self._run.charge(len(integers))
        result = 1
        for integer in integers:
            number = operator.index(integer)
            _afford(self._run, result, number)
            _fit(self._run, result.bit_length() + number.bit_length())
            result = math.lcm(result, number)
        return result

    def prod(self, iterable: Iterable[Any], /, *, start: Any = 1) -> Any:
        result = start
        for factor in metered(self._run, iterable):
            if type(result) is not float:
                _fit_product(self._run, result, factor)
            result = result * factor
        return result

    def fsum(self, seq: Iterable[SupportsFloat], /) -> float:
        return math.fsum(metered(self._run, seq))

    def dist(self, p: Iterable[Any], q: Iterable[Any], /) -> float:
        return math.dist(tuple(metered(self._run, p)), tuple(metered(self._run, q)))


class SumOfProducts(MathFunctions):
    """The same with `sumprod`, which CPython has from 3.12 on."""

    __slots__ = ()

    def sumprod(self, p: Iterable[Any], q: Iterable[Any], /) -> Any:
        left, right = tuple(metered(self._run, p)), tuple(metered(self._run, q))
        for a, b in zip(left, right, strict=False):
            if type(a) is not float:
                _fit_product(self._run, a, b)
        return math.sumprod(left, right)  # type: ignore[attr-defined,unused-ignore]


def _fit(run: Run, bits: float) -> None:
    """Refuse a result of `bits` over the limit; charge for one that fits."""
    limit = run.limits.max_int_bits
    if bits > limit:
        raise LimitReached(MemoryLimitError('max_int_bits', limit))
    run.charge(int(bits) >> 6)


def _afford(run: Run, a: int, b: int) -> None:
    """Refuse an operation, quadratic in the operands' sizes, that would take longer than the run may."""
    _afford_bits(run, a.bit_length(), b.bit_length())


def _afford_bits(run: Run, a_bits: int, b_bits: int) -> None:
    if a_bits < _SMALL_BITS or b_bits < _SMALL_BITS:
        return
    steps = (a_bits // _BITS_PER_DIGIT) * (b_bits // _BITS_PER_DIGIT)
    limit = run.limits.max_duration_secs
    if limit is not None and steps * _SECONDS_PER_STEP > limit - run.seconds_used:
        raise LimitReached(TimeLimitError('max_duration_secs', limit))
    run.charge(steps >> 6)


def _fit_product(run: Run, a: Any, b: Any) -> None:
    """Refuse the product of two ints, or of an int and a sequence, that is too big."""
    if isinstance(a, int) and isinstance(b, int):
        bits = int.bit_length(a) + int.bit_length(b)
        if bits > _SMALL_BITS:
            _fit(run, bits)
            _afford(run, int(a), int(b))
        return
    sequence, count = (b, a) if isinstance(a, int) else (a, b)
    if isinstance(sequence, Sequence) and isinstance(count, int) and count > 1:
        run.reserve(len(sequence) * count * 8)


_SIZED = ['factorial', 'comb', 'perm', 'isqrt', 'gcd', 'lcm', 'prod', 'fsum', 'dist', 'sumprod']

MODULE = Definition(
    'math',
    # Constants and C functions of floats: pure, immutable, of constant cost.
    static={
        name: getattr(math, name) for name in sorted(vars(math)) if not name.startswith('_') and name not in _SIZED
    },
    functions=SumOfProducts if hasattr(math, 'sumprod') else MathFunctions,
)
