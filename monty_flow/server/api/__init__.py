"""The HTTP API under /api/v1: one file a group of routes, the bodies in `bodies.py`."""

from __future__ import annotations

from monty_flow.server.api import (
    branching,
    events,
    looking,
    moving,
    queues,
    retention,
    schedules,
    speaking,
    states,
    steering,
    submitting,
    surroundings,
)

ROUTERS = (
    submitting.router,
    surroundings.router,
    moving.router,
    looking.router,
    states.router,
    steering.router,
    branching.router,
    speaking.router,
    queues.router,
    retention.router,
    schedules.router,
    events.router,
)

__all__ = ['ROUTERS']
