"""Parts of stored bytes that lie elsewhere: cut out by their places, named by the hash of their content, and put back.

    whole = rest, with each part put in at its place in the rest

A part is a leaf of MessagePack, header included, so that a text which is the result of a call, an argument of the next one and a
variable in a hundred snapshots is one part with one name. Nothing here knows where parts are kept (`large.py`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from monty_flow.engine.errors import PayloadUnreadable

#: Bytes of a part by which it is looked for before the whole of it is compared.
_PROBE_BYTES = 64
#: Places that begin like a part and do not go on like it, until it is not looked for any more: each costs a comparison.
_MAX_MISSES = 16
#: Bytes that something may have with its parts.
MAX_WHOLE_BYTES = 1024 * 1024 * 1024
#: Gives the contents of parts by their names.
Contents = Callable[[Sequence[bytes]], Mapping[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a part belongs, as it is stored."""

    #: Its place in the rest.
    at: int
    size: int
    #: SHA-256 of its content.
    digest: bytes


@dataclass(frozen=True, slots=True)
class Part:
    """A part in hand."""

    at: int
    size: int
    digest: bytes
    #: None while it is not read yet.
    content: bytes | None

    @property
    def place(self) -> Place:
        """Return where it belongs."""
        return Place(self.at, self.size, self.digest)


def places_of(parts: Iterable[Part]) -> tuple[Place, ...]:
    """Return where parts belong."""
    return tuple([part.place for part in parts])


def digest_of(content: bytes) -> bytes:
    """Return the name of a content."""
    return hashlib.sha256(content).digest()


def cut(raw: bytes, ranges: Sequence[tuple[int, int]], known: Sequence[Part] = ()) -> tuple[bytes, tuple[Part, ...]]:
    """Return bytes without these ranges, and these as parts; names of `known` parts need no hashing."""
    contents = [raw[start:end] for start, end in ranges]
    by_size: dict[int, list[Part]] = {}
    for part in known:
        by_size.setdefault(part.size, []).append(part)
    named = [
        next(
            ((part.digest, part.content) for part in by_size.get(len(content), ()) if part.content == content),
            (None, content),
        )
        for content in contents
    ]
    return _cut(
        raw, ranges, [(digest or digest_of(content), content) for digest, content in named if content is not None]
    )


def without_known(raw: bytes, known: Sequence[Part]) -> tuple[bytes, tuple[Part, ...]]:
    """Return bytes without what they have of the known parts, and that as parts."""
    found: dict[int, Part] = {}
    for part in {part.digest: part for part in known}.values():
        content = part.content
        assert content is not None
        probe, misses = content[:_PROBE_BYTES], 0
        at = raw.find(probe)
        while at >= 0 and misses < _MAX_MISSES:
            if raw.startswith(content, at):
                found[at] = part
                at = raw.find(probe, at + len(content))
            else:
                misses += 1
                at = raw.find(probe, at + 1)
    ranges: list[tuple[int, int]] = []
    named = []
    for at in sorted(found):
        # One may lie within another: a text that holds the bytes of a leaf.
        if not ranges or at >= ranges[-1][1]:
            ranges.append((at, at + found[at].size))
            named.append((found[at].digest, found[at].content))
    return _cut(raw, ranges, named)


def _cut(
    raw: bytes, ranges: Sequence[tuple[int, int]], named: Sequence[tuple[bytes, bytes | None]]
) -> tuple[bytes, tuple[Part, ...]]:
    if not ranges:
        return raw, ()
    pieces = []
    parts = []
    end = size = 0
    for (start, stop), (digest, content) in zip(ranges, named, strict=True):
        pieces.append(raw[end:start])
        size += start - end
        parts.append(Part(size, stop - start, digest, content))
        end = stop
    pieces.append(raw[end:])
    return b''.join(pieces), tuple(parts)


def joined(rest: bytes, parts: Sequence[Part]) -> bytes:
    """Return a rest with parts put in."""
    if not parts:
        return rest
    pieces: list[bytes] = []
    end = 0
    for part in parts:
        assert part.content is not None
        pieces += (rest[end : part.at], part.content)
        end = part.at
    pieces.append(rest[end:])
    return b''.join(pieces)


def checked_places(places: Sequence[Place], rest_bytes: int) -> tuple[Place, ...]:
    """Return places that are in order and within the rest, and not too many; raise PayloadUnreadable otherwise."""
    at, size = 0, rest_bytes
    for place in places:
        size += place.size
        if not at <= place.at <= rest_bytes or size > MAX_WHOLE_BYTES:
            raise PayloadUnreadable('the parts of a stored value are not in order, or too large; it was damaged')
        at = place.at
    return tuple(places)


def filled(parts: Sequence[Part], contents: Contents) -> tuple[Part, ...]:
    """Return parts with their contents, read where they are not in hand."""
    missing = list(dict.fromkeys([part.digest for part in parts if part.content is None]))
    if not missing:
        return tuple(parts)
    read = contents(missing)
    found = [part if part.content is not None else replace(part, content=read[part.digest]) for part in parts]
    if any(part.size != len(part.content or b'') for part in found):
        raise PayloadUnreadable('a large value has another size than what refers to it says; it was damaged')
    return tuple(found)


def none_there(names: Sequence[bytes]) -> Mapping[bytes, bytes]:
    """Refuse to read parts, where there is nowhere to read them from."""
    raise PayloadUnreadable(f'{len(names)} large values are kept elsewhere; read them through an Engine')


def parts_at(places: Iterable[Place], known: Sequence[Part] = ()) -> tuple[Part, ...]:
    """Return parts that are not read yet, but for those that are known."""
    contents = {part.digest: part.content for part in known}
    return tuple([Part(place.at, place.size, place.digest, contents.get(place.digest)) for place in places])
