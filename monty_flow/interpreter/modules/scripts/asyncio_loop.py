"""Futures, tasks and the event loop of `asyncio`, in the script language.

The loop never waits by itself. When nothing is ready it hands all calls that are under way (external functions, timers)
to the host at once (`wait_calls`), and goes on with the answers that come back, be they few or all. That is the one place
where asynchronous code leaves the process, so the loop, its tasks and their coroutines are in the snapshot as they are.

Tasks run in the order of CPython: first ready, first run, one batch after the other.
"""

from _asyncio import (
    CancelledError,
    external_name,
    is_coroutine,
    is_coroutine_function,
    is_external,
    live_generators,
    load_state,
    made_exception,
    now,
    save_state,
    show_error,
    wait_calls,
)
from collections import deque

_PENDING = 'PENDING'
_CANCELLED = 'CANCELLED'
_FINISHED = 'FINISHED'

#: The name under which the host knows a timer.
TIMER = 'asyncio.sleep'


class InvalidStateError(Exception):
    """The operation is not allowed in this state."""


class State:
    """What all loops of a run share."""

    def __init__(self):
        self.running = None
        self.current = None
        #: The loop that `set_event_loop` has set.
        self.chosen = None
        self.task_number = 0
        self.call_number = 0


def state():
    found = load_state()
    if found is None:
        found = State()
        save_state(found)
    return found


class Handle:
    """A callback that is to run."""

    def __init__(self, callback, args, loop):
        self._callback = callback
        self._args = args
        self._owner = loop
        self._is_cancelled = False

    def cancel(self):
        self._is_cancelled = True
        self._callback = None
        self._args = ()

    def cancelled(self):
        return self._is_cancelled

    def __repr__(self):
        return '<Handle cancelled>' if self._is_cancelled else '<Handle>'


class TimerHandle(Handle):
    """A callback that is to run at a time of the loop's clock."""

    def __init__(self, when, callback, args, loop):
        super().__init__(callback, args, loop)
        self._when = when
        self._number = None

    def when(self):
        return self._when

    def cancel(self):
        super().cancel()
        self._owner._forget(self._number)

    def __repr__(self):
        return '<TimerHandle cancelled>' if self._is_cancelled else f'<TimerHandle when={self._when}>'


class EventLoop:
    """Run tasks and callbacks until what was asked for is done."""

    def __init__(self):
        self._ready = deque()
        #: Timers that are due at once.
        self._due = []
        #: Number of each call under way -> (name, args, kwargs, the future or timer that waits for it).
        self._calls = {}
        self._is_stopping = False
        self._is_closed = False
        #: The tasks that are not done, in their order.
        self._tasks = {}
        self._handler = None
        self._is_debug = False

    def __repr__(self):
        return f'<EventLoop running={self.is_running()} closed={self._is_closed} debug={self._is_debug}>'

    def time(self):
        return now()

    def is_running(self):
        return state().running is self

    def is_closed(self):
        return self._is_closed

    def get_debug(self):
        return self._is_debug

    def set_debug(self, enabled):
        self._is_debug = bool(enabled)

    def close(self):
        if self.is_running():
            raise RuntimeError('Cannot close a running event loop')
        self._is_closed = True
        self._ready.clear()
        self._due = []
        self._calls = {}

    def stop(self):
        self._is_stopping = True

    def _check_open(self):
        if self._is_closed:
            raise RuntimeError('Event loop is closed')

    # Callbacks and timers

    def call_soon(self, callback, *args, context=None):
        self._check_open()
        handle = Handle(callback, args, self)
        self._ready.append(handle)
        return handle

    def call_soon_threadsafe(self, callback, *args, context=None):
        return self.call_soon(callback, *args)

    def call_later(self, delay, callback, *args, context=None):
        if delay is None:
            raise TypeError('delay must not be None')
        return self._start_timer(now() + delay, delay, callback, args)

    def call_at(self, when, callback, *args, context=None):
        if when is None:
            raise TypeError('when cannot be None')
        return self._start_timer(when, when - now(), callback, args)

    def _start_timer(self, when, delay, callback, args):
        self._check_open()
        handle = TimerHandle(when, callback, args, self)
        if delay <= 0:
            self._due.append(handle)
        else:
            handle._number = self._start_call(TIMER, (delay,), {}, handle)
        return handle

    def _start_call(self, name, args, kwargs, waiter):
        shared = state()
        shared.call_number += 1
        number = shared.call_number
        self._calls[number] = (name, args, kwargs, waiter)
        return number

    def _forget(self, number):
        if number is not None:
            self._calls.pop(number, None)

    # Futures and tasks

    def create_future(self):
        return Future(loop=self)

    def create_task(self, coro, *, name=None, context=None):
        self._check_open()
        return Task(coro, loop=self, name=name)

    def run_in_executor(self, executor, func, *args):
        future = self.create_future()
        self.call_soon(_run_function, future, func, args)
        return future

    # Running

    def run_forever(self):
        shared = state()
        self._check_open()
        if self.is_running():
            raise RuntimeError('This event loop is already running')
        if shared.running is not None:
            raise RuntimeError('Cannot run the event loop while another loop is running')
        shared.running = self
        try:
            while True:
                self._run_once()
                if self._is_stopping:
                    break
        finally:
            self._is_stopping = False
            shared.running = None

    def run_until_complete(self, future):
        shared = state()
        self._check_open()
        if shared.running is self:
            raise RuntimeError('This event loop is already running')
        if shared.running is not None:
            raise RuntimeError('Cannot run the event loop while another loop is running')
        future = ensure_future(future, loop=self)
        future.add_done_callback(_stop_loop_of)
        try:
            self.run_forever()
        finally:
            future.remove_done_callback(_stop_loop_of)
        if not future.done():
            raise RuntimeError('Event loop stopped before Future completed.')
        return future.result()

    def _run_once(self):
        ready = self._ready
        if self._due:
            due = self._due
            self._due = []
            for handle in due:
                ready.append(handle)
        if not ready and not self._is_stopping:
            if not self._calls:
                raise RuntimeError('every task waits, and no call or timer is under way that could wake one')
            calls = [(number, *call[:3]) for number, call in self._calls.items()]
            self._deliver(wait_calls(calls))
        count = len(ready)
        while count:
            count -= 1
            handle = ready.popleft()
            if not handle._is_cancelled:
                callback = handle._callback
                args = handle._args
                try:
                    callback(*args)
                except (SystemExit, KeyboardInterrupt):
                    raise
                except BaseException as error:
                    self.call_exception_handler({'message': 'Exception in callback', 'exception': error})

    def _deliver(self, answers):
        """Hand the answers of the host to who waits for them; one for a call that was given up is dropped."""
        for number, is_error, value in answers:
            call = self._calls.pop(number, None)
            if call is None:
                continue
            waiter = call[3]
            if type(waiter) is not ExternalFuture:
                # An error of the host's timer is that of who sleeps, where there is one.
                self._ready.append(waiter)
                if is_error and waiter._args and isinstance(waiter._args[0], Future) and not waiter._args[0].done():
                    waiter._args[0].set_exception(value)
            elif not waiter.done():
                if is_error:
                    waiter.set_exception(value)
                else:
                    waiter.set_result(value)

    # Errors that nobody catches

    def set_exception_handler(self, handler):
        self._handler = handler

    def get_exception_handler(self):
        return self._handler

    def default_exception_handler(self, context):
        show_error(context.get('message', 'Unhandled exception in event loop'), context.get('exception'))

    def call_exception_handler(self, context):
        if self._handler is None:
            self.default_exception_handler(context)
        else:
            self._handler(self, context)

    async def shutdown_asyncgens(self):
        generators = live_generators()
        if generators:
            closing = [ensure_future(generator.aclose(), loop=self) for generator in generators]
            await _wait_for_all(closing)
            for task in closing:
                if not task.cancelled() and task.exception() is not None:
                    text = 'an error occurred during closing of an asynchronous generator'
                    self.call_exception_handler({'message': text, 'exception': task.exception()})

    async def shutdown_default_executor(self, timeout=None):
        return None


def _stop_loop_of(future):
    if not future.cancelled() and isinstance(future.exception(), (SystemExit, KeyboardInterrupt)):
        return
    future.get_loop().stop()


def _run_function(future, func, args):
    if future.cancelled():
        return
    try:
        result = func(*args)
    except Exception as error:
        if not future.cancelled():
            future.set_exception(error)
    else:
        if not future.cancelled():
            future.set_result(result)


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
    """Return what begins a call where `function` is an external function, anything else as it is."""
    if not is_external(function):
        return function

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
