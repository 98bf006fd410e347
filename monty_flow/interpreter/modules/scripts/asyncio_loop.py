"""The event loop of `asyncio`, in the script language.

The loop never waits by itself. When nothing is ready it hands all calls that are under way (external functions, timers)
to the host at once (`wait_calls`), and goes on with the answers that come back, be they few or all. That is the one place
where asynchronous code leaves the process, so the loop, its tasks and their coroutines are in the snapshot as they are.

Tasks run in the order of CPython: first ready, first run, one batch after the other.
"""

from _asyncio import live_generators, load_state, now, save_state, show_error, wait_calls
from collections import deque

#: The name under which the host knows a timer.
TIMER = 'asyncio.sleep'


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
        bounds = []
        is_told = False
        for number, is_error, value in answers:
            call = self._calls.pop(number, None)
            if call is None:
                continue
            waiter = call[3]
            is_cancelled = is_error and isinstance(value, CancelledError)
            if type(waiter) is not ExternalFuture:
                # An error of the host's timer is that of who sleeps, where there is one.
                sleeper = waiter._args[0] if waiter._args and isinstance(waiter._args[0], Future) else None
                if is_cancelled and sleeper is None:
                    bounds.append((waiter, call[1][0], value))
                    continue
                self._ready.append(waiter)
                if not is_error or sleeper is None or sleeper.done():
                    continue
                waiter = sleeper
            if waiter.done():
                continue
            is_told = is_told or is_cancelled
            if is_error:
                waiter.set_exception(value)
            else:
                waiter.set_result(value)
        if bounds:
            self._pass_by(bounds, is_told)

    def _pass_by(self, bounds, is_told):
        """Let time-outs go on to which it was told that the run is cancelled, and tell the tasks if nobody else was."""
        for handle, delay, _ in bounds:
            # The clock may be that of another machine than before.
            left = handle._when - now()
            handle._number = self._start_call(TIMER, (left if 0 <= left <= delay else delay,), {}, handle)
        if is_told:
            return
        for task in list(self._tasks):
            future = task._waits_for
            if future is not None and not future.done() and not isinstance(future, (Task, _Gathering)):
                future.set_exception(bounds[0][2])

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
