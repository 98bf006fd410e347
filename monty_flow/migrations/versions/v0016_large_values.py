"""Keep large values once, apart from the rows that name them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0016'
down_revision = '0015'
branch_labels = None
depends_on = None

NAME = sa.Text().with_variant(postgresql.TEXT(collation='C'), 'postgresql')


def upgrade() -> None:
    """Make room for contents, and for who names them."""
    op.create_table(
        'large_values',
        sa.Column('digest', NAME, primary_key=True),
        sa.Column('size', sa.BigInteger, nullable=False),
        sa.Column('data', sa.LargeBinary),
        sa.Column('file', NAME),
        sa.Column('written_at', sa.BigInteger, nullable=False),
    )
    op.create_index('ix_large_values_written_at', 'large_values', ['written_at'])
    reference = sa.ForeignKey('runs.id', name='fk_large_uses_run_id_runs', ondelete='CASCADE')
    op.create_table(
        'large_uses',
        sa.Column('run_id', NAME, reference, primary_key=True),
        sa.Column('number', sa.Integer, primary_key=True, autoincrement=False),
        sa.Column('digest', NAME, primary_key=True),
        sqlite_with_rowid=False,
    )
    op.create_index('ix_large_uses_digest', 'large_uses', ['digest'])
