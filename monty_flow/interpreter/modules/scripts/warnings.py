"""Warnings of a script go to its standard error, each text once from each category."""

import sys

__all__ = ['catch_warnings', 'filterwarnings', 'resetwarnings', 'simplefilter', 'warn', 'warn_explicit']


class _Filters:
    def __init__(self):
        self.rules = []
        self.seen = set()
        self.caught = None


_filters = _Filters()


def simplefilter(action, category=Warning, lineno=0, append=False):
    filterwarnings(action, '', category)


def filterwarnings(action, message='', category=Warning, module='', lineno=0, append=False):
    if action not in ('error', 'ignore', 'always', 'all', 'default', 'module', 'once'):
        raise AssertionError(f'invalid action: {action!r}')
    rule = (action, message, category)
    if append:
        _filters.rules.append(rule)
    else:
        _filters.rules.insert(0, rule)


def resetwarnings():
    _filters.rules.clear()


def warn(message, category=None, stacklevel=1, source=None, **options):
    if isinstance(message, Warning):
        category = type(message)
        text = str(message)
    else:
        category = UserWarning if category is None else category
        text = str(message)
        message = category(text)
    if not (isinstance(category, type) and issubclass(category, Warning)):
        raise TypeError(f"category must be a Warning subclass, not '{type(category).__name__}'")
    action = 'default'
    for rule, begins, kind in _filters.rules:
        if issubclass(category, kind) and text.lower().startswith(begins.lower()):
            action = rule
            break
    if action == 'error':
        raise message
    if action == 'ignore':
        return
    if _filters.caught is not None:
        _filters.caught.append(WarningMessage(message, category))
        return
    key = (category, text)
    if action in ('always', 'all') or key not in _filters.seen:
        _filters.seen.add(key)
        sys.stderr.write(f'{category.__name__}: {text}\n')


def warn_explicit(message, category, filename, lineno, *args, **options):
    warn(message, category)


class WarningMessage:
    def __init__(self, message, category):
        self.message = message
        self.category = category
        self.filename = '<script>'
        self.lineno = 0


class catch_warnings:
    def __init__(self, *, record=False, action=None, category=Warning, **options):
        self._record = record
        self._action = action
        self._category = category

    def __enter__(self):
        self._rules = list(_filters.rules)
        self._caught = _filters.caught
        if self._action is not None:
            simplefilter(self._action, self._category)
        if not self._record:
            return None
        _filters.caught = []
        return _filters.caught

    def __exit__(self, kind, error, traceback):
        _filters.rules[:] = self._rules
        _filters.caught = self._caught
