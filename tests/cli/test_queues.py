"""Queues and workers on the command line."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from monty_flow.cli.exit_codes import ExitCode
from monty_flow.engine import Functions, Worker
from tests.cli.conftest import Answer, Shell

PAGE = Path(__file__).parents[2] / 'docs' / 'queues.md'


def lines(text: str) -> list[str]:
    """Return lines with single spaces."""
    return [' '.join(line.split()) for line in text.splitlines()]


def test_limits_are_set_shown_lifted_and_forgotten(shell: Shell) -> None:
    shell.submit('1', '--queue', 'mail', '--priority', '-5', '--concurrency-key', 'acme')
    set_first = shell('queues', 'set', 'mail', '--concurrency', '3', '--rate', '100/1m', '--max-pending', '9')
    shell('queues', 'set', 'mail', '--concurrency', 'none', '--key-concurrency', '2')
    paused = shell('queues', 'pause', 'mail', '--json').document
    listed = shell('queues', 'list').out
    shell('queues', 'resume', 'mail')
    forgotten = shell('queues', 'delete', 'mail').out

    assert lines(set_first.out)[1] == 'mail 1 0 3 - 100/60s 9'
    assert (paused['paused'], paused['waiting'], paused['rate'], paused['period_seconds']) == (True, 1, 100, 60.0)
    assert lines(listed) == [
        'QUEUE WAITING IN HAND AT ONCE OF A KEY RATE MAY WAIT',
        'default 0 0 - - - -',
        'mail 1 0 - 2 100/60s 9 paused',
    ]
    assert forgotten == 'the queue mail has no limits any more\n'


def test_show_tells_queue_key_and_priority(shell: Shell) -> None:
    run_id = shell.submit('1', '--queue', 'mail', '--priority', '-5', '--concurrency-key', 'acme')

    assert {'queue mail, key acme', 'priority -5'} <= set(lines(shell('show', run_id).out))


@pytest.mark.parametrize(
    ('arguments', 'code', 'message'),
    [
        (('set', 'q', '--rate', 'fast'), ExitCode.USAGE, "--rate 'fast' is no rate; write one such as 100/1m, or none"),
        (
            ('set', 'q', '--concurrency', 'x'),
            ExitCode.USAGE,
            "--concurrency 'x' is no number; write one, or none to lift",
        ),
        (('set', 'q', '--concurrency', '0'), ExitCode.USAGE, 'concurrency=0 is not a number from 1 on'),
        (('delete', 'q'), ExitCode.NOT_FOUND, "nothing was said of the queue 'q'"),
    ],
)
def test_what_a_queue_cannot_be_is_refused(
    shell: Shell, arguments: tuple[str, ...], code: ExitCode, message: str
) -> None:
    answer = shell('queues', *arguments)

    assert answer.code is code
    assert message in ' '.join(answer.err.split())


def test_a_submission_to_a_full_queue_ends_in_a_code_of_its_own(shell: Shell) -> None:
    shell('queues', 'set', 'q', '--max-pending', '1')
    shell.submit('1', '--queue', 'q')

    answer = shell('submit', str(shell.write('s.py', '1')), '--queue', 'q')

    assert answer.code is ExitCode.QUEUE_FULL


def test_a_submission_says_what_no_running_worker_serves(shell: Shell) -> None:
    functions = Functions()
    script = str(shell.write('typo.py', 'loook(1)'))
    answers: list[Answer] = []

    @functions.function
    def look(n: int) -> int:
        if n == 0:
            answers.append(shell('submit', script))
            answers.append(shell('submit', str(shell.write('right.py', 'look(1)'))))
        return n

    before = shell('submit', script)
    run_id = shell.submit('look(0)')
    Worker(shell.url, functions, isolation='none').run_until(run_id)

    assert [answer.err for answer in (before, *answers)] == [
        '',
        'no running worker serves loook; did you mean look?\n',
        '',
    ]


def test_workers_are_listed_while_they_live(shell: Shell) -> None:
    functions, seen = Functions(), []

    @functions.function
    def look() -> None:
        seen.append(shell('workers'))

    run_id = shell.submit('look()')
    Worker(shell.url, functions, worker_id='w1', concurrency=3, queues=['default', 'mail']).run_until(run_id)

    [answer] = seen
    heading, row = lines(answer.out)
    assert heading == 'WORKER STATE IN HAND SINCE (UTC) LEASE UNTIL QUEUES FUNCTIONS'
    assert re.fullmatch(r'w1 works 1/3 20\S+ \S+ 20\S+ \S+ default, mail look', row)
    assert shell('workers').err == 'no workers\n'


def test_a_worker_is_told_to_finish_by_its_name_or_its_session(shell: Shell) -> None:
    functions, answers = Functions(), []

    @functions.function
    def look() -> None:
        [worker] = shell('workers', 'list', '--json').document
        answers.append(shell('workers', 'drain', 'w1'))
        answers.append(shell('workers', 'drain', worker['session'][:8], '--json'))
        answers.append(shell('workers'))

    run_id = shell.submit('look()')
    Worker(shell.url, functions, worker_id='w1').run_until(run_id)

    by_name, by_session, listed = answers
    assert by_name.out == 'the worker w1 takes no more calls, and ends when it has none in hand; 1 now\n'
    assert by_session.document['name'] == 'w1'
    assert lines(listed.out)[1].startswith('w1 finishing 1/10 ')


@pytest.mark.parametrize(
    ('arguments', 'code', 'message'),
    [
        (('drain', 'nobody'), ExitCode.NOT_FOUND, "no worker that lives is called 'nobody'; list the workers"),
        (('--json', 'drain', 'nobody'), ExitCode.USAGE, 'write the options behind "workers drain".'),
    ],
)
def test_a_worker_that_is_not_there_cannot_finish(
    shell: Shell, arguments: tuple[str, ...], code: ExitCode, message: str
) -> None:
    answer = shell('workers', *arguments)

    assert answer.code is code
    assert message in ' '.join(answer.err.split())


def test_a_name_that_several_workers_have_is_not_enough(shell: Shell) -> None:
    functions, answers = Functions(), []

    @functions.function
    def look() -> None:
        Worker(shell.url, inner, worker_id='w1').run_until(shell.submit('look_again()', name='inner.py'))

    inner = Functions()

    @inner.function
    def look_again() -> None:
        answers.append(shell('workers', 'drain', 'w1'))

    Worker(shell.url, functions, worker_id='w1').run_until(shell.submit('look()'))

    [answer] = answers
    assert answer.code is ExitCode.USAGE
    assert "'w1' means several workers; name one by its session: " in ' '.join(answer.err.split())


def test_a_worker_of_a_queue_that_cannot_be_is_refused(shell: Shell) -> None:
    answer = shell('worker', f'{shell.folder}/host.py:functions', '--queues', 'a,b c')

    assert answer.code is ExitCode.USAGE
    assert "queues: 'b c' is not a name" in ' '.join(answer.err.split())


def test_the_program_of_the_page_about_queues_runs(shell: Shell) -> None:
    [program] = re.findall(r'```python\n(.*?)```', PAGE.read_text(encoding='utf-8'), re.DOTALL)

    exec(compile(program, 'queues.md', 'exec'), {})

    assert shell('queues', 'list', '--database', 'sqlite:///queues.db').code is ExitCode.OK
