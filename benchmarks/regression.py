"""Fail when a ratio that was measured before has fallen by a quarter: a short form of the benchmarks, for every change.

    make bench-check
    python benchmarks/regression.py [--record]

Compute programs are timed beside CPython by processor time, and the best round counts, since a busy machine makes figures worse and
never better. A run of the engine is timed beside a bare loop of commits on a file of the same folder. What was measured before is in
`baseline.json`; `--record` writes it anew, for a change that is meant.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from children import NATIVE, OURS, Child
from engine import bare_commits, engine_steps
from programs import computations

BASELINE = Path(__file__).with_name('baseline.json')
#: What is left of a ratio at least.
KEPT = 0.75
PROGRAMS = ('fib(25)', 'dict building', 'json-like data', 'string parsing', 'float objects', 'while loop', 'regex')
ROUNDS = 7
CALLS = 300
#: Rounds of the engine; more are taken when a figure is too low, since a disk has bad moments.
ENGINE_ROUNDS, MOST_ENGINE_ROUNDS = 3, 10


def speeds() -> dict[str, float]:
    """Return CPython's time through ours, by program; each the best of the rounds."""
    ours, native = (Child(key, processor=True) for key in (OURS, NATIVE))
    found = {}
    for program in computations():
        if program.name in PROGRAMS:
            best = {
                child.key: min(child.ask(program.source, 3)['seconds'] for _ in range(ROUNDS))
                for child in (ours, native)
            }
            found[program.name] = best[NATIVE] / best[OURS]
    ours.end()
    native.end()
    return found


def share_of_commits(wanted: float) -> float:
    """Return the steps of one run a second through bare commits a second, the best of some rounds."""
    best = 0.0
    for number in range(MOST_ENGINE_ROUNDS):
        if number >= ENGINE_ROUNDS and best >= wanted:
            break
        with tempfile.TemporaryDirectory() as folder:
            bare = bare_commits(Path(folder), 2000)
            best = max(best, engine_steps(f'sqlite:///{folder}/engine.db', 1, CALLS) / bare)
    return best


def main() -> int:
    """Compare with the baseline and return 1 when a figure has fallen too far."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--record', action='store_true', help='take what is measured as the new baseline')
    options = parser.parse_args()
    known = json.loads(BASELINE.read_text('utf-8')) if BASELINE.exists() else {}
    engine = 'steps of one run, of bare commits'
    found = speeds() | {engine: share_of_commits(known.get(engine, 0.0) * KEPT)}
    if options.record:
        BASELINE.write_text(
            json.dumps({name: round(value, 3) for name, value in found.items()}, indent=2) + '\n', 'utf-8'
        )
        return 0
    failed = 0
    for name, value in found.items():
        before = known.get(name)
        is_less = before is not None and value < before * KEPT
        failed += is_less
        print(f'{"FAIL" if is_less else "PASS":6}{name:36}{value:.3f}, recorded {before}')
    if failed:
        print(
            'A ratio fell by more than a quarter. If that is meant, run `python benchmarks/regression.py --record` and say why.'
        )
    return int(failed > 0)


if __name__ == '__main__':
    sys.exit(main())
