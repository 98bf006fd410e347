"""Bodies of the states of runs, and of what goes on otherwise from one."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, StringConstraints

from monty_flow.server.api.bodies.describing import OR_POINT_ZERO, Asked, Described, Flag, Text, Whole, Word, example
from monty_flow.server.api.bodies.runs import RunBody


class StoredStepBody(Described):
    """A state of a run that is kept."""

    number: int
    base: int | None
    """The step to which this one is stored as a delta, null when it is stored whole."""
    stored_bytes: int


class PositionBody(Described):
    """A place in a source; lines count from 1, columns from 0."""

    line: int
    column: int
    end_line: int
    end_column: int


class FrameBody(Described):
    """A function of the script that has begun and not ended."""

    function: str
    position: PositionBody
    source_line: str
    variables: dict[str, str]
    """The variables as text, as Python writes them, cut where they are long."""


class StateBody(Described):
    """Where a run stood when it waited for a call."""

    run_id: str
    step: int
    frames: list[FrameBody]
    """From the outermost to the innermost, the one that waits."""


class PlaceChangeBody(Described):
    """A place within a variable that differs between two steps; null where there is no value."""

    path: str
    """As a script would write it, such as `history[12]['text']`; `seen{3}` is the member 3 of a set."""
    before: str | None
    """As text, cut where it is long; may be as `after` where the difference is in what no script reaches."""
    after: str | None


class VariableChangeBody(Described):
    """A variable that differs between two steps; null where there is none."""

    function: str
    variable: str
    before: str | None
    """The whole variable as text, cut where it is long."""
    after: str | None
    places: list[PlaceChangeBody]
    """Where in it, in order, the first 20."""
    more: bool
    """Whether it may differ at more places: there are too many, or it is too large to be looked at whole."""


class ForkBody(Asked):
    """From which step a run goes on, and what is changed there."""

    model_config = example({'at': 1, 'result': 30, 'dry_run': True})

    at: Annotated[Whole, Field(ge=0, le=2**31 - 1), OR_POINT_ZERO] | None = None
    """After which step; null for the newest, 0 for the start."""
    result: Any = None
    """What the call comes to at which it stands there, instead of executing it again; leave it out to execute it."""
    variables: dict[Word, Any] = Field(default={})
    """Other values of variables, by name."""
    source: Annotated[Text, StringConstraints(max_length=1024 * 1024)] | None = None
    """Another version of the script, null for the same."""
    dry_run: Flag = False
    """Whether nothing is stored and only told what would come of it."""


class MigrationBody(Asked):
    """The script in which a run is to go on."""

    model_config = example({'source': 'double(n) + 2', 'dry_run': True})

    source: Annotated[Text, StringConstraints(max_length=1024 * 1024)]
    """Text of the new version."""
    dry_run: Flag = False
    """Whether nothing is changed and only told what would come of it."""


class MoveBody(Described):
    """Where a function that stands in the middle goes on in another version of its script."""

    function: str
    old: PositionBody
    new: PositionBody
    gone: list[str]
    """Variables that the new version does not have; their values are dropped."""


class ForkedBody(Described):
    """What came of a fork or a migration, or would come of it."""

    run: RunBody | None
    """The run that goes on; null when it was only tried."""
    moves: list[MoveBody]
    """Where each function goes on; empty for the same script."""
    unbound: list[str]
    """Names of the new script that are not bound, since the statements that bind them are not run."""
    waits_for: list[str]
    """The functions whose calls the state waits for."""
