"""Two worker processes on one database."""

from __future__ import annotations

import signal
from collections import Counter
from pathlib import Path

from monty_flow.engine import Engine, Submission
from tests.engine.worker_process import started

RUNS = 100
SCRIPT = 'drawn = []\nfor place in range(4):\n    drawn.append(draw(place))\ndrawn'


def test_workers_share_the_runs_and_no_call_is_executed_twice(engine: Engine, url: str, tmp_path: Path) -> None:
    # A lease so long that none runs out on a slow machine, which would rightly have a call executed again.
    with started(url, tmp_path, 60) as one, started(url, tmp_path, 60) as two:
        runs = [run.id for run in engine.submit_many([Submission(SCRIPT)] * RUNS)]
        outputs = [engine.wait(run_id, timeout_seconds=30).output for run_id in runs]
        codes = []
        for process in (one, two):
            process.send_signal(signal.SIGTERM)
            codes.append(process.wait(20))

    executed = Counter(line.split()[0] for line in (tmp_path / 'effects').read_text().splitlines())
    assert codes == [0, 0]
    assert all(len(output) == 4 for output in outputs)
    assert executed == {f'{run_id}/{number}': 1 for run_id in runs for number in range(1, 5)}
