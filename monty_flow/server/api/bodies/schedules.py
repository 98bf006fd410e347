"""Bodies of schedules."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import Field, StringConstraints

from monty_flow.engine import CatchUp, Overlap
from monty_flow.server.api.bodies.describing import (
    OR_POINT_ZERO,
    Asked,
    Described,
    Flag,
    Moment,
    Number,
    Text,
    Whole,
    Word,
    example,
)


class ScheduleChangeBody(Asked):
    """How a schedule is to be; one of `cron`, `every_seconds` and `at` says when."""

    source: Annotated[Text, StringConstraints(max_length=1024 * 1024)]
    """Text of the script; one that uses the name `scheduled_at` gets the moment as that input."""
    inputs: dict[str, Any] = Field(default={})
    script_name: Word = 'main.py'
    cron: Word | None = None
    timezone: Word = 'UTC'
    """Where the cron expression is read."""
    every_seconds: Annotated[Number, Field(gt=0, le=10**9)] | None = None
    at: Moment | None = None
    """The one moment, or with `every_seconds` the first."""
    overlap: Overlap = Overlap.SKIP
    """What a moment does while the run of the one before goes on."""
    catch_up: CatchUp = CatchUp.LAST
    """What is made up for when no worker was there."""
    jitter_seconds: Annotated[Number, Field(ge=0, le=86400)] = 0
    paused: Flag = False
    queue: Word = 'default'
    priority: Annotated[Whole, Field(ge=-100, le=100), OR_POINT_ZERO] = 0
    namespace: Word | None = None


class ScheduleRequestBody(ScheduleChangeBody):
    """A schedule to be, under a name that no other has."""

    model_config = example({'name': 'nightly', 'source': 'double(1)', 'cron': '0 3 * * *', 'timezone': 'Europe/Berlin'})

    name: Word


class ScheduleBody(Described):
    """A schedule."""

    name: str
    cron: str | None
    every_seconds: float | None
    at: datetime | None
    timezone: str
    overlap: Overlap
    catch_up: CatchUp
    jitter_seconds: float
    paused: bool
    next_at: datetime | None
    """When the next run is made, null when there will be none."""
    last_moment: datetime | None
    last_run: str | None
    fired: int
    """Runs that it made."""
    skipped: int
    """Moments that gave none."""
    error: str | None
    """Why a worker paused it."""
    script_name: str
    inputs: dict[str, Any]
    namespace: str
    queue: str
    priority: int
    created_at: datetime
