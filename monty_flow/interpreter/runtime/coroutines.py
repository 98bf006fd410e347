"""Coroutines and asynchronous generators, as scripts see them.

The body of an `async def` is compiled as a generator: `await` delegates to what it waits for, as `yield from` does.
What a script holds is one of the objects of this module, which steps that native generator and shows it as CPython
shows a coroutine. A pause that unwinds a body kills the native generator; the object stays, and gets a new
one when the run goes on (see `generators`).

An asynchronous generator yields in two ways. What its awaits yield goes up to the event loop as it is; what the
script yields is wrapped in `Yielded`, which ends the step that asked for it.
"""

from __future__ import annotations

from types import GeneratorType
from typing import Any, Final, TypeAlias
from weakref import WeakSet

from monty_flow.interpreter.runtime.generators import Done, PausableGenerator
from monty_flow.interpreter.runtime.generators import delegate as delegate_to_iterator
from monty_flow.interpreter.runtime.pause import GeneratorMark, Mode, Pause
from monty_flow.interpreter.runtime.reflection import exit_arguments

Native: TypeAlias = 'GeneratorType[Any, Any, Any]'


class Coroutine:
    """A call of an `async def`."""

    __slots__ = ('_native', '_used')
    script_type_name = 'coroutine'

    #: The native generator; None while a pause that passed it is not resumed.
    _native: Native | None
    #: Whether it may have begun; CPython's own `yield from` may only delegate to one that has not.
    _used: bool

    def send(self, value: Any, /) -> Any:
        """Run to the next wait."""
        return run_coroutine(self, Mode.RAISE, 'send', value)

    def throw(self, kind: Any, value: Any = None, traceback: Any = None, /) -> Any:
        """Raise an exception where the coroutine waits."""
        return run_coroutine(self, Mode.RAISE, 'throw', made_exception(kind, value))

    def close(self) -> None:
        """Let the coroutine clean up and end."""
        run_coroutine(self, Mode.CLOSE, 'throw', GeneratorExit())

    def __await__(self) -> CoroutineWrapper:
        return CoroutineWrapper(self)

    def __repr__(self) -> str:
        name = getattr(self._native, '__qualname__', None)
        return f'<coroutine object {name}>' if name else '<coroutine object>'


def new_coroutine(native: Native | None) -> Coroutine:
    """Return the coroutine of a native generator.

    Emitted code does the same in place: an `__init__` would cost twice as much.
    """
    coroutine = Coroutine()
    coroutine._native = native
    coroutine._used = False
    return coroutine


class CoroutineWrapper:
    """The iterator that `coroutine.__await__()` gives."""

    __slots__ = ('_coroutine',)
    script_type_name = 'coroutine_wrapper'

    def __init__(self, coroutine: Coroutine) -> None:
        self._coroutine = coroutine

    def __iter__(self) -> CoroutineWrapper:
        return self

    def __next__(self) -> Any:
        return self._coroutine.send(None)

    def send(self, value: Any, /) -> Any:
        """Run to the next wait."""
        return self._coroutine.send(value)

    def throw(self, kind: Any, value: Any = None, traceback: Any = None, /) -> Any:
        """Raise an exception where the coroutine waits."""
        return self._coroutine.throw(kind, value)

    def close(self) -> None:
        """Let the coroutine clean up and end."""
        self._coroutine.close()

    def __repr__(self) -> str:
        return '<coroutine_wrapper object>'


class AwaitableGenerator:
    """A generator that may be awaited: what a function under `types.coroutine` gives."""

    __slots__ = ('_source',)
    script_type_name = 'generator'

    def __init__(self, source: Any) -> None:
        self._source = source

    def __iter__(self) -> Any:
        return self._source

    def __await__(self) -> Any:
        return self._source

    def __next__(self) -> Any:
        return next(self._source)

    def send(self, value: Any, /) -> Any:
        """Resume the generator with a value for its `yield`."""
        return self._source.send(value)

    def throw(self, kind: Any, value: Any = None, traceback: Any = None, /) -> Any:
        """Raise an exception at the generator's `yield`."""
        return self._source.throw(kind if value is None else made_exception(kind, value))

    def close(self) -> None:
        """Let the generator clean up and end."""
        self._source.close()

    def __repr__(self) -> str:
        return '<generator object>'


class Yielded:
    """What an asynchronous generator yields to its user, apart from what its awaits yield to the loop."""

    __slots__ = ('value',)

    def __init__(self, value: Any) -> None:
        self.value = value


class AsyncGenerator:
    """A call of an `async def` that yields."""

    __slots__ = ('__weakref__', '_closed', '_native', '_running')
    script_type_name = 'async_generator'

    def __init__(self, native: Native | None) -> None:
        self._native = native
        #: Whether a step has begun and has not ended.
        self._running = False
        self._closed = False

    def __del__(self) -> None:
        native = self._native
        if native is None or not native.gi_suspended or self._running:
            return
        try:
            abandon(native)
        except BaseException:
            # Nobody is there to catch it, and what CPython prints would go to the host's own stderr.
            return

    def __aiter__(self) -> AsyncGenerator:
        return self

    def __anext__(self) -> AsyncStep:
        return AsyncStep(self, 'send', None)

    def asend(self, value: Any, /) -> AsyncStep:
        """Return what resumes the generator with a value when it is awaited."""
        return AsyncStep(self, 'send', value)

    def athrow(self, kind: Any, value: Any = None, traceback: Any = None, /) -> AsyncStep:
        """Return what raises an exception at the generator's `yield` when it is awaited."""
        return AsyncStep(self, 'throw', made_exception(kind, value))

    def aclose(self) -> AsyncStep:
        """Return what lets the generator clean up and end when it is awaited."""
        return AsyncStep(self, 'close', None)

    def __repr__(self) -> str:
        name = getattr(self._native, '__qualname__', None)
        return f'<async_generator object {name}>' if name else '<async_generator object>'


class AsyncStep:
    """What `__anext__`, `asend`, `athrow` and `aclose` give: one step, to be awaited once."""

    __slots__ = ('_generator', '_how', '_state', '_value')
    script_type_name = 'async_generator_asend'

    def __init__(self, generator: AsyncGenerator, how: str, value: Any) -> None:
        self._generator = generator
        #: 'send', 'throw' or 'close'.
        self._how = how
        self._value = value
        #: 'new', 'begun' or 'done'.
        self._state = 'new'

    def __await__(self) -> AsyncStep:
        return self

    def __iter__(self) -> AsyncStep:
        return self

    def __next__(self) -> Any:
        return run_step(self, Mode.RAISE, 'send', None)

    def send(self, value: Any, /) -> Any:
        """Run to the next wait, or to the yield."""
        return run_step(self, Mode.RAISE, 'send', value)

    def throw(self, kind: Any, value: Any = None, traceback: Any = None, /) -> Any:
        """Raise an exception where the generator waits."""
        return run_step(self, Mode.RAISE, 'throw', made_exception(kind, value))

    def close(self) -> None:
        """Give the step up."""
        self._state = 'done'

    def __repr__(self) -> str:
        return '<async_generator_asend object>'


def state_of(obj: Any, name: str) -> Any:
    """Return `gi_running`, `cr_suspended` and their kin; of other objects the attribute that they have."""
    kind = type(obj)
    prefix, _, state = name.partition('_')
    if kind is AsyncGenerator and prefix == 'ag':
        return obj._running
    if kind not in _PREFIXES or _PREFIXES[kind] != prefix:
        return getattr(obj, name)
    native = obj._source if kind is AwaitableGenerator else obj._native
    # One that a pause has passed is in the middle of its body.
    return state == 'running' if native is None else state_of_native(native, state)


def state_of_native(native: Any, state: str) -> Any:
    return state_of(native, f'gi_{state}') if type(native) is PausableGenerator else getattr(native, f'gi_{state}')


_PREFIXES: Final[dict[type, str]] = {PausableGenerator: 'gi', AwaitableGenerator: 'gi', Coroutine: 'cr'}


def made_exception(kind: Any, value: Any = None) -> BaseException:
    """Return the exception that `throw(kind, value)` raises."""
    if isinstance(kind, BaseException):
        return kind
    if isinstance(kind, type) and issubclass(kind, BaseException):
        if isinstance(value, kind):
            return value
        return kind() if value is None else kind(*value) if type(value) is tuple else kind(value)
    raise TypeError(f'exceptions must be classes or instances deriving from BaseException, not {type(kind).__name__}')


# Coroutines


def run_coroutine(coroutine: Coroutine, mode: Mode, how: str, value: Any) -> Any:
    """Run a coroutine to its next wait, and end as `mode` says."""
    native = coroutine._native
    if native is None or native.gi_running:
        raise ValueError('coroutine already executing')
    coroutine._used = True
    if native.gi_frame is None:
        if mode is Mode.CLOSE:
            return None
        raise RuntimeError('cannot reuse already awaited coroutine')
    if how == 'send' and value is not None and not native.gi_suspended:
        raise TypeError("can't send non-None value to a just-started coroutine")
    try:
        result = native.send(value) if how == 'send' else native.throw(value)
    except Pause as pause:
        coroutine._native = None
        pause.records.append(GeneratorMark(coroutine, mode))
        raise
    except StopIteration as stop:
        if mode is Mode.RAISE:
            raise
        return Done(stop.value) if mode is Mode.DONE else None
    except GeneratorExit:
        if mode is Mode.CLOSE:
            return None
        raise
    except RuntimeError as error:
        _name_in(error, 'coroutine')
        raise
    if mode is Mode.CLOSE:
        raise RuntimeError('coroutine ignored GeneratorExit')
    return result


def passed(pause: Pause, coroutine: Coroutine) -> None:
    """Note that a pause unwinds a coroutine to which a native `yield from` delegated."""
    coroutine._native = None
    pause.records.append(GeneratorMark(coroutine, Mode.DONE))


def _name_in(error: RuntimeError, what: str) -> None:
    """Make an error that CPython raises about a native generator speak of a coroutine."""
    if error.args == ('generator ignored GeneratorExit',):
        error.args = (f'{what} ignored GeneratorExit',)
    elif error.args == ('generator raised StopIteration',) and type(error.__cause__) is StopIteration:
        error.args = (f'{what} raised StopIteration',)


# Asynchronous generators

#: The name under which a run's globals hold the generators that have begun.
LIVE = '$asyncgens'


def run_step(step: AsyncStep, mode: Mode, how: str, value: Any) -> Any:
    """Run one step of an asynchronous generator to a wait, or to its end, and end as `mode` says."""
    generator = step._generator
    native = generator._native
    if step._state == 'done':
        name = '__anext__()/asend()' if step._how == 'send' else 'aclose()/athrow()'
        raise RuntimeError(f'cannot reuse already awaited {name}')
    if native is None or native.gi_running:
        raise ValueError('async generator already executing')
    if step._how != 'send' and native.gi_frame is None:
        step._state = 'done'
        return _end(mode, None)
    if step._state == 'new':
        how, value = _begin(step, how, value)
    return go_on_with_step(step, native, mode, how, value)


def _begin(step: AsyncStep, how: str, value: Any) -> tuple[str, Any]:
    """Check that a step may begin; return what it does first."""
    generator = step._generator
    if generator._running:
        step._state = 'done'
        what = {'send': 'anext', 'throw': 'athrow', 'close': 'aclose'}[step._how]
        raise RuntimeError(f'{what}(): asynchronous generator is already running')
    native = generator._native
    assert native is not None
    if step._how != 'send':
        if generator._closed:
            step._state = 'done'
            raise StopAsyncIteration
        if how == 'send' and value is not None:
            raise RuntimeError("can't send non-None value to a just-started coroutine")
    elif how == 'send' and value is None:
        value = step._value
    if how == 'send' and step._how == 'send' and value is not None and native.gi_frame and not native.gi_suspended:
        raise TypeError("can't send non-None value to a just-started async generator")
    step._state = 'begun'
    generator._running = True
    if native.gi_frame is not None and not native.gi_suspended:
        register(generator, native)
    if how == 'throw' or step._how == 'send':
        return how, value
    if step._how == 'throw':
        return 'throw', step._value
    generator._closed = True
    return 'throw', GeneratorExit()


def go_on_with_step(step: AsyncStep, native: Native, mode: Mode, how: str, value: Any) -> Any:
    """Resume the body, and end the step where it yields or returns."""
    generator = step._generator
    closing = step._how == 'close'
    was_finished = native.gi_frame is None
    try:
        result = native.send(value) if how == 'send' else native.throw(value)
    except Pause as pause:
        generator._native = None
        pause.records.append(GeneratorMark(step, mode))
        raise
    except StopIteration:
        _ended(step)
        if closing:
            return _end(mode, None)
        raise StopAsyncIteration from None
    except StopAsyncIteration as error:
        _ended(step)
        if was_finished:
            raise
        raise RuntimeError('async generator raised StopAsyncIteration') from error
    except GeneratorExit:
        _ended(step)
        if closing:
            return _end(mode, None)
        raise
    except BaseException as error:
        step._state = 'done'
        generator._running = False
        if isinstance(error, RuntimeError):
            _name_in(error, 'async generator')
        raise
    if type(result) is not Yielded:
        return result
    step._state = 'done'
    generator._running = False
    if closing:
        raise RuntimeError('async generator ignored GeneratorExit')
    return _end(mode, result.value)


def register(generator: AsyncGenerator, native: Native) -> None:
    """Note a generator that has begun, so that the loop can close it at its end."""
    frame: Any = native.gi_frame
    live: WeakSet[AsyncGenerator] = frame.f_globals.setdefault(LIVE, WeakSet())
    live.add(generator)


def abandon(native: Native) -> None:
    """Let the loop close a generator that nothing refers to any more; without a loop, close it here."""
    frame: Any = native.gi_frame
    scope = frame.f_globals
    loop = getattr(scope.get('$asyncio'), 'running', None)
    run = getattr(scope.get('$refuel'), '__self__', None)
    if loop is not None and run is not None and run.active:
        handle: Any = object.__new__(scope['asyncio:Handle'])
        closing = AsyncGenerator(native).aclose()
        handle.__dict__.update(_callback=loop.create_task, _args=(closing,), _owner=loop, _is_cancelled=False)
        loop._ready.append(handle)
        return
    native.close()


def _ended(step: AsyncStep) -> None:
    step._state = 'done'
    step._generator._running = False
    step._generator._closed = True


def _end(mode: Mode, value: Any) -> Any:
    if mode is Mode.RAISE:
        raise StopIteration(value)
    return Done(value) if mode is Mode.DONE else None


# What `await` waits for


def awaitable(value: Any) -> Any:
    """Return the iterator to which `await value` delegates."""
    kind = type(value)
    if kind is Coroutine:
        native = value._native
        if native is not None and native.gi_suspended:
            raise RuntimeError('coroutine is being awaited already')
        return value
    if kind is AsyncStep:
        return value
    method = getattr(kind, '__await__', None)
    if method is None:
        raise TypeError(f"object {_shown(kind)} can't be used in 'await' expression")
    found = method(value)
    made = type(found)
    if made is Coroutine:
        raise TypeError('__await__() returned a coroutine')
    if not hasattr(made, '__next__'):
        raise TypeError(f"__await__() returned non-iterator of type '{_shown(made)}'")
    return found._source if made is AwaitableGenerator else found


def _shown(kind: type) -> str:
    return str(getattr(kind, 'script_type_name', kind.__name__))


def begin_iteration(value: Any) -> Any:
    """Return the asynchronous iterator that `async for` goes through."""
    kind = type(value)
    method = getattr(kind, '__aiter__', None)
    if method is None:
        raise TypeError(f"'async for' requires an object with __aiter__ method, got {_shown(kind)}")
    iterator = method(value)
    if not hasattr(type(iterator), '__anext__'):
        raise TypeError(
            f"'async for' received an object from __aiter__ that does not implement __anext__: {_shown(type(iterator))}"
        )
    return iterator


def next_of(iterator: Any) -> Any:
    """Return the iterator to which `async for` delegates for the next item."""
    kind = type(iterator)
    method = getattr(kind, '__anext__', None)
    if method is None:
        raise TypeError(f"'async for' requires an iterator with __anext__ method, got {_shown(kind)}")
    found = method(iterator)
    if type(found) is AsyncStep:
        return found
    try:
        return awaitable(found)
    except MemoryError:
        raise
    except Exception as error:
        raise TypeError(f"'async for' received an invalid object from __anext__: {_shown(type(found))}") from error


def enter(manager: Any) -> Any:
    """Return what `async with` awaits on the way in."""
    kind = type(manager)
    if not hasattr(kind, '__aenter__') or not hasattr(kind, '__aexit__'):
        missed = ' (missed __aexit__ method)' if hasattr(kind, '__aenter__') else ''
        raise TypeError(f"'{_shown(kind)}' object does not support the asynchronous context manager protocol{missed}")
    return _checked(kind.__aenter__(manager), '__aenter__')


def leave(manager: Any, error: BaseException | None) -> Any:
    """Return what `async with` awaits on the way out."""
    found = type(manager).__aexit__(manager, *exit_arguments(error))
    return _checked(found, '__aexit__')


def _checked(found: Any, name: str) -> Any:
    kind = type(found)
    if kind is not Coroutine and not hasattr(kind, '__await__'):
        raise TypeError(
            f"'async with' received an object from {name} that does not implement __await__: {_shown(kind)}"
        )
    return found


def delegate(iterator: Any, value: Any, error: BaseException | None) -> Any:
    """Do one step of `await`: hand on what was sent or thrown; return Done at the end."""
    kind = type(iterator)
    if kind is not Coroutine and kind is not AsyncStep:
        return delegate_to_iterator(iterator, value, error)
    if isinstance(error, GeneratorExit):
        iterator.close()
        raise error
    run: Any = run_coroutine if kind is Coroutine else run_step
    return run(iterator, Mode.DONE, 'send', value) if error is None else run(iterator, Mode.DONE, 'throw', error)


# The state of these objects, for snapshots and the event loop


def coroutine_state(coroutine: Coroutine) -> Native | None:
    """Return the native generator inside."""
    return coroutine._native


def generator_state(generator: AsyncGenerator) -> tuple[Native | None, bool, bool]:
    """Return the native generator inside, whether a step is under way, and whether the generator was closed."""
    return generator._native, generator._running, generator._closed


def set_generator_state(generator: AsyncGenerator, native: Native | None, running: bool, closed: bool) -> None:
    generator._native, generator._running, generator._closed = native, running, closed
    if native is not None and native.gi_frame is not None:
        register(generator, native)


def step_state(step: AsyncStep) -> tuple[AsyncGenerator, str, Any, str]:
    """Return the generator, what the step does, with which value, and how far it is."""
    return step._generator, step._how, step._value, step._state


def set_step_state(step: AsyncStep, generator: AsyncGenerator, value: Any, state: str) -> None:
    step._generator, step._value, step._state = generator, value, state


def wrapped_coroutine(wrapper: CoroutineWrapper) -> Coroutine:
    return wrapper._coroutine


def set_wrapped_coroutine(wrapper: CoroutineWrapper, coroutine: Coroutine) -> None:
    wrapper._coroutine = coroutine


def source_of(generator: AwaitableGenerator) -> Any:
    return generator._source


def set_source(generator: AwaitableGenerator, source: Any) -> None:
    generator._source = source


def put_native(owner: Coroutine | AsyncStep, native: Native) -> None:
    """Put a native generator that goes on after a pause into what was running."""
    if type(owner) is Coroutine:
        owner._native = native
        owner._used = True
    else:
        assert type(owner) is AsyncStep
        owner._generator._native = native


def go_on(owner: Coroutine | AsyncStep, native: Native, mode: Mode) -> Any:
    """Run what a pause had stopped to its next wait."""
    put_native(owner, native)
    if type(owner) is Coroutine:
        return run_coroutine(owner, mode, 'send', None)
    assert type(owner) is AsyncStep
    return go_on_with_step(owner, native, mode, 'send', None)


# CPython's own messages speak of what a script sees.
for _kind in (Coroutine, CoroutineWrapper, AwaitableGenerator, AsyncGenerator, AsyncStep):
    _kind.__name__ = _kind.script_type_name
#: What emitted code calls, by name.
HELPERS: dict[str, Any] = {
    '$coroutine': Coroutine, '$new_coroutine': new_coroutine, '$async_generator': AsyncGenerator, '$Yielded': Yielded, '$awaitable': awaitable,
    '$delegate_await': delegate, '$aiter': begin_iteration, '$anext': next_of, '$aenter': enter, '$aleave': leave,
    '$StopAsyncIteration': StopAsyncIteration, '$generator': GeneratorType, '$passed': passed,
}  # fmt: skip
