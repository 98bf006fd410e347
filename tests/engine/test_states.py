"""The table of transitions."""

from __future__ import annotations

import pytest

from monty_flow.engine.states import (
    ENDED,
    RUN_TRANSITIONS,
    RunStatus,
    TransitionRefused,
    check_transition,
    sources_of,
)


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
