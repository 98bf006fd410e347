"""Snapshots that were forged under a good signature: each lie about sizes is found before space is made for it."""

from __future__ import annotations

import struct
import tracemalloc
import zlib
from collections.abc import Iterator
from typing import Any

import msgpack
import pytest
import zstandard

from monty_flow import Complete, KeyRing, Monty, Snapshot, SnapshotError, SnapshotRefused, load
from monty_flow.interpreter.snapshot.envelope import seal, unseal

KEYS = KeyRing({'first': b'f' * 32, 'second': b's' * 32})
#: Bytes that a load of any of these may take: the snapshots have some kilobytes.
MOST_MEMORY = 24_000_000
SCRIPT = """
class Point:
    def __init__(self, x):
        self.x = x

def outer(first, second=2):
    kept = [first]
    def inner(third):
        kept.append(third)
        return ask(first, second, named=kept, other={'a': (1, 2), 3: {4, 5}})
    return inner(Point(kept))

numbers = list(range(50))
table = {'a': [1, {'b': None}], (1, 2): frozenset({3})}
made = (ask(n) for n in numbers)
text, raw, big = 'text' * 10, b'raw', 2 ** 80
outer(table)
"""
#: Headers of MessagePack that claim four thousand million items, or bytes.
CLAIMS = (b'\xdd\xff\xff\xff\xff', b'\xdf\xff\xff\xff\xff', b'\xdb\xff\xff\xff\xff', b'\xc6\xff\xff\xff\xff')
HUGE = (2**62, -1, 10**9, True)


@pytest.fixture(scope='module')
def signed() -> bytes:
    """Return a signed snapshot."""
    state = Monty(SCRIPT).start()
    assert isinstance(state, Snapshot)
    return state.dump(keys=KEYS, binding=b'run|1', compress=False)


def resealed(signed: bytes, payload: bytes) -> bytes:
    """Return another payload under a signature that is good."""
    header = unseal(signed, limit=1 << 30, keys=KEYS, binding=b'run|1').header
    header.pop('key')
    return seal(payload, header, keys=KEYS, binding=b'run|1', compress=False)


def parts_of(signed: bytes) -> tuple[bytes, bytes]:
    """Return what is before the heap in a payload, and the heap."""
    payload = unseal(signed, limit=1 << 30, keys=KEYS, binding=b'run|1').payload
    start = 4 + struct.unpack_from('>I', payload)[0]
    return payload[:start], payload[start:]


def loads_within_bounds(data: bytes) -> bool:
    """Tell whether bytes are loaded; whatever comes of it takes little memory and no other error."""
    tracemalloc.start()
    try:
        load(data, keys=KEYS, binding=b'run|1')
        return True
    except SnapshotError:
        return False
    finally:
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < MOST_MEMORY


def starts(heap: bytes) -> Iterator[int]:
    """Yield where values begin in a MessagePack document, the nested ones too."""
    at = 0
    pending = 1
    while pending:
        yield at
        pending -= 1
        kind = heap[at]
        unpacker = msgpack.Unpacker(strict_map_key=False)
        unpacker.feed(heap[at:])
        if 0x90 <= kind <= 0x9F or kind in (0xDC, 0xDD):
            pending += unpacker.read_array_header()
        elif 0x80 <= kind <= 0x8F or kind in (0xDE, 0xDF):
            pending += 2 * unpacker.read_map_header()
        else:
            unpacker.skip()
        at += unpacker.tell()


def test_every_value_of_the_heap_may_claim_to_be_huge(signed: bytes) -> None:
    before, heap = parts_of(signed)
    places = list(starts(heap))
    assert len(places) > 300

    for number, at in enumerate(places):
        claim = CLAIMS[number % len(CLAIMS)]
        assert not loads_within_bounds(resealed(signed, before + heap[:at] + claim + heap[at + 1 :]))


def test_every_count_of_the_state_may_be_wrong(signed: bytes) -> None:
    before, heap = parts_of(signed)
    document: Any = msgpack.unpackb(heap, strict_map_key=False, unicode_errors='surrogatepass')
    names, root, records = document
    flat = records[root[0]][2]
    places = [place for place, slot in enumerate(flat) if type(slot) is int]
    refused = 0

    for place in places:
        for huge in HUGE:
            kept, flat[place] = flat[place], huge
            forged = msgpack.packb([names, root, records], unicode_errors='surrogatepass')
            flat[place] = kept
            refused += not loads_within_bounds(resealed(signed, before + forged))

    # What is no count is a value, and may be any.
    assert refused > 3 * len(places)


@pytest.mark.parametrize('size', [2**63, 2**40, 10**9, 0])
def test_a_header_that_lies_about_the_payload_is_refused(signed: bytes, size: int) -> None:
    state = unseal(signed, limit=1 << 30, keys=KEYS, binding=b'run|1')
    header = {name: value for name, value in state.header.items() if name != 'key'}
    compressed = seal(state.payload * 20, header, keys=KEYS, binding=b'run|1')
    for data in (signed, compressed):
        forged = data[:10] + struct.pack('>Q', size) + data[18:-32]

        assert not loads_within_bounds(forged + KEYS.sign(b'snapshot', b'run|1', forged))


def test_a_frame_that_lies_about_its_content_is_refused(signed: bytes) -> None:
    payload = unseal(signed, limit=1 << 30, keys=KEYS, binding=b'run|1').payload
    honest = seal(payload * 20, {}, keys=KEYS, binding=b'run|1')
    head = honest[: 18 + struct.unpack_from('>I', honest, 6)[0]]
    bomb = zstandard.ZstdCompressor(level=1, write_content_size=False).compress(bytes(500_000_000))
    for frame in (bomb, b'\x28\xb5\x2f\xfd\xe0' + struct.pack('<Q', 1 << 40) + b'\x01\x00\x00', b''):
        forged = head + frame

        assert not loads_within_bounds(forged + KEYS.sign(b'snapshot', b'run|1', forged))


def test_the_name_of_a_key_is_no_key(signed: bytes) -> None:
    for wrong in ('first', 'none', '', 'second' * 9000):
        payload = unseal(signed, limit=1 << 30, keys=KEYS, binding=b'run|1').payload
        ring = KeyRing({'second': b'x' * 32})
        data = seal(payload, {}, keys=ring, binding=b'run|1', compress=False)
        name = b'\xa6second'
        forged = data[:-32].replace(name, msgpack.packb(wrong), 1)
        forged = (
            forged[:6]
            + struct.pack('>I', struct.unpack_from('>I', data, 6)[0] + len(forged) + 32 - len(data))
            + forged[10:]
        )

        assert not loads_within_bounds(forged + ring.sign(b'snapshot', b'run|1', forged))


def test_a_signed_snapshot_cannot_be_made_one_of_the_format_without_signatures(signed: bytes) -> None:
    for version, flags in ((1, 0), (2, 0)):
        body = signed[:4] + bytes([version, flags]) + signed[6:-32]
        with pytest.raises(SnapshotRefused, match='it is not signed'):
            load(body + struct.pack('>I', zlib.crc32(body)), keys=KEYS, binding=b'run|1')


def test_a_good_snapshot_of_another_run_or_step_is_refused(signed: bytes) -> None:
    for binding in (b'run|2', b'other|1', b'', b'run|10'):
        with pytest.raises(SnapshotRefused):
            load(signed, keys=KEYS, binding=binding)


def test_a_setter_of_a_metaclass_does_not_run_while_a_snapshot_is_loaded() -> None:
    state = Monty(
        'class Meta(type):\n'
        '    @property\n    def x(cls):\n        return "of the metaclass"\n'
        '    @x.setter\n    def x(cls, value):\n        while True:\n            pass\n'
        'class C(metaclass=Meta):\n    x = 5\n'
        'ask()\n(C.x, C().x, C.__dict__["x"])'
    ).start()
    assert isinstance(state, Snapshot)

    loaded = load(state.dump())

    assert isinstance(loaded, Snapshot)
    end = loaded.resume(return_value=None)
    assert isinstance(end, Complete)
    assert end.output == ('of the metaclass', 5, 5)


@pytest.mark.parametrize(
    'name', ['__dataclass_fields__', '__orig_bases__', '__parameters__', '__annotations__', '__abstractmethods__', '__total__']
)  # fmt: skip
def test_a_class_that_binds_a_name_of_its_making_to_anything_is_loaded_again(name: str) -> None:
    state = Monty(f'class C:\n    {name} = 5\nask()\nC.__dict__["{name}"]').start()
    assert isinstance(state, Snapshot)

    loaded = load(state.dump())

    assert isinstance(loaded, Snapshot)
    end = loaded.resume(return_value=None)
    assert isinstance(end, Complete)
    assert end.output == 5
