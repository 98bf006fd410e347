"""How a connection to a PostgreSQL server is opened, and what is said of one that cannot be."""

from __future__ import annotations

import psycopg
from psycopg import errors
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.rows import TupleRow

from monty_flow.engine.errors import DatabaseLocked, DatabaseRefused, DatabaseUnavailable
from monty_flow.engine.store.locations import parse, server_address, without_password

#: Seconds that a server may take to answer a new connection.
CONNECT_SECONDS = 10
#: Seconds after which a connection whose other end is silently gone counts as lost.
SILENCE_SECONDS = 20
#: What a connection asks for unless its URL says otherwise.
_DEFAULTS: dict[str, str | int | None] = {
    'application_name': 'monty-flow',
    'connect_timeout': CONNECT_SECONDS,
    'keepalives_idle': SILENCE_SECONDS // 2,
    'keepalives_interval': SILENCE_SECONDS // 4,
    'keepalives_count': 2,
    'tcp_user_timeout': SILENCE_SECONDS * 1000,
    'target_session_attrs': 'read-write',
}


def connect(url: str) -> psycopg.Connection[TupleRow]:
    """Open a connection, or raise DatabaseUnavailable, and DatabaseRefused when it would not help to try again."""
    address = server_address(parse(url))
    settings = make_conninfo('', **(_DEFAULTS | conninfo_to_dict(address)))
    try:
        return psycopg.connect(settings, autocommit=True, prepare_threshold=0)
    except (errors.InvalidPassword, errors.InvalidAuthorizationSpecification, errors.InvalidCatalogName) as error:
        raise DatabaseRefused(_cannot_open(url, error)) from None
    except psycopg.OperationalError as error:
        # Before a connection stands the driver has the server's text only, and not its code.
        if _is_refusal(error):
            raise DatabaseRefused(_cannot_open(url, error)) from None
        raise unavailable(error) from None


def _is_refusal(error: psycopg.Error) -> bool:
    text = str(error)
    return any(sign in text for sign in ('does not exist', 'authentication failed', 'no password supplied'))


def _cannot_open(url: str, error: psycopg.Error) -> str:
    return (
        f'the database {without_password(url)} cannot be opened: {reason(error)}; '
        'check that it exists and that this user may use it'
    )


def unavailable(error: psycopg.Error) -> DatabaseUnavailable:
    """Return the error of ours for one that passes."""
    return DatabaseLocked() if isinstance(error, errors.LockNotAvailable) else DatabaseUnavailable(reason(error))


def reason(error: psycopg.Error) -> str:
    """Return what the server said of an error, in one line."""
    lines = str(error).strip().splitlines()
    # What was said, without where it was said and what else libpq thinks of it.
    said = lines[0].rpartition('FATAL:')[2].strip() if lines else type(error).__name__
    return said.removeprefix('connection is bad: ').removeprefix('connection failed: ')
