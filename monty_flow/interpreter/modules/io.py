"""`io`: StringIO and BytesIO, text and bytes in memory. There are no files of the host."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Any, ClassVar

from monty_flow.interpreter.modules.library import LibraryFunctions, TypeOfRun, int_checked, typed
from monty_flow.interpreter.modules.module import Definition
from monty_flow.interpreter.runtime.metering import FREE, sized
from monty_flow.interpreter.runtime.run import Run


class _Memory:
    """A stream in memory. The real one does the work; a script reaches what is listed here only."""

    __slots__ = ('_run', '_stream')
    script_type_name: ClassVar[str] = ''
    _run: Run
    _stream: Any

    def read(self, size: Any = -1, /) -> Any:
        return self._paid(self._stream.read(size))

    def readline(self, size: Any = -1, /) -> Any:
        return self._paid(self._stream.readline(size))

    def readlines(self, hint: Any = -1, /) -> list[Any]:
        self._pay(self._size())
        lines: list[Any] = self._stream.readlines(hint)
        return lines

    def write(self, data: Any, /) -> int:
        if type(data) is bytearray:
            data = bytes(data)
        size = len(data) if type(data) in (str, bytes) else 0
        # A write far behind the end fills the gap.
        self._pay(size)
        self._run.reserve(self._tell() + size if not self._stream.closed else 0)
        written: int = self._stream.write(data)
        return written

    def writelines(self, lines: Iterable[Any], /) -> None:
        for line in sized(self._run.charge, lines):
            self.write(line)

    def getvalue(self) -> Any:
        return self._paid(self._stream.getvalue())

    def seek(self, place: Any, whence: Any = 0, /) -> int:
        found: int = self._stream.seek(place, whence)
        return found

    def tell(self) -> int:
        found: int = self._stream.tell()
        return found

    def truncate(self, size: Any = None, /) -> int:
        if type(size) is int:
            self._run.reserve(size)
        left: int = self._stream.truncate(size)
        return left

    def flush(self) -> None:
        self._stream.flush()

    def close(self) -> None:
        self._stream.close()

    def readable(self) -> bool:
        return bool(self._stream.readable())

    def writable(self) -> bool:
        return bool(self._stream.writable())

    def seekable(self) -> bool:
        return bool(self._stream.seekable())

    def isatty(self) -> bool:
        return bool(self._stream.isatty())

    @property
    def closed(self) -> bool:
        return bool(self._stream.closed)

    def __iter__(self) -> Any:
        self._stream.tell()
        return self

    def __next__(self) -> Any:
        line = self._paid(self._stream.readline())
        if not line:
            raise StopIteration
        return line

    def __enter__(self) -> Any:
        self._stream.tell()
        return self

    def __exit__(self, kind: Any, error: Any, traceback: Any) -> None:
        # A pause leaves the block for a while only; the stream stays open.
        if error is None or isinstance(error, Exception | SystemExit | KeyboardInterrupt | GeneratorExit):
            self._stream.close()

    def __repr__(self) -> str:
        return f'<_io.{self.script_type_name} object>'

    def _tell(self) -> int:
        place: int = self._stream.tell()
        return place

    def _size(self) -> int:
        return len(self._stream.getvalue())

    def _paid(self, data: Any) -> Any:
        self._pay(len(data))
        return data

    def _pay(self, size: int) -> None:
        if size > FREE:
            self._run.charge(1 + (size >> 7))


class StringIO(_Memory):
    """Text in memory."""

    __slots__ = ('_newline',)
    script_type_name = 'StringIO'
    _newline: str | None

    def __init__(self, run: Run, initial: Any, newline: Any) -> None:
        self._run, self._newline = run, newline
        self._stream = io.StringIO(initial, newline)


class BytesIO(_Memory):
    """Bytes in memory."""

    __slots__ = ()
    script_type_name = 'BytesIO'

    def __init__(self, run: Run, initial: Any) -> None:
        if type(initial) is str:
            raise TypeError("a bytes-like object is required, not 'str'")
        self._run = run
        self._stream = io.BytesIO(initial)

    def getbuffer(self) -> bytes:
        return bytes(self.getvalue())


def stream_state(stream: StringIO | BytesIO) -> tuple[Any, ...]:
    """Return what `restore_stream` takes: the content, the place in it, and how lines end."""
    newline = stream._newline if isinstance(stream, StringIO) else None
    if stream.closed:
        return None, 0, newline
    return stream._stream.getvalue(), stream._stream.tell(), newline


def restore_stream(run: Run, stream: StringIO | BytesIO, content: Any, place: Any, newline: Any) -> None:
    """Give a stream that was made empty the state of a snapshot; refuse what is none."""
    stream._run = run
    if isinstance(stream, StringIO):
        stream._newline = typed(newline, str, type(None))
        # Lines were translated when they were written.
        stream._stream = io.StringIO(newline='' if newline is None else newline)
        if content is not None:
            stream._stream.__setstate__((typed(content, str), newline, int_checked(place), None))
    else:
        stream._stream = io.BytesIO(typed(content, bytes, type(None)))
        if content is not None:
            stream._stream.seek(int_checked(place))
    if content is None:
        stream._stream.close()


class Makers(LibraryFunctions):
    """What makes the streams of one run."""

    __slots__ = ()
    module = 'io'

    def text(self, initial_value: Any = '', newline: Any = '\n') -> StringIO:
        return StringIO(self._run, initial_value, newline)

    def data(self, initial_bytes: Any = b'') -> BytesIO:
        return BytesIO(self._run, b'' if initial_bytes is None else initial_bytes)


MODULE = Definition(
    'io',
    static={'SEEK_SET': 0, 'SEEK_CUR': 1, 'SEEK_END': 2, 'DEFAULT_BUFFER_SIZE': io.DEFAULT_BUFFER_SIZE},
    objects={
        'StringIO': lambda run: TypeOfRun(StringIO, '_io.StringIO', Makers(run).text),
        'BytesIO': lambda run: TypeOfRun(BytesIO, '_io.BytesIO', Makers(run).data),
    },
    left_out={
        'scripts have no files of the host; use StringIO or BytesIO': 'BufferedIOBase BufferedRWPair BufferedRandom '
        'BufferedReader BufferedWriter FileIO IOBase IncrementalNewlineDecoder OpenWrapper RawIOBase TextIOBase TextIOWrapper '
        'Reader Writer open open_code text_encoding',
        'catch ValueError': 'UnsupportedOperation BlockingIOError',
        'it is not meant for users of the module': 'abc',
    },
)
