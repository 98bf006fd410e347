"""Measure dumping and loading of snapshots by their bars.

    make bench
    python benchmarks/snapshot.py [--rounds 9] [--json FILE]

Three states: two frames with ten variables; 100,000 ints in a list; an agent's history of 1 MB (messages as nested
dicts). The bytes are dumped without the source and loaded with the script, as the engine does.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from measure import Verdict, alternate, repeating, report, seconds_text

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


def measured(source: str, rounds: int) -> tuple[float, float, int]:
    """Return seconds of a dump, of a load, and the bytes."""
    script = Monty(source)
    state = script.start()
    assert isinstance(state, Snapshot)
    data = state.dump(with_source=False)
    figures = alternate(
        {
            'dump': repeating(lambda: state.dump(with_source=False)),
            'load': repeating(lambda: load(data, script=script)),
        },
        rounds,
    )
    return statistics.median(figures['dump']), statistics.median(figures['load']), len(data)


def main() -> int:
    """Measure, and return 1 when a bar is not met."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--rounds', type=int, default=9, help='rounds of each measurement (default: 9)')
    parser.add_argument('--json', type=Path, metavar='FILE', help='write all figures there')
    options = parser.parse_args()
    verdicts = []
    figures = {}
    for name, source, dump_bar, load_bar in STATES:
        dump, loaded, size = measured(source, options.rounds)
        figures[name] = {'dump': dump, 'load': loaded, 'bytes': size}
        print(f'{name}: dump {seconds_text(dump)}, load {seconds_text(loaded)}, {size:,} bytes', flush=True)
        unit, scale = ('us', 1e6) if dump_bar < 1e-3 else ('ms', 1e3)
        verdicts.append(Verdict(f'{name}: dump', dump * scale, '<=', dump_bar * scale, unit))
        verdicts.append(Verdict(f'{name}: load', loaded * scale, '<=', load_bar * scale, unit))
    print()
    return report(verdicts, figures, options.json)


if __name__ == '__main__':
    sys.exit(main())
