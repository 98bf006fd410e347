"""Runs that scripts start: made once, awaited without a worker, cancelled with their parents, and bounded."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any

import pytest

from monty_flow.engine import CallKind, RunStatus
from monty_flow.engine.store import Store
from tests.engine.bench import Bench
from tests.engine.builders import SECOND, apply, claim, insert, new_call, new_run, pausing, succeeded


@pytest.fixture
def bench(bench: Bench) -> Bench:
    """Return a bench with functions for children."""
    bench.functions.function(name='double')(lambda x: 2 * x)
    return bench


def test_a_script_runs_another_one_and_gets_its_output(bench: Bench) -> None:
    run = bench.run('import flow\nflow.run("double(n) + 1", n=20)')
    [child] = bench.engine.children(run.id)

    assert (run.status, run.output) == (RunStatus.SUCCEEDED, 41)
    assert (child.parent, child.depth, child.inputs, child.output) == (run.id, 1, {'n': 20}, 41)
    assert [(call.kind, call.function) for call in bench.engine.calls(run.id)] == [(CallKind.CHILD, 'flow.wait_run')]


def test_several_runs_are_started_at_once_and_their_results_awaited(bench: Bench) -> None:
    run = bench.run(
        'import flow\nstarted = [flow.start("double(n)", n=n) for n in range(5)]\n[run.result() for run in started]'
    )

    assert run.output == [0, 2, 4, 6, 8]
    assert [child.output for child in bench.engine.children(run.id)] == [0, 2, 4, 6, 8]
    # One commit for the start of all five, and one for each result.
    assert len(bench.engine.history(run.id)) == 6


def test_a_handle_survives_the_snapshot(bench: Bench) -> None:
    run = bench.run(
        'import flow, time\nh = flow.start("1 + 1")\nk = h\ntime.sleep(60)\n[h.result(), k.result(), h.id, h is k]'
    )
    bench.clock.advance(60)
    bench.worker().run_until_idle()
    [child] = bench.engine.children(run.id)

    assert bench.engine.result(run.id) == [2, 2, child.id, True]


FAILING = """
import flow
try:
    flow.run('x = 1\\nx / 0')
except flow.RunFailed as error:
    found = [error.error_type, error.message, error.traceback, str(error), error.run_id]
found
"""


def test_the_failure_of_a_child_is_raised_in_the_parent_with_its_traceback(bench: Bench) -> None:
    run = bench.run(FAILING)
    [child] = bench.engine.children(run.id)

    assert run.output == [
        'ZeroDivisionError',
        'division by zero',
        'Traceback (most recent call last):\n  File "child.py", line 2, in <module>\n    x / 0\n'
        'ZeroDivisionError: division by zero',
        f'run {child.id} failed with ZeroDivisionError: division by zero',
        child.id,
    ]


def test_a_child_that_cannot_be_compiled_fails_as_any_other(bench: Bench) -> None:
    run = bench.run('import flow\ntry:\n    flow.run("x = = 1")\nexcept flow.RunFailed as e:\n    r = e.error_type\nr')

    assert run.output == 'MontySyntaxError'


def test_a_parent_that_waits_is_a_row_and_the_last_commit_of_the_child_wakes_it(bench: Bench) -> None:
    run = bench.run('import flow\nflow.run("import time\\ntime.sleep(3600)\\n7")')
    waiting = bench.engine.get(run.id)
    [child] = bench.engine.children(run.id)
    bench.clock.advance(3600)
    bench.worker().run_until_idle()

    assert (waiting.status, waiting.waiting_for) == (
        RunStatus.WAITING,
        f"run '{child.id}' (no worker is running)",
    )
    assert bench.engine.result(run.id) == 7


def test_a_wait_for_a_child_may_have_a_timeout(bench: Bench) -> None:
    run = bench.run(
        'import flow\nh = flow.start("import time\\ntime.sleep(3600)\\n7")\ntry:\n    h.result(timeout=60)\n'
        'except TimeoutError as e:\n    r = [str(e), h.result()]\nr'
    )
    bench.clock.advance(60)
    bench.worker().run_until_idle()
    bench.clock.advance(3600)
    bench.worker().run_until_idle()

    assert bench.engine.result(run.id) == ['flow.wait_run(): no end of the run within 60 s', 7]


def test_cancelling_a_parent_cancels_what_it_has_started_all_the_way_down(bench: Bench) -> None:
    grandchild = "import flow, time\\ntry:\\n    time.sleep(9999)\\nfinally:\\n    note('cleaned')"
    notes: list[Any] = []
    bench.functions.function(name='note')(notes.append)
    run = bench.run(f'import flow\nflow.run("import flow\\nflow.run(s)", s="{grandchild}")')
    bench.engine.cancel(run.id)
    bench.worker().run_until_idle()
    [child] = bench.engine.children(run.id)
    [below] = bench.engine.children(child.id)

    assert [bench.engine.get(each.id).status for each in (run, child, below)] == [RunStatus.CANCELLED] * 3
    assert notes == ['cleaned']
    assert below.depth == 2


def test_terminating_a_parent_ends_what_it_has_started_at_once(bench: Bench) -> None:
    run = bench.run('import flow\nflow.run("import time\\ntime.sleep(9999)")')
    bench.engine.terminate(run.id)

    assert [child.status for child in bench.engine.children(run.id)] == [RunStatus.CANCELLED]


def test_a_cancelled_child_is_a_failure_for_its_parent_which_goes_on(bench: Bench) -> None:
    run = bench.run(
        'import flow\nh = flow.start("import time\\ntime.sleep(9999)")\ntry:\n    h.result()\n'
        'except flow.RunFailed as e:\n    r = [e.error_type, str(e) == f"run {h.id} was cancelled"]\nr'
    )
    bench.engine.cancel(bench.engine.children(run.id)[0].id)
    bench.worker().run_until_idle()

    assert bench.engine.result(run.id) == ['Cancelled', True]


def test_a_script_cancels_a_run_that_it_has_started(bench: Bench) -> None:
    run = bench.run(
        'import flow\nh = flow.start("import time\\ntime.sleep(9999)")\nh.cancel()\ntry:\n    h.result()\n'
        'except flow.RunFailed as e:\n    r = e.error_type\nr'
    )

    assert run.output == 'Cancelled'
    assert [child.status for child in bench.engine.children(run.id)] == [RunStatus.CANCELLED]


def test_a_run_that_a_script_has_not_started_is_none_of_its_business(bench: Bench) -> None:
    other = bench.run('import time\ntime.sleep(9999)')
    run = bench.run(
        'import flow\nh = flow.Run(other)\nh.cancel()\ntry:\n    h.result()\nexcept flow.RunFailed as e:\n    r = e.error_type\nr',
        other=other.id,
    )

    assert run.output == 'RunNotFound'
    assert bench.engine.get(other.id).status is RunStatus.WAITING
    assert bench.engine.get(other.id).cancel_at is None


def test_a_step_that_fails_starts_nothing_so_that_a_retry_starts_it_once(bench: Bench) -> None:
    broken = [True]
    bench.functions.function(name='is_broken')(lambda: broken[0])
    run = bench.run('import flow\nb = is_broken()\nh = flow.start("7")\n1 / (not b)\nh.result()')
    before = bench.engine.children(run.id)
    broken[0] = False
    bench.engine.retry(run.id)
    bench.worker().run_until_idle()

    assert (before, bench.engine.result(run.id)) == ([], 7)
    assert len(bench.engine.children(run.id)) == 1


def test_a_child_has_the_namespace_queue_and_limits_of_its_parent(bench: Bench) -> None:
    submitted = bench.engine.submit(
        'import flow\nflow.run("1")', namespace='acme', priority=3, queue='slow', concurrency_key='k'
    )
    bench.worker().run_until_idle()
    [child] = bench.engine.children(submitted.id)

    assert (child.namespace, child.priority, child.queue, child.concurrency_key) == ('acme', 3, 'slow', 'k')


def test_runs_that_start_themselves_come_to_an_end(bench: Bench) -> None:
    source = 'import flow\ntry:\n    r = flow.run(s, s=s) + 1\nexcept flow.RunsRefused as e:\n    r = 0\n    flow.status(str(e))\nr'
    run = bench.run(source, s=source)

    assert run.output == 9
    assert [each.status_text for each in bench.engine.list() if each.depth == 9] == [
        'runs start runs 10 deep, and no deeper'
    ]


def test_a_run_starts_no_more_others_than_it_may(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr('monty_flow.engine.children.MAX_CHILDREN', 3)
    run = bench.run(
        'import flow, time\nflow.start("1")\ntime.sleep(0)\nn = 1\ntry:\n    while True:\n        flow.start("1")\n'
        '        n += 1\nexcept flow.RunsRefused as e:\n    r = [n, str(e)]\nr'
    )

    assert run.output == [3, 'a run may start 3 others, and no more']
    assert len(bench.engine.children(run.id)) == 3


@pytest.mark.parametrize(
    ('call', 'error'),
    [
        ('flow.start(3)', 'TypeError: flow.start() takes the source of a script as a text, not int'),
        ('flow.start("x", **{"a b": 1})', "ValueError: flow.start(): 'a b' cannot be an input; use identifiers"),
        (
            'flow.start("#" * 1048577)',
            'ValueError: flow.start(): the script has 1048577 characters, more than 1048576',
        ),
        ('flow.start("\\ud800")', 'ValueError: flow.start(): the script holds characters that are no text'),
    ],
)
def test_what_cannot_be_started_is_an_error_at_the_call(bench: Bench, call: str, error: str) -> None:
    run = bench.run(f'import flow\ntry:\n    {call}\nexcept Exception as e:\n    r = f"{{type(e).__name__}}: {{e}}"\nr')

    assert run.output == error


def test_a_child_that_ends_while_its_parent_begins_to_wait_is_not_missed(open_another: Any, store: Store) -> None:
    """The two transactions meet: the one that writes the wait, and the one that ends the child."""
    insert(store, 'p')
    with store.transaction():
        store.insert_runs([new_run('pc', parent_id='p', depth=1)])
    parent, child = claim(store, 'w1')
    call = new_call(1, kind=CallKind.CHILD, function='flow.wait_run', awaits='run:pc', leased=False, due_at=10**17)
    waiting = pausing(parent, 'w1', call, awaited_runs=('pc',), leaves_waiting=True)
    other = open_another()
    begun, ended = threading.Event(), threading.Event()

    def end() -> None:
        begun.set()
        apply(other, replace(succeeded(child, 'w1'), has_parent=True))
        ended.set()

    thread = threading.Thread(target=end)
    with store.transaction():
        assert store.apply([waiting]) == [True]
        thread.start()
        assert begun.wait(20)
    thread.join(20)

    due = [call.due_at.timestamp() * SECOND for call in store.calls('p')]
    assert ended.is_set()
    assert due[0] < 10**17
