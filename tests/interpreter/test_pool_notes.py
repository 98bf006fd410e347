"""A child that lies gets neither more time nor more calls than one that does not."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from monty_flow.interpreter.errors import PauseLimitError
from monty_flow.interpreter.limits import ResourceLimits
from monty_flow.interpreter.pool import messages
from monty_flow.interpreter.pool.exchange import Exchange
from monty_flow.interpreter.pool.lines import MOST_REQUESTS, Line, Request

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


def sent(*asked: Exchange) -> tuple[Any, list[Request[Any]]]:
    """Return a child that passes everything, and requests in its line."""
    child: Any = SimpleNamespace(line=Line(), receive=lambda until: ['passed'], send_bytes=lambda data: None)
    requests: list[Request[Any]] = []
    for asker in asked:
        requests.append(Request(lambda child: [], lambda child, message: None))
        requests[-1].address(child, asker)
        child.line.put(requests[-1], b'...')
    return child, requests


def test_a_child_passes_only_what_was_sent_behind_another_request() -> None:
    asked = exchange()
    _, [request] = sent(asked)

    with pytest.raises(messages.Broken, match='was not behind another'):
        asked.hear(request)


def test_a_child_passes_a_request_no_more_often_than_others_can_be_before_it() -> None:
    first, asked = exchange(), exchange()
    child, [_, request] = sent(first, asked)
    child.line.answered()
    for _ in range(MOST_REQUESTS):
        asked.hear(request)

    with pytest.raises(messages.Broken, match='was not behind another'):
        asked.hear(request)
