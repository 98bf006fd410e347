"""The file system of one run: a tree of plain values, over the directories that the host shows.

    directory = {name: directory | file | callback | None}
    file      = [content: bytearray, modified: float]
    callback  = the path under which the host knows it
    None      = something of the host's directory that the script has removed

The tree holds values of the universe only, so a snapshot stores it as it stores any dict, and an open file shares its
`file` list with the tree. What the host shows (`HostDirectory`) and its callbacks are not in it: they are found by
path, and a run that is loaded without them finds nothing there. A directory with the name '' in it hides what
the host has at the same place.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final

from monty_flow.interpreter.errors import BoundaryError
from monty_flow.interpreter.os_access import CallbackFile, MemoryFile, OSAccess
from monty_flow.interpreter.runtime.host_directory import HostDirectory, HostEntry

if TYPE_CHECKING:
    from monty_flow.interpreter.runtime.run import Run

Tree = dict[str, Any]
Parts = tuple[str, ...]
#: Entry of a directory that hides what the host has in its place.
OPAQUE: Final = ''
MAX_PATH: Final = 4096
MAX_DEPTH: Final = 100
#: Entries of a whole tree.
MAX_ENTRIES: Final = 100_000


def failure(code: int, path: str, other: str | None = None) -> OSError:
    """Return the OSError that CPython raises with an error number, about a path of the script."""
    text = os.strerror(code)
    return OSError(code, text, path) if other is None else OSError(code, text, path, None, other)


class FileSystem:
    """The files, environment and clock of one run."""

    __slots__ = (
        '_callbacks', '_clock', '_frozen_at', '_mounts', 'cwd', 'entries', 'environ', 'max_bytes', 'root', 'run', 'used',
    )  # fmt: skip

    def __init__(self, run: Run, access: OSAccess) -> None:
        self.run = run
        self.root: Tree = {}
        self.cwd: Parts = parts_of(access.root_dir, ())
        self.environ: dict[str, str] = dict(access.environ)
        self.max_bytes = access.max_file_bytes
        #: Bytes and entries that the tree holds.
        self.used = 0
        self.entries = 0
        self._mounts: dict[Parts, HostDirectory] = {}
        self._callbacks: dict[str, CallbackFile] = {}
        self._clock: Callable[[], float] | None = access.clock if callable(access.clock) else None
        self._frozen_at: float | None = None
        if access.clock == 'frozen':
            self._frozen_at = run.real_time()
        elif type(access.clock) in (int, float):
            self._frozen_at = float(access.clock)  # type: ignore[arg-type]
        self.give(access)
        for file in access.files:
            self._put_given(file)

    def give(self, access: OSAccess) -> None:
        """Take what the host shows: at the start, and again when the run is loaded from a snapshot."""
        if callable(access.clock):
            self._clock = access.clock
        for mount in access.mounts:
            path = parts_of(mount.path, self.cwd)
            self._mounts[path] = HostDirectory(os.path.realpath(mount.host_dir), writable=mount.mode == 'overlay')
            self.make_directories(path)
        for file in access.files:
            if type(file) is CallbackFile:
                self._callbacks[shown(parts_of(file.path, self.cwd))] = file

    def _put_given(self, file: MemoryFile | CallbackFile) -> None:
        path = parts_of(file.path, self.cwd)
        if not path:
            raise BoundaryError(f'{file.path!r} is no path for a file')
        directory = self.make_directories(path[:-1])
        if type(file) is CallbackFile:
            directory[path[-1]] = shown(path)
            return
        assert type(file) is MemoryFile
        content = file.content.encode() if isinstance(file.content, str) else file.content
        self.used += len(content)
        if self.used > self.max_bytes:
            raise BoundaryError(f'the files of a run take more than max_file_bytes={self.max_bytes}; raise it')
        directory[path[-1]] = [bytearray(content), self.run.now()]

    # The clock

    def now(self) -> float | None:
        """Return the time that the policy says, None for the real one."""
        if self._clock is not None:
            return float(self._clock())
        return self._frozen_at

    # Finding

    def resolve(self, path: str) -> Parts:
        """Return the parts of an absolute or relative path, without `.` and `..`."""
        return parts_of(path, self.cwd)

    def find(self, parts: Parts) -> Any:
        """Return what a path leads to: a directory, file, callback, or HostEntry; None where nothing is."""
        node: Any = self.root
        for index, part in enumerate(parts):
            if type(node) is not dict:
                return None
            if part in node:
                node = node[part]
                if node is None:
                    return None
                continue
            return None if self._is_hidden(parts[: index + 1]) else self._host_entry(parts)
        return node

    def _is_hidden(self, parts: Parts) -> bool:
        """Tell whether a directory above, below the mount, was made anew by the script."""
        node: Any = self.root
        mount = self._mount_of(parts)
        depth = 0 if mount is None else len(mount[0])
        for index, part in enumerate(parts):
            if index > depth and type(node) is dict and OPAQUE in node:
                return True
            node = node.get(part) if type(node) is dict else None
        return False

    def _mount_of(self, parts: Parts) -> tuple[Parts, HostDirectory] | None:
        for length in range(len(parts), -1, -1):
            found = self._mounts.get(parts[:length])
            if found is not None:
                return parts[:length], found
        return None

    def _host_entry(self, parts: Parts) -> HostEntry | None:
        mount = self._mount_of(parts)
        return None if mount is None else mount[1].entry(parts[len(mount[0]) :])

    def require(self, path: str) -> Any:
        """Return what a path leads to; raise FileNotFoundError where nothing is."""
        parts = self.resolve(path)
        node = self.find(parts)
        if node is None:
            parent = self.find(parts[:-1])
            is_blocked = parent is not None and not is_directory(parent)
            raise failure(errno.ENOTDIR if is_blocked else errno.ENOENT, path)
        return node

    def names(self, path: str) -> list[str]:
        """Return the names in a directory, sorted."""
        node = self.require(path)
        if not is_directory(node):
            raise failure(errno.ENOTDIR, path)
        parts = self.resolve(path)
        own = node if type(node) is dict else {}
        found = {name for name, inner in own.items() if name and inner is not None}
        mount = self._mount_of(parts)
        if mount is not None and OPAQUE not in own and not self._is_hidden((*parts, OPAQUE)):
            found.update(name for name in mount[1].names(parts[len(mount[0]) :]) if name not in own)
        self.run.charge(len(found))
        return sorted(found)

    # Reading and writing

    def content(self, path: str) -> bytes:
        """Return the whole content of a file."""
        node = self.require(path)
        if is_directory(node):
            raise failure(errno.EISDIR, path)
        if type(node) is list:
            return bytes(node[0])
        if type(node) is HostEntry:
            parts = self.resolve(path)
            mount = self._mount_of(parts)
            assert mount is not None
            self.run.reserve(node.size)
            try:
                return mount[1].read(parts[len(mount[0]) :], self.max_bytes)
            except OSError as error:
                raise failure(error.errno or errno.EIO, path) from None
        callback = self._callbacks.get(node)
        if callback is None or callback.read is None:
            raise failure(errno.EACCES, path)
        given = self.run.ask_host(callback.read)
        if type(given) not in (str, bytes):
            raise failure(errno.EIO, path)
        content = given.encode() if type(given) is str else given
        if len(content) > self.max_bytes:
            raise failure(errno.EFBIG, path)
        return content

    def file_to_write(self, path: str, *, truncate: bool, exclusive: bool = False) -> tuple[list[Any], str | None]:
        """Return the `file` that writes go to, made where there is none, and the callback that gets it in the end."""
        parts = self.resolve(path)
        node = self.find(parts)
        if exclusive and node is not None:
            raise failure(errno.EEXIST, path)
        if node is not None and is_directory(node):
            raise failure(errno.EISDIR, path)
        if type(node) is str:
            callback = self._callbacks.get(node)
            if callback is None or callback.write is None:
                raise failure(errno.EACCES, path)
            return [bytearray(b'' if truncate or callback.read is None else self.content(path)), self.run.now()], node
        self.check_writable(parts, path)
        if type(node) is list:
            if truncate:
                self.grow(-len(node[0]), path)
                del node[0][:]
                node[1] = self.run.now()
            return node, None
        directory = self.directory_to_change(parts, path)
        kept = b'' if truncate or node is None else self.content(path)
        self.grow(len(kept), path)
        self._add(path)
        file = directory[parts[-1]] = [bytearray(kept), self.run.now()]
        return file, None

    def close_callback(self, name: str, content: bytes) -> None:
        """Hand the new content of a callback file to the host."""
        callback = self._callbacks.get(name)
        if callback is None or callback.write is None:
            raise failure(errno.EACCES, name)
        write = callback.write
        self.run.ask_host(lambda: write(content))

    def grow(self, size: int, path: str) -> None:
        """Count bytes that a file has more; raise OSError when the file system is full."""
        if self.used + size > self.max_bytes:
            raise failure(errno.ENOSPC, path)
        if size > 0:
            self.run.reserve(self.used + size)
            self.run.charge(size >> 9)
        self.used += size

    def _add(self, path: str) -> None:
        if self.entries >= MAX_ENTRIES:
            raise failure(errno.ENOSPC, path)
        self.entries += 1

    def check_writable(self, parts: Parts, path: str) -> None:
        """Raise OSError for a place of a read-only mount."""
        mount = self._mount_of(parts)
        if mount is not None and not mount[1].writable:
            raise failure(errno.EROFS, path)

    # Directories

    def make_directories(self, parts: Parts) -> Tree:
        """Return the directory of the tree at a path, made where it is not there."""
        node = self.root
        for part in parts:
            inner = node.get(part)
            if inner is None:
                self._add(shown(parts))
                inner = node[part] = {}
            if type(inner) is not dict:
                raise failure(errno.ENOTDIR, shown(parts))
            node = inner
        return node

    def directory_to_change(self, parts: Parts, path: str) -> Tree:
        """Return the tree's own directory in which the last part of a path stands."""
        if not parts:
            raise failure(errno.EISDIR, path)
        parent = self.find(parts[:-1])
        if parent is None:
            raise failure(errno.ENOENT, path)
        if not is_directory(parent):
            raise failure(errno.ENOTDIR, path)
        return parent if type(parent) is dict else self.make_directories(parts[:-1])

    def make_directory(self, path: str) -> None:
        parts = self.resolve(path)
        if self.find(parts) is not None:
            raise failure(errno.EEXIST, path)
        if len(parts) > MAX_DEPTH:
            raise failure(errno.ENAMETOOLONG, path)
        self.check_writable(parts, path)
        directory = self.directory_to_change(parts, path)
        self._add(path)
        # What the host may have had there was removed, and is not to come back.
        directory[parts[-1]] = {OPAQUE: None} if parts[-1] in directory else {}

    def remove_file(self, path: str) -> None:
        node = self.require(path)
        if is_directory(node):
            raise failure(errno.EISDIR, path)
        self._remove(path, node)

    def remove_directory(self, path: str) -> None:
        node = self.require(path)
        if not is_directory(node):
            raise failure(errno.ENOTDIR, path)
        parts = self.resolve(path)
        if not parts or parts in self._mounts:
            raise failure(errno.EBUSY, path)
        if self.names(path):
            raise failure(errno.ENOTEMPTY, path)
        self._remove(path, node)

    def _remove(self, path: str, node: Any) -> None:
        parts = self.resolve(path)
        self.check_writable(parts, path)
        directory = self.directory_to_change(parts, path)
        self._take(directory, parts)
        if type(node) is list:
            self.grow(-len(node[0]), path)

    def _take(self, directory: Tree, parts: Parts) -> None:
        """Take the last part of a path out of its directory, so that nothing of the host shows there."""
        if self._host_entry(parts) is not None and not self._is_hidden(parts):
            directory[parts[-1]] = None
        elif directory.pop(parts[-1], None) is not None:
            self.entries -= 1

    def rename(self, path: str, target: str) -> None:
        """Move a file or directory, replacing a file or an empty directory at the target."""
        parts, to = self.resolve(path), self.resolve(target)
        if self.find(parts) is None:
            raise failure(errno.ENOENT, path, target)
        if parts == to:
            return
        if not parts or to[: len(parts)] == parts:
            raise failure(errno.EINVAL, path, target)
        self.check_writable(parts, path)
        self.check_writable(to, target)
        if any(mount[: len(parts)] == parts for mount in self._mounts):
            raise failure(errno.EBUSY, path, target)
        node, there = self.find(parts), self.find(to)
        destination = self.directory_to_change(to, target)
        if there is not None:
            if is_directory(there) != is_directory(node):
                raise failure(errno.EISDIR if is_directory(there) else errno.ENOTDIR, path, target)
            if is_directory(there) and self.names(target):
                raise failure(errno.ENOTEMPTY, path, target)
            self._remove(target, there)
        moved = self._owned(path, node)
        self._take(self.directory_to_change(parts, path), parts)
        self._add(target)
        destination[to[-1]] = moved

    def _owned(self, path: str, node: Any) -> Any:
        """Return a part of the tree with everything in it that the host had, as the run's own."""
        if type(node) is list or type(node) is str:
            return node
        if not is_directory(node):
            content = self.content(path)
            self.grow(len(content), path)
            return [bytearray(content), self.run.now()]
        tree: Tree = {OPAQUE: None}
        for name in self.names(path):
            inner = f'{path}/{name}'
            tree[name] = self._owned(inner, self.require(inner))
        return tree

    # Snapshots

    def state(self) -> dict[str, Any]:
        """Return what a snapshot stores."""
        return {
            'root': self.root, 'cwd': shown(self.cwd), 'environ': self.environ, 'frozen_at': self._frozen_at,
            'max_bytes': self.max_bytes,
        }  # fmt: skip

    def restore(self, state: Any) -> None:
        """Take over the state of a snapshot; raise ValueError for what is none."""
        if type(state) is not dict or state.keys() != {'root', 'cwd', 'environ', 'frozen_at', 'max_bytes'}:
            raise ValueError('the files of a run are malformed')
        environ, frozen_at, cwd = state['environ'], state['frozen_at'], state['cwd']
        if type(environ) is not dict or not all(type(text) is str for item in environ.items() for text in item):
            raise ValueError('the environment of a run is malformed')
        if type(frozen_at) not in (float, type(None)) or type(cwd) is not str or type(state['max_bytes']) is not int:
            raise ValueError('the files of a run are malformed')
        self.used, self.entries = measured(state['root'])
        self.root, self.environ, self._frozen_at = state['root'], environ, frozen_at
        self.cwd, self.max_bytes = parts_of(cwd, ()), state['max_bytes']


def is_directory(node: Any) -> bool:
    return type(node) is dict or (type(node) is HostEntry and node.is_dir)


def size_and_time(node: Any) -> tuple[int, float]:
    """Return the bytes and the time of the last change of what a path leads to."""
    if type(node) is list:
        return len(node[0]), node[1]
    return (node.size, node.modified) if type(node) is HostEntry else (0, 0.0)


def parts_of(path: str, cwd: Sequence[str]) -> Parts:
    """Return the parts of a path below the root; `..` at the root stays there."""
    if not path:
        raise failure(errno.ENOENT, path)
    if '\0' in path:
        raise ValueError('embedded null byte')
    if len(path) > MAX_PATH:
        raise failure(errno.ENAMETOOLONG, path)
    parts: list[str] = [] if path.startswith('/') else list(cwd)
    for part in path.split('/'):
        if part == '..':
            if parts:
                parts.pop()
        elif part and part != '.':
            parts.append(part)
    return tuple(parts)


def shown(parts: Sequence[str]) -> str:
    """Return parts as an absolute path."""
    return '/' + '/'.join(parts)


def measured(root: Any) -> tuple[int, int]:
    """Return the bytes and entries of a tree out of a snapshot; raise ValueError for what is none."""
    pending: list[tuple[Any, int]] = [(root, 0)]
    used = entries = 0
    seen: set[int] = set()
    while pending:
        node, depth = pending.pop()
        if type(node) is not dict or id(node) in seen or depth > MAX_DEPTH + 1:
            raise ValueError('a directory of a run is malformed')
        seen.add(id(node))
        for name, inner in node.items():
            entries += 1
            if type(name) is not str or '/' in name or name in ('.', '..') or entries > MAX_ENTRIES:
                raise ValueError('a directory of a run is malformed')
            if type(inner) is dict:
                pending.append((inner, depth + 1))
            elif type(inner) is list:
                if len(inner) != 2 or type(inner[0]) is not bytearray or type(inner[1]) is not float:
                    raise ValueError('a file of a run is malformed')
                used += len(inner[0])
            elif type(inner) not in (str, type(None)):
                raise ValueError('a file of a run is malformed')
    return used, entries


def files_of(run: Run) -> FileSystem:
    """Return the file system of a run, an empty one where the host gave none."""
    found = run.files
    if found is None:
        found = run.files = FileSystem(run, OSAccess())
        found.make_directories(('tmp',))
    return found
