"""The commands for what is kept of runs: looking back, pruning, keys, and runs as files."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from monty_flow.cli.exit_codes import ExitCode
from monty_flow.engine import Functions, Worker
from tests.cli.conftest import Shell

SCRIPT = """
def visit(number, found):
    found.append(double(number))
    return found

found = []
for number in range(3):
    visit(number, found)
outside()
found
"""


def work(url: str, *more: str) -> None:
    """Do what is due of the runs of a database, with `double` and functions that return nothing."""
    functions = Functions()
    functions.function(name='double')(lambda number: 2 * number)
    for name in more:
        functions.function(name=name)(lambda: None)
    Worker(url, functions, poll_seconds=0.002).run_until_idle()


@pytest.fixture
def waiting(shell: Shell) -> str:
    """Return a run that made three calls and waits for one that nobody serves."""
    run_id = shell.submit(SCRIPT)
    work(shell.url)
    return run_id


class TestShowStep:
    def test_shows_where_a_run_stood(self, shell: Shell, waiting: str) -> None:
        answer = shell('show', waiting, '--step', '2')

        assert answer.out == (
            'stood at script.py, line 3, in visit\n'
            '       1 |\n'
            '       2 | def visit(number, found):\n'
            '  >    3 |     found.append(double(number))\n'
            '         |                  ^^^^^^^^^^^^^^\n'
            '      found  = [0]\n'
            '      number = 1\n'
            'called from line 8, in <module>\n'
            '  >    8 | visit(number, found)\n'
            '      found  = [0]\n'
            '      number = 1\n'
            '      visit  = <function visit>\n'
        )

    def test_of_a_step_that_is_not_kept_tells_which_are(self, shell: Shell, waiting: str) -> None:
        answer = shell('show', waiting, '--step', '9')

        assert answer.code is ExitCode.USAGE
        assert f'the state of step 9 of run {waiting} is not kept; it has those from 1 to 4.' in ' '.join(
            answer.err.replace('│', '').split()
        )


class TestDiff:
    def test_shows_the_variables_that_changed(self, shell: Shell, waiting: str) -> None:
        answer = shell('diff', waiting, '1', '2')

        assert answer.out == (
            'in <module>\n  + found[0] = 0\n  - number = 0\n  + number = 1\n'
            'in visit\n  + found[0] = 0\n  - number = 0\n  + number = 1\n'
        )

    def test_shows_frames_that_came_or_went(self, shell: Shell, waiting: str) -> None:
        changes = shell('diff', waiting, '3', '4', '--json').document

        assert [change for change in changes if change['function'] == 'visit'] == [
            {
                'function': 'visit',
                'variable': name,
                'before': value,
                'after': None,
                'places': [{'path': name, 'before': value, 'after': None}],
                'more': False,
            }
            for name, value in (('found', '[0, 2]'), ('number', '2'))
        ]

    def test_says_when_nothing_changed(self, shell: Shell, waiting: str) -> None:
        answer = shell('diff', waiting, '1', '1')

        assert (answer.code, answer.out) == (ExitCode.OK, '')
        assert answer.err == 'no variable differs between the steps 1 and 1\n'


class TestPrune:
    def test_deletes_what_need_not_be_kept(self, shell: Shell, waiting: str) -> None:
        answer = shell('prune', waiting, '--keep', 'last')

        assert answer.out == '3 states of 1 runs deleted\n'
        assert shell('prune', '--json').document == {'runs': 1, 'snapshots': 0, 'large': 0}
        assert 'waits at script.py, line 9' in shell('show', waiting).out

    def test_of_runs_that_ended_leaves_the_others(self, shell: Shell, waiting: str) -> None:
        assert shell('prune', '--keep', 'last', '--ended-days', '0').out == '0 states of 0 runs deleted\n'

    def test_refuses_what_says_no_number(self, shell: Shell) -> None:
        answer = shell('prune', '--keep', 'some')

        assert answer.code is ExitCode.USAGE
        assert "'some' does not say what to keep; write all, last, or last N" in answer.err


class TestKeys:
    def test_the_key_of_a_database_is_listed_and_lies_beside_it(self, shell: Shell, waiting: str) -> None:
        document = shell('keys', 'list', '--json').document

        [key] = document['keys']
        assert key['current']
        assert Path(document['file']).name.endswith('.db.keys')
        assert not document['encrypts']
        assert shell('keys', 'list').out == f'{key["id"]}  {key["made"]}  current\n'

    def test_after_a_rotation_runs_go_on(self, shell: Shell, waiting: str) -> None:
        before = shell('keys', 'list', '--json').document['keys']

        answer = shell('keys', 'rotate')

        after = shell('keys', 'list', '--json').document['keys']
        assert [key['id'] for key in after][:1] == [key['id'] for key in before]
        assert answer.out.startswith(f'{after[1]["id"]} signs from now on; keep a copy of ')
        work(shell.url, 'outside')
        assert shell('result', waiting).out == '[0, 2, 4]\n'

    def test_a_run_without_its_key_is_not_believed(self, shell: Shell, waiting: str) -> None:
        os.remove(shell('keys', 'list', '--json').document['file'])

        answer = shell('show', waiting, '--step', '1')

        assert answer.code is ExitCode.DATABASE
        assert 'which is not in the key ring; add that key to it' in answer.err

    def test_adopting_signs_nothing_that_is_signed(self, shell: Shell, waiting: str) -> None:
        assert shell('keys', 'adopt').out == '0 states signed\n'

    def test_there_is_no_key_before_a_worker_needs_one(self, shell: Shell) -> None:
        answer = shell('keys', 'list')

        assert (answer.code, answer.out) == (ExitCode.OK, '')
        assert 'a worker makes it' in answer.err


class TestExport:
    def test_a_run_goes_on_in_another_database(self, shell: Shell, waiting: str, tmp_path: Path) -> None:
        file = tmp_path / 'run.mflow'
        keys = shell('keys', 'list', '--json').document['file']
        there = f'sqlite:///{tmp_path}/there.db'

        assert shell('export', waiting, '-o', str(file)).code is ExitCode.OK
        taken = shell('import', str(file), '--keys', keys, '--database', there)

        assert taken.out == f'{waiting}\n'
        assert 'stood at script.py, line 3' in shell('show', waiting, '--step', '2', '--database', there).out
        work(there, 'outside')
        assert shell('result', waiting, '--database', there).out == '[0, 2, 4]\n'
        assert 'waiting' in shell('show', waiting).out

    def test_a_file_of_a_key_that_is_not_here_is_refused(self, shell: Shell, waiting: str, tmp_path: Path) -> None:
        file = tmp_path / 'run.mflow'
        shell('export', waiting, '-o', str(file))

        answer = shell('import', str(file), '--database', f'sqlite:///{tmp_path}/there.db')

        assert answer.code is ExitCode.USAGE
        assert answer.err.endswith(', which is not here; give its key file with --keys\n')

    def test_a_run_that_is_here_is_not_taken_twice(self, shell: Shell, waiting: str, tmp_path: Path) -> None:
        file = tmp_path / 'run.mflow'
        shell('export', waiting, '-o', str(file))

        answer = shell('import', str(file))

        assert answer.code is ExitCode.WRONG_STATUS
        assert answer.err == (
            f'run {waiting}, or one with its key, is in this database already; import it into another one\n'
        )
