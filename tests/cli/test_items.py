"""What `show` tells of a run with a map, and `logs` of when something was printed."""

from __future__ import annotations

import re

from monty_flow.engine import Engine, Functions, Worker
from tests.cli.conftest import Shell


def ran(shell: Shell, source: str) -> str:
    """Return the id of a run that has gone as far as it can, in which `check` fails for every tenth item."""
    functions = Functions()

    @functions.function(retries=0)
    def check(x: int) -> int:
        if x % 10 == 3:
            raise ValueError(f'bad {x}')
        return x

    with Engine(shell.url) as engine:
        run = engine.submit(source)
        Worker(shell.url, functions).run_until_idle()
    return run.id


def test_of_many_items_those_are_shown_that_matter(shell: Shell) -> None:
    run = ran(shell, 'import flow\nlen(flow.map(check, range(200), return_exceptions=True))')
    shown = shell('show', run)

    assert shown.out.count('check(') == 5
    assert shown.out.endswith('200 items of call 1: 180 done, 20 failed\n')
    assert len(shell('show', run, '--json').document['calls']) == 201


def test_a_few_items_are_shown_as_calls(shell: Shell) -> None:
    run = ran(shell, 'import flow\nlen(flow.map(check, range(3)))')

    assert shell('show', run).out.count('check(') == 3


def test_log_lines_come_with_time_and_step(shell: Shell) -> None:
    run = ran(shell, "print('one')\ncheck(1)\nprint('two')")
    lines = shell('logs', run, '--times').out.splitlines()

    assert [re.sub(r'^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC', 'TIME', line) for line in lines] == [
        'TIME  step 0  one',
        'TIME  step 1  two',
    ]
    assert shell('logs', run).out == 'one\ntwo\n'


def test_the_numbers_of_functions_are_of_functions_alone(shell: Shell) -> None:
    ran(shell, 'import flow\nflow.map(check, [1])\nflow.run("2")')

    assert 'flow.' not in shell('stats').out
