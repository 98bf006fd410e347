"""The state of a stopped run as bytes.

envelope  the facts that are needed before anything is decoded (envelope.py, header.py)
payload   the script's source, if it goes along, and the heap (header.py)
heap      the state, as laid out in layout.py, by the codec of heap.py
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from monty_flow.interpreter.compiler.check import REGISTRY
from monty_flow.interpreter.compiler.program import Program
from monty_flow.interpreter.compiler.scripted import SEPARATOR
from monty_flow.interpreter.errors import LimitReached, SnapshotError, SnapshotLimitError, TimeLimitError
from monty_flow.interpreter.limits import ResourceLimits
from monty_flow.interpreter.records import record
from monty_flow.interpreter.runtime.async_host import STATE
from monty_flow.interpreter.runtime.importing import library_of
from monty_flow.interpreter.runtime.libraries import LOADED
from monty_flow.interpreter.runtime.namespace import plan_of
from monty_flow.interpreter.runtime.pause import CallRequest, Frame, GeneratorMark, Pause
from monty_flow.interpreter.runtime.run import RECURSION, STREAMS, PrintCallback, Run
from monty_flow.interpreter.runtime.tracebacks import is_raised_by_script
from monty_flow.interpreter.snapshot.context import Context
from monty_flow.interpreter.snapshot.envelope import HeaderValue, seal
from monty_flow.interpreter.snapshot.function_kinds import start_generators
from monty_flow.interpreter.snapshot.header import (
    WRITER,
    fact,
    header_of,
    limits_of,
    opened,
    parts_of,
    payload_of,
    program_of,
)
from monty_flow.interpreter.snapshot.heap import decode, encode_laid
from monty_flow.interpreter.snapshot.layout import StateLayout, damaged, unflatten
from monty_flow.interpreter.snapshot.relocation import Relocation
from monty_flow.interpreter.snapshot.restoring import restore_extras, restore_globals, restore_random
from monty_flow.interpreter.snapshot.script_kinds import KINDS
from monty_flow.interpreter.snapshot.signing import KeyRing
from monty_flow.interpreter.snapshot.versions import FLAGS, VERSION
from monty_flow.interpreter.views import Move

#: What every run has in its globals, and no script has bound.
_GIVEN = frozenset({'__builtins__', REGISTRY})
_GIVEN_NAME = '__main__'
#: Seconds that methods of a script, such as `__hash__`, may take while its state is loaded: whoever looks at a run loads it.
LOADING_SECONDS = 5.0
#: Bytes that values take in memory for each byte of their heap, roughly.
_HEAP_FACTOR = 4


@record(frozen=True)
class State:
    """A stopped run: what `Snapshot` holds."""

    run: Run
    request: CallRequest
    frames: list[Frame | GeneratorMark]
    #: For a state that goes on in another version of its script: where each function goes on, and which names of the top
    #: level that the new version has before that line are not bound.
    moves: tuple[Move, ...] = ()
    unbound: tuple[str, ...] = ()


def write_state(
    run: Run,
    request: CallRequest,
    frames: list[Frame | GeneratorMark],
    *,
    with_source: bool,
    version: int = VERSION,
    keys: KeyRing | None = None,
    binding: bytes = b'',
    compress: bool = True,
) -> bytes:
    """Return a stopped run as bytes; raise SnapshotError for what cannot be kept."""
    heap = _written(run, request, frames, version)
    source = run.program.source.encode() if with_source else b''
    payload = payload_of(source, heap)
    header = header_of(run)
    if version == VERSION:
        header.update(WRITER)
    else:
        _check_older(version, run)
    return seal(payload, header, version=version, keys=keys, binding=binding, compress=compress)


def _written(run: Run, request: CallRequest, frames: list[Frame | GeneratorMark], version: int) -> bytes:
    """Return what a stopped run holds as a heap."""
    scope = run.globals
    variables = {name: value for name, value in scope.items() if name[0] != '$' and name not in _GIVEN}
    for name, given in (
        ('__name__', _GIVEN_NAME),
        ('__doc__', run.program.doc),
        ('__file__', run.program.script_name),
    ):
        if variables.get(name) == given:
            variables.pop(name, None)
    if run.library is not None:
        variables = {name: value for name, value in variables.items() if SEPARATOR not in name}
    extras: dict[str, Any] = {}
    if run.files is not None:
        extras['files'] = run.files.state()
    if run.arithmetic is not None:
        extras['decimal'] = run.arithmetic.context
    if LOADED in scope:
        # What libraries define is made again when they are loaded.
        variables = {name: value for name, value in variables.items() if ':' not in name and '.' not in name}
        if STATE in scope:
            extras[STATE] = scope[STATE]
    if scope.get(STREAMS):
        extras['streams'] = scope[STREAMS]
    if RECURSION in scope:
        extras['recursion'] = scope[RECURSION]
    kept = None if run.library is None else run.library.state()
    if kept:
        extras['modules'] = kept
    if run.shadows:
        extras['shadows'] = run.shadows
    if run.numbers is not None and version == VERSION:
        extras['ids'] = run.numbers.state()
    layout = StateLayout(variables, frames, request, run.random_state, extras)
    try:
        return encode_laid(layout, KINDS, Context(run), limit=run.limits.max_snapshot_bytes)
    except SnapshotLimitError as error:
        raise SnapshotLimitError(error.limit, error.value, _line_of(frames)) from None
    except LimitReached:
        # A method of the script was asked by what takes its values apart, and found no fuel.
        return _written_with_fuel(run, layout)


def _written_with_fuel(run: Run, layout: StateLayout) -> bytes:
    """Return what a stopped run holds as a heap, where CPython asks the `__hash__` of keys: an ordered dictionary looks each up.

    What that uses is not the script's: how often a state is stored is the host's affair.
    """
    own, used, steps = run.limits, run.seconds_before, run.steps_used
    run.active = True
    run.limits, run.seconds_before, run.started = _while_loading(own), 0.0, 0.0
    try:
        return encode_laid(layout, KINDS, Context(run), limit=own.max_snapshot_bytes)
    except (LimitReached, Pause) as error:
        raise SnapshotError(f'what the script holds cannot be taken apart: {error}') from error
    finally:
        run.active = False
        run.limits, run.seconds_before, run.steps_used = own, used, steps
        run.fill(0)


def _check_older(version: int, run: Run) -> None:
    """Raise SnapshotError when an older format is none, or cannot hold the state."""
    if version not in FLAGS:
        known = ', '.join(map(str, FLAGS))
        raise SnapshotError(f'there is no snapshot format {version}; this release writes the formats {known}')
    if run.files is not None:
        raise SnapshotError(f'format {version} cannot hold files of a script; write format {VERSION}')
    if run.arithmetic is not None:
        raise SnapshotError(f'format {version} cannot hold a context of decimal; write format {VERSION}')


def _line_of(frames: list[Frame | GeneratorMark]) -> int:
    """Return the script's line at which a run stands."""
    script = [frame for frame in frames if isinstance(frame, Frame)]
    return script[-1].program.lines.source_line(script[-1].stop.line) if script else 0


def read_state(
    data: bytes,
    *,
    program: Program | None,
    limits: ResourceLimits | None,
    print_callback: PrintCallback | None,
    keys: KeyRing | None = None,
    binding: bytes = b'',
    onto: Program | None = None,
) -> State:
    """Return the stopped run that `write_state` wrote; raise SnapshotError for anything else.

    `onto` is another version of the script, in which the run is to go on; RelocationRefused where it cannot.
    """
    envelope = opened(data, limits, keys, binding)
    header, payload = envelope.header, envelope.payload
    source, heap = parts_of(payload)
    old = program_of(header, source, program)
    program = old if onto is None else onto
    relocation = None if onto is None else Relocation(old, onto)
    run = _run_of(header, program, limits, print_callback)
    run.held = _HEAP_FACTOR * len(payload)
    return _read(heap, run, relocation)


def _read(heap: bytes, run: Run, relocation: Relocation | None = None) -> State:
    """Return the stopped run that a heap holds; `run` is made for it."""
    program = run.program
    scope = plan_of(program).build(run, None)
    context = Context(run, relocation)
    own, used = run.limits, run.seconds_before
    # What is decoded may charge the run: fuel is there, and the clock starts at the first look.
    run.active = True
    run.limits, run.seconds_before = _while_loading(own), 0.0
    try:
        root = decode(heap, KINDS, context)
        start_generators(context)
        parts = unflatten(root, context.program)
        frames = parts.frames if relocation is None else relocation.frames(parts.frames)
        for frame in frames:
            if type(frame) is not Frame or frame.program is program:
                continue
            if frame.program.module is not None and frame.program.piece is None:
                library_of(run).load(frame.program.module)
        restore_globals(run, parts.variables)
        restore_random(run, parts.random)
        restore_extras(run, parts.extras)
        unbound = () if relocation is None else relocation.define_added(scope, frames)
    except SnapshotError:
        raise
    except BaseException as error:  # methods of the script run here, such as __hash__, and may raise or call anything
        if not isinstance(error, (Exception, LimitReached, Pause)) and not is_raised_by_script(error):
            raise
        if isinstance(error, LimitReached) and isinstance(error.error, TimeLimitError):
            raise SnapshotError(_TOO_LONG) from error
        raise damaged(f'what it holds cannot be made: {error}') from error
    finally:
        run.active = False
        run.limits, run.seconds_before = own, used
        if run.arithmetic is not None:
            run.arithmetic.leave()
    moves = () if relocation is None else tuple(relocation.moves)
    return State(run, parts.request, frames, moves, unbound)


_TOO_LONG = (
    f'the snapshot cannot be loaded: methods of the script that are asked for it, such as __hash__, took over {LOADING_SECONDS:g} s; '
    'keep what they do short'
)


@lru_cache(64)
def _while_loading(limits: ResourceLimits) -> ResourceLimits:
    seconds = limits.max_duration_secs
    if seconds is not None and seconds <= LOADING_SECONDS:
        return limits
    fields = {name: getattr(limits, name) for name in ResourceLimits.__match_args__}
    return ResourceLimits(**fields | {'max_duration_secs': LOADING_SECONDS})


def _run_of(
    header: dict[str, HeaderValue],
    program: Program,
    limits: ResourceLimits | None,
    print_callback: PrintCallback | None,
) -> Run:
    """Return a run that has used what the header says."""
    run = Run(program, limits or limits_of(header), print_callback)
    run.seconds_before = fact(header, 'seconds', float)
    run.steps_used = fact(header, 'steps', int)
    run.output_bytes = fact(header, 'output', int)
    # Snapshots of the first release do not count pauses.
    run.pauses = fact(header, 'pauses', int) if 'pauses' in header else 0
    return run


def carried(state: State, program: Program) -> State:
    """Return the state of a session in a run of a program that goes on where the one that it has ends."""
    old = state.run
    heap = _written(old, state.request, state.frames, VERSION)
    run = Run(program, old.limits, old.print_callback)
    run.seconds_before, run.steps_used = old.seconds_before, old.steps_used
    run.output_bytes, run.pauses, run.held = old.output_bytes, old.pauses, old.held
    return _read(heap, run)
