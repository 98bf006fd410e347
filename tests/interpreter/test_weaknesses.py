"""Every public weakness class of Python sandboxes, in scripts; see `tests/attacks/weaknesses.py`."""

from __future__ import annotations

import re

import pytest

from monty_flow.interpreter.limits import ResourceLimits
from tests.attacks.escapes import SCRIPTS as ESCAPES
from tests.attacks.weaknesses import HARMLESS, LIMITS, REFUSED
from tests.interpreter.attacking import end_of, in_child

SHORT = ResourceLimits(max_duration_secs=0.2, max_memory=32 * 1024 * 1024)
LONG = ResourceLimits(max_duration_secs=5.0)
#: Little memory is needed to show something, and little time; scripts that loop end by the latter.
SHOWING = ResourceLimits(max_duration_secs=1.0, max_memory=64 * 1024 * 1024)
ENDINGS = frozenset({'refused', 'raised', 'limited', 'ended'})
#: An address, a module or function of ours, a path of the host that no script has named.
HOST = re.compile(
    r'0x[0-9a-f]{6,}|monty_flow|/python3|/usr/|/home/|/root/|site-packages|\$main|\bb_[a-z]+|\bm_[a-z]+\(|[A-Z]\w+Functions\.|root:x:'
)
#: An address, a path of the host, a class of ours.
LEAK = re.compile(r'0x[0-9a-f]{6,}|monty_flow|/python|/usr|/home|/root|/work|<bound method|site-packages|\$main')


@pytest.mark.parametrize('source', LIMITS, ids=lambda source: ascii(source)[:60])
def test_a_limit_is_not_caught_delayed_or_hidden(source: str) -> None:
    def attack() -> str:
        ending = end_of(source, SHORT)
        return f'{ending.kind} {ending.text}'

    _, kind, text = f'{in_child(attack, 30.0)} '.split(' ', 2)

    assert kind in ('limited', 'refused')
    assert kind == 'refused' or 'escaped' not in text


@pytest.mark.parametrize('title', REFUSED)
def test_what_leads_out_is_refused_or_is_an_error(title: str) -> None:
    endings = [(source, end_of(source, LONG)) for source in REFUSED[title]]

    assert [source for source, ending in endings if ending.kind not in ('refused', 'raised', 'limited')] == []
    assert [(source, ending.text) for source, ending in endings if LEAK.search(ending.text)] == []


@pytest.mark.parametrize(('source', 'shown'), HARMLESS, ids=lambda value: ascii(value)[:50])
def test_what_may_be_asked_shows_nothing_of_the_host(source: str, shown: str) -> None:
    ending = end_of(source, LONG)

    assert (ending.kind, ending.text) == ('ended', shown)
    assert not LEAK.search(ending.text)


@pytest.mark.parametrize('title', ESCAPES)
def test_what_a_script_can_show_tells_nothing_of_the_host(title: str) -> None:
    def attack() -> str:
        endings = [(source, end_of(source, SHOWING)) for source in ESCAPES[title]]
        strange = [source for source, ending in endings if ending.kind not in ENDINGS]
        return repr(strange + [(source, found) for source, ending in endings if (found := HOST.search(ending.text))])

    assert in_child(attack, 300.0).split(' ', 1)[1] == '[]'


def test_a_handler_at_the_depth_of_the_stack_meets_no_error_of_ours() -> None:
    source = (
        'def f():\n    try: f()\n    except RecursionError:\n        for i in range(3000): pass\n        raise\nf()'
    )

    ending = end_of(source, LONG)

    assert ending.kind == 'raised'
    assert 'ArgumentError' not in ending.text
