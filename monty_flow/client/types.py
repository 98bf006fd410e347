"""The bodies of the API as types. Made by clients/generate.py from the description of the API: change that, and run it again."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict

#: What has to be done for a call.
CallKind = Literal['start', 'function', 'timer', 'signal', 'approval', 'child', 'map']

#: Where a call stands.
CallStatus = Literal['pending', 'leased', 'done', 'failed', 'cancelled', 'held', 'ready']

#: What becomes of the moments of a schedule at which no worker was there.
CatchUp = Literal['none', 'last', 'all']

#: What a moment of a schedule does while the run of the one before is under way.
Overlap = Literal['skip', 'queue', 'cancel', 'allow']

#: What a token is good for; each role may do what those before it may.
Role = Literal['read', 'submit', 'operate', 'admin']

#: Where a run stands.
RunStatus = Literal['pending', 'running', 'waiting', 'cancelling', 'paused', 'succeeded', 'failed', 'cancelled']


class About(TypedDict):
    """The server, and who asks."""

    version: str
    #: Whose token it is.
    name: str
    role: Role
    #: The namespace whose runs this token sees, null for all.
    namespace: str | None


class Approval(TypedDict):
    """A call that waits until a person has decided upon it."""

    run_id: str
    #: The number of the call.
    call: int
    script_name: str
    #: flow.approve, or the function that would be executed.
    function: str
    question: str | None
    args: list[Any]
    kwargs: dict[str, Any]
    asked_at: str
    expires_at: str | None


class Bulk(TypedDict):
    """What to do with many runs, which are those that meet all conditions."""

    action: Literal['cancel', 'terminate', 'pause', 'resume', 'retry', 'delete']
    status: NotRequired[list[RunStatus] | None]
    script: NotRequired[str | None]
    text: NotRequired[str | None]
    tags: NotRequired[dict[str, Any]]
    submitted_after: NotRequired[str | None]
    submitted_before: NotRequired[str | None]
    namespace: NotRequired[str | None]
    queue: NotRequired[str | None]
    #: Whether to count only. Say false to do it.
    dry_run: NotRequired[bool]


class BulkResult(TypedDict):
    """How many runs were meant."""

    runs: int
    dry_run: bool


class Call(TypedDict):
    """An external call of a run."""

    number: int
    kind: CallKind
    function: str
    status: CallStatus
    args: list[Any]
    kwargs: dict[str, Any]
    result: Any
    error: ErrorInfo | None
    #: Attempts begun, the present one included.
    attempts: int
    #: Attempts that ended with an error of the function.
    failures: int
    #: The session of the worker that has it in hand.
    worker: str | None
    #: What the function last told of how far it is.
    progress: Any
    progress_at: str | None
    created_at: str
    due_at: str
    started_at: str | None
    finished_at: str | None
    #: The `flow.map` call of which it is an item, null for other calls.
    part_of: int | None
    #: The item's place among those of that call.
    item: int | None


class Counts(TypedDict):
    """How many runs are in each status."""

    counts: dict[str, int]
    #: A count that is this high stands for so many or more.
    limit: int


class Decision(TypedDict):
    """What a person has decided."""

    approved: bool
    comment: NotRequired[str | None]


class ErrorBody(TypedDict):
    """The body of every answer that is an error."""

    error: ErrorDetail


class ErrorDetail(TypedDict):
    """What was wrong, for programs and for people."""

    #: A name of the kind of error, which does not change.
    code: str
    #: What was wrong, and what to do.
    message: str


class ErrorInfo(TypedDict):
    """An error of a script or of a function."""

    type: str
    message: str
    #: Text as Python prints it, with frames of the script only; empty for an error of a function.
    traceback: str


class Fork(TypedDict):
    """From which step a run goes on, and what is changed there."""

    #: After which step; null for the newest, 0 for the start.
    at: NotRequired[int | None]
    #: What the call comes to at which it stands there, instead of executing it again; leave it out to execute it.
    result: NotRequired[Any]
    #: Other values of variables, by name.
    variables: NotRequired[dict[str, Any]]
    #: Another version of the script, null for the same.
    source: NotRequired[str | None]
    #: Whether nothing is stored and only told what would come of it.
    dry_run: NotRequired[bool]


class Forked(TypedDict):
    """What came of a fork or a migration, or would come of it."""

    #: The run that goes on; null when it was only tried.
    run: Run | None
    #: Where each function goes on; empty for the same script.
    moves: list[Move]
    #: Names of the new script that are not bound, since the statements that bind them are not run.
    unbound: list[str]
    #: The functions whose calls the state waits for.
    waits_for: list[str]


class Frame(TypedDict):
    """A function of the script that has begun and not ended."""

    function: str
    position: Position
    source_line: str
    #: The variables as text, as Python writes them, cut where they are long.
    variables: dict[str, str]


class FunctionUse(TypedDict):
    """How a function did in the newest runs."""

    function: str
    attempts: int
    errors: int
    #: Attempts a second, from the first in the newest runs, of whatever function, to the last.
    per_second: float
    p50_seconds: float
    p90_seconds: float
    p99_seconds: float
    first_at: str
    last_at: str
    #: The same over time.
    slots: list[UseSlot]


class Health(TypedDict):
    """That the server and its database answer."""

    status: str


class History(TypedDict):
    """A commit of a run by a worker, with where the time went."""

    version: int
    #: The call that it was about; 0 is the start of the script.
    number: int
    function: str
    call_status: CallStatus
    run_status: RunStatus
    attempt: int
    function_seconds: float
    script_seconds: float
    snapshot_bytes: int
    worker: str
    at: str


class Limits(TypedDict):
    """Bounds on a run; what is left out has its default."""

    #: Seconds of computing.
    max_duration_secs: NotRequired[float | None]
    #: Bytes that values of the script may take at once.
    max_memory: NotRequired[int | None]
    #: Function entries and loop iterations.
    max_steps: NotRequired[int | None]
    #: External calls.
    max_pauses: NotRequired[int | None]


class LogLine(TypedDict):
    """A piece of output of a script, a line at most."""

    #: Grows over all runs; give it as `after` to read on.
    seq: int
    step: int
    #: stdout or stderr.
    stream: str
    text: str
    at: str


class Migration(TypedDict):
    """The script in which a run is to go on."""

    #: Text of the new version.
    source: str
    #: Whether nothing is changed and only told what would come of it.
    dry_run: NotRequired[bool]


class Move(TypedDict):
    """Where a function that stands in the middle goes on in another version of its script."""

    function: str
    old: Position
    new: Position
    #: Variables that the new version does not have; their values are dropped.
    gone: list[str]


class PlaceChange(TypedDict):
    """A place within a variable that differs between two steps; null where there is no value."""

    #: As a script would write it, such as `history[12]['text']`; `seen{3}` is the member 3 of a set.
    path: str
    #: As text, cut where it is long; may be as `after` where the difference is in what no script reaches.
    before: str | None
    after: str | None


class Position(TypedDict):
    """A place in a source; lines count from 1, columns from 0."""

    line: int
    column: int
    end_line: int
    end_column: int


class Queue(TypedDict):
    """A queue with its limits, null where there is none, and how busy it is."""

    name: str
    #: Calls in hand at once, over all workers.
    concurrency: int | None
    #: Calls in hand at once of those that have the same key.
    key_concurrency: int | None
    #: Calls that are begun within any span of `period_seconds`.
    rate: int | None
    period_seconds: float
    #: Calls that may wait for a worker; more submissions are refused.
    max_pending: int | None
    paused: bool
    waiting: int
    in_hand: int


class QueueLimits(TypedDict):
    """What bounds a queue; null for no such limit."""

    concurrency: NotRequired[int | None]
    key_concurrency: NotRequired[int | None]
    rate: NotRequired[int | None]
    period_seconds: NotRequired[float]
    max_pending: NotRequired[int | None]


class Result(TypedDict):
    """How a run ended, or where it stands when it has not."""

    id: str
    status: RunStatus
    #: Whether it has ended, so that the rest of this is final but for a retry.
    finished: bool
    output: Any
    error: ErrorInfo | None


class Retention(TypedDict):
    """For how long runs are kept after they have ended; the most special rule counts."""

    #: Null for ever.
    keep_seconds: float | None
    #: Of runs of this namespace; null for all that have no rule of their own.
    namespace: NotRequired[str | None]
    #: Of runs that ended so; null for all that have no rule of their own.
    status: NotRequired[Literal['succeeded', 'failed', 'cancelled'] | None]


class Run(TypedDict):
    """A run as it stood when it was read."""

    id: str
    status: RunStatus
    script_name: str
    #: SHA-256 of the source, in hexadecimal.
    script_hash: str
    inputs: dict[str, Any]
    #: What the script evaluated to, null before it succeeded. Values that JSON has no form for are text as Python writes it.
    output: Any
    #: Why it failed or was set aside.
    error: ErrorInfo | None
    key: str | None
    #: Grows with every commit of the run.
    version: int
    #: Steps taken; also the number of the call that it waits for.
    step: int
    created_at: str
    updated_at: str
    started_at: str | None
    finished_at: str | None
    #: What it waits for in words, null when it has ended.
    waiting_for: str | None
    namespace: str
    tags: dict[str, str]
    #: When it is ended as failed, null for never.
    deadline: str | None
    queue: str
    priority: int
    concurrency_key: str | None
    #: The run whose script started it.
    parent: str | None
    #: The run of which it is a fork.
    origin: str | None
    #: The step of that run after which it goes on otherwise.
    origin_step: int | None
    #: When it is ended whatever its script does, since it was cancelled; null when it was not.
    cancel_at: str | None
    #: What the script said last of where it stands.
    status_text: str | None


class RunPage(TypedDict):
    """A page of runs, the newest first."""

    runs: list[Run]
    #: Give it as `cursor` for the next page; null at the end.
    next_cursor: str | None


class RunSlot(TypedDict):
    """How many runs were submitted within a span of time, by the status that they have now."""

    at: str
    counts: dict[str, int]


class RunsOverTime(TypedDict):
    """How many runs were submitted when; of each status the newest 10,000 are counted."""

    slot_seconds: float
    slots: list[RunSlot]


class Schedule(TypedDict):
    """A schedule."""

    name: str
    cron: str | None
    every_seconds: float | None
    at: str | None
    timezone: str
    overlap: Overlap
    catch_up: CatchUp
    jitter_seconds: float
    paused: bool
    #: When the next run is made, null when there will be none.
    next_at: str | None
    last_moment: str | None
    last_run: str | None
    #: Runs that it made.
    fired: int
    #: Moments that gave none.
    skipped: int
    #: Why a worker paused it.
    error: str | None
    script_name: str
    inputs: dict[str, Any]
    namespace: str
    queue: str
    priority: int
    created_at: str


class ScheduleChange(TypedDict):
    """How a schedule is to be; one of `cron`, `every_seconds` and `at` says when."""

    #: Text of the script; one that uses the name `scheduled_at` gets the moment as that input.
    source: str
    inputs: NotRequired[dict[str, Any]]
    script_name: NotRequired[str]
    cron: NotRequired[str | None]
    #: Where the cron expression is read.
    timezone: NotRequired[str]
    every_seconds: NotRequired[float | None]
    #: The one moment, or with `every_seconds` the first.
    at: NotRequired[str | None]
    #: What a moment does while the run of the one before goes on.
    overlap: NotRequired[Overlap]
    #: What is made up for when no worker was there.
    catch_up: NotRequired[CatchUp]
    jitter_seconds: NotRequired[float]
    paused: NotRequired[bool]
    queue: NotRequired[str]
    priority: NotRequired[int]
    namespace: NotRequired[str | None]


class ScheduleRequest(TypedDict):
    """A schedule to be, under a name that no other has."""

    #: Text of the script; one that uses the name `scheduled_at` gets the moment as that input.
    source: str
    name: str
    inputs: NotRequired[dict[str, Any]]
    script_name: NotRequired[str]
    cron: NotRequired[str | None]
    #: Where the cron expression is read.
    timezone: NotRequired[str]
    every_seconds: NotRequired[float | None]
    #: The one moment, or with `every_seconds` the first.
    at: NotRequired[str | None]
    #: What a moment does while the run of the one before goes on.
    overlap: NotRequired[Overlap]
    #: What is made up for when no worker was there.
    catch_up: NotRequired[CatchUp]
    jitter_seconds: NotRequired[float]
    paused: NotRequired[bool]
    queue: NotRequired[str]
    priority: NotRequired[int]
    namespace: NotRequired[str | None]


class ScriptUse(TypedDict):
    """A version of a script, as the newest 5000 runs used it."""

    script_name: str
    script_hash: str
    #: Runs of it among those.
    runs: int
    #: How many of them failed.
    failed: int
    #: When the first of them was submitted.
    first_at: str
    last_at: str
    #: The last of them, whose source is that of the script.
    last_run: str


class Signal(TypedDict):
    """A message to a run, kept until a call of its script takes it."""

    #: Signals of one name are taken in this order.
    seq: int
    name: str
    value: Any
    key: str | None
    sent_at: str
    #: The number of the call that it is the answer to, null while it waits for one.
    taken_by: int | None


class SignalRequest(TypedDict):
    """A message to a run."""

    name: str
    value: NotRequired[Any]
    #: Sending the same key to the run again changes nothing.
    key: NotRequired[str | None]


class Source(TypedDict):
    """The script of a run."""

    script_name: str
    script_hash: str
    source: str


class State(TypedDict):
    """Where a run stood when it waited for a call."""

    run_id: str
    step: int
    #: From the outermost to the innermost, the one that waits.
    frames: list[Frame]


class StoredStep(TypedDict):
    """A state of a run that is kept."""

    number: int
    #: The step to which this one is stored as a delta, null when it is stored whole.
    base: int | None
    stored_bytes: int


class Submission(TypedDict):
    """A script and what it is to be run with."""

    #: Text of the script.
    source: str
    #: Values of the script's inputs by name.
    inputs: NotRequired[dict[str, Any]]
    #: Name of the script in tracebacks and lists.
    script_name: NotRequired[str]
    #: Submitting the same key again gives the first run.
    key: NotRequired[str | None]
    #: Bounds on the run, null for the defaults.
    limits: NotRequired[Limits | None]
    #: States that are kept for looking back, the newest ones; null for all.
    keep_snapshots: NotRequired[int | None]
    #: The namespace that it belongs to; null for that of the token.
    namespace: NotRequired[str | None]
    #: Where its calls wait for workers.
    queue: NotRequired[str]
    #: Higher ones are taken first.
    priority: NotRequired[int]
    #: What the bound of its queue for calls of one key counts by.
    concurrency_key: NotRequired[str | None]
    #: Names and texts by which it can be found.
    tags: NotRequired[dict[str, Any]]
    #: When it may be begun; null for at once.
    start_at: NotRequired[str | None]
    #: When it is ended as failed unless it has ended before.
    deadline: NotRequired[str | None]


class UseSlot(TypedDict):
    """How a function did within a span of time."""

    at: str
    attempts: int
    errors: int
    #: Null where there was no attempt.
    p50_seconds: float | None


class VariableChange(TypedDict):
    """A variable that differs between two steps; null where there is none."""

    function: str
    variable: str
    #: The whole variable as text, cut where it is long.
    before: str | None
    after: str | None
    #: Where in it, in order, the first 20.
    places: list[PlaceChange]
    #: Whether it may differ at more places: there are too many, or it is too large to be looked at whole.
    more: bool


class Worker(TypedDict):
    """A worker that lives."""

    session: str
    name: str
    functions: list[str]
    started_at: str
    #: When its leases run out unless it renews them.
    expires_at: str
    #: Calls that it has leased.
    in_hand: int
    #: Queues from which it takes calls, null for all.
    queues: list[str] | None
    #: Calls that it has in hand at most, null when it did not say.
    concurrency: int | None
    #: The release of monty-flow that it is of, null when it did not say.
    release: str | None
    #: Whether it takes no more calls, and ends when those in hand have ended.
    is_draining: bool


__all__ = [
    'About',
    'Approval',
    'Bulk',
    'BulkResult',
    'Call',
    'CallKind',
    'CallStatus',
    'CatchUp',
    'Counts',
    'Decision',
    'ErrorBody',
    'ErrorDetail',
    'ErrorInfo',
    'Fork',
    'Forked',
    'Frame',
    'FunctionUse',
    'Health',
    'History',
    'Limits',
    'LogLine',
    'Migration',
    'Move',
    'Overlap',
    'PlaceChange',
    'Position',
    'Queue',
    'QueueLimits',
    'Result',
    'Retention',
    'Role',
    'Run',
    'RunPage',
    'RunSlot',
    'RunStatus',
    'RunsOverTime',
    'Schedule',
    'ScheduleChange',
    'ScheduleRequest',
    'ScriptUse',
    'Signal',
    'SignalRequest',
    'Source',
    'State',
    'StoredStep',
    'Submission',
    'UseSlot',
    'VariableChange',
    'Worker',
]
