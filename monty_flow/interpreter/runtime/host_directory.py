"""Read a directory of the host by paths that cannot leave it.

Every step of a path is opened by its own name, relative to the directory before it, and no link is followed
(`O_NOFOLLOW`), so neither `..` nor a link that is put there meanwhile leads out. Links, devices and sockets are
not shown at all.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from monty_flow.interpreter.records import record


@record(frozen=True)
class HostEntry:
    """A file or directory of the host."""

    is_dir: bool
    #: Bytes.
    size: int
    #: Seconds since the epoch.
    modified: float


class HostDirectory:
    """One directory that a run may read, and all below it."""

    __slots__ = ('_path', 'writable')

    def __init__(self, path: str, *, writable: bool) -> None:
        self._path = path
        #: Whether writes go to an overlay, rather than being refused.
        self.writable = writable

    def entry(self, parts: Sequence[str]) -> HostEntry | None:
        """Return what a path leads to, None where there is nothing that may be seen."""
        try:
            if not parts:
                return _entry_of(os.stat(self._path))
            with self._directory(parts[:-1]) as parent:
                return _entry_of(os.stat(parts[-1], dir_fd=parent, follow_symlinks=False))
        except (OSError, ValueError):
            return None

    def names(self, parts: Sequence[str]) -> list[str]:
        """Return the names in a directory that may be seen."""
        try:
            with self._directory(parts) as directory:
                return [
                    name
                    for name in os.listdir(directory)
                    if _entry_of(os.stat(name, dir_fd=directory, follow_symlinks=False)) is not None
                ]
        except OSError:
            return []

    def read(self, parts: Sequence[str], limit: int) -> bytes:
        """Return the content of a file; raise OSError for one that cannot be read or is longer than `limit`."""
        try:
            with self._directory(parts[:-1]) as parent:
                descriptor = os.open(
                    parts[-1], os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=parent
                )
        except OSError as error:
            code = errno.ENOENT if error.errno in (errno.ELOOP, errno.ENOTDIR) else error.errno or errno.EIO
            raise OSError(code, os.strerror(code)) from None
        with open(descriptor, 'rb') as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise OSError(errno.EACCES, os.strerror(errno.EACCES))
            content = file.read(limit + 1)
        if len(content) > limit:
            raise OSError(errno.EFBIG, os.strerror(errno.EFBIG))
        return content

    @contextmanager
    def _directory(self, parts: Sequence[str]) -> Iterator[int]:
        flags = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
        descriptor = os.open(self._path, flags)
        try:
            for part in parts:
                inner = os.open(part, flags | os.O_NOFOLLOW, dir_fd=descriptor)
                os.close(descriptor)
                descriptor = inner
            yield descriptor
        finally:
            os.close(descriptor)


def _entry_of(status: os.stat_result) -> HostEntry | None:
    if stat.S_ISDIR(status.st_mode):
        return HostEntry(True, 0, status.st_mtime)
    return HostEntry(False, status.st_size, status.st_mtime) if stat.S_ISREG(status.st_mode) else None
