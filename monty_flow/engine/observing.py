"""Who watches a worker: told of each attempt and each step, and never able to disturb one.

    Worker(url, functions, observers=[Metrics(), EventLog(), Tracing()])

Without observers nothing is made for them: a worker tests once an attempt and once a step whether there are any. What an observer raises is
logged, and the worker goes on. Secrets are taken out of errors before observers get them.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from enum import StrEnum

from monty_flow.engine.calling import CallContext, executing
from monty_flow.engine.clock import MICROSECONDS
from monty_flow.engine.outcomes import HandedBack, Outcome, Raised
from monty_flow.engine.records import ErrorInfo
from monty_flow.engine.secrecy import Secrets
from monty_flow.engine.transitions import Transition

logger = logging.getLogger('monty_flow.engine')


class AttemptOutcome(StrEnum):
    """How an attempt ended."""

    RETURNED = 'returned'
    #: It raised an error.
    FAILED = 'failed'
    #: It was given up, as it took too long or gave no sign of life.
    TIMED_OUT = 'timed_out'
    #: It stopped because its worker stops.
    HANDED_BACK = 'handed_back'


@dataclass(frozen=True, slots=True)
class EndedAttempt:
    """An attempt that came to its end."""

    call: CallContext
    outcome: AttemptOutcome
    #: Seconds that the function took.
    seconds: float
    #: What it raised, None when it raised nothing.
    error: ErrorInfo | None


class Observer:
    """Told what a worker does, from several threads; each of these does nothing unless it is overridden."""

    def executing(self, call: CallContext) -> AbstractContextManager[object]:
        """Return the context in which the function is executed."""
        return nullcontext()

    def attempt_began(self, call: CallContext, waited_seconds: float) -> None:
        """Take note that a function is about to be executed, which waited so long for it."""

    def attempt_ended(self, attempt: EndedAttempt) -> None:
        """Take note that an attempt ended; its outcome is not yet committed."""

    def answered_from_cache(self, function: str) -> None:
        """Take note that a result was still good, and the function was not executed."""

    def step_committed(self, step: Transition) -> None:
        """Take note of a step that is in the database: a call was settled, and the run went on, waits again, or ended."""

    def lease_lost(self) -> None:
        """Take note that other workers took over what was in hand."""


class Observers:
    """The observers of one worker; false when there are none."""

    def __init__(self, observers: Sequence[Observer], secrets: Secrets) -> None:
        self._all = tuple(observers)
        self._secrets = secrets

    def __bool__(self) -> bool:
        return bool(self._all)

    @contextmanager
    def executing(self, call: CallContext) -> Iterator[None]:
        """Make `call` the current one, within the contexts of the observers."""
        with ExitStack() as stack:
            for observer in self._all:
                try:
                    stack.enter_context(observer.executing(call))
                except Exception:  # of code that only watches
                    logger.exception('an observer of the worker failed')
            stack.enter_context(executing(call))
            yield

    def attempt_ended(self, call: CallContext, outcome: Outcome, function_us: int, *, timed_out: bool = False) -> None:
        """Tell of the end of an attempt."""
        error = self._secrets.host_error(outcome.error) if isinstance(outcome, Raised) else None
        kind = AttemptOutcome.RETURNED
        if error is not None:
            kind = AttemptOutcome.TIMED_OUT if timed_out else AttemptOutcome.FAILED
        elif isinstance(outcome, HandedBack):
            kind = AttemptOutcome.HANDED_BACK
        ended = EndedAttempt(call, kind, function_us / MICROSECONDS, error)
        self.tell(lambda observer: observer.attempt_ended(ended))

    def tell(self, of: Callable[[Observer], None]) -> None:
        """Tell every observer."""
        for observer in self._all:
            try:
                of(observer)
            except Exception:  # of code that only watches
                logger.exception('an observer of the worker failed')
