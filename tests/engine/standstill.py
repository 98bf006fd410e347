"""What workers on PostgreSQL are at while nothing goes on: rows, sessions of the server, locks, and the stack of each thread.

Workers write their stacks to their standard error when they are sent SIGUSR1.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterable

import psycopg

from tests.engine.past_the_engine import execute

#: Seconds that a process gets to write its stacks.
STACK_SECONDS = 1.0

_QUESTIONS = {
    'now': 'SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::int8',
    'runs': 'SELECT status, count(*) FROM runs GROUP BY 1 ORDER BY 1',
    'calls': 'SELECT status, worker, kind, function, count(*), min(due_at), max(due_at), min(attempt), max(attempt), max(failures) '
    "FROM calls WHERE status NOT IN ('done', 'failed') GROUP BY 1, 2, 3, 4 ORDER BY 1, 2",
    'workers': 'SELECT session, name, started_at, expires_at, draining FROM workers ORDER BY 2',
    'activity': 'SELECT pid, state, wait_event_type, wait_event, now() - xact_start, now() - state_change, left(query, 150) '
    'FROM pg_stat_activity WHERE datname = current_database() ORDER BY xact_start',
    'blocked': 'SELECT pid, pg_blocking_pids(pid) FROM pg_stat_activity WHERE cardinality(pg_blocking_pids(pid)) > 0',
    'locks': 'SELECT pid, locktype, relation::regclass, mode, granted FROM pg_locks WHERE NOT granted',
}


def described(url: str, pids: Iterable[int]) -> str:
    """Return what the database holds, and have the processes write their stacks."""
    told = []
    for name, question in _QUESTIONS.items():
        try:
            rows = execute(url, question)
        except psycopg.Error as error:
            told.append(f'{name}: {error}')
        else:
            told.append('\n'.join([f'{name}:', *(f'    {row}' for row in rows)]))
    for pid in pids:
        told.append(f'process {pid}: {_state(pid)}')
    return '\n'.join(told)


def _state(pid: int) -> str:
    """Return in which state a process is, and ask it for its stacks."""
    try:
        with open(f'/proc/{pid}/status') as file:
            state = next(line.split(None, 1)[1].strip() for line in file if line.startswith('State:'))
        os.kill(pid, signal.SIGUSR1)
    except (OSError, StopIteration) as error:
        return f'gone ({error})'
    threading.Event().wait(STACK_SECONDS)
    return state
