"""What people do with runs that are under way."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from monty_flow.engine import CallStatus, RunFilter, RunStatus, Submission, WrongStatus
from monty_flow.engine.store import Store
from tests.engine.bench import Bench, Gate
from tests.engine.builders import SECOND, insert, lose_session


def test_a_paused_run_is_not_begun_until_it_is_resumed(bench: Bench) -> None:
    run = bench.engine.submit('1')
    paused = bench.engine.pause(run.id)
    bench.work()
    still = bench.engine.get(run.id)
    resumed = bench.engine.resume(run.id)
    bench.work()

    assert (paused.status, paused.waiting_for) == (RunStatus.PAUSED, 'a resume by a person')
    assert still == paused
    assert resumed.status is RunStatus.PENDING
    assert bench.engine.result(run.id) == 1


def test_a_paused_timer_goes_on_with_the_moment_that_it_had(bench: Bench) -> None:
    run = bench.run('import time\ntime.sleep(60)\n"awake"')
    bench.engine.pause(run.id)
    bench.clock.advance(61)
    bench.work()
    held = [call.status for call in bench.engine.calls(run.id)]
    bench.engine.resume(run.id)
    bench.work()

    assert held == [CallStatus.HELD]
    assert bench.engine.result(run.id) == 'awake'


def paused_in_execution(bench: Bench, source: str, gate: Gate, meanwhile: Callable[[str], object]) -> str:
    """Pause a run while its call is in execution, do something, let the call end, and return the id."""
    bench.functions.function(name='gate', retries=1, initial_delay_seconds=0)(gate)
    run = bench.engine.submit(source)
    with bench.at_work():
        gate.begun.wait(10)
        bench.engine.pause(run.id)
        meanwhile(run.id)
        gate.let.set()
    return run.id


def test_the_result_of_a_call_in_execution_is_recorded_and_the_run_stays_paused(bench: Bench) -> None:
    bench.functions.function(name='after')(lambda: 'after')

    run_id = paused_in_execution(bench, 'x = gate()\nprint(x)\nafter()', Gate(7), lambda run_id: None)

    run = bench.engine.get(run_id)
    first, second = bench.engine.calls(run_id)
    assert (run.status, run.step, run.waiting_for) == (RunStatus.PAUSED, 2, 'a resume by a person')
    assert (first.status, first.result, second.status) == (CallStatus.DONE, 7, CallStatus.HELD)
    assert [line.text for line in bench.engine.logs(run_id)] == ['7\n']
    bench.engine.resume(run_id)
    bench.work()
    assert bench.engine.result(run_id) == 'after'


def test_a_run_whose_last_call_ends_while_it_is_paused_has_ended(bench: Bench) -> None:
    run_id = paused_in_execution(bench, 'gate()', Gate('the end'), lambda run_id: None)

    assert bench.engine.result(run_id) == 'the end'


def test_a_run_that_is_paused_and_resumed_during_a_call_goes_on(bench: Bench) -> None:
    run_id = paused_in_execution(bench, 'gate() + 1', Gate(1), bench.engine.resume)

    assert bench.engine.result(run_id) == 2
    assert [call.attempts for call in bench.engine.calls(run_id)] == [1]


def test_an_attempt_that_fails_while_its_run_is_paused_is_repeated_after_the_resume(bench: Bench) -> None:
    class Failing(Gate):
        def __call__(self) -> str:
            first = not self.begun.is_set()
            super().__call__()
            if first:
                raise ConnectionError('busy')
            return 'second'

    run_id = paused_in_execution(bench, 'gate()', Failing(), lambda run_id: None)

    [call] = bench.engine.calls(run_id)
    assert (call.status, call.failures, bench.engine.get(run_id).status) == (CallStatus.HELD, 1, RunStatus.PAUSED)
    bench.engine.resume(run_id)
    bench.work()
    assert bench.engine.result(run_id) == 'second'


def test_a_call_in_execution_whose_worker_is_lost_is_held_while_its_run_is_paused(store: Store) -> None:
    insert(store, 'a', 'b')
    with store.transaction():
        store.open_session('one', 'one', [], SECOND)
        claims = store.claim('one', frozenset(), 2)
        store.pause('a')
        store.pause('b')
        store.release('one', claims[:1])
        store.close_session('one')
        found = store.claim('one', frozenset(), 2)
        runs = [store.get('a'), store.get('b')]
        store.resume('a')
        store.resume('b')
        again = store.claim('one', frozenset(), 2)

    assert found == []
    assert [run.status for run in runs if run] == [RunStatus.PAUSED] * 2
    assert sorted((claim.run_id, claim.attempt) for claim in again) == [('a', 1), ('b', 1)]


def test_only_a_paused_run_is_resumed_and_only_one_under_way_is_paused(bench: Bench) -> None:
    run = bench.engine.submit('1')
    with pytest.raises(WrongStatus) as unpaused:
        bench.engine.resume(run.id)
    bench.work()
    with pytest.raises(WrongStatus) as ended:
        bench.engine.pause(run.id)

    assert str(unpaused.value) == f'run {run.id} is pending, so it cannot be resumed; this is for runs that are paused'
    assert str(ended.value) == (
        f'run {run.id} is succeeded, so it cannot be paused; this is for runs that are pending or running or waiting'
    )


def test_resuming_a_run_that_was_set_aside_forgets_its_setbacks(bench: Bench) -> None:
    run = bench.engine.submit('1')
    for _ in range(2):
        bench_lost(bench)
    bench.work(max_setbacks=2)
    aside = bench.engine.get(run.id)
    bench.engine.resume(run.id)
    bench.work(max_setbacks=2)

    assert (aside.status, aside.waiting_for) == (RunStatus.PAUSED, 'a retry by a person')
    assert bench.engine.result(run.id) == 1


def bench_lost(bench: Bench) -> None:
    """Have a worker take what is due and be lost with it."""
    from monty_flow.engine.store import open_store

    lost = open_store(bench.url, bench.clock)
    with lost.transaction():
        lost.open_session('lost', 'lost', [], SECOND)
        lost.claim('lost', frozenset(), 10)
        lose_session(lost, 'lost')
    lost.close()


def test_a_terminated_run_is_cancelled_at_once(bench: Bench) -> None:
    run = bench.run('import time\ntime.sleep(60)')

    terminated = bench.engine.terminate(run.id)

    assert terminated.status is RunStatus.CANCELLED
    assert [call.status for call in bench.engine.calls(run.id)] == [CallStatus.CANCELLED]


def tagged(bench: Bench, size: int, tenant: str) -> list[str]:
    """Submit runs of a tenant."""
    submissions = [Submission('1', tags={'tenant': tenant}) for _ in range(size)]
    return [run.id for run in bench.engine.submit_many(submissions)]


def test_operations_on_many_take_the_runs_of_a_filter_and_no_others(bench: Bench) -> None:
    tagged(bench, 450, 'acme')
    others = tagged(bench, 3, 'other')
    acme = RunFilter(tags={'tenant': 'acme'})
    engine = bench.engine

    counted = engine.pause_many(acme, dry_run=True)
    untouched = engine.count(RunFilter('paused'))
    figures = [
        engine.pause_many(acme),
        engine.pause_many(acme),
        engine.resume_many(acme),
        engine.terminate_many(acme),
        engine.delete_many(acme),
        engine.delete_many(acme),
    ]

    assert (counted, untouched, figures) == (450, 0, [450, 0, 450, 450, 450, 0])
    assert [run.id for run in engine.list()] == others[::-1]


def test_failed_runs_are_retried_together(bench: Bench) -> None:
    failed = [bench.run('1 / 0').id for _ in range(2)]
    bench.run('1')

    retried = bench.engine.retry_many(RunFilter())

    assert retried == 2
    assert [run.id for run in bench.engine.list(status='pending')] == failed[::-1]


def test_a_deleted_run_leaves_nothing(bench: Bench) -> None:
    bench.functions.function(name='f')(lambda: 1)
    run = bench.engine.submit('print(f())', tags={'a': 'b'})
    with pytest.raises(WrongStatus) as caught:
        bench.engine.delete(run.id)
    bench.work()

    bench.engine.delete(run.id)

    assert str(caught.value) == (
        f'run {run.id} is pending, so it cannot be deleted; this is for runs that are succeeded or failed or cancelled'
    )
    rows = bench.engine._store.rows_of_run(run.id)
    assert {name: found for name, found in rows.items() if found} == {}
