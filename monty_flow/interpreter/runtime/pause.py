"""Stop a running script, and enter it again.

A pause is an exception that unwinds the native stack. Every script function that it passes appends a
record of itself to it (`capture`), innermost first; a generator that was being stepped appends a
mark. `frames_of` turns the records into `Frame`s, and a `Resumption` enters them again from the
outermost inwards: each frame's resume version calls `enter` at its stop, which runs the next inner frame, and in
the innermost returns the injected result or raises the injected error.

This is generalised stack inspection (Pettyjohn et al., "Continuations from Generalized Stack Inspection", ICFP 2005).
"""

from __future__ import annotations

from enum import Enum
from types import CellType, FunctionType
from typing import TYPE_CHECKING, Any, Final

from monty_flow.interpreter.errors import InternalError, PauseRefused
from monty_flow.interpreter.records import record

if TYPE_CHECKING:
    from monty_flow.interpreter.compiler.core import CoreFunction, Stop
    from monty_flow.interpreter.compiler.program import Program
    from monty_flow.interpreter.runtime.async_generators import AsyncStep
    from monty_flow.interpreter.runtime.coroutines import Coroutine
    from monty_flow.interpreter.runtime.generators import PausableGenerator


#: What the names of the files of all emitted code begin with, and that of the script's own.
EMITTED: Final = '<monty-flow '
CODE_FILE: Final = '<monty-flow script>'


@record(frozen=True)
class CallRequest:
    """The external call for which a script stopped, with script values."""

    name: str
    args: tuple[Any, ...]
    kwargs: dict[str, Any]


class Pause(BaseException):
    """Unwind the stack of a script that made an external call; no script can catch it."""

    def __init__(self, request: CallRequest) -> None:
        self.request = request
        #: Records of the functions passed, innermost first.
        self.records: list[Any] = []


class CannotPause(BaseException):
    """End a script that made an external call where it cannot be stopped; no script can catch it."""


class Barrier:
    """A native function that calls back, called where a script function was expected.

    A pause that passed native code could not be resumed, so it is turned into an error before the external call is
    made.
    """

    __slots__ = ('_function',)

    def __init__(self, function: Any) -> None:
        self._function = function

    def __call__(self, /, *args: Any, **kwargs: Any) -> Any:
        try:
            return self._function(*args, **kwargs)
        except Pause as pause:
            raise refusal_of(pause) from None


def refusal_of(pause: Pause) -> CannotPause:
    """Return the error for a pause in something that native code has called, and would have to go on with."""
    return CannotPause(
        f"the external function '{pause.request.name}' was called from inside a built-in function that calls"
        ' back, where the script cannot be stopped: make the call in a loop of the script instead'
    )


def capture(pause: Pause, identity: int | str, names: dict[str, Any], closure: tuple[CellType, ...] | None) -> None:
    """Record the function that a pause is passing; called by its handler, so the traceback's head is its own."""
    traceback = pause.__traceback__
    assert traceback is not None
    pause.records.append((identity, traceback.tb_lineno, names, closure))


@record()
class Frame:
    """A script function that stands at a stop."""

    program: Program
    function: CoreFunction
    stop: Stop
    #: Values of locals and live temporaries; unbound ones are absent.
    names: dict[str, Any]
    #: Cells of captured variables, own and outer ones.
    cells: dict[str, CellType]

    def call(self, scope: dict[str, Any], enter: Any) -> Any:
        """Enter the function's resume version; for a generator this gives the new native generator."""
        code = self.program.resume_code(self.function)
        closure = tuple(self.cells[name] for name in code.co_freevars)
        resume = FunctionType(code, scope, self.function.name, None, closure or None)
        return resume(self.stop.pc, self.names, enter)


class Mode(Enum):
    """How stepping a generator ends when the generator does."""

    #: StopIteration, as for `next(g)`.
    RAISE = 'raise'
    #: The value END, for loops.
    END = 'end'
    #: A `Done` with the returned value, for `yield from`.
    DONE = 'done'
    #: None, and a yield is an error, for `g.close()`.
    CLOSE = 'close'
    #: GeneratorExit, and a yield is an error, where who delegates to it is closed.
    EXIT = 'exit'


#: By names of their own: until Python 3.12 a member of an enum is looked up by code in Python.
RAISE, DONE, EXIT, CLOSE = Mode.RAISE, Mode.DONE, Mode.EXIT, Mode.CLOSE
END_MODE = Mode.END


@record()
class GeneratorMark:
    """A generator that was running when the pause passed; the next inner frame is its body."""

    generator: PausableGenerator | Coroutine | AsyncStep
    mode: Mode


def frames_of(pause: Pause, program: Program) -> list[Frame | GeneratorMark]:
    """Return what a pause recorded as frames, outermost first."""
    frames: list[Frame | GeneratorMark] = []
    if program.calls_back:
        _check_all_recorded(pause, program)
    for place in range(len(pause.records) - 1, -1, -1):
        record = pause.records[place]
        if type(record) is GeneratorMark:
            frames.append(record)
            continue
        identity, line, names, closure = record
        owner, function = program.find_function(identity)
        stop = owner.stop_at(function, line, suspended=False)
        if stop is None:
            where = owner.lines.source_line(line)
            raise _refusal(pause, program, pause.records[place - 1] if place else None, function.name, where)
        cells = dict(zip(function.cell_names, closure or (), strict=True))
        frames.append(Frame(owner, function, stop, kept_names(function, stop, names), cells))
    return frames


def _check_all_recorded(pause: Pause, program: Program) -> None:
    """Refuse a pause that has passed a function which did not record itself, because nothing stops there.

    Its place would be lost, and what the call inside gives be taken for what it gives itself.
    """
    recorded = [record for record in reversed(pause.records) if type(record) is tuple]
    place = 0
    traceback = pause.__traceback__
    while traceback is not None:
        code = traceback.tb_frame.f_code
        if code.co_filename.startswith(EMITTED):
            if place == len(recorded) or recorded[place][1] != traceback.tb_lineno:
                inner = recorded[place] if place < len(recorded) else None
                where = program.lines.source_line(traceback.tb_lineno) if code.co_filename == CODE_FILE else 0
                raise _refusal(pause, program, inner, code.co_name, where)
            place += 1
        traceback = traceback.tb_next


def _refusal(pause: Pause, program: Program, inner: Any, function: str, where: int) -> Exception:
    """Return the error of a pause that passed a line with no stop, because Python itself had called something there."""
    external = pause.request.name
    place = f"line {where} of '{function}'" if where else f"'{function}'"
    if inner is not None:
        called = f"'{program.find_function(inner[0])[1].name}'" if type(inner) is tuple else 'a generator'
        return PauseRefused(
            f"the external function '{external}' was called by {called}, which Python itself calls in {place}, where the"
            f" script cannot be stopped: call '{external}' before, in a statement of its own"
        )
    return InternalError(
        f"'{function}' was stopped at line {where}, which was not expected to stop for '{external}'; please report the"
        f' script. As a way round, call {external} in a statement of its own: result = {external}(...)'
    )


def kept_names(function: CoreFunction, stop: Stop, names: dict[str, Any]) -> dict[str, Any]:
    """Return what of a function's locals has to be kept at a stop."""
    kept = {name: names[name] for name in function.local_names if name in names}
    for name in stop.live:
        if name in names:
            kept[name] = names[name]
    return kept


class Resumption:
    """Enter captured frames again, outermost first."""

    __slots__ = ('error', 'frames', 'scope', 'value')

    def __init__(
        self, frames: list[Frame | GeneratorMark], scope: dict[str, Any], value: Any, error: BaseException | None
    ) -> None:
        self.frames = frames[::-1]
        self.scope = scope
        self.value = value
        self.error = error

    def enter(self) -> Any:
        """Run the next inner frame; in the innermost, give the injected result or error."""
        if not self.frames:
            if self.error is not None:
                raise self.error
            return self.value
        frame = self.frames.pop()
        if type(frame) is Frame:
            return frame.call(self.scope, self.enter)
        assert type(frame) is GeneratorMark
        # The two modules need each other: a generator that pauses makes a mark, and a mark runs its generator.
        from monty_flow.interpreter.runtime import awaiting, generators

        body = self.frames.pop()
        assert type(body) is Frame
        native = body.call(self.scope, self.enter)
        generator = frame.generator
        if type(generator) is not generators.PausableGenerator:
            return awaiting.go_on(generator, native, frame.mode)  # type: ignore[arg-type]
        generators.set_native(generator, native)
        return generators.run_generator(generator, frame.mode, 'send', None)
