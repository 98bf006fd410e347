"""Keep results of functions for a time, and bind runs to versions of functions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None

NAME = sa.Text().with_variant(postgresql.TEXT(collation='C'), 'postgresql')


def upgrade() -> None:
    """Make the table of results, and add a column that may be empty."""
    op.create_table(
        'cached_results',
        sa.Column('key', NAME, nullable=False),
        sa.Column('function', NAME, nullable=False),
        sa.Column('value', sa.LargeBinary, nullable=False),
        sa.Column('expires_at', sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint('key', name='pk_cached_results'),
        sqlite_with_rowid=False,
    )
    op.create_index('ix_cached_results_expires_at', 'cached_results', ['expires_at'])
    op.add_column('runs', sa.Column('function_versions', sa.LargeBinary))
