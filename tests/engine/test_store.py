"""The conformance suite of the store: every dialect passes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from monty_flow.engine import ManualClock, RunFilter, payloads
from monty_flow.engine.errors import LargeValueMissing
from monty_flow.engine.large import Large
from monty_flow.engine.records import ErrorInfo
from monty_flow.engine.states import CallKind, CallStatus, RunStatus, TransitionRefused
from monty_flow.engine.store import Store, error_payload
from monty_flow.engine.transitions import Output
from tests.engine.builders import (
    SECOND,
    apply,
    claim,
    insert,
    new_call,
    new_run,
    paused,
    pausing,
    succeeded,
    transition,
)


def test_a_new_run_is_pending_and_waits_for_a_worker(store: Store) -> None:
    insert(store, 'a')

    run = store.get('a')

    assert run is not None
    assert (run.status, run.version, run.step) == (RunStatus.PENDING, 1, 0)
    assert run.waiting_for == 'a worker to start it: no worker is running'


def test_the_same_key_gives_the_first_run(store: Store) -> None:
    with store.transaction():
        ids = store.insert_runs([new_run('a', key='k'), new_run('b', key='k'), new_run('c')])

    assert ids == ['a', 'a', 'c']
    assert store.get('b') is None


def test_a_call_is_leased_by_one_session_only(store: Store, open_another: Callable[[], Store]) -> None:
    insert(store, 'a', 'b')

    first = claim(store, 'one', limit=1)
    second = claim(open_another(), 'two')

    assert [claimed.run_id for claimed in first] == ['a']
    assert [claimed.run_id for claimed in second] == ['b']


def test_claiming_a_start_makes_the_run_running(store: Store) -> None:
    insert(store, 'a')

    [claimed] = claim(store, 'one')

    run = store.get('a')
    assert run is not None
    assert (claimed.kind, claimed.attempt, claimed.status, claimed.version) == (
        CallKind.START, 1, RunStatus.RUNNING, 2,
    )  # fmt: skip
    assert (run.status, run.version, run.waiting_for) == (RunStatus.RUNNING, 2, None)


def test_calls_are_claimed_in_the_order_in_which_they_are_due(store: Store, clock: ManualClock) -> None:
    insert(store, 'late')
    with store.transaction():
        [late] = store.claim('nobody', frozenset(), 1)
        store.release('nobody', [late])
    clock.advance(1)
    insert(store, 'later')

    claims = claim(store, 'one')

    assert [claimed.run_id for claimed in claims] == ['late', 'later']


def test_a_call_of_a_function_that_a_worker_does_not_serve_is_left_to_others(store: Store) -> None:
    insert(store, 'a')
    [start] = claim(store, 'one')
    apply(store, paused(start, 'one', leased=False))

    unserved = claim(store, 'two', 'g')
    run = store.get('a')
    served = claim(store, 'three', 'f')

    assert unserved == []
    assert run is not None
    assert run.waiting_for == ("call f (attempt 1): no running worker serves the function 'f'; start one that does")
    assert [claimed.function for claimed in served] == ['f']


def test_a_step_records_everything_at_once(store: Store) -> None:
    insert(store, 'a')
    [start] = claim(store, 'one', 'f')

    stood = apply(store, paused(start, 'one', logs=(Output('stdout', 'hello\n'),), script_us=7))

    run = store.get('a')
    [call] = store.calls('a')
    [entry] = store.history('a')
    [line] = store.logs('a', 0)
    assert stood == [True]
    assert run is not None
    assert (run.status, run.version, run.step, run.waiting_for) == (
        RunStatus.WAITING, 3, 1, 'call f (attempt 1)',
    )  # fmt: skip
    assert (call.number, call.function, call.status, call.args, call.worker) == (
        1, 'f', CallStatus.LEASED, (1,), 'one',
    )  # fmt: skip
    assert (entry.version, entry.number, entry.run_status, entry.script_seconds) == (
        3, 0, RunStatus.WAITING, pytest.approx(7e-6),
    )  # fmt: skip
    assert (line.step, line.stream, line.text) == (0, 'stdout', 'hello\n')
    assert store.program(run.script_hash, 'a', 1).chain == ((1, payloads.wrap(b'snapshot')),)


def test_the_end_of_a_run_records_its_output(store: Store) -> None:
    insert(store, 'a')
    [start] = claim(store, 'one')

    apply(store, succeeded(start, 'one', {'x': (1, 2)}))

    run = store.get('a')
    assert run is not None
    assert (run.status, run.output, run.waiting_for) == (RunStatus.SUCCEEDED, {'x': (1, 2)}, None)
    assert run.finished_at is not None


def test_a_stale_transition_is_dropped_alone(store: Store) -> None:
    insert(store, 'a', 'b', 'c')
    first, second, third = claim(store, 'one')
    other_version = replace(succeeded(first, 'one'), from_version=first.version + 1)
    other_worker = replace(succeeded(second, 'one'), worker='two')

    stood = apply(store, other_version, other_worker, succeeded(third, 'one'))

    assert stood == [False, False, True]
    assert [run.status for run in store.list(None, 10, None)] == [
        RunStatus.SUCCEEDED, RunStatus.RUNNING, RunStatus.RUNNING,
    ]  # fmt: skip
    assert store.history('a') == []


def test_a_transition_is_written_once(store: Store) -> None:
    insert(store, 'a')
    [start] = claim(store, 'one')
    step = paused(start, 'one')

    stood = [apply(store, step), apply(store, step)]

    assert stood == [[True], [False]]
    assert len(store.history('a')) == 1


def test_a_transition_that_the_table_does_not_allow_is_refused(store: Store) -> None:
    insert(store, 'a')
    [start] = claim(store, 'one')

    with pytest.raises(TransitionRefused) as caught:
        apply(store, transition(start, 'one', to_status=RunStatus.RUNNING))

    assert str(caught.value) == (
        'a run that is running cannot become running; this is an error of the engine, report it'
    )


def test_a_failed_attempt_goes_back_until_it_is_due(store: Store, clock: ManualClock) -> None:
    insert(store, 'a')
    [start] = claim(store, 'one', 'f')
    apply(store, paused(start, 'one'))
    start.number, start.version, start.status, start.attempt = 1, 3, RunStatus.WAITING, 1
    start.step = start.last_call = start.oldest_call = 1
    due = store.now() + 2 * SECOND
    error = error_payload(ErrorInfo('ValueError', 'no'))
    apply(store, transition(start, 'one', call_status=CallStatus.PENDING, failures=1, due_at=due, error=error))

    early = claim(store, 'one', 'f')
    run = store.get('a')
    clock.advance(2)
    [again] = claim(store, 'one', 'f')

    assert early == []
    assert run is not None
    assert run.waiting_for == 'call f (attempt 2) at 2030-01-01T00:00:02Z after ValueError: no'
    assert (again.attempt, again.failures) == (2, 1)


def test_the_calls_of_a_lost_worker_are_pending_again(store: Store, clock: ManualClock) -> None:
    insert(store, 'a', 'b')
    first, _ = claim(store, 'one', 'f')
    apply(store, paused(first, 'one'))
    clock.advance(16)

    with store.transaction():
        recovered = store.recover()

    claims = claim(store, 'two', 'f')
    assert recovered == 2
    assert sorted((claimed.run_id, claimed.number, claimed.attempt) for claimed in claims) == [('a', 1, 2), ('b', 0, 2)]
    assert not apply(store, succeeded(first, 'one'))[0]


def test_a_renewed_lease_is_kept(store: Store, clock: ManualClock) -> None:
    insert(store, 'a')
    claim(store, 'one')
    clock.advance(14)
    with store.transaction():
        ends = store.renew_session('one', 15 * SECOND)
    clock.advance(14)

    with store.transaction():
        recovered = store.recover()

    assert ends == store.now() + SECOND
    assert recovered == 0


def test_a_session_that_was_ended_by_others_cannot_be_renewed(store: Store, clock: ManualClock) -> None:
    insert(store, 'a')
    claim(store, 'one')
    clock.advance(16)
    with store.transaction():
        store.recover()

    with store.transaction():
        ends = store.renew_session('one', 15 * SECOND)

    assert ends is None


def test_closing_a_session_hands_its_calls_back(store: Store) -> None:
    insert(store, 'a')
    claim(store, 'one')

    with store.transaction():
        store.close_session('one')

    run = store.get('a')
    assert run is not None
    assert run.status is RunStatus.PENDING


def test_a_call_that_is_released_unbegun_has_not_used_an_attempt(store: Store) -> None:
    insert(store, 'a')
    claims = claim(store, 'one')

    with store.transaction():
        store.release('one', claims)

    [again] = claim(store, 'two')
    assert again.attempt == 1


def test_next_due_is_the_next_moment_to_come(store: Store) -> None:
    insert(store, 'a')
    before = store.next_due()
    [start] = claim(store, 'one')
    due = store.now() + 60 * SECOND
    apply(store, pausing(start, 'one', new_call(1, kind=CallKind.TIMER, leased=False, due_at=due)))

    after = store.next_due()

    run = store.get('a')
    assert (before, after) == (None, due)
    assert run is not None
    assert run.waiting_for == 'timer until 2030-01-01T00:01:00Z'


def test_cancelling_ends_the_run_and_its_call(store: Store) -> None:
    insert(store, 'a')
    [start] = claim(store, 'one')
    apply(store, paused(start, 'one'))

    with store.transaction():
        cancelled, again = store.cancel('a'), store.cancel('a')

    run = store.get('a')
    [call] = store.calls('a')
    assert (cancelled, again) == (True, False)
    assert run is not None
    assert (run.status, call.status, call.worker) == (RunStatus.CANCELLED, CallStatus.CANCELLED, None)


def test_retrying_a_failed_run_makes_its_last_call_pending(store: Store) -> None:
    insert(store, 'a')
    [start] = claim(store, 'one')
    apply(store, paused(start, 'one'))
    start.number, start.version, start.status = 1, 3, RunStatus.WAITING
    start.step = start.last_call = start.oldest_call = 1
    error = error_payload(ErrorInfo('ValueError', 'no', 'Traceback ...'))
    apply(store, transition(start, 'one', to_status=RunStatus.FAILED, run_error=error, result=payloads.encode(1)))

    with store.transaction():
        retried, again = store.retry('a'), store.retry('a')

    run = store.get('a')
    [call] = store.calls('a')
    assert (retried, again) == (True, False)
    assert run is not None
    assert (run.status, run.error, run.finished_at) == (RunStatus.WAITING, None, None)
    assert (call.status, call.result, call.attempts) == (CallStatus.PENDING, None, 0)


def test_runs_are_listed_newest_first_and_in_pages(store: Store) -> None:
    insert(store, 'a', 'b', 'c')

    first = store.list(None, 2, None)
    second = store.list(None, 2, first[-1].id)
    pending = store.list(RunFilter(RunStatus.PENDING), 10, None)
    failed = store.list(RunFilter(RunStatus.FAILED), 10, None)

    assert [run.id for run in first] == ['c', 'b']
    assert [run.id for run in second] == ['a']
    assert [run.id for run in pending] == ['c', 'b', 'a']
    assert failed == []


def test_runs_are_found_by_the_beginning_of_their_id(store: Store) -> None:
    insert(store, 'aa', 'ab', 'b')

    assert [run.id for run in store.find('a')] == ['aa', 'ab']
    assert [run.id for run in store.find('ab')] == ['ab']
    assert store.find('c') == []


def test_logs_are_read_on_from_a_line(store: Store) -> None:
    insert(store, 'a')
    [start] = claim(store, 'one')
    apply(store, paused(start, 'one', logs=(Output('stdout', 'one\n'), Output('stderr', 'two\n'))))
    first, _ = store.logs('a', 0)

    later = store.logs('a', first.seq)

    assert [(line.stream, line.text) for line in later] == [('stderr', 'two\n')]


def test_an_error_in_a_transaction_undoes_all_of_it(store: Store) -> None:
    def insert_and_fail() -> None:
        with store.transaction():
            store.insert_runs([new_run('a')])
            raise RuntimeError('stop')

    with pytest.raises(RuntimeError, match=r'^stop$'):
        insert_and_fail()

    assert store.get('a') is None


def test_a_step_is_not_written_without_the_contents_that_have_left_it(store: Store) -> None:
    insert(store, 'a')
    [start] = claim(store, 'one')
    removed = Large(b'd' * 32, 1, 5, None, None, is_known=True)

    with pytest.raises(LargeValueMissing):
        store.commit([paused(start, 'one', large=(removed,))])

    assert store.history('a') == []


def test_commits_of_another_connection_show_in_changes(store: Store, open_another: Callable[[], Store]) -> None:
    other = open_another()
    before = store.changes()

    insert(other, 'a')

    assert store.changes() != before
