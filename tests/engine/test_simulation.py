"""The engine under the simulator: no seed breaks a promise, and the simulator would notice."""

from __future__ import annotations

import pytest

from monty_flow.engine.store.sqlite import SqliteStore
from tests.engine import simulation
from tests.engine.simulation import World, simulate
from tests.engine.simulation_scripts import SCENARIOS, SCHEDULES
from tests.engine.simulation_watch import Violation

SEEDS_AT_A_TIME = 8


@pytest.mark.parametrize('first', range(0, 48, SEEDS_AT_A_TIME))
def test_no_seed_breaks_a_promise(first: int) -> None:
    for seed in range(first, first + SEEDS_AT_A_TIME):
        simulate(seed)


def test_a_seed_goes_the_same_way_each_time() -> None:
    worlds = [World(7), World(7)]
    for world in worlds:
        world.run()

    first, second = (
        world.connection.execute('SELECT run_id, version, number, worker, at FROM history ORDER BY 1, 2, 3').fetchall()
        for world in worlds
    )
    assert first == second


@pytest.mark.parametrize('name', SCENARIOS)
def test_each_script_comes_to_its_end(name: str) -> None:
    simulate(1, [name])


@pytest.mark.parametrize('name', SCHEDULES)
def test_each_schedule_makes_its_runs(name: str) -> None:
    simulate(1, ['sequence'], [name])


def test_calls_of_lost_workers_that_never_come_back_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(simulation, 'MAX_EVENTS', 5_000)
    monkeypatch.setattr(SqliteStore, 'recover', lambda store: 0)

    with pytest.raises(Violation, match=r'^seed \d: Violation: runs were lost: \['):
        simulate_some()


def simulate_some() -> None:
    for seed in range(5):
        simulate(seed, ['gathered', 'narrow'])


def test_a_recorded_result_that_changes_is_noticed() -> None:
    world = World(1, ['sequence'])
    world.run()
    world.connection.execute("UPDATE calls SET result = x'00c0' WHERE function = 'work' AND status = 'done'")

    with pytest.raises(Violation, match=r'^the result of .+/\d+ changed$'):
        world.watch.look()
