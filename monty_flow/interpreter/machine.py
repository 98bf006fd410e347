"""The front door: compile a script, run it, stop it at an external call, and go on from there."""

from __future__ import annotations

import inspect
import sys
import threading
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from types import FunctionType
from typing import Any

from monty_flow.interpreter.boundary import SCALARS, exception_to_script, to_host, to_script
from monty_flow.interpreter.compiler.program import Program, compile_program
from monty_flow.interpreter.errors import BoundaryError, InternalError, LimitReached, PauseLimitError, SnapshotError
from monty_flow.interpreter.limits import DEFAULT_LIMITS, ResourceLimits
from monty_flow.interpreter.os_access import OSAccess
from monty_flow.interpreter.runtime.files import FileSystem, files_of
from monty_flow.interpreter.runtime.namespace import plan_of
from monty_flow.interpreter.runtime.pause import CannotPause, Frame, GeneratorMark, Pause, Resumption, frames_of
from monty_flow.interpreter.runtime.run import PrintCallback, Run
from monty_flow.interpreter.runtime.tracebacks import is_raised_by_script, line_of, runtime_error
from monty_flow.interpreter.snapshot.envelope import VERSION as SNAPSHOT_VERSION
from monty_flow.interpreter.snapshot.signing import KeyRing
from monty_flow.interpreter.snapshot.state import read_state, write_state
from monty_flow.interpreter.views import FrameView, Position, frame_views

_MISSING: Any = object()
_NO_FUNCTIONS: dict[str, Callable[..., Any]] = {}
#: Native frames that the interpreter itself needs above the script's.
_SPARE_DEPTH = 60
#: Room for the host's own frames; a host that is deeper leaves its scripts less.
_HOST_DEPTH = 1_000


class Monty:
    """A compiled script: immutable, to be run any number of times, from several threads at once.

    `inputs` names the variables that the host sets before the script starts. `external_functions` names what
    the script may call of the host; None means every name that the script does not define and no
    built-in bears. Raises MontySyntaxError for what is not Python or not admitted.
    """

    __slots__ = ('_program',)

    def __init__(
        self,
        code: str,
        *,
        inputs: Iterable[str] = (),
        external_functions: Iterable[str] | None = None,
        script_name: str = 'main.py',
    ) -> None:
        externals = None if external_functions is None else frozenset(external_functions)
        self._program = compile_program(code, script_name=script_name, inputs=tuple(inputs), externals=externals)

    @property
    def code(self) -> str:
        """The source text."""
        return self._program.source

    @property
    def script_name(self) -> str:
        """The name of the script in tracebacks."""
        return self._program.script_name

    @property
    def external_functions(self) -> frozenset[str]:
        """Names of the external functions that the script mentions."""
        return self._program.externals

    def run(
        self,
        *,
        inputs: Mapping[str, Any] | None = None,
        external_functions: Mapping[str, Callable[..., Any]] | None = None,
        limits: ResourceLimits | None = None,
        print_callback: PrintCallback | None = None,
        os_access: OSAccess | None = None,
    ) -> Any:
        """Run to the end, calling host functions as the script does, and return the output.

        Raises MontyRuntimeError for what the script does not catch, LimitError over a limit.
        """
        program = self._program
        run = Run(program, limits or DEFAULT_LIMITS, print_callback)
        if limits is not None:
            run.check_source()
        if os_access is not None:
            run.files = FileSystem(run, os_access)
        scope = (program.plan or plan_of(program)).build(run, external_functions or _NO_FUNCTIONS)
        args = _bind_inputs(program, scope, inputs) if inputs or program.inputs else ()
        main = FunctionType(program.main_code, scope)
        if limits is not None or not program.is_straight:
            output = _advance(run, main, args)
        else:
            run.active = True
            try:
                output = main(*args)
            except BaseException as error:
                raise _failure(error, run) from None
            finally:
                run.active = False
        return output if type(output) in SCALARS else to_host(output)

    async def run_async(
        self,
        *,
        inputs: Mapping[str, Any] | None = None,
        external_functions: Mapping[str, Callable[..., Any | Awaitable[Any]]] | None = None,
        limits: ResourceLimits | None = None,
        print_callback: PrintCallback | None = None,
        os_access: OSAccess | None = None,
    ) -> Any:
        """Run to the end like `run`, with host functions that may be coroutine functions."""
        functions = external_functions or {}
        state = self.start(inputs=inputs, limits=limits, print_callback=print_callback, os_access=os_access)
        while isinstance(state, Snapshot):
            function = functions.get(state.function_name)
            if function is None and state.function_name == 'time.sleep':
                import asyncio  # only scripts that sleep need it

                function = asyncio.sleep
            if function is None:
                state = state.resume(exception=NameError(f"name '{state.function_name}' is not defined"))
                continue
            try:
                value = function(*state.args, **state.kwargs)
                if inspect.isawaitable(value):
                    value = await value
            except Exception as error:
                state = state.resume(exception=error)
            else:
                state = state.resume(return_value=value)
        return state.output

    def start(
        self,
        *,
        inputs: Mapping[str, Any] | None = None,
        limits: ResourceLimits | None = None,
        print_callback: PrintCallback | None = None,
        os_access: OSAccess | None = None,
    ) -> Snapshot | Complete:
        """Run to the first external call, or to the end."""
        program = self._program
        run = Run(program, limits or DEFAULT_LIMITS, print_callback)
        if limits is not None:
            run.check_source()
        if os_access is not None:
            run.files = FileSystem(run, os_access)
        scope = plan_of(program).build(run, None)
        args = _bind_inputs(program, scope, inputs)
        return _step(run, FunctionType(program.main_code, scope), args)

    def __repr__(self) -> str:
        return f'Monty({self._program.script_name!r})'


class Complete:
    """A script that has ended."""

    __slots__ = ('output', 'seconds_used')

    def __init__(self, output: Any, seconds_used: float = 0.0) -> None:
        #: Value of the last expression statement, else None, as a copy for the host.
        self.output = output
        #: Seconds that the script has computed, over all its steps.
        self.seconds_used = seconds_used

    def __repr__(self) -> str:
        return f'Complete(output={self.output!r})'


class Snapshot:
    """A script that waits for the result of an external call.

    Holds the live state, so it can be resumed once. To go on from it more than once, `dump` it
    and `load` the bytes as often as needed.
    """

    __slots__ = ('_lock', '_pause_request', '_resumed', '_run', '_state_frames')

    def __init__(self, run: Run, request: Any, frames: list[Frame | GeneratorMark]) -> None:
        self._run = run
        self._pause_request = request
        self._state_frames = frames
        self._resumed = False
        self._lock = threading.Lock()

    @property
    def function_name(self) -> str:
        """Name of the external function that the script calls."""
        return str(self._pause_request.name)

    @property
    def args(self) -> tuple[Any, ...]:
        """Positional arguments of the call, as copies."""
        return tuple(to_host(value) for value in self._pause_request.args)

    @property
    def kwargs(self) -> dict[str, Any]:
        """Keyword arguments of the call, as copies."""
        return {name: to_host(value) for name, value in self._pause_request.kwargs.items()}

    @property
    def script_name(self) -> str:
        """The name of the script."""
        return self._run.program.script_name

    @property
    def position(self) -> Position:
        """Where in the source the call stands."""
        return self.frames[-1].position

    @property
    def frames(self) -> tuple[FrameView, ...]:
        """Every script function on the stack, outermost first, with its variables as text."""
        return frame_views(self._run, self._state_frames)

    @property
    def seconds_used(self) -> float:
        """Seconds that the script has computed so far."""
        return self._run.seconds_before

    def dump(
        self,
        *,
        with_source: bool = True,
        keys: KeyRing | None = None,
        binding: bytes = b'',
        version: int = SNAPSHOT_VERSION,
        compress: bool = True,
    ) -> bytes:
        """Return the whole state as bytes for `load`; raises SnapshotError for a state that has gone on.

        Without the source the bytes are smaller, and `load` needs the script. With `keys` they are signed, together with
        what they belong to (`binding`). `version` writes an older format, for processes of the release before.
        """
        self._check_live()
        return write_state(
            self._run,
            self._pause_request,
            self._state_frames,
            with_source=with_source,
            version=version,
            keys=keys,
            binding=binding,
            compress=compress,
        )

    def resume(
        self,
        *,
        return_value: Any = _MISSING,
        exception: BaseException | None = None,
        print_callback: PrintCallback | None = None,
    ) -> Snapshot | Complete:
        """Go on with the result of the call, or raise `exception` at the call, to the next call or the end.

        A host exception whose type is one of Python's built-in ones enters as that type, others as `Exception`
        with their text. Raises BoundaryError for a value that cannot enter; the state is then untouched.
        """
        if (return_value is _MISSING) == (exception is None):
            raise TypeError('resume() takes either return_value or exception')
        value = None if exception is not None else to_script(return_value, 'return_value')
        error = None if exception is None else exception_to_script(exception)
        with self._lock:
            self._check_live()
            self._resumed = True
        run = self._run
        if print_callback is not None:
            run.print_callback = print_callback
        resumption = Resumption(self._state_frames, run.globals, value, error)
        return _step(run, resumption.enter, (), depth=3 * len(self._state_frames))

    def _check_live(self) -> None:
        if self._resumed:
            raise SnapshotError('this snapshot was resumed already; dump it before, and load the bytes to go on again')

    def __repr__(self) -> str:
        return f'Snapshot(function_name={self.function_name!r}, script_name={self.script_name!r})'


def load(
    data: bytes,
    *,
    script: Monty | None = None,
    limits: ResourceLimits | None = None,
    print_callback: PrintCallback | None = None,
    os_access: OSAccess | None = None,
    keys: KeyRing | None = None,
    binding: bytes = b'',
) -> Snapshot:
    """Return the snapshot that `dump` made these bytes of, in any process.

    `script` is needed for bytes that were dumped without the source. What the script has written is in the bytes; of
    `os_access` the mounts, callback files and a clock function are taken again. Raises SnapshotError for anything else:
    SnapshotTooNew for what only a newer release can read, SnapshotRefused for bytes that `keys` have not signed for
    this `binding`.
    """
    program = None if script is None else script._program
    state = read_state(data, program=program, limits=limits, print_callback=print_callback, keys=keys, binding=binding)
    if os_access is not None:
        files_of(state.run).give(os_access)
    return Snapshot(state.run, state.request, state.frames)


def forced(script: Monty) -> Monty:
    """Return the script with the resume version of every function in use from the start, for tests."""
    program = script._program
    made = object.__new__(Monty)
    made._program = compile_program(
        program.source,
        script_name=program.script_name,
        inputs=program.inputs,
        externals=program.declared,
        forced=True,
    )
    return made


def _bind_inputs(program: Program, scope: dict[str, Any], inputs: Mapping[str, Any] | None) -> Sequence[Any]:
    """Return the arguments of `main`; inputs that inner functions use go to the globals."""
    names = program.inputs
    given: Mapping[str, Any] = {} if inputs is None else inputs
    if len(given) != len(names):
        raise _wrong_inputs(names, given)
    values: list[Any] = []
    try:
        for name in program.local_inputs:
            value = given[name]
            values.append(value if type(value) in SCALARS else to_script(value, f'inputs[{name!r}]'))
        for name in program.global_inputs:
            scope[name] = to_script(given[name], f'inputs[{name!r}]')
    except KeyError:
        raise _wrong_inputs(names, given) from None
    return values


def _wrong_inputs(names: tuple[str, ...], given: Mapping[str, Any]) -> BoundaryError:
    missing = [name for name in names if name not in given]
    unknown = [name for name in given if name not in names]
    wrong = [f'missing {", ".join(missing)}'] if missing else []
    wrong += [f'unknown {", ".join(map(str, unknown))}'] if unknown else []
    return BoundaryError(f'inputs: {"; ".join(wrong)}; the script takes {", ".join(names) or "none"}')


def _advance(run: Run, function: Callable[..., Any], args: Iterable[Any], depth: int = 0) -> Any:
    """Call into the script; turn its way of failing into an error for the host. Pauses pass."""
    program = run.program
    if program.has_functions:
        _make_room(run.limits.max_recursion_depth + depth)
    try:
        run.begin()
        try:
            return function(*args)
        except Pause as pause:
            run.pauses += 1
            most = run.limits.max_pauses
            if most is not None and run.pauses > most:
                raise PauseLimitError('max_pauses', most, line_of(pause, program)) from None
            raise
        except BaseException as error:
            raise _failure(error, run) from None
        finally:
            run.end()
    except LimitReached as late:
        # The watcher's end came when the script had ended already, or while its error was told.
        run.end()
        raise _failure(late, run) from None


def _failure(error: BaseException, run: Run) -> BaseException:
    """Return what the host gets for what left the script: a typed error, or its own KeyboardInterrupt."""
    program = run.program
    if isinstance(error, LimitReached):
        limit = error.error or run.verdict
        assert limit is not None
        return type(limit)(limit.limit, limit.value, line_of(error, program))
    if isinstance(error, CannotPause):
        return InternalError(f'{error} (line {line_of(error, program)})')
    if isinstance(error, KeyboardInterrupt) and not is_raised_by_script(error):
        return error
    return runtime_error(error, program)


def _step(run: Run, function: Callable[..., Any], args: Iterable[Any], depth: int = 0) -> Snapshot | Complete:
    try:
        value = _advance(run, function, args, depth)
    except Pause as pause:
        return Snapshot(run, pause.request, frames_of(pause, run.program))
    return Complete(to_host(value), run.seconds_before)


def _make_room(depth: int) -> None:
    """Let the native stack hold `depth` script calls above the present frame.

    The setting is one for the whole interpreter and is only ever raised, so that no other thread loses room.
    """
    needed = depth + _SPARE_DEPTH + _HOST_DEPTH
    if needed > sys.getrecursionlimit():
        sys.setrecursionlimit(needed)
