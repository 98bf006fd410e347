"""Host functions: what scripts may call, and with which policy.

    functions = Functions()

    @functions.function(retries=5, timeout_seconds=10)
    def fetch(url): ...

A function takes effect at least once and its result is recorded exactly once. `current_call()` gives it the
key that tells the attempts of one call from another call.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, TypeVar, overload

from monty_flow.engine.errors import EngineError, FunctionRefused
from monty_flow.engine.retry import RetryPolicy

AnyFunction = TypeVar('AnyFunction', bound=Callable[..., Any])
#: Names that scripts call and the engine itself answers.
RESERVED = frozenset({'time.sleep'})

_DEFAULT = RetryPolicy()


@dataclass(frozen=True, slots=True)
class HostFunction:
    """A registered function with its policy."""

    name: str
    function: Callable[..., Any]
    is_async: bool
    policy: RetryPolicy
    #: Seconds that one attempt may take, None for no bound.
    timeout_seconds: float | None


@dataclass(frozen=True, slots=True)
class CallContext:
    """The call for which a host function is being executed."""

    run_id: str
    call_number: int
    #: 1 for the first attempt.
    attempt: int
    function: str

    @property
    def idempotency_key(self) -> str:
        """The same for all attempts of this call, and of no other call."""
        return f'{self.run_id}/{self.call_number}'


class NoCurrentCall(EngineError):
    """`current_call` was used outside a host function."""

    def __init__(self) -> None:
        super().__init__(
            'there is no current call: use current_call() in a host function while a worker executes it, '
            'and not in a thread that the function starts'
        )


class Functions:
    """A set of host functions by name."""

    def __init__(self) -> None:
        self._by_name: dict[str, HostFunction] = {}

    @overload
    def function(self, function: AnyFunction, /) -> AnyFunction: ...

    @overload
    def function(
        self,
        *,
        name: str | None = ...,
        retries: int = ...,
        timeout_seconds: float | None = ...,
        initial_delay_seconds: float = ...,
        factor: float = ...,
        max_delay_seconds: float = ...,
        no_retry_on: tuple[type[BaseException], ...] = ...,
    ) -> Callable[[AnyFunction], AnyFunction]: ...

    def function(
        self,
        function: Any = None,
        *,
        name: str | None = None,
        retries: int = _DEFAULT.retries,
        timeout_seconds: float | None = None,
        initial_delay_seconds: float = _DEFAULT.initial_delay_seconds,
        factor: float = _DEFAULT.factor,
        max_delay_seconds: float = _DEFAULT.max_delay_seconds,
        no_retry_on: tuple[type[BaseException], ...] = (),
    ) -> Any:
        """Register a sync or async function; the decorated function stays as it is.

        `timeout_seconds` bounds one attempt. A failed attempt is repeated up to `retries` times, after a delay
        drawn between 0 and `initial_delay_seconds * factor ** (failures - 1)`, at most `max_delay_seconds`;
        errors of `no_retry_on` are final. Raises FunctionRefused for a name or policy that cannot be.
        """

        def register(target: AnyFunction) -> AnyFunction:
            label = name if name is not None else getattr(target, '__name__', '')
            self._check(label, target, timeout_seconds)
            try:
                policy = RetryPolicy(retries, initial_delay_seconds, factor, max_delay_seconds, tuple(no_retry_on))
            except ValueError as error:
                raise FunctionRefused(f'the function {label!r} cannot be registered: {error}') from None
            self._by_name[label] = HostFunction(label, target, _is_async(target), policy, timeout_seconds)
            return target

        return register if function is None else register(function)

    def _check(self, name: str, target: Any, timeout_seconds: float | None) -> None:
        if not callable(target):
            raise FunctionRefused(f'{target!r} cannot be registered: it is not a function')
        if not all(part.isidentifier() for part in name.split('.')):
            raise FunctionRefused(f'a function cannot be called {name!r} by a script; give an identifier as name=')
        if name in RESERVED:
            raise FunctionRefused(f'{name!r} is answered by the engine itself; register the function by another name')
        if name in self._by_name:
            raise FunctionRefused(f'a function {name!r} is registered already; give one of them another name=')
        if timeout_seconds is not None and timeout_seconds <= 0:
            raise FunctionRefused(
                f'the function {name!r} cannot be registered: timeout_seconds is {timeout_seconds!r}; '
                'it must be above 0, or None for no bound'
            )

    def get(self, name: str) -> HostFunction | None:
        """Return the function of this name, or None."""
        return self._by_name.get(name)

    @property
    def names(self) -> frozenset[str]:
        """The names that are registered."""
        return frozenset(self._by_name)

    def __iter__(self) -> Iterator[HostFunction]:
        return iter(self._by_name.values())

    def __len__(self) -> int:
        return len(self._by_name)

    def __contains__(self, name: object) -> bool:
        return name in self._by_name


_current: ContextVar[CallContext] = ContextVar('monty_flow_current_call')


def current_call() -> CallContext:
    """Return the call for which this host function is being executed; raise NoCurrentCall outside one."""
    try:
        return _current.get()
    except LookupError:
        raise NoCurrentCall from None


@contextmanager
def executing(call: CallContext) -> Iterator[None]:
    """Make `call` the current one within the block."""
    token = _current.set(call)
    try:
        yield
    finally:
        _current.reset(token)


def _is_async(function: Any) -> bool:
    call = getattr(function, '__call__', None)  # noqa: B004 (what it is matters, not whether it is there)
    return inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(call)
