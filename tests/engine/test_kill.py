"""kill -9 at any moment: no run is lost, and no recorded result is computed again."""

from __future__ import annotations

import signal
from collections import Counter
from pathlib import Path
from random import Random

from monty_flow.engine import CallStatus, Engine, RunStatus, Submission
from tests.engine.worker_process import started, wait_for_effects

RUNS = 200
CALLS = 5
KILLS = 20
SCRIPT = """
drawn = []
for place in range(calls):
    drawn.append(draw(place))
drawn
"""
#: Bytes of one line of the effects: a run's id, the number of the call, and a number of 18 digits at most.
LINE = 57


def recorded_results(engine: Engine, runs: list[str]) -> dict[str, int]:
    """Return the recorded results by idempotency key."""
    return {
        f'{run_id}/{call.number}': call.result
        for run_id in runs
        for call in engine.calls(run_id)
        if call.status is CallStatus.DONE
    }


def executions(folder: Path) -> Counter[str]:
    """Return how often each call was executed, by idempotency key."""
    path = folder / 'effects'
    return Counter(line.split()[0] for line in path.read_text().splitlines()) if path.exists() else Counter()


def test_a_worker_killed_at_random_moments_loses_nothing(url: str, tmp_path: Path) -> None:
    random = Random(20)
    with Engine(url) as engine:
        submissions = [Submission(SCRIPT, {'calls': CALLS}, key=str(number)) for number in range(RUNS)]
        runs = [run.id for run in engine.submit_many(submissions)]
        known: dict[str, int] = {}
        known_executions: Counter[str] = Counter()
        grown = 0
        killed_in_the_middle = 0

        for _ in range(KILLS):
            with started(url, tmp_path) as process:
                grown += random.randrange(1, 2 * RUNS * CALLS * LINE // KILLS)
                while_running = min(grown, RUNS * CALLS * LINE * 9 // 10)
                wait_for_effects(process, tmp_path, while_running)
                process.send_signal(signal.SIGKILL)
                process.wait(10)
            results, counts = recorded_results(engine, runs), executions(tmp_path)
            killed_in_the_middle += 0 < len(results) < RUNS * CALLS
            assert {key: results.get(key) for key in known} == known
            assert {key: counts[key] for key in known} == {key: known_executions[key] for key in known}
            known, known_executions = results, counts

        with started(url, tmp_path) as process:
            ended = [engine.wait(run_id, timeout_seconds=30) for run_id in runs]
            process.send_signal(signal.SIGTERM)
            assert process.wait(10) == 0

        results, counts = recorded_results(engine, runs), executions(tmp_path)
        assert killed_in_the_middle == KILLS
        assert {run.status for run in ended} == {RunStatus.SUCCEEDED}
        for run in ended:
            assert run.output == [results[f'{run.id}/{number}'] for number in range(1, CALLS + 1)]
            assert [entry.number for entry in engine.history(run.id)] == list(range(CALLS + 1))
        assert {key: results[key] for key in known} == known
        assert {key: counts[key] for key in known} == {key: known_executions[key] for key in known}
        # Only what was in hand at a kill is executed again: a handful of calls each time.
        assert sum(counts.values()) - len(counts) <= KILLS * 10


GATHER = """
import asyncio

async def chain(x):
    return [await draw(x), await draw(x)]

await asyncio.gather(*[chain(x) for x in range(4)])
"""


def test_runs_with_several_calls_at_once_survive_the_kill_of_one_of_two_workers(url: str, tmp_path: Path) -> None:
    random = Random(6)
    runs_at_once, calls = 25, 8
    with Engine(url) as engine:
        runs = [run.id for run in engine.submit_many([Submission(GATHER)] * runs_at_once)]
        known: dict[str, int] = {}
        for kill in range(4):
            with started(url, tmp_path) as one, started(url, tmp_path):
                wait_for_effects(one, tmp_path, int(runs_at_once * calls * LINE * (kill + random.random()) / 5))
                one.send_signal(signal.SIGKILL)
                one.wait(10)
            results = recorded_results(engine, runs)
            assert {key: results.get(key) for key in known} == known
            known = results

        with started(url, tmp_path) as process:
            ended = [engine.wait(run_id, timeout_seconds=60) for run_id in runs]
            process.send_signal(signal.SIGTERM)
            assert process.wait(10) == 0

        results, counts = recorded_results(engine, runs), executions(tmp_path)
        assert {run.status for run in ended} == {RunStatus.SUCCEEDED}
        for run in ended:
            versions = [entry.version for entry in engine.history(run.id)]
            assert sorted(number for pair in run.output for number in pair) == sorted(
                results[f'{run.id}/{number}'] for number in range(1, calls + 1)
            )
            assert versions == sorted(versions)
        assert {key: results[key] for key in known} == known
        assert counts.keys() == results.keys()
