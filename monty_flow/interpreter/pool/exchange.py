"""What a pool asks of its children: to start, run, load or resume a script, or to show its frames."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from monty_flow.interpreter.limits import DEFAULT_LIMITS, ResourceLimits
from monty_flow.interpreter.os_access import OSAccess
from monty_flow.interpreter.pool import messages
from monty_flow.interpreter.pool.asking import Asking, PrintCallback
from monty_flow.interpreter.pool.children import Child
from monty_flow.interpreter.pool.forms import access_part, inputs_part, limits_part, name_of, seconds_of, views_of
from monty_flow.interpreter.pool.lines import LineFull, Request
from monty_flow.interpreter.records import record
from monty_flow.interpreter.stopped import Complete, PendingCall
from monty_flow.interpreter.views import FrameView


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


class Begun:
    """A step that a child takes already, for who goes on with its state later."""

    __slots__ = ('_exchange', '_pieces', '_request', 'is_over', 'value')

    def __init__(
        self, exchange: Exchange, request: Request[Pause | Complete], value: Any, pieces: list[tuple[str, str]]
    ) -> None:
        self._exchange = exchange
        self._request = request
        self._pieces = pieces
        #: Whether somebody has taken it, or has nothing to do with it any more.
        self.is_over = False
        #: What the child was given.
        self.value = value

    @property
    def process(self) -> object:
        """The child that takes the step."""
        return self._request.child

    def wait(self, seconds: float) -> bool:
        """Wait so long at most, and tell whether the step is taken."""
        return self.is_over or self._exchange.wait(self._request, seconds)

    def take(self, print_callback: PrintCallback | None) -> Pause | Complete:
        """Return where the script stands, and give the child back."""
        self.is_over = True
        return self._exchange.taken(self._request, self._pieces, print_callback)

    def drop(self) -> None:
        """Have nothing to do with the step any more; the state from which it began is as it was."""
        if not self.is_over:
            self.is_over = True
            self._exchange.drop(self._request)


class Exchange(Asking):
    """One request to a child, with all that comes before its answer."""

    __slots__ = ()

    def following(self, seconds_used: float, print_callback: PrintCallback | None) -> Exchange:
        """Return the exchange for the next step of the same run."""
        made = Exchange(self._children, self.script, self._bounds, seconds_used, print_callback or self._callback)
        made._written = self._written
        return made

    def start(
        self, inputs: Mapping[str, Any] | None, limits: ResourceLimits | None, access: OSAccess | None
    ) -> Pause | Complete:
        return self.ask(self._starting(inputs, limits, access))

    def begin_start(self, inputs: Mapping[str, Any] | None, limits: ResourceLimits | None) -> Begun | None:
        """Have a child start the script that is free or has steps of this thread before that, if there is one."""
        request = self._starting(inputs, limits, None)
        child = self._children.borrow_any_ahead()
        return None if child is None else self._begun(request, child, None)

    def _starting(
        self, inputs: Mapping[str, Any] | None, limits: ResourceLimits | None, access: OSAccess | None
    ) -> Request[Pause | Complete]:
        live = self._children.next_live()
        given, parts, files = inputs_part(inputs), limits_part(limits), access_part(access)
        return Request(
            lambda child: ['start', self.script.parts(child), given, parts, files, live],
            lambda child, message: self._reached(child, message, live, limits, None),
        )

    def run(
        self,
        inputs: Mapping[str, Any] | None,
        functions: Mapping[str, Callable[..., Any]],
        limits: ResourceLimits | None,
        access: OSAccess | None,
    ) -> Any:
        given, parts, files = inputs_part(inputs), limits_part(limits), access_part(access)
        return self.ask(
            Request(
                lambda child: ['run', self.script.parts(child), given, parts, files, list(functions)],
                lambda child, message: self._reached(child, message, 0, limits, None).output,  # type: ignore[union-attr]
                functions=functions,
            )
        )

    def load(self, state: bytes, limits: ResourceLimits | None) -> Pause:
        live = self._children.next_live()
        found = self.ask(
            Request(
                lambda child: ['load', state, self.script.parts(child), limits_part(limits), live],
                lambda child, message: self._reached(child, message, live, limits, state),
                len(state),
            )
        )
        assert isinstance(found, Pause)
        return found

    def resume(self, pause: Pause, how: str, value: Any) -> Pause | Complete:
        return self.ask(self._resuming(pause, how, value), pause.child)

    def begin(self, pause: Pause, value: Any, given: Any) -> Begun | None:
        """Have the child that keeps the state go on with a value, if it is free or has steps of this thread before that.

        What is printed is kept for who takes the step.
        """
        if not self._children.borrow_ahead(pause.child):
            return None
        return self._begun(self._resuming(pause, 'value', value), pause.child, given)

    def _begun(self, request: Request[Pause | Complete], child: Child, given: Any) -> Begun | None:
        pieces: list[tuple[str, str]] = []
        self._callback = lambda stream, text: pieces.append((stream, text))
        try:
            self.send(request, child)
        except (messages.Unread, LineFull):
            return None
        return Begun(self, request, given, pieces)

    def taken(
        self, request: Request[Pause | Complete], pieces: list[tuple[str, str]], callback: PrintCallback | None
    ) -> Pause | Complete:
        """Return what comes of a step that was begun, from another child when the first has ended before it began."""
        if callback is not None:
            for stream, text in pieces:
                callback(stream, text)
        self._callback = callback
        try:
            return self.take(request)
        except messages.Unread:
            return self.ask(request)

    def _resuming(self, pause: Pause, how: str, value: Any) -> Request[Pause | Complete]:
        live, limits = self._children.next_live(), limits_part(pause.limits)

        def make(taken: Child) -> list[Any]:
            state = None if taken is pause.child else pause.state
            return ['resume', pause.live, state, self.script.parts(taken), limits, how, value, live]

        return Request(
            make,
            lambda taken, message: self._reached(taken, message, live, pause.limits, None),
            len(pause.state),
            pause.state,
        )

    def frames(self, pause: Pause) -> tuple[FrameView, ...]:
        exchange = Exchange(self._children, self.script, DEFAULT_LIMITS, 0.0, None)
        limits = limits_part(pause.limits)

        def make(taken: Child) -> list[Any]:
            state = None if taken is pause.child else pause.state
            return ['frames', pause.live, state, self.script.parts(taken), limits]

        request = Request(make, lambda taken, message: views_of(message), len(pause.state), pause.state)
        return exchange.ask(request, pause.child)

    def _reached(
        self, child: Child, message: list[Any], live: int, limits: ResourceLimits | None, state: bytes | None
    ) -> Pause | Complete:
        """Return where the script stands by the child's answer."""
        if message[0] == 'done':
            _, value, seconds, pieces = message
            output = messages.unpacked(value)
            self._write(pieces)
            return Complete(output, seconds_of(seconds))
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
        return Pause(self, child, live, limits, data, name_of(name), arguments, named, seconds_of(seconds))

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
            pending.append(PendingCall(number, name_of(name), args, kwargs))
        self._write(pieces)
        return Pause(self, child, live, limits, data, '', (), {}, seconds_of(seconds), tuple(pending))
