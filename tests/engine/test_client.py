"""What a caller does with the engine, apart from workers."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from typing import Any

import pytest

from monty_flow.engine import (
    Engine,
    Functions,
    InputsRefused,
    ManualClock,
    RunCancelled,
    RunIdAmbiguous,
    RunNotFinished,
    RunNotFound,
    RunStatus,
    Submission,
    WaitTimeout,
    Worker,
    WrongStatus,
)
from monty_flow.interpreter import MontySyntaxError, ResourceLimits


def work(engine: Engine, functions: Functions | None = None) -> None:
    """Work until nothing is due."""
    Worker(engine.url, functions or Functions()).run_until_idle()


def test_a_submitted_run_tells_what_was_submitted(url: str) -> None:
    with Engine(url, clock=ManualClock(datetime(2030, 5, 6, tzinfo=UTC))) as engine:
        run = engine.submit('x', inputs={'x': [1]}, script_name='report.py', key='daily')
        source = engine.source(run.id)

    assert (run.status, run.script_name, run.inputs, run.key) == (RunStatus.PENDING, 'report.py', {'x': [1]}, 'daily')
    assert run.created_at == run.updated_at == datetime(2030, 5, 6, tzinfo=UTC)
    assert (run.started_at, run.finished_at, source) == (None, None, 'x')


def test_submitting_a_key_again_gives_the_first_run(engine: Engine) -> None:
    first = engine.submit('1', key='k')

    second = engine.submit('2', key='k')

    assert second == first
    assert len(engine.list()) == 1


def test_a_script_that_cannot_be_compiled_is_not_stored(engine: Engine) -> None:
    with pytest.raises(MontySyntaxError):
        engine.submit_many([Submission('1'), Submission('def')])

    assert engine.list() == []


@pytest.mark.parametrize(
    ('source', 'inputs', 'message'),
    [
        ('city', {'town': 1, 'city': 2}, "inputs: the script never uses 'town'; leave them out"),
        ('city', {'citty': 1}, "inputs: the script never uses 'citty'; did you mean 'city'?"),
        ('1', {'a b': 1}, "inputs: 'a b' cannot be a variable of a script; use identifiers"),
        (
            'x',
            {'x': object()},
            "the input 'x' cannot be stored: a value of type builtins.object has no stored form; "
            'pass plain values, not nested too deeply',
        ),
    ],
)
def test_inputs_that_do_not_fit_are_refused(engine: Engine, source: str, inputs: dict[str, Any], message: str) -> None:
    with pytest.raises(InputsRefused) as caught:
        engine.submit(source, inputs=inputs)

    assert str(caught.value) == message
    assert engine.list() == []


def test_limits_go_with_the_run(engine: Engine) -> None:
    run = engine.submit('while True:\n    pass', limits=ResourceLimits(max_steps=1000))

    work(engine)

    found = engine.get(run.id)
    assert (found.status, found.error.type if found.error else None) == (RunStatus.FAILED, 'StepLimitError')


def test_a_run_is_found_by_the_beginning_of_its_id(engine: Engine) -> None:
    run = engine.submit('1')

    assert engine.get(run.id[:20]).id == run.id


def test_an_id_of_no_run_is_refused(engine: Engine) -> None:
    for wrong in ('nothing', ''):
        with pytest.raises(RunNotFound) as caught:
            engine.get(wrong)

        assert str(caught.value) == f'no run has the id {wrong!r}; list the runs to see the ids that exist'


def test_the_beginning_of_several_ids_is_refused(engine: Engine) -> None:
    first, second = engine.submit_many([Submission('1'), Submission('2')])
    shared = next(first.id[:size] for size in range(36, 0, -1) if second.id.startswith(first.id[:size]))

    with pytest.raises(RunIdAmbiguous) as caught:
        engine.calls(shared)

    assert str(caught.value) == f'several runs have ids that begin with {shared!r}; give more characters of the id'


def test_runs_are_listed_newest_first_by_status_and_in_pages(engine: Engine) -> None:
    runs = engine.submit_many([Submission(str(number)) for number in range(5)])
    engine.cancel(runs[0].id)

    newest = engine.list(limit=2)
    older = engine.list(before=newest[-1].id)
    cancelled = engine.list(status=RunStatus.CANCELLED)

    assert [run.id for run in newest] == [runs[4].id, runs[3].id]
    assert [run.id for run in older] == [runs[2].id, runs[1].id, runs[0].id]
    assert [run.id for run in cancelled] == [runs[0].id]


def test_a_run_that_has_not_ended_has_no_result(engine: Engine) -> None:
    run = engine.submit('1')

    with pytest.raises(RunNotFinished) as caught:
        engine.result(run.id)

    assert str(caught.value) == (
        f'run {run.id} is pending, waiting for a worker to start it: no worker is running; wait until it has ended'
    )


def test_a_cancelled_run_has_no_result(engine: Engine) -> None:
    run = engine.submit('1')
    cancelled = engine.cancel(run.id)

    with pytest.raises(RunCancelled) as caught:
        engine.result(run.id)

    assert cancelled.status is RunStatus.CANCELLED
    assert str(caught.value) == f'run {run.id} was cancelled and has no result; submit a new run'


def test_a_run_that_has_ended_cannot_be_cancelled(engine: Engine) -> None:
    run = engine.submit('1')
    work(engine)

    with pytest.raises(WrongStatus) as caught:
        engine.cancel(run.id)

    assert str(caught.value) == (
        f'run {run.id} is succeeded, so it cannot be cancelled; '
        'this is for runs that are pending or running or waiting or cancelling or paused'
    )


def test_a_run_that_has_not_failed_cannot_be_retried(engine: Engine) -> None:
    run = engine.submit('1')

    with pytest.raises(WrongStatus) as caught:
        engine.retry(run.id)

    assert str(caught.value) == (
        f'run {run.id} is pending, so it cannot be retried; this is for runs that are failed or paused'
    )


def test_the_snapshot_shows_where_a_run_waits(engine: Engine) -> None:
    run = engine.submit('def ask(name):\n    greeting = "hi"\n    return fetch(name)\nask(who)', inputs={'who': 'Bo'})
    before = engine.snapshot(run.id)
    work(engine)

    snapshot = engine.snapshot(run.id)

    assert before is None
    assert snapshot is not None
    assert (snapshot.function_name, snapshot.args, snapshot.position.line) == ('fetch', ('Bo',), 3)
    assert [frame.function for frame in snapshot.frames] == ['<module>', 'ask']
    assert snapshot.frames[-1].variables == {'greeting': "'hi'", 'name': "'Bo'"}


def test_waiting_ends_with_the_run(engine: Engine) -> None:
    run = engine.submit('2')
    worker = threading.Thread(target=work, args=(engine,))
    worker.start()

    ended = engine.wait(run.id, timeout_seconds=20)
    worker.join(20)

    assert (ended.status, ended.output) == (RunStatus.SUCCEEDED, 2)


def test_waiting_ends_when_the_time_is_up(engine: Engine) -> None:
    run = engine.submit('1')

    with pytest.raises(WaitTimeout) as caught:
        engine.wait(run.id, timeout_seconds=0.01)

    assert str(caught.value) == (f'run {run.id} is still pending after 0.01 s; wait longer, or see that a worker runs')


def test_an_engine_is_used_by_several_threads(engine: Engine) -> None:
    def submit() -> None:
        for number in range(20):
            engine.submit(f'{number} + x', inputs={'x': number})

    threads = [threading.Thread(target=submit) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)

    assert len(engine.list(limit=1000)) == 80
