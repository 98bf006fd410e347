"""Let a worker be told to finish, and say of which release it is."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0017'
down_revision = '0016'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Say of a worker which release it is of, and whether it is to take no more calls."""
    op.add_column('workers', sa.Column('release', sa.Text))
    op.add_column('workers', sa.Column('draining', sa.Integer, nullable=False, server_default='0'))
