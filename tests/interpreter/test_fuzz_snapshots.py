"""A little of the search of tests/fuzz_snapshots.py: changed bytes give values or errors of ours."""

from __future__ import annotations

import os
import struct

import msgpack
import pytest

from monty_flow import Monty, SnapshotError, load
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
