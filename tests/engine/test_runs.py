"""What a submission may ask for, and when it takes effect."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from monty_flow.engine import (
    DeadlineExceeded,
    Engine,
    FilterRefused,
    InputsRefused,
    RunFailed,
    RunStatus,
    SubmissionRefused,
)
from tests.engine.bench import Bench, Gate

START = datetime(2030, 1, 1, tzinfo=UTC)


def test_a_delayed_run_begins_when_its_delay_is_over(bench: Bench) -> None:
    run = bench.engine.submit('1', delay_seconds=60)
    bench.clock.advance(59)
    bench.work()
    early = bench.engine.get(run.id)
    bench.clock.advance(1)
    bench.work()

    assert early.status is RunStatus.PENDING
    assert early.waiting_for == 'a worker to start it at 2030-01-01T00:01:00Z: no worker is running'
    assert bench.engine.result(run.id) == 1


def test_a_run_begins_at_its_start_and_one_of_the_past_at_once(bench: Bench) -> None:
    later = bench.engine.submit('1', start_at=START + timedelta(hours=1))
    past = bench.engine.submit('1', start_at=START - timedelta(hours=1))
    bench.work()
    statuses = [bench.engine.get(run.id).status for run in (later, past)]
    bench.clock.advance(3600)
    bench.work()

    assert statuses == [RunStatus.PENDING, RunStatus.SUCCEEDED]
    assert bench.engine.get(later.id).status is RunStatus.SUCCEEDED


def test_namespace_tags_and_deadline_are_told(bench: Bench) -> None:
    plain = bench.engine.submit('1')
    run = bench.engine.submit('1', namespace='acme', tags={'tenant': 'Acme & Sons'}, deadline_seconds=60)

    assert (plain.namespace, plain.tags, plain.deadline) == ('default', {}, None)
    assert (run.namespace, run.tags) == ('acme', {'tenant': 'Acme & Sons'})
    assert run.deadline == START + timedelta(minutes=1)


@pytest.mark.parametrize(
    ('options', 'message'),
    [
        (
            {'namespace': 'a/b'},
            "namespace='a/b' is not a name; use up to 100 letters, digits and _ . : -, "
            'the first of them a letter, a digit or _',
        ),
        ({'delay_seconds': -1}, 'delay_seconds=-1 is not a number of seconds from 0 on'),
        ({'deadline_seconds': float('nan')}, 'deadline_seconds=nan is not a number of seconds from 0 on'),
        (
            {'delay_seconds': 1, 'start_at': START},
            'both delay_seconds and start_at are given; give one of them',
        ),
        (
            {'start_at': datetime(2030, 1, 1)},
            'start_at=datetime.datetime(2030, 1, 1, 0, 0) is not a moment; give a datetime with a time zone',
        ),
        (
            {'tags': {'tenant': 3}},
            "the tag 'tenant' is not a text of up to 500 characters; shorten it, or write it as one",
        ),
        ({'key': 3}, 'key=3 is not a text; give a str'),
        ({'script_name': None}, 'script_name=None is not a text; give a str'),
        ({'tags': {f't{number}': '' for number in range(51)}}, '51 tags are more than 50; keep the rest in the inputs'),
    ],
)
def test_options_that_cannot_be_are_refused(bench: Bench, options: dict[str, Any], message: str) -> None:
    with pytest.raises(SubmissionRefused) as caught:
        bench.engine.submit('1', **options)

    assert str(caught.value) == message
    assert bench.engine.list() == []


def test_a_run_that_waits_is_ended_by_its_deadline(bench: Bench) -> None:
    run = bench.engine.submit('import time\ntime.sleep(3600)', deadline_seconds=60)
    bench.work()
    bench.clock.advance(61)
    bench.work()

    [call] = bench.engine.calls(run.id)
    with pytest.raises(DeadlineExceeded) as caught:
        bench.engine.result(run.id)
    assert str(caught.value) == (
        f'run {run.id} failed with DeadlineExceeded: the run had not ended by 2030-01-01T00:01:00Z; '
        'mend the cause and retry it, or submit a new run'
    )
    assert bench.engine.get(run.id).finished_at == START + timedelta(seconds=61)
    assert call.status == 'held'


def test_a_run_that_nobody_began_and_a_paused_one_are_ended_by_their_deadlines(bench: Bench) -> None:
    pending = bench.engine.submit('1', delay_seconds=3600, deadline_seconds=60)
    paused = bench.engine.submit('1', deadline_seconds=60)
    bench.engine.pause(paused.id)
    bench.clock.advance(60)
    bench.work()

    assert [bench.engine.get(run.id).status for run in (pending, paused)] == [RunStatus.FAILED] * 2


def test_a_deadline_passes_while_the_only_worker_is_full(bench: Bench) -> None:
    gate = Gate()
    bench.functions.function(name='gate')(gate)
    run = bench.engine.submit('gate()', deadline_seconds=60)
    with bench.at_work(concurrency=1):
        gate.begun.wait(10)
        bench.clock.advance(61)
        ended = bench.engine.wait(run.id, timeout_seconds=60)
        gate.let.set()

    assert (ended.status, str(ended.error)) == (
        RunStatus.FAILED, 'DeadlineExceeded: the run had not ended by 2030-01-01T00:01:00Z',
    )  # fmt: skip
    assert bench.engine.get(run.id) == ended


def test_a_run_that_ended_in_time_is_left_alone(bench: Bench) -> None:
    run = bench.engine.submit('1', deadline_seconds=60)
    bench.work()
    bench.clock.advance(61)
    bench.work()

    assert bench.engine.result(run.id) == 1


def test_a_run_that_is_retried_after_its_deadline_has_none_any_more(bench: Bench) -> None:
    run = bench.engine.submit('import time\ntime.sleep(100)\n"done"', deadline_seconds=60)
    bench.work()
    bench.clock.advance(61)
    bench.work()
    bench.engine.retry(run.id)
    bench.clock.advance(100)
    bench.work()

    assert bench.engine.get(run.id).deadline is None
    assert bench.engine.result(run.id) == 'done'


def test_an_error_of_the_script_that_is_called_like_that_of_a_deadline_is_its_own(bench: Bench) -> None:
    run = bench.run('class DeadlineExceeded(Exception): pass\nraise DeadlineExceeded("mine")')

    with pytest.raises(RunFailed) as caught:
        bench.engine.result(run.id)

    assert type(caught.value) is RunFailed


def test_a_waiting_engine_is_told_of_the_end_by_another_one(url: str) -> None:
    from threading import Thread

    found = []
    with Engine(url) as waiting, Engine(url) as other:
        run = waiting.submit('1')
        thread = Thread(target=lambda: found.append(waiting.wait(run.id, timeout_seconds=30)))
        thread.start()
        other.terminate(run.id)
        thread.join(30)

    assert [ended.status for ended in found] == [RunStatus.CANCELLED]


def test_inputs_that_are_no_names_with_values_are_refused(bench: Bench) -> None:
    with pytest.raises(InputsRefused) as caught:
        bench.engine.submit('x', inputs=['x'])  # type: ignore[arg-type]

    assert str(caught.value) == """inputs=['x'] are not names with values; give a dict, such as {"n": 1}"""


def test_a_list_of_less_than_no_runs_is_refused(bench: Bench) -> None:
    with pytest.raises(FilterRefused) as caught:
        bench.engine.list(limit=-1)

    assert str(caught.value) == 'limit=-1 is not a number of runs from 0 on'
