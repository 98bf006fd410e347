"""A little of the search of tests/fuzz_snapshots.py: changed bytes give values or errors of ours."""

from __future__ import annotations

import os
import struct

import msgpack
import pytest

from monty_flow import Complete, Monty, MontyError, SnapshotError, load
from monty_flow.interpreter.snapshot.envelope import seal, unseal
from tests.fuzz_snapshots import run

#: Changed bytes in each block; the search as a whole is `make fuzz-snapshots`.
BYTES = int(os.environ.get('MONTY_FLOW_FUZZ_BYTES', '5000'))


@pytest.mark.parametrize('block', range(4))
def test_changed_snapshots_are_refused_or_go_on_as_scripts_do(block: int) -> None:
    done = run(BYTES, 1_000_000 * (block + 1))

    assert done['bytes'] >= BYTES
    assert {'payload', 'whole', 'signed', 'rows', 'files'} <= set(done)


@pytest.mark.parametrize('body', ['return fetch()', 'raise KeyboardInterrupt', 'raise SystemExit', 'return 1 // 0'])
def test_what_a_method_does_while_bytes_are_decoded_is_an_error_of_the_bytes(body: str) -> None:
    source = f'class P:\n    def __hash__(self):\n        {body}\np = P()\nfetch(1)\n'
    data = Monty(source).start().dump(compress=False)  # type: ignore[union-attr]
    envelope = unseal(data, limit=1 << 30)
    end = 4 + struct.unpack_from('>I', envelope.payload)[0]
    names, root, records = msgpack.unpackb(envelope.payload[end:], strict_map_key=False)
    instance = names.index('instance') + 1
    [place] = [index for index, record in enumerate(records) if record[0] == instance]
    names.append('dict')
    # A dict whose key is the instance.
    records.append([len(names), [], [None], [[place]]])
    forged = seal(envelope.payload[:end] + msgpack.packb([names, root, records]), envelope.header)

    with pytest.raises(SnapshotError, match='the snapshot is damaged: '):
        load(forged)


_SLOTTED = """
class P:
    __slots__ = ('left', 'right')
    def __init__(self): self.left, self.right = 'one', [2]
class Q(P):
    __slots__ = ('third', '__dict__')
p, q = P(), Q()
q.third, q.other = p, 'four'
fetch(1)
(p.left, p.right, q.left, q.third is p, q.other, hasattr(p, 'strange'), type(p) is P)
"""


def _replaced(part: object, old: object, new: object) -> tuple[object, int]:
    """Return a part of a payload with a value in the place of another, and how often that was there."""
    if part == old and type(part) is type(old):
        return new, 1
    if not isinstance(part, list):
        return part, 0
    pairs = [_replaced(item, old, new) for item in part]
    return [item for item, _ in pairs], sum(count for _, count in pairs)


@pytest.mark.parametrize('old', ['left', 'third', 'other', 'one'])
@pytest.mark.parametrize(
    'new',
    ['__class__', '__dict__', '__slots__', '__init__', 'strange', '$run', '', 7, None, ['left'], b'left', 'a' * 10_000],
)
def test_a_damaged_slotted_instance_is_refused_or_is_one_of_its_class(old: str, new: object) -> None:
    data = Monty(_SLOTTED).start().dump(compress=False)  # type: ignore[union-attr]
    envelope = unseal(data, limit=1 << 30)
    end = 4 + struct.unpack_from('>I', envelope.payload)[0]
    parts = msgpack.unpackb(envelope.payload[end:], strict_map_key=False)
    forged, count = _replaced(parts, old, new)
    assert count
    bytes_ = seal(envelope.payload[:end] + msgpack.packb(forged), envelope.header)

    try:
        end_state = load(bytes_).resume(return_value=None)
    except MontyError:
        return

    assert isinstance(end_state, Complete)
    assert end_state.output[-1] is True
