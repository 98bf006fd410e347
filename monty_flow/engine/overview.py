"""What an engine tells across runs: pages of a list, counts, workers, and how functions do."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from monty_flow.engine.clock import moment, moment_or_none
from monty_flow.engine.errors import WorkerNotFound
from monty_flow.engine.filters import RunFilter
from monty_flow.engine.functions import RESERVED, RESERVED_PREFIX
from monty_flow.engine.records import Call, HistoryEntry, LogLine, Run
from monty_flow.engine.states import RunStatus
from monty_flow.engine.store import Store
from monty_flow.engine.store.stranded import GOING_ON, REASONS
from monty_flow.engine.usage import Attempt, FunctionUse, RunsOverTime, function_uses, id_length_for, runs_over_time
from monty_flow.engine.waits import NEVER

#: A count of runs goes no further, so that it costs the same however many there are.
COUNT_LIMIT = 10_000
#: Runs that a page of a search looks at, where no index leads to those that fit, so that it costs the same however many there are.
SEARCHED_RUNS = 20_000
#: The attempts from which the numbers of functions are taken: those in so many of the newest runs, so many at most.
SAMPLED_RUNS = 500
SAMPLED_ATTEMPTS = 20_000
#: Runs that are looked at in one question whether they stand still.
LOOKED_AT = 5000
#: The newest runs of which scripts are told.
SCRIPT_RUNS = 5000


@dataclass(frozen=True, slots=True)
class RunPage:
    """A page of a list of runs, the newest first."""

    runs: tuple[Run, ...]
    #: What to give as `cursor` for the next page, None at the end.
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class Stranded:
    """A run that nothing will ever move, though it has not ended and nobody has paused it."""

    run: str
    status: RunStatus
    #: Why, in words.
    reason: str

    @property
    def advice(self) -> str:
        """What lets it go on, as commands."""
        if self.status is RunStatus.CANCELLING:
            return f'monty-flow terminate {self.run}'
        return f'monty-flow pause {self.run} && monty-flow retry {self.run}'


@dataclass(frozen=True, slots=True)
class ScriptUse:
    """A version of a script, as the newest runs used it."""

    script_name: str
    script_hash: str
    #: Runs of it among those, and how many of them failed.
    runs: int
    failed: int
    #: When the first and the last of them were submitted.
    first_at: datetime
    last_at: datetime
    #: The id of the last one, whose source is that of the script.
    last_run: str


@dataclass(frozen=True, slots=True)
class WorkerInfo:
    """A worker that lives."""

    session: str
    name: str
    functions: tuple[str, ...]
    started_at: datetime
    #: When its leases run out unless it renews them.
    expires_at: datetime
    #: Calls that it has leased.
    in_hand: int
    #: Queues from which it takes calls, None for all.
    queues: tuple[str, ...] | None
    #: Calls that it has in hand at most, None when it did not say.
    concurrency: int | None
    #: The release of monty-flow that it is of, None when it did not say.
    release: str | None
    #: Whether it takes no more calls, and ends when those in hand have ended.
    is_draining: bool


@dataclass(frozen=True, slots=True)
class Recent:
    """The last things that happened in a run, each in their order."""

    calls: tuple[Call, ...]
    history: tuple[HistoryEntry, ...]
    logs: tuple[LogLine, ...]


class Overview:
    """What an engine tells across runs."""

    _store: Store
    _lock: threading.RLock

    def stranded(self, *, limit: int = 100) -> list[Stranded]:
        """Return runs that nothing will ever move: there are none unless the engine has an error or somebody changed its tables.

        All runs are looked at that have not ended, some thousands in a question.
        """
        found: list[Stranded] = []
        for status in GOING_ON:
            after: str | None = ''
            while after is not None and len(found) < limit:
                with self._lock:
                    some, after = self._store.stranded(status, after, LOOKED_AT, NEVER)
                found += [Stranded(run_id, status, REASONS[reason]) for run_id, reason in some]
        return found[:limit]

    def page(self, criteria: RunFilter | None = None, *, limit: int = 50, cursor: str | None = None) -> RunPage:
        """Return a page of the runs that fit, the newest first, from where another page ended.

        A search of texts, or of a queue, goes through SEARCHED_RUNS runs for a page, which may then be short and not the last.
        """
        with self._lock:
            lowest = None
            if criteria is not None and criteria.searches:
                lowest = self._store.id_before(cursor, SEARCHED_RUNS)
            found = self._store.list(criteria, limit + 1, cursor, from_id=lowest)
        return RunPage(tuple(found[:limit]), found[limit - 1].id if len(found) > limit else lowest)

    def counts(self, namespace: str | None = None) -> dict[RunStatus, int]:
        """Return how many runs are in each status; COUNT_LIMIT stands for that many or more.

        Of a namespace those are counted that are among the newest COUNT_LIMIT of the status.
        """
        with self._lock:
            return {status: self._store.count_status(status, COUNT_LIMIT, namespace) for status in RunStatus}

    def counts_over_time(self, seconds: float, namespace: str | None = None) -> RunsOverTime:
        """Return how many runs were submitted when, within the last `seconds`, by the status that they have now.

        Of each status the newest COUNT_LIMIT are counted, or those of a namespace among them.
        """
        with self._lock:
            now = self._store.now() // 1000
            begin = now - round(seconds * 1000)
            length = id_length_for(now - begin)
            found = {
                status: self._store.moments_of_status(status, begin, length, COUNT_LIMIT, namespace)
                for status in RunStatus
            }
        return runs_over_time(found, begin, now)

    def next_moment(self) -> datetime | None:
        """Return when something is to be done next for time alone: a timer, a retry, a deadline, a schedule; None when nothing is."""
        with self._lock:
            found = (self._store.next_due(), self._store.next_time())
        return moment_or_none(min((each for each in found if each is not None and each < NEVER), default=None))

    def versions(self, run_ids: Sequence[str]) -> dict[str, int]:
        """Return the versions of these runs, as far as they are there; a version that has grown tells of a commit."""
        with self._lock:
            return self._store.versions(run_ids)

    def taken_calls(self, run_id: str, step: int) -> list[Call]:
        """Return the calls whose results the run with this whole id took in the state of a step; none before it did."""
        with self._lock:
            return self._store.taken_calls(run_id, step)

    def recent(self, run_id: str, limit: int) -> Recent:
        """Return the last things that happened in the run with this whole id; what a long run did before is left out."""
        with self._lock:
            store = self._store
            return Recent(
                calls=tuple(store.recent_calls(run_id, limit)),
                history=tuple(store.recent_history(run_id, limit)),
                logs=tuple(store.recent_logs(run_id, limit)),
            )

    def workers(self) -> list[WorkerInfo]:
        """Return the workers whose leases have not run out."""
        with self._lock:
            rows = self._store.live_sessions(self._store.now())
        return [
            WorkerInfo(
                session,
                name,
                tuple(functions.split('\n')),
                moment(started_at),
                moment(expires_at),
                in_hand,
                None if queues is None else tuple(queues.split('\n')),
                concurrency,
                release,
                bool(draining),
            )
            for session, name, functions, started_at, expires_at, queues, concurrency, release, draining, in_hand in rows
        ]

    def drain_worker(self, session: str) -> None:
        """Tell a worker to finish: it takes no more calls, and ends when those in hand have ended, as on SIGTERM.

        It learns of this when it renews its lease, within a third of that. Raises WorkerNotFound when no worker has this session.
        """
        with self._lock, self._store.transaction():
            if not self._store.drain_session(session):
                raise WorkerNotFound(session)

    def scripts(self, namespace: str | None = None) -> list[ScriptUse]:
        """Return the versions of scripts that the newest runs are of, or those of a namespace, the last used first."""
        with self._lock:
            rows = self._store.scripts_of_runs(SCRIPT_RUNS, namespace)
        return [
            ScriptUse(name, digest, number, failed, moment(first), moment(last), run_id)
            for name, digest, number, failed, first, last, run_id in rows
        ]

    def function_uses(self, namespace: str | None = None) -> list[FunctionUse]:
        """Return how the functions did that the newest runs called, or those of a namespace, by name."""
        with self._lock:
            rows = self._store.sample_calls(SAMPLED_RUNS, SAMPLED_ATTEMPTS, namespace)
        by_name: dict[str, list[Attempt]] = {}
        for function, status, took, at in rows:
            if function not in RESERVED and not function.startswith(RESERVED_PREFIX):
                by_name.setdefault(function, []).append((status, took, at))
        return function_uses(by_name)
