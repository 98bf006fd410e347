"""`traceback` and `logging`: what a script tells of its errors and of itself.

Both are in the script language; what only the runtime knows, the lines at which a script's frames stood, comes from here.
"""

from __future__ import annotations

from typing import Any, Final

from monty_flow.interpreter.compiler.parse import source_line
from monty_flow.interpreter.modules.module import Definition, Functions
from monty_flow.interpreter.modules.scripted import Scripted
from monty_flow.interpreter.runtime import tracebacks
from monty_flow.interpreter.runtime.reflection import Traceback, native_traceback


class Frames(Functions):
    """What `traceback` asks the runtime for; scripts cannot import it."""

    __slots__ = ()
    module = '_frames'

    def entries(self, error: Any, /) -> list[tuple[str, int, str, str]]:
        """Return (file, line, function, source line) of each frame of a script that an exception has passed."""
        if isinstance(error, Traceback):
            held = Exception().with_traceback(native_traceback(error))
        elif isinstance(error, BaseException):
            held = error  # type: ignore[assignment]
        else:
            raise TypeError(f'Exception expected for value, {type(error).__name__} found')
        program = self._run.program
        found = []
        for name, line in tracebacks.entries_of(held, program):
            file, number = program.place_of(line)
            found.append((file, number, name, source_line(program.source, line).strip()))
        return found


_NO_FRAMES: Final = 'frames and code objects are not part of a script; use format_exception()'

FRAMES = Definition('_frames', functions=Frames)
TRACEBACK = Definition(
    'traceback',
    scripted=Scripted('traceback', stopping='write'),
    left_out={
        _NO_FRAMES: 'clear_frames extract_stack format_stack print_stack walk_stack walk_tb',
        'it is a text of CPython alone': 'print_last',
    },
)
LOGGING = Definition(
    'logging',
    scripted=Scripted('logging', stopping='emit handle format filter write flush', state='_state'),
    left_out={
        'log records go to the output of the script; read files back with open()': 'FileHandler',
        'there are no threads in a script': 'captureWarnings getHandlerByName getHandlerNames',
        'what a handler raises is raised': 'raiseExceptions lastResort',
        'use getLogger()': 'root',
        'records are made by the loggers themselves': 'getLogRecordFactory setLogRecordFactory getLoggerClass'
        ' setLoggerClass BufferingFormatter makeLogRecord',
        'there are no processes': 'logProcesses logThreads logMultiprocessing logAsyncioTasks',
        'logging ends with the script': 'shutdown',
    },
)
