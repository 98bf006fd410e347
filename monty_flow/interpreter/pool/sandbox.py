"""A pool of child processes that run scripts, with the shapes of `Monty` and `Snapshot`.

A child computes one thing at a time. The bytes of a stopped state always come with the pause, so any child can go on from
them; the child that stopped keeps the live state too, and when it is free it goes on without decoding anything. A child that
crashes, breaks a rule or is over its limits is killed and replaced, and only the run that it computed gets an error.

Time is measured here as well: what a child takes longer than its limit, and some more for the answer, ends with SIGKILL.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Mapping
from hashlib import sha256
from typing import Any

from monty_flow.interpreter.arguments import functions_of, limits_of
from monty_flow.interpreter.boundary import exception_to_script, to_script
from monty_flow.interpreter.errors import BoundaryError, SandboxCrashed, SnapshotError
from monty_flow.interpreter.limits import ResourceLimits
from monty_flow.interpreter.machine import Monty
from monty_flow.interpreter.os_access import OSAccess
from monty_flow.interpreter.pool import messages
from monty_flow.interpreter.pool.asking import PrintCallback
from monty_flow.interpreter.pool.children import Child, Children
from monty_flow.interpreter.pool.exchange import Begun, Exchange, Pause
from monty_flow.interpreter.snapshot.header import facts_of, resealed
from monty_flow.interpreter.snapshot.signing import KeyRing
from monty_flow.interpreter.snapshot.versions import VERSION
from monty_flow.interpreter.stopped import Complete, FutureSnapshot, PendingCall, Raised, Returned, Snapshot, Stopped
from monty_flow.interpreter.views import FrameView, Position

_MISSING: Any = object()


class SandboxPool:
    """Child processes that run scripts, `processes` at a time; `ahead` of them, all by default, start with the pool.

    Raises SandboxUnavailable where processes cannot be made. Use it from any number of threads; close it at the end.
    """

    def __init__(self, processes: int | None = None, *, ahead: int | None = None) -> None:
        count = processes or os.cpu_count() or 1
        self._children = Children(count, count if ahead is None else min(ahead, count))

    def allow(self, processes: int) -> None:
        """Make room for at least so many children; more than there are now are made when they are needed."""
        self._children.allow(processes)

    @property
    def walls(self) -> dict[str, bool]:
        """Which walls are up around the children, by name."""
        return dict(self._children.walls)

    def script(
        self,
        code: str | Monty,
        *,
        inputs: Iterable[str] = (),
        external_functions: Iterable[str] | None = None,
        script_name: str = 'main.py',
    ) -> SandboxScript:
        """Return a script as `Monty` would; it is compiled in a child, when it is first used."""
        if isinstance(code, SandboxScript):
            return code
        if isinstance(code, Monty):
            program = code._program
            return SandboxScript(self._children, program.source, program.inputs, program.declared, program.script_name)
        return SandboxScript(self._children, code, inputs, external_functions, script_name)

    def run(
        self,
        code: str | Monty,
        *,
        inputs: Mapping[str, Any] | None = None,
        external_functions: Mapping[str, Callable[..., Any]] | None = None,
        limits: ResourceLimits | None = None,
        print_callback: PrintCallback | None = None,
        os_access: OSAccess | None = None,
    ) -> Any:
        """Run a script to the end, as `Monty.run`."""
        return self.script(code, inputs=inputs or ()).run(
            inputs=inputs,
            external_functions=external_functions,
            limits=limits,
            print_callback=print_callback,
            os_access=os_access,
        )

    def start(
        self,
        code: str | Monty,
        *,
        inputs: Mapping[str, Any] | None = None,
        limits: ResourceLimits | None = None,
        print_callback: PrintCallback | None = None,
        os_access: OSAccess | None = None,
    ) -> SandboxState | Complete:
        """Run a script to its first external call, as `Monty.start`."""
        script = self.script(code, inputs=inputs or ())
        return script.start(inputs=inputs, limits=limits, print_callback=print_callback, os_access=os_access)

    def load(
        self,
        data: bytes,
        *,
        script: Monty | None = None,
        limits: ResourceLimits | None = None,
        print_callback: PrintCallback | None = None,
        keys: KeyRing | None = None,
        binding: bytes = b'',
    ) -> SandboxState:
        """Return the snapshot of these bytes, as `load`; they are decoded in a child."""
        if script is None:
            facts = facts_of(data, limits=limits, keys=keys, binding=binding)
            if facts.source is None:
                raise SnapshotError('the snapshot was dumped without its source; give load() the script')
            script = SandboxScript(self._children, facts.source, facts.inputs, facts.externals, facts.script_name)
        elif not isinstance(script, SandboxScript):
            script = self.script(script)
        return script.load(data, limits=limits, print_callback=print_callback, keys=keys, binding=binding)

    def close(self) -> None:
        """End all children."""
        self._children.close()

    def __enter__(self) -> SandboxPool:
        return self

    def __exit__(self, *args: object) -> None:
        self.close()


class SandboxScript(Monty):
    """A script that children run, wherever a `Monty` is wanted; it is never compiled in this process."""

    __slots__ = ('_children', '_code', '_externals', '_inputs', '_key', '_name')

    def __init__(
        self,
        children: Children,
        code: str,
        inputs: Iterable[str],
        external_functions: Iterable[str] | None,
        script_name: str,
    ) -> None:
        self._children = children
        self._code = code
        self._inputs = list(inputs)
        self._externals = None if external_functions is None else sorted(external_functions)
        self._name = script_name
        parts = repr((code, self._inputs, self._externals, script_name))
        self._key = sha256(parts.encode('utf-8', 'surrogatepass')).digest()

    @property
    def code(self) -> str:
        """The source text."""
        return self._code

    @property
    def script_name(self) -> str:
        """The name of the script in tracebacks."""
        return self._name

    @property
    def external_functions(self) -> frozenset[str]:
        """Names of the external functions that were declared; which ones the script mentions only a child knows."""
        return frozenset(self._externals or ())

    def load(
        self,
        data: bytes,
        *,
        limits: ResourceLimits | None = None,
        print_callback: PrintCallback | None = None,
        os_access: OSAccess | None = None,
        keys: KeyRing | None = None,
        binding: bytes = b'',
    ) -> SandboxState:
        """Return a snapshot of this script, as `load`; it is decoded in a child, with the files that it has written."""
        if os_access is not None:
            raise BoundaryError('a state that is loaded in a child has its own files; leave os_access out')
        facts = facts_of(data, limits=limits, keys=keys, binding=binding)
        if sha256(self._code.encode()).digest() != facts.sha256:
            raise SnapshotError(
                'the snapshot belongs to another script; give load() the script that it was dumped from'
            )
        state = resealed(data, source=None, keys=keys, binding=binding)
        exchange = Exchange(self._children, self, limits or facts.limits, facts.seconds, print_callback)
        return _stopped(exchange.load(state, limits))

    def run(
        self,
        *,
        inputs: Mapping[str, Any] | None = None,
        external_functions: Mapping[str, Callable[..., Any]] | None = None,
        limits: ResourceLimits | None = None,
        print_callback: PrintCallback | None = None,
        os_access: OSAccess | None = None,
    ) -> Any:
        """Run to the end, as `Monty.run`: functions of the host run here, in this thread."""
        exchange = Exchange(self._children, self, limits_of(limits), 0.0, print_callback)
        return exchange.run(inputs, functions_of(external_functions), limits, os_access)

    def start(
        self,
        *,
        inputs: Mapping[str, Any] | None = None,
        limits: ResourceLimits | None = None,
        print_callback: PrintCallback | None = None,
        os_access: OSAccess | None = None,
    ) -> SandboxState | Complete:
        """Run to the first external call, or to the end, as `Monty.start`."""
        exchange = Exchange(self._children, self, limits_of(limits), 0.0, print_callback)
        return _reached(exchange.start(inputs, limits, os_access))

    def parts(self, child: Child) -> list[Any]:
        """Return the script as a request names it: with its source for a child that does not have it."""
        source = None if self._key in child.scripts else self._code
        child.scripts.add(self._key)
        return [self._key, source, self._inputs, self._externals, self._name]

    def __repr__(self) -> str:
        return f'SandboxScript({self.script_name!r})'


class SandboxStopped(Stopped):
    """What every stopped script in a pool is: bytes, and the number of the live state in the child that stopped."""

    __slots__ = ()

    def __init__(self, pause: Pause) -> None:
        self._pause_request = pause
        self._resumed = False
        self._lock = threading.Lock()

    @property
    def _pause(self) -> Pause:
        pause: Pause = self._pause_request
        return pause

    @property
    def seconds_used(self) -> float:
        """Seconds that the script has computed so far."""
        return self._pause.seconds_used

    @property
    def script_name(self) -> str:
        """The name of the script."""
        return self._pause.exchange.script.script_name

    @property
    def frames(self) -> tuple[FrameView, ...]:
        """Every script function on the stack, outermost first, with its variables as text."""
        return self._pause.exchange.frames(self._pause)

    @property
    def position(self) -> Position:
        """Where in the source the call stands."""
        return self.frames[-1].position

    def dump(
        self,
        *,
        with_source: bool = True,
        keys: KeyRing | None = None,
        binding: bytes = b'',
        version: int = VERSION,
        compress: bool = True,
    ) -> bytes:
        """Return the whole state as bytes for `load`, in this process or any."""
        self._check_live()
        pause = self._pause
        if not with_source and keys is None and not compress and version == VERSION:
            return pause.state
        source = pause.exchange.script.code if with_source else None
        return resealed(pause.state, source=source, sign=keys, sign_binding=binding, version=version, compress=compress)

    def _take(self, how: str, value: Any, print_callback: PrintCallback | None) -> SandboxState | Complete:
        pause = self._pause
        following = pause.exchange.following(pause.seconds_used, print_callback)
        return self._went_on(lambda: following.resume(pause, how, value))

    def _went_on(self, go_on: Callable[[], Pause | Complete]) -> SandboxState | Complete:
        with self._lock:
            self._check_live()
            self._resumed = True
        try:
            return _reached(go_on())
        except SandboxCrashed:
            # The bytes are as they were: another child may go on from them.
            self._resumed = False
            raise


class SandboxSnapshot(SandboxStopped, Snapshot):
    """A script that waits for the result of an external call; the counterpart of `Snapshot`."""

    __slots__ = ('_begun',)

    def __init__(self, pause: Pause) -> None:
        super().__init__(pause)
        self._begun: Begun | None = None

    @property
    def process(self) -> object:
        """The child that keeps the live state."""
        return self._pause.child

    def begin(self, return_value: Any) -> Begun | None:
        """Let the child go on with the result of the call, if it is free, for a `resume` with the same value that comes later."""
        pause = self._pause
        with self._lock:
            self._check_live()
            following = pause.exchange.following(pause.seconds_used, None)
            value = messages.packed(to_script(return_value, 'return_value'), 'return_value')
            self._begun = following.begin(pause, value, return_value)
            return self._begun

    @property
    def function_name(self) -> str:
        """Name of the external function that the script calls."""
        return self._pause.function_name

    @property
    def args(self) -> tuple[Any, ...]:
        """Positional arguments of the call."""
        return self._pause.args

    @property
    def kwargs(self) -> dict[str, Any]:
        """Keyword arguments of the call."""
        return self._pause.kwargs

    def resume(
        self,
        *,
        return_value: Any = _MISSING,
        exception: BaseException | None = None,
        print_callback: PrintCallback | None = None,
    ) -> SandboxState | Complete:
        """Go on with the result of the call, as `Snapshot.resume`."""
        if (return_value is _MISSING) == (exception is None):
            raise TypeError('resume() takes either return_value or exception')
        begun, self._begun = self._begun, None
        if begun is not None:
            if begun.value is return_value:
                return self._went_on(lambda: begun.take(print_callback))
            begun.drop()
        if exception is None:
            how, value = 'value', messages.packed(to_script(return_value, 'return_value'), 'return_value')
        else:
            how, value = 'error', messages.packed(exception_to_script(exception), 'exception')
        return self._take(how, value, print_callback)

    def __repr__(self) -> str:
        return f'Snapshot(function_name={self.function_name!r}, script_name={self.script_name!r})'


class SandboxFutureSnapshot(SandboxStopped, FutureSnapshot):
    """A script whose tasks all wait; the counterpart of `FutureSnapshot`."""

    __slots__ = ()

    @property
    def pending(self) -> tuple[PendingCall, ...]:
        """Every call under way, in the order in which the script began them."""
        return self._pause.pending or ()

    def resume(
        self, results: Mapping[int, Returned | Raised], *, print_callback: PrintCallback | None = None
    ) -> SandboxState | Complete:
        """Go on with the answers of some of the pending calls, as `FutureSnapshot.resume`."""
        answers: list[Any] = []
        for number, result in results.items():
            if isinstance(result, Returned):
                answers.append((number, False, to_script(result.value, f'results[{number}]')))
            elif isinstance(result, Raised):
                answers.append((number, True, exception_to_script(result.exception)))
            else:
                raise BoundaryError(f'results[{number}]: give Returned(value) or Raised(exception)')
        numbers = {call.call_id for call in self.pending}
        for number in results:
            if number not in numbers:
                known = ', '.join(map(str, sorted(numbers)))
                raise BoundaryError(f'results: the call {number} is not pending; pending are {known}')
        if not results:
            raise BoundaryError('results: give the answer of at least one pending call')
        return self._take('several', messages.packed(answers, 'results'), print_callback)

    def __repr__(self) -> str:
        names = ', '.join(f'{call.call_id}: {call.function_name}' for call in self.pending)
        return f'FutureSnapshot(pending={{{names}}}, script_name={self.script_name!r})'


SandboxState = SandboxSnapshot | SandboxFutureSnapshot


def _stopped(pause: Pause) -> SandboxState:
    return SandboxSnapshot(pause) if pause.pending is None else SandboxFutureSnapshot(pause)


def _reached(found: Pause | Complete) -> SandboxState | Complete:
    return _stopped(found) if isinstance(found, Pause) else found
