"""kill -9 at any moment: signals are taken once, children are there once, and nobody waits for ever."""

from __future__ import annotations

import signal
from collections import Counter
from pathlib import Path
from random import Random

from monty_flow.engine import Engine, RunStatus, Submission
from tests.engine.test_kill import LINE
from tests.engine.worker_process import started, wait_for_effects

PARENTS = 30
CHILDREN = 3
KILLS = 8
CHILD = """
import flow
first = draw(0)
told = flow.wait_signal('go')
flow.status(f'told {told}')
[first, told, draw(1)]
"""
SCRIPT = """
import flow
started = [flow.start(child, n=n) for n in range(count)]
found = [run.result() for run in started]
flow.publish('found', len(found))
[found, flow.wait_signal('end'), flow.wait_signal('end')]
"""


def test_a_worker_killed_at_random_moments_takes_no_signal_and_starts_no_run_twice(url: str, tmp_path: Path) -> None:
    random = Random(7)
    inputs = {'child': CHILD + '\nn', 'count': CHILDREN}
    source = CHILD.replace('[first, told, draw(1)]', '[n, first, told, draw(1)]')
    inputs['child'] = source
    with Engine(url) as engine:
        parents = [run.id for run in engine.submit_many([Submission(SCRIPT, inputs)] * PARENTS)]
        told: set[str] = set()
        for parent in parents:
            engine.signal(parent, 'end', 'first')
        grown = 0
        for _ in range(KILLS):
            with started(url, tmp_path) as process:
                grown += random.randrange(1, 2 * PARENTS * CHILDREN * 2 * LINE // KILLS)
                wait_for_effects(process, tmp_path, min(grown, len(told) * LINE * 3 // 2))
                for parent in parents:
                    for child in engine.children(parent):
                        if child.id not in told and random.random() < 0.5:
                            told.add(child.id)
                            engine.signal(child.id, 'go', child.id)
                process.send_signal(signal.SIGKILL)
                process.wait(10)
        with started(url, tmp_path) as process:
            for parent in parents:
                engine.signal(parent, 'end', 'second')
            for _ in range(1000):
                waiting = [child.id for parent in parents for child in engine.children(parent) if child.id not in told]
                for child_id in waiting:
                    told.add(child_id)
                    engine.signal(child_id, 'go', child_id)
                if len(told) == PARENTS * CHILDREN:
                    break
                wait_for_effects(process, tmp_path, (len(told) + 1) * LINE)
            ended = [engine.wait(parent, timeout_seconds=60) for parent in parents]
            process.send_signal(signal.SIGTERM)
            assert process.wait(10) == 0

        for run in ended:
            children = engine.children(run.id)
            assert run.status is RunStatus.SUCCEEDED
            assert run.output == [[child.output for child in children], 'first', 'second']
            assert [child.inputs['n'] for child in children] == list(range(CHILDREN))
            assert [child.output[2] for child in children] == [child.id for child in children]
            assert [child.status_text for child in children] == [f'told {child.id}' for child in children]
            assert engine.published(run.id) == {'found': CHILDREN}
        taken = Counter(
            (each.run_id, each.taken_by)
            for run in ended
            for run_id in (run.id, *(child.id for child in engine.children(run.id)))
            for each in engine.signals(run_id)
        )
        assert set(taken.values()) == {1}
        assert len(taken) == PARENTS * (CHILDREN + 2)
