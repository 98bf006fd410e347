"""Threads that work off tasks, and an event loop in a thread for async functions.

Threads are made when they are needed and are daemons: a host function that hangs must not hold back the end of
the process. One that hangs over its time-out is given up: another thread takes its place, and it ends by
itself if it ever comes back.
"""

from __future__ import annotations

import asyncio
import inspect
import logging
import threading
from collections.abc import Callable, Coroutine
from queue import SimpleQueue
from typing import Any, Generic, TypeVar

Task = TypeVar('Task')

logger = logging.getLogger('monty_flow.engine')


class ThreadLost(BaseException):
    """Tell a pool from within a task that this thread was replaced, so it ends."""


class Pool(Generic[Task]):
    """Up to `size` threads that call `work` with each task that is put."""

    def __init__(self, size: int, work: Callable[[Task], None], name: str) -> None:
        self._size = size
        self._work = work
        self._name = name
        self._tasks: SimpleQueue[Task | None] = SimpleQueue()
        self._lock = threading.Lock()
        self._threads = 0
        #: Threads without a task, new ones among them, and tasks that no thread has. Both change together when a thread takes one:
        #: counted apart, a thread that has just taken a task would pass for one that waits, and the next task wait for its end.
        self._idle = 0
        self._untaken = 0

    def put(self, task: Task) -> None:
        """Have a task done by the next free thread."""
        with self._lock:
            self._untaken += 1
            starts = self._idle < self._untaken and self._threads < self._size
            if starts:
                self._threads += 1
                self._idle += 1
        self._tasks.put(task)
        if starts:
            self._start()

    def replace_thread(self) -> None:
        """Give up a thread that is stuck in its task; that task must end in ThreadLost."""
        with self._lock:
            # Tasks that no thread has may have waited for this one.
            starts = self._idle < self._untaken and self._threads <= self._size
            if starts:
                self._idle += 1
            else:
                self._threads -= 1
        if starts:
            self._start()

    def _start(self) -> None:
        try:
            threading.Thread(target=self._run, name=self._name, daemon=True).start()
        except RuntimeError as error:  # the machine has no more of them
            with self._lock:
                self._threads -= 1
                self._idle -= 1
                is_alone = not self._threads
            if is_alone:
                raise
            logger.warning('%s; the task waits for one of the %d that there are', error, self._threads)

    def stop(self) -> None:
        """Let every thread end after the task that it has."""
        with self._lock:
            self._size = 0
            waiting = self._threads
        for _ in range(waiting):
            self._tasks.put(None)

    def _run(self) -> None:
        while True:
            task = self._tasks.get()
            if task is None:
                return
            with self._lock:
                self._idle -= 1
                self._untaken -= 1
            try:
                self._work(task)
            except ThreadLost:
                return
            except BaseException:  # also SystemExit: a thread less would be noticed by nobody
                logger.exception('a task of the worker failed; this is an error of the engine')
            with self._lock:
                self._idle += 1


class LoopThread:
    """An asyncio event loop in a thread of its own, begun at its first use."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._tasks: dict[Any, asyncio.Task[None]] = {}

    def spawn(self, key: Any, coroutine: Coroutine[Any, Any, None]) -> None:
        """Run a coroutine; `cancel(key)` ends it early."""
        loop = self._running_loop()
        loop.call_soon_threadsafe(self._begin, key, coroutine)

    def cancel(self, key: Any) -> None:
        """Cancel the coroutine of this key, if it runs."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._cancel, key)

    def stop(self) -> None:
        """End the loop; what still runs is cancelled."""
        with self._lock:
            loop, self._loop = self._loop, None
        if loop is not None:
            loop.call_soon_threadsafe(loop.stop)

    def _running_loop(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                threading.Thread(target=self._run, args=(self._loop,), name=self._name, daemon=True).start()
            return self._loop

    def _run(self, loop: asyncio.AbstractEventLoop) -> None:
        asyncio.set_event_loop(loop)
        while True:
            try:
                loop.run_forever()
            except BaseException:
                # SystemExit and KeyboardInterrupt of a task that a function has left to itself pass by the loop. Were it to end by them,
                # all functions in it would stand still, and nobody would hear of it.
                logger.exception('a task of a function ended in an error that ends a loop; the others go on')
            else:
                break
        for task in asyncio.all_tasks(loop):
            task.cancel()
        # One more turn lets cancelled functions close what they have open.
        loop.run_until_complete(asyncio.sleep(0))
        loop.close()

    def _begin(self, key: Any, coroutine: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(coroutine)
        self._tasks[key] = task
        task.add_done_callback(lambda _: self._tasks.pop(key, None))

    def _cancel(self, key: Any) -> None:
        task = self._tasks.get(key)
        if task is None:
            return
        coroutine = task.get_coro()
        if inspect.iscoroutine(coroutine) and inspect.getcoroutinestate(coroutine) == inspect.CORO_CREATED:
            # It would end without a step, and nobody would hear of it: it is cancelled at its first wait.
            task.get_loop().call_soon(self._cancel, key)
            return
        task.cancel()
