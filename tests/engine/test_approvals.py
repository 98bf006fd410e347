"""Approvals: what a person decides, by a question of the script or for a function that requires it."""

from __future__ import annotations

from typing import Any

import pytest

from monty_flow.engine import ApprovalNotFound, CallKind, CallStatus, Functions, NameRefused, RunStatus
from tests.engine.bench import Bench

ASK = 'import flow\nd = flow.approve("Refund?")\n[d.approved, bool(d), d.by, d.comment, repr(d)]'
GUARDED = 'import flow\ntry:\n    r = refund("Ann", cents=5)\nexcept flow.Rejected as e:\n    r = f"{type(e).__name__}: {e}"\nr'


@pytest.fixture
def refunds(bench: Bench) -> list[Any]:
    """Return the refunds that were made, by a function that requires an approval."""
    made: list[Any] = []

    @bench.functions.function(requires_approval=True)
    def refund(name: str, cents: int) -> str:
        made.append((name, cents))
        return f'refunded {name}'

    return made


def test_a_script_gets_what_a_person_decided(bench: Bench) -> None:
    runs = [bench.run(ASK) for _ in range(2)]
    bench.engine.approve(runs[0].id, 1, by='Bo', comment='fine')
    bench.engine.reject(runs[1].id, 1)
    bench.worker().run_until_idle()

    assert (runs[0].status, runs[0].waiting_for) == (
        RunStatus.WAITING,
        'an approval of the call flow.approve (no worker is running)',
    )
    assert [bench.engine.result(run.id) for run in runs] == [
        [True, True, 'Bo', 'fine', "Approval(approved=True, by='Bo', comment='fine')"],
        [False, False, None, None, 'Approval(approved=False, by=None, comment=None)'],
    ]
    assert bench.engine.calls(runs[0].id)[0].kind is CallKind.APPROVAL


def test_what_waits_for_a_person_is_listed_over_all_runs_until_it_is_decided(bench: Bench, refunds: list[Any]) -> None:
    asking, guarded = bench.run(ASK), bench.run(GUARDED)
    bench.run('import flow\nflow.wait_signal("approval")')
    both = bench.engine.approvals()
    bench.engine.approve(asking.id, 1)

    assert [(each.run_id, each.call, each.function, each.question, each.args, each.kwargs) for each in both] == [
        (asking.id, 1, 'flow.approve', 'Refund?', ('Refund?', None), {}),
        (guarded.id, 1, 'refund', None, ('Ann',), {'cents': 5}),
    ]
    assert [each.run_id for each in bench.engine.approvals()] == [guarded.id]
    assert bench.engine.approvals(asking.id) == []


def test_a_function_that_requires_an_approval_is_executed_after_it(bench: Bench, refunds: list[Any]) -> None:
    run = bench.run(GUARDED)
    before = list(refunds)
    bench.engine.approve(run.id, 1)
    bench.worker().run_until_idle()

    assert run.waiting_for == 'an approval of the call refund (no worker is running)'
    assert (before, refunds) == ([], [('Ann', 5)])
    assert bench.engine.result(run.id) == 'refunded Ann'


def test_a_rejected_call_raises_rejected_in_the_script_and_is_not_executed(bench: Bench, refunds: list[Any]) -> None:
    run = bench.run(GUARDED)
    bench.engine.reject(run.id, 1, by='Bo', comment='no')
    bench.worker().run_until_idle()

    assert bench.engine.result(run.id) == 'Rejected: refund() was rejected by Bo: no'
    assert refunds == []
    [call] = bench.engine.calls(run.id)
    assert (call.status, str(call.error)) == (CallStatus.FAILED, 'Rejected: refund() was rejected by Bo: no')


def test_a_call_that_another_worker_made_is_held_by_the_one_that_knows_of_the_approval(
    bench: Bench, refunds: list[Any]
) -> None:
    submitted = bench.engine.submit(GUARDED)
    bench.worker(Functions()).run_until_idle()
    bench.worker().run_until_idle()
    asked = bench.engine.approvals()
    bench.engine.approve(submitted.id, 1)
    bench.worker().run_until_idle()

    assert [each.call for each in asked] == [1]
    assert bench.engine.result(submitted.id) == 'refunded Ann'


def test_an_approved_call_is_attempted_again_without_a_second_approval(bench: Bench) -> None:
    attempts = []

    @bench.functions.function(requires_approval=True, retries=1, initial_delay_seconds=0)
    def refund() -> int:
        attempts.append(1)
        if len(attempts) == 1:
            raise ConnectionError
        return len(attempts)

    run = bench.run('refund()')
    bench.engine.approve(run.id, 1)
    bench.worker().run_until_idle()

    assert bench.engine.result(run.id) == 2


def test_the_time_outs_of_a_function_begin_with_the_approval(bench: Bench) -> None:
    bench.functions.function(name='refund', requires_approval=True, total_timeout_seconds=10, queue_timeout_seconds=10)(
        lambda: 'done'
    )
    run = bench.run('refund()')
    bench.clock.advance(86400)
    bench.worker().run_until_idle()
    bench.engine.approve(run.id, 1)
    bench.worker().run_until_idle()

    assert bench.engine.result(run.id) == 'done'


def test_an_approval_that_nobody_gives_in_time_is_a_timeout_error(bench: Bench) -> None:
    run = bench.run(
        'import flow\ntry:\n    flow.approve("?", timeout=60)\nexcept TimeoutError as e:\n    r = str(e)\nr'
    )
    [asked] = bench.engine.approvals()
    bench.clock.advance(60)
    bench.worker().run_until_idle()

    assert asked.expires_at is not None
    assert (asked.expires_at - asked.asked_at).total_seconds() == 60
    assert bench.engine.result(run.id) == 'flow.approve(): no approval within 60 s'
    assert bench.engine.approvals() == []


def test_a_call_is_decided_upon_once(bench: Bench) -> None:
    run = bench.run(ASK)
    bench.engine.approve(run.id, 1)

    with pytest.raises(ApprovalNotFound) as caught:
        bench.engine.reject(run.id, 1)

    assert str(caught.value) == (
        f'call 1 of run {run.id} does not wait for an approval, or it was decided upon already; '
        'list the approvals to see those that do'
    )


def test_a_run_that_has_ended_asks_for_nothing_any_more(bench: Bench) -> None:
    run = bench.run(ASK)
    bench.engine.terminate(run.id)

    assert bench.engine.approvals() == []
    with pytest.raises(ApprovalNotFound):
        bench.engine.approve(run.id, 1)


def test_a_decision_on_a_paused_run_counts_when_it_is_resumed(bench: Bench, refunds: list[Any]) -> None:
    run = bench.run(GUARDED)
    bench.engine.pause(run.id)
    bench.engine.approve(run.id, 1)
    bench.worker().run_until_idle()
    before = list(refunds)
    bench.engine.resume(run.id)
    bench.worker().run_until_idle()

    assert (before, refunds) == ([], [('Ann', 5)])


@pytest.mark.parametrize(
    ('given', 'message'),
    [
        ({'by': ''}, 'the name of who decides has 0 characters; give from 1 to 200'),
        ({'comment': 'x' * 4001}, 'the comment must be a text of at most 4000 characters'),
        ({'comment': 7}, 'the comment must be a text of at most 4000 characters'),
    ],
)
def test_what_cannot_be_said_of_a_decision_is_refused(bench: Bench, given: Any, message: str) -> None:
    with pytest.raises(NameRefused) as caught:
        bench.engine.approve('0', 1, **given)

    assert str(caught.value) == message
