"""Coroutines, as scripts see them.

The body of an `async def` is compiled as a generator: `await` delegates to what it waits for, as `yield from` does.
What a script holds is an object of ours (here, or in `async_generators`), which steps that native generator and shows it as
CPython shows a coroutine. A pause that unwinds a body kills the native generator; the object stays, and gets a new one when
the run goes on (see `generators`).
"""

from __future__ import annotations

from types import GeneratorType
from typing import Any, TypeAlias

from monty_flow.interpreter.runtime.generators import done
from monty_flow.interpreter.runtime.pause import CLOSE, DONE, EXIT, RAISE, GeneratorMark, Mode, Pause

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
        return run_coroutine(self, RAISE, 'send', value)

    def throw(self, kind: Any, value: Any = None, traceback: Any = None, /) -> Any:
        """Raise an exception where the coroutine waits."""
        return run_coroutine(self, RAISE, 'throw', made_exception(kind, value))

    def close(self) -> None:
        """Let the coroutine clean up and end."""
        run_coroutine(self, CLOSE, 'throw', GeneratorExit())

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


def made_exception(kind: Any, value: Any = None) -> BaseException:
    """Return the exception that `throw(kind, value)` raises."""
    if isinstance(kind, BaseException):
        return kind
    if isinstance(kind, type) and issubclass(kind, BaseException):
        if isinstance(value, kind):
            return value
        return kind() if value is None else kind(*value) if type(value) is tuple else kind(value)
    raise TypeError(f'exceptions must be classes or instances deriving from BaseException, not {type(kind).__name__}')


def run_coroutine(coroutine: Coroutine, mode: Mode, how: str, value: Any) -> Any:
    """Run a coroutine to its next wait, and end as `mode` says."""
    native = coroutine._native
    if native is None or native.gi_running:
        raise ValueError('coroutine already executing')
    coroutine._used = True
    if native.gi_frame is None:
        if mode is CLOSE:
            return None
        if mode is EXIT:
            raise value
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
        if mode is RAISE:
            raise
        if mode is EXIT:
            raise GeneratorExit from None
        return done(stop.value) if mode is DONE else None
    except GeneratorExit:
        if mode is CLOSE:
            return None
        raise
    except RuntimeError as error:
        name_in(error, 'coroutine')
        raise
    if mode is CLOSE or mode is EXIT:
        raise RuntimeError('coroutine ignored GeneratorExit')
    return result


def passed(pause: Pause, coroutine: Coroutine) -> None:
    """Note that a pause unwinds a coroutine to which a native `yield from` delegated."""
    coroutine._native = None
    pause.records.append(GeneratorMark(coroutine, DONE))


def name_in(error: RuntimeError, what: str) -> None:
    """Make an error that CPython raises about a native generator speak of a coroutine."""
    if error.args == ('generator ignored GeneratorExit',):
        error.args = (f'{what} ignored GeneratorExit',)
    elif error.args == ('generator raised StopIteration',) and type(error.__cause__) is StopIteration:
        error.args = (f'{what} raised StopIteration',)


def coroutine_state(coroutine: Coroutine) -> Native | None:
    """Return the native generator inside."""
    return coroutine._native


def wrapped_coroutine(wrapper: CoroutineWrapper) -> Coroutine:
    return wrapper._coroutine


def set_wrapped_coroutine(wrapper: CoroutineWrapper, coroutine: Coroutine) -> None:
    wrapper._coroutine = coroutine


def source_of(generator: AwaitableGenerator) -> Any:
    return generator._source


def set_source(generator: AwaitableGenerator, source: Any) -> None:
    generator._source = source


# CPython's own messages speak of what a script sees.
for _kind in (Coroutine, CoroutineWrapper, AwaitableGenerator):
    _kind.__name__ = _kind.script_type_name
