"""Schedules submit scripts again and again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None

NAME = sa.Text().with_variant(postgresql.TEXT(collation='C'), 'postgresql')
AWAKE = sa.text('paused = 0 AND next_at IS NOT NULL')


def upgrade() -> None:
    """Make the table of schedules."""
    op.create_table(
        'schedules',
        sa.Column('name', NAME, primary_key=True),
        sa.Column('cron', sa.Text),
        sa.Column('timezone', sa.Text, nullable=False),
        sa.Column('every_us', sa.BigInteger),
        sa.Column('anchor', sa.BigInteger),
        sa.Column('overlap', NAME, nullable=False),
        sa.Column('catch_up', NAME, nullable=False),
        sa.Column('max_catch_up', sa.Integer, nullable=False),
        sa.Column('jitter_us', sa.BigInteger, nullable=False),
        sa.Column('paused', sa.Integer, nullable=False),
        sa.Column('next_moment', sa.BigInteger),
        sa.Column('next_at', sa.BigInteger),
        sa.Column('held', sa.Integer, nullable=False),
        sa.Column('last_moment', sa.BigInteger),
        sa.Column('last_run', NAME),
        sa.Column('fired', sa.Integer, nullable=False),
        sa.Column('skipped', sa.Integer, nullable=False),
        sa.Column('error', sa.Text),
        sa.Column('created_at', sa.BigInteger, nullable=False),
        sa.Column('source', sa.Text, nullable=False),
        sa.Column('script_hash', NAME, nullable=False),
        sa.Column('script_name', sa.Text, nullable=False),
        sa.Column('inputs', sa.LargeBinary, nullable=False),
        sa.Column('passes_moment', sa.Integer, nullable=False),
        sa.Column('limits', sa.LargeBinary),
        sa.Column('keep_snapshots', sa.Integer),
        sa.Column('namespace', NAME, nullable=False),
        sa.Column('tags', sa.LargeBinary),
        sa.Column('deadline_us', sa.BigInteger),
        sa.Column('lane', NAME, nullable=False),
        postgresql_with={'fillfactor': 70},
        sqlite_with_rowid=False,
    )
    op.create_index('ix_schedules_next_at', 'schedules', ['next_at'], sqlite_where=AWAKE, postgresql_where=AWAKE)
