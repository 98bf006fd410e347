"""`decimal`: CPython's Decimal under the default context (28 digits, exponents up to 999999).

The context of CPython belongs to the host's thread, so a script neither sees nor sets it. Operations are bounded by
it; the constructor is not, so what it makes is checked: its exponent, as `int()` of it would take that many digits.
"""

from __future__ import annotations

import decimal
from typing import Any, Final

from monty_flow.interpreter.errors import LimitReached, MemoryLimitError
from monty_flow.interpreter.modules.library import LibraryFunctions, TypeOfRun
from monty_flow.interpreter.modules.module import Definition
from monty_flow.interpreter.runtime.run import Run

#: Of the default context: what an operation may give.
MAX_EXPONENT: Final = 999_999
#: Digits of a number that is given as text or int.
MAX_DIGITS: Final = 1_000_000
_ROUNDINGS: Final = (
    'ROUND_CEILING', 'ROUND_DOWN', 'ROUND_FLOOR', 'ROUND_HALF_DOWN', 'ROUND_HALF_EVEN', 'ROUND_HALF_UP', 'ROUND_UP',
    'ROUND_05UP',
)  # fmt: skip


class Makers(LibraryFunctions):
    """What makes the objects of one run."""

    __slots__ = ()
    module = 'decimal'

    def decimal(self, value: Any = '0') -> decimal.Decimal:
        kind = type(value)
        size = len(value) if kind in (str, tuple, list) else value.bit_length() // 3 if kind is int else 0
        if size > MAX_DIGITS:
            raise LimitReached(MemoryLimitError('max_memory', self._run.limits.max_memory or MAX_DIGITS))
        self._run.charge(size >> 3)
        made = decimal.Decimal(value)
        if made.is_finite() and made and abs(made.adjusted()) > MAX_EXPONENT:
            raise OverflowError(f'the exponent of a Decimal is beyond {MAX_EXPONENT}, the most that the sandbox takes')
        return made


def _decimal(run: Run) -> TypeOfRun:
    return TypeOfRun(decimal.Decimal, 'decimal.Decimal', Makers(run).decimal)


MODULE = Definition(
    'decimal',
    static={name: getattr(decimal, name) for name in _ROUNDINGS},
    objects={'Decimal': _decimal},
    left_out={
        "the context is always CPython's default; give quantize() a rounding": 'BasicContext Context DefaultContext '
        'ExtendedContext IEEEContext IEEE_CONTEXT_MAX_BITS getcontext localcontext setcontext HAVE_CONTEXTVAR HAVE_THREADS '
        'MAX_EMAX MAX_PREC MIN_EMIN MIN_ETINY',
        'catch ArithmeticError, or ZeroDivisionError': 'Clamped ConversionSyntax DecimalException DivisionByZero '
        'DivisionImpossible DivisionUndefined FloatOperation Inexact InvalidContext InvalidOperation Overflow Rounded '
        'Subnormal Underflow',
        'it is not part of this release; a Decimal shows itself': 'DecimalTuple',
        'it is not meant for users of the module': 'SPEC_VERSION',
    },
)
