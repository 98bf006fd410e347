"""What the engine hands out and what it writes, as frozen records.

`Run`, `Call`, `HistoryEntry` and `LogLine` are what a caller sees. `Claim` is what a worker gets from the
store, and `Transition` what it gives back: everything that one step changes, written in one transaction
or not at all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from monty_flow.engine.lanes import DEFAULT_NAMESPACE, DEFAULT_QUEUE
from monty_flow.engine.states import CallKind, CallStatus, RunStatus
from monty_flow.interpreter import ResourceLimits

if TYPE_CHECKING:
    from monty_flow.engine.store import NewRun


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


@dataclass(frozen=True, slots=True)
class Said:
    """What a step says besides its outcome, written in its transaction."""

    #: The text for `Run.status_text`, None when it stays.
    status: str | None = None
    #: Payloads of published values by name.
    published: Mapping[str, bytes] = field(default_factory=dict)
    #: Runs that the script starts, and children of the run that it cancels.
    started: Sequence[NewRun] = ()
    cancelled: Sequence[str] = ()

    def __bool__(self) -> bool:
        return self != _NOTHING_SAID


_NOTHING_SAID = Said()


class Leased(Protocol):
    """What names a call that a worker has leased."""

    @property
    def run_id(self) -> str: ...
    @property
    def number(self) -> int: ...
    @property
    def kind(self) -> CallKind: ...
    @property
    def attempt(self) -> int: ...


@dataclass(slots=True)
class Claim:
    """A call that this worker has leased, with what it needs of the run."""

    run_id: str
    version: int
    status: RunStatus
    #: The state in which the run waits.
    step: int
    #: The highest number of its calls, and the lowest of those under way.
    last_call: int
    oldest_call: int
    script_hash: str
    script_name: str
    inputs: bytes
    limits: bytes | None
    number: int
    kind: CallKind
    function: str
    attempt: int
    failures: int
    #: Payload of [args, kwargs], None for a start.
    arguments: bytes | None
    #: When the script made the call, or a person had it retried.
    made_at: int
    #: When it might be taken.
    due_at: int
    #: Where the call waited, and where calls of the run wait that have no queue of their own.
    lane: str
    run_lane: str
    #: Versions of functions by name, to which the run is bound.
    function_versions: Mapping[str, str] | None
    #: Whether a script has started the run.
    has_parent: bool
    #: Number of the future in the script that the result is for, None when the script waits for this call alone.
    future: int | None
    #: Payloads of what was recorded of it.
    result: bytes | None
    error: bytes | None
    #: Whether that is final, so that it only has to be handed over to the script.
    is_over: bool
    #: Whether the run is cancelled, so that its script is told so, unless it was told before.
    is_cancelled: bool = False


@dataclass(frozen=True, slots=True)
class LiveCall:
    """A call of a run that is under way, or whose result the script has not taken yet."""

    number: int
    future: int | None
    status: CallStatus
    function: str
    worker: str | None
    result: bytes | None
    error: bytes | None


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a run stands, and its calls under way."""

    version: int
    status: RunStatus
    step: int
    last_call: int
    calls: tuple[LiveCall, ...]
    #: Whether the run was cancelled, so that its script is told so, unless it was told before.
    is_cancelled: bool = False


@dataclass(frozen=True, slots=True)
class Progress:
    """What an attempt said of how far it is."""

    run_id: str
    number: int
    attempt: int
    #: Payload of what it said.
    data: bytes
    at: int


@dataclass(frozen=True, slots=True)
class Program:
    """The source of a run and the snapshot in which it waits, as stored."""

    source: str
    #: Numbers and bytes of the rows that lead to the snapshot, from a full one on; empty when there is none.
    chain: tuple[tuple[int, bytes], ...]


@dataclass(frozen=True, slots=True)
class NewCall:
    """A call that a step has begun."""

    number: int
    kind: CallKind
    function: str
    #: Payload of [args, kwargs].
    arguments: bytes
    due_at: int
    #: Whether the worker that writes it takes it at once.
    leased: bool
    future: int | None = None
    #: Whether its run is paused, so that nobody takes it.
    held: bool = False
    #: The name of the signal that makes it due, with what it is for before it.
    awaits: str | None = None
    #: When it is given up, None for never.
    expires_at: int | None = None
    #: Where it waits.
    lane: str = ''


@dataclass(frozen=True, slots=True)
class Settled:
    """What becomes of a call that was in hand."""

    number: int
    function: str
    status: CallStatus
    attempt: int
    failures: int
    #: When the call may be taken again, if it goes back to `pending`.
    due_at: int | None = None
    started_at: int | None = None
    #: Payload of the function's result.
    result: bytes | None = None
    #: Payload of the error of the attempt.
    error: bytes | None = None
    function_us: int = 0
    #: The state of the script that took the result, None when none did.
    step: int | None = None
    #: Whether it had ended before and goes back to be handed over.
    is_over: bool = False
    #: What it waits for from now on, None when that stays.
    awaits: str | None = None


@dataclass(frozen=True, slots=True)
class Output:
    """A piece of output, before it is stored."""

    stream: str
    text: str


@dataclass(frozen=True, slots=True)
class Transition:
    """Everything that one advance of a run changes.

    It stands only if the run still has `from_version` and `from_status`, and all settled calls are still leased by
    `worker`; otherwise someone else went on with the run, and it is dropped alone.
    """

    run_id: str
    from_version: int
    from_status: RunStatus
    to_status: RunStatus
    worker: str
    at: int
    #: The calls that were in hand and are not any more, one at least.
    settled: tuple[Settled, ...]
    #: The state from which the step began, and the one in which the run waits now.
    from_step: int
    step: int
    #: The highest number of its calls now, and the lowest of those under way.
    last_call: int
    oldest_call: int
    #: The row of the new state, None when the script was not advanced or has ended.
    snapshot: bytes | None = None
    new: tuple[NewCall, ...] = ()
    #: Recorded calls whose results the script took in this step.
    taken: tuple[int, ...] = ()
    #: Calls that the script has given up.
    given_up: tuple[int, ...] = ()
    #: Whether the other calls of the run are held, as the run is set aside or has failed.
    holds_others: bool = False
    #: Payload of the run's output.
    output: bytes | None = None
    #: Payload of the run's error.
    run_error: bytes | None = None
    logs: Sequence[Output] = ()
    said: Said = _NOTHING_SAID
    #: Whether a call is left waiting for a signal, which may have come in the meantime.
    leaves_waiting: bool = False
    #: Runs for whose ends calls are left waiting.
    awaited_runs: tuple[str, ...] = ()
    #: Whether the run has a parent, which may wait for its end.
    has_parent: bool = False
    script_us: int = 0
    #: Whether it may let another call begin, as the queue has limits.
    frees_place: bool = False

    @property
    def is_plain(self) -> bool:
        """Whether it settles one call and begins one at most, as the steps of a script without tasks do."""
        return (
            len(self.settled) == 1
            and len(self.new) <= 1
            and not (self.taken or self.given_up or self.holds_others)
        )  # fmt: skip

    @property
    def leaves_work(self) -> bool:
        """Whether a call is pending after it, or one may begin by it, for some worker to take now or later."""
        return (
            self.frees_place
            or any(not (call.leased or call.held) for call in self.new)
            or any(call.status is CallStatus.PENDING for call in self.settled)
        )
