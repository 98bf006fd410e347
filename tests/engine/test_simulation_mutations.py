"""The simulator finds errors that are planted in the engine: each within a few seeds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from monty_flow.engine import begun
from monty_flow.engine.crew import Crew
from monty_flow.engine.outcomes import Returned
from monty_flow.engine.sharing import Room
from monty_flow.engine.store.sqlite import SqliteStore
from monty_flow.engine.transacting import Transacted
from tests.engine import simulation
from tests.engine.simulation import simulate
from tests.engine.simulation_watch import Violation

#: Seeds within which an error is found, and events after which runs that have not ended count as lost.
SEEDS, EVENTS = 4, 6_000

Plant = Callable[[pytest.MonkeyPatch], None]


def calls_of_lost_workers_stay(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(SqliteStore, 'recover', lambda store: 0)


def limits_of_queues_are_not_looked_at(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Room, 'has_room', lambda room, lane: True)


def what_is_rolled_back_stays(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Transacted, 'roll_back', Transacted.commit)


def a_result_is_recorded_that_is_not_that_of_the_function(patch: pytest.MonkeyPatch) -> None:
    commit = Crew._commit_within

    def committed(crew: Crew, within: Any, hand: Any, outcome: Returned) -> Any:
        return commit(crew, within, hand, replace(outcome, payload=b'\x00\x07', value=7))

    patch.setattr(Crew, '_commit_within', committed)


def the_calls_of_a_resumed_run_stay_held(patch: pytest.MonkeyPatch) -> None:
    execute = SqliteStore._execute

    def executed(store: SqliteStore, statement: Any, row: Any) -> int:
        names = ('release_held_calls', 'hand_over_calls')
        return 0 if statement in [store._statements[name] for name in names] else execute(store, statement, row)

    patch.setattr(SqliteStore, '_execute', executed)


def the_end_of_a_child_is_not_told(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(SqliteStore, 'wake_parent', lambda store, run_id: None)


def timers_are_made_too_short(patch: pytest.MonkeyPatch) -> None:
    # By much: the clock of the simulator goes in steps of up to 20 seconds.
    patch.setattr(begun, 'delay_seconds', lambda args: 0.0)
    patch.setattr(begun, 'sleep_seconds', lambda args, kwargs: (0.0, None))


def stale_steps_count_as_written(patch: pytest.MonkeyPatch) -> None:
    apply = SqliteStore.apply
    patch.setattr(SqliteStore, 'apply', lambda store, steps: [True] * len(apply(store, steps)))


@pytest.mark.parametrize(
    'plant',
    [
        stale_steps_count_as_written,
        timers_are_made_too_short,
        calls_of_lost_workers_stay,
        limits_of_queues_are_not_looked_at,
        what_is_rolled_back_stays,
        a_result_is_recorded_that_is_not_that_of_the_function,
        the_calls_of_a_resumed_run_stay_held,
        the_end_of_a_child_is_not_told,
    ],
)
def test_an_error_that_is_planted_in_the_engine_is_found(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(simulation, 'MAX_EVENTS', EVENTS)
    plant(monkeypatch)

    with pytest.raises(Violation) as caught:
        simulate_some()

    assert str(caught.value).startswith('seed ')


def simulate_some() -> None:
    for seed in range(SEEDS):
        simulate(seed)
