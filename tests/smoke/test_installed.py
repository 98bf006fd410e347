"""The installed wheel works by itself: run with the interpreter of its environment, away from the source tree."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

COMMAND = str(Path(sys.executable).with_name('monty-flow'))

FUNCTIONS = """
from monty_flow.engine import Functions

functions = Functions()


@functions.function()
def double(x):
    return 2 * x
"""


def monty_flow(*arguments: str, folder: Path) -> str:
    """Run the installed command in a folder and return what it printed."""
    answer = subprocess.run([COMMAND, *arguments], cwd=folder, capture_output=True, text=True, timeout=60)
    assert answer.returncode == 0, answer.stderr
    return answer.stdout


def test_a_script_runs_to_its_end_and_is_found_in_the_database(tmp_path: Path) -> None:
    (tmp_path / 'host.py').write_text(FUNCTIONS)
    (tmp_path / 'script.py').write_text("print('hello', name)\nsum(double(i) for i in range(4))\n")

    printed = monty_flow('run', 'script.py', '-f', 'host.py:functions', '-i', 'name=Ann', folder=tmp_path)
    runs = json.loads(monty_flow('ps', '--json', folder=tmp_path))

    assert printed == 'hello Ann\n12\n'
    assert [(run['status'], run['output']) for run in runs] == [('succeeded', 12)]


def test_the_migrations_are_in_the_wheel(tmp_path: Path) -> None:
    monty_flow('db', 'upgrade', folder=tmp_path)

    assert monty_flow('db', 'check', folder=tmp_path) == 'sqlite:///monty-flow.db has the schema of this release\n'


def test_the_interpreter_works_by_itself(tmp_path: Path) -> None:
    program = (
        'from monty_flow import Monty, load\n'
        "state = Monty('x = fetch(1)\\nx + 1').start()\n"
        'print(load(state.dump()).resume(return_value=41).output)\n'
    )

    found = subprocess.run([sys.executable, '-c', program], cwd=tmp_path, capture_output=True, text=True, timeout=60)

    assert (found.stdout, found.stderr) == ('42\n', '')


def test_types_are_promised(tmp_path: Path) -> None:
    program = "import importlib.resources as r; print(r.files('monty_flow').joinpath('py.typed').is_file())"

    found = subprocess.run([sys.executable, '-c', program], cwd=tmp_path, capture_output=True, text=True, timeout=60)

    assert found.stdout == 'True\n'
