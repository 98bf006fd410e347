"""Every error that the interpreter shows to the host, one class per thing a caller can do about it.

`LimitReached` is the only one that is not for the host: it travels through the script as a
`BaseException` that no `except` of a script can catch, and the front door turns it into a `LimitError`.
"""

from __future__ import annotations


class MontyError(Exception):
    """Base of all errors of the interpreter."""


class MontySyntaxError(MontyError):
    """The script cannot be compiled: bad syntax, or something that the sandbox refuses.

    `line` is 1-based, `column` 0-based; both are 0 where the source as a whole is at fault.
    """

    def __init__(
        self, message: str, *, script_name: str = 'main.py', line: int = 0, column: int = 0, source_line: str = ''
    ) -> None:
        self.message = message
        self.script_name = script_name
        self.line = line
        self.column = column
        self.source_line = source_line
        super().__init__(self._render())

    def _render(self) -> str:
        where = f'File "{self.script_name}", line {self.line}' if self.line else f'File "{self.script_name}"'
        if not self.source_line:
            return f'{where}\n{self.message}'
        text = self.source_line.rstrip('\n')
        stripped = text.lstrip()
        marker = ' ' * max(0, self.column - (len(text) - len(stripped))) + '^'
        return f'{where}\n    {stripped}\n    {marker}\n{self.message}'


class SessionError(MontyError):
    """A session cannot be fed, or not be dumped: a feed of it has not ended, or a limit has ended it."""


class MontyRuntimeError(MontyError):
    """The script raised an exception that it did not catch.

    `exception_type` is the name of the script's exception, `message` its text, and `traceback` the
    whole text as Python prints it, with script frames only.
    """

    def __init__(self, exception_type: str, message: str, traceback: str) -> None:
        self.exception_type = exception_type
        self.message = message
        self.traceback = traceback
        super().__init__(traceback)


class LimitError(MontyError):
    """The script went over one of its `ResourceLimits`.

    `limit` is the name of the field, `value` its setting, `line` the script's line (0 if unknown).
    """

    def __init__(self, limit: str, value: float, line: int = 0) -> None:
        self.limit = limit
        self.value = value
        self.line = line
        where = f' at line {line}' if line else ''
        super().__init__(f'the script went over {limit}={value}{where}; raise the limit or make the script do less')


class TimeLimitError(LimitError):
    """The script computed for longer than `max_duration_secs`."""


class MemoryLimitError(LimitError):
    """The script asked for more than `max_memory`, or for an int of more than `max_int_bits`."""


class StepLimitError(LimitError):
    """The script took more than `max_steps` steps."""


class OutputLimitError(LimitError):
    """The script printed more than `max_output_bytes`."""


class PauseLimitError(LimitError):
    """The script made more than `max_pauses` external calls."""


class SourceLimitError(LimitError):
    """The source is longer than `max_source_bytes` of the limits that the run was given."""


class SnapshotError(MontyError):
    """Bytes are not a snapshot that this release can load, or a value cannot be put in one."""


class SnapshotLimitError(LimitError, SnapshotError):
    """The state of the script takes more than `max_snapshot_bytes`."""


class SnapshotTooNew(SnapshotError):
    """The bytes were written in a format, or hold values, that only a newer release knows."""


class RelocationRefused(SnapshotError):
    """A state cannot go on in another version of its script."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(f'the state cannot go on in the new script: {reason}')


class SnapshotRefused(SnapshotError):
    """The bytes are not signed with a key of the ring, or not for what they are said to be."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(f'the snapshot is refused: {reason}')


class SnapshotKeyUnknown(SnapshotRefused):
    """The bytes are signed with a key that is not in the ring."""

    def __init__(self, key: str) -> None:
        self.key = key
        super().__init__(f'it is signed with the key {key!r}, which is not in the key ring; add that key to it')


class BoundaryError(MontyError, TypeError):
    """A host value cannot enter the script, or a script value cannot leave it."""


class PauseRefused(MontyError):
    """The script made an external call from where it cannot be stopped, such as a `__hash__` that a dict asks for."""


class InternalError(MontyError):
    """The interpreter found itself wrong; please report it with the script."""


class SandboxCrashed(MontyError):
    """The process in which the script ran has ended, or broke the rules; other runs are not touched."""


class SandboxUnavailable(MontyError):
    """Processes for scripts cannot be made here."""


class LimitReached(BaseException):
    """Carry a `LimitError` through the script to the front door; scripts cannot name or catch it."""

    def __init__(self, error: LimitError) -> None:
        self.error = error
        super().__init__(str(error))
