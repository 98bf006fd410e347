"""Browser sessions: a signed cookie that names a token, and the proof that a form came from a page of ours.

They are signed with a secret that comes of the keys of the database, so a browser stays signed in when the server is started
again, and with all servers that have these keys. Where they have no place (a server's database without MONTY_FLOW_KEYS) the secret is made when
the server starts, and a restart signs everyone out. The cookie holds no secret of the token, and the token is looked up again at
every request: revoking it ends its sessions.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
from collections.abc import Callable
from functools import cached_property
from secrets import token_bytes

from monty_flow.engine import Clock, KeysRefused

_log = logging.getLogger(__name__)
COOKIE = 'monty_flow_session'
_MICROSECONDS = 1_000_000


class Sessions:
    """Makes and checks cookies and proofs; `secrets` gives what signs them, first, and what else is good."""

    def __init__(self, clock: Clock, *, seconds: float, secrets: Callable[[], tuple[bytes, ...]]) -> None:
        self._clock = clock
        self.seconds = seconds
        self._secrets = secrets

    @cached_property
    def _keys(self) -> tuple[bytes, ...]:
        try:
            found = self._secrets()
        except KeysRefused as error:
            # Runs can be looked at without keys, so people can sign in without them.
            _log.warning('browsers are signed out when this server stops: %s', error)
            found = ()
        return found or (token_bytes(32),)

    def cookie_for(self, token_id: str) -> str:
        """Return the value of a cookie that is good for `seconds` from now."""
        ends = self._clock.now() // _MICROSECONDS + round(self.seconds)
        content = f'{token_id}.{ends}'
        return f'{content}.{_sign(self._keys[0], "session", content)}'

    def token_id_of(self, cookie: str) -> str | None:
        """Return the id of the token that a cookie names, None when it is not ours or has ended."""
        content, _, signature = cookie.rpartition('.')
        if not self._is_signed('session', content, signature):
            return None
        token_id, _, ends = content.partition('.')
        return token_id if int(ends) > self._clock.now() // _MICROSECONDS else None

    def proof_for(self, cookie: str) -> str:
        """Return what a page that was made for this cookie (none: '') sends back with each change."""
        return _sign(self._keys[0], 'proof', cookie)

    def proves(self, cookie: str, proof: str) -> bool:
        """Tell whether a change comes from a page that was made for this cookie."""
        return self._is_signed('proof', cookie, proof)

    def _is_signed(self, purpose: str, content: str, signature: str) -> bool:
        told = signature.encode(errors='replace')
        return any(hmac.compare_digest(_sign(key, purpose, content).encode(), told) for key in self._keys)


def _sign(key: bytes, purpose: str, content: str) -> str:
    return hmac.new(key, f'{purpose}:{content}'.encode(), hashlib.sha256).hexdigest()
