"""Rounds: one thread advances all runs that are ready, commits their steps together, and executes their next calls.

With a thread for each run, all that could go on fight over Python's lock, at each statement and each message. In a round one thread
hands each run its result in the child process that keeps its state, and takes the answers while other children compute; then it
commits all steps in one transaction, and executes the calls that these begin, as far as they are quick (`pace.py`):

    ready -> begin in the children -> take answers -> one commit -> quick calls -> ready
                                                   -> other calls: a thread for each, which puts the run among the ready

Whoever has a run that is ready while nobody holds a round holds the next one. Whoever comes while one is held leaves the run there and
goes; who holds it looks again. So a lone run is advanced by the thread that executed its call, as it comes, and rounds grow with the load.

A child is sent the steps of all runs of which it keeps the states, and takes one after the other: it does not sleep between them, and who
looks for an answer nearly always finds one.

Nothing holds a round up for long: a script that computes is left to a thread of its own after a moment (`PATIENCE_SECONDS`), the steps that
were sent behind it are taken back, and so is
every run whose child is busy or for which something else is to be done than to hand one result over. While quick calls are executed, the
next round is free to be held by others, and if one of them is not quick this time, the coordinator has another thread go on (`look`).
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import Final, Protocol

from monty_flow.engine.clock import Clock
from monty_flow.engine.committer import Committer, Step
from monty_flow.engine.live import Hand, LiveRun
from monty_flow.engine.machinery import Task
from monty_flow.engine.pace import Paces
from monty_flow.engine.states import CallKind
from monty_flow.engine.transitions import Transition

#: Seconds that a round waits for the step of one script; there are as many at once as there are children.
PATIENCE_SECONDS: Final = 0.03
#: Microseconds that a run waits for the child that keeps its state before it takes another, which has to load it.
MOST_WAIT_US: Final = 50_000
#: Seconds between looks whether it is free, while there is nothing else to do.
LOOK_SECONDS: Final = 0.002
#: Microseconds without a call that ended, after which a quick one is taken for one that blocks.
STUCK_US: Final = 50_000
#: Runs of one round: bounds how long the first of them waits for the commit.
MOST_RUNS: Final = 100


class Line:
    """The runs of which one child keeps the states, or those that are to be started anywhere."""

    __slots__ = ('ready', 'under_way')

    def __init__(self) -> None:
        #: Those whose steps are not begun, and how many steps the child was sent that are not taken.
        self.ready: deque[LiveRun] = deque()
        self.under_way = 0


_NONE: Final = Line()


class Work(Protocol):
    """What is done for each call and each run, wherever that is; errors of one run stay with it."""

    def execute(self, hand: Hand) -> None:
        """Execute a call, and `add` its run when that is to be advanced in a round."""
        ...

    def draft(self, run: LiveRun) -> Transition | None:
        """Return the step of a run, None when there is nothing to commit."""
        ...

    def act(self, run: LiveRun, transition: Transition, stood: bool, error: BaseException | None) -> Task | None:
        """Act upon the commit of a step, and return what is to be done next."""
        ...

    def put(self, task: Task) -> None:
        """Have another thread do a task; to do none is to hold rounds."""
        ...


class Rounds:
    """The rounds of a worker, and what waits for the next one."""

    def __init__(
        self,
        work: Work,
        committer: Committer[LiveRun],
        clock: Clock,
        paces: Paces,
        begin: Callable[[LiveRun], bool | None],
        *,
        starts: bool = True,
        without_children: bool = False,
        rest: Callable[[threading.Event, float], object] = threading.Event.wait,
    ) -> None:
        self._work = work
        #: Has a child take the step of a run, and tells whether it does; None when it has to be done otherwise.
        self._begin = begin
        #: Whether runs are started in them.
        self._starts = starts
        self._clock = clock
        self._paces = paces
        #: Whether they take runs whose scripts run in this process.
        self._without_children = without_children
        self._committer = committer
        self._ready: deque[LiveRun] = deque()
        self._quick: deque[Hand] = deque()
        self._held = threading.Lock()
        #: Set when something came for a round; and what waits for that, so many seconds at most.
        self._came = threading.Event()
        self._rest = rest
        #: Whether a thread was asked to hold one, and has not begun.
        self._is_called = False
        #: The quick call that was begun last.
        self._executing: Hand | None = None
        #: Calls executed and rounds held, as many as these were when they were last seen to grow, and when that was.
        self._done = self._seen = 0
        self._grew_at = 0

    def takes(self, run: LiveRun) -> bool:
        """Tell whether a run can be advanced in a round."""
        if run.computes_long:
            return False
        if run.only_result is not None:
            return run.process is not None or self._without_children
        return self._starts and run.is_to_start

    def add(self, run: LiveRun) -> None:
        """Put a run, which nobody else advances, among those that are ready, for the caller to `hold` a round."""
        self._ready.append(run)
        self._came.set()

    def take(self, hand: Hand) -> None:
        """Have a call that was claimed executed: by who holds rounds if it is quick, else by a thread of its own."""
        if self._is_quick(hand):
            self._quick.append(hand)
            self._came.set()
            self.call()
        else:
            self._work.put((hand,))

    def call(self) -> None:
        """Have a thread hold a round, unless one does."""
        if not (self._held.locked() or self._is_called):
            self._is_called = True
            self._work.put(())

    def hold(self) -> Task | None:
        """Hold rounds while there is something for them and nobody else holds one; return what this thread is to do then."""
        self._is_called = False
        while True:
            self._execute_quick()
            # Looked at again after each round: who came during it has left.
            if not self._ready or not self._held.acquire(blocking=False):
                return None
            try:
                tasks = self._round()
            finally:
                self._held.release()
            own = self._shared_out(tasks)
            if own is not None:
                return own

    def look(self) -> None:
        """Have another thread go on when a call that was to be quick holds all up; for the coordinator."""
        now = self._clock.elapsed()
        waits = self._quick or (self._ready and not self._held.locked())
        if not waits or self._done != self._seen:
            self._seen, self._grew_at = self._done, now
        elif now - self._grew_at >= STUCK_US:
            self._grew_at = now
            if self._executing is not None:
                self._paces.is_slow(self._executing.function)
            self._work.put(())

    def _is_quick(self, hand: Hand) -> bool:
        if hand.kind is CallKind.FUNCTION:
            return self._paces.is_quick(hand.function)
        return hand.kind is CallKind.START and self._starts

    def _execute_quick(self) -> None:
        while self._quick:
            try:
                hand = self._quick.popleft()
            except IndexError:
                # Another thread was faster.
                return
            if not self._is_quick(hand):
                self._work.put((hand,))
                continue
            self._executing = hand
            self._work.execute(hand)
            self._done += 1
        self._executing = None

    def _round(self) -> list[Task]:
        """Advance runs that are ready, and return what is to be done next."""
        self._came.clear()
        runs = [self._ready.popleft() for _ in range(min(len(self._ready), MOST_RUNS))]
        steps, waits = [], True
        for run in self._answered(runs):
            waits = False
            transition = self._work.draft(run)
            if transition is not None:
                steps.append(Step(transition, run))
        if waits and self._ready:
            # For children that are busy.
            self._rest(self._came, LOOK_SECONDS)
        if not steps:
            return []
        self._done += 1
        outcomes = self._committer.submit_together(steps)
        tasks = []
        for step, (stood, error) in zip(steps, outcomes, strict=True):
            task = self._work.act(step.owner, step.transition, stood, error)
            if task is not None:
                tasks.append(task)
        return tasks

    def _answered(self, runs: list[LiveRun]) -> Iterator[LiveRun]:
        """Have the children take the steps of runs, and give each run when its step is taken, to be drafted before the next is asked for."""
        now = self._clock.elapsed()
        # One line before each child, which takes its steps one after the other, and one of runs that any free child may start.
        lines: dict[object, Line] = {}
        turns: deque[Line] = deque()
        for run in runs:
            process = run.process
            line = lines.get(process)
            if line is None:
                line = lines[process] = Line()
                # In turns, so that no child waits until another one has all of its steps.
                if process is not None:
                    turns.append(line)
            line.ready.append(run)
        anywhere = lines.get(None, _NONE)
        under_way: deque[tuple[LiveRun, Line]] = deque()
        while turns:
            line = turns.popleft()
            if self._begins_first(line, lines, under_way) and line.ready:
                turns.append(line)
        while anywhere.ready and self._begins_first(anywhere, lines, under_way):
            pass
        while under_way:
            run, line = under_way.popleft()
            line.under_way -= 1
            if run.ahead is None or run.ahead.wait(PATIENCE_SECONDS):
                yield run
                if (
                    not (line.ready and self._begins_first(line, lines, under_way))
                    and anywhere.ready
                    and not line.under_way
                ):
                    self._begins_first(anywhere, lines, under_way)
            else:
                run.computes_long = True
                self._take_back(line, under_way)
                self._work.put(run)
        for line in lines.values():
            self._pass_over(line.ready, now)

    def _begins_first(self, line: Line, lines: dict[object, Line], under_way: deque[tuple[LiveRun, Line]]) -> bool:
        """Begin the step of the first run in a line for which that can be done; tell whether there was one, and its child had room for it."""
        while line.ready:
            begins = self._can_begin(line.ready[0])
            if begins is False:
                return False
            run = line.ready.popleft()
            run.passed_over_at = None
            if begins:
                place = line
                if run.ahead is not None and line is lines.get(None):
                    # It stands in the line of the child that makes the start.
                    place = lines.setdefault(run.ahead.process, Line())
                under_way.append((run, place))
                place.under_way += 1
                return True
            self._work.put(run)
        return False

    def _take_back(self, line: Line, under_way: deque[tuple[LiveRun, Line]]) -> None:
        """Have the runs wait again that are behind one that takes long."""
        others = [each for each in under_way if each[1] is not line]
        for run in [run for run, place in under_way if place is line]:
            run.end_ahead()
            line.ready.append(run)
        line.under_way = 0
        under_way.clear()
        under_way.extend(others)

    def _can_begin(self, run: LiveRun) -> bool | None:
        try:
            return self._begin(run)
        except Exception:  # whatever it is, the step tells of it
            return None

    def _pass_over(self, runs: Iterable[LiveRun], now: int) -> None:
        """Leave runs whose child is busy to another round, and those that have waited for it to threads of their own."""
        for run in runs:
            if run.passed_over_at is None:
                run.passed_over_at = now
            if now - run.passed_over_at < MOST_WAIT_US:
                self._ready.append(run)
            else:
                run.passed_over_at = None
                self._work.put(run)

    def _shared_out(self, tasks: list[Task]) -> Task | None:
        """Share out what is to be done next, and return what is left for this thread when rounds do not need it."""
        others: list[Task] = []
        for task in tasks:
            if isinstance(task, LiveRun):
                self._ready.append(task)
            elif len(task) == 1 and self._is_quick(task[0]):
                self._quick.append(task[0])
            else:
                others.append(task)
        own = others.pop() if others and not (self._ready or self._quick) else None
        for task in others:
            self._work.put(task)
        return own
