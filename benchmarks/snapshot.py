"""Measure dumping and loading of snapshots by their bars.

    make bench
    python benchmarks/snapshot.py [--rounds 9] [--json FILE]

Three states: two frames with ten variables; 100,000 ints in a list; an agent's history of 1 MB (messages as nested
dicts). The bytes are dumped without the source and loaded with the script, as the engine does. Figures are processor time, the least of many
rounds, since a busy machine only ever adds to it; beside them is what MessagePack takes for the same plain values, without identity, functions
and frames.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import msgpack
from measure import Verdict, report, seconds_text

from monty_flow import Monty, Snapshot, load

TWO_FRAMES = """
def inner(query, n):
    label = query + '!'
    ratio = n / 3
    numbers = [1, 2, 3]
    return fetch(label, n)

def outer(query):
    total = 0
    names = ['a', 'b']
    found = {'x': 1}
    for i in range(3):
        total += inner(query, i)
    return total

outer('weather')
"""
INTS = """
numbers = list(range(1_000, 101_000))
fetch()
len(numbers)
"""
HISTORY = """
import random
random.seed(1)
words = [''.join(random.choices('abcdefghijklmnopqrstuvwxyz', k=random.randint(2, 9))) for _ in range(2_000)]
history = []
for i in range(1_000):
    message = {
        'role': 'assistant' if i % 2 else 'user',
        'content': ' '.join(random.choices(words, k=130)),
        'usage': {'input': i * 7, 'output': i * 3, 'cost': i / 7},
        'calls': [{'name': 'search', 'arguments': {'query': f'q{i}', 'limit': i}, 'ok': True}],
    }
    history.append(message)
fetch()
len(history)
"""
#: Name, script, bars in seconds for dump and load.
STATES = (
    ('two frames, ten variables', TWO_FRAMES, 25e-6, 50e-6),
    ('100,000 ints in a list', INTS, 10e-3, 10e-3),
    ('1 MB agent history', HISTORY, 15e-3, 15e-3),
)


#: Processor seconds of one round, at least.
ROUND_SECONDS = 0.02


def least(call: Callable[[], object], rounds: int) -> float:
    """Return the least processor seconds of a call."""
    began = time.process_time()
    call()
    times = max(1, round(ROUND_SECONDS / max(time.process_time() - began, 1e-6)))
    found = []
    for _ in range(rounds):
        began = time.process_time()
        for _ in range(times):
            call()
        found.append((time.process_time() - began) / times)
    return min(found)


def plain_of(value: object) -> object:
    """Return what of a value MessagePack holds, nothing in the place of other values."""
    if isinstance(value, dict):
        return {key: plain_of(part) for key, part in value.items()}
    if isinstance(value, list):
        return [plain_of(part) for part in value]
    return value if isinstance(value, (str, int, float, bytes, type(None))) else None


def measured(source: str, rounds: int) -> tuple[float, float, float, int]:
    """Return seconds of a dump, of a load, of MessagePack for the same variables, and the bytes."""
    script = Monty(source)
    state = script.start()
    assert isinstance(state, Snapshot)
    data = state.dump(with_source=False)
    plain = plain_of([frame.names for frame in state._state_frames])  # type: ignore[union-attr]
    dump = least(lambda: state.dump(with_source=False), rounds)
    loaded = least(lambda: load(data, script=script), rounds)
    return dump, loaded, least(lambda: msgpack.packb(plain), rounds), len(data)


def main() -> int:
    """Measure, and return 1 when a bar is not met."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--rounds', type=int, default=40, help='rounds of each measurement (default: 40)')
    parser.add_argument('--json', type=Path, metavar='FILE', help='write all figures there')
    options = parser.parse_args()
    verdicts = []
    figures = {}
    for name, source, dump_bar, load_bar in STATES:
        dump, loaded, peer, size = measured(source, options.rounds)
        figures[name] = {'dump': dump, 'load': loaded, 'msgpack': peer, 'bytes': size}
        print(
            f'{name}: dump {seconds_text(dump)}, load {seconds_text(loaded)}, {size:,} bytes; '
            f'msgpack.packb {seconds_text(peer)}',
            flush=True,
        )
        unit, scale = ('us', 1e6) if dump_bar < 1e-3 else ('ms', 1e3)
        verdicts.append(Verdict(f'{name}: dump', dump * scale, '<=', dump_bar * scale, unit))
        verdicts.append(Verdict(f'{name}: load', loaded * scale, '<=', load_bar * scale, unit))
    print()
    return report(verdicts, figures, options.json)


if __name__ == '__main__':
    sys.exit(main())
