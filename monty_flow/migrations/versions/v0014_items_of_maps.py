"""Let calls be the items of a call of `flow.map`."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Say of a call of which other one it is an item, and which."""
    op.add_column('calls', sa.Column('part_of', sa.Integer))
    op.add_column('calls', sa.Column('item', sa.Integer))
    is_item = sa.text('part_of IS NOT NULL')
    op.create_index(
        'ix_calls_items', 'calls', ['run_id', 'part_of', 'item'], sqlite_where=is_item, postgresql_where=is_item
    )
