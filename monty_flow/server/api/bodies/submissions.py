"""Bodies of submissions, and of what is done to many runs."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from monty_flow.engine import MAX_TAGS, RunStatus
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


class LimitsBody(Asked):
    """Bounds on a run; what is left out has its default."""

    max_duration_secs: Annotated[Number, Field(gt=0, le=86400)] | None = None
    """Seconds of computing."""
    max_memory: Annotated[Whole, Field(ge=1, le=2**40), OR_POINT_ZERO] | None = None
    """Bytes that values of the script may take at once."""
    max_steps: Annotated[Whole, Field(ge=1, le=2**53), OR_POINT_ZERO] | None = None
    """Function entries and loop iterations."""
    max_pauses: Annotated[Whole, Field(ge=1, le=2**53), OR_POINT_ZERO] | None = None
    """External calls."""


class SubmissionBody(Asked):
    """A script and what it is to be run with."""

    model_config = example({'source': 'double(n) + 1', 'inputs': {'n': 20}, 'tags': {'team': 'ops'}})

    source: Annotated[Text, StringConstraints(max_length=1024 * 1024)]
    """Text of the script."""
    inputs: dict[str, Any] = Field(default={})
    """Values of the script's inputs by name."""
    script_name: Word = 'main.py'
    """Name of the script in tracebacks and lists."""
    key: Word | None = None
    """Submitting the same key again gives the first run."""
    limits: LimitsBody | None = None
    """Bounds on the run, null for the defaults."""
    keep_snapshots: Annotated[Whole, Field(ge=1, le=2**31 - 1), OR_POINT_ZERO] | None = None
    """States that are kept for looking back, the newest ones; null for all."""
    namespace: Word | None = None
    """The namespace that it belongs to; null for that of the token."""
    queue: Word = 'default'
    """Where its calls wait for workers."""
    priority: Annotated[Whole, Field(ge=-100, le=100), OR_POINT_ZERO] = 0
    """Higher ones are taken first."""
    concurrency_key: Word | None = None
    """What the bound of its queue for calls of one key counts by."""
    tags: dict[Text, Text] = Field(default={}, max_length=MAX_TAGS)
    """Names and texts by which it can be found."""
    start_at: Moment | None = None
    """When it may be begun; null for at once."""
    deadline: Moment | None = None
    """When it is ended as failed unless it has ended before."""


class BulkBody(Asked):
    """What to do with many runs, which are those that meet all conditions."""

    model_config = example({'action': 'retry', 'status': ['failed'], 'tags': {'team': 'ops'}, 'dry_run': True})

    action: Literal['cancel', 'terminate', 'pause', 'resume', 'retry', 'delete']
    status: list[RunStatus] | None = None
    script: Word | None = None
    text: Word | None = None
    tags: dict[Text, Text] = Field(default={}, max_length=MAX_TAGS)
    submitted_after: Moment | None = None
    submitted_before: Moment | None = None
    namespace: Word | None = None
    queue: Word | None = None
    dry_run: Flag = True
    """Whether to count only. Say false to do it."""


class BulkResultBody(Described):
    """How many runs were meant."""

    runs: int
    dry_run: bool
