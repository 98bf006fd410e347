"""Tell a script's error as Python would, with the script's own lines and nothing of the host.

Emitted code carries the script's line numbers, so the native traceback is filtered, not rebuilt. For an
exception that came out of a snapshot, the lines that it had then are kept beside it (`EARLIER`).
"""

from __future__ import annotations

from opcode import opmap
from types import TracebackType
from typing import TYPE_CHECKING, Any

from monty_flow.interpreter.compiler.parse import source_line
from monty_flow.interpreter.compiler.program import Program
from monty_flow.interpreter.errors import LimitReached, MontyRuntimeError
from monty_flow.interpreter.runtime.run import CODE_FILE
from monty_flow.interpreter.runtime.text import TooMuchToShow
from monty_flow.interpreter.runtime.text import text_of as shown_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from monty_flow.interpreter.runtime.run import Run

#: One line of a traceback: name of the function, line of the script.
Entry = tuple[str, int]
#: Where an exception keeps the entries that it had when a snapshot was taken; no script can spell it.
EARLIER = '$traceback'
#: Entries of one traceback that are shown at its start and at its end.
SHOWN = 50
#: Exceptions of one chain that are shown.
CHAIN = 50
#: Characters that are shown of the notes and of the messages of the other exceptions of a chain, all together.
MOST_TEXT = 1 << 20
#: Characters that are shown of a name and of a line of the source, each as often as there are entries.
MOST_LINE = 2_000
_RESUME, _RETURN_GENERATOR = opmap['RESUME'], opmap['RETURN_GENERATOR']
#: Where a frame stands when its script raised: at a raise, or at a yield into which `throw` put the error.
_RAISES = frozenset(
    opmap[name] for name in ('RAISE_VARARGS', 'RERAISE', 'RETURN_GENERATOR', 'YIELD_VALUE', 'SEND') if name in opmap
)


def entries_of(error: BaseException, program: Program) -> list[Entry]:
    """Return the script's part of an exception's traceback, outermost first."""
    entries: list[Entry] = []
    for code, line in _script_steps(error.__traceback__):
        number = program.lines.source_line(line)
        if number:
            entries.append((code.co_name, number))
    earlier = _own_dict(error).get(EARLIER)
    # A script may put what it likes into the `__dict__` of an exception.
    return entries + [entry for entry in earlier if _is_entry(entry)] if type(earlier) is list else entries


def _is_entry(value: object) -> bool:
    return type(value) is tuple and len(value) == 2 and type(value[0]) is str and type(value[1]) is int


def _own_dict(error: BaseException) -> dict[str, Any]:
    """Return the attributes of an exception, whatever its class says of them."""
    found: dict[str, Any] = BaseException.__dict__['__dict__'].__get__(error)
    return found


def _script_steps(traceback: TracebackType | None) -> Iterator[tuple[Any, int]]:
    while traceback is not None:
        code = traceback.tb_frame.f_code
        if code.co_filename == CODE_FILE:
            # Instructions between two statements have no line.
            yield code, traceback.tb_lineno or 0
        traceback = traceback.tb_next


def line_of(error: BaseException, program: Program) -> int:
    """Return the script's innermost line in a traceback, 0 where there is none."""
    found = 0
    for _, line in _script_steps(error.__traceback__):
        found = program.lines.source_line(line) or found
    return program.place_of(found)[1] if found else 0


def is_raised_by_script(error: BaseException) -> bool:
    """Tell whether a `raise` of the script raised it, rather than a signal that the host got."""
    traceback = error.__traceback__
    while traceback is not None and traceback.tb_next is not None:
        traceback = traceback.tb_next
    if traceback is None or traceback.tb_frame.f_code.co_filename != CODE_FILE:
        return False
    code, at = traceback.tb_frame.f_code.co_code, traceback.tb_lasti
    if code[at] == _RESUME:
        # 3.13 stands behind the yield; the other kinds of this instruction open a function or follow an await.
        return code[at + 1] & 3 in (1, 2)
    # A generator that had not started stands at this instruction, or from 3.13 on behind it.
    return code[at] in _RAISES or (at >= 2 and code[at - 2] == _RETURN_GENERATOR)


def text_of(error: BaseException, run: Run | None) -> str:
    """Return str() of an exception as a script would see it, whatever it holds and whatever its methods raise.

    `run` is the one that computes, and whose limits hold for these methods; without one, none of them can run.
    """
    try:
        # Not paid for by the run: a value that shares its parts is no reason to hide the error behind a limit.
        text = shown_text(error)
    except LimitReached as reached:
        if run is not None and type(reached) is not TooMuchToShow:
            raise
        return _NO_TEXT
    except BaseException as raised:  # a script raises from its methods whatever it likes, SystemExit too
        if isinstance(raised, MemoryError) or (
            isinstance(raised, KeyboardInterrupt) and not is_raised_by_script(raised)
        ):
            raise
        return _NO_TEXT
    return text if type(text) is str else str.__str__(text)


_NO_TEXT = '<text not available>'


def runtime_error(error: BaseException, run: Run) -> MontyRuntimeError:
    """Return what the host gets for an exception that the script did not catch; LimitReached may end the work."""
    live = run if run.active else None
    text = text_of(error, live)
    return MontyRuntimeError(type(error).__name__, text, render(error, run.program, text, live))


def render(error: BaseException, program: Program, text: str, run: Run | None) -> str:
    """Return what Python prints for an uncaught exception, chain included; `text` is the exception's own."""
    blocks: list[str] = []
    room = _Room()
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen and len(blocks) < 2 * CHAIN:
        seen.add(id(current))
        message = text if current is error else room.cut(text_of(current, run))
        blocks.append(_block(current, program, message, room))
        if current.__cause__ is not None:
            blocks.append('\nThe above exception was the direct cause of the following exception:\n\n')
            current = current.__cause__
        elif current.__context__ is not None and not current.__suppress_context__:
            blocks.append('\nDuring handling of the above exception, another exception occurred:\n\n')
            current = current.__context__
        else:
            current = None
    if len(blocks) % 2 == 0:
        blocks.pop()
    return ''.join(reversed(blocks)).rstrip('\n')


class _Room:
    """What is left for texts of which a script may have made many."""

    def __init__(self) -> None:
        self._left = MOST_TEXT

    def cut(self, text: str) -> str:
        """Return as much of a text as there is room for."""
        shown = _cut(text, self._left)
        self._left -= min(len(text), self._left)
        return shown

    def some(self, texts: list[str]) -> Iterator[str]:
        """Give texts, and how many are left out when there is no more room."""
        for number, text in enumerate(texts):
            if not self._left:
                yield f'[{len(texts) - number} more notes]'
                return
            yield self.cut(text)
            # The end of its line.
            self._left = max(0, self._left - 1)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f'{text[:most]} [{len(text) - most} more characters]'


def _block(error: BaseException, program: Program, message: str, room: _Room) -> str:
    lines: list[str] = []
    entries = entries_of(error, program)
    if entries:
        lines.append('Traceback (most recent call last):')
    left_out = len(entries) - 2 * SHOWN
    for index, (name, line) in enumerate(entries):
        if left_out > 0 and SHOWN <= index < SHOWN + left_out:
            if index == SHOWN:
                lines.append(f'  [{left_out} more calls]')
            continue
        file, number = program.place_of(line)
        lines.append(f'  File "{file}", line {number}, in {_cut(name, MOST_LINE)}')
        text = source_line(program.source, line).strip()
        if text:
            lines.append(f'    {_cut(text, MOST_LINE)}')
    name = _cut(type(error).__name__, MOST_LINE)
    lines.append(f'{name}: {message}' if message else name)
    notes = _own_dict(error).get('__notes__')
    if type(notes) is list or type(notes) is tuple:
        lines += room.some([note for note in notes if type(note) is str])
    return '\n'.join(lines) + '\n'
