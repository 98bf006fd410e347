"""What every test relies on: the surroundings of the person who runs them do not show through."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings

# How long making an example takes says more about the machine's other work than about the test.
settings.register_profile('shared-machine', deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile('shared-machine')


@pytest.fixture(autouse=True)
def no_surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take away what names a database of the machine that the tests run on."""
    monkeypatch.delenv('MONTY_FLOW_DATABASE', raising=False)
    monkeypatch.delenv('MONTY_FLOW_EFFECTS', raising=False)
    monkeypatch.setenv('NO_COLOR', '1')
    monkeypatch.setenv('COLUMNS', '100')
