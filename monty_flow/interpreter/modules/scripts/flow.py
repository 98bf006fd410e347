"""What a run can ask of its engine and tell it; each function here ends in one external call."""

import _flow

__all__ = ['Info', 'info', 'now', 'publish', 'status']


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
