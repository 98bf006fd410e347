"""The page on the language says what the tables say, and its divergences are real ones."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest

from monty_flow import Monty, MontyError
from monty_flow.interpreter.divergences import DIVERGENCES, Divergence
from tests.language_page import page

PAGE = Path(__file__).parents[1] / 'docs' / 'language.md'


def on_cpython(script: str) -> Any:
    """Return the value of the last expression of a script."""
    tree = ast.parse(script)
    last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
    names: dict[str, Any] = {'__name__': '__main__'}
    exec(compile(tree, 'script', 'exec'), names)
    return None if last is None else eval(compile(ast.Expression(last.value), 'script', 'eval'), names)  # type: ignore[attr-defined]


def here(script: str) -> Any:
    try:
        return Monty(script).run()
    except MontyError as error:
        return str(error)


def test_the_page_is_the_one_that_the_tables_make() -> None:
    assert page() == PAGE.read_text(encoding='utf-8'), 'make it again: python -m tests.language_page > docs/language.md'


@pytest.mark.parametrize('row', DIVERGENCES, ids=lambda row: row.what)
def test_a_divergence_is_there_and_is_none_of_cpythons(row: Divergence) -> None:
    found = here(row.script)

    assert found == row.here or (isinstance(found, str) and str(row.here) in found)
    if row.script.startswith('try:\n    1 / 0'):
        return
    assert on_cpython(row.script) != row.here
