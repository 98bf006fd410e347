"""Read a heap back into values, trusting nothing; the format and the plan are in `heap.py`."""

from __future__ import annotations

from typing import Any, NoReturn

import msgpack

from monty_flow.interpreter.errors import SnapshotError, SnapshotTooNew
from monty_flow.interpreter.snapshot.hashing import HashBudget
from monty_flow.interpreter.snapshot.lending import instances_among, told_apart
from monty_flow.interpreter.snapshot.registry import Kind, Kinds

#: Up to this size a lie about lengths costs at most 16 MB; above it the lengths are checked beforehand.
SMALL_BYTES = 4096
#: What kinds raise on arguments that do not fit: the bytes are damaged, or written by hand.
_MISFITS = (TypeError, ValueError, LookupError, ArithmeticError, AttributeError, RecursionError)


def decode(data: bytes, kinds: Kinds, context: Any = None) -> object:
    """Return the value that `encode` wrote; raise SnapshotError for any bytes that it did not write.

    `context` is handed to `Kind.build`, `Kind.keys` and `Kind.fill`. Where it has `show_names`, and the root is a list that
    begins with the number of names and the names with their values, it gets these before anything is hashed.
    """
    document = _unpack(data)
    if type(document) is not list or len(document) != 3:
        raise _damaged('it is not an array of three')
    names, root, records = document
    if type(names) is not list or type(records) is not list:
        raise _damaged('its parts are not arrays')
    return _Reader(_kinds_of(names, kinds), context, records, len(data)).read(root)


def _unpack(data: bytes) -> Any:
    try:
        if len(data) > SMALL_BYTES:
            # An array header may claim as many items as there are bytes, and space is made for them at once.
            # Skipping first shows that all claims together are covered, and makes nothing.
            checker = msgpack.Unpacker(max_buffer_size=len(data))
            checker.feed(data)
            checker.skip()
        return msgpack.unpackb(
            data, strict_map_key=False, unicode_errors='surrogatepass', ext_hook=_refuse_ext, timestamp=1
        )
    except (ValueError, TypeError, OverflowError, msgpack.exceptions.UnpackException) as error:
        raise _damaged(f'it is not MessagePack ({type(error).__name__})') from error


def _refuse_ext(code: int, data: bytes) -> NoReturn:
    raise _damaged(f'it has an ext type {code}')


def _kinds_of(names: list[Any], kinds: Kinds) -> list[Kind]:
    rows: list[Kind] = []
    for name in names:
        if type(name) is not str:
            raise _damaged('the name of a kind is not a str')
        row = NATIVE.get(name) or kinds.by_name.get(name)
        if row is None:
            raise SnapshotTooNew(
                f'the snapshot holds values of kind {name!r}, which this release does not know; '
                'load it with the release that wrote it, or a newer one'
            )
        rows.append(row)
    return rows


class _Reader:
    __slots__ = (
        '_context',
        '_deferred',
        '_fills',
        '_hashed',
        '_hashing',
        '_keys',
        '_last_fills',
        '_objects',
        '_records',
        '_rows',
    )

    def __init__(self, rows: list[Kind], context: Any, records: list[Any], size: int) -> None:
        self._rows = rows
        self._context = context
        self._records = records
        #: index to object, for what is built.
        self._objects: dict[int, Any] = {}
        #: Records whose build waits for the keys of another.
        self._deferred: dict[int, Kind] = {}
        #: Records whose keys, or the rest, are still to be put in.
        self._keys: dict[int, Kind] = {}
        self._fills: dict[int, Kind] = {}
        self._last_fills: dict[int, Kind] = {}
        #: Instances of scripts among the keys that were put in, one of each class, by the record.
        self._hashed: dict[int, list[Any]] = {}
        self._hashing = HashBudget(records, size)

    def read(self, root: Any) -> Any:
        try:
            self._build_all()
            if self._keys or self._deferred:
                self._show_names(root)
                self._settle()
            self._run_fills(self._fills, wait=False)
            if self._last_fills:
                self._run_fills(self._last_fills, wait=False)
            return self._resolve((root,))[0]
        except _MISFITS as error:
            raise _damaged(f'its objects do not fit together ({type(error).__name__})') from error

    def _resolve(self, slots: Any) -> list[Any]:
        """Return the values of slots; KeyError for a record that is not built."""
        objects = self._objects
        return [objects[slot[0]] if type(slot) is list else slot for slot in slots]

    def _build_all(self) -> None:
        objects = self._objects
        rows = self._rows
        context = self._context
        deferred = self._deferred
        for index, record in enumerate(self._records):
            code = record[0]
            if code == 0:
                objects[index] = record[1]
                continue
            if type(code) is not int or code < 0 or len(record) > 4:
                raise _damaged(f'record {index} is malformed')
            row = rows[code - 1]
            size = len(record)
            if size == 1:
                objects[index] = row.build(context)
            elif row.late or (deferred and self._waits(record[1])):
                deferred[index] = row
            else:
                objects[index] = row.build(
                    context, *[objects[slot[0]] if type(slot) is list else slot for slot in record[1]]
                )
            if size > 2:
                (self._last_fills if row.last else self._fills)[index] = row
                if size > 3:
                    self._keys[index] = row

    def _waits(self, slots: Any) -> bool:
        deferred = self._deferred
        return any(type(slot) is list and slot[0] in deferred for slot in slots)

    def _show_names(self, root: Any) -> None:
        """Show the context the names with which the root begins, as far as they are built: hashing may ask for them."""
        show = getattr(self._context, 'show_names', None)
        record: Any = self._records[root[0]] if type(root) is list else ()
        if show is None or len(record) < 3 or not record[2] or type(record[2][0]) is not int:
            return
        end = 1 + 2 * record[2][0]
        objects = self._objects
        found = {}
        for name, slot in zip(record[2][1:end:2], record[2][2:end:2], strict=False):
            if type(name) is str and (type(slot) is not list or slot[0] in objects):
                found[name] = objects[slot[0]] if type(slot) is list else slot
        show(found)

    def _settle(self) -> None:
        """Put keys in and build what waits for them, as far as one allows the other."""
        self._easy_keys()
        self._run_fills(self._fills, wait=True)
        while self._keys or self._deferred:
            before = len(self._keys) + len(self._deferred)
            for index, row in list(self._keys.items()):
                self._put_keys(index, row)
            for index, row in list(self._deferred.items()):
                self._build_deferred(index, row)
            self._run_fills(self._fills, wait=True)
            if len(self._keys) + len(self._deferred) == before:
                raise _damaged('its objects wait for each other')

    def _easy_keys(self) -> None:
        """Put in keys that are all leaves: their hashes wait for nothing."""
        for index, row in list(self._keys.items()):
            slots = self._records[index][3]
            if list not in set(map(type, slots)) and index in self._objects:
                row.keys(self._context, self._objects[index], *slots)
                del self._keys[index]

    def _put_keys(self, index: int, row: Kind) -> None:
        slots = self._records[index][3]
        if index not in self._objects or not self._built(slots):
            return
        self._hashing.charge(slots)
        keys = self._resolve(slots)
        self._hashing.check(keys)
        instances = instances_among(keys)
        if instances:
            self._hashed[index] = instances
        told_apart(instances, row.keys, self._context, self._objects[index], *keys)
        del self._keys[index]

    def _build_deferred(self, index: int, row: Kind) -> None:
        slots = self._records[index][1]
        if not self._built(slots):
            return
        if row.late:
            if any(type(slot) is list and slot[0] in self._keys for slot in slots):
                return
            self._hashing.charge(slots)
        arguments = self._resolve(slots)
        instances = instances_among(arguments) if row.late else []
        self._objects[index] = told_apart(instances, row.build, self._context, *arguments)
        del self._deferred[index]

    def _built(self, slots: Any) -> bool:
        objects = self._objects
        return all(type(slot) is not list or slot[0] in objects for slot in slots)

    def _run_fills(self, fills: dict[int, Kind], *, wait: bool) -> None:
        """Run fills; with `wait` leave those that are not ready, else a fill that is not ready is an error."""
        objects = self._objects
        for index, row in list(fills.items()):
            slots = self._records[index][2]
            if wait and (index in self._keys or index not in objects or not self._built(slots)):
                continue
            # Values go in by their keys.
            instances = self._hashed.get(index, ())
            told_apart(instances, row.fill, self._context, objects[index], *self._resolve(slots))
            del fills[index]


def _build_list(context: Any) -> list[Any]:
    return []


def _fill_list(context: Any, target: list[Any], *items: Any) -> None:
    target.extend(items)


def _build_tuple(context: Any, *items: Any) -> tuple[Any, ...]:
    return items


def _build_dict(context: Any) -> dict[Any, Any]:
    return {}


def put_keys(context: Any, target: dict[Any, Any], *keys: Any) -> None:
    """Put keys in a dict, with None for values; so its size is final before the values are there."""
    for key in keys:
        target[key] = None
    if len(target) != len(keys):
        raise ValueError('a dict has a key twice')


def put_values(context: Any, target: dict[Any, Any], *values: Any) -> None:
    """Put the values in a dict that has its keys."""
    if len(target) != len(values):
        raise ValueError('a dict has not as many values as keys')
    for key, value in zip(list(target), values, strict=True):
        target[key] = value


def _build_int(context: Any, digits: bytes) -> int:
    if type(digits) is not bytes:
        raise TypeError('the digits of an int are not bytes')
    return int.from_bytes(digits, 'big', signed=True)


def _build_float(context: Any, number: float) -> float:
    if type(number) is not float:
        raise TypeError('a float is not a float')
    return number


def _build_str(context: Any, text: str) -> str:
    if type(text) is not str:
        raise TypeError('a str is not a str')
    return text


def _build_bytes(context: Any, data: bytes) -> bytes:
    if type(data) is not bytes:
        raise TypeError('bytes are not bytes')
    return data


def _not_used(value: Any, context: Any) -> None:
    return None


#: The kinds that the writer knows by itself.
NATIVE = {
    row.name: row
    for row in (
        Kind('list', list, _not_used, _build_list, _fill_list),
        Kind('tuple', tuple, _not_used, _build_tuple),
        Kind('dict', dict, _not_used, _build_dict, put_values, put_keys),
        Kind('int', int, _not_used, _build_int),
        Kind('float', float, _not_used, _build_float),
        Kind('str', str, _not_used, _build_str),
        Kind('bytes', bytes, _not_used, _build_bytes),
    )
}


def _damaged(what: str) -> SnapshotError:
    return SnapshotError(f'the snapshot is damaged: {what}; load an earlier copy of it')
