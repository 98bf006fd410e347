"""Snapshots as frames: small steps take little, the chain stays short, and what comes back is what went in."""

from __future__ import annotations

import random

import pytest

from monty_flow.engine import PayloadUnreadable
from monty_flow.engine.growth import COMPRESS_FROM_BYTES, MAX_CHAIN, MAX_CHAIN_BYTES, Frame, Link, pack, unpack

_LETTERS = random.Random(1)
WORDS = [''.join(_LETTERS.choices('abcdefghij', k=6)) for _ in range(500)]


def history(messages: int) -> bytes:
    chosen = random.Random(2)
    return ' '.join(' '.join(chosen.choices(WORDS, k=60)) for _ in range(messages)).encode()


def test_a_small_snapshot_is_kept_as_it_is() -> None:
    raw = b'x' * (COMPRESS_FROM_BYTES - 1)

    frame, link = pack(1, raw, Link(0, raw, 1, len(raw), 0))

    assert frame == Frame(raw, is_compressed=False, base=None)
    assert link == Link(1, raw, 1, len(raw), 0)


def test_a_snapshot_that_grew_takes_what_was_added() -> None:
    first, second = history(1000), history(1001)
    full, link = pack(1, first, None)

    frame, _ = pack(2, second, link)

    assert full.base is None
    assert frame.base == 1
    assert len(frame.data) < 5_000 < len(full.data)
    assert unpack(frame, unpack(full, None)) == second


def test_a_snapshot_that_has_nothing_of_the_one_before_is_full() -> None:
    chosen = random.Random(3)
    _, link = pack(1, chosen.randbytes(20_000), None)

    frame, _ = pack(2, chosen.randbytes(20_000), link)

    assert frame.base is None


def test_a_chain_is_cut_at_its_longest_and_each_member_can_be_undone() -> None:
    link: Link | None = None
    before = b''
    bases = []
    for number in range(2 * MAX_CHAIN + 1):
        raw = history(20 + number) if number else history(20)
        frame, link = pack(number, raw, link)
        before = unpack(frame, before if frame.base is not None else None)
        bases.append(frame.base)
        assert before == raw
        assert link.depth <= MAX_CHAIN

    assert bases.count(None) >= 3
    assert all(base in (None, number - 1) for number, base in enumerate(bases))


@pytest.mark.parametrize(
    ('link', 'may'),
    [
        (Link(1, b'x' * 2000, MAX_CHAIN - 1, 1000, 999), True),
        (Link(1, b'x' * 2000, MAX_CHAIN, 1000, 999), False),
        (Link(1, b'x' * 2000, 2, 1000, 1000), False),
        (Link(1, bytes(MAX_CHAIN_BYTES // 2), 1, 1000, 0), True),
        (Link(1, bytes(MAX_CHAIN_BYTES // 2), 2, 1000, 0), False),
    ],
    ids=['one more', 'longest', 'too many bytes', 'large', 'too large'],
)
def test_a_chain_goes_on_only_while_it_is_quick_to_undo(link: Link, may: bool) -> None:
    assert link.may_go_on is may


def test_a_frame_of_another_dictionary_is_told() -> None:
    _, link = pack(1, history(100), None)
    frame, _ = pack(2, history(101), link)

    with pytest.raises(PayloadUnreadable, match='a stored snapshot cannot be decompressed'):
        unpack(frame, history(100).replace(b'a', b'b'))


def test_damaged_frames_are_told() -> None:
    frame, _ = pack(1, history(100), None)
    chosen = random.Random(4)

    for _ in range(2_000):
        data = bytearray(frame.data)
        data[chosen.randrange(len(data))] ^= 1 << chosen.randrange(8)
        if chosen.random() < 0.3:
            del data[chosen.randrange(len(data)) :]
        try:
            unpack(Frame(bytes(data), is_compressed=True, base=None), None)
        except PayloadUnreadable:
            continue


def test_a_frame_that_claims_to_be_huge_takes_no_room() -> None:
    # A frame header: magic, single segment with eight bytes of size, and no data.
    data = b'\x28\xb5\x2f\xfd\xe0' + (1 << 40).to_bytes(8, 'little')

    with pytest.raises(PayloadUnreadable) as caught:
        unpack(Frame(data, is_compressed=True, base=None), None)

    assert str(caught.value) == 'a stored snapshot does not tell its size; it was damaged'
