"""Rows of snapshots: authentic, in their place, and secret where that is asked for."""

from __future__ import annotations

import random

import pytest

from monty_flow import KeyRing, SnapshotError, SnapshotKeyUnknown, SnapshotRefused, SnapshotTooNew
from monty_flow.engine import EngineError, KeysNeeded, PayloadUnreadable, payloads
from monty_flow.engine.codec import Codec, base_of, is_signed
from monty_flow.engine.growth import Frame
from monty_flow.engine.parts import digest_of

KEYS = KeyRing({'old': b'o' * 32, 'new': b'n' * 32})
FULL = Frame(b'full' * 10, is_compressed=False, base=None)
DELTA = Frame(b'delta' * 10, is_compressed=True, base=41)
CODECS = {'plain': Codec(None), 'signed': Codec(KEYS), 'encrypted': Codec(KEYS, encrypts=True)}


@pytest.mark.parametrize('name', CODECS)
@pytest.mark.parametrize('frame', [FULL, DELTA], ids=['full', 'delta'])
def test_a_row_gives_its_frame_back(name: str, frame: Frame) -> None:
    stored = CODECS[name].seal('run', 42, frame)

    assert CODECS[name].open('run', 42, stored) == frame
    assert base_of(stored) == frame.base
    assert is_signed(stored) is (name != 'plain')
    assert (frame.data in stored) is (name != 'encrypted')


@pytest.mark.parametrize('name', ['signed', 'encrypted'])
@pytest.mark.parametrize(('run_id', 'number'), [('other', 42), ('run', 41)], ids=['another run', 'an earlier step'])
def test_a_row_in_another_place_is_refused(name: str, run_id: str, number: int) -> None:
    stored = CODECS[name].seal('run', 42, FULL)

    with pytest.raises(SnapshotRefused) as caught:
        CODECS[name].open(run_id, number, stored)

    assert str(caught.value) == (
        'the snapshot is refused: its signature does not match: it was changed, or belongs to something else'
    )


@pytest.mark.parametrize('name', ['signed', 'encrypted'])
def test_any_flipped_bit_of_a_row_is_found(name: str) -> None:
    stored = CODECS[name].seal('run', 42, DELTA)

    for position in range(len(stored) * 8):
        damaged = bytearray(stored)
        damaged[position // 8] ^= 1 << position % 8
        with pytest.raises(SnapshotError):
            CODECS[name].open('run', 42, bytes(damaged))


def test_rows_of_an_older_key_are_still_good_and_those_of_an_unknown_one_are_not() -> None:
    older = Codec(KeyRing({'old': b'o' * 32})).seal('run', 1, FULL)

    assert CODECS['signed'].open('run', 1, older) == FULL
    with pytest.raises(SnapshotKeyUnknown) as caught:
        Codec(KeyRing({'else': b'e' * 32})).open('run', 1, older)
    assert str(caught.value) == (
        "the snapshot is refused: it is signed with the key 'old', which is not in the key ring; add that key to it"
    )


def test_a_row_that_is_not_signed_is_refused_where_there_are_keys() -> None:
    for unsigned in (CODECS['plain'].seal('run', 1, FULL), payloads.wrap(b'of the first release')):
        with pytest.raises(SnapshotRefused, match='it is not signed, and the database has keys'):
            CODECS['signed'].open('run', 1, unsigned)


def test_a_signed_row_is_not_believed_without_keys() -> None:
    with pytest.raises(KeysNeeded) as caught:
        CODECS['plain'].open('run', 1, CODECS['signed'].seal('run', 1, FULL))

    assert str(caught.value) == (
        "a snapshot is signed with the key 'new', and this process has no keys; name the key file by MONTY_FLOW_KEYS"
    )


def test_a_large_value_under_an_unknown_key_is_left_to_who_has_it() -> None:
    digest = digest_of(b'content')
    stored = CODECS['encrypted'].seal_large(digest, b'content')

    assert CODECS['encrypted'].open_large(digest, stored) == b'content'
    with pytest.raises(SnapshotKeyUnknown, match="'new'"):
        Codec(KeyRing({'else': b'e' * 32})).open_large(digest, stored)
    with pytest.raises(PayloadUnreadable, match='cannot be decrypted'):
        CODECS['encrypted'].open_large(digest_of(b'other'), stored)


def test_a_row_of_the_first_release_is_read_without_keys() -> None:
    for raw in (b'small', b'large' * 2000):
        frame = CODECS['plain'].open('run', 1, payloads.wrap(raw))

        assert frame == Frame(raw, is_compressed=False, base=None)


def test_a_row_in_a_form_of_a_later_release_is_left_to_one() -> None:
    for stored in (b'\x11\x00\x00', b'\x10\x80\x00'):
        with pytest.raises(SnapshotTooNew):
            CODECS['signed'].open('run', 1, stored)


def test_a_chain_with_a_gap_is_told() -> None:
    codec = CODECS['signed']

    with pytest.raises(PayloadUnreadable) as caught:
        codec.restore('run', [(40, codec.seal('run', 40, FULL)), (42, codec.seal('run', 42, DELTA))])

    assert str(caught.value) == 'the snapshot 41 of run run, which 42 adds to, is missing'


@pytest.mark.parametrize('name', CODECS)
def test_any_bytes_give_a_frame_or_an_error_of_ours(name: str) -> None:
    codec = CODECS[name]
    chosen = random.Random(1)
    for _ in range(5_000):
        data = bytearray(codec.seal('run', 42, DELTA))
        for _ in range(chosen.randrange(1, 4)):
            data[chosen.randrange(len(data))] = chosen.randrange(256)
        if chosen.random() < 0.3:
            del data[chosen.randrange(len(data)) :]
        try:
            codec.restore('run', [(42, bytes(data))])
        except (SnapshotError, EngineError):
            continue
