"""`contextlib`: context managers made of generators, stacks of them, and the ready-made ones."""

import sys
from abc import ABC, abstractmethod
from collections import deque
from functools import wraps

__all__ = [
    'AbstractAsyncContextManager', 'AbstractContextManager', 'AsyncContextDecorator', 'AsyncExitStack',
    'ContextDecorator', 'ExitStack', 'aclosing', 'asynccontextmanager', 'closing', 'contextmanager', 'nullcontext',
    'redirect_stderr', 'redirect_stdout', 'suppress',
]


def _has_methods(cls, *names):
    """Tell what an abstract class says of one that has these methods: they count unless one is None."""
    for name in names:
        for base in cls.__mro__:
            if name in base.__dict__:
                if getattr(base, name, None) is None:
                    return NotImplemented
                break
        else:
            return NotImplemented
    return True


class AbstractContextManager(ABC):
    """A base for context managers: entering gives the object itself."""

    def __enter__(self):
        return self

    @abstractmethod
    def __exit__(self, exc_type, exc_value, traceback):
        return None

    @classmethod
    def __subclasshook__(cls, other):
        return _has_methods(other, '__enter__', '__exit__') if cls is AbstractContextManager else NotImplemented


class AbstractAsyncContextManager(ABC):
    """A base for asynchronous context managers."""

    async def __aenter__(self):
        return self

    @abstractmethod
    async def __aexit__(self, exc_type, exc_value, traceback):
        return None

    @classmethod
    def __subclasshook__(cls, other):
        return _has_methods(other, '__aenter__', '__aexit__') if cls is AbstractAsyncContextManager else NotImplemented


class ContextDecorator:
    """A base that lets a context manager decorate functions."""

    def _recreate_cm(self):
        return self

    def __call__(self, func):
        @wraps(func)
        def inner(*args, **kwds):
            with self._recreate_cm():
                return func(*args, **kwds)

        return inner


class AsyncContextDecorator:
    """A base that lets an asynchronous context manager decorate coroutine functions."""

    def _recreate_cm(self):
        return self

    def __call__(self, func):
        @wraps(func)
        async def inner(*args, **kwds):
            async with self._recreate_cm():
                return await func(*args, **kwds)

        return inner


class _Maker:
    def __init__(self, func, args, kwds):
        self.gen = func(*args, **kwds)
        self.func, self.args, self.kwds = func, args, kwds
        doc = getattr(func, '__doc__', None)
        if doc is not None:
            self.__doc__ = doc

    def _recreate_cm(self):
        return self.__class__(self.func, self.args, self.kwds)


class _GeneratorContextManager(_Maker, AbstractContextManager, ContextDecorator):
    """What a function decorated with `contextmanager` gives."""

    def __enter__(self):
        try:
            return next(self.gen)
        except StopIteration:
            raise RuntimeError("generator didn't yield") from None

    def __exit__(self, typ, value, traceback):
        if typ is None:
            try:
                next(self.gen)
            except StopIteration:
                return False
            try:
                raise RuntimeError("generator didn't stop")
            finally:
                self.gen.close()
        if value is None:
            value = typ()
        try:
            self.gen.throw(value)
        except StopIteration as exc:
            return exc is not value
        except RuntimeError as exc:
            if exc is value:
                return False
            if isinstance(value, StopIteration) and exc.__cause__ is value:
                return False
            raise
        except BaseException as exc:
            if exc is not value:
                raise
            return False
        try:
            raise RuntimeError("generator didn't stop after throw()")
        finally:
            self.gen.close()


class _AsyncGeneratorContextManager(_Maker, AbstractAsyncContextManager, AsyncContextDecorator):
    """What a function decorated with `asynccontextmanager` gives."""

    async def __aenter__(self):
        try:
            return await self.gen.__anext__()
        except StopAsyncIteration:
            raise RuntimeError("generator didn't yield") from None

    async def __aexit__(self, typ, value, traceback):
        if typ is None:
            try:
                await self.gen.__anext__()
            except StopAsyncIteration:
                return False
            try:
                raise RuntimeError("generator didn't stop")
            finally:
                await self.gen.aclose()
        if value is None:
            value = typ()
        try:
            await self.gen.athrow(value)
        except StopAsyncIteration as exc:
            return exc is not value
        except RuntimeError as exc:
            if exc is value:
                return False
            if isinstance(value, (StopIteration, StopAsyncIteration)) and exc.__cause__ is value:
                return False
            raise
        except BaseException as exc:
            if exc is not value:
                raise
            return False
        try:
            raise RuntimeError("generator didn't stop after athrow()")
        finally:
            await self.gen.aclose()


def contextmanager(func):
    """Make a context manager of a generator function."""

    @wraps(func)
    def helper(*args, **kwds):
        return _GeneratorContextManager(func, args, kwds)

    return helper


def asynccontextmanager(func):
    """Make an asynchronous context manager of an asynchronous generator function."""

    @wraps(func)
    def helper(*args, **kwds):
        return _AsyncGeneratorContextManager(func, args, kwds)

    return helper


class closing(AbstractContextManager):
    """Close a thing at the end of the block."""

    def __init__(self, thing):
        self.thing = thing

    def __enter__(self):
        return self.thing

    def __exit__(self, *exc_info):
        self.thing.close()


class aclosing(AbstractAsyncContextManager):
    """Close a thing that closes asynchronously at the end of the block."""

    def __init__(self, thing):
        self.thing = thing

    async def __aenter__(self):
        return self.thing

    async def __aexit__(self, *exc_info):
        await self.thing.aclose()


class _RedirectStream(AbstractContextManager):
    _stream = None

    def __init__(self, new_target):
        self._new_target = new_target
        self._old_targets = []

    def __enter__(self):
        self._old_targets.append(getattr(sys, self._stream))
        _set_stream(self._stream, self._new_target)
        return self._new_target

    def __exit__(self, exctype, excinst, exctb):
        _set_stream(self._stream, self._old_targets.pop())


def _set_stream(name, target):
    if name == 'stdout':
        sys.stdout = target
    else:
        sys.stderr = target


class redirect_stdout(_RedirectStream):
    """Let what is printed in the block go to another file."""

    _stream = 'stdout'


class redirect_stderr(_RedirectStream):
    """Let what is written to sys.stderr in the block go to another file."""

    _stream = 'stderr'


class suppress(AbstractContextManager):
    """Swallow exceptions of the given classes."""

    def __init__(self, *exceptions):
        self._exceptions = exceptions

    def __enter__(self):
        pass

    def __exit__(self, exctype, excinst, exctb):
        if exctype is None:
            return None
        if issubclass(exctype, self._exceptions):
            return True
        if issubclass(exctype, BaseExceptionGroup):
            match, rest = excinst.split(self._exceptions)
            if rest is None:
                return True
            raise rest
        return False


class nullcontext(AbstractContextManager, AbstractAsyncContextManager):
    """Do nothing around a block; give a value to it."""

    def __init__(self, enter_result=None):
        self.enter_result = enter_result

    def __enter__(self):
        return self.enter_result

    def __exit__(self, *excinfo):
        pass

    async def __aenter__(self):
        return self.enter_result

    async def __aexit__(self, *excinfo):
        pass


def _exit_of(cm):
    """Return the methods of a context manager that enter and leave it."""
    cls = cm.__class__
    if hasattr(cls, '__enter__') and hasattr(cls, '__exit__'):
        return cm.__enter__, cm.__exit__
    raise TypeError(f"'{cls.__module__}.{cls.__qualname__}' object does not support the context manager protocol")


def _async_exit_of(cm):
    cls = cm.__class__
    if hasattr(cls, '__aenter__') and hasattr(cls, '__aexit__'):
        return cm.__aenter__, cm.__aexit__
    raise TypeError(
        f"'{cls.__module__}.{cls.__qualname__}' object does not support the asynchronous context manager protocol"
    )


class _BaseExitStack:
    def __init__(self):
        self._exit_callbacks = deque()

    def pop_all(self):
        new_stack = self.__class__()
        new_stack._exit_callbacks = self._exit_callbacks
        self._exit_callbacks = deque()
        return new_stack

    def push(self, exit):
        if hasattr(exit.__class__, '__exit__'):
            self._exit_callbacks.append((True, exit.__exit__, None, None))
        else:
            self._exit_callbacks.append((True, exit, None, None))
        return exit

    def enter_context(self, cm):
        enter, leave = _exit_of(cm)
        result = enter()
        self._exit_callbacks.append((True, leave, None, None))
        return result

    def callback(self, callback, /, *args, **kwds):
        self._exit_callbacks.append((True, callback, args, kwds))
        return callback


def _fix_context(new_exc, old_exc, before):
    """Let an exception of a callback have what was on its way as its context, as nested `with` statements would."""
    while True:
        exc_context = new_exc.__context__
        if exc_context is None or exc_context is old_exc:
            return
        if exc_context is before:
            break
        new_exc = exc_context
    new_exc.__context__ = old_exc


class ExitStack(_BaseExitStack, AbstractContextManager):
    """A stack of context managers and callbacks, left in reverse order."""

    def __enter__(self):
        return self

    def __exit__(self, *exc_details):
        exc = exc_details[1]
        received_exc = exc is not None
        suppressed_exc = False
        pending_raise = False
        while self._exit_callbacks:
            is_sync, callback, args, kwds = self._exit_callbacks.pop()
            try:
                if args is not None:
                    callback(*args, **kwds)
                else:
                    if exc is None:
                        left = callback(None, None, None)
                    else:
                        left = callback(type(exc), exc, exc.__traceback__)
                    if left:
                        suppressed_exc = True
                        pending_raise = False
                        exc = None
            except BaseException as new_exc:
                _fix_context(new_exc, exc, exc_details[1])
                pending_raise = True
                exc = new_exc
        if pending_raise:
            fixed = exc.__context__
            try:
                raise exc
            except BaseException:
                exc.__context__ = fixed
                raise
        return received_exc and suppressed_exc

    def close(self):
        self.__exit__(None, None, None)


class AsyncExitStack(_BaseExitStack, AbstractAsyncContextManager):
    """A stack of context managers and callbacks, some of them asynchronous, left in reverse order."""

    async def enter_async_context(self, cm):
        enter, leave = _async_exit_of(cm)
        result = await enter()
        self._exit_callbacks.append((False, leave, None, None))
        return result

    def push_async_exit(self, exit):
        if hasattr(exit.__class__, '__aexit__'):
            self._exit_callbacks.append((False, exit.__aexit__, None, None))
        else:
            self._exit_callbacks.append((False, exit, None, None))
        return exit

    def push_async_callback(self, callback, /, *args, **kwds):
        self._exit_callbacks.append((False, callback, args, kwds))
        return callback

    async def aclose(self):
        await self.__aexit__(None, None, None)

    async def __aenter__(self):
        return self

    async def __aexit__(self, *exc_details):
        exc = exc_details[1]
        received_exc = exc is not None
        suppressed_exc = False
        pending_raise = False
        while self._exit_callbacks:
            is_sync, callback, args, kwds = self._exit_callbacks.pop()
            try:
                if args is not None:
                    left = callback(*args, **kwds)
                elif exc is None:
                    left = callback(None, None, None)
                else:
                    left = callback(type(exc), exc, exc.__traceback__)
                if not is_sync:
                    left = await left
                if args is None and left:
                    suppressed_exc = True
                    pending_raise = False
                    exc = None
            except BaseException as new_exc:
                _fix_context(new_exc, exc, exc_details[1])
                pending_raise = True
                exc = new_exc
        if pending_raise:
            fixed = exc.__context__
            try:
                raise exc
            except BaseException:
                exc.__context__ = fixed
                raise
        return received_exc and suppressed_exc
