"""What kind a call is that a step has begun, and when it is due."""

from __future__ import annotations

import math

from monty_flow.engine.clock import MICROSECONDS
from monty_flow.engine.functions import Functions, labelled
from monty_flow.engine.interpreting import Asked
from monty_flow.engine.live import LiveRun
from monty_flow.engine.routing import Router
from monty_flow.engine.speaking import ANSWERED
from monty_flow.engine.states import CallKind
from monty_flow.engine.timers import ASYNC_SLEEP, SLEEP, delay_seconds, sleep_seconds
from monty_flow.engine.transitions import NewCall
from monty_flow.engine.waits import APPROVAL, MAP, NEVER, wait_of


def begun(run: LiveRun, asked: Asked, number: int, now: int, functions: Functions, router: Router) -> NewCall:
    """Return a call that the script of a run asks for; whether it is taken at once is for the worker to say."""
    name = asked.function
    wait = wait_of(name, asked.args, asked.kwargs)
    if wait is not None:
        expires_at = wait.expires_at(now)
        due_at = NEVER if expires_at is None else expires_at
        return NewCall(
            number, wait.kind, name, asked.arguments, due_at, False, asked.future,
            awaits=wait.awaits, expires_at=expires_at, lane=run.lane,
        )  # fmt: skip
    kind, due_at = _when(asked, now)
    if kind is not CallKind.FUNCTION:
        return NewCall(number, kind, name, asked.arguments, due_at, False, asked.future, lane=run.lane)
    name = labelled(name, run.function_versions.get(name))
    lane = router.lane(run.lane, name, asked.args, asked.kwargs)
    function = functions.get(name)
    if function is not None and function.requires_approval:
        return NewCall(number, kind, name, asked.arguments, NEVER, False, asked.future, awaits=APPROVAL, lane=lane)
    return NewCall(number, kind, name, asked.arguments, due_at, False, asked.future, lane=lane)


def _when(asked: Asked, now: int) -> tuple[CallKind, int]:
    name = asked.function
    if name == SLEEP:
        # An argument that is none is found when the timer is due, which is now.
        return CallKind.TIMER, now + math.ceil(sleep_seconds(asked.args, asked.kwargs)[0] * MICROSECONDS)
    if name == ASYNC_SLEEP:
        return CallKind.TIMER, now + math.ceil(delay_seconds(asked.args) * MICROSECONDS)
    if name == MAP:
        return CallKind.MAP, now
    # Those that are answered within a step are timers when the step had no answers left for them.
    return CallKind.TIMER if name in ANSWERED else CallKind.FUNCTION, now
