"""Run one script in every way that it can be run, and compare what the ways show with CPython.

CPython is the oracle: the script is executed with the host functions as globals. The interpreter
runs it straight, stopped and resumed at every external call, with the stopped program sent through
bytes at every call (or at a chosen subset), and with the resume version of each function forced.
Section 7 of the interpreter's design claims that nobody can tell the ways apart; an `Outcome` is all
that can be told: the text, the external calls in their order, the output and the uncaught exception.
"""

from __future__ import annotations

import ast
import asyncio
import builtins
import contextlib
import copy
import decimal
import difflib
import io
import os
import random
import sys
import tempfile
import unittest.mock
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from monty_flow import Complete, FutureSnapshot, Monty, MontyRuntimeError, Snapshot, load
from monty_flow.interpreter import relocate
from monty_flow.testing import forced
from tests.asynchronous_host import AWAITED, TIMER, OracleHost, OraclePolicy, SteppingHost

#: The name that no script can spell, under which the oracle finds the value of the last expression.
_OUTPUT = '$output'

HostFunction = Callable[..., Any]
Stopped = Snapshot | FutureSnapshot
Travel = Callable[[int, Stopped], Stopped]


def _fail(kind: str, text: str) -> None:
    raise getattr(builtins, kind)(text)


#: External functions of the corpus. All are pure, so that every way sees the same answers.
HOST: Mapping[str, HostFunction] = {
    'ext': lambda x: x,
    'ext_add': lambda a, b: a + b,
    'ext_list': lambda n: list(range(n)),
    'ext_none': lambda: None,
    'ext_kw': lambda *args, **kwargs: [list(args), dict(kwargs)],
    'ext_fail': _fail,
    'ext_true': lambda: True,
    'ext_false': lambda: False,
    'ext_str': lambda x: str(x),
    'time.sleep': lambda seconds: None,
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one way of running a script showed to the outside."""

    stdout: str
    stderr: str
    #: External calls in their order, as source text.
    calls: tuple[str, ...]
    #: repr of the output, None when the script raised.
    output: str | None
    #: Type name and text of the uncaught exception, None when the script ended well.
    error: str | None

    def lines(self) -> list[str]:
        """Return the outcome as lines of text, for a diff."""
        found = [f'stdout | {line}' for line in self.stdout.splitlines()]
        found += [f'stderr | {line}' for line in self.stderr.splitlines()]
        found += [f'call   | {call}' for call in self.calls]
        return [*found, f'output | {self.output}', f'error  | {self.error}']


@dataclass(slots=True)
class Observer:
    """Collect what a script prints and calls while it runs in one way."""

    texts: dict[str, list[str]] = field(default_factory=lambda: {'stdout': [], 'stderr': []})
    calls: list[str] = field(default_factory=list)

    def write(self, stream: str, text: str) -> None:
        """Take printed text; this is the `print_callback` of every way."""
        self.texts[stream].append(text)

    def call(self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Answer an external call by HOST, with copies in both directions."""
        given = [repr(arg) for arg in args] + [f'{key}={value!r}' for key, value in kwargs.items()]
        self.calls.append(f'{name}({", ".join(given)})')
        name = AWAITED.get(name, name)
        return copy.deepcopy(HOST[name](*copy.deepcopy(args), **copy.deepcopy(kwargs)))

    def functions(self) -> dict[str, HostFunction]:
        """Return HOST with each call observed."""

        def observed(name: str) -> HostFunction:
            return lambda *args, **kwargs: self.call(name, args, kwargs)

        return {name: observed(name) for name in (*HOST, *AWAITED) if '.' not in name}

    def outcome(self, output: str | None, error: str | None) -> Outcome:
        """Return what was seen, together with how the script ended."""
        return Outcome(
            stdout=''.join(self.texts['stdout']),
            stderr=''.join(self.texts['stderr']),
            # The oracle's own `time.sleep` is the real one, so no way reports it.
            calls=tuple(call for call in self.calls if not call.startswith('time.')),
            output=output,
            error=error,
        )


class _Stream(io.TextIOBase):
    """Hand what the oracle prints to an observer."""

    def __init__(self, observer: Observer, name: str) -> None:
        super().__init__()
        self._observer = observer
        self._name = name

    def write(self, text: str) -> int:
        self._observer.write(self._name, text)
        return len(text)


def run_on_cpython(source: str, *, newest_first: bool = False) -> Outcome:
    """Return the outcome of the script on the Python that runs the tests."""
    tree = ast.parse(source)
    if tree.body and isinstance(tree.body[-1], ast.Expr):
        last = tree.body[-1]
        target = ast.copy_location(ast.Name(_OUTPUT, ast.Store()), last)
        tree.body[-1] = ast.copy_location(ast.Assign([target], last.value), last)
    observer = Observer()
    host = OracleHost(observer.call, newest_first=newest_first)
    awaited = {name: host.function(name) for name in AWAITED}
    scope: dict[str, Any] = {'__name__': '__main__', **observer.functions(), **awaited}
    # This module's own `from __future__` must not reach the script.
    code = compile(tree, 'main.py', 'exec', ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
    with (
        contextlib.redirect_stdout(_Stream(observer, 'stdout')),
        contextlib.redirect_stderr(_Stream(observer, 'stderr')),
        # What a script writes on the oracle goes where nothing else is.
        tempfile.TemporaryDirectory() as directory,
        contextlib.chdir(directory),
        unittest.mock.patch.dict(os.environ),
        _policy(OraclePolicy(host)),
        _as_in_a_new_process(),
    ):
        try:
            waits = eval(code, scope)
            if waits is not None:
                asyncio.run(waits)
        except Exception as error:
            return observer.outcome(None, f'{type(error).__name__}: {error}')
    return observer.outcome(repr(scope.get(_OUTPUT)), None)


@contextlib.contextmanager
def _as_in_a_new_process() -> Iterator[None]:
    """Keep what a script sets of the process from the scripts and tests that come after it."""
    depth, state = sys.getrecursionlimit(), random.getstate()
    try:
        with decimal.localcontext(decimal.Context()):
            yield
    finally:
        sys.setrecursionlimit(depth)
        random.setstate(state)


@contextlib.contextmanager
def _policy(policy: asyncio.AbstractEventLoopPolicy) -> Iterator[None]:
    before = asyncio.get_event_loop_policy()
    asyncio.set_event_loop_policy(policy)
    try:
        yield
    finally:
        asyncio.set_event_loop_policy(before)


def _observe(run: Callable[[Observer], Any]) -> Outcome:
    observer = Observer()
    try:
        output = run(observer)
    except MontyRuntimeError as error:
        return observer.outcome(None, f'{error.exception_type}: {error.message}')
    return observer.outcome(repr(output), None)


def _straight(program: Monty, observer: Observer) -> Any:
    functions = {**observer.functions(), TIMER: lambda seconds: None}
    return program.run(external_functions=functions, print_callback=observer.write)


def _answered(state: Snapshot, observer: Observer) -> Any:
    """Answer the call that `state` waits for, and return what the script reaches next."""
    try:
        answer = observer.call(state.function_name, state.args, state.kwargs)
    except Exception as error:
        failure = error
    else:
        return state.resume(return_value=answer)
    return state.resume(exception=failure)


def _stepwise(program: Monty, observer: Observer, travel: Travel, *, newest_first: bool = False) -> Any:
    """Run from pause to pause; `travel` gives the snapshot to resume for each numbered pause."""
    state = program.start(print_callback=observer.write)
    pauses = 0
    host = SteppingHost(observer.call, newest_first=newest_first)
    while not isinstance(state, Complete):
        state = travel(pauses, state)
        state = state.resume(host.results(state)) if isinstance(state, FutureSnapshot) else _answered(state, observer)
        pauses += 1
    return state.output


def run_straight(source: str) -> Outcome:
    """Run with the external functions called by the interpreter."""
    return _observe(lambda observer: _straight(Monty(source), observer))


def run_resumed(source: str) -> Outcome:
    """Stop at every external call and resume the same snapshot."""
    return _observe(lambda observer: _stepwise(Monty(source), observer, lambda number, state: state))


def run_reloaded(source: str) -> Outcome:
    """Stop at every external call and resume what its bytes load as."""
    return run_partly_reloaded(source, lambda number: True)


def run_partly_reloaded(source: str, reloads: Callable[[int], bool]) -> Outcome:
    """Send the pauses whose number (from 0) `reloads` picks through bytes, and resume the others as they are."""

    def run(observer: Observer) -> Any:
        def travel(number: int, state: Stopped) -> Stopped:
            return load(state.dump(), print_callback=observer.write) if reloads(number) else state

        return _stepwise(Monty(source), observer, travel)

    return _observe(run)


def run_newest_first(source: str) -> Outcome:
    """Send every pause through bytes, and answer the newest of several calls first."""

    def run(observer: Observer) -> Any:
        def travel(number: int, state: Stopped) -> Stopped:
            return load(state.dump(), print_callback=observer.write)

        return _stepwise(Monty(source), observer, travel, newest_first=True)

    return _observe(run)


def run_forced(source: str) -> Outcome:
    """Run straight through the resume version of every function."""
    return _observe(lambda observer: _straight(forced(Monty(source)), observer))


def run_forced_reloaded(source: str) -> Outcome:
    """Send every pause of the resume version through bytes that hold no source."""

    def run(observer: Observer) -> Any:
        program = forced(Monty(source))

        def travel(number: int, state: Stopped) -> Stopped:
            return load(state.dump(with_source=False), script=program, print_callback=observer.write)

        return _stepwise(program, observer, travel)

    return _observe(run)


def run_relocated(source: str, other: str) -> Outcome:
    """Let the script go on in another version of it at every pause, and back at the next."""

    def run(observer: Observer) -> Any:
        programs = [Monty(source), Monty(other)]

        def travel(number: int, state: Stopped) -> Stopped:
            old, new = programs[number % 2], programs[1 - number % 2]
            state = relocate(state.dump(), script=old, onto=new).snapshot
            # The callback is not of the state.
            return load(state.dump(), print_callback=observer.write)

        return _stepwise(programs[0], observer, travel)

    return _observe(run)


#: Each way to run a script with the interpreter, by the name that a failure shows.
WAYS: Mapping[str, Callable[[str], Outcome]] = {
    'straight': run_straight,
    'resumed': run_resumed,
    'reloaded': run_reloaded,
    'forced': run_forced,
    'forced_reloaded': run_forced_reloaded,
}


def difference(expected: Outcome, got: Outcome, way: str) -> str:
    """Return a readable diff of two outcomes, empty when they agree."""
    if expected == got:
        return ''
    return '\n'.join(difflib.unified_diff(expected.lines(), got.lines(), 'CPython', way, n=3, lineterm=''))


def numbered(source: str) -> str:
    """Return the script with line numbers, to be read beside an error."""
    return '\n'.join(f'{number:4} {line}' for number, line in enumerate(source.splitlines(), 1))
