"""Find the calls of external functions whose result is awaited: they begin the call and give a future.

In asynchronous code `await fetch(x)` waits for a call, and `gather(fetch(1), fetch(2))` for two at once, so there a call
of `fetch` must not stop the script: it gives a future. But scripts also call external functions as they call
any other, `total += fetch(x)`, and then the value is wanted at once. A call in an `async def` (or at a top level that awaits)
gives a future when its result *flows into an await*:

    awaited itself, or an argument of asyncio.gather, create_task, wait, wait_for, shield, as_completed, ...
    bound to a name or attribute that flows into an await, by any statement of the script
    an element of a display or comprehension, or put into a container, that does
    an argument of a function of the script whose parameter does
    given by `map(fetch, ...)`, where what that gives does
    returned by a function of the script whose result does

The waits of `flow` (`flow.approve(...)`, `run.result()`) are coroutines by the same rules, and hold the whole script by any other.

A call of an unknown value, `await function(x)`, gives a future when the value is an external function.

What flows where is decided by names alone, for the whole script together. All other calls stop for their value at once:
an operand, a subscript, an f-string, an argument of a built-in, a statement of its own, anything in a function
that is not asynchronous.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from typing import Any

from monty_flow.interpreter.compiler.nodes import Marked, walk
from monty_flow.interpreter.compiler.scopes import Kind, Program, Scope

#: What flows here is awaited.
AWAITED = '$awaited'
#: Functions and methods of asyncio that wait for their arguments.
_WAITERS = frozenset(
    'gather create_task ensure_future wait wait_for shield as_completed run_until_complete wrap_future'.split()
)
#: Methods that put their argument into their object.
_PUTTING = frozenset('append appendleft add extend insert put put_nowait setdefault update push'.split())
#: Methods that give what their object holds.
_TAKING = frozenset('copy get items pop popitem popleft values'.split())
#: Methods that only futures have.
_OF_FUTURES = frozenset({'add_done_callback', 'cancel', 'cancelled', 'done'})
#: Built-ins whose result holds what their arguments hold.
_HANDING_ON = frozenset('dict enumerate filter frozenset iter list next reversed set sorted tuple zip'.split())
_DISPLAYS = (ast.List, ast.Tuple, ast.Set, ast.Dict, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


class _Flow:
    def __init__(
        self, program: Program, is_external: Callable[[str, Scope], bool], is_wait: Callable[[ast.expr], bool]
    ) -> None:
        self.program = program
        self.is_external = is_external
        self.is_wait = is_wait
        #: Parameters of the script's functions, by the name of the function; of a class, those of its methods.
        self.parameters: dict[str, set[str]] = {}
        #: Functions whose call gives what they return; that of an `async def` does so when it is awaited.
        self.plain: set[str] = set()
        for scope in program.scopes.values():
            node = scope.node
            if isinstance(node, _FUNCTIONS):
                self.parameters.setdefault(node.name, set()).update(scope.params)
                if not scope.is_async:
                    self.plain.add(node.name)
                if node.name == '__init__' and scope.parent is not None and scope.parent.kind is Kind.CLASS:
                    self.parameters.setdefault(scope.parent.node.name, set()).update(scope.params)

    def mark(self) -> None:
        """Mark every call that gives a future, or the coroutine of a wait."""
        calls = [
            call
            for call, scope in self.program.calls
            if type(call.func) is ast.Name and may_wait(scope) and self.is_external(call.func.id, scope)
        ]
        mapped = [
            call
            for call, scope in self.program.calls
            if getattr(call.func, 'id', '') == 'map' and call.args and type(call.args[0]) is ast.Name
            if may_wait(scope) and self.is_external(call.args[0].id, scope)
        ]
        waits = [call for call, scope in self.program.calls if self.is_wait(call.func) and may_wait(scope)]
        if not calls and not mapped and not waits:
            return
        awaited = self.awaited_keys()
        for call in mapped:
            if any(key in awaited for key in self.targets(call, direct=False)):
                call.args[0].is_future = True
        for call in calls:
            if any(key in awaited for key in self.targets(call, direct=True)):
                call.is_future = True
        for call in waits:
            if any(key in awaited for key in self.targets(call, direct=True)):
                call.is_wait = True

    def awaited_keys(self) -> set[str]:
        """Return the names from which values flow into an await."""
        sources: dict[str, set[str]] = {}
        for node in walk(self.program.main.node):
            key = _key(node, self.plain)
            if key is not None and not (isinstance(node, ast.Name | ast.Attribute) and _is_stored(node)):
                for target in self.targets(node, direct=False):
                    sources.setdefault(target, set()).add(key)
        found = {AWAITED}
        pending = [AWAITED]
        while pending:
            for key in sources.get(pending.pop(), ()):
                if key not in found:
                    found.add(key)
                    pending.append(key)
        return found

    def targets(self, node: Marked, *, direct: bool) -> Iterator[str]:
        """Give the names into which the value of an expression flows; `direct` for the external call itself."""
        parent = node.parent
        kind = type(parent)
        if kind is ast.Await:
            yield AWAITED
        elif kind is ast.keyword:
            yield from self.targets_of_argument(parent.parent, direct=direct)
        elif kind is ast.Call and parent.func is not node:
            yield from self.targets_of_argument(parent, direct=direct)
        elif kind is ast.Starred or isinstance(parent, _DISPLAYS):
            yield from self.targets(parent, direct=False)
        elif kind is ast.IfExp and node is not parent.test:
            yield from self.targets(parent, direct=direct)
        elif kind is ast.NamedExpr:
            yield from _stores(parent.target)
            yield from self.targets(parent, direct=direct)
        elif kind is ast.Assign:
            for target in parent.targets:
                yield from _stores(target)
        elif kind is ast.AnnAssign:
            yield from _stores(parent.target)
        elif kind is ast.Return:
            yield from _result_key(parent)
        elif not direct:
            yield from self.targets_of_container(node, parent)

    def targets_of_container(self, node: Marked, parent: Marked) -> Iterator[str]:
        """Give the names into which what a container holds flows, where the container itself would be used up."""
        kind: Any = type(parent)
        around: Any = parent.parent
        if kind in (ast.For, ast.AsyncFor, ast.comprehension):
            if node is parent.iter:
                yield from _stores(parent.target)
        elif kind is ast.AugAssign:
            if node is parent.value:
                yield from _stores(parent.target)
        elif kind in (ast.Subscript, ast.BinOp):
            if node is not getattr(parent, 'slice', None):
                yield from self.targets(parent, direct=False)
        elif kind is ast.Attribute and isinstance(around, ast.Call) and around.func is parent:
            yield from self.targets_of_method(getattr(parent, 'attr', ''), around)

    def targets_of_method(self, name: str, call: Marked) -> Iterator[str]:
        """Give the names into which what a method of a container gives flows."""
        if name in _OF_FUTURES:
            yield AWAITED
        elif name == 'get' and type(call.parent) is ast.Await:
            return  # A queue's: what is awaited is the turn, not the item.
        elif name in _TAKING:
            yield from self.targets(call, direct=False)

    def targets_of_argument(self, call: Marked, *, direct: bool) -> Iterator[str]:
        func = call.func
        name = func.attr if isinstance(func, ast.Attribute) else getattr(func, 'id', '')
        if name in _WAITERS:
            yield AWAITED
        elif name in self.parameters:
            for parameter in self.parameters[name]:
                yield f'name {parameter}'
        elif isinstance(func, ast.Attribute):
            if func.attr in _PUTTING:
                yield from _stores(func.value)
        elif name in _HANDING_ON and not direct:
            yield from self.targets(call, direct=False)


def _key(node: Any, plain: set[str]) -> str | None:
    """Return the name under which the flow knows what an expression gives."""
    if isinstance(node, ast.Name):
        return f'name {node.id}'
    if isinstance(node, ast.Attribute):
        return f'attribute {node.attr}'
    call = node.value if isinstance(node, ast.Await) else node
    if isinstance(call, ast.Call):
        name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, 'id', '')
        if call is not node or name in plain:
            return f'result {name}'
    return None


def _is_stored(node: ast.Name | ast.Attribute) -> bool:
    return type(node.ctx) is not ast.Load


def _stores(target: Any) -> Iterator[str]:
    """Give the names that a target stands for; an item stands for its container."""
    if isinstance(target, ast.Name):
        yield f'name {target.id}'
    elif isinstance(target, ast.Attribute):
        yield f'attribute {target.attr}'
    elif isinstance(target, ast.Subscript | ast.Starred):
        yield from _stores(target.value)
    elif isinstance(target, ast.Tuple | ast.List):
        for item in target.elts:
            yield from _stores(item)


def _result_key(node: Marked) -> Iterator[str]:
    around = node.parent
    while around is not None and not isinstance(around, _FUNCTIONS):
        around = around.parent
    if around is not None:
        yield f'result {around.name}'


def may_wait(scope: Scope) -> bool:
    """Tell whether code of a scope runs where there is an event loop, as far as its text says."""
    found: Scope | None = scope
    while found is not None and found.kind in (Kind.COMPREHENSION, Kind.GENERATOR):
        found = found.parent
    return found is not None and found.is_async


def mark_futures(
    program: Program, is_external: Callable[[str, Scope], bool], is_wait: Callable[[ast.expr], bool]
) -> None:
    """Mark the calls of external functions that give a future (`call.is_future`), and the waits that are awaited (`call.is_wait`)."""
    _Flow(program, is_external, is_wait).mark()
