"""Measure what the steps of a growing agent take in the database, and plot it.

    python benchmarks/growth.py [--steps 1000] [--svg docs/growth.svg]

A run keeps a history and adds one message of some 900 characters at each step. Three ways to keep its states: each as it
is, each compressed by itself, and each as the engine does. The last also says what a step costs beside that, in processor time.
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import zstandard
from measure import Verdict, report, seconds_text

from monty_flow import KeyRing, Monty, Snapshot
from monty_flow.engine.codec import Codec
from monty_flow.engine.keeper import Keeper

SCRIPT = """
import random
random.seed(1)
words = [''.join(random.choices('abcdefghijklmnopqrstuvwxyz', k=random.randint(2, 9))) for _ in range(2_000)]
history = []
for i in range(steps):
    text = ' '.join(random.choices(words, k=130))
    answer = ask(i)
    history.append({'role': 'user', 'content': text, 'usage': {'input': i * 7, 'cost': i / 7}, 'answer': answer})
len(history)
"""
#: Bytes of the delta of a step when the history has 1 MB.
DELTA_BAR = 5_000
MARKS = (1, 10, 50, 100, 200, 400, 600, 800, 1000)


@dataclass
class Curve:
    """Bytes taken after each step."""

    name: str
    color: str
    totals: list[int] = field(default_factory=list)

    def add(self, size: int) -> None:
        """Take note of one more step."""
        self.totals.append(size + (self.totals[-1] if self.totals else 0))


def main() -> int:
    """Measure, print the table, write the plot, and return 1 when a bar is not met."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--steps', type=int, default=1000, help='steps of the run (default: 1000)')
    parser.add_argument('--svg', type=Path, metavar='FILE', help='write the plot there')
    parser.add_argument('--json', type=Path, metavar='FILE', help='write all figures there')
    options = parser.parse_args()
    raw, each, ours = Curve('raw', '#b04040'), Curve('zstd each', '#c08020'), Curve('as stored', '#2060a0')
    keeper = Keeper(Codec(KeyRing.generate()))
    state = Monty(SCRIPT, inputs=['steps']).start(inputs={'steps': options.steps})
    rows: list[tuple[int, bytes]] = []
    seconds = []
    largest_delta = 0
    for step in range(1, options.steps + 1):
        assert isinstance(state, Snapshot)
        data = state.dump(with_source=False, compress=False)
        began = time.process_time()
        row, link = keeper.keep('run', step, data)
        seconds.append(time.process_time() - began)
        keeper.settled('run', link, stood=True)
        rows.append((step, row))
        raw.add(len(data))
        each.add(len(zstandard.ZstdCompressor(level=3).compress(data)))
        ours.add(len(row))
        if len(row) < len(data) // 20:
            largest_delta = max(largest_delta, len(row))
        state = state.resume(return_value='yes')
    began = time.process_time()
    start = max(index for index, (_, row) in enumerate(rows) if len(row) > largest_delta)
    assert Keeper(Codec(keeper._codec.keys)).restore('run', options.steps, rows[start:]) == data
    restored = time.process_time() - began
    curves = (raw, each, ours)
    print('| steps | ' + ' | '.join(curve.name for curve in curves) + ' |')
    print('|---:|' + '---:|' * len(curves))
    for mark in [mark for mark in MARKS if mark <= options.steps]:
        print(f'| {mark} | ' + ' | '.join(size_text(curve.totals[mark - 1]) for curve in curves) + ' |')
    print()
    print(
        f'the state has {len(data):,} bytes at the end; its chain of {len(rows) - start} is read in {seconds_text(restored)} of processor time;'
    )
    print(
        f'to pack a step takes {seconds_text(sorted(seconds)[len(seconds) // 2])} in the median, {seconds_text(max(seconds))} at most'
    )
    if options.svg:
        options.svg.write_text(plot(curves, options.steps), encoding='utf-8')
    verdicts = [Verdict('largest delta', largest_delta, '<=', DELTA_BAR, ' bytes')]
    return report(verdicts, {curve.name: curve.totals for curve in curves}, options.json)


def size_text(size: int) -> str:
    """Return a size with a unit that suits it."""
    for unit, scale in (('MB', 1e6), ('KB', 1e3)):
        if size >= scale:
            return f'{size / scale:.2f} {unit}'
    return f'{size} B'


def plot(curves: tuple[Curve, ...], steps: int) -> str:
    """Return the curves as an SVG picture, bytes on a logarithmic scale."""
    from math import log10

    width, height, left, top = 720, 400, 70, 20
    lowest, highest = 3.0, 9.0

    def place(step: int, total: int) -> str:
        x = left + (width - left - 20) * step / steps
        y = top + (height - top - 50) * (1 - (log10(total) - lowest) / (highest - lowest))
        return f'{x:.1f},{y:.1f}'

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="12">',
        f'<rect width="{width}" height="{height}" fill="white"/>',
    ]
    for power, label in (
        (3, '1 KB'),
        (4, '10 KB'),
        (5, '100 KB'),
        (6, '1 MB'),
        (7, '10 MB'),
        (8, '100 MB'),
        (9, '1 GB'),
    ):
        x, y = place(0, 10**power).split(',')
        parts.append(f'<line x1="{x}" y1="{y}" x2="{width - 20}" y2="{y}" stroke="#ddd"/>')
        parts.append(f'<text x="{left - 8}" y="{float(y) + 4:.1f}" text-anchor="end">{label}</text>')
    for step in range(0, steps + 1, max(1, steps // 5)):
        x = place(step, 10**3).split(',')[0]
        parts.append(f'<text x="{x}" y="{height - 28}" text-anchor="middle">{step}</text>')
    parts.append(f'<text x="{width / 2}" y="{height - 8}" text-anchor="middle">steps</text>')
    for number, curve in enumerate(curves):
        points = ' '.join(place(step + 1, max(1000, total)) for step, total in enumerate(curve.totals) if step % 5 == 0)
        parts.append(f'<polyline fill="none" stroke="{curve.color}" stroke-width="2" points="{points}"/>')
        parts.append(f'<text x="{left + 12}" y="{top + 14 + 16 * number}" fill="{curve.color}">{curve.name}</text>')
    return '\n'.join([*parts, '</svg>', ''])


if __name__ == '__main__':
    sys.exit(main())
