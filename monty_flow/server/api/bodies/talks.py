"""Bodies of signals and approvals."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import StringConstraints

from monty_flow.server.api.bodies.describing import Asked, Described, Flag, Text, Word, example


class SignalRequestBody(Asked):
    """A message to a run."""

    model_config = example({'name': 'go', 'value': {'amount': 3}})

    name: Word
    value: Any = None
    key: Word | None = None
    """Sending the same key to the run again changes nothing."""


class SignalBody(Described):
    """A message to a run, kept until a call of its script takes it."""

    seq: int
    """Signals of one name are taken in this order."""
    name: str
    value: Any
    key: str | None
    sent_at: datetime
    taken_by: int | None
    """The number of the call that it is the answer to, null while it waits for one."""


class ApprovalBody(Described):
    """A call that waits until a person has decided upon it."""

    run_id: str
    call: int
    """The number of the call."""
    script_name: str
    function: str
    """flow.approve, or the function that would be executed."""
    question: str | None
    args: list[Any]
    kwargs: dict[str, Any]
    asked_at: datetime
    expires_at: datetime | None


class DecisionBody(Asked):
    """What a person has decided."""

    model_config = example({'approved': True, 'comment': 'as agreed'})

    approved: Flag
    comment: Annotated[Text, StringConstraints(max_length=4000)] | None = None
