"""What the code of a piece (`compiler/pieces.py`) looks its names up in, and what a script holds of one.

The names of a piece are items of dicts of the script, or of the names that the script binds at its top level. The dict in
which code runs has names of ours beside those of the script, so no script ever holds it: `GlobalNames` lets it see and set
its own.
"""

from __future__ import annotations

from types import FunctionType
from typing import TYPE_CHECKING, Any, Final

from monty_flow.interpreter.builtins.objects import type_name
from monty_flow.interpreter.builtins.table import BUILTINS, REFUSED_BUILTINS
from monty_flow.interpreter.compiler.pieces import MODES, main_of, piece_program
from monty_flow.interpreter.compiler.program import MODULE_FILE
from monty_flow.interpreter.compiler.scripted import PIECE_PROGRAMS, variant_for
from monty_flow.interpreter.errors import MontySyntaxError
from monty_flow.interpreter.modules.module import Module
from monty_flow.interpreter.runtime.external import ExternalFunction, host_call
from monty_flow.interpreter.runtime.global_names import GlobalNames
from monty_flow.interpreter.runtime.namespaces import PROVIDERS
from monty_flow.interpreter.runtime.paying_bases import BUILTINS_OF

if TYPE_CHECKING:
    from monty_flow.interpreter.compiler.program import Program
    from monty_flow.interpreter.runtime.run import Run

#: Steps that making code takes for each byte of its source, and for each piece: as many take about as long.
_STEPS_A_BYTE: Final = 30
_STEPS_A_PIECE: Final = 3_000
#: Bytes of memory that the code takes for each byte of its source, and for each piece.
_MEMORY_A_BYTE: Final = 400
_MEMORY_A_PIECE: Final = 20_000
_MISSING: Final[Any] = object()


class Names:
    """The namespaces of a piece: where it binds names, where its functions find theirs."""

    __slots__ = ('globals', 'locals', 'run')

    def __init__(self, run: Run, global_names: Any, local_names: Any) -> None:
        self.run = run
        self.globals = global_names
        #: A mapping of the script, the same as `globals` at the top level of a module.
        self.locals = local_names

    def __getitem__(self, name: str) -> Any:
        if self.locals is not self.globals:
            try:
                return self.locals[name]
            except KeyError:
                pass
        found = self.of_globals(name)
        return self.builtin(name) if found is _MISSING else found

    def of_globals(self, name: str) -> Any:
        """Return an item of the globals; a dict of a class of the script is asked as the dict that it is."""
        held = self.globals
        return held.get(name, _MISSING) if type(held) is GlobalNames else dict.get(held, name, _MISSING)

    def __setitem__(self, name: str, value: Any) -> None:
        self.locals[name] = value

    def __delitem__(self, name: str) -> None:
        try:
            del self.locals[name]
        except KeyError:
            raise _unbound(name) from None

    def builtin(self, name: str) -> Any:
        """Return a built-in or an external function, or what the script has given in their place."""
        given = self.of_globals('__builtins__')
        if given is _MISSING or isinstance(given, Module):
            return builtin_of(self.run, name)
        if not isinstance(given, dict):
            raise _unbound(name)
        found = dict.get(given, name, _MISSING)
        if found is _MISSING:
            raise _unbound(name)
        return found


def _unbound(name: str) -> NameError:
    return NameError(f"name '{name}' is not defined", name=name)


def builtin_of(run: Run, name: str) -> Any:
    """Return what a name that nothing binds means in a run."""
    program = run.program
    if name in program.externals:
        held = run.globals['__builtins__'].get(name)
        if held is not None:
            return held
    elif run.hosts is not None and name in run.hosts and (program.declared is None or name in program.declared):
        return host_call(name, run.hosts[name], run)
    elif run.hosts is None and name in (program.declared or ()):
        return ExternalFunction(name)
    elif name in BUILTINS:
        return BUILTINS_OF[0](run).value(name)
    elif name in REFUSED_BUILTINS:
        raise NameError(f"the built-in '{name}' is refused: {REFUSED_BUILTINS[name]}", name=name)
    raise _unbound(name)


class PieceCode:
    """Source that a script has had compiled: what its `compile` gives."""

    __slots__ = ('_mode', '_program', '_source')
    _mode: str
    _program: Program
    _source: str
    script_type_name: Final = 'code'

    def __init__(self, source: str, mode: str, program: Program) -> None:
        object.__setattr__(self, '_source', source)
        object.__setattr__(self, '_mode', mode)
        object.__setattr__(self, '_program', program)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError('readonly attribute')

    def __delattr__(self, name: str) -> None:
        raise AttributeError('readonly attribute')

    def __repr__(self) -> str:
        return '<code object <module>, file "<string>", line 1>'


def code_parts(code: PieceCode) -> tuple[str, str]:
    """Return the source and mode of a piece."""
    return code._source, code._mode


def _program_of(identity: tuple[Any, ...]) -> Program:
    if len(identity) != 2 or type(identity[0]) is not PieceCode or type(identity[1]) is not str:
        raise LookupError('a function of a piece is malformed')
    return identity[0]._program


PIECE_PROGRAMS.append(_program_of)


class Held:
    """A piece that a run holds, and what it pays for it."""

    __slots__ = ('active', 'code', 'cost', 'stays')

    def __init__(self, code: PieceCode, cost: int, stays: bool) -> None:
        self.code = code
        self.cost = cost
        #: Whether it is held to the end: functions of it may be about, or the script has it as a value.
        self.stays = stays
        #: How often it is at work.
        self.active = 0


def make_code(run: Run, source: str, mode: str, *, stays: bool) -> Held:
    """Compile a piece for a run, which pays for it and holds it; raises SyntaxError for the script."""
    size = len(source)
    run.charge(_STEPS_A_PIECE + _STEPS_A_BYTE * size)
    if run.pieces is None:
        run.pieces = {}
    user = run.program
    try:
        program = piece_program(source, mode, variant_for(user), user.forced, run.limits)
    except MontySyntaxError as error:
        raise _syntax_error(error) from None
    name = str(program.module)
    held = run.pieces.get(name)
    if held is None:
        cost = _MEMORY_A_PIECE + _MEMORY_A_BYTE * size
        run.reserve(run.piece_bytes + cost)
        run.piece_bytes += cost
        code = program.piece or PieceCode(source, mode, program)
        program.piece = code
        held = run.pieces[name] = Held(code, cost, len(program.functions) > _PLAIN_FUNCTIONS)
        PROVIDERS[0](run, program)
    held.stays = held.stays or stays
    return held


#: Functions of a piece that makes none: its top level, and the one that it is.
_PLAIN_FUNCTIONS: Final = 2


def held_by(run: Run, code: PieceCode) -> Held:
    """Return how a run holds a piece that its script has as a value."""
    if run.pieces is None:
        run.pieces = {}
    held = run.pieces.get(str(code._program.module))
    if held is None:
        held = run.pieces[str(code._program.module)] = Held(code, 0, stays=True)
        PROVIDERS[0](run, code._program)
    return held


def end_piece(run: Run, held: Held) -> None:
    """Note that a piece has ended; let go of it where it has left nothing behind."""
    held.active -= 1
    if held.active <= 0 and not held.stays and run.pieces is not None:
        run.pieces.pop(str(held.code._program.module), None)
        run.piece_bytes -= held.cost


def bound_piece(run: Run, code: PieceCode, names: Names) -> FunctionType:
    """Return the function that runs a piece in its namespaces."""
    inner = names if names.locals is names.globals else Names(run, names.globals, names.globals)
    return FunctionType(main_of(code._program), run.globals, '<module>', (names, inner))


def _syntax_error(error: MontySyntaxError) -> SyntaxError:
    """Return an error of the compiler as the script's own."""
    kind, _, message = error.message.partition(': ')
    made = _KINDS.get(kind, SyntaxError)(message or kind)
    made.msg, made.filename, made.lineno = message or kind, '<string>', error.line
    made.offset, made.text = error.column + 1, error.source_line
    return made


_KINDS: Final[dict[str, type[SyntaxError]]] = {'IndentationError': IndentationError, 'TabError': TabError}


# Helpers of emitted code


def mapping(names: Names) -> Any:
    """Return the namespace of the script itself: what `globals()` or `locals()` gives in a piece."""
    return names.locals


def put(names: Names, name: str, value: Any) -> Any:
    """Bind a name in an expression."""
    names[name] = value
    return value


def store(names: Names, found: dict[str, Any]) -> bool:
    """Bind what a pattern has captured."""
    for name, value in found.items():
        names[name] = value
    return True


def drop(names: Names, name: str) -> None:
    """Unbind what an `except` has bound, if it is bound."""
    try:
        del names.locals[name]
    except KeyError:
        pass


def display(names: Names, value: Any) -> None:
    """Show the value of a statement, as an interactive session does."""
    if value is not None:
        builtins = BUILTINS_OF[0](names.run)
        builtins.b_print(builtins.b_repr(value))


# The built-ins


def prepared(run: Run, mode: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> FunctionType:
    """Return the function that does what `eval` or `exec` of these arguments does; tell `ended` of its end."""
    if not args or len(args) > 3 or not kwargs.keys() <= {'globals', 'locals'}:
        raise TypeError(f'{mode}() takes a source, and the dicts globals and locals at most')
    source, *given = args
    global_names = given[0] if given else kwargs.get('globals')
    local_names = given[1] if len(given) > 1 else kwargs.get('locals')
    if global_names is None:
        global_names = GlobalNames(run)
    elif not isinstance(global_names, dict) and type(global_names) is not GlobalNames:
        raise TypeError(f'globals must be a dict, not {type_name(global_names)}')
    if local_names is None or (type(local_names) is GlobalNames and type(global_names) is GlobalNames):
        local_names = global_names
    elif not hasattr(type(local_names), '__getitem__'):
        raise TypeError(f'locals must be a mapping, not {type_name(local_names)}')
    is_code = type(source) is PieceCode
    held = held_by(run, source) if is_code else make_code(run, text_of_source(source, mode), mode, stays=False)
    if isinstance(global_names, dict) and not dict.__contains__(global_names, '__builtins__'):
        dict.__setitem__(global_names, '__builtins__', run.globals['$import']('builtins'))
    held.active += 1
    return bound_piece(run, held.code, Names(run, global_names, local_names))


def ended(run: Run, function: FunctionType) -> None:
    """Let go of the code of a piece that has ended."""
    held = (run.pieces or {}).get(function.__code__.co_filename[len(MODULE_FILE) : -1])
    if held is not None:
        end_piece(run, held)


def compiled(run: Run, args: tuple[Any, ...], kwargs: dict[str, Any]) -> PieceCode:
    """Do `compile(source, filename, mode)`."""
    given = dict(zip(_PARAMETERS, args, strict=False)) | kwargs
    known = {*_PARAMETERS, 'flags', 'dont_inherit', 'optimize'}
    if len(args) > len(_PARAMETERS) or not given.keys() >= set(_PARAMETERS) or not given.keys() <= known:
        raise TypeError('compile() takes a source, a filename and a mode in a script')
    if given.get('flags'):
        raise ValueError('compile() takes no flags in a script')
    mode = given['mode']
    if type(mode) is not str or mode not in MODES:
        raise ValueError("compile() mode must be 'exec', 'eval' or 'single'")
    if type(given['source']) is PieceCode:
        raise TypeError('compile() arg 1 must be a string or bytes in a script')
    return make_code(run, text_of_source(given['source'], mode, 'compile'), mode, stays=True).code


_PARAMETERS: Final = ('source', 'filename', 'mode')


def text_of_source(source: Any, mode: str, function: str = '') -> str:
    """Return the source that a script has given."""
    if isinstance(source, (bytes, bytearray)):
        try:
            source = bytes(source).decode('utf-8')
        except UnicodeDecodeError as error:
            raise SyntaxError(f'(unicode error) {error}') from None
    if not isinstance(source, str):
        raise TypeError(f'{function or mode}() arg 1 must be a string, bytes or code object')
    text = str.__str__(source)
    return text.lstrip(' \t') if mode == 'eval' else text
