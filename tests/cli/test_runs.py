"""Runs are submitted with options, found, and steered one by one or many at a time."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from monty_flow.cli.exit_codes import ExitCode
from monty_flow.engine import Engine
from tests.cli.conftest import Shell

PAGE = Path(__file__).parents[2] / 'docs' / 'runs.md'


def test_a_submission_takes_its_options(shell: Shell) -> None:
    options = ('--delay', '5m', '--deadline', '2030-01-31T18:00', '--namespace', 'billing', '--tag', 'customer=A=B')

    run = shell('show', shell.submit('1', *options), '--json').document

    assert (run['namespace'], run['tags'], run['deadline']) == (
        'billing', {'customer': 'A=B'}, '2030-01-31T18:00:00+00:00',
    )  # fmt: skip
    assert re.match(r'a worker to start it at 20\d\d-', run['waiting_for'])


def test_show_tells_deadline_namespace_and_tags(shell: Shell) -> None:
    run_id = shell.submit('1', '--deadline', '2030-01-31T18:00+02:00', '--namespace', 'billing', '--tag', 'a=b')

    answer = shell('show', run_id)

    lines = [' '.join(line.split()) for line in answer.out.splitlines()]
    assert {'deadline 2030-01-31 16:00:00 UTC', 'namespace billing', 'tag a = b'} <= set(lines)


@pytest.mark.parametrize(
    ('options', 'message'),
    [
        (('--delay', 'soon'), "--delay 'soon' is no length of time; write one such as 90s, 5m, 2h or 3d."),
        (
            ('--at', 'noon'),
            "--at 'noon' is no moment; write one such as 2030-01-31T18:00 (in UTC) or 2030-01-31T18:00+02:00.",
        ),
        (('--tag', 'plain'), "--tag 'plain' is not written NAME=VALUE."),
        (('--delay', '1s', '--at', '2030-01-01'), 'both delay_seconds and start_at are given; give one of them'),
        (('--namespace', ''), "namespace='' is not a name; use up to 100 letters, digits and _ . : -"),
    ],
)
def test_options_that_cannot_be_are_refused(shell: Shell, options: tuple[str, ...], message: str) -> None:
    answer = shell('submit', str(shell.write('s.py', '1')), *options)

    assert answer.code is ExitCode.USAGE
    assert message in ' '.join(answer.err.split())


def test_ps_narrows_by_its_options_and_goes_on_page_by_page(shell: Shell) -> None:
    first, second, third = (shell.submit('1', '--tag', f'n={n % 2}', name=f's{n}.py') for n in range(3))

    tagged = shell('ps', '--tag', 'n=0', '--json').document
    page = shell('ps', '--limit', '1', '--json').document
    older = shell('ps', '--older-than', third, '--json').document
    named = shell('ps', '--script', 's1.py', '--after', '2020-01-01', '--json').document
    nothing = shell('ps', '--text', 'elsewhere')

    assert [run['id'] for run in tagged] == [third, first]
    assert [run['id'] for run in page] == [third]
    assert [run['id'] for run in older] == [second, first]
    assert [run['id'] for run in named] == [second]
    assert (nothing.code, nothing.err) == (ExitCode.OK, 'no such runs\n')


def test_ps_and_what_steers_runs_take_those_of_a_queue(shell: Shell) -> None:
    shell.submit('1')
    mail = shell.submit('1', '--queue', 'mail')

    listed = shell('ps', '--queue', 'mail', '--json').document
    paused = shell('pause', '--queue', 'mail').out
    nothing = shell('ps', '--queue', 'elsewhere')

    assert [run['id'] for run in listed] == [mail]
    assert paused == '1 run was paused\n'
    assert nothing.err == 'no such runs\n'


def test_one_run_is_paused_resumed_terminated_and_deleted(shell: Shell) -> None:
    run_id = shell.submit('1')

    said = [shell(verb, run_id).out for verb in ('pause', 'resume', 'terminate', 'delete')]

    assert said == [
        f'run {run_id} is paused; `monty-flow resume {run_id}` lets it go on\n',
        f'run {run_id} is pending again; a worker will go on with it\n',
        f'run {run_id} is cancelled\n',
        f'run {run_id} is deleted\n',
    ]
    assert shell('show', run_id).code is ExitCode.NOT_FOUND


def test_many_runs_are_changed_by_what_they_have_in_common(shell: Shell) -> None:
    for tenant in ('acme', 'acme', 'other'):
        shell.submit('1', '--tag', f'tenant={tenant}')

    said = [
        shell('pause', '--tag', 'tenant=acme', '--dry-run').out,
        shell('pause', '--tag', 'tenant=acme').out,
        shell('resume', '--all').out,
        shell('cancel', '--tag', 'tenant=other').out,
        shell('delete', '--all', '--dry-run').out,
    ]

    assert said == [
        '2 runs would be paused\n',
        '2 runs were paused\n',
        '2 runs were resumed\n',
        '1 run was cancelled\n',
        '1 run would be deleted\n',
    ]
    assert shell('terminate', '--all', '--json').document == {'runs': 2, 'dry_run': False}


@pytest.mark.parametrize('arguments', [(), ('--all', '--tag', 'a=b')])
def test_a_verb_without_a_choice_changes_nothing(shell: Shell, arguments: tuple[str, ...]) -> None:
    shell.submit('1')

    answer = shell('delete', *arguments)

    assert answer.code is ExitCode.USAGE
    assert 'name one run, or choose runs by options such as --tag, or take --all' in ' '.join(answer.err.split())


def test_the_program_of_the_page_about_runs_runs(shell: Shell) -> None:
    [program] = re.findall(r'```python\n(.*?)```', PAGE.read_text(encoding='utf-8'), re.DOTALL)

    exec(compile(program, 'runs.md', 'exec'), {})

    with Engine(f'sqlite:///{shell.folder}/runs.db') as engine:
        assert [run.namespace for run in engine.list()] == ['billing']
