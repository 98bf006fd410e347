"""What scripts hold in place of a stream: a facade over one of CPython's that the run pays for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from monty_flow.interpreter.runtime.metering import FREE, sized
from monty_flow.interpreter.runtime.run import Run


class Stream:
    """A stream. The real one does the work; a script reaches what is listed here only."""

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
        """Return the place up to which a write may fill a gap."""
        return 0

    def _size(self) -> int:
        """Return the size of all there is to read."""
        raise NotImplementedError

    def _paid(self, data: Any) -> Any:
        self._pay(len(data))
        return data

    def _pay(self, size: int) -> None:
        if size > FREE:
            self._run.charge(1 + (size >> 7))
