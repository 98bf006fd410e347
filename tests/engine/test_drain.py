"""Signals to a worker that is a process of its own."""

from __future__ import annotations

import signal
from pathlib import Path

from monty_flow.engine import CallStatus, Engine, RunStatus
from tests.engine.worker_process import started, wait_for_effects

SCRIPT = 'x = hold()\ndraw(1)\nx'


def test_sigterm_lets_the_call_end_and_leaves_the_rest_to_others(engine: Engine, url: str, tmp_path: Path) -> None:
    run = engine.submit(SCRIPT)
    with started(url, tmp_path) as process:
        wait_for_effects(process, tmp_path, 1)
        process.send_signal(signal.SIGTERM)
        (tmp_path / 'release').touch()
        code = process.wait(20)

    first, second = engine.calls(run.id)
    assert code == 0
    assert (first.status, first.result) == (CallStatus.DONE, 'released')
    assert (second.status, second.attempts) == (CallStatus.PENDING, 0)
    assert engine.get(run.id).status is RunStatus.WAITING


def test_a_second_signal_ends_the_process_at_once(engine: Engine, url: str, tmp_path: Path) -> None:
    run = engine.submit(SCRIPT)
    with started(url, tmp_path) as process:
        wait_for_effects(process, tmp_path, 1)
        process.send_signal(signal.SIGTERM)
        # Two signals of one kind that are pending are one, so the second is of the other kind.
        process.send_signal(signal.SIGINT)
        code = process.wait(20)

    [call] = engine.calls(run.id)
    assert code in (128 + signal.SIGTERM, 128 + signal.SIGINT)
    assert (call.status, call.attempts) == (CallStatus.LEASED, 1)
