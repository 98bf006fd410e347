"""How long runs are kept after they have ended, and how they go then.

A rule says for how long; of those that are there the most special one counts:

    of a namespace and a status, of a namespace, of a status, of all

Without a rule a run is kept for ever. Workers apply the rules as they go, `purge` at once. Runs go one after the other, with all that
is stored of them, a few in a transaction; the rows of one that has very many go in parts. A child goes after its parent has ended,
since that may still ask for its result.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, TypeVar

from monty_flow.engine.clock import MICROSECONDS
from monty_flow.engine.errors import RetentionRefused
from monty_flow.engine.states import ENDED, RunStatus
from monty_flow.engine.store import Store
from monty_flow.engine.submitting import plain_name

Result = TypeVar('Result')

#: Runs that are looked at, and that are deleted, in one transaction.
LOOKED_AT, DELETED_AT_A_TIME = 500, 20
#: Rows of one run that are deleted in one transaction.
ROWS_AT_A_TIME = 2000
#: Seconds between the times that a worker goes through all runs, and between two transactions when there is more to delete.
REST_SECONDS, PAUSE_SECONDS = 60.0, 0.2
#: In the order in which they are gone through.
_STATUSES: Final = tuple(status for status in RunStatus if status in ENDED)
#: The longest time that a rule may say; what is to stay longer has no rule.
MAX_RETENTION_SECONDS: Final = 10_000 * 365 * 86400


@dataclass(frozen=True, slots=True)
class Retention:
    """For how long runs are kept after they have ended."""

    #: None for all namespaces that have no rule of their own.
    namespace: str | None
    #: None for all statuses that have no rule of their own.
    status: RunStatus | None
    #: None for ever.
    keep: timedelta | None


class Rules:
    """The rules of a database."""

    def __init__(self, found: Iterable[tuple[str, str, int | None]]) -> None:
        self._found = {(namespace, status): keep_us for namespace, status, keep_us in found}

    def keep_us(self, namespace: str, status: str) -> int | None:
        """Return for how long a run is kept, None for ever."""
        for place in ((namespace, status), (namespace, ''), ('', status), ('', '')):
            if place in self._found:
                return self._found[place]
        return None

    def shortest_us(self, status: str) -> int | None:
        """Return the shortest time for which runs of a status are kept, None when all are for ever."""
        times = [us for (_, of), us in self._found.items() if us is not None and of in ('', status)]
        return min(times, default=None)


class Sweep:
    """One way through the runs that have ended, a transaction at a time."""

    def __init__(self, rules: Rules, now: int) -> None:
        self._rules = rules
        self._now = now
        self._left = list(_STATUSES)
        self._after = ''
        #: Ids and ends.
        self._chosen: list[tuple[str, int]] = []
        self.deleted = 0

    def step(self, store: Store) -> bool:
        """Delete a few runs, within a transaction, and return whether there may be more."""
        if not self._chosen and not self._look(store):
            return bool(self._left)
        for run_id, ended in self._chosen[:DELETED_AT_A_TIME]:
            if store.hold_ended(run_id, ended):
                if store.shorten(run_id, ROWS_AT_A_TIME):
                    return True
                self.deleted += store.delete(run_id)
            self._chosen.remove((run_id, ended))
        return True

    def _look(self, store: Store) -> bool:
        while self._left:
            status = self._left[0].value
            shortest = self._rules.shortest_us(status)
            if shortest is not None:
                found = store.ended_runs(status, self._after, first_id(self._now - shortest), LOOKED_AT)
                if found:
                    self._after = found[-1][0]
                    self._chosen = [
                        (run_id, ended) for run_id, namespace, ended in found if self._is_over(namespace, status, ended)
                    ]
                    return bool(self._chosen)
            del self._left[0]
            self._after = ''
        return False

    def _is_over(self, namespace: str, status: str, ended: int) -> bool:
        keep_us = self._rules.keep_us(namespace, status)
        return keep_us is not None and ended <= self._now - keep_us


def first_id(moment: int) -> str:
    """Return the lowest id that a run can have which is submitted after a moment."""
    milliseconds = max(0, moment // 1000 + 1)
    return str(uuid.UUID(int=milliseconds << 80))


class Broom:
    """What a worker does about it: a transaction now and then, by a clock that never goes back."""

    def __init__(self, elapsed: int) -> None:
        self._sweep: Sweep | None = None
        #: When it is to be asked for the next transaction.
        self.next_at = elapsed + round(PAUSE_SECONDS * MICROSECONDS)

    def sweep(self, store: Store, elapsed: int) -> int:
        """Delete a few runs, within a transaction, and return how many."""
        if self._sweep is None:
            rules = store.retention()
            if not rules:
                self.next_at = elapsed + round(REST_SECONDS * MICROSECONDS)
                return 0
            self._sweep = Sweep(Rules(rules), store.now())
        before = self._sweep.deleted
        sweep = self._sweep
        if sweep.step(store):
            self.next_at = elapsed + round(PAUSE_SECONDS * MICROSECONDS)
        else:
            self._sweep = None
            self.next_at = elapsed + round(REST_SECONDS * MICROSECONDS)
        return sweep.deleted - before


class RetentionDesk:
    """What an engine does with the rules, and with runs that are too old."""

    _store: Store
    _lock: threading.RLock

    def _write(self, operate: Callable[[Store], Any]) -> Any:
        raise NotImplementedError

    def retention(self) -> list[Retention]:
        """Return the rules."""
        with self._lock:
            return [_rule(*row) for row in self._store.retention()]

    def set_retention(
        self, keep: timedelta | None, *, status: RunStatus | str | None = None, namespace: str | None = None
    ) -> Retention:
        """Say for how long runs are kept after they have ended, None for ever; of a status, of a namespace, or of all.

        The most special rule counts. Raises RetentionRefused for what is no rule.
        """
        place = _place(status, namespace)
        keep_us = None if keep is None else _microseconds(keep)
        self._write(lambda store: store.put_retention(*place, keep_us))
        return _rule(*place, keep_us)

    def clear_retention(self, *, status: RunStatus | str | None = None, namespace: str | None = None) -> bool:
        """Delete a rule, and return whether there was one."""
        place = _place(status, namespace)
        cleared: bool = self._write(lambda store: store.delete_retention(*place))
        return cleared

    def purge(
        self,
        older_than: timedelta | None = None,
        *,
        statuses: Sequence[RunStatus | str] = (),
        namespace: str | None = None,
    ) -> int:
        """Delete runs that ended longer ago than that, with all that is stored of them, and return how many.

        Without a time, those that the rules do not keep. In short transactions, so that nobody waits for it.
        """
        if older_than is None:
            with self._lock:
                found = self._store.retention()
        else:
            keep_us = _microseconds(older_than)
            found = [(*_place(status, namespace), keep_us) for status in statuses or (None,)]
        sweep: Sweep | None = None

        def step(store: Store) -> bool:
            nonlocal sweep
            if sweep is None:
                sweep = Sweep(Rules(found), store.now())
            return sweep.step(store)

        while self._write(step):
            pass
        return 0 if sweep is None else sweep.deleted


def _rule(namespace: str, status: str, keep_us: int | None) -> Retention:
    keep = None if keep_us is None else timedelta(microseconds=keep_us)
    return Retention(namespace or None, RunStatus(status) if status else None, keep)


def _place(status: RunStatus | str | None, namespace: str | None) -> tuple[str, str]:
    of_namespace = '' if namespace is None else plain_name('namespace', namespace)
    if status is None:
        return of_namespace, ''
    if status not in {each.value for each in _STATUSES}:
        known = ', '.join(each.value for each in _STATUSES)
        raise RetentionRefused(f'{str(status)!r} is no status in which a run has ended; there are {known}')
    return of_namespace, RunStatus(status).value


def _microseconds(keep: timedelta) -> int:
    if not isinstance(keep, timedelta) or not 0 <= keep.total_seconds() <= MAX_RETENTION_SECONDS:
        raise RetentionRefused(
            f'{keep!r} is no time for which runs can be kept; give a timedelta from 0 to 10,000 years'
        )
    return round(keep.total_seconds() * MICROSECONDS)
