"""The statuses of runs and calls, and the one table of the transitions that are allowed.

Every UPDATE of a status names the status that it expects and takes both from here, so a transition that
is not in the table cannot reach the database.
"""

from __future__ import annotations

from enum import StrEnum

from monty_flow.engine.errors import EngineError


class RunStatus(StrEnum):
    """Where a run stands."""

    #: Submitted, and no worker has begun it.
    PENDING = 'pending'
    #: A worker advances it towards its first call.
    RUNNING = 'running'
    #: It waits for calls: functions, timers, or signals.
    WAITING = 'waiting'
    #: It was cancelled, and its script cleans up: `flow.Cancelled` was raised in it.
    CANCELLING = 'cancelling'
    #: By a person, until `resume`; or set aside with a reason.
    PAUSED = 'paused'
    #: Its script came to its end; what it came to is its output.
    SUCCEEDED = 'succeeded'
    #: An error ended its script, or its deadline passed; `retry` lets it go on from where it stood before.
    FAILED = 'failed'
    #: It was cancelled or terminated, and nothing of it goes on.
    CANCELLED = 'cancelled'


class Overlap(StrEnum):
    """What a moment of a schedule does while the run of the one before is under way."""

    #: It gives no run.
    SKIP = 'skip'
    #: It waits for the end of that run.
    QUEUE = 'queue'
    #: That run is cancelled.
    CANCEL = 'cancel'
    #: It gives a run beside that one.
    ALLOW = 'allow'


class CatchUp(StrEnum):
    """What becomes of the moments of a schedule at which no worker was there."""

    #: They give no runs.
    NONE = 'none'
    #: The last of them does.
    LAST = 'last'
    #: All of them do, the newest ones up to a bound.
    ALL = 'all'


class CallStatus(StrEnum):
    """Where a call stands."""

    #: A worker that serves its function may take it once it is due.
    PENDING = 'pending'
    #: A worker has it in hand.
    LEASED = 'leased'
    #: Its result is recorded.
    DONE = 'done'
    #: Its error is recorded and was raised in the script.
    FAILED = 'failed'
    #: Nobody wants its result any more: its run was cancelled or has ended, or the task that waited for it.
    CANCELLED = 'cancelled'
    #: Its run is paused or has failed; no worker takes it.
    HELD = 'held'
    #: Its result or error is recorded, and the script takes it when it can: it waits for another call alone.
    READY = 'ready'


class CallKind(StrEnum):
    """What has to be done for a call."""

    #: Call number 0 of every run: nothing is executed, the script is started.
    START = 'start'
    #: A host function is executed.
    FUNCTION = 'function'
    #: Nothing is executed, the script goes on when the call is due.
    TIMER = 'timer'
    #: Nothing is executed, the script goes on when a signal has come or the time for it is over.
    SIGNAL = 'signal'
    #: Nothing is executed, the script goes on when a person has decided or the time for it is over.
    APPROVAL = 'approval'
    #: Nothing is executed, the script goes on when a run that it has started has ended, or the time for it is over.
    CHILD = 'child'
    #: Nothing is executed, its items are calls of their own, and the script goes on when they are over.
    MAP = 'map'


#: From each status of a run, the statuses that it may go to.
RUN_TRANSITIONS: dict[RunStatus, frozenset[RunStatus]] = {
    RunStatus.PENDING: frozenset(
        # Failed: its deadline passed before it was begun.
        {RunStatus.RUNNING, RunStatus.PAUSED, RunStatus.FAILED, RunStatus.CANCELLED}
    ),
    RunStatus.RUNNING: frozenset(
        {
            # A start that is handed back, by a worker that stops or whose lease ran out.
            RunStatus.PENDING,
            RunStatus.WAITING,
            RunStatus.PAUSED,
            RunStatus.SUCCEEDED,
            RunStatus.FAILED,
            RunStatus.CANCELLED,
        }
    ),
    RunStatus.WAITING: frozenset(
        # To itself: from one call to the next, and when an attempt is to be repeated.
        {
            RunStatus.WAITING,
            RunStatus.CANCELLING,
            RunStatus.PAUSED,
            RunStatus.SUCCEEDED,
            RunStatus.FAILED,
            RunStatus.CANCELLED,
        }
    ),
    # To itself: from one call of the cleaning up to the next. However it ends, it is cancelled.
    RunStatus.CANCELLING: frozenset({RunStatus.CANCELLING, RunStatus.PAUSED, RunStatus.CANCELLED}),
    RunStatus.PAUSED: frozenset(
        {
            RunStatus.PENDING,
            # A start that was in execution when it was paused, and still is.
            RunStatus.RUNNING,
            RunStatus.WAITING,
            # The call that was in execution when it was paused came to an end: the run stays paused, or has ended.
            RunStatus.PAUSED,
            RunStatus.SUCCEEDED,
            RunStatus.FAILED,
            RunStatus.CANCELLED,
        }
    ),
    RunStatus.FAILED: frozenset({RunStatus.PENDING, RunStatus.WAITING}),
    RunStatus.SUCCEEDED: frozenset(),
    RunStatus.CANCELLED: frozenset(),
}

#: Statuses of a call whose result the script may still take.
LIVE = (CallStatus.PENDING, CallStatus.LEASED, CallStatus.HELD, CallStatus.READY)

#: Statuses in which a run has ended; a failed one can be retried.
ENDED = frozenset({RunStatus.SUCCEEDED, RunStatus.FAILED, RunStatus.CANCELLED})


class TransitionRefused(EngineError):
    """The engine was about to move a run in a way that the table does not allow."""

    def __init__(self, current: RunStatus, target: RunStatus) -> None:
        self.current = current
        self.target = target
        super().__init__(f'a run that is {current} cannot become {target}; this is an error of the engine, report it')


def check_transition(current: RunStatus, target: RunStatus) -> None:
    """Raise TransitionRefused unless a run may go from `current` to `target`."""
    if target not in RUN_TRANSITIONS[current]:
        raise TransitionRefused(current, target)


def sources_of(target: RunStatus) -> tuple[RunStatus, ...]:
    """Return the statuses from which a run may go to `target`, in the order of the table."""
    return tuple(status for status, targets in RUN_TRANSITIONS.items() if target in targets)
