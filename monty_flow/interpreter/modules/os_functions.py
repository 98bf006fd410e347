"""The functions of `os` on the run's file system and environment."""

from __future__ import annotations

import errno
import stat
from collections.abc import Iterator
from typing import Any

from monty_flow.interpreter.modules.library import Stepper, typed
from monty_flow.interpreter.modules.module import Frozen, Functions
from monty_flow.interpreter.runtime.files import failure, files_of, is_directory, shown, size_and_time
from monty_flow.interpreter.runtime.open_files import path_text
from monty_flow.interpreter.runtime.run import Run

_DIRECTORY_MODE, _FILE_MODE = stat.S_IFDIR | 0o755, stat.S_IFREG | 0o644
#: Bytes that `urandom` makes at once.
_MAX_RANDOM = 1 << 20


class StatResult(Frozen):
    """What `os.stat` tells: the size and time are those of the file, the rest is the same for all."""

    __slots__ = (
        'st_atime',
        'st_ctime',
        'st_dev',
        'st_gid',
        'st_ino',
        'st_mode',
        'st_mtime',
        'st_nlink',
        'st_size',
        'st_uid',
    )
    script_type_name = 'stat_result'
    st_mode: int
    st_size: int
    st_mtime: float

    def __init__(self, mode: int, size: int, modified: float) -> None:
        self._set(
            st_mode=mode, st_size=size, st_mtime=modified, st_atime=modified, st_ctime=modified, st_ino=0, st_dev=0,
            st_nlink=1, st_uid=0, st_gid=0,
        )  # fmt: skip

    def __getitem__(self, index: int) -> Any:
        return (self.st_mode, 0, 0, 1, 0, 0, self.st_size, *(int(self.st_mtime),) * 3)[index]

    def __eq__(self, other: object) -> bool:
        return type(other) is StatResult and stat_parts(self) == stat_parts(other)

    def __hash__(self) -> int:
        return hash(stat_parts(self))

    def __repr__(self) -> str:
        return f'os.stat_result(st_mode={self.st_mode}, st_size={self.st_size}, st_mtime={self.st_mtime})'


def stat_parts(result: StatResult) -> tuple[int, int, float]:
    """Return what a snapshot stores."""
    return result.st_mode, result.st_size, result.st_mtime


class DirEntry(Frozen):
    """One entry that `os.scandir` gives."""

    __slots__ = ('_run', 'name', 'path')
    script_type_name = 'DirEntry'
    _run: Run
    name: str
    path: str

    def __init__(self, run: Run, name: str, path: str) -> None:
        self._set(_run=run, name=name, path=path)

    def is_dir(self, *, follow_symlinks: bool = True) -> bool:
        files = files_of(self._run)
        return is_directory(files.find(files.resolve(self.path)))

    def is_file(self, *, follow_symlinks: bool = True) -> bool:
        files = files_of(self._run)
        node = files.find(files.resolve(self.path))
        return node is not None and not is_directory(node)

    def is_symlink(self) -> bool:
        return False

    def stat(self, *, follow_symlinks: bool = True) -> StatResult:
        return stat_of(self._run, self.path)

    def __fspath__(self) -> str:
        return self.path

    def __repr__(self) -> str:
        return f'<DirEntry {self.name!r}>'


class Entries(Frozen):
    """What `os.scandir` gives: an iterator that is a context manager too."""

    __slots__ = ('_left',)
    script_type_name = 'ScandirIterator'
    _left: list[DirEntry]

    def __init__(self, entries: list[DirEntry]) -> None:
        self._set(_left=entries[::-1])

    def __iter__(self) -> Iterator[DirEntry]:
        return self

    def __next__(self) -> DirEntry:
        if not self._left:
            raise StopIteration
        return self._left.pop()

    def close(self) -> None:
        self._left.clear()

    def __enter__(self) -> Entries:
        return self

    def __exit__(self, kind: Any, error: Any, traceback: Any) -> None:
        """Leave the rest as it is: nothing is open."""


def entries_left(entries: Entries) -> list[DirEntry]:
    """Return what a snapshot stores of an iterator over entries, in order."""
    return entries._left[::-1]


class Walk(Stepper):
    """What `os.walk` gives; taking names out of a list of directories keeps it from going there."""

    __slots__ = ('_opened', '_pending', '_topdown')
    script_type_name = 'generator'
    #: Paths to go to, the last first; bottom up, also what has been looked at and is to be given: (path, dirs, files).
    _pending: list[Any]
    #: The path and the list of directories that were given last.
    _opened: tuple[str, list[str]] | None
    _topdown: bool

    def __init__(self, run: Run, top: str, topdown: bool) -> None:
        super().__init__(run)
        self._pending, self._opened, self._topdown = [top], None, topdown

    def __next__(self) -> tuple[str, list[str], list[str]]:
        self._run.charge(1)
        if self._opened is not None:
            self._go_below(*self._opened)
            self._opened = None
        while self._pending:
            item = self._pending.pop()
            if type(item) is tuple:
                return item
            found = self._look(item)
            if found is None:
                continue
            path, below, plain = found
            if self._topdown:
                self._opened = (path, below)
                return found
            self._pending.append((path, below, plain))
            self._go_below(path, below)
        raise StopIteration

    def _look(self, path: str) -> tuple[str, list[str], list[str]] | None:
        files = files_of(self._run)
        if not is_directory(files.find(files.resolve(path))):
            return None
        below: list[str] = []
        plain: list[str] = []
        for name in files.names(path):
            inner = files.find(files.resolve(f'{path}/{name}'))
            (below if is_directory(inner) else plain).append(name)
        return path, below, plain

    def _go_below(self, path: str, names: list[str]) -> None:
        base = path if path.endswith('/') else f'{path}/'
        self._pending.extend(base + name for name in reversed(names) if isinstance(name, str))

    def _state(self) -> tuple[Any, ...]:
        return self._pending, self._opened, self._topdown

    def _go_on(self, *state: Any) -> None:
        pending, opened, topdown = state
        if opened is not None and (len(typed(opened, tuple)) != 2 or type(opened[0]) is not str):
            raise TypeError('a walk stands nowhere')
        self._pending, self._opened, self._topdown = typed(pending, list), opened, typed(topdown, bool)
        if not all(type(item) in (str, tuple) for item in pending):
            raise TypeError('a walk goes nowhere')


def stat_of(run: Run, path: str) -> StatResult:
    """Return what `os.stat` says of a path."""
    node = files_of(run).require(path)
    size, modified = size_and_time(node)
    return StatResult(_DIRECTORY_MODE if is_directory(node) else _FILE_MODE, size, modified)


class Environ(Frozen):
    """`os.environ`: the environment of one run, which the script may change for itself."""

    __slots__ = ('_run',)
    _run: Run
    script_type_name = 'environ'

    def __init__(self, run: Run) -> None:
        self._set(_run=run)

    @property
    def _texts(self) -> dict[str, str]:
        return files_of(self._run).environ

    def get(self, key: Any, default: Any = None, /) -> Any:
        return self._texts.get(key, default) if isinstance(key, str) else default

    def keys(self) -> list[str]:
        return list(self._texts)

    def values(self) -> list[str]:
        return list(self._texts.values())

    def items(self) -> list[tuple[str, str]]:
        return list(self._texts.items())

    def copy(self) -> dict[str, str]:
        return dict(self._texts)

    def setdefault(self, key: Any, value: Any = None, /) -> Any:
        if key not in self._texts:
            self[key] = value
        return self._texts[key]

    def pop(self, key: Any, /, *default: Any) -> Any:
        return self._texts.pop(_name(key), *default)

    def update(self, other: Any = (), /, **texts: Any) -> None:
        for key, value in [*dict(other).items(), *texts.items()]:
            self[key] = value

    def __getitem__(self, key: Any) -> str:
        return self._texts[_name(key)]

    def __setitem__(self, key: Any, value: Any) -> None:
        name, text = _name(key), _name(value)
        if not name or '=' in name or '\0' in name + text:
            raise ValueError('illegal environment variable name')
        held = sum(len(one) + len(other) for one, other in self._texts.items())
        self._run.reserve(held + len(name) + len(text))
        self._run.charge(1 + (held >> 9))
        self._texts[name] = text

    def __delitem__(self, key: Any) -> None:
        del self._texts[_name(key)]

    def __contains__(self, key: object) -> bool:
        return key in self._texts

    def __iter__(self) -> Iterator[str]:
        return iter(list(self._texts))

    def __len__(self) -> int:
        return len(self._texts)

    def __repr__(self) -> str:
        return f'environ({self._texts!r})'


def _name(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f'str expected, not {type(value).__name__}')
    return str.__str__(value)


class OsFunctions(Functions):
    """The functions of `os`."""

    __slots__ = ()
    module = 'os'

    # The environment

    def getenv(self, key: Any, default: Any = None) -> Any:
        return files_of(self._run).environ.get(_name(key), default)

    def putenv(self, name: Any, value: Any, /) -> None:
        Environ(self._run)[name] = value

    def unsetenv(self, name: Any, /) -> None:
        files_of(self._run).environ.pop(_name(name), None)

    def getcwd(self) -> str:
        return shown(files_of(self._run).cwd)

    def chdir(self, path: Any) -> None:
        exact = path_text(path)
        files = files_of(self._run)
        if not is_directory(files.require(exact)):
            raise failure(errno.ENOTDIR, exact)
        files.cwd = files.resolve(exact)

    def fspath(self, path: Any) -> Any:
        return path if type(path) is bytes else path_text(path)

    def fsencode(self, filename: Any) -> bytes:
        return path_text(filename).encode('utf-8', 'surrogateescape')

    def fsdecode(self, filename: Any) -> str:
        return path_text(filename)

    def urandom(self, size: int, /) -> bytes:
        """Return bytes of the run's own random source, which a snapshot carries; they are no secret."""
        if size > _MAX_RANDOM:
            self._run.reserve(size)
        return self._run.random.randbytes(size)

    def cpu_count(self) -> int:
        return 1

    def getpid(self) -> int:
        return 1

    # Looking

    def listdir(self, path: Any = '.') -> list[str]:
        return files_of(self._run).names(path_text('.' if path is None else path))

    def scandir(self, path: Any = '.') -> Entries:
        exact = path_text('.' if path is None else path)
        run = self._run
        base = exact if exact.endswith('/') else f'{exact}/'
        return Entries([DirEntry(run, name, base + name) for name in files_of(run).names(exact)])

    def walk(self, top: Any, topdown: bool = True, onerror: Any = None, followlinks: bool = False) -> Walk:
        return Walk(self._run, path_text(top), bool(topdown))

    def stat(self, path: Any, *, follow_symlinks: bool = True) -> StatResult:
        return stat_of(self._run, path_text(path))

    def lstat(self, path: Any) -> StatResult:
        return stat_of(self._run, path_text(path))

    def access(self, path: Any, mode: int) -> bool:
        files = files_of(self._run)
        exact = path_text(path)
        parts = files.resolve(exact)
        if files.find(parts) is None:
            return False
        if mode & 2:
            try:
                files.check_writable(parts, exact)
            except OSError:
                return False
        return True

    # Changing

    def mkdir(self, path: Any, mode: int = 0o777) -> None:
        files_of(self._run).make_directory(path_text(path))

    def makedirs(self, name: Any, mode: int = 0o777, exist_ok: bool = False) -> None:
        files = files_of(self._run)
        exact = path_text(name)
        parts = files.resolve(exact)
        found = files.find(parts)
        if found is not None and not (exist_ok and is_directory(found)):
            raise failure(errno.EEXIST, exact)
        for length in range(1, len(parts) + 1):
            if files.find(parts[:length]) is None:
                files.make_directory(shown(parts[:length]))

    def remove(self, path: Any) -> None:
        files_of(self._run).remove_file(path_text(path))

    def unlink(self, path: Any) -> None:
        files_of(self._run).remove_file(path_text(path))

    def rmdir(self, path: Any) -> None:
        files_of(self._run).remove_directory(path_text(path))

    def removedirs(self, name: Any) -> None:
        files = files_of(self._run)
        parts = files.resolve(path_text(name))
        files.remove_directory(shown(parts))
        for length in range(len(parts) - 1, 0, -1):
            if files.names(shown(parts[:length])):
                break
            files.remove_directory(shown(parts[:length]))

    def rename(self, src: Any, dst: Any) -> None:
        files_of(self._run).rename(path_text(src), path_text(dst))

    def replace(self, src: Any, dst: Any) -> None:
        files_of(self._run).rename(path_text(src), path_text(dst))

    def truncate(self, path: Any, length: int) -> None:
        files = files_of(self._run)
        exact = path_text(path)
        files.require(exact)
        file, _ = files.file_to_write(exact, truncate=False)
        files.grow(length - len(file[0]), exact)
        del file[0][length:]
        file[0].extend(bytes(length - len(file[0])))

    def utime(self, path: Any, times: Any = None) -> None:
        files = files_of(self._run)
        exact = path_text(path)
        files.require(exact)
        file, _ = files.file_to_write(exact, truncate=False)
        file[1] = files.run.now() if times is None else float(times[1])

    def chmod(self, path: Any, mode: int) -> None:
        """Do nothing to a path that exists: files of a script have no permissions."""
        files_of(self._run).require(path_text(path))


__all__ = [
    'DirEntry', 'Entries', 'Environ', 'OsFunctions', 'StatResult', 'Walk', 'entries_left', 'stat_of', 'stat_parts',
]  # fmt: skip
