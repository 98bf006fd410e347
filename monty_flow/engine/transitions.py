"""What passes between a worker and the store, as records.

`Claim` is what a worker gets from the store, and `Transition` what it gives back: everything that one step changes, written in
one transaction or not at all. What callers see is in `records.py`.

Those that are made at every step are not frozen, which would take twice as long to make; nobody changes what was handed over.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from monty_flow.engine.states import CallKind, CallStatus, RunStatus

if TYPE_CHECKING:
    from monty_flow.engine.large import Large
    from monty_flow.engine.store import NewRun


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
        return self.status is not None or bool(self.published or self.started or self.cancelled)


NOTHING_SAID = Said()


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
    #: The call of which it is an item, and the item's place.
    part_of: int | None = None
    item: int | None = None


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
    due_at: int = 0
    #: The call of which it is an item.
    part_of: int | None = None


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


@dataclass(slots=True)
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
    #: The call of which it is an item, and the item's place.
    part_of: int | None = None
    item: int | None = None


@dataclass(slots=True)
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


@dataclass(slots=True)
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
    #: Calls of `flow.map` that are due now, since an item has failed or all are over.
    woken: tuple[int, ...] = ()
    #: Whether the other calls of the run are held, as the run is set aside or has failed.
    holds_others: bool = False
    #: Payload of the run's output.
    output: bytes | None = None
    #: Payload of the run's error.
    run_error: bytes | None = None
    logs: Sequence[Output] = ()
    said: Said = NOTHING_SAID
    #: Whether a call is left waiting for a signal, which may have come in the meantime.
    leaves_waiting: bool = False
    #: Runs for whose ends calls are left waiting.
    awaited_runs: tuple[str, ...] = ()
    #: Whether the run has a parent, which may wait for its end.
    has_parent: bool = False
    script_us: int = 0
    #: Whether it may let another call begin, as the queue has limits.
    frees_place: bool = False
    #: What has left its rows.
    large: tuple[Large, ...] = ()

    @property
    def is_plain(self) -> bool:
        """Whether it settles one call and begins one at most, as the steps of a script without tasks do."""
        return (
            len(self.settled) == 1
            and len(self.new) <= 1
            and not (self.taken or self.given_up or self.woken or self.holds_others)
        )  # fmt: skip

    @property
    def leaves_work(self) -> bool:
        """Whether a call is pending after it, or one may begin by it, for some worker to take now or later."""
        return (
            self.frees_place
            or bool(self.woken)
            or any(not (call.leased or call.held) for call in self.new)
            or any(call.status is CallStatus.PENDING for call in self.settled)
        )
