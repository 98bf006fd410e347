"""Finding functions by their place."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from monty_flow.engine import FunctionsNotFound, load_functions

MODULE = """
from monty_flow.engine import Functions

functions = Functions()
number = 5


@functions.function
def double(x):
    return 2 * x
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return the current folder, which holds a module of functions and one that cannot be imported."""
    (tmp_path / 'flow_tools.py').write_text(MODULE)
    (tmp_path / 'flow_broken.py').write_text('import flow_missing_neighbour')
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, 'path', sys.path.copy())
    yield tmp_path
    for name in ('flow_tools', 'flow_broken'):
        sys.modules.pop(name, None)


@pytest.mark.parametrize('place', ['flow_tools:functions', 'flow_tools.py:functions'])
def test_functions_are_found_by_module_and_by_file(folder: Path, place: str) -> None:
    assert load_functions(place).names == {'double'}


def test_a_file_in_another_folder_is_found(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / 'elsewhere').mkdir()
    monkeypatch.chdir(folder / 'elsewhere')

    assert load_functions(f'{folder}/flow_tools.py:functions').names == {'double'}


EXAMPLE = 'package.module:functions or path/to/file.py:functions'


@pytest.mark.parametrize(
    ('place', 'message'),
    [
        ('flow_tools', f"'flow_tools' does not name functions; write {EXAMPLE}"),
        ('flow_tools:', f"'flow_tools:' does not name functions; write {EXAMPLE}"),
        ('nowhere.py:functions', f'there is no file nowhere.py; write {EXAMPLE}'),
        ('flow_nowhere.deep:functions', f"there is no module 'flow_nowhere.deep'; write {EXAMPLE}"),
        ('flow_tools:funktions', "flow_tools has no 'funktions'; it has functions"),
        (
            'flow_tools:number',
            'flow_tools:number is of type int; it must be a Functions object: functions = Functions()',
        ),
    ],
)
def test_a_place_that_leads_nowhere_is_refused(folder: Path, place: str, message: str) -> None:
    with pytest.raises(FunctionsNotFound) as caught:
        load_functions(place)

    assert str(caught.value) == message


@pytest.mark.parametrize('place', ['flow_broken:functions', 'flow_broken.py:functions'])
def test_an_error_of_the_module_itself_passes_through(folder: Path, place: str) -> None:
    with pytest.raises(ModuleNotFoundError) as caught:
        load_functions(place)

    assert str(caught.value) == "No module named 'flow_missing_neighbour'"
