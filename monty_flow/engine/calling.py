"""The call for which a host function is being executed, as the function sees it.

    @functions.function(heartbeat_timeout_seconds=30)
    def copy(pages):
        call = current_call()
        for page in range(call.last_progress() or 0, pages):
            call.raise_if_cancelled()
            ...
            call.heartbeat(page + 1)

Nothing here touches the database: a heartbeat leaves its progress with the worker, which writes that of all its calls
together about once a second.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any, Final, Protocol

from monty_flow.engine.clock import moment_or_none
from monty_flow.engine.errors import EngineError, SecretsMissing

_NOT_GIVEN: Final = object()


class CallHost(Protocol):
    """What a context asks of the worker that executes the call."""

    def now(self) -> int:
        """Return the moment, in microseconds since the epoch."""
        ...

    def report(self, call: CallContext, progress: Any) -> None:
        """Take progress to write it; raise ValueRefused for what cannot be stored."""
        ...

    def last_progress(self, call: CallContext) -> Any:
        """Return what was last written for a call."""
        ...

    def secret(self, name: str) -> str:
        """Return a secret of the worker, or raise SecretsMissing."""
        ...


class CallContext:
    """The call for which a host function is being executed; may be used from several threads."""

    __slots__ = (
        '_connection', '_event', '_host', 'attempt', 'call_number', 'cancel_reason', 'deadline_us', 'function', 'run_id',
        'signed_at', 'version',
    )  # fmt: skip

    def __init__(
        self,
        run_id: str,
        call_number: int,
        attempt: int,
        function: str,
        *,
        version: str | None = None,
        deadline_us: int | None = None,
        host: CallHost | None = None,
    ) -> None:
        self.run_id = run_id
        self.call_number = call_number
        #: 1 for the first attempt.
        self.attempt = attempt
        self.function = function
        #: The version of the function, None when it has none.
        self.version = version
        #: The deadline in microseconds since the epoch.
        self.deadline_us = deadline_us
        #: Why the function should stop, None while it should go on.
        self.cancel_reason: str | None = None
        #: When it gave the last sign of life, 0 before the first one.
        self.signed_at = 0
        self._host = host
        self._event: threading.Event | None = None
        self._connection: Any = None

    def __repr__(self) -> str:
        return f'<call {self.idempotency_key} of {self.function}, attempt {self.attempt}>'

    @property
    def idempotency_key(self) -> str:
        """The same for all attempts of this call, and of no other call."""
        return f'{self.run_id}/{self.call_number}'

    @property
    def deadline(self) -> datetime | None:
        """When this attempt will be given up, None when nothing bounds it."""
        return moment_or_none(self.deadline_us)

    @property
    def connection(self) -> Any:
        """The database connection of a `transactional` function, in a transaction that is committed with its result.

        It is the driver's: a `psycopg.Connection` or a `sqlite3.Connection`. Raises NotTransactional in other functions.
        """
        if self._connection is None:
            raise NotTransactional(self.function)
        return self._connection

    @contextmanager
    def connected(self, connection: Any) -> Iterator[None]:
        """Have `connection` be that of the call within the block; for the worker, and for tests of functions."""
        self._connection = connection
        try:
            yield
        finally:
            self._connection = None

    def heartbeat(self, progress: Any = _NOT_GIVEN) -> None:
        """Give a sign of life, and say how far the function is, by any value that can be stored.

        `show` displays the progress, and the next attempt finds it as `last_progress()`. It costs no commit: the worker writes what
        was said last, about once a second. Raises ValueRefused for progress that cannot be stored.
        """
        if self._host is None:
            return
        self.signed_at = self._host.now()
        if progress is not _NOT_GIVEN:
            self._host.report(self, progress)

    def last_progress(self) -> Any:
        """Return the progress that an earlier attempt of this call said last, None when there is none."""
        return None if self._host is None or self.attempt == 1 else self._host.last_progress(self)

    def secret(self, name: str) -> str:
        """Return a secret of the worker; raise SecretsMissing when it has none of this name."""
        if self._host is None:
            raise SecretsMissing([name])
        return self._host.secret(name)

    @property
    def cancelled(self) -> bool:
        """Tell whether the function should stop: it timed out, the worker stops, or the run does not want it any more."""
        return self.cancel_reason is not None

    def raise_if_cancelled(self) -> None:
        """Raise CallCancelled when the function should stop; when the worker stops, another one makes the attempt again."""
        if self.cancel_reason is not None:
            raise CallCancelled(self.cancel_reason)

    def wait_cancelled(self, timeout_seconds: float | None = None) -> bool:
        """Wait until the function should stop, at most for `timeout_seconds`, and tell whether it should."""
        with _making_events:
            if self._event is None:
                self._event = threading.Event()
            if self.cancelled:
                self._event.set()
        return self._event.wait(timeout_seconds)

    def cancel(self, reason: str) -> None:
        """Ask the function to stop; the first reason counts. For the worker, and for tests of functions."""
        with _making_events:
            if self.cancel_reason is None:
                self.cancel_reason = reason
            if self._event is not None:
                self._event.set()


#: One for all, since hardly any call needs an event, and one in each context would cost every call.
_making_events = threading.Lock()


class NoCurrentCall(EngineError):
    """`current_call` was used outside a host function."""

    def __init__(self) -> None:
        super().__init__(
            'there is no current call: use current_call() in a host function while a worker executes it, '
            'and not in a thread that the function starts'
        )


class NotTransactional(EngineError):
    """The function has no connection to the database."""

    def __init__(self, function: str) -> None:
        super().__init__(
            f'{function}() has no connection: register it with transactional=True, and use the connection only while the '
            'function is executed'
        )


class CallCancelled(EngineError):
    """The function was asked to stop, and did."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(f'the call was cancelled: {reason}')


_current: ContextVar[CallContext] = ContextVar('monty_flow_current_call')


def current_call() -> CallContext:
    """Return the call for which this host function is being executed; raise NoCurrentCall outside one."""
    try:
        return _current.get()
    except LookupError:
        raise NoCurrentCall from None


class executing:  # used as a function; a generator costs more than many a host function
    """Make `call` the current one within the block; also for tests of functions."""

    __slots__ = ('_call', '_token')

    def __init__(self, call: CallContext) -> None:
        self._call = call

    def __enter__(self) -> None:
        self._token = _current.set(self._call)

    def __exit__(self, *exception: object) -> None:
        _current.reset(self._token)
