"""The pages of guarantees and of features name tests that there are."""

from __future__ import annotations

import ast
import re
from pathlib import Path

DOCUMENTS = Path(__file__).parents[2] / 'docs'
PAGE = DOCUMENTS / 'guarantees.md'


def promises() -> list[tuple[str, list[str]]]:
    """Return each promise of the page, with the tests that it names."""
    rows = re.findall(r'^\| (.+?) \| (`.+`) \|$', PAGE.read_text(encoding='utf-8'), re.MULTILINE)
    return [(promise, re.findall(r'`([^`]+)`', tests)) for promise, tests in rows]


def functions_of(file: str) -> set[str]:
    """Return the names of the functions that a test file defines."""
    path = Path(__file__).parent / file
    if not path.exists():
        return set()
    tree = ast.parse(path.read_text(encoding='utf-8'))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


def test_each_promise_names_a_test_that_there_is() -> None:
    named = [test for _, tests in promises() for test in tests]
    missing = [test for test in named if test.partition('::')[2] not in functions_of(test.partition('::')[0])]

    assert len(promises()) > 20
    assert missing == []


def test_each_promise_is_made_once() -> None:
    texts = [promise for promise, _ in promises()]

    assert len(texts) == len(set(texts))


def test_each_feature_names_a_test_that_there_is() -> None:
    named = re.findall(r'`(\w+\.py)::(\w+)`', (DOCUMENTS / 'features.md').read_text(encoding='utf-8'))
    missing = [f'{file}::{test}' for file, test in named if test not in functions_of(file)]

    assert len(named) > 50
    assert missing == []
