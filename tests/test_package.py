"""The names that the package promises are exactly the ones that it has, and it says which release it is."""

from __future__ import annotations

import importlib
import importlib.metadata
import tomllib
from pathlib import Path

import pytest

import monty_flow
from monty_flow.interpreter.release import RELEASE

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize(
    'module', ['monty_flow', 'monty_flow.interpreter', 'monty_flow.engine', 'monty_flow.server', 'monty_flow.cli']
)
def test_every_promised_name_is_there_once(module: str) -> None:
    package = importlib.import_module(module)

    assert len(set(package.__all__)) == len(package.__all__)
    assert [name for name in package.__all__ if not hasattr(package, name)] == []


@pytest.mark.parametrize(
    'module', ['monty_flow', 'monty_flow.interpreter', 'monty_flow.engine', 'monty_flow.server', 'monty_flow.cli']
)
def test_no_public_name_is_missing_from_the_promise(module: str) -> None:
    package = importlib.import_module(module)
    ours = {
        name
        for name, value in vars(package).items()
        if not name.startswith('_') and getattr(value, '__module__', '').startswith('monty_flow.')
    }

    assert ours - set(package.__all__) == set()


@pytest.mark.parametrize('module', ['monty_flow', 'monty_flow.interpreter'])
def test_names_that_are_loaded_late_are_listed(module: str) -> None:
    # Also what `help(monty_flow)` goes by.
    package = importlib.import_module(module)

    assert set(package.__all__) <= set(dir(package))


def test_the_installed_version_is_the_one_of_the_project_file() -> None:
    project = tomllib.loads((ROOT / 'pyproject.toml').read_text(encoding='utf-8'))['project']

    assert importlib.metadata.version('monty-flow') == project['version']


def test_snapshots_tell_the_release_of_the_package() -> None:
    assert RELEASE == monty_flow.__version__ == importlib.metadata.version('monty-flow')


def test_the_changelog_tells_of_this_version() -> None:
    changelog = (ROOT / 'CHANGELOG.md').read_text(encoding='utf-8')

    assert f'## {importlib.metadata.version("monty-flow")}' in changelog


def test_the_package_says_that_it_is_typed() -> None:
    assert (Path(monty_flow.__file__).parent / 'py.typed').is_file()
