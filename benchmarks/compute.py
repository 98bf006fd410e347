"""Time the compute programs in every sandbox that is installed, and judge ours by CPython's time and by the fastest Monty's.

    make bench
    python benchmarks/compute.py [--rounds 5] [--only NAME] [--json FILE]

Every contender runs in a process of its own (`contender.py`) and is asked in turn, so that a neighbour's burst hits all
of them; a figure is the median over the rounds of the ratio within a round. A program that a contender cannot run, runs
to another value, or has not ended after ten seconds is missing from its column, with the reason below the table.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from collections.abc import Iterable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from children import NATIVE, OURS, Child, Figures, begin, measure
from contender import CONTENDERS
from measure import Verdict, machine, report, seconds_text
from programs import computations

#: The peers among which the fastest Monty is.
MONTYS = ('pydantic_monty', 'newest_pydantic_monty')


def geometric_mean(ratios: Iterable[float | None]) -> float | None:
    """Return the geometric mean of the ratios that are there."""
    found = [each for each in ratios if each is not None]
    return statistics.geometric_mean(found) if found else None


def judge(all_figures: dict[str, Figures], named: set[str]) -> list[Verdict]:
    """Return the bars: of the programs that they were set for, and of all."""
    verdicts = [
        *judge_some({name: each for name, each in all_figures.items() if name in named}, 'programs that the bars name'),
        *judge_some(all_figures, 'all'),
    ]
    refused = sum(NATIVE in figures.seconds and OURS not in figures.seconds for figures in all_figures.values())
    return [*verdicts, Verdict('programs that CPython runs and we do not', float(refused), '<=', 0.0, '')]


def judge_some(all_figures: dict[str, Figures], which: str) -> list[Verdict]:
    """Return the bars of some programs, of which `which` says which ones."""
    native = {name: figures.of(NATIVE) for name, figures in all_figures.items()}
    montys = [
        max((share for share in map(figures.of, MONTYS) if share is not None), default=None)
        for figures in all_figures.values()
    ]
    verdicts = [
        Verdict(
            f"{which}: geometric mean of our time through CPython's", geometric_mean(native.values()), '<=', 1.8, 'x'
        ),
        Verdict(
            f"{which}: geometric mean of our time through the fastest Monty's", geometric_mean(montys), '<=', 0.6, 'x'
        ),
    ]
    known = {name: share for name, share in native.items() if share is not None}
    if known:
        slowest = max(known, key=lambda name: known[name])
        verdicts.append(Verdict(f'{which}: the slowest ({slowest}), of CPython', known[slowest], '<=', 3.0, 'x'))
    return verdicts


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
    children = begin(options.contenders.split(','), processor=options.processor_time)
    print(f'Our time, and our time through that of each other; medians of {options.rounds} alternating rounds.\n')
    print(f'{"":26}{"monty-flow":>12}' + ''.join(f'{child.name:>24}' for child in children if child.key != OURS))
    figures: dict[str, Figures] = {}
    named: set[str] = set()
    for program in computations():
        if options.only in program.name:
            if program.is_named:
                named.add(program.name)
            figures[program.name] = measure(children, options.rounds, program.source)
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
        **machine(),
        'rounds': options.rounds,
        'clock': 'processor time' if options.processor_time else 'wall clock',
        'contenders': {child.key: child.name for child in children},
        'seconds': {name: each.medians() for name, each in figures.items()},
        # Within rounds, as the bars are; medians of times alone may say something else.
        'ratios': {
            name: {key: share for key in each.seconds if (share := each.of(NATIVE, key)) is not None}
            for name, each in figures.items()
        },
        'missing': {name: each.reasons for name, each in figures.items()},
    }
    return report(judge(figures, named), written, options.json)


if __name__ == '__main__':
    sys.exit(main())
