"""Databases that earlier code wrote are opened, and their runs go on."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from monty_flow.engine import Engine, Functions, RunStatus, Worker, database

GOLDEN = sorted((Path(__file__).parent / 'golden').glob('*.sqlite'))


@pytest.fixture(params=GOLDEN, ids=lambda path: path.stem)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """Return an engine on a copy of a golden database, brought to the schema of today."""
    copy = shutil.copy(request.param, tmp_path / 'flow.db')
    url = f'sqlite:///{copy}'
    database.upgrade(url)
    with Engine(url) as engine:
        yield engine


def test_the_runs_of_a_golden_database_go_on_to_the_end(engine: Engine) -> None:
    runs = {run.key: run.id for run in engine.list()}
    functions = Functions()
    functions.function(name='late')(lambda item: item[-1] + 1 if isinstance(item, tuple) else item + 1)
    worker = Worker(engine.url, functions)

    worker.run_until(runs['waiting'])
    worker.run_until(runs['pending'])

    assert engine.result(runs['waiting']) == [1, 11, 21, 'kept']
    assert engine.result(runs['pending']) == 22
    assert engine.result(runs['done']) == [20, None]
    assert {run.status for run in engine.list()} == {RunStatus.SUCCEEDED}


def test_what_a_golden_database_recorded_is_not_computed_again(engine: Engine) -> None:
    [waiting] = [run for run in engine.list() if run.key == 'waiting']

    calls = [(call.function, call.result) for call in engine.calls(waiting.id)]

    assert calls == [('early', 0), ('early', 10), ('early', 20), ('time.sleep', None), ('late', None)]
    assert [line.text for line in engine.logs(waiting.id)] == ['seen Oslo 0\n', 'seen Oslo 1\n', 'seen Oslo 2\n']
