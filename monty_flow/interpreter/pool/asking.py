"""One request to a child: sent, waited for and ended once, with a look at everything that comes before its answer.

    send -> wait (for so long, as often as one likes) -> take

Who has nothing else to do meanwhile goes through all three with `ask`. The child may have other requests before and behind (`lines.py`). It is
given back after the last, and killed before that when it has broken a rule, has not answered, or has said more than it was asked.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from copy import copy
from typing import Any, Final, Protocol

from monty_flow.interpreter.boundary import exception_to_script, to_script
from monty_flow.interpreter.errors import (
    BoundaryError,
    LimitError,
    OutputLimitError,
    PauseLimitError,
    SandboxCrashed,
    TimeLimitError,
)
from monty_flow.interpreter.limits import ResourceLimits
from monty_flow.interpreter.pool import messages
from monty_flow.interpreter.pool.children import Child, Children, how_it_ended
from monty_flow.interpreter.pool.forms import name_of
from monty_flow.interpreter.pool.lines import MOST_REQUESTS, Answer, LineFull, Request

#: Seconds over its limit after which a child that does not answer is killed.
GRACE: Final = 0.06
#: Seconds that compiling a script, or making an answer of what was computed, may take.
COMPILE_SECONDS: Final = 20.0
ANSWER_SECONDS: Final = 20.0
#: Seconds that a request waits behind others of its thread, before it goes to another child.
BEHIND_SECONDS: Final = 0.05
#: Seconds that a byte of a state may take to be decoded.
_SECONDS_PER_BYTE: Final = 2e-7
_SIGXCPU: Final = 24
#: Where in a request the script is, where it is not the second part.
_SCRIPT_AT: Final = {'load': 2, 'resume': 3, 'frames': 3}
#: What comes before an answer.
_NOTES: Final = frozenset({'written', 'call', 'begin', 'computed', 'unknown'})

PrintCallback = Callable[[str, str], None]


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


class Asking:
    """What is asked within one step of a script, and the bounds of that."""

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

    def ask(self, request: Request[Answer], wanted: Child | None = None) -> Answer:
        """Return the answer to a request; a child that has ended before it read the request has not begun it."""
        behind_others = True
        for _ in range(self._children.most + 2):
            try:
                child = self._children.borrow(wanted, behind_others=behind_others)
                self.send(request, child)
                if child.line.waiting[0] is request or self.wait(request, BEHIND_SECONDS):
                    return self.take(request)
                # The withdrawn one stays in its line.
                left, request = request, copy(request)
                self.drop(left)
                behind_others = False
            except LineFull:
                behind_others = False
            except messages.Unread:
                wanted = None
        raise SandboxCrashed('every process of the pool ended before it read the request')

    def send(self, request: Request[Any], child: Child) -> None:
        """Send a request to a child that was borrowed for it; raise Unread when the child is gone, LineFull when it has too many."""
        line = child.line
        request.address(child, self)
        try:
            message = request.make(child)
            source = message[_SCRIPT_AT.get(message[0], 1)][1]
            request.compiles = source is not None
            body = messages.in_bytes(message)
            line.check_room(len(body))
            if not line.waiting:
                self.start_clock(request)
            child.send_bytes(body)
        except BaseException as error:
            if line.left:
                # The child goes on with these.
                line.is_broken = line.is_broken or not isinstance(error, (LineFull, BoundaryError))
                raise
            failure = self._failed(request, error)
            if failure is error:
                raise
            raise failure from failure.__cause__
        line.left += 1
        line.put(request, body)

    def start_clock(self, request: Request[Any]) -> None:
        """Have the time of a request run, which the child takes next."""
        seconds = COMPILE_SECONDS if request.compiles else self._left
        self._deadline = None if seconds is None else time.monotonic() + seconds + request.size * _SECONDS_PER_BYTE

    def wait(self, request: Request[Any], seconds: float) -> bool:
        """Take what comes within so many seconds, and tell whether `take` would wait no more."""
        until = time.monotonic() + seconds
        line = request.child.line
        while request.message is None and request.error is None:
            if not request.child.has_word(until):
                line.close(request)
                return False
            line.hear()
        return True

    def take(self, request: Request[Answer]) -> Answer:
        """Return the answer, and give the child back when it was the last one."""
        child, is_done = request.child, False
        try:
            while request.message is None and request.error is None:
                child.line.hear()
            if request.error is not None:
                raise request.error from request.error.__cause__
            message = request.message
            assert message is not None
            if message[0] == 'failed':
                error = messages.error_of(message[1])
                self._write(message[2])
                is_done = True
                raise error
            found = request.read(child, message)
        except BaseException as error:
            if error is request.error:
                raise
            failure = self._failed(request, error, is_done=is_done)
            if failure is error:
                raise
            raise failure from failure.__cause__
        self._let_go(request, is_done=True)
        return found

    def drop(self, request: Request[Any]) -> None:
        """Have nothing to do with a request any more; its child is ended where it has no other to answer."""
        line = request.child.line
        if request.error is not None:
            return
        if request.message is not None:
            self._let_go(request, is_done=True)
            return
        request.is_withdrawn = True
        line.withdrawn += 1
        if line.withdrawn == line.left:
            self._let_go(request, is_done=False)

    def fail(self, request: Request[Any], error: Exception) -> None:
        """Keep an error for who takes the answer."""
        request.error = self._failed(request, error)

    def _failed(self, request: Request[Any], error: BaseException, *, is_done: bool = False) -> BaseException:
        """Return what is to be raised for an error, when the child has been let go."""
        child = request.child
        try:
            match error:
                case _OfCallback():
                    return error.error
                case TimeoutError():
                    return self._late(child)
                case messages.Unread() if not request.is_begun and len(child.line.waiting) <= 1:
                    return error
                case messages.Broken():
                    return self._crashed(child, str(error))
                case BoundaryError() | LimitError():
                    return error
                case IndexError() | TypeError() | ValueError() | AttributeError() if child.is_alive and not is_done:
                    failure = self._crashed(child, f'a message is malformed ({type(error).__name__})')
                    failure.__cause__ = error
                    return failure
                case _:
                    return error
        finally:
            self._let_go(request, is_done=is_done)

    def _let_go(self, request: Request[Any], *, is_done: bool) -> None:
        child, line = request.child, request.child.line
        if is_done and child.is_alive:
            line.left -= 1
            if line.withdrawn:
                line.hear_withdrawn()
            if line.left:
                return
            if line.is_lent and child.is_quiet and not line.is_broken:
                line.end()
                self._children.give_back(child)
                return
        if child.is_alive:
            child.kill()
        if line.is_lent:
            line.break_off()
            self._children.give_back(child)

    def _wait_for(self, instead: float | None) -> None:
        """Set until when the child may take: its own time, or another while that does not run."""
        seconds = self._left if instead is None else instead
        self._deadline = None if seconds is None else time.monotonic() + seconds

    def hear(self, request: Request[Any]) -> None:
        """Take the next message of a child, which is about this request."""
        child = request.child
        message = child.receive(self._deadline)
        if message[0] == 'passed':
            self._pass(request)
            return
        request.is_begun = True
        if message[0] in _NOTES:
            self._noted(child, message, request.functions or {}, request.state)
        else:
            request.message = message
            child.line.answered()

    def _pass(self, request: Request[Any]) -> None:
        """Send a request again that the child has passed, as it took long with another."""
        line, body = request.child.line, request.body
        request.passes += 1
        if body is None or request.is_begun or request.passes > MOST_REQUESTS:
            raise messages.Broken('a request was passed that was not behind another')
        line.answered()
        if request.is_withdrawn:
            return
        if not line.waiting:
            self.start_clock(request)
        request.child.send_bytes(body)
        line.put(request, body)

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
        function = functions.get(name_of(name))
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

    def _late(self, child: Child) -> Exception:
        child.kill()
        return TimeLimitError('max_duration_secs', self._bounds.max_duration_secs or COMPILE_SECONDS)

    def _crashed(self, child: Child, why: str) -> Exception:
        text, number = how_it_ended(child.kill())
        if number == _SIGXCPU:
            return TimeLimitError('max_duration_secs', self._bounds.max_duration_secs or 0)
        return SandboxCrashed(f'the process of the script ended {text}: {why}')
