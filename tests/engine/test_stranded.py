"""Runs that nothing will ever move are found, and none besides; each goes on after what is advised."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from monty_flow.engine import RunStatus, Stranded
from tests.engine.bench import Bench
from tests.engine.past_the_engine import execute

NEVER = 253_402_300_799_000_000


def sleeps(bench: Bench) -> str:
    return str(bench.run('import time\ntime.sleep(60)\n7').id)


def waits_for_a_signal(bench: Bench) -> str:
    return str(bench.run('import flow\nflow.wait_signal("go")').id)


def waits_for_a_child(bench: Bench) -> str:
    return str(bench.run('import flow\nflow.run("import time\\ntime.sleep(60)\\n7")').id)


def maps(bench: Bench) -> str:
    bench.engine.pause_queue('narrow')
    bench.functions.function(name='double', queue='narrow')(lambda x: 2 * x)
    return str(bench.run('import flow\nflow.map(double, [3, 4])').id)


def its_call_is_lost(bench: Bench, run_id: str) -> None:
    execute(bench.url, f"UPDATE calls SET status = 'done' WHERE run_id = '{run_id}' AND number = 1")


def its_call_is_never_due(bench: Bench, run_id: str) -> None:
    execute(bench.url, f"UPDATE calls SET due_at = {NEVER} WHERE run_id = '{run_id}' AND number = 1")


def its_call_is_held(bench: Bench, run_id: str) -> None:
    execute(bench.url, f"UPDATE calls SET status = 'held' WHERE run_id = '{run_id}' AND number = 1")


def it_was_not_told_of_its_signal(bench: Bench, run_id: str) -> None:
    bench.engine.signal(run_id, 'go', 7)
    its_call_is_never_due(bench, run_id)


def its_signal_was_not_given(bench: Bench, run_id: str) -> None:
    it_was_not_told_of_its_signal(bench, run_id)
    execute(bench.url, 'UPDATE signals SET taken_by = NULL')


def it_was_not_told_of_the_end_of_its_child(bench: Bench, run_id: str) -> None:
    bench.clock.advance(60)
    bench.work()
    # As if the run had not gone on: its child has ended, and it waits.
    execute(bench.url, f"UPDATE runs SET status = 'waiting', finished_at = NULL WHERE id = '{run_id}'")
    execute(
        bench.url,
        f"UPDATE calls SET status = 'pending', due_at = {NEVER}, finished_at = NULL, result = NULL, step = NULL "
        f"WHERE run_id = '{run_id}' AND number = 1",
    )


def its_items_are_over(bench: Bench, run_id: str) -> None:
    execute(bench.url, f"UPDATE calls SET status = 'cancelled' WHERE run_id = '{run_id}' AND part_of IS NOT NULL")
    bench.engine.resume_queue('narrow')


@pytest.mark.parametrize(
    ('script', 'damage', 'reason', 'output'),
    [
        (sleeps, its_call_is_lost, 'it waits for no call that could come to an end', 7),
        (sleeps, its_call_is_held, 'a call of it is held, though nobody has paused it', 7),
        (
            waits_for_a_signal,
            it_was_not_told_of_its_signal,
            'the signal that it waits for is there, and it was not told',
            7,
        ),
        (waits_for_a_signal, its_signal_was_not_given, 'the signal that it waits for is there, and it was not told', 7),
        (
            waits_for_a_child,
            it_was_not_told_of_the_end_of_its_child,
            'the run that it waits for has ended, and it was not told',
            7,
        ),
        (maps, its_items_are_over, 'no item of its flow.map is under way, and nobody is to look at it', [6, 8]),
    ],
)
def test_a_run_that_nothing_moves_is_found_and_goes_on_after_what_is_advised(
    bench: Bench, script: Callable[[Bench], str], damage: Callable[[Bench, str], None], reason: str, output: object
) -> None:
    run_id = script(bench)
    before = bench.engine.stranded()
    damage(bench, run_id)
    found = bench.engine.stranded()
    bench.engine.pause(run_id)
    bench.engine.retry(run_id)
    bench.work()
    bench.clock.advance(60)
    bench.work()

    assert before == []
    assert found == [Stranded(run_id, RunStatus.WAITING, reason)]
    assert bench.engine.stranded() == []
    assert bench.engine.result(run_id) == output


def test_runs_that_go_on_are_not_found(bench: Bench) -> None:
    for script in (sleeps, waits_for_a_signal, waits_for_a_child, maps):
        script(bench)
    bench.engine.submit('1', delay_seconds=60)
    bench.run('import flow\nflow.approve("?")')
    bench.run('unknown()')
    bench.run('1 / 0')
    paused = bench.run('import time\ntime.sleep(60)')
    bench.engine.pause(paused.id)

    assert bench.engine.stranded() == []


def test_no_more_runs_are_told_than_were_asked_for(bench: Bench) -> None:
    ids = [sleeps(bench) for _ in range(3)]
    for run_id in ids:
        its_call_is_held(bench, run_id)

    assert [each.run for each in bench.engine.stranded(limit=2)] == ids[:2]
