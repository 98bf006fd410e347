"""The committer: one transaction at a time for everything that a worker writes, shared by all who are ready.

Whoever hands in an entry while nobody commits becomes the committer, without a hop to another thread: a
lone run thus writes a step as fast as the disk allows. Whoever comes while a commit is in flight leaves the entry
and goes; the thread that commits takes all entries that have gathered when it comes back. So batches
grow with the load and nobody waits for a batch to fill. (A thread of its own, fed by a queue, was dropped:
two thread switches a step cost more than the step.)

An entry whose transaction fails is tried again alone, so that it cannot take the others with it; not so when the
database cannot be reached, which no entry is to blame for.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Generic, TypeVar

from monty_flow.engine.errors import DatabaseUnavailable
from monty_flow.engine.store import Store
from monty_flow.engine.transitions import Transition

Owner = TypeVar('Owner')
Result = TypeVar('Result')

#: Entries in one transaction at most: bounds how long a newcomer can wait.
MAX_BATCH = 500
#: Seconds of a wait for an operation after which other things are seen to meanwhile.
LONG_SECONDS = 0.05


class Step(Generic[Owner]):
    """A transition on its way into the database, with the one who handed it in."""

    __slots__ = ('owner', 'transition')

    def __init__(self, transition: Transition, owner: Owner) -> None:
        self.transition = transition
        self.owner = owner


class Job:
    """Another write, such as a claim, that shares the transaction; `operate` may run more than once."""

    __slots__ = ('_done', '_error', '_operate', '_value', 'relaxed')

    def __init__(self, operate: Callable[[Store], Any], *, relaxed: bool = False) -> None:
        self._operate = operate
        #: Whether it may be forgotten if the machine loses power at once.
        self.relaxed = relaxed
        self._done = threading.Event()
        self._value: Any = None
        self._error: BaseException | None = None

    def run(self, store: Store) -> None:
        """Operate within the transaction that is open."""
        self._value = self._operate(store)

    def finish(self, error: BaseException | None) -> None:
        """Let the one who waits for it go on."""
        self._error = error
        self._done.set()

    def result(self, meanwhile: Callable[[], None]) -> Any:
        """Wait until it is committed, calling `meanwhile` again and again; raise its error if it failed."""
        while not self._done.wait(LONG_SECONDS):
            meanwhile()
        if self._error is not None:
            raise self._error
        return self._value


class Committer(Generic[Owner]):
    """Write steps and jobs through one store.

    `settled(owner, stood, error)` is called after each commit for each step: `stood` tells whether the
    transition was written, `error` is set when its transaction failed.
    """

    def __init__(self, store: Store, settled: Callable[[Owner, bool, BaseException | None], None]) -> None:
        self._store = store
        self._settled = settled
        self._entries: deque[Step[Owner] | Job] = deque()
        self._committing = threading.Lock()
        #: Called now and then by who waits long for its operation.
        self.while_waiting: Callable[[], None] = lambda: None
        #: Transactions so far, for tests and measurements.
        self.commits = 0

    def submit(self, transition: Transition, owner: Owner) -> tuple[bool, BaseException | None] | None:
        """Hand in a step.

        Returns what `settled` would have been told when the step was committed at once and alone, so that its
        thread can go straight on; otherwise None, and `settled` is called by whoever commits it.
        """
        step = Step(transition, owner)
        self._entries.append(step)
        return self._drain(step)

    def submit_together(self, steps: Sequence[Step[Owner]]) -> list[tuple[bool, BaseException | None]]:
        """Commit steps in one transaction with what has gathered, after the commit that is in flight; return what `settled` would be told."""
        batch: list[Step[Owner] | Job] = [*steps]
        self._committing.acquire()
        outcomes = self._commit_gathered(batch)
        self._tell(batch[len(steps) :], outcomes[len(steps) :])
        self._drain(None)
        return outcomes[: len(steps)]

    def execute(self, operate: Callable[[Store], Result], *, relaxed: bool = False) -> Result:
        """Run an operation in a transaction, possibly a shared one, and return its result.

        A `relaxed` one, such as a claim, is not waited for to be on the disk, where it is alone: should it be lost with the power, so is
        this worker, and the call is claimed again.
        """
        job = Job(operate, relaxed=relaxed)
        self._entries.append(job)
        self._drain(None)
        result: Result = job.result(self.while_waiting)
        return result

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Have nobody commit within the block; what is handed in meanwhile is committed at its end."""
        try:
            with self._committing:
                yield
        finally:
            self._drain(None)

    def post(self, operate: Callable[[Store], Any]) -> None:
        """Have an operation run in the transaction of whoever commits next; nobody hears of its error."""
        self._entries.append(Job(operate))

    def _drain(self, own: Step[Owner] | None) -> tuple[bool, BaseException | None] | None:
        # The queue is looked at again after each release: an entry that came just before it would be left otherwise.
        outcome: tuple[bool, BaseException | None] | None = None
        while self._entries and self._committing.acquire(blocking=False):
            batch: list[Step[Owner] | Job] = []
            outcomes = self._commit_gathered(batch)
            if len(batch) == 1 and batch[0] is own and not self._entries:
                outcome = outcomes[0]
            else:
                self._tell(batch, outcomes)
        return outcome

    def _commit_gathered(self, batch: list[Step[Owner] | Job]) -> list[tuple[bool, BaseException | None]]:
        """Commit a batch with what has gathered, which is put to it, and let others commit then."""
        try:
            self._gather(batch)
            outcomes = self._commit(batch)
        except BaseException as error:
            # It ends this thread, such as KeyboardInterrupt; those who wait must not wait for ever.
            self._committing.release()
            self._tell(batch, [(False, error)] * len(batch))
            raise
        self._committing.release()
        return outcomes

    def _tell(self, batch: list[Step[Owner] | Job], outcomes: list[tuple[bool, BaseException | None]]) -> None:
        for entry, (stood, error) in zip(batch, outcomes, strict=True):
            if isinstance(entry, Job):
                entry.finish(error)
            else:
                self._settled(entry.owner, stood, error)

    def _gather(self, batch: list[Step[Owner] | Job]) -> None:
        while self._entries and len(batch) < MAX_BATCH:
            batch.append(self._entries.popleft())

    def _commit(self, batch: list[Step[Owner] | Job]) -> list[tuple[bool, BaseException | None]]:
        try:
            return [(stood, None) for stood in self._write(batch)]
        except Exception as error:  # whatever it is, the other entries must not suffer from it
            if len(batch) == 1 or isinstance(error, DatabaseUnavailable):
                return [(False, error)] * len(batch)
            return [self._commit([entry])[0] for entry in batch]

    def _write(self, batch: list[Step[Owner] | Job]) -> list[bool]:
        if not batch:
            return []
        self.commits += 1
        if len(batch) == 1 and isinstance(batch[0], Step):
            return self._store.commit([batch[0].transition])
        steps = [entry for entry in batch if isinstance(entry, Step)]
        if len(steps) == len(batch):
            return self._store.commit([step.transition for step in steps])
        relaxed = all(isinstance(entry, Job) and entry.relaxed for entry in batch)
        with self._store.transaction(relaxed=relaxed):
            stood = iter(self._store.apply([step.transition for step in steps]) if steps else ())
            for entry in batch:
                if isinstance(entry, Job):
                    entry.run(self._store)
        return [True if isinstance(entry, Job) else next(stood) for entry in batch]
