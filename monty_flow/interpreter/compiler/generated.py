"""Compile the methods that the runtime generates for a script's classes.

A generated method is known by an identity that tells all of its source (see `runtime/dataclass_source.py`), so a
program of it can be made again at any time: programs are kept as long as there is room, and a code object carries its
identity as its last constant. Nothing of a method has to be stored in a run or a snapshot beside that line.
"""

from __future__ import annotations

import threading
from collections import OrderedDict

from monty_flow.interpreter.compiler.build import build_program
from monty_flow.interpreter.compiler.core import CoreFunction
from monty_flow.interpreter.compiler.operations import ANSWERING
from monty_flow.interpreter.compiler.own import Own
from monty_flow.interpreter.compiler.program import Program
from monty_flow.interpreter.errors import MontySyntaxError
from monty_flow.interpreter.limits import DEFAULT_LIMITS
from monty_flow.interpreter.runtime.dataclass_fields import PREFIX
from monty_flow.interpreter.runtime.prelude import stopping_names

#: Programs kept; a run with more shapes than this pays a compilation for each of them.
CACHE_SIZE = 1024
#: Methods of a script's class that the operators and calls of a method with stops may run.
_MAY_STOP = frozenset(
    '__eq__ __ne__ __lt__ __le__ __gt__ __ge__ __hash__ __repr__ __str__ __format__ __post_init__ __init__ __new__'
    ' __call__'.split()
)

_cache: OrderedDict[tuple[str, bool], Program] = OrderedDict()
_lock = threading.Lock()


def generated_program(identity: str, forced: bool) -> Program:
    """Return the program that holds one generated method; raise ValueError for an identity that none has."""
    key = (identity, forced)
    program = _cache.get(key)
    if program is not None:
        return program
    program = _compiled(identity, forced)
    with _lock:
        _cache[key] = program
        while len(_cache) > CACHE_SIZE:
            _cache.popitem(last=False)
    return program


def _compiled(identity: str, forced: bool) -> Program:
    # The texts are loaded with the first dataclass.
    from monty_flow.interpreter.runtime.dataclass_source import STOPPING, DataclassNames, parse_identity, source_of

    method, flags, _ = parse_identity(identity)
    stops = STOPPING in flags
    methods = _MAY_STOP if stops else frozenset[str]()
    own = Own(DataclassNames().rename, identity, stops, methods, asks=stops and method in ANSWERING)
    calls = stopping_names() if stops else frozenset()
    return build_program(
        source_of(identity), 'generated', (), calls, DEFAULT_LIMITS, forced=forced, prelude=None, own=own
    )


def find_generated(user: Program, identity: str) -> tuple[Program, CoreFunction] | None:
    """Return the program and function of an identity, None for one that no generated method has."""
    if not identity.startswith(PREFIX + '|'):
        return None
    try:
        program = generated_program(identity, user.forced)
    except (ValueError, MontySyntaxError):
        return None
    return program, program.by_identity[identity]
