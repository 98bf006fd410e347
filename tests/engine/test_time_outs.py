"""What ends a call that takes too long: in execution, between signs of life, in the queue, or over all its attempts."""

from __future__ import annotations

import threading

import pytest

from monty_flow.engine import CallStatus, RetryAfter, RunStatus, current_call
from tests.engine.bench import Bench

CATCHING = 'try:\n    f()\nexcept TimeoutError as error:\n    x = str(error)\nx'


def test_a_function_that_gives_no_sign_of_life_is_given_up(bench: Bench) -> None:
    begun, signed, release = threading.Event(), threading.Event(), threading.Event()

    @bench.functions.function(name='f', retries=0, heartbeat_timeout_seconds=10)
    def silent() -> None:
        begun.wait(20)
        current_call().heartbeat()
        signed.set()
        release.wait(20)

    run = bench.engine.submit(CATCHING)
    with bench.working(run.id):
        bench.clock.advance(9)
        begun.set()
        signed.wait(20)
        bench.clock.advance(9)
        early = bench.engine.calls(run.id)
        bench.clock.advance(2)
    release.set()

    assert [call.status for call in early] in ([], [CallStatus.LEASED])
    assert bench.engine.result(run.id) == 'f() gave no sign of life for 10 s'


def test_an_attempt_without_a_sign_of_life_is_repeated(bench: Bench) -> None:
    release, begun = threading.Event(), threading.Event()

    @bench.functions.function(name='f', initial_delay_seconds=0, heartbeat_timeout_seconds=10)
    def silent() -> int:
        if current_call().attempt == 1:
            begun.set()
            release.wait(20)
        return current_call().attempt

    run = bench.engine.submit('f()')
    with bench.working(run.id):
        begun.wait(20)
        bench.clock.advance(11)
    release.set()

    assert bench.engine.result(run.id) == 2


def test_the_time_over_all_attempts_ends_an_attempt_for_good(bench: Bench) -> None:
    begun, release = threading.Event(), threading.Event()
    deadlines = []

    @bench.functions.function(name='f', initial_delay_seconds=0, timeout_seconds=50, total_timeout_seconds=60)
    def hang() -> None:
        deadlines.append(current_call().deadline)
        begun.set()
        release.wait(20)

    run = bench.engine.submit(CATCHING)
    with bench.working(run.id):
        begun.wait(20)
        begun.clear()
        bench.clock.advance(51)
        begun.wait(20)
        bench.clock.advance(10)
    release.set()

    [call] = bench.engine.calls(run.id)
    assert bench.engine.result(run.id) == 'f() took longer than 60 s over all its attempts'
    assert (call.attempts, call.failures) == (2, 2)
    assert [(deadline - call.created_at).total_seconds() for deadline in deadlines] == [50, 60]


def test_an_error_is_final_when_the_next_attempt_would_begin_after_the_time_over_all(bench: Bench) -> None:
    @bench.functions.function(name='f', total_timeout_seconds=60)
    def busy() -> None:
        raise RetryAfter(60) from ConnectionError('busy')

    run = bench.run('f()')

    assert (run.status, str(run.error)) == (RunStatus.FAILED, 'ConnectionError: busy')


def test_a_person_who_retries_a_call_gives_it_its_time_anew(bench: Bench) -> None:
    answers = [ValueError('no'), None]

    @bench.functions.function(name='f', retries=0, total_timeout_seconds=60, queue_timeout_seconds=60)
    def second_time() -> str:
        error = answers.pop(0)
        if error is not None:
            raise error
        return 'done'

    run = bench.run('f()')
    bench.clock.advance(1000)
    bench.engine.retry(run.id)
    bench.worker().run_until_idle()

    assert bench.engine.result(run.id) == 'done'


@pytest.mark.parametrize(
    ('option', 'message'),
    [
        ('queue_timeout_seconds', 'f() was not begun within 5 s'),
        ('total_timeout_seconds', 'f() took longer than 5 s over all its attempts'),
    ],
)
def test_a_call_that_no_worker_takes_in_time_is_a_time_out(bench: Bench, option: str, message: str) -> None:
    executed = []
    run = bench.run(CATCHING)
    bench.functions.function(name='f', **{option: 5})(lambda: executed.append(1))
    bench.clock.advance(6)
    bench.worker().run_until_idle()

    [call] = bench.engine.calls(run.id)
    assert bench.engine.result(run.id) == message
    assert (call.status, executed) == (CallStatus.FAILED, [])


def test_a_call_that_was_begun_in_time_may_wait_for_its_next_attempt(bench: Bench) -> None:
    @bench.functions.function(name='f', initial_delay_seconds=10, queue_timeout_seconds=1)
    def flaky() -> int:
        if current_call().attempt == 1:
            raise ConnectionError
        return current_call().attempt

    run = bench.run('f()')
    bench.clock.advance(100)
    bench.worker().run_until_idle()

    assert bench.engine.result(run.id) == 2


def test_a_call_in_the_queue_times_out_while_all_places_are_taken(bench: Bench) -> None:
    begun, release = threading.Event(), threading.Event()

    @bench.functions.function
    def hold() -> None:
        begun.set()
        release.wait(20)

    queued = bench.run(CATCHING)
    held = bench.engine.submit('hold()')
    with bench.working(queued.id, concurrency=1):
        begun.wait(20)
        bench.functions.function(name='f', queue_timeout_seconds=5)(lambda: None)
        bench.clock.advance(9)
        bench.engine.wait(queued.id)
        waiting = bench.engine.get(held.id).status
        release.set()

    assert bench.engine.result(queued.id) == 'f() was not begun within 5 s'
    assert waiting is RunStatus.WAITING
