"""`io`: StringIO and BytesIO, text and bytes in memory. For files, see `open`."""

from __future__ import annotations

import io
from typing import Any

from monty_flow.interpreter.modules.library import LibraryFunctions, TypeOfRun, int_checked, typed
from monty_flow.interpreter.modules.module import Definition
from monty_flow.interpreter.runtime.run import Run
from monty_flow.interpreter.runtime.streams import Stream

#: What CPython's `StringIO` takes for each character, whichever it is.
CHARACTER_BYTES = 4


class _Memory(Stream):
    """A stream in memory."""

    __slots__ = ()

    def getvalue(self) -> Any:
        return self._paid(self._stream.getvalue())

    def _tell(self) -> int:
        place: int = self._stream.tell()
        return place

    def _size(self) -> int:
        return len(self._stream.getvalue())


class StringIO(_Memory):
    """Text in memory."""

    __slots__ = ('_newline',)
    script_type_name = 'StringIO'
    _newline: str | None

    def __init__(self, run: Run, initial: Any, newline: Any) -> None:
        self._run, self._newline = run, newline
        if isinstance(initial, str):
            run.reserve(len(initial) * CHARACTER_BYTES)
        self._stream = io.StringIO(initial, newline)

    def write(self, data: Any, /) -> int:
        stream = self._stream
        if type(data) is not str or stream.closed:
            return super().write(data)
        size = len(data)
        self._pay(size)
        self._run.reserve((stream.tell() + size) * CHARACTER_BYTES)
        written: int = stream.write(data)
        return written


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
        'use open(), StringIO or BytesIO': 'BufferedIOBase BufferedRWPair BufferedRandom '
        'BufferedReader BufferedWriter FileIO IOBase IncrementalNewlineDecoder OpenWrapper RawIOBase TextIOBase TextIOWrapper '
        'Reader Writer open open_code text_encoding',
        'catch ValueError': 'UnsupportedOperation BlockingIOError',
        'it is not meant for users of the module': 'abc',
    },
)
