"""Browser sessions: a signed cookie that names a token, and the proof that a form came from a page of ours.

The key is made when the server starts and is nowhere else, so a restart signs everyone out. The cookie holds no secret of
the token, and the token is looked up again at every request: revoking it ends its sessions.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

from monty_flow.engine import Clock

COOKIE = 'monty_flow_session'
_MICROSECONDS = 1_000_000


class Sessions:
    """Makes and checks cookies and proofs."""

    def __init__(self, clock: Clock, *, seconds: float) -> None:
        self._clock = clock
        self.seconds = seconds
        self._key = secrets.token_bytes(32)

    def cookie_for(self, token_id: str) -> str:
        """Return the value of a cookie that is good for `seconds` from now."""
        ends = self._clock.now() // _MICROSECONDS + round(self.seconds)
        content = f'{token_id}.{ends}'
        return f'{content}.{self._sign("session", content)}'

    def token_id_of(self, cookie: str) -> str | None:
        """Return the id of the token that a cookie names, None when it is not ours or has ended."""
        content, _, signature = cookie.rpartition('.')
        if not hmac.compare_digest(signature.encode(), self._sign('session', content).encode()):
            return None
        token_id, _, ends = content.partition('.')
        return token_id if int(ends) > self._clock.now() // _MICROSECONDS else None

    def proof_for(self, cookie: str) -> str:
        """Return what a page that was made for this cookie (none: '') sends back with each change."""
        return self._sign('proof', cookie)

    def proves(self, cookie: str, proof: str) -> bool:
        """Tell whether a change comes from a page that was made for this cookie."""
        return hmac.compare_digest(self._sign('proof', cookie).encode(), proof.encode())

    def _sign(self, purpose: str, content: str) -> str:
        return hmac.new(self._key, f'{purpose}:{content}'.encode(), hashlib.sha256).hexdigest()
