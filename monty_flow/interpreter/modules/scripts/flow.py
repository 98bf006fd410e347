"""What a run can ask of its engine and tell it; each function here ends in one external call.

Where a wait is awaited, `await flow.approve(...)`, or handed to `asyncio.gather`, the function with `_beside` after its name is called (`runtime/waits.py`).
Runs stand in the middle of these functions: what comes before a wait in its function keeps its form.
"""

import _flow
from datetime import timedelta

__all__ = ['Approval', 'Info', 'Run', 'RunFailed', 'RunsRefused', 'approve', 'run', 'start', 'info', 'map', 'now', 'publish', 'status', 'wait_signal']


class Info:
    """What a run knows of itself."""

    def __init__(self, facts):
        self.run_id = facts['run_id']
        self.script_name = facts['script_name']
        self.key = facts['key']
        self.inputs = facts['inputs']
        self.step = facts['step']
        self.attempt = facts['attempt']
        self.parent = facts['parent']
        self.tags = facts['tags']

    def __repr__(self):
        return f'Info(run_id={self.run_id!r}, script_name={self.script_name!r}, step={self.step!r})'


def info():
    return Info(_flow.info())


def now():
    return _flow.now()


def status(text):
    if not isinstance(text, str):
        raise TypeError(f'flow.status() takes a text, not {type(text).__name__}')
    _flow.status(text)


def publish(name, value):
    if not isinstance(name, str):
        raise TypeError(f'flow.publish() takes the name as a text, not {type(name).__name__}')
    _flow.publish(name, value)


def wait_signal(name, timeout=None):
    if not isinstance(name, str):
        raise TypeError(f'flow.wait_signal() takes the name as a text, not {type(name).__name__}')
    return _flow.wait_signal(name, _seconds(timeout, 'flow.wait_signal'))


async def _wait_signal_beside(name, timeout=None):
    return await _flow.beginner()(_flow.wait_signal, name, _seconds(timeout, 'flow.wait_signal'))


class Approval:
    """What a person has decided; true when it is approved."""

    def __init__(self, decision):
        self.approved = decision['approved']
        self.by = decision['by']
        self.comment = decision['comment']

    def __bool__(self):
        return self.approved

    def __repr__(self):
        return f'Approval(approved={self.approved!r}, by={self.by!r}, comment={self.comment!r})'


def approve(question, timeout=None):
    if not isinstance(question, str):
        raise TypeError(f'flow.approve() takes the question as a text, not {type(question).__name__}')
    return Approval(_flow.approve(question, _seconds(timeout, 'flow.approve')))


async def _approve_beside(question, timeout=None):
    return Approval(await _flow.beginner()(_flow.approve, question, _seconds(timeout, 'flow.approve')))


class RunFailed(Exception):
    """A run that this one has started did not succeed."""

    def __init__(self, text, run_id, error_type, message, traceback):
        super().__init__(text)
        self.run_id = run_id
        self.error_type = error_type
        self.message = message
        self.traceback = traceback


class RunsRefused(Exception):
    """No more runs may be started, or none so deep."""


class Run:
    """A run that this one has started."""

    def __init__(self, run_id):
        self.id = run_id

    def result(self, timeout=None):
        end = _flow.wait_run(self.id, _seconds(timeout, 'result'))
        return _output(self, end)

    def __await__(self):
        return _result_beside(self).__await__()

    def cancel(self):
        _flow.cancel_run(self.id)

    def __repr__(self):
        return f'Run({self.id!r})'


async def _result_beside(run, timeout=None):
    return _output(run, await _flow.beginner()(_flow.wait_run, run.id, _seconds(timeout, 'result')))


def _output(run, end):
    """Return the output of a run that has ended, or raise what became of it."""
    if end['status'] == 'succeeded':
        return end['output']
    if end['status'] == 'cancelled':
        raise RunFailed(f'run {run.id} was cancelled', run.id, 'Cancelled', '', '')
    error_type, message, traceback = end['error']
    text = f'{error_type}: {message}' if message else error_type
    raise RunFailed(f'run {run.id} failed with {text}', run.id, error_type, message, traceback)


def start(script, /, **inputs):
    if not isinstance(script, str):
        raise TypeError(f'flow.start() takes the source of a script as a text, not {type(script).__name__}')
    started = _flow.start(script, inputs)
    if 'refused' in started:
        raise RunsRefused(started['refused'])
    return Run(started['id'])


def run(script, /, **inputs):
    return start(script, **inputs).result()


async def _run_beside(script, /, **inputs):
    return await start(script, **inputs)


def map(function, items, concurrency=10, return_exceptions=False):
    if not isinstance(concurrency, int) or isinstance(concurrency, bool):
        raise TypeError(f'flow.map() takes the concurrency as a whole number, not {type(concurrency).__name__}')
    name = _flow.function_name(function)
    listed = list(items)
    begin = _flow.beginner()
    if begin is not None:
        return _map_beside(begin, name, listed, concurrency, bool(return_exceptions))
    return _results(_flow.map(name, listed, concurrency, bool(return_exceptions)))


async def _map_beside(begin, name, items, concurrency, return_exceptions):
    return _results(await begin(_flow.map, name, items, concurrency, return_exceptions))


def _results(found):
    """Return the results of a map in the order of its items, each error in the place of its result."""
    results = found['results']
    for place, name, message, arguments in found['errors']:
        results[place] = _flow.made_error(name, message, arguments)
    return results


def _seconds(timeout, function):
    """Return a timeout as the host takes it: seconds, or None for ever."""
    if timeout is None:
        return None
    if isinstance(timeout, timedelta):
        return timeout.total_seconds()
    if not isinstance(timeout, (int, float)):
        raise TypeError(f'{function}() takes the timeout in seconds, as a timedelta, or None, not {type(timeout).__name__}')
    return float(timeout)
