"""Runs get a namespace, tags and a deadline, and those who wait for their ends are known."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None

NAME = sa.Text().with_variant(postgresql.TEXT(collation='C'), 'postgresql')


def upgrade() -> None:
    """Add the columns, which are constant and so touch no row, and two tables."""
    op.add_column('runs', sa.Column('namespace', NAME, nullable=False, server_default='default'))
    op.add_column('runs', sa.Column('tags', sa.LargeBinary))
    op.add_column('runs', sa.Column('deadline_at', sa.BigInteger))
    _partial_index('ix_runs_namespace', ['namespace', 'id'], "namespace <> 'default'")
    _partial_index('ix_runs_deadline', ['deadline_at'], 'deadline_at IS NOT NULL AND finished_at IS NULL')
    op.create_table(
        'tags',
        sa.Column(
            'run_id',
            NAME,
            sa.ForeignKey('runs.id', name='fk_tags_run_id_runs', ondelete='CASCADE'),
            primary_key=True,
            nullable=False,
        ),
        sa.Column('name', NAME, primary_key=True),
        sa.Column('value', NAME, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index('ix_tags_name_value', 'tags', ['name', 'value', 'run_id'])
    op.create_table(
        'waiters',
        sa.Column('run', NAME, primary_key=True),
        sa.Column('waiter', NAME, primary_key=True),
        sa.Column('expires_at', sa.BigInteger, nullable=False),
        sqlite_with_rowid=False,
    )


def _partial_index(name: str, columns: list[str], condition: str) -> None:
    op.create_index(name, 'runs', columns, sqlite_where=sa.text(condition), postgresql_where=sa.text(condition))
