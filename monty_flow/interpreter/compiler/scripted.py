"""Compile the modules whose source is a script (`modules/scripted.py`).

All code of a run has one dict of globals, so that fuel and helpers are shared. The top-level names of a library module are
globals under a name that no source can spell (`difflib:ndiff`), and its built-ins are helpers (`$B.len`), so nothing that
the script binds is in its way.

A function is known in snapshots as `module:qualname`, and its stops and temporaries by node numbers *relative to the
function*, so that a change elsewhere in the file changes nothing. Of installed modules the digest of the function's source
goes with its frames: they change with CPython.

A module is compiled in one of four variants, by what the script can do: *plain* when nothing of the script that it could
call stops; *calling* when functions of the script may; *full* when operators of its classes may too; *asking* when what C asks
of their instances may (`runtime/asking.py`).
"""

from __future__ import annotations

import ast
import threading
from collections.abc import Callable
from types import CodeType
from typing import Any

from monty_flow.interpreter import modules
from monty_flow.interpreter.compiler.build import build_program
from monty_flow.interpreter.compiler.check import check
from monty_flow.interpreter.compiler.core import CoreFunction
from monty_flow.interpreter.compiler.operations import ASKED
from monty_flow.interpreter.compiler.own import Own
from monty_flow.interpreter.compiler.program import CODE_FINDERS, FINDERS, MODULE_FILE, Program
from monty_flow.interpreter.limits import ResourceLimits
from monty_flow.interpreter.modules.scripted import Scripted
from monty_flow.interpreter.runtime.prelude import prelude_program

#: Between an identity and the digest of a function's text.
_DIGEST = '@'
#: Between the module and the qualified name in an identity; no source can spell a name with it.
SEPARATOR = ':'
_LIMITS = ResourceLimits(max_source_bytes=16 * 1024 * 1024)
#: Methods that a call runs; a script that has no other stopping ones needs no stop at operators.
_OF_CALLS = frozenset(
    '__init__ __new__ __call__ __post_init__ __enter__ __exit__ __iter__ __next__ __aenter__ __aexit__'.split()
)
_OPERATORS = frozenset(
    '__eq__ __ne__ __lt__ __le__ __gt__ __ge__ __hash__ __repr__ __str__ __format__ __bool__ __len__ __contains__ __getitem__'
    ' __setitem__ __delitem__ __add__ __radd__ __sub__ __rsub__ __mul__ __rmul__ __neg__'.split()
)
#: Methods of script classes that may stop, in each variant.
METHODS = {
    'plain': frozenset[str](), 'calling': _OF_CALLS, 'full': _OF_CALLS | _OPERATORS, 'asking': _OF_CALLS | _OPERATORS | ASKED,
}  # fmt: skip

#: How the names of the programs of pieces begin, where those of library modules have no space.
PIECE_PREFIX = 'eval '
#: Return the program of a piece of which a snapshot has a function; `evaluation` puts its own here.
PIECE_PROGRAMS: list[Callable[[tuple[Any, ...]], Program]] = []

_programs: dict[tuple[str, str, bool], Program] = {}
_lock = threading.RLock()


def variant_for(program: Program) -> str:
    """Return the variant of the library that a script needs."""
    dunders = {name for name in program.stopping_methods if name.startswith('__')}
    if program.asks:
        return 'asking'
    if dunders - _OF_CALLS:
        return 'full'
    return 'calling' if program.calls_back else 'plain'


def library_program(name: str, variant: str, forced: bool) -> Program:
    """Return the compiled source of that name, made once for each variant."""
    key = (name, variant, forced)
    program = _programs.get(key)
    if program is None:
        with _lock:
            program = _programs.get(key)
            if program is None:
                program = _programs[key] = _compiled(modules.source_of(name), variant, forced)
    return program


def _compiled(scripted: Scripted, variant: str, forced: bool) -> Program:
    def prepare(tree: ast.Module) -> None:
        _Prepare(scripted).visit(tree)
        if 'super(' in scripted.source:
            from monty_flow.interpreter.compiler.super_values import unfold

            unfold(tree)
        ast.fix_missing_locations(tree)
        check(tree, scripted.source, scripted.name, trusted=True)

    methods = METHODS[variant] | (frozenset(scripted.stopping.split()) if variant != 'plain' else frozenset())
    own = Own(prepare, None, variant != 'plain', methods, module=scripted.name, asks=variant == 'asking')
    return build_program(
        scripted.source, scripted.name, (), frozenset(), _LIMITS, forced=forced, prelude=prelude_program, own=own
    )


#: Attributes whose assignment is left out of a source.
_DROPPED = frozenset({'__doc__', '__type_params__'})


class _Prepare(ast.NodeTransformer):
    """Leave out what a module does as a program of its own, and turn imports of what is not there into ImportErrors."""

    def __init__(self, scripted: Scripted) -> None:
        self.scripted = scripted
        self.without = frozenset(scripted.without.split())
        self.constants: frozenset[str] = frozenset()

    def visit_Module(self, node: ast.Module) -> Any:
        node.body = [*ast.parse(self.scripted.before).body, *self.kept(node.body, '')]
        bound = [(_bound_names(each), each.value) for each in node.body if isinstance(each, ast.Assign)]
        self.constants = frozenset(names[0] for names, value in bound if len(names) == 1 and _is_text(value))
        return self.generic_visit(node)

    def visit_Compare(self, node: ast.Compare) -> Any:
        # `default is SUPPRESS`: the body makes the text anew after a pause, and what has kept it has another one then.
        if len(node.ops) == 1 and getattr(node.comparators[0], 'id', '') in self.constants:
            if isinstance(node.ops[0], ast.Is):
                node.ops = [ast.Eq()]
            elif isinstance(node.ops[0], ast.IsNot):
                node.ops = [ast.NotEq()]
        return self.generic_visit(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> Any:
        node.body = self.kept(node.body, f'{node.name}.')
        first = node.body[0] if node.body else None
        is_doc = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
        module = ast.Assign([ast.Name('__module__', ast.Store())], ast.Constant(self.scripted.shown))
        node.body.insert(1 if is_doc else 0, ast.copy_location(module, node))
        for decorator in node.decorator_list[:]:
            if isinstance(decorator, ast.Call) and getattr(decorator.func, 'id', '') == '_simple_enum':
                # CPython's quick way to make what deriving from the enumeration makes.
                node.bases.append(decorator.args[0])
                node.decorator_list.remove(decorator)
        return self.generic_visit(node)

    def kept(self, body: list[ast.stmt], within: str) -> list[ast.stmt]:
        """Return the statements of a module or class without those that only bind what is left out."""
        kept = []
        for node in body:
            names = _bound_names(node)
            if names and self.without.issuperset(within + name for name in names):
                continue
            if isinstance(node, ast.ImportFrom):
                node.names = [alias for alias in node.names if (alias.asname or alias.name) not in self.without]
            kept.append(node)
        return kept

    def visit_If(self, node: ast.If) -> Any:
        test = node.test
        if isinstance(test, ast.Compare) and isinstance(test.left, ast.Name) and test.left.id == '__name__':
            return ast.copy_location(ast.Pass(), node)
        return self.generic_visit(node)

    def visit_Assign(self, node: ast.Assign) -> Any:
        if all(_is_dropped(target) for target in node.targets):
            # Documentation of what a native type made, and facts of functions, which are read-only here.
            return ast.copy_location(ast.Pass(), node)
        return self.generic_visit(node)

    def visit_Import(self, node: ast.Import) -> Any:
        for alias in node.names:
            other = self.scripted.instead.get(alias.name)
            if other is not None:
                alias.asname, alias.name = alias.asname or alias.name, other
        missing = [alias.name for alias in node.names if not modules.is_known(alias.name)]
        return self.refused(node, missing[0]) if missing else node

    def visit_ImportFrom(self, node: ast.ImportFrom) -> Any:
        if node.level == 1 and '.' in self.scripted.name + '.':
            package = self.scripted.name if self.scripted.is_package else self.scripted.name.rpartition('.')[0]
            node.module, node.level = f'{package}.{node.module}'.strip('.'), 0
        node.module = self.scripted.instead.get(node.module or '', node.module)
        if node.level or node.module is None or any(alias.name == '*' for alias in node.names):
            return self.refused(node, node.module or '.')
        if node.module == '__future__' or modules.is_known(node.module):
            return node
        return self.refused(node, node.module)

    def refused(self, node: ast.stmt, name: str) -> ast.stmt:
        text = ast.Constant(f"No module named '{name}'")
        call = ast.Call(ast.Name('ImportError', ast.Load()), [text], [])
        return ast.copy_location(ast.Raise(call, None), node)


def _is_text(value: ast.expr) -> bool:
    """Tell whether a value is a text, or a tuple of texts, that is written out."""
    if isinstance(value, ast.Tuple):
        return bool(value.elts) and all(map(_is_text, value.elts))
    if isinstance(value, ast.BinOp):
        return _is_text(value.left) and _is_text(value.right)
    return isinstance(value, ast.Constant) and isinstance(value.value, str)


def _is_dropped(target: ast.expr) -> bool:
    is_own = isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name) and target.value.id == 'self'
    return isinstance(target, ast.Attribute) and target.attr in _DROPPED and not is_own


def _bound_names(node: ast.stmt) -> list[str]:
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return [node.name]
    if isinstance(node, ast.Assign):
        return [target.id if isinstance(target, ast.Name) else '' for target in node.targets]
    if isinstance(node, (ast.AugAssign, ast.AnnAssign)):
        return [getattr(node.target, 'id', '')]
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return [alias.asname or alias.name for alias in node.names]
    return []


def find_library_function(program: Program, identity: str) -> tuple[Program, CoreFunction] | None:
    """Return the program and function of an identity for a run of `program`, None for one of no library function."""
    name, separator, _ = identity.partition(SEPARATOR)
    if not separator or not modules.is_scripted(name):
        return None
    owner = library_program(name, variant_for(program), program.forced)
    function = owner.by_identity.get(identity)
    return None if function is None else (owner, function)


def program_of_file(program: Program, file: str) -> Program | None:
    """Return the library program whose code has that file name, in a run of `program`."""
    if not file.startswith(MODULE_FILE) or file.startswith(MODULE_FILE + PIECE_PREFIX):
        return None
    return library_program(file[len(MODULE_FILE) : -1], variant_for(program), program.forced)


def stored_identity(program: Program, function: CoreFunction) -> Any:
    """Return the identity of a function under which a snapshot stores where its code stands."""
    if program.piece is not None:
        return program.piece, str(function.identity).partition(SEPARATOR)[2]
    if program.module is None or not modules.source_of(program.module).installed:
        return function.identity
    return f'{function.identity}{_DIGEST}{digest_of(program, function)}'


def find_stored(program: Program, identity: Any) -> tuple[Program, CoreFunction]:
    """Return what `stored_identity` named; raise LookupError where it is not here, or has another text now."""
    if type(identity) is tuple:
        owner = PIECE_PROGRAMS[0](identity)
        return owner, owner.by_identity[f'{owner.module}{SEPARATOR}{identity[1]}']
    if type(identity) is str and identity.startswith(PIECE_PREFIX):
        raise LookupError('code that was made of text goes by its text')
    if type(identity) is int or _DIGEST not in str(identity):
        return program.find_function(identity)
    name, _, digest = str(identity).rpartition(_DIGEST)
    owner, function = program.find_function(name)
    if owner.module is None or digest_of(owner, function) != digest:
        raise LookupError(
            f"{name} of Python's library has another text on this Python; load the snapshot on the version of Python that"
            ' made it, and let the run go on from there'
        )
    return owner, function


def digest_of(program: Program, function: CoreFunction) -> str:
    """Return what tells one text of a function from another."""
    from hashlib import sha256  # it loads OpenSSL, which only snapshots need

    span = program.lines.spans[function.line - program.lines.base]
    first, last = (1, None) if span is None else (span[0], span[2])
    lines = program.source.split('\n')[first - 1 : last]
    return sha256('\n'.join(lines).encode()).hexdigest()[:12]


def find_library_code(user: Program, code: CodeType) -> tuple[Program, CoreFunction] | None:
    """Return whose code of a library module an object is, in a run of `user`."""
    owner = program_of_file(user, code.co_filename)
    function = None if owner is None else owner.code_functions.get(id(code))
    return None if owner is None or function is None else (owner, function)


FINDERS.append(find_library_function)
CODE_FINDERS.append(find_library_code)
