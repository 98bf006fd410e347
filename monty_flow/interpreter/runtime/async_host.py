"""What the asyncio library asks the runtime and the host for: calls under way, the clock, what is a coroutine.

When no task can go on, the library calls `wait_calls` with every call that is under way. A run that is driven from
outside stops there, with the request `CALLS`; in `Monty.run` the calls are answered one after the other.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from types import FunctionType, MethodType
from typing import Any, Final

from monty_flow.interpreter.runtime.async_generators import LIVE, AsyncStep
from monty_flow.interpreter.runtime.cancellation import CancelledError
from monty_flow.interpreter.runtime.coroutines import AwaitableGenerator, Coroutine, made_exception
from monty_flow.interpreter.runtime.external import ExternalFunction, HostFunction, host_call, host_name_of, name_of
from monty_flow.interpreter.runtime.run import Run
from monty_flow.interpreter.runtime.text import text_of
from monty_flow.interpreter.runtime.waits import beside

#: The name of the request with which a run stops for all its calls at once; no script can spell it.
CALLS: Final = '$calls'
#: The name under which the host knows a timer.
TIMER: Final = 'asyncio.sleep'
#: The name under which a run's globals hold the state of its loops.
STATE: Final = '$asyncio'

#: A call under way: number, name, arguments, keyword arguments.
Call = tuple[int, str, tuple[Any, ...], dict[str, Any]]
#: An answer: number of the call, whether it is an error, the value or exception.
Answer = tuple[int, bool, Any]


class HostCalls:
    """Answer the calls of a run in this process, one after the other.

    A timer that is due goes first, then the oldest call of a function, and only when there is none the run sleeps, to the
    time of the earliest timer.
    """

    __slots__ = ('_due', '_hosts', '_run')

    def __init__(self, run: Run, hosts: Mapping[str, Callable[..., Any]]) -> None:
        self._run = run
        self._hosts = hosts
        #: When each timer is due, by the number of its call.
        self._due: dict[int, float] = {}

    def wait(self, calls: list[Call]) -> list[Answer]:
        """Answer one call, or the timers of one moment."""
        now = time.monotonic()
        due: dict[int, float] = {}
        functions: list[Call] = []
        for call in calls:
            number, name, args, _ = call
            if name == TIMER:
                due[number] = self._due.get(number, now + args[0])
            else:
                functions.append(call)
        self._due = due
        first = min(due, key=lambda number: (due[number], number), default=None)
        if first is not None and (not functions or due[first] <= now):
            slept = self._sleep(first, due[first] - now)
            # Those that are due at the same moment go on together.
            others = sorted(number for number in due if number != first and due[number] <= due[first])
            return [slept, *[(number, False, None) for number in others]]
        return [self._call(functions[0])]

    def _sleep(self, number: int, seconds: float) -> Answer:
        sleep = host_call(TIMER, self._hosts.get(TIMER, self._run.sleep), self._run)
        return self._answered(number, sleep, (max(0.0, seconds),), {})

    def _call(self, call: Call) -> Answer:
        number, name, args, kwargs = call
        function = self._hosts.get(name)
        if function is None:
            return number, True, NameError(f"name '{name}' is not defined")
        return self._answered(number, host_call(name, function, self._run), args, kwargs)

    def _answered(self, number: int, function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Answer:
        try:
            value = function(*args, **kwargs)
        except Exception as error:
            return number, True, error
        return number, False, value


def natives(run: Run, hosts: HostCalls | None) -> dict[str, Any]:
    """Return the functions of the runtime that the library uses, by name."""
    scope = run.globals

    def load_state() -> Any:
        return scope.get(STATE)

    def save_state(state: Any) -> None:
        scope[STATE] = state

    def show_error(message: str, error: BaseException | None) -> None:
        shown = '' if error is None else f'{type(error).__name__}: {text_of(error, run)}\n'
        run.write('stderr', f'{message}\n{shown}')

    return {
        'CancelledError': CancelledError,
        'beside': lambda function: beside(run, function),
        'external_name': external_name,
        'is_coroutine': is_coroutine,
        'is_coroutine_function': lambda function: is_coroutine_function(run, function),
        'is_external': is_external,
        'live_generators': lambda: list(scope.get(LIVE, ())),
        'load_state': load_state,
        'save_state': save_state,
        'made_exception': made_exception,
        'now': run.now,
        'show_error': show_error,
        'wait_calls': ExternalFunction(CALLS) if hosts is None else hosts.wait,
    }


def external_name(function: Any) -> str:
    """Return the name under which the host knows an external function."""
    if type(function) is ExternalFunction:
        return name_of(function)
    owner = getattr(function, '__self__', None)
    if type(owner) is HostFunction:
        return host_name_of(owner)
    raise TypeError('this is not an external function')


def is_external(function: Any) -> bool:
    return type(function) is ExternalFunction or type(getattr(function, '__self__', None)) is HostFunction


def is_coroutine(value: Any) -> bool:
    return type(value) in (Coroutine, AwaitableGenerator, AsyncStep)


def is_coroutine_function(run: Run, function: Any) -> bool:
    """Tell whether calling a function gives a coroutine."""
    if type(function) is MethodType:
        function = function.__func__
    if type(function) is not FunctionType:
        return False
    found = run.program.function_of_code(function.__code__)
    return found is not None and found[1].gives_coroutine
