"""Keep what functions say of their progress."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None

NAME = sa.Text().with_variant(postgresql.TEXT(collation='C'), 'postgresql')


def upgrade() -> None:
    """Make the table of progress, one row a call that says something."""
    op.create_table(
        'progress',
        sa.Column(
            'run_id', NAME, sa.ForeignKey('runs.id', name='fk_progress_run_id_runs', ondelete='CASCADE'), nullable=False
        ),
        sa.Column('number', sa.Integer, autoincrement=False, nullable=False),
        sa.Column('attempt', sa.Integer, nullable=False),
        sa.Column('data', sa.LargeBinary, nullable=False),
        sa.Column('at', sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint('run_id', 'number', name='pk_progress'),
        postgresql_with={'fillfactor': 70},
        sqlite_with_rowid=False,
    )
