"""Measure what one run of the interpreter costs beside CPython and the other sandboxes, and judge it by bars.

    make bench
    python benchmarks/interpreter.py [--rounds 7] [--json FILE]

Four kinds of cases. What every sandbox can do (run a small program, call a function of the host, compile) is asked of all of
them, each in a process of its own. What needs pauses (start, dump, load, resume) is measured in this process, beside the last
pydantic-monty that runs in a process. A step through a pool of processes is measured beside the same step in this one. And what a start costs is that of whole processes, less that of a bare Python.

Each line shows our median time, and ours through that of each other. A bar that is not met fails the command.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

from children import NATIVE, OURS, Figures, begin, measure
from contender import CONTENDERS
from measure import (
    Timed,
    Verdict,
    alternate,
    consuming,
    count_processor_time,
    machine,
    ratio,
    repeating,
    report,
    seconds_text,
)
from peer import Contender, Ours, find_peer

from monty_flow import Monty
from monty_flow.interpreter.pool import SandboxPool

LINES = """
def summarise@N@(rows):
    counts = {}
    for row in rows:
        name = row['name'].strip().lower()
        counts[name] = counts.get(name, 0) + @N@
    return sorted(counts.items(), key=lambda pair: -pair[1])

rows = fetch('rows', limit=100)
best = summarise@N@(rows)[:10]
best
"""
#: Sources of ten and of a hundred lines; `@N@` is another number each time.
TEN_LINES = LINES
HUNDRED_LINES = '\n'.join(LINES.replace('summarise@N@', f'summarise{part}_@N@') for part in range(10))
MANY_CALLS = """
total = 0
for i in range(1000):
    total += fetch(i)
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

#: A small state: one function with three variables, and as many steps as the range has numbers.
STEPS = """
def work():
    total, names = 0, ['a', 'b']
    for i in range(200):
        total += fetch(i, names[0])
    return total

work()
"""


@dataclass(frozen=True, slots=True)
class Shared:
    """One thing that every sandbox can do."""

    name: str
    source: str
    what: str = 'run'
    inputs: Mapping[str, Any] = field(default_factory=dict)
    hosted: bool = False
    #: Most that our median may take, in microseconds.
    most_us: float | None = None
    #: ... over that of CPython for the same source, which is the cost of the host's function.
    most_us_over_native: float | None = None


SHARED = (
    Shared('x * y, with inputs', 'x * y', inputs={'x': 6, 'y': 7}, most_us=1.0),
    Shared('one external call', 'fetch(1)', hosted=True),
    Shared('1,000 external calls', MANY_CALLS, hosted=True, most_us_over_native=150.0),
    Shared('compile 10 lines, cold', TEN_LINES, 'compile', most_us=1000.0),
    Shared('compile 100 lines, cold', HUNDRED_LINES, 'compile'),
    Shared('compile 10 lines, seen before', TEN_LINES.replace('@N@', '1'), 'compile', most_us=3.0),
)

#: Make a timed piece of work of a contender.
Build = Callable[[Contender], Timed]


def starting(contender: Contender) -> Timed:
    """Measure `start`, to the first pause."""
    program = contender.compile(TWO_FRAMES)
    return repeating(lambda: contender.start(program))


def to_the_end(contender: Contender) -> Timed:
    """Measure `start` and three `resume`s, to the end, in one process."""
    program = contender.compile(TWO_FRAMES)

    def go() -> None:
        state = contender.start(program)
        for _ in range(3):
            state = contender.resume(state, 1)

    return repeating(go)


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


#: What needs pauses, with the most microseconds that ours may take.
PAUSING: tuple[tuple[str, Build, float | None], ...] = (
    ('start to the first pause, two frames', starting, None),
    ('start and three resumes', to_the_end, None),
    ('dump', dumping, None),
    ('load', loading, None),
    ('resume to the next pause', resuming, None),
    ('start + dump + load + resume', going_round, 120.0),
)

#: Most microseconds that a step through a pool may take over the same in process.
POOL_US = 150.0


def stepping(script: Monty) -> Timed:
    """Measure one step of a script: `resume` to the next pause, and the bytes of the state there."""

    def timed(times: int) -> float:
        seconds = 0.0
        for _ in range(times):
            state: Any = script.start()
            began = perf_counter()
            for _ in range(199):
                state = state.resume(return_value=1)
                state.dump(with_source=False, compress=False)
            seconds += (perf_counter() - began) / 199
        return seconds

    return timed


#: What whole processes do -> most milliseconds over a bare Python.
PROCESSES: dict[str, tuple[str, float | None]] = {
    'from monty_flow import Monty': ('from monty_flow import Monty', 40.0),
    'import, and the first run of x * y': (
        "from monty_flow import Monty; Monty('x * y', inputs=['x', 'y']).run(inputs={'x': 6, 'y': 7})",
        None,
    ),
    'monty-flow --help': (
        "import sys; sys.argv = ['monty-flow', '--help']; from monty_flow.cli import main; main()",
        150.0,
    ),
}


def processes(rounds: int, processor: bool) -> dict[str, float]:
    """Return the median seconds of each kind of process, less those of a bare Python in the same round."""
    commands = {name: [sys.executable, '-c', what] for name, (what, _) in PROCESSES.items()}
    bare = [sys.executable, '-c', 'pass']
    found: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(rounds):
        base = _seconds_of(bare, processor)
        for name, command in commands.items():
            found[name].append(_seconds_of(command, processor) - base)
    return {name: statistics.median(values) for name, values in found.items()}


def _seconds_of(command: list[str], processor: bool) -> float:
    # With modules that are compiled once, as everywhere by default: a container may forbid to keep them.
    usual = {name: value for name, value in os.environ.items() if name != 'PYTHONDONTWRITEBYTECODE'}
    began, used = perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True, env=usual)
    if not processor:
        return perf_counter() - began
    now = resource.getrusage(resource.RUSAGE_CHILDREN)
    return now.ru_utime + now.ru_stime - used.ru_utime - used.ru_stime


def judge_shared(case: Shared, figures: Figures) -> list[Verdict]:
    """Return the bars of a case that every sandbox takes part in."""
    medians = figures.medians()
    ours = medians.get(OURS)
    if case.most_us is not None:
        return [Verdict(case.name, None if ours is None else ours * 1e6, '<=', case.most_us, ' us')]
    if case.most_us_over_native is not None:
        over = None if ours is None or NATIVE not in medians else (ours - medians[NATIVE]) * 1e6
        return [Verdict(f"{case.name}, over the host function's own time", over, '<=', case.most_us_over_native, ' us')]
    return []


def line_of(name: str, ours: float | None, shares: Mapping[str, float | None]) -> str:
    """Return a line of the table."""
    cells = ''.join(f'{"-" if share is None else f"{share:.3g}":>24}' for share in shares.values())
    return f'{name:40}{"-" if ours is None else seconds_text(ours):>12}{cells}'


def measure_shared(rounds: int, processor: bool, verdicts: list[Verdict], written: dict[str, Any]) -> None:
    """Measure what every sandbox can do."""
    children = begin(CONTENDERS, processor=processor)
    others = [child for child in children if child.key != OURS]
    print(f'{"":40}{"monty-flow":>12}' + ''.join(f'{child.name:>24}' for child in others))
    for case in SHARED:
        figures = measure(children, rounds, case.source, what=case.what, inputs=case.inputs, hosted=case.hosted)
        medians = figures.medians()
        print(line_of(case.name, medians.get(OURS), {child.key: figures.of(child.key) for child in others}), flush=True)
        verdicts += judge_shared(case, figures)
        written['seconds'][case.name] = medians
        written['missing'][case.name] = figures.reasons
    written['contenders'] = {child.key: child.name for child in children}
    for child in children:
        child.end()


def measure_pausing(rounds: int, verdicts: list[Verdict], written: dict[str, Any]) -> None:
    """Measure what needs pauses, beside the one peer that has them in the process."""
    contenders: dict[str, Contender] = {OURS: Ours()}
    peer, reason = find_peer()
    if peer is None:
        print(f'\nThe comparison with pydantic-monty is missing: {reason}.')
    else:
        contenders['pydantic_monty'] = peer
    print(f'\n{"":40}{"monty-flow":>12}' + ''.join(f'{each.name:>24}' for each in [*contenders.values()][1:]))
    for name, build, most_us in PAUSING:
        figures = alternate({key: build(contender) for key, contender in contenders.items()}, rounds)
        ours = figures[OURS]
        shares: dict[str, float | None] = {key: ratio(ours, theirs) for key, theirs in figures.items() if key != OURS}
        print(line_of(name, statistics.median(ours), shares), flush=True)
        if most_us is not None:
            verdicts.append(Verdict(name, statistics.median(ours) * 1e6, '<=', most_us, ' us'))
        written['seconds'][name] = {key: statistics.median(values) for key, values in figures.items()}


def measure_pool(rounds: int, verdicts: list[Verdict], written: dict[str, Any]) -> None:
    """Measure a step through a pool beside one in this process, on the wall: two processes take their turns."""
    with SandboxPool(1) as pool:
        figures = alternate({'here': stepping(Monty(STEPS)), 'pool': stepping(pool.script(STEPS))}, 3 * rounds)
    more = statistics.median(there - here for here, there in zip(figures['here'], figures['pool'], strict=True))
    here, there = (statistics.median(figures[key]) for key in ('here', 'pool'))
    print(f'\n{"a step with its state":40}{seconds_text(here):>12} in process, {seconds_text(there)} through a pool')
    verdicts.append(Verdict('a step through a pool, over the same in process', more * 1e6, '<=', POOL_US, ' us'))
    written['pool'] = {'here': here, 'pool': there, 'more': more}


def measure_processes(rounds: int, processor: bool, verdicts: list[Verdict], written: dict[str, Any]) -> None:
    """Measure what a start costs."""
    print(f'\nSeconds over a bare Python, medians of {rounds} processes each:')
    for name, seconds in processes(rounds, processor).items():
        print(f'{name:40}{seconds_text(seconds):>12}')
        most = PROCESSES[name][1]
        if most is not None:
            verdicts.append(Verdict(f'{name}, over a bare Python', seconds * 1e3, '<=', most, ' ms'))
        written['processes'][name] = seconds


def main() -> int:
    """Measure all cases and return 1 when a bar is not met."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--rounds', type=int, default=7, help='rounds of each case, at least 5 (default: 7)')
    parser.add_argument('--json', type=Path, metavar='FILE', help='write all figures there')
    parser.add_argument(
        '--processor-time',
        action='store_true',
        help='count processor time, for a busy machine; wrong for contenders with processes of their own',
    )
    options = parser.parse_args()
    if options.rounds < 5:
        parser.error('--rounds must be at least 5; a median of fewer says little')
    print(f'Our time, and our time through that of each other; medians of {options.rounds} alternating rounds.\n')
    verdicts: list[Verdict] = []
    written: dict[str, Any] = {**machine(), 'rounds': options.rounds, 'seconds': {}, 'missing': {}, 'processes': {}}
    if options.processor_time:
        count_processor_time()
        written['clock'] = 'processor time'
    measure_shared(options.rounds, options.processor_time, verdicts, written)
    measure_pausing(options.rounds, verdicts, written)
    measure_pool(options.rounds, verdicts, written)
    measure_processes(2 * options.rounds, options.processor_time, verdicts, written)
    print()
    return report(verdicts, written, options.json)


if __name__ == '__main__':
    sys.exit(main())
