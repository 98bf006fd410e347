"""The conformance suite of the store for steps that begin or settle several calls: every dialect passes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from monty_flow.engine import ManualClock, payloads
from monty_flow.engine.records import ErrorInfo
from monty_flow.engine.states import CallStatus, RunStatus
from monty_flow.engine.store import Store, error_payload
from monty_flow.engine.transitions import Claim, Transition
from tests.engine.builders import claim, insert, new_call, pausing, settled, transition


def waiting(store: Store, session: str = 'one', count: int = 3) -> list[Claim]:
    """Return the claims of the calls for which a run waits at once, all leased by the session."""
    insert(store, 'a')
    [start] = claim(store, session, 'f')
    calls = [new_call(number, future=number, leased=False) for number in range(1, count + 1)]
    with store.transaction():
        assert store.apply([pausing(start, session, *calls)]) == [True]
    return sorted(claim(store, session, 'f'), key=lambda each: each.number)


def settling(claims: list[Claim], session: str = 'one', **changes: object) -> Transition:
    """Return the step that settles these calls and leaves the run waiting."""
    first = claims[0]
    calls = tuple(settled(each, result=payloads.encode(each.number)) for each in claims)
    return replace(transition(first, session, oldest_call=1), settled=calls, **changes)  # type: ignore[arg-type]


def write(store: Store, *steps: Transition) -> list[bool]:
    return store.commit(list(steps))


def statuses(store: Store) -> list[str]:
    return [call.status.value for call in store.calls('a')]


def test_a_step_begins_several_calls(store: Store) -> None:
    claims = waiting(store)

    assert [(each.number, each.future, each.last_call, each.oldest_call) for each in claims] == [
        (1, 1, 3, 1), (2, 2, 3, 1), (3, 3, 3, 1),
    ]  # fmt: skip
    run = store.get('a')
    assert run is not None
    assert run.waiting_for == '3 calls at once: 3 of f'


def test_a_step_settles_several_calls_with_an_entry_for_each(store: Store) -> None:
    claims = waiting(store)

    stood = write(store, settling(claims[:2], oldest_call=3))

    run = store.get('a')
    assert run is not None
    assert stood == [True]
    assert statuses(store) == ['done', 'done', 'leased']
    assert [(entry.version, entry.number) for entry in store.history('a')] == [(3, 0), (4, 1), (4, 2)]
    assert run.version == 4
    assert run.waiting_for == 'call f (attempt 1)'


def test_a_step_of_several_calls_stands_only_if_all_are_still_leased(
    store: Store, open_another: Callable[[], Store], clock: ManualClock
) -> None:
    claims = waiting(store)
    with store.transaction():
        store.release('one', claims[1:2])
    [taken] = claim(open_another(), 'two', 'f')

    stood = write(store, settling(claims[:2]))

    assert taken.number == 2
    assert stood == [False]
    assert statuses(store) == ['leased'] * 3
    assert [entry.number for entry in store.history('a')] == [0]


def test_of_two_steps_from_one_version_one_stands(store: Store) -> None:
    first, second, _ = waiting(store)

    stood = [write(store, settling([each])) for each in (first, second)]

    assert stood == [[True], [False]]
    assert statuses(store) == ['done', 'leased', 'leased']


def test_where_a_run_stands_is_told_with_its_calls_under_way(store: Store) -> None:
    first, second, _ = waiting(store)
    write(store, settling([first]))
    ready = settled(second, status=CallStatus.READY, result=payloads.encode('kept'), step=None)
    write(store, replace(settling([second]), from_version=second.version + 1, settled=(ready,), oldest_call=2))

    standing = store.standing('a')

    assert standing is not None
    assert (standing.version, standing.status, standing.step, standing.last_call) == (5, RunStatus.WAITING, 1, 3)
    assert [(call.number, call.future, call.status, call.worker) for call in standing.calls] == [
        (2, 2, CallStatus.READY, None), (3, 3, CallStatus.LEASED, 'one'),
    ]  # fmt: skip
    assert standing.calls[0].result == payloads.encode('kept')
    assert store.standing('b') is None


def test_recorded_calls_are_taken_given_up_or_held(store: Store) -> None:
    first, second, third = waiting(store)
    ready = settled(first, status=CallStatus.READY, result=payloads.encode(1), step=None)
    write(store, replace(settling([first]), settled=(ready,)))
    step = replace(settling([second], given_up=(3,), taken=(1,)), from_version=second.version + 1)

    stood = write(store, step)

    assert stood == [True]
    assert statuses(store) == ['done', 'done', 'cancelled']
    assert not write(store, replace(settling([third]), from_version=third.version + 2))[0]


def test_a_failed_run_holds_its_calls_and_a_retry_lets_them_go(store: Store) -> None:
    first, _, third = waiting(store)
    ready = settled(third, status=CallStatus.READY, result=payloads.encode('kept'), step=None)
    write(store, replace(settling([third]), settled=(ready,)))
    error = error_payload(ErrorInfo('ValueError', 'no'))
    failing = replace(
        settling([first], holds_others=True, run_error=error, to_status=RunStatus.FAILED),
        from_version=first.version + 1,
    )
    write(store, failing)
    held = statuses(store)
    with store.transaction():
        assert store.retry('a')

    again = {each.number: each for each in claim(store, 'two', 'f')}

    assert held == ['done', 'held', 'ready']
    assert [(number, again[number].is_over) for number in sorted(again)] == [(1, False), (2, False), (3, True)]
    assert again[3].result == payloads.encode('kept')


def test_what_a_transactional_function_gave_is_only_handed_over_after_a_crash(store: Store) -> None:
    first, *_ = waiting(store)

    with store.transaction():
        recorded = store.record_result('a', first.number, 'one', payloads.encode('written'))
        too_late = store.record_result('a', first.number, 'two', payloads.encode('other'))
        store.close_session('one')

    again = min(claim(store, 'two', 'f'), key=lambda each: each.number)
    assert (recorded, too_late) == (True, False)
    assert (again.number, again.is_over, again.result) == (1, True, payloads.encode('written'))
