"""The three contenders of the interpreter's benchmark behind one interface: ours, CPython, and pydantic-monty.

CPython runs the same source with `exec` and has no pauses, so it stands beside the cases without any.
pydantic-monty 0.0.18 is the last release with an API in the process.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import sys
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any, Protocol

PEER_VERSION = '0.0.18'

HostFunctions = Mapping[str, Callable[..., Any]]


class Contender(Protocol):
    """What can compile and run a source; `start`, `dump`, `load` and `resume` only where a run can pause."""

    name: str
    pauses: bool

    def compile(self, source: str, inputs: tuple[str, ...] = ()) -> Any: ...

    def run(self, program: Any, inputs: dict[str, Any], functions: HostFunctions) -> Any: ...

    def start(self, program: Any) -> Any: ...

    def dump(self, state: Any) -> bytes: ...

    def load(self, data: bytes) -> Any: ...

    def resume(self, state: Any, value: Any) -> Any: ...


class Ours:
    """This package."""

    name = 'monty-flow'
    pauses = True

    def __init__(self) -> None:
        self._package = importlib.import_module('monty_flow')

    def compile(self, source: str, inputs: tuple[str, ...] = ()) -> Any:
        return self._package.Monty(source, inputs=inputs)

    def run(self, program: Any, inputs: dict[str, Any], functions: HostFunctions) -> Any:
        return program.run(inputs=inputs, external_functions=functions)

    def start(self, program: Any) -> Any:
        return program.start()

    def dump(self, state: Any) -> bytes:
        data: bytes = state.dump()
        return data

    def load(self, data: bytes) -> Any:
        return self._package.load(data)

    def resume(self, state: Any, value: Any) -> Any:
        return state.resume(return_value=value)


class Peer:
    """pydantic-monty, written in Rust."""

    name = f'pydantic-monty {PEER_VERSION}'
    pauses = True

    def __init__(self, package: ModuleType) -> None:
        self._package: Any = package

    def compile(self, source: str, inputs: tuple[str, ...] = ()) -> Any:
        return self._package.Monty(source, inputs=list(inputs) or None)

    def run(self, program: Any, inputs: dict[str, Any], functions: HostFunctions) -> Any:
        return program.run(inputs=inputs or None, external_functions=functions or None)

    def start(self, program: Any) -> Any:
        return program.start()

    def dump(self, state: Any) -> bytes:
        data: bytes = state.dump()
        return data

    def load(self, data: bytes) -> Any:
        return self._package.load_snapshot(data)

    def resume(self, state: Any, value: Any) -> Any:
        return state.resume({'return_value': value})


class Native:
    """CPython itself, running the same source without a sandbox."""

    name = f'CPython {sys.version_info.major}.{sys.version_info.minor}'
    pauses = False

    def compile(self, source: str, inputs: tuple[str, ...] = ()) -> Any:
        return compile(source, 'main.py', 'exec')

    def run(self, program: Any, inputs: dict[str, Any], functions: HostFunctions) -> Any:
        exec(program, {**functions, **inputs})

    def start(self, program: Any) -> Any:
        raise NotImplementedError('CPython cannot pause')

    dump = load = start

    def resume(self, state: Any, value: Any) -> Any:
        raise NotImplementedError('CPython cannot pause')


def find_peer() -> tuple[Peer | None, str]:
    """Return the peer, or None and the reason why it is not there."""
    try:
        version = importlib.metadata.version('pydantic-monty')
    except importlib.metadata.PackageNotFoundError:
        return None, f'pydantic-monty is not installed; `make bench` installs {PEER_VERSION}'
    if version != PEER_VERSION:
        return None, f'pydantic-monty {version} is installed; the comparison is with {PEER_VERSION}'
    return Peer(importlib.import_module('pydantic_monty')), ''
