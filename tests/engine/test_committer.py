"""One transaction for all who are ready."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from monty_flow.engine.committer import MAX_BATCH, Committer, Step
from monty_flow.engine.store import Store
from monty_flow.engine.transitions import Claim, Transition
from tests.engine.builders import claim, insert, paused, succeeded


class Told:
    """Keeps what the committer tells."""

    def __init__(self) -> None:
        self.outcomes: dict[str, tuple[bool, BaseException | None]] = {}

    def settled(self, owner: str, stood: bool, error: BaseException | None) -> None:
        self.outcomes[owner] = (stood, error)


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def committer(store: Store, told: Told) -> Committer[str]:
    return Committer(store, told.settled)


def begun(store: Store, count: int) -> Sequence[Claim]:
    """Insert runs and claim them."""
    insert(store, *(f'{number:04}' for number in range(count)))
    return claim(store, 'one', limit=count)


def while_committing(committer: Committer[str], act: Any) -> None:
    """Act in other threads while a commit is in flight, and return when all is committed."""
    inside, go_on = threading.Event(), threading.Event()

    def hold(_: Store) -> None:
        inside.set()
        go_on.wait(10)

    holder = threading.Thread(target=committer.execute, args=(hold,))
    holder.start()
    inside.wait(10)
    act()
    go_on.set()
    holder.join(10)


def test_a_lone_step_is_committed_at_once_by_its_thread(store: Store, committer: Committer[str], told: Told) -> None:
    [start] = begun(store, 1)

    outcome = committer.submit(succeeded(start, 'one'), 'owner')

    assert outcome == (True, None)
    assert told.outcomes == {}


def test_a_relaxed_operation_is_on_the_disk_with_the_step_beside_which_it_is_written(
    store: Store, committer: Committer[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    [start] = begun(store, 1)
    begin, relaxed = store.transaction, []

    def transaction(**how: bool) -> Any:
        relaxed.append(how)
        return begin(**how)

    monkeypatch.setattr(store, 'transaction', transaction)

    committer.execute(lambda store: store.now(), relaxed=True)
    beside = threading.Thread(target=committer.execute, args=(lambda store: store.now(),), kwargs={'relaxed': True})

    def submit_both() -> None:
        assert committer.submit(succeeded(start, 'one'), start.run_id) is None
        beside.start()
        while len(committer._entries) < 2:
            threading.Event().wait(0.001)

    while_committing(committer, submit_both)
    beside.join(10)

    assert [how['relaxed'] for how in relaxed] == [True, False, False]


def test_steps_that_come_during_a_commit_share_the_next_one(
    store: Store, committer: Committer[str], told: Told
) -> None:
    claims = begun(store, 100)

    def submit_all() -> None:
        for start in claims:
            assert committer.submit(succeeded(start, 'one'), start.run_id) is None

    while_committing(committer, submit_all)

    assert committer.commits == 2
    assert told.outcomes == {start.run_id: (True, None) for start in claims}


def test_a_batch_is_bounded(store: Store, committer: Committer[str], told: Told) -> None:
    claims = begun(store, MAX_BATCH + 1)

    def submit_all() -> None:
        for start in claims:
            committer.submit(succeeded(start, 'one'), start.run_id)

    while_committing(committer, submit_all)

    assert committer.commits == 3
    assert len(told.outcomes) == MAX_BATCH + 1


def test_a_stale_step_is_dropped_and_the_others_stand(store: Store, committer: Committer[str], told: Told) -> None:
    first, second = begun(store, 2)

    def submit_both() -> None:
        committer.submit(replace(succeeded(first, 'one'), from_version=99), 'stale')
        committer.submit(succeeded(second, 'one'), 'good')

    while_committing(committer, submit_both)

    assert told.outcomes == {'stale': (False, None), 'good': (True, None)}


def test_a_step_that_cannot_be_written_does_not_take_the_others_with_it(
    store: Store, committer: Committer[str], told: Told
) -> None:
    first, second = begun(store, 2)
    unwritable: Transition = replace(paused(first, 'one'), script_us=object())  # type: ignore[arg-type]

    def submit_both() -> None:
        committer.submit(unwritable, 'bad')
        committer.submit(succeeded(second, 'one'), 'good')

    while_committing(committer, submit_both)

    stood, error = told.outcomes['bad']
    # Which one depends on the driver.
    assert (stood, isinstance(error, Exception)) == (False, True)
    assert told.outcomes['good'] == (True, None)
    assert store.history(first.run_id) == []


def test_a_job_returns_its_result_and_shares_the_transaction(store: Store, committer: Committer[str]) -> None:
    [start] = begun(store, 1)
    results = []

    def submit_both() -> None:
        committer.submit(succeeded(start, 'one'), 'owner')
        thread = threading.Thread(target=lambda: results.append(committer.execute(lambda store: store.next_due())))
        thread.start()
        threads.append(thread)

    threads: list[threading.Thread] = []
    while_committing(committer, submit_both)
    threads[0].join(10)

    assert results == [None]
    assert committer.commits <= 3


def test_the_error_of_a_job_reaches_the_one_who_asked(committer: Committer[str]) -> None:
    def fail(_: Store) -> None:
        raise ValueError('no')

    with pytest.raises(ValueError, match=r'^no$'):
        committer.execute(fail)


def test_nobody_waits_for_a_commit_in_which_the_thread_of_another_one_ended(
    store: Store, committer: Committer[str], told: Told
) -> None:
    [start] = begun(store, 1)
    ended = []

    def interrupt(_: Store) -> None:
        raise KeyboardInterrupt

    def interrupted() -> None:
        with pytest.raises(KeyboardInterrupt):
            committer.execute(interrupt)
        ended.append(committer.execute(lambda _: 'goes on'))

    # One thread has the step of another in its batch.
    committer._entries.append(Step(succeeded(start, 'one'), 'owner'))
    thread = threading.Thread(target=interrupted)
    thread.start()
    thread.join(10)

    assert ended == ['goes on']
    assert told.outcomes['owner'][0] is False
    assert isinstance(told.outcomes['owner'][1], KeyboardInterrupt)


def test_no_entry_is_left_behind_when_many_threads_hand_in(store: Store, committer: Committer[str], told: Told) -> None:
    claims = begun(store, 200)
    direct: list[str] = []

    def submit(part: Sequence[Claim]) -> None:
        for start in part:
            if committer.submit(succeeded(start, 'one'), start.run_id) is not None:
                direct.append(start.run_id)

    threads = [threading.Thread(target=submit, args=(claims[number::8],)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)

    assert sorted([*direct, *told.outcomes]) == [start.run_id for start in claims]


def test_steps_of_one_thread_share_a_commit_with_those_that_have_gathered(
    store: Store, committer: Committer[str], told: Told
) -> None:
    claims = begun(store, 4)
    together = [Step(succeeded(start, 'one'), start.run_id) for start in claims[:3]]
    outcomes: list[Any] = []
    thread = threading.Thread(target=lambda: outcomes.extend(committer.submit_together(together)))

    def submit_both() -> None:
        committer.submit(succeeded(claims[3], 'one'), 'other')
        thread.start()

    while_committing(committer, submit_both)
    thread.join(10)

    assert outcomes == [(True, None)] * 3
    assert told.outcomes == {'other': (True, None)}
