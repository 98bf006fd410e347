"""What every test relies on: the surroundings of the person who runs them do not show through."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def no_surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take away what names a database of the machine that the tests run on."""
    monkeypatch.delenv('MONTY_FLOW_DATABASE', raising=False)
    monkeypatch.delenv('MONTY_FLOW_EFFECTS', raising=False)
    monkeypatch.setenv('NO_COLOR', '1')
    monkeypatch.setenv('COLUMNS', '100')
