"""What a snapshot says before its values are decoded: the header of its envelope and the source in its payload.

payload = source_size:u32 source heap
source  = the script as UTF-8, or nothing when it was dumped without
"""

from __future__ import annotations

import struct
import sys
from hashlib import sha256
from typing import Any

from monty_flow.interpreter.compiler.build import compile_program
from monty_flow.interpreter.compiler.program import Program
from monty_flow.interpreter.errors import MontySyntaxError, SnapshotError
from monty_flow.interpreter.limits import DEFAULT_LIMITS, ResourceLimits
from monty_flow.interpreter.records import record
from monty_flow.interpreter.release import RELEASE
from monty_flow.interpreter.runtime.run import Run
from monty_flow.interpreter.snapshot.envelope import Envelope, HeaderValue, seal, unseal
from monty_flow.interpreter.snapshot.layout import damaged
from monty_flow.interpreter.snapshot.signing import KeyRing
from monty_flow.interpreter.snapshot.versions import VERSION

_SIZE = struct.Struct('>I')
#: Who writes, for whoever has to tell why something cannot be read.
WRITER: dict[str, HeaderValue] = {'release': RELEASE, 'python': '.'.join(map(str, sys.version_info[:2]))}
#: The limits, as the header has them.
_LIMITS: tuple[str, ...] = ResourceLimits.__match_args__


def header_of(run: Run) -> dict[str, HeaderValue]:
    """Return what the header says of a stopped run."""
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


def opened(data: bytes, limits: ResourceLimits | None, keys: KeyRing | None, binding: bytes) -> Envelope:
    """Return the envelope of a snapshot that is no longer than the limits allow; raise SnapshotError for anything else."""
    if type(data) is not bytes:
        raise SnapshotError(f'load() takes bytes, not {type(data).__name__}')
    bound = (limits or DEFAULT_LIMITS).max_snapshot_bytes
    return unseal(data, limit=bound + DEFAULT_LIMITS.max_source_bytes, keys=keys, binding=binding)


def payload_of(source: bytes, heap: bytes) -> bytes:
    """Return a payload of a source and a heap."""
    return b''.join((_SIZE.pack(len(source)), source, heap))


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
    """Return the facts of a snapshot; raise SnapshotError for anything else."""
    envelope = opened(data, limits, keys, binding)
    header = envelope.header
    source, _ = parts_of(envelope.payload)
    externals = header.get('externals')
    if externals is not None and type(externals) is not str:
        raise damaged('its external functions are malformed')
    try:
        text = source.decode() if source else None
    except UnicodeDecodeError:
        raise damaged('its source is not text') from None
    digest = fact(header, 'sha256', bytes)
    if source and sha256(source).digest() != digest:
        raise damaged('its source is not the one it was made of')
    return Facts(
        digest,
        text,
        fact(header, 'script', str),
        _split(fact(header, 'inputs', str)),
        None if externals is None else _split(externals),
        limits or limits_of(header),
        fact(header, 'seconds', float),
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
    _, heap = parts_of(envelope.payload)
    text = b'' if source is None else source.encode()
    dropped = {'key', *WRITER} if version != VERSION else {'key'}
    header = {name: value for name, value in envelope.header.items() if name not in dropped}
    payload = payload_of(text, heap)
    return seal(payload, header, version=version, keys=sign, binding=sign_binding, compress=compress)


def parts_of(payload: bytes) -> tuple[bytes, bytes]:
    """Return the source and the heap of a payload."""
    if len(payload) < _SIZE.size or len(payload) - _SIZE.size < _SIZE.unpack_from(payload)[0]:
        raise damaged('its source is cut off')
    end = _SIZE.size + _SIZE.unpack_from(payload)[0]
    return payload[_SIZE.size : end], payload[end:]


def fact(header: dict[str, HeaderValue], name: str, kind: type) -> Any:
    """Return an entry of a header, which must be of a type."""
    value = header.get(name)
    if type(value) is not kind:
        raise damaged(f'its header has no {name}')
    return value


def program_of(header: dict[str, HeaderValue], source: bytes, program: Program | None) -> Program:
    """Return the program of a snapshot: the given one if it is the same script, else compiled from the source."""
    digest = fact(header, 'sha256', bytes)
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
                script_name=fact(header, 'script', str),
                inputs=_split(fact(header, 'inputs', str)),
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


def limits_of(header: dict[str, HeaderValue]) -> ResourceLimits:
    """Return the limits that a header has, the defaults where it has none."""
    if 'limits.max_steps' not in header:
        return DEFAULT_LIMITS
    given = {name: f'limits.{name}' for name in _LIMITS}
    values = {name: header[entry] for name, entry in given.items() if entry in header}
    if any(type(value) not in (int, float, type(None)) for value in values.values()):
        raise damaged('its limits are malformed')
    return ResourceLimits(**values)  # type: ignore[arg-type]
