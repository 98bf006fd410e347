"""Futures and tasks of `asyncio`, and which loop they belong to, in the script language."""

from _asyncio import (
    CancelledError,
    beside,
    external_name,
    is_coroutine,
    is_coroutine_function,
    is_external,
    made_exception,
)
from _asyncio_loop import EventLoop, Handle, state

_PENDING = 'PENDING'
_CANCELLED = 'CANCELLED'
_FINISHED = 'FINISHED'


class InvalidStateError(Exception):
    """The operation is not allowed in this state."""


class Future:
    """A result that is not there yet."""

    def __init__(self, *, loop=None):
        self._owner = get_event_loop() if loop is None else loop
        self._phase = _PENDING
        self._outcome = None
        self._failure = None
        self._listeners = []
        self._message = None
        #: Whether an `await` of it has just handed it to the task.
        self._is_awaited = False

    def __repr__(self):
        return f'<{type(self).__name__} {self._shown()}>'

    def _shown(self):
        if self._phase == _FINISHED:
            if self._failure is not None:
                return f'finished exception={self._failure!r}'
            return f'finished result={self._outcome!r}'
        return self._phase.lower()

    def get_loop(self):
        return self._owner

    def cancelled(self):
        return self._phase == _CANCELLED

    def done(self):
        return self._phase != _PENDING

    def cancel(self, msg=None):
        if self._phase != _PENDING:
            return False
        self._phase = _CANCELLED
        self._message = msg
        self._tell()
        return True

    def _tell(self):
        listeners = self._listeners
        if listeners:
            self._listeners = []
            ready = self._owner._ready
            for callback in listeners:
                ready.append(Handle(callback, (self,), self._owner))

    def _cancelled_error(self):
        if self._failure is not None:
            error = self._failure
            self._failure = None
            return error
        return CancelledError() if self._message is None else CancelledError(self._message)

    def result(self):
        if self._phase == _CANCELLED:
            raise self._cancelled_error()
        if self._phase != _FINISHED:
            raise InvalidStateError('Result is not ready.')
        if self._failure is not None:
            raise self._failure
        return self._outcome

    def exception(self):
        if self._phase == _CANCELLED:
            raise self._cancelled_error()
        if self._phase != _FINISHED:
            raise InvalidStateError('Exception is not set.')
        return self._failure

    def add_done_callback(self, fn, *, context=None):
        if self._phase != _PENDING:
            self._owner.call_soon(fn, self)
        else:
            self._listeners.append(fn)

    def remove_done_callback(self, fn):
        kept = [callback for callback in self._listeners if callback != fn]
        removed = len(self._listeners) - len(kept)
        if removed:
            self._listeners = kept
        return removed

    def set_result(self, result):
        if self._phase != _PENDING:
            raise InvalidStateError(f'{self._phase}: {self!r}')
        self._outcome = result
        self._phase = _FINISHED
        self._tell()

    def set_exception(self, exception):
        if self._phase != _PENDING:
            raise InvalidStateError(f'{self._phase}: {self!r}')
        if isinstance(exception, type):
            exception = made_exception(exception)
        if isinstance(exception, StopIteration):
            exception = TypeError('StopIteration interacts badly with generators and cannot be raised into a Future')
        self._failure = exception
        self._phase = _FINISHED
        self._tell()

    def __await__(self):
        if self._phase == _PENDING:
            self._is_awaited = True
            yield self
            if self._phase == _PENDING:
                raise RuntimeError("await wasn't used with future")
        return self.result()

    __iter__ = __await__


class ExternalFuture(Future):
    """The result of an external function that was called without waiting for it."""

    def _start(self, function, args, kwargs):
        self._number = self._owner._start_call(external_name(function), args, kwargs, self)

    def cancel(self, msg=None):
        self._owner._forget(self._number)
        return super().cancel(msg=msg)


def start_call(function, *args, **kwargs):
    """Begin a call of an external function; what the compiler makes of one whose result is awaited."""
    future = ExternalFuture(loop=get_running_loop())
    future._start(function, args, kwargs)
    return future


def awaited(function):
    """Return what begins a call where `function` is an external function or waits for the engine, anything else as it is."""
    if not is_external(function):
        return beside(function)

    def begin(*args, **kwargs):
        return start_call(function, *args, **kwargs)

    return begin


class Task(Future):
    """A coroutine that the loop runs."""

    def __init__(self, coro, *, loop=None, name=None, context=None, eager_start=False):
        super().__init__(loop=loop)
        if not is_coroutine(coro):
            raise TypeError(f'a coroutine was expected, got {coro!r}')
        if name is None:
            shared = state()
            shared.task_number += 1
            name = f'Task-{shared.task_number}'
        self._title = str(name)
        self._coro = coro
        self._must_cancel = False
        #: The future for which it waits.
        self._waits_for = None
        self._cancel_requests = 0
        loop = self._owner
        loop._tasks[self] = True
        loop._ready.append(Handle(self._step, (), loop))

    def _shown(self):
        shown = super()._shown()
        if self._phase == _PENDING and self._must_cancel:
            shown = 'cancelling'
        return f'{shown} name={self._title!r} coro={self._coro!r}'

    def get_coro(self):
        return self._coro

    def get_name(self):
        return self._title

    def set_name(self, value):
        self._title = str(value)

    def set_result(self, result):
        raise RuntimeError('Task does not support set_result operation')

    def set_exception(self, exception):
        raise RuntimeError('Task does not support set_exception operation')

    def cancel(self, msg=None):
        if self._phase != _PENDING:
            return False
        self._cancel_requests += 1
        if self._waits_for is not None and self._waits_for.cancel(msg=msg):
            return True
        self._must_cancel = True
        self._message = msg
        return True

    def cancelling(self):
        return self._cancel_requests

    def uncancel(self):
        if self._cancel_requests > 0:
            self._cancel_requests -= 1
            if self._cancel_requests == 0:
                self._must_cancel = False
        return self._cancel_requests

    def _end(self):
        self._owner._tasks.pop(self, None)

    def _step(self, error=None):
        """Run the coroutine to its next wait."""
        if self._phase != _PENDING:
            raise InvalidStateError(f'_step(): already done: {self!r}, {error!r}')
        if self._must_cancel:
            if not isinstance(error, CancelledError):
                error = self._cancelled_error()
            self._must_cancel = False
        self._waits_for = None
        shared = state()
        shared.current = self
        coro = self._coro
        try:
            if error is None:
                result = coro.send(None)
            else:
                result = coro.throw(error)
        except StopIteration as stop:
            shared.current = None
            self._end()
            if self._must_cancel:
                self._must_cancel = False
                super().cancel(msg=self._message)
            else:
                super().set_result(stop.value)
        except CancelledError as raised:
            shared.current = None
            self._end()
            self._failure = raised
            super().cancel()
        except (KeyboardInterrupt, SystemExit) as raised:
            shared.current = None
            self._end()
            super().set_exception(raised)
            raise
        except BaseException as raised:
            shared.current = None
            self._end()
            super().set_exception(raised)
        else:
            shared.current = None
            self._wait_for(result)

    def _wait_for(self, result):
        """Go on when what the coroutine has yielded allows it."""
        loop = self._owner
        if result is None:
            loop._ready.append(Handle(self._step, (), loop))
        elif not isinstance(result, Future):
            loop.call_soon(self._step, RuntimeError(f'Task got bad yield: {result!r}'))
        elif result._owner is not loop:
            text = f'Task {self!r} got Future {result!r} attached to a different loop'
            loop.call_soon(self._step, RuntimeError(text))
        elif not result._is_awaited:
            text = f'yield was used instead of yield from in task {self!r} with {result!r}'
            loop.call_soon(self._step, RuntimeError(text))
        elif result is self:
            loop.call_soon(self._step, RuntimeError(f'Task cannot await on itself: {self!r}'))
        else:
            result._is_awaited = False
            result.add_done_callback(self._wake)
            self._waits_for = result
            if self._must_cancel and result.cancel(msg=self._message):
                self._must_cancel = False

    def _wake(self, future):
        # The error of a future that failed reaches the coroutine through `result`, as its own.
        self._step()


# The running loop


def get_running_loop():
    loop = state().running
    if loop is None:
        raise RuntimeError('no running event loop')
    return loop


def get_event_loop():
    shared = state()
    if shared.running is not None:
        return shared.running
    if shared.chosen is None:
        shared.chosen = EventLoop()
    return shared.chosen


def set_event_loop(loop):
    state().chosen = loop


def new_event_loop():
    return EventLoop()


def current_task(loop=None):
    return state().current


def all_tasks(loop=None):
    if loop is None:
        loop = get_running_loop()
    return set(loop._tasks)


def isfuture(obj):
    return isinstance(obj, Future)


def iscoroutine(obj):
    return is_coroutine(obj)


async def _wait_for_any(awaitable):
    return await awaitable


def ensure_future(coro_or_future, *, loop=None):
    """Return a future for anything that can be awaited."""
    if isinstance(coro_or_future, Future):
        if loop is not None and loop is not coro_or_future._owner:
            raise ValueError('The future belongs to a different loop than the one specified as the loop argument')
        return coro_or_future
    if not is_coroutine(coro_or_future):
        if not hasattr(coro_or_future, '__await__'):
            raise TypeError('An asyncio.Future, a coroutine or an awaitable is required')
        coro_or_future = _wait_for_any(coro_or_future)
    if loop is None:
        loop = get_event_loop()
    return loop.create_task(coro_or_future)


def create_task(coro, *, name=None, context=None):
    loop = get_running_loop()
    if type(coro) is ExternalFuture:
        # An external call is under way already: the task waits for it.
        coro = _wait_for_any(coro)
    return loop.create_task(coro, name=name)


def iscoroutinefunction(func):
    return is_coroutine_function(func)
