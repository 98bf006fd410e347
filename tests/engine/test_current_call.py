"""What a function learns of its call, and what it says: progress, and that it stops when it is asked to."""

from __future__ import annotations

import threading

import pytest

from monty_flow.engine import CallCancelled, CallContext, CallStatus, current_call, executing
from monty_flow.engine.committer import Committer
from tests.engine.bench import Bench


def test_progress_is_seen_from_outside_while_the_function_is_executed(bench: Bench) -> None:
    said, release = threading.Event(), threading.Event()

    @bench.functions.function
    def copy() -> None:
        current_call().heartbeat({'done': 3, 'of': 10})
        said.set()
        release.wait(20)

    run = bench.engine.submit('copy()')
    with bench.working(run.id):
        said.wait(20)
        while not (call := bench.engine.calls(run.id)[0]).progress_at:
            threading.Event().wait(0.002)
        release.set()

    assert call.progress == {'done': 3, 'of': 10}
    assert call.status is CallStatus.LEASED


def test_progress_costs_no_commits_of_its_own(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[int] = []
    post = Committer.post

    @bench.functions.function
    def count() -> None:
        for number in range(1000):
            current_call().heartbeat(number)

    monkeypatch.setattr(Committer, 'post', lambda *args: (written.append(1), post(*args)))
    run = bench.run('count()')

    [call] = bench.engine.calls(run.id)
    assert (call.progress, len(written)) == (999, 1)


def test_the_next_attempt_finds_the_progress_of_the_one_before(bench: Bench) -> None:
    @bench.functions.function(initial_delay_seconds=0)
    def copy(pages: int) -> list[int]:
        call = current_call()
        begin = call.last_progress() or 0
        for page in range(begin, pages):
            call.heartbeat(page + 1)
            if page == 3 and call.attempt == 1:
                raise ConnectionError('cut')
        return [begin, pages]

    run = bench.run('copy(10)')

    assert (run.output, bench.engine.calls(run.id)[0].progress) == ([4, 10], 10)


def test_progress_that_cannot_be_stored_is_an_error_of_the_function(bench: Bench) -> None:
    @bench.functions.function(retries=0)
    def f() -> None:
        current_call().heartbeat(object())

    run = bench.run('f()')

    assert run.error.message == (
        'ValueRefused: the progress of f() cannot be stored: a value of type builtins.object has no stored form; '
        'pass plain values, not nested too deeply'
    )


def test_a_function_that_was_given_up_sees_that_it_is_cancelled(bench: Bench) -> None:
    begun, reasons = threading.Event(), []

    @bench.functions.function(retries=0, timeout_seconds=5)
    def hang() -> None:
        begun.set()
        if current_call().wait_cancelled(20):
            reasons.append(current_call().cancel_reason)

    run = bench.engine.submit('hang()')
    with bench.working(run.id):
        begun.wait(20)
        bench.clock.advance(6)
    while not reasons:
        threading.Event().wait(0.002)

    assert reasons == ['hang() took longer than 5 s']


@pytest.mark.parametrize('is_async', [False, True])
def test_a_worker_that_stops_hands_a_long_call_over_with_its_progress(bench: Bench, is_async: bool) -> None:
    begun = threading.Event()
    effects: list[tuple[int, object]] = []

    def until_stopped() -> str:
        call = current_call()
        effects.append((call.attempt, call.idempotency_key.endswith('/1')))
        if len(effects) == 1:
            call.heartbeat('half')
            begun.set()
            call.wait_cancelled(20)
            call.raise_if_cancelled()
        return 'whole'

    async def until_stopped_async() -> str:
        return until_stopped()

    bench.functions.function(name='f')(until_stopped_async if is_async else until_stopped)
    run = bench.engine.submit('f()')
    with bench.working(run.id) as worker:
        begun.wait(20)
        worker.stop()
    [handed_over] = bench.engine.calls(run.id)
    bench.worker().run_until_idle()

    assert (handed_over.status, handed_over.attempts, handed_over.progress) == (CallStatus.PENDING, 0, 'half')
    assert bench.engine.result(run.id) == 'whole'
    # No attempt was lost by this.
    assert effects == [(1, True), (1, True)]


def test_the_first_reason_of_a_cancellation_counts() -> None:
    call = CallContext('run', 1, 1, 'f')

    before = call.wait_cancelled(0)
    call.cancel('first')
    call.cancel('second')

    assert not before
    assert call.wait_cancelled()
    with pytest.raises(CallCancelled) as caught:
        call.raise_if_cancelled()
    assert str(caught.value) == 'the call was cancelled: first'


def test_a_function_can_be_tested_without_a_worker() -> None:
    with executing(CallContext('run', 1, 2, 'f')):
        current_call().heartbeat('any')
        said = current_call().last_progress()

    assert said is None


def test_the_key_is_the_same_for_all_attempts_of_a_call(bench: Bench) -> None:
    keys: list[str] = []

    @bench.functions.function(retries=2, initial_delay_seconds=0)
    def flaky(fails: int) -> None:
        keys.append(current_call().idempotency_key)
        if current_call().attempt <= fails:
            raise ConnectionError

    run = bench.run('flaky(2)\nflaky(0)')

    assert keys == [f'{run.id}/1'] * 3 + [f'{run.id}/2']
