"""A host for asynchronous scripts that is the same on CPython and beside the interpreter.

Awaited external functions (`aext` and its kin) are answered, and time passes, only when no task can go on: the oldest
call first (or the newest), and when there is none, the timer that is due next. So each way of running a script sees
the same answers in the same order, and no test waits.
"""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable
from typing import Any

from monty_flow import FutureSnapshot, PendingCall, Raised, Returned

#: Awaited external functions -> the function of the corpus that gives the answer.
AWAITED: dict[str, str] = {
    f'a{name}': name for name in ('ext', 'ext_add', 'ext_list', 'ext_none', 'ext_fail', 'ext_str')
}
TIMER = 'asyncio.sleep'

Answer = Callable[[str, tuple[Any, ...], dict[str, Any]], Any]


class OracleHost(selectors.DefaultSelector):
    """Make CPython's own loop answer calls, and let its time pass, when it would wait."""

    def __init__(self, answer: Answer, *, newest_first: bool = False) -> None:
        super().__init__()
        self.answer = answer
        self.newest_first = newest_first
        self.now = 0.0
        self.calls: list[tuple[str, tuple[Any, ...], dict[str, Any], asyncio.Future[Any]]] = []

    def function(self, name: str) -> Callable[..., Any]:
        """Return an external function that begins a call."""

        def begin(*args: Any, **kwargs: Any) -> asyncio.Future[Any]:
            future = asyncio.get_running_loop().create_future()
            self.calls.append((name, args, kwargs, future))
            return future

        return begin

    def close(self) -> None:
        """Stay open: a script may run several loops."""

    def select(self, timeout: float | None = None) -> list[Any]:
        if timeout is not None and timeout <= 0:
            return []
        self.calls = [call for call in self.calls if not call[3].done()]
        if self.calls:
            name, args, kwargs, future = self.calls.pop(-1 if self.newest_first else 0)
            try:
                future.set_result(self.answer(name, args, kwargs))
            except Exception as error:
                future.set_exception(error)
        elif timeout is None:
            raise RuntimeError('every task waits, and no call or timer is under way that could wake one')
        else:
            self.now += timeout
        return []

    def new_loop(self) -> asyncio.AbstractEventLoop:
        """Return a loop that is driven so."""
        loop = asyncio.SelectorEventLoop(self)
        loop.time = lambda: self.now  # type: ignore[method-assign]
        return loop


class OraclePolicy(asyncio.DefaultEventLoopPolicy):
    """Give scripts loops of an OracleHost."""

    def __init__(self, host: OracleHost) -> None:
        super().__init__()
        self.host = host

    def new_event_loop(self) -> asyncio.AbstractEventLoop:
        return self.host.new_loop()


class SteppingHost:
    """Answer the pending calls of stopped scripts, one at a time."""

    def __init__(self, answer: Answer, *, newest_first: bool = False) -> None:
        self.answer = answer
        self.newest_first = newest_first
        self.now = 0.0
        self.due: dict[int, float] = {}

    def results(self, state: FutureSnapshot) -> dict[int, Returned | Raised]:
        """Return the answer of the call that is next."""
        functions: list[PendingCall] = []
        timers: list[tuple[float, int]] = []
        for call in state.pending:
            if call.function_name == TIMER:
                timers.append((self.due.setdefault(call.call_id, self.now + call.args[0]), call.call_id))
            else:
                functions.append(call)
        if not functions:
            self.now = min(timers)[0]
            return {number: Returned(None) for due, number in timers if due <= self.now}
        call = functions[-1 if self.newest_first else 0]
        try:
            return {call.call_id: Returned(self.answer(call.function_name, call.args, call.kwargs))}
        except Exception as error:
            return {call.call_id: Raised(error)}
