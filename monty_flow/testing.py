"""What users need to test their scripts and functions.

A `Trial` is an engine with a worker, on a database of its own that is gone afterwards and on a clock that the test moves: a script that sleeps for a
year is over in a moment, with its retries, timers, signals and deadlines each at its time.

    def test_a_reminder_is_sent_after_a_week():
        sent = []
        with Trial({'send': sent.append}) as trial:
            run = trial.run('import time\\ntime.sleep(7 * 86400)\\nsend(who)', who='Ann')

        assert (run.status, sent) == ('succeeded', ['Ann'])

Scripts are run in the process of the test, behind the sandbox of the language alone.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from types import TracebackType
from typing import Any

from monty_flow.engine import Engine, Functions, Isolation, ManualClock, Run, RunStatus, Worker
from monty_flow.engine.clock import moment
from monty_flow.interpreter.machine import forced

__all__ = ['Stuck', 'Trial', 'forced']

_ENDED = (RunStatus.SUCCEEDED, RunStatus.FAILED, RunStatus.CANCELLED, RunStatus.PAUSED)


class Stuck(AssertionError):
    """A run waits for something that time alone does not bring."""

    def __init__(self, run: Run) -> None:
        self.run = run
        super().__init__(
            f'run {run.id} does not go on by itself: it waits for {run.waiting_for}; '
            'bring that about by trial.engine (signal, approve, ...), or register the function, and call finish'
        )


class Trial:
    """An engine and its worker for a test."""

    def __init__(
        self,
        functions: Functions | Mapping[str, Callable[..., Any]] | None = None,
        *,
        fakes: Mapping[str, Callable[..., Any]] | None = None,
        start: datetime | None = None,
        seed: int = 0,
        secrets: Mapping[str, str] | None = None,
    ) -> None:
        """Set up a trial with functions by name, or with those of an application.

        `fakes` stand in for some of the application's functions, under the same policies. The clock begins at `start`, else with 2030.
        Delays before retries are drawn by the seed, so that each test goes as it went before.
        """
        if not isinstance(functions, Functions):
            registered = Functions()
            for name, function in (functions or {}).items():
                registered.function(name=name)(function)
            functions = registered
        self._folder = tempfile.TemporaryDirectory(prefix='monty-flow-trial-')
        url = f'sqlite:///{Path(self._folder.name) / "flow.db"}'
        #: The clock of everything in the trial; functions may let it `advance` as well.
        self.clock = ManualClock(start)
        #: What submits runs, sends them signals, approves, cancels and looks.
        self.engine = Engine(url, clock=self.clock, random=Random(seed))
        self._worker = Worker(
            url, functions.replaced(fakes or {}), clock=self.clock, random=Random(seed), secrets=secrets, poll_seconds=0.001,
            isolation=Isolation.NONE,
        )  # fmt: skip

    def __enter__(self) -> Trial:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Delete the database."""
        self.engine.close()
        self._folder.cleanup()

    @property
    def now(self) -> datetime:
        """The time in the trial."""
        return moment(self.clock.now())

    def start(self, source: str, /, **inputs: Any) -> Run:
        """Submit a script, do what is due now, and return the run as it stands then."""
        run = self.engine.submit(source, inputs=inputs)
        self.work()
        return self.engine.get(run.id)

    def run(self, source: str, /, **inputs: Any) -> Run:
        """Submit a script and let time pass until it has ended, and return the run; raise Stuck when it cannot end so."""
        return self.finish(self.engine.submit(source, inputs=inputs))

    def finish(self, run: Run | str) -> Run:
        """Let time pass until a run has ended or was set aside, and return it; raise Stuck when it cannot end so."""
        run_id = run if isinstance(run, str) else run.id

        def let_time_pass() -> bool:
            return self.engine.get(run_id).status not in _ENDED and self._to_next_moment(None)

        self._worker.run_through(let_time_pass)
        ended = self.engine.get(run_id)
        if ended.status not in _ENDED:
            raise Stuck(ended)
        return ended

    def work(self) -> None:
        """Do what is due now; no time passes."""
        self._worker.run_until_idle()

    def sleep(self, seconds: float | timedelta) -> None:
        """Let so much time pass, and do what falls due meanwhile, each at its moment."""
        length = seconds if isinstance(seconds, timedelta) else timedelta(seconds=seconds)
        until = self.now + length
        self._worker.run_through(lambda: self._to_next_moment(until))
        self.clock.advance(max(0.0, (until - self.now).total_seconds()))
        self.work()

    def _to_next_moment(self, until: datetime | None) -> bool:
        """Move the clock to when something is due, unless that is after `until`, and return whether there is such a moment."""
        moment, now = self.engine.next_moment(), self.now
        if moment is None or moment <= now or (until is not None and moment > until):
            return False
        self.clock.advance((moment - now).total_seconds())
        return True
