"""A run that a worker has calls of in hand, and each of these calls.

Several calls of a run may be in hand at once, each executed by itself. What comes of them is put into the run's box
(`end`); whoever finds nobody at it takes all that has gathered and advances the run by it, in one step. So the steps of a
run follow each other within a worker, and its state stays in memory from one to the next. Other workers may have calls
of the same run: what is known here is then out of date when a step is not written, and is read again (`renew`).
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

from monty_flow.engine.growth import Link
from monty_flow.engine.interpreting import State
from monty_flow.engine.large import is_out
from monty_flow.engine.outcomes import Nothing, Outcome, Raised, Returned, recorded
from monty_flow.engine.states import CallKind, CallStatus, RunStatus
from monty_flow.engine.timers import ASYNC_SLEEP
from monty_flow.engine.transitions import Claim, Standing, Transition
from monty_flow.engine.waits import NEVER
from monty_flow.interpreter import Complete, Snapshot


class Hand:
    """A call that a worker has in hand, from its claim until it is let go."""

    __slots__ = (
        'arguments', 'attempt', 'due_at', 'failures', 'function', 'function_us', 'kind', 'lane', 'made_at', 'number', 'recorded',
        'run', 'started_at', 'part_of', 'item',
    )  # fmt: skip

    def __init__(
        self,
        run: LiveRun,
        number: int,
        kind: CallKind,
        function: str,
        arguments: bytes | None,
        made_at: int,
        due_at: int,
        lane: str,
        attempt: int = 1,
        failures: int = 0,
        recorded: Returned | Raised | None = None,
        part_of: int | None = None,
        item: int | None = None,
    ) -> None:
        self.run = run
        self.number = number
        self.kind = kind
        self.function = function
        #: Payload of [args, kwargs].
        self.arguments = arguments
        #: When the script made the call, or a person had it retried, and when it might be taken.
        self.made_at = made_at
        self.due_at = due_at
        #: Where it waited.
        self.lane = lane
        self.attempt = attempt
        self.failures = failures
        #: What came of it before, when it only has to be handed over; else None.
        self.recorded = recorded
        #: The call of `flow.map` of which it is an item, and the item's place.
        self.part_of = part_of
        self.item = item
        self.started_at: int | None = None
        self.function_us = 0

    @classmethod
    def of_claim(cls, run: LiveRun, claim: Claim) -> Hand:
        """Return the hand of a call that was claimed."""
        return cls(
            run,
            claim.number,
            claim.kind,
            claim.function,
            claim.arguments,
            claim.made_at,
            claim.due_at,
            claim.lane,
            claim.attempt,
            claim.failures,
            recorded(claim.result, claim.error) if claim.is_over else None,
            claim.part_of,
            claim.item,
        )

    @property
    def run_id(self) -> str:
        """The id of its run."""
        return self.run.id

    @property
    def place(self) -> tuple[str, int]:
        """The run and the number of the call."""
        return self.run.id, self.number


@dataclass(slots=True)
class Known:
    """What is known here of a call under way."""

    #: Number of the future in the script that waits for it, None when the script waits for it alone.
    future: int | None
    function: str
    #: Its recorded outcome that the script has not taken yet.
    ready: Returned | Raised | None = None
    #: The call of `flow.map` of which it is an item.
    part_of: int | None = None
    #: Of a call of `flow.map`: whether somebody is to look at it, so that no item of it is begun before that.
    is_woken: bool = False


Ended = tuple[Hand, Outcome]


class Ahead(Protocol):
    """A step that another process takes before the engine asks what comes of it."""

    @property
    def process(self) -> object:
        """The process that takes it."""
        ...

    def wait(self, seconds: float) -> bool:
        """Wait so long at most, and tell whether it is taken."""
        ...

    def drop(self) -> None:
        """Have nothing to do with it any more, unless somebody has gone on with it."""
        ...


class AheadStart(Ahead, Protocol):
    """Such a step that is the first one of a script."""

    def go_on(self, print_callback: Callable[[str, str], None] | None) -> State | Complete:
        """Return where the script stands."""
        ...


class LiveRun:
    """A run as this worker knows it."""

    def __init__(self, claim: Claim, session: str, state: State | None = None) -> None:
        self.id = claim.run_id
        #: The session under whose lease its calls are.
        self.session = session
        self.script_hash = claim.script_hash
        self.script_name = claim.script_name
        self.inputs = claim.inputs
        self.limits = claim.limits
        #: Where calls of the run wait that have no queue of their own.
        self.lane = claim.run_lane
        #: Versions of functions by name, to which the run is bound.
        self.function_versions = claim.function_versions or {}
        self.is_cancelled = claim.is_cancelled
        self.has_parent = claim.has_parent
        self.version = claim.version
        self.status = claim.status
        self.step = claim.step
        self.last_call = claim.last_call
        self.oldest_call = claim.oldest_call
        #: The state in which the script waits, None until it is loaded; used up by a step.
        self.state = state
        #: The state after the step, which counts once the step is committed.
        self.following: State | None = None
        #: What the next snapshot can be a delta to, once the step is committed; None for a step that writes none.
        self.link: Link | None = None
        self.is_loaded = state is not None or claim.kind is CallKind.START
        #: Calls under way by their numbers.
        self.calls: dict[int, Known] = {claim.number: Known(claim.future, claim.function, part_of=claim.part_of)}
        #: The item that is to be begun next of each call of `flow.map`, as far as it was looked up.
        self.next_items: dict[int, int] = {}
        #: Whether what is known may be out of date: the run has calls that are not known, or someone else went on with it.
        self.is_stale = claim.oldest_call != claim.last_call
        #: Calls in hand by their numbers.
        self.hands: dict[int, Hand] = {}
        #: What the committer has, and what it settles; the calls that it begins and that are in hand then.
        self.transition: Transition | None = None
        self.settling: list[Ended] = []
        self.beginning: list[Hand] = []
        self.after: dict[int, Known] = {}
        #: Places that were taken for calls of the step, beyond those of the calls that it settles.
        self.reserved = 0
        self.loading = threading.Lock()
        #: The step that the child takes already, and whether the last one took long.
        self.ahead: Ahead | None = None
        #: That step when it is the first one of the script.
        self.ahead_start: AheadStart | None = None
        self.computes_long = False
        #: Since when it waits for the child to be free.
        self.passed_over_at: int | None = None
        self._ended: list[Ended] = []
        self._is_busy = False
        self._lock = threading.Lock()

    def end(self, ended: Iterable[Ended]) -> bool:
        """Put what came of calls into the box, and tell whether the caller is to advance the run."""
        with self._lock:
            self._ended.extend(ended)
            if self._is_busy or not self._ended:
                return False
            self._is_busy = True
            return True

    def occupy(self) -> bool:
        """Keep others from advancing the run, and tell whether that could be; `leave` ends it."""
        with self._lock:
            if self._is_busy or self._ended:
                return False
            self._is_busy = True
            return True

    def take(self) -> list[Ended]:
        """Return all that has gathered; the caller advances the run by it."""
        with self._lock:
            taken, self._ended = self._ended, []
            return taken

    @property
    def only_result(self) -> Returned | None:
        """The result that is all that has gathered, where it is of the only call under way and the script can take it as it is."""
        if len(self._ended) != 1 or len(self.calls) != 1 or self.is_stale:
            return None
        [(hand, outcome)] = self._ended
        if type(outcome) is not Returned or hand.part_of is not None or hand.number not in self.calls:
            return None
        return None if is_out(outcome.payload) else outcome

    @property
    def is_to_start(self) -> bool:
        """Whether its script is to be started, and nothing else."""
        if len(self._ended) != 1 or len(self.calls) != 1 or self.is_stale or self.state is not None:
            return False
        [(hand, outcome)] = self._ended
        return hand.kind is CallKind.START and type(outcome) is Nothing

    @property
    def process(self) -> object:
        """The process that keeps the state, None for this one."""
        return self.state.process if isinstance(self.state, Snapshot) else None

    def begin_ahead(self) -> bool | None:
        """Let the process that keeps the state go on with the only result, and tell whether it does; None when there is none."""
        result = self.only_result
        if result is None or not isinstance(self.state, Snapshot):
            return None
        if self.state.process is None:
            return True
        self.ahead = self.state.begin(result.value)
        return self.ahead is not None

    def end_ahead(self) -> None:
        """Have done with a step that was begun, whether it was taken or not."""
        if self.ahead is not None:
            self.ahead.drop()
            self.ahead = self.ahead_start = None

    def put_back(self, ended: list[Ended]) -> None:
        """Put back what could not be dealt with now; someone calls `end` again later."""
        with self._lock:
            self._ended[:0] = ended
            self._is_busy = False

    def leave(self) -> bool:
        """Have done with what was taken; tell whether more has gathered, by which the caller is to go on."""
        with self._lock:
            if self._ended:
                return True
            self._is_busy = False
            return False

    def abandon(self) -> None:
        """Let nobody advance the run any more from here: what still comes of its calls is dropped."""
        with self._lock:
            self._is_busy = True
            self._ended = []

    def learn(self, claim: Claim) -> None:
        """Take note of another call of the run that was claimed."""
        if claim.number not in self.calls or claim.version > self.version:
            self.is_stale = True
        if claim.is_cancelled:
            self.is_cancelled = True

    def renew(self, standing: Standing) -> None:
        """Take over where the run stands by the database."""
        if standing.step != self.step:
            self.state = None
        self.version = standing.version
        self.status = standing.status
        self.step = standing.step
        self.last_call = standing.last_call
        self.is_cancelled = standing.is_cancelled
        self.calls = {
            call.number: Known(
                call.future,
                call.function,
                recorded(call.result, call.error) if call.status is CallStatus.READY else None,
                call.part_of,
                call.due_at < NEVER,
            )
            for call in standing.calls
        }
        self.oldest_call = min(self.calls, default=self.last_call)
        self.next_items = {}
        self.is_stale = False

    def went_on(self, transition: Transition) -> None:
        """Take over what was committed."""
        self.version += 1
        self.status = transition.to_status
        self.last_call = transition.last_call
        self.oldest_call = transition.oldest_call
        self.calls = self.after
        # The others are held, so whoever has them in hand here has lost them.
        self.is_stale = self.is_stale or transition.holds_others
        if transition.snapshot is not None:
            self.step = transition.step
            self.state, self.following = self.following, None
            self.is_loaded = True

    @property
    def is_to_be_told(self) -> bool:
        """Whether the script is still to be told that the run is cancelled."""
        return self.is_cancelled and self.status is not RunStatus.CANCELLING

    @property
    def has_more_than_timers(self) -> bool:
        """Whether it waits for something else than timers of its event loop, as far as it is known, so that its script is told there."""
        return any(
            call.function != ASYNC_SLEEP and call.part_of is None and call.ready is None for call in self.calls.values()
        )

    @property
    def is_waiting(self) -> bool:
        """Whether it waits for calls, so that what is known of it can be of use again."""
        return self.status in (RunStatus.WAITING, RunStatus.CANCELLING)
