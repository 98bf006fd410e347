"""Make docs/states.md of the tables in `engine/states.py`: `python -m tests.engine.states_page > docs/states.md`."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from enum import StrEnum

from monty_flow.engine.states import RUN_TRANSITIONS, CallKind, CallStatus, RunStatus

HEAD = """# The statuses of runs and calls

This page is made of the tables that the engine works with (`python -m tests.engine.states_page`); a test keeps the two equal. Every
update of a run's status names the status that it expects, so a way that is not drawn here cannot be taken.
"""


def meanings(kind: type[StrEnum]) -> dict[str, str]:
    """Return what the `#:` lines over the members of an enumeration say, by value; '' where there are none."""
    found = {}
    said: list[str] = []
    for line in map(str.strip, inspect.getsource(kind).splitlines()):
        if line.startswith('#:'):
            said.append(line.removeprefix('#:').strip())
        elif member := re.fullmatch(r"[A-Z]+ = '(\w+)'", line):
            found[member[1]] = ' '.join(said)
            said = []
    return found


def diagram() -> Iterator[str]:
    """Yield the lines of a Mermaid state diagram of runs; a way from a status to itself is left out."""
    yield 'stateDiagram-v2'
    yield f'    [*] --> {next(iter(RunStatus))}'
    for source in RunStatus:
        targets = RUN_TRANSITIONS[source]
        yield from (f'    {source} --> {target}' for target in RunStatus if target in targets and target != source)
        if not targets:
            yield f'    {source} --> [*]'


def table(kind: type[StrEnum], title: str) -> Iterator[str]:
    yield f'| {title} | what it means |'
    yield '|---|---|'
    yield from (f'| `{value}` | {said} |' for value, said in meanings(kind).items())


def page() -> str:
    """Return the text of the page."""
    parts = [
        HEAD,
        '## Runs\n',
        *('```mermaid', *diagram(), '```\n'),
        *table(RunStatus, 'status'),
        '\n## Calls\n',
        *table(CallStatus, 'status'),
        '\nWhat a call asks for:\n',
        *table(CallKind, 'kind'),
    ]
    return '\n'.join(parts) + '\n'


if __name__ == '__main__':
    print(page(), end='')
