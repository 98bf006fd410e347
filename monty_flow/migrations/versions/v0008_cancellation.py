"""Runs that were cancelled and whose scripts clean up: until when they may."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the moment, and an index of the runs that have one."""
    op.add_column('runs', sa.Column('cancel_at', sa.BigInteger))
    condition = sa.text('cancel_at IS NOT NULL AND finished_at IS NULL')
    op.create_index('ix_runs_cancel_at', 'runs', ['cancel_at'], sqlite_where=condition, postgresql_where=condition)
