"""What an engine tells across runs, on every database."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from monty_flow import __version__
from monty_flow.engine import Engine, Functions, ManualClock, RunFilter, RunStatus, Worker, WorkerNotFound, overview
from monty_flow.engine.clock import moment
from tests.engine.bench import HANG_SECONDS, Bench, Gate


@pytest.fixture
def engine(url: str, clock: ManualClock) -> Engine:
    """Return an engine whose time stands still."""
    return Engine(url, clock=clock)


def names(engine: Engine, **criteria: object) -> list[str]:
    """Return the script names of the runs that fit."""
    return [run.script_name for run in engine.page(RunFilter(**criteria)).runs]  # type: ignore[arg-type]


def test_pages_lead_through_all_runs_once(engine: Engine) -> None:
    made = [engine.submit(str(number)).id for number in range(7)]
    seen: list[str] = []
    cursor = None
    for _ in range(4):
        page = engine.page(limit=2, cursor=cursor)
        seen += [run.id for run in page.runs]
        cursor = page.next_cursor

    assert seen == made[::-1]
    assert cursor is None


def test_a_page_that_is_just_full_is_the_last_one(engine: Engine) -> None:
    for number in range(2):
        engine.submit(str(number))

    assert engine.page(limit=2).next_cursor is None


def test_a_page_of_a_search_goes_through_a_bounded_number_of_runs(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = [
        engine.submit('1', script_name=f'{number}-{"even" if number % 2 == 0 else "odd"}.py') for number in range(7)
    ]
    monkeypatch.setattr(overview, 'SEARCHED_RUNS', 3)
    seen: list[list[str]] = []
    cursor: str | None = None
    while cursor is not None or not seen:
        page = engine.page(RunFilter(text='even'), limit=2, cursor=cursor)
        seen.append([run.script_name for run in page.runs])
        cursor = page.next_cursor

    assert seen == [['6-even.py', '4-even.py'], ['2-even.py'], ['0-even.py']]
    assert engine.page(RunFilter(text='nothing'), limit=2).next_cursor == made[4].id
    assert engine.page(RunFilter(script_name='nothing'), limit=2).next_cursor is None


def test_runs_are_counted_by_when_they_were_submitted(engine: Engine, clock: ManualClock) -> None:
    engine.submit('1')
    clock.advance(3600)
    engine.terminate(engine.submit('2').id)
    engine.submit('3', namespace='theirs')
    clock.advance(60)
    day, half, theirs = (
        engine.counts_over_time(86400),
        engine.counts_over_time(1800),
        engine.counts_over_time(1800, 'theirs'),
    )

    assert [slot.counts for slot in day.slots if slot.counts] == [{'pending': 1}, {'pending': 1, 'cancelled': 1}]
    assert (len(day.slots), day.slot_seconds) == (48, 1800)
    assert [slot.counts for slot in half.slots if slot.counts] == [{'pending': 1, 'cancelled': 1}]
    assert [slot.counts for slot in theirs.slots if slot.counts] == [{'pending': 1}]


def test_runs_are_found_by_status_and_by_script(engine: Engine) -> None:
    engine.submit('1', script_name='a.py')
    engine.submit('2', script_name='b.py')
    engine.cancel(engine.submit('3', script_name='b.py').id)

    assert names(engine, status=RunStatus.CANCELLED) == ['b.py']
    assert names(engine, script_name='b.py') == ['b.py', 'b.py']
    assert names(engine, script_name='b.py', status=RunStatus.PENDING) == ['b.py']


@pytest.mark.parametrize('text', ['REPORT', 'day-1', '100%', '_x'])
def test_runs_are_found_by_a_part_of_name_or_key_as_it_is_written(engine: Engine, text: str) -> None:
    engine.submit('1', script_name='other.py', key='100 a x')
    engine.submit('2', script_name='My Report 100%.py', key='day-1_x')

    assert names(engine, text=text) == ['My Report 100%.py']


def test_runs_are_found_by_the_beginning_of_their_id(engine: Engine, clock: ManualClock) -> None:
    first = engine.submit('1')
    clock.advance(3600)
    engine.submit('2')

    assert [run.id for run in engine.page(RunFilter(text=first.id[:30])).runs] == [first.id]


def test_runs_are_found_by_when_they_were_submitted(engine: Engine, clock: ManualClock) -> None:
    engine.submit('1', script_name='early')
    clock.advance(60)
    middle = moment(clock.now())
    engine.submit('2', script_name='middle')
    clock.advance(60)
    engine.submit('3', script_name='late')

    assert names(engine, submitted_after=middle) == ['late', 'middle']
    assert names(engine, submitted_before=middle) == ['early']
    assert names(engine, submitted_after=middle, submitted_before=middle + timedelta(seconds=1)) == ['middle']


def test_counts_are_by_status_and_stop_at_the_bound(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(overview, 'COUNT_LIMIT', 3)
    for number in range(5):
        engine.submit(str(number))
    engine.cancel(engine.submit('5').id)

    counts = engine.counts()

    assert set(counts) == set(RunStatus)
    assert (counts[RunStatus.PENDING], counts[RunStatus.CANCELLED], counts[RunStatus.FAILED]) == (3, 1, 0)


def test_versions_are_told_for_any_number_of_runs(engine: Engine) -> None:
    runs = [engine.submit(str(number)).id for number in range(60)]
    engine.cancel(runs[-1])

    versions = engine.versions([*runs, 'nothing'])

    assert versions == dict.fromkeys(runs[:-1], 1) | {runs[-1]: 2}
    assert engine.versions([]) == {}


def test_functions_are_told_with_their_errors_and_times(url: str) -> None:
    functions = Functions()

    @functions.function(retries=1, initial_delay_seconds=0)
    def flaky(x: int) -> int:
        if x == 2:
            raise ValueError(x)
        return x

    with Engine(url) as engine:
        run = engine.submit('for x in (1, 2, 3):\n    try:\n        flaky(x)\n    except ValueError:\n        pass')
        Worker(url, functions).run_until(run.id)
        [use] = engine.function_uses()

    assert (use.function, use.attempts, use.errors) == ('flaky', 4, 2)
    assert 0 <= use.p50_seconds <= use.p90_seconds <= use.p99_seconds


def test_scripts_are_told_by_version_the_last_used_first(url: str) -> None:
    with Engine(url) as engine:
        old = engine.submit('1 / 0', script_name='report.py')
        new = engine.submit('2', script_name='report.py')
        theirs = engine.submit('3', script_name='theirs.py', namespace='theirs')
        again = engine.submit('1 / 0', script_name='report.py')
        Worker(url, Functions()).run_until_idle()

        found, of_theirs = engine.scripts(), engine.scripts('theirs')

    assert [(use.script_name, use.script_hash, use.runs, use.failed, use.last_run) for use in found] == [
        ('report.py', old.script_hash, 2, 2, again.id),
        ('theirs.py', theirs.script_hash, 1, 0, theirs.id),
        ('report.py', new.script_hash, 1, 0, new.id),
    ]
    assert [use.script_name for use in of_theirs] == ['theirs.py']
    assert (found[0].first_at, found[0].last_at) == (old.created_at, again.created_at)


def test_a_worker_is_told_while_it_lives(url: str) -> None:
    functions = Functions()
    seen = []
    with Engine(url) as engine:

        @functions.function()
        def look() -> None:
            seen.extend(engine.workers())

        run = engine.submit('look()')
        Worker(url, functions, worker_id='w1').run_until(run.id)

        assert engine.workers() == []
    [worker] = seen
    assert (worker.name, worker.functions, worker.in_hand) == ('w1', ('look',), 1)


def test_a_worker_that_is_drained_ends_what_it_has_and_takes_no_more(bench: Bench) -> None:
    engine, gate = bench.engine, Gate()
    bench.functions.function(name='gate')(gate)
    run = engine.submit('gate()\ngate()')
    worker = bench.worker(lease_seconds=15)
    thread = threading.Thread(target=worker.run)
    thread.start()
    assert gate.begun.wait(HANG_SECONDS)
    [known] = engine.workers()
    engine.drain_worker(known.session)
    [draining] = engine.workers()
    # It looks when it renews its lease.
    bench.clock.advance(10)
    bench.wait_for(worker._stopping.is_set)
    gate.let.set()
    thread.join(HANG_SECONDS)

    assert not thread.is_alive()
    assert (known.release, known.is_draining, draining.is_draining) == (__version__, False, True)
    assert [call.status.value for call in engine.calls(run.id)] == ['done', 'pending']
    assert engine.workers() == []
    with pytest.raises(WorkerNotFound, match='no worker that lives is called'):
        engine.drain_worker(known.session)
