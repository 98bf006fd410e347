"""The store: the list of named operations that the engine asks of a database.

Guarantees, whatever the dialect:

* `apply` writes all transitions of a batch in one transaction; a stale one is left out alone.
* A call is leased by one session at most, and only its session can settle it.
* A session whose lease ran out loses its calls to `recover`, in the same transaction that ends the session.

A dialect brings a connection, its way to run a compiled `Statement`, and what its SQL says differently.
Write operations run inside `transaction()`; they never commit by themselves, so that the committer can put
many of them into one transaction.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from functools import cache
from typing import Any, ClassVar

from sqlalchemy.engine import Dialect
from sqlalchemy.sql import ClauseElement

from monty_flow.engine.clock import Clock
from monty_flow.engine.store import (
    access,
    cached,
    candidates,
    family,
    finding,
    inserted,
    kept,
    large,
    mapped,
    queued,
    reading,
    retired,
    said,
    scheduled,
    sessions,
    steered,
    stepped,
    stranded,
    views,
    waiters,
)
from monty_flow.engine.store.access import Access
from monty_flow.engine.store.cached import Cached
from monty_flow.engine.store.claiming import Claiming
from monty_flow.engine.store.inserted import Inserted
from monty_flow.engine.store.large import LargeStore
from monty_flow.engine.store.mapped import Mapped
from monty_flow.engine.store.operations import Row
from monty_flow.engine.store.portable import Portable
from monty_flow.engine.store.reading import Reading
from monty_flow.engine.store.retired import Retired
from monty_flow.engine.store.scheduled import Scheduled
from monty_flow.engine.store.sessions import Sessions
from monty_flow.engine.store.statements import Statement
from monty_flow.engine.store.stepped import Stepped
from monty_flow.engine.store.stranded import Stranding
from monty_flow.engine.store.views import Views

#: The parts of the store, with the statements of each.
PARTS = (
    access,
    cached,
    candidates,
    family,
    finding,
    inserted,
    kept,
    mapped,
    large,
    queued,
    reading,
    retired,
    said,
    scheduled,
    sessions,
    steered,
    stepped,
    stranded,
    views,
    waiters,
)


class Store(
    Claiming,
    Inserted,
    Stepped,
    Sessions,
    Scheduled,
    Reading,
    Cached,
    Mapped,
    Retired,
    Portable,
    Views,
    Stranding,
    Access,
    LargeStore,
    ABC,
):
    """Operations on one database, over one connection; not for several threads at once unless it says so."""

    #: What writes the SQL of this database, and its INSERT with ON CONFLICT.
    dialect: ClassVar[Dialect]
    insert_of: ClassVar[Any]
    #: Whether a connection can be broken off under the thread that uses it.
    can_abandon: ClassVar[bool] = False
    #: Whether a claim leaves out calls whose rows others hold just now.
    skips_locked: ClassVar[bool] = False

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._statements = self._compiled()
        self._claims = {}
        self._filters = {}

    @classmethod
    @cache
    def _compiled(cls) -> dict[str, Statement]:
        clauses: dict[str, ClauseElement] = {}
        for part in PARTS:
            clauses |= part.CLAUSES
            if upserts := getattr(part, 'upserts', None):
                clauses |= upserts(cls.insert_of)
        return {name: Statement(clause, cls.dialect) for name, clause in clauses.items()}

    # What a dialect brings.

    @abstractmethod
    def now(self) -> int:
        """Return the present moment of the clock that decides leases and timers."""

    @abstractmethod
    def transaction(self, *, relaxed: bool = False) -> AbstractContextManager[None]:
        """Return a context that commits at its end, or rolls back when an exception leaves it."""

    @abstractmethod
    def for_function(self, is_cancelled: Callable[[], bool]) -> AbstractContextManager[Any]:
        """Return a context that gives the driver's connection to a function of the user, within the open transaction.

        The function can neither commit nor roll back. What is wrong with its writes is raised at the end of the context.
        """

    def bound_idleness(self) -> None:
        """Let the open transaction hold back nobody for long if this process stands still in it; for a server."""

    def abandon(self) -> None:
        """Break the connection off while another thread uses it, where `can_abandon` says that it can be done."""
        raise NotImplementedError

    @abstractmethod
    def changes(self) -> int:
        """Return a number that changes when another connection has committed something that may bring work."""

    #: Seconds between calls of `ends`, when a wait begins and later, and between looks at a run whose end is waited for, whatever `ends` says.
    first_news_seconds: ClassVar[float] = 0.002
    news_seconds: ClassVar[float] = 0.02
    look_seconds: ClassVar[float] = 5.0

    @abstractmethod
    def ends(self) -> int:
        """Return a number that changes when a run may have ended; on a server, one whose end is expected."""

    def expect_end(self, run_id: str, waiter: str) -> None:
        """Have the end of a run told to this process; for a database that has to be asked for it."""

    def forget_end(self, waiter: str) -> None:
        """Take back what `waiter` expected."""

    def tell_others(self) -> None:
        """Tell other processes that something was committed; for a database that does not do so by itself."""

    @abstractmethod
    def close(self) -> None:
        """Close the connection."""

    @property
    def clock(self) -> Clock:
        """Return the clock of moments that are written without asking the database, such as the end of a timer."""
        return self._clock

    @abstractmethod
    def _left_work(self) -> None:
        """Note that the open transaction leaves pending calls; for a database that has to be told to tell others."""

    @abstractmethod
    def _query(self, statement: Statement, parameters: Mapping[str, Any]) -> list[Row]: ...

    @abstractmethod
    def _execute(self, statement: Statement, parameters: Mapping[str, Any]) -> int: ...

    @abstractmethod
    def _execute_many(self, statement: Statement, parameters: Sequence[Mapping[str, Any]]) -> None: ...
