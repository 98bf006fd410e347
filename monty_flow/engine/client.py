"""`Engine`: submit runs, look at them, steer them. It executes nothing; workers do."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from random import Random, SystemRandom
from types import TracebackType
from typing import Any, TypeVar

from monty_flow.engine import database, wakeup
from monty_flow.engine.adopting import adopt
from monty_flow.engine.arguments import checks_arguments
from monty_flow.engine.branching import Branching
from monty_flow.engine.clock import MICROSECONDS, Clock, SystemClock
from monty_flow.engine.codec import Codec
from monty_flow.engine.conversation import Conversation
from monty_flow.engine.errors import (
    DeadlineExceeded,
    FilterRefused,
    KeysRefused,
    RunCancelled,
    RunFailed,
    RunIdAmbiguous,
    RunNotFinished,
    RunNotFound,
)
from monty_flow.engine.filters import RunFilter
from monty_flow.engine.growth import Link
from monty_flow.engine.ids import IdSource
from monty_flow.engine.interpreting import compile_script, load_snapshot
from monty_flow.engine.keys import codec_of
from monty_flow.engine.lanes import DEFAULT_NAMESPACE, DEFAULT_QUEUE
from monty_flow.engine.large import LargeSettings, LargeValues, settings_of
from monty_flow.engine.outgoing import run_out
from monty_flow.engine.overview import Overview
from monty_flow.engine.portable import export_run, import_run
from monty_flow.engine.queues import QueueDesk
from monty_flow.engine.records import Call, ErrorInfo, HistoryEntry, LogLine, Run, StoredStep, Submission
from monty_flow.engine.retention import Pruned, prune, sweep
from monty_flow.engine.retiring import RetentionDesk
from monty_flow.engine.schedules import ScheduleDesk
from monty_flow.engine.states import RunStatus
from monty_flow.engine.steering import Steering
from monty_flow.engine.store import ALL, DEADLINE_ERROR, Store, open_store
from monty_flow.engine.submitting import Submissions, checked_keep
from monty_flow.engine.tokens import TokenDesk
from monty_flow.engine.transitions import Program
from monty_flow.engine.waiting import Waiting
from monty_flow.interpreter import FutureSnapshot, KeyRing, ResourceLimits, Snapshot, script_hash_of

DEFAULT_URL = 'sqlite:///monty-flow.db'
#: Characters of a whole id.
ID_LENGTH = 36

Result = TypeVar('Result')
# Within the class below, `list` is a method.
Listing = list


@checks_arguments
class Engine(RetentionDesk, Steering, Branching, Waiting, QueueDesk, ScheduleDesk, Overview, TokenDesk, Conversation):
    """The runs of one database; may be used by several threads.

    The database is made on first use, and one of an older release is upgraded. Raises DatabaseRefused when it
    cannot be opened and SchemaMismatch when a newer release made it.
    """

    def __init__(
        self,
        url: str | None = None,
        *,
        clock: Clock | None = None,
        random: Random | None = None,
        keys: KeyRing | None = None,
        large_values: LargeSettings | None = None,
    ) -> None:
        self.url = url or DEFAULT_URL
        self._keys = keys
        self._clock = clock or SystemClock()
        self._random = random or SystemRandom()
        self._ids = IdSource(self._clock, self._random)
        database.prepare(self.url)
        self._store = open_store(self.url, self._clock)
        self._lock = threading.RLock()
        self._large = LargeValues(
            settings_of() if large_values is None else large_values,
            lambda: self._codec,
            self._clock,
            self._large_rows,
        )
        self._store.whole = self._large.whole

    def _large_rows(self, names: Sequence[bytes]) -> Mapping[bytes, tuple[bytes | None, str | None]]:
        with self._lock:
            return self._store.large_rows(names)

    @cached_property
    def _codec(self) -> Codec:
        return codec_of(self.url, self._clock) if self._keys is None else Codec(self._keys)

    def __enter__(self) -> Engine:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection to the database."""
        with self._lock:
            self._store.close()

    # Submitting.

    def submit(
        self,
        source: str,
        *,
        inputs: Mapping[str, Any] | None = None,
        script_name: str = 'main.py',
        key: str | None = None,
        limits: ResourceLimits | None = None,
        keep_snapshots: int | None = None,
        start_at: datetime | None = None,
        delay_seconds: float | None = None,
        namespace: str = DEFAULT_NAMESPACE,
        tags: Mapping[str, str] | None = None,
        deadline: datetime | None = None,
        deadline_seconds: float | None = None,
        queue: str = DEFAULT_QUEUE,
        priority: int = 0,
        concurrency_key: str | None = None,
        function_versions: Mapping[str, str] | None = None,
    ) -> Run:
        """Store a run of a script and return it.

        The names of `inputs` are variables of the script. Submitting again with the same `key` returns the first run; what
        the other arguments mean is said at `Submission`. Raises MontySyntaxError for a script that cannot be compiled,
        InputsRefused for inputs that do not fit it, SubmissionRefused for anything else, and QueueFull when so much
        waits already that the queue takes in no more; nothing is stored then.
        """
        submission = Submission(
            source, inputs or {}, script_name, key, limits, keep_snapshots, start_at, delay_seconds, namespace,
            tags or {}, deadline, deadline_seconds, queue, priority, concurrency_key, function_versions or {},
        )  # fmt: skip
        return self.submit_many([submission])[0]

    def submit_many(self, submissions: Sequence[Submission]) -> Listing[Run]:
        """Store many runs in one transaction, all or none; otherwise as `submit`."""
        checked = Submissions(self._ids)
        new = [run_out(checked.new_run(submission), self._large) for submission in submissions]
        ids = self._write(lambda store: store.insert_runs(new))
        if len(ids) == 1:
            return [self.get(ids[0])]
        with self._lock:
            found = self._store.get_many(ids)
        return [found[run_id] for run_id in ids]

    # Looking.

    def get(self, run_id: str) -> Run:
        """Return the run of an id, or of a beginning of an id that only one run has.

        Raises RunNotFound when there is none, and RunIdAmbiguous when there are several.
        """
        with self._lock:
            if len(run_id) >= ID_LENGTH:
                found = self._store.get(run_id)
                matches: Sequence[Run] = [] if found is None else [found]
            else:
                matches = self._store.find(run_id) if run_id else []
        if not matches:
            raise RunNotFound(run_id)
        if len(matches) > 1:
            raise RunIdAmbiguous(run_id)
        return matches[0]

    def calls(self, run_id: str, *, after: int = 0, limit: int = ALL) -> Listing[Call]:
        """Return the external calls of a run in their order, from after the call of the number `after`."""
        return self._of_run(run_id, lambda run: self._store.calls(run.id, after, limit))

    def history(self, run_id: str, *, after: int = 0, limit: int = ALL) -> Listing[HistoryEntry]:
        """Return what workers committed for a run, with timings, in order, from after the version `after`."""
        return self._of_run(run_id, lambda run: self._store.history(run.id, after, limit))

    def logs(self, run_id: str, *, after: int = 0, limit: int = ALL) -> Listing[LogLine]:
        """Return what the script of a run printed, from after the line with the sequence number `after`."""
        return self._of_run(run_id, lambda run: self._store.logs(run.id, after, limit))

    def _program_at(self, run: Run, step: int) -> Program:
        return self._standing_at(run, step)[0]

    def _standing_at(self, run: Run, step: int) -> tuple[Program, Link | None]:
        """Return the script that a run had at a step, which another one may have followed since, and the state."""
        with self._lock:
            stored = self._store.program(run.script_hash, run.id, step)
            link = self._codec.restore(run.id, stored.chain, self._large.contents)
            then = run.script_hash if link is None else script_hash_of(link.raw)
            if then != run.script_hash and self._store.has_script(then):
                stored = self._store.program(then, run.id, step)
        return stored, link

    def source(self, run_id: str) -> str:
        """Return the source text of a run."""
        with self._lock:
            run = self.get(run_id)
            return self._store.program(run.script_hash, run.id, run.step).source

    def snapshot(self, run_id: str, *, step: int | None = None) -> Snapshot | FutureSnapshot | None:
        """Return the loaded state in which a run waits, or failed, with its frames and variables.

        None before the first call, and when the run succeeded or was cancelled before it. With `step` the state in which it
        waited after its step of that number, None when that is not kept. Resuming it changes nothing in the database. Raises
        SnapshotError when this release cannot load it, and SnapshotRefused when it is not authentic.
        """
        with self._lock:
            run = self.get(run_id)
            if run.status is RunStatus.SUCCEEDED and step is None:
                return None
            number = run.step if step is None else step
            stored, link = self._standing_at(run, number)
        if link is None or link.number != number:
            return None
        names = tuple(sorted(run.inputs))
        return load_snapshot(link.raw, compile_script(stored.source, names, run.script_name))

    def steps(self, run_id: str) -> Listing[StoredStep]:
        """Return the steps of a run whose states are kept, with the bytes that each takes."""
        return self._of_run(run_id, lambda run: [StoredStep(*row) for row in self._store.snapshots(run.id)])

    def result(self, run_id: str) -> Any:
        """Return the output of a run that succeeded.

        Raises RunFailed, with the script's traceback, or its kind DeadlineExceeded, RunCancelled, or RunNotFinished.
        """
        run = self.get(run_id)
        match run.status:
            case RunStatus.SUCCEEDED:
                return run.output
            case RunStatus.CANCELLED:
                raise RunCancelled(run.id)
            case RunStatus.FAILED if run.error is not None:
                kind = DeadlineExceeded if _is_of_deadline(run.error) else RunFailed
                raise kind(run.id, run.error.type, run.error.message, run.error.traceback)
            case _:
                raise RunNotFinished(run.id, run.status, run.waiting_for)

    def list(
        self,
        filter: RunFilter | None = None,
        *,
        status: RunStatus | str | Iterable[RunStatus | str] | None = None,
        limit: int = 50,
        before: str | None = None,
        **conditions: Any,
    ) -> Listing[Run]:
        """Return runs, newest first; `before` is an id from which to go on to older ones.

        The conditions are those of `RunFilter`, as one or as arguments: status, script_name, text, submitted_after,
        submitted_before, namespace, key, tags.
        """
        if type(limit) is not int or limit < 0:
            raise FilterRefused(f'limit={limit!r} is not a number of runs from 0 on')
        chosen = filter or RunFilter(status, **conditions)
        with self._lock:
            return [*self._store.list(chosen, limit, before)]

    def count(self, filter: RunFilter) -> int:
        """Return how many runs a filter means."""
        with self._lock:
            return self._store.count(filter)

    # Keeping.

    def clear_cache(self, function: str | None = None) -> int:
        """Forget the results that are kept for a time (`cache_seconds`), or those of one function; return how many these were."""
        return self._write(lambda store: store.forget_cached(function))

    def keep(self, run_id: str, snapshots: int | None) -> None:
        """Say how many states of a run are kept from now on, the newest ones; None for all."""
        run = self.get(run_id)
        keep = checked_keep(snapshots)
        self._write(lambda store: store.set_keep(run.id, keep))

    def prune(
        self, run_id: str | None = None, *, keep: int | None = None, ended_before: datetime | None = None
    ) -> Pruned:
        """Delete the states of runs that need not be kept, by the setting of each run or the last `keep` at most.

        Of one run, or of all, or of those that ended before a moment. The newest state of a run always stays.
        """
        found = None if run_id is None else self.get(run_id).id
        before = None if ended_before is None else round(ended_before.timestamp() * MICROSECONDS)
        pruned = prune(self._store, self._within, keep=checked_keep(keep), run_id=found, ended_before=before)
        return replace(pruned, large=sweep(self._store, self._within, self._large.files))

    def adopt(self) -> int:
        """Sign the states that are not signed, from before the database had keys, and return how many these were.

        This says that whoever could write to the database so far is trusted. Raises KeysRefused when there are no keys.
        """
        if self._codec.keys is None:
            raise KeysRefused('the database has no keys to sign with; name a key file by MONTY_FLOW_KEYS')
        with self._lock:
            return adopt(self._store, self._codec)

    @contextmanager
    def _within(self) -> Iterator[None]:
        with self._lock, self._store.transaction():
            yield

    def export(self, run_id: str, *, keys: KeyRing | None = None) -> bytes:
        """Return a run as a file for `import_run` of another database, signed with `keys`, else with those of this one."""
        run = self.get(run_id)
        with self._within():
            return export_run(self._store, run.id, self._codec, keys, self._large.contents)

    def import_run(self, data: bytes, *, keys: KeyRing | None = None) -> Run:
        """Store the run of a file that `export` made, and return it; `keys` are those that it is signed with, if not ours.

        Raises FileRefused for a file that is not authentic, and RunExists when the run is here already.
        """
        run_id = self._write(lambda store: import_run(store, data, self._codec, keys, self._large))
        return self.get(run_id)

    def _write(self, operate: Callable[[Store], Result]) -> Result:
        with self._lock, self._store.transaction():
            result = operate(self._store)
        wakeup.announce(self.url)
        self._store.tell_others()
        return result

    def _of_run(self, run_id: str, read: Callable[[Run], Sequence[Result]]) -> Listing[Result]:
        with self._lock:
            return [*read(self.get(run_id))]


def _is_of_deadline(error: ErrorInfo) -> bool:
    # A script may have an exception of the same name, which has its traceback.
    return error.type == DEADLINE_ERROR and not error.traceback
