"""The database comes from the option, the environment, the project file, or the default, in this order."""

from __future__ import annotations

from pathlib import Path

import pytest
import typer

from monty_flow.cli.database import DEFAULT, VARIABLE, database_url


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a folder whose pyproject.toml names a database."""
    (tmp_path / 'pyproject.toml').write_text("[tool.monty-flow]\ndatabase = 'sqlite:///project.db'\n")
    return tmp_path


def test_the_option_goes_over_everything(project: Path) -> None:
    url = database_url('sqlite:///option.db', environment={VARIABLE: 'sqlite:///variable.db'}, folder=project)

    assert url == 'sqlite:///option.db'


def test_the_environment_goes_over_the_project_file(project: Path) -> None:
    assert (
        database_url(None, environment={VARIABLE: 'sqlite:///variable.db'}, folder=project) == 'sqlite:///variable.db'
    )


def test_an_empty_variable_counts_as_none(project: Path) -> None:
    assert database_url(None, environment={VARIABLE: ''}, folder=project) == 'sqlite:///project.db'


def test_the_project_file_goes_over_the_default(project: Path) -> None:
    assert database_url(None, environment={}, folder=project) == 'sqlite:///project.db'


def test_without_any_it_is_a_file_in_the_current_folder(tmp_path: Path) -> None:
    assert database_url(None, environment={}, folder=tmp_path) == DEFAULT == 'sqlite:///monty-flow.db'


def test_a_project_file_of_others_is_no_reason_to_fail(tmp_path: Path) -> None:
    (tmp_path / 'pyproject.toml').write_text("[project]\nname = 'x'\n")

    assert database_url(None, environment={}, folder=tmp_path) == DEFAULT


def test_a_broken_project_file_is_named(tmp_path: Path) -> None:
    (tmp_path / 'pyproject.toml').write_text('[tool')

    with pytest.raises(typer.BadParameter) as refusal:
        database_url(None, environment={}, folder=tmp_path)

    assert refusal.value.message.startswith('pyproject.toml cannot be read (')
    assert refusal.value.message.endswith('); mend it, or name the database with --database.')


def test_a_url_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / 'pyproject.toml').write_text('[tool.monty-flow]\ndatabase = 5\n')

    with pytest.raises(typer.BadParameter) as refusal:
        database_url(None, environment={}, folder=tmp_path)

    assert refusal.value.message == (
        '[tool.monty-flow] database in pyproject.toml is 5; write a URL in quotes, such as "sqlite:///monty-flow.db".'
    )
