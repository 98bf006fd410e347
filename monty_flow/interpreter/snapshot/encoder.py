"""Write values as a heap; the format and the plan are in `heap.py`."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any, Final, Protocol

import msgpack

from monty_flow.interpreter.errors import SnapshotError, SnapshotLimitError
from monty_flow.interpreter.snapshot.plain import LEAVES, PLAIN, PlainTrees
from monty_flow.interpreter.snapshot.registry import Arguments, Kind, Kinds

#: Strings above this length are shared by the careful writer.
LONG_TEXT = 256
#: Up to this length one look at the items is quicker than the proof of plain.py.
SMALL_ITEMS = 16
#: Items of the root that are looked at before the proof is tried.
FIRST_ITEMS = 64
#: A NaN as MessagePack has it, of either sign. Containers find one by what object it is, so that it must be the same one for all
#: who hold it: the careful writer shares it. States above this size keep NaNs as numbers that are equal to nothing.
_NANS: Final = (b'\xcb\x7f\xf8\0\0\0\0\0\0', b'\xcb\xff\xf8\0\0\0\0\0\0')
_MOST_WITH_NANS: Final = 1 << 20
_MIN_INT: Final = -(2**63)
_MAX_INT: Final = 2**64 - 1


class Slots(Protocol):
    """What a layout puts values into."""

    def put(self, flat: list[Any], values: Iterable[Any]) -> None:
        """Put the slots of values at the end of `flat`."""

    def put_named(self, flat: list[Any], names: dict[str, Any]) -> None:
        """Put names, each with the slot of its value, at the end of `flat`."""


class Layout(Protocol):
    """A root that is one list, most of it leaves that its writer knows to be such."""

    def lay(self, slots: Slots) -> list[Any]:
        """Return the list, with slots in the places of values."""


def encode(root: object, kinds: Kinds, context: Any = None, *, limit: int) -> bytes:
    """Return the heap of `root` as bytes; raise SnapshotError when it has strange types or over `limit` bytes.

    `context` is handed to `Kind.reduce`. No value is changed.
    """
    return _encoded(lambda writer: writer.write(root), kinds, context, limit)


def encode_laid(layout: Layout, kinds: Kinds, context: Any = None, *, limit: int) -> bytes:
    """Return the heap of the list that a layout lays out, as `encode` does."""
    return _encoded(lambda writer: writer.write_laid(layout), kinds, context, limit)


def _encoded(write: Callable[[_Writer], bytes], kinds: Kinds, context: Any, limit: int) -> bytes:
    try:
        data = write(_Writer(kinds, context, limit, careful=False))
        careful = len(data) <= _MOST_WITH_NANS and any(nan in data for nan in _NANS)
    except (_TextAddsUp, OverflowError):
        careful = True
    if careful:
        data = write(_Writer(kinds, context, limit, careful=True))
    if len(data) > limit:
        raise _too_large(limit)
    return data


class _TextAddsUp(Exception):
    """Tell that the quick way does not hold: long strings that are shared would blow the bytes up."""


class _Open:
    """Hold an object whose record waits for its build arguments."""

    __slots__ = ('arguments', 'code', 'fill', 'keys', 'out', 'value')

    def __init__(self, value: Any, code: int, arguments: Iterator[Any], fill: Arguments, keys: Arguments) -> None:
        self.value = value
        self.code = code
        self.arguments = arguments
        self.fill = fill
        self.keys = keys
        self.out: list[Any] = []


class _Writer:
    __slots__ = (
        '_alive', '_careful', '_codes', '_context', '_kinds', '_limit', '_memo', '_opening', '_plain',
        '_records', '_text_size', '_todo',
    )  # fmt: skip

    def __init__(self, kinds: Kinds, context: Any, limit: int, *, careful: bool) -> None:
        self._kinds = kinds
        self._context = context
        self._limit = limit
        self._careful = careful
        self._codes: dict[str, int] = {}
        self._records: list[Any] = []
        #: id of an object to the index of its record.
        self._memo: dict[int, int] = {}
        #: ids of the objects that are open.
        self._opening: set[int] = set()
        #: Made when a list or dict is not short.
        self._plain: PlainTrees | None = None
        self._text_size = 0
        #: Objects with a record, whose fill and key arguments are still to be written.
        self._todo: deque[tuple[list[Any], Arguments, Arguments]] = deque()
        #: What `reduce` made must live as long as ids are compared.
        self._alive: list[Any] = []

    def write(self, root: object) -> bytes:
        if type(root) is list and not PLAIN.issuperset(map(type, islice(root, FIRST_ITEMS))):
            # Mixed, and seen to be at once.
            self._trees().mixed.add(id(root))
        return self._finish(self._slots((root,))[0])

    def write_laid(self, layout: Layout) -> bytes:
        record: list[Any] = [self._code('list'), (), ()]
        self._records.append(record)
        record[2] = layout.lay(self)
        return self._finish((0,))

    def put(self, flat: list[Any], values: Iterable[Any]) -> None:
        for value in values:
            kind = type(value)
            if self._careful or kind is str or kind is bytes:
                flat += self._slots((value,))
            elif kind in LEAVES:
                flat.append(value)
            else:
                flat.append((self._index(value),))

    def put_named(self, flat: list[Any], names: dict[str, Any]) -> None:
        if self._careful:
            for name, value in names.items():
                flat += self._slots((name, value))
            return
        memo, text_size = self._memo, 0
        for name, value in names.items():
            kind = type(value)
            text_size += len(name)
            if kind in LEAVES:
                if kind is str or kind is bytes:
                    text_size += len(value)
                flat += (name, value)
            else:
                index = memo.get(id(value))
                flat += (name, (self._new(value, kind) if index is None else index,))
        self._text_size += text_size

    def _finish(self, root: Any) -> bytes:
        """Write what is left of the objects, and return all as bytes."""
        todo = self._todo
        while todo:
            record, fill, keys = todo.popleft()
            if fill:
                record[2] = self._slots(fill)
            if keys:
                record.append(self._slots(keys))
        text_size = self._text_size if self._plain is None else self._text_size + self._plain.text_size
        if text_size > self._limit:
            raise _too_large(self._limit) if self._careful else _TextAddsUp
        document = (list(self._codes), root, self._records)
        try:
            # A text is taken as it lies in memory; bool is not strict about tuples: they are the cheapest arrays.
            data: bytes = msgpack.Packer(use_bin_type=True, autoreset=True).pack(document)
        except UnicodeEncodeError:
            data = msgpack.Packer(use_bin_type=True, unicode_errors='surrogatepass', autoreset=True).pack(document)
        return data

    def _slots(self, values: Arguments) -> Arguments:
        """Return slots for the values; objects met for the first time get records."""
        if self._careful:
            out = [value if type(value) in LEAVES and self._fits(value) else (self._index(value),) for value in values]
        elif LEAVES.issuperset(map(type, values)):
            self._text_size += sum([len(value) for value in values if type(value) is str or type(value) is bytes])
            return values
        else:
            index = self._index
            out = [value if type(value) in LEAVES else (index(value),) for value in values]
        self._text_size += sum([len(value) for value in out if type(value) is str or type(value) is bytes])
        return out

    def _index(self, value: Any) -> int:
        """Return the index of the record of `value`, which is made if there is none yet."""
        index = self._memo.get(id(value))
        if index is not None:
            return index
        return self._new(value, type(value))

    def _new(self, value: Any, kind: type[Any]) -> int:
        """Make the record of a value of this type; return its index."""
        if not self._careful:
            if kind is list or kind is dict:
                if len(value) <= SMALL_ITEMS and self._has_leaves_only(value, kind):
                    return self._add(value, (0, value))
            elif kind in self._kinds.leaves:
                row = self._kinds.leaves[kind]
                build = row.leaves(value, self._context)  # type: ignore[misc]  # the table has only rows with it
                if build is not None:
                    return self._add(value, (self._codes.get(row.name) or self._code(row.name), build))
        index = self._place_shell(value)
        return self._place(value) if index is None else index

    def _fits(self, leaf: Any) -> bool:
        if type(leaf) is float:
            return leaf == leaf
        if type(leaf) is int:
            return _MIN_INT <= leaf <= _MAX_INT
        return not (type(leaf) in (str, bytes) and len(leaf) > LONG_TEXT)

    def _place(self, value: Any) -> int:
        """Make the record of `value`, after those that it is built from; return its index."""
        memo = self._memo
        if not self._careful and type(value) is not tuple and type(value) not in LEAVES:
            row, parts = self._reduce(value)
            build = parts[0]
            if len(parts) == 2 and not parts[1]:
                # Made of leaves alone, like most functions: a record at once.
                text_size = 0
                for part in build:
                    kind = type(part)
                    if kind not in LEAVES:
                        break
                    if kind is str or kind is bytes:
                        text_size += len(part)
                else:
                    self._text_size += text_size
                    self._alive.append((value, parts))
                    code = self._codes.get(row.name) or self._code(row.name)
                    return self._add(value, (code, build) if build else (code,))
        stack = [self._open(value)]
        while True:
            top = stack[-1]
            for argument in top.arguments:
                if type(argument) in LEAVES and (not self._careful or self._fits(argument)):
                    if type(argument) is str or type(argument) is bytes:
                        self._text_size += len(argument)
                    top.out.append(argument)
                    continue
                index = memo.get(id(argument))
                if index is None:
                    index = self._place_shell(argument)
                if index is None:
                    stack.append(self._open(argument))
                    break
                top.out.append((index,))
            else:
                index = self._close(top)
                stack.pop()
                if not stack:
                    return index
                stack[-1].out.append((index,))

    def _place_shell(self, value: Any) -> int | None:
        """Make the record of a list or dict, or of a tuple of leaves; None for anything else."""
        kind = type(value)
        if kind is list or kind is dict:
            if not self._careful and self._trees().prove(value):
                return self._add(value, (0, value))
            record: list[Any] = [self._code(kind.__name__), (), ()]
            index = self._add(value, record)
            if kind is list:
                self._todo.append((record, value, ()))
            else:
                self._todo.append((record, list(value.values()), list(value)))
            return index
        if kind is tuple and not self._careful and LEAVES.issuperset(map(type, value)):
            return self._add(value, (self._code('tuple'), self._slots(value)))
        return None

    def _trees(self) -> PlainTrees:
        if self._plain is None:
            self._plain = PlainTrees()
        return self._plain

    def _has_leaves_only(self, value: Any, kind: type[Any]) -> bool:
        """Tell whether a short list or dict is of leaves only."""
        text_size = 0
        for part in value if kind is list else (*value, *value.values()):
            kind = type(part)
            if kind not in LEAVES:
                return False
            if kind is str or kind is bytes:
                text_size += len(part)
        self._text_size += text_size
        return True

    def _add(self, value: Any, record: Any) -> int:
        index = len(self._records)
        self._memo[id(value)] = index
        self._records.append(record)
        return index

    def _open(self, value: Any) -> _Open:
        if id(value) in self._opening:
            raise SnapshotError(
                f'a value of type {type(value).__name__!r} is made of itself, and cannot be stored in a snapshot; '
                'break the cycle'
            )
        self._opening.add(id(value))
        kind = type(value)
        if kind is tuple:
            return _Open(value, self._code('tuple'), iter(value), (), ())
        if kind in LEAVES:
            return self._open_long(value, self._code(kind.__name__))
        row, parts = self._reduce(value)
        self._alive.append((value, parts))
        return _Open(value, self._code(row.name), iter(parts[0]), parts[1], parts[2] if len(parts) == 3 else ())

    def _open_long(self, value: Any, code: int) -> _Open:
        opened = _Open(value, code, iter(()), (), ())
        if type(value) is int:
            value = value.to_bytes(value.bit_length() // 8 + 1, 'big', signed=True)
        if type(value) is not float:
            self._text_size += len(value)
        opened.out.append(value)
        return opened

    def _close(self, done: _Open) -> int:
        value = done.value
        self._opening.discard(id(value))
        record: list[Any] = [done.code, done.out]
        if done.fill or done.keys:
            record.append(())
            self._todo.append((record, done.fill, done.keys))
        elif not done.out:
            record.pop()
        return self._add(value, record)

    def _reduce(self, value: Any) -> tuple[Kind, Any]:
        for row in self._kinds.by_type.get(type(value), self._kinds.fallbacks):
            parts = row.reduce(value, self._context)
            if parts is not None:
                return row, parts
        raise SnapshotError(
            f'a value of type {type(value).__name__!r} cannot be stored in a snapshot; '
            'finish with it before the pause, or keep plain data in its place'
        )

    def _code(self, name: str) -> int:
        codes = self._codes
        code = codes.get(name)
        if code is None:
            code = codes[name] = len(codes) + 1
        return code


def _too_large(limit: int) -> SnapshotError:
    return SnapshotLimitError('max_snapshot_bytes', limit)
