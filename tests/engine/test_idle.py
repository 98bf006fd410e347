"""What a worker asks of its database while there is nothing to do."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any
from unittest import mock

import pytest

from monty_flow.engine import DatabaseUnavailable, Engine, Functions, ManualClock, database
from monty_flow.engine.codec import Codec
from monty_flow.engine.isolation import Isolation
from monty_flow.engine.machinery import Machinery, WorkerSettings
from monty_flow.engine.secrecy import Secrets
from monty_flow.engine.shift import Shift
from monty_flow.engine.store import Store, open_store
from tests.engine.builders import SECOND

SECONDS = 60
#: Looks a second, each of which is to cost next to nothing.
TURNS = 50
#: Statements a second of a worker that has nothing to do: the lease, the leases of others, deadlines, limits, and pruning.
MOST_STATEMENTS = 4.0


class Counter:
    """Counts the statements of stores, by the thread that drives them."""

    def __init__(self) -> None:
        self.statements = 0
        self.looks = 0

    def open(self, url: str, clock: ManualClock) -> Store:
        """Open a store whose statements are counted."""
        store: Any = open_store(url, clock)
        for name in ('_query', '_execute', '_execute_many'):
            setattr(store, name, self._counted(getattr(store, name), 'statements'))
        store.changes = self._counted(store.changes, 'looks')
        return store

    def _counted(self, operate: Any, what: str) -> Any:
        def counted(*given: Any) -> Any:
            setattr(self, what, getattr(self, what) + 1)
            return operate(*given)

        return counted


@pytest.fixture
def counter() -> Counter:
    """Return a counter of statements."""
    return Counter()


@pytest.fixture
def shift(url: str, clock: ManualClock, counter: Counter, tmp_path: Path) -> Iterator[Shift]:
    """Return a shift that has opened its session and found nothing to do."""
    database.upgrade(url)
    functions = Functions()

    @functions.function()
    def fetch() -> None: ...

    made = Shift(
        url, functions, WorkerSettings(isolation=Isolation.NONE), 'idle', clock, Random(1), threading.Event(),
        Codec(None), Secrets({}), machinery=Machinery(open_store=counter.open),
    )  # fmt: skip
    made.turn()
    yield made
    made.close()


def pass_time(shift: Shift, clock: ManualClock) -> None:
    for _ in range(SECONDS * TURNS):
        clock.advance(1 / TURNS)
        shift.turn()


def test_an_idle_worker_asks_a_few_questions_a_second(shift: Shift, clock: ManualClock, counter: Counter) -> None:
    before = counter.statements

    pass_time(shift, clock)

    assert counter.statements - before <= MOST_STATEMENTS * SECONDS


def asked_in_some_turns(shift: Shift, counter: Counter) -> tuple[int, int]:
    statements, looks = counter.statements, counter.looks
    for _ in range(TURNS):
        shift.turn()
    return counter.statements - statements, counter.looks - looks


def test_an_idle_worker_looks_for_changes_once_a_turn_and_asks_nothing_else(shift: Shift, counter: Counter) -> None:
    pause = threading.Event()
    for _ in range(1000):
        # A listener that has begun to listen counts as a change once.
        asked = asked_in_some_turns(shift, counter)
        if asked[0] == 0:
            break
        pause.wait(0.005)

    assert asked == (0, TURNS)


def test_a_sleeping_run_costs_an_idle_worker_nothing(
    shift: Shift, clock: ManualClock, counter: Counter, url: str
) -> None:
    with Engine(url, clock=clock) as engine:
        for _ in range(50):
            engine.submit('1', delay_seconds=10 * SECONDS)
    shift.turn()
    before = counter.statements

    pass_time(shift, clock)

    assert counter.statements - before <= MOST_STATEMENTS * SECONDS


def test_a_lease_is_renewed_also_when_what_follows_cannot_be_done(
    shift: Shift, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    lease_ends = shift._crew.lease_ends
    monkeypatch.setattr(shift._writer, 'recover', mock.Mock(side_effect=DatabaseUnavailable('a lock is not to be had')))
    clock.advance(WorkerSettings().lease_seconds / 2)
    shift.turn()

    assert shift._crew.lease_ends == lease_ends + round(WorkerSettings().lease_seconds / 2 * SECOND)
