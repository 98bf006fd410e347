"""Bodies of runs, of lists of them, and of their numbers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from monty_flow.engine import RunStatus
from monty_flow.server.api.bodies.describing import Described


class ErrorInfoBody(Described):
    """An error of a script or of a function."""

    type: str
    message: str
    traceback: str
    """Text as Python prints it, with frames of the script only; empty for an error of a function."""


class RunBody(Described):
    """A run as it stood when it was read."""

    id: str
    status: RunStatus
    script_name: str
    script_hash: str
    """SHA-256 of the source, in hexadecimal."""
    inputs: dict[str, Any]
    output: Any
    """What the script evaluated to, null before it succeeded. Values that JSON has no form for are text as Python writes it."""
    error: ErrorInfoBody | None
    """Why it failed or was set aside."""
    key: str | None
    version: int
    """Grows with every commit of the run."""
    step: int
    """Steps taken; also the number of the call that it waits for."""
    created_at: datetime
    updated_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    waiting_for: str | None
    """What it waits for in words, null when it has ended."""
    namespace: str
    tags: dict[str, str]
    deadline: datetime | None
    """When it is ended as failed, null for never."""
    queue: str
    priority: int
    concurrency_key: str | None
    parent: str | None
    """The run whose script started it."""
    origin: str | None
    """The run of which it is a fork."""
    origin_step: int | None
    """The step of that run after which it goes on otherwise."""
    cancel_at: datetime | None
    """When it is ended whatever its script does, since it was cancelled; null when it was not."""
    status_text: str | None
    """What the script said last of where it stands."""


class RunPageBody(Described):
    """A page of runs, the newest first."""

    runs: list[RunBody]
    next_cursor: str | None
    """Give it as `cursor` for the next page; null at the end."""


class CountsBody(Described):
    """How many runs are in each status."""

    counts: dict[RunStatus, int]
    limit: int
    """A count that is this high stands for so many or more."""


class RunSlotBody(Described):
    """How many runs were submitted within a span of time, by the status that they have now."""

    at: datetime
    counts: dict[RunStatus, int]


class RunsOverTimeBody(Described):
    """How many runs were submitted when; of each status the newest 10,000 are counted."""

    slot_seconds: float
    slots: list[RunSlotBody]


class ResultBody(Described):
    """How a run ended, or where it stands when it has not."""

    id: str
    status: RunStatus
    finished: bool
    """Whether it has ended, so that the rest of this is final but for a retry."""
    output: Any
    error: ErrorInfoBody | None
