"""Fail when a ratio that was measured before has fallen by a quarter: a short form of the benchmarks, for every change.

    make bench-check
    python benchmarks/regression.py [--record]

Compute programs are timed beside CPython by processor time, and the best round counts, since a busy machine makes figures worse and
never better. A run of the engine is timed beside a bare loop, of commits on a file of the same folder and of computing. What was measured before is in
`baseline.json`; `--record` writes it anew, for a change that is meant.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from children import NATIVE, OURS, Child
from engine import bare_commits, engine_steps
from programs import computations

BASELINE = Path(__file__).with_name('baseline.json')
#: What is left of a ratio at least.
KEPT = 0.75
PROGRAMS = ('fib(25)', 'dict building', 'json-like data', 'string parsing', 'float objects', 'while loop', 'regex')
#: Rounds of each pair of processes, and pairs at most.
ROUNDS, MOST_PROCESSES = 7, 6
CALLS = 300
#: Turns of the loop that stands for what a step computes.
WORK = 10_000
#: Rounds of the engine; more are taken when a figure is too low, since a disk has bad moments.
ENGINE_ROUNDS, MOST_ENGINE_ROUNDS = 3, 10


def speeds(wanted: Mapping[str, float]) -> dict[str, float]:
    """Return CPython's time through ours, by program, each the best of the rounds; `wanted` has the least of each that is good.

    A machine that is shared has two speeds, a busy core's being some 1.7 times slower. So the two take turns, and a figure that is too
    low is taken again, by new processes, until both have had their quick moments.
    """
    best: dict[str, dict[str, float]] = {}
    programs = [program for program in computations() if program.name in PROGRAMS]
    for _ in range(MOST_PROCESSES):
        children = [Child(key, processor=True) for key in (OURS, NATIVE)]
        for program in programs:
            known = best.setdefault(program.name, dict.fromkeys((OURS, NATIVE), math.inf))
            for _ in range(ROUNDS):
                for child in children:
                    known[child.key] = min(known[child.key], child.ask(program.source, 3)['seconds'])
        for child in children:
            child.end()
        found = {name: known[NATIVE] / known[OURS] for name, known in best.items()}
        programs = [program for program in programs if found[program.name] < wanted.get(program.name, 0.0)]
        if not programs:
            break
    return found


def work() -> int:
    """Compute about as long as the engine does for a step."""
    total = 0
    for number in range(WORK):
        total += number % 7
    return total


def share_of_bare_loop(wanted: float) -> float:
    """Return the steps of one run a second through the turns a second of a loop of one commit and `work`, the best of some rounds.

    Beside commits alone the figure would tell of the disk: it halves where a commit takes 0.1 ms and not 0.35.
    """
    best = 0.0
    for number in range(MOST_ENGINE_ROUNDS):
        if number >= ENGINE_ROUNDS and best >= wanted:
            break
        with tempfile.TemporaryDirectory() as folder:
            bare = bare_commits(Path(folder), 2000, work)
            best = max(best, engine_steps(f'sqlite:///{folder}/engine.db', 1, CALLS) / bare)
    return best


def main() -> int:
    """Compare with the baseline and return 1 when a figure has fallen too far."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--record', action='store_true', help='take what is measured as the new baseline')
    options = parser.parse_args()
    known = json.loads(BASELINE.read_text('utf-8')) if BASELINE.exists() else {}
    engine = 'steps of one run, of a bare loop'
    wanted = {name: value * KEPT for name, value in known.items()}
    found = speeds(wanted) | {engine: share_of_bare_loop(wanted.get(engine, 0.0))}
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
