"""How long a connection may take to say what it wants: one that sends a byte now and then would else be kept for ever.

uvicorn bounds the time between two requests only. Here a request's head has to be there within a time of its first byte, or of the
connection; the time of its body is bounded by `guard.py`. The parser is h11 even where the quicker httptools is installed, which keeps all of a
head that does not end.
"""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

#: Seconds for the head of a request.
HEAD_SECONDS = 10.0


class PatientProtocol(H11Protocol):
    """A connection that is closed when it does not say what it wants."""

    head_seconds = HEAD_SECONDS
    _late: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        """Begin to wait for a head."""
        super().connection_made(transport)
        self._watch()

    def data_received(self, data: bytes) -> None:
        """Take what came."""
        super().data_received(data)
        self._watch()

    def connection_lost(self, error: Exception | None) -> None:
        """Wait no longer."""
        self._wait_no_longer()
        super().connection_lost(error)

    def _watch(self) -> None:
        if self._is_answering:
            self._wait_no_longer()
        elif self._late is None:
            self._late = self.loop.call_later(self.head_seconds, self._give_up)

    @property
    def _is_answering(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _wait_no_longer(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None

    def _give_up(self) -> None:
        self._late = None
        # A request may have come and been answered since; whoever waits between two is uvicorn's to judge.
        if not self._is_answering and not self.transport.is_closing():
            self.transport.close()
