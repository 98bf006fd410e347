"""Wait for commits of runs: one look at the database for all who wait, however many they are.

Who waits says which version of the run it has seen, so a commit between its reading and its waiting is not missed.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass

from monty_flow.engine import DatabaseUnavailable
from monty_flow.server.engines import Engines

_log = logging.getLogger(__name__)


@dataclass(eq=False, slots=True)
class _Waiter:
    version: int
    woken: asyncio.Event


class Watcher:
    """Looks for new versions of the runs that someone waits for."""

    def __init__(self, engines: Engines, *, poll_seconds: float) -> None:
        self._engines = engines
        self._poll_seconds = poll_seconds
        self._waiting: dict[str, set[_Waiter]] = {}
        self._task: asyncio.Task[None] | None = None
        self.closing = False

    async def wait_beyond(self, run_id: str, version: int, seconds: float) -> bool:
        """Wait until the run is at another version than this, or `seconds` have passed; return whether it is."""
        if self.closing:
            return False
        waiter = _Waiter(version, asyncio.Event())
        self._waiting.setdefault(run_id, set()).add(waiter)
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._look())
        try:
            await asyncio.wait_for(waiter.woken.wait(), seconds)
        except TimeoutError:
            return False
        finally:
            waiters = self._waiting[run_id]
            waiters.discard(waiter)
            if not waiters:
                del self._waiting[run_id]
        return not self.closing

    async def close(self) -> None:
        """Let all who wait go."""
        self.closing = True
        for waiters in self._waiting.values():
            for waiter in waiters:
                waiter.woken.set()
        if self._task is not None:
            self._task.cancel()

    async def _look(self) -> None:
        # Ends by itself when nobody waits any more, and is begun anew by the next who does.
        while self._waiting and not self.closing:
            run_ids: Sequence[str] = list(self._waiting)
            try:
                versions = await self._engines.do(lambda engine, wanted=run_ids: engine.versions(wanted))  # type: ignore[misc]
            except DatabaseUnavailable as error:
                _log.warning('%s', error)
                versions = {}
            for run_id, version in versions.items():
                for waiter in self._waiting.get(run_id, ()):
                    if waiter.version != version:
                        waiter.woken.set()
            await asyncio.sleep(self._poll_seconds)
