"""Database URLs: which ones the engine can use, and the file that a SQLite URL names."""

from __future__ import annotations

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from monty_flow.engine.errors import DatabaseRefused

EXAMPLE = 'sqlite:///monty-flow.db'


def sqlite_path(url: str) -> str:
    """Return the path of the SQLite file that `url` names, or raise DatabaseRefused."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise DatabaseRefused(f'{url!r} is not a database URL; write one such as {EXAMPLE!r}') from None
    if parsed.get_backend_name() != 'sqlite':
        raise DatabaseRefused(
            f'the database {parsed.render_as_string()} cannot be used by this release; write {EXAMPLE!r} or the like'
        )
    if not parsed.database or parsed.database == ':memory:':
        raise DatabaseRefused(f'{url!r} names no file, and a database in memory loses runs; write {EXAMPLE!r}')
    return parsed.database
