"""A pool of child processes that run scripts, with the shapes of `Monty` and `Snapshot`.

A child computes one thing at a time. The bytes of a stopped state always come with the pause, so any child can go on from
them; the child that stopped keeps the live state too, and when it is free it goes on without decoding anything. A child that
crashes, breaks a rule or is over its limits is killed and replaced, and only the run that it computed gets an error.

Time is measured here as well: what a child takes longer than its limit, and some more for the answer, ends with SIGKILL.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from hashlib import sha256
from typing import Any

from monty_flow.interpreter.arguments import functions_of, limits_of
from monty_flow.interpreter.errors import BoundaryError, SnapshotError
from monty_flow.interpreter.limits import ResourceLimits
from monty_flow.interpreter.machine import Monty
from monty_flow.interpreter.os_access import OSAccess
from monty_flow.interpreter.pool.asking import PrintCallback
from monty_flow.interpreter.pool.children import Child, Children
from monty_flow.interpreter.pool.exchange import Exchange
from monty_flow.interpreter.pool.states import (
    SandboxStart,
    SandboxState,
    state_of,
    stopped_of,
)
from monty_flow.interpreter.snapshot.header import facts_of, resealed
from monty_flow.interpreter.snapshot.signing import KeyRing
from monty_flow.interpreter.stopped import Complete


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
        return stopped_of(exchange.load(state, limits))

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
        return state_of(exchange.start(inputs, limits, os_access))

    def begin(
        self, *, inputs: Mapping[str, Any] | None = None, limits: ResourceLimits | None = None
    ) -> SandboxStart | None:
        """Have a child that is free start the script, for who takes it from there later; None where there is none."""
        begun = Exchange(self._children, self, limits_of(limits), 0.0, None).begin_start(inputs, limits)
        return None if begun is None else SandboxStart(begun)

    def parts(self, child: Child) -> list[Any]:
        """Return the script as a request names it: with its source for a child that does not have it."""
        source = None if self._key in child.scripts else self._code
        child.scripts.add(self._key)
        return [self._key, source, self._inputs, self._externals, self._name]

    def __repr__(self) -> str:
        return f'SandboxScript({self.script_name!r})'
