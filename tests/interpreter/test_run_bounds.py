"""The kernel's bounds of a run in a child are set anew where those that are set do not fit it."""

from __future__ import annotations

import resource

import pytest

from monty_flow.interpreter.pool import walls

MEMORY, SLACK = 256 << 20, 16 << 20


class Kernel:
    """What was set last of each kind, with how often, and what the process takes."""

    def __init__(self) -> None:
        self.space, self.seconds = 100 << 20, 5.0
        self.soft: dict[int, int] = {}
        self.sets = 0

    def setrlimit(self, kind: int, limits: tuple[int, int]) -> None:
        self.soft[kind] = limits[0]
        self.sets += 1

    @property
    def room(self) -> tuple[int, float]:
        return self.soft[resource.RLIMIT_AS] - self.space, self.soft[resource.RLIMIT_CPU] - self.seconds


@pytest.fixture
def kernel(monkeypatch: pytest.MonkeyPatch) -> Kernel:
    made = Kernel()
    monkeypatch.setattr(walls.resource, 'setrlimit', made.setrlimit)
    monkeypatch.setattr(walls, 'address_space', lambda: made.space)
    monkeypatch.setattr(walls.time, 'process_time', lambda: made.seconds)
    return made


def test_bounds_that_fit_the_next_run_stay(kernel: Kernel) -> None:
    bounds = walls.RunBounds()
    bounds.fit(MEMORY, SLACK, 30.0)
    kernel.space += SLACK // 4
    kernel.seconds += 0.9

    bounds.fit(MEMORY, SLACK, 29.8)

    assert kernel.sets == 2


@pytest.mark.parametrize('grown', [SLACK, -SLACK, MEMORY])
def test_a_run_has_its_memory_and_no_more_however_the_process_has_grown(kernel: Kernel, grown: int) -> None:
    bounds = walls.RunBounds()
    bounds.fit(MEMORY, SLACK, 30.0)
    kernel.space += grown

    bounds.fit(MEMORY, SLACK, 30.0)

    assert kernel.room[0] == MEMORY + SLACK


@pytest.mark.parametrize(('passed', 'left'), [(10.0, 30.0), (0.0, 1.0), (3.0, 30.0), (0.5, 28.0)])
def test_a_run_has_its_seconds_and_a_few_more(kernel: Kernel, passed: float, left: float) -> None:
    bounds = walls.RunBounds()
    bounds.fit(MEMORY, SLACK, 30.0)
    kernel.seconds += passed

    bounds.fit(MEMORY, SLACK, left)

    assert 1 <= kernel.room[1] - left <= 4


def test_a_run_without_limits_has_none_whatever_was_set_before(kernel: Kernel) -> None:
    bounds = walls.RunBounds()
    bounds.fit(MEMORY, SLACK, 30.0)

    bounds.fit(None, SLACK, None)

    assert kernel.soft == {resource.RLIMIT_AS: walls.MAX_ADDRESS_SPACE, resource.RLIMIT_CPU: resource.RLIM_INFINITY}
