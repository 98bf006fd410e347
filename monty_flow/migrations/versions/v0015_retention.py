"""Let rules say for how long runs are kept."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None

NAME = sa.Text().with_variant(postgresql.TEXT(collation='C'), 'postgresql')


def upgrade() -> None:
    """Add the rules."""
    op.create_table(
        'retention',
        sa.Column('namespace', NAME, primary_key=True, nullable=False),
        sa.Column('status', NAME, primary_key=True, nullable=False),
        sa.Column('keep_us', sa.BigInteger),
        sqlite_with_rowid=False,
    )
