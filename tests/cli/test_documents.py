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
