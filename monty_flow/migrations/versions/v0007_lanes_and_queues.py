"""Calls wait in lanes, and queues have limits."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None

NAME = sa.Text().with_variant(postgresql.TEXT(collation='C'), 'postgresql')
PENDING = sa.text("status = 'pending'")


def upgrade() -> None:
    """Add the columns, which are constant and so touch no row, move the index of pending calls, and make the tables."""
    for table in ('runs', 'calls'):
        op.add_column(table, sa.Column('lane', NAME, nullable=False, server_default=''))
    op.create_index(
        'ix_calls_waiting', 'calls', ['lane', 'due_at', 'function'], sqlite_where=PENDING, postgresql_where=PENDING
    )
    op.drop_index('ix_calls_pending', 'calls')
    op.add_column('workers', sa.Column('queues', sa.Text))
    op.add_column('workers', sa.Column('concurrency', sa.Integer))
    op.create_table(
        'queues',
        sa.Column('name', NAME, primary_key=True),
        sa.Column('concurrency', sa.Integer),
        sa.Column('key_concurrency', sa.Integer),
        sa.Column('rate', sa.Integer),
        sa.Column('period_us', sa.BigInteger, nullable=False),
        sa.Column('max_pending', sa.Integer),
        sa.Column('paused', sa.Integer, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        'queue_starts',
        sa.Column('queue', NAME, primary_key=True),
        sa.Column('at', sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column('calls', sa.Integer, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        'routes',
        sa.Column('function', NAME, primary_key=True),
        sa.Column('queue', NAME),
        sa.Column('key_parameter', NAME),
        sa.Column('key_place', sa.Integer),
        sqlite_with_rowid=False,
    )
