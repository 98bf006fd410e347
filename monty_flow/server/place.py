"""What all requests of a server share."""

from __future__ import annotations

from collections import Counter

from starlette.requests import HTTPConnection

from monty_flow.engine import derived_secrets
from monty_flow.server.engines import Engines
from monty_flow.server.limiting import RateLimiter
from monty_flow.server.sessions import Sessions
from monty_flow.server.settings import Settings
from monty_flow.server.watching import Watcher


class Place:
    """The engines, the counters and the sessions of one server."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.engines = Engines(settings.url, size=settings.connections, clock=settings.clock)
        self.watcher = Watcher(self.engines, poll_seconds=settings.poll_seconds)
        self.sessions = Sessions(
            settings.clock,
            seconds=settings.session_seconds,
            secrets=lambda: derived_secrets(settings.url, settings.clock, 'browser sessions'),
        )
        self.requests = RateLimiter(settings.clock, per_second=settings.requests_per_second, burst=settings.burst)
        self.failures = RateLimiter(
            settings.clock, per_second=settings.failures_per_second, burst=settings.failure_burst
        )
        #: Event streams that are open, by whose they are.
        self.streams: Counter[str] = Counter()

    @staticmethod
    def of(connection: HTTPConnection) -> Place:
        """Return the place of the server that a request came to."""
        place: Place = connection.app.state.place
        return place

    async def close(self) -> None:
        """Let those go who wait, and close the connections."""
        await self.watcher.close()
        self.engines.close()
