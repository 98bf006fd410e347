"""How many states of a run are kept for looking back, and how the others go.

    all      every step (the default: a step is a small delta, less than the call that it records)
    last N   the newest N; rows that these are deltas to stay as well
    last     the newest, in which the run waits

A run has a setting of its own (`keep_snapshots`). Workers apply it as they go, to the runs that have just got a full row,
since only then can something go; `prune` applies it, or a stricter one, to many runs. Each deletes in short
transactions, one run after the other, so that no step waits for it.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from monty_flow.engine.clock import moment
from monty_flow.engine.files import Files
from monty_flow.engine.large import GRACE_US
from monty_flow.engine.store import Store
from monty_flow.engine.store.large import SWEPT_AT_A_TIME

#: Runs that are pruned in one transaction.
RUNS_AT_A_TIME = 50
#: Seconds between the times that a worker prunes.
PRUNE_SECONDS = 5.0


def parse_keep(text: str) -> int | None:
    """Return the number of a setting, None for all; raise ValueError for what is none."""
    words = text.split()
    match words:
        case ['all']:
            return None
        case ['last']:
            return 1
        case ['last', number] | [number] if number.isdecimal() and int(number) >= 1:
            return int(number)
    raise ValueError(f'{text!r} does not say what to keep; write all, last, or last N')


@dataclass(frozen=True, slots=True)
class Pruned:
    """What a pruning did."""

    #: Runs that were looked at.
    runs: int
    #: Snapshots that were deleted.
    snapshots: int
    #: Large values that nothing named any more.
    large: int = 0


def prune(
    store: Store,
    within: Callable[[], AbstractContextManager[Any]],
    *,
    keep: int | None = None,
    run_id: str | None = None,
    ended_before: int | None = None,
) -> Pruned:
    """Delete what runs need not keep, by their own settings or the last `keep`.

    `within` gives the context in which the store may be used, one for each batch. With `ended_before`, in microseconds, only
    runs that ended before it.
    """
    if run_id is not None:
        with within():
            return Pruned(1, store.prune([run_id], keep))
    runs = deleted = 0
    after = ''
    while True:
        with within():
            found = store.runs_after(after, RUNS_AT_A_TIME)
            chosen = [
                run
                for run, _, finished_at in found
                if ended_before is None or (finished_at is not None and finished_at < ended_before)
            ]
            deleted += store.prune(chosen, keep)
        runs += len(chosen)
        if not found:
            return Pruned(runs, deleted)
        after = found[-1][0]


def sweep(store: Store, within: Callable[[], AbstractContextManager[Any]], files: Files | None) -> int:
    """Remove the large values that no run names, and the files that no row names; return how many values these were.

    What was written a short time ago stays: a run may be about to name it.
    """
    removed = 0
    while True:
        with within():
            count, names = store.sweep_large(store.now() - GRACE_US)
        if files is not None:
            files.remove_all(names)
        removed += count
        if count < SWEPT_AT_A_TIME:
            break
    if files is not None:
        for name in files.older(moment(store.now() - GRACE_US)):
            with within():
                is_named = store.has_large_file(name)
            if not is_named:
                files.remove_all([name])
    return removed
