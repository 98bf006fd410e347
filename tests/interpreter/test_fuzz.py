"""No source text and no snapshot bytes make the interpreter crash, hang, or raise what is not an error of ours.

Set MONTY_FLOW_EXAMPLES to the number of examples of each kind for a longer search.
"""

from __future__ import annotations

import contextlib
import os
import random
import struct
import time
from typing import Any

import msgpack
import pytest

from monty_flow import Complete, Monty, load
from monty_flow.interpreter.errors import InternalError, MontyError, MontySyntaxError, SnapshotError
from monty_flow.interpreter.limits import ResourceLimits
from monty_flow.interpreter.snapshot.envelope import seal, unseal
from tests.fuzz_snapshots import snapshots

EXAMPLES = int(os.environ.get('MONTY_FLOW_EXAMPLES', '300'))
#: Every seed of a test is run in blocks, so that a failure names a few.
BLOCKS = 6
#: Steps a mutated snapshot may go on for, and seconds that one example may take.
STEPS = 30
SECONDS = 5.0

TOKENS = (
    'def f(x):', 'lambda x:', 'if x:', 'else:', 'elif 1:', 'for x in y:', 'while x:', 'try:', 'except E as e:', 'except:',
    'finally:', 'with a as b:', 'class A:', 'match x:', 'case [a, *b]:', 'case {1: x}:', 'return', 'yield', 'await',
    'async', 'import os', 'from re import match', 'global x', 'nonlocal x', 'del x', 'assert x', 'raise', 'pass',
    'break', 'continue', 'x', 'y', 'f', '__class__', 'print', 'getattr', 'type', '0', '1.5', '1j', '0x_f', '9' * 50,
    "'a'", "b'a'", "f'{x!r:>{y}}'", '"""a"""', '(', ')', '[', ']', '{', '}', ',', ':', ';', '.', '...', '=', ':=', '->', '+',
    '-', '*', '**', '/', '//', '%', '@', '<<', '>>', '&', '|', '^', '~', '<', '==', '!=', 'is', 'not', 'in', 'and', 'or',
    'for', 'if', 'else', '\n', '\n', '\n', '\n ', '\n  ', '\n    ', '\t', ' ', '#x', '\\\n', '\0', '\u00e9', '\ud800', '\x0c', '$', '?', '`',
)  # fmt: skip

#: What takes the place of a part of a heap.
STRANGERS: tuple[Any, ...] = (
    None, True, False, 0, 1, -1, 2, 1 << 62, -(1 << 62), 1.5, float('nan'), '', 'x', '$fuel', '$Pause', '__builtins__',
    '__class__', 'print', 'fetch', '\ud800', b'', b'x', [], [0], [1], [5], [40], [[]], {}, {'a': 1}, 'a' * 1000,
)  # fmt: skip


def seeds(block: int) -> range:
    each = max(1, EXAMPLES // BLOCKS)
    return range(block * each, (block + 1) * each)


@pytest.mark.parametrize('block', range(BLOCKS))
def test_any_text_compiles_or_is_refused(block: int) -> None:
    for seed in seeds(block):
        source_of = random.Random(seed)
        text = ''.join(
            source_of.choice(TOKENS) + source_of.choice(('', ' ')) for _ in range(source_of.randrange(1, 40))
        )
        with contextlib.suppress(MontySyntaxError):
            str(Monty(text))


def go_on(data: bytes, source_of: random.Random) -> None:
    """Use a snapshot in every way that a host does, to the end; errors of ours are an answer."""
    try:
        state: Any = load(data, limits=ResourceLimits(max_duration_secs=0.3))
    except SnapshotError:
        return
    for _ in range(STEPS):
        if isinstance(state, Complete):
            return
        try:
            repr((state, state.frames, state.args, state.kwargs, state.position))
            state.dump()
        except (SnapshotError, InternalError):
            pass
        try:
            state = state.resume(return_value=source_of.choice((1, 'a', None, [1])))
        except MontyError:
            return


@pytest.mark.parametrize('block', range(BLOCKS))
def test_changed_bytes_are_refused(block: int) -> None:
    for seed in seeds(block):
        source_of = random.Random(seed)
        data = bytearray(source_of.choice(snapshots(compress=True)))
        for _ in range(source_of.randrange(1, 5)):
            data[source_of.randrange(len(data))] = source_of.randrange(256)
        if source_of.random() < 0.3:
            del data[source_of.randrange(len(data)) :]
        if bytes(data) not in snapshots(compress=True):
            with pytest.raises(SnapshotError):
                load(bytes(data))


def places(tree: Any) -> list[tuple[Any, Any]]:
    """Return (container, key) of every part of a tree."""
    found: list[tuple[Any, Any]] = []
    pending = [tree]
    while pending:
        top = pending.pop()
        keys = range(len(top)) if type(top) is list else list(top)
        for key in keys:
            found.append((top, key))
            if type(top[key]) in (list, dict):
                pending.append(top[key])
    return found


def forged(data: bytes, source_of: random.Random) -> bytes:
    """Return a snapshot with a good checksum and parts of its heap exchanged."""
    envelope = unseal(data, limit=1 << 30)
    payload = envelope.payload
    end = 4 + struct.unpack_from('>I', payload)[0]
    heap = msgpack.unpackb(payload[end:], strict_map_key=False, unicode_errors='surrogatepass')
    for _ in range(source_of.choice((1, 1, 1, 2, 3, 6))):
        found = places(heap)
        owner, key = source_of.choice(found)
        act = source_of.random()
        if act < 0.35:
            other, place = source_of.choice(found)
            owner[key] = msgpack.unpackb(packed(other[place]), strict_map_key=False, unicode_errors='surrogatepass')
        elif act < 0.75:
            owner[key] = source_of.choice(STRANGERS)
        elif type(owner) is list and act < 0.85:
            del owner[key]
        elif type(owner) is list and act < 0.95:
            owner.insert(key, source_of.choice(STRANGERS))
        elif type(owner) is list:
            source_of.shuffle(owner)
    return seal(payload[:end] + packed(heap), envelope.header)


def packed(tree: Any) -> bytes:
    data: bytes = msgpack.packb(tree, unicode_errors='surrogatepass')
    return data


@pytest.mark.parametrize('block', range(BLOCKS))
def test_a_forged_snapshot_is_refused_or_runs_as_a_script_does(block: int) -> None:
    for seed in seeds(block):
        source_of = random.Random(seed)
        data = forged(source_of.choice(snapshots(compress=True)), source_of)
        started = time.perf_counter()

        go_on(data, source_of)

        assert time.perf_counter() - started < SECONDS, f'seed {seed}'


def test_a_forged_random_state_is_refused() -> None:
    data = Monty('import random\nrandom.random()\nfetch()').start().dump()  # type: ignore[union-attr]
    envelope = unseal(data, limit=1 << 30)
    end = 4 + struct.unpack_from('>I', envelope.payload)[0]
    names, root, records = msgpack.unpackb(envelope.payload[end:], strict_map_key=False)
    empty = len(records)
    names.append('dict')
    # The state is one flat list, and ends with the random state.
    records[root[0]][2][-1] = [empty]
    records.append([len(names)])
    bad = seal(envelope.payload[:end] + packed([names, root, records]), envelope.header)

    with pytest.raises(SnapshotError) as caught:
        load(bad)

    assert str(caught.value) == 'the snapshot is damaged: its random state is malformed'
