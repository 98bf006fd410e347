"""How long runs are kept, on the command line."""

from __future__ import annotations

from monty_flow.cli.exit_codes import ExitCode
from monty_flow.engine import Engine, Functions, Worker
from tests.cli.conftest import Shell


def lines(text: str) -> list[str]:
    return [' '.join(line.split()) for line in text.splitlines()]


def test_rules_are_set_listed_and_cleared(shell: Shell) -> None:
    none = shell('retention', 'list')
    shell('retention', 'set', '30d')
    shell('retention', 'set', 'forever', '--status', 'failed')
    as_json = shell('retention', 'set', '90m', '--namespace', 'shop', '--json').document
    listed = shell('retention', 'list').out
    cleared = shell('retention', 'clear', '--status', 'failed').out
    again = shell('retention', 'clear', '--status', 'failed')

    assert none.err == 'there are no rules, so runs are kept for ever\n'
    assert as_json == [{'namespace': 'shop', 'status': None, 'keep_seconds': 5400.0}]
    assert lines(listed) == ['NAMESPACE STATUS KEPT FOR', 'any any 30d', 'any failed ever', 'shop any 90m']
    assert cleared == 'the rule is gone\n'
    assert again.code == ExitCode.USAGE


def test_runs_that_ended_long_ago_are_deleted(shell: Shell) -> None:
    with Engine(shell.url) as engine:
        run = engine.submit('1 / 0')
        Worker(shell.url, Functions()).run_until(run.id)
    kept = shell('prune', '--older-than', '1d').out
    gone = shell('prune', '--older-than', '0s', '--status', 'failed', '--json').document

    assert kept == '0 runs deleted\n'
    assert gone == {'runs': 1}


def test_what_does_not_go_together_is_refused(shell: Shell) -> None:
    for arguments in (['--older-than', '1d', '--keep', 'last'], ['--status', 'failed'], ['--older-than', 'soon']):
        assert shell('prune', *arguments).code == ExitCode.USAGE
    assert shell('retention', 'set', '30d', '--status', 'waiting').code == ExitCode.USAGE
