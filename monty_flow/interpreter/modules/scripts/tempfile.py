"""`tempfile`: files and directories among the run's own, with names from its random source."""

import io
import os
import random

__all__ = [
    'NamedTemporaryFile', 'SpooledTemporaryFile', 'TemporaryDirectory', 'TemporaryFile', 'gettempdir', 'gettempprefix',
    'mkdtemp',
]

_LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789_'


def gettempprefix():
    return 'tmp'


def gettempdir():
    found = os.environ.get('TMPDIR') or '/tmp'
    os.makedirs(found, exist_ok=True)
    return found


def _new_name(suffix, prefix, directory):
    directory = gettempdir() if directory is None else os.fspath(directory)
    while True:
        middle = ''.join([random.choice(_LETTERS) for _ in range(8)])
        path = os.path.join(os.path.abspath(directory), f'{"tmp" if prefix is None else prefix}{middle}{suffix or ""}')
        if not os.path.exists(path):
            return path


def mkdtemp(suffix=None, prefix=None, dir=None):
    path = _new_name(suffix, prefix, dir)
    os.mkdir(path)
    return path


class TemporaryDirectory:
    """A directory that is removed when it is left."""

    def __init__(self, suffix=None, prefix=None, dir=None, ignore_cleanup_errors=False, *, delete=True):
        self.name = mkdtemp(suffix, prefix, dir)
        self._ignored = ignore_cleanup_errors
        self._delete = delete

    def __enter__(self):
        return self.name

    def __exit__(self, exc, value, tb):
        if self._delete:
            self.cleanup()

    def cleanup(self):
        if os.path.exists(self.name):
            from shutil import rmtree

            rmtree(self.name, ignore_errors=self._ignored)

    def __repr__(self):
        return f'<TemporaryDirectory {self.name!r}>'


class _TemporaryFile:
    """An open file that is removed when it is closed."""

    def __init__(self, file, name, delete):
        self.file = file
        self.name = name
        self.delete = delete

    def __getattr__(self, name):
        return getattr(self.file, name)

    def __enter__(self):
        return self

    def __exit__(self, exc, value, tb):
        self.close()

    def __iter__(self):
        return iter(self.file)

    def close(self):
        self.file.close()
        if self.delete and os.path.exists(self.name):
            os.unlink(self.name)


def NamedTemporaryFile(
    mode='w+b', buffering=-1, encoding=None, newline=None, suffix=None, prefix=None, dir=None, delete=True, *,
    errors=None, delete_on_close=True,
):
    path = _new_name(suffix, prefix, dir)
    return _TemporaryFile(open(path, mode, buffering, encoding, errors, newline), path, delete)


def TemporaryFile(mode='w+b', buffering=-1, encoding=None, newline=None, suffix=None, prefix=None, dir=None, *, errors=None):
    return io.BytesIO() if 'b' in mode else io.StringIO(newline=newline)


def SpooledTemporaryFile(max_size=0, mode='w+b', *args, **options):
    return TemporaryFile(mode)
