"""What `await`, `async for` and `async with` wait for."""

from __future__ import annotations

from types import GeneratorType
from typing import Any, Final

from monty_flow.interpreter.runtime.async_generators import (
    AsyncGenerator,
    AsyncStep,
    Yielded,
    go_on_with_step,
    run_step,
)
from monty_flow.interpreter.runtime.coroutines import (
    AwaitableGenerator,
    Coroutine,
    Native,
    new_coroutine,
    passed,
    run_coroutine,
)
from monty_flow.interpreter.runtime.generators import PausableGenerator
from monty_flow.interpreter.runtime.generators import delegate as delegate_to_iterator
from monty_flow.interpreter.runtime.pause import DONE, EXIT, Mode
from monty_flow.interpreter.runtime.reflection import exit_arguments


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
    if kind is AsyncGenerator or type(found) is AsyncStep:
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
    if error is None:
        if kind is Coroutine:
            return run_coroutine(iterator, DONE, 'send', value)
        if kind is AsyncStep:
            return run_step(iterator, DONE, 'send', value)
    if kind is not Coroutine and kind is not AsyncStep:
        return delegate_to_iterator(iterator, value, error)
    if isinstance(error, GeneratorExit):
        if kind is Coroutine:
            run_coroutine(iterator, EXIT, 'throw', error)
        iterator.close()
        raise error
    run: Any = run_coroutine if kind is Coroutine else run_step
    return run(iterator, DONE, 'throw', error)


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


#: What emitted code calls, by name.
HELPERS: dict[str, Any] = {
    '$coroutine': Coroutine, '$new_coroutine': new_coroutine, '$async_generator': AsyncGenerator, '$Yielded': Yielded, '$awaitable': awaitable,
    '$delegate_await': delegate, '$aiter': begin_iteration, '$anext': next_of, '$aenter': enter, '$aleave': leave,
    '$StopAsyncIteration': StopAsyncIteration, '$generator': GeneratorType, '$passed': passed,
}  # fmt: skip
