"""What Alembic runs: the migrations on the connection that `engine.database` hands over."""

from __future__ import annotations

from alembic import context

from monty_flow.engine.schema import metadata

connection = context.config.attributes['connection']
# SQLite cannot alter most things of a table; batch mode copies the table instead.
context.configure(connection=connection, target_metadata=metadata, render_as_batch=connection.dialect.name == 'sqlite')
with context.begin_transaction():
    context.run_migrations()
