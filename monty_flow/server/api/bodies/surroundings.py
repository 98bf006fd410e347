"""Bodies of the server, workers and functions."""

from __future__ import annotations

from datetime import datetime

from monty_flow.engine import Role
from monty_flow.server.api.bodies.describing import Described


class WorkerBody(Described):
    """A worker that lives."""

    session: str
    name: str
    functions: list[str]
    started_at: datetime
    expires_at: datetime
    """When its leases run out unless it renews them."""
    in_hand: int
    """Calls that it has leased."""
    queues: list[str] | None
    """Queues from which it takes calls, null for all."""
    concurrency: int | None
    """Calls that it has in hand at most, null when it did not say."""
    release: str | None
    """The release of monty-flow that it is of, null when it did not say."""
    is_draining: bool
    """Whether it takes no more calls, and ends when those in hand have ended."""


class UseSlotBody(Described):
    """How a function did within a span of time."""

    at: datetime
    attempts: int
    errors: int
    p50_seconds: float | None
    """Null where there was no attempt."""


class FunctionUseBody(Described):
    """How a function did in the newest runs."""

    function: str
    attempts: int
    errors: int
    per_second: float
    """Attempts a second, from the first in the newest runs, of whatever function, to the last."""
    p50_seconds: float
    p90_seconds: float
    p99_seconds: float
    first_at: datetime
    last_at: datetime
    slots: list[UseSlotBody]
    """The same over time."""


class ScriptUseBody(Described):
    """A version of a script, as the newest 5000 runs used it."""

    script_name: str
    script_hash: str
    runs: int
    """Runs of it among those."""
    failed: int
    """How many of them failed."""
    first_at: datetime
    """When the first of them was submitted."""
    last_at: datetime
    last_run: str
    """The last of them, whose source is that of the script."""


class AboutBody(Described):
    """The server, and who asks."""

    version: str
    name: str
    """Whose token it is."""
    role: Role
    namespace: str | None
    """The namespace whose runs this token sees, null for all."""


class HealthBody(Described):
    """That the server and its database answer."""

    status: str
