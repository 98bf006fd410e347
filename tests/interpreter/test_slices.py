"""Searches run in slices of time, by which what the engine takes in memory is judged."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import cycle
from typing import Any

import pytest

from monty_flow.interpreter.limits import ResourceLimits
from monty_flow.interpreter.modules.pattern_syntax import compile_native, parse
from monty_flow.interpreter.modules.slices import in_slices, matches_in_slices
from monty_flow.interpreter.runtime.run import Run
from tests.attacks.measuring import MB, in_process

LIMITS = ResourceLimits(max_duration_secs=2.0, max_memory=64 * MB)
TEXTS = ['', 'a', 'b a', 'ab ba', 'aab\nab', 'bb', ' a\n\na b', 'abab']
PATTERNS = [
    '', 'a*', 'a|', '|a', r'\b', '(?<=a)b', '(?<!a)b?', '^', '$', 'a*?', '(a)|(b)*', r'\B', '(?=a)|a', '(?m)^a?', r'\b|a', '(?<=^a)b?',
]  # fmt: skip


class Halting:
    """An engine whose time is up after so many matches, none at all now and then."""

    def __init__(self, engine: Any) -> None:
        self._engine = engine
        self._counts = cycle([0, 1, 0, 0, 2, 1, 3])

    def finditer(self, text: str, start: int, end: int, **options: Any) -> Iterator[Any]:
        left = next(self._counts)
        for found in self._engine.finditer(text, start, end):
            if not left:
                raise TimeoutError
            left -= 1
            yield found


def made_run() -> Run:
    run = Run(None, LIMITS)  # type: ignore[arg-type]
    run.fill(10**6)
    return run


@pytest.mark.parametrize('pattern', PATTERNS)
def test_a_search_that_is_begun_anew_finds_what_one_in_one_piece_does(pattern: str) -> None:
    engine: Any = Halting(compile_native(parse(pattern, 0)))
    for text in TEXTS:
        found = matches_in_slices(made_run(), lambda: 1e9, engine, text, 0, len(text))

        assert [(match.span(), match.groups()) for match in found] == [
            (match.span(), match.groups()) for match in re.finditer(pattern, text)
        ]


def test_a_search_gets_more_time_until_it_has_all_that_there_is() -> None:
    given: list[float] = []

    def search(timeout: float, concurrent: bool = False) -> None:
        given.append(timeout)
        raise TimeoutError

    with pytest.raises(TimeoutError):
        in_slices(made_run(), lambda: 0.04, search)

    assert given[:2] == [0.005, 0.01]
    assert given[-1] == 0.04


@pytest.mark.parametrize(
    'source',
    [
        "import re\nre.fullmatch('(?:(a)|(b)|(c))*?d', 'abc' * 10**6 + 'xd')",
        "import re\nre.match('a(?:_?b)*c', 'a' + '_b' * 10**6)",
        "import re\nre.findall('(?:' + '(a?)' * 90 + 'b)*d', 'b' * 19000 + 'cd')",
        "import html.parser\nhtml.parser.HTMLParser().feed('<a ' + 'b ' * 10**6)",
    ],
)
def test_what_a_search_may_go_back_to_counts_as_memory(source: str) -> None:
    measured = in_process(source, LIMITS)

    assert measured.kind == 'limited'
    assert measured.nbytes < (64 + 16 + 8) * MB
