"""Engines for many requests at once: one a thread, so that no request waits for another's connection."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from monty_flow.engine import Clock, Engine, EngineError

Result = TypeVar('Result')
_log = logging.getLogger(__name__)
#: Seconds that engines wait for each other when they are opened.
_PATIENCE_SECONDS = 30


class Engines:
    """Do work with an engine in threads of their own; the engines are opened at their first use."""

    def __init__(self, url: str, *, size: int, clock: Clock) -> None:
        self._url = url
        self._size = size
        self._clock = clock
        self._executor = ThreadPoolExecutor(size, thread_name_prefix='server-engine')
        self._local = threading.local()
        self._opened: list[Engine] = []
        self._lock = threading.Lock()

    async def do(self, work: Callable[[Engine], Result]) -> Result:
        """Return what `work` returns for an engine that nobody else uses meanwhile."""
        return await asyncio.get_running_loop().run_in_executor(self._executor, lambda: work(self._engine()))

    async def open_all(self) -> None:
        """Open the engines before anyone asks: each takes as long as many requests."""
        together = threading.Barrier(self._size)

        def open_one(engine: Engine) -> None:
            # No thread takes two of these.
            together.wait(_PATIENCE_SECONDS)

        try:
            await asyncio.gather(*(self.do(open_one) for _ in range(self._size)))
        except (EngineError, threading.BrokenBarrierError) as error:
            together.abort()
            _log.warning('the database cannot be had yet: %s', error)

    def close(self) -> None:
        """Wait for what is being done, and close the connections."""
        self._executor.shutdown(wait=True, cancel_futures=True)
        for engine in self._opened:
            engine.close()

    def _engine(self) -> Engine:
        engine: Engine | None = getattr(self._local, 'engine', None)
        if engine is None:
            engine = self._local.engine = Engine(self._url, clock=self._clock)
            with self._lock:
                self._opened.append(engine)
        return engine
