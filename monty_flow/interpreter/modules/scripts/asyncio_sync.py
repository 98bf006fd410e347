"""Locks and queues for tasks: each waiter gets its turn in the order in which it came."""

from _asyncio import CancelledError
from collections import deque
from heapq import heappop, heappush

from _asyncio_futures import get_running_loop


class QueueEmpty(Exception):
    """Raised when there is nothing to take."""


class QueueFull(Exception):
    """Raised when there is no room."""


class QueueShutDown(Exception):
    """Raised when a queue takes and gives nothing more."""


class BrokenBarrierError(RuntimeError):
    """Raised when a barrier was broken or reset."""


def _wake_first(waiters):
    for future in waiters:
        if not future.done():
            future.set_result(True)
            return


class _Managed:
    async def __aenter__(self):
        await self.acquire()
        return

    async def __aexit__(self, kind, error, traceback):
        self.release()


class Lock(_Managed):
    """A lock that one task holds at a time."""

    def __init__(self):
        self._waiters = deque()
        self._locked = False

    def __repr__(self):
        shown = 'locked' if self._locked else 'unlocked'
        if self._waiters:
            shown = f'{shown}, waiters:{len(self._waiters)}'
        return f'<Lock [{shown}]>'

    def locked(self):
        return self._locked

    async def acquire(self):
        if not self._locked and all([waiter.cancelled() for waiter in self._waiters]):
            self._locked = True
            return True
        future = get_running_loop().create_future()
        self._waiters.append(future)
        try:
            try:
                await future
            finally:
                self._waiters.remove(future)
        except CancelledError:
            if not self._locked:
                _wake_first(self._waiters)
            raise
        self._locked = True
        return True

    def release(self):
        if not self._locked:
            raise RuntimeError('Lock is not acquired.')
        self._locked = False
        _wake_first(self._waiters)


class Event:
    """A flag for which tasks can wait."""

    def __init__(self):
        self._waiters = deque()
        self._value = False

    def __repr__(self):
        shown = 'set' if self._value else 'unset'
        if self._waiters:
            shown = f'{shown}, waiters:{len(self._waiters)}'
        return f'<Event [{shown}]>'

    def is_set(self):
        return self._value

    def set(self):
        if not self._value:
            self._value = True
            for future in self._waiters:
                if not future.done():
                    future.set_result(True)

    def clear(self):
        self._value = False

    async def wait(self):
        if self._value:
            return True
        future = get_running_loop().create_future()
        self._waiters.append(future)
        try:
            await future
            return True
        finally:
            self._waiters.remove(future)


class Condition(_Managed):
    """A lock with which tasks wait for a change and tell of one."""

    def __init__(self, lock=None):
        self._lock = Lock() if lock is None else lock
        self._waiters = deque()

    def locked(self):
        return self._lock.locked()

    async def acquire(self):
        return await self._lock.acquire()

    def release(self):
        self._lock.release()

    async def wait(self):
        if not self._lock.locked():
            raise RuntimeError('cannot wait on un-acquired lock')
        self._lock.release()
        try:
            future = get_running_loop().create_future()
            self._waiters.append(future)
            try:
                await future
                return True
            finally:
                self._waiters.remove(future)
        finally:
            # The lock is taken again whatever happens; a cancellation meanwhile is raised after that.
            asked = None
            while True:
                try:
                    await self._lock.acquire()
                    break
                except CancelledError as error:
                    asked = error
            if asked is not None:
                raise asked

    async def wait_for(self, predicate):
        result = predicate()
        while not result:
            await self.wait()
            result = predicate()
        return result

    def notify(self, n=1):
        if not self._lock.locked():
            raise RuntimeError('cannot notify on un-acquired lock')
        told = 0
        for future in self._waiters:
            if told >= n:
                break
            if not future.done():
                told += 1
                future.set_result(False)

    def notify_all(self):
        self.notify(len(self._waiters))


class Semaphore(_Managed):
    """A counter that tasks take from and give back to, and that never goes below zero."""

    def __init__(self, value=1):
        if value < 0:
            raise ValueError('Semaphore initial value must be >= 0')
        self._waiters = deque()
        self._value = value

    def __repr__(self):
        shown = 'locked' if self.locked() else f'unlocked, value:{self._value}'
        if self._waiters:
            shown = f'{shown}, waiters:{len(self._waiters)}'
        return f'<{type(self).__name__} [{shown}]>'

    def locked(self):
        return self._value == 0 or any([not waiter.cancelled() for waiter in self._waiters])

    async def acquire(self):
        if not self.locked():
            self._value -= 1
            return True
        future = get_running_loop().create_future()
        self._waiters.append(future)
        try:
            try:
                await future
            finally:
                self._waiters.remove(future)
        except CancelledError:
            if future.done() and not future.cancelled():
                # It was woken and is cancelled at once: the next one gets what it had.
                self._value += 1
            raise
        finally:
            while self._value > 0:
                if not self._wake_next():
                    break
        return True

    def release(self):
        self._value += 1
        self._wake_next()

    def _wake_next(self):
        for future in self._waiters:
            if not future.done():
                self._value -= 1
                future.set_result(True)
                return True
        return False


class BoundedSemaphore(Semaphore):
    """A semaphore that cannot be given back more often than it was taken."""

    def __init__(self, value=1):
        self._bound = value
        super().__init__(value)

    def release(self):
        if self._value >= self._bound:
            raise ValueError('BoundedSemaphore released too many times')
        super().release()


class Barrier:
    """Let tasks wait until a number of them have come."""

    def __init__(self, parties):
        if parties < 1:
            raise ValueError('parties must be >= 1')
        self._condition = Condition()
        self._parties = parties
        self._phase = 'filling'
        self._count = 0

    async def __aenter__(self):
        return await self.wait()

    async def __aexit__(self, kind, error, traceback):
        return None

    async def wait(self):
        async with self._condition:
            await self._condition.wait_for(self._is_open)
            self._check()
            try:
                index = self._count
                self._count += 1
                if index + 1 == self._parties:
                    self._phase = 'draining'
                    self._condition.notify_all()
                else:
                    await self._condition.wait_for(self._is_passable)
                    self._check()
                return index
            finally:
                self._count -= 1
                if self._count == 0:
                    if self._phase in ('resetting', 'draining'):
                        self._phase = 'filling'
                    self._condition.notify_all()

    def _is_open(self):
        return self._phase not in ('draining', 'resetting')

    def _is_passable(self):
        return self._phase != 'filling'

    def _check(self):
        if self._phase in ('broken', 'resetting'):
            raise BrokenBarrierError('Barrier aborted')

    async def reset(self):
        async with self._condition:
            if self._count > 0:
                self._phase = 'resetting'
            else:
                self._phase = 'filling'
            self._condition.notify_all()

    async def abort(self):
        async with self._condition:
            self._phase = 'broken'
            self._condition.notify_all()

    @property
    def parties(self):
        return self._parties

    @property
    def n_waiting(self):
        return self._count if self._phase == 'filling' else 0

    @property
    def broken(self):
        return self._phase == 'broken'


class Queue:
    """Hand items from tasks to tasks, first in, first out."""

    def __init__(self, maxsize=0):
        self._maxsize = maxsize
        self._getters = deque()
        self._putters = deque()
        self._unfinished = 0
        self._finished = Event()
        self._finished.set()
        self._is_shut = False
        self._items = self._make()

    def _make(self):
        return deque()

    def _take(self):
        return self._items.popleft()

    def _add(self, item):
        self._items.append(item)

    def __repr__(self):
        return f'<{type(self).__name__} maxsize={self._maxsize}>'

    @property
    def maxsize(self):
        return self._maxsize

    def qsize(self):
        return len(self._items)

    def empty(self):
        return not self._items

    def full(self):
        return 0 < self._maxsize <= len(self._items)

    def _wake_one(self, waiters):
        while waiters:
            waiter = waiters.popleft()
            if not waiter.done():
                waiter.set_result(None)
                break

    async def put(self, item):
        while self.full():
            if self._is_shut:
                raise QueueShutDown
            putter = get_running_loop().create_future()
            self._putters.append(putter)
            try:
                await putter
            except BaseException:
                putter.cancel()
                if putter in self._putters:
                    self._putters.remove(putter)
                if not self.full() and not putter.cancelled():
                    # It was woken and cannot use its turn.
                    self._wake_one(self._putters)
                raise
        return self.put_nowait(item)

    def put_nowait(self, item):
        if self._is_shut:
            raise QueueShutDown
        if self.full():
            raise QueueFull
        self._add(item)
        self._unfinished += 1
        self._finished.clear()
        self._wake_one(self._getters)

    async def get(self):
        while self.empty():
            if self._is_shut:
                raise QueueShutDown
            getter = get_running_loop().create_future()
            self._getters.append(getter)
            try:
                await getter
            except BaseException:
                getter.cancel()
                if getter in self._getters:
                    self._getters.remove(getter)
                if not self.empty() and not getter.cancelled():
                    self._wake_one(self._getters)
                raise
        return self.get_nowait()

    def get_nowait(self):
        if self.empty():
            if self._is_shut:
                raise QueueShutDown
            raise QueueEmpty
        item = self._take()
        self._wake_one(self._putters)
        return item

    def task_done(self):
        if self._unfinished <= 0:
            raise ValueError('task_done() called too many times')
        self._unfinished -= 1
        if self._unfinished == 0:
            self._finished.set()

    async def join(self):
        if self._unfinished > 0:
            await self._finished.wait()

    def shutdown(self, immediate=False):
        self._is_shut = True
        if immediate:
            while not self.empty():
                self._take()
                if self._unfinished > 0:
                    self._unfinished -= 1
            if self._unfinished == 0:
                self._finished.set()
        for waiters in (self._getters, self._putters):
            while waiters:
                waiter = waiters.popleft()
                if not waiter.done():
                    waiter.set_result(None)


class LifoQueue(Queue):
    """A queue that gives the newest item first."""

    def _make(self):
        return []

    def _take(self):
        return self._items.pop()


class PriorityQueue(Queue):
    """A queue that gives the smallest item first."""

    def _make(self):
        return []

    def _take(self):
        return heappop(self._items)

    def _add(self, item):
        heappush(self._items, item)
