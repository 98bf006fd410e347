"""Show that runs survive `kill -9`: work on several, kill the worker in the middle, go on with another.

    make demo

Everything happens in a temporary folder, takes less than a minute, and is checked: the exit code is 1 when one
of the claims at the end is false.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import redirect_stdout
from dataclasses import dataclass
from datetime import datetime
from io import StringIO
from pathlib import Path
from typing import Any

from monty_flow.engine import Call, CallKind, Engine, Run, Submission

HERE = Path(__file__).resolve().parent
SCRIPT = HERE / 'report.py'
DOCUMENTS = HERE / 'documents'

#: Inputs of the runs: how file names begin, and a currency. The last one is not known to the rates service.
PLANS = (('invoice', 'USD'), ('letter', 'NOK'), ('minutes', 'GBP'), ('', 'USD'), ('letter', 'EUR'), ('invoice', 'SEK'))
#: The worker is killed when so many results are recorded.
KILL_AFTER = 30
#: Seconds after which the calls of a dead worker are taken over; short, for a short demo.
LEASE_SECONDS = 3
#: Nothing in the demo may take longer.
PATIENCE_SECONDS = 40


@dataclass(frozen=True, slots=True)
class Claim:
    """Something that the demo says, and whether it is so."""

    text: str
    true: bool


def inputs_of(plan: tuple[str, str], number: int, folder: Path) -> dict[str, str]:
    """Return the inputs of a run; each writes a report of its own."""
    kind, currency = plan
    report = folder / f'report-{number}.md'
    return {'folder': str(DOCUMENTS), 'kind': kind, 'currency': currency, 'report': str(report)}


def report_without_engine(inputs: dict[str, str]) -> str:
    """Return the report that CPython writes when it executes the script straight, with no engine around it."""
    import functions as registered

    written: list[str] = []

    def write_report(path: str, text: str) -> int:
        written.append(text)
        return len(text.encode())

    names: dict[str, Any] = {
        'list_documents': registered.list_documents.__wrapped__,
        'read_document': registered.read_document.__wrapped__,
        'extract_facts': registered.extract_facts.__wrapped__,
        'exchange_rate': registered.RATES.__getitem__,
        'write_report': write_report,
    }
    exec(compile(SCRIPT.read_text(), 'report.py', 'exec'), {**names, **inputs})
    return written[0]


def start_worker(url: str, journal: Path) -> subprocess.Popen[bytes]:
    """Start a worker as a process of its own, as `monty-flow worker` does."""
    command = [sys.executable, '-m', 'monty_flow.cli', 'worker', f'{HERE / "functions.py"}:functions']
    return subprocess.Popen(
        [*command, '--concurrency', '3', '--lease', str(LEASE_SECONDS), '--database', url],
        env={**os.environ, 'MONTY_FLOW_EFFECTS': str(journal)},
        stderr=subprocess.DEVNULL,
    )


def wait_for(fact: Callable[[], bool], what: str) -> None:
    """Return when `fact` holds; end the demo when it does not in time."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not fact():
        if time.monotonic() > deadline:
            raise SystemExit(f'FAILED: {what} did not happen within {PATIENCE_SECONDS} s')
        time.sleep(0.02)


def recorded(engine: Engine, runs: list[Run]) -> dict[str, str]:
    """Return the results in the database by the idempotency key of their call."""
    return {
        f'{run.id}/{call.number}': repr((call.result, call.status))
        for run in runs
        for call in engine.calls(run.id)
        if call.finished_at is not None and call.kind is CallKind.FUNCTION
    }


def read_journal(journal: Path) -> list[dict[str, Any]]:
    """Return the effects that functions wrote down, in their order."""
    return [json.loads(line) for line in journal.read_text().splitlines()]


def kill_in_the_middle(engine: Engine, runs: list[Run], url: str, journal: Path) -> tuple[datetime, dict[str, str]]:
    """Start a worker and end it with SIGKILL; return the moment, and what was recorded by then."""
    worker = start_worker(url, journal)
    try:
        wait_for(lambda: len(recorded(engine, runs)) >= KILL_AFTER, f'{KILL_AFTER} recorded results')
    finally:
        worker.send_signal(signal.SIGKILL)
        moment = datetime.now().astimezone()
        code = worker.wait()
    before = recorded(engine, runs)
    open_runs = sum(engine.get(run.id).finished_at is None for run in runs)
    print(f'killed worker {worker.pid} with kill -9 (exit code {code}):')
    print(f'  {len(before)} results are recorded, {open_runs} of {len(runs)} runs have not ended')
    return moment, before


def finish_with_another(engine: Engine, runs: list[Run], url: str, journal: Path) -> tuple[int, int]:
    """Let a second worker end all runs, and stop it with SIGTERM; return its process id and exit code."""
    worker = start_worker(url, journal)
    print(f'started worker {worker.pid}, which goes on from the database alone')
    try:
        wait_for(lambda: all(engine.get(run.id).finished_at is not None for run in runs), 'the end of all runs')
        worker.send_signal(signal.SIGTERM)
        return worker.pid, worker.wait(timeout=PATIENCE_SECONDS)
    finally:
        if worker.poll() is None:
            worker.kill()


def timeline(run: Run, calls: list[Call], killed: datetime) -> None:
    """Print the calls of a run on an axis of time."""
    begin, end = run.created_at, run.finished_at or killed
    width = 50
    scale = width / max((end - begin).total_seconds(), 0.001)

    def column(moment: datetime) -> int:
        return min(width - 1, max(0, int((moment - begin).total_seconds() * scale)))

    mark = column(killed)
    print(
        f'\ntimeline of run {run.id} ({(end - begin).total_seconds():.1f} s; | is the kill, after it the lease runs out):'
    )
    for call in calls:
        started, finished = call.started_at or call.created_at, call.finished_at or end
        cells = ['.'] * width
        for place in range(column(started), column(finished) + 1):
            cells[place] = '#'
        cells[mark] = '|'
        repeats = f' {call.attempts} attempts' if call.attempts > 1 else ''
        print(f'  {call.number:3} {call.function:16} {"".join(cells)}{repeats}')


def main() -> int:
    """Run the demo and return 0 when every claim is true."""
    begin = time.monotonic()
    with tempfile.TemporaryDirectory(prefix='monty-flow-demo-') as name:
        folder = Path(name)
        claims = demonstrate(folder)
    print(f'\nafter {time.monotonic() - begin:.0f} s:')
    for claim in claims:
        print(f'  {"true " if claim.true else "FALSE"}  {claim.text}')
    return int(not all(claim.true for claim in claims))


def demonstrate(folder: Path) -> list[Claim]:
    """Submit, kill, go on, and return what was found."""
    url, journal = f'sqlite:///{folder}/demo.db', folder / 'effects.jsonl'
    journal.touch()
    all_inputs = [inputs_of(plan, number, folder) for number, plan in enumerate(PLANS)]
    print(f'{len(PLANS)} runs of report.py over {len(list(DOCUMENTS.glob("*.txt")))} documents')
    with ThreadPoolExecutor(len(PLANS)) as pool, redirect_stdout(StringIO()):
        expected = list(pool.map(report_without_engine, all_inputs[:-1]))
    with Engine(url) as engine:
        source = SCRIPT.read_text()
        runs = engine.submit_many([Submission(source, inputs=inputs, script_name='report.py') for inputs in all_inputs])
        killed, before = kill_in_the_middle(engine, runs, url, journal)
        second, code = finish_with_another(engine, runs, url, journal)
        after = recorded(engine, runs)
        ended = [engine.get(run.id) for run in runs]
        longest = max(ended, key=lambda run: (run.finished_at or run.updated_at) - (run.started_at or run.created_at))
        timeline(longest, engine.calls(longest.id), killed)
        last_log = ''.join(line.text for line in engine.logs(runs[-1].id))
    effects = read_journal(journal)
    redone = {effect['key'] for effect in effects if effect['pid'] == second} & set(before)
    repeated = {key for key, times in Counter(effect['key'] for effect in effects).items() if times > 1}
    print(f'\n{len(after)} results, {len(effects)} finished attempts in the journal of effects.')
    took = f'{len(repeated)} calls took effect twice' if repeated else 'No call took effect twice this time'
    print(
        f'{took}; one in flight at the kill, done and not yet recorded, may.\n'
        'That is the promise: an effect at least once, with the same idempotency key; a result exactly once.'
    )
    written = [Path(inputs['report']).read_text() for inputs in all_inputs[:-1]]
    return [
        Claim(f'all {len(runs)} runs succeeded', all(run.status.value == 'succeeded' for run in ended)),
        Claim('the kill came in the middle', 0 < len(before) < len(after)),
        Claim('each report is what CPython writes when it runs the script straight', written == expected),
        Claim(
            f'the {len(before)} results recorded before the kill are unchanged',
            all(after.get(key) == result for key, result in before.items()),
        ),
        Claim('none of them was computed again by the second worker', not redone),
        Claim('every repeat was a call in flight at the kill', not repeated & set(before)),
        Claim('a currency without a rate was handled by the script itself', 'no rate for SEK' in last_log),
        Claim('the second worker ended in good order on SIGTERM', code == 0),
    ]


if __name__ == '__main__':
    sys.exit(main())
