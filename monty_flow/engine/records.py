"""What callers of the engine see, as frozen records; what passes between a worker and the store is in `transitions.py`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from monty_flow.engine.lanes import DEFAULT_NAMESPACE, DEFAULT_QUEUE
from monty_flow.engine.states import CallKind, CallStatus, RunStatus
from monty_flow.interpreter import ResourceLimits
from monty_flow.late import late


@dataclass(frozen=True, slots=True)
class Submission:
    """A script and what it is to be run with."""

    #: Text of the script.
    source: str
    #: Values of the script's inputs by name.
    inputs: Mapping[str, Any] = field(default_factory=dict)
    #: Name of the script in tracebacks.
    script_name: str = 'main.py'
    #: Submitting the same key again gives the first run; None for no such bond.
    key: str | None = None
    #: Bounds on the run, None for the defaults.
    limits: ResourceLimits | None = None
    #: Snapshots that are kept, the newest ones, for looking back; None for all.
    keep_snapshots: int | None = None
    #: When it may begin, an aware datetime; None for at once.
    start_at: datetime | None = None
    #: The same as seconds from the submission.
    delay_seconds: float | None = None
    #: Whose run it is: a part of all runs that is listed, counted and limited by itself.
    namespace: str = DEFAULT_NAMESPACE
    #: Texts by which it is found again.
    tags: Mapping[str, str] = field(default_factory=dict)
    #: When it is ended as failed, with the error DeadlineExceeded, if it has not ended by then; None for never.
    deadline: datetime | None = None
    #: The same as seconds from the submission.
    deadline_seconds: float | None = None
    #: The queue whose limits its calls are under.
    queue: str = DEFAULT_QUEUE
    #: From -100 to 100; the higher, the sooner its calls are taken.
    priority: int = 0
    #: What it has in common with other runs of which not too many calls may be in hand at once, such as a customer.
    concurrency_key: str | None = None
    #: Versions of functions by name, to which the run is bound; the newest that a worker has for all others.
    function_versions: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ErrorInfo:
    """An error as it is stored: texts only."""

    #: Name of the exception's type.
    type: str
    #: Its text, which may be empty.
    message: str
    #: The text that Python would print, with script frames only; empty for an error of a host function.
    traceback: str = ''

    def __str__(self) -> str:
        return f'{self.type}: {self.message}' if self.message else self.type


@dataclass(frozen=True, slots=True)
class Run:
    """A run as it stood when it was read."""

    id: str
    status: RunStatus
    script_name: str
    #: SHA-256 of the source, in hexadecimal.
    script_hash: str
    inputs: dict[str, Any]
    #: What the script evaluated to; None before it succeeded.
    output: Any
    #: Why it failed or was set aside, else None.
    error: ErrorInfo | None
    key: str | None
    #: Grows with every commit of the run.
    version: int
    #: Steps that ended with a wait; the number of the state in which it waits, or waited last.
    step: int
    created_at: datetime
    updated_at: datetime
    #: None until a worker began it.
    started_at: datetime | None
    #: None until it ended.
    finished_at: datetime | None
    #: What it waits for in words, None when it has ended.
    waiting_for: str | None
    namespace: str
    tags: dict[str, str]
    #: When it is ended as failed, None for never.
    deadline: datetime | None
    queue: str
    priority: int
    concurrency_key: str | None
    #: What the script said last of where it stands (`flow.status`), None when it said nothing.
    status_text: str | None = None
    #: When it is ended whatever its script does, since it was cancelled; else None.
    cancel_at: datetime | None = None
    #: The run whose script started it, None for one that was submitted.
    parent: str | None = None
    #: The run of which it is a fork, and the step after which it goes on otherwise.
    origin: str | None = None
    origin_step: int | None = None
    #: How many runs there are above it.
    depth: int = 0


@dataclass(frozen=True, slots=True)
class Call:
    """One external call of a run."""

    run_id: str
    #: 1 for the first call of the run.
    number: int
    kind: CallKind
    function: str
    status: CallStatus
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    #: What the function returned, None while there is nothing.
    result: Any
    #: The error of the last failed attempt; final when the status is `failed`.
    error: ErrorInfo | None
    #: Attempts begun, the present one included.
    attempts: int
    #: Attempts that ended with an error of the function.
    failures: int
    #: Id of the worker that has it in hand.
    worker: str | None
    #: When the script made it, or a person had it retried.
    created_at: datetime
    #: When it may next be taken: the end of a timer, or of the delay before a retry.
    due_at: datetime
    #: When the last attempt began, as far as it is recorded.
    started_at: datetime | None
    finished_at: datetime | None
    #: The queue whose limits it is under.
    queue: str
    #: What the function said last of how far it is, None when it said nothing.
    progress: Any = None
    #: When it said so.
    progress_at: datetime | None = None
    #: When it is given up, None for a call that waits for nothing or for ever.
    expires_at: datetime | None = None
    #: The number of the `flow.map` call of which it is an item, and the item's place; None for other calls.
    part_of: int | None = None
    item: int | None = None


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One commit of a run by a worker, with where the time went."""

    run_id: str
    #: The version of the run that this commit made.
    version: int
    #: The call that it was about; 0 is the start of the script.
    number: int
    function: str
    #: What came of it: the status of the call, and of the run.
    call_status: CallStatus
    run_status: RunStatus
    attempt: int
    #: Seconds in the host function.
    function_seconds: float
    #: Seconds in the script.
    script_seconds: float
    #: Bytes of the snapshot that was written, 0 when there was none.
    snapshot_bytes: int
    worker: str
    at: datetime


@dataclass(frozen=True, slots=True)
class StoredStep:
    """A state of a run that is kept."""

    #: The step that led to it.
    number: int
    #: The step to which this one is stored as a delta, None when it is stored whole.
    base: int | None
    #: Bytes that it takes.
    stored_bytes: int


@dataclass(frozen=True, slots=True)
class LogLine:
    """A piece of output of the script, a line at most."""

    #: Grows over all runs; give it as `after` to read on.
    seq: int
    run_id: str
    step: int
    #: 'stdout' or 'stderr'.
    stream: str
    #: As the script wrote it, with the line's end when it was written.
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Signal:
    """A message to a run, kept until a call of its script takes it."""

    #: Grows over all runs: signals of one name are taken in this order.
    seq: int
    run_id: str
    name: str
    value: Any
    #: Sending the same key to the run again changes nothing; None for no such bond.
    key: str | None
    sent_at: datetime
    #: The number of the call that it is the answer to, None while it waits for one.
    taken_by: int | None


@dataclass(frozen=True, slots=True)
class Approval:
    """A call that waits until a person has decided upon it."""

    run_id: str
    #: The number of the call, by which it is approved or rejected.
    call: int
    script_name: str
    #: 'flow.approve', or the function that would be executed.
    function: str
    #: What the script asks, None for a function that requires an approval.
    question: str | None
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    asked_at: datetime
    #: When the script gives up, None for never.
    expires_at: datetime | None


# What may be large.
late(Run, inputs=dict, output=None)
late(Call, args=tuple, kwargs=dict, result=None)
late(Signal, value=None)
late(Approval, args=tuple, kwargs=dict)
