"""Generators that may pause while they run, and delegation to iterators.

A generator whose body only yields is a native generator. One whose body can also make external
calls is wrapped: when a pause unwinds it, the native generator is dead, and the wrapper is what the
rest of the script holds. Resuming gives the wrapper a new native generator that stands where the
old one stood.
"""

from __future__ import annotations

from types import GeneratorType
from typing import Any

from monty_flow.interpreter.runtime.pause import (
    CLOSE,
    DONE,
    END_MODE,
    EXIT,
    RAISE,
    GeneratorMark,
    Mode,
    Pause,
    refusal_of,
)


class End:
    """What stepping an exhausted iterator gives where the end is wanted as a value."""

    __slots__ = ()

    def __repr__(self) -> str:
        return '<end>'


END = End()


class Done:
    """What a step of `yield from` gives at the end: the value that the iterator returned."""

    __slots__ = ('value',)

    def __init__(self, value: Any) -> None:
        self.value = value


def done(value: Any) -> Done:
    """Return the end of a step, as `Done(value)` in half the time."""
    made: Done = object.__new__(Done)
    made.value = value
    return made


class PausableGenerator:
    """A script's generator whose body may make external calls."""

    __slots__ = ('_native',)
    script_type_name = 'generator'

    def __init__(self, native: GeneratorType[Any, Any, Any] | None) -> None:
        #: The native generator; None while a pause that passed it is not resumed.
        self._native = native

    def __iter__(self) -> PausableGenerator:
        return self

    def __next__(self) -> Any:
        return run_generator(self, RAISE, 'send', None)

    def send(self, value: Any, /) -> Any:
        """Resume the generator with a value for its `yield`."""
        return run_generator(self, RAISE, 'send', value)

    def throw(self, kind: Any, value: Any = None, traceback: Any = None, /) -> Any:
        """Raise an exception at the generator's `yield`."""
        error = kind if isinstance(kind, BaseException) else kind() if value is None else kind(value)
        return run_generator(self, RAISE, 'throw', error)

    def close(self) -> None:
        """Let the generator clean up and end."""
        run_generator(self, CLOSE, 'throw', GeneratorExit())

    def __repr__(self) -> str:
        return '<generator object>'


def native_of(generator: PausableGenerator) -> GeneratorType[Any, Any, Any] | None:
    """Return the native generator inside."""
    return generator._native


def set_native(generator: PausableGenerator, native: GeneratorType[Any, Any, Any] | None) -> None:
    """Put a native generator inside: after a pause, or out of a snapshot."""
    generator._native = native


def run_generator(generator: PausableGenerator, mode: Mode, how: str, value: Any) -> Any:
    """Run a generator to its next yield, and end as `mode` says."""
    native = generator._native
    if native is None:
        raise ValueError('generator already executing')
    try:
        result = native.send(value) if how == 'send' else native.throw(value)
    except Pause as pause:
        generator._native = None
        pause.records.append(GeneratorMark(generator, mode))
        raise
    except StopIteration as stop:
        if mode is RAISE:
            raise
        if mode is EXIT:
            raise GeneratorExit from None
        return END if mode is END_MODE else done(stop.value) if mode is DONE else None
    except GeneratorExit:
        if mode is CLOSE:
            return None
        raise
    if mode is CLOSE or mode is EXIT:
        raise RuntimeError('generator ignored GeneratorExit')
    return result


def next_or_end(iterator: Any) -> Any:
    """Return the next item of an iterator, or END."""
    if type(iterator) is PausableGenerator:
        return run_generator(iterator, END_MODE, 'send', None)
    try:
        return next(iterator, END)
    except Pause as pause:
        # What the call gives is not what an iterator of CPython's own makes of it.
        raise refusal_of(pause) from None


def is_exit(error: Any) -> bool:
    """Tell whether an exception is that of a generator that is closed."""
    return isinstance(error, GeneratorExit)


def delegate(iterator: Any, value: Any, error: BaseException | None) -> Any:
    """Do one step of `yield from`: hand on what was sent or thrown; return Done at the end (PEP 380)."""
    if type(iterator) is PausableGenerator:
        if isinstance(error, GeneratorExit):
            run_generator(iterator, EXIT, 'throw', error)
        return run_generator(iterator, DONE, 'send' if error is None else 'throw', value if error is None else error)
    try:
        if error is None:
            return next(iterator) if value is None else iterator.send(value)
        if isinstance(error, GeneratorExit):
            if hasattr(iterator, 'close'):
                iterator.close()
            raise error
        if not hasattr(iterator, 'throw'):
            raise error
        return iterator.throw(error)
    except StopIteration as stop:
        if stop is error:
            raise
        return done(stop.value)
