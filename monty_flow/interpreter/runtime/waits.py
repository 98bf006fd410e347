"""What a script waits with for its engine, where an event loop runs: the functions of `flow` that have a twin which is a coroutine.

`flow.approve(...)` by itself stops the script. Where its result is awaited (`compiler/futures.py` says where), the library's `_approve_beside` is called
instead, and the other tasks go on.
"""

from __future__ import annotations

from types import FunctionType, MethodType
from typing import Any, Final

#: The functions of `flow` that wait, and the methods of its `Run`.
WAITS: Final = frozenset({'approve', 'run', 'wait_signal'})
WAITS_OF_RUN: Final = frozenset({'result'})


def beside(run: Any, function: Any) -> Any:
    """Return the coroutine function for a function of `flow` that waits; anything else as it is."""
    scope = run.globals
    name = getattr(function, '__name__', '')
    if type(function) is FunctionType and name in WAITS and function is scope.get(f'flow:{name}'):
        return scope[f'flow:_{name}_beside']
    if type(function) is MethodType and name in WAITS_OF_RUN and type(function.__self__) is scope.get('flow:Run'):
        return MethodType(scope[f'flow:_{name}_beside'], function.__self__)
    return function
