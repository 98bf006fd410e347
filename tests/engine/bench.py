"""An engine with workers on a clock that stands still."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from monty_flow.engine import Engine, Functions, ManualClock, Worker

#: Seconds after which a test counts as hanging; what is waited for comes late on a busy machine, where processes are begun meanwhile.
HANG_SECONDS = 120.0


class Bench:
    """An engine and its workers on one database and one clock that stands still."""

    def __init__(self, url: str, clock: ManualClock) -> None:
        self.url = url
        self.clock = clock
        self.engine = Engine(url, clock=clock)
        self.functions = Functions()

    def worker(self, functions: Functions | None = None, **settings: Any) -> Worker:
        """Return a worker that looks for changes often."""
        chosen = self.functions if functions is None else functions
        return Worker(self.url, chosen, clock=self.clock, **({'poll_seconds': 0.002} | settings))

    def work(self, **settings: Any) -> None:
        """Work until nothing is due."""
        self.worker(**settings).run_until_idle()

    def run(self, source: str, **inputs: Any) -> Any:
        """Submit a script, work until nothing is due, and return the run."""
        submitted = self.engine.submit(source, inputs=inputs)
        self.worker().run_until_idle()
        return self.engine.get(submitted.id)

    @contextmanager
    def working(self, run_id: str, **settings: Any) -> Iterator[Worker]:
        """Have a worker work on a run beside the block, and wait until it is done with it."""
        worker = self.worker(**settings)
        thread = threading.Thread(target=worker.run_until, args=(run_id,))
        thread.start()
        try:
            yield worker
        finally:
            thread.join(HANG_SECONDS)
            assert not thread.is_alive()

    @contextmanager
    def having(self, *workers: Worker) -> Iterator[None]:
        """Have workers at work beside the block, and stop them at its end."""
        threads = [threading.Thread(target=worker.run) for worker in workers]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            for worker in workers:
                worker.stop()
            for thread in threads:
                thread.join(HANG_SECONDS)
            assert not any(thread.is_alive() for thread in threads)

    def wait_for(self, fact: Callable[[], bool]) -> None:
        """Wait until a fact holds."""
        pause = threading.Event()
        until = time.monotonic() + HANG_SECONDS
        while not fact():
            if time.monotonic() > until:
                stand = [(run.id, run.status.value, run.waiting_for) for run in self.engine.list(limit=10)]
                raise AssertionError(f'what was waited for did not come about: {stand}')
            pause.wait(0.005)

    @contextmanager
    def at_work(self, **settings: Any) -> Iterator[Worker]:
        """Have a worker at work beside the block, and stop it at its end."""
        worker = self.worker(**settings)
        thread = threading.Thread(target=worker.run)
        thread.start()
        try:
            yield worker
        finally:
            worker.stop()
            thread.join(HANG_SECONDS)
            assert not thread.is_alive()


class Gate:
    """A host function that waits within: it tells that it has begun, and ends when it is let."""

    def __init__(self, result: Any = 'through') -> None:
        self.begun = threading.Event()
        self.let = threading.Event()
        self._result = result

    def __call__(self) -> Any:
        """Begin, wait, and return the result."""
        self.begun.set()
        self.let.wait(HANG_SECONDS)
        return self._result
