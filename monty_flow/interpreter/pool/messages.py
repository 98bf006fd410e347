"""How a pool and its children talk: MessagePack with a length before it, and values as heaps of plain kinds.

    message = size:u32 body              body: a MessagePack array [kind, ...]
    value   = leaf | [heap] | [0, leaf, ...] | [1, name, leaf, ...]
              leaf: nil, bool, an int of 64 bits, float, str; heap: bytes of snapshot/heap.py

The last two are a short tuple and a short dict, as the arguments of most calls are: a heap costs more than such a call.

A child may have been taken over by its script, so the parent believes nothing of it: every size is bounded before space is
made, every message is checked for its form, values are of the plain kinds alone and pass the heap's own checks, and a child
that breaks a rule is killed. Nothing here can run code.
"""

from __future__ import annotations

import socket
import struct
from collections.abc import Callable
from typing import Any, Final

import msgpack

from monty_flow.interpreter import errors
from monty_flow.interpreter.boundary import SCRIPT_EXCEPTIONS, ScriptObject
from monty_flow.interpreter.snapshot.hashing import Collisions
from monty_flow.interpreter.snapshot.heap import Kind, Kinds, decode, encode
from monty_flow.interpreter.snapshot.kinds import builtin_kinds

SIZE: Final = struct.Struct('>I')
#: Bytes of the longest message.
MAX_MESSAGE: Final = 256 * 1024 * 1024
#: Bytes of the longest value.
MAX_VALUE: Final = 128 * 1024 * 1024
_READ: Final = 64 * 1024


class Broken(Exception):
    """The other side is gone, or does not keep to the rules."""


class Unread(Broken):
    """The other side has ended before it read all that was sent to it."""


def _exception(context: Any, name: Any, args: Any) -> BaseException:
    if type(args) is not tuple:
        raise TypeError('the arguments of an exception are malformed')
    return _EXCEPTIONS[name](*args)


def _script_object(context: Any, type_name: Any, text: Any) -> ScriptObject:
    if type(type_name) is not str or type(text) is not str:
        raise TypeError('a script object is malformed')
    return ScriptObject(type_name, text)


#: Of the two of one name that of CPython: what enters a script becomes its own kind there.
_EXCEPTIONS: Final = {kind.__name__: kind for kind in SCRIPT_EXCEPTIONS} | {'MemoryError': MemoryError}
_PLAIN: Final = (
    'complex bytearray set frozenset range date time datetime timedelta timezone decimal fraction uuid'
).split()
#: What crosses between host and script, and nothing else.
KINDS: Final = Kinds(
    *map(builtin_kinds({}, ()).by_name.__getitem__, _PLAIN),
    Kind('script_object', ScriptObject, lambda value, _: ((value.type_name, value.text), ()), _script_object),
    Kind('error', tuple(SCRIPT_EXCEPTIONS), lambda value, _: ((type(value).__name__, value.args), ()), _exception),
)
_LEAVES: Final = frozenset({type(None), bool, float})
#: What a value may be, or hold, that is sent without a heap; and what its names are.
_KNOWN: Final = _LEAVES | {str, int}
_NAMES: Final = frozenset({str})


#: Items of a tuple or a dict that is sent without a heap, and what tells the two apart.
_SHORT: Final = 8
_TUPLE, _DICT = 0, 1
_EMPTY: Final[dict[int, Callable[[], Any]]] = {_TUPLE: tuple, _DICT: dict}


def _is_leaf(value: Any) -> bool:
    kind = type(value)
    return (
        kind in _LEAVES
        or (kind is str and len(value) < _READ)
        or (kind is int and -(1 << 63) <= value < 1 << 63)
    )  # fmt: skip


def packed(value: Any, what: str = 'the value') -> Any:
    """Return a value as it stands in a message; raise BoundaryError for one that is too large."""
    if _is_leaf(value):
        return value
    if type(value) is tuple and len(value) <= _SHORT and all(map(_is_leaf, value)):
        return [_TUPLE, *value]
    if type(value) is dict and len(value) <= _SHORT:
        parts = [part for item in value.items() for part in item]
        if all(map(_is_leaf, parts)) and all(type(name) is str for name in value):
            return [_DICT, *parts]
    try:
        return [encode(value, KINDS, limit=MAX_VALUE)]
    except errors.SnapshotError as error:
        raise errors.BoundaryError(f'{what} cannot cross to the host: {error}') from None


def unpacked(part: Any) -> Any:
    """Return the value of a part of a message; raise Broken for what `packed` did not make."""
    if type(part) is not list:
        if type(part) in _KNOWN:
            return part
        raise Broken('a value is of no known form')
    if len(part) == 1:
        [only] = part
        if type(only) is bytes:
            try:
                return decode(only, KINDS)
            except Collisions:
                raise errors.BoundaryError(
                    'a value has too many keys of one hash to cross to the host; use strings as keys'
                ) from None
            except errors.SnapshotError as error:
                raise Broken(f'a value is damaged: {error}') from None
        if type(only) is int and only in _EMPTY:
            # Without names, as most calls are.
            return _EMPTY[only]()
    if not part or type(part[0]) is not int or len(part) > 1 + 2 * _SHORT or not _KNOWN.issuperset(map(type, part)):
        raise Broken('a value is of no known form')
    if part[0] == _TUPLE:
        return tuple(part[1:])
    names = part[1::2]
    if part[0] != _DICT or len(part) % 2 == 0 or not _NAMES.issuperset(map(type, names)):
        raise Broken('a value is of no known form')
    return dict(zip(names, part[2::2], strict=True))


def in_bytes(message: list[Any]) -> bytes:
    """Return a message as it is sent; raise BoundaryError when it is too long."""
    body: bytes = msgpack.Packer(unicode_errors='surrogatepass').pack(message)
    if len(body) > MAX_MESSAGE:
        raise errors.BoundaryError(
            f'a message takes {len(body)} bytes, more than {MAX_MESSAGE}; let the script hold less'
        )
    return SIZE.pack(len(body)) + body


class Channel:
    """One end of a socket, with what was read of the next message."""

    __slots__ = ('_rest', 'socket')

    def __init__(self, end: socket.socket) -> None:
        self.socket = end
        self._rest = b''

    @property
    def is_quiet(self) -> bool:
        """Whether nothing of another message came with the last one."""
        return not self._rest

    def send(self, message: list[Any]) -> None:
        """Send a message; raise BoundaryError when it is too long, Unread when the other side is gone."""
        self.send_bytes(in_bytes(message))

    def send_bytes(self, data: bytes) -> None:
        """Send what `in_bytes` made; raise Unread when the other side is gone."""
        try:
            self.socket.sendall(data)
        except OSError as error:
            raise Unread(str(error)) from None

    @property
    def has_more(self) -> bool:
        """Whether another message has come, or a part of one."""
        if self._rest:
            return True
        try:
            return bool(self.socket.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT))
        except OSError:
            return False

    def receive(self) -> list[Any]:
        """Return the next message; raise Broken when there is none, TimeoutError by the socket's time-out."""
        try:
            body = self._body()
        except TimeoutError:
            raise
        except ConnectionResetError as error:
            # A socket that is closed with something unread in it resets the other end (unix(7)).
            raise Unread(str(error)) from None
        except OSError as error:
            raise Broken(str(error)) from None
        try:
            message = msgpack.unpackb(body, unicode_errors='surrogatepass', strict_map_key=True, ext_hook=_no_extension)
        except (ValueError, TypeError, OverflowError, msgpack.exceptions.UnpackException) as error:
            raise Broken(f'a message is not MessagePack ({type(error).__name__})') from None
        if type(message) is not list or not message or type(message[0]) is not str:
            raise Broken('a message has no kind')
        return message

    def _body(self) -> bytes:
        data = self._rest
        while len(data) < SIZE.size:
            data += self._read(_READ)
        size = SIZE.unpack_from(data)[0]
        if size > MAX_MESSAGE:
            raise Broken('a message is too long')
        missing = size + SIZE.size - len(data)
        if missing > 0:
            parts = [data]
            while missing > 0:
                # As it comes: a length is only a claim.
                part = self._read(min(missing, 1 << 20))
                parts.append(part)
                missing -= len(part)
            data = b''.join(parts)
        end = size + SIZE.size
        self._rest = data[end:]
        return data[SIZE.size : end]

    def _read(self, size: int) -> bytes:
        data = self.socket.recv(size)
        if not data:
            raise Broken('the channel was closed')
        return data


def _no_extension(code: int, data: bytes) -> Any:
    raise ValueError('there are no extensions')


#: Errors that a child reports: name -> the attributes that make one.
_REPORTED: Final[dict[str, tuple[type[errors.MontyError], tuple[str, ...]]]] = {
    'MontyRuntimeError': (errors.MontyRuntimeError, ('exception_type', 'message', 'traceback')),
    'MontySyntaxError': (errors.MontySyntaxError, ('message', 'script_name', 'line', 'column', 'source_line')),
    **{
        kind.__name__: (kind, ('limit', 'value', 'line'))
        for kind in (
            errors.TimeLimitError, errors.MemoryLimitError, errors.StepLimitError, errors.OutputLimitError,
            errors.PauseLimitError, errors.SourceLimitError, errors.SnapshotLimitError,
        )
    },
    **{
        kind.__name__: (kind, ())
        for kind in (errors.SnapshotError, errors.SnapshotTooNew, errors.BoundaryError, errors.PauseRefused, errors.InternalError)
    },
}  # fmt: skip
_FIELD_TYPES: Final = {'line': (int,), 'column': (int,), 'value': (int, float)}


def reported(error: errors.MontyError) -> list[Any]:
    """Return an error as it stands in a message."""
    name = type(error).__name__
    _, fields = _REPORTED[name]
    return [name, *(getattr(error, field) for field in fields)] if fields else [name, str(error)]


def error_of(part: Any) -> errors.MontyError:
    """Return the error that `reported` told; raise Broken for anything else."""
    if type(part) is not list or not part or type(part[0]) is not str or part[0] not in _REPORTED:
        raise Broken('an error is of no known form')
    kind, fields = _REPORTED[part[0]]
    values = part[1:]
    if not fields:
        if len(values) != 1 or type(values[0]) is not str:
            raise Broken('an error is of no known form')
        return kind(values[0])
    if len(values) != len(fields):
        raise Broken('an error is of no known form')
    for field, value in zip(fields, values, strict=True):
        if type(value) not in _FIELD_TYPES.get(field, (str,)):
            raise Broken('an error is of no known form')
    if kind is errors.MontySyntaxError:
        return kind(values[0], **dict(zip(fields[1:], values[1:], strict=True)))
    return kind(*values)
