"""Runs that scripts start: who started them, and how deep they are."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None

NAME = sa.Text().with_variant(postgresql.TEXT(collation='C'), 'postgresql')


def upgrade() -> None:
    """Add the columns, and an index of the runs that have a parent."""
    op.add_column('runs', sa.Column('parent_id', NAME))
    op.add_column('runs', sa.Column('depth', sa.Integer, nullable=False, server_default='0'))
    condition = sa.text('parent_id IS NOT NULL')
    op.create_index(
        'ix_runs_parent_id', 'runs', ['parent_id', 'id'], sqlite_where=condition, postgresql_where=condition
    )
