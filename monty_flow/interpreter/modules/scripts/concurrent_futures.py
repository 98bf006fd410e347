"""`concurrent.futures`: work that is done as it is submitted.

A script runs in one thread, so the threads of a pool run one after another, in the order in which their work was submitted. Calls of
external functions that are to run at the same time belong under `asyncio.gather`.
"""

__all__ = [
    'ALL_COMPLETED', 'BrokenExecutor', 'CancelledError', 'Executor', 'FIRST_COMPLETED', 'FIRST_EXCEPTION', 'Future',
    'InvalidStateError', 'ThreadPoolExecutor', 'TimeoutError', 'as_completed', 'wait',
]  # fmt: skip

import builtins
from collections import namedtuple

FIRST_COMPLETED = 'FIRST_COMPLETED'
FIRST_EXCEPTION = 'FIRST_EXCEPTION'
ALL_COMPLETED = 'ALL_COMPLETED'
TimeoutError = builtins.TimeoutError

DoneAndNotDoneFutures = namedtuple('DoneAndNotDoneFutures', 'done not_done')


class Error(Exception):
    """Base of the errors of this module."""


class CancelledError(Error):
    """The future was cancelled."""


class InvalidStateError(Error):
    """The future is not in a state in which this can be done."""


class BrokenExecutor(RuntimeError):
    """The executor can do no more work."""


class Future:
    """What a piece of work comes to."""

    def __init__(self):
        self._state = 'PENDING'
        self._result = None
        self._exception = None
        self._callbacks = []

    def done(self):
        return self._state in ('CANCELLED', 'FINISHED')

    def running(self):
        return self._state == 'RUNNING'

    def cancelled(self):
        return self._state == 'CANCELLED'

    def cancel(self):
        if self._state in ('RUNNING', 'FINISHED'):
            return False
        if self._state == 'PENDING':
            self._end('CANCELLED')
        return True

    def result(self, timeout=None):
        self._look(timeout)
        if self._exception is not None:
            raise self._exception
        return self._result

    def exception(self, timeout=None):
        self._look(timeout)
        return self._exception

    def add_done_callback(self, fn):
        if self.done():
            fn(self)
        else:
            self._callbacks.append(fn)

    def set_running_or_notify_cancel(self):
        if self._state == 'CANCELLED':
            return False
        self._state = 'RUNNING'
        return True

    def set_result(self, result):
        self._check_open()
        self._result = result
        self._end('FINISHED')

    def set_exception(self, exception):
        self._check_open()
        self._exception = exception
        self._end('FINISHED')

    def _check_open(self):
        if self.done():
            raise InvalidStateError(f'{self._state}: {self!r}')

    def _look(self, timeout):
        if self._state == 'CANCELLED':
            raise CancelledError
        if self._state != 'FINISHED':
            if timeout is None:
                raise RuntimeError('this would wait for ever: a script runs in one thread')
            raise TimeoutError

    def _end(self, state):
        self._state = state
        callbacks, self._callbacks = self._callbacks, []
        for callback in callbacks:
            callback(self)

    def __repr__(self):
        return f'<Future state={self._state.lower()}>'


class Executor:
    """Base of what does work."""

    def submit(self, fn, /, *args, **kwargs):
        raise NotImplementedError

    def map(self, fn, *iterables, timeout=None, chunksize=1):
        # All of it is begun before the first result is asked for.
        futures = [self.submit(fn, *args) for args in zip(*iterables)]
        return _results(futures)

    def shutdown(self, wait=True, *, cancel_futures=False):
        pass

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        self.shutdown(wait=True)
        return False


class ThreadPoolExecutor(Executor):
    """Do each piece of work when it is submitted."""

    def __init__(self, max_workers=None, thread_name_prefix='', initializer=None, initargs=()):
        if max_workers is not None and max_workers <= 0:
            raise ValueError('max_workers must be greater than 0')
        if initializer is not None and not callable(initializer):
            raise TypeError('initializer must be a callable')
        self._shutdown = False
        self._initializer = initializer
        self._initargs = initargs

    def submit(self, fn, /, *args, **kwargs):
        if self._shutdown:
            raise RuntimeError('cannot schedule new futures after shutdown')
        first, self._initializer = self._initializer, None
        if first is not None:
            first(*self._initargs)
        future = Future()
        future._state = 'RUNNING'
        try:
            result = fn(*args, **kwargs)
        except Exception as error:
            future.set_exception(error)
        else:
            future.set_result(result)
        return future

    def shutdown(self, wait=True, *, cancel_futures=False):
        self._shutdown = True


def _results(futures):
    for future in futures:
        yield future.result()


def as_completed(fs, timeout=None):
    """Give futures as they are done: those of a script are."""
    for future in dict.fromkeys(fs):
        if not future.done():
            # It never will be: this raises what says so.
            future._look(timeout)
        yield future


def wait(fs, timeout=None, return_when=ALL_COMPLETED):
    """Return which futures are done and which are not."""
    futures = set(fs)
    done = {future for future in futures if future.done()}
    if done != futures and timeout is None and not (done and return_when == FIRST_COMPLETED):
        raise RuntimeError('this would wait for ever: a script runs in one thread')
    return DoneAndNotDoneFutures(done, futures - done)
