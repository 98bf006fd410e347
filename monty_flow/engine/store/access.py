"""The rows of tokens: who may use the server, by the digest of what they show."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.sql import ClauseElement

from monty_flow.engine.schema import tokens
from monty_flow.engine.store.operations import Operations
from monty_flow.engine.store.statements import open_parameter

CLAUSES: dict[str, ClauseElement] = {
    'insert_token': insert(tokens).values({column.name: open_parameter(column.name) for column in tokens.c}),
    'get_token': select(tokens).where(tokens.c.id == open_parameter('id')),
    'list_tokens': select(tokens).order_by(tokens.c.id),
    'revoke_token': update(tokens)
    .where(tokens.c.id == open_parameter('id'), tokens.c.revoked_at.is_(None))
    .values(revoked_at=open_parameter('now')),
}


class Access(Operations):
    """What a store does with tokens."""

    def insert_token(self, row: Mapping[str, Any]) -> None:
        """Insert a token, whose row is given whole."""
        self._execute(self._statements['insert_token'], row)

    def get_token(self, token_id: str) -> tuple[Any, ...] | None:
        """Return the row of a token, or None."""
        return next(iter(self._query(self._statements['get_token'], {'id': token_id})), None)

    def list_tokens(self) -> list[tuple[Any, ...]]:
        """Return the rows of all tokens, the oldest first."""
        return self._query(self._statements['list_tokens'], {})

    def revoke_token(self, token_id: str, now: int) -> bool:
        """End a token, and return whether there was one that had not ended so."""
        return self._execute(self._statements['revoke_token'], {'id': token_id, 'now': now}) > 0
