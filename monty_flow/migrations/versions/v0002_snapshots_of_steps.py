"""Keep the snapshot of each step of a run: a row for each, full or a delta to the one before."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None

NAME = sa.Text().with_variant(postgresql.TEXT(collation='C'), 'postgresql')


def upgrade() -> None:
    """Let a run have several snapshots, and say how many of them it keeps."""
    if op.get_bind().dialect.name == 'postgresql':
        op.add_column('snapshots', sa.Column('base', sa.Integer))
        op.drop_constraint('pk_snapshots', 'snapshots', type_='primary')
        op.create_primary_key('pk_snapshots', 'snapshots', ['run_id', 'number'])
        op.execute('ALTER TABLE snapshots RESET (fillfactor)')
    else:
        _copied()
    op.add_column('runs', sa.Column('keep_snapshots', sa.Integer))


def _copied() -> None:
    # SQLite cannot change a primary key.
    op.rename_table('snapshots', 'snapshots_0001')
    reference = sa.ForeignKey('runs.id', name='fk_snapshots_run_id_runs', ondelete='CASCADE')
    op.create_table(
        'snapshots',
        sa.Column('run_id', NAME, reference, primary_key=True, nullable=False),
        sa.Column('number', sa.Integer, primary_key=True, autoincrement=False, nullable=False),
        sa.Column('base', sa.Integer),
        sa.Column('data', sa.LargeBinary, nullable=False),
        sqlite_with_rowid=False,
    )
    op.execute('INSERT INTO snapshots (run_id, number, data) SELECT run_id, number, data FROM snapshots_0001')
    op.drop_table('snapshots_0001')
