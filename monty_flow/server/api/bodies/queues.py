"""Bodies of queues."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from monty_flow.server.api.bodies.describing import OR_POINT_ZERO, Asked, Described, Number, Whole, example


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


class QueueLimitsBody(Asked):
    """What bounds a queue; null for no such limit."""

    model_config = example({'concurrency': 4, 'rate': 100, 'period_seconds': 60})

    concurrency: Annotated[Whole, Field(ge=1, le=2**31 - 1), OR_POINT_ZERO] | None = None
    key_concurrency: Annotated[Whole, Field(ge=1, le=2**31 - 1), OR_POINT_ZERO] | None = None
    rate: Annotated[Whole, Field(ge=1, le=10**6), OR_POINT_ZERO] | None = None
    period_seconds: Annotated[Number, Field(gt=0, le=86400)] = 1.0
    max_pending: Annotated[Whole, Field(ge=1, le=2**31 - 1), OR_POINT_ZERO] | None = None
