"""Say which releases may work on the schema, so that old workers and new ones do so side by side."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0018'
down_revision = '0017'
branch_labels = None
depends_on = None

NAME = sa.Text().with_variant(postgresql.TEXT(collation='C'), 'postgresql')


def upgrade() -> None:
    """Add the row. Releases before this one look for their own revision and nothing else."""
    made = op.create_table('compatibility', sa.Column('oldest', NAME, primary_key=True), sqlite_with_rowid=False)
    op.bulk_insert(made, [{'oldest': revision}])
