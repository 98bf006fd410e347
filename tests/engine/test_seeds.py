"""Many seeds of the simulator: all are run, a failing one is told of, and no process is begun when the time is over."""

from __future__ import annotations

import os

import pytest

from tests.engine import seeds
from tests.engine.seeds import main, run_on_cores
from tests.engine.simulation_watch import Violation


def one_fails(seed: int) -> int:
    if seed == 5:
        raise Violation('seed 5: broken')
    return 100


def test_all_seeds_are_run_and_those_that_fail_are_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seeds, 'simulate', one_fails)

    told = list(run_on_cores(range(10), 2, None, goes_on=True, a_process=3))

    assert sorted(each.seeds for each in told) == [1, 3, 3, 3]
    assert sum(each.events for each in told) == 900
    assert [text for each in told for text in each.violations] == ['seed 5: broken']


def test_no_seed_is_begun_when_the_time_is_over() -> None:
    assert list(run_on_cores(range(10), 2, 0.0, goes_on=False)) == []


def test_the_command_says_how_to_run_a_failing_seed_again(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(seeds, 'simulate', one_fails)

    code = main(['--first', '4', '--seeds', '4', '--jobs', '1'])

    assert code == 1
    assert capsys.readouterr().out.startswith(
        'seed 5: broken\nrun it again: python -m tests.engine.seeds --first 5 --seeds 1\n'
        '2 seeds from 4 on, 100 events, 1 violation; '
    )


def test_a_process_that_ends_without_a_word_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seeds, 'simulate', lambda seed: os._exit(9))

    with pytest.raises(RuntimeError, match=r'^a process that ran seeds ended without a word: '):
        list(run_on_cores(range(2), 1, None, goes_on=False))
