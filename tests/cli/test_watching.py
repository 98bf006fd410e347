"""`stats` and `top`, and what a worker tells on demand."""

from __future__ import annotations

import json
import logging

import pytest

from monty_flow.cli.serving import watching
from tests.cli.conftest import Shell


def test_stats_tell_of_runs_queues_workers_and_functions(shell: Shell) -> None:
    shell.run('double(flaky(2))')
    shell.submit('double(1)')

    text, document = shell('stats').out, shell('stats', '--json').document

    assert text.startswith('runs: 1 pending, 1 succeeded\n\nQUEUE')
    assert 'no workers' in text
    assert {each['function']: (each['attempts'], each['errors']) for each in document['functions']} == {
        'double': (1, 0), 'flaky': (2, 1),
    }  # fmt: skip
    assert document['runs']['succeeded'] == 1


def test_top_shows_them_again_and_again(shell: Shell) -> None:
    answer = shell('top', '--interval', '0.1', '--times', '2')

    assert answer.out.count('runs: none\n') == 2


def test_a_worker_serves_metrics_and_logs_what_happens(capsys: pytest.CaptureFixture[str]) -> None:
    package = logging.getLogger('monty_flow')
    before, level = list(package.handlers), package.level
    try:
        log, metrics = watching('127.0.0.1', 0, 'json', trace=False)
        log.lease_lost()
    finally:
        package.handlers[:] = before
        package.setLevel(level)

    first, second = capsys.readouterr().err.splitlines()
    assert first.startswith('metrics are at http://127.0.0.1:')
    assert json.loads(second)['event'] == 'lease lost'
    assert type(metrics).__name__ == 'Metrics'


def test_a_form_of_logs_that_does_not_exist_is_refused(shell: Shell) -> None:
    answer = shell('worker', f'{shell.folder}/host.py:functions', '--log', 'xml')

    assert "--log 'xml' is neither text nor json." in answer.err
