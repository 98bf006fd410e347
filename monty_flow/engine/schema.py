"""The tables. Migrations lead here; a test holds the two equal.

A run is the row that a person asks about, and a call is the unit of work. Every run has a call number 0,
the start of its script, so that workers find all their work in one place: calls that are pending and due.
Calls are numbered as they are begun, states by the steps that led to them.
Moments are microseconds since the epoch, values are payloads (`payloads.py`), ids are 36 characters.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, LargeBinary, MetaData, Table, Text, text
from sqlalchemy.dialects import postgresql

from monty_flow.engine.lanes import DEFAULT_NAMESPACE

#: The newest migration; a test holds it equal to what Alembic finds.
SCHEMA_REVISION = '0018'

metadata = MetaData(
    naming_convention={
        'ix': 'ix_%(table_name)s_%(column_0_N_name)s',
        'uq': 'uq_%(table_name)s_%(column_0_N_name)s',
        'fk': 'fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s',
        'pk': 'pk_%(table_name)s',
    }
)

#: Texts that are compared and looked up: byte by byte in every database, whatever language it is made for.
Name = Text().with_variant(postgresql.TEXT(collation='C'), 'postgresql')
#: Rows that are updated in place again and again leave their pages some room, so that no index has to follow them.
_ROOM = {'fillfactor': 70}

scripts = Table(
    'scripts',
    metadata,
    Column('hash', Name, primary_key=True),
    Column('source', Text, nullable=False),
    Column('created_at', BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

runs = Table(
    'runs',
    metadata,
    Column('id', Name, primary_key=True),
    Column('status', Name, nullable=False),
    Column('version', Integer, nullable=False),
    # The number of the state in which the run waits.
    Column('step', Integer, nullable=False),
    Column('script_hash', Name, ForeignKey('scripts.hash'), nullable=False),
    Column('script_name', Text, nullable=False),
    Column('key', Name, unique=True),
    Column('inputs', LargeBinary, nullable=False),
    Column('limits', LargeBinary),
    Column('output', LargeBinary),
    Column('error', LargeBinary),
    Column('created_at', BigInteger, nullable=False),
    Column('updated_at', BigInteger, nullable=False),
    Column('started_at', BigInteger),
    Column('finished_at', BigInteger),
    # Snapshots that are kept, the newest ones; NULL for all.
    Column('keep_snapshots', Integer),
    # Versions of functions by name, which the run is bound to; NULL for none.
    Column('function_versions', LargeBinary),
    Column('namespace', Name, nullable=False, server_default=DEFAULT_NAMESPACE),
    # Payload of a dict of texts; to find runs by them there is the table of tags.
    Column('tags', LargeBinary),
    # When it is ended as failed unless it has ended before.
    Column('deadline_at', BigInteger),
    # What the script said last of where it stands.
    Column('status_text', Text),
    # Through which its calls go, but those of functions that have a queue of their own (lanes.py).
    Column('lane', Name, nullable=False, server_default=''),
    # When the grace ends of one that was cancelled.
    Column('cancel_at', BigInteger),
    # The run whose script started it, and how many there are above it.
    Column('parent_id', Name),
    Column('depth', Integer, nullable=False, server_default='0'),
    # The run from whose state after that step it went on; NULL for one that began by itself.
    Column('origin_id', Name),
    Column('origin_step', Integer),
    # The highest number of its calls, and the lowest of those under way; NULL in rows of revision 0010, for the step.
    Column('last_call', Integer),
    Column('oldest_call', Integer),
    Index('ix_runs_status_id', 'status', 'id'),
    Index('ix_runs_script_name_id', 'script_name', 'id'),
    # Partial, so that ordinary runs have no entry in them.
    Index(
        'ix_runs_parent_id',
        'parent_id',
        'id',
        sqlite_where=text('parent_id IS NOT NULL'),
        postgresql_where=text('parent_id IS NOT NULL'),
    ),
    Index(
        'ix_runs_cancel_at',
        'cancel_at',
        sqlite_where=text('cancel_at IS NOT NULL AND finished_at IS NULL'),
        postgresql_where=text('cancel_at IS NOT NULL AND finished_at IS NULL'),
    ),
    Index(
        'ix_runs_namespace',
        'namespace',
        'id',
        sqlite_where=text("namespace <> 'default'"),
        postgresql_where=text("namespace <> 'default'"),
    ),
    Index(
        'ix_runs_deadline',
        'deadline_at',
        sqlite_where=text('deadline_at IS NOT NULL AND finished_at IS NULL'),
        postgresql_where=text('deadline_at IS NOT NULL AND finished_at IS NULL'),
    ),
    postgresql_with=_ROOM,
    sqlite_with_rowid=False,
)

tags = Table(
    'tags',
    metadata,
    Column('run_id', Name, ForeignKey('runs.id', ondelete='CASCADE'), primary_key=True),
    Column('name', Name, primary_key=True),
    Column('value', Name, nullable=False),
    Index('ix_tags_name_value', 'name', 'value', 'run_id'),
    sqlite_with_rowid=False,
)

calls = Table(
    'calls',
    metadata,
    Column('run_id', Name, ForeignKey('runs.id', ondelete='CASCADE'), primary_key=True),
    Column('number', Integer, primary_key=True, autoincrement=False),
    Column('kind', Name, nullable=False),
    Column('function', Name, nullable=False),
    Column('status', Name, nullable=False),
    Column('arguments', LargeBinary),
    Column('result', LargeBinary),
    Column('error', LargeBinary),
    Column('attempt', Integer, nullable=False),
    Column('failures', Integer, nullable=False),
    Column('due_at', BigInteger, nullable=False),
    # The worker's session; whether it still lives is in `workers`.
    Column('worker', Name),
    Column('created_at', BigInteger, nullable=False),
    Column('started_at', BigInteger),
    Column('finished_at', BigInteger),
    # The name of the signal that it waits for, which makes it due; NULL for a call that waits for time alone.
    Column('awaits', Name),
    # When it is given up.
    Column('expires_at', BigInteger),
    # Where it waits for a worker (lanes.py).
    Column('lane', Name, nullable=False, server_default=''),
    # The number of the future in the script that the result is for; NULL when the script waits for this call alone.
    Column('future', Integer),
    # The state of the script that took the result; NULL while none did, and in rows of revision 0010, for the number.
    Column('step', Integer),
    # The call of `flow.map` of which it is an item, and the item's place; NULL for calls that a script makes itself.
    Column('part_of', Integer),
    Column('item', Integer),
    # All are partial: finished calls, which are nearly all, cost no index entry.
    Index(
        'ix_calls_waiting',
        'lane',
        'due_at',
        'function',
        sqlite_where=text("status = 'pending'"),
        postgresql_where=text("status = 'pending'"),
    ),
    Index(
        'ix_calls_leased', 'worker', sqlite_where=text("status = 'leased'"), postgresql_where=text("status = 'leased'")
    ),
    Index(
        'ix_calls_awaits',
        'awaits',
        'run_id',
        sqlite_where=text('awaits IS NOT NULL AND finished_at IS NULL'),
        postgresql_where=text('awaits IS NOT NULL AND finished_at IS NULL'),
    ),
    Index(
        'ix_calls_items',
        'run_id',
        'part_of',
        'item',
        sqlite_where=text('part_of IS NOT NULL'),
        postgresql_where=text('part_of IS NOT NULL'),
    ),
    sqlite_with_rowid=False,
)

snapshots = Table(
    'snapshots',
    metadata,
    Column('run_id', Name, ForeignKey('runs.id', ondelete='CASCADE'), primary_key=True),
    # The step that led to it.
    Column('number', Integer, primary_key=True, autoincrement=False),
    # The number of the snapshot to which this one is a delta; NULL for a full one.
    Column('base', Integer),
    Column('data', LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)

# Contents that have left the rows of runs, each once (large.py).
large_values = Table(
    'large_values',
    metadata,
    # SHA-256, in hexadecimal digits.
    Column('digest', Name, primary_key=True),
    Column('size', BigInteger, nullable=False),
    # One of both: the content as it is kept, or the name of the file with it.
    Column('data', LargeBinary),
    Column('file', Name),
    # When it was written last: for a time after that it stays, though nothing names it.
    Column('written_at', BigInteger, nullable=False, index=True),
)

# Which run names a content, and in which snapshot; -1 for its values.
large_uses = Table(
    'large_uses',
    metadata,
    Column('run_id', Name, ForeignKey('runs.id', ondelete='CASCADE'), primary_key=True),
    Column('number', Integer, primary_key=True, autoincrement=False),
    Column('digest', Name, primary_key=True),
    Index('ix_large_uses_digest', 'digest'),
    sqlite_with_rowid=False,
)

history = Table(
    'history',
    metadata,
    Column('run_id', Name, ForeignKey('runs.id', ondelete='CASCADE'), primary_key=True),
    Column('version', Integer, primary_key=True, autoincrement=False),
    # A commit has an entry for each call that it settled.
    Column('number', Integer, primary_key=True, autoincrement=False),
    Column('function', Name, nullable=False),
    Column('call_status', Name, nullable=False),
    Column('run_status', Name, nullable=False),
    Column('attempt', Integer, nullable=False),
    Column('function_us', BigInteger, nullable=False),
    Column('script_us', BigInteger, nullable=False),
    Column('snapshot_bytes', Integer, nullable=False),
    Column('worker', Name, nullable=False),
    Column('at', BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

logs = Table(
    'logs',
    metadata,
    # Integer on SQLite, where only that makes the row id itself the key.
    Column('id', BigInteger().with_variant(Integer, 'sqlite'), primary_key=True, autoincrement=True),
    Column('run_id', Name, ForeignKey('runs.id', ondelete='CASCADE'), nullable=False),
    Column('step', Integer, nullable=False),
    Column('stream', Text, nullable=False),
    Column('text', Text, nullable=False),
    Column('at', BigInteger, nullable=False),
    Index('ix_logs_run_id_id', 'run_id', 'id'),
)

progress = Table(
    'progress',
    metadata,
    Column('run_id', Name, ForeignKey('runs.id', ondelete='CASCADE'), primary_key=True),
    Column('number', Integer, primary_key=True, autoincrement=False),
    # The attempt that said it.
    Column('attempt', Integer, nullable=False),
    Column('data', LargeBinary, nullable=False),
    Column('at', BigInteger, nullable=False),
    postgresql_with=_ROOM,
    sqlite_with_rowid=False,
)

published = Table(
    'published',
    metadata,
    Column('run_id', Name, ForeignKey('runs.id', ondelete='CASCADE'), primary_key=True),
    Column('name', Name, primary_key=True),
    Column('value', LargeBinary, nullable=False),
    Column('at', BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

signals = Table(
    'signals',
    metadata,
    # Integer on SQLite, as for the log lines.
    Column('id', BigInteger().with_variant(Integer, 'sqlite'), primary_key=True, autoincrement=True),
    Column('run_id', Name, ForeignKey('runs.id', ondelete='CASCADE'), nullable=False),
    # With what it is for before it, as in `calls.awaits`.
    Column('name', Name, nullable=False),
    Column('key', Name),
    Column('value', LargeBinary, nullable=False),
    Column('sent_at', BigInteger, nullable=False),
    # The call that it is the answer to, NULL while it waits for one.
    Column('taken_by', Integer),
    Index('ix_signals_run_id_taken_by_name_id', 'run_id', 'taken_by', 'name', 'id'),
    Index(
        'uq_signals_run_id_key',
        'run_id',
        'key',
        unique=True,
        sqlite_where=text('key IS NOT NULL'),
        postgresql_where=text('key IS NOT NULL'),
    ),
)

cached_results = Table(
    'cached_results',
    metadata,
    # Hash of the function, its version and the arguments.
    Column('key', Name, primary_key=True),
    Column('function', Name, nullable=False),
    Column('value', LargeBinary, nullable=False),
    Column('expires_at', BigInteger, nullable=False, index=True),
    sqlite_with_rowid=False,
)

workers = Table(
    'workers',
    metadata,
    Column('session', Name, primary_key=True),
    Column('name', Text, nullable=False),
    # Names of the functions that it serves, one a line.
    Column('functions', Text, nullable=False),
    Column('started_at', BigInteger, nullable=False),
    Column('expires_at', BigInteger, nullable=False),
    # Names of the queues from which it takes calls, one a line; NULL for all.
    Column('queues', Text),
    # Calls that it has in hand at most; NULL of a release that did not say.
    Column('concurrency', Integer),
    # The release that it is of; NULL of one that did not say.
    Column('release', Text),
    # Whether it is to finish: it takes no more calls, and ends when those in hand have ended.
    Column('draining', Integer, nullable=False, server_default='0'),
    postgresql_with=_ROOM,
    sqlite_with_rowid=False,
)

# What is said of a queue; of one that has no row nothing is said. NULL is no limit.
queues = Table(
    'queues',
    metadata,
    Column('name', Name, primary_key=True),
    Column('concurrency', Integer),
    Column('key_concurrency', Integer),
    Column('rate', Integer),
    Column('period_us', BigInteger, nullable=False),
    Column('max_pending', Integer),
    Column('paused', Integer, nullable=False),
    sqlite_with_rowid=False,
)

# How many calls were begun at a moment in a queue that has a rate, as long as its period looks back.
queue_starts = Table(
    'queue_starts',
    metadata,
    Column('queue', Name, primary_key=True),
    Column('at', BigInteger, primary_key=True, autoincrement=False),
    Column('calls', Integer, nullable=False),
    sqlite_with_rowid=False,
)

# One row: the oldest revision whose releases may go on with this schema. A migration that only adds leaves it as it is.
compatibility = Table('compatibility', metadata, Column('oldest', Name, primary_key=True), sqlite_with_rowid=False)

# For how long runs are kept after they have ended; '' is for any namespace or status without a rule of its own.
retention = Table(
    'retention',
    metadata,
    Column('namespace', Name, primary_key=True),
    Column('status', Name, primary_key=True),
    # NULL for ever.
    Column('keep_us', BigInteger),
    sqlite_with_rowid=False,
)

# Functions that have a queue, or a key, of their own.
routes = Table(
    'routes',
    metadata,
    Column('function', Name, primary_key=True),
    # NULL for the queue of the run.
    Column('queue', Name),
    # The parameter whose value is the key, and its place; NULL for no key, and for one that is given by its name only.
    Column('key_parameter', Name),
    Column('key_place', Integer),
    sqlite_with_rowid=False,
)

# Who may use the server; of a token only the digest is here.
tokens = Table(
    'tokens',
    metadata,
    Column('id', Name, primary_key=True),
    Column('digest', Name, nullable=False),
    Column('name', Text, nullable=False),
    Column('role', Name, nullable=False),
    Column('namespace', Name, nullable=False),
    Column('created_at', BigInteger, nullable=False),
    # NULL for a token that does not end by itself.
    Column('expires_at', BigInteger),
    Column('revoked_at', BigInteger),
    sqlite_with_rowid=False,
)

# Who waits for the end of a run and wants to be told, so that nobody has to be told of all others. Not `run_id`: it
# belongs to the waiting and not to the run.
waiters = Table(
    'waiters',
    metadata,
    Column('run', Name, primary_key=True),
    Column('waiter', Name, primary_key=True),
    # After this nobody waits any more, whatever became of the process.
    Column('expires_at', BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

# When scripts are submitted again and again; what the columns mean is said at `StoredSchedule`.
schedules = Table(
    'schedules',
    metadata,
    Column('name', Name, primary_key=True),
    Column('cron', Text),
    Column('timezone', Text, nullable=False),
    Column('every_us', BigInteger),
    Column('anchor', BigInteger),
    Column('overlap', Name, nullable=False),
    Column('catch_up', Name, nullable=False),
    Column('max_catch_up', Integer, nullable=False),
    Column('jitter_us', BigInteger, nullable=False),
    Column('paused', Integer, nullable=False),
    Column('next_moment', BigInteger),
    Column('next_at', BigInteger),
    Column('held', Integer, nullable=False),
    Column('last_moment', BigInteger),
    Column('last_run', Name),
    Column('fired', Integer, nullable=False),
    Column('skipped', Integer, nullable=False),
    Column('error', Text),
    Column('created_at', BigInteger, nullable=False),
    Column('source', Text, nullable=False),
    Column('script_hash', Name, nullable=False),
    Column('script_name', Text, nullable=False),
    Column('inputs', LargeBinary, nullable=False),
    Column('passes_moment', Integer, nullable=False),
    Column('limits', LargeBinary),
    Column('keep_snapshots', Integer),
    Column('namespace', Name, nullable=False),
    Column('tags', LargeBinary),
    Column('deadline_us', BigInteger),
    Column('lane', Name, nullable=False),
    Index(
        'ix_schedules_next_at',
        'next_at',
        sqlite_where=text('paused = 0 AND next_at IS NOT NULL'),
        postgresql_where=text('paused = 0 AND next_at IS NOT NULL'),
    ),
    postgresql_with=_ROOM,
    sqlite_with_rowid=False,
)
