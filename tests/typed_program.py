"""A user's program: `make check` has mypy read it as strictly as the package, and a test runs it.

Types that go lost at the front door (a name that is Any, a decorator that forgets its function) fail there, and so does a name that is
not in the package: its `type: ignore` would be one too many.
"""

from __future__ import annotations

from typing import Any, assert_type

from monty_flow import (
    Complete,
    Engine,
    Functions,
    FutureSnapshot,
    Monty,
    MontyRuntimeError,
    PendingCall,
    ResourceLimits,
    Returned,
    Session,
    Snapshot,
    Worker,
    current_call,
    load,
)
from monty_flow.engine import CallContext, Isolation, Run, RunStatus

try:
    from monty_flow import Nothing  # type: ignore[attr-defined]  # there is none: the front door hides no missing name
except ImportError:
    Nothing = None

functions = Functions()


@functions.function
def double(number: int) -> int:
    return 2 * number


@functions.function(retries=1, timeout_seconds=5)
async def later(number: int) -> int:
    assert_type(current_call(), CallContext)
    return number + 1


def finished(state: Snapshot | FutureSnapshot | Complete) -> Any:
    """Answer every call of a script with its first argument."""
    while not isinstance(state, Complete):
        if isinstance(state, FutureSnapshot):
            assert_type(state.pending, tuple[PendingCall, ...])
            state = state.resume({call.call_id: Returned(call.args[0]) for call in state.pending})
        else:
            assert_type(state.function_name, str)
            state = assert_type(load(state.dump()), Snapshot | FutureSnapshot)
            if isinstance(state, Snapshot):
                state = state.resume(return_value=state.args[0])
    return state.output


def traceback_of(code: str) -> str:
    try:
        Monty(code).run(limits=ResourceLimits(max_steps=1000))
    except MontyRuntimeError as error:
        return assert_type(error.traceback, str)
    return ''


def durable(url: str) -> Run:
    assert_type(double(2), int)
    with Engine(url) as engine:
        run = engine.submit('double(later(number))', inputs={'number': 20})
        Worker(url, functions, isolation=Isolation.NONE).run_until(run.id)
        assert_type(engine.list(status=RunStatus.SUCCEEDED), list[Run])
        return assert_type(engine.get(run.id), Run)


def fed() -> list[Any]:
    session = Session(external_functions=['double'])
    return [session.feed('half = 4'), session.feed('double(half)', external_functions={'double': double})]
