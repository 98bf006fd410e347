"""A script between two steps: stopped at a call, stopped for several calls at once, or ended."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Protocol

from monty_flow.interpreter.boundary import SCALARS, exception_to_script, keywords_to_host, to_host, to_script
from monty_flow.interpreter.compiler.feeds import ENDS, FAILED
from monty_flow.interpreter.errors import (
    BoundaryError,
    LimitReached,
    MemoryLimitError,
    PauseLimitError,
    PauseRefused,
    SnapshotError,
)
from monty_flow.interpreter.records import record
from monty_flow.interpreter.runtime.async_host import CALLS, Answer, Call
from monty_flow.interpreter.runtime.pause import (
    CallRequest,
    CannotPause,
    Frame,
    GeneratorMark,
    Pause,
    Resumption,
    frames_of,
)
from monty_flow.interpreter.runtime.run import RECURSION, PrintCallback, Run
from monty_flow.interpreter.runtime.stack import deepen, make_room, settle
from monty_flow.interpreter.runtime.tracebacks import is_raised_by_script, line_of, runtime_error
from monty_flow.interpreter.snapshot.versions import VERSION as SNAPSHOT_VERSION

if TYPE_CHECKING:
    from monty_flow.interpreter.snapshot.signing import KeyRing
    from monty_flow.interpreter.views import FrameContents, FrameView, Position

_MISSING: Any = object()


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


class Ahead(Protocol):
    """A step that another process takes before somebody asks what comes of it."""

    @property
    def process(self) -> object:
        """The process that takes it."""
        ...

    def wait(self, seconds: float) -> bool:
        """Wait so long at most, and tell whether it is taken."""
        ...

    def drop(self) -> None:
        """Have nothing to do with it any more, unless somebody has gone on with it."""
        ...


class AheadStart(Ahead, Protocol):
    """Such a step that is the first one of a script."""

    def go_on(self, print_callback: PrintCallback | None) -> Snapshot | FutureSnapshot | Complete:
        """Return where the script stands."""
        ...


class Stopped:
    """What every stopped script is: it holds the live state, so it can be resumed once.

    To go on from it more than once, `dump` it and `load` the bytes as often as needed.
    """

    __slots__ = ('_lock', '_pause_request', '_resumed', '_run', '_state_frames')

    def __init__(self, run: Run, request: Any, frames: list[Frame | GeneratorMark]) -> None:
        self._run = run
        self._pause_request = request
        self._state_frames = frames
        self._resumed = False
        self._lock = threading.Lock()

    @property
    def script_name(self) -> str:
        """The name of the script."""
        return self._run.program.script_name

    @property
    def code(self) -> str:
        """The source of the script."""
        return self._run.program.source

    @property
    def position(self) -> Position:
        """Where in the source the call stands."""
        return self.frames[-1].position

    @property
    def frames(self) -> tuple[FrameView, ...]:
        """Every script function on the stack, outermost first, with its variables as text.

        In an event loop, those too in which the first task waits.
        """
        from monty_flow.interpreter.views import views_of  # loaded with the first look at a state

        return views_of(self._contents())

    def _contents(self) -> tuple[FrameContents, ...]:
        from monty_flow.interpreter.views import frame_contents

        return frame_contents(self._run, self._state_frames)

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
        # The codec of snapshots knows every type of every module; a run to the end needs none of it.
        from monty_flow.interpreter.snapshot.state import write_state

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

    def assign(self, name: str, value: Any) -> None:
        """Give a variable another value: of the innermost function that has it, else at the top level.

        Raises BoundaryError for a value that cannot enter and for a name that the script does not bind, and SnapshotError
        for a state that has gone on.
        """
        self._check_live()
        entered = to_script(value, name)
        for frame in reversed(self._state_frames):
            if type(frame) is not Frame or frame.program is not self._run.program:
                continue
            if name in frame.cells:
                frame.cells[name].cell_contents = entered
                return
            if name in frame.function.local_names:
                frame.names[name] = entered
                return
        scope = self._run.globals
        if name not in scope or not name.isidentifier() or name.startswith('__'):
            known = sorted({variable for frame in self.frames for variable in frame.variables})
            raise BoundaryError(f'the script has no variable {name!r} here; it has {", ".join(known) or "none"}')
        scope[name] = entered

    def _go_on(
        self, value: Any, error: BaseException | None, print_callback: PrintCallback | None
    ) -> Snapshot | FutureSnapshot | Complete:
        with self._lock:
            self._check_live()
            self._resumed = True
        run = self._run
        if print_callback is not None:
            run.print_callback = print_callback
        resumption = Resumption(self._state_frames, run.globals, value, error)
        return step(run, resumption.enter, (), depth=3 * len(self._state_frames))

    def _check_live(self) -> None:
        if self._resumed:
            raise SnapshotError('this snapshot was resumed already; dump it before, and load the bytes to go on again')


class Snapshot(Stopped):
    """A script that waits for the result of an external call."""

    __slots__ = ()

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
        return keywords_to_host(self._pause_request.kwargs)

    @property
    def process(self) -> object:
        """What stands for the process that keeps the live state, None for this one."""
        return None

    def begin(self, return_value: Any) -> Ahead | None:
        """Have another process go on already, for a `resume` with this very value that comes later; None where that cannot be."""
        return None

    def resume(
        self,
        *,
        return_value: Any = _MISSING,
        exception: BaseException | None = None,
        print_callback: PrintCallback | None = None,
    ) -> Snapshot | FutureSnapshot | Complete:
        """Go on with the result of the call, or raise `exception` at the call, to the next call or the end.

        A host exception whose type is one of Python's built-in ones enters as that type, others as `Exception`
        with their text. Raises BoundaryError for a value that cannot enter; the state is then untouched.
        """
        if (return_value is _MISSING) == (exception is None):
            raise TypeError('resume() takes either return_value or exception')
        value = None if exception is not None else to_script(return_value, 'return_value')
        error = None if exception is None else exception_to_script(exception)
        return self._go_on(value, error, print_callback)

    def __repr__(self) -> str:
        return f'Snapshot(function_name={self.function_name!r}, script_name={self.script_name!r})'


@record(frozen=True)
class PendingCall:
    """A call that a script has begun and whose result a task waits for, or may wait for later."""

    #: Number of the call: unique in the run, growing, and the same in every snapshot until it is answered.
    call_id: int
    #: Name of the external function; 'asyncio.sleep' for a timer, whose one argument is the seconds that it takes.
    function_name: str
    #: Arguments, as copies.
    args: tuple[Any, ...]
    kwargs: dict[str, Any]


@record(frozen=True)
class Returned:
    """Answer a pending call with a value."""

    value: Any


@record(frozen=True)
class Raised:
    """Answer a pending call with an exception, which is raised where the script waits for the result."""

    exception: BaseException


class FutureSnapshot(Stopped):
    """A script whose tasks all wait: it goes on when one or more of its pending calls are answered.

    A call that the script gives up (a cancelled task, a timer that is not needed any more) is missing from `pending` of
    the snapshots after that; whoever carries it out may stop.
    """

    __slots__ = ()

    @property
    def pending(self) -> tuple[PendingCall, ...]:
        """Every call under way, in the order in which the script began them."""
        return tuple(
            PendingCall(
                number,
                name,
                tuple([to_host(value) for value in args]),
                keywords_to_host(kwargs),
            )
            for number, name, args, kwargs in self._calls()
        )

    def _contents(self) -> tuple[FrameContents, ...]:
        from monty_flow.interpreter.views import waiting_contents

        return super()._contents() + waiting_contents(self._run)

    def _calls(self) -> list[Call]:
        calls: list[Call] = self._pause_request.args[0]
        return calls

    def resume(
        self, results: Mapping[int, Returned | Raised], *, print_callback: PrintCallback | None = None
    ) -> Snapshot | FutureSnapshot | Complete:
        """Go on with the answers of some of the pending calls, by their ids; the others stay pending.

        Who waits for them goes on in the order of the mapping. Raises BoundaryError for no answer, for a call that
        is not pending, and for a value that cannot enter; the state is then untouched.
        """
        pending = {call[0] for call in self._calls()}
        if not results:
            raise BoundaryError('results: give the answer of at least one pending call')
        answers: list[Answer] = []
        for number, result in results.items():
            if number not in pending:
                known = ', '.join(map(str, sorted(pending)))
                raise BoundaryError(f'results: the call {number} is not pending; pending are {known}')
            if isinstance(result, Returned):
                answers.append((number, False, to_script(result.value, f'results[{number}]')))
            elif isinstance(result, Raised):
                answers.append((number, True, exception_to_script(result.exception)))
            else:
                raise BoundaryError(f'results[{number}]: give Returned(value) or Raised(exception)')
        return self._go_on(answers, None, print_callback)

    def __repr__(self) -> str:
        names = ', '.join(f'{number}: {name}' for number, name, _, _ in self._calls())
        return f'FutureSnapshot(pending={{{names}}}, script_name={self.script_name!r})'


def advance(run: Run, function: Callable[..., Any], args: Iterable[Any], depth: int = 0) -> Any:
    """Call into the script and return a copy of its output; turn its way of failing into an error for the host. Pauses pass.

    The copy is made while the run computes, so that its time and memory count. The host's error is raised where no error of the script is handled: that
    would be its context, and who shows or keeps errors with all that hangs on them would ask methods of the script's classes.
    """
    failed: BaseException
    program = run.program
    if program.has_functions:
        make_room(run.limits.max_recursion_depth + depth)
    bound = sys.getrecursionlimit()
    try:
        run.begin()
        if RECURSION in run.globals:
            deepen(run.globals[RECURSION], depth)
        try:
            output = function(*args)
            if run.verdict is not None:
                raise LimitReached(run.verdict)
            if type(output) in SCALARS:
                return output
            try:
                return to_host(output)
            except BoundaryError as refused:
                failed = refused.with_traceback(None)
                del output
        except Pause as pause:
            refused_pause = judged(pause, run)
            if refused_pause is None:
                raise
            failed = refused_pause
        except BaseException as error:
            failed = failure(error, run)
        finally:
            run.end()
            if RECURSION in run.globals:
                settle(bound)
    except LimitReached as late:
        # The watcher's end came when the script had ended already, or while its error was told.
        run.end()
        failed = failure(late, run)
    raise failed


def judged(pause: Pause, run: Run) -> PauseLimitError | None:
    """Count a pause, and make it ready to be told; return the error of a script that has made too many external calls."""
    if run.verdict is not None:
        raise LimitReached(run.verdict) from None
    if pause.request.name not in ENDS:
        run.pauses += 1
    elif pause.request.name == FAILED:
        # Told while the run computes: methods of the script give its text.
        pause.request = CallRequest(FAILED, (runtime_error(pause.request.args[0], run),), {})
    most = run.limits.max_pauses
    if most is None or run.pauses <= most:
        return None
    return PauseLimitError('max_pauses', most, line_of(pause, run.program))


def failure(error: BaseException, run: Run) -> BaseException:
    """Return what the host gets for what left the script: a typed error, or its own KeyboardInterrupt."""
    program = run.program
    if isinstance(error, LimitReached):
        limit = error.error or run.verdict
        assert limit is not None
        return type(limit)(limit.limit, limit.value, limit.line or line_of(error, program))
    if isinstance(error, MemoryError):
        # An allocation failed: of a process with a bound on its addresses, or of one operation that nothing can hold.
        most = run.limits.max_memory
        return MemoryLimitError('max_memory', sys.maxsize if most is None else most, line_of(error, program))
    if isinstance(error, CannotPause):
        return PauseRefused(f'{error} (line {line_of(error, program)})')
    if isinstance(error, KeyboardInterrupt) and not is_raised_by_script(error):
        return error
    try:
        return runtime_error(error, run)
    except LimitReached as late:
        # Methods of the script gave its text, and went over a limit.
        return failure(late, run)


def step(
    run: Run, function: Callable[..., Any], args: Iterable[Any], depth: int = 0
) -> Snapshot | FutureSnapshot | Complete:
    try:
        output = advance(run, function, args, depth)
    except Pause as pause:
        request, frames = pause.request, frames_of(pause, run.program)
    else:
        return Complete(output, run.seconds_before)
    return stopped(run, request, frames)


def stopped(run: Run, request: Any, frames: list[Frame | GeneratorMark]) -> Snapshot | FutureSnapshot | Complete:
    """Return what the host gets of a script that has stopped with a request; the end of a feed is one too."""
    if run.session is not None and request.name in ENDS:
        return run.session.end_feed(run, request, frames)
    kind = FutureSnapshot if request.name == CALLS else Snapshot
    return kind(run, request, frames)
