"""The commands that the documentation shows are commands that there are, with the options that they have."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from monty_flow.cli.app import app
from monty_flow.cli.exit_codes import ExitCode
from monty_flow.engine import Engine, Functions, Worker
from tests.cli.conftest import Shell

ROOT = Path(__file__).parents[2]
#: `cli.md` shows forms, with alternatives and placeholders; its commands are looked at in `test_commands.py`.
PAGES = [*sorted(page for page in (ROOT / 'docs').glob('*.md') if page.name != 'cli.md'), ROOT / 'README.md']
TREE = typer.main.get_command(app)


def commands(text: str) -> Iterator[str]:
    """Give the commands of a page: lines of code, and code within sentences."""
    for line in text.splitlines():
        found = re.match(r'(?: {4}|\$ )(monty-flow [^`|]*)$', line)
        if found is not None:
            yield found[1].partition(' #')[0].partition(' > ')[0]
    yield from re.findall(r'`(monty-flow [^`\n]+)`', text)


def wrong(command: str) -> str | None:
    """Return what is wrong with a command, None when nothing is."""
    try:
        words = shlex.split(command.replace('...', ''))[1:]
    except ValueError as error:
        return str(error)
    at: Any = TREE
    while words and hasattr(at, 'commands') and not words[0].startswith('-'):
        name = words.pop(0)
        if name not in at.commands:
            return f'no command {name!r}'
        at = at.commands[name]
    known = {option for parameter in at.params for option in (*parameter.opts, *parameter.secondary_opts)} | {'--help'}
    unknown = [word for word in words if re.match(r'--?[a-z]', word) and word.partition('=')[0] not in known]
    return f'no option {unknown[0]!r}' if unknown else None


@pytest.mark.parametrize('page', PAGES, ids=lambda page: page.name)
def test_every_command_of_a_page_is_one_that_there_is(page: Path) -> None:
    found = {command: wrong(command) for command in commands(page.read_text(encoding='utf-8'))}

    assert {command: error for command, error in found.items() if error is not None} == {}


def test_commands_are_found_and_wrong_ones_told() -> None:
    page = 'Look:\n\n    monty-flow ps --status failed\n\n`monty-flow pss` and\n\n$ monty-flow show RUN --stepp 3\n'

    assert [wrong(command) for command in commands(page)] == [None, "no option '--stepp'", "no command 'pss'"]
    assert sum(1 for page in PAGES for _ in commands(page.read_text(encoding='utf-8'))) > 60


#: Commands that go on until they are stopped; `test_process.py`, `test_watching.py` and `test_web.py` start them.
LASTING = frozenset({'worker', 'serve', 'dev', 'top'})
#: What is said of a command that a sentence only names: it wants more than was typed.
NAMED_ONLY = ('Missing argument', 'Missing option', 'requires an argument', 'name one run, or choose')
WAITING = "import flow\ntwice(1)\ntwice(2)\nflow.wait_signal('paid')"


def typed(page: str) -> Iterator[tuple[str, bool]]:
    """Give the commands of a page that can be typed here, each with whether it has a line of its own."""
    text = (ROOT / 'docs' / page).read_text(encoding='utf-8')
    lines = set(re.findall(r'^(?: {4}|\$ )(monty-flow [^#\n]*)', text, re.MULTILINE))
    for command in dict.fromkeys(commands(text)):
        if command.split()[1] not in LASTING and 'postgresql:' not in command:
            yield command, any(line.startswith(command) for line in lines)


@pytest.fixture
def runs(shell: Shell) -> dict[str, str]:
    """Return a run in each of the states that commands of the pages want, by those commands; '' is for the others."""
    functions = Functions()
    functions.function(name='twice')(lambda x: 2 * x)
    shell.write('report.py', 'city')
    sources = {'': WAITING, 'retry': '1 / 0', 'resume': '1', 'result': '1', 'export': '1'}
    with Engine(shell.url) as engine:
        made = {name: engine.submit(source).id for name, source in sources.items()}
        engine.pause(made['resume'])
        Worker(shell.url, functions, isolation='none').run_until_idle()
    return made


@pytest.mark.parametrize('page', [page.name for page in PAGES if page.parent.name == 'docs' and [*typed(page.name)]])
def test_the_commands_of_a_page_do_what_they_are_typed_for(page: str, shell: Shell, runs: dict[str, str]) -> None:
    failed = {}
    for command, has_a_line in typed(page):
        words = shlex.split(command)[1:]
        values = {'RUN': runs.get(words[0], runs['']), 'N': '1'}
        answer = shell(*(values.get(word, word) for word in words))
        is_named = not has_a_line and any(said in ' '.join(answer.err.split()) for said in NAMED_ONLY)
        if answer.code is not ExitCode.OK and not is_named:
            failed[command] = (answer.code, answer.err)

    assert failed == {}
