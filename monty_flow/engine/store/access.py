"""The rows of tokens: who may use the server, by the digest of what they show."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.sql import ClauseElement

from monty_flow.engine.schema import tokens
from monty_flow.engine.store.statements import OPEN, Statement


def _open(name: str) -> Any:
    return bindparam(OPEN + name, required=False)


CLAUSES: dict[str, ClauseElement] = {
    'insert_token': insert(tokens).values({column.name: _open(column.name) for column in tokens.c}),
    'get_token': select(tokens).where(tokens.c.id == _open('id')),
    'list_tokens': select(tokens).order_by(tokens.c.id),
    'revoke_token': update(tokens)
    .where(tokens.c.id == _open('id'), tokens.c.revoked_at.is_(None))
    .values(revoked_at=_open('now')),
}


class Access:
    """What a store does with tokens."""

    _statements: dict[str, Statement]

    def _query(self, statement: Statement, parameters: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        raise NotImplementedError

    def _execute(self, statement: Statement, parameters: Mapping[str, Any]) -> int:
        raise NotImplementedError

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
