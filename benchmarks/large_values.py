"""Measure what large values in a growing state cost, by where they are kept.

    python benchmarks/large_values.py [--steps 100]

Two runs: one holds a document of 2 MB that stays, and a small list that grows; the other a transcript, one text of 300 KB to which each
second step adds 1 KB. Three ways to keep their states: all in the rows; large texts apart at full frames, as the engine does; large
texts apart at every step. Bytes are those of rows and contents together, time is processor time to pack a step.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import zstandard
from growth import size_text
from measure import seconds_text

from monty_flow import Monty, Snapshot
from monty_flow.engine.growth import Frame, Link, pack
from monty_flow.engine.parts import cut, places_of
from monty_flow.interpreter import snapshot_leaves

SETUP = """
import random
random.seed(1)
words = [''.join(random.choices('abcdefghijklmnopqrstuvwxyz', k=random.randint(2, 9))) for _ in range(5_000)]
"""
DOCUMENT = (
    SETUP
    + """
document = ' '.join(random.choices(words, k=300_000))
found = []
for i in range(steps):
    found.append(ask(i))
"""
)
TRANSCRIPT = (
    SETUP
    + """
transcript = ' '.join(random.choices(words, k=46_000))
for i in range(steps):
    if i % 2:
        transcript += ' '.join(random.choices(words, k=150))
    ask(i)
"""
)
LEAST = 64 * 1024


def states(script: str, steps: int) -> list[bytes]:
    """Return the states of a script at its steps."""
    found = []
    state = Monty(script, inputs=['steps']).start(inputs={'steps': steps})
    while isinstance(state, Snapshot):
        found.append(state.dump(with_source=False, compress=False))
        state = state.resume(return_value='yes')
    return found


def at_every_step(number: int, raw: bytes, before: Link | None) -> tuple[Frame, Link]:
    """Pack a state without its large texts, whatever the one before had."""
    rest, parts = cut(raw, snapshot_leaves(raw, LEAST), () if before is None else before.parts)
    frame, link = pack(number, rest, None if before is None else Link(before.number, before.rest, *_chain(before)))
    places = Frame(frame.data, frame.is_compressed, frame.base, places_of(parts))
    return places, Link(number, rest, link.depth, link.full_bytes, link.delta_bytes, parts)


def _chain(link: Link) -> tuple[int, int, int]:
    return link.depth, link.full_bytes, link.delta_bytes


def measured(raws: list[bytes], way: str) -> tuple[int, float]:
    """Return the bytes of rows and contents, and the seconds of a step."""
    link: Link | None = None
    total = 0
    contents: set[bytes] = set()
    seconds = 0.0
    for number, raw in enumerate(raws, 1):
        began = time.process_time()
        if way == 'every step':
            frame, link = at_every_step(number, raw, link)
        else:
            frame, link = pack(number, raw, link, LEAST if way == 'full frames' else None)
        seconds += time.process_time() - began
        total += len(frame.data)
        for part in link.parts:
            if part.digest not in contents:
                contents.add(part.digest)
                total += len(zstandard.ZstdCompressor(level=1).compress(part.content or b''))
    return total, seconds / len(raws)


def main() -> int:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--steps', type=int, default=100, help='steps of each run (default: 100)')
    options = parser.parse_args()
    print('| run | large texts apart | bytes | a step |')
    print('|---|---|---:|---:|')
    for name, script in (('a document that stays', DOCUMENT), ('a transcript that grows', TRANSCRIPT)):
        raws = states(script, options.steps)
        for way in ('never', 'full frames', 'every step'):
            total, seconds = measured(raws, way)
            print(f'| {name} | {way} | {size_text(total)} | {seconds_text(seconds)} |', flush=True)
    return 0


if __name__ == '__main__':
    sys.exit(main())
