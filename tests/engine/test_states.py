"""The table of transitions."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

import pytest

from monty_flow.engine.states import (
    ENDED,
    RUN_TRANSITIONS,
    CallKind,
    CallStatus,
    RunStatus,
    TransitionRefused,
    check_transition,
    sources_of,
)
from tests.engine.states_page import meanings, page

PAGE = Path(__file__).parents[2] / 'docs' / 'states.md'


def test_the_page_is_the_one_that_the_tables_make() -> None:
    assert page() == PAGE.read_text(encoding='utf-8'), 'make it: python -m tests.engine.states_page > docs/states.md'


@pytest.mark.parametrize('kind', [RunStatus, CallStatus, CallKind])
def test_every_status_says_what_it_means(kind: type[StrEnum]) -> None:
    said = meanings(kind)

    assert list(said) == [member.value for member in kind]
    assert all(said.values())


def test_every_status_has_a_row() -> None:
    assert set(RUN_TRANSITIONS) == set(RunStatus)


def test_every_status_but_the_first_can_be_reached() -> None:
    reached = {target for targets in RUN_TRANSITIONS.values() for target in targets}

    assert reached == set(RunStatus)


def test_only_a_failed_run_leaves_an_end() -> None:
    assert {status for status in ENDED if RUN_TRANSITIONS[status]} == {RunStatus.FAILED}


def test_every_run_that_has_not_ended_can_be_cancelled() -> None:
    assert set(sources_of(RunStatus.CANCELLED)) == set(RunStatus) - ENDED


@pytest.mark.parametrize('current', list(RunStatus))
@pytest.mark.parametrize('target', list(RunStatus))
def test_what_is_not_in_the_table_is_refused(current: RunStatus, target: RunStatus) -> None:
    if target in RUN_TRANSITIONS[current]:
        check_transition(current, target)
        return

    with pytest.raises(TransitionRefused) as caught:
        check_transition(current, target)

    assert str(caught.value) == (
        f'a run that is {current} cannot become {target}; this is an error of the engine, report it'
    )
