"""Host functions: what scripts may call, and with which policy.

    functions = Functions()

    @functions.function(retries=5, timeout_seconds=10)
    def fetch(url): ...

A function takes effect at least once and its result is recorded exactly once. `current_call()` (`calling.py`) gives it the
key that tells the attempts of one call from another call.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import Any, TypedDict, TypeVar, Unpack, overload

from monty_flow.engine.binding import Binder, binder_of
from monty_flow.engine.clock import MICROSECONDS
from monty_flow.engine.errors import FunctionRefused
from monty_flow.engine.lanes import is_plain_name
from monty_flow.engine.retry import NoRetryOn, RetryPolicy

AnyFunction = TypeVar('AnyFunction', bound=Callable[..., Any])
#: Names that scripts call and the engine itself answers.
RESERVED = frozenset({'time.sleep', 'asyncio.sleep'})
#: What the names of other such calls begin with: functions of the module `flow`.
RESERVED_PREFIX = 'flow.'


@dataclass(frozen=True, slots=True)
class HostFunction:
    """A registered function with its policy."""

    name: str
    function: Callable[..., Any]
    is_async: bool
    policy: RetryPolicy
    #: Seconds that one attempt may take, None for no bound.
    timeout_seconds: float | None = None
    #: Seconds from the call to its end, over all attempts and the delays between them.
    total_timeout_seconds: float | None = None
    #: Seconds that the call may wait until its first attempt begins.
    queue_timeout_seconds: float | None = None
    #: Seconds between two signs of life of an attempt (`current_call().heartbeat()`).
    heartbeat_timeout_seconds: float | None = None
    #: Whether each call is held until a person approves it.
    requires_approval: bool = False
    #: Whether it writes to the engine's database, in the transaction of its step.
    transactional: bool = False
    #: The queue whose limits its calls are under, None for that of the run.
    queue: str | None = None
    #: The parameter whose value calls have in common of which not too many may be in hand at once, None for no such one.
    concurrency_key: str | None = None
    #: Seconds for which a result is good for all calls with the same arguments; None to execute each call.
    cache_seconds: float | None = None
    #: Its version, None when it has none.
    version: str | None = None
    #: Fits the arguments of calls to the parameters, None when Python does not know these.
    binder: Binder | None = None
    #: Whether something bounds the time of an attempt, and whether a call may end while nobody has it in hand.
    is_watched: bool = field(init=False)
    may_be_late: bool = field(init=False)

    def __post_init__(self) -> None:
        # Asked at each call, so found once.
        total = self.total_timeout_seconds
        object.__setattr__(self, 'is_watched', bool(self.timeout_seconds or total or self.heartbeat_timeout_seconds))
        object.__setattr__(self, 'may_be_late', bool(total or self.queue_timeout_seconds))

    @property
    def label(self) -> str:
        """The name with the version, as calls of runs have it that are bound to a version."""
        return labelled(self.name, self.version)

    def ends_at(self, made_at: int, now: int) -> int | None:
        """Return when an attempt that begins now is given up at the latest, of a call that was made at `made_at`."""
        ends = [
            begin + round(seconds * MICROSECONDS)
            for begin, seconds in ((now, self.timeout_seconds), (made_at, self.total_timeout_seconds))
            if seconds is not None
        ]
        return min(ends, default=None)


class Options(TypedDict, total=False):
    """What a function is registered with, besides its name; see `HostFunction` and `RetryPolicy`."""

    retries: int
    initial_delay_seconds: float
    factor: float
    max_delay_seconds: float
    no_retry_on: NoRetryOn
    timeout_seconds: float | None
    total_timeout_seconds: float | None
    queue_timeout_seconds: float | None
    queue: str | None
    concurrency_key: str | None
    heartbeat_timeout_seconds: float | None
    requires_approval: bool
    transactional: bool
    cache_seconds: float | None
    version: str | None
    validate: bool | None


_VERSION = re.compile(r'[A-Za-z0-9_]+([.-][A-Za-z0-9_]+)*')
_OF_POLICY = frozenset(RetryPolicy.__dataclass_fields__)


class Functions:
    """A set of host functions by name.

    With `validate`, arguments and results of all of them are validated by their type hints, unless they say otherwise.
    """

    def __init__(self, *, validate: bool = False) -> None:
        self._validate = validate
        #: By name, and those with versions by `name@version` as well.
        self._by_name: dict[str, HostFunction] = {}

    @overload
    def function(self, function: AnyFunction, /) -> AnyFunction: ...

    @overload
    def function(
        self, *, name: str | None = ..., **options: Unpack[Options]
    ) -> Callable[[AnyFunction], AnyFunction]: ...

    def function(self, function: Any = None, *, name: str | None = None, **options: Unpack[Options]) -> Any:
        """Register a sync or async function; the decorated function stays as it is.

        A failed attempt is repeated up to `retries` times, after a delay drawn between 0 and
        `initial_delay_seconds * factor ** (failures - 1)`, at most `max_delay_seconds`, or when the error says so
        (`RetryAfter`); errors of `no_retry_on`, which are classes or a predicate, are final. `timeout_seconds` bounds one attempt,
        `heartbeat_timeout_seconds` the time between its signs of life, `queue_timeout_seconds` the wait for the first one to
        begin, and `total_timeout_seconds` everything from the call to its end. With `requires_approval` each call is held until a
        person approves it (`Engine.approve`); its times begin then. A `transactional` function gets a connection to the engine's
        database (`current_call().connection`), and its writes are committed with its result, exactly once. `queue` names the queue
        whose limits the calls are under, `concurrency_key` the parameter whose value is their key there. With `cache_seconds` a
        result is good for all calls with the same arguments for that time. `version` tells one of several functions of this name.
        With `validate`, arguments and results are checked and converted by type hints. Raises FunctionRefused for a name or
        options that cannot be.
        """

        def register(target: AnyFunction) -> AnyFunction:
            label = name if name is not None else getattr(target, '__name__', '')
            self._check(label, target, options.get('version'))
            function = _host_function(label, target, options, self._validate)
            self._by_name[function.label] = function
            newest = self._by_name.get(label)
            if newest is None or _order(newest.version) < _order(function.version):
                self._by_name[label] = function
            return target

        return register if function is None else register(function)

    def _check(self, name: str, target: Any, version: Any) -> None:
        if not callable(target):
            raise FunctionRefused(f'{target!r} cannot be registered: it is not a function')
        if not all(part.isidentifier() for part in name.split('.')):
            raise FunctionRefused(f'a function cannot be called {name!r} by a script; give an identifier as name=')
        if name in RESERVED or name.startswith(RESERVED_PREFIX):
            raise FunctionRefused(f'{name!r} is answered by the engine itself; register the function by another name')
        if version is not None and not is_version(version):
            raise FunctionRefused(
                f'the function {name!r} cannot be registered: version={version!r} is none; write one like "2" or "1.4"'
            )
        known = self._by_name.get(name)
        if known is not None and (known.version is None or version is None):
            raise FunctionRefused(
                f'a function {name!r} is registered already; give one of them another name=, or each a version='
            )
        if labelled(name, version) in self._by_name:
            raise FunctionRefused(f'the version {version} of the function {name!r} is registered already')

    def replaced(self, replacements: Mapping[str, Callable[..., Any]]) -> Functions:
        """Return these functions with others in the place of some, under the same policies; for tests.

        Raises FunctionRefused for a name that is not registered.
        """
        for name in replacements:
            if name not in self._by_name:
                raise FunctionRefused(f'no function {name!r} is registered, so nothing can be put in its place')
        made = Functions(validate=self._validate)
        for label, function in self._by_name.items():
            other = replacements.get(label, replacements.get(function.name))
            made._by_name[label] = (
                function
                if other is None
                else replace(
                    function,
                    function=other,
                    is_async=_is_async(other),
                    binder=binder_of(function.name, other, validate=False),
                )
            )
        return made

    def get(self, name: str) -> HostFunction | None:
        """Return the function of this name, the newest of its versions, or that of a `name@version`; None when there is none."""
        return self._by_name.get(name)

    @property
    def names(self) -> frozenset[str]:
        """The names that are registered."""
        return frozenset(self._by_name)

    @property
    def by_name(self) -> Mapping[str, HostFunction]:
        """The functions by the names by which calls have them: `name`, and `name@version` where there are versions."""
        return self._by_name

    @property
    def secrets(self) -> frozenset[str]:
        """The names of the secrets that the functions take."""
        return frozenset().union(*(function.binder.secrets for function in self if function.binder is not None))

    def __iter__(self) -> Iterator[HostFunction]:
        return iter(dict.fromkeys(self._by_name.values()))

    def __len__(self) -> int:
        return len(set(self._by_name.values()))

    def __contains__(self, name: object) -> bool:
        return name in self._by_name


def labelled(name: str, version: str | None) -> str:
    """Return the name of a version of a function."""
    return name if version is None else f'{name}@{version}'


def is_version(version: object) -> bool:
    """Tell whether a value can be the version of a function."""
    return isinstance(version, str) and bool(_VERSION.fullmatch(version))


def _order(version: str | None) -> list[tuple[bool, int, str]]:
    """Return what versions are compared by: parts that are numbers as numbers, and after texts."""
    return [(part.isdecimal(), int(part) if part.isdecimal() else 0, part) for part in re.split('[.-]', version or '')]


def _host_function(name: str, target: Callable[..., Any], options: Options, validate: bool) -> HostFunction:
    for option in options:
        if option not in Options.__annotations__:
            close = get_close_matches(option, Options.__annotations__, n=1)
            hint = f'; did you mean {close[0]}?' if close else ''
            raise TypeError(f'function() got an unexpected keyword argument {option!r}{hint}')
    for option, value in options.items():
        if value is None or not (option.endswith('timeout_seconds') or option == 'cache_seconds'):
            continue
        if not isinstance(value, (int, float)) or not value > 0:
            raise FunctionRefused(
                f'the function {name!r} cannot be registered: {option} is {value!r}; '
                'it must be a number above 0, or None for no bound'
            )
    if options.get('transactional') and options.get('cache_seconds') is not None:
        raise FunctionRefused(
            f'the function {name!r} cannot be registered: a transactional one is called for what it writes, and '
            'cache_seconds would leave that out; choose one of them'
        )
    if options.get('transactional') and _is_async(target):
        raise FunctionRefused(
            f'the function {name!r} cannot be registered: it is async, and a transactional one has its connection to '
            'itself in a thread; make it a plain function'
        )
    _check_route(name, target, options)
    try:
        policy = RetryPolicy(**{option: value for option, value in options.items() if option in _OF_POLICY})  # type: ignore[arg-type]
    except ValueError as error:
        raise FunctionRefused(f'the function {name!r} cannot be registered: {error}') from None
    rest: Any = {option: value for option, value in options.items() if option not in _OF_POLICY}
    asked = rest.pop('validate', None)
    binder = binder_of(name, target, validate=validate if asked is None else asked)
    return HostFunction(name, target, _is_async(target), policy, binder=binder, **rest)


def _check_route(name: str, target: Callable[..., Any], options: Options) -> None:
    queue, key = options.get('queue'), options.get('concurrency_key')
    if queue is not None and not is_plain_name(queue):
        raise FunctionRefused(
            f'the function {name!r} cannot be registered: queue={queue!r} is not a name; '
            'use up to 100 letters, digits and _ . : -'
        )
    if key is None:
        return
    parameters = inspect.signature(target).parameters
    takes_any = any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters.values())
    if key not in parameters and not takes_any:
        raise FunctionRefused(
            f'the function {name!r} cannot be registered: concurrency_key={key!r} is none of its parameters'
        )


def _is_async(function: Any) -> bool:
    call = getattr(function, '__call__', None)  # noqa: B004 (what it is matters, not whether it is there)
    return inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(call)
