"""Measure the interpreter beside CPython and pydantic-monty, in one run, and judge it by bars.

    make bench
    python benchmarks/interpreter.py [--rounds 9] [--json FILE]

Each line shows the median time of each contender and our time through the other's. A bar fails the command.
"""

from __future__ import annotations

import argparse
import itertools
import statistics
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

from measure import Timed, Verdict, alternate, consuming, ratio, repeating, report, seconds_text
from peer import Contender, HostFunctions, Native, Ours, find_peer

FIB = """
def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)

fib(20)
"""
TREE = """
def tree(n):
    return [tree(i) for i in range(n)]

len(tree(4))
"""
LOOP_IN_FUNCTION = """
def work(n):
    total = 0
    for i in range(n):
        total += i
    return total

work(1_000_000)
"""
LOOP_AT_TOP = """
total = 0
for i in range(1_000_000):
    total += i
total
"""
TWO_FRAMES = """
def inner(query, n):
    label = query + '!'
    numbers = [1, 2, 3]
    got = fetch(label, n)
    return [label, got, numbers]

def outer(query):
    total = 0
    for i in range(3):
        part = inner(query, i)
        total += part[1]
    return total

outer('weather')
"""
TEN_LINES = """
def summarise(rows):
    counts = {{}}
    for row in rows:
        name = row['name'].strip().lower()
        counts[name] = counts.get(name, 0) + {n}
    return sorted(counts.items(), key=lambda pair: -pair[1])

rows = fetch('rows', limit=100)
best = summarise(rows)[:10]
best
"""


def fetch(*args: Any) -> int:
    """Stand for a host function."""
    return 1


#: Make a timed piece of work of a contender.
Build = Callable[[Contender], Timed]


@dataclass(frozen=True, slots=True)
class Case:
    """One thing that is measured, and the bars on it."""

    name: str
    build: Build
    #: Only contenders that can pause take part.
    needs_pauses: bool = False
    #: Most that our median may take, in seconds.
    most_seconds: float | None = None
    #: Most that our time through pydantic-monty's may be.
    most_of_peer: float | None = None


def running(source: str, inputs: dict[str, Any] | None = None, functions: HostFunctions | None = None) -> Build:
    """Measure `run` of a program that is compiled once."""

    def build(contender: Contender) -> Timed:
        program = contender.compile(source, tuple(inputs or ()))
        return repeating(lambda: contender.run(program, inputs or {}, functions or {}))

    return build


def starting(contender: Contender) -> Timed:
    """Measure `start`, to the first pause."""
    program = contender.compile(TWO_FRAMES)
    return repeating(lambda: contender.start(program))


def dumping(contender: Contender) -> Timed:
    """Measure `dump`; each state is dumped once, so that nothing is kept from an earlier one."""
    program = contender.compile(TWO_FRAMES)
    return consuming(lambda: contender.start(program), contender.dump)


def loading(contender: Contender) -> Timed:
    """Measure `load`."""
    data = contender.dump(contender.start(contender.compile(TWO_FRAMES)))
    return repeating(lambda: contender.load(data))


def resuming(contender: Contender) -> Timed:
    """Measure `resume` of a loaded state, to the next pause."""
    data = contender.dump(contender.start(contender.compile(TWO_FRAMES)))
    return consuming(lambda: contender.load(data), lambda state: contender.resume(state, 1))


def going_round(contender: Contender) -> Timed:
    """Measure start, dump, load and resume as one."""
    program = contender.compile(TWO_FRAMES)
    return repeating(lambda: contender.resume(contender.load(contender.dump(contender.start(program))), 1))


def compiling(contender: Contender) -> Timed:
    """Measure the compilation of a source never seen before, so that no cache can answer."""
    numbers = itertools.count(1)
    return consuming(lambda: TEN_LINES.format(n=next(numbers)), contender.compile)


CASES = (
    Case('x * y', running('x * y', {'x': 6, 'y': 7}), most_seconds=1.5e-6, most_of_peer=2.5),
    Case('one external call through run', running('fetch(1)', functions={'fetch': fetch}), most_of_peer=1.0),
    Case('fib(20)', running(FIB), most_of_peer=0.7),
    Case('recursion with list comprehensions', running(TREE)),
    Case('1e6-iteration loop in a function', running(LOOP_IN_FUNCTION), most_of_peer=0.7),
    Case('1e6-iteration loop at top level', running(LOOP_AT_TOP), most_of_peer=0.7),
    Case('start to the first pause, two frames', starting, needs_pauses=True),
    Case('dump', dumping, needs_pauses=True),
    Case('load', loading, needs_pauses=True),
    Case('resume to the next pause', resuming, needs_pauses=True),
    Case('start + dump + load + resume', going_round, needs_pauses=True, most_seconds=120e-6),
    Case('cold compile of 10 lines', compiling, most_seconds=1.5e-3),
)


def measure(case: Case, contenders: list[Contender], rounds: int) -> dict[str, list[float]]:
    """Return the figures of the contenders that take part in the case."""
    builds = {
        contender.name: case.build(contender) for contender in contenders if contender.pauses or not case.needs_pauses
    }
    return alternate(builds, rounds)


def judge(case: Case, figures: dict[str, list[float]], peer_name: str | None) -> list[Verdict]:
    """Return the bars of a case with their figures."""
    ours = figures[Ours.name]
    verdicts = []
    if case.most_seconds is not None:
        verdicts.append(Verdict(case.name, statistics.median(ours) * 1e6, '<=', case.most_seconds * 1e6, ' us'))
    if case.most_of_peer is not None:
        share = ratio(ours, figures[peer_name]) if peer_name else None
        verdicts.append(Verdict(f'{case.name}, of pydantic-monty', share, '<=', case.most_of_peer, 'x'))
    return verdicts


def show(case: Case, figures: dict[str, list[float]], contenders: list[Contender]) -> None:
    """Print one line of the table."""
    ours = figures[Ours.name]
    line = f'{case.name:38}'
    for contender in contenders:
        theirs = figures.get(contender.name)
        if theirs is None:
            line += f'{"-":>26}'
            continue
        cell = seconds_text(statistics.median(theirs))
        if theirs is not ours:
            cell += f' ({ratio(ours, theirs):6.2f}x)'
        line += f'{cell:>26}'
    print(line, flush=True)


def main() -> int:
    """Measure all cases and return 1 when a bar is not met."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--rounds', type=int, default=9, help='rounds of each case, at least 7 (default: 9)')
    parser.add_argument('--json', type=Path, metavar='FILE', help='write all figures there')
    options = parser.parse_args()
    if options.rounds < 7:
        parser.error('--rounds must be at least 7; a median of fewer says little')
    contenders: list[Contender] = [Ours(), Native()]
    peer, reason = find_peer()
    if peer is None:
        print(f'The comparison with pydantic-monty is missing: {reason}.\n')
    else:
        contenders.append(peer)
    print(f'Median of {options.rounds} alternating rounds; in brackets our time through theirs.\n')
    print(f'{"":38}' + ''.join(f'{contender.name:>26}' for contender in contenders))
    verdicts: list[Verdict] = []
    medians: dict[str, dict[str, float]] = {}
    for case in CASES:
        figures = measure(case, contenders, options.rounds)
        show(case, figures, contenders)
        verdicts += judge(case, figures, peer.name if peer else None)
        medians[case.name] = {name: statistics.median(values) for name, values in figures.items()}
    print()
    figures_file = {'rounds': options.rounds, 'seconds': medians}
    return report(verdicts, figures_file, options.json)


if __name__ == '__main__':
    sys.exit(main())
