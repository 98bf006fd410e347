"""Built-ins that make text, bytes and numbers."""

from __future__ import annotations

import decimal
import sys
from typing import Any, Final

from monty_flow.interpreter.errors import LimitReached, MemoryLimitError
from monty_flow.interpreter.runtime.buffers import ARRAYS, byte_size
from monty_flow.interpreter.runtime.classes import SCRIPT_TYPES
from monty_flow.interpreter.runtime.codecs import check_codec
from monty_flow.interpreter.runtime.formatting import Formatter
from monty_flow.interpreter.runtime.guards import Guards
from monty_flow.interpreter.runtime.inherited import as_index, exact
from monty_flow.interpreter.runtime.metering import FREE, bound, sized
from monty_flow.interpreter.runtime.run import Run
from monty_flow.interpreter.runtime.text import MAX_DIGITS, ascii_of, repr_of, text_of

#: Digit operations of a three-argument pow that CPython does in a few seconds.
_MAX_POWER_WORK: Final = 5_000_000_000
#: Bits of an int that CPython makes of a Decimal within a tenth of a second: it does so in quadratic time.
_MAX_EXPONENT_BITS: Final = 256 * 1024
#: Bytes from which on zeros are no more of CPython's own memory.
_UNTOUCHED: Final = 1 << 16
_POWER_OF_TWO_BASES: Final = frozenset({2, 4, 8, 16, 32})


class Conversions:
    """The part of `Builtins` about text, bytes and numbers."""

    __slots__ = ()
    run: Run
    formatter: Formatter
    guards: Guards

    def b_slice(self, /, *args: Any, **kwargs: Any) -> slice:
        return slice(*map(bound, args), **kwargs)

    def b_str(self, /, *args: Any, **kwargs: Any) -> str:
        if len(args) == 1 and not kwargs:
            return text_of(args[0], self.run)
        if args and type(args[0]) in (bytes, bytearray):
            check_codec(args[1:], kwargs)
        if not args and 'object' in kwargs:
            return self.b_str(kwargs.pop('object'), **kwargs)
        return str(*args, **kwargs)

    def b_repr(self, /, *args: Any, **kwargs: Any) -> str:
        if len(args) == 1 and not kwargs:
            return repr_of(args[0], self.run)
        return repr(*args, **kwargs)

    def b_ascii(self, /, *args: Any, **kwargs: Any) -> str:
        if len(args) == 1 and not kwargs:
            return ascii_of(args[0], self.run)
        return ascii(*args, **kwargs)

    def b_format(self, /, *args: Any, **kwargs: Any) -> str:
        if kwargs or not 1 <= len(args) <= 2 or (len(args) == 2 and not isinstance(args[1], str)):
            return format(*args, **kwargs)
        return self.formatter.format_value(args[0], '', exact(args[1]) if len(args) == 2 else '')

    def b_int(self, /, *args: Any, **kwargs: Any) -> int:
        if len(args) == 1 and not kwargs and type(args[0]) is str and len(args[0]) <= MAX_DIGITS:
            return int(args[0])
        if args:
            args = (_converted(args[0]), *args[1:])
            if type(args[0]) is decimal.Decimal:
                self._check_exponent(args[0])
        if args and type(args[0]) in (str, bytes, bytearray) and len(args[0]) > MAX_DIGITS:
            base = args[1] if len(args) > 1 else kwargs.get('base', 10)
            self._check_digits(args[0], base)
        return int(*args, **kwargs)

    def _check_exponent(self, value: decimal.Decimal) -> None:
        """Refuse a number whose exponent alone would fill more than an int may have."""
        limit = min(self.run.limits.max_int_bits, _MAX_EXPONENT_BITS)
        if value.is_finite() and value.adjusted() > limit // 4:
            raise LimitReached(MemoryLimitError('max_int_bits', self.run.limits.max_int_bits))

    def _check_digits(self, text: Any, base: Any) -> None:
        """Refuse what the host may have allowed itself with sys.set_int_max_str_digits."""
        if base in _POWER_OF_TWO_BASES:
            limit = self.run.limits.max_int_bits
            if len(text) * (base.bit_length() - 1) > limit:
                raise LimitReached(MemoryLimitError('max_int_bits', limit))
        elif not 0 < sys.get_int_max_str_digits() <= MAX_DIGITS:
            separator = '_' if type(text) is str else b'_'
            digits = len(text.strip().lstrip('+-' if type(text) is str else b'+-')) - text.count(separator)
            if digits > MAX_DIGITS:
                raise ValueError(
                    f'Exceeds the limit ({MAX_DIGITS} digits) for integer string conversion: value has {digits} digits; '
                    'use sys.set_int_max_str_digits() to increase the limit'
                )

    def b_bytes(self, /, *args: Any, **kwargs: Any) -> bytes:
        args = self._bytes_arguments(args, kwargs)
        if len(args) == 1 and type(args[0]) is int and args[0] > _UNTOUCHED:
            # Zeros that CPython gets from the system take no memory until somebody copies them, and are not seen to be there.
            return b'\0' * args[0]
        return bytes(*args, **kwargs)

    def b_bytearray(self, /, *args: Any, **kwargs: Any) -> bytearray:
        return bytearray(*self._bytes_arguments(args, kwargs), **kwargs)

    def b_memoryview(self, /, *args: Any, **kwargs: Any) -> memoryview:
        value = args[0] if args else kwargs.get('object')
        if type(type(value)) in SCRIPT_TYPES and isinstance(value, bytearray):
            raise TypeError(
                f'a view of an instance of {type(value).__name__} is refused in a script: make it of bytearray(...) of that'
            )
        if type(type(value)) in SCRIPT_TYPES and isinstance(value, bytes):
            # C asks the object for its hash before it reads the bytes for that of the view, which may be released by then.
            return memoryview(exact(value))
        return memoryview(*args, **kwargs)

    def _bytes_arguments(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, ...]:
        if args and type(args[0]) is str:
            check_codec(args[1:], kwargs)
        if len(args) != 1 or (type(args[0]) is list and len(args[0]) < FREE):
            return args
        source = args[0] if hasattr(type(args[0]), '__bytes__') else as_index(args[0])
        kind = type(source)
        if kind is int:
            if 0 < source <= sys.maxsize:
                self.run.reserve(source)
            return (source,)
        if kind is bytes or kind is bytearray:
            self.run.reserve(len(source))
            return args
        if kind is str or hasattr(kind, '__bytes__'):
            return args
        if kind is memoryview or kind in ARRAYS:
            self.run.reserve(byte_size(source))
            return args
        return (sized(self.run.charge, source),)

    def b_divmod(self, /, *args: Any, **kwargs: Any) -> Any:
        plain: Any = divmod
        return self.guards.divmod(*args) if len(args) == 2 and not kwargs else plain(*args, **kwargs)

    def b_pow(self, /, *args: Any, **kwargs: Any) -> Any:
        if len(args) == 2 and not kwargs:
            return self.guards.pow(args[0], args[1])
        if len(args) == 3 and type(args[0]) is int and type(args[1]) is int and type(args[2]) is int:
            self._check_modular(args[1], args[2])
            return pow(*args)
        base, exponent, modulus = (
            args[position] if len(args) > position else kwargs.get(name)
            for position, name in enumerate(('base', 'exp', 'mod'))
        )
        if isinstance(base, int) and isinstance(exponent, int):
            if modulus is None:
                self.guards.pow(base, exponent)
            elif isinstance(modulus, int):
                self._check_modular(exponent, modulus)
        return pow(*args, **kwargs)

    def _check_modular(self, exponent: int, modulus: int) -> None:
        digits = modulus.bit_length() // 30 + 1
        if exponent.bit_length() * digits * digits > _MAX_POWER_WORK:
            raise LimitReached(MemoryLimitError('max_int_bits', self.run.limits.max_int_bits))

    def b_round(self, /, *args: Any, **kwargs: Any) -> Any:
        if len(args) == 2 and not kwargs and isinstance(args[0], int) and type(args[1]) is int:
            number, digits = args
            # CPython would compute 10 ** -digits first.
            if -digits > number.bit_length():
                return 0
            if digits < 0:
                self.guards.divmod(number, self.guards.pow(10, -digits))
        return round(*args, **kwargs)


def _converted(value: Any) -> Any:
    """Return what int() is made of as an exact value, where no method of a script's own class has a say."""
    kind: Any = type(value)
    if kind is memoryview or kind in ARRAYS:
        return bytes(value)
    if isinstance(value, str | bytes | bytearray):
        return value if hasattr(kind, '__int__') or hasattr(kind, '__index__') else exact(value)
    if isinstance(value, decimal.Decimal):
        return exact(value) if kind.__int__ is decimal.Decimal.__int__ else value
    return value
