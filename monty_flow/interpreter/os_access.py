"""What a host lets a script see of an operating system: files, an environment, a clock.

Nothing here gives a script a file of the host by itself. `MemoryFile`s are copies, a `CallbackFile` asks a
function of the host, and a `Mount` shows one directory of the host, read-only or under an overlay: what the script
writes stays in the run's own memory and in its snapshots, and never reaches the directory.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from typing import Literal

from monty_flow.interpreter.errors import BoundaryError
from monty_flow.interpreter.records import field, record

#: Bytes that the files of one run may hold together.
DEFAULT_MAX_FILE_BYTES = 64 * 1024 * 1024


@record(frozen=True)
class MemoryFile:
    """A file that exists when the script starts; the script may change its own copy."""

    #: Where the script finds it; a relative path starts at the `root_dir`.
    path: str
    #: Its content; text is stored as UTF-8.
    content: str | bytes = b''


@record(frozen=True)
class CallbackFile:
    """A file whose content a function of the host gives and takes, when the script opens and closes it."""

    path: str
    #: Returns the content; None for a file that cannot be read.
    read: Callable[[], str | bytes] | None = None
    #: Takes the whole new content when the script has closed the file; None for a file that cannot be written.
    write: Callable[[bytes], object] | None = None


@record(frozen=True)
class Mount:
    """A directory of the host that scripts see at `path`.

    No path leads out of it: `..` is worked out before the host is asked, and links are not followed and not shown.
    """

    host_dir: str | os.PathLike[str]
    path: str
    #: 'read-only' refuses writes; 'overlay' keeps them in the run.
    mode: Literal['read-only', 'overlay'] = 'read-only'

    def __post_init__(self) -> None:
        if self.mode not in ('read-only', 'overlay'):
            raise BoundaryError(f"a mount's mode is 'read-only' or 'overlay', not {self.mode!r}")
        if not os.path.isdir(self.host_dir):
            raise BoundaryError(
                f'the directory {os.fspath(self.host_dir)!r} of the mount at {self.path!r} does not exist'
            )


@record(frozen=True)
class OSAccess:
    """The operating system of one run. Without one, a script has an empty file system and environment of its own."""

    files: Sequence[MemoryFile | CallbackFile] = ()
    #: What `os.environ` holds at the start.
    environ: Mapping[str, str] = field(default_factory=dict)
    #: The working directory, and where relative paths of `files` start.
    root_dir: str = '/'
    mounts: Sequence[Mount] = ()
    #: 'real'; 'frozen' at the moment of the start; seconds since the epoch; or a function that returns them.
    clock: Literal['real', 'frozen'] | float | Callable[[], float] = 'real'
    max_file_bytes: int = DEFAULT_MAX_FILE_BYTES

    def __post_init__(self) -> None:
        for name, value in self.environ.items():
            if type(name) is not str or type(value) is not str or not name or '=' in name or '\0' in name + value:
                raise BoundaryError(f'the environment variable {name!r} is not a name with a text')
        if not (self.clock in ('real', 'frozen') or callable(self.clock) or type(self.clock) in (int, float)):
            raise BoundaryError(
                f"a clock is 'real', 'frozen', seconds since the epoch or a function, not {self.clock!r}"
            )
