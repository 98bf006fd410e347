"""Transactions in which a function writes and its step is committed: all of it exactly once, or nothing of it.

A `transactional` function gets a connection of its own to the engine's database, in an open transaction. When it returns, the
script takes its step and the step is written *in this transaction*, on the condition that the call is still leased by
this worker. So the writes of an attempt are there if and only if its result is recorded. When it raises, the transaction is rolled
back, and the failure is written as any other.

Where other calls of the run are under way, its step may have to wait for another thread, which may wait for this very
transaction. So then only the result is recorded in it, and the script takes it in a step of its own.

Not the committer's own connection: a function that takes its time would hold back the steps of all other runs and
the renewal of the lease. SQLite has one writer, so there it does anyway, and the committer stands aside meanwhile
lest a thread of the worker wait for another one inside SQLite.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from typing import Any

from monty_flow.engine.store import Store
from monty_flow.engine.transitions import Transition


class _RollBack(Exception):
    """Makes a transaction end without its writes."""


class Transacted:
    """An open transaction with its store; ended once, by `commit` or `roll_back`."""

    def __init__(
        self, store: Store, alone: Callable[[], AbstractContextManager[None]], give_back: Callable[[Store], None]
    ) -> None:
        self._store = store
        self._give_back = give_back
        #: Whether it has ended, or is just ending.
        self.is_over = False
        with ExitStack() as stack:
            stack.enter_context(alone())
            stack.enter_context(store.transaction())
            self._stack = stack.pop_all()

    def for_function(self, is_cancelled: Callable[[], bool]) -> AbstractContextManager[Any]:
        """Return the context in which a function may use the connection that it gives."""
        return self._store.for_function(is_cancelled)

    @property
    def may_be_abandoned(self) -> bool:
        """Tell whether `abandon` can be used on this database."""
        return self._store.can_abandon

    def abandon(self) -> None:
        """Break the connection off, from another thread than the one that uses it."""
        self._store.abandon()

    def write(self, transition: Transition) -> bool:
        """Write a step, and return whether it still fits; any error ends the transaction."""
        return self._operate(lambda store: store.apply([transition])[0])

    def record(self, run_id: str, number: int, session: str, result: bytes) -> bool:
        """Record the result of a call without a step, and return whether it is still in hand."""
        return self._operate(lambda store: store.record_result(run_id, number, session, result))

    def _operate(self, operate: Callable[[Store], bool]) -> bool:
        try:
            self._store.bound_idleness()
            return operate(self._store)
        except Exception:
            self.roll_back()
            raise

    def commit(self) -> None:
        """Commit; any error means that it is not known whether it was."""
        self.is_over = True
        try:
            with self._stack:
                pass
        except Exception:
            self._store.close()
            raise
        self._give_back(self._store)

    def roll_back(self) -> None:
        """End the transaction without its writes."""
        self.is_over = True
        try:
            with self._stack:
                raise _RollBack
        except _RollBack:
            self._give_back(self._store)
        except Exception:  # the connection is gone, and the transaction with it
            self._store.close()


class Transactions:
    """Stores for transactions, each in use by one function at a time, within a context that `alone` gives."""

    def __init__(self, open_another: Callable[[], Store], alone: Callable[[], AbstractContextManager[None]]) -> None:
        self._open = open_another
        self._alone = alone
        self._free: list[Store] = []
        self._closed = False
        self._lock = threading.Lock()

    def begin(self) -> Transacted:
        """Open a transaction; raise DatabaseUnavailable when it cannot be."""
        with self._lock:
            store = self._free.pop() if self._free else None
        if store is None:
            store = self._open()
        try:
            return Transacted(store, self._alone, self._give_back)
        except BaseException:
            store.close()
            raise

    def close(self) -> None:
        """Close the connections that nobody uses, and the others once they are given back."""
        with self._lock:
            self._closed = True
            free, self._free = self._free, []
        for store in free:
            store.close()

    def _give_back(self, store: Store) -> None:
        with self._lock:
            if not self._closed:
                self._free.append(store)
                return
        store.close()
