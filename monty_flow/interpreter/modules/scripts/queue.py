"""`queue`: queues of one thread.

Nobody else can put an item or take one while a call waits, so what would wait for ever is an error that says so, and what
would wait for a time is over at once.
"""

import heapq
from collections import deque

__all__ = ['Empty', 'Full', 'LifoQueue', 'PriorityQueue', 'Queue', 'ShutDown', 'SimpleQueue']


class Empty(Exception):
    """Raised by get() of an empty queue that is not to wait."""


class Full(Exception):
    """Raised by put() of a full queue that is not to wait."""


class ShutDown(Exception):
    """Raised when put() or get() is called of a queue that is shut down."""


class Queue:
    """A queue whose first item to come is the first to go."""

    def __init__(self, maxsize=0):
        self.maxsize = maxsize
        self.unfinished_tasks = 0
        self.is_shutdown = False
        self._init(maxsize)

    def _init(self, maxsize):
        self.queue = deque()

    def _qsize(self):
        return len(self.queue)

    def _put(self, item):
        self.queue.append(item)

    def _get(self):
        return self.queue.popleft()

    def qsize(self):
        return self._qsize()

    def empty(self):
        return not self._qsize()

    def full(self):
        return 0 < self.maxsize <= self._qsize()

    def put(self, item, block=True, timeout=None):
        if self.is_shutdown:
            raise ShutDown
        if 0 < self.maxsize <= self._qsize():
            _over(block, timeout, Full)
        self._put(item)
        self.unfinished_tasks += 1

    def get(self, block=True, timeout=None):
        if not self._qsize():
            if self.is_shutdown:
                raise ShutDown
            _over(block, timeout, Empty)
        return self._get()

    def put_nowait(self, item):
        return self.put(item, block=False)

    def get_nowait(self):
        return self.get(block=False)

    def task_done(self):
        if self.unfinished_tasks <= 0:
            raise ValueError('task_done() called too many times')
        self.unfinished_tasks -= 1

    def join(self):
        if self.unfinished_tasks:
            _over(True, None, None)

    def shutdown(self, immediate=False):
        self.is_shutdown = True
        if immediate:
            while self._qsize():
                self._get()
                if self.unfinished_tasks > 0:
                    self.unfinished_tasks -= 1

    def __class_getitem__(cls, item):
        from types import GenericAlias

        return GenericAlias(cls, item)


class PriorityQueue(Queue):
    """A queue whose least item is the first to go."""

    def _init(self, maxsize):
        self.queue = []

    def _put(self, item):
        heapq.heappush(self.queue, item)

    def _get(self):
        return heapq.heappop(self.queue)


class LifoQueue(Queue):
    """A queue whose last item to come is the first to go."""

    def _init(self, maxsize):
        self.queue = []

    def _get(self):
        return self.queue.pop()


class SimpleQueue:
    """A queue without bound, and without a count of unfinished tasks."""

    def __init__(self):
        self._queue = deque()

    def put(self, item, block=True, timeout=None):
        self._queue.append(item)

    def get(self, block=True, timeout=None):
        if not self._queue:
            _over(block, timeout, Empty)
        return self._queue.popleft()

    def put_nowait(self, item):
        return self.put(item, block=False)

    def get_nowait(self):
        return self.get(block=False)

    def empty(self):
        return len(self._queue) == 0

    def qsize(self):
        return len(self._queue)

    def __class_getitem__(cls, item):
        from types import GenericAlias

        return GenericAlias(cls, item)


def _over(block, timeout, error):
    """End a wait in which nothing can happen."""
    if block and timeout is None:
        raise RuntimeError('this would wait for ever: scripts run in one thread, and nobody else can put or take an item')
    if block and timeout < 0:
        raise ValueError("'timeout' must be a non-negative number")
    raise error
