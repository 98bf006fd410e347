"""Operators whose result may be much bigger than their operands, and calls of unknown callees.

Each guard computes exactly what Python computes, errors included, after it has made sure that the
result fits the limits (`growth`). The common cases come first and cost one exact-type test.

`-`, `/`, `&`, `|`, `^`, `>>` and the unary operators need no guard: what they give is never bigger than
the bigger operand (plus one bit), and sets and dicts grow by references only. `//` and `%` are slow where both ints are big.
"""

from __future__ import annotations

import types
from typing import Any, Final

from monty_flow.interpreter.runtime import arrays
from monty_flow.interpreter.runtime.buffers import ARRAYS, FORGETS_PLACES, byte_size, settled
from monty_flow.interpreter.runtime.classes import SCRIPT_TYPES
from monty_flow.interpreter.runtime.formatting import percent
from monty_flow.interpreter.runtime.growth import FEW, Growth
from monty_flow.interpreter.runtime.metering import (
    CHUNK,
    FREE,
    NESTABLE,
    SIZED,
    bound,
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
    counted,
    sequence_kind,
    text_width,
)

#: Ints below this need no look at their size.
_SMALL: Final = 1 << 64
_SMALL_NEGATIVE: Final = -_SMALL
#: Exponents that cannot make a small int big.
_SMALL_EXPONENTS: Final = 64
_INTS: Final = (int, bool)
_NUMBERS: Final = frozenset({int, float})
#: Bytes of a number of a range and its place in a list: the numbers are made as they are taken.
_NUMBER_BYTES: Final = 40
#: What is looked into at once, however much is in it.
_AT_ONCE: Final = frozenset({dict, frozenset, set, str})
#: How dicts find a key.
_KEYED: Final = dict.__contains__
_CALLEES: Final = frozenset({type, types.BuiltinFunctionType, types.GenericAlias})


class Guards(Growth):
    """Serve the guarded operators of one run; emitted code calls bound methods of it."""

    __slots__ = ('builtins',)

    def __init__(self, run: Run, builtins: Any) -> None:
        super().__init__(run)
        #: The run's `Builtins`, for callees that are held as values; None where only operators are used.
        self.builtins = builtins

    def add(self, a: Any, b: Any) -> Any:
        """Return a + b."""
        kind = type(a)
        if kind is type(b) and kind in ITEM_BYTES and len(a) + len(b) <= FEW:
            # The commonest case: emitted code adds numbers itself.
            return a + b
        if kind is int or kind is float:
            return a + b
        if kind in ITEM_BYTES and type(b) in ITEM_BYTES:
            size = len(a) + len(b)
            if size > FEW:
                self.room(kind, size, a, b)
        elif kind in ITEM_BYTES and (type(b) is memoryview or type(b) in ARRAYS):
            self.room(kind, len(a) + byte_size(b))
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
            if type(b) is list and len(b) < FREE:
                a += b
                return a
            return self._extend(a, b)
        if kind is bytearray and type(b) is bytes and len(b) < FREE:
            a += b
            return a
        if kind in ITEM_BYTES and type(b) in ITEM_BYTES:
            size = len(a) + len(b)
            if size > FEW:
                self.room(kind, size, a, b)
        elif kind in ITEM_BYTES and (type(b) is memoryview or type(b) in ARRAYS):
            self.room(kind, len(a) + byte_size(b))
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
                self.check_bits(a.bit_length() + b.bit_length() - 1)
            product = a * b
            if _SMALL_NEGATIVE < product < _SMALL:
                return product
            self.check_bits(product.bit_length())
            return product
        kind = type(a)
        if kind is float or (kind is type(b) and type(kind) is type):
            # Two of one type are no sequence and its count: complex numbers, decimals.
            return a * b
        if type(b) is int and kind in ITEM_BYTES and len(a) * b <= FEW:
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
            self.check_power(a, b)
        elif type(a) is not float:
            self.check_rational_power(a, b)
        return a**b

    def ipow(self, a: Any, b: Any) -> Any:
        """Return a after a **= b."""
        if isinstance(a, int) and isinstance(b, int):
            self.check_power(a, b)
        elif type(a) is not float:
            self.check_rational_power(a, b)
        a **= b
        return a

    def lshift(self, a: Any, b: Any) -> Any:
        """Return a << b."""
        if isinstance(a, int) and isinstance(b, int):
            self.check_shift(a, b)
        return a << b

    def ilshift(self, a: Any, b: Any) -> Any:
        """Return a after a <<= b."""
        if isinstance(a, int) and isinstance(b, int):
            self.check_shift(a, b)
        a <<= b
        return a

    def mod(self, a: Any, b: Any) -> Any:
        """Return a % b, which formats where a is text."""
        text = None if type(a) is int and type(b) is int and _SMALL_NEGATIVE < b < _SMALL else self._formatted(a, b)
        return a % b if text is None else text

    def imod(self, a: Any, b: Any) -> Any:
        """Return a after a %= b."""
        text = None if type(a) is int and type(b) is int and _SMALL_NEGATIVE < b < _SMALL else self._formatted(a, b)
        if text is None:
            a %= b
            return a
        return text

    def _formatted(self, a: Any, b: Any) -> Any:
        """Return a % b where a is text; None of numbers, whose division is judged here."""
        kind = type(a)
        if kind is str or kind is bytes or kind is bytearray:
            return percent(self.run, a, b)
        if kind is int and type(b) is int:
            self.check_division(a, b)
        elif type(kind) in SCRIPT_TYPES:
            self.check_divided(a, b)
            if isinstance(a, str) and kind.__mod__ is str.__mod__:
                return percent(self.run, str.__str__(a), b)
            if isinstance(a, bytearray) and kind.__mod__ is bytearray.__mod__:
                return percent(self.run, bytearray.copy(a), b)
        return None

    def floordiv(self, a: Any, b: Any) -> Any:
        """Return a // b."""
        if type(a) is int and type(b) is int and not _SMALL_NEGATIVE < b < _SMALL:
            self.check_division(a, b)
        elif type(type(a)) in SCRIPT_TYPES:
            self.check_divided(a, b)
        return a // b

    def ifloordiv(self, a: Any, b: Any) -> Any:
        """Return a after a //= b."""
        if type(a) is int and type(b) is int and not _SMALL_NEGATIVE < b < _SMALL:
            self.check_division(a, b)
        elif type(type(a)) in SCRIPT_TYPES:
            self.check_divided(a, b)
        a //= b
        return a

    def divmod(self, a: Any, b: Any) -> Any:
        """Return divmod(a, b)."""
        if type(a) is int and type(b) is int and not _SMALL_NEGATIVE < b < _SMALL:
            self.check_division(a, b)
        elif type(type(a)) in SCRIPT_TYPES:
            self.check_divided(a, b)
        return divmod(a, b)

    def operation(self, name: str, a: Any, b: Any) -> Any:
        """Return what an operator gives, by the name of its method."""
        return operation_of(self, name)(a, b)

    def contains(self, container: Any, item: Any) -> bool:
        """Return item in container."""
        kind = type(container)
        if kind in _AT_ONCE:
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
        if getattr(kind, '__contains__', None) is _KEYED:
            # An ordered dict, a counter, a dict with defaults.
            return item in container
        if isinstance(container, bytearray) and kind.__contains__ is bytearray.__contains__:
            item = settled(item)
        if kind in SIZED or kind in SCRIPT_TYPES or type(kind) in SCRIPT_TYPES:
            # A class with members, or an instance of a script's class, which says what it holds.
            return item in container
        return item in sized(self.run.charge, container)

    def is_in(self, item: Any, container: Any) -> bool:
        """Return item in container, with the operands in their order of evaluation."""
        # The commonest cases again, to save a call.
        kind = type(container)
        if kind in _AT_ONCE or ((kind is list or kind is tuple) and len(container) <= FREE):
            return item in container
        if kind is range and type(item) is int:
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
            if len(iterable) > FEW:
                self.room(kind, len(iterable))
            return iterable
        size = size_of(iterable)
        if size is not None and size > FEW:
            self.run.reserve(8 * size)
        return sized(self.run.charge, iterable)

    def spread_twice(self, iterable: Any) -> Any:
        """Pay, as `spread`, for a part of a tuple, which CPython makes of a list of all parts; there may be a second as large."""
        size = size_of(iterable)
        if size is not None and size > FEW:
            self.run.reserve(24 * size)
        return self.spread(iterable)

    def spread_keys(self, iterable: Any) -> Any:
        """Pay, as `spread`, for an iterable whose items are hashed."""
        if type(iterable) in (set, frozenset, dict) and len(iterable) > FEW:
            self.run.reserve(SET_ENTRY_BYTES * len(iterable))
        return hashed(self.run, iterable)

    def spread_mapping(self, mapping: Any) -> Any:
        """Pay for a mapping that is spread; return it."""
        if isinstance(mapping, dict):
            size = dict.__len__(mapping)
            if size > FEW:
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
        if size > FEW:
            # A list that is stored into itself is copied first.
            self.room(kind, 2 * size)
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
        if size is not None and size > FEW:
            kind = type(subject)
            self.run.reserve((DICT_ENTRY_BYTES if kind is dict else _NUMBER_BYTES if kind is range else 8) * size)
            self.run.charge(size)
        return subject

    def cut(self, value: Any, start: Any, stop: Any, step: Any) -> Any:
        """Return value[start:stop:step], of what is long or of a type that the compiler does not know."""
        kind = sequence_kind(value)
        if kind is not None and kind.__getitem__ is type(value).__getitem__:
            size = kind.__len__(value)
            if size > FEW:
                size = len(range(*slice(start, stop, step).indices(size)))
                self.room(kind, size, value)
        elif type(value) in ARRAYS:
            arrays.reserve_made(self.run, value, len(range(*slice(start, stop, step).indices(len(value)))))
        elif type(start) is slice or type(stop) is slice or type(step) is slice:
            # Only a class of the script makes anything of it, and may keep it.
            return value[bound(start) : bound(stop) : bound(step)]
        return value[start:stop] if step is None else value[start:stop:step]

    def join_few(self, a: str, b: str, c: str) -> str:
        """Return three parts of an f-string as one text."""
        return f'{a}{b}{c}' if len(a) + len(b) + len(c) < FEW else self.joined([a, b, c])

    def joined(self, parts: list[str]) -> str:
        """Return the parts of an f-string as one text."""
        size = sum(map(len, parts))
        if size > FEW:
            nbytes = size * max(map(text_width, parts))
            self.run.reserve(nbytes)
            self.run.charge(nbytes >> 9)
        return ''.join(parts)

    def callable(self, value: Any) -> Any:
        """Return what to call for a callee that the compiler does not know."""
        kind = type(value)
        if kind is types.BuiltinFunctionType and type(value.__self__) is not types.ModuleType:
            # A method of a value: the guarded functions are those of modules.
            return value
        if kind in _CALLEES:
            return self.builtins.guarded(value)
        return value

    def _extend(self, a: list[Any], b: Any) -> list[Any]:
        kind = type(b)
        if kind is list or kind is tuple:
            if len(b) >= FREE:
                # A few are as free as those of `append`: CPython makes room for many at a time.
                self.room(list, len(a) + len(b))
            a += b
            return a
        extend(self.run, a, b)
        return a


def extend(run: Run, target: list[Any], items: Any) -> None:
    """Do target.extend(items), paying chunk by chunk: `items` may be an iterator over the growing target itself."""
    kind = type(items)
    if kind in SIZED:
        size = size_of(items)
        if size is not None and size > FEW:
            run.reserve(8 * size)
        items = sized(run.charge, items)
    elif kind is not types.GeneratorType and hasattr(kind, '__iter__'):
        items = metered(run.charge, items)
    target.extend(items)
