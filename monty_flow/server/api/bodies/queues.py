"""Bodies of queues."""

from __future__ import annotations

from typing import Annotated

from pydantic import ConfigDict, Field

from monty_flow.server.api.bodies.describing import Described


class QueueBody(Described):
    """A queue with its limits, null where there is none, and how busy it is."""

    name: str
    concurrency: int | None
    """Calls in hand at once, over all workers."""
    key_concurrency: int | None
    """Calls in hand at once of those that have the same key."""
    rate: int | None
    """Calls that are begun within any span of `period_seconds`."""
    period_seconds: float
    max_pending: int | None
    """Calls that may wait for a worker; more submissions are refused."""
    paused: bool
    waiting: int
    in_hand: int


class QueueLimitsBody(Described):
    """What bounds a queue; null for no such limit."""

    model_config = ConfigDict(extra='forbid', use_attribute_docstrings=True)

    concurrency: Annotated[int, Field(ge=1, le=2**31 - 1)] | None = None
    key_concurrency: Annotated[int, Field(ge=1, le=2**31 - 1)] | None = None
    rate: Annotated[int, Field(ge=1, le=10**6)] | None = None
    period_seconds: Annotated[float, Field(gt=0, le=86400)] = 1.0
    max_pending: Annotated[int, Field(ge=1, le=2**31 - 1)] | None = None
