"""Nothing of the host is in reach: from all that a script is given, every admitted attribute, item, call and iteration is followed.

The walk does what a script can do, by the helpers that emitted code calls: `getattr` for attributes, guarded callees for calls. It starts at
the built-ins, every module and a sample of each kind of value, goes on to a fixpoint or a bound, and looks at the type and
the identity of all that turns up. It is done in two runs: nothing that can be changed is in both.
"""

from __future__ import annotations

import contextlib
import io
import itertools
import types
from collections import deque
from collections.abc import Iterator
from typing import Any

import pytest

from monty_flow.interpreter.boundary import ScriptObject
from monty_flow.interpreter.builtins.functions import Builtins
from monty_flow.interpreter.builtins.table import BUILTINS
from monty_flow.interpreter.compiler.build import compile_program
from monty_flow.interpreter.errors import LimitReached
from monty_flow.interpreter.limits import ResourceLimits
from monty_flow.interpreter.modules import registry
from monty_flow.interpreter.modules.module import Module
from monty_flow.interpreter.runtime.classes import SCRIPT_TYPES, is_script_function
from monty_flow.interpreter.runtime.importing import Importer
from monty_flow.interpreter.runtime.namespace import plan_of
from monty_flow.interpreter.runtime.pause import CannotPause, Pause
from monty_flow.interpreter.runtime.run import Run
from monty_flow.interpreter.runtime.universe import HELD_TYPES, TYPES, TypeFacade

#: Objects that one walk looks at, and values that one object may add.
MOST_OBJECTS = 8_000
MOST_ITEMS = 3
#: The flag of a type that cannot be changed, `Py_TPFLAGS_IMMUTABLETYPE`.
IMMUTABLE = 1 << 8
#: Steps from what a script is given.
MOST_DEPTH = 4
SOURCE = 'import asyncio, dataclasses, enum, typing, functools, contextlib, decimal, re, collections\nfor i in range(3): pass\n'
SAMPLES: tuple[tuple[Any, ...], ...] = ((), (1,), ('a',), ([1, 2],), ({'a': 1},), ('a', 1), (1, 2), (len, [1]), (b'a',))
#: Names that stop, wait, or end the walk.
NOT_CALLED = frozenset(
    {'sleep', 'input', 'exit', 'run', 'run_until_complete', 'run_forever', 'setrecursionlimit', 'shuffle', 'wait'}
)
#: Attribute names that an attacker tries beside those that `dir` lists.
WANTED = (
    '__class__ __bases__ __mro__ __base__ __subclasses__ __globals__ __code__ __closure__ __builtins__ __dict__ __self__ __func__ __module__'
    ' __init__ __new__ __reduce__ __reduce_ex__ __getattribute__ __call__ __get__ __wrapped__ __defaults__ __kwdefaults__ __annotations__'
    ' __loader__ __spec__ __file__ __traceback__ __context__ __cause__ gi_frame gi_code cr_frame ag_frame f_back f_globals tb_frame func'
    ' args keywords obj mapping _run _methods _native __run__ __stand_in__ __objclass__ __weakref__ __slots__ __getstate__ __setstate__'
).split()
#: What CPython itself makes for a script and what holds nothing of the host.
_NATIVE = frozenset({*TYPES, *HELD_TYPES, type(iter(memoryview(b''))), memoryview, TypeFacade})
_FORBIDDEN = (
    types.ModuleType, types.FrameType, types.CodeType, types.TracebackType, types.CellType, io.IOBase, ScriptObject,
)  # fmt: skip


class Walk:
    """Follow everything in one run."""

    def __init__(self) -> None:
        program = compile_program(SOURCE)
        self.run = Run(program, ResourceLimits(max_duration_secs=None, max_memory=None))
        plan_of(program).build(self.run, {})
        self.run.begin()
        self.objects = Builtins(self.run)
        importer = Importer(self.run, {})
        self.paths: dict[int, tuple[Any, str, int]] = {}
        self.pending: deque[Any] = deque()
        self.bad: list[str] = []
        for name in BUILTINS:
            self.found(self.objects.value(name), name, 0)
        for name in sorted(registry.NAMES):
            with contextlib.suppress(ImportError):
                self.found(importer.load(name), f'import {name}', 0)
        for value in _samples():
            self.found(value, f'sample {type(value).__name__}', 0)

    def found(self, value: Any, path: str, depth: int) -> None:
        if id(value) in self.paths or len(self.paths) >= MOST_OBJECTS:
            return
        self.paths[id(value)] = (value, path, depth)
        complaint = complaint_about(value)
        if complaint:
            self.bad.append(f'{path}: {complaint}')
        elif depth < MOST_DEPTH:
            self.pending.append(value)

    def go(self) -> None:
        while self.pending:
            value = self.pending.popleft()
            _, path, depth = self.paths[id(value)]
            for name in self.names_of(value):
                with self.quiet(path, depth):
                    self.found(self.objects.b_getattr(value, name), f'{path}.{name}', depth + 1)
            if callable(value) and path.rpartition('.')[2] not in NOT_CALLED and depth <= 2:
                for args in SAMPLES:
                    with self.quiet(path, depth):
                        result = self.objects.guards.callable(value)(*args)
                        self.found(result, f'{path}{args!r}'[:200], depth + 1)
            with self.quiet(path, depth):
                for number, item in enumerate(itertools.islice(self.objects.b_iter(value), MOST_ITEMS)):
                    self.found(item, f'{path}[{number}]', depth + 1)

    def names_of(self, value: Any) -> list[str]:
        names = set(WANTED)
        with contextlib.suppress(Exception):
            names.update(dir(value))
        with contextlib.suppress(Exception):
            names.update(self.objects.b_dir(value))
        return sorted(names)

    @contextlib.contextmanager
    def quiet(self, path: str, depth: int) -> Iterator[None]:
        """Follow the errors of Python too; errors of our own end an attempt."""
        try:
            yield
        except (LimitReached, Pause, CannotPause):
            pass
        except BaseException as error:  # a script catches it, and follows it
            if depth < 2:
                self.found(error, f'error of {path}', depth + 1)


def _samples() -> list[Any]:
    def generator() -> Iterator[int]:
        yield 1

    return [
        1, 1.5, 'a', b'a', bytearray(b'a'), [1], (1,), {'a': 1}, {1}, frozenset({1}), range(3), slice(1), ..., None, 1j, iter([1]), {}.keys(),
        zip([1]), map(str, [1]), generator(), ValueError('x'), 'a'.join, [].append, str.join, property(), staticmethod(len),
    ]  # fmt: skip


def complaint_about(value: Any) -> str:
    """Return why a script must not hold a value; '' where it may."""
    kind = type(value)
    if isinstance(value, _FORBIDDEN):
        return f'a {kind.__name__}'
    if kind in SCRIPT_TYPES or type(kind) in SCRIPT_TYPES:
        return ''
    if isinstance(value, type):
        if kind is type and not value.__flags__ & IMMUTABLE:
            return f'the class {value.__qualname__}, which can be changed'
        return '' if value in HELD_TYPES or kind is not type else f'the class {value.__module__}.{value.__qualname__}'
    if kind is types.FunctionType:
        return '' if is_script_function(value) else f'the function {value.__module__}.{value.__qualname__}'
    if kind is types.MethodType:
        owner = type(value.__self__)
        if issubclass(owner, Module | TypeFacade):
            return ''
        return (
            ''
            if owner is TypeFacade
            or owner.__module__.startswith('monty_flow.interpreter')
            or type(owner) in SCRIPT_TYPES
            else f'a method of {owner}'
        )
    if (
        kind in _NATIVE
        or kind is TypeFacade
        or issubclass(kind, Module)
        or kind.__module__.startswith('monty_flow.interpreter')
    ):
        return ''
    return f'of the type {kind.__module__}.{kind.__qualname__}'


def is_changeable(value: Any) -> bool:
    """Tell whether a script could leave something in a value for the next run."""
    kind = type(value)
    if kind in (list, dict, set, bytearray, deque, types.FunctionType):
        return True
    return hasattr(value, '__dict__') and not isinstance(value, (type, types.MethodType, BaseException))


@pytest.fixture(scope='module')
def walks() -> list[Walk]:
    made = []
    for _ in range(2):
        walk = Walk()
        try:
            walk.go()
        finally:
            walk.run.end()
        made.append(walk)
    return made


def test_the_walk_gets_far(walks: list[Walk]) -> None:
    assert len(walks[0].paths) > 3_000


def test_nothing_of_the_host_turns_up(walks: list[Walk]) -> None:
    assert walks[0].bad == []


def test_nothing_that_can_be_changed_is_in_two_runs(walks: list[Walk]) -> None:
    shared = walks[0].paths.keys() & walks[1].paths.keys()
    found = [walks[0].paths[key][1] for key in shared if is_changeable(walks[0].paths[key][0])]

    assert sorted(found) == []
