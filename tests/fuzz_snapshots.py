"""Change stored bytes in every way and see that only values and errors of ours come of them.

    make fuzz-snapshots
    python -m tests.fuzz_snapshots [--bytes 10000000] [--seed 1]

Counts the bytes that were changed or put in; what is cut off counts as one. What is changed: whole snapshots; payloads, sealed again so that the
checksum is right and the decoder sees them; signed snapshots, and good ones in the place of others; rows of the database and their chains, with
large values that are kept apart; runs as files. `tests/interpreter/test_fuzz_snapshots.py` does a little of it with every run of the tests.
"""

from __future__ import annotations

import argparse
import contextlib
import sys
import time
from collections import Counter
from collections.abc import Callable
from functools import cache
from random import Random
from typing import Any

from monty_flow import Complete, KeyRing, Monty, MontyError, ResourceLimits, Snapshot, SnapshotError, load
from monty_flow.engine import EngineError, FileRefused
from monty_flow.engine.codec import Codec
from monty_flow.engine.keeper import Keeper
from monty_flow.engine.portable import MAGIC, PURPOSE, _document
from monty_flow.interpreter.snapshot.envelope import seal, unseal

SCRIPT = """
import datetime, random, re, collections, decimal, itertools, math

class Point:
    kind = 'point'
    def __init__(self, x, y=None):
        self.x = x
        self.y = y
    def __eq__(self, other):
        return self.x == other.x
    def __hash__(self):
        return hash(self.x)

def outer(n):
    total = [0]
    def add(x, y=[1]):
        nonlocal n
        n += 1
        total.append(fetch(x))
        return total
    for i in range(2):
        for k, v in {'a': 1, 'b': [2]}.items():
            try:
                found = [fetch(j) for j in range(2)]
                add(i)
            except ValueError as e:
                fetch(e)
            finally:
                fetch('f')
    return sorted([3, 1, 2], key=lambda q: fetch(q))

made = (fetch(z) for z in [1, 2, 3])
plain = (z * 2 for z in [1, 2, 3])
next(plain)
match = re.match('(a)(b)?', 'ab')
history = [{'role': 'user', 'content': 'text %d' % n, 'parts': [{'n': n}]} for n in range(20)]
last = history[-1]
table = {Point(1): 'a', (1, (2, 'x')): [Point(2, history)], frozenset({1, 2}): 2 ** 70}
texts = map(str, iter([1, 2, 3]))
pairs = zip([1, 2], enumerate('ab'))
counted = collections.Counter('abca')
deck = collections.deque([1, last], maxlen=5)
error = ValueError('x', [1])
when = datetime.datetime(2000, 1, 1, tzinfo=datetime.timezone.utc)
price = decimal.Decimal('1.50')
members = {1, 2, (3, 4)}
chained = itertools.chain([1], [2])
method = ', '.join
bound = history.append
raw = bytearray(b'abc')
view = table.items()
random.random()
x = outer(5)
y = list(made)
[x, y, next(texts), list(pairs), match.group(1), members, method(['a']), when, error, print, price, counted]
"""
KEYS = KeyRing({'first': b'f' * 32, 'second': b's' * 32})
OURS = (MontyError, EngineError)
#: Steps that a changed snapshot may go on for, and limits on each.
STEPS = 5
LIMITS = ResourceLimits(max_duration_secs=0.3)


@cache
def snapshots(*, compress: bool = False) -> tuple[bytes, ...]:
    """Return the states of the script at all its pauses."""
    found: list[bytes] = []
    state: Any = Monty(SCRIPT).start()
    while not isinstance(state, Complete):
        found.append(state.dump(compress=compress))
        given = {'exception': ValueError('no')} if len(found) == 3 else {'return_value': len(found)}
        state = load(found[-1]).resume(**given)  # type: ignore[arg-type]
    assert len(found) > 15
    return tuple(found)


def changed(data: bytes, others: tuple[bytes, ...], chosen: Random) -> tuple[bytes, int]:
    """Return changed bytes, and how many of them are not as they were."""
    size = len(data)
    start, stop = sorted((chosen.randrange(size), chosen.randrange(size)))
    stop = min(stop, start + chosen.choice((1, 4, 16, 64)))
    match chosen.randrange(7):
        case 0:
            flipped = bytearray(data)
            for _ in range(count := chosen.choice((1, 1, 2, 8))):
                flipped[chosen.randrange(size)] ^= 1 << chosen.randrange(8)
            return bytes(flipped), count
        case 1:
            return data[:start], 1
        case 2:
            return data[:start] + data[stop:], 1
        case 3:
            return data[:stop] + data[start:], stop - start
        case 4:
            other = chosen.choice(others)
            at = chosen.randrange(len(other))
            piece = other[at : at + stop - start]
            return data[:start] + piece + data[stop:], max(len(piece), stop - start)
        case 5:
            made = bytearray(data)
            for _ in range(count := chosen.choice((1, 3, 10))):
                made[chosen.randrange(size)] = chosen.randrange(256)
            return bytes(made), count
        case _:
            noise = chosen.randbytes(chosen.randrange(1, 40))
            return data[:start] + noise + data[start:], len(noise)


def whole(chosen: Random) -> int:
    """Change a snapshot without hiding it."""
    data, count = changed(chosen.choice(snapshots()), snapshots(), chosen)
    use(data, chosen)
    return count


def payload(chosen: Random) -> int:
    """Change what is inside, under a good checksum."""
    data, count = changed(chosen.choice(payloads()), payloads(), chosen)
    use(seal(data, header(), compress=False), chosen)
    return count


@cache
def payloads() -> tuple[bytes, ...]:
    """Return what is in the envelopes."""
    return tuple(unseal(data, limit=1 << 30).payload for data in snapshots())


@cache
def header() -> dict[str, Any]:
    """Return the facts of the script."""
    return unseal(snapshots()[0], limit=1 << 30).header


def signed(chosen: Random) -> int:
    """Change a signed snapshot, or give it for something that it is not."""
    data = seal(chosen.choice(payloads()), header(), keys=KEYS, binding=b'run|1')
    if chosen.random() < 0.3:
        binding, count = b'run|2', 1
    else:
        binding = b'run|1'
        good = data
        data, count = changed(data, snapshots(), chosen)
        if data == good:
            return 0
    with contextlib.suppress(SnapshotError):
        load(data, limits=LIMITS, keys=KEYS, binding=binding)
        raise AssertionError('a snapshot that was changed was believed')
    return count


def rows(chosen: Random) -> int:
    """Change the rows of a chain, with and without keys."""
    keys = chosen.choice((None, KEYS))
    chain = list(chains(keys is None))
    place = chosen.randrange(len(chain))
    number, row = chain[place]
    data, count = changed(row, tuple(row for _, row in chain), chosen)
    if chosen.random() < 0.2:
        data, count = chain[chosen.randrange(len(chain))][1], 1
    if data == row:
        return 0
    chain[place] = (number, data)
    with contextlib.suppress(*OURS):
        link = Codec(keys).restore('run', chain)
        if keys is not None:
            raise AssertionError('a row that was changed was believed')
        if link is not None:
            use(link.raw, chosen)
    return count


@cache
def chains(plain: bool) -> tuple[tuple[int, bytes], ...]:
    """Return the states as rows of a database."""
    keeper = Keeper(Codec(None if plain else KEYS))
    found = []
    for number, data in enumerate(snapshots(), 1):
        row, link = keeper.keep('run', number, data)
        found.append((number, row))
        keeper.settled('run', link, stood=True)
    return tuple(found)


LARGE_SCRIPT = """
text = 'a large text ' * 8000
found = []
for i in range(5):
    found.append(ask(i))
    if i == 3:
        text += 'more'
"""


@cache
def apart(plain: bool) -> tuple[tuple[tuple[int, bytes], ...], dict[bytes, bytes]]:
    """Return states as rows whose large text is kept apart, and what is kept of it."""
    codec = Codec(None if plain else KEYS)
    keeper = Keeper(codec, parts_from=64 * 1024)
    found: list[tuple[int, bytes]] = []
    contents: dict[bytes, bytes] = {}
    state: Any = Monty(LARGE_SCRIPT).start()
    while not isinstance(state, Complete):
        number = len(found) + 1
        row, link = keeper.keep('run', number, state.dump(with_source=True, compress=False))
        found.append((number, row))
        contents |= {part.digest: codec.seal_large(part.digest, part.content or b'') for part in link.parts}
        keeper.settled('run', link, stood=True)
        state = state.resume(return_value=number)
    assert contents
    return tuple(found), contents


def large(chosen: Random) -> int:
    """Change rows whose large text is kept apart, or what is kept of it."""
    keys = chosen.choice((None, KEYS))
    codec = Codec(keys)
    rows, contents = apart(keys is None)
    chain, kept = list(rows), dict(contents)
    place = chosen.randrange(len(chain) + 1)
    if place == len(chain):
        name = chosen.choice(list(kept))
        data, count = changed(kept[name], (kept[name],), chosen)
        if data == kept[name]:
            return 0
        kept[name] = data
    else:
        number, row = chain[place]
        data, count = changed(row, tuple(row for _, row in chain), chosen)
        if data == row:
            return 0
        chain[place] = (number, data)
    with contextlib.suppress(*OURS):
        link = codec.restore('run', chain, lambda names: _opened(codec, kept, names))
        if keys is not None and place < len(chain):
            raise AssertionError('a row that was changed was believed')
        if link is not None:
            use(link.raw, chosen)
    return count


def _opened(codec: Codec, kept: dict[bytes, bytes], names: Any) -> dict[bytes, bytes]:
    if not kept.keys() >= set(names):
        raise EngineError('a large value is not there')
    return {name: codec.open_large(name, kept[name]) for name in names}


def files(chosen: Random) -> int:
    """Change a run as a file."""
    head = MAGIC + bytes([6]) + b'second' + chosen.choice(snapshots())[:500]
    good = head + KEYS.sign(PURPOSE, b'', head)
    data, count = changed(good, snapshots(), chosen)
    if data == good:
        return 0
    with contextlib.suppress(FileRefused):
        _document(data, [KEYS])
        raise AssertionError('a file that was changed was believed')
    return count


def use(data: bytes, chosen: Random) -> None:
    """Load bytes and do with them what a host does; errors of ours are an answer."""
    try:
        state: Any = load(data, limits=LIMITS)
    except SnapshotError:
        return
    for _ in range(STEPS):
        with contextlib.suppress(MontyError):
            repr((state, state.frames, state.args, state.kwargs, state.position))
            state.dump()
        if chosen.random() < 0.5:
            return
        try:
            state = state.resume(return_value=chosen.choice((1, 'a', None, [1])))
        except MontyError:
            return
        if not isinstance(state, Snapshot):
            return


#: Ways to change bytes, each as often as it is here.
WAYS: tuple[Callable[[Random], int], ...] = (
    payload, payload, payload, payload, whole, signed, rows, rows, large, files,
)  # fmt: skip


def run(wanted: int, seed: int, *, tell: bool = False) -> Counter[str]:
    """Change bytes until as many are changed as wanted; return what was done."""
    done: Counter[str] = Counter()
    began = time.monotonic()
    while done['bytes'] < wanted:
        chosen = Random(seed + done['examples'])
        way = chosen.choice(WAYS)
        started = time.monotonic()
        try:
            done['bytes'] += way(chosen)
        except BaseException:
            print(f'seed {seed + done["examples"]}, {way.__name__}:', file=sys.stderr)
            raise
        done['examples'] += 1
        done[way.__name__] += 1
        done['longest ms'] = max(done['longest ms'], round((time.monotonic() - started) * 1000))
        if tell and done['examples'] % 20_000 == 0:
            print(
                f'{done["bytes"]:,} bytes in {done["examples"]:,} examples, {time.monotonic() - began:.0f} s',
                flush=True,
            )
    return done


if __name__ == '__main__':
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--bytes', type=int, default=10_000_000, help='bytes to change (default: 10,000,000)')
    parser.add_argument('--seed', type=int, default=1, help='the first seed (default: 1)')
    options = parser.parse_args()
    print(dict(run(options.bytes, options.seed, tell=True)))
