"""Operators whose result may be much bigger than their operands, and calls of unknown callees.

Each guard computes exactly what Python computes, errors included, after it has made sure that the
result fits the limits. The common cases come first and cost one exact-type test.

`-`, `/`, `&`, `|`, `^`, `>>` and the unary operators need no guard: what they give is never bigger than
the bigger operand (plus one bit), and sets and dicts grow by references only. `//` and `%` are slow where both ints are big.
"""

from __future__ import annotations

import sys
import types
from typing import Any, Final

from monty_flow.interpreter.errors import LimitReached, MemoryLimitError, TimeLimitError
from monty_flow.interpreter.runtime import arrays
from monty_flow.interpreter.runtime.buffers import ARRAYS, FORGETS_PLACES, byte_size, settled
from monty_flow.interpreter.runtime.cancellation import ScriptMemoryError
from monty_flow.interpreter.runtime.classes import SCRIPT_TYPES
from monty_flow.interpreter.runtime.formatting import percent
from monty_flow.interpreter.runtime.metering import (
    CHUNK,
    FREE,
    NESTABLE,
    SIZED,
    check_nesting,
    hashed,
    metered,
    paid_chunks,
    range_size,
    size_of,
    sized,
)
from monty_flow.interpreter.runtime.operating import operation_of
from monty_flow.interpreter.runtime.run import Run
from monty_flow.interpreter.runtime.widths import (
    DICT_ENTRY_BYTES,
    ITEM_BYTES,
    SET_ENTRY_BYTES,
    count_of,
    counted,
    sequence_kind,
    text_width,
)

#: Ints below this need no look at their size.
_SMALL: Final = 1 << 64
_SMALL_NEGATIVE: Final = -_SMALL
#: Digits of CPython's ints, and the seconds that one step of a division of two of them takes, generously.
_BITS_PER_DIGIT: Final = 30
_SECONDS_PER_STEP: Final = 1.5e-9
#: Steps of a division that are part of the tick of the call.
_FREE_STEPS: Final = 10_000
#: Exponents that cannot make a small int big.
_SMALL_EXPONENTS: Final = 64
#: Items or characters up to which a result is not worth a look at the limits.
_FEW: Final = 4096
#: Bytes of an item in a list or tuple, by which CPython judges how many there may be.
_POINTER_BYTES: Final = 8
_INTS: Final = (int, bool)
_NUMBERS: Final = frozenset({int, float})
#: Bytes of a number of a range and its place in a list: the numbers are made as they are taken.
_NUMBER_BYTES: Final = 40
#: Where the class of rational numbers is from.
_FRACTIONS: Final = 'fractions'
_CALLEES: Final = frozenset({type, types.BuiltinFunctionType, types.GenericAlias})


class Guards:
    """Serve the guarded operators of one run; emitted code calls bound methods of it."""

    __slots__ = ('builtins', 'run')

    def __init__(self, run: Run, builtins: Any) -> None:
        self.run = run
        #: The run's `Builtins`, for callees that are held as values; None where only operators are used.
        self.builtins = builtins

    def add(self, a: Any, b: Any) -> Any:
        """Return a + b."""
        kind = type(a)
        if kind is int or kind is float:
            return a + b
        if kind in ITEM_BYTES and type(b) in ITEM_BYTES:
            size = len(a) + len(b)
            if size > _FEW:
                self._room(kind, size, a, b)
        elif kind in ITEM_BYTES and (type(b) is memoryview or type(b) in ARRAYS):
            self._room(kind, len(a) + byte_size(b))
        elif type(kind) in SCRIPT_TYPES:
            self.check_sum(a, b)
        elif kind in ARRAYS and type(b) in ARRAYS:
            arrays.reserve_made(self.run, a, len(a) + len(b))
        return a + b

    def iadd(self, a: Any, b: Any) -> Any:
        """Return a after a += b."""
        kind = type(a)
        if kind is int or kind is float:
            a += b
            return a
        if kind is list:
            return self._extend(a, b)
        if kind in ITEM_BYTES and type(b) in ITEM_BYTES:
            size = len(a) + len(b)
            if size > _FEW:
                self._room(kind, size, a, b)
        elif kind in ITEM_BYTES and (type(b) is memoryview or type(b) in ARRAYS):
            self._room(kind, len(a) + byte_size(b))
        elif kind in ARRAYS and type(b) in ARRAYS:
            arrays.reserve(self.run, a, len(a) + len(b))
        elif type(kind) in SCRIPT_TYPES:
            self.check_sum(a, b)
            if isinstance(a, list) and kind.__iadd__ is list.__iadd__:
                b = sized(self.run.charge, b)
        a += b
        return a

    def mul(self, a: Any, b: Any) -> Any:
        """Return a * b."""
        if type(a) is int and type(b) is int:
            if not _SMALL_NEGATIVE < a < _SMALL:
                # Products of two big ones take long: those that cannot fit are not made.
                self._check_bits(a.bit_length() + b.bit_length() - 1)
            product = a * b
            if _SMALL_NEGATIVE < product < _SMALL:
                return product
            self._check_bits(product.bit_length())
            return product
        kind = type(a)
        if kind is float:
            return a * b
        if (
            type(b) in _NUMBERS
            and type(kind) in SCRIPT_TYPES
            and sequence_kind(a) is None
            and not issubclass(kind, int)
        ):
            # Neither a sequence nor an int: the class says what the product is.
            return a * b
        a, b = counted(a, b)
        self.check_product(a, b)
        return a * b

    def imul(self, a: Any, b: Any) -> Any:
        """Return a after a *= b."""
        if type(a) is int and type(b) is int:
            return self.mul(a, b)
        if type(a) is not float:
            a, b = counted(a, b)
            self.check_product(a, b)
        a *= b
        return a

    def pow(self, a: Any, b: Any) -> Any:
        """Return a ** b."""
        if type(a) is int and type(b) is int and 0 <= b <= _SMALL_EXPONENTS and _SMALL_NEGATIVE < a < _SMALL:
            return a**b
        if isinstance(a, int) and isinstance(b, int):
            self._check_power(a, b)
        elif type(a) is not float:
            self._check_rational_power(a, b)
        return a**b

    def ipow(self, a: Any, b: Any) -> Any:
        """Return a after a **= b."""
        if isinstance(a, int) and isinstance(b, int):
            self._check_power(a, b)
        elif type(a) is not float:
            self._check_rational_power(a, b)
        a **= b
        return a

    def lshift(self, a: Any, b: Any) -> Any:
        """Return a << b."""
        if isinstance(a, int) and isinstance(b, int):
            self._check_shift(a, b)
        return a << b

    def ilshift(self, a: Any, b: Any) -> Any:
        """Return a after a <<= b."""
        if isinstance(a, int) and isinstance(b, int):
            self._check_shift(a, b)
        a <<= b
        return a

    def mod(self, a: Any, b: Any) -> Any:
        """Return a % b, which formats where a is text."""
        kind = type(a)
        if kind is str or kind is bytes or kind is bytearray:
            return percent(self.run, a, b)
        if kind is int and type(b) is int and not _SMALL_NEGATIVE < b < _SMALL:
            self._check_division(a, b)
        if type(kind) in SCRIPT_TYPES:
            self._check_divided(a, b)
        if isinstance(a, str) and kind.__mod__ is str.__mod__:
            return percent(self.run, str.__str__(a), b)
        if isinstance(a, bytearray) and kind.__mod__ is bytearray.__mod__:
            return percent(self.run, bytearray.copy(a), b)
        return a % b

    def imod(self, a: Any, b: Any) -> Any:
        """Return a after a %= b."""
        kind = type(a)
        if kind is str or kind is bytes or kind is bytearray:
            return percent(self.run, a, b)
        if kind is int and type(b) is int and not _SMALL_NEGATIVE < b < _SMALL:
            self._check_division(a, b)
        if type(kind) in SCRIPT_TYPES:
            self._check_divided(a, b)
        if isinstance(a, str) and kind.__mod__ is str.__mod__:
            return percent(self.run, str.__str__(a), b)
        if isinstance(a, bytearray) and kind.__mod__ is bytearray.__mod__:
            return percent(self.run, bytearray.copy(a), b)
        a %= b
        return a

    def floordiv(self, a: Any, b: Any) -> Any:
        """Return a // b."""
        if type(a) is int and type(b) is int and not _SMALL_NEGATIVE < b < _SMALL:
            self._check_division(a, b)
        elif type(type(a)) in SCRIPT_TYPES:
            self._check_divided(a, b)
        return a // b

    def ifloordiv(self, a: Any, b: Any) -> Any:
        """Return a after a //= b."""
        if type(a) is int and type(b) is int and not _SMALL_NEGATIVE < b < _SMALL:
            self._check_division(a, b)
        elif type(type(a)) in SCRIPT_TYPES:
            self._check_divided(a, b)
        a //= b
        return a

    def divmod(self, a: Any, b: Any) -> Any:
        """Return divmod(a, b)."""
        if type(a) is int and type(b) is int and not _SMALL_NEGATIVE < b < _SMALL:
            self._check_division(a, b)
        elif type(type(a)) in SCRIPT_TYPES:
            self._check_divided(a, b)
        return divmod(a, b)

    def operation(self, name: str, a: Any, b: Any) -> Any:
        """Return what an operator gives, by the name of its method."""
        return operation_of(self, name)(a, b)

    def contains(self, container: Any, item: Any) -> bool:
        """Return item in container."""
        kind = type(container)
        if kind is dict or kind is set or kind is str:
            return item in container
        if kind is list or kind is tuple:
            if len(container) > FREE:
                self.run.charge(len(container))
            return item in container
        if kind is range and type(type(item)) in SCRIPT_TYPES:
            return any(item == number for number in metered(self.run.charge, container))
        if kind is range and type(item) not in _INTS:
            # CPython would compare item by item. Of the universe only whole floats and complexes equal ints.
            whole = item.real if type(item) is complex and not item.imag else item
            return type(whole) is float and whole.is_integer() and int(whole) in container
        if isinstance(container, bytearray) and kind.__contains__ is bytearray.__contains__:
            item = settled(item)
        if kind in SIZED or kind in SCRIPT_TYPES:
            # A class with members.
            return item in container
        return item in sized(self.run.charge, container)

    def is_in(self, item: Any, container: Any) -> bool:
        """Return item in container, with the operands in their order of evaluation."""
        # The commonest cases again, to save a call.
        kind = type(container)
        if kind is str or ((kind is list or kind is tuple) and len(container) <= FREE):
            return item in container
        return self.contains(container, item)

    def paid(self, numbers: Any) -> Any:
        """Pay for a loop over a range: a short one at once, a long one a chunk at a time while it runs."""
        if type(numbers) is not range:
            return numbers
        steps = range_size(numbers)
        if steps <= CHUNK:
            self.run.charge(steps)
            return numbers
        return paid_chunks(self.run.charge, numbers)

    def sized(self, iterable: Any) -> Any:
        """Pay for a C loop over `iterable`; return what to loop over (see `metering`)."""
        kind = type(iterable)
        if kind is list or kind is tuple:
            # The commonest case again, to save a call.
            if len(iterable) < FREE:
                return iterable
        elif kind is range:
            numbers = range_size(iterable)
            if numbers < FREE:
                return iterable
        elif kind in NESTABLE:
            check_nesting(iterable)
        return sized(self.run.charge, iterable)

    def spread(self, iterable: Any) -> Any:
        """Pay for an iterable that is spread into a display or a call; return what to spread."""
        kind = type(iterable)
        if kind is list or kind is tuple:
            if len(iterable) > _FEW:
                self._room(kind, len(iterable))
            return iterable
        size = size_of(iterable)
        if size is not None and size > _FEW:
            self.run.reserve(8 * size)
        return sized(self.run.charge, iterable)

    def spread_twice(self, iterable: Any) -> Any:
        """Pay, as `spread`, for a part of a tuple, which CPython makes of a list of all parts."""
        size = size_of(iterable)
        if size is not None and size > _FEW:
            self.run.reserve(16 * size)
        return self.spread(iterable)

    def spread_keys(self, iterable: Any) -> Any:
        """Pay, as `spread`, for an iterable whose items are hashed."""
        size = size_of(iterable)
        if size is not None and size > _FEW:
            self.run.reserve(SET_ENTRY_BYTES * size)
        return hashed(self.run, iterable)

    def spread_mapping(self, mapping: Any) -> Any:
        """Pay for a mapping that is spread; return it."""
        if isinstance(mapping, dict):
            size = dict.__len__(mapping)
            if size > _FEW:
                self.run.reserve(DICT_ENTRY_BYTES * size)
                self.run.charge(size)
        return mapping

    def stored(self, items: Any) -> Any:
        """Pay for what is stored into a slice; return it."""
        kind = sequence_kind(items)
        if type(items) in ARRAYS:
            arrays.reserve(self.run, items, 2 * len(items))
            return items
        if kind is None:
            return sized(self.run.charge, items)
        size = kind.__len__(items)
        if size > _FEW:
            # A list that is stored into itself is copied first.
            self._room(kind, 2 * size)
        return items

    def stored_by_steps(self, items: Any) -> Any:
        """Pay for what is stored into a slice with a step; return it, with its items taken first.

        Before CPython 3.12.5, C writes to the places that a list had before the items were taken, which may run what empties it.
        """
        items = self.stored(items)
        if FORGETS_PLACES and type(items) not in SIZED and hasattr(type(items), '__iter__'):
            taken: list[Any] = []
            extend(self.run, taken, items)
            return taken
        return items

    def store_item(self, items: Any, container: Any, index: Any) -> None:
        """Do `container[index] = items`, where the index may be a slice."""
        container[index] = self.sliced(items, index)

    def sliced(self, items: Any, index: Any) -> Any:
        """Return what is stored under an index, which may be a slice."""
        if type(index) is not slice:
            return items
        return self.stored(items) if index.step is None else self.stored_by_steps(items)

    def unpacked(self, items: Any) -> Any:
        """Pay for what is unpacked where a starred target takes the rest; return it."""
        if type(items) is range:
            self.run.reserve(_NUMBER_BYTES * range_size(items))
        return self.spread(items)

    def matched(self, subject: Any) -> Any:
        """Pay for what a pattern may take the rest of; return it, of the type that it is."""
        size = size_of(subject)
        if size is not None and size > _FEW:
            kind = type(subject)
            self.run.reserve((DICT_ENTRY_BYTES if kind is dict else _NUMBER_BYTES if kind is range else 8) * size)
            self.run.charge(size)
        return subject

    def cut(self, value: Any, start: Any, stop: Any, step: Any) -> Any:
        """Return value[start:stop:step], of what is long or of a type that the compiler does not know."""
        kind = sequence_kind(value)
        if kind is not None and kind.__getitem__ is type(value).__getitem__:
            size = kind.__len__(value)
            if size > _FEW:
                size = len(range(*slice(start, stop, step).indices(size)))
                self._room(kind, size, value)
        elif type(value) in ARRAYS:
            arrays.reserve_made(self.run, value, len(range(*slice(start, stop, step).indices(len(value)))))
        return value[start:stop] if step is None else value[start:stop:step]

    def join_few(self, a: str, b: str, c: str) -> str:
        """Return three parts of an f-string as one text."""
        return f'{a}{b}{c}' if len(a) + len(b) + len(c) < _FEW else self.joined([a, b, c])

    def joined(self, parts: list[str]) -> str:
        """Return the parts of an f-string as one text."""
        size = sum(map(len, parts))
        if size > _FEW:
            nbytes = size * max(map(text_width, parts))
            self.run.reserve(nbytes)
            self.run.charge(nbytes >> 9)
        return ''.join(parts)

    def callable(self, value: Any) -> Any:
        """Return what to call for a callee that the compiler does not know."""
        if type(value) in _CALLEES:
            return self.builtins.guarded(value)
        return value

    def _room(self, kind: Any, size: int, *texts: Any) -> None:
        """Reserve what a sequence of so many items takes; of a str, as wide as the widest of the texts it is made of."""
        if size > _FEW:
            nbytes = size * (max(map(text_width, texts), default=1) if kind is str else ITEM_BYTES[kind])
            self.run.reserve(nbytes)
            # About as much copying as one tick takes.
            self.run.charge(nbytes >> 9)

    def _extend(self, a: list[Any], b: Any) -> list[Any]:
        kind = type(b)
        if kind is list or kind is tuple:
            self._room(list, len(a) + len(b))
            a += b
            return a
        extend(self.run, a, b)
        return a

    def check_sum(self, a: Any, b: Any) -> None:
        """Reserve the sum of two sequences, one of which at least is of a script's class."""
        kind = sequence_kind(a)
        other = None if kind is None else sequence_kind(b)
        if kind is not None and other is not None:
            size = kind.__len__(a) + other.__len__(b)
            if size > _FEW:
                self._room(kind, size, *(text for text in (a, b) if isinstance(text, str)))

    def check_product(self, a: Any, b: Any) -> None:
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
            self._check_bits(a.bit_length() + b.bit_length() - 1)

    def _repeated(self, kind: Any, sequence: Any, count: int) -> None:
        """Reserve a sequence so many times. What CPython does not even try to make is an error of its own, which scripts may catch."""
        if count > 1:
            size = kind.__len__(sequence) * count
            most = sys.maxsize // _POINTER_BYTES if kind is list or kind is tuple else sys.maxsize
            if size <= most:
                self._room(kind, size, *((sequence,) if kind is str else ()))
            elif kind is not str and kind is not bytes and count <= sys.maxsize:
                raise ScriptMemoryError

    def _check_power(self, a: int, b: int) -> None:
        if b > 1 and not -2 < a < 2:
            self._check_bits((a.bit_length() - 1) * b)

    def _check_rational_power(self, a: Any, b: Any) -> None:
        """Judge a power with a `Fraction` of the host's, whose own methods ask nobody; the module is loaded where there is one."""
        if not (_is_rational(a) or _is_rational(b)) or getattr(b, 'denominator', 0) != 1:
            return
        exponent = abs(b.numerator)
        for part in (a.numerator, a.denominator) if _is_rational(a) or type(a) is int else ():
            self._check_power(part, exponent)

    def _check_shift(self, a: int, b: int) -> None:
        if a and b > 0:
            self._check_bits(a.bit_length() + b)

    def _check_divided(self, a: Any, b: Any) -> None:
        """Judge a division of a number of a script's class, whatever that says of its size."""
        if isinstance(a, int) and isinstance(b, int):
            self._check_division(int.__index__(a), int.__index__(b))

    def _check_division(self, a: int, b: int) -> None:
        """Refuse a division, quadratic in CPython, that would take longer than the run has left."""
        divisor = b.bit_length() // _BITS_PER_DIGIT
        steps = divisor * max(0, a.bit_length() // _BITS_PER_DIGIT - divisor)
        if steps < _FREE_STEPS:
            return
        limit = self.run.limits.max_duration_secs
        if limit is not None and steps * _SECONDS_PER_STEP > limit - self.run.seconds_used:
            raise LimitReached(TimeLimitError('max_duration_secs', limit))
        self.run.charge(steps >> 6)

    def _check_bits(self, bits: int) -> None:
        limit = self.run.limits.max_int_bits
        if bits > limit:
            raise LimitReached(MemoryLimitError('max_int_bits', limit))


def _is_rational(value: Any) -> bool:
    kind = type(value)
    return kind.__module__ == _FRACTIONS and type(kind) not in SCRIPT_TYPES and hasattr(kind, 'limit_denominator')


def extend(run: Run, target: list[Any], items: Any) -> None:
    """Do target.extend(items), paying chunk by chunk: `items` may be an iterator over the growing target itself."""
    kind = type(items)
    if kind in SIZED:
        items = sized(run.charge, items)
    elif kind is not types.GeneratorType and hasattr(kind, '__iter__'):
        items = metered(run.charge, items)
    target.extend(items)
