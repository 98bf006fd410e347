"""The state of a stopped run as bytes.

envelope  the facts that are needed before anything is decoded (envelope.py)
payload = source_size:u32 source heap
source  = the script as UTF-8, or nothing when it was dumped without
heap    = the state, as laid out in layout.py, by the codec of heap.py
"""

from __future__ import annotations

import struct
import sys
from hashlib import sha256
from typing import Any

from monty_flow.interpreter import modules
from monty_flow.interpreter.builtins.functions import Builtins
from monty_flow.interpreter.compiler.build import compile_program
from monty_flow.interpreter.compiler.library import LIBRARIES
from monty_flow.interpreter.compiler.program import Program
from monty_flow.interpreter.compiler.scripted import SEPARATOR
from monty_flow.interpreter.errors import (
    LimitReached,
    MontySyntaxError,
    SnapshotError,
    SnapshotLimitError,
    SnapshotTooNew,
)
from monty_flow.interpreter.limits import DEFAULT_LIMITS, ResourceLimits
from monty_flow.interpreter.records import record
from monty_flow.interpreter.release import RELEASE
from monty_flow.interpreter.runtime.arithmetic import Arithmetic
from monty_flow.interpreter.runtime.arithmetic import Context as ArithmeticContext
from monty_flow.interpreter.runtime.async_host import STATE
from monty_flow.interpreter.runtime.files import files_of
from monty_flow.interpreter.runtime.identity import Numbers
from monty_flow.interpreter.runtime.importing import Importer, library_of
from monty_flow.interpreter.runtime.libraries import LOADED, at_path
from monty_flow.interpreter.runtime.namespace import plan_of
from monty_flow.interpreter.runtime.namespaces import is_builtin_name, may_bind
from monty_flow.interpreter.runtime.pause import CallRequest, Frame, GeneratorMark, Pause
from monty_flow.interpreter.runtime.run import STREAMS, PrintCallback, Run
from monty_flow.interpreter.runtime.scripted_modules import Library
from monty_flow.interpreter.runtime.tracebacks import EARLIER, entries_of, is_raised_by_script
from monty_flow.interpreter.snapshot.envelope import HeaderValue, seal, unseal
from monty_flow.interpreter.snapshot.heap import decode, encode_laid
from monty_flow.interpreter.snapshot.layout import StateLayout, damaged, unflatten
from monty_flow.interpreter.snapshot.relocation import Relocation
from monty_flow.interpreter.snapshot.script_kinds import KINDS, start_generators
from monty_flow.interpreter.snapshot.signing import KeyRing
from monty_flow.interpreter.snapshot.versions import FLAGS, VERSION
from monty_flow.interpreter.views import Move

_SIZE = struct.Struct('>I')
#: What every run has in its globals, and no script has bound.
_GIVEN = frozenset({'__builtins__'})
_GIVEN_NAME = '__main__'
#: Who writes, for whoever has to tell why something cannot be read.
_WRITER: dict[str, HeaderValue] = {'release': RELEASE, 'python': '.'.join(map(str, sys.version_info[:2]))}
#: The limits, as the header has them.
_LIMITS: tuple[str, ...] = ResourceLimits.__match_args__
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


class Context:
    """What kinds ask for while a heap is written or read."""

    __slots__ = ('_objects', 'generators', 'own_functions', 'program', 'relocation', 'run')

    def __init__(self, run: Run, relocation: Relocation | None = None) -> None:
        self.run = run
        #: Whose functions the heap names; those of another program than the run's are replaced by the relocation.
        self.program = run.program if relocation is None else relocation.old
        self.relocation = relocation
        #: Functions of the program by the address of their code; none where some may go by the name that a library has for them.
        alone = run.library is None and LOADED not in run.globals
        self.own_functions = self.program.code_functions if alone else {}
        #: Restored generators that have yet to run to where they stood.
        self.generators: list[Any] = []
        self._objects: Builtins | None = None

    def show_names(self, names: dict[str, Any]) -> None:
        """Take globals that are built, and may be empty yet: the `__hash__` of a script may ask for its own."""
        _restore_globals(self.run, names)

    def objects(self) -> Builtins:
        """Return built-in functions bound to the run."""
        if self._objects is None:
            self._objects = Builtins(self.run)
        return self._objects

    def library(self) -> Library:
        """Return the library modules of the run."""
        return library_of(self.run)

    def module(self, name: str) -> Any:
        """Return a module of the run, for scripts or for library modules: none gives more than a script may have."""
        if not modules.is_known(name):
            raise ValueError('there is no such module')
        return Importer(self.run, None).load(name)

    def library_value(self, path: str) -> Any:
        """Return what a library defines under a path, loading the library where that is not done yet."""
        name = path.partition(':')[0]
        if name not in LIBRARIES:
            raise ValueError('there is no such library')
        Importer(self.run, None).load_library(name)
        return at_path(self.run, path)

    def traceback_entries(self, error: BaseException) -> list[Any]:
        """Return the lines of an exception's traceback, for the snapshot."""
        return [list(entry) for entry in entries_of(error, self.program)]

    def set_traceback_entries(self, error: BaseException, entries: list[Any]) -> None:
        """Give an exception the traceback lines that it had."""
        for entry in entries:
            if type(entry) is not list or len(entry) != 2 or type(entry[0]) is not str or type(entry[1]) is not int:
                raise ValueError('a traceback entry is malformed')
        if entries:
            error.__dict__[EARLIER] = [tuple(entry) for entry in entries]


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
    payload = b''.join((_SIZE.pack(len(source)), source, heap))
    header = _header(run)
    if version == VERSION:
        header.update(_WRITER)
    else:
        _check_older(version, run)
    return seal(payload, header, version=version, keys=keys, binding=binding, compress=compress)


def _written(run: Run, request: CallRequest, frames: list[Frame | GeneratorMark], version: int) -> bytes:
    """Return what a stopped run holds as a heap."""
    scope = run.globals
    variables = {name: value for name, value in scope.items() if name[0] != '$' and name not in _GIVEN}
    for name, given in (('__name__', _GIVEN_NAME), ('__doc__', run.program.doc)):
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
    except LimitReached as error:
        # A method of the script was asked by what takes its values apart.
        raise SnapshotError(f'what the script holds cannot be taken apart: {error}') from error


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


def _header(run: Run) -> dict[str, HeaderValue]:
    program = run.program
    declared = program.declared
    header: dict[str, HeaderValue] = {
        'script': program.script_name,
        'sha256': program.sha256,
        'inputs': '\n'.join(program.inputs),
        'externals': None if declared is None else '\n'.join(sorted(declared)),
        'seconds': run.seconds_before,
        'steps': run.steps_used,
        'output': run.output_bytes,
        'pauses': run.pauses,
    }
    if program.forced:
        header['forced'] = True
    if program.is_session:
        header['session'] = True
    if run.limits is not DEFAULT_LIMITS and run.limits != DEFAULT_LIMITS:
        for name in _LIMITS:
            header[f'limits.{name}'] = getattr(run.limits, name)
    return header


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
    if type(data) is not bytes:
        raise SnapshotError(f'load() takes bytes, not {type(data).__name__}')
    bound = (limits or DEFAULT_LIMITS).max_snapshot_bytes
    envelope = unseal(data, limit=bound + DEFAULT_LIMITS.max_source_bytes, keys=keys, binding=binding)
    header, payload = envelope.header, envelope.payload
    source, heap = _parts_of(payload)
    old = _program_of(header, source, program)
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
    # What is decoded may charge the run: fuel is there, and the clock starts at the first look.
    run.active = True
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
        _restore_globals(run, parts.variables)
        _restore_random(run, parts.random)
        _restore_extras(run, parts.extras)
        unbound = () if relocation is None else relocation.define_added(scope, frames)
    except SnapshotError:
        raise
    except BaseException as error:  # methods of the script run here, such as __hash__, and may raise or call anything
        if not isinstance(error, (Exception, LimitReached, Pause)) and not is_raised_by_script(error):
            raise
        raise damaged(f'what it holds cannot be made: {error}') from error
    finally:
        run.active = False
        if run.arithmetic is not None:
            run.arithmetic.leave()
    moves = () if relocation is None else tuple(relocation.moves)
    return State(run, parts.request, frames, moves, unbound)


def _run_of(
    header: dict[str, HeaderValue],
    program: Program,
    limits: ResourceLimits | None,
    print_callback: PrintCallback | None,
) -> Run:
    """Return a run that has used what the header says."""
    run = Run(program, limits or _limits_of(header), print_callback)
    run.seconds_before = _fact(header, 'seconds', float)
    run.steps_used = _fact(header, 'steps', int)
    run.output_bytes = _fact(header, 'output', int)
    # Snapshots of the first release do not count pauses.
    run.pauses = _fact(header, 'pauses', int) if 'pauses' in header else 0
    return run


def carried(state: State, program: Program) -> State:
    """Return the state of a session in a run of a program that goes on where the one that it has ends."""
    old = state.run
    heap = _written(old, state.request, state.frames, VERSION)
    run = Run(program, old.limits, old.print_callback)
    run.seconds_before, run.steps_used = old.seconds_before, old.steps_used
    run.output_bytes, run.pauses, run.held = old.output_bytes, old.pauses, old.held
    return _read(heap, run)


@record(frozen=True)
class Facts:
    """What can be known of a snapshot without decoding its values."""

    sha256: bytes
    #: None when it was dumped without.
    source: str | None
    script_name: str
    inputs: tuple[str, ...]
    externals: tuple[str, ...] | None
    limits: ResourceLimits
    #: Seconds that the script had computed.
    seconds: float


def facts_of(data: bytes, *, limits: ResourceLimits | None, keys: KeyRing | None, binding: bytes) -> Facts:
    """Return the facts of a snapshot; raise SnapshotError as `read_state` does."""
    if type(data) is not bytes:
        raise SnapshotError(f'load() takes bytes, not {type(data).__name__}')
    bound = (limits or DEFAULT_LIMITS).max_snapshot_bytes
    envelope = unseal(data, limit=bound + DEFAULT_LIMITS.max_source_bytes, keys=keys, binding=binding)
    header = envelope.header
    source, _ = _parts_of(envelope.payload)
    externals = header.get('externals')
    if externals is not None and type(externals) is not str:
        raise damaged('its external functions are malformed')
    try:
        text = source.decode() if source else None
    except UnicodeDecodeError:
        raise damaged('its source is not text') from None
    digest = _fact(header, 'sha256', bytes)
    if source and sha256(source).digest() != digest:
        raise damaged('its source is not the one it was made of')
    return Facts(
        digest,
        text,
        _fact(header, 'script', str),
        _split(_fact(header, 'inputs', str)),
        None if externals is None else _split(externals),
        limits or _limits_of(header),
        _fact(header, 'seconds', float),
    )


def resealed(
    data: bytes,
    *,
    source: str | None,
    keys: KeyRing | None = None,
    binding: bytes = b'',
    sign: KeyRing | None = None,
    sign_binding: bytes = b'',
    version: int = VERSION,
    compress: bool = False,
) -> bytes:
    """Return a snapshot with another source, or none, in another seal; what it holds is not decoded."""
    envelope = unseal(data, limit=1 << 40, keys=keys, binding=binding)
    _, heap = _parts_of(envelope.payload)
    text = b'' if source is None else source.encode()
    dropped = {'key', *_WRITER} if version != VERSION else {'key'}
    header = {name: value for name, value in envelope.header.items() if name not in dropped}
    payload = b''.join((_SIZE.pack(len(text)), text, heap))
    return seal(payload, header, version=version, keys=sign, binding=sign_binding, compress=compress)


def _parts_of(payload: bytes) -> tuple[bytes, bytes]:
    """Return the source and the heap of a payload."""
    if len(payload) < _SIZE.size or len(payload) - _SIZE.size < _SIZE.unpack_from(payload)[0]:
        raise damaged('its source is cut off')
    end = _SIZE.size + _SIZE.unpack_from(payload)[0]
    return payload[_SIZE.size : end], payload[end:]


def _fact(header: dict[str, HeaderValue], name: str, kind: type) -> Any:
    value = header.get(name)
    if type(value) is not kind:
        raise damaged(f'its header has no {name}')
    return value


def _program_of(header: dict[str, HeaderValue], source: bytes, program: Program | None) -> Program:
    """Return the program of a snapshot: the given one if it is the same script, else compiled from the source."""
    digest = _fact(header, 'sha256', bytes)
    if program is None:
        if not source:
            raise SnapshotError('the snapshot was dumped without its source; give load() the script')
        if sha256(source).digest() != digest:
            raise damaged('its source is not the one it was made of')
        externals = header.get('externals')
        if externals is not None and type(externals) is not str:
            raise damaged('its external functions are malformed')
        try:
            program = compile_program(
                source.decode(),
                script_name=_fact(header, 'script', str),
                inputs=_split(_fact(header, 'inputs', str)),
                externals=None if externals is None else frozenset(_split(externals)),
                forced=header.get('forced') is True,
                is_session=header.get('session') is True,
            )
        except (MontySyntaxError, UnicodeDecodeError) as error:
            raise SnapshotError(f'this release cannot compile the script of the snapshot: {error}') from error
    elif program.sha256 != digest:
        raise SnapshotError('the snapshot belongs to another script; give load() the script that it was dumped from')
    return program


def _split(text: str) -> tuple[str, ...]:
    return tuple(text.split('\n')) if text else ()


def _limits_of(header: dict[str, HeaderValue]) -> ResourceLimits:
    if 'limits.max_steps' not in header:
        return DEFAULT_LIMITS
    given = {name: f'limits.{name}' for name in _LIMITS}
    values = {name: header[entry] for name, entry in given.items() if entry in header}
    if any(type(value) not in (int, float, type(None)) for value in values.values()):
        raise damaged('its limits are malformed')
    return ResourceLimits(**values)  # type: ignore[arg-type]


def _restore_globals(run: Run, values: dict[str, Any]) -> None:
    if not values.keys() <= plan_of(run.program).bindable and not all(may_bind(run.program, name) for name in values):
        raise damaged('its globals have a name that the script cannot bind')
    run.globals.update(values)


def _restore_streams(run: Run, streams: Any) -> None:
    if type(streams) is not dict or not streams.keys() <= {'stdout', 'stderr'}:
        raise damaged('its streams are malformed')
    run.globals[STREAMS] = streams
    module = (run.modules or {}).get('sys')
    for name, stream in streams.items():
        if module is not None:
            object.__setattr__(module, name, stream)


def _restore_arithmetic(run: Run, context: Any) -> None:
    if type(context) is not ArithmeticContext:
        raise damaged('its context of decimal is none')
    if run.arithmetic is None:
        # A library module that imports `decimal` is loaded when the script asks for one of its names again.
        run.arithmetic = Arithmetic()
    # Importing the module has put a fresh one into the thread.
    run.arithmetic.leave()
    run.arithmetic.context = context


def _restore_extras(run: Run, extras: dict[str, Any]) -> None:
    if not extras:
        return
    files = extras.pop('files', None)
    context = extras.pop('decimal', None)
    loops = extras.pop(STATE, None)
    if loops is not None:
        if type(loops) is not run.globals.get('asyncio:State'):
            raise damaged('its event loops are malformed')
        run.globals[STATE] = loops
    if 'streams' in extras:
        _restore_streams(run, extras.pop('streams'))
    if 'modules' in extras:
        kept = extras.pop('modules')
        try:
            library_of(run).restore(kept if type(kept) is dict else {'': kept})
        except (LookupError, AttributeError) as error:
            raise damaged(f'what its modules keep is malformed: {error}') from error
    if 'shadows' in extras:
        shadows = extras.pop('shadows')
        if type(shadows) is not dict or not all(type(name) is str and is_builtin_name(name) for name in shadows):
            raise damaged('what its code has bound to built-ins is malformed')
        run.shadows = shadows
    if 'ids' in extras:
        run.numbers = Numbers()
        try:
            run.numbers.restore(extras.pop('ids'))
        except ValueError as error:
            raise damaged(str(error)) from error
    if extras:
        raise SnapshotTooNew(
            f'this release does not know what the snapshot holds: {", ".join(sorted(extras))}; load it with a newer release'
        )
    if context is not None:
        _restore_arithmetic(run, context)
    if files is not None:
        try:
            files_of(run).restore(files)
        except (ValueError, OSError) as error:
            raise damaged(str(error)) from error


def _restore_random(run: Run, state: Any) -> None:
    if state is None:
        return
    try:
        run.random.setstate(state)
    except (TypeError, ValueError, ArithmeticError, LookupError) as error:
        raise damaged('its random state is malformed') from error
