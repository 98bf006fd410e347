"""Large values: what leaves the rows of runs, where it is kept, and how it is read again.

A payload or a snapshot over a size (`LargeSettings.from_bytes`) leaves its row: its large strings and bytes, or all of it where it is large
without one. Each content is kept once, under its SHA-256 (`store/large.py`), in the database or in a file of any `fsspec` file system, and the
row says where it belongs:

    payload  = 0x02 MessagePack [size, rest, [[at, size, digest] ...]]       size: of the whole, by which it is told what it is

Whoever writes a row hands over the contents with it (`Large`), and they are written before it or in its transaction, so a row never
names what is not there. A content that a worker has written a short time ago is not written again: its transaction only sees
that it is there still.

What lists rows loads none of it: a record holds a `Late` in the place of a value, and loads it when it is asked for.
"""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import msgpack

from monty_flow.engine import payloads
from monty_flow.engine.clock import MICROSECONDS, Clock
from monty_flow.engine.codec import Codec
from monty_flow.engine.errors import LargeValueElsewhere, LargeValueMissing, PayloadUnreadable, SettingRefused
from monty_flow.engine.files import Files
from monty_flow.engine.parts import Part, Place, checked_places, cut, digest_of, filled, joined, parts_at
from monty_flow.interpreter import large_leaves

SIZE_VARIABLE, PLACE_VARIABLE = 'MONTY_FLOW_LARGE_BYTES', 'MONTY_FLOW_LARGE_VALUES'
#: Bytes from which values leave their rows, unless it is said otherwise; and the least that can be said.
FROM_BYTES, LEAST_BYTES = 64 * 1024, 4 * 1024
#: Within this time of having been written a content stays, though nothing names it.
GRACE_US = 3600 * MICROSECONDS
#: Within this time a worker relies upon what it has written; a step is committed in far less than the rest of the grace.
RELIED_US = 600 * MICROSECONDS
#: Names that a process remembers.
REMEMBERED = 10_000
#: The number under which a run uses what its payloads name; those of snapshots are their steps.
BY_PAYLOADS = -1


@dataclass(frozen=True, slots=True)
class LargeSettings:
    """When values leave their rows, and where they go."""

    #: Bytes from which they do; None for never.
    from_bytes: int | None = FROM_BYTES
    #: An fsspec URL of a folder, such as s3://bucket/values; None for the database.
    place: str | None = None

    def __post_init__(self) -> None:
        if self.from_bytes is not None and (type(self.from_bytes) is not int or self.from_bytes < LEAST_BYTES):
            raise SettingRefused(
                f'large values from {self.from_bytes!r} bytes on: give a number from {LEAST_BYTES} on, or none for never'
            )


def settings_of(environment: Mapping[str, str] | None = None) -> LargeSettings:
    """Return the settings that the environment names."""
    found = os.environ if environment is None else environment
    text = found.get(SIZE_VARIABLE, '')
    if text and text != 'never' and not text.isdecimal():
        raise SettingRefused(f'{SIZE_VARIABLE}={text!r} is not a number of bytes; give one, or never')
    size = None if text == 'never' else int(text) if text else FROM_BYTES
    return LargeSettings(size, found.get(PLACE_VARIABLE) or None)


@dataclass(frozen=True, slots=True)
class Large:
    """A content that a row names."""

    digest: bytes
    #: The step of the snapshot that names it, `BY_PAYLOADS` for a payload.
    number: int
    size: int
    #: As it is kept in the database, None when it is in a file.
    data: bytes | None
    #: The name of its file.
    file: str | None
    #: Whether it was written a short time ago, so that only its use is noted.
    is_known: bool = False


class Asks(Protocol):
    """What reads rows of contents: data and file by name."""

    def __call__(self, names: Sequence[bytes], /) -> Mapping[bytes, tuple[bytes | None, str | None]]: ...


class LargeValues:
    """What a process does with large values; for several threads."""

    def __init__(self, settings: LargeSettings, codec: Callable[[], Codec], clock: Clock, ask: Asks) -> None:
        self._codec = codec
        self._clock = clock
        self._ask = ask
        self._files = None if settings.place is None else Files(settings.place)
        #: Bytes from which values leave their rows.
        self.from_bytes = settings.from_bytes
        #: When contents were committed, by their names.
        self._known: OrderedDict[bytes, int] = OrderedDict()
        self._lock = threading.Lock()

    @property
    def files(self) -> Files | None:
        """The file system of the contents, None when they are in the database."""
        return self._files

    # Writing.

    def out(self, payload: bytes) -> tuple[bytes, tuple[Large, ...]]:
        """Return a payload as its row has it, and the contents that it names."""
        least = self.from_bytes
        if least is None or is_out(payload) or payloads.size_of(payload) < least:
            return payload, ()
        body = payloads.unwrap(payload)
        rest, parts = cut(body, large_leaves(body, least))
        if len(rest) >= least:
            rest, parts = b'', (Part(0, len(body), digest_of(body), body),)
        places = [[part.at, part.size, part.digest] for part in parts]
        row: bytes = payloads.OUT + msgpack.packb([len(body), rest, places])
        return row, self.kept(BY_PAYLOADS, parts)

    def kept(self, number: int, parts: Sequence[Part]) -> tuple[Large, ...]:
        """Return parts as contents to be written; those that go into files are there then."""
        return tuple([self._kept(number, part) for part in {part.digest: part for part in parts}.values()])

    def _kept(self, number: int, part: Part) -> Large:
        with self._lock:
            written = self._known.get(part.digest)
        if written is not None and self._clock.elapsed() - written < RELIED_US:
            return Large(part.digest, number, part.size, None, None, is_known=True)
        assert part.content is not None
        data = self._codec().seal_large(part.digest, part.content)
        if self._files is None:
            return Large(part.digest, number, part.size, data, None)
        return Large(part.digest, number, part.size, None, self._files.write(part.digest, data))

    def forget(self) -> None:
        """Rely upon nothing that was written so far."""
        with self._lock:
            self._known.clear()

    def committed(self, written: Sequence[Large]) -> None:
        """Take note of contents whose rows were committed a moment ago."""
        now = self._clock.elapsed()
        with self._lock:
            for each in written:
                if not each.is_known:
                    self._known[each.digest] = now
                    self._known.move_to_end(each.digest)
            while len(self._known) > REMEMBERED:
                self._known.popitem(last=False)

    # Reading.

    def contents(self, names: Sequence[bytes]) -> dict[bytes, bytes]:
        """Return contents by their names; raise LargeValueMissing for one that is not there."""
        if not names:
            return {}
        rows = self._ask(names)
        found = {}
        for name in names:
            if name not in rows:
                raise LargeValueMissing(name.hex(), 'the database has no row of it')
            data, file = rows[name]
            if data is None:
                if self._files is None:
                    raise LargeValueElsewhere(name.hex(), PLACE_VARIABLE)
                data = self._files.read(file or '', name)
            found[name] = self._codec().open_large(name, data)
        return found

    def whole(self, payload: bytes) -> bytes:
        """Return a payload with all that its row is without."""
        if not is_out(payload):
            return payload
        _, rest, places = _parsed(payload)
        body = joined(rest, filled(parts_at(places), self.contents))
        return payloads.PLAIN + body


def unread(payload: bytes) -> bytes:
    """Return a payload that is whole; raise PayloadUnreadable for one that is not, as nobody says where the rest is."""
    if is_out(payload):
        raise PayloadUnreadable('a stored value is kept apart from its row; read it through an Engine')
    return payload


def is_out(payload: bytes) -> bool:
    """Tell whether a payload is without something."""
    return payload[:1] == payloads.OUT


def whole_size(payload: bytes) -> int:
    """Return the bytes of the whole of a payload that is without something."""
    return _parsed(payload)[0]


def names_in(payload: bytes) -> tuple[bytes, ...]:
    """Return the names of what a payload is without."""
    return tuple([place.digest for place in _parsed(payload)[2]])


def _parsed(payload: bytes) -> tuple[int, bytes, tuple[Place, ...]]:
    try:
        size, rest, places = msgpack.unpackb(payload[1:])
        if type(size) is not int or type(rest) is not bytes or type(places) is not list:
            raise TypeError('its parts are of other types')
        found = [Place(at, length, digest) for at, length, digest in places]
        if any((type(each.at), type(each.size), type(each.digest)) != (int, int, bytes) for each in found):
            raise TypeError('its places are of other types')
    except (ValueError, TypeError, msgpack.UnpackException) as error:
        raise PayloadUnreadable(f'a stored value cannot be decoded: {error}; it was damaged') from None
    return size, rest, checked_places(found, len(rest))


def merged(used: Sequence[Large]) -> tuple[Large, ...]:
    """Return uses without those that are there twice; a content that has to be written is."""
    found: dict[tuple[int, bytes], Large] = {}
    for each in used:
        key = each.number, each.digest
        if key not in found or found[key].is_known:
            found[key] = each
    return tuple(found.values())
