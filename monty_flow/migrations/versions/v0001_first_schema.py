"""Make the first schema: scripts, runs, calls, snapshots, history, logs, workers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0001'
down_revision = None
branch_labels = None
depends_on = None

NAME = sa.Text().with_variant(postgresql.TEXT(collation='C'), 'postgresql')
ROOM = {'fillfactor': 70}


def upgrade() -> None:
    """Make all tables."""
    _scripts_and_runs()
    _calls()
    _records_of_runs()
    op.create_table(
        'workers',
        sa.Column('session', NAME, primary_key=True),
        sa.Column('name', sa.Text, nullable=False),
        sa.Column('functions', sa.Text, nullable=False),
        sa.Column('started_at', sa.BigInteger, nullable=False),
        sa.Column('expires_at', sa.BigInteger, nullable=False),
        postgresql_with=ROOM,
        sqlite_with_rowid=False,
    )


def _scripts_and_runs() -> None:
    op.create_table(
        'scripts',
        sa.Column('hash', NAME, primary_key=True),
        sa.Column('source', sa.Text, nullable=False),
        sa.Column('created_at', sa.BigInteger, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        'runs',
        sa.Column('id', NAME, primary_key=True),
        sa.Column('status', NAME, nullable=False),
        sa.Column('version', sa.Integer, nullable=False),
        sa.Column('step', sa.Integer, nullable=False),
        sa.Column(
            'script_hash',
            NAME,
            sa.ForeignKey('scripts.hash', name='fk_runs_script_hash_scripts'),
            nullable=False,
        ),
        sa.Column('script_name', sa.Text, nullable=False),
        sa.Column('key', NAME),
        sa.Column('inputs', sa.LargeBinary, nullable=False),
        sa.Column('limits', sa.LargeBinary),
        sa.Column('output', sa.LargeBinary),
        sa.Column('error', sa.LargeBinary),
        sa.Column('created_at', sa.BigInteger, nullable=False),
        sa.Column('updated_at', sa.BigInteger, nullable=False),
        sa.Column('started_at', sa.BigInteger),
        sa.Column('finished_at', sa.BigInteger),
        sa.UniqueConstraint('key', name='uq_runs_key'),
        postgresql_with=ROOM,
        sqlite_with_rowid=False,
    )
    op.create_index('ix_runs_status_id', 'runs', ['status', 'id'])


def _calls() -> None:
    op.create_table(
        'calls',
        _run_id('calls', primary_key=True),
        sa.Column('number', sa.Integer, primary_key=True, autoincrement=False),
        sa.Column('kind', NAME, nullable=False),
        sa.Column('function', NAME, nullable=False),
        sa.Column('status', NAME, nullable=False),
        sa.Column('arguments', sa.LargeBinary),
        sa.Column('result', sa.LargeBinary),
        sa.Column('error', sa.LargeBinary),
        sa.Column('attempt', sa.Integer, nullable=False),
        sa.Column('failures', sa.Integer, nullable=False),
        sa.Column('due_at', sa.BigInteger, nullable=False),
        sa.Column('worker', NAME),
        sa.Column('created_at', sa.BigInteger, nullable=False),
        sa.Column('started_at', sa.BigInteger),
        sa.Column('finished_at', sa.BigInteger),
        sqlite_with_rowid=False,
    )
    _partial_index('ix_calls_pending', ['due_at', 'function'], "status = 'pending'")
    _partial_index('ix_calls_leased', ['worker'], "status = 'leased'")


def _records_of_runs() -> None:
    op.create_table(
        'snapshots',
        _run_id('snapshots', primary_key=True),
        sa.Column('number', sa.Integer, nullable=False),
        sa.Column('data', sa.LargeBinary, nullable=False),
        postgresql_with=ROOM,
        sqlite_with_rowid=False,
    )
    op.create_table(
        'history',
        _run_id('history', primary_key=True),
        sa.Column('version', sa.Integer, primary_key=True, autoincrement=False),
        sa.Column('number', sa.Integer, nullable=False),
        sa.Column('function', NAME, nullable=False),
        sa.Column('call_status', NAME, nullable=False),
        sa.Column('run_status', NAME, nullable=False),
        sa.Column('attempt', sa.Integer, nullable=False),
        sa.Column('function_us', sa.BigInteger, nullable=False),
        sa.Column('script_us', sa.BigInteger, nullable=False),
        sa.Column('snapshot_bytes', sa.Integer, nullable=False),
        sa.Column('worker', NAME, nullable=False),
        sa.Column('at', sa.BigInteger, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        'logs',
        sa.Column('id', sa.BigInteger().with_variant(sa.Integer, 'sqlite'), primary_key=True, autoincrement=True),
        _run_id('logs', primary_key=False),
        sa.Column('step', sa.Integer, nullable=False),
        sa.Column('stream', sa.Text, nullable=False),
        sa.Column('text', sa.Text, nullable=False),
        sa.Column('at', sa.BigInteger, nullable=False),
    )
    op.create_index('ix_logs_run_id_id', 'logs', ['run_id', 'id'])


def _run_id(table: str, *, primary_key: bool) -> sa.Column[str]:
    reference = sa.ForeignKey('runs.id', name=f'fk_{table}_run_id_runs', ondelete='CASCADE')
    return sa.Column('run_id', NAME, reference, primary_key=primary_key, nullable=False)


def _partial_index(name: str, columns: list[str], condition: str) -> None:
    op.create_index(name, 'calls', columns, sqlite_where=sa.text(condition), postgresql_where=sa.text(condition))
