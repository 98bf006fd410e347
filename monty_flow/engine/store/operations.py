"""What every part of a store builds on: its statements, and how a dialect runs them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, ClassVar

from monty_flow.engine.clock import Clock
from monty_flow.engine.large import unread
from monty_flow.engine.store.statements import Statement

Row = tuple[Any, ...]


class Operations:
    """The ground of the parts of `Store`, each of which is a list of operations about one thing."""

    #: What writes the SQL of this database.
    dialect: ClassVar[Any]
    _statements: dict[str, Statement]
    #: Returns a payload with what its row is without; set by who opens the store, since it may lie in files.
    whole: Callable[[bytes], bytes] = staticmethod(unread)

    def now(self) -> int:
        """Return the present moment of the clock that decides leases and timers."""
        raise NotImplementedError

    @property
    def clock(self) -> Clock:
        """Return the clock of moments that are written without asking the database, such as the end of a timer."""
        raise NotImplementedError

    def transaction(self, *, relaxed: bool = False) -> AbstractContextManager[None]:
        """Return a context that commits at its end, or rolls back when an exception leaves it.

        A `relaxed` one need not be on the disk when it ends, as nothing is lost with it: what is committed after it brings it there.
        """
        raise NotImplementedError

    def _must_last(self) -> None:
        """Note that a relaxed transaction may not be forgotten by a server while this process goes on."""

    def _left_work(self) -> None:
        """Note that the open transaction leaves pending calls; for a database that has to be told to tell others."""
        raise NotImplementedError

    def _stopped(self, run_id: str) -> None:
        """Note that the open transaction ends or pauses a run; for a database that has to tell who waits for it."""
        raise NotImplementedError

    def _plan_for_more(self) -> None:
        """Note that there is more work than a worker takes at a time, and so many rows perhaps where there were few."""

    def _query(self, statement: Statement, parameters: Mapping[str, Any]) -> list[Row]:
        raise NotImplementedError

    def _query_all(self, asked: Sequence[tuple[Statement, Mapping[str, Any]]]) -> list[list[Row]]:
        """Return what several queries find that do not depend on each other; one round trip where there are any."""
        return [self._query(statement, parameters) for statement, parameters in asked]

    def _execute(self, statement: Statement, parameters: Mapping[str, Any]) -> int:
        raise NotImplementedError

    def _execute_many(self, statement: Statement, parameters: Sequence[Mapping[str, Any]]) -> None:
        raise NotImplementedError
