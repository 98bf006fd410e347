"""Scripts that have stopped in a child, and such as are on their way to that: the counterparts of `Snapshot` and `FutureSnapshot`."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any

from monty_flow.interpreter.boundary import exception_to_script, to_script
from monty_flow.interpreter.errors import BoundaryError, SandboxCrashed
from monty_flow.interpreter.pool import messages
from monty_flow.interpreter.pool.asking import PrintCallback
from monty_flow.interpreter.pool.exchange import Begun, Pause
from monty_flow.interpreter.snapshot.header import resealed
from monty_flow.interpreter.snapshot.signing import KeyRing
from monty_flow.interpreter.snapshot.versions import VERSION
from monty_flow.interpreter.stopped import Complete, FutureSnapshot, PendingCall, Raised, Returned, Snapshot, Stopped
from monty_flow.interpreter.views import FrameView, Position

_MISSING: Any = object()


class SandboxStart:
    """A start that a child makes already."""

    __slots__ = ('_begun',)

    def __init__(self, begun: Begun) -> None:
        self._begun = begun

    @property
    def process(self) -> object:
        """The child that makes it."""
        return self._begun.process

    def wait(self, seconds: float) -> bool:
        """Wait so long at most, and tell whether it is made."""
        return self._begun.wait(seconds)

    def go_on(self, print_callback: PrintCallback | None) -> SandboxState | Complete:
        """Return where the script stands."""
        return state_of(self._begun.take(print_callback))

    def drop(self) -> None:
        """Have nothing to do with it any more, unless somebody has gone on with it."""
        self._begun.drop()


class SandboxStopped(Stopped):
    """What every stopped script in a pool is: bytes, and the number of the live state in the child that stopped."""

    __slots__ = ('_pause',)

    def __init__(self, pause: Pause) -> None:
        self._pause = self._pause_request = pause
        self._resumed = False
        self._lock = threading.Lock()

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
            return state_of(go_on())
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
        if begun is not None and not begun.is_over:
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


def stopped_of(pause: Pause) -> SandboxState:
    return SandboxSnapshot(pause) if pause.pending is None else SandboxFutureSnapshot(pause)


def state_of(found: Pause | Complete) -> SandboxState | Complete:
    return stopped_of(found) if isinstance(found, Pause) else found
