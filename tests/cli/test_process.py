"""The command as a process of its own: how it starts, ends, and shares the database with others."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

from tests.cli.conftest import Shell

COMMAND = [sys.executable, '-m', 'monty_flow.cli']


def monty_flow(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a command in a folder."""
    return subprocess.run([*COMMAND, *arguments], cwd=folder, capture_output=True, text=True, timeout=60)


def test_help_loads_neither_the_engine_nor_a_database_library(tmp_path: Path) -> None:
    program = (
        'import sys\n'
        'from typer.testing import CliRunner\n'
        'from monty_flow.cli.app import app\n'
        "assert CliRunner().invoke(app, ['--help']).exit_code == 0\n"
        "heavy = ('sqlalchemy', 'alembic', 'rich.console', 'monty_flow.engine', 'monty_flow.interpreter')\n"
        'print([name for name in heavy if name in sys.modules])\n'
    )

    found = subprocess.run([sys.executable, '-c', program], cwd=tmp_path, capture_output=True, text=True, check=True)

    assert found.stdout == '[]\n'


def test_the_command_without_arguments_shows_the_commands(tmp_path: Path) -> None:
    answer = monty_flow(folder=tmp_path)

    assert 'Commands:' in answer.stdout + answer.stderr


def test_the_package_is_the_command_too(tmp_path: Path) -> None:
    answer = subprocess.run(
        [sys.executable, '-m', 'monty_flow', 'version'], cwd=tmp_path, capture_output=True, text=True, timeout=60
    )

    assert (answer.returncode, answer.stdout) == (0, monty_flow('version', folder=tmp_path).stdout)


def test_submit_wait_gets_the_result_from_a_worker_that_ends_in_good_order_on_sigterm(shell: Shell) -> None:
    shell.write('script.py', "print('hello')\ndouble(n) + 1\n")
    worker = subprocess.Popen(
        [*COMMAND, 'worker', 'host:functions', '--json'],
        cwd=shell.folder,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, 'PYTHONUNBUFFERED': '1'},
    )
    try:
        answer = monty_flow('submit', 'script.py', '-i', 'n=20', '--wait', '--json', folder=shell.folder)
        worker.send_signal(signal.SIGTERM)
        output, _ = worker.communicate(timeout=30)
    finally:
        worker.kill()

    assert json.loads(answer.stdout)['output'] == 41
    assert json.loads(output)['functions'] == ['broken', 'double', 'flaky']
    assert worker.returncode == 0


def interrupted(shell: Shell, *arguments: str) -> tuple[str, str, int]:
    """Return the first line of a `run` that is interrupted after it, what it says as it ends, and its exit code."""
    process = subprocess.Popen(
        [*COMMAND, 'run', *arguments],
        cwd=shell.folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, 'PYTHONUNBUFFERED': '1'},
        # What runs the tests may be a job in the background, whose children ignore SIGINT.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    try:
        assert process.stdout is not None
        first_line = process.stdout.readline()
        process.send_signal(signal.SIGINT)
        _, error = process.communicate(timeout=30)
    finally:
        process.kill()
    return first_line, error, process.returncode


def test_a_run_that_is_interrupted_is_stored_and_named(shell: Shell) -> None:
    shell.write('script.py', "import time\nprint('asleep', flush=True)\ntime.sleep(1000)\n")
    first_line, error, code = interrupted(shell, 'script.py', '-f', 'host:functions')
    (run,) = shell('ps', '--json').document

    assert first_line == 'asleep\n'
    assert code == 130
    assert error == f'run {run["id"]} is stored; `monty-flow worker host:functions` goes on with it\n'
    assert run['status'] == 'waiting'


def test_a_function_that_nobody_has_is_named_before_its_call_waits(shell: Shell) -> None:
    shell.write('script.py', "print('begun', flush=True)\nmissing(1)\n")
    _, error, _ = interrupted(shell, 'script.py')

    assert error.splitlines()[0] == (
        'the script calls missing, which nobody has here: name functions with -f; '
        'a call of it waits for a worker that has it'
    )
