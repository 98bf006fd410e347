"""Print the log lines of a run while it goes on."""

from __future__ import annotations

import threading
from types import TracebackType
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from monty_flow.engine import Engine

#: Seconds between two looks at the log.
LOOK_SECONDS = 0.05


class LogFollower:
    """Copy what a run prints to a stream, as it is committed, from a thread of its own.

    On leaving the block the rest of the log has been copied: nothing printed before is missing.
    """

    def __init__(self, engine: Engine, run_id: str, *, out: TextIO) -> None:
        self._engine = engine
        self._run_id = run_id
        self._out = out
        self._after = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._follow, name='log-follower', daemon=True)

    def __enter__(self) -> LogFollower:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()
        self._copy()

    def _follow(self) -> None:
        while not self._stop.wait(LOOK_SECONDS):
            self._copy()

    def _copy(self) -> None:
        for line in self._engine.logs(self._run_id, after=self._after):
            self._out.write(line.text)
            self._after = line.seq
        self._out.flush()
