"""Guarded methods: what a call of a GUARDED attribute runs.

The compiler knows the name of a method and not the type of its object, so `m_<name>` stands for the
name on every type. Where the object is not of a built-in type that the guard is about (a module, a regular
expression, ...), it is called as it stands. Where it is a class (`str.join(sep, items)`), the first argument takes its place.
Each method checks what its result would take, or pays for its work, and then calls Python's own.
"""

from __future__ import annotations

import contextlib
import sys
import types
from collections.abc import Callable
from typing import Any, Final

from monty_flow.interpreter.errors import LimitReached, MemoryLimitError
from monty_flow.interpreter.runtime import guards as _guards
from monty_flow.interpreter.runtime.buffers import byte_size, exact_texts
from monty_flow.interpreter.runtime.classes import SCRIPT_TYPES, TypeStandIn
from monty_flow.interpreter.runtime.clock_methods import ClockMethods
from monty_flow.interpreter.runtime.codecs import check_codec, decoded_width, encoded_width
from monty_flow.interpreter.runtime.dunders import DunderMethods
from monty_flow.interpreter.runtime.formatting import Formatter
from monty_flow.interpreter.runtime.groups import check_group
from monty_flow.interpreter.runtime.inherited import as_index, base_of_method, call_inherited, exact
from monty_flow.interpreter.runtime.metering import FREE, hashed, sized
from monty_flow.interpreter.runtime.redefinition import write
from monty_flow.interpreter.runtime.reflection import is_class, read
from monty_flow.interpreter.runtime.run import Run
from monty_flow.interpreter.runtime.searching import needs_reversal, rfind, rindex, rpartition, rsplit
from monty_flow.interpreter.runtime.universe import GUARDED_METHODS, HELD_TYPES, TYPE
from monty_flow.interpreter.runtime.widths import text_width, widest

_TEXTS: Final = (str, bytes, bytearray)
#: Characters, bytes or items up to which a scan is part of the tick of the call.
_SHORT: Final = 4096
#: Bytes of a piece of a text: the str and its place in a list.
_PIECE_BYTES: Final = 58
#: Steps of a strip, of some ten a nanosecond.
_MAX_STRIPPED: Final = 1_000_000_000
#: Bytes of an item of a list and the number that it refers to.
_ITEM_BYTES: Final = 40
#: Bytes of a result that are not worth a look at the limits.
_FEW: Final = 1 << 16

#: Bytes a character that CPython takes while it changes the case of a text, and what it does to ASCII without.
_CASE_BYTES: Final = 16
_PLAIN_CASES: Final = frozenset({'upper', 'lower', 'casefold'})

#: Names that have an `m_<name>`; the other GUARDED names are called through `attribute`.
CALLED: Final = GUARDED_METHODS


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


def _same(value: Any) -> Any:
    return value


class Methods(DunderMethods, ClockMethods):
    """Serve the guarded methods of one run; emitted code calls bound methods of it."""

    __slots__ = ('callee', 'formatter', 'plain', 'run')

    def __init__(self, run: Run) -> None:
        self.run = run
        self.formatter = Formatter(run, self.attribute)
        #: Maps a callback to its guarded version; `Builtins` sets it.
        self.callee: Callable[[Any], Any] = _same
        #: The run's `Builtins`, for attributes by computed names; `Builtins` sets it.
        self.plain: Any = None

    def _plain(self, obj: Any, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Call a method of an object that its guard is not about; for a class, guard its first argument."""
        found = getattr(obj, name)
        if isinstance(obj, type) and args:
            if type(found) is types.MethodDescriptorType and (base := found.__objclass__) in HELD_TYPES:
                if type(args[0]) is base:
                    return getattr(self, f'm_{name}')(*args, **kwargs)
                if isinstance(args[0], base) and base_of_method(found) is not None:
                    bound = found.__get__(args[0])
                    return call_inherited(self, base, bound, name, args[0], args[1:], kwargs)
        elif type(type(obj)) in SCRIPT_TYPES:
            base = base_of_method(found)
            if base is not None:
                return call_inherited(self, base, found, name, obj, args, kwargs)
        return found(*args, **kwargs)

    def filling(self, base: Any, value: Any) -> Any:
        """Pay for what a built-in container, or one of a script's class, is filled with."""
        if base is bytearray:
            value = as_index(value)
            if type(value) is int:
                self.run.reserve(max(0, value))
                return value
        if base is set or base is dict:
            return self.source(value)
        return sized(self.run.charge, value)

    def _scan(self, obj: Any, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Pay for work over all of obj."""
        kind = type(obj)
        if kind in _TEXTS:
            if len(obj) > _SHORT:
                self.run.charge(len(obj) >> 6)
        elif kind is list or kind is tuple or kind is dict or kind is set or kind is frozenset:
            if len(obj) > FREE:
                self.run.charge(len(obj))
        else:
            return self._plain(obj, name, args, kwargs)
        return getattr(obj, name)(*args, **kwargs)

    def _iterate(self, obj: Any, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Pay for the iterables in args."""
        if isinstance(obj, type):
            return self._plain(obj, name, args, kwargs)
        if isinstance(obj, TypeStandIn) or hasattr(type(obj), '__run__'):
            # The methods of our own types pay for what they iterate.
            return getattr(obj, name)(*args, **kwargs)
        if len(args) == 1:
            return getattr(obj, name)(self.source(args[0]), **kwargs)
        return getattr(obj, name)(*[self.source(item) for item in args], **kwargs)

    def source(self, value: Any) -> Any:
        """Pay for an iterable or a mapping that is about to be consumed; mappings stay what they are."""
        if hasattr(type(value), 'keys'):
            if isinstance(value, dict) and len(value) > FREE:
                self.run.charge(len(value))
            return value
        return hashed(self.run.charge, value)

    def _pad(self, obj: Any, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        if type(obj) not in _TEXTS:
            return self._plain(obj, name, args, kwargs)
        if args:
            args = (as_index(args[0]), *args[1:])
            if type(args[0]) is int and args[0] > _SHORT:
                self.run.reserve(args[0] * max(map(text_width, (obj, *args[1:]))))
        return getattr(obj, name)(*args, **kwargs)

    # Results that may be far bigger than their operands.

    def m_center(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        return self._pad(obj, 'center', args, kwargs)

    def m_ljust(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        return self._pad(obj, 'ljust', args, kwargs)

    def m_rjust(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        return self._pad(obj, 'rjust', args, kwargs)

    def m_zfill(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        return self._pad(obj, 'zfill', args, kwargs)

    def m_to_bytes(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        if args:
            args = (as_index(args[0]), *args[1:])
        elif 'length' in kwargs:
            kwargs['length'] = as_index(kwargs['length'])
        length = args[0] if args else kwargs.get('length')
        if type(length) is int and length > _SHORT:
            self.run.reserve(length)
        if type(obj) is int:
            return obj.to_bytes(*args, **kwargs)
        return self._plain(obj, 'to_bytes', args, kwargs)

    def m_expandtabs(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        if type(obj) not in _TEXTS:
            return self._plain(obj, 'expandtabs', args, kwargs)
        size = as_index(args[0] if args else kwargs.get('tabsize', 8))
        args, kwargs = (size, *args[1:]), {name: value for name, value in kwargs.items() if name != 'tabsize'}
        if type(size) is int and size > 0:
            length = len(obj) + obj.count('\t' if type(obj) is str else b'\t') * size
            self._reserve_text(length * text_width(obj))
        return obj.expandtabs(*args, **kwargs)

    def m_replace(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        kind = type(obj)
        if kind not in _TEXTS:
            return self._plain(obj, 'replace', args, kwargs)
        if len(args) >= 2:
            if type(args[0]) is not kind or type(args[1]) is not kind:
                args = exact_texts(obj, (exact(args[0]), exact(args[1]), *args[2:]))
            old, new = args[0], args[1]
            if type(old) in _TEXTS and type(new) in _TEXTS and len(obj) * (len(new) + 1) > _SHORT:
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
        if longest > 1 and len(obj) * longest > _FEW:
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
        if kind not in _TEXTS or len(args) != 1 or kwargs:
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
            size = sum([len(item) for item in items if type(item) in _TEXTS])
        size += len(obj) * len(items)
        if size > _FEW and kind is str:
            size *= max(text_width(obj), widest(items))
        self._reserve_text(size)
        return obj.join(items)

    def _reserve_text(self, nbytes: int) -> None:
        if nbytes > _FEW:
            self.run.reserve(nbytes)
            self.run.charge(nbytes >> 9)

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
            if len(obj) > _SHORT:
                is_plain = obj.isascii() and name in _PLAIN_CASES
                self._reserve_text(len(obj) * (1 if is_plain else _CASE_BYTES))
            return getattr(obj, name)(*args, **kwargs)
        return self._scan(obj, name, args, kwargs)

    # Work over the whole object.

    def m_count(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        if type(obj) is range and len(args) == 1 and not kwargs:
            if type(type(args[0])) in SCRIPT_TYPES:
                return sum(args[0] == number for number in sized(self.run.charge, obj))
            return int(_guards.Guards(self.run, None).contains(obj, args[0]))
        return self._scan(obj, 'count', args, kwargs)

    def m_index(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        if type(obj) is range and len(args) == 1 and not kwargs and type(args[0]) not in (int, bool):
            value = args[0]
            if type(type(value)) in SCRIPT_TYPES:
                for place, number in enumerate(sized(self.run.charge, obj)):
                    if value == number:
                        return place
                raise ValueError('sequence.index(x): x not in sequence')
            if not _guards.Guards(self.run, None).contains(obj, value):
                raise ValueError('sequence.index(x): x not in sequence')
            return obj.index(int(value.real))
        return self._scan(obj, 'index', args, kwargs)

    def m_copy(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        return self._scan(obj, 'copy', args, kwargs)

    def m_find(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        return self._scan(obj, 'find', args, kwargs)

    def m_remove(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        return self._scan(obj, 'remove', args, kwargs) if type(obj) is not set else obj.remove(*args, **kwargs)

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
        if type(chars) in _TEXTS and len(chars) > FREE and len(args) <= 2:
            self.run.charge(len(chars))
            chars = ''.join(dict.fromkeys(chars)) if type(chars) is str else bytes(dict.fromkeys(chars))
            text = obj if type(obj) in _TEXTS else args[0]
            if type(text) in _TEXTS and len(text) * len(chars) > _MAX_STRIPPED:
                raise LimitReached(MemoryLimitError('max_memory', self.run.limits.max_memory or 0))
            return (*args[:-1], chars)
        return args

    def m_split(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        if type(obj) is str and len(obj) <= _SHORT:
            return obj.split(*args, **kwargs)
        return self._pieces(obj, 'split', args, kwargs)

    def m_splitlines(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        return self._pieces(obj, 'splitlines', args, kwargs)

    def _pieces(self, obj: Any, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        if type(obj) not in _TEXTS:
            self._check_groups(obj, args)
            return self._plain(obj, name, args, kwargs)
        if len(obj) > _FEW:
            separator: Any = args[0] if args else kwargs.get('sep')
            if type(separator) is type(obj) and separator:
                size = len(obj) + _PIECE_BYTES * obj.count(separator)
            else:
                # At worst every second character is a piece of its own, some thirty bytes for each of the text.
                size = len(obj) * (8 if name == 'splitlines' else 30)
            self.run.reserve(size)
            self.run.charge(size >> 6)
        return self._scan(obj, name, args, kwargs)

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
        if args or kwargs:
            check_codec(args, kwargs)
        if len(obj) > _SHORT:
            self._reserve_text(len(obj) * encoded_width(obj, args, kwargs))
        return self._scan(obj, 'encode', args, kwargs)

    def m_decode(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        if type(obj) is not bytes and type(obj) is not bytearray:
            return self._plain(obj, 'decode', args, kwargs)
        if args or kwargs:
            check_codec(args, kwargs)
        if len(obj) > _SHORT:
            self._reserve_text(len(obj) * decoded_width(obj, args, kwargs))
        return self._scan(obj, 'decode', args, kwargs)

    def m_from_bytes(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        data = args[0] if args else kwargs.get('bytes')
        if isinstance(data, bytes | bytearray | memoryview):
            limit = self.run.limits.max_int_bits
            if byte_size(data) * 8 > limit:
                raise LimitReached(MemoryLimitError('max_int_bits', limit))
        elif args:
            args = (sized(self.run.charge, data), *args[1:])
        return obj.from_bytes(*args, **kwargs)

    def m_fromkeys(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        if args:
            args = (hashed(self.run.charge, args[0]), *args[1:])
        return obj.fromkeys(*args, **kwargs)

    def m_maketrans(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        for item in args:
            if type(item) in (str, bytes, dict) and len(item) > FREE:
                self.run.charge(len(item))
        return obj.maketrans(*args, **kwargs)

    def m_sort(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        if type(obj) is not list:
            return self._plain(obj, 'sort', args, kwargs)
        size = len(obj)
        if size > FREE:
            self.run.charge(size * size.bit_length() >> 1)
        if 'key' in kwargs:
            kwargs['key'] = self.callee(kwargs['key'])
        return obj.sort(*args, **kwargs)

    # Work over an iterable.

    def m_extend(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        if type(obj) is list and len(args) == 1 and not kwargs:
            _guards.extend(self.run, obj, args[0])
            return None
        return self._iterate(obj, 'extend', args, kwargs)

    def m_update(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        return self._iterate(obj, 'update', args, kwargs)

    def m_union(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        return self._iterate(obj, 'union', args, kwargs)

    def m_difference(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        return self._iterate(obj, 'difference', args, kwargs)

    def m_difference_update(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        return self._iterate(obj, 'difference_update', args, kwargs)

    def m_intersection(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        return self._iterate(obj, 'intersection', args, kwargs)

    def m_intersection_update(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        return self._iterate(obj, 'intersection_update', args, kwargs)

    def m_isdisjoint(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        return self._iterate(obj, 'isdisjoint', args, kwargs)

    def m_issubset(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        return self._iterate(obj, 'issubset', args, kwargs)

    def m_issuperset(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        return self._iterate(obj, 'issuperset', args, kwargs)

    def m_symmetric_difference(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        return self._iterate(obj, 'symmetric_difference', args, kwargs)

    def m_symmetric_difference_update(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        return self._iterate(obj, 'symmetric_difference_update', args, kwargs)

    # Copies of what views show.

    def m_hex(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        if type(obj) is memoryview or type(obj) is bytes or type(obj) is bytearray:
            self._reserve_text(byte_size(obj) * (3 if args or kwargs else 2))
        found = obj.hex
        if (args or kwargs) and type(found) in (types.BuiltinFunctionType, types.MethodDescriptorType):
            # CPython asks the separator for its length, and then goes on with the bytes that it had before.
            owner = obj if type(obj) is type else b''
            args = exact_texts(owner, args)
            kwargs = {name: exact_texts(b'', (value,))[0] for name, value in kwargs.items()}
        return found(*args, **kwargs)

    def m_tobytes(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        if type(obj) is memoryview:
            self._reserve_text(obj.nbytes)
        return obj.tobytes(*args, **kwargs)

    def m_tolist(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        if type(obj) is memoryview:
            self._reserve_text(obj.nbytes // obj.itemsize * _ITEM_BYTES)
        return obj.tolist(*args, **kwargs)

    # Callbacks of exception groups.

    def m_derive(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        return obj.derive(*[sized(self.run.charge, item) for item in args], **kwargs)

    def m_subgroup(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        self._check_groups(obj, args)
        return obj.subgroup(*[self.callee(item) for item in args], **kwargs)

    def _check_groups(self, obj: Any, args: tuple[Any, ...]) -> None:
        for value in (obj, *args):
            check_group(value)

    # What classes and exceptions show of the host, made harmless.

    def m_mro(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        if obj is TYPE and len(args) == 1 and is_class(args[0]):
            return list(read(args[0], '__mro__'))
        if is_class(obj) and type(found := getattr(obj, 'mro', None)) is types.BuiltinFunctionType:
            return list(read(obj, '__mro__')) if not args and not kwargs else found(*args, **kwargs)
        return obj.mro(*args, **kwargs)

    def m_with_traceback(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        if type(obj) is type and issubclass(obj, BaseException) and args and isinstance(args[0], obj):
            obj, args = args[0], args[1:]
        if isinstance(obj, BaseException) and len(args) == 1 and not kwargs:
            write(obj, '__traceback__', args[0])
            return obj
        return obj.with_traceback(*args, **kwargs)
