"""Runs that go on from a state of another run, and runs that move to another version of their script."""

from __future__ import annotations

from typing import Any

import pytest

from monty_flow.engine import CallStatus, ForkRefused, RunStatus, WrongStatus
from tests.engine.bench import Bench

SCRIPT = """
def total(numbers):
    found = 0
    for number in numbers:
        got = fetch(number)
        print('got', got)
        found += got
    return found

name = 'old'
answer = total([1, 2, 3])
[name, answer]
"""


@pytest.fixture
def fetched(bench: Bench) -> list[int]:
    """Return the arguments with which `fetch` is called, in order."""
    calls: list[int] = []

    @bench.functions.function
    def fetch(number: int) -> int:
        calls.append(number)
        return number * 10

    return calls


def forked(bench: Bench, run_id: str, **changes: Any) -> Any:
    """Fork a run, work until nothing is due, and return the output of the fork."""
    found = bench.engine.fork(run_id, **changes)
    assert found.run is not None
    bench.work()
    return bench.engine.result(found.run.id)


@pytest.mark.parametrize(('at', 'again'), [(0, [1, 2, 3]), (1, [1, 2, 3]), (2, [2, 3]), (3, [3])])
def test_a_fork_executes_the_calls_from_its_step_on_once_more(
    bench: Bench, fetched: list[int], at: int, again: list[int]
) -> None:
    run = bench.run(SCRIPT)
    fetched.clear()

    output = forked(bench, run.id, at=at)

    assert (output, fetched) == (['old', 60], again)


def test_a_fork_has_the_past_of_its_origin_and_says_where_it_is_from(bench: Bench, fetched: list[int]) -> None:
    run = bench.run(SCRIPT)

    found = bench.engine.fork(run.id, at=3).run

    assert found is not None
    engine = bench.engine
    assert (found.status, found.origin, found.origin_step) == (RunStatus.WAITING, run.id, 3)
    assert [(call.number, call.status) for call in engine.calls(found.id)] == [
        (1, CallStatus.DONE),
        (2, CallStatus.DONE),
        (3, CallStatus.PENDING),
    ]
    assert [line.text for line in engine.logs(found.id)] == ['got 10\n', 'got 20\n']
    assert [entry.number for entry in engine.history(found.id)] == [0, 1, 2]


def test_the_origin_of_a_fork_stays_as_it_is(bench: Bench, fetched: list[int]) -> None:
    run = bench.run(SCRIPT)
    before = (bench.engine.get(run.id), bench.engine.calls(run.id), bench.engine.logs(run.id))

    forked(bench, run.id, at=2, result=500, variables={'name': 'new'})

    assert (bench.engine.get(run.id), bench.engine.calls(run.id), bench.engine.logs(run.id)) == before


@pytest.mark.parametrize('result', [500, 0])
def test_an_edited_result_is_handed_over_and_its_call_not_executed(
    bench: Bench, fetched: list[int], result: int
) -> None:
    run = bench.run(SCRIPT)
    fetched.clear()

    output = forked(bench, run.id, at=2, result=result)

    assert (output, fetched) == (['old', 10 + result + 30], [3])


def test_variables_are_given_other_values(bench: Bench, fetched: list[int]) -> None:
    run = bench.run(SCRIPT)

    assert forked(bench, run.id, at=3, variables={'found': 1000, 'name': 'new'}) == ['new', 1030]


def test_a_fork_goes_on_in_another_version_of_the_script(bench: Bench, fetched: list[int]) -> None:
    run = bench.run(SCRIPT)
    source = '# Fixed.\n' + SCRIPT.replace('found += got', 'found -= got')

    output = forked(bench, run.id, at=2, source=source)

    assert output == ['old', 10 - 20 - 30]


def test_a_failed_run_is_forked_with_the_bug_mended(bench: Bench, fetched: list[int]) -> None:
    run = bench.run(SCRIPT.replace('[name, answer]', 'name + answer'))
    assert run.status is RunStatus.FAILED

    assert forked(bench, run.id, source=SCRIPT) == ['old', 60]


def test_a_dry_run_stores_nothing_and_says_which_line_stands_for_which(bench: Bench, fetched: list[int]) -> None:
    run = bench.run(SCRIPT)

    found = bench.engine.fork(run.id, at=2, source='# Fixed.\n' + SCRIPT, dry_run=True)

    assert found.run is None
    assert [(move.function, move.old.line, move.new.line) for move in found.moves] == [
        ('<module>', 11, 12),
        ('total', 5, 6),
    ]
    assert found.waits_for == ('fetch',)
    assert len(bench.engine.list()) == 1


@pytest.mark.parametrize(
    ('changes', 'reason'),
    [
        ({'source': 'fetch(1)'}, "the new script does not fit: the function 'total' is not in the new script"),
        ({'source': 'if'}, 'the new script cannot be compiled'),
        (
            {'variables': {'fund': 1}},
            "the script has no variable 'fund' here; it has found, got, name, number, numbers, total",
        ),
        ({'variables': {'found': object()}}, 'found is of type builtins.object, which cannot enter a script'),
        ({'result': object()}, 'the result'),
        ({'at': 0, 'result': 1}, 'it has no variables and waits for no call yet'),
        ({'at': 17}, 'its state is not kept'),
    ],
)
def test_what_cannot_be_changed_is_refused_and_nothing_stored(
    bench: Bench, fetched: list[int], changes: dict[str, Any], reason: str
) -> None:
    run = bench.run(SCRIPT)

    with pytest.raises(ForkRefused) as refused:
        bench.engine.fork(run.id, **({'at': 2} | changes))

    assert reason in refused.value.reason
    assert len(bench.engine.list()) == 1


def test_a_fork_of_a_run_with_several_calls_waits_for_all_of_them_again(bench: Bench, fetched: list[int]) -> None:
    run = bench.run("""
import asyncio
async def main():
    first = await fetch(1)
    rest = await asyncio.gather(*[fetch(n) for n in (2, 3, 4)])
    return [first, *rest]
await main()
""")
    assert bench.engine.result(run.id) == [10, 20, 30, 40]
    fetched.clear()

    output = forked(bench, run.id, at=2)

    assert (output, sorted(fetched)) == ([10, 20, 30, 40], [2, 3, 4])


def test_an_edited_result_needs_one_call_to_be_that_of(bench: Bench, fetched: list[int]) -> None:
    run = bench.run(
        'import asyncio\nasync def main():\n    return await asyncio.gather(fetch(1), fetch(2))\nawait main()'
    )

    with pytest.raises(ForkRefused, match='it waits for 2 calls'):
        bench.engine.fork(run.id, at=1, result=1)


def test_a_fork_may_wait_for_a_timer_a_signal_and_an_answer(bench: Bench) -> None:
    script = """
import flow, time
time.sleep(60)
got = flow.wait_signal('go')
said = flow.approve('really?')
[got, said.approved]
"""
    engine = bench.engine
    run = engine.submit(script)
    bench.work()
    fork = engine.fork(run.id).run
    assert fork is not None
    bench.clock.advance(61)
    bench.work()
    again = engine.fork(fork.id).run
    assert again is not None
    for each in (fork, again):
        engine.signal(each.id, 'go', 'value')
    bench.work()
    last = engine.fork(again.id).run
    assert last is not None
    bench.work()
    for approval in engine.approvals():
        engine.approve(approval.run_id, approval.call)
    bench.work()

    assert [engine.result(each.id) for each in (fork, again, last)] == [['value', True]] * 3


def test_an_approval_may_be_the_edited_result(bench: Bench) -> None:
    run = bench.engine.submit("import flow\nflow.wait_signal('go')")
    bench.work()

    assert forked(bench, run.id, result='edited') == 'edited'


def test_a_waiting_run_moves_to_another_script_and_keeps_its_calls(bench: Bench) -> None:
    engine = bench.engine
    run = engine.submit("import flow\ncount = 1\ngot = flow.wait_signal('go')\n[count, got]")
    bench.work()

    found = engine.migrate(
        run.id, "import flow\n# Changed.\ncount = 1\ngot = flow.wait_signal('go')\n['new', count, got]"
    )
    engine.signal(run.id, 'go', 'value')
    bench.work()

    assert found.run is not None
    assert found.run.id == run.id
    assert [(move.old.line, move.new.line) for move in found.moves] == [(3, 4)]
    assert engine.result(run.id) == ['new', 1, 'value']
    assert '# Changed.' in engine.source(run.id)


def test_a_migration_reaches_a_worker_that_has_the_state_in_memory(bench: Bench, fetched: list[int]) -> None:
    engine = bench.engine
    script = "import time\nfirst = fetch(1)\ntime.sleep(60)\nsecond = fetch(2)\n['old', first, second]"
    run = engine.submit(script)
    with bench.at_work():
        bench.wait_for(lambda: engine.get(run.id).step == 2)
        engine.migrate(run.id, script.replace("'old'", "'new'"))
        bench.clock.advance(61)
        bench.wait_for(lambda: engine.get(run.id).status is RunStatus.SUCCEEDED)

    assert engine.result(run.id) == ['new', 10, 20]


def test_a_migration_that_is_only_tried_changes_nothing(bench: Bench) -> None:
    engine = bench.engine
    run = engine.submit("import flow\nflow.wait_signal('go')")
    bench.work()
    before = engine.get(run.id)

    engine.migrate(run.id, "import flow\n# More.\nflow.wait_signal('go')", dry_run=True)

    assert engine.get(run.id) == before


def test_a_run_that_has_ended_cannot_move(bench: Bench, fetched: list[int]) -> None:
    run = bench.run(SCRIPT)

    with pytest.raises(WrongStatus, match='so it cannot be moved to another script'):
        bench.engine.migrate(run.id, SCRIPT)


def test_a_script_that_does_not_fit_moves_nothing(bench: Bench) -> None:
    run = bench.engine.submit("import flow\nflow.wait_signal('go')")
    bench.work()

    with pytest.raises(ForkRefused, match='the new script does not fit'):
        bench.engine.migrate(run.id, "import flow\nflow.wait_signal('go') or 1\n")


def test_the_past_of_a_run_that_has_moved_is_seen_in_its_old_script_and_can_be_forked(bench: Bench) -> None:
    engine = bench.engine
    old = "import flow\nfirst = flow.wait_signal('a')\nflow.wait_signal('b')\n['old', first]"
    run = engine.submit(old)
    bench.work()
    engine.signal(run.id, 'a', 1)
    bench.work()
    new = old.replace('import flow', 'import flow\n# Changed.').replace('old', 'new')
    engine.migrate(run.id, new)

    then, now = engine.snapshot(run.id, step=1), engine.snapshot(run.id)
    fork = engine.fork(run.id, at=1, result=2).run

    assert then is not None
    assert (then.code, then.position.line) == (old, 2)
    assert now is not None
    assert (now.code, now.position.line) == (new, 4)
    assert fork is not None
    bench.work()
    engine.signal(fork.id, 'b')
    bench.work()
    assert engine.result(fork.id) == ['old', 2]
