"""The commands by which a run goes on otherwise."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from monty_flow.cli.exit_codes import ExitCode
from monty_flow.engine import Engine
from tests.cli.conftest import Shell
from tests.cli.test_keeping import work

SCRIPT = """
def visit(number):
    return double(number) + 1

factor = 1
[visit(1) * factor, visit(2) * factor, outside()]
"""


@pytest.fixture
def waiting(shell: Shell) -> str:
    """Return a run that made two calls and waits for one that nobody serves."""
    run_id = shell.submit(SCRIPT)
    work(shell.url)
    return run_id


@pytest.fixture
def fixed(tmp_path: Path) -> str:
    """Return the file of another version of the script."""
    file = tmp_path / 'fixed.py'
    file.write_text('LIMIT = 3\n' + SCRIPT.replace('+ 1', '+ 100'))
    return str(file)


def output(shell: Shell, said: str) -> object:
    work(shell.url, 'outside')
    with Engine(shell.url) as engine:
        return engine.result(said.split()[1])


def test_a_fork_goes_on_from_its_step(shell: Shell, waiting: str) -> None:
    answer = shell('fork', waiting, '--at', '2')

    assert answer.out.endswith(' goes on from there\n')
    assert output(shell, answer.out) == [3, 5, None]


def test_a_fork_takes_results_and_variables(shell: Shell, waiting: str) -> None:
    answer = shell('fork', waiting, '--at', '2', '--result', '50', '--set', 'factor=2')

    assert output(shell, answer.out) == [3, 102, None]


def test_a_dry_run_says_which_line_stands_for_which(shell: Shell, waiting: str, fixed: str) -> None:
    answer = shell('fork', waiting, '--at', '2', '--script', fixed, '--dry-run')

    assert answer.out == (
        '<module>: line 6 goes on at line 7\n'
        'visit: line 3 goes on at line 4\n'
        'LIMIT is not bound: the statement that binds it stands before the line and is not run\n'
        'it would wait for double\n'
    )


def test_a_migrated_run_goes_on_in_the_new_script(shell: Shell, waiting: str, fixed: str) -> None:
    answer = shell('migrate', waiting, '--script', fixed)

    assert answer.out.splitlines()[-1] == f'run {waiting} goes on in {fixed}'
    assert output(shell, f'run {waiting}') == [3, 5, None]


def test_what_does_not_fit_is_told(shell: Shell, waiting: str, tmp_path: Path) -> None:
    other = tmp_path / 'other.py'
    other.write_text('outside()')

    answer = shell('migrate', waiting, '--script', str(other))

    assert answer.code == ExitCode.USAGE
    assert 'the new script does not fit' in answer.err


def test_a_pair_that_is_none_is_told_with_its_option(shell: Shell, waiting: str) -> None:
    answer = shell('fork', waiting, '--set', 'factor')

    assert answer.code == ExitCode.USAGE
    assert "--set 'factor' is not NAME=VALUE" in answer.err


def test_a_fork_is_told_as_json(shell: Shell, waiting: str) -> None:
    answer = shell('fork', waiting, '--dry-run', '--json')

    assert json.loads(answer.out)['waits_for'] == ['outside']
