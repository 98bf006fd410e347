"""Rounds: runs that are ready are advanced by one thread and committed together, and nothing holds them up."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from monty_flow.engine import Engine, Functions, ManualClock, Worker, current_call, rounds
from monty_flow.engine.committer import Committer, Step
from monty_flow.engine.crew import Crew
from monty_flow.engine.pace import FIRST_NEEDED, Paces
from monty_flow.engine.rounds import MOST_RUNS, MOST_WAIT_US, STUCK_US, Rounds
from monty_flow.engine.states import CallKind


class Child:
    """A process that takes one step after the other, unless somebody else has it."""

    def __init__(self) -> None:
        self.is_busy = False
        #: The runs whose steps it was sent and has not taken.
        self.line: list[FakeRun] = []


class FakeRun:
    """What rounds ask of a run."""

    computes_long = False
    passed_over_at: int | None = None
    only_result: object = object()
    is_to_start = False

    def __init__(self, process: Child, *, answers: bool = True) -> None:
        self.process = process
        self.answers = answers
        self.ahead: FakeRun | None = None

    def begin_ahead(self) -> bool:
        if self.process.is_busy:
            return False
        self.process.line.append(self)
        self.ahead = self
        return True

    def end_ahead(self) -> None:
        self.process.line.remove(self)
        self.ahead = None

    def wait(self, seconds: float) -> bool:
        self.process.is_busy = not self.answers
        return self.answers


class FakeStart:
    """A run whose script is to be started, which this child does."""

    computes_long = False
    passed_over_at: int | None = None
    process = None

    def __init__(self, child: Child) -> None:
        self.start = FakeRun(child)
        self.ahead: FakeRun | None = None

    def begin_ahead(self) -> bool:
        begins = self.start.begin_ahead()
        self.ahead = self.start if begins else None
        return begins

    def end_ahead(self) -> None:
        self.start.end_ahead()
        self.ahead = None


class FakeHand:
    """A call of a function."""

    kind = CallKind.FUNCTION
    function = 'f'


class Desk:
    """The work, the committer and the runs of one worker, and what was done of it."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.paces = Paces()
        committer: Any = self
        self.rounds = Rounds(self, committer, self.clock, self.paces, lambda run: run.begin_ahead(), rest=self.rest)
        self.committed: list[list[Any]] = []
        self.put_out: list[Any] = []
        self.executed: list[Any] = []
        self.begins: dict[Any, Any] = {}
        #: What happens while rounds wait.
        self.rests: list[Callable[[], object]] = []

    def rest(self, event: threading.Event, seconds: float) -> None:
        self.rests.pop(0)()

    def draft(self, run: Any) -> Any:
        assert run.process.line[0] is run
        run.end_ahead()
        return object()

    def act(self, run: Any, transition: Any, stood: bool, error: Any) -> Any:
        return self.begins.get(run)

    def execute(self, hand: Any) -> None:
        self.executed.append(hand)

    def put(self, task: Any) -> None:
        self.put_out.append(task)

    def submit_together(self, steps: list[Step[Any]]) -> list[tuple[bool, None]]:
        self.committed.append([step.owner for step in steps])
        return [(True, None) for _ in steps]

    def add(self, *runs: Any) -> None:
        for run in runs:
            self.rounds.add(run)


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_runs_that_are_ready_are_committed_together(desk: Desk) -> None:
    one, other = Child(), Child()
    runs = [FakeRun(one), FakeRun(one), FakeRun(other)]
    desk.add(*runs)

    assert desk.rounds.hold() is None
    [committed] = desk.committed
    assert set(committed) == set(runs)


def test_a_round_is_bounded(desk: Desk) -> None:
    desk.add(*[FakeRun(Child()) for _ in range(MOST_RUNS + 1)])

    desk.rounds.hold()

    assert [len(each) for each in desk.committed] == [MOST_RUNS, 1]


def test_a_script_that_computes_is_left_to_a_thread_of_its_own_and_the_others_go_on(desk: Desk) -> None:
    child = Child()
    long, behind, other = FakeRun(child, answers=False), FakeRun(child), FakeRun(Child())
    desk.rests = [lambda: desk.clock.advance(MOST_WAIT_US / 1e6)]
    desk.add(long, behind, other)

    desk.rounds.hold()

    assert desk.committed == [[other]]
    assert desk.put_out == [long, behind]
    assert child.line == [long]
    assert not desk.rounds.takes(long)  # type: ignore[arg-type]


def test_a_start_behind_a_script_that_computes_is_taken_back_too(desk: Desk) -> None:
    child = Child()
    long, start = FakeRun(child, answers=False), FakeStart(child)
    desk.rests = [lambda: desk.clock.advance(MOST_WAIT_US / 1e6)]
    desk.add(long, start)

    desk.rounds.hold()

    assert desk.put_out == [long, start]
    assert child.line == [long]


def test_a_run_whose_child_is_busy_waits_for_it(desk: Desk) -> None:
    child = Child()
    child.is_busy = True
    run = FakeRun(child)
    desk.rests = [lambda: None, lambda: setattr(child, 'is_busy', False)]
    desk.add(run)

    desk.rounds.hold()

    assert desk.committed == [[run]]


def test_a_run_that_has_waited_long_for_its_child_goes_elsewhere(desk: Desk) -> None:
    child = Child()
    child.is_busy = True
    run = FakeRun(child)
    desk.rests = [lambda: desk.clock.advance(MOST_WAIT_US / 1e6)]
    desk.add(run)

    desk.rounds.hold()

    assert desk.put_out == [run]
    assert desk.committed == []


def test_quick_calls_are_executed_by_who_holds_the_rounds_and_others_by_threads_of_their_own(desk: Desk) -> None:
    runs, hands = [FakeRun(Child()) for _ in range(3)], [FakeHand() for _ in range(3)]
    desk.begins = dict(zip(runs, [(hand,) for hand in hands], strict=True))
    desk.add(*runs)
    own = desk.rounds.hold()
    shared_out = [*desk.put_out]
    for _ in range(FIRST_NEEDED):
        desk.paces._paces['f'].took(1)
    desk.add(*runs)
    desk.rounds.hold()

    assert own is not None
    assert {own, *shared_out} == {(hand,) for hand in hands}
    assert desk.executed == hands


def test_when_a_quick_call_blocks_another_thread_goes_on_and_the_function_is_quick_no_more(desk: Desk) -> None:
    for _ in range(FIRST_NEEDED):
        desk.paces._paces['f'].took(1)
    run = FakeRun(Child())
    desk.begins = {run: (FakeHand(),)}
    called: list[Any] = []

    def blocks(hand: Any) -> None:
        desk.add(FakeRun(Child()))
        desk.rounds.look()
        desk.clock.advance(STUCK_US / 2e6)
        desk.rounds.look()
        called.extend(desk.put_out)
        desk.clock.advance(STUCK_US / 1e6)
        desk.rounds.look()
        called.extend(desk.put_out)

    desk.execute = blocks  # type: ignore[method-assign]
    desk.add(run)
    desk.rounds.hold()

    assert called == [()]
    assert not desk.paces.is_quick('f')


def test_a_round_is_called_for_once(desk: Desk) -> None:
    desk.add(FakeRun(Child()))
    desk.rounds.call()
    desk.rounds.call()

    assert desk.put_out == [()]


# With a worker.

LOOP = 'total = 0\nfor i in range(calls):\n    total += step(i)\ntotal'


def test_runs_of_a_worker_share_commits(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    functions, sizes = Functions(), []
    functions.function(name='step')(lambda i: i)
    submit_together = Committer.submit_together

    def counted(self: Committer[Any], steps: Any) -> Any:
        sizes.append(len(steps))
        return submit_together(self, steps)

    monkeypatch.setattr(Committer, 'submit_together', counted)
    with Engine(sqlite_url) as engine:
        runs = [engine.submit(LOOP, inputs={'calls': 30}) for _ in range(10)]
        Worker(sqlite_url, functions).run_until_idle()

        assert [engine.result(run.id) for run in runs] == [sum(range(30))] * 10
    assert max(sizes) > 1


def test_a_function_that_was_quick_and_blocks_holds_up_no_other_run(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rounds, 'STUCK_US', 1_000)
    functions, others_ended = Functions(), threading.Event()
    first: list[str] = []
    ended: list[str] = []

    @functions.function()
    def step(i: int) -> int:
        if i == 20 and current_call().run_id == first[0]:
            assert others_ended.wait(60)
        return i

    @functions.function()
    def end() -> None:
        ended.append(current_call().run_id)
        if len(ended) == 4:
            others_ended.set()

    with Engine(sqlite_url) as engine:
        runs = [engine.submit(f'{LOOP}\nend()\ntotal', inputs={'calls': 40}) for _ in range(5)]
        first.append(runs[0].id)
        Worker(sqlite_url, functions).run_until_idle()

        assert [engine.result(run.id) for run in runs] == [sum(range(40))] * 5
    assert ended[-1] == first[0]


def test_runs_are_started_in_rounds_once_their_script_is_known(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    functions, alone = Functions(), []
    functions.function(name='step')(lambda i: i)
    advance = Crew._advance

    def counted(self: Crew, run: Any) -> Any:
        alone.append(run.id)
        return advance(self, run)

    monkeypatch.setattr(Crew, '_advance', counted)
    monkeypatch.setattr(rounds, 'PATIENCE_SECONDS', 60)
    with Engine(sqlite_url) as engine:
        runs = [engine.submit('print(1)') for _ in range(20)]
        worker = Worker(sqlite_url, functions, concurrency=1)
        worker.run_until(runs[0].id)
        first = len(alone)
        worker.run_until_idle()

        assert [line.text for run in runs for line in engine.logs(run.id)] == ['1\n'] * 20
    assert (first, len(alone)) == (1, 2)


def test_rounds_are_looked_after_more_often_than_the_database(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    functions, begun, seen = Functions(), threading.Event(), threading.Semaphore(0)
    look = Rounds.look

    def counted(self: Rounds) -> None:
        look(self)
        if begun.is_set():
            seen.release()

    @functions.function()
    def step() -> bool:
        begun.set()
        return all(seen.acquire(timeout=10) for _ in range(10))

    monkeypatch.setattr(Rounds, 'look', counted)
    with Engine(sqlite_url) as engine:
        run = engine.submit('step()')
        Worker(sqlite_url, functions, poll_seconds=200).run_until(run.id)

        assert engine.result(run.id) is True
