"""Bodies of what happened in a run: calls, commits, output."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from monty_flow.engine import CallKind, CallStatus, RunStatus
from monty_flow.server.api.bodies.describing import Described
from monty_flow.server.api.bodies.runs import ErrorInfoBody


class CallBody(Described):
    """An external call of a run."""

    number: int
    kind: CallKind
    function: str
    status: CallStatus
    args: list[Any]
    kwargs: dict[str, Any]
    result: Any
    error: ErrorInfoBody | None
    attempts: int
    """Attempts begun, the present one included."""
    failures: int
    """Attempts that ended with an error of the function."""
    worker: str | None
    """The session of the worker that has it in hand."""
    progress: Any
    """What the function last told of how far it is."""
    progress_at: datetime | None
    created_at: datetime
    due_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    part_of: int | None
    """The `flow.map` call of which it is an item, null for other calls."""
    item: int | None
    """The item's place among those of that call."""


class HistoryBody(Described):
    """A commit of a run by a worker, with where the time went."""

    version: int
    number: int
    """The call that it was about; 0 is the start of the script."""
    function: str
    call_status: CallStatus
    run_status: RunStatus
    attempt: int
    function_seconds: float
    script_seconds: float
    snapshot_bytes: int
    worker: str
    at: datetime


class LogLineBody(Described):
    """A piece of output of a script, a line at most."""

    seq: int
    """Grows over all runs; give it as `after` to read on."""
    step: int
    stream: str
    """stdout or stderr."""
    text: str
    at: datetime


class SourceBody(Described):
    """The script of a run."""

    script_name: str
    script_hash: str
    source: str
