"""A child that lies gets neither more time nor more calls than one that does not."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from monty_flow.interpreter.errors import PauseLimitError
from monty_flow.interpreter.limits import ResourceLimits
from monty_flow.interpreter.pool import messages
from monty_flow.interpreter.pool.exchange import Exchange

CHILD: Any = SimpleNamespace(send=lambda message: None)


def exchange(**limits: Any) -> Exchange:
    script: Any = SimpleNamespace(code='')
    children: Any = None
    return Exchange(children, script, ResourceLimits(**limits), 0.0, None)


@pytest.mark.parametrize(('message', 'most'), [(['begin'], 2), (['computed'], 1), (['unknown', 'script'], 2)])
def test_what_gives_a_child_more_time_is_told_so_often_and_no_more(message: list[Any], most: int) -> None:
    asked = exchange()
    for _ in range(most):
        asked._noted(CHILD, message, {}, b'')

    with pytest.raises(messages.Broken, match='too often'):
        asked._noted(CHILD, message, {}, b'')


def test_calls_of_a_child_are_counted_outside_it_too() -> None:
    asked = exchange(max_pauses=2)
    made: list[int] = []
    call = ['call', 'f', messages.packed(()), messages.packed({}), []]
    for _ in range(2):
        asked._noted(CHILD, call, {'f': lambda: made.append(1)}, None)

    with pytest.raises(PauseLimitError):
        asked._noted(CHILD, call, {'f': lambda: made.append(1)}, None)
    assert len(made) == 2
