"""The envelope: what was sealed is unsealed, and any damage is one typed error with what to do."""

import hmac
import random
import zlib

import msgpack
import pytest
import zstandard

from monty_flow.interpreter.errors import SnapshotError, SnapshotRefused
from monty_flow.interpreter.snapshot.envelope import COMPRESS_FROM_BYTES, MAGIC, Envelope, seal, unseal
from monty_flow.interpreter.snapshot.signing import KeyRing

HEADER = {'release': '0.1.0', 'python': '3.11', 'source': b'\x01', 'n': 1, 'x': None, 'f': 0.5, 'b': True}
LIMIT = 1 << 20


def with_crc(data):
    return data + zlib.crc32(data).to_bytes(4, 'big')


def envelope(head=b'\x80', body=b'', *, version=1, flags=0, size=None, head_size=None):
    """Build an envelope by hand, right but for what is given."""
    size = len(body) if size is None else size
    head_size = len(head) if head_size is None else head_size
    prefix = MAGIC + bytes([version, flags]) + head_size.to_bytes(4, 'big') + size.to_bytes(8, 'big')
    return with_crc(prefix + head + body)


@pytest.mark.parametrize('payload', [b'', b'abc', b'x' * COMPRESS_FROM_BYTES, random.Random(1).randbytes(50_000)])
def test_what_was_sealed_is_unsealed(payload):
    assert unseal(seal(payload, HEADER), limit=LIMIT) == Envelope(HEADER, payload)


def test_large_payloads_are_compressed_and_small_ones_are_not():
    assert len(seal(b'x' * COMPRESS_FROM_BYTES, {})) < 200
    assert len(seal(b'x' * (COMPRESS_FROM_BYTES - 1), {})) > COMPRESS_FROM_BYTES


def test_a_payload_at_the_limit_is_taken_and_one_over_it_is_refused():
    data = seal(b'x' * 50_000, {})

    assert len(unseal(data, limit=50_000).payload) == 50_000
    with pytest.raises(SnapshotError) as caught:
        unseal(data, limit=49_999)
    assert str(caught.value) == (
        'the snapshot takes 50000 bytes, over max_snapshot_bytes=49999; raise the limit'
    )  # fmt: skip


DAMAGED = 'the snapshot is damaged: {}; load an earlier copy of it'
FRAME = zstandard.ZstdCompressor().compress(b'x' * 1000)


@pytest.mark.parametrize(
    ('data', 'message'),
    [
        (b'', 'these bytes are not a snapshot; give load() what Snapshot.dump() returned, unchanged'),
        (b'PK' * 50, 'these bytes are not a snapshot; give load() what Snapshot.dump() returned, unchanged'),
        (
            envelope(version=3),
            'the snapshot has format 3.0, and this release reads format 2 and older; load it with a newer release',
        ),
        (
            envelope(flags=4),
            'the snapshot has format 1.4, and this release reads format 2 and older; load it with a newer release',
        ),
        (
            envelope(flags=2),
            'the snapshot has format 1.2, and this release reads format 2 and older; load it with a newer release',
        ),
        (
            envelope(version=0),
            'the snapshot has format 0.0, and this release reads format 2 and older; load it with a newer release',
        ),
        (seal(b'abc', {})[:-1] + b'\x00', DAMAGED.format('its checksum does not match')),
        (envelope(head_size=5000), DAMAGED.format('its header is longer than it may be')),
        (envelope(head=b'\xc1'), DAMAGED.format('its header is not MessagePack')),
        (envelope(head=b'\x01'), DAMAGED.format('its header is not a map of facts')),
        (envelope(head=msgpack.packb({'a': []})), DAMAGED.format('its header is not a map of facts')),
        (envelope(body=b'abc', size=4), DAMAGED.format('its payload is not as long as it says')),
        (envelope(body=FRAME, flags=1, size=999), DAMAGED.format('its payload is not as long as it says')),
        (envelope(body=b'no frame', flags=1, size=9), DAMAGED.format('its payload cannot be decompressed')),
        (envelope(body=FRAME[:-3], flags=1, size=1000), DAMAGED.format('its payload cannot be decompressed')),
    ],
)
def test_other_bytes_are_refused(data, message):
    with pytest.raises(SnapshotError) as caught:
        unseal(data, limit=LIMIT)

    assert str(caught.value) == message


def test_any_single_flipped_bit_is_found():
    data = seal(b'payload', HEADER)

    for position in range(len(data) * 8):
        damaged = bytearray(data)
        damaged[position // 8] ^= 1 << position % 8
        with pytest.raises(SnapshotError):
            unseal(bytes(damaged), limit=LIMIT)


@pytest.mark.parametrize('version', [1, 2])
def test_every_format_is_written_and_read(version):
    data = seal(b'payload', HEADER, version=version)

    assert data[4] == version
    assert unseal(data, limit=LIMIT) == Envelope(HEADER, b'payload')


KEYS = KeyRing({'old': b'o' * 32, 'new': b'n' * 32})


def test_what_was_signed_is_unsealed_with_the_ring_and_for_the_same_binding_only():
    data = seal(b'payload', HEADER, keys=KEYS, binding=b'run 1')

    assert unseal(data, limit=LIMIT, keys=KEYS, binding=b'run 1').payload == b'payload'
    with pytest.raises(SnapshotRefused) as caught:
        unseal(data, limit=LIMIT, keys=KEYS, binding=b'run 2')
    assert str(caught.value) == (
        'the snapshot is refused: its signature does not match: it was changed, or belongs to something else'
    )


def test_a_ring_checks_what_its_older_keys_have_signed():
    before = KeyRing({'old': b'o' * 32})

    data = seal(b'payload', HEADER, keys=before)

    assert unseal(data, limit=LIMIT, keys=KEYS).payload == b'payload'
    with pytest.raises(SnapshotRefused) as caught:
        unseal(seal(b'payload', HEADER, keys=KEYS), limit=LIMIT, keys=before)
    assert str(caught.value) == (
        "the snapshot is refused: it is signed with the key 'new', which is not in the key ring; add that key to it"
    )


def test_signed_and_unsigned_are_not_taken_for_each_other():
    with pytest.raises(SnapshotRefused, match='it is not signed; load it without keys if you trust'):
        unseal(seal(b'payload', HEADER), limit=LIMIT, keys=KEYS)
    with pytest.raises(SnapshotRefused, match='it is signed, and there are no keys to check it with'):
        unseal(seal(b'payload', HEADER, keys=KEYS), limit=LIMIT)


def test_the_first_format_cannot_be_signed():
    with pytest.raises(SnapshotError) as caught:
        seal(b'', {}, version=1, keys=KEYS)

    assert str(caught.value) == 'format 1 cannot be signed; write format 2 or leave out the keys'


def test_any_flipped_bit_of_signed_bytes_is_found():
    data = seal(b'payload', HEADER, keys=KEYS)

    for position in range(len(data) * 8):
        damaged = bytearray(data)
        damaged[position // 8] ^= 1 << position % 8
        with pytest.raises(SnapshotError):
            unseal(bytes(damaged), limit=LIMIT, keys=KEYS)
        with pytest.raises(SnapshotError):
            unseal(bytes(damaged), limit=LIMIT)


@pytest.mark.parametrize(
    ('secrets', 'current', 'message'),
    [
        ({}, None, 'a key ring needs a key; KeyRing.generate() makes one'),
        ({'a b': b'x' * 32}, None, "the name of a key is letters and digits, not 'a b'"),
        ({'a': b'short'}, None, "the secret of the key 'a' is not bytes, at least 16 of them"),
        ({'a': b'x' * 32}, 'b', "the current key 'b' is not one of the ring"),
    ],
)
def test_a_ring_that_cannot_work_is_refused(secrets, current, message):
    with pytest.raises(ValueError) as caught:  # noqa: PT011
        KeyRing(secrets, current)

    assert str(caught.value) == message


def test_a_code_is_what_the_library_makes_of_the_same_bytes():
    derived = hmac.digest(b'n' * 32, b'monty-flow purpose', 'sha256')

    for data in (b'', b'x' * 1000):
        expected = hmac.digest(derived, b'purpose' + b'\0\0\0\x03run' + data, 'sha256')
        assert KEYS.sign(b'purpose', b'run', data) == expected


def test_a_ring_does_not_show_its_secrets():
    assert repr(KEYS) == 'KeyRing(old, new; current new)'
    assert KeyRing.generate().current != KeyRing.generate().current
