"""Schedules on the command line."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from monty_flow.cli.exit_codes import ExitCode
from tests.cli.conftest import Answer, Shell

PAGE = Path(__file__).parents[2] / 'docs' / 'schedules.md'


def create(shell: Shell, *options: str) -> Answer:
    """Create a schedule of a script."""
    return shell('schedules', 'create', 'nightly', str(shell.write('report.py', 'city')), '-i', 'city=Rome', *options)


def lines(text: str) -> list[str]:
    """Return lines with single spaces."""
    return [' '.join(line.split()) for line in text.splitlines()]


def test_a_schedule_is_created_paused_resumed_triggered_and_deleted(shell: Shell) -> None:
    made = create(shell, '--cron', '30 6 * * *', '--timezone', 'Europe/Rome', '--tag', 'a=b', '--queue', 'mail')
    paused = shell('schedules', 'pause', 'nightly')
    resumed = shell('schedules', 'resume', 'nightly', '--json').document
    run_id = shell('schedules', 'trigger', 'nightly').out.strip()
    listed = shell('schedules', 'list')
    shown = shell('schedules', 'show', 'nightly')
    deleted = shell('schedules', 'delete', 'nightly')

    assert re.fullmatch(r'nightly 30 6 \* \* \* Europe/Rome 20\S+ 0\d:30:00 0 0 report.py -', lines(made.out)[1])
    assert 'paused' in paused.out
    assert (resumed['paused'], resumed['queue'], resumed['inputs']) == (False, 'mail', {'city': 'Rome'})
    assert lines(listed.out)[1].endswith(f'1 0 report.py {run_id}')
    assert {'overlap skip', 'catch-up last, 100 at most', "input city = 'Rome'"} <= set(lines(shown.out))
    assert any(line.startswith(f'run {run_id} pending') for line in lines(shown.out))
    assert deleted.out == 'the schedule nightly is deleted\n'
    assert shell('schedules', 'list').err == 'no schedules\n'
    assert shell('show', run_id, '--json').document['tags'] == {'a': 'b', 'schedule': 'nightly'}


def test_a_schedule_is_replaced_only_with_the_option(shell: Shell) -> None:
    create(shell, '--every', '15m')

    again = create(shell, '--every', '1h')
    replaced = create(shell, '--at', '2040-01-01', '--replace', '--jitter', '5m', '--json')

    assert again.code is ExitCode.WRONG_STATUS
    assert (replaced.document['at'], replaced.document['jitter_seconds']) == ('2040-01-01T00:00:00+00:00', 300.0)


@pytest.mark.parametrize(
    ('options', 'message'),
    [
        (('--cron', 'daily'), "cron='daily' is no cron expression"),
        (('--every', 'often'), "--every 'often' is no length of time"),
        ((), 'a schedule goes by one of cron, every_seconds'),
        (('--every', '1m', '--overlap', 'no'), "overlap='no' is none of skip, queue, cancel, allow"),
    ],
)
def test_a_schedule_that_cannot_be_is_refused(shell: Shell, options: tuple[str, ...], message: str) -> None:
    answer = create(shell, *options)

    assert answer.code is ExitCode.USAGE
    assert message in ' '.join(answer.err.split())


def test_a_schedule_that_is_not_there_is_not_found(shell: Shell) -> None:
    assert shell('schedules', 'trigger', 'x').code is ExitCode.NOT_FOUND


def test_the_program_of_the_page_about_schedules_runs(shell: Shell) -> None:
    [program] = re.findall(r'```python\n(.*?)```', PAGE.read_text(encoding='utf-8'), re.DOTALL)

    exec(compile(program, 'schedules.md', 'exec'), {})

    assert 'morning-report' in shell('schedules', 'list', '--database', 'sqlite:///schedules.db').out
