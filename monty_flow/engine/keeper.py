"""The keeper of a worker's snapshots: what it wrote last of each run, so that the next one can be stored as a delta.

A link counts only once its step is committed: `keep` makes the row and its link, `settled` takes note of what became of it. Whoever makes a step
holds its link meanwhile: a worker may have a run twice for a moment, under a lease that ran out and under the next one, and
what the first of them wrote in vain must not pass for the state of the other. What another worker wrote is read from the database,
and is then as good as one's own.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence

from monty_flow.engine.codec import Codec
from monty_flow.engine.growth import Link, pack
from monty_flow.engine.parts import Contents, none_there
from monty_flow.interpreter import FutureSnapshot, Snapshot, SnapshotError

#: Bytes of snapshots that a worker remembers; a run whose link is forgotten goes on with a full frame.
REMEMBERED_BYTES = 64 * 1024 * 1024
#: Runs of which it remembers one at most, since small ones take room too.
REMEMBERED_RUNS = 10_000


class Keeper:
    """Make rows of snapshots and snapshots of rows, remembering the last of each run; for several threads."""

    def __init__(
        self,
        codec: Codec,
        *,
        snapshot_format: int | None = None,
        parts_from: int | None = None,
        contents: Contents = none_there,
    ) -> None:
        self._codec = codec
        self._format = snapshot_format
        #: Bytes from which strings and bytes leave full frames, None for never; and what reads them again.
        self._parts_from = parts_from
        self._contents = contents
        self._links: OrderedDict[str, Link] = OrderedDict()
        self._bytes = 0
        #: Runs that have a new full frame, so that there may be something to prune.
        self._full: set[str] = set()
        self._lock = threading.Lock()

    def as_written(self, snapshot: Snapshot | FutureSnapshot, data: bytes) -> bytes:
        """Return a snapshot in the format that is asked for; `data` is what it is in the newest one.

        What the older format cannot hold stays in the newest: only workers of this release can go on with such a run.
        """
        if self._format is None:
            return data
        try:
            return snapshot.dump(with_source=False, compress=False, version=self._format)
        except SnapshotError:
            return data

    def keep(self, run_id: str, number: int, raw: bytes) -> tuple[bytes, Link]:
        """Return the row for the snapshot in which a run waits after its step `number`, and the link for `settled`."""
        with self._lock:
            before = self._links.get(run_id)
        if before is not None and before.number != number - 1:
            before = None
        frame, link = pack(number, raw, before, self._parts_from)
        return self._codec.seal(run_id, number, frame), link

    def settled(self, run_id: str, link: Link | None, *, stood: bool) -> None:
        """Take note whether the step that wrote the row of a link was committed; None for a step without a row."""
        if link is None:
            return
        with self._lock:
            if not stood:
                self._forget(run_id)
                return
            self._remember(run_id, link)
            if link.depth == 1:
                self._full.add(run_id)

    def restore(self, run_id: str, number: int, rows: Sequence[tuple[int, bytes]]) -> bytes | None:
        """Return the snapshot of a run after its step `number`, of a chain of rows; None when it is not there."""
        with self._lock:
            known = self._links.get(run_id)
        link = self._codec.restore(run_id, rows, self._contents)
        if link is None or link.number != number:
            return None
        if known is None or known.number <= number:
            with self._lock:
                self._remember(run_id, link)
        return link.raw

    def forget(self, run_id: str) -> None:
        """Forget a run, which has ended or is with another worker."""
        with self._lock:
            self._forget(run_id)

    def take_full(self) -> list[str]:
        """Return the runs that wrote a full frame since this was last asked for."""
        with self._lock:
            found = list(self._full)
            self._full.clear()
        return found

    def _remember(self, run_id: str, link: Link) -> None:
        self._forget(run_id)
        self._links[run_id] = link
        self._bytes += link.size
        while self._links and (self._bytes > REMEMBERED_BYTES or len(self._links) > REMEMBERED_RUNS):
            self._bytes -= self._links.popitem(last=False)[1].size

    def _forget(self, run_id: str) -> None:
        link = self._links.pop(run_id, None)
        if link is not None:
            self._bytes -= link.size
