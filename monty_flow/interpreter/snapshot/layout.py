"""How a stopped run lies in the heap: one flat list, because every container of its own costs a record.

    state   = [count (name value)*        globals
               count frame*               outermost first
               name count value* count (name value)*    the pending call: positional, then keyword arguments
               random
               extras?]               what only some runs have, by name: {'files': state of the file system}
    frame   = function node part count (name value)* count (name cell)*
            | nil generator mode          the next frame is the generator's body

`function` is the pre-order number of the function's AST node, or the name of a prelude function; (node, part) names
the stop by the AST node that stops. None of this speaks of emitted code, so a newer compiler can
read it. The reader believes nothing: every function, stop and variable must be one that the program has.
"""

from __future__ import annotations

from types import CellType
from typing import Any

from monty_flow.interpreter.compiler.program import Program
from monty_flow.interpreter.compiler.scripted import find_stored, stored_identity
from monty_flow.interpreter.errors import SnapshotError
from monty_flow.interpreter.records import record
from monty_flow.interpreter.runtime.async_generators import AsyncStep
from monty_flow.interpreter.runtime.async_host import CALLS
from monty_flow.interpreter.runtime.coroutines import Coroutine
from monty_flow.interpreter.runtime.generators import PausableGenerator
from monty_flow.interpreter.runtime.pause import CallRequest, Frame, GeneratorMark, Mode
from monty_flow.interpreter.snapshot.encoder import Slots

_IDENTITIES = frozenset({int, str, tuple})
_STEPPED = frozenset({PausableGenerator, Coroutine, AsyncStep})
_MODES = frozenset(mode.value for mode in Mode)


class StateLayout:
    """The parts of a stopped run, to be laid out as one list."""

    __slots__ = ('_extras', '_frames', '_kept', '_random', '_request', '_variables')

    def __init__(
        self,
        variables: dict[str, Any],
        frames: list[Frame | GeneratorMark],
        request: CallRequest,
        random: Any,
        extras: dict[str, Any],
    ) -> None:
        self._variables = variables
        self._frames = frames
        self._request = request
        self._random = random
        self._extras = extras
        #: Identities of functions, which are made for the list: the writer knows objects by their addresses, so none may be
        #: given to another one before the bytes are written.
        self._kept: list[Any] = []

    def lay(self, slots: Slots) -> list[Any]:
        """Return the list."""
        flat: list[Any] = [len(self._variables)]
        slots.put_named(flat, self._variables)
        flat.append(len(self._frames))
        for frame in self._frames:
            if type(frame) is Frame:
                _lay_frame(flat, frame, slots, self._kept)
            else:
                assert type(frame) is GeneratorMark
                flat.append(None)
                slots.put(flat, (frame.generator,))
                flat.append(frame.mode.value)
        args, kwargs = self._request.args, self._request.kwargs
        flat += (self._request.name, len(args))
        slots.put(flat, args)
        flat.append(len(kwargs))
        if kwargs:
            slots.put_named(flat, kwargs)
        slots.put(flat, (self._random, self._extras) if self._extras else (self._random,))
        return flat


def _lay_frame(flat: list[Any], frame: Frame, slots: Slots, kept: list[Any]) -> None:
    function, stop, names, cells = frame.function, frame.stop, frame.names, frame.cells
    if function.origin:
        kept.append(stored_identity(frame.program, function))
        slots.put(flat, kept[-1:])
        flat += (stop.node - function.origin, stop.part, len(names))
        names = {function.stored_name(name): value for name, value in names.items()}
    else:
        flat += (function.identity, stop.node, stop.part, len(names))
    slots.put_named(flat, names)
    flat.append(len(cells))
    if cells:
        slots.put_named(flat, cells)


@record(frozen=True)
class Parts:
    """What a `StateLayout` laid out."""

    variables: dict[str, Any]
    frames: list[Frame | GeneratorMark]
    request: CallRequest
    random: Any
    extras: dict[str, Any]


def damaged(what: str) -> SnapshotError:
    return SnapshotError(f'the snapshot is damaged: {what}')


class _Reader:
    """Take values off a flat list, from left to right."""

    __slots__ = ('at', 'flat', 'program')

    def __init__(self, flat: list[Any], program: Program) -> None:
        self.flat = flat
        self.program = program
        self.at = 0

    def count(self, width: int) -> int:
        """Take a count of things that take `width` places each, and check that there are so many."""
        flat, at = self.flat, self.at
        number = flat[at] if at < len(flat) else None
        self.at = at + 1
        if type(number) is not int or not 0 <= number * width <= len(flat) - at - 1:
            raise damaged('a count is wrong')
        return number

    def take(self) -> Any:
        at = self.at
        if at >= len(self.flat):
            raise damaged('it ends too early')
        self.at = at + 1
        return self.flat[at]

    def some(self, number: int) -> list[Any]:
        start = self.at
        self.at = start + number
        return self.flat[start : self.at]

    def mapping(self) -> dict[str, Any]:
        """Take names with their values; whoever asks compares the names with those that may be there."""
        number = self.count(2)
        if not number:
            return {}
        flat, start = self.flat, self.at
        self.at = end = start + 2 * number
        try:
            found = dict(zip(flat[start:end:2], flat[start + 1 : end : 2], strict=True))
        except TypeError as error:
            raise damaged('its names are malformed') from error
        if len(found) != number:
            raise damaged('a name is there twice')
        return found

    def frame(self) -> Frame | GeneratorMark:
        flat, at = self.flat, self.at
        if at + 3 > len(flat):
            raise damaged('it ends too early')
        identity, second, third = flat[at : at + 3]
        self.at = at + 3
        if identity is None:
            if type(second) not in _STEPPED or type(third) is not str or third not in _MODES:
                raise damaged('a generator is malformed')
            return GeneratorMark(second, Mode(third))
        if type(identity) not in _IDENTITIES or type(second) is not int or type(third) is not int:
            raise damaged('a frame is malformed')
        owner, function = self.program, self.program.by_identity.get(identity) if type(identity) is int else None
        if function is None:
            try:
                owner, function = find_stored(self.program, identity)
            except LookupError as error:
                raise damaged(str(error)) from error
        stop = function.stop_named(second + function.origin, third)
        if stop is None:
            raise damaged(f"'{function.name}' does not stop where a frame says")
        names, cells = self.mapping(), self.mapping()
        if function.origin:
            names = {function.loaded_name(name): value for name, value in names.items()}
        if not names.keys() <= function.known_names and not names.keys() <= function.known_names | stop.live:
            raise damaged(f"a frame of '{function.name}' has a variable that the function has not")
        if cells or function.cell_names:
            check_cells(function.cell_names, cells)
        return Frame(owner, function, stop, names, cells)

    def request(self) -> CallRequest:
        name = self.take()
        args = tuple(self.some(self.count(1)))
        if type(name) is not str:
            raise damaged('its pending call is malformed')
        kwargs = self.mapping()
        if kwargs and not all(type(key) is str for key in kwargs):
            raise damaged('its pending call is malformed')
        if name == CALLS and not (len(args) == 1 and not kwargs and _are_calls(args[0])):
            raise damaged('its pending calls are malformed')
        return CallRequest(name, args, kwargs)


def _are_calls(calls: Any) -> bool:
    """Tell whether a value is a list of calls under way."""
    if type(calls) is not list or not calls:
        return False
    for call in calls:
        if type(call) is not tuple or len(call) != 4 or tuple(map(type, call)) != (int, str, tuple, dict):
            return False
        if not all(type(key) is str for key in call[3]):
            return False
    return len({call[0] for call in calls}) == len(calls)


def unflatten(flat: Any, program: Program) -> Parts:
    """Return what a `StateLayout` laid out; raise SnapshotError for anything else."""
    if type(flat) is not list:
        raise damaged('it is not the state of a script')
    reader = _Reader(flat, program)
    variables = reader.mapping()
    frames = [reader.frame() for _ in range(reader.count(3))]
    request, random = reader.request(), reader.take()
    extras: Any = {}
    if reader.at < len(flat):
        extras = reader.take()
        if type(extras) is not dict or not {*map(type, extras)} <= {str}:
            raise damaged('it goes on after its end')
    parts = Parts(variables, frames, request, random, extras)
    if reader.at != len(flat):
        raise damaged('it goes on after its end')
    _check_frames(frames, program)
    return parts


def _check_frames(frames: list[Frame | GeneratorMark], program: Program) -> None:
    first = frames[0] if frames else None
    if type(first) is not Frame or first.function is not program.main:
        raise damaged('its outermost frame is not the top level')
    for place, frame in enumerate(frames, 1):
        if type(frame) is GeneratorMark and not _is_body(frames[place] if place < len(frames) else None):
            raise damaged('a generator has no body')


def _is_body(frame: Frame | GeneratorMark | None) -> bool:
    return type(frame) is Frame and frame.function.is_generator and not frame.stop.is_yield


def check_cells(expected: list[str], cells: dict[Any, Any]) -> None:
    """Refuse cells that are not exactly those that a function has."""
    if not expected and not cells:
        return
    if len(cells) != len(expected) or cells.keys() != set(expected) or not {*map(type, cells.values())} <= {CellType}:
        raise damaged('the captured variables of a function are not those that it has')
