"""Let a run wait for several calls at once."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None

NAME = sa.Text().with_variant(postgresql.TEXT(collation='C'), 'postgresql')


def upgrade() -> None:
    """Say of a run which calls are under way, of a call who takes its result, and let a commit settle several calls."""
    op.add_column('runs', sa.Column('last_call', sa.Integer))
    op.add_column('runs', sa.Column('oldest_call', sa.Integer))
    op.add_column('calls', sa.Column('future', sa.Integer))
    op.add_column('calls', sa.Column('step', sa.Integer))
    if op.get_bind().dialect.name == 'postgresql':
        op.drop_constraint('pk_history', 'history', type_='primary')
        op.create_primary_key('pk_history', 'history', ['run_id', 'version', 'number'])
    else:
        _copied()


def _copied() -> None:
    # SQLite cannot change a primary key.
    op.rename_table('history', 'history_0010')
    reference = sa.ForeignKey('runs.id', name='fk_history_run_id_runs', ondelete='CASCADE')
    op.create_table(
        'history',
        sa.Column('run_id', NAME, reference, primary_key=True, nullable=False),
        sa.Column('version', sa.Integer, primary_key=True, autoincrement=False, nullable=False),
        sa.Column('number', sa.Integer, primary_key=True, autoincrement=False, nullable=False),
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
    columns = (
        'run_id, version, number, function, call_status, run_status, attempt, function_us, script_us, snapshot_bytes, '
        'worker, at'
    )
    op.execute(f'INSERT INTO history ({columns}) SELECT {columns} FROM history_0010')
    op.drop_table('history_0010')
