"""The kinds of coroutines, asynchronous generators and their steps; the native generator inside has a row of its own."""

from __future__ import annotations

from types import GeneratorType
from typing import Any

from monty_flow.interpreter.runtime.async_generators import (
    AsyncGenerator,
    AsyncStep,
    generator_state,
    set_generator_state,
    set_step_state,
    step_state,
)
from monty_flow.interpreter.runtime.awaiting import put_native
from monty_flow.interpreter.runtime.coroutines import (
    AwaitableGenerator,
    Coroutine,
    CoroutineWrapper,
    coroutine_state,
    new_coroutine,
    set_source,
    set_wrapped_coroutine,
    source_of,
    wrapped_coroutine,
)
from monty_flow.interpreter.runtime.generators import PausableGenerator
from monty_flow.interpreter.snapshot.registry import Kind

_NATIVE = (GeneratorType, type(None))
_HOW = frozenset({'send', 'throw', 'close'})
_STATES = frozenset({'new', 'begun', 'done'})


def _fill_coroutine(context: Any, coroutine: Coroutine, native: Any) -> None:
    if type(native) not in _NATIVE:
        raise TypeError('a coroutine has no body')
    put_native(coroutine, native)


def _fill_generator(context: Any, generator: AsyncGenerator, native: Any, running: Any, closed: Any) -> None:
    if type(native) not in _NATIVE or type(running) is not bool or type(closed) is not bool:
        raise TypeError('an asynchronous generator is malformed')
    set_generator_state(generator, native, running, closed)


def _reduce_step(step: AsyncStep, context: Any) -> Any:
    generator, how, value, state = step_state(step)
    return (how,), (generator, value, state)


def _build_step(context: Any, how: Any) -> AsyncStep:
    if how not in _HOW:
        raise ValueError('a step of an asynchronous generator is malformed')
    return AsyncStep(AsyncGenerator(None), how, None)


def _fill_step(context: Any, step: AsyncStep, generator: Any, value: Any, state: Any) -> None:
    how = step_state(step)[1]
    wrong_value = how == 'throw' and not isinstance(value, BaseException)
    if type(generator) is not AsyncGenerator or state not in _STATES or wrong_value:
        raise TypeError('a step of an asynchronous generator is malformed')
    set_step_state(step, generator, value, state)


def _fill_wrapper(context: Any, wrapper: CoroutineWrapper, coroutine: Any) -> None:
    if type(coroutine) is not Coroutine:
        raise TypeError('a coroutine wrapper has no coroutine')
    set_wrapped_coroutine(wrapper, coroutine)


def _fill_awaitable(context: Any, generator: AwaitableGenerator, source: Any) -> None:
    if type(source) not in (GeneratorType, PausableGenerator):
        raise TypeError('an awaitable generator has no generator')
    set_source(generator, source)


def coroutine_kinds() -> tuple[Kind, ...]:
    """Return the rows for what `async` makes."""
    return (
        Kind(
            'coroutine',
            Coroutine,
            lambda v, _: ((), (coroutine_state(v),)),
            lambda _: new_coroutine(None),
            _fill_coroutine,
        ),
        Kind(
            'async_generator',
            AsyncGenerator,
            lambda v, _: ((), generator_state(v)),
            lambda _: AsyncGenerator(None),
            _fill_generator,
        ),
        Kind('async_step', AsyncStep, _reduce_step, _build_step, _fill_step),
        Kind(
            'coroutine_wrapper',
            CoroutineWrapper,
            lambda v, _: ((), (wrapped_coroutine(v),)),
            lambda _: CoroutineWrapper(new_coroutine(None)),
            _fill_wrapper,
        ),
        Kind(
            'awaitable_generator',
            AwaitableGenerator,
            lambda v, _: ((), (source_of(v),)),
            lambda _: AwaitableGenerator(None),
            _fill_awaitable,
        ),
    )
