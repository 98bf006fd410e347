"""Bodies of the rules that say how long runs are kept."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, StringConstraints

from monty_flow.engine import MAX_RETENTION_SECONDS, RunStatus
from monty_flow.server.api.bodies.describing import Described

NAMESPACE_PATTERN = r'^[A-Za-z0-9_][A-Za-z0-9_.:-]{0,99}$'

EndedStatus = Literal[RunStatus.SUCCEEDED, RunStatus.FAILED, RunStatus.CANCELLED]


class RetentionBody(Described):
    """For how long runs are kept after they have ended; the most special rule counts."""

    model_config = ConfigDict(extra='forbid', use_attribute_docstrings=True)

    namespace: Annotated[str, StringConstraints(pattern=NAMESPACE_PATTERN)] | None = None
    """Of runs of this namespace; null for all that have no rule of their own."""
    status: EndedStatus | None = None
    """Of runs that ended so; null for all that have no rule of their own."""
    keep_seconds: Annotated[float, Field(ge=0, le=MAX_RETENTION_SECONDS, strict=True)] | None
    """Null for ever."""
