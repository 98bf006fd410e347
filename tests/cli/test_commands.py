"""Each command does what it says on a real database, and says what went wrong when it cannot."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from monty_flow.cli import doctor
from monty_flow.cli.app import app
from monty_flow.cli.exit_codes import ExitCode
from monty_flow.engine import Functions, RetryAfter, Worker, current_call, load_functions
from tests.cli.conftest import FUNCTIONS, Shell
from tests.engine.past_the_engine import execute

DOCUMENTATION = Path(__file__).parents[2] / 'docs' / 'cli.md'
UNKNOWN = 'ffffffff'


class TestSubmit:
    def test_prints_the_id_of_the_stored_run(self, shell: Shell) -> None:
        run_id = shell.submit('double(1)')

        assert shell('show', run_id, '--json').document['id'] == run_id

    def test_as_json_prints_the_run(self, shell: Shell) -> None:
        answer = shell('submit', str(shell.write('s.py', 'double(n)')), '-i', 'n=3', '--json')

        document = answer.document
        assert (document['status'], document['script_name'], document['inputs']) == ('pending', 's.py', {'n': 3})

    def test_with_a_key_the_second_is_the_first(self, shell: Shell) -> None:
        first = shell.submit('double(1)', '--key', 'monday')
        second = shell.submit('double(1)', '--key', 'monday')

        assert second == first
        assert len(shell('ps', '--json').document) == 1

    def test_inputs_come_from_a_file_and_from_pairs(self, shell: Shell) -> None:
        file = shell.write('inputs.json', '{"a": 1, "b": 2}')

        run_id = shell.submit('a + b', '--inputs', str(file), '--input', 'b=5')

        assert shell('show', run_id, '--json').document['inputs'] == {'a': 1, 'b': 5}

    def test_a_syntax_error_is_shown_with_its_place_and_nothing_is_stored(self, shell: Shell) -> None:
        answer = shell('submit', str(shell.write('bad.py', 'x = = 1\n')))

        assert answer.code is ExitCode.SCRIPT_REFUSED
        assert answer.err.startswith('File "bad.py", line 1\n    x = = 1\n        ^\n')
        assert shell('ps', '--json').document == []

    def test_a_script_that_is_not_utf_8_is_refused(self, shell: Shell) -> None:
        path = shell.folder / 'latin.py'
        path.write_bytes(b"x = '\xe9'")

        answer = shell('submit', str(path))

        assert answer.code is ExitCode.SCRIPT_REFUSED
        assert answer.err == f'{path} is not UTF-8 text (byte 5); save it as UTF-8 and try again.\n'

    def test_a_dash_is_standard_input(self, shell: Shell) -> None:
        run_id = shell('submit', '-', '-i', 'n=3', stdin='double(n)\n').out.strip()

        document = shell('show', run_id, '--json').document
        assert (document['script_name'], document['inputs']) == ('<stdin>', {'n': 3})
        assert shell('run', '-', stdin='print("here")\n1 + 1\n').out == 'here\n2\n'

    def test_a_script_that_is_not_there_is_a_usage_error(self, shell: Shell) -> None:
        answer = shell('submit', 'nowhere.py')

        assert answer.code is ExitCode.USAGE
        assert 'nowhere.py' in answer.err

    def test_a_pair_that_is_none_is_a_usage_error(self, shell: Shell) -> None:
        answer = shell('submit', str(shell.write('s.py', '1')), '-i', 'city')

        assert answer.code is ExitCode.USAGE
        assert "--input 'city' is not NAME=VALUE; write for example --input city=Oslo." in answer.err


class TestRun:
    def test_prints_what_the_script_prints_and_then_its_result(self, shell: Shell) -> None:
        answer = shell.run("for i in range(3):\n    print('got', double(i))\n'done'\n")

        assert (answer.code, answer.out) == (ExitCode.OK, 'got 0\ngot 2\ngot 4\ndone\n')

    def test_as_json_keeps_stdout_for_the_document(self, shell: Shell) -> None:
        answer = shell.run("print('hello')\n[double(n), 'x']\n", '-i', 'n=4', '--json')

        document = answer.document
        assert (document['status'], document['output'], document['error']) == ('succeeded', [8, 'x'], None)
        assert answer.err == 'hello\n'

    def test_a_function_that_fails_at_first_is_tried_again(self, shell: Shell) -> None:
        answer = shell.run('flaky(7)')

        assert (answer.code, answer.out) == (ExitCode.OK, '7\n')

    def test_an_error_of_the_script_comes_with_its_traceback(self, shell: Shell) -> None:
        answer = shell.run('def work():\n    return broken()\n\nwork()\n')

        assert answer.code is ExitCode.RUN_FAILED
        assert 'Traceback (most recent call last):' in answer.err
        assert 'File "script.py", line 2, in work' in answer.err
        assert 'ValueError: out of order' in answer.err

    def test_a_failed_run_as_json_has_the_code_too(self, shell: Shell) -> None:
        answer = shell.run('broken()', '--json')

        assert answer.code is ExitCode.RUN_FAILED
        assert answer.document['status'] == 'failed'

    @pytest.mark.parametrize(
        'place', ['host.py:missing', 'nowhere.py:functions', 'no_such_module:functions', 'host.py']
    )
    def test_functions_that_cannot_be_loaded_are_named(self, shell: Shell, place: str) -> None:
        answer = shell('run', str(shell.write('s.py', '1')), '-f', place)

        assert answer.code is ExitCode.FUNCTIONS
        assert place.partition(':')[0] in answer.err
        assert shell('ps', '--json').document == []

    def test_a_script_that_calls_no_functions_needs_none(self, shell: Shell) -> None:
        answer = shell('run', str(shell.write('s.py', 'print(1)\n2')))

        assert (answer.code, answer.out, answer.err) == (ExitCode.OK, '1\n2\n', '')

    def test_an_error_of_the_functions_own_module_is_shown_with_its_traceback(self, shell: Shell) -> None:
        shell.write('wrong.py', '1 / 0')

        answer = shell('run', str(shell.write('s.py', '1')), '-f', 'wrong.py:functions')

        assert answer.code is ExitCode.FUNCTIONS
        assert answer.err.startswith('Traceback (most recent call last):')
        assert answer.err.endswith(
            'ZeroDivisionError: division by zero\n'
            'wrong.py:functions cannot be loaded: its module raises the error above; mend it and try again.\n'
        )

    def test_inputs_that_the_script_never_uses_are_named(self, shell: Shell) -> None:
        answer = shell.run('double(number)', '-i', 'nummer=3')

        assert answer.code is ExitCode.USAGE
        assert answer.err == "inputs: the script never uses 'nummer'; did you mean 'number'?\n"


class TestPs:
    def test_lists_the_newest_first(self, shell: Shell) -> None:
        old = shell.submit('1', name='old.py')
        new = shell.submit('2', name='new.py')

        lines = shell('ps').out.splitlines()

        assert lines[0].split()[:4] == ['RUN', 'STATUS', 'SCRIPT', 'STEP']
        assert [line.split()[:3] for line in lines[1:]] == [[new, 'pending', 'new.py'], [old, 'pending', 'old.py']]

    def test_shows_only_a_status_and_only_so_many(self, shell: Shell) -> None:
        shell.run('1')
        waiting = [shell.submit('2'), shell.submit('3')]

        pending = shell('ps', '--status', 'pending', '--json').document
        newest = shell('ps', '--limit', '1', '--json').document

        assert [run['id'] for run in pending] == waiting[::-1]
        assert [run['id'] for run in newest] == waiting[1:]

    def test_an_empty_list_says_so_and_is_no_error(self, shell: Shell) -> None:
        answer = shell('ps', '--status', 'failed')

        assert (answer.code, answer.out, answer.err) == (ExitCode.OK, '', 'no runs that are failed\n')

    def test_an_unknown_status_is_refused_with_the_known_ones(self, shell: Shell) -> None:
        answer = shell('ps', '--status', 'asleep')

        assert answer.code is ExitCode.USAGE
        assert (
            "'asleep' is no status of a run; there are pending, running, waiting, cancelling, paused, succeeded, failed, cancelled"
        ) in answer.err


class TestShow:
    def test_tells_how_far_a_function_is(self, shell: Shell) -> None:
        functions = Functions()

        @functions.function
        def copy() -> None:
            current_call().heartbeat('page 3 of 10')
            raise RetryAfter(3600) from ConnectionError('cut')

        run_id = shell.submit('copy()')
        Worker(shell.url, functions).run_until_idle()

        assert "at 'page 3 of 10' after RetryAfter: try again" in shell('show', run_id).out
        assert shell('show', run_id, '--json').document['calls'][0]['progress'] == 'page 3 of 10'

    def test_of_an_ended_run_shows_calls_with_attempts(self, shell: Shell) -> None:
        run_id = shell.run('flaky(7) + double(1)', '--json').document['id']

        text = shell('show', run_id).out

        assert 'succeeded' in text
        rows = [line.split() for line in text.splitlines() if 'flaky(7)' in line or 'double(1)' in line]
        assert [(row[1], row[2]) for row in rows] == [('done', '2'), ('done', '1')]

    def test_of_a_waiting_run_shows_the_line_and_the_variables(self, shell: Shell) -> None:
        run_id = waiting_run(shell)

        text = shell('show', run_id).out

        assert "  >    3 |     return unknown(path)\n         |            ^^^^^^^^^^^^^\n      name = 'a'" in text
        assert "path = 'a.txt'" in text
        assert 'called from line 5, in <module>' in text

    def test_as_json_has_frames_calls_and_history(self, shell: Shell) -> None:
        run_id = waiting_run(shell)

        document = shell('show', run_id, '--json').document

        assert document['status'] == 'waiting'
        assert [frame['position']['line'] for frame in document['frames']] == [5, 3]
        assert document['calls'][-1]['function'] == 'unknown'
        assert document['history']

    def test_of_a_failed_run_shows_the_traceback(self, shell: Shell) -> None:
        run_id = shell.run('broken()', '--json').document['id']

        assert 'ValueError: out of order' in shell('show', run_id).out

    def test_takes_the_beginning_of_an_id(self, shell: Shell) -> None:
        run_id = shell.submit('1')

        assert shell('show', run_id[:10], '--json').document['id'] == run_id


class TestLogs:
    def test_prints_each_stream_where_it_belongs(self, shell: Shell) -> None:
        source = "import sys\nprint('out')\nprint('err', file=sys.stderr)\nprint('no newline', end='')\n"
        run_id = shell.run(source, '--json').document['id']

        answer = shell('logs', run_id)

        assert (answer.out, answer.err) == ('out\nno newline', 'err\n')

    def test_as_json_is_a_list_of_lines(self, shell: Shell) -> None:
        run_id = shell.run("print('out')", '--json').document['id']

        lines = shell('logs', run_id, '--json').document

        assert [(line['stream'], line['text']) for line in lines] == [('stdout', 'out\n')]


class TestResult:
    def test_prints_the_output(self, shell: Shell) -> None:
        run_id = shell.run("{'a': double(1)}", '--json').document['id']

        assert shell('result', run_id).out == "{'a': 2}\n"
        assert shell('result', run_id, '--json').document['output'] == {'a': 2}

    def test_of_a_run_that_goes_on_is_no_result_yet(self, shell: Shell) -> None:
        run_id = shell.submit('double(1)')

        answer = shell('result', run_id)

        assert answer.code is ExitCode.NOT_FINISHED
        assert answer.err.startswith(f'run {run_id} is pending')
        assert shell('result', run_id, '--json').code is ExitCode.NOT_FINISHED


class TestCancelAndRetry:
    def test_a_cancelled_run_has_no_result(self, shell: Shell) -> None:
        run_id = shell.submit('double(1)')

        cancelled = shell('cancel', run_id)

        assert (cancelled.code, cancelled.out) == (ExitCode.OK, f'run {run_id} is cancelled\n')
        assert shell('result', run_id).code is ExitCode.RUN_CANCELLED

    def test_a_run_that_has_ended_cannot_be_cancelled(self, shell: Shell) -> None:
        run_id = shell.run('1', '--json').document['id']

        answer = shell('cancel', run_id)

        assert answer.code is ExitCode.WRONG_STATUS
        assert answer.err.startswith(f'run {run_id} is succeeded, so it cannot be cancelled')

    def test_a_retried_run_goes_on_with_what_was_recorded(self, shell: Shell) -> None:
        source = "print('begin')\nx = double(4)\nx + broken()\n"
        run_id = shell.run(source, '--key', 'again', '--json').document['id']
        shell.write('mended.py', FUNCTIONS.replace("raise ValueError('out of order')", 'return 1'))

        retried = shell('retry', run_id)
        answer = shell.run(source, '--key', 'again', functions='mended.py')

        assert retried.out.startswith(f'run {run_id} is ')
        assert (answer.code, answer.out) == (ExitCode.OK, 'begin\n9\n')

    def test_a_run_that_has_not_failed_cannot_be_retried(self, shell: Shell) -> None:
        answer = shell('retry', shell.submit('1'))

        assert answer.code is ExitCode.WRONG_STATUS


class TestDb:
    def test_upgrade_makes_the_tables_and_check_agrees(self, shell: Shell) -> None:
        upgraded = shell('db', 'upgrade')

        assert upgraded.code is ExitCode.OK
        assert upgraded.out.startswith('sqlite:///monty-flow.db is at revision ')
        assert shell('db', 'current').out == upgraded.out
        assert shell('db', 'check').out == 'sqlite:///monty-flow.db has the schema of this release\n'

    def test_current_of_an_empty_database_says_so(self, shell: Shell) -> None:
        assert shell('db', 'current').out == 'sqlite:///monty-flow.db has no tables of monty-flow yet\n'

    def test_as_json(self, shell: Shell) -> None:
        revision = shell('db', 'upgrade', '--json').document['revision']

        assert shell('db', 'current', '--json').document == {
            'database': 'sqlite:///monty-flow.db',
            'revision': revision,
        }
        assert shell('db', 'check', '--json').document == {
            'database': 'sqlite:///monty-flow.db',
            'ok': True,
            'differences': [],
        }

    def test_check_names_what_others_changed(self, shell: Shell) -> None:
        shell('db', 'upgrade')
        with closing(sqlite3.connect(shell.folder / 'monty-flow.db')) as connection:
            connection.execute('CREATE TABLE stranger (id INTEGER PRIMARY KEY)')

        answer = shell('db', 'check')

        assert answer.code is ExitCode.DATABASE
        assert answer.err == (
            'the tables of sqlite:///monty-flow.db are not as monty-flow makes them; undo what others changed:\n'
            '  remove table: stranger\n'
        )

    def test_check_of_a_database_without_tables_ends_in_its_own_code(self, shell: Shell) -> None:
        answer = shell('db', 'check')

        assert answer.code is ExitCode.DATABASE
        assert 'monty-flow db upgrade' in answer.err


class TestAnyCommand:
    @pytest.mark.parametrize('command', ['show', 'logs', 'result', 'cancel', 'retry'])
    def test_an_unknown_run_is_a_sentence_and_a_code(self, shell: Shell, command: str) -> None:
        answer = shell(command, UNKNOWN)

        assert answer.code is ExitCode.NOT_FOUND
        assert answer.err == "no run has the id 'ffffffff'; list the runs to see the ids that exist\n"

    @pytest.mark.parametrize('url', ['nonsense', 'sqlite:////nowhere/at/all/x.db'])
    def test_a_database_that_cannot_be_used_is_a_sentence_and_a_code(self, shell: Shell, url: str) -> None:
        answer = shell('ps', '--database', url)

        assert answer.code is ExitCode.DATABASE
        assert answer.err.count('\n') >= 1
        assert 'Traceback' not in answer.err

    def test_the_environment_names_the_database(self, shell: Shell) -> None:
        shell.environment['MONTY_FLOW_DATABASE'] = f'sqlite:///{shell.folder}/other.db'
        shell.submit('1')

        assert (shell.folder / 'other.db').is_file()
        assert not (shell.folder / 'monty-flow.db').exists()

    def test_doctor_names_every_wall(self, shell: Shell) -> None:
        assert set(shell('doctor', '--json').document) == {'python', 'system', 'walls', 'database'}
        assert set(shell('doctor', '--json').document['walls']) == set(doctor.WALLS)
        assert all(name in shell('doctor').out for name in doctor.WALLS)

    def test_doctor_tells_of_runs_that_nothing_moves_and_how_they_go_on(self, shell: Shell) -> None:
        before = shell('doctor')
        run_id = shell.submit('7')
        healthy = shell('doctor')
        execute(shell.url, f"UPDATE calls SET status = 'held' WHERE run_id = '{run_id}'")
        found = shell('doctor')
        told = shell('doctor', '--json').document['database']['stranded']

        assert 'runs that nothing will ever move' not in before.out
        assert healthy.out.endswith('ok     runs that nothing will ever move: none\n')
        assert found.out.endswith(
            'ADVICE runs that nothing will ever move: 1\n'
            f'       {run_id} is pending: a call of it is held, though nobody has paused it\n'
            f'       monty-flow pause {run_id} && monty-flow retry {run_id}\n'
        )
        assert told == [
            {'run': run_id, 'status': 'pending', 'reason': 'a call of it is held, though nobody has paused it'}
        ]

    def test_version_names_the_package_and_python(self, shell: Shell) -> None:
        assert shell('version').out.startswith('monty-flow 0.1.0, Python 3.')
        assert set(shell('version', '--json').document) == {'monty-flow', 'python'}


def test_every_command_is_documented() -> None:
    text = DOCUMENTATION.read_text(encoding='utf-8')
    names = [command.name or command.callback.__name__ for command in app.registered_commands if command.callback]
    groups = [group.typer_instance.info.name for group in app.registered_groups if group.typer_instance]

    missing = [name for name in names + groups if f'\n### monty-flow {name}\n' not in text]

    assert missing == []


def waiting_run(shell: Shell) -> str:
    """Return a run that waits, two frames deep, for a function that no worker knows."""
    source = "def read(name):\n    path = name + '.txt'\n    return unknown(path)\n\nread('a')\n"
    run_id = shell.submit(source)
    worker = Worker(shell.url, load_functions(f'{shell.folder / "host.py"}:functions'))
    worker.run_until_idle()
    return run_id


def test_a_database_url_is_shown_without_its_password() -> None:
    from monty_flow.cli.database import shown

    assert shown('postgresql://me:secret@host:5432/flow') == 'postgresql://me:***@host:5432/flow'
    assert shown('sqlite:///monty-flow.db') == 'sqlite:///monty-flow.db'


class TestFunctions:
    FUNCTIONS = """
from typing import Annotated
from monty_flow.engine import Functions, Secret, current_call
functions = Functions()

@functions.function(version='1')
def f(token: Annotated[str, Secret('TOKEN')]): return 1
@functions.function(name='f', version='2', cache_seconds=600)
def f2(token: Annotated[str, Secret('TOKEN')]): return len(token)
"""

    def test_secrets_come_from_a_file(self, shell: Shell) -> None:
        shell.write('secret_host.py', self.FUNCTIONS)
        file = shell.write('secrets.env', 'TOKEN=12345')

        without = shell.run('f()', functions='secret_host.py')
        answer = shell.run('f()', '--secrets-file', str(file), functions='secret_host.py')

        assert (without.code, answer.out) == (ExitCode.FUNCTIONS, '5\n')
        assert without.err.startswith('the worker has no secret TOKEN; give it by secrets=, a --secrets-file')

    def test_kept_results_are_forgotten(self, shell: Shell) -> None:
        shell.write('secret_host.py', self.FUNCTIONS)
        shell.environment['MONTY_FLOW_SECRET_TOKEN'] = '123'
        shell.run('f()', functions='secret_host.py')

        assert shell('clear-cache', 'g').out == '0 results forgotten\n'
        assert shell('clear-cache', '--json').document == {'forgotten': 1}

    def test_a_run_is_bound_to_a_version(self, shell: Shell) -> None:
        path = shell.write('secret_host.py', self.FUNCTIONS)
        run_id = shell.submit('f()', '--function-version', 'f=1')
        Worker(shell.url, load_functions(f'{path}:functions'), secrets={'TOKEN': 'x'}).run_until_idle()

        assert shell('result', run_id).out == '1\n'
