"""One request to a child, with all that comes before its answer, and a look at everything that comes."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any, Final, Protocol, TypeVar

from monty_flow.interpreter.boundary import exception_to_script, to_script
from monty_flow.interpreter.errors import (
    BoundaryError,
    LimitError,
    OutputLimitError,
    PauseLimitError,
    SandboxCrashed,
    TimeLimitError,
)
from monty_flow.interpreter.limits import DEFAULT_LIMITS, ResourceLimits
from monty_flow.interpreter.os_access import MemoryFile, OSAccess
from monty_flow.interpreter.pool import messages
from monty_flow.interpreter.pool.children import Child, Children, how_it_ended
from monty_flow.interpreter.records import record
from monty_flow.interpreter.stopped import Complete, PendingCall
from monty_flow.interpreter.views import FrameView, Position

#: Seconds over its limit after which a child that does not answer is killed.
GRACE: Final = 0.06
#: Seconds that compiling a script, or making an answer of what was computed, may take.
COMPILE_SECONDS: Final = 20.0
ANSWER_SECONDS: Final = 20.0
#: Seconds that a byte of a state may take to be decoded.
_SECONDS_PER_BYTE: Final = 2e-7
_SIGXCPU: Final = 24
_MAX_NAME: Final = 10_000
#: Where in a request the script is, where it is not the second part.
_SCRIPT_AT: Final = {'load': 2, 'resume': 3, 'frames': 3}

PrintCallback = Callable[[str, str], None]
Answer = TypeVar('Answer')


class _OfCallback(Exception):
    """An error of the host's print callback, which tells nothing of the child."""

    def __init__(self, error: Exception) -> None:
        self.error = error


class Script(Protocol):
    """What an exchange asks of a script."""

    @property
    def code(self) -> str: ...

    @property
    def script_name(self) -> str: ...

    def parts(self, child: Child) -> list[Any]:
        """Return the script as a request names it."""
        ...


@record(frozen=True)
class Pause:
    """A script that has stopped at an external call."""

    exchange: Exchange
    #: The child that keeps the live state, and its number there.
    child: Child
    live: int
    #: The limits that were given, None for those of the state.
    limits: ResourceLimits | None
    #: The state, for any child.
    state: bytes
    function_name: str
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    #: Seconds that the script has computed so far.
    seconds_used: float
    #: The calls under way when there may be several, and then no name and arguments; None for one call.
    pending: tuple[PendingCall, ...] | None = None


class Exchange:
    """One request to a child, with all that comes before its answer."""

    __slots__ = ('_bounds', '_callback', '_calls', '_children', '_deadline', '_left', '_notes', '_written', 'script')

    def __init__(
        self,
        children: Children,
        script: Script,
        bounds: ResourceLimits,
        seconds_used: float,
        print_callback: PrintCallback | None,
    ) -> None:
        self._children = children
        self.script = script
        self._bounds = bounds
        self._callback = print_callback
        self._written = self._calls = 0
        #: How often the child may still begin, tell that it has computed, and ask for what it has forgotten.
        self._notes = {'begin': 2, 'computed': 1, 'unknown': 2}
        seconds = bounds.max_duration_secs
        self._left = None if seconds is None else max(0.0, seconds - seconds_used) + GRACE
        self._deadline: float | None = None

    def following(self, seconds_used: float, print_callback: PrintCallback | None) -> Exchange:
        """Return the exchange for the next step of the same run."""
        made = Exchange(self._children, self.script, self._bounds, seconds_used, print_callback or self._callback)
        made._written = self._written
        return made

    def start(
        self, inputs: Mapping[str, Any] | None, limits: ResourceLimits | None, access: OSAccess | None
    ) -> Pause | Complete:
        live = self._children.next_live()
        given, parts, files = _inputs(inputs), _limits(limits), _access(access)
        return self._asked(
            None, 0, lambda child: ['start', self.script.parts(child), given, parts, files, live],
            lambda child, message: self._reached(child, message, live, limits, None),
        )  # fmt: skip

    def run(
        self,
        inputs: Mapping[str, Any] | None,
        functions: Mapping[str, Callable[..., Any]],
        limits: ResourceLimits | None,
        access: OSAccess | None,
    ) -> Any:
        given, parts, files = _inputs(inputs), _limits(limits), _access(access)
        return self._asked(
            None, 0, lambda child: ['run', self.script.parts(child), given, parts, files, list(functions)],
            lambda child, message: self._reached(child, message, 0, limits, None).output,  # type: ignore[union-attr]
            functions,
        )  # fmt: skip

    def load(self, state: bytes, limits: ResourceLimits | None) -> Pause:
        live = self._children.next_live()
        found = self._asked(
            None, len(state), lambda child: ['load', state, self.script.parts(child), _limits(limits), live],
            lambda child, message: self._reached(child, message, live, limits, state),
        )  # fmt: skip
        assert isinstance(found, Pause)
        return found

    def resume(self, pause: Pause, how: str, value: Any) -> Pause | Complete:
        live, limits = self._children.next_live(), _limits(pause.limits)

        def request(taken: Child) -> list[Any]:
            state = None if taken is pause.child else pause.state
            return ['resume', pause.live, state, self.script.parts(taken), limits, how, value, live]

        return self._asked(
            pause.child, len(pause.state), request,
            lambda taken, message: self._reached(taken, message, live, pause.limits, None), state=pause.state,
        )  # fmt: skip

    def frames(self, pause: Pause) -> tuple[FrameView, ...]:
        exchange = Exchange(self._children, self.script, DEFAULT_LIMITS, 0.0, None)
        limits = _limits(pause.limits)

        def request(taken: Child) -> list[Any]:
            state = None if taken is pause.child else pause.state
            return ['frames', pause.live, state, self.script.parts(taken), limits]

        return exchange._asked(
            pause.child, len(pause.state), request, lambda taken, message: _views(message), state=pause.state
        )

    # What they share

    def _asked(
        self,
        wanted: Child | None,
        size: int,
        request: Callable[[Child], list[Any]],
        answer: Callable[[Child, list[Any]], Answer],
        functions: Mapping[str, Callable[..., Any]] | None = None,
        state: bytes | None = None,
    ) -> Answer:
        """Return the answer to a request; a child that has ended before it read the request has not begun it."""
        for _ in range(self._children.most + 1):
            child = self._children.borrow(wanted)
            try:
                return self._asked_of(child, size, request, answer, functions or {}, state)
            except messages.Unread:
                wanted = None
            finally:
                self._children.give_back(child)
        raise SandboxCrashed('every process of the pool ended before it read the request')

    def _asked_of(
        self,
        child: Child,
        size: int,
        request: Callable[[Child], list[Any]],
        answer: Callable[[Child, list[Any]], Answer],
        functions: Mapping[str, Callable[..., Any]],
        state: bytes | None,
    ) -> Answer:
        """Send a request and take what comes until the answer; a child that fails at that is killed."""
        is_begun = is_done = False
        try:
            message = request(child)
            source = message[_SCRIPT_AT.get(message[0], 1)][1]
            self._wait_for(None if source is None else COMPILE_SECONDS, size)
            child.send(message)
            while True:
                message = child.receive(None if self._deadline is None else self._deadline - time.monotonic())
                is_begun = True
                kind = message[0]
                if kind in ('written', 'call', 'begin', 'computed', 'unknown'):
                    self._noted(child, message, functions, state)
                    continue
                if kind == 'failed':
                    error = messages.error_of(message[1])
                    self._write(message[2])
                    is_done = True
                    raise error
                found = answer(child, message)
                is_done = True
                return found
        except _OfCallback as error:
            raise error.error from None
        except TimeoutError:
            raise self._late(child) from None
        except messages.Broken as error:
            if isinstance(error, messages.Unread) and not is_begun:
                raise
            raise self._crashed(child, str(error)) from None
        except (IndexError, TypeError, ValueError, AttributeError) as error:
            if is_done or child.is_alive is False or isinstance(error, (BoundaryError, LimitError)):
                raise
            raise self._crashed(child, f'a message is malformed ({type(error).__name__})') from error
        finally:
            if child.is_alive and not (is_done and child.is_quiet):
                child.kill()

    def _wait_for(self, instead: float | None, size: int = 0) -> None:
        """Set until when the child may take: its own time, or another while that does not run."""
        seconds = self._left if instead is None else instead
        self._deadline = None if seconds is None else time.monotonic() + seconds + size * _SECONDS_PER_BYTE

    def _noted(
        self, child: Child, message: list[Any], functions: Mapping[str, Callable[..., Any]], state: bytes | None
    ) -> None:
        kind = message[0]
        if kind in self._notes:
            # Each gives the child more time.
            self._notes[kind] -= 1
            if self._notes[kind] < 0:
                raise messages.Broken(f'{kind} is told too often')
        if kind == 'written':
            self._pausing(lambda: self._write(message[1]))
        elif kind == 'begin':
            self._wait_for(None)
        elif kind == 'computed':
            self._wait_for(ANSWER_SECONDS)
        elif kind == 'unknown':
            # The child has forgotten the state, or the script, that it was asked about.
            what = message[1] if len(message) > 1 else None
            self._wait_for(COMPILE_SECONDS)
            child.send(['state', state] if what == 'state' else ['script', self.script.code])
        else:
            self._call(child, message, functions)

    def _pausing(self, act: Callable[[], Any]) -> Any:
        """Do what is the host's, while the script's time stands still."""
        began = time.monotonic()
        try:
            return act()
        finally:
            if self._deadline is not None:
                self._deadline += time.monotonic() - began

    def _call(self, child: Child, message: list[Any], functions: Mapping[str, Callable[..., Any]]) -> None:
        """Call a function of the host for the script, and send what it gives."""
        name, args, kwargs, pieces = message[1:]
        function = functions.get(_name(name))
        self._calls += 1
        most = self._bounds.max_pauses
        if most is not None and self._calls > most:
            # The child counts for itself, as with what is printed.
            raise PauseLimitError('max_pauses', most)
        arguments, named = messages.unpacked(args), messages.unpacked(kwargs)
        if function is None or type(arguments) is not tuple or type(named) is not dict or {*map(type, named)} - {str}:
            raise messages.Broken('a call is malformed')

        def act() -> tuple[str, Any]:
            self._write(pieces)
            try:
                value = function(*arguments, **named)
                return 'value', messages.packed(to_script(value, name), f'the result of {name}()')
            except Exception as error:
                return 'error', messages.packed(exception_to_script(error))

        kind, result = self._pausing(act)
        child.send([kind, result])

    def _write(self, pieces: Any) -> None:
        limit = self._bounds.max_output_bytes
        for stream, text in pieces:
            if stream not in ('stdout', 'stderr') or type(text) is not str:
                raise messages.Broken('printed text is malformed')
            self._written += len(text)
            if limit is not None and self._written > limit:
                # The child counts for itself; one that does not is no child any more.
                raise OutputLimitError('max_output_bytes', limit)
            if self._callback is None:
                continue
            try:
                self._callback(stream, text)
            except Exception as error:
                raise _OfCallback(error) from None

    def _reached(
        self, child: Child, message: list[Any], live: int, limits: ResourceLimits | None, state: bytes | None
    ) -> Pause | Complete:
        """Return where the script stands by the child's answer."""
        if message[0] == 'done':
            _, value, seconds, pieces = message
            output = messages.unpacked(value)
            self._write(pieces)
            return Complete(output, _seconds(seconds))
        if message[0] != 'paused':
            raise messages.Broken('an answer is of no known kind')
        _, name, args, kwargs, data, seconds, pieces = message
        if name is None:
            return self._several(child, message, live, limits, state)
        arguments, named = messages.unpacked(args), messages.unpacked(kwargs)
        data = state if data is None else data
        if type(arguments) is not tuple or type(named) is not dict or type(data) is not bytes:
            raise messages.Broken('a pause is malformed')
        self._write(pieces)
        return Pause(self, child, live, limits, data, _name(name), arguments, named, _seconds(seconds))

    def _several(
        self, child: Child, message: list[Any], live: int, limits: ResourceLimits | None, state: bytes | None
    ) -> Pause:
        _, _, calls, _, data, seconds, pieces = message
        data = state if data is None else data
        pending = []
        for number, name, args, kwargs in messages.unpacked(calls):
            if (
                type(number) is not int
                or type(args) is not tuple
                or type(kwargs) is not dict
                or type(data) is not bytes
            ):
                raise messages.Broken('a pending call is malformed')
            pending.append(PendingCall(number, _name(name), args, kwargs))
        self._write(pieces)
        return Pause(self, child, live, limits, data, '', (), {}, _seconds(seconds), tuple(pending))

    def _late(self, child: Child) -> Exception:
        child.kill()
        return TimeLimitError('max_duration_secs', self._bounds.max_duration_secs or COMPILE_SECONDS)

    def _crashed(self, child: Child, why: str) -> Exception:
        text, number = how_it_ended(child.kill())
        if number == _SIGXCPU:
            return TimeLimitError('max_duration_secs', self._bounds.max_duration_secs or 0)
        return SandboxCrashed(f'the process of the script ended {text}: {why}')


def _name(value: Any) -> str:
    if type(value) is not str or len(value) > _MAX_NAME:
        raise messages.Broken('a name is malformed')
    return value


def _seconds(value: Any) -> float:
    if type(value) not in (float, int) or not value >= 0:
        raise messages.Broken('a time is malformed')
    return float(value)


def _inputs(inputs: Mapping[str, Any] | None) -> Any:
    return messages.packed({name: to_script(value, f'inputs[{name!r}]') for name, value in (inputs or {}).items()})


def _limits(limits: ResourceLimits | None) -> Any:
    return None if limits is None else list(asdict(limits).items())


def _access(access: OSAccess | None) -> Any:
    """Return an `OSAccess` as a message carries it: data alone, nothing that would ask the host."""
    if access is None:
        return None
    if access.mounts or callable(access.clock) or any(type(file) is not MemoryFile for file in access.files):
        raise BoundaryError(
            'a process of its own has no way to the files and functions of the host: mounts, callback files and a clock '
            'function need a script that runs in this process (isolation none)'
        )
    files = [[file.path, file.content] for file in access.files]  # type: ignore[union-attr]
    return [files, list(access.environ.items()), access.root_dir, access.clock, access.max_file_bytes]


def _views(message: list[Any]) -> tuple[FrameView, ...]:
    kind, views = message
    if kind != 'frames':
        raise messages.Broken('an answer is of no known kind')
    made = []
    for function, span, line, variables in views:
        if {type(function), type(line), *(type(part) for pair in variables for part in pair)} - {str}:
            raise messages.Broken('a frame is malformed')
        if len(span) != 4 or {*map(type, span)} - {int}:
            raise messages.Broken('a frame is malformed')
        made.append(FrameView(function, Position(*span), line, dict(variables)))
    return tuple(made)
