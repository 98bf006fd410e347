"""A command line to type on, over a real database in a folder of its own."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from monty_flow.cli.app import app
from monty_flow.cli.exit_codes import ExitCode

FUNCTIONS = '''
"""Functions of the tests."""

from monty_flow.engine import Functions, current_call

functions = Functions()
nothing = 'no functions'


@functions.function()
def double(x):
    return 2 * x


@functions.function(retries=2, initial_delay_seconds=0.01)
def flaky(x):
    if current_call().attempt == 1:
        raise ConnectionError('the line is busy')
    return x


@functions.function(retries=0)
def broken():
    raise ValueError('out of order')
'''


@dataclass(frozen=True)
class Answer:
    """What a command said."""

    code: ExitCode
    out: str
    err: str

    @property
    def document(self) -> Any:
        """Return the JSON document on stdout."""
        return json.loads(self.out)


@dataclass
class Shell:
    """Types commands in `folder`, on its database."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """Return the database that the commands work on."""
        return f'sqlite:///{self.folder}/monty-flow.db'

    def write(self, name: str, text: str) -> Path:
        """Write a file and return its path."""
        path = self.folder / name
        path.write_text(text, encoding='utf-8')
        return path

    def __call__(self, *arguments: str, stdin: str = '') -> Answer:
        """Run a command, with a text on its standard input."""
        result = CliRunner().invoke(app, list(arguments), input=stdin, env=self.environment)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Answer(ExitCode(result.exit_code), result.stdout, result.stderr)

    def submit(self, source: str, *options: str, name: str = 'script.py') -> str:
        """Submit a script and return the id of its run."""
        answer = self('submit', str(self.write(name, source)), *options)
        assert answer.code is ExitCode.OK, answer.err
        return answer.out.strip()

    def run(self, source: str, *options: str, functions: str = 'host.py') -> Answer:
        """Run a script to its end with the functions of the tests."""
        path = self.write('script.py', source)
        return self('run', str(path), '-f', f'{self.folder / functions}:functions', *options)


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """Return a command line in an empty folder that holds the functions of the tests."""
    monkeypatch.chdir(tmp_path)
    shell = Shell(tmp_path)
    shell.write('host.py', FUNCTIONS)
    return shell
