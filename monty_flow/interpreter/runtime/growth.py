"""What the result of an operator takes, judged by its operands before it is made.

A product of two big ints, a list a million times, a text after another: what would go over a limit is never begun. Each check returns nothing,
or ends the run with a limit's error. A result of at most `FEW` items is not worth a look.
"""

from __future__ import annotations

import sys
from typing import Any, Final

from monty_flow.interpreter.errors import LimitReached, MemoryLimitError, TimeLimitError
from monty_flow.interpreter.runtime import arrays
from monty_flow.interpreter.runtime.buffers import ARRAYS
from monty_flow.interpreter.runtime.cancellation import ScriptMemoryError
from monty_flow.interpreter.runtime.classes import SCRIPT_TYPES
from monty_flow.interpreter.runtime.run import Run
from monty_flow.interpreter.runtime.widths import ITEM_BYTES, count_of, sequence_kind, text_width

#: Items or characters up to which a result is not worth a look at the limits.
FEW: Final = 4096
#: Digits of CPython's ints, and the seconds that one step of a division of two of them takes, generously.
_BITS_PER_DIGIT: Final = 30
_SECONDS_PER_STEP: Final = 1.5e-9
#: Steps of a division that are part of the tick of the call.
_FREE_STEPS: Final = 10_000
#: Bytes of an item in a list or tuple, by which CPython judges how many there may be.
_POINTER_BYTES: Final = 8
#: References to what one local of the caller holds, and a call with it.
_HELD_ONCE: Final = 3
#: Where the class of rational numbers is from.
_FRACTIONS: Final = 'fractions'

#: Bits of an int from which on sums with it, which are not judged, fill the memory between two looks of the usual distance.
_BIG_BITS: Final = 1 << 16


class Growth:
    """Judge, for one run, what operators are about to make."""

    __slots__ = ('run',)

    def __init__(self, run: Run) -> None:
        self.run = run

    def room(self, kind: Any, size: int, *texts: Any) -> None:
        """Reserve what a sequence of so many items takes; of a str, as wide as the widest of the texts it is made of."""
        if size > FEW:
            nbytes = size * (max(map(text_width, texts), default=1) if kind is str else ITEM_BYTES[kind])
            self.run.reserve(nbytes)
            # About as much copying as one tick takes.
            self.run.charge(nbytes >> 9)

    def grown(self, text: str, more: str) -> bool:
        """Reserve what a local text becomes by `text += more`; return True.

        Where nothing else holds the text, CPython makes room behind it and copies what is added alone: that is looked at whenever
        as much has been added as is not worth a look. What is held elsewhere is copied, which the watch may end between two copies.
        """
        size = len(text) + len(more)
        is_full = size // FEW != len(text) // FEW
        if is_full:
            self.run.charge(1 + (len(more) >> 9))
        if is_full or sys.getrefcount(text) > _HELD_ONCE or not text.isascii():
            self.run.reserve(size * max(text_width(text), text_width(more)))
        return True

    def check_sum(self, a: Any, b: Any) -> None:
        """Reserve the sum of two sequences, one of which at least is of a script's class."""
        kind = sequence_kind(a)
        other = None if kind is None else sequence_kind(b)
        if kind is not None and other is not None:
            size = kind.__len__(a) + other.__len__(b)
            if size > FEW:
                self.room(kind, size, *(text for text in (a, b) if isinstance(text, str)))

    def check_product(self, a: Any, b: Any) -> None:
        """Reserve a sequence times an int, in either order, or the product of two ints."""
        kind = type(a) if type(a) in ITEM_BYTES else sequence_kind(a)
        other = None
        if kind is None:
            other = type(b) if type(b) in ITEM_BYTES else sequence_kind(b)
        if kind is not None:
            self._repeated(kind, a, count_of(b))
        elif other is not None:
            self._repeated(other, b, count_of(a))
        elif type(a) in ARRAYS or type(b) in ARRAYS:
            array, count = (a, count_of(b)) if type(a) in ARRAYS else (b, count_of(a))
            arrays.reserve_made(self.run, array, len(array) * count)
        elif issubclass(type(a), int) and issubclass(type(b), int):
            self.check_bits(a.bit_length() + b.bit_length() - 1)

    def _repeated(self, kind: Any, sequence: Any, count: int) -> None:
        """Reserve a sequence so many times. What CPython does not even try to make is an error of its own, which scripts may catch."""
        if count > 1:
            size = kind.__len__(sequence) * count
            most = sys.maxsize // _POINTER_BYTES if kind is list or kind is tuple else sys.maxsize
            if size <= most:
                self.room(kind, size, *((sequence,) if kind is str else ()))
            elif kind is not str and kind is not bytes and count <= sys.maxsize:
                raise ScriptMemoryError

    def check_power(self, a: int, b: int) -> None:
        """Refuse a power with more bits than an int may have."""
        if b > 1 and not -2 < a < 2:
            self.check_bits((a.bit_length() - 1) * b)

    def check_rational_power(self, a: Any, b: Any) -> None:
        """Judge a power with a `Fraction` of the host's, whose own methods ask nobody; the module is loaded where there is one."""
        if not (_is_rational(a) or _is_rational(b)) or getattr(b, 'denominator', 0) != 1:
            return
        exponent = abs(b.numerator)
        for part in (a.numerator, a.denominator) if _is_rational(a) or type(a) is int else ():
            self.check_power(part, exponent)

    def check_shift(self, a: int, b: int) -> None:
        """Refuse a shift to the left with more bits than an int may have."""
        if a and b > 0:
            self.check_bits(a.bit_length() + b)

    def check_divided(self, a: Any, b: Any) -> None:
        """Judge a division of a number of a script's class, whatever that says of its size."""
        if isinstance(a, int) and isinstance(b, int):
            self.check_division(int.__index__(a), int.__index__(b))

    def check_division(self, a: int, b: int) -> None:
        """Refuse a division, quadratic in CPython, that would take longer than the run has left."""
        divisor = b.bit_length() // _BITS_PER_DIGIT
        steps = divisor * max(0, a.bit_length() // _BITS_PER_DIGIT - divisor)
        if steps < _FREE_STEPS:
            return
        limit = self.run.limits.max_duration_secs
        if limit is not None and steps * _SECONDS_PER_STEP > limit - self.run.seconds_used:
            raise LimitReached(TimeLimitError('max_duration_secs', limit))
        self.run.charge(steps >> 6)

    def check_bits(self, bits: int) -> None:
        """Refuse an int of so many bits where that is over `max_int_bits`."""
        limit = self.run.limits.max_int_bits
        if bits > _BIG_BITS:
            if bits > limit:
                raise LimitReached(MemoryLimitError('max_int_bits', limit))
            self.run.look_often(bits >> 3)
        elif bits > limit:
            raise LimitReached(MemoryLimitError('max_int_bits', limit))


def _is_rational(value: Any) -> bool:
    kind = type(value)
    return kind.__module__ == _FRACTIONS and type(kind) not in SCRIPT_TYPES and hasattr(kind, 'limit_denominator')
