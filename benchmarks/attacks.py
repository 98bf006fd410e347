"""Run every attack of `tests/attacks` with the limits of the promise, and print the table of docs/security.md.

    make attacks
    python benchmarks/attacks.py [--only CLASS] [--json FILE] [--docs] [--workers N]

One second and 64 MB, in a process of its own and through a pool, as many at a time as there are cores. For each class: how many scripts were
tried, refused by the compiler or ended by an error of their own, limited, ended without harm, and the worst that one went over its time and
its memory. A script whose time runs out in process has a quarter of a second through the pool: it has shown that it does not reach its
memory, and what a child may take over its time is the same for every limit.

`--docs` writes the table, and the numbers beside it, into docs/security.md; it takes all classes, so that the page is of one day. The command
fails where a script crashes, hangs, or is over what is promised.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import platform
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from monty_flow.interpreter.limits import ResourceLimits  # noqa: E402 (the tree comes first)
from monty_flow.interpreter.pool import SandboxPool  # noqa: E402
from tests.attacks import NAMED, OVERRUNS  # noqa: E402
from tests.attacks.escapes import SCRIPTS as ESCAPES  # noqa: E402
from tests.attacks.measuring import MB, Measured, in_pool, in_process, warm  # noqa: E402
from tests.attacks.weaknesses import HARMLESS, LIMITS, REFUSED  # noqa: E402

SECONDS, NBYTES = 1.0, 64 * MB
#: Seconds through a pool of what has used up its second in process.
SHORT_SECONDS = 0.25
#: What is promised over a limit.
OVER_SECONDS, OVER_BYTES = 0.1, 16 * MB
#: Seconds that a source may take to be compiled.
COMPILE_SECONDS = 20.0
#: Seconds that two measurements may take together before the command gives up.
PATIENCE = 300.0
START, END = '<!-- attacks: begin -->', '<!-- attacks: end -->'
HEAD = (
    '| class | tried | refused or raised | limited | ended | over its time, in process | over 64 MB, in process '
    '| over its time, in a pool | over 64 MB, in a pool |\n|---|---|---|---|---|---|---|---|---|'
)
CLASSES = {**OVERRUNS, **NAMED}
HARMLESS_ENDS = ('refused', 'raised', 'limited', 'ended')


@dataclass(frozen=True, slots=True)
class Tried:
    """One script of a class, as measured; `here` is None where its limits hold in a pool only."""

    title: str
    number: int
    here: Measured | None
    there: Measured
    #: The time limit that it had in the pool.
    there_seconds: float

    @property
    def source(self) -> str:
        return CLASSES[self.title][self.number]


_pool: SandboxPool | None = None


def begin() -> None:
    """Make the pool of a worker."""
    global _pool
    _pool = SandboxPool(1)


def tried(job: tuple[str, int]) -> Tried:
    """Measure one script in both ways."""
    title, number = job
    source = CLASSES[title][number]
    here = None if title in NAMED else in_process(source, limits(SECONDS))
    seconds = SHORT_SECONDS if here is not None and here.text == 'max_duration_secs' else SECONDS
    assert _pool is not None
    return Tried(title, number, here, in_pool(_pool, source, limits(seconds)), seconds)


def limits(seconds: float) -> ResourceLimits:
    return ResourceLimits(max_duration_secs=seconds, max_memory=NBYTES)


def all_tried(jobs: list[tuple[str, int]], workers: int) -> Iterator[Tried]:
    """Give the measurements of all jobs as they come; the workers are forks of this process, which is warm and has one thread."""
    warm()
    with multiprocessing.get_context('fork').Pool(workers, initializer=begin) as pool:
        coming = pool.imap_unordered(tried, jobs)
        for _ in jobs:
            yield coming.next(timeout=PATIENCE)


def row(title: str, measured: list[Tried]) -> str:
    """Return the line of a class."""
    kinds = [(one.here or one.there).kind for one in measured]
    return (
        f'| {title} | {len(measured)} | {kinds.count("refused") + kinds.count("raised")} | {kinds.count("limited")} | {kinds.count("ended")} '
        f'| {_worst([(one.here, SECONDS) for one in measured], title)} | {_worst([(one.there, one.there_seconds) for one in measured], title)} |'
    )


def _worst(measured: Iterable[tuple[Measured | None, float]], title: str) -> str:
    known = [(one, seconds) for one, seconds in measured if one is not None]
    if not known:
        return 'named | named'
    if _compiles(title):
        time_cell = f'{max(one.seconds for one, _ in known):.1f} s to compile'
    else:
        time_cell = f'{max(0.0, *(one.seconds - seconds for one, seconds in known)) * 1000:.0f} ms'
    return f'{time_cell} | {max(0, max(one.nbytes for one, _ in known) - NBYTES) >> 20} MB'


def _compiles(title: str) -> bool:
    """Tell whether what the scripts of a class take is for the compiler, which the source bounds, and not the time of a run."""
    return 'sources' in title


def complaints(one: Tried) -> Iterator[str]:
    """Give what is wrong with a measurement."""
    for where, measured, seconds in (('in process', one.here, SECONDS), ('in a pool', one.there, one.there_seconds)):
        if measured is None:
            continue
        begin = f'{one.title}, {where}'
        if measured.kind not in HARMLESS_ENDS:
            yield f'{begin}: {measured.kind} {measured.text}: {ascii(one.source)[:160]}'
        if measured.seconds > (COMPILE_SECONDS if _compiles(one.title) else seconds + OVER_SECONDS):
            yield f'{begin}: {measured.seconds:.2f} s of {seconds}: {ascii(one.source)[:160]}'
        if measured.nbytes > NBYTES + OVER_BYTES and not _compiles(one.title):
            yield f'{begin}: {measured.nbytes >> 20} MB: {ascii(one.source)[:160]}'


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else '')
    parser.add_argument('--only', default='', help='classes whose title has this text')
    parser.add_argument('--json', type=Path, help='write every measurement to this file')
    parser.add_argument('--docs', action='store_true', help='write docs/security.md')
    parser.add_argument('--workers', type=int, default=os.cpu_count() or 1, help='scripts measured at a time')
    options = parser.parse_args()
    if options.docs and options.only:
        parser.error('--docs writes the table of one day, so it takes all classes: leave --only out')
    titles = [title for title in CLASSES if options.only in title]
    jobs = [(title, number) for title in titles for number in range(len(CLASSES[title]))]
    load, began = os.getloadavg()[0], time.monotonic()
    found: dict[str, list[Tried]] = {title: [] for title in titles}
    print(HEAD)
    for one in all_tried(jobs, options.workers):
        found[one.title].append(one)
        if len(found[one.title]) == len(CLASSES[one.title]):
            print(row(one.title, found[one.title]), flush=True)
    minutes = (time.monotonic() - began) / 60
    wrong = [text for measured in found.values() for one in measured for text in complaints(one)]
    for text in wrong:
        print('WRONG', text)
    print(f'{len(jobs)} scripts in {minutes:.1f} minutes')
    if options.json is not None:
        options.json.write_text(
            json.dumps({title: [asdict(one) for one in found[title]] for title in titles}, indent=1)
        )
    if options.docs:
        put_into_docs([told(options.workers, load, minutes), '', HEAD, *(row(title, found[title]) for title in titles)])
    return bool(wrong)


def told(workers: int, load: float, minutes: float) -> str:
    """Return what was tried, where, and when."""
    scripts, named = (sum(map(len, of.values())) for of in (OVERRUNS, NAMED))
    weaknesses = len(LIMITS) + sum(map(len, REFUSED.values())) + len(HARMLESS)
    return (
        f'{scripts:,} scripts in {len(OVERRUNS)} classes, and {named} of the operations named above, as measured on {time.strftime("%Y-%m-%d")} on Python '
        f'{platform.python_version()},\n{workers} at a time on {os.cpu_count()} processors in {minutes:.0f} minutes (load when it began: {load:.1f}). '
        f'Of the two lists of the tests,\n`weaknesses.py` has {weaknesses} scripts, and `escapes.py` {sum(map(len, ESCAPES.values()))}.'
    )


def put_into_docs(lines: list[str]) -> None:
    """Put what was measured between the marks of the page."""
    page = ROOT / 'docs' / 'security.md'
    before, rest = page.read_text().split(START)
    after = rest.split(END)[1]
    page.write_text(f'{before}{START}\n' + '\n'.join(lines) + f'\n{END}{after}')


if __name__ == '__main__':
    sys.exit(main())
