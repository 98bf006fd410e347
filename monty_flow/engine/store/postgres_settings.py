"""What a PostgreSQL server is like: durability, isolation, room for connections, what ends transactions, encoding, vacuum."""

from __future__ import annotations

from typing import Any, Final

import psycopg

from monty_flow.engine.clock import MICROSECONDS, SystemClock
from monty_flow.engine.store.settings import Setting

#: The oldest release whose SQL and planner the engine is tested with.
OLDEST_VERSION: Final = 14
#: Milliseconds from which a bound on transactions and statements leaves room for those of the engine.
ROOM_MS: Final = 30_000
#: Seconds that the clocks may be apart before it is worth a word: the server's decides.
APART_SECONDS: Final = 5.0
_SHOWN: Final = (
    'server_version', 'server_version_num', 'fsync', 'full_page_writes', 'synchronous_commit', 'default_transaction_isolation',
    'default_transaction_read_only', 'TimeZone', 'server_encoding', 'autovacuum', 'track_counts',
    'idle_in_transaction_session_timeout', 'statement_timeout', 'lock_timeout', 'max_connections',
)  # fmt: skip
_ASK: Final = """
SELECT (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'),
    current_setting('superuser_reserved_connections')::int + coalesce(current_setting('reserved_connections', true), '0')::int,
    extract(epoch FROM clock_timestamp())::float8
"""


def settings_of(connection: psycopg.Connection[Any], connections: int) -> list[Setting]:
    """Return the settings of a server, of which a process is about to take so many connections."""
    found: dict[str, str] = {}
    for name in _SHOWN:
        row = connection.execute('SELECT setting FROM pg_settings WHERE lower(name) = lower(%s)', (name,)).fetchone()
        found[name] = '' if row is None else str(row[0])
    row = connection.execute(_ASK).fetchone()
    assert row is not None
    used, reserved, server_time = row
    apart = server_time - SystemClock().now() / MICROSECONDS
    return [
        Setting('version', found['server_version'], None if int(found['server_version_num']) >= OLDEST_VERSION * 10_000 else
                f'it is older than {OLDEST_VERSION}, with which nothing is tested; upgrade the server'),
        _on('fsync', found, 'it must be on, or a crash of the machine destroys the database'),
        _on('full_page_writes', found, 'it must be on, or a crash of the machine may destroy pages'),
        Setting('synchronous_commit', found['synchronous_commit'], None if found['synchronous_commit'] != 'off' else
                'it must not be off, or steps that were reported as recorded are lost in a crash, and calls repeated; '
                'set it to on, for the database or the user'),
        Setting('default_transaction_isolation', found['default_transaction_isolation'],
                None if found['default_transaction_isolation'] == 'read committed' else
                'it must be "read committed": the engine relies on seeing what others have committed meanwhile; '
                'ALTER DATABASE ... SET default_transaction_isolation'),
        Setting('default_transaction_read_only', found['default_transaction_read_only'],
                None if found['default_transaction_read_only'] == 'off' else 'it must be off, or nothing can be written'),
        # Moments are stored as numbers, so any will do.
        Setting('time zone', found['TimeZone']),
        Setting('clock', f'{apart:+.1f} s', None if abs(apart) <= APART_SECONDS else
                'the clocks of this machine and of the server are apart; the server\'s decides, so nothing is lost, but keep both by NTP'),
        Setting('server_encoding', found['server_encoding'], None if found['server_encoding'] == 'UTF8' else
                'it must be UTF8, or texts of scripts cannot be stored; create the database with ENCODING \'UTF8\''),
        _on('autovacuum', found, 'it should be on: runs are updated at every step, and the tables grow without it'),
        _on('track_counts', found, 'it should be on, or autovacuum does not see what there is to do'),
        _bound('idle_in_transaction_session_timeout', found, 'transactional functions that take longer lose their connection'),
        _bound('statement_timeout', found, 'steps that wait for a busy server fail'),
        _bound('lock_timeout', found, 'transactional functions that wait for what others hold fail'),
        _room(int(found['max_connections']), reserved, used, connections),
    ]  # fmt: skip


def _on(name: str, found: dict[str, str], advice: str) -> Setting:
    return Setting(name, found[name], None if found[name] == 'on' else advice)


def _bound(name: str, found: dict[str, str], what: str) -> Setting:
    bound = int(found[name])
    is_fine = bound == 0 or bound >= ROOM_MS
    value = 'none' if bound == 0 else f'{bound} ms'
    return Setting(
        name, value, None if is_fine else f'{what}; set it to 0 or at least {ROOM_MS // 1000}s for this user'
    )


def _room(most: int, reserved: int, used: int, wanted: int) -> Setting:
    free = most - reserved - used
    value = f'{most}, of which {max(0, free)} are free'
    if free >= wanted:
        return Setting('max_connections', value)
    return Setting(
        'max_connections',
        value,
        f'this process takes up to {wanted}; raise max_connections, or start fewer workers or with less --concurrency',
    )
