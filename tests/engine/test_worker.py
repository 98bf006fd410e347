"""What a worker does with runs, through the engine and a real database."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from random import Random
from typing import Any

import pytest

from monty_flow.engine import (
    CallKind,
    CallStatus,
    FunctionRefused,
    Functions,
    RunFailed,
    RunStatus,
    SettingRefused,
    Submission,
    Worker,
    current_call,
    stepping,
)
from monty_flow.engine.isolation import Isolation
from monty_flow.engine.keys import codec_of
from monty_flow.engine.machinery import Machinery, WorkerSettings
from monty_flow.engine.secrecy import Secrets
from monty_flow.engine.shift import Shift
from monty_flow.engine.store import Store, open_store
from tests.engine.bench import HANG_SECONDS, Bench
from tests.engine.builders import SECOND, lose_session


def test_a_script_without_calls_succeeds_in_one_step(bench: Bench) -> None:
    run = bench.run('x * y', x=6, y=7)

    assert (run.status, run.output, run.step) == (RunStatus.SUCCEEDED, 42, 0)


def test_calls_are_executed_and_their_results_recorded(bench: Bench) -> None:
    bench.functions.function(name='add')(lambda a, b=1: a + b)

    run = bench.run('add(add(1), b=10)')

    assert run.output == 12
    assert [(call.number, call.args, call.kwargs, call.result) for call in bench.engine.calls(run.id)] == [
        (1, (1,), {}, 2),
        (2, (2,), {'b': 10}, 12),
    ]
    assert [entry.number for entry in bench.engine.history(run.id)] == [0, 1, 2]


def test_async_functions_are_awaited_side_by_side(bench: Bench) -> None:
    arrived: list[str] = []
    both = asyncio.Event()

    @bench.functions.function
    async def meet(name: str) -> str:
        arrived.append(name)
        if len(arrived) == 2:
            both.set()
        await both.wait()
        return f'{name} at call {current_call().call_number}'

    runs = bench.engine.submit_many([Submission('meet(name)', {'name': name}) for name in ('a', 'b')])

    bench.worker().run_until_idle()

    assert [bench.engine.result(run.id) for run in runs] == ['a at call 1', 'b at call 1']


def test_what_a_script_prints_is_kept_by_step(bench: Bench) -> None:
    bench.functions.function(name='f')(lambda: None)

    run = bench.run('print("one"); print("two", end=""); f(); print("three")')

    assert [(line.step, line.stream, line.text) for line in bench.engine.logs(run.id)] == [
        (0, 'stdout', 'one\n'),
        (0, 'stdout', 'two'),
        (1, 'stdout', 'three\n'),
    ]


def test_an_error_of_the_script_fails_the_run_with_its_traceback(bench: Bench) -> None:
    run = bench.run('x = 1\nx / 0')

    assert (run.status, run.error.type, run.error.message) == (
        RunStatus.FAILED, 'ZeroDivisionError', 'division by zero',
    )  # fmt: skip
    assert run.error.traceback.startswith('Traceback (most recent call last):\n  File "main.py", line 2')
    with pytest.raises(RunFailed) as caught:
        bench.engine.result(run.id)
    assert str(caught.value) == (
        f'run {run.id} failed with ZeroDivisionError: division by zero; '
        'mend the cause and retry it, or submit a new run'
    )


def test_a_failed_attempt_is_repeated_after_its_delay(bench: Bench) -> None:
    @bench.functions.function(initial_delay_seconds=10)
    def flaky() -> int:
        if current_call().attempt < 3:
            raise ConnectionError('busy')
        return current_call().attempt

    waiting = bench.run('flaky()')
    statuses = []
    for _ in range(2):
        bench.clock.advance(20)
        bench.worker().run_until_idle()
        statuses.append(bench.engine.get(waiting.id).status)

    [call] = bench.engine.calls(waiting.id)
    assert waiting.waiting_for.startswith('call flaky (attempt 2) at 2030-01-01T00:00:')
    assert waiting.waiting_for.endswith(' after ConnectionError: busy: no worker is running')
    assert statuses == [RunStatus.WAITING, RunStatus.SUCCEEDED]
    assert (call.attempts, call.failures, call.result) == (3, 2, 3)


def test_the_last_error_is_raised_in_the_script(bench: Bench) -> None:
    @bench.functions.function(retries=0)
    def broken() -> None:
        raise KeyError('k')

    run = bench.run('try:\n    broken()\nexcept KeyError as error:\n    x = repr(error)\nx')

    [call] = bench.engine.calls(run.id)
    assert (run.status, run.output) == (RunStatus.SUCCEEDED, "KeyError('k')")
    assert (call.status, str(call.error)) == (CallStatus.FAILED, "KeyError: 'k'")


def test_an_error_that_is_not_retried_is_final_at_once(bench: Bench) -> None:
    @bench.functions.function(no_retry_on=(ValueError,))
    def refuse() -> None:
        raise ValueError('never')

    run = bench.run('refuse()')

    assert (run.status, str(run.error)) == (RunStatus.FAILED, 'ValueError: never')
    assert [call.attempts for call in bench.engine.calls(run.id)] == [1]


def test_a_result_that_cannot_cross_is_a_final_error_in_the_script(bench: Bench) -> None:
    bench.functions.function(name='f')(object)

    run = bench.run('try:\n    f()\nexcept TypeError as error:\n    text = str(error)\ntext')

    assert run.output == (
        'the result of f() cannot be stored: a value of type builtins.object has no stored form; '
        'pass plain values, not nested too deeply'
    )


def test_a_result_is_a_copy(bench: Bench) -> None:
    kept: list[int] = [1]
    bench.functions.function(name='f')(lambda: kept)

    run = bench.run('x = f()\nx.append(2)\nf()')

    assert (run.output, kept) == ([1], [1])


def test_a_sync_function_over_its_time_out_is_given_up(bench: Bench) -> None:
    release, begun = threading.Event(), threading.Event()

    @bench.functions.function(retries=0, timeout_seconds=5)
    def hang() -> str:
        begun.set()
        release.wait(20)
        return 'too late'

    submitted = bench.engine.submit('try:\n    hang()\nexcept TimeoutError as error:\n    x = str(error)\nx')
    thread = threading.Thread(target=bench.worker(concurrency=1).run_until, args=(submitted.id,))
    thread.start()
    begun.wait(HANG_SECONDS)
    bench.clock.advance(6)
    thread.join(HANG_SECONDS)
    release.set()

    assert bench.engine.result(submitted.id) == 'hang() took longer than 5 s'


def test_an_async_function_over_its_time_out_is_cancelled(bench: Bench) -> None:
    begun, cancelled = threading.Event(), threading.Event()

    @bench.functions.function(retries=0, timeout_seconds=5)
    async def hang() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.set()
            raise

    submitted = bench.engine.submit('hang()')
    thread = threading.Thread(target=bench.worker().run_until, args=(submitted.id,))
    thread.start()
    begun.wait(HANG_SECONDS)
    bench.clock.advance(6)
    thread.join(HANG_SECONDS)

    assert cancelled.wait(HANG_SECONDS)
    assert str(bench.engine.get(submitted.id).error) == 'TimeoutError: hang() took longer than 5 s'


def test_sleep_is_a_row_until_it_is_due(bench: Bench) -> None:
    waiting = bench.run('import time\ntime.sleep(3600)\n"awake"')
    bench.clock.advance(3599)
    bench.worker().run_until_idle()
    early = bench.engine.get(waiting.id)
    bench.clock.advance(1)
    bench.worker().run_until_idle()

    [call] = bench.engine.calls(waiting.id)
    assert waiting.waiting_for == 'timer until 2030-01-01T01:00:00Z (no worker is running)'
    assert early.status is RunStatus.WAITING
    assert bench.engine.result(waiting.id) == 'awake'
    assert (call.kind, call.function, call.args) == (CallKind.TIMER, 'time.sleep', (3600,))


@pytest.mark.parametrize(
    ('argument', 'message'),
    [
        ('-1', 'ValueError: sleep length must be non-negative'),
        ('"x"', "TypeError: 'str' object cannot be interpreted as an integer"),
        ('float("nan")', 'ValueError: Invalid value NaN (not a number)'),
        ('1e300', 'OverflowError: timestamp out of range for platform time_t'),
        ('', 'TypeError: time.sleep() takes exactly one argument (0 given)'),
    ],
)
def test_a_sleep_that_cannot_be_is_an_error_of_the_script(bench: Bench, argument: str, message: str) -> None:
    run = bench.run(f'import time\ntime.sleep({argument})')

    assert (run.status, str(run.error)) == (RunStatus.FAILED, message)


def test_a_call_of_an_unknown_function_waits_for_a_worker_that_serves_it(bench: Bench) -> None:
    others = Functions()
    others.function(name='f')(lambda: 'done')

    waiting = bench.run('f()')
    bench.worker(others).run_until(waiting.id)

    assert waiting.waiting_for == 'call f (attempt 1): no worker is running'
    assert bench.engine.result(waiting.id) == 'done'


def test_another_worker_goes_on_from_the_database(bench: Bench) -> None:
    first, second = Functions(), Functions()
    first.function(name='f')(lambda x: x + 1)
    second.function(name='g')(lambda x: x * 10)
    submitted = bench.engine.submit('def go(n):\n    a = f(n)\n    b = g(a)\n    return f(b)\ngo(1)')

    for functions in (first, second, first):
        bench.worker(functions).run_until_idle()

    assert bench.engine.result(submitted.id) == 21


def test_many_runs_share_commits(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    shifts: list[Shift] = []
    close = Shift.close
    monkeypatch.setattr(Shift, 'close', lambda shift: (shifts.append(shift), close(shift)))
    # On a busy machine each step may take longer than that, and such runs are left to threads of their own, with commits of their own.
    monkeypatch.setattr('monty_flow.engine.rounds.PATIENCE_SECONDS', HANG_SECONDS)
    bench.functions.function(name='f')(lambda x: x)
    submissions = [Submission('for i in range(10):\n    f(i)\nn', {'n': number}) for number in range(50)]
    runs = bench.engine.submit_many(submissions)

    bench.worker(concurrency=50).run_until_idle()

    assert [bench.engine.result(run.id) for run in runs] == list(range(50))
    assert shifts[0].commits < 50 * 11 / 4


def test_more_runs_than_places_are_all_done(bench: Bench) -> None:
    bench.functions.function(name='f')(lambda x: x)
    runs = bench.engine.submit_many([Submission('f(n)', {'n': number}) for number in range(30)])

    bench.worker(concurrency=3).run_until_idle()

    assert [bench.engine.result(run.id) for run in runs] == list(range(30))


def test_a_result_that_comes_after_the_termination_is_dropped(bench: Bench) -> None:
    begun, release = threading.Event(), threading.Event()

    @bench.functions.function
    def slow() -> str:
        begun.set()
        release.wait(HANG_SECONDS)
        return 'late'

    submitted = bench.engine.submit('slow()')
    worker = bench.worker()
    thread = threading.Thread(target=worker.run_until_idle)
    thread.start()
    begun.wait(HANG_SECONDS)
    bench.engine.terminate(submitted.id)
    release.set()
    thread.join(HANG_SECONDS)

    run = bench.engine.get(submitted.id)
    [call] = bench.engine.calls(submitted.id)
    assert (run.status, run.output) == (RunStatus.CANCELLED, None)
    assert (call.status, call.result) == (CallStatus.CANCELLED, None)


def test_a_failed_run_goes_on_from_its_last_call(bench: Bench) -> None:
    answers: list[Callable[[], int]] = [lambda: 0, lambda: 5]
    counted: list[str] = []
    bench.functions.function(name='once')(lambda: counted.append('once'))
    bench.functions.function(name='divisor')(lambda: answers.pop(0)())

    failed = bench.run('once()\n10 / divisor()')
    retried = bench.engine.retry(failed.id)
    bench.worker().run_until_idle()

    assert (failed.status, retried.status) == (RunStatus.FAILED, RunStatus.WAITING)
    assert bench.engine.result(failed.id) == 2.0
    assert counted == ['once']


def test_a_run_that_failed_before_its_first_call_starts_again(bench: Bench) -> None:
    failed = bench.run('1 / 0')

    retried = bench.engine.retry(failed.id)
    bench.worker().run_until_idle()

    assert retried.status is RunStatus.PENDING
    assert bench.engine.get(failed.id).status is RunStatus.FAILED


def test_an_error_of_the_engine_sets_the_call_back_and_then_pauses_the_run(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.functions.function(name='f')(lambda: 'done')

    def fail(*_: Any) -> Any:
        raise MemoryError('none left')

    monkeypatch.setattr(stepping, 'resume', fail)
    submitted = bench.engine.submit('f()')
    statuses = []
    for _ in range(3):
        bench.worker(max_setbacks=3).run_until_idle()
        statuses.append(bench.engine.get(submitted.id).status)
        bench.clock.advance(60)
    run = bench.engine.get(submitted.id)
    monkeypatch.undo()
    bench.engine.retry(submitted.id)
    bench.worker().run_until_idle()

    assert statuses == [RunStatus.WAITING, RunStatus.WAITING, RunStatus.PAUSED]
    assert str(run.error) == 'MemoryError: none left'
    assert bench.engine.result(submitted.id) == 'done'


def test_a_call_that_takes_its_workers_with_it_pauses_the_run(bench: Bench) -> None:
    executed: list[int] = []
    bench.functions.function(name='f')(lambda: executed.append(1))
    submitted = bench.engine.submit('f()')
    lost = open_store(bench.url, bench.clock)
    for number in range(2):
        with lost.transaction():
            lost.open_session(f'lost {number}', 'lost', [], SECOND)
            lost.claim(f'lost {number}', frozenset(), 1)
            lose_session(lost, f'lost {number}')
    lost.close()

    bench.worker(max_setbacks=2).run_until_idle()

    run = bench.engine.get(submitted.id)
    assert (run.status, run.waiting_for) == (RunStatus.PAUSED, 'a retry by a person')
    assert str(run.error) == 'RuntimeError: the call was begun 2 times and never came to an end'
    assert executed == []


def test_a_step_that_cannot_be_written_is_written_later(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    executed: list[int] = []
    failures = [OSError('disk full')]
    failed = threading.Event()
    apply = Store.apply

    def sometimes(store: Store, transitions: Any) -> Any:
        if executed and failures:
            failed.set()
            raise failures.pop()
        return apply(store, transitions)

    monkeypatch.setattr(Store, 'apply', sometimes)
    bench.functions.function(name='f')(lambda: executed.append(1))
    submitted = bench.engine.submit('f()\n"done"')
    thread = threading.Thread(target=bench.worker().run_until, args=(submitted.id,))
    thread.start()
    failed.wait(HANG_SECONDS)
    while thread.is_alive():
        bench.clock.advance(1)
        thread.join(0.05)

    assert bench.engine.result(submitted.id) == 'done'
    assert executed == [1]


def test_a_worker_whose_lease_was_taken_over_begins_a_new_session(bench: Bench) -> None:
    begun, release = threading.Event(), threading.Event()
    attempts: list[int] = []

    @bench.functions.function
    def slow() -> int:
        attempts.append(current_call().attempt)
        if len(attempts) == 1:
            begun.set()
            release.wait(HANG_SECONDS)
        return current_call().attempt

    submitted = bench.engine.submit('slow()')
    # This one looks so seldom that its lease runs out while the function is executed.
    sleeper = bench.worker(poll_seconds=30, lease_seconds=10)
    thread = threading.Thread(target=sleeper.run_until, args=(submitted.id,))
    thread.start()
    begun.wait(HANG_SECONDS)
    bench.clock.advance(11)
    bench.worker().run_until(submitted.id)
    release.set()
    thread.join(HANG_SECONDS)

    assert not thread.is_alive()
    assert bench.engine.result(submitted.id) == 2
    assert [entry.attempt for entry in bench.engine.history(submitted.id)] == [1, 2]


def test_a_worker_that_is_told_to_stop_ends_the_call_and_hands_the_run_back(bench: Bench) -> None:
    begun, release = threading.Event(), threading.Event()

    @bench.functions.function
    def slow() -> str:
        begun.set()
        release.wait(HANG_SECONDS)
        return 'ended'

    bench.functions.function(name='then')(lambda text: text)
    submitted = bench.engine.submit('then(slow())')
    worker = bench.worker()
    thread = threading.Thread(target=worker.run)
    thread.start()
    begun.wait(HANG_SECONDS)
    worker.stop()
    release.set()
    thread.join(HANG_SECONDS)

    first, second = bench.engine.calls(submitted.id)
    assert not thread.is_alive()
    assert (first.status, first.result) == (CallStatus.DONE, 'ended')
    assert (second.status, second.attempts, second.worker) == (CallStatus.PENDING, 0, None)


def test_a_function_that_raises_system_exit_does_not_end_the_worker(bench: Bench) -> None:
    @bench.functions.function(retries=0)
    def leave() -> None:
        raise SystemExit(3)

    run = bench.run('leave()')

    assert (run.status, run.error.message) == (RunStatus.FAILED, 'SystemExit: 3')


@pytest.mark.parametrize(
    ('settings', 'message'),
    [
        ({'concurrency': 0}, 'concurrency=0 is not a whole number from 1 on'),
        ({'max_setbacks': 1.5}, 'max_setbacks=1.5 is not a whole number from 0 on'),
        ({'lease_seconds': -1}, 'lease_seconds=-1 is not a number of seconds from 0 on'),
        ({'poll_seconds': '1'}, "poll_seconds='1' is not a number of seconds from 0 on"),
        ({'isolation': 'jail'}, "isolation='jail' is none; write 'process' or 'none'"),
    ],
)
def test_settings_with_which_no_worker_works_are_refused(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(SettingRefused) as caught:
        Worker('sqlite:///flow.db', Functions(), **settings)

    assert str(caught.value) == message


def test_functions_that_are_not_registered_are_refused() -> None:
    with pytest.raises(FunctionRefused) as caught:
        Worker('sqlite:///flow.db', {'print': print})  # type: ignore[arg-type]

    assert str(caught.value) == 'the functions of a worker are of type dict; register them with Functions()'


class HeldPool:
    """A pool whose tasks are done when a test says so."""

    def __init__(self, size: int, work: Callable[[Any], None], name: str) -> None:
        self.tasks: list[Any] = []
        self._work = work

    def put(self, task: Any) -> None:
        """Keep a task."""
        self.tasks.append(task)

    def stop(self) -> None:
        """Do nothing."""

    def do_all(self) -> None:
        """Do the tasks, and those that follow from them."""
        while self.tasks:
            self._work(self.tasks.pop(0))


class HeldLoop:
    """A loop whose coroutines are begun when a test says so."""

    def __init__(self) -> None:
        self.coroutines: list[Coroutine[Any, Any, None]] = []

    def spawn(self, key: Any, coroutine: Coroutine[Any, Any, None]) -> None:
        """Keep a coroutine."""
        self.coroutines.append(coroutine)

    def stop(self) -> None:
        """Do nothing."""

    def do_all(self) -> None:
        """Run the coroutines to their ends."""
        while self.coroutines:
            asyncio.run(self.coroutines.pop(0))


@contextmanager
def held_shift(bench: Bench, functions: Functions) -> Iterator[tuple[Shift, HeldPool, HeldLoop]]:
    """Return a shift that does nothing by itself."""
    pools: list[HeldPool] = []
    loop = HeldLoop()

    def made(*given: Any) -> Any:
        pools.append(HeldPool(*given))
        return pools[-1]

    shift = Shift(
        bench.url, functions, WorkerSettings(isolation=Isolation.NONE), 'held', bench.clock, Random(1), threading.Event(),
        codec_of(bench.url, bench.clock), Secrets({}), machinery=Machinery(pool=made, loop=lambda _: loop),  # type: ignore[arg-type, return-value]
    )  # fmt: skip
    try:
        yield shift, pools[0], loop
    finally:
        shift.close()


def lose_lease(bench: Bench, shift: Shift) -> None:
    """Let the lease run out, and the shift begin another session."""
    bench.clock.advance(60)
    with bench.engine._store.transaction():
        bench.engine._store.recover()
    shift.turn()


def test_a_call_whose_lease_ran_out_before_it_was_begun_is_executed_under_the_next_one_only(bench: Bench) -> None:
    executed: list[int] = []
    run = bench.run('f()')
    functions = Functions()
    functions.function(name='f')(lambda: executed.append(1))
    with held_shift(bench, functions) as (shift, pool, _):
        shift.turn()
        lose_lease(bench, shift)
        # The one of the lease that ran out, and the one of the next.
        tasks = len(pool.tasks)
        pool.do_all()

    assert (tasks, executed, bench.engine.get(run.id).status) == (2, [1], RunStatus.SUCCEEDED)


def test_an_async_call_that_the_loop_did_not_come_to_within_the_lease_is_executed_under_the_next_one_only(
    bench: Bench,
) -> None:
    executed: list[int] = []
    run = bench.run('f()')
    functions = Functions()

    @functions.function
    async def f() -> None:
        executed.append(current_call().attempt)

    with held_shift(bench, functions) as (shift, pool, loop):
        shift.turn()
        pool.do_all()
        lose_lease(bench, shift)
        pool.do_all()
        begun = len(loop.coroutines)
        loop.do_all()
        pool.do_all()

    assert (begun, executed, bench.engine.get(run.id).status) == (2, [2], RunStatus.SUCCEEDED)


def test_an_async_call_that_the_loop_comes_to_when_the_lease_is_over_is_handed_back(bench: Bench) -> None:
    executed: list[int] = []
    run = bench.run('f()')
    functions = Functions()

    @functions.function
    async def f() -> None:
        executed.append(current_call().attempt)

    with held_shift(bench, functions) as (shift, pool, loop):
        shift.turn()
        pool.do_all()
        # Nobody has taken it over yet, and this worker has not seen that its time is over.
        bench.clock.advance(60)
        loop.do_all()
        pool.do_all()
    early, [call] = list(executed), bench.engine.calls(run.id)
    bench.worker(functions).run_until_idle()

    assert (early, call.status.value, executed, bench.engine.get(run.id).status) == (
        [],
        'pending',
        [1],
        RunStatus.SUCCEEDED,
    )
