"""`decimal`: CPython's Decimal, under a context of the run's own (`runtime/arithmetic.py`).

Operations are bounded by the context; the constructor is not, so what it makes is checked: its exponent, as `int()` of
it would take that many digits.
"""

from __future__ import annotations

import decimal
from typing import Any, ClassVar, Final

from monty_flow.interpreter.errors import LimitReached, MemoryLimitError
from monty_flow.interpreter.modules.library import LibraryFunctions, TypeOfRun
from monty_flow.interpreter.modules.module import Definition, Frozen
from monty_flow.interpreter.runtime.arithmetic import (
    MAX_EMAX,
    MAX_PREC,
    MIN_EMIN,
    MIN_ETINY,
    Arithmetic,
    Context,
    DecimalTuple,
)
from monty_flow.interpreter.runtime.run import Run

#: Of the default context: what an operation may give.
MAX_EXPONENT: Final = MAX_EMAX
#: Digits of a number that is given as text or int.
MAX_DIGITS: Final = 1_000_000
_ROUNDINGS: Final = (
    'ROUND_CEILING', 'ROUND_DOWN', 'ROUND_FLOOR', 'ROUND_HALF_DOWN', 'ROUND_HALF_EVEN', 'ROUND_HALF_UP', 'ROUND_UP',
    'ROUND_05UP',
)  # fmt: skip
_SIGNALS: Final = (
    'Clamped', 'DecimalException', 'DivisionByZero', 'FloatOperation', 'Inexact', 'InvalidOperation', 'Overflow',
    'Rounded', 'Subnormal', 'Underflow',
)  # fmt: skip


class LocalContext(Frozen):
    """What `localcontext()` gives: a context that holds inside a `with`."""

    __slots__ = ('_context', '_saved')
    script_type_name: ClassVar[str] = 'ContextManager'
    _context: Context
    _saved: Any

    def __init__(self, context: Context, saved: Any = None) -> None:
        self._set(_context=context, _saved=saved)

    def __enter__(self) -> Context:
        self._set(_saved=decimal.getcontext())
        decimal.setcontext(self._context)
        return self._context

    def __exit__(self, *error: Any) -> None:
        decimal.setcontext(self._saved)


class DecimalFunctions(LibraryFunctions):
    """The functions of `decimal`."""

    __slots__ = ()
    module = 'decimal'

    def getcontext(self) -> Any:
        return decimal.getcontext()

    def setcontext(self, context: Any, /) -> None:
        decimal.setcontext(self._context(context))

    def localcontext(self, ctx: Any = None, **settings: Any) -> LocalContext:
        source: Any = decimal.getcontext() if ctx is None else self._context(ctx)
        made = source.copy()
        for name, value in settings.items():
            if name not in ('prec', 'rounding', 'Emin', 'Emax', 'capitals', 'clamp', 'flags', 'traps'):
                raise TypeError(f"'{name}' is an invalid keyword argument for this function")
            if value is not None:
                setattr(made, name, getattr(Context(**{name: value}), name))
        return LocalContext(made)

    def _context(self, context: Any) -> Any:
        if type(context) is not Context:
            raise TypeError('optional argument must be a context')
        loaded = (self._run.modules or {}).get('decimal')
        # A template stays what it is: who sets it works on a copy.
        is_template = any(getattr(loaded, name, None) is context for name in _TEMPLATES)
        return context.copy() if is_template else context


class Makers(LibraryFunctions):
    """What makes the objects of one run."""

    __slots__ = ()
    module = 'decimal'

    def decimal(self, value: Any = '0', context: Any = None) -> decimal.Decimal:
        made: decimal.Decimal = self.of_class(decimal.Decimal, value, context)
        return made

    def of_class(self, cls: Any, value: Any = '0', context: Any = None) -> Any:
        size = len(value) if isinstance(value, str | tuple | list) else 0
        if isinstance(value, int):
            size = int.bit_length(value) // 3
        if size > MAX_DIGITS:
            raise LimitReached(MemoryLimitError('max_memory', self._run.limits.max_memory or MAX_DIGITS))
        self._run.charge(size >> 3)
        made = decimal.Decimal.__new__(cls, value, context)
        if made.is_finite() and made and abs(decimal.Decimal.adjusted(made)) > MAX_EXPONENT:
            raise OverflowError(f'the exponent of a Decimal is beyond {MAX_EXPONENT}, the most that the sandbox takes')
        return made


def _decimal(run: Run) -> TypeOfRun:
    if run.arithmetic is None:
        run.arithmetic = Arithmetic()
        if run.active:
            run.arithmetic.enter()
    makers = Makers(run)
    return TypeOfRun(decimal.Decimal, 'decimal.Decimal', makers.decimal, new=makers.of_class)


_TEMPLATES: Final = {
    'DefaultContext': lambda run: Context(),
    'BasicContext': lambda run: Context(
        prec=9,
        rounding=decimal.ROUND_HALF_UP,
        traps=[
            decimal.DivisionByZero, decimal.Overflow, decimal.InvalidOperation, decimal.Clamped, decimal.Underflow,
        ],
    ),
    'ExtendedContext': lambda run: Context(prec=9, traps=[]),
}  # fmt: skip

MODULE = Definition(
    'decimal',
    static={
        **{name: getattr(decimal, name) for name in (*_ROUNDINGS, *_SIGNALS)},
        'MAX_PREC': MAX_PREC,
        'MAX_EMAX': MAX_EMAX,
        'MIN_EMIN': MIN_EMIN,
        'MIN_ETINY': MIN_ETINY,
        'HAVE_CONTEXTVAR': True,
        'HAVE_THREADS': True,
    },
    functions=DecimalFunctions,
    objects={
        'Decimal': _decimal,
        'Context': lambda run: TypeOfRun(Context, 'decimal.Context', Context),
        'DecimalTuple': lambda run: TypeOfRun(DecimalTuple, 'decimal.DecimalTuple', DecimalTuple),
        **_TEMPLATES,
    },
    left_out={
        'it names a condition of InvalidOperation; catch that': 'ConversionSyntax DivisionImpossible DivisionUndefined '
        'InvalidContext',
        'it is not part of this release': 'IEEEContext IEEE_CONTEXT_MAX_BITS',
        'it is not meant for users of the module': 'SPEC_VERSION',
    },
)
