"""Signals: kept until they are taken, taken once, in their order, and waking who waits."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from monty_flow.engine import (
    CallKind,
    Engine,
    Functions,
    NameRefused,
    RunNotFound,
    RunStatus,
    SignalsFull,
    ValueRefused,
    Worker,
    WrongStatus,
)
from monty_flow.engine.store import said
from monty_flow.interpreter import KeyRing
from tests.engine.bench import Bench

WAIT = 'import flow\nflow.wait_signal("go")'


def test_a_run_waits_for_its_signal_and_gets_the_value(bench: Bench) -> None:
    run = bench.run(WAIT)
    sent = bench.engine.signal(run.id, 'go', {'rows': [1, (2, 3)]})
    bench.worker().run_until_idle()

    assert (run.status, run.waiting_for) == (RunStatus.WAITING, "signal 'go' (no worker is running)")
    assert bench.engine.result(run.id) == {'rows': [1, (2, 3)]}
    assert (sent.name, sent.taken_by) == ('go', 1)
    [call] = bench.engine.calls(run.id)
    assert (call.kind, call.result, call.expires_at) == (CallKind.SIGNAL, {'rows': [1, (2, 3)]}, None)


def test_a_signal_that_comes_before_the_wait_is_kept_and_the_oldest_is_taken_first(bench: Bench) -> None:
    submitted = bench.engine.submit(f'{WAIT}, flow.wait_signal("other"), flow.wait_signal("go")')
    for name, value in (('go', 1), ('other', 'x'), ('go', 2), ('go', 3)):
        bench.engine.signal(submitted.id, name, value)
    bench.worker().run_until_idle()

    assert bench.engine.result(submitted.id) == (1, 'x', 2)
    taken = [(signal.name, signal.value, signal.taken_by) for signal in bench.engine.signals(submitted.id)]
    assert taken == [('go', 1, 1), ('other', 'x', 2), ('go', 2, 3), ('go', 3, None)]


def test_a_wait_ends_in_a_timeout_error_at_its_time(bench: Bench) -> None:
    run = bench.run(
        'import flow\nfrom datetime import timedelta\ntry:\n    flow.wait_signal("go", timeout=timedelta(seconds=60))\n'
        'except TimeoutError as e:\n    r = str(e)\nr'
    )
    bench.clock.advance(59.9)
    bench.worker().run_until_idle()
    before = bench.engine.get(run.id)
    bench.clock.advance(0.1)
    bench.worker().run_until_idle()

    assert before.waiting_for == "signal 'go' until 2030-01-01T00:01:00Z (no worker is running)"
    assert bench.engine.result(run.id) == 'flow.wait_signal(): no signal go within 60 s'


def test_a_timeout_of_nothing_looks_only(bench: Bench) -> None:
    source = (
        'import flow\nfound = []\nfor i in range(2):\n    try:\n        found.append(flow.wait_signal("go", timeout=0))\n'
        '    except TimeoutError:\n        found.append("none")\nfound'
    )
    submitted = bench.engine.submit(source)
    bench.engine.signal(submitted.id, 'go', 7)
    bench.worker().run_until_idle()

    assert bench.engine.result(submitted.id) == [7, 'none']


def test_a_signal_that_comes_in_the_last_moment_wins_over_the_timeout(bench: Bench) -> None:
    run = bench.run('import flow\nflow.wait_signal("go", timeout=60)')
    bench.clock.advance(60)
    bench.engine.signal(run.id, 'go', 'in time')
    bench.worker().run_until_idle()

    assert bench.engine.result(run.id) == 'in time'


def test_a_signal_after_the_timeout_is_kept_for_the_next_wait(bench: Bench) -> None:
    run = bench.run(
        'import flow\ntry:\n    flow.wait_signal("go", 60)\nexcept TimeoutError:\n    r = flow.wait_signal("go")\nr'
    )
    bench.clock.advance(60)
    bench.worker().run_until_idle()
    bench.engine.signal(run.id, 'go', 'late')
    bench.worker().run_until_idle()

    assert bench.engine.result(run.id) == 'late'


def test_sending_with_the_same_key_changes_nothing(bench: Bench) -> None:
    run = bench.run(f'{WAIT}, flow.wait_signal("go")')
    first = bench.engine.signal(run.id, 'go', 1, key='a')
    again = bench.engine.signal(run.id, 'go', 2, key='a')
    bench.engine.signal(run.id, 'go', 3, key='b')
    bench.worker().run_until_idle()

    assert again == first
    assert bench.engine.result(run.id) == (1, 3)
    assert bench.engine.signal(run.id, 'go', 9, key='b').value == 3


def test_a_run_that_is_tried_again_gets_the_same_signal(bench: Bench) -> None:
    run = bench.run(f'{WAIT} / 0')
    bench.engine.signal(run.id, 'go', 1)
    bench.engine.signal(run.id, 'go', 2)
    bench.worker().run_until_idle()
    failed = bench.engine.get(run.id)
    bench.engine.retry(run.id)
    bench.worker().run_until_idle()

    assert failed.error is not None
    assert failed.error.type == 'ZeroDivisionError'
    assert [call.result for call in bench.engine.calls(run.id)] == [1]
    assert [signal.taken_by for signal in bench.engine.signals(run.id)] == [1, None]


def test_a_signal_to_a_paused_run_is_its_answer_when_it_is_resumed(bench: Bench) -> None:
    run = bench.run(WAIT)
    bench.engine.pause(run.id)
    bench.engine.signal(run.id, 'go', 'meanwhile')
    bench.worker().run_until_idle()
    paused = bench.engine.get(run.id)
    bench.engine.resume(run.id)
    bench.worker().run_until_idle()

    assert (paused.status, bench.engine.result(run.id)) == (RunStatus.PAUSED, 'meanwhile')


def test_a_signal_to_a_run_that_has_ended_is_refused(bench: Bench) -> None:
    run = bench.run('1')

    with pytest.raises(WrongStatus) as caught:
        bench.engine.signal(run.id, 'go')

    assert str(caught.value) == (
        f'run {run.id} is succeeded, so it cannot be signalled; this is for runs that are pending or running or '
        'waiting or cancelling or paused'
    )


def test_a_signal_to_no_run_is_refused(bench: Bench) -> None:
    with pytest.raises(RunNotFound):
        bench.engine.signal('0', 'go')


@pytest.mark.parametrize(
    ('name', 'message'),
    [
        ('', 'the name of a signal has 0 characters; give from 1 to 200'),
        ('x' * 201, 'the name of a signal has 201 characters; give from 1 to 200'),
        (3, 'the name of a signal is of type int; give a text'),
        ('a\0', 'the name of a signal holds a character that cannot be stored; give a plain text'),
    ],
)
def test_a_name_that_cannot_be_stored_is_refused(bench: Bench, name: str, message: str) -> None:
    with pytest.raises(NameRefused) as caught:
        bench.engine.signal('0', name)

    assert str(caught.value) == message


def test_a_value_that_cannot_be_stored_is_refused(bench: Bench) -> None:
    with pytest.raises(ValueRefused):
        bench.engine.signal('0', 'go', object())


def test_no_more_signals_are_kept_than_a_run_may_have(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    run = bench.run('import time\ntime.sleep(9)')
    monkeypatch.setattr('monty_flow.engine.conversation.MAX_WAITING_SIGNALS', 3)
    for _ in range(3):
        bench.engine.signal(run.id, 'go')

    with pytest.raises(SignalsFull) as caught:
        bench.engine.signal(run.id, 'go')

    assert said.MAX_WAITING_SIGNALS == 10_000
    assert str(caught.value) == (
        f'3 signals wait for run {run.id} and its script takes none of them; send again when it has gone on'
    )


@pytest.mark.parametrize(
    ('call', 'error'),
    [
        ('flow.wait_signal(3)', 'TypeError: flow.wait_signal() takes the name as a text, not int'),
        ('flow.wait_signal("")', 'ValueError: flow.wait_signal(): the name has 0 characters; give from 1 to 200'),
        ('flow.wait_signal("a", float("nan"))', 'ValueError: flow.wait_signal(): timeout is not a number'),
        ('flow.wait_signal("a", 1e12)', 'OverflowError: flow.wait_signal(): timeout is more than 1e+11 seconds'),
        (
            'flow.wait_signal("a", "soon")',
            'TypeError: flow.wait_signal() takes the timeout in seconds, as a timedelta, or None, not str',
        ),
    ],
)
def test_wrong_arguments_are_errors_at_the_call(bench: Bench, call: str, error: str) -> None:
    run = bench.run(f'import flow\ntry:\n    {call}\nexcept Exception as e:\n    r = f"{{type(e).__name__}}: {{e}}"\nr')

    assert run.output == error


def test_a_signal_that_is_sent_while_the_wait_is_being_written_is_not_missed(bench: Bench) -> None:
    sent = threading.Event()

    def send() -> None:
        bench.engine.signal(submitted.id, 'go', 'now')
        sent.set()

    bench.functions.function(name='send')(send)
    submitted = bench.engine.submit('import flow\nsend()\nflow.wait_signal("go")')
    bench.worker().run_until_idle()

    assert sent.is_set()
    assert bench.engine.result(submitted.id) == 'now'


def test_a_signal_wakes_a_worker_that_works_already(url: str) -> None:
    with Engine(url) as engine:
        run = engine.submit(WAIT)
        worker = Worker(url, Functions(), isolation='none')
        thread = threading.Thread(target=worker.run, daemon=True)
        thread.start()
        try:
            for _ in range(1000):
                if engine.get(run.id).status is RunStatus.WAITING:
                    break
                threading.Event().wait(0.01)
            with Engine(url) as other:
                other.signal(run.id, 'go', 'awake')
            assert engine.wait(run.id, timeout_seconds=60).output == 'awake'
        finally:
            worker.stop()
            thread.join()


def test_a_run_takes_its_signals_along_to_another_database(sqlite_url: str, tmp_path: Path) -> None:
    ring = KeyRing({'first': b'f' * 32})
    with Engine(sqlite_url, keys=ring) as engine, Engine(f'sqlite:///{tmp_path}/other.db', keys=ring) as other:
        run = engine.submit(f'{WAIT}, flow.wait_signal("go")')
        Worker(sqlite_url, Functions(), isolation='none', keys=ring).run_until_idle()
        engine.signal(run.id, 'other', 'kept')
        engine.signal(run.id, 'go', 1)
        other.import_run(engine.export(run.id))
        other.signal(run.id, 'go', 2)
        Worker(other.url, Functions(), isolation='none', keys=ring).run_until_idle()

        assert other.result(run.id) == (1, 2)
        assert [(each.name, each.taken_by) for each in other.signals(run.id)] == [('other', None), ('go', 1), ('go', 2)]
