"""Alembic migrations of the engine's schema; `engine.database` runs them.

May import Alembic, SQLAlchemy and `engine.schema`. A migration that was released is never changed.
"""
