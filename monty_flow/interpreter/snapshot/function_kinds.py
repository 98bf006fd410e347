"""The kinds of functions and generators: their code is the program's, by number; what they hold is in the snapshot.

Each `build` checks what it gets against the program: a function number, a stop, a variable that
the program does not have is refused.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Generator
from types import CellType, CodeType, FunctionType, GeneratorType
from typing import Any

from monty_flow.interpreter.compiler.core import CoreFunction
from monty_flow.interpreter.compiler.emit import LOCALS
from monty_flow.interpreter.compiler.program import Program
from monty_flow.interpreter.compiler.scripted import find_stored, stored_identity
from monty_flow.interpreter.errors import SnapshotError
from monty_flow.interpreter.runtime.dataclass_support import BINDERS
from monty_flow.interpreter.runtime.generators import PausableGenerator, native_of, set_native
from monty_flow.interpreter.runtime.pause import kept_names
from monty_flow.interpreter.snapshot.layout import check_cells
from monty_flow.interpreter.snapshot.registry import Kind
from monty_flow.interpreter.snapshot.relocation import parameters

#: What functions of a script have for their module.
MAIN = '__main__'


def _find(context: Any, identity: Any) -> tuple[Program, CoreFunction]:
    if type(identity) not in (int, str, tuple):
        raise TypeError('a function has no number')
    owner, function = find_stored(context.program, identity)
    if owner.module is not None and owner.piece is None:
        context.library().load(owner.module)
    return owner, function


def _counterpart(context: Any, owner: Program, function: CoreFunction) -> tuple[Program, CoreFunction]:
    """Return a function as it is in the program of the run."""
    relocation = context.relocation
    if relocation is None or owner is not relocation.old:
        return owner, function
    return relocation.new, relocation.function(function)


# Functions


def _reduce_function(function: FunctionType, context: Any) -> Any:
    found = context.program.function_of_code(function.__code__)
    if found is None:
        return None
    rest: tuple[Any, ...] = ()
    facts = _changed_facts(function)
    annotations = (function.__annotations__,) if context.program.has_annotations and function.__annotations__ else ()
    if function.__defaults__ or function.__kwdefaults__ or function.__dict__ or facts or annotations:
        rest = (function.__defaults__, function.__kwdefaults__, function.__dict__, *facts, *annotations)
    identity = found[1].identity if found[0].piece is None else stored_identity(*found)
    return (identity, *function.__code__.co_freevars, *(function.__closure__ or ())), rest


def _leaves_of_function(function: FunctionType, context: Any) -> tuple[int | str] | None:
    """Return the identity of a function that is as its `def` has made it, without defaults and captured variables."""
    code = function.__code__
    found = context.own_functions.get(id(code))
    # What is compared may be of the script, whose `__eq__` is not to be asked.
    if (
        found is None
        or function.__closure__ is not None
        or function.__defaults__ is not None
        or function.__kwdefaults__ is not None
        or function.__name__ is not code.co_name
        or function.__qualname__ is not code.co_qualname
        or function.__module__ is not MAIN
        or function.__doc__ is not _doc_of(code)
        or function.__dict__
        or (context.program.has_annotations and function.__annotations__)
    ):
        return None
    return (found.identity,)


def _doc_of(code: CodeType) -> str | None:
    consts = code.co_consts
    return consts[0] if consts and type(consts[0]) is str else None


def _changed_facts(function: FunctionType) -> tuple[Any, ...]:
    """Return the names and texts of a function that the script has set, where they differ from its code's."""
    code = function.__code__
    names = function.__name__ == code.co_name and function.__qualname__ == code.co_qualname
    if names and function.__module__ == MAIN and function.__doc__ is _doc_of(code):
        return ()
    return tuple([getattr(function, name) for name in _FACTS])


_FACTS = ('__name__', '__qualname__', '__doc__', '__module__')


def _build_function(context: Any, identity: Any, *captured: Any) -> FunctionType:
    """Make a function of its names of captured variables, followed by their cells."""
    owner, function = _counterpart(context, *_find(context, identity))
    if owner.generated:
        for bind in BINDERS:
            bind(context.run)
    code = owner.codes[function.number]
    if not captured and not code.co_freevars:
        return FunctionType(code, context.run.globals, function.name)
    half = len(captured) // 2
    given = dict(zip(captured[:half], captured[half:], strict=True))
    check_cells(list(code.co_freevars), given)
    return FunctionType(code, context.run.globals, function.name, None, tuple(given[name] for name in code.co_freevars))


def _fill_function(
    context: Any,
    function: FunctionType,
    defaults: Any = None,
    kwdefaults: Any = None,
    attributes: Any = None,
    *facts: Any,
) -> None:
    if type(defaults) not in (tuple, type(None)) or type(kwdefaults) not in (dict, type(None)):
        raise TypeError('the defaults of a function are malformed')
    function.__defaults__ = defaults
    function.__kwdefaults__ = kwdefaults
    if attributes is not None:
        if type(attributes) is not dict:
            raise TypeError('the attributes of a function are malformed')
        # The dict itself, which is filled later, and which the script may hold.
        function.__dict__ = attributes
    if len(facts) % len(_FACTS):
        *facts, annotations = facts  # type: ignore[assignment]
        if type(annotations) is not dict:
            raise TypeError('the annotations of a function are malformed')
        function.__annotations__ = annotations
    if facts:
        for name, value in zip(_FACTS, facts, strict=True):
            # Names are the same objects for all that bear them, as in code.
            setattr(function, name, sys.intern(value) if type(value) is str and name != '__doc__' else value)


# Generators: a native one is made by its resume version, which runs to the yield when the heap is complete


def _reduce_generator(generator: GeneratorType[Any, Any, Any], context: Any) -> Any:
    if generator.gi_frame is None:
        return (None, 0, 0, {}, ()), ()
    found = context.program.function_of_code(generator.gi_code)
    if found is None or generator.gi_running:
        return None
    owner, function = found
    values = dict(generator.gi_frame.f_locals)
    # A comprehension that stays native makes cells of its own, for variables that are locals to us.
    cells = {name: cell for name, cell in _cells_of(generator).items() if name in function.cell_names}
    names, members = tuple(cells), tuple(cells.values())
    if generator.gi_suspended:
        stop = owner.stop_at(function, generator.gi_frame.f_lineno, suspended=True)
        if stop is None or not stop.is_yield:
            raise SnapshotError('a generator stands where it cannot be resumed')
        kept = kept_names(function, stop, values)
        if function.origin:
            kept = {function.stored_name(name): value for name, value in kept.items()}
        identity = stored_identity(owner, function)
        return (identity, stop.node - function.origin, stop.part, kept, names, *members), ()
    # Not started: what it will start from is its arguments, or those of its resume version.
    starting = values[LOCALS] if LOCALS in values else {name: values[name] for name in parameters(function)}
    identity = function.identity if owner.piece is None else stored_identity(owner, function)
    return (identity, -1, 0, starting, names, *members), ()


def _cells_of(generator: GeneratorType[Any, Any, Any]) -> dict[str, CellType]:
    """Return a generator's cells by name.

    They lie among its variables in CPython's order: parameters in cells, other own cells, captured ones. No
    script can hold a cell as a value, so each cell that the collector finds is one of these.
    """
    code = generator.gi_code
    names = [name for name in code.co_varnames if name in code.co_cellvars]
    names += [name for name in code.co_cellvars if name not in code.co_varnames]
    names += code.co_freevars
    cells = [found for found in gc.get_referents(generator) if type(found) is CellType]
    return dict(zip(names, cells, strict=True))


def _build_generator(
    context: Any, identity: Any, node: Any, part: Any, values: Any, names: Any, *cells: Any
) -> Generator[Any, Any, Any]:
    if identity is None:
        return _closed()
    owner, function = _find(context, identity)
    given = dict(zip(names, cells, strict=True))
    if not function.is_generator or type(values) is not dict:
        raise TypeError('a generator is none')
    check_cells(function.cell_names, given)
    starts = node == -1
    stop = None if starts else function.stop_named(node + function.origin, part)
    if not starts and (stop is None or not stop.is_yield):
        raise ValueError('a generator does not yield where it stands')
    relocation = context.relocation
    place = None
    if relocation is not None and owner is relocation.old:
        if stop is None:
            function = relocation.function(function)
        else:
            place = relocation.place(function, stop)
            function, stop = place.function, place.stop
        owner = relocation.new
    closure = tuple(given[name] for name in owner.resume_code(function).co_freevars)
    resume = FunctionType(owner.resume_code(function), context.run.globals, function.name, None, closure or None)
    generator: GeneratorType[Any, Any, Any] = resume(0 if stop is None else stop.pc, values, None)
    context.generators.append((generator, function, stop, values, place))
    return generator


def _closed() -> Generator[Any, Any, Any]:
    generator = (_ for _ in ())
    generator.close()
    return generator


def start_generators(context: Any) -> None:
    """Run restored generators to the yield where they stand, now that their variables are there."""
    for generator, function, stop, values, place in context.generators:
        if place is not None:
            moved = context.relocation.values(place, values)
            values.clear()
            values.update(moved)
        if function.origin:
            moved = {function.loaded_name(name): value for name, value in values.items()}
            values.clear()
            values.update(moved)
        allowed = {*function.local_names, *parameters(function), *(stop.live if stop is not None else ())}
        if not values.keys() <= allowed:
            raise ValueError('a generator has a variable that its function has not')
        if stop is not None:
            next(generator)


def _fill_pausable(context: Any, generator: PausableGenerator, native: Any) -> None:
    if type(native) not in (GeneratorType, type(None)):
        raise TypeError('a generator is none')
    set_native(generator, native)


def function_kinds() -> list[Kind]:
    """Return the kinds of functions of a program and of their generators."""
    return [
        Kind('function', FunctionType, _reduce_function, _build_function, _fill_function, leaves=_leaves_of_function),
        Kind('generator', GeneratorType, _reduce_generator, _build_generator),
        Kind(
            'pausable',
            PausableGenerator,
            lambda v, _: ((), (native_of(v),)),
            lambda _: PausableGenerator(None),
            _fill_pausable,
        ),
    ]
