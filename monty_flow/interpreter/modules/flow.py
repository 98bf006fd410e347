"""`flow`: what a script says to the engine that runs it, and asks of it.

The functions that scripts see are written in the script language (`modules/scripts/flow.py`); they check what they are
given and make external calls, whose names begin with `flow.`. What becomes of these is the host's affair: the interpreter
knows nothing of runs.
"""

from __future__ import annotations

import builtins
from typing import Any, Final

from monty_flow.interpreter.modules.module import Definition, External, Functions
from monty_flow.interpreter.modules.scripted import Scripted
from monty_flow.interpreter.runtime.async_host import STATE, external_name
from monty_flow.interpreter.runtime.cancellation import Cancelled, Rejected

#: The external calls, by the names that the library module knows them by; hosts know them with `flow.` before it.
CALLS: Final = ('approve', 'cancel_run', 'info', 'map', 'now', 'publish', 'start', 'status', 'wait_run', 'wait_signal')

#: Names of the module's functions, and of the methods of what they give, whose call stops.
STOPPING: Final = frozenset({*CALLS, 'run', 'result', 'cancel'})

#: Errors of functions that a script gets as what they are; others are an `Exception` with their name and text.
_ERRORS: Final = {
    name: kind
    for name, kind in vars(builtins).items()
    if isinstance(kind, type) and issubclass(kind, Exception) and not issubclass(kind, BaseExceptionGroup)
} | {'Rejected': Rejected}


class Natives(Functions):
    """What `flow.map` asks the runtime for; scripts cannot import it."""

    __slots__ = ()
    module = '_flow'

    def function_name(self, function: Any, /) -> str:
        """Return the name under which the host knows a function."""
        if type(function) is str:
            return function
        try:
            return external_name(function)
        except TypeError:
            raise TypeError(
                f'flow.map() takes a function that the workers provide, or its name, not {type(function).__name__}; '
                'for a function of the script write a loop'
            ) from None

    def beginner(self) -> Any:
        """Return what begins a call and gives its future where an event loop runs, else None."""
        loops = self._run.globals.get(STATE)
        return None if loops is None or loops.running is None else self._run.globals['asyncio:start_call']

    def made_error(self, name: str, message: str, arguments: list[Any] | None, /) -> Exception:
        """Return the error of a function, as a script gets it that calls the function by itself."""
        kind = _ERRORS.get(name)
        if kind is not None:
            try:
                return kind(*([message] if arguments is None else arguments))
            except (TypeError, ValueError):
                pass
        return Exception(f'{name}: {message}' if message else name)


EXTERNALS: Final = Definition('_flow', static={name: External(f'flow.{name}') for name in CALLS}, functions=Natives)
MODULE: Final = Definition('flow', static={'Cancelled': Cancelled, 'Rejected': Rejected}, scripted=Scripted('flow'))
