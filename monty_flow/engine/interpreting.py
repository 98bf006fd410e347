"""The engine's only way into the interpreter: one step of a script, and every way in which it can stop.

A step ends in one of three records: `Paused` at a call or at several, `Completed` with an output, `Broken` by an error of
the script. Everything else that comes out of here is an error of the engine or of the interpreter, and must not
fail the run.
"""

from __future__ import annotations

import ast
import threading
from collections import OrderedDict
from collections.abc import Callable, Container, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from monty_flow.engine import payloads
from monty_flow.engine.errors import ValueRefused
from monty_flow.engine.isolation import Scripts
from monty_flow.engine.records import ErrorInfo
from monty_flow.engine.speaking import Talk
from monty_flow.engine.transitions import Output
from monty_flow.interpreter import (
    BoundaryError,
    Complete,
    FutureSnapshot,
    LimitError,
    Monty,
    MontyRuntimeError,
    MontySyntaxError,
    Raised,
    ResourceLimits,
    Returned,
    SandboxCrashed,
    Snapshot,
    SnapshotError,
    load,
)

#: Compiled scripts that a process keeps.
KEPT_PROGRAMS = 256

# CPython 3.11 counts the depth of `ast.parse` for all threads together, and raises SystemError when two meet.
_compiling = threading.Lock()


#: A script that waits.
State = Snapshot | FutureSnapshot
#: What a script is told of a call of its.
Answer = Returned | Raised


@dataclass(slots=True)  # not frozen, as all that is made at every step (transitions.py)
class Asked:
    """A call for whose result a script waits."""

    #: Number of the future that waits for it, None when the script waits for this call alone.
    future: int | None
    function: str
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    #: Payload of [args, kwargs].
    arguments: bytes


@dataclass(slots=True)
class Paused:
    """The script waits, for one call alone or for any of several."""

    state: State
    #: The state as bytes, not compressed.
    data: bytes
    #: Numbers of the futures that wait for calls, None when the script waits for one call alone: it does not tell then.
    futures: frozenset[int] | None
    #: The calls that are new, in the order in which they were begun.
    asked: tuple[Asked, ...]


@dataclass(frozen=True, slots=True)
class Completed:
    """The script came to its end."""

    #: Payload of the output.
    output: bytes


@dataclass(frozen=True, slots=True)
class Broken:
    """The script ended with an error."""

    error: ErrorInfo


StepOutcome = Paused | Completed | Broken


class Prints:
    """Gather what a step prints, as pieces of at most one line.

    `talk` answers what the script asks of the engine in the middle of the step.
    """

    def __init__(self, talk: Talk | None = None) -> None:
        self._pieces: list[tuple[str, str]] = []
        self.talk = talk

    @property
    def mark(self) -> int:
        """What `back_to` is given to forget what was written after this."""
        return len(self._pieces)

    def back_to(self, mark: int) -> None:
        """Forget what was written since the mark, by a step that is taken again."""
        del self._pieces[mark:]

    def write(self, stream: str, text: str) -> None:
        """Take text as the script wrote it."""
        if text:
            self._pieces.append((stream, text))

    def outputs(self) -> tuple[Output, ...]:
        """Return what was written, joined where one stream went on and cut after each line."""
        if not self._pieces:
            return ()
        found: list[Output] = []
        stream, text = self._pieces[0]
        parts = [text]
        for next_stream, text in self._pieces[1:]:
            if next_stream != stream:
                found.extend(Output(stream, line) for line in _lines(''.join(parts)))
                stream, parts = next_stream, []
            parts.append(text)
        found.extend(Output(stream, line) for line in _lines(''.join(parts)))
        return tuple(found)


def _lines(text: str) -> list[str]:
    # Not `splitlines`, which also cuts at form feeds and other separators that belong to the text.
    lines = [line + '\n' for line in text.split('\n')]
    lines[-1] = lines[-1][:-1]
    return lines if lines[-1] else lines[:-1]


class Programs:
    """Compiled scripts by their hash and the names of their inputs, the least used forgotten first."""

    def __init__(self, size: int = KEPT_PROGRAMS, scripts: Scripts | None = None) -> None:
        self._size = size
        #: Makes scripts where they are to run.
        self.scripts = scripts or Scripts()
        self._kept: OrderedDict[tuple[str, str, tuple[str, ...]], Monty] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, script_hash: str, names: tuple[str, ...], script_name: str) -> Monty | None:
        """Return the compiled script, or None when it is not kept."""
        with self._lock:
            found = self._kept.get((script_hash, script_name, names))
            if found is not None:
                self._kept.move_to_end((script_hash, script_name, names))
            return found

    def compile(self, source: str, script_hash: str, names: tuple[str, ...], script_name: str) -> Monty:
        """Return a compiled script and keep it; raise MontySyntaxError when it cannot be compiled."""
        with _compiling:
            # Whoever waited for the lock may find what was compiled meanwhile.
            program = self.get(script_hash, names, script_name) or self.scripts.make(source, names, script_name)
        with self._lock:
            self._kept[script_hash, script_name, names] = program
            while len(self._kept) > self._size:
                self._kept.popitem(last=False)
        return program


def compile_script(source: str, names: tuple[str, ...], script_name: str) -> Monty:
    """Return a compiled script; raise MontySyntaxError when it cannot be compiled."""
    with _compiling:
        return Monty(source, inputs=names, script_name=script_name)


def names_in(source: str) -> set[str]:
    """Return the names that a script mentions, none for a text that is no script: compiling says what is wrong with it."""
    with _compiling:
        try:
            tree = ast.parse(source)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return set()
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


def start(
    program: Monty,
    inputs: dict[str, Any],
    limits: ResourceLimits | None,
    prints: Prints,
    begun: Callable[[Callable[[str, str], None]], State | Complete] | None = None,
) -> StepOutcome:
    """Run a script from its beginning to its first pause or its end, or take that where another process has `begun` it."""
    taken = [] if begun is None else [begun]

    def advance() -> State | Complete:
        if taken:
            # Once: what crashed there is begun anew.
            return taken.pop()(prints.write)
        return program.start(inputs=inputs, limits=limits, print_callback=prints.write)

    return _step(advance, prints)


def resume(state: Snapshot, answer: Answer, prints: Prints, known: Container[int | None] = ()) -> StepOutcome:
    """Go on with the answer to the call for which the script waits; calls of the `known` futures are not new.

    Raises BoundaryError for a value that cannot enter; the state is then as it was.
    """
    if isinstance(answer, Raised):
        return _step(lambda: state.resume(exception=answer.exception, print_callback=prints.write), prints, known)
    return _step(lambda: state.resume(return_value=answer.value, print_callback=prints.write), prints, known)


def resume_some(
    state: FutureSnapshot, answers: Mapping[int, Answer], prints: Prints, known: Container[int | None]
) -> StepOutcome:
    """Go on with answers for some futures, in their order; calls of the `known` futures are not new.

    Raises BoundaryError when one of the values cannot enter; the state is then as it was.
    """
    return _step(lambda: state.resume(answers, print_callback=prints.write), prints, known)


def resume_answered(state: Snapshot, talk: Talk, prints: Prints, known: Container[int | None] = ()) -> StepOutcome:
    """Go on with the answer to a call that the engine answers itself."""
    return _step(_answered(state, talk, prints), prints, known)


def load_snapshot(data: bytes, program: Monty) -> State:
    """Return the snapshot of stored bytes; raise SnapshotError when this release cannot load it."""
    return load(data, script=program)


def encode_limits(limits: ResourceLimits | None) -> bytes | None:
    """Return limits as they are stored."""
    return None if limits is None else payloads.encode(asdict(limits))


def decode_limits(data: bytes | None) -> ResourceLimits | None:
    """Return stored limits; settings that this release does not know are left out."""
    if data is None:
        return None
    known = ResourceLimits.__dataclass_fields__
    return ResourceLimits(**{name: value for name, value in payloads.decode(data).items() if name in known})


def _step(advance: Callable[[], State | Complete], prints: Prints, known: Container[int | None] = ()) -> StepOutcome:
    try:
        advanced = _advanced(advance, prints)
        talk = prints.talk
        while talk is not None and isinstance(advanced, Snapshot) and talk.takes(advanced.function_name):
            advanced = _advanced(_answered(advanced, talk, prints), prints)
    except MontyRuntimeError as error:
        return Broken(ErrorInfo(error.exception_type, error.message, error.traceback))
    except (MontySyntaxError, LimitError, SandboxCrashed) as error:
        return _broken_by(error)
    # What the script made cannot be kept or handed out: its own error, the same at every attempt.
    try:
        if isinstance(advanced, Complete):
            return Completed(payloads.encode(advanced.output, "the script's output"))
        if isinstance(advanced, FutureSnapshot):
            pending = advanced.pending
            futures = frozenset([call.call_id for call in pending])
            asked = [
                _asked(call.call_id, call.function_name, call.args, call.kwargs)
                for call in pending
                if call.call_id not in known
            ]
        else:
            futures = None
            asked = [_asked(None, advanced.function_name, advanced.args, advanced.kwargs)]
        return Paused(advanced, advanced.dump(with_source=False, compress=False), futures, tuple(asked))
    except (SnapshotError, BoundaryError, ValueRefused) as error:
        return _broken_by(error)


def _advanced(advance: Callable[[], State | Complete], prints: Prints) -> State | Complete:
    mark = prints.mark
    try:
        return advance()
    except SandboxCrashed:
        # Its process may have been ended by somebody else. A script that ends another one has done it itself.
        prints.back_to(mark)
        return advance()


def _answered(asking: Snapshot, talk: Talk, prints: Prints) -> Callable[[], State | Complete]:
    """Return what goes on with the answer to a call that is answered in the middle of a step."""
    try:
        value = talk.answer(asking.function_name, asking.args, asking.kwargs)
    except (TypeError, ValueError) as error:
        failure = error
        return lambda: asking.resume(exception=failure, print_callback=prints.write)
    return lambda: asking.resume(return_value=value, print_callback=prints.write)


def _asked(future: int | None, function: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Asked:
    arguments = payloads.encode([list(args), dict(kwargs)], f'an argument of {function}()')
    return Asked(future, function, args, kwargs, arguments)


def _broken_by(error: Exception) -> Broken:
    return Broken(ErrorInfo(type(error).__name__, str(error), str(error)))
