"""Keep the tokens of the server, and find the runs of a script by its name."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None

NAME = sa.Text().with_variant(postgresql.TEXT(collation='C'), 'postgresql')


def upgrade() -> None:
    """Add the table of tokens and the index of script names."""
    op.create_table(
        'tokens',
        sa.Column('id', NAME, primary_key=True, nullable=False),
        sa.Column('digest', NAME, nullable=False),
        sa.Column('name', sa.Text, nullable=False),
        sa.Column('role', NAME, nullable=False),
        sa.Column('namespace', NAME, nullable=False),
        sa.Column('created_at', sa.BigInteger, nullable=False),
        sa.Column('expires_at', sa.BigInteger),
        sa.Column('revoked_at', sa.BigInteger),
        sqlite_with_rowid=False,
    )
    op.create_index('ix_runs_script_name_id', 'runs', ['script_name', 'id'])
