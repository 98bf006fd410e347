"""Run every attack of `tests/attacks` with the limits of the promise, and print the table of docs/security.md.

    make attacks
    python benchmarks/attacks.py [--only CLASS] [--json FILE] [--docs]

One second and 64 MB, in a process of its own and through a pool. For each class: how many scripts were tried, refused by the compiler or
ended by an error of their own, limited, ended without harm, and the worst that one went over its time and its memory. `--docs` puts the
rows into the table of docs/security.md. The command fails where a script crashes, hangs, or is over what is promised.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from monty_flow.interpreter.limits import ResourceLimits  # noqa: E402 (the tree comes first)
from monty_flow.interpreter.pool import SandboxPool  # noqa: E402
from tests.attacks import NAMED, OVERRUNS  # noqa: E402
from tests.attacks.measuring import MB, Measured, in_pool, in_process  # noqa: E402

SECONDS, NBYTES = 1.0, 64 * MB
LIMITS = ResourceLimits(max_duration_secs=SECONDS, max_memory=NBYTES)
#: What is promised over a limit.
OVER_SECONDS, OVER_BYTES = 0.1, 16 * MB
START, END = '<!-- attacks: begin -->', '<!-- attacks: end -->'
HEAD = (
    '| class | tried | refused or raised | limited | ended | over 1 s, in process | over 64 MB, in process | over 1 s, in a pool '
    '| over 64 MB, in a pool |\n|---|---|---|---|---|---|---|---|---|'
)


def row(title: str, here: list[Measured], there: list[Measured]) -> str:
    """Return the line of a class; `here` is empty where the limits hold in a pool only."""
    judged = here or there
    refused = sum(one.kind in ('refused', 'raised') for one in judged)
    limited = sum(one.kind == 'limited' for one in judged)
    return (
        f'| {title} | {len(judged)} | {refused} | {limited} | {sum(one.kind == "ended" for one in judged)} '
        f'| {_worst(here, title)} | {_worst(there, title)} |'
    )


def _worst(measured: Iterable[Measured], title: str) -> str:
    measured = list(measured)
    if not measured:
        return 'named | named'
    seconds = max(one.seconds for one in measured) - SECONDS
    nbytes = max(one.nbytes for one in measured) - NBYTES
    time = 'compiling' if 'sources' in title else f'{max(0.0, seconds) * 1000:.0f} ms'
    return f'{time} | {max(0, nbytes) >> 20} MB'


def complaints(title: str, source: str, measured: Measured, where: str) -> list[str]:
    """Return what is wrong with a measurement; compiling is bounded by the source, and not by the time of a run."""
    found = [] if measured.kind in ('refused', 'raised', 'limited', 'ended') else [f'{measured.kind} {measured.text}']
    if 'sources' not in title:
        if measured.seconds > SECONDS + OVER_SECONDS:
            found.append(f'{measured.seconds:.2f} s')
        if measured.nbytes > NBYTES + OVER_BYTES:
            found.append(f'{measured.nbytes >> 20} MB')
    return [f'{title}, {where}: {text}: {ascii(source)[:160]}' for text in found]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else '')
    parser.add_argument('--only', default='', help='classes whose title has this text')
    parser.add_argument('--json', type=Path, help='write every measurement to this file')
    parser.add_argument('--docs', action='store_true', help='put the table into docs/security.md')
    options = parser.parse_args()
    lines, wrong, kept = [HEAD], [], {}
    with SandboxPool(1) as pool:
        for title, scripts in {**OVERRUNS, **NAMED}.items():
            if options.only not in title:
                continue
            here = [in_process(source, LIMITS) for source in scripts if title not in NAMED]
            there = [in_pool(pool, source, LIMITS) for source in scripts]
            for where, measured in (('in process', here), ('in a pool', there)):
                for source, one in zip(scripts, measured, strict=False):
                    wrong += complaints(title, source, one, where)
            lines.append(row(title, here, there))
            kept[title] = {'here': [asdict(one) for one in here], 'there': [asdict(one) for one in there]}
            print(lines[-1], flush=True)
    for text in wrong:
        print('WRONG', text)
    if options.json is not None:
        options.json.write_text(json.dumps(kept, indent=1))
    if options.docs:
        put_into_docs(lines[1:])
    return bool(wrong)


def put_into_docs(lines: list[str]) -> None:
    """Put the rows of these classes into the table of the page, beside those of the classes that were not measured now."""
    page = ROOT / 'docs' / 'security.md'
    before, rest = page.read_text().split(START)
    table, after = rest.split(END)
    rows = {title_of(line): line for line in [*table.strip().splitlines()[2:], *lines]}
    kept = [rows[title] for title in (*OVERRUNS, *NAMED) if title in rows]
    page.write_text(f'{before}{START}\n' + '\n'.join([HEAD, *kept]) + f'\n{END}{after}')


def title_of(line: str) -> str:
    """Return the class of a row."""
    return line.split('|')[1].strip()


if __name__ == '__main__':
    sys.exit(main())
