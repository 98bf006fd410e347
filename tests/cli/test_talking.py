"""Commands that speak with runs."""

from __future__ import annotations

from monty_flow.cli.exit_codes import ExitCode
from monty_flow.engine import Functions, Worker
from tests.cli.conftest import Shell

WAITING = """
import flow
flow.status('asking')
flow.publish('answers', [1, 2])
flow.wait_signal('go')
"""


def test_a_signal_is_read_as_json_and_kept_or_given_to_the_call_that_waits(shell: Shell) -> None:
    run_id = shell.submit(WAITING)
    kept = shell('signal', run_id, 'other')
    Worker(shell.url, Functions(), isolation='none').run_until_idle()
    taken = shell('signal', run_id, 'go', '{"a": 1}', '--key', 'k')

    assert kept.out == f"the signal 'other' is sent to run {run_id}; it is kept until the script takes it\n"
    assert taken.out == f"the signal 'go' is sent to run {run_id}; call 1 gets it\n"
    documents = shell('signals', run_id, '--json').document
    assert [(each['name'], each['value'], each['key'], each['taken_by']) for each in documents] == [
        ('other', None, None, None),
        ('go', {'a': 1}, 'k', 1),
    ]
    assert "{'a': 1}" in shell('signals', run_id).out


def test_a_run_without_signals_says_so(shell: Shell) -> None:
    assert shell('signals', shell.submit(WAITING)).err == 'no signals\n'


def test_a_signal_with_a_bad_name_is_an_error_of_usage(shell: Shell) -> None:
    answer = shell('signal', shell.submit(WAITING), '')

    assert (answer.code, answer.err) == (
        ExitCode.USAGE,
        'the name of a signal has 0 characters; give from 1 to 200\n',
    )


def test_show_tells_what_a_script_says_and_publishes(shell: Shell) -> None:
    run_id = shell.submit(WAITING)
    Worker(shell.url, Functions(), isolation='none').run_until_idle()

    shown = shell('show', run_id)

    assert 'says       asking\n' in shown.out
    assert 'published  answers = [1, 2]\n' in shown.out
    assert shell('show', run_id, '--json').document['published'] == {'answers': [1, 2]}
    assert 'asking; signal' in shell('ps').out


def test_approvals_are_listed_and_decided(shell: Shell) -> None:
    run_id = shell.submit('import flow\n[flow.approve("Refund 20?").comment, flow.approve("Sure?").by]')
    worker = Worker(shell.url, Functions(), isolation='none')
    worker.run_until_idle()
    listed = shell('approvals')
    approved = shell('approve', run_id, '1', '--by', 'Bo', '--comment', 'fine')
    worker.run_until_idle()
    rejected = shell('reject', run_id, '2', '--by', 'Cy')
    again = shell('reject', run_id, '2')
    worker.run_until_idle()

    assert listed.out.splitlines()[1].split()[:3] == [run_id, '1', 'script.py']
    assert listed.out.rstrip().endswith('Refund 20?')
    assert approved.out == f"call 1 of run {run_id} ('Refund 20?') is approved\n"
    assert rejected.out == f"call 2 of run {run_id} ('Sure?') is rejected\n"
    assert (again.code, shell('approvals').err) == (ExitCode.WRONG_STATUS, 'nothing waits for an approval\n')
    assert shell('result', run_id, '--json').document['output'] == ['fine', 'Cy']


def test_show_tells_which_runs_a_script_has_started(shell: Shell) -> None:
    run_id = shell.submit('import flow\nflow.run("1")')
    Worker(shell.url, Functions(), isolation='none').run_until_idle()
    [child] = shell('show', run_id, '--json').document['children']

    assert f'started    {child} succeeded\n' in shell('show', run_id).out
    assert f'parent     {run_id}\n' in shell('show', child).out


def test_the_only_call_that_waits_needs_no_number(shell: Shell) -> None:
    run_id = shell.submit('import flow\nflow.approve("Refund 20?").approved')
    Worker(shell.url, Functions(), isolation='none').run_until_idle()

    assert shell('reject', run_id).out == f"call 1 of run {run_id} ('Refund 20?') is rejected\n"
    nothing = shell('approve', run_id)
    assert nothing.code is ExitCode.WRONG_STATUS
    assert nothing.err.startswith(f'no call of run {run_id} waits for an approval')


def test_of_several_calls_that_wait_one_has_to_be_named(shell: Shell) -> None:
    functions = Functions()
    functions.function(name='pay', requires_approval=True)(lambda cents: cents)
    run_id = shell.submit('import asyncio\nawait asyncio.gather(pay(1), pay(2))')
    Worker(shell.url, functions, isolation='none').run_until_idle()

    answer = shell('approve', run_id)

    assert answer.code is ExitCode.USAGE
    assert f'the calls 1, 2 of run {run_id} wait for an approval; say which one you mean.' in answer.err
    assert len(shell('approvals', run_id, '--json').document) == 2
