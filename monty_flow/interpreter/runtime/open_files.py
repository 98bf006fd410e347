"""Open files: CPython's own text and buffer layers over the run's file system (`runtime/files.py`)."""

from __future__ import annotations

import errno
import io
from typing import Any

from monty_flow.interpreter.runtime.classes import is_script_instance
from monty_flow.interpreter.runtime.codecs import check_codec
from monty_flow.interpreter.runtime.files import FileSystem, files_of
from monty_flow.interpreter.runtime.pause import Barrier
from monty_flow.interpreter.runtime.run import Run
from monty_flow.interpreter.runtime.streams import Stream

_ACTIONS = frozenset('rwxa')
_MODE_LETTERS = frozenset('rwxabt+')


class Storage(io.RawIOBase):
    """The bytes of one `file` of a tree, as the raw stream that CPython's buffers stand on."""

    def __init__(self, files: FileSystem, file: list[Any], path: str, mode: str) -> None:
        self._files, self._file, self._path = files, file, path
        self._place = 0
        self._reads, self._writes = 'r' in mode or '+' in mode, mode != 'r'
        self._appends = 'a' in mode

    def readable(self) -> bool:
        return self._reads

    def writable(self) -> bool:
        return self._writes

    def seekable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._file[0][self._place : self._place + len(buffer)]
        buffer[: len(data)] = data
        self._place += len(data)
        return len(data)

    def write(self, data: Any) -> int:
        content = self._file[0]
        place = len(content) if self._appends else self._place
        end = place + len(data)
        if end > len(content):
            # A write far behind the end fills the gap.
            self._files.grow(end - len(content), self._path)
            content.extend(bytes(end - len(content)))
        content[place:end] = data
        self._file[1] = self._files.run.now()
        self._place = end
        return len(data)

    def seek(self, place: int, whence: int = 0) -> int:
        start = (0, self._place, len(self._file[0]))[whence]
        if start + place < 0:
            raise OSError(errno.EINVAL, 'Invalid argument')
        self._place = start + place
        return self._place

    def truncate(self, size: int | None = None) -> int:
        content = self._file[0]
        wanted = self._place if size is None else size
        self._files.grow(wanted - len(content), self._path)
        if wanted < len(content):
            del content[wanted:]
        else:
            content.extend(bytes(wanted - len(content)))
        self._file[1] = self._files.run.now()
        return wanted


class File(Stream):
    """An open file of the run, as a script holds it."""

    __slots__ = ('_callback', '_encoding', '_file', '_mode', '_path')
    _file: list[Any]
    _path: str
    _mode: str
    #: encoding, errors and newline; None for bytes.
    _encoding: tuple[Any, ...] | None
    #: The callback that gets the content when the file is closed.
    _callback: str | None

    @property
    def name(self) -> str:
        return self._path

    @property
    def mode(self) -> str:
        return self._mode

    def close(self) -> None:
        if self._stream.closed:
            return
        self._stream.close()
        if self._callback is not None and self._mode != 'r':
            files_of(self._run).close_callback(self._callback, bytes(self._file[0]))

    def __exit__(self, kind: Any, error: Any, traceback: Any) -> None:
        # A pause leaves the block for a while only; the file stays open.
        if error is None or isinstance(error, Exception | SystemExit | KeyboardInterrupt | GeneratorExit):
            self.close()

    def _size(self) -> int:
        return len(self._file[0])

    def __repr__(self) -> str:
        return f'<_io.{self.script_type_name} name={self._path!r} mode={self._mode!r}>'


class TextFile(File):
    """A file of text."""

    __slots__ = ()
    script_type_name = 'TextIOWrapper'

    @property
    def encoding(self) -> str:
        assert self._encoding is not None
        return str(self._encoding[0])


class BinaryFile(File):
    """A file of bytes."""

    __slots__ = ()
    script_type_name = 'BufferedRandom'


def open_file(
    run: Run,
    file: Any,
    mode: Any = 'r',
    buffering: Any = -1,
    encoding: Any = None,
    errors: Any = None,
    newline: Any = None,
    closefd: bool = True,
    opener: None = None,
) -> File:
    """Open a file of the run's file system, as the built-in `open` does."""
    exact, action = path_text(file), action_of(mode)
    if opener is not None or not closefd:
        raise ValueError('open() in a script takes no opener and no file descriptor')
    is_binary = 'b' in mode
    if is_binary and (encoding is not None or errors is not None or newline is not None):
        which = 'encoding' if encoding is not None else 'errors' if errors is not None else 'newline'
        raise ValueError(
            f"binary mode doesn't take {'an' if which in ('encoding', 'errors') else 'a'} {which} argument"
        )
    if newline not in (None, '', '\n', '\r', '\r\n'):
        raise ValueError(f'illegal newline value: {newline}')
    check_codec((encoding or 'utf-8', errors or 'strict'), {})
    files = files_of(run)
    callback: str | None = None
    if action == 'r' and '+' not in mode:
        node = files.require(exact)
        opened = node if type(node) is list else [bytearray(files.content(exact)), files.run.now()]
    else:
        if action == 'r':
            files.require(exact)
        opened, callback = files.file_to_write(exact, truncate=action == 'w', exclusive=action == 'x')
    shown_mode = mode if is_binary else mode.replace('t', '')
    layers = None if is_binary else (encoding or 'UTF-8', errors or 'strict', newline)
    made: File = object.__new__(BinaryFile if is_binary else TextFile)
    set_up(made, run, opened, exact, shown_mode, layers, callback)
    if action == 'a':
        made._stream.seek(0, 2)
    return made


def action_of(mode: Any) -> str:
    """Return which of r, w, x and a a mode has; raise ValueError as CPython does for a wrong mode."""
    if not isinstance(mode, str):
        raise TypeError(f"open() argument 'mode' must be str, not {type(mode).__name__}")
    if not _MODE_LETTERS.issuperset(mode) or len(set(mode)) != len(mode):
        raise ValueError(f'invalid mode: {mode!r}')
    if 'b' in mode and 't' in mode:
        raise ValueError("can't have text and binary mode at once")
    actions = [letter for letter in mode if letter in _ACTIONS]
    if len(actions) != 1:
        raise ValueError('must have exactly one of create/read/write/append mode')
    return actions[0]


def set_up(
    made: File, run: Run, file: list[Any], path: str, mode: str, layers: tuple[Any, ...] | None, callback: str | None
) -> None:
    made._run, made._file, made._path, made._mode = run, file, path, mode
    made._encoding, made._callback = layers, callback
    plain = mode.replace('b', '')
    raw: Any = Storage(files_of(run), file, path, plain)
    buffered: Any
    if '+' in plain:
        buffered = io.BufferedRandom(raw)
    else:
        buffered = io.BufferedReader(raw) if plain == 'r' else io.BufferedWriter(raw)
    if layers is None:
        made._stream = buffered
    else:
        made._stream = io.TextIOWrapper(buffered, encoding=layers[0], errors=layers[1], newline=layers[2])


def path_text(path: Any) -> str:
    """Return a path as exact text: of a str, bytes, or an object of the script with `__fspath__`."""
    if isinstance(path, str):
        return str.__str__(path)
    if type(path) is bytes:
        return path.decode('utf-8', 'surrogateescape')
    if is_script_instance(path) and hasattr(type(path), '__fspath__'):
        given = Barrier(type(path).__fspath__)(path)
        if isinstance(given, str):
            return str.__str__(given)
        raise TypeError(
            f'expected {type(path).__name__}.__fspath__() to return str or bytes, not {type(given).__name__}'
        )
    raise TypeError(
        f'expected str, bytes or os.PathLike object, not {getattr(type(path), "script_type_name", type(path).__name__)}'
    )
