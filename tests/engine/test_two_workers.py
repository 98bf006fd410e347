"""Several worker processes on one database."""

from __future__ import annotations

import signal
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

import pytest

from monty_flow.engine import Engine, Submission
from tests.engine.worker_process import started

RUNS = 100
SCRIPT = 'drawn = []\nfor place in range(4):\n    drawn.append(draw(place))\ndrawn'


@pytest.mark.parametrize('workers', [2, 3])
def test_workers_share_the_runs_and_no_call_is_executed_twice(
    workers: int, engine: Engine, url: str, tmp_path: Path
) -> None:
    with ExitStack() as stack:
        # A lease so long that none runs out on a slow machine, which would rightly have a call executed again.
        processes = [stack.enter_context(started(url, tmp_path, 60)) for _ in range(workers)]
        runs = [run.id for run in engine.submit_many([Submission(SCRIPT)] * RUNS)]
        outputs = [engine.wait(run_id, timeout_seconds=30).output for run_id in runs]
        codes = []
        for process in processes:
            process.send_signal(signal.SIGTERM)
            codes.append(process.wait(20))

    executed = Counter(line.split()[0] for line in (tmp_path / 'effects').read_text().splitlines())
    assert codes == [0] * workers
    assert all(len(output) == 4 for output in outputs)
    assert executed == {f'{run_id}/{number}': 1 for run_id in runs for number in range(1, 5)}
