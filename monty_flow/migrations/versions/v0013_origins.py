"""Say of a run from which state of which other run it went on."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None

NAME = sa.Text().with_variant(postgresql.TEXT(collation='C'), 'postgresql')


def upgrade() -> None:
    """Add the origin of forks."""
    op.add_column('runs', sa.Column('origin_id', NAME))
    op.add_column('runs', sa.Column('origin_step', sa.Integer))
