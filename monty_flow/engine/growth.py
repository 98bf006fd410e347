"""Snapshots of one run after each other, each as what it adds to the one before.

A script's state grows by what a call returned, and most of it stays; kept whole at every step it would take room with
the square of the steps. A frame is zstandard with the snapshot before as its dictionary, so that it holds little
more than what is new. Frames make a chain that begins with a full one:

    full <- delta <- delta <- ... <- delta        then a full one again

The chain is cut so that its newest member stays quick to load: at a number of frames, when reading all of it would take
more bytes than a full frame, and when undoing it would go through too many bytes. Small snapshots are always full.

Large strings and bytes of a snapshot leave it at full frames (`parts.py`): a full frame says which parts it is without, by their
hashes. A delta goes without those parts of the one before that it has as well; what it has not any more stays in the
dictionary, and what is new stays in the delta. `docs/design/large-values.md` has the reasons, with figures.

Level 3 without long-distance matching: on a history of 1 MB that grew by one message, 3.4 KB in 2.2 ms, beside 380 KB in
2.6 ms for a full frame at level 1, which misses matches in a dictionary of that size (377 KB), as level 2 does (164 KB).
"""

from __future__ import annotations

from dataclasses import dataclass

import zstandard

from monty_flow.engine.errors import PayloadUnreadable
from monty_flow.engine.parts import Part, Place, cut, joined, places_of, without_known
from monty_flow.interpreter import snapshot_leaves

#: Bytes from which a snapshot is compressed, and may be a delta; below, the frame costs more than it saves.
COMPRESS_FROM_BYTES = 1024
#: Frames of a chain at most, the full one included.
MAX_CHAIN = 50
#: Bytes that undoing a chain may go through, all its snapshots together.
MAX_CHAIN_BYTES = 64 * 1024 * 1024
#: Bytes of the largest snapshot that is stored.
MAX_SNAPSHOT_BYTES = 1024 * 1024 * 1024
#: Bytes from which zstandard looks for matches over long distances as well.
_LONG_FROM_BYTES = 8 * 1024 * 1024
_FULL_LEVEL = 1
_DELTA_LEVEL = 3


@dataclass(slots=True)  # not frozen, as all that is made at every step (transitions.py)
class Link:
    """The snapshot that the next one of a run can be a delta to."""

    #: The step that led to it.
    number: int
    #: Its bytes without its parts.
    rest: bytes
    #: Frames of its chain, itself included.
    depth: int
    #: Bytes of the full frame at the beginning of the chain with its parts, and of the deltas since.
    full_bytes: int
    delta_bytes: int
    parts: tuple[Part, ...] = ()

    @property
    def raw(self) -> bytes:
        """The snapshot whole."""
        return joined(self.rest, self.parts)

    @property
    def size(self) -> int:
        """Bytes of the snapshot whole."""
        size = len(self.rest)
        return size + sum([part.size for part in self.parts]) if self.parts else size

    @property
    def may_go_on(self) -> bool:
        """Tell whether another frame may follow."""
        return (
            self.depth < MAX_CHAIN
            and self.delta_bytes < self.full_bytes
            and (self.depth + 1) * len(self.rest) <= MAX_CHAIN_BYTES
        )


@dataclass(slots=True)
class Frame:
    """A snapshot as it is stored."""

    data: bytes
    #: Whether `data` is compressed.
    is_compressed: bool
    #: The number of the snapshot that is its dictionary, None for a full frame.
    base: int | None
    #: The parts that it is without, in their order.
    places: tuple[Place, ...] = ()


def pack(number: int, raw: bytes, before: Link | None, least: int | None = None) -> tuple[Frame, Link]:
    """Return a snapshot as a frame, a delta to the one before where that pays, and the link for the next one.

    Parts of at least `least` bytes leave a full frame; None for none.
    """
    if len(raw) < COMPRESS_FROM_BYTES:
        return Frame(raw, False, None), Link(number, raw, 1, len(raw), 0)
    known = () if before is None else before.parts
    if before is not None and before.size >= COMPRESS_FROM_BYTES and before.may_go_on:
        rest, parts = without_known(raw, known)
        kept = {part.digest for part in parts}
        data = _delta(rest, joined(before.rest, [part for part in known if part.digest not in kept]))
        # A state that was exchanged gains nothing from the one before.
        if len(data) < before.full_bytes // 2:
            link = Link(number, rest, before.depth + 1, before.full_bytes, before.delta_bytes + len(data), parts)
            return Frame(data, True, before.number, places_of(parts)), link
    rest, parts = (raw, ()) if least is None else cut(raw, snapshot_leaves(raw, least), known)
    data = _compressor(_FULL_LEVEL, len(rest), 0, None).compress(rest)
    full_bytes = len(data) + sum([part.size for part in parts])
    return Frame(data, True, None, places_of(parts)), Link(number, rest, 1, full_bytes, 0, parts)


def unpack(frame: Frame, dictionary: bytes | None) -> bytes:
    """Return the snapshot of a frame, without its parts; raise PayloadUnreadable for damaged ones."""
    if not frame.is_compressed:
        return frame.data
    try:
        size = zstandard.frame_content_size(frame.data)
        if not 0 <= size <= MAX_SNAPSHOT_BYTES:
            raise PayloadUnreadable('a stored snapshot does not tell its size; it was damaged')
        known = None if dictionary is None else _dictionary(dictionary)
        # The window is judged by zstandard itself; the size is known to be sane.
        return zstandard.ZstdDecompressor(dict_data=known, max_window_size=1 << 31).decompress(frame.data)
    except zstandard.ZstdError as error:
        raise PayloadUnreadable(f'a stored snapshot cannot be decompressed: {error}; it was damaged') from None


def _delta(raw: bytes, before: bytes) -> bytes:
    return _compressor(_DELTA_LEVEL, len(raw), len(before), _dictionary(before)).compress(raw)


def _dictionary(before: bytes) -> zstandard.ZstdCompressionDict:
    return zstandard.ZstdCompressionDict(before, dict_type=zstandard.DICT_TYPE_RAWCONTENT)


def _compressor(
    level: int, size: int, before: int, dictionary: zstandard.ZstdCompressionDict | None
) -> zstandard.ZstdCompressor:
    # The window reaches back to the beginning of the dictionary; the checksum tells a dictionary that is not the one.
    window = min(max(10, (size + before).bit_length()), 30)
    parameters = zstandard.ZstdCompressionParameters.from_level(
        level,
        source_size=size,
        dict_size=before,
        window_log=window,
        enable_ldm=size + before >= _LONG_FROM_BYTES,
        write_checksum=True,
    )
    return zstandard.ZstdCompressor(dict_data=dictionary, compression_params=parameters)
