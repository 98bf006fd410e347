"""Guarded methods of texts, bytes and bytearrays: what they would make is reserved before they make it."""

from __future__ import annotations

import contextlib
import sys
import types
from typing import Any, Final

from monty_flow.interpreter.errors import LimitReached, MemoryLimitError
from monty_flow.interpreter.runtime.buffers import byte_size, exact_texts, settled
from monty_flow.interpreter.runtime.codecs import check_codec, decoded_width, encoded_width
from monty_flow.interpreter.runtime.formatting import Formatter
from monty_flow.interpreter.runtime.inherited import as_index, exact
from monty_flow.interpreter.runtime.metering import FREE, sized
from monty_flow.interpreter.runtime.plain_methods import FEW, SHORT, TEXTS, PlainMethods
from monty_flow.interpreter.runtime.searching import needs_reversal, rfind, rindex, rpartition, rsplit
from monty_flow.interpreter.runtime.widths import text_width, widest

#: Bytes of a piece of a text: the str and its place in a list.
_PIECE_BYTES: Final = 58
#: Steps of a strip, of some ten a nanosecond.
_MAX_STRIPPED: Final = 1_000_000_000
#: Bytes a character that CPython takes while it changes the case of a text, and what it does to ASCII without.
_CASE_BYTES: Final = 16
_PLAIN_CASES: Final = frozenset({'upper', 'lower', 'casefold'})


def _template(method: Any, args: tuple[Any, ...]) -> tuple[str | None, tuple[Any, ...]]:
    """Return the text that a method of CPython's str would format, as an exact str, and the other arguments.

    It is judged by the method that was found, however it was found: on a subclass, by super(), on a class.
    """
    kind = type(method)
    if kind is types.BuiltinFunctionType and isinstance(method.__self__, str):
        return str.__str__(method.__self__), args
    if kind is types.MethodDescriptorType and args and isinstance(args[0], str):
        return str.__str__(args[0]), args[1:]
    return None, args


class TextMethods(PlainMethods):
    """The part of `Methods` about texts."""

    __slots__ = ()
    formatter: Formatter

    def _pad(self, obj: Any, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        if type(obj) is str and len(args) == 1 and type(args[0]) is int and args[0] <= SHORT:
            return getattr(obj, name)(*args, **kwargs)
        if type(obj) not in TEXTS:
            return self._plain(obj, name, args, kwargs)
        if args:
            args = (as_index(args[0]), *args[1:])
            if type(args[0]) is int and args[0] > SHORT:
                self.run.reserve(args[0] * max(map(text_width, (obj, *args[1:]))))
        return getattr(obj, name)(*args, **kwargs)

    def m_center(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        return self._pad(obj, 'center', args, kwargs)

    def m_ljust(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        return self._pad(obj, 'ljust', args, kwargs)

    def m_rjust(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        return self._pad(obj, 'rjust', args, kwargs)

    def m_zfill(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        return self._pad(obj, 'zfill', args, kwargs)

    def m_expandtabs(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        if type(obj) not in TEXTS:
            return self._plain(obj, 'expandtabs', args, kwargs)
        size = as_index(args[0] if args else kwargs.get('tabsize', 8))
        args, kwargs = (size, *args[1:]), {name: value for name, value in kwargs.items() if name != 'tabsize'}
        if type(size) is int and size > 0:
            length = len(obj) + obj.count('\t' if type(obj) is str else b'\t') * size
            self._reserve_text(length * text_width(obj))
        return obj.expandtabs(*args, **kwargs)

    def m_replace(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        kind = type(obj)
        if kind not in TEXTS:
            return self._plain(obj, 'replace', args, kwargs)
        if len(args) >= 2:
            if type(args[0]) is not kind or type(args[1]) is not kind:
                args = exact_texts(obj, (exact(args[0]), exact(args[1]), *args[2:]))
            old, new = args[0], args[1]
            if type(old) in TEXTS and type(new) in TEXTS and len(obj) * (len(new) + 1) > SHORT:
                self.run.charge(len(obj) >> 6)
                self._reserve_replaced(obj, old, new, args[2] if len(args) > 2 else kwargs.get('count', -1))
        return obj.replace(*args, **kwargs)

    def _reserve_replaced(self, obj: Any, old: Any, new: Any, count: Any) -> None:
        if (type(obj) is str) is not (type(old) is str):
            return
        found = obj.count(old)
        if type(count) is int and 0 <= count < found:
            found = count
        self._reserve_text((len(obj) + found * (len(new) - len(old))) * max(text_width(obj), text_width(new)))

    def m_translate(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        if type(obj) is not str or len(args) != 1:
            return self._plain(obj, 'translate', args, kwargs)
        table = args[0]
        if len(obj) > FREE and type(table) not in (dict, list, tuple):
            # A table of a script's class answers in its own way, once for each character that the text has.
            table = self._table(obj, table)
        values = table.values() if type(table) is dict else table if type(table) in (list, tuple) else ()
        texts = [value for value in values if isinstance(value, str)]
        longest = max(map(str.__len__, texts), default=1)
        if longest > 1 and len(obj) * longest > FEW:
            self._reserve_text(self._translated(obj, table) * max(map(text_width, (obj, *texts))))
        self.run.charge(len(obj) >> 6)
        return obj.translate(table)

    def _table(self, obj: str, table: Any) -> dict[int, Any]:
        """Return what a table of any kind says of the characters of a text."""
        found: dict[int, Any] = {}
        for character in dict.fromkeys(obj):
            with contextlib.suppress(LookupError):
                found[ord(character)] = exact(table[ord(character)])
        return found

    def _translated(self, obj: str, table: Any) -> int:
        """Return the length of a text after its translation."""
        size = len(obj)
        entries = table.items() if type(table) is dict else enumerate(table)
        for key, value in entries:
            if isinstance(value, str) and str.__len__(value) > 1 and type(key) is int and 0 <= key <= sys.maxunicode:
                size += obj.count(chr(key)) * (str.__len__(value) - 1)
        return size

    def m_join(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        kind = type(obj)
        if kind not in TEXTS or len(args) != 1 or kwargs:
            return self._plain(obj, 'join', args, kwargs)
        items = args[0]
        if type(items) is not list and type(items) is not tuple:
            if not hasattr(type(items), '__iter__'):
                return obj.join(items)
            items = list(sized(self.run.charge, items))
        elif len(items) > FREE:
            self.run.charge(len(items))
        try:
            size = sum(map(kind.__len__ if kind is str else byte_size, items))
        except TypeError:
            # An item that is not text of this very type: bytes among bytearrays, or one of which Python's own error, below, says more.
            size = sum([len(item) for item in items if type(item) in TEXTS])
        size += len(obj) * len(items)
        if size > FEW and kind is str:
            size *= max(text_width(obj), widest(items))
        self._reserve_text(size)
        return obj.join(items)

    def m_format(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        if type(obj) is str:
            return self.formatter.format(obj, args, kwargs)
        found = obj.format
        template, args = _template(found, args)
        return found(*args, **kwargs) if template is None else self.formatter.format(template, args, kwargs)

    def m_format_map(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        found = obj.format_map
        template, args = _template(found, args)
        if template is not None and len(args) == 1 and not kwargs:
            return self.formatter.format_map(template, args[0])
        if template is not None:
            # Always an error.
            return ''.format_map(*args, **kwargs)
        return found(*args, **kwargs)

    def m_capitalize(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        return self._cased(obj, 'capitalize', args, kwargs)

    def m_casefold(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        return self._cased(obj, 'casefold', args, kwargs)

    def m_lower(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        return self._cased(obj, 'lower', args, kwargs)

    def m_swapcase(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        return self._cased(obj, 'swapcase', args, kwargs)

    def m_title(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        return self._cased(obj, 'title', args, kwargs)

    def m_upper(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        return self._cased(obj, 'upper', args, kwargs)

    def _cased(self, obj: Any, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        if type(obj) is str:
            if len(obj) > SHORT:
                is_plain = obj.isascii() and name in _PLAIN_CASES
                self._reserve_text(len(obj) * (1 if is_plain else _CASE_BYTES))
            return getattr(obj, name)(*args, **kwargs)
        return self._scan(obj, name, args, kwargs)

    def m_strip(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        return obj.strip(*(self._stripped(obj, args) if args else args), **kwargs)

    def m_lstrip(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        return obj.lstrip(*(self._stripped(obj, args) if args else args), **kwargs)

    def m_rstrip(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        return obj.rstrip(*(self._stripped(obj, args) if args else args), **kwargs)

    def _stripped(self, obj: Any, args: tuple[Any, ...]) -> tuple[Any, ...]:
        """Return the arguments of a strip with each character to strip once, as CPython looks at all for each of obj."""
        args = exact_texts(obj, args)
        chars = args[-1]
        if type(chars) in TEXTS and len(chars) > FREE and len(args) <= 2:
            self.run.charge(len(chars))
            chars = ''.join(dict.fromkeys(chars)) if type(chars) is str else bytes(dict.fromkeys(chars))
            text = obj if type(obj) in TEXTS else args[0]
            if type(text) in TEXTS and len(text) * len(chars) > _MAX_STRIPPED:
                raise LimitReached(MemoryLimitError('max_memory', self.run.limits.max_memory or 0))
            return (*args[:-1], chars)
        return args

    def m_split(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        if type(obj) is str and len(obj) <= SHORT:
            return obj.split(*args, **kwargs)
        return self._pieces(obj, 'split', args, kwargs)

    def m_splitlines(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        return self._pieces(obj, 'splitlines', args, kwargs)

    def _pieces(self, obj: Any, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        if type(obj) not in TEXTS:
            self._check_groups(obj, args)
            return self._plain(obj, name, args, kwargs)
        if len(obj) > FEW:
            separator: Any = args[0] if args else kwargs.get('sep')
            if type(separator) is type(obj) and separator:
                size = len(obj) + _PIECE_BYTES * obj.count(separator)
            else:
                # At worst every second character is a piece of its own, some thirty bytes for each of the text.
                size = len(obj) * (8 if name == 'splitlines' else 30)
            self.run.reserve(size)
            self.run.charge(size >> 6)
        return self._scan(obj, name, args, kwargs)

    def m_startswith(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        return self._compared(obj, 'startswith', args, kwargs)

    def m_endswith(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        return self._compared(obj, 'endswith', args, kwargs)

    def _compared(self, obj: Any, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        if type(obj) not in TEXTS:
            return self._plain(obj, name, args, kwargs)
        if type(obj) is bytearray:
            args = tuple([settled(value) for value in args])
        return getattr(obj, name)(*args, **kwargs)

    def m_rfind(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        args = exact_texts(obj, args)
        return rfind(obj, *args) if needs_reversal(obj, args, kwargs) else self._scan(obj, 'rfind', args, kwargs)

    def m_rindex(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        args = exact_texts(obj, args)
        return rindex(obj, *args) if needs_reversal(obj, args, kwargs) else self._scan(obj, 'rindex', args, kwargs)

    def m_rpartition(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        args = exact_texts(obj, args)
        if needs_reversal(obj, args, kwargs):
            return rpartition(obj, *args)
        return self._scan(obj, 'rpartition', args, kwargs)

    def m_rsplit(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        args = exact_texts(obj, args)
        return rsplit(obj, *args) if needs_reversal(obj, args, kwargs) else self._pieces(obj, 'rsplit', args, kwargs)

    def m_encode(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        if type(obj) is not str:
            return self._plain(obj, 'encode', args, kwargs)
        if not args and not kwargs and len(obj) <= SHORT:
            return obj.encode()
        if args or kwargs:
            check_codec(args, kwargs)
        if len(obj) > SHORT:
            self._reserve_text(len(obj) * encoded_width(obj, args, kwargs))
        return self._scan(obj, 'encode', args, kwargs)

    def m_decode(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        if type(obj) is not bytes and type(obj) is not bytearray:
            return self._plain(obj, 'decode', args, kwargs)
        if not args and not kwargs and len(obj) <= SHORT:
            return obj.decode()
        if args or kwargs:
            check_codec(args, kwargs)
        if len(obj) > SHORT:
            self._reserve_text(len(obj) * decoded_width(obj, args, kwargs))
        return self._scan(obj, 'decode', args, kwargs)

    def m_hex(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        if type(obj) is bytes and not args and not kwargs and len(obj) <= SHORT:
            return obj.hex()
        if type(obj) is memoryview or type(obj) is bytes or type(obj) is bytearray:
            self._reserve_text(byte_size(obj) * (3 if args or kwargs else 2))
        found = obj.hex
        if (args or kwargs) and type(found) in (types.BuiltinFunctionType, types.MethodDescriptorType):
            # CPython asks the separator for its length, and then goes on with the bytes that it had before.
            owner = obj if type(obj) is type else b''
            args = exact_texts(owner, args)
            kwargs = {name: exact_texts(b'', (value,))[0] for name, value in kwargs.items()}
        return found(*args, **kwargs)
