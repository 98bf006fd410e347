"""What docs/security.md says is so: the limits and their defaults, and the tests that it names."""

from __future__ import annotations

import ast
import re
from dataclasses import asdict
from pathlib import Path

import pytest

from monty_flow.interpreter import errors
from monty_flow.interpreter.limits import ResourceLimits
from tests.attacks import NAMED, OVERRUNS

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / 'docs' / 'security.md').read_text(encoding='utf-8')
NAMED_TESTS = re.findall(r'`(tests/[a-z_/]+\.py)::(test_\w+)`', PAGE)


def test_the_page_tells_each_limit_with_its_default_and_its_error() -> None:
    told = re.findall(r'^\| `(max_\w+)` \| (\S+) \| `(\w+)`', PAGE, re.MULTILINE)

    assert {name: default for name, default, _ in told} == {
        name: repr(value) for name, value in asdict(ResourceLimits()).items()
    }
    assert all(error == 'RecursionError' or issubclass(getattr(errors, error), errors.LimitError) for *_, error in told)


@pytest.mark.parametrize(('file', 'test'), NAMED_TESTS)
def test_each_test_that_the_page_names_is_there(file: str, test: str) -> None:
    tree = ast.parse((ROOT / file).read_text(encoding='utf-8'))

    assert test in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_the_page_names_tests() -> None:
    assert len(NAMED_TESTS) > 30


def test_the_page_has_no_class_of_attacks_that_is_not_there() -> None:
    table = PAGE.split('<!-- attacks: begin -->')[1].split('<!-- attacks: end -->')[0]
    titles = [line.split('|')[1].strip() for line in table.splitlines() if re.match(r'\| .* \| \d+ \|', line)]

    assert titles
    assert set(titles) <= {*OVERRUNS, *NAMED}
