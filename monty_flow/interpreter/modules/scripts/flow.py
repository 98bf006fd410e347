"""What a run can ask of its engine and tell it; each function here ends in one external call."""

import _flow
from datetime import timedelta

__all__ = ['Approval', 'Info', 'approve', 'info', 'now', 'publish', 'status', 'wait_signal']


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


def _seconds(timeout, function):
    """Return a timeout as the host takes it: seconds, or None for ever."""
    if timeout is None:
        return None
    if isinstance(timeout, timedelta):
        return timeout.total_seconds()
    if not isinstance(timeout, (int, float)):
        raise TypeError(f'{function}() takes the timeout in seconds, as a timedelta, or None, not {type(timeout).__name__}')
    return float(timeout)
