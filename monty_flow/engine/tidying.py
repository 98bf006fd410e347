"""What a worker clears away now and then: snapshots and results that nobody needs, large values, and runs that are too old."""

from __future__ import annotations

from typing import Any

from monty_flow.engine.caching import PRUNE_CACHE_SECONDS, PRUNED_AT_A_TIME
from monty_flow.engine.clock import MICROSECONDS, Clock
from monty_flow.engine.committer import Committer
from monty_flow.engine.keeper import Keeper
from monty_flow.engine.large import GRACE_US, LargeValues
from monty_flow.engine.retention import PRUNE_SECONDS, RUNS_AT_A_TIME
from monty_flow.engine.retiring import Broom


class Tidying:
    """The times at which a worker clears away, and what it does then; for its coordinator."""

    def __init__(self, clock: Clock, committer: Committer[Any], keeper: Keeper, large: LargeValues) -> None:
        self._clock = clock
        self._committer = committer
        self._keeper = keeper
        self._large = large
        now = clock.elapsed()
        self._prune_at, self._broom = 0, Broom(now)
        self._prune_cache_at = now + round(PRUNE_CACHE_SECONDS * MICROSECONDS)

    def tidy(self) -> None:
        """Clear away what it is time for."""
        now = self._clock.elapsed()
        if now >= self._prune_at:
            self._prune_at = now + round(PRUNE_SECONDS * MICROSECONDS)
            self.prune()
        if now >= self._prune_cache_at:
            self._prune_cache_at = now + round(PRUNE_CACHE_SECONDS * MICROSECONDS)
            self._committer.execute(lambda store: store.prune_cached(PRUNED_AT_A_TIME))
            self._sweep()
        if now >= self._broom.next_at:
            self._committer.execute(lambda store: self._broom.sweep(store, now))

    def prune(self) -> bool:
        """Delete snapshots of runs that this worker has written a newer full one of; return True when that is done."""
        run_ids = self._keeper.take_full()
        for start in range(0, len(run_ids), RUNS_AT_A_TIME):
            some = run_ids[start : start + RUNS_AT_A_TIME]
            self._committer.execute(lambda store, some=some: store.prune(some))  # type: ignore[misc]
        return True

    def _sweep(self) -> None:
        _, files = self._committer.execute(lambda store: store.sweep_large(store.now() - GRACE_US))
        if self._large.files is not None:
            self._large.files.remove_all(files)
