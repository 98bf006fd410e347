"""Asynchronous generators, as scripts see them.

One yields in two ways. What its awaits yield goes up to the event loop as it is; what the script yields is wrapped in
`Yielded`, which ends the step that asked for it.
"""

from __future__ import annotations

from typing import Any
from weakref import WeakSet

from monty_flow.interpreter.runtime.coroutines import Native, made_exception, name_in
from monty_flow.interpreter.runtime.generators import done
from monty_flow.interpreter.runtime.pause import DONE, RAISE, GeneratorMark, Mode, Pause


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
        try:
            native = self._native
            if native is not None and native.gi_suspended and not self._running:
                abandon(native)
        except BaseException:
            # Nobody is there to catch it, and what CPython prints would go to the host's own stderr. A limit may have come before
            # there was anything to abandon.
            return

    def __aiter__(self) -> AsyncGenerator:
        return self

    def __anext__(self) -> AsyncStep:
        # As an `__init__` would do it, in half the time: there is one for each item.
        step: AsyncStep = object.__new__(AsyncStep)
        step._generator, step._how, step._value, step._state = self, 'send', None, 'new'
        return step

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
        return run_step(self, RAISE, 'send', None)

    def send(self, value: Any, /) -> Any:
        """Run to the next wait, or to the yield."""
        return run_step(self, RAISE, 'send', value)

    def throw(self, kind: Any, value: Any = None, traceback: Any = None, /) -> Any:
        """Raise an exception where the generator waits."""
        return run_step(self, RAISE, 'throw', made_exception(kind, value))

    def close(self) -> None:
        """Give the step up."""
        self._state = 'done'

    def __repr__(self) -> str:
        return '<async_generator_asend object>'


#: The name under which a run's globals hold the generators that have begun.
LIVE = '$asyncgens'


def run_step(step: AsyncStep, mode: Mode, how: str, value: Any) -> Any:
    """Run one step of an asynchronous generator to a wait, or to its end, and end as `mode` says."""
    generator = step._generator
    native = generator._native
    if (
        step._state == 'new' and step._how == how == 'send' and value is None and step._value is None
        and native is not None and native.gi_suspended and not generator._running
    ):  # fmt: skip
        # The commonest case: the next item of a generator that stands at a yield.
        step._state = 'begun'
        generator._running = True
        return go_on_with_step(step, native, mode, 'send', None)
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
            name_in(error, 'async generator')
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
    if mode is RAISE:
        raise StopIteration(value)
    return done(value) if mode is DONE else None


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


# CPython's own messages speak of what a script sees.
for _kind in (AsyncGenerator, AsyncStep):
    _kind.__name__ = _kind.script_type_name
