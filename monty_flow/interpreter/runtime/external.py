"""What scripts hold in place of functions that they do not have."""

from __future__ import annotations

from collections.abc import Callable
from math import inf
from time import perf_counter
from types import MethodType
from typing import TYPE_CHECKING, Any

from monty_flow.interpreter.boundary import SCALARS, exception_to_script, keywords_to_host, to_host, to_script
from monty_flow.interpreter.errors import LimitReached
from monty_flow.interpreter.runtime.pause import CallRequest, Pause

if TYPE_CHECKING:
    from monty_flow.interpreter.runtime.run import Run


class ExternalFunction:
    """A function of the host, as a script sees it: calling it stops the script.

    Immutable and without anything of the host in reach, so all runs share it.
    """

    __slots__ = ('_name',)
    _name: str

    def __init__(self, name: str) -> None:
        object.__setattr__(self, '_name', name)

    def __call__(self, /, *args: Any, **kwargs: Any) -> Any:
        raise Pause(CallRequest(self._name, args, kwargs))

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"'function' object has no attribute '{name}'")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"'function' object has no attribute '{name}'")

    def __repr__(self) -> str:
        return f'<external function {self._name}>'


def name_of(function: ExternalFunction) -> str:
    """Return the name under which the host knows an external function."""
    return function._name


def host_name_of(function: HostFunction) -> str:
    """Return the name under which the host knows a function that is called at once."""
    return function._name


class HostFunction:
    """A function of the host that `run` calls at once, without a pause; scripts hold what `host_call` makes of it."""

    __slots__ = ('_function', '_limit', '_name', '_run')

    def __init__(self, name: str, function: Callable[..., Any], run: Run | None) -> None:
        self._name = name
        self._function = function
        self._run = run
        most = None if run is None else run.limits.max_pauses
        self._limit: float = inf if most is None else most

    def call(self, /, *args: Any, **kwargs: Any) -> Any:
        """Call the host's function with copies; its errors enter the script as the script's own."""
        for value in args:
            if type(value) not in SCALARS:
                args = tuple([to_host(argument) for argument in args])
                break
        if kwargs:
            kwargs = keywords_to_host(kwargs)
        run = self._run
        if run is not None:
            # A straight line has no clock to correct, and so few calls that nobody counts them.
            if run.verdict is not None:
                raise LimitReached(run.verdict)
            run.pauses += 1
            if run.pauses > self._limit:
                run.too_many_pauses()
            began = perf_counter()
            run.hosting = True
        try:
            if run is None or run.arithmetic is None:
                value = self._function(*args, **kwargs)
            else:
                with run.arithmetic.outside():
                    value = self._function(*args, **kwargs)
        except Exception as error:
            failure = exception_to_script(error)
        except BaseException:
            if run is not None:
                run.hosting = False
            raise
        else:
            if run is not None:
                run.waited += perf_counter() - began
                run.hosting = False
            return value if type(value) in SCALARS else to_script(value, self._name)
        if run is not None:
            run.waited += perf_counter() - began
            run.hosting = False
        # Raised outside the handler: the host's exception must not become its context.
        raise failure


_ABSENT = object()


def _credit(run: Run) -> None:
    """Take the call that the first look has found, and all before it, for time of the host."""
    run.waiting_at_first_look = False
    run.waited = perf_counter() - run.started


def host_call(name: str, function: Callable[..., Any], run: Run | None) -> Callable[..., Any]:
    """Return a function of the host as a script holds it: a method bound to a `HostFunction`.

    Most calls have one plain argument, and most runs are over before the watcher's first look: such a call has a way of its own,
    without the clock. The first look finds the run in such a call, which then gets all the time since the run began, or elsewhere: then
    the run is charged for the calls before, some milliseconds. From the look on all calls are timed.
    """
    held = HostFunction(name, function, run)
    if run is None:
        return held.call
    most = run.limits.max_pauses
    limit: float = inf if most is None else most

    def call(self: HostFunction, first: Any = _ABSENT, /, *rest: Any, **named: Any) -> Any:
        if rest or named or type(first) not in SCALARS or run.timed or run.arithmetic is not None:
            return held.call(*rest, **named) if first is _ABSENT else held.call(first, *rest, **named)
        run.pauses = count = run.pauses + 1
        if count > limit:
            run.too_many_pauses()
        run.hosting = True
        try:
            value = function(first)
        except Exception as error:
            failure = exception_to_script(error)
        except BaseException:
            # Such as KeyboardInterrupt, which a script may catch: it computes again.
            run.hosting = False
            raise
        else:
            run.hosting = False
            if run.waiting_at_first_look:
                _credit(run)
            return value if type(value) in SCALARS else to_script(value, name)
        run.hosting = False
        if run.waiting_at_first_look:
            _credit(run)
        # Raised outside the handler: the host's exception must not become its context.
        raise failure

    return MethodType(call, held)
