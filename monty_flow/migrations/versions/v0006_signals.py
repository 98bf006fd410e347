"""What scripts say and are told: status texts, published values, signals, and calls that wait for them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None

NAME = sa.Text().with_variant(postgresql.TEXT(collation='C'), 'postgresql')


def upgrade() -> None:
    """Add the columns and tables."""
    op.add_column('runs', sa.Column('status_text', sa.Text))
    op.add_column('calls', sa.Column('awaits', NAME))
    op.add_column('calls', sa.Column('expires_at', sa.BigInteger))
    _partial('ix_calls_awaits', 'calls', ['awaits', 'run_id'], 'awaits IS NOT NULL AND finished_at IS NULL')
    op.create_table(
        'published',
        _run_id('published', primary_key=True),
        sa.Column('name', NAME, primary_key=True),
        sa.Column('value', sa.LargeBinary, nullable=False),
        sa.Column('at', sa.BigInteger, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        'signals',
        sa.Column('id', sa.BigInteger().with_variant(sa.Integer, 'sqlite'), primary_key=True, autoincrement=True),
        _run_id('signals'),
        sa.Column('name', NAME, nullable=False),
        sa.Column('key', NAME),
        sa.Column('value', sa.LargeBinary, nullable=False),
        sa.Column('sent_at', sa.BigInteger, nullable=False),
        sa.Column('taken_by', sa.Integer),
    )
    op.create_index('ix_signals_run_id_taken_by_name_id', 'signals', ['run_id', 'taken_by', 'name', 'id'])
    _partial('uq_signals_run_id_key', 'signals', ['run_id', 'key'], 'key IS NOT NULL', unique=True)


def _run_id(table: str, *, primary_key: bool = False) -> sa.Column[str]:
    reference = sa.ForeignKey('runs.id', name=f'fk_{table}_run_id_runs', ondelete='CASCADE')
    return sa.Column('run_id', NAME, reference, primary_key=primary_key, nullable=False)


def _partial(name: str, table: str, columns: list[str], where: str, *, unique: bool = False) -> None:
    condition = sa.text(where)
    op.create_index(name, table, columns, unique=unique, sqlite_where=condition, postgresql_where=condition)
