"""Bodies of the rules that say how long runs are kept."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from monty_flow.engine import MAX_RETENTION_SECONDS, RunStatus
from monty_flow.server.api.bodies.describing import Asked, Number, example

NAMESPACE_PATTERN = r'^[A-Za-z0-9_][A-Za-z0-9_.:-]{0,99}$'

EndedStatus = Literal[RunStatus.SUCCEEDED, RunStatus.FAILED, RunStatus.CANCELLED]


class RetentionBody(Asked):
    """For how long runs are kept after they have ended; the most special rule counts."""

    model_config = example({'status': 'failed', 'keep_seconds': 2592000})

    namespace: Annotated[str, StringConstraints(pattern=NAMESPACE_PATTERN)] | None = None
    """Of runs of this namespace; null for all that have no rule of their own."""
    status: EndedStatus | None = None
    """Of runs that ended so; null for all that have no rule of their own."""
    keep_seconds: Annotated[Number, Field(ge=0, le=MAX_RETENTION_SECONDS)] | None
    """Null for ever."""
