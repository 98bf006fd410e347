"""Every script of the corpus shows the same on CPython and in each way that the interpreter can run it."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from tests.differential import WAYS, Outcome, difference, run_newest_first, run_on_cpython

CORPUS = Path(__file__).parent / 'language'
SCRIPTS = {str(path.relative_to(CORPUS).with_suffix('')): path for path in sorted(CORPUS.glob('*/*.py'))}


@cache
def expected_outcome(script: str) -> Outcome:
    return run_on_cpython(SCRIPTS[script].read_text('utf-8'))


@pytest.mark.parametrize('way', WAYS)
@pytest.mark.parametrize('script', SCRIPTS)
def test_a_script_shows_the_same_as_on_cpython(script: str, way: str) -> None:
    source = SCRIPTS[script].read_text('utf-8')

    outcome = WAYS[way](source)

    found = difference(expected_outcome(script), outcome, way)
    assert not found, f'{SCRIPTS[script].relative_to(CORPUS.parent)} differs:\n{found}'


@pytest.mark.parametrize('script', [script for script in SCRIPTS if script.startswith('asynchronous/')])
def test_calls_at_once_may_be_answered_newest_first(script: str) -> None:
    source = SCRIPTS[script].read_text('utf-8')

    outcome = run_newest_first(source)

    found = difference(run_on_cpython(source, newest_first=True), outcome, 'newest first')
    assert not found, f'{SCRIPTS[script].relative_to(CORPUS.parent)} differs:\n{found}'


def test_the_corpus_is_there() -> None:
    assert len(SCRIPTS) >= 170
