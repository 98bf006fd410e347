"""Compile source that a script computes: what it gives `eval`, `exec` and `compile`.

A piece goes through the stages that a script goes through: what no script may say, no piece may say. It becomes one
function, whose names of the top level live in dicts of the script:

    x = f(y)        def piece($names, $globals):
                        $names['x'] = $names['f']($names['y'])

`$names` looks a name up as Python does at the top level of a piece (locals, globals, built-ins), `$globals` as in the
functions of it; both are values that no source can spell (`runtime/evaluation.py`). So a piece is a library module of which
nothing lies in the globals of the run, and its functions carry their globals in a cell: a snapshot stores them as any
function, with the text of the piece beside them.

A piece is known by the digest of its text. Programs are kept while a run holds them, and the latest ones beyond that.
"""

from __future__ import annotations

import ast
import threading
import warnings
from collections import OrderedDict
from hashlib import sha256
from types import CodeType
from typing import Final
from weakref import ref

from monty_flow.interpreter.compiler import scope_builder, scopes
from monty_flow.interpreter.compiler.build import build_program
from monty_flow.interpreter.compiler.check import check
from monty_flow.interpreter.compiler.core import PIECE, CoreFunction
from monty_flow.interpreter.compiler.namespacing import Namespacing
from monty_flow.interpreter.compiler.own import Own
from monty_flow.interpreter.compiler.parse import syntax_error
from monty_flow.interpreter.compiler.program import CODE_FINDERS, FINDERS, MODULE_FILE, Program
from monty_flow.interpreter.compiler.scripted import METHODS, PIECE_PREFIX, SEPARATOR
from monty_flow.interpreter.compiler.type_parameters import expand
from monty_flow.interpreter.errors import MontySyntaxError
from monty_flow.interpreter.limits import ResourceLimits
from monty_flow.interpreter.runtime.prelude import prelude_program

#: Bytes of one piece: compiling so many takes a part of a second.
MAX_BYTES: Final = 64 * 1024
#: Bytes of source whose programs are kept when no run holds them.
_KEPT_BYTES: Final = 128 * 1024
MODES: Final = frozenset({'eval', 'exec', 'single'})

#: Programs that a run may hold. Dead ones are swept out, not called back: the end of a run may strike in a callback.
_alive: dict[str, ref[Program]] = {}
_SWEPT_FROM: Final = 1024
_kept: OrderedDict[str, Program] = OrderedDict()
_lock = threading.RLock()


def piece_program(source: str, mode: str, variant: str, forced: bool, limits: ResourceLimits) -> Program:
    """Return the program of a piece; raise MontySyntaxError for one that is no Python, or not admitted."""
    text = source.encode('utf-8', 'surrogatepass')
    digest = sha256(f'{mode} {variant} {forced} '.encode() + text).hexdigest()
    name = PIECE_PREFIX + digest
    program = _living(name)
    if program is not None and len(text) <= limits.max_source_bytes:
        return program
    most = min(limits.max_source_bytes, MAX_BYTES)
    if len(text) > most:
        raise MontySyntaxError(
            f'SyntaxError: the source has {len(text)} bytes, more than max_source_bytes={most}', script_name=_SHOWN
        )
    program = _compiled(source, mode, name, variant, forced, limits)
    with _lock:
        program = _living(name) or program
        if len(_alive) >= _SWEPT_FROM:
            for dead in [other for other, held in _alive.items() if held() is None]:
                del _alive[dead]
        _alive[name] = ref(program)
        _kept[name] = program
        size = sum(kept.source_bytes for kept in _kept.values())
        while size > _KEPT_BYTES and len(_kept) > 1:
            size -= _kept.popitem(last=False)[1].source_bytes
    return program


def _living(name: str) -> Program | None:
    held = _alive.get(name)
    return None if held is None else held()


def _compiled(source: str, mode: str, name: str, variant: str, forced: bool, limits: ResourceLimits) -> Program:
    def prepare(tree: ast.Module) -> None:
        expand(tree, source, False)
        check(tree, source, _SHOWN, is_piece=True)
        _check_alone(source, mode)
        try:
            found = scope_builder.build(tree)
        except scopes.ScopeError as error:
            place = (_SHOWN, getattr(error.node, 'lineno', 1), getattr(error.node, 'col_offset', 0) + 1, None)
            raise syntax_error(SyntaxError(str(error), place), source, _SHOWN) from None
        Namespacing(tree, found, mode).rewrite()
        ast.fix_missing_locations(tree)
        check(tree, source, _SHOWN, trusted=True)

    own = Own(prepare, None, True, METHODS[variant], module=name)
    return build_program(source, _SHOWN, (), frozenset(), limits, forced=forced, prelude=prelude_program, own=own)


#: What tracebacks and errors call the file of a piece.
_SHOWN: Final = '<string>'


def _check_alone(source: str, mode: str) -> None:
    """Raise for what is not Python by itself: a `return` outside a function; the code that is made is not kept."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter('ignore')
            compile(source, _SHOWN, mode, dont_inherit=True)
    except SyntaxError as error:
        raise syntax_error(error, source, _SHOWN) from None
    except (RecursionError, MemoryError, OverflowError, ValueError):
        raise MontySyntaxError('SyntaxError: the source is nested too deeply', script_name=_SHOWN) from None


def main_of(program: Program) -> CodeType:
    """Return the code of the one function that a piece is."""
    return program.codes[program.by_identity[f'{program.module}{SEPARATOR}{PIECE}'].number]


def find_piece_function(user: Program, identity: str) -> tuple[Program, CoreFunction] | None:
    """Return the program and function of an identity, None for one of no piece."""
    name = identity.partition(SEPARATOR)[0]
    program = _living(name) if name.startswith(PIECE_PREFIX) else None
    function = None if program is None else program.by_identity.get(identity)
    return None if program is None or function is None else (program, function)


def find_piece_code(user: Program, code: CodeType) -> tuple[Program, CoreFunction] | None:
    """Return whose code of a piece an object is."""
    program = _living(code.co_filename[len(MODULE_FILE) : -1])
    function = None if program is None else program.code_functions.get(id(code))
    return None if program is None or function is None else (program, function)


FINDERS.append(find_piece_function)
CODE_FINDERS.append(find_piece_code)
