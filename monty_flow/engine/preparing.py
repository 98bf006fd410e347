"""Before a call is executed: load what its run needs, and find the function to execute, if there is one."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from monty_flow.engine import payloads
from monty_flow.engine.clock import MICROSECONDS, Clock
from monty_flow.engine.functions import Functions, HostFunction
from monty_flow.engine.live import Hand, LiveRun
from monty_flow.engine.outcomes import (
    Cancelling,
    MapDue,
    Nothing,
    Outcome,
    Raised,
    StillWaiting,
)
from monty_flow.engine.states import CallKind, RunStatus
from monty_flow.engine.stepping import StateMissing, Stepper
from monty_flow.engine.timers import ASYNC_SLEEP, SLEEP, delay_seconds, sleep_seconds
from monty_flow.engine.transitions import Standing
from monty_flow.engine.waits import WAITING_KINDS, Ask, look, look_for_approval, wait_of


class Preparer:
    """Say what there is to execute of calls in hand, with the functions of one worker."""

    def __init__(
        self,
        functions: Functions,
        clock: Clock,
        stepper: Stepper,
        read_standing: Callable[[str], Standing | None],
        max_setbacks: int,
        ask: Ask[Any],
        whole: Callable[[bytes], bytes],
    ) -> None:
        self._functions = functions
        self._clock = clock
        self._stepper = stepper
        self._read_standing = read_standing
        self._max_setbacks = max_setbacks
        #: Reads from the database.
        self._ask = ask
        #: Returns a payload with what its row is without.
        self._whole = whole

    def prepare(self, hand: Hand) -> HostFunction | Outcome:
        """Load what the run needs, and return the function to execute, or the outcome when there is nothing to execute."""
        run = hand.run
        hand.started_at = self._clock.now()
        # A worker that cannot go on with the run must not execute its calls. Only the first of them loads it.
        if not run.is_loaded:
            with run.loading:
                if not run.is_loaded:
                    self._load(run)
        if hand.recorded is not None:
            return hand.recorded
        if run.is_to_be_told:
            return Cancelling()
        if hand.kind is CallKind.FUNCTION:
            function = self._functions.get(hand.function)
            if function is None:
                raise LookupError(f'this worker does not serve {hand.function!r}')
            if function.requires_approval:
                return look_for_approval(self._ask, hand.run_id, hand.number, function.name) or function
            return function
        if hand.kind in WAITING_KINDS:
            return self._looked(hand)
        if hand.kind is CallKind.MAP:
            return MapDue()
        return self._timed(hand)

    def _timed(self, hand: Hand) -> Outcome:
        seconds, error = 0.0, None
        if hand.function == SLEEP:
            seconds, error = sleep_seconds(*self.arguments(hand))
        elif hand.function == ASYNC_SLEEP and hand.run.status is RunStatus.CANCELLING:
            seconds = delay_seconds(self.arguments(hand)[0])
        if error is not None:
            return Raised(error, final=True)
        if hand.run.status is RunStatus.CANCELLING:
            # It was made due for its script to be told in it, and others have told it so before: it takes its time all the same.
            due_at = hand.made_at + math.ceil(seconds * MICROSECONDS)
            if due_at > self._clock.now():
                return StillWaiting(due_at)
        return Nothing()

    def _looked(self, hand: Hand) -> Outcome:
        wait = wait_of(hand.function, *self.arguments(hand))
        assert wait is not None
        return look(self._ask, self._whole, self._clock, hand.run_id, hand.number, hand.function, wait)

    def _load(self, run: LiveRun) -> None:
        try:
            run.state = self._stepper.load(run)
        except StateMissing:
            standing = self._read_standing(run.id)
            if standing is None or standing.step == run.step:
                raise
            # Others have gone on with it since it was claimed, and pruned the state.
            run.renew(standing)
            run.state = self._stepper.load(run)
        run.is_loaded = True

    def arguments(self, hand: Hand) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """Return what the function is called with, as copies."""
        assert hand.arguments is not None
        return _arguments(self._whole(hand.arguments))

    def too_often(self, hand: Hand) -> bool:
        """Tell whether the call was begun so often without an end that it must not be begun again."""
        return hand.attempt - hand.failures > self._max_setbacks


def _arguments(data: bytes) -> tuple[tuple[Any, ...], dict[str, Any]]:
    args, kwargs = payloads.decode(data)
    return tuple(args), kwargs
