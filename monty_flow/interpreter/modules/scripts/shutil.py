"""`shutil`: copies, moves and removals of the run's own files."""

import fnmatch
import os
from collections import namedtuple

__all__ = [
    'Error', 'SameFileError', 'copy', 'copy2', 'copyfile', 'copyfileobj', 'copytree', 'get_terminal_size', 'ignore_patterns',
    'move', 'rmtree',
]


class Error(OSError):
    pass


class SameFileError(Error):
    """Raised when source and destination are the same file."""


def copyfileobj(fsrc, fdst, length=0):
    while True:
        part = fsrc.read(length or 65536)
        if not part:
            return
        fdst.write(part)


def copyfile(src, dst, *, follow_symlinks=True):
    if os.path.abspath(src) == os.path.abspath(dst):
        raise SameFileError(f'{src!r} and {dst!r} are the same file')
    with open(src, 'rb') as source, open(dst, 'wb') as target:
        target.write(source.read())
    return dst


def copy(src, dst, *, follow_symlinks=True):
    if os.path.isdir(dst):
        dst = os.path.join(dst, os.path.basename(src))
    return copyfile(src, dst)


def copy2(src, dst, *, follow_symlinks=True):
    dst = copy(src, dst)
    seen = os.stat(src)
    os.utime(dst, (seen.st_mtime, seen.st_mtime))
    return dst


def ignore_patterns(*patterns):
    def _ignore_patterns(path, names):
        ignored = []
        for pattern in patterns:
            ignored.extend(fnmatch.filter(names, pattern))
        return set(ignored)

    return _ignore_patterns


def copytree(src, dst, symlinks=False, ignore=None, copy_function=copy2, ignore_dangling_symlinks=False, dirs_exist_ok=False):
    names = os.listdir(src)
    ignored = set() if ignore is None else ignore(os.fspath(src), names)
    os.makedirs(dst, exist_ok=dirs_exist_ok)
    for name in names:
        if name in ignored:
            continue
        source, target = os.path.join(src, name), os.path.join(dst, name)
        if os.path.isdir(source):
            copytree(source, target, ignore=ignore, copy_function=copy_function, dirs_exist_ok=dirs_exist_ok)
        else:
            copy_function(source, target)
    return dst


def rmtree(path, ignore_errors=False, onerror=None, *, onexc=None, dir_fd=None):
    try:
        for name in os.listdir(path):
            inner = os.path.join(path, name)
            if os.path.isdir(inner):
                rmtree(inner, ignore_errors, onerror, onexc=onexc)
            else:
                os.unlink(inner)
        os.rmdir(path)
    except OSError as error:
        if onexc is not None:
            onexc(os.rmdir, path, error)
        elif onerror is not None:
            onerror(os.rmdir, path, (type(error), error, None))
        elif not ignore_errors:
            raise


def move(src, dst, copy_function=copy2):
    real = dst
    if os.path.isdir(dst):
        real = os.path.join(dst, os.path.basename(os.path.normpath(src)))
        if os.path.exists(real):
            raise Error(f"Destination path '{real}' already exists")
    if os.path.isdir(src):
        if (os.path.abspath(real) + '/').startswith(os.path.abspath(src) + '/'):
            raise Error(f"Cannot move a directory '{src}' into itself '{real}'.")
    os.rename(src, real)
    return real


_Size = namedtuple('terminal_size', 'columns lines')


def get_terminal_size(fallback=(80, 24)):
    """Return the size of a terminal, of which a script has none."""
    return _Size(*fallback)
