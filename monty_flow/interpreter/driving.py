"""Drive a script to its end with functions of the host, at once or as coroutines."""

from __future__ import annotations

import inspect
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any

from monty_flow.interpreter.runtime.async_host import TIMER
from monty_flow.interpreter.stopped import Complete, FutureSnapshot, PendingCall, Raised, Returned, Snapshot

if TYPE_CHECKING:
    import asyncio

Functions = Mapping[str, Callable[..., Any | Awaitable[Any]]]


async def driven(state: Snapshot | FutureSnapshot | Complete, functions: Functions) -> Any:
    """Answer the calls of a script until it has ended, those that are pending at once at the same time."""
    running: dict[int, asyncio.Future[Returned | Raised]] = {}
    try:
        while not isinstance(state, Complete):
            if isinstance(state, FutureSnapshot):
                state = state.resume(await _some_answers(state.pending, running, functions))
            else:
                answer = await _answer(state.function_name, state.args, state.kwargs, functions)
                if isinstance(answer, Raised):
                    state = state.resume(exception=answer.exception)
                else:
                    state = state.resume(return_value=answer.value)
    finally:
        for task in running.values():
            task.cancel()
    return state.output


async def _some_answers(
    pending: tuple[PendingCall, ...], running: dict[int, asyncio.Future[Returned | Raised]], functions: Functions
) -> dict[int, Returned | Raised]:
    """Carry on with the calls that are pending; return the answers that come first, in the order of the calls."""
    import asyncio  # only scripts with calls at once need it

    wanted = {call.call_id for call in pending}
    for number in [number for number in running if number not in wanted]:
        running.pop(number).cancel()
    for call in pending:
        if call.call_id not in running:
            work = _answer(call.function_name, call.args, call.kwargs, functions)
            running[call.call_id] = asyncio.ensure_future(work)
    await asyncio.wait(running.values(), return_when=asyncio.FIRST_COMPLETED)
    done = sorted(number for number, task in running.items() if task.done())
    return {number: running.pop(number).result() for number in done}


async def _answer(name: str, args: tuple[Any, ...], kwargs: dict[str, Any], functions: Functions) -> Returned | Raised:
    function = functions.get(name)
    if function is None:
        if name not in (TIMER, 'time.sleep'):
            return Raised(NameError(f"name '{name}' is not defined"))
        import asyncio  # only scripts that sleep need it

        function = asyncio.sleep
    try:
        value = function(*args, **kwargs)
        if inspect.isawaitable(value):
            value = await value
    except Exception as error:
        return Raised(error)
    return Returned(value)


def drive(state: Snapshot | FutureSnapshot | Complete, functions: Mapping[str, Callable[..., Any]]) -> Any:
    """Answer the calls of a script until it has ended, one after the other, as `Monty.run` does."""
    #: When each timer under way is due.
    due: dict[int, float] = {}
    while not isinstance(state, Complete):
        if isinstance(state, FutureSnapshot):
            number, answer = _first_answer(state.pending, due, functions)
            state = state.resume({number: answer})
            continue
        answer = _answer_now(state.function_name, state.args, state.kwargs, functions)
        if isinstance(answer, Raised):
            state = state.resume(exception=answer.exception)
        else:
            state = state.resume(return_value=answer.value)
    return state.output


def _first_answer(
    pending: tuple[PendingCall, ...], due: dict[int, float], functions: Mapping[str, Callable[..., Any]]
) -> tuple[int, Returned | Raised]:
    """Answer one of the calls: a timer that is due, else the oldest call of a function, else the next timer."""
    now = time.monotonic()
    timers = [call.call_id for call in pending if call.function_name == TIMER and TIMER not in functions]
    for call in pending:
        if call.call_id in timers:
            due.setdefault(call.call_id, now + call.args[0])
    first = min(timers, key=due.__getitem__, default=None)
    if first is None or due[first] > now:
        for call in pending:
            if call.call_id not in timers:
                return call.call_id, _answer_now(call.function_name, call.args, call.kwargs, functions)
    assert first is not None
    time.sleep(max(0.0, due[first] - now))
    return first, Returned(None)


def _answer_now(
    name: str, args: tuple[Any, ...], kwargs: dict[str, Any], functions: Mapping[str, Callable[..., Any]]
) -> Returned | Raised:
    function = functions.get(name)
    if function is None:
        if name != 'time.sleep':
            return Raised(NameError(f"name '{name}' is not defined"))
        function = time.sleep
    try:
        return Returned(function(*args, **kwargs))
    except Exception as error:
        return Raised(error)
