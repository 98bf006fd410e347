"""The bodies of requests and answers: records of the engine as JSON, described for the OpenAPI document."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from monty_flow.engine import CallKind, CallStatus, CatchUp, Overlap, Role, RunStatus
from monty_flow.plain import plain

Model = TypeVar('Model', bound=BaseModel)

#: Text that every database can hold.
_NO_NUL = r'^[^\x00]*$'
Word = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=_NO_NUL)]
Text = Annotated[str, StringConstraints(pattern=_NO_NUL)]


def body(model: type[Model], record: Any) -> Model:
    """Return a record of the engine as a body."""
    return model.model_validate(plain(record))


class Described(BaseModel):
    """A body whose fields are described by their comments in the engine."""

    model_config = ConfigDict(use_attribute_docstrings=True)


class LimitsBody(Described):
    """Bounds on a run; what is left out has its default."""

    model_config = ConfigDict(extra='forbid', use_attribute_docstrings=True)

    max_duration_secs: Annotated[float, Field(gt=0, le=86400)] | None = None
    """Seconds of computing."""
    max_memory: Annotated[int, Field(ge=1, le=2**40)] | None = None
    """Bytes that values of the script may take at once."""
    max_steps: Annotated[int, Field(ge=1, le=2**53)] | None = None
    """Function entries and loop iterations."""
    max_pauses: Annotated[int, Field(ge=1, le=2**53)] | None = None
    """External calls."""


class SubmissionBody(Described):
    """A script and what it is to be run with."""

    model_config = ConfigDict(extra='forbid', use_attribute_docstrings=True)

    source: Annotated[Text, StringConstraints(max_length=1024 * 1024)]
    """Text of the script."""
    inputs: dict[str, Any] = {}
    """Values of the script's inputs by name."""
    script_name: Word = 'main.py'
    """Name of the script in tracebacks and lists."""
    key: Word | None = None
    """Submitting the same key again gives the first run."""
    limits: LimitsBody | None = None
    """Bounds on the run, null for the defaults."""
    keep_snapshots: Annotated[int, Field(ge=1, le=2**31 - 1)] | None = None
    """States that are kept for looking back, the newest ones; null for all."""
    namespace: Word | None = None
    """The namespace that it belongs to; null for that of the token."""
    queue: Word = 'default'
    """Where its calls wait for workers."""
    priority: Annotated[int, Field(ge=-100, le=100)] = 0
    """Higher ones are taken first."""
    concurrency_key: Word | None = None
    """What the bound of its queue for calls of one key counts by."""
    tags: dict[Text, Text] = {}
    """Names and texts by which it can be found."""
    start_at: AwareDatetime | None = None
    """When it may be begun; null for at once."""
    deadline: AwareDatetime | None = None
    """When it is ended as failed unless it has ended before."""


class ErrorInfoBody(Described):
    """An error of a script or of a function."""

    type: str
    message: str
    traceback: str
    """Text as Python prints it, with frames of the script only; empty for an error of a function."""


class RunBody(Described):
    """A run as it stood when it was read."""

    id: str
    status: RunStatus
    script_name: str
    script_hash: str
    """SHA-256 of the source, in hexadecimal."""
    inputs: dict[str, Any]
    output: Any
    """What the script evaluated to, null before it succeeded. Values that JSON has no form for are text as Python writes it."""
    error: ErrorInfoBody | None
    """Why it failed or was set aside."""
    key: str | None
    version: int
    """Grows with every commit of the run."""
    step: int
    """Steps taken; also the number of the call that it waits for."""
    created_at: datetime
    updated_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    waiting_for: str | None
    """What it waits for in words, null when it has ended."""
    namespace: str
    tags: dict[str, str]
    deadline: datetime | None
    """When it is ended as failed, null for never."""
    queue: str
    priority: int
    concurrency_key: str | None
    parent: str | None
    """The run whose script started it."""
    origin: str | None
    """The run of which it is a fork."""
    origin_step: int | None
    """The step of that run after which it goes on otherwise."""
    cancel_at: datetime | None
    """When it is ended whatever its script does, since it was cancelled; null when it was not."""
    status_text: str | None
    """What the script said last of where it stands."""


class RunPageBody(Described):
    """A page of runs, the newest first."""

    runs: list[RunBody]
    next_cursor: str | None
    """Give it as `cursor` for the next page; null at the end."""


class CountsBody(Described):
    """How many runs are in each status."""

    counts: dict[RunStatus, int]
    limit: int
    """A count that is this high stands for so many or more."""


class RunSlotBody(Described):
    """How many runs were submitted within a span of time, by the status that they have now."""

    at: datetime
    counts: dict[RunStatus, int]


class RunsOverTimeBody(Described):
    """How many runs were submitted when; of each status the newest 10,000 are counted."""

    slot_seconds: float
    slots: list[RunSlotBody]


class ResultBody(Described):
    """How a run ended, or where it stands when it has not."""

    id: str
    status: RunStatus
    finished: bool
    """Whether it has ended, so that the rest of this is final but for a retry."""
    output: Any
    error: ErrorInfoBody | None


class CallBody(Described):
    """An external call of a run."""

    number: int
    kind: CallKind
    function: str
    status: CallStatus
    args: list[Any]
    kwargs: dict[str, Any]
    result: Any
    error: ErrorInfoBody | None
    attempts: int
    """Attempts begun, the present one included."""
    failures: int
    """Attempts that ended with an error of the function."""
    worker: str | None
    """The session of the worker that has it in hand."""
    progress: Any
    """What the function last told of how far it is."""
    progress_at: datetime | None
    created_at: datetime
    due_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


class HistoryBody(Described):
    """A commit of a run by a worker, with where the time went."""

    version: int
    number: int
    """The call that it was about; 0 is the start of the script."""
    function: str
    call_status: CallStatus
    run_status: RunStatus
    attempt: int
    function_seconds: float
    script_seconds: float
    snapshot_bytes: int
    worker: str
    at: datetime


class LogLineBody(Described):
    """A piece of output of a script, a line at most."""

    seq: int
    """Grows over all runs; give it as `after` to read on."""
    step: int
    stream: str
    """stdout or stderr."""
    text: str
    at: datetime


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


class ForkBody(Described):
    """From which step a run goes on, and what is changed there."""

    model_config = ConfigDict(extra='forbid', use_attribute_docstrings=True)

    at: Annotated[int, Field(ge=0, le=2**31 - 1)] | None = None
    """After which step; null for the newest, 0 for the start."""
    result: Any = None
    """What the call comes to at which it stands there, instead of executing it again; leave it out to execute it."""
    variables: dict[Word, Any] = {}
    """Other values of variables, by name."""
    source: Annotated[Text, StringConstraints(max_length=1024 * 1024)] | None = None
    """Another version of the script, null for the same."""
    dry_run: bool = False
    """Whether nothing is stored and only told what would come of it."""


class MigrationBody(Described):
    """The script in which a run is to go on."""

    model_config = ConfigDict(extra='forbid', use_attribute_docstrings=True)

    source: Annotated[Text, StringConstraints(max_length=1024 * 1024)]
    """Text of the new version."""
    dry_run: bool = False
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


class VariableChangeBody(Described):
    """A variable that differs between two steps; null where there is none."""

    function: str
    variable: str
    before: str | None
    after: str | None


class SignalRequestBody(Described):
    """A message to a run."""

    model_config = ConfigDict(extra='forbid', use_attribute_docstrings=True)

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


class DecisionBody(Described):
    """What a person has decided."""

    model_config = ConfigDict(extra='forbid', use_attribute_docstrings=True)

    approved: bool
    comment: Annotated[Text, StringConstraints(max_length=4000)] | None = None


class BulkBody(Described):
    """What to do with many runs, which are those that meet all conditions."""

    model_config = ConfigDict(extra='forbid', use_attribute_docstrings=True)

    action: Literal['cancel', 'terminate', 'pause', 'resume', 'retry', 'delete']
    status: list[RunStatus] | None = None
    script: Word | None = None
    text: Word | None = None
    tags: dict[Text, Text] = {}
    submitted_after: AwareDatetime | None = None
    submitted_before: AwareDatetime | None = None
    namespace: Word | None = None
    queue: Word | None = None
    dry_run: bool = True
    """Whether to count only. Say false to do it."""


class BulkResultBody(Described):
    """How many runs were meant."""

    runs: int
    dry_run: bool


class SourceBody(Described):
    """The script of a run."""

    script_name: str
    script_hash: str
    source: str


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


class ScheduleChangeBody(Described):
    """How a schedule is to be; one of `cron`, `every_seconds` and `at` says when."""

    model_config = ConfigDict(extra='forbid', use_attribute_docstrings=True)

    source: Annotated[Text, StringConstraints(max_length=1024 * 1024)]
    """Text of the script; one that uses the name `scheduled_at` gets the moment as that input."""
    inputs: dict[str, Any] = {}
    script_name: Word = 'main.py'
    cron: Word | None = None
    timezone: Word = 'UTC'
    """Where the cron expression is read."""
    every_seconds: Annotated[float, Field(gt=0, le=10**9)] | None = None
    at: AwareDatetime | None = None
    """The one moment, or with `every_seconds` the first."""
    overlap: Overlap = Overlap.SKIP
    """What a moment does while the run of the one before goes on."""
    catch_up: CatchUp = CatchUp.LAST
    """What is made up for when no worker was there."""
    jitter_seconds: Annotated[float, Field(ge=0, le=86400)] = 0
    paused: bool = False
    queue: Word = 'default'
    priority: Annotated[int, Field(ge=-100, le=100)] = 0
    namespace: Word | None = None


class ScheduleRequestBody(ScheduleChangeBody):
    """A schedule to be, under a name that no other has."""

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
