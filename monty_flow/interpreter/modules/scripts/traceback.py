"""`traceback`: exceptions as Python prints them, with the lines of the script."""

import sys
from _frames import entries as _entries

__all__ = [
    'FrameSummary', 'StackSummary', 'TracebackException', 'extract_tb', 'format_exc', 'format_exception',
    'format_exception_only', 'format_list', 'format_tb', 'print_exc', 'print_exception', 'print_list', 'print_tb',
]

_CAUSE = '\nThe above exception was the direct cause of the following exception:\n\n'
_CONTEXT = '\nDuring handling of the above exception, another exception occurred:\n\n'


class _GIVEN:
    """What stands for the value that goes with the first argument: a class of the module is the same one after a pause."""


class FrameSummary:
    """One line of a traceback."""

    def __init__(self, filename, lineno, name, *, lookup_line=True, locals=None, line=None, **places):
        self.filename = filename
        self.lineno = lineno
        self.name = name
        self.line = line
        self.locals = locals

    def __iter__(self):
        return iter([self.filename, self.lineno, self.name, self.line])

    def __getitem__(self, place):
        return (self.filename, self.lineno, self.name, self.line)[place]

    def __len__(self):
        return 4

    def __eq__(self, other):
        if isinstance(other, (FrameSummary, tuple)):
            return tuple(self) == tuple(other)
        return NotImplemented

    def __repr__(self):
        return f'<FrameSummary file {self.filename}, line {self.lineno} in {self.name}>'


class StackSummary(list):
    """The lines of a traceback."""

    def format(self):
        return [_line_of(frame) for frame in self]


def _line_of(frame):
    filename, lineno, name, line = frame
    text = f'  File "{filename}", line {lineno}, in {name}\n'
    return f'{text}    {line.strip()}\n' if line else text


def _limited(frames, limit):
    if limit is None:
        return frames
    return frames[:limit] if limit >= 0 else frames[limit:]


def extract_tb(tb, limit=None):
    found = [] if tb is None else _entries(tb)
    return StackSummary([FrameSummary(file, number, name, line=line) for file, number, name, line in _limited(found, limit)])


def format_list(extracted_list):
    return [_line_of(frame) for frame in extracted_list]


def print_list(extracted_list, file=None):
    _print(format_list(extracted_list), file)


def format_tb(tb, limit=None):
    return format_list(extract_tb(tb, limit))


def print_tb(tb, limit=None, file=None):
    _print(format_tb(tb, limit), file)


def _print(lines, file):
    file = sys.stderr if file is None else file
    for line in lines:
        file.write(line)


def format_exception_only(exc, value=_GIVEN, *, show_group=False):
    error = exc if value is _GIVEN else value
    if error is None:
        return ['NoneType: None\n']
    kind = type(error)
    name = kind.__qualname__ if kind.__module__ in ('__main__', 'builtins') else f'{kind.__module__}.{kind.__qualname__}'
    try:
        text = str(error)
    except Exception:
        text = '<exception str() failed>'
    lines = [f'{name}: {text}\n' if text else f'{name}\n']
    for note in getattr(error, '__notes__', ()):
        lines += [line + '\n' for line in str(note).split('\n')]
    return lines


def _blocks(error, limit, chain, seen):
    lines = []
    seen.append(error)
    if chain:
        cause = error.__cause__
        context = error.__context__
        if cause is not None:
            if not any(cause is other for other in seen):
                lines += [*_blocks(cause, limit, chain, seen), _CAUSE]
        elif context is not None and not error.__suppress_context__ and not any(context is other for other in seen):
            lines += [*_blocks(context, limit, chain, seen), _CONTEXT]
    frames = _limited(_entries(error), limit)
    if frames:
        lines.append('Traceback (most recent call last):\n')
        lines += format_list(frames)
    return lines + format_exception_only(error)


def format_exception(exc, /, value=_GIVEN, tb=_GIVEN, limit=None, chain=True, **options):
    error = exc if value is _GIVEN else value
    if error is None:
        return ['NoneType: None\n']
    if not isinstance(error, BaseException):
        raise TypeError(f'Exception expected for value, {type(error).__name__} found')
    return _blocks(error, limit, chain, [])


def print_exception(exc, /, value=_GIVEN, tb=_GIVEN, limit=None, file=None, chain=True, **options):
    _print(format_exception(exc, value, tb, limit, chain), file)


def format_exc(limit=None, chain=True):
    return ''.join(format_exception(sys.exc_info()[1], limit=limit, chain=chain))


def print_exc(limit=None, file=None, chain=True):
    print_exception(sys.exc_info()[1], limit=limit, file=file, chain=chain)


class TracebackException:
    """An exception as text, taken now to be shown later."""

    def __init__(self, exc_type, exc_value, exc_traceback, *, limit=None, **options):
        self.exc_type = exc_type
        self.exc_type_str = exc_type.__qualname__
        self.stack = StackSummary(
            [FrameSummary(file, number, name, line=line) for file, number, name, line in _limited(_entries(exc_value), limit)]
        )
        self._lines = format_exception(exc_value, limit=limit)
        self._last = format_exception_only(exc_value)
        self._text = str(exc_value)

    @classmethod
    def from_exception(cls, exc, *args, **kwargs):
        return cls(type(exc), exc, exc.__traceback__, *args, **kwargs)

    def format(self, *, chain=True, **options):
        yield from self._lines

    def format_exception_only(self, **options):
        yield from self._last

    def print(self, *, file=None, chain=True):
        _print(self._lines, file)

    def __str__(self):
        return self._text
