"""`os.path`: POSIX rules on text, and questions to the run's file system."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable
from typing import Any

from monty_flow.interpreter.modules.module import Definition, Functions, metered
from monty_flow.interpreter.runtime.files import files_of, is_directory, shown, size_and_time
from monty_flow.interpreter.runtime.open_files import path_text

#: Constants of `os` that `os.path` has too.
TEXTS = {
    'sep': '/',
    'altsep': None,
    'extsep': '.',
    'pathsep': ':',
    'curdir': '.',
    'pardir': '..',
    'devnull': '/dev/null',
    'defpath': '/bin:/usr/bin',
}
_VARIABLE = re.compile(r'\$(?:(\w+)|\{([^}]*)\})', re.ASCII)


class PathFunctions(Functions):
    """The functions of `os.path`."""

    __slots__ = ()
    module = 'os.path'

    # Text

    def join(self, a: Any, /, *paths: Any) -> Any:
        exact = [_path(path) for path in (a, *paths)]
        self._run.charge(len(exact))
        self._run.reserve(sum(map(len, exact)) + len(exact))
        return posixpath.join(*exact)

    def basename(self, p: Any) -> Any:
        return self._of(posixpath.basename, p)

    def dirname(self, p: Any) -> Any:
        return self._of(posixpath.dirname, p)

    def split(self, p: Any) -> Any:
        return self._of(posixpath.split, p)

    def splitext(self, p: Any) -> Any:
        return self._of(posixpath.splitext, p)

    def splitdrive(self, p: Any) -> Any:
        return self._of(posixpath.splitdrive, p)

    def normpath(self, path: Any) -> Any:
        return self._of(posixpath.normpath, path)

    def normcase(self, s: Any) -> Any:
        return _path(s)

    def isabs(self, s: Any) -> bool:
        return posixpath.isabs(_path(s))

    def abspath(self, path: Any) -> Any:
        exact = _path(path)
        here = shown(files_of(self._run).cwd)
        return self.normpath(self.join(here if isinstance(exact, str) else here.encode(), exact))

    def realpath(self, filename: Any, *, strict: bool = False) -> Any:
        if strict:
            files_of(self._run).require(path_text(filename))
        return self.abspath(filename)

    def commonpath(self, paths: Iterable[Any]) -> Any:
        return posixpath.commonpath(self._all(paths))

    def commonprefix(self, m: Iterable[Any]) -> Any:
        return posixpath.commonprefix(self._all(m))

    def relpath(self, path: Any, start: Any = None) -> Any:
        if not path:
            raise ValueError('no path specified')
        exact = _path(path)
        begin = self.abspath('.' if isinstance(exact, str) else b'.') if not start else self.abspath(start)
        return self._of(lambda absolute: posixpath.relpath(absolute, begin), self.abspath(exact))

    def expanduser(self, path: Any) -> Any:
        exact = path_text(path)
        home = files_of(self._run).environ.get('HOME')
        return home + exact[1:] if home and (exact == '~' or exact.startswith('~/')) else exact

    def expandvars(self, path: Any) -> Any:
        exact = path_text(path)
        environ = files_of(self._run).environ
        longest = max(map(len, environ.values()), default=0)
        self._run.reserve(len(exact) + exact.count('$') * longest)
        return _VARIABLE.sub(lambda match: environ.get(match[1] or match[2], match[0]), exact)

    # The file system

    def exists(self, path: Any) -> bool:
        return self._found(path) is not None

    def lexists(self, path: Any) -> bool:
        return self._found(path) is not None

    def isfile(self, path: Any) -> bool:
        node = self._found(path)
        return node is not None and not is_directory(node)

    def isdir(self, s: Any) -> bool:
        return is_directory(self._found(s))

    def islink(self, path: Any) -> bool:
        self._found(path)
        return False

    def ismount(self, path: Any) -> bool:
        return files_of(self._run).resolve(path_text(path)) == ()

    def getsize(self, filename: Any) -> int:
        return size_and_time(files_of(self._run).require(path_text(filename)))[0]

    def getmtime(self, filename: Any) -> float:
        return size_and_time(files_of(self._run).require(path_text(filename)))[1]

    def getatime(self, filename: Any) -> float:
        return self.getmtime(filename)

    def getctime(self, filename: Any) -> float:
        return self.getmtime(filename)

    def samefile(self, f1: Any, f2: Any) -> bool:
        files = files_of(self._run)
        one, other = path_text(f1), path_text(f2)
        files.require(one)
        files.require(other)
        return files.resolve(one) == files.resolve(other)

    def _found(self, path: Any) -> Any:
        files = files_of(self._run)
        try:
            return files.find(files.resolve(path_text(path)))
        except (OSError, ValueError):
            return None

    def _of(self, function: Callable[[Any], Any], path: Any) -> Any:
        exact = _path(path)
        self._run.charge(len(exact) >> 4)
        return function(exact)

    def _all(self, paths: Iterable[Any]) -> list[Any]:
        exact = [_path(path) for path in metered(self._run, paths)]
        self._run.charge(sum(map(len, exact)) >> 4)
        return exact


def _path(path: Any) -> Any:
    return path if type(path) is bytes else path_text(path)


MODULE = Definition(
    'os.path',
    static={**TEXTS, 'supports_unicode_filenames': False},
    functions=PathFunctions,
    left_out={
        'there are no such things in the file system of a script': 'isjunction isdevdrive isreserved',
        'a script has no file descriptors': 'sameopenfile samestat',
        'it is not part of this release; use split()': 'splitroot',
        'it is not meant for users of the module': 'genericpath os stat sys ALLOW_MISSING',
    },
)
