"""What scripts hold in place of functions that they do not have."""

from __future__ import annotations

from collections.abc import Callable
from math import inf
from time import perf_counter
from typing import TYPE_CHECKING, Any

from monty_flow.interpreter.boundary import SCALARS, exception_to_script, keywords_to_host, to_host, to_script
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
    """A function of the host that `run` calls at once, without a pause; scripts hold its bound `call`."""

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
