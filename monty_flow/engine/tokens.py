"""Tokens: who may use the server, in which role and namespace.

A token is `mf_<id>_<secret>`. The secret has 256 random bits, so its SHA-256 is as good as a slow hash would be: there
is nothing to guess. The database holds the digest only, and the text is shown once, when the token is made.
"""

from __future__ import annotations

import hashlib
import hmac
import threading
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from random import Random
from typing import Any

from monty_flow.engine import wakeup
from monty_flow.engine.clock import MICROSECONDS, moment, moment_or_none
from monty_flow.engine.errors import TokenNotFound, TokenRefused
from monty_flow.engine.lanes import DEFAULT_NAMESPACE
from monty_flow.engine.store import Store

#: Stands for every namespace, in a token.
ALL_NAMESPACES = '*'
PREFIX = 'mf'
_ID_BYTES = 6
_SECRET_BYTES = 32
_LONGEST_NAME = 100


class Role(StrEnum):
    """What a token is good for; each role may do what those before it may."""

    #: Look at runs.
    READ = 'read'
    #: Submit runs.
    SUBMIT = 'submit'
    #: Steer runs: cancel, retry, answer.
    OPERATE = 'operate'
    #: Take runs in and out of the database.
    ADMIN = 'admin'

    def allows(self, needed: Role) -> bool:
        """Tell whether this role may do what `needed` may."""
        order = list(Role)
        return order.index(self) >= order.index(needed)


@dataclass(frozen=True, slots=True)
class Token:
    """A token without its secret."""

    id: str
    #: Whose it is, for people.
    name: str
    role: Role
    #: The runs that it sees are those of this namespace; ALL_NAMESPACES for all.
    namespace: str
    created_at: datetime
    #: None when it does not end by itself.
    expires_at: datetime | None
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token that was just made, with the text that is shown only now."""

    token: Token
    text: str


class TokenDesk:
    """What an engine does with tokens."""

    url: str
    _store: Store
    _lock: threading.RLock
    _random: Random

    def create_token(
        self,
        name: str,
        role: Role | str,
        *,
        namespace: str = DEFAULT_NAMESPACE,
        valid_seconds: float | None = None,
    ) -> NewToken:
        """Make a token and return it with its text, which is stored nowhere.

        `valid_seconds` is after how long it ends, None for never. Raises TokenRefused for a name, role, namespace or time
        that cannot be.
        """
        if not name or len(name) > _LONGEST_NAME:
            raise TokenRefused(f'a token needs a name of 1 to {_LONGEST_NAME} characters that says whose it is')
        try:
            checked = Role(role)
        except ValueError:
            raise TokenRefused(f'{role!r} is no role; there are {", ".join(Role)}') from None
        if namespace != ALL_NAMESPACES and (not namespace or '\0' in namespace):
            raise TokenRefused(f'{namespace!r} is no namespace; name one, or {ALL_NAMESPACES!r} for all')
        if valid_seconds is not None and not 0 < valid_seconds < _LONGEST_SECONDS:
            raise TokenRefused(f'a token cannot be valid for {valid_seconds:g} s; give a time above 0, or none')
        token_id, secret = self._random.randbytes(_ID_BYTES).hex(), self._random.randbytes(_SECRET_BYTES).hex()
        with self._lock, self._store.transaction():
            now = self._store.now()
            row = {
                'id': token_id,
                'digest': _digest(secret),
                'name': name,
                'role': checked.value,
                'namespace': namespace,
                'created_at': now,
                'expires_at': None if valid_seconds is None else now + round(valid_seconds * MICROSECONDS),
                'revoked_at': None,
            }
            self._store.insert_token(row)
        wakeup.announce(self.url)
        return NewToken(_token(tuple(row.values())), f'{PREFIX}_{token_id}_{secret}')

    def tokens(self) -> list[Token]:
        """Return all tokens, also those that have ended."""
        with self._lock:
            return sorted(map(_token, self._store.list_tokens()), key=lambda token: token.created_at)

    def revoke_token(self, token_id: str) -> None:
        """End a token at once; raise TokenNotFound when there is none that is still good."""
        with self._lock, self._store.transaction():
            if not self._store.revoke_token(token_id, self._store.now()):
                raise TokenNotFound(token_id)

    def token_of(self, text: str) -> Token | None:
        """Return the token that this text is, or None when there is none, or it has ended."""
        parts = text.split('_')
        if len(parts) != 3 or parts[0] != PREFIX:
            return None
        with self._lock:
            row = self._store.get_token(parts[1])
            now = self._store.now()
        # Compared in any case, so that how long it takes does not tell whether the id exists.
        same = hmac.compare_digest(_digest(parts[2]), row[1] if row is not None else _digest(''))
        return _good(row, now) if same else None

    def token_by_id(self, token_id: str) -> Token | None:
        """Return the token with this id unless it has ended; for sessions that were opened with its text."""
        with self._lock:
            return _good(self._store.get_token(token_id), self._store.now())


_LONGEST_SECONDS = 100 * 366 * 86400


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode(errors='replace')).hexdigest()


def _good(row: tuple[Any, ...] | None, now: int) -> Token | None:
    if row is None:
        return None
    *_, expires_at, revoked_at = row
    return None if revoked_at is not None or (expires_at is not None and expires_at <= now) else _token(row)


def _token(row: tuple[Any, ...]) -> Token:
    token_id, _, name, role, namespace, created_at, expires_at, revoked_at = row
    return Token(
        id=token_id,
        name=name,
        role=Role(role),
        namespace=namespace,
        created_at=moment(created_at),
        expires_at=moment_or_none(expires_at),
        revoked_at=moment_or_none(revoked_at),
    )
