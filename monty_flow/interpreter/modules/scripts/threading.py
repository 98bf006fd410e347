"""`threading`: threads that run one after another.

A script runs in one thread. A `Thread` runs to its end when it is started, which is one of the orders in which CPython might
run it; `join` finds it ended. What would wait for another thread for ever is an error that says so, and what would wait for a
time is over at once. Calls that are to run at the same time belong under `asyncio.gather`.
"""

import sys
import traceback
from types import SimpleNamespace

__all__ = [
    'Barrier', 'BoundedSemaphore', 'BrokenBarrierError', 'Condition', 'Event', 'ExceptHookArgs', 'Lock', 'RLock', 'Semaphore',
    'Thread', 'ThreadError', 'TIMEOUT_MAX', 'active_count', 'current_thread', 'enumerate', 'excepthook', 'get_ident',
    'get_native_id', 'local', 'main_thread',
]  # fmt: skip

TIMEOUT_MAX = 9223372036.0
ThreadError = RuntimeError
ExceptHookArgs = SimpleNamespace


class BrokenBarrierError(RuntimeError):
    """Raised when a barrier is broken."""


def _wait(blocking, timeout):
    """Return False for a wait that is over at once, raise for one that would have no end."""
    if blocking and (timeout is None or timeout < 0):
        raise RuntimeError('this would wait for ever: the threads of a script run one after another')
    return False


class Lock:
    """A lock that nobody else can hold."""

    def __init__(self):
        self._held = 0

    def acquire(self, blocking=True, timeout=-1):
        if self._held:
            return _wait(blocking, timeout)
        self._held = 1
        return True

    def release(self):
        if not self._held:
            raise RuntimeError('release unlocked lock')
        self._held = 0

    def locked(self):
        return self._held > 0

    def __enter__(self):
        return self.acquire()

    def __exit__(self, kind, error, trace):
        self.release()


class RLock(Lock):
    """A lock that its holder can take again."""

    def acquire(self, blocking=True, timeout=-1):
        self._held += 1
        return True

    def release(self):
        if not self._held:
            raise RuntimeError('cannot release un-acquired lock')
        self._held -= 1


class Condition:
    """A condition upon which others wait, who are not there."""

    def __init__(self, lock=None):
        self._lock = RLock() if lock is None else lock

    def acquire(self, blocking=True, timeout=-1):
        return self._lock.acquire(blocking, timeout)

    def release(self):
        self._lock.release()

    def wait(self, timeout=None):
        return _wait(True, timeout)

    def wait_for(self, predicate, timeout=None):
        found = predicate()
        return found if found else _wait(True, timeout)

    def notify(self, n=1):
        pass

    def notify_all(self):
        pass

    def __enter__(self):
        return self._lock.acquire()

    def __exit__(self, kind, error, trace):
        self._lock.release()


class Semaphore:
    """A counter that cannot fall below zero."""

    def __init__(self, value=1):
        if value < 0:
            raise ValueError('semaphore initial value must be >= 0')
        self._value = value

    def acquire(self, blocking=True, timeout=None):
        if not blocking and timeout is not None:
            raise ValueError("can't specify timeout for non-blocking acquire")
        if not self._value:
            return _wait(blocking, timeout)
        self._value -= 1
        return True

    def release(self, n=1):
        if n < 1:
            raise ValueError('n must be one or more')
        self._value += n

    def __enter__(self):
        return self.acquire()

    def __exit__(self, kind, error, trace):
        self.release()


class BoundedSemaphore(Semaphore):
    """A semaphore that is not released more often than it was acquired."""

    def __init__(self, value=1):
        super().__init__(value)
        self._initial_value = value

    def release(self, n=1):
        if n < 1:
            raise ValueError('n must be one or more')
        if self._value + n > self._initial_value:
            raise ValueError('Semaphore released too many times')
        self._value += n


class Event:
    """A flag that others wait for."""

    def __init__(self):
        self._flag = False

    def is_set(self):
        return self._flag

    def set(self):
        self._flag = True

    def clear(self):
        self._flag = False

    def wait(self, timeout=None):
        return self._flag or _wait(True, timeout)


class Barrier:
    """A place where so many threads meet; only one of them is ever there."""

    def __init__(self, parties, action=None, timeout=None):
        if parties < 1:
            raise ValueError('parties must be > 0')
        self.parties = parties
        self.n_waiting = 0
        self.broken = False
        self._action = action
        self._timeout = timeout

    def wait(self, timeout=None):
        if self.broken:
            raise BrokenBarrierError
        if self.parties > 1:
            _wait(True, self._timeout if timeout is None else timeout)
            self.broken = True
            raise BrokenBarrierError
        action = self._action
        if action is not None:
            action()
        return 0

    def reset(self):
        self.broken = False

    def abort(self):
        self.broken = True


class local:
    """Attributes that each thread has for itself."""

    def __init__(self):
        self.__dict__['_of'] = {}

    def __getattr__(self, name):
        values = self.__dict__['_of'].get(_state.current.ident, {})
        if name not in values:
            raise AttributeError(f"'_thread._local' object has no attribute '{name}'")
        return values[name]

    def __setattr__(self, name, value):
        self.__dict__['_of'].setdefault(_state.current.ident, {})[name] = value

    def __delattr__(self, name):
        values = self.__dict__['_of'].get(_state.current.ident, {})
        if name not in values:
            raise AttributeError(f"'_thread._local' object has no attribute '{name}'")
        del values[name]


class Thread:
    """A piece of work that is done when it is started."""

    def __init__(self, group=None, target=None, name=None, args=(), kwargs=None, *, daemon=None):
        if group is not None:
            raise AssertionError('group argument must be None for now')
        _state.made += 1
        if name is None:
            name = f'Thread-{_state.made}'
            if hasattr(target, '__name__'):
                name += f' ({target.__name__})'
        self.name = str(name)
        self.daemon = bool(daemon)
        self.ident = None
        self._number = _state.made + 1
        self._target = target
        self._args = args
        self._kwargs = {} if kwargs is None else kwargs
        self._running = False

    @property
    def native_id(self):
        return self.ident

    def start(self):
        if self.ident is not None:
            raise RuntimeError('threads can only be started once')
        self.ident = self._number
        before, _state.current, self._running = _state.current, self, True
        try:
            self.run()
        except SystemExit:
            pass
        except Exception as error:
            _state.excepthook(SimpleNamespace(exc_type=type(error), exc_value=error, exc_traceback=None, thread=self))
        finally:
            _state.current, self._running = before, False

    def run(self):
        target = self._target
        if target is not None:
            target(*self._args, **self._kwargs)

    def join(self, timeout=None):
        if self.ident is None:
            raise RuntimeError('cannot join thread before it is started')
        if self._running:
            raise RuntimeError('cannot join current thread')

    def is_alive(self):
        return self._running

    def getName(self):
        return self.name

    def setName(self, name):
        self.name = name

    def isDaemon(self):
        return self.daemon

    def setDaemon(self, daemonic):
        self.daemon = daemonic

    def __repr__(self):
        status = 'initial' if self.ident is None else 'started' if self._running else 'stopped'
        return f'<{type(self).__name__}({self.name}, {status}{" daemon" if self.daemon else ""})>'


class _MainThread(Thread):
    def __init__(self):
        self.name = 'MainThread'
        self.daemon = False
        self.ident = 1
        self._running = True


class _State:
    """What changes: the thread that runs, and how many were made."""

    def __init__(self):
        self.made = 0
        self.main = self.current = None
        self.excepthook = excepthook


def excepthook(args, /):
    """Tell of an error that ended a thread."""
    print(f'Exception in thread {args.thread.name}:', file=sys.stderr)
    print(''.join(traceback.format_exception(args.exc_value)), end='', file=sys.stderr)


_state = _State()
_state.main = _state.current = _MainThread()


def current_thread():
    return _state.current


def main_thread():
    return _state.main


def get_ident():
    return _state.current.ident


def get_native_id():
    return _state.current.ident


def enumerate():
    return [_state.main] if _state.current is _state.main else [_state.main, _state.current]


def active_count():
    return len(enumerate())
