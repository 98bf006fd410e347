"""Waiting for several things at once, with bounds: `gather`, `wait`, `timeout`, `TaskGroup` and their kin."""

from _asyncio import CancelledError, is_coroutine, live_generators, now

from _asyncio_futures import (
    Future,
    create_task,
    current_task,
    ensure_future,
    get_event_loop,
    get_running_loop,
    isfuture,
)
from _asyncio_loop import EventLoop, state

FIRST_COMPLETED = 'FIRST_COMPLETED'
FIRST_EXCEPTION = 'FIRST_EXCEPTION'
ALL_COMPLETED = 'ALL_COMPLETED'


class _Turn:
    """What gives the other tasks a turn when it is awaited."""

    def __await__(self):
        yield


def _set_result_unless_done(future, result):
    if not future.done():
        future.set_result(result)


async def sleep(delay, result=None):
    """Wait for some seconds."""
    if delay != delay:
        raise ValueError('Invalid delay: NaN (not a number)')
    if delay <= 0:
        await _Turn()
        return result
    loop = get_running_loop()
    future = loop.create_future()
    timer = loop.call_later(delay, _set_result_unless_done, future, result)
    try:
        return await future
    finally:
        timer.cancel()


# Several at once


class _Gathering(Future):
    """The result of `gather`; to cancel it is to cancel its children."""

    def __init__(self, children, loop):
        super().__init__(loop=loop)
        self._children = children
        self._is_cancel_asked = False

    def cancel(self, msg=None):
        if self.done():
            return False
        found = False
        for child in self._children:
            if child.cancel(msg=msg):
                found = True
        if found:
            self._is_cancel_asked = True
        return found


class _Gatherer:
    """Collect the results of the children of one `gather`."""

    def __init__(self, return_exceptions):
        self.return_exceptions = return_exceptions
        self.outer = None
        self.children = []
        self.count = 0
        self.finished = 0

    def done(self, child):
        self.finished += 1
        outer = self.outer
        if outer is None or outer.done():
            if not child.cancelled():
                child.exception()
            return
        if not self.return_exceptions:
            if child.cancelled():
                outer.set_exception(child._cancelled_error())
                return
            if child.exception() is not None:
                outer.set_exception(child.exception())
                return
        if self.finished == self.count:
            results = []
            for each in self.children:
                if each.cancelled():
                    found = CancelledError() if each._message is None else CancelledError(each._message)
                else:
                    found = each.exception()
                    if found is None:
                        found = each.result()
                results.append(found)
            if outer._is_cancel_asked:
                outer.set_exception(child._cancelled_error() if child.cancelled() else CancelledError())
            else:
                outer.set_result(results)


def gather(*coros_or_futures, return_exceptions=False):
    """Return a future of the list of all results, in the order of the arguments."""
    loop = get_event_loop()
    if not coros_or_futures:
        outer = loop.create_future()
        outer.set_result([])
        return outer
    gatherer = _Gatherer(return_exceptions)
    known = {}
    done = []
    for argument in coros_or_futures:
        future = known.get(argument)
        if future is None:
            future = ensure_future(argument, loop=loop)
            loop = future.get_loop()
            known[argument] = future
            gatherer.count += 1
            if future.done():
                done.append(future)
            else:
                future.add_done_callback(gatherer.done)
        gatherer.children.append(future)
    gatherer.outer = _Gathering(gatherer.children, loop)
    for future in done:
        gatherer.done(future)
    return gatherer.outer


class _Shield:
    def __init__(self, inner, outer):
        self.inner = inner
        self.outer = outer

    def inner_done(self, inner):
        outer = self.outer
        if outer.done():
            if not inner.cancelled():
                inner.exception()
        elif inner.cancelled():
            outer.cancel()
        elif inner.exception() is not None:
            outer.set_exception(inner.exception())
        else:
            outer.set_result(inner.result())

    def outer_done(self, outer):
        if not self.inner.done():
            self.inner.remove_done_callback(self.inner_done)


def shield(arg):
    """Return a future of the same result, whose cancelling does not reach `arg`."""
    inner = ensure_future(arg)
    if inner.done():
        return inner
    outer = inner.get_loop().create_future()
    shielded = _Shield(inner, outer)
    inner.add_done_callback(shielded.inner_done)
    outer.add_done_callback(shielded.outer_done)
    return outer


class _Waiter:
    """Wake up who waits for some of several futures."""

    def __init__(self, futures, return_when, loop):
        self.waiter = loop.create_future()
        self.return_when = return_when
        self.count = len(futures)

    def done(self, future):
        self.count -= 1
        enough = self.count <= 0 or self.return_when == FIRST_COMPLETED
        if not enough and self.return_when == FIRST_EXCEPTION:
            enough = not future.cancelled() and future.exception() is not None
        if enough and not self.waiter.done():
            self.waiter.set_result(None)

    def release(self):
        if not self.waiter.done():
            self.waiter.set_result(None)


async def wait(fs, *, timeout=None, return_when=ALL_COMPLETED):
    """Wait for futures and tasks; return those that are done and those that are not, as two sets."""
    if isfuture(fs) or is_coroutine(fs):
        raise TypeError(f'expect a list of futures, not {type(fs).__name__}')
    futures = list(dict.fromkeys(fs))
    for future in futures:
        if is_coroutine(future):
            raise TypeError('Passing coroutines is forbidden, use tasks explicitly.')
    if not futures:
        raise ValueError('Set of Tasks/Futures is empty.')
    if return_when not in (FIRST_COMPLETED, FIRST_EXCEPTION, ALL_COMPLETED):
        raise ValueError(f'Invalid return_when value: {return_when}')
    await _wait(futures, timeout, return_when)
    done = set()
    pending = set()
    for future in futures:
        if future.done():
            done.add(future)
        else:
            pending.add(future)
    return done, pending


async def _wait(futures, timeout, return_when):
    loop = get_running_loop()
    left = 0
    for future in futures:
        if not future.done():
            left += 1
        elif return_when == FIRST_COMPLETED or (
            return_when == FIRST_EXCEPTION and not future.cancelled() and future.exception() is not None
        ):
            return
    if not left:
        return
    waiting = _Waiter(futures, return_when, loop)
    waiting.count = left
    timer = None if timeout is None else loop.call_later(timeout, waiting.release)
    for future in futures:
        if not future.done():
            future.add_done_callback(waiting.done)
    try:
        await waiting.waiter
    finally:
        if timer is not None:
            timer.cancel()
        for future in futures:
            future.remove_done_callback(waiting.done)


async def _cancel_and_wait(future):
    waiting = _Waiter([future], ALL_COMPLETED, get_running_loop())
    future.add_done_callback(waiting.done)
    try:
        future.cancel()
        await waiting.waiter
    finally:
        future.remove_done_callback(waiting.done)


async def wait_for(fut, timeout):
    """Wait for an awaitable, at most `timeout` seconds; cancel it and raise TimeoutError after that."""
    if timeout is not None and timeout <= 0:
        fut = ensure_future(fut)
        if fut.done():
            return fut.result()
        await _cancel_and_wait(fut)
        try:
            return fut.result()
        except CancelledError as error:
            raise TimeoutError from error
    async with Timeout(None if timeout is None else now() + timeout, timeout):
        return await fut


class _Completed:
    """Hand out futures in the order in which they are done."""

    def __init__(self, futures, timeout, loop):
        self.loop = loop
        self.todo = dict.fromkeys(futures)
        self.finished = []
        self.waiters = []
        self.timer = None
        for future in futures:
            future.add_done_callback(self.done)
        if futures and timeout is not None:
            self.timer = loop.call_later(timeout, self.give_up)

    def give(self, item):
        self.finished.append(item)
        while self.waiters:
            waiter = self.waiters.pop(0)
            if not waiter.done():
                waiter.set_result(None)
                break

    def done(self, future):
        if future not in self.todo:
            return
        del self.todo[future]
        self.give(future)
        if not self.todo and self.timer is not None:
            self.timer.cancel()

    def give_up(self):
        for future in self.todo:
            future.remove_done_callback(self.done)
            self.give(None)
        self.todo = {}

    async def next(self):
        while not self.finished:
            waiter = self.loop.create_future()
            self.waiters.append(waiter)
            await waiter
        future = self.finished.pop(0)
        if future is None:
            raise TimeoutError
        return future

    async def result(self):
        future = await self.next()
        return future.result()


class _AsCompleted:
    """What `as_completed` gives: an iterator of awaitables, and an asynchronous one of the futures themselves."""

    def __init__(self, completed, count):
        self._completed = completed
        self._count = count

    def __iter__(self):
        return self

    def __next__(self):
        if not self._count:
            raise StopIteration
        self._count -= 1
        return self._completed.result()

    def __aiter__(self):
        return self

    async def __anext__(self):
        if not self._count:
            raise StopAsyncIteration
        self._count -= 1
        return await self._completed.next()


def as_completed(fs, *, timeout=None):
    """Return an iterator of awaitables, each of which gives the next result that is there."""
    if isfuture(fs) or is_coroutine(fs):
        raise TypeError(f'expect an iterable of futures, not {type(fs).__name__}')
    loop = get_event_loop()
    futures = [ensure_future(item, loop=loop) for item in dict.fromkeys(fs)]
    count = len(futures)
    return _AsCompleted(_Completed(futures, timeout, loop), count)


# Bounds


class Timeout:
    """Cancel the task in an `async with` block at a time of the loop's clock."""

    def __init__(self, when, delay=None):
        self._state = 'created'
        self._timer = None
        self._task = None
        self._when = when
        #: Seconds from now, where it was given so: a product of two clock readings would not be exact.
        self._delay = delay
        self._before = 0

    def when(self):
        return self._when

    def reschedule(self, when):
        if self._state != 'active':
            if self._state == 'created':
                raise RuntimeError('Timeout has not been entered')
            raise RuntimeError(f'Cannot change state of {self._state} Timeout')
        self._when = when
        self._set_timer(None if when is None else when - now())

    def _set_timer(self, delay):
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if delay is None:
            return
        loop = get_running_loop()
        if delay <= 0:
            self._timer = loop.call_soon(self._expire)
        else:
            self._timer = loop.call_later(delay, self._expire)

    def expired(self):
        return self._state in ('expiring', 'expired')

    def __repr__(self):
        shown = f'when={self._when}' if self._state == 'active' else ''
        return f'<Timeout [{self._state}]{" " if shown else ""}{shown}>'

    async def __aenter__(self):
        if self._state != 'created':
            raise RuntimeError('Timeout has already been entered')
        task = current_task()
        if task is None:
            raise RuntimeError('Timeout should be used inside a task')
        self._state = 'active'
        self._task = task
        self._before = task.cancelling()
        if self._when is not None:
            self._set_timer(self._when - now() if self._delay is None else self._delay)
        return self

    async def __aexit__(self, kind, error, traceback):
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._state == 'expiring':
            self._state = 'expired'
            if self._task.uncancel() <= self._before and kind is CancelledError:
                raise TimeoutError from error
        elif self._state == 'active':
            self._state = 'exited'
        return

    def _expire(self):
        self._task.cancel()
        self._state = 'expiring'
        self._timer = None


def timeout(delay):
    """Return a context manager that allows a block some seconds."""
    return Timeout(None if delay is None else now() + delay, delay)


def timeout_at(when):
    """Return a context manager that allows a block until a time of the loop's clock."""
    return Timeout(when)


class TaskGroup:
    """Run tasks together: none outlives the block, and the failure of one cancels the others."""

    def __init__(self):
        self._entered = False
        self._exiting = False
        self._aborting = False
        self._owner = None
        self._parent = None
        self._has_cancelled_parent = False
        self._open = {}
        self._errors = []
        self._base_error = None
        self._all_done = None

    def __repr__(self):
        parts = ['']
        if self._open:
            parts.append(f'tasks={len(self._open)}')
        if self._errors:
            parts.append(f'errors={len(self._errors)}')
        if self._aborting:
            parts.append('cancelling')
        elif self._entered:
            parts.append('entered')
        return f'<TaskGroup{" ".join(parts)}>'

    async def __aenter__(self):
        if self._entered:
            raise RuntimeError(f'TaskGroup {self!r} has already been entered')
        self._owner = get_running_loop()
        self._parent = current_task()
        if self._parent is None:
            raise RuntimeError(f'TaskGroup {self!r} cannot determine the parent task')
        self._entered = True
        return self

    async def __aexit__(self, kind, error, traceback):
        self._exiting = True
        if isinstance(error, (SystemExit, KeyboardInterrupt)) and self._base_error is None:
            self._base_error = error
        cancelled = error if kind is CancelledError else None
        if self._has_cancelled_parent and self._parent.uncancel() == 0:
            # It was cancelled by this group alone, and that ends here.
            cancelled = None
        if kind is not None and not self._aborting:
            self._abort()
        while self._open:
            if self._all_done is None:
                self._all_done = self._owner.create_future()
            try:
                await self._all_done
            except CancelledError as asked:
                if not self._aborting:
                    # The parent is cancelled from outside while its tasks run.
                    cancelled = asked
                    self._abort()
            self._all_done = None
        if self._base_error is not None:
            raise self._base_error
        if self._has_cancelled_parent and self._parent.uncancel() == 0 and not self._errors:
            cancelled = None
        if cancelled is not None and not self._errors:
            raise cancelled
        if kind is not None and kind is not CancelledError:
            self._errors.append(error)
        if self._errors:
            errors = self._errors
            self._errors = []
            raise BaseExceptionGroup('unhandled errors in a TaskGroup', errors) from None

    def create_task(self, coro, *, name=None, context=None):
        if not self._entered:
            raise RuntimeError(f'TaskGroup {self!r} has not been entered')
        if self._exiting and not self._open:
            raise RuntimeError(f'TaskGroup {self!r} is finished')
        if self._aborting:
            raise RuntimeError(f'TaskGroup {self!r} is shutting down')
        task = create_task(coro, name=name)
        self._open[task] = True
        task.add_done_callback(self._task_done)
        return task

    def _abort(self):
        self._aborting = True
        for task in list(self._open):
            if not task.done():
                task.cancel()

    def _task_done(self, task):
        self._open.pop(task, None)
        if self._all_done is not None and not self._open and not self._all_done.done():
            self._all_done.set_result(True)
        if task.cancelled():
            return
        error = task.exception()
        if error is None:
            return
        self._errors.append(error)
        if isinstance(error, (SystemExit, KeyboardInterrupt)) and self._base_error is None:
            self._base_error = error
        if not self._aborting and not self._has_cancelled_parent:
            # The parent stands in its block: a cancellation takes it out, and `__aexit__` takes that back.
            self._abort()
            self._has_cancelled_parent = True
            self._parent.cancel()


# The top


class Runner:
    """Run coroutines one after the other in the same loop."""

    def __init__(self, *, debug=None, loop_factory=None):
        self._factory = loop_factory
        self._owner = None
        self._is_closed = False

    def __enter__(self):
        self.get_loop()
        return self

    def __exit__(self, kind, error, traceback):
        self.close()

    def get_loop(self):
        if self._is_closed:
            raise RuntimeError('Runner is closed')
        if self._owner is None:
            self._owner = EventLoop() if self._factory is None else self._factory()
        return self._owner

    def run(self, coro, *, context=None):
        if not is_coroutine(coro):
            raise ValueError(f'a coroutine was expected, got {coro!r}')
        if state().running is not None:
            raise RuntimeError('Runner.run() cannot be called from a running event loop')
        loop = self.get_loop()
        return loop.run_until_complete(loop.create_task(coro))

    def close(self):
        if self._is_closed:
            return
        self._is_closed = True
        loop = self._owner
        if loop is not None:
            self._owner = None
            _cancel_all(loop)
            if live_generators():
                loop.run_until_complete(loop.shutdown_asyncgens())
            loop.close()


def _cancel_all(loop):
    tasks = list(loop._tasks)
    if not tasks:
        return
    for task in tasks:
        task.cancel()
    loop.run_until_complete(_wait_for_all(tasks))
    for task in tasks:
        if not task.cancelled() and task.exception() is not None:
            loop.call_exception_handler(
                {'message': 'unhandled exception during asyncio.run() shutdown', 'exception': task.exception()}
            )


async def _wait_for_all(tasks):
    await gather(*tasks, return_exceptions=True)


def run(main, *, debug=None, loop_factory=None):
    """Run a coroutine in a loop of its own, to the end."""
    if state().running is not None:
        raise RuntimeError('asyncio.run() cannot be called from a running event loop')
    runner = Runner(loop_factory=loop_factory)
    try:
        return runner.run(main)
    finally:
        runner.close()


async def to_thread(func, /, *args, **kwargs):
    """Call a function when it is awaited; a script has one thread."""
    await _Turn()
    return func(*args, **kwargs)


def run_coroutine_threadsafe(coro, loop):
    raise RuntimeError('a script has one thread: use asyncio.create_task')


def wrap_future(future, *, loop=None):
    return ensure_future(future, loop=loop)


async def anext_or(iterator, default):
    """Return the next item of an asynchronous iterator, or a default at its end; what `anext(x, default)` gives."""
    try:
        return await iterator.__anext__()
    except StopAsyncIteration:
        return default
