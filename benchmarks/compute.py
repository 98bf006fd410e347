"""Time the compute programs in every sandbox that is installed, and judge ours by CPython's time and by the fastest Monty's.

    make bench
    python benchmarks/compute.py [--rounds 5] [--only NAME] [--json FILE]

Every contender runs in a process of its own (`contender.py`) and is asked in turn, so that a neighbour's burst hits all
of them; a figure is the median over the rounds of the ratio within a round. A program that a contender cannot run, runs
to another value, or has not ended after a minute is missing from its column, with the reason below the table.
"""

from __future__ import annotations

import argparse
import json
import math
import platform
import select
import statistics
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

from contender import CONTENDERS
from measure import SAMPLE_SECONDS, Verdict, ratio, report, seconds_text
from programs import Computation, computations

#: Seconds after which one request is given up.
PATIENCE_SECONDS = 60.0
#: Times a sample is repeated at most; contenders that are slow are asked once a round.
MOST_TIMES = 10_000

OURS = 'monty_flow'
NATIVE = 'cpython'
#: The peers among which the fastest Monty is.
MONTYS = ('pydantic_monty', 'newest_pydantic_monty')


class Child:
    """A contender's process; one that hung is ended and begun anew for the next program."""

    def __init__(self, key: str, *, processor: bool = False) -> None:
        self.key = key
        self._processor = processor
        self._process: subprocess.Popen[str] | None = None
        hello = self._begin()
        #: Why it takes no part, or None.
        self.missing: str | None = hello.get('error')
        self.name: str = hello.get('name', key)

    def ask(self, source: str, times: int) -> dict[str, Any]:
        """Return the answer to one request."""
        if self._process is None:
            self._begin()
        assert self._process is not None
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(
                json.dumps({'source': source, 'times': times, 'processor': self._processor}) + '\n'
            )
            self._process.stdin.flush()
        except BrokenPipeError:
            self.end()
            return {'error': 'its process ended'}
        return self._read()

    def end(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def _begin(self) -> dict[str, Any]:
        command = [sys.executable, str(Path(__file__).with_name('contender.py')), self.key]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        return self._read()

    def _read(self) -> dict[str, Any]:
        assert self._process is not None
        assert self._process.stdout is not None
        ready, _, _ = select.select([self._process.stdout], [], [], PATIENCE_SECONDS)
        line = self._process.stdout.readline() if ready else ''
        if line:
            answer: dict[str, Any] = json.loads(line)
            return answer
        self.end()
        return {'error': 'its process ended' if ready else f'no end after {PATIENCE_SECONDS:g} s'}


@dataclass(slots=True)
class Figures:
    """What was measured for one program."""

    #: Seconds of one run, one figure a round, by contender.
    seconds: dict[str, list[float]] = field(default_factory=dict)
    #: Why a contender has none.
    reasons: dict[str, str] = field(default_factory=dict)

    def of(self, other: str) -> float | None:
        """Return our time through another's, None when there is nothing to compare."""
        if OURS not in self.seconds or other not in self.seconds:
            return None
        return ratio(self.seconds[OURS], self.seconds[other])


def measure(program: Computation, children: Iterable[Child], rounds: int) -> Figures:
    """Time a program in every contender that gives CPython's value for it."""
    figures = Figures()
    times: dict[str, int] = {}
    wanted: str | None = None
    taking_part: list[Child] = []
    for child in sorted(children, key=lambda child: child.key != NATIVE):
        answer = child.ask(program.source, 1)
        if 'error' not in answer:
            wanted = answer['value'] if wanted is None else wanted
            if answer['value'] != wanted:
                answer = {'error': f'another value than CPython: {answer["value"][:60]}'}
        if 'error' in answer:
            figures.reasons[child.key] = answer['error']
            continue
        times[child.key] = min(MOST_TIMES, max(1, round(SAMPLE_SECONDS / max(answer['seconds'], 1e-6))))
        figures.seconds[child.key] = []
        taking_part.append(child)
    for _ in range(rounds):
        for child in taking_part:
            answer = child.ask(program.source, times[child.key])
            figures.seconds[child.key].append(answer.get('seconds', math.nan) / times[child.key])
    return figures


def geometric_mean(ratios: Iterable[float | None]) -> float | None:
    """Return the geometric mean of the ratios that are there."""
    found = [each for each in ratios if each is not None]
    return statistics.geometric_mean(found) if found else None


def judge(all_figures: dict[str, Figures]) -> list[Verdict]:
    """Return the bars."""
    native = {name: figures.of(NATIVE) for name, figures in all_figures.items()}
    montys = [
        max((share for share in map(figures.of, MONTYS) if share is not None), default=None)
        for figures in all_figures.values()
    ]
    verdicts = [
        Verdict("geometric mean of our time through CPython's", geometric_mean(native.values()), '<=', 1.8, 'x'),
        Verdict("geometric mean of our time through the fastest Monty's", geometric_mean(montys), '<=', 0.6, 'x'),
    ]
    return verdicts + [Verdict(f'{name}, of CPython', share, '<=', 3.0, 'x') for name, share in native.items()]


def show_line(name: str, figures: Figures, children: list[Child]) -> None:
    """Print one line of the table: our time, and ours through each other's."""
    mine = figures.seconds.get(OURS)
    line = f'{name:26}' + f'{seconds_text(statistics.median(mine)) if mine else "-":>12}'
    for child in children:
        if child.key != OURS:
            share = figures.of(child.key)
            line += f'{"-" if share is None else f"{share:.3g}":>24}'
    print(line, flush=True)


def main() -> int:
    """Measure all programs and return 1 when a bar is not met."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--rounds', type=int, default=5, help='rounds of each program (default: 5)')
    parser.add_argument('--only', default='', metavar='NAME', help='just the programs with this in their name')
    parser.add_argument('--contenders', default=','.join(CONTENDERS), help='which ones, with commas between')
    parser.add_argument('--json', type=Path, metavar='FILE', help='write all figures there')
    parser.add_argument(
        '--processor-time',
        action='store_true',
        help='count the processor time of each contender, for a busy machine; wrong for those with processes of their own',
    )
    options = parser.parse_args()
    begun = [Child(key, processor=options.processor_time) for key in CONTENDERS if key in options.contenders.split(',')]
    children = [child for child in begun if child.missing is None]
    for child in begun:
        if child.missing is not None:
            print(f'{child.key} is missing: {child.missing}')
    print(f'Our time, and our time through that of each other; medians of {options.rounds} alternating rounds.\n')
    print(f'{"":26}{"monty-flow":>12}' + ''.join(f'{child.name:>24}' for child in children if child.key != OURS))
    figures: dict[str, Figures] = {}
    for program in computations():
        if options.only in program.name:
            figures[program.name] = measure(program, children, options.rounds)
            show_line(program.name, figures[program.name], children)
    line = f'{"geometric mean":38}'
    for child in children:
        if child.key != OURS:
            mean = geometric_mean(each.of(child.key) for each in figures.values())
            line += f'{"-" if mean is None else f"{mean:.3g}":>24}'
    print(line + '\n')
    for name, each in figures.items():
        for key, reason in each.reasons.items():
            print(f'{name}, {key}: {reason}')
    for child in children:
        child.end()
    written = {
        'python': platform.python_version(),
        'machine': platform.machine(),
        'rounds': options.rounds,
        'contenders': {child.key: child.name for child in children},
        'seconds': {
            name: {key: statistics.median(values) for key, values in each.seconds.items()}
            for name, each in figures.items()
        },
        'missing': {name: each.reasons for name, each in figures.items()},
    }
    return report(judge(figures), written, options.json)


if __name__ == '__main__':
    sys.exit(main())
