"""Database URLs: which ones the engine can use, and what each dialect makes of them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from pathlib import Path
from typing import ClassVar

from sqlalchemy import Engine
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from monty_flow.engine.clock import Clock
from monty_flow.engine.errors import DatabaseRefused
from monty_flow.engine.store.base import Store
from monty_flow.engine.store.settings import Setting

EXAMPLE = 'sqlite:///monty-flow.db'
SERVER_EXAMPLE = 'postgresql://user@host/database'


class Location(ABC):
    """A database as its URL names it; nothing is opened before it is asked for."""

    #: Whether the database is made and upgraded on its first use; a server's is upgraded by who looks after it.
    embedded: ClassVar[bool]

    @abstractmethod
    def open(self, clock: Clock) -> Store:
        """Open a connection for the store's operations, or raise DatabaseRefused."""

    @abstractmethod
    def revision(self) -> str | None:
        """Return the revision of the schema, None when there is no database or no schema yet."""

    @abstractmethod
    def oldest_revision(self) -> str | None:
        """Return the oldest revision whose releases may use the schema, None where it does not say."""

    @abstractmethod
    def settings(self, connections: int) -> list[Setting]:
        """Return the settings that the engine's promises rest on; a process takes so many connections.

        Nothing is made where there is no database yet: there are no settings then.
        """

    def beside(self, suffix: str) -> Path | None:
        """Return the path of a file beside the database, None for one that is not a file here."""
        return None

    @abstractmethod
    def migrating(self) -> Engine:
        """Return an engine whose transactions exclude each other from the first statement on, over all processes."""


def parse(url: str) -> URL:
    """Return the parts of a database URL, or raise DatabaseRefused."""
    try:
        return make_url(url)
    except ArgumentError:
        raise DatabaseRefused(f'{url!r} is not a database URL; write one such as {EXAMPLE!r}') from None


def refused(parsed: URL) -> DatabaseRefused:
    """Return the error for a URL of a database that the engine does not know."""
    return DatabaseRefused(
        f'the database {parsed.render_as_string()} cannot be used by this release; '
        f'write {EXAMPLE!r}, {SERVER_EXAMPLE!r}, or the like'
    )


def sqlite_path(parsed: URL) -> str:
    """Return the path of the SQLite file that a URL names, or raise DatabaseRefused."""
    if not parsed.database or parsed.database == ':memory:':
        raise DatabaseRefused(
            f'{parsed.render_as_string()!r} names no file, and a database in memory loses runs; write {EXAMPLE!r}'
        )
    return parsed.database


def server_address(parsed: URL) -> str:
    """Return the URL of a PostgreSQL database in the form that its own library reads."""
    return parsed.set(drivername='postgresql').render_as_string(hide_password=False)


def without_password(url: str) -> str:
    """Return a URL as it may be shown."""
    return parse(url).render_as_string()
