"""The part of `Engine` that changes the way of runs: cancel, terminate, pause, resume, retry."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from monty_flow.engine.clock import MICROSECONDS
from monty_flow.engine.errors import WrongStatus
from monty_flow.engine.filters import RunFilter
from monty_flow.engine.records import Run
from monty_flow.engine.states import RunStatus, sources_of
from monty_flow.engine.store import Store

Result = TypeVar('Result')

#: Statuses from which each verb of a person leads on, as its error names them.
PAUSABLE = (RunStatus.PENDING, RunStatus.RUNNING, RunStatus.WAITING)
RESUMABLE = (RunStatus.PAUSED,)
RETRIABLE = (RunStatus.FAILED, RunStatus.PAUSED)
ENDINGS = (RunStatus.SUCCEEDED, RunStatus.FAILED, RunStatus.CANCELLED)
#: Seconds that the script of a cancelled run has to clean up, unless its canceller says otherwise.
GRACE_SECONDS = 30.0
#: Runs that are changed in one transaction.
RUNS_AT_A_TIME = 200


class Steering:
    """What a person or a program does with a run that is under way."""

    def get(self, run_id: str) -> Run:
        """Return the run of an id."""
        raise NotImplementedError

    def _write(self, operate: Callable[[Store], Result]) -> Result:
        raise NotImplementedError

    def cancel(self, run_id: str, *, grace_seconds: float = GRACE_SECONDS) -> Run:
        """Cancel a run that has not ended, and return it as it is then.

        `flow.Cancelled` is raised in its script where it waits, so that it can clean up; it has `grace_seconds` for that, and is
        ended then. A function in execution is asked to stop. A run whose script waits for nothing, as it was not begun or is paused,
        ends at once. Raises WrongStatus when it has ended already.
        """
        grace_us = round(grace_seconds * MICROSECONDS)
        return self._steer(
            run_id, 'cancelled', sources_of(RunStatus.CANCELLED), lambda store, run: store.cancel(run, grace_us)
        )

    def terminate(self, run_id: str) -> Run:
        """End a run at once, whatever it does: its script is not asked, and the result of a call in execution is dropped.

        Raises WrongStatus when it has ended already.
        """
        return self._steer(
            run_id, 'terminated', sources_of(RunStatus.CANCELLED), lambda store, run: store.terminate(run)
        )

    def pause(self, run_id: str) -> Run:
        """Hold a run: no call of it is begun until `resume`.

        A call in execution goes on, its result is recorded, and the script is advanced to its next call, which is held.
        Raises WrongStatus when it has ended, or is paused.
        """
        return self._steer(run_id, 'paused', PAUSABLE, lambda store, run: store.pause(run))

    def resume(self, run_id: str) -> Run:
        """Let a paused run go on from where it stands; raise WrongStatus for one that is not paused."""
        return self._steer(run_id, 'resumed', RESUMABLE, lambda store, run: store.resume(run))

    def retry(self, run_id: str) -> Run:
        """Let a failed or paused run go on with its last call, executed anew, or from the start if there was none.

        Of a run with several calls at once these are all whose results it took in its last step, and those that did not end.
        Its deadline, if it had one, no longer holds. Raises WrongStatus for a run that is in another status.
        """
        return self._steer(run_id, 'retried', RETRIABLE, lambda store, run: store.retry(run))

    def terminate_many(self, filter: RunFilter, *, dry_run: bool = False) -> int:
        """Terminate the runs of a filter that have not ended, and return how many these were; with `dry_run` only count."""
        return self._many(filter, sources_of(RunStatus.CANCELLED), lambda store, run: store.terminate(run), dry_run)

    def cancel_many(self, filter: RunFilter, *, grace_seconds: float = GRACE_SECONDS, dry_run: bool = False) -> int:
        """Cancel the runs of a filter that have not ended, and return how many these were; with `dry_run` only count."""
        grace_us = round(grace_seconds * MICROSECONDS)
        allowed = sources_of(RunStatus.CANCELLED)
        return self._many(filter, allowed, lambda store, run: store.cancel(run, grace_us), dry_run)

    def pause_many(self, filter: RunFilter, *, dry_run: bool = False) -> int:
        """Pause the runs of a filter that are under way, and return how many these were; with `dry_run` only count."""
        return self._many(filter, PAUSABLE, lambda store, run: store.pause(run), dry_run)

    def resume_many(self, filter: RunFilter, *, dry_run: bool = False) -> int:
        """Resume the runs of a filter that are paused, and return how many these were; with `dry_run` only count."""
        return self._many(filter, RESUMABLE, lambda store, run: store.resume(run), dry_run)

    def retry_many(self, filter: RunFilter, *, dry_run: bool = False) -> int:
        """Retry the runs of a filter that have failed, and return how many these were; with `dry_run` only count."""
        return self._many(filter, (RunStatus.FAILED,), lambda store, run: store.retry(run), dry_run)

    def delete(self, run_id: str) -> None:
        """Delete a run that has ended with all that is stored of it; raise WrongStatus for one that has not."""
        run = self.get(run_id)
        if not self._write(lambda store: store.delete(run.id)):
            raise WrongStatus(run.id, 'deleted', run.status, ENDINGS)

    def delete_many(self, filter: RunFilter, *, dry_run: bool = False) -> int:
        """Delete the runs of a filter that have ended, and return how many these were; with `dry_run` only count."""
        return self._many(filter, ENDINGS, lambda store, run: store.delete(run), dry_run)

    def count(self, filter: RunFilter) -> int:
        """Return how many runs a filter means."""
        raise NotImplementedError

    def _many(
        self,
        filter: RunFilter,
        allowed: Iterable[RunStatus],
        operate: Callable[[Store, str], bool],
        dry_run: bool,
    ) -> int:
        """Operate on runs in transactions that each take a moment, so that no step waits long for one.

        What was done stays if a later one fails. Runs that are submitted meanwhile are not meant.
        """
        wanted = filter.within(allowed)
        if wanted is None:
            return 0
        if dry_run:
            return self.count(wanted)
        done, after, last = 0, '', self._last_id()
        while True:

            def some(store: Store, wanted: RunFilter = wanted, after: str = after) -> tuple[list[str], int]:
                found = [run_id for run_id in store.ids(wanted, RUNS_AT_A_TIME, after) if run_id <= last]
                return found, sum(operate(store, run_id) for run_id in found)

            found, changed = self._write(some)
            done += changed
            if not found:
                return done
            after = found[-1]

    def _last_id(self) -> str:
        return self._write(lambda store: store.last_id())

    def _steer(
        self, run_id: str, action: str, allowed: Iterable[RunStatus], operate: Callable[[Store, str], bool]
    ) -> Run:
        run = self.get(run_id)
        if not self._write(lambda store: operate(store, run.id)):
            raise WrongStatus(run.id, action, self.get(run.id).status, tuple(allowed))
        return self.get(run.id)
