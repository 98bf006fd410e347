"""Runs that have ended are deleted after a time, by rules."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest

from monty_flow.engine import RetentionRefused, RunStatus, payloads, retiring
from monty_flow.engine.store.portable import tables_of_runs
from monty_flow.engine.transitions import Progress
from tests.engine.bench import Bench

DAY = 86400.0


def ended(bench: Bench, source: str = 'print(1)\n2', **options: Any) -> str:
    """Return the id of a run that has ended now."""
    run = bench.engine.submit(source, **options)
    bench.work()
    assert bench.engine.get(run.id).finished_at is not None
    return run.id


def left(bench: Bench) -> set[str]:
    return {run.id for run in bench.engine.list(limit=1000)}


def test_runs_that_ended_longer_ago_are_deleted_with_all_that_is_stored_of_them(bench: Bench) -> None:
    bench.functions.function(name='f')(lambda: 1)
    old = ended(bench, 'import flow\nprint(f())\nflow.publish("a", 1)\nf()', tags={'a': 'b'})
    bench.clock.advance(10 * DAY)
    new = ended(bench)
    going_on = bench.engine.submit('import time\ntime.sleep(1e9)').id
    bench.work()
    bench.clock.advance(1)
    deleted = bench.engine.purge(timedelta(days=10))
    rows = bench.engine._store.rows_of_run(old)

    assert deleted == 1
    assert left(bench) == {new, going_on}
    assert {name: rows[name] for name in rows if rows[name]} == {}
    assert {table.name for table in tables_of_runs()} <= rows.keys()


def test_a_purge_is_of_statuses_and_of_a_namespace(bench: Bench) -> None:
    failed, other = ended(bench, '1 / 0'), ended(bench, '1 / 0', namespace='other')
    ended_well = ended(bench)
    bench.clock.advance(DAY)

    assert bench.engine.purge(timedelta(hours=1), statuses=['failed'], namespace='other') == 1
    assert left(bench) == {failed, ended_well}
    assert bench.engine.purge(timedelta(hours=1), statuses=[RunStatus.FAILED]) == 1
    assert left(bench) == {ended_well}
    assert other not in left(bench)


def test_the_most_special_rule_counts(bench: Bench) -> None:
    engine = bench.engine
    engine.set_retention(timedelta(days=1))
    engine.set_retention(timedelta(days=3), status='failed')
    engine.set_retention(timedelta(days=5), namespace='kept')
    engine.set_retention(None, namespace='kept', status='failed')
    plain, bad = ended(bench), ended(bench, '1 / 0')
    kept, kept_bad = ended(bench, namespace='kept'), ended(bench, '1 / 0', namespace='kept')
    found = []
    for _ in range(3):
        bench.clock.advance(2 * DAY)
        engine.purge()
        found.append(left(bench))

    assert found == [{bad, kept, kept_bad}, {kept, kept_bad}, {kept_bad}]
    assert plain not in found[0]
    assert [(rule.namespace, rule.status, rule.keep) for rule in engine.retention()] == [
        (None, None, timedelta(days=1)),
        (None, RunStatus.FAILED, timedelta(days=3)),
        ('kept', None, timedelta(days=5)),
        ('kept', RunStatus.FAILED, None),
    ]


def test_a_rule_that_is_cleared_counts_no_more(bench: Bench) -> None:
    bench.engine.set_retention(timedelta(days=1))
    run = ended(bench)
    bench.clock.advance(2 * DAY)

    assert bench.engine.clear_retention() is True
    assert bench.engine.clear_retention() is False
    assert bench.engine.purge() == 0
    assert left(bench) == {run}


def test_workers_apply_the_rules_as_they_go(bench: Bench) -> None:
    bench.engine.set_retention(timedelta(days=1))
    for _ in range(3):
        ended(bench)
    bench.clock.advance(2 * DAY)
    with bench.at_work():

        def is_gone() -> bool:
            bench.clock.advance(retiring.PAUSE_SECONDS)
            return not left(bench)

        bench.wait_for(is_gone)


def test_no_transaction_deletes_more_than_a_few_runs(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retiring, 'DELETED_AT_A_TIME', 2)
    monkeypatch.setattr(retiring, 'LOOKED_AT', 3)
    for number in range(7):
        ended(bench, str(number))
    bench.clock.advance(DAY)
    sweep = retiring.Sweep(retiring.Rules([('', '', 0)]), bench.engine._store.now())
    counts = [7]
    while bench.engine._write(sweep.step):
        counts.append(len(left(bench)))

    assert max(before - after for before, after in pairwise(counts)) == 2
    assert left(bench) == set()


def test_a_run_with_many_rows_goes_in_parts(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retiring, 'ROWS_AT_A_TIME', 10)
    bench.functions.function(name='f')(lambda n: n)
    run = ended(bench, 'for n in range(25):\n    print(f(n))')
    bench.clock.advance(DAY)
    sweep = retiring.Sweep(retiring.Rules([('', '', 0)]), bench.engine._store.now())
    steps = 0
    while bench.engine._write(sweep.step):
        steps += 1
        rows = bench.engine._store.rows_of_run(run)
        sizes = [len(rows[name]) for name in ('calls', 'logs', 'history', 'snapshots')]

    assert steps >= 8
    assert sizes == [0, 0, 0, 0]
    assert (sweep.deleted, left(bench)) == (1, set())


def test_a_child_stays_as_long_as_its_parent_may_ask_for_it(bench: Bench) -> None:
    parent = bench.engine.submit(
        "import flow\nrun = flow.start('5')\nflow.wait_signal('go')\nrun.result()"
    )  # fmt: skip
    bench.work()
    bench.clock.advance(10 * DAY)
    assert bench.engine.purge(timedelta(days=1)) == 0
    bench.engine.signal(parent.id, 'go')
    bench.work()

    assert bench.engine.result(parent.id) == 5
    bench.clock.advance(10 * DAY)
    assert bench.engine.purge(timedelta(days=1)) == 2


@pytest.mark.parametrize(
    ('keep', 'options', 'error'),
    [
        (timedelta(days=-1), {}, 'is no time for which runs can be kept; give a timedelta from 0 to 10,000 years'),
        (30, {}, '30 is no time for which runs can be kept; give a timedelta from 0 to 10,000 years'),
        (timedelta(1), {'status': 'waiting'}, "'waiting' is no status in which a run has ended; there are succeeded, failed, cancelled"),
    ],
)  # fmt: skip
def test_what_is_no_rule_is_refused(bench: Bench, keep: Any, options: dict[str, Any], error: str) -> None:
    with pytest.raises(RetentionRefused) as caught:
        bench.engine.set_retention(keep, **options)

    assert str(caught.value).endswith(error)


def test_a_run_that_is_tried_again_while_others_are_deleted_is_kept_from_its_new_end_on(bench: Bench) -> None:
    first, second = ended(bench, '1 / 0'), ended(bench, '1 / 0')
    bench.clock.advance(DAY)
    store = bench.engine._store
    sweep = retiring.Sweep(retiring.Rules([('', '', 0)]), store.now())
    # It looks at both, and deletes them in the next transaction.
    assert sweep._look(store)
    bench.clock.advance(1)
    bench.engine.retry(second)
    bench.work()
    with store.transaction():
        sweep.step(store)

    assert bench.engine.get(second).status is RunStatus.FAILED
    assert (sweep.deleted, left(bench)) == (1, {second})
    assert first not in left(bench)


def test_progress_of_a_run_that_was_deleted_is_dropped(bench: Bench) -> None:
    deleted, kept = ended(bench), ended(bench)
    bench.engine.delete(deleted)
    store = bench.engine._store
    said = [Progress(run_id, 1, 1, payloads.encode(run_id), 0) for run_id in (deleted, kept)]
    with store.transaction():
        store.put_progress(said)

    assert [store.progress(run_id, 1) is not None for run_id in (deleted, kept)] == [False, True]
