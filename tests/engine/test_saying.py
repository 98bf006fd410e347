"""What scripts say to the engine within a step: status, published values, facts and the time."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from monty_flow.engine import RunStatus, Submission, payloads, speaking
from monty_flow.engine.store import Store
from monty_flow.engine.transitions import Said
from tests.engine.bench import Bench
from tests.engine.builders import apply, claim, insert, paused


def test_the_last_status_is_shown_while_the_run_waits_and_after_its_end(bench: Bench) -> None:
    run = bench.run('import flow, time\nflow.status("one")\nflow.status("two")\ntime.sleep(9)\nflow.status("three")')
    waiting = bench.engine.get(run.id)
    bench.clock.advance(9)
    bench.worker().run_until_idle()

    assert (waiting.status, waiting.status_text) == (RunStatus.WAITING, 'two')
    assert bench.engine.get(run.id).status_text == 'three'
    assert bench.engine.list()[0].status_text == 'three'


def test_published_values_can_be_read_while_the_run_waits_the_newest_of_each_name(bench: Bench) -> None:
    run = bench.run(
        'import flow, time\nfor i in range(3):\n    flow.publish("done", i)\nflow.publish("rows", [(1, {"a": None})])\ntime.sleep(9)'
    )

    assert bench.engine.published(run.id) == {'done': 2, 'rows': [(1, {'a': None})]}


def test_what_is_said_costs_no_commit_and_no_call_of_its_own(bench: Bench) -> None:
    commits = []
    for source in ('f()', 'import flow\nflow.status("a")\nf()\nflow.publish("a", flow.info().step)\nflow.now()'):
        bench.functions = type(bench.functions)()
        bench.functions.function(name='f')(lambda: None)
        run = bench.run(source)
        assert run.status is RunStatus.SUCCEEDED
        commits.append((len(bench.engine.history(run.id)), len(bench.engine.calls(run.id)), run.version))

    assert commits[0] == commits[1]


def test_a_step_that_does_not_stand_has_said_nothing(store: Store) -> None:
    insert(store, 'a', 'b')
    stale, good = claim(store, 'w1')
    stale.version += 1
    said = Said(status='here', published={'n': payloads.encode(1)})

    stood = apply(store, *(paused(each, 'w1', said=said) for each in (stale, good)))

    assert stood == [False, True]
    assert [(run.status_text, store.published(run.id)) for run in map(store.get, 'ab') if run] == [
        (None, {}),
        ('here', {'n': 1}),
    ]


def test_a_script_knows_its_run(bench: Bench) -> None:
    bench.functions.function(name='f')(lambda: None)
    submitted = bench.engine.submit_many(
        [
            Submission(
                'import flow\nn\nf()\ni = flow.info()\n[i.run_id, i.script_name, i.key, i.inputs, i.step, i.attempt, i.parent]',
                {'n': 3}, 'job.py', key='k',
            )
        ]
    )[0]  # fmt: skip
    bench.worker().run_until_idle()

    assert bench.engine.result(submitted.id) == [submitted.id, 'job.py', 'k', {'n': 3}, 1, 1, None]


def test_now_is_the_clock_of_the_engine_with_a_zone(bench: Bench) -> None:
    run = bench.run('import flow\nflow.now()')

    assert run.output == datetime(2030, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ('call', 'error'),
    [
        ('flow.status("x" * 1001)', 'ValueError: flow.status(): the text has 1001 characters, more than 1000'),
        ('flow.publish("", 1)', 'ValueError: flow.publish(): the name has 0 characters; give from 1 to 200'),
        ('flow.publish("x" * 201, 1)', 'ValueError: flow.publish(): the name has 201 characters; give from 1 to 200'),
        (
            'flow.publish("a\\0b", 1)',
            'ValueError: flow.publish(): the name holds a character that cannot be stored; give a plain text',
        ),
        (
            'flow.publish("a", bytes(range(256)) * 4200)',
            "ValueError: flow.publish('a'): the value takes 1075206 bytes, more than 1048576",
        ),
    ],
)
def test_what_is_over_a_limit_is_an_error_at_the_call(bench: Bench, call: str, error: str, monkeypatch: Any) -> None:
    monkeypatch.setattr('monty_flow.engine.payloads.COMPRESS_FROM_BYTES', 1 << 40)
    run = bench.run(f'import flow\ntry:\n    {call}\nexcept Exception as e:\n    r = f"{{type(e).__name__}}: {{e}}"\nr')

    assert run.output == error


def test_a_status_of_any_text_can_be_stored(bench: Bench) -> None:
    run = bench.run('import flow\nflow.status("a\\0b\\ud800")')

    assert run.status_text == 'a\N{SYMBOL FOR NULL}b?'


def test_a_step_that_says_very_much_is_cut_into_several(bench: Bench) -> None:
    count = 2 * speaking.MAX_ANSWERS + 5
    run = bench.run(f'import flow\nfor i in range({count}):\n    flow.status(str(i))\ni')

    assert (run.output, run.status_text) == (count - 1, str(count - 1))
    assert [call.function for call in bench.engine.calls(run.id)] == ['flow.status'] * 2
