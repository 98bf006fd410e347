"""Turn the source of a piece into one function whose names of the top level are items of namespaces.

What binds a name by another way than an assignment binds a variable first, which is then put into the namespace:

    def f(): ...            def f(): ...
                            $names['f'] = f
    case [a] if a > 0:      case [a] if $store($names, {'a': a}) and $names['a'] > 0:
    except E as e: ...      except E as e:
                                $names['e'] = e
                                try: ...
                                finally: $drop($names, 'e')
"""

from __future__ import annotations

import ast
import sys
from typing import Any, Final

from monty_flow.interpreter.compiler.core import PIECE
from monty_flow.interpreter.compiler.imports import imported_names
from monty_flow.interpreter.compiler.scopes import Kind, Program, Scope

#: The parameters of the function that a piece becomes.
NAMES: Final = '$names'
GLOBALS: Final = '$globals'
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
#: Whether comprehensions see the locals of a piece, as the code around them does.
_INLINED = tuple(sys.version_info) >= (3, 12)
#: What asks where it stands, or is a part of the language.
_SELF_AWARE = frozenset({'super', '__class__', '__debug__'})
_EVALUATING = frozenset({'eval', 'exec'})


class Namespacing:
    """Rewrite one checked tree; the scopes say what each name means."""

    def __init__(self, tree: ast.Module, found: Program, mode: str) -> None:
        self.tree = tree
        self.found = found
        self.main = found.main
        self.mode = mode
        self.scope = found.main
        #: Names that the piece declares global at its top level.
        self.global_names = {
            name for node in _top_statements(tree) if isinstance(node, ast.Global) for name in node.names
        }

    def rewrite(self) -> None:
        """Replace the body of the tree by the one function."""
        body = self.block(self.tree.body)
        if self.mode == 'eval':
            last = body[-1]
            assert isinstance(last, ast.Expr)
            body[-1] = ast.copy_location(ast.Return(last.value), last)
        function = ast.FunctionDef(PIECE, _parameters(), body or [ast.Pass()], [], lineno=1, col_offset=0)
        function.type_params = []  # type: ignore[attr-defined]
        self.tree.body = [function]

    # Where a name lives

    def place(self, name: str) -> str | None:
        """Return the namespace whose item a name is where it stands, None for a variable of a function or class."""
        scope = self.scope
        if scope.owner(name) is not self.main or name.startswith('$') or (name in _SELF_AWARE and not self.binds(name)):
            return None
        while _INLINED and scope.kind is Kind.COMPREHENSION and scope.parent is not None:
            scope = scope.parent
        return NAMES if scope is self.main and name not in self.global_names else GLOBALS

    def binds(self, name: str) -> bool:
        return name in self.main.bound or name in self.main.defined

    def item(self, place: str, name: str, ctx: ast.expr_context, node: ast.AST) -> ast.Subscript:
        item = ast.Subscript(ast.Name(place, ast.Load()), ast.Constant(name), ctx)
        return ast.copy_location(item, node)

    def stored(self, name: str, node: Any) -> list[ast.stmt]:
        """Return the statement that puts what was bound to a variable into its namespace."""
        place = self.place(name)
        if place is None:
            return []
        value = ast.copy_location(ast.Name(name, ast.Load()), node)
        return [ast.copy_location(ast.Assign([self.item(place, name, ast.Store(), node)], value), node)]

    # Statements

    def block(self, body: list[ast.stmt]) -> list[ast.stmt]:
        made: list[ast.stmt] = []
        for statement in body:
            made += self.statement(statement)
        return made

    def statement(self, node: Any) -> list[ast.stmt]:
        """Return what a statement becomes."""
        if isinstance(node, ast.Global):
            # All of these names are items now; a statement has to stay where it was the only one.
            return [ast.copy_location(ast.Pass(), node)]
        if isinstance(node, _FUNCTIONS):
            self.function(node)
            return [node, *self.stored(node.name, node)]
        if isinstance(node, ast.ClassDef):
            self.class_(node)
            return [node, *self.stored(node.name, node)]
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            names = imported_names(node)
            if isinstance(node, ast.ImportFrom) and node.names[0].name == '*':
                node.names = [ast.alias(name) for name in names]
            return [node, *(part for name in names for part in self.stored(name, node))]
        if isinstance(node, ast.AnnAssign):
            return [self.annotated(node)]
        self.parts(node)
        if isinstance(node, ast.Expr) and self.mode == 'single' and self.scope is self.main:
            arguments = [ast.Name(NAMES, ast.Load()), node.value]
            node.value = ast.copy_location(ast.Call(ast.Name('$display', ast.Load()), arguments, []), node.value)
        return [node]

    def annotated(self, node: ast.AnnAssign) -> ast.stmt:
        """Rewrite all but the annotation, which a class keeps as text; at the top level nothing asks for it."""
        node.target = self.part(node.target)
        node.value = None if node.value is None else self.part(node.value)
        if self.scope is not self.main:
            return node
        stands: ast.stmt = ast.Pass() if node.value is None else ast.Assign([node.target], node.value)
        return ast.copy_location(stands, node)

    def parts(self, node: Any) -> Any:
        """Rewrite what a node is made of, in place; return the node that stands for it."""
        for field, value in ast.iter_fields(node):
            if value.__class__ is list:
                is_block = bool(value) and isinstance(value[0], ast.stmt)
                setattr(node, field, self.block(value) if is_block else [self.part(item) for item in value])
            elif isinstance(value, ast.AST):
                setattr(node, field, self.part(value))
        return node

    def part(self, node: Any) -> Any:
        if isinstance(node, ast.Name):
            return self.name(node)
        if isinstance(node, ast.NamedExpr):
            return self.named(node)
        if isinstance(node, ast.Lambda):
            return self.lambda_(node)
        if isinstance(node, _COMPREHENSIONS):
            return self.comprehension(node)
        if isinstance(node, ast.Call):
            return self.call(node)
        if isinstance(node, ast.ExceptHandler):
            return self.handler(node)
        if isinstance(node, ast.match_case):
            return self.case(node)
        return self.parts(node) if isinstance(node, ast.AST) else node

    def name(self, node: ast.Name) -> ast.expr:
        scope: Scope = self.scope
        if scope.kind is Kind.CLASS and scope.owns(node.id):
            if 'falls_back' in node.__dict__ and type(node.ctx) is ast.Load:
                return self.item(GLOBALS, node.id, node.ctx, node)
            return node
        place = self.place(node.id)
        return node if place is None else self.item(place, node.id, node.ctx, node)

    def named(self, node: ast.NamedExpr) -> ast.expr:
        node.value = self.part(node.value)
        name = node.target.id
        place = self.place(name)
        if place is None:
            return node
        # A comprehension binds the name in what is around it.
        arguments = [ast.Name(place, ast.Load()), ast.Constant(name), node.value]
        return ast.copy_location(ast.Call(ast.Name('$put', ast.Load()), arguments, []), node)

    def call(self, node: ast.Call) -> ast.expr:
        func = node.func
        name = func.id if isinstance(func, ast.Name) else ''
        is_builtin = bool(name) and self.scope.owner(name) is self.main and not self.binds(name)
        if name in ('locals', 'vars') and is_builtin and not node.args and not node.keywords:
            return ast.copy_location(_mapping(NAMES) if self.scope is self.main else _locals(), node)
        self.parts(node)
        if not is_builtin:
            return node
        here = GLOBALS if self.scope is not self.main else NAMES
        if name in _EVALUATING and len(node.args) == 1 and not node.keywords:
            node.args.append(_mapping(GLOBALS))
            node.args.append(_mapping(NAMES) if self.scope is self.main else _locals())
        elif not node.args and not node.keywords:
            if name == 'globals':
                return ast.copy_location(_mapping(GLOBALS), node)
            if name == 'dir':
                shown = _mapping(here) if self.scope is self.main else _locals()
                node.func, node.args = self.item(here, 'sorted', ast.Load(), node), [shown]
        return node

    def handler(self, node: ast.ExceptHandler) -> ast.ExceptHandler:
        if node.type is not None:
            node.type = self.part(node.type)
        node.body = self.block(node.body)
        place = None if node.name is None else self.place(node.name)
        if place is not None and node.name is not None:
            first = node.body[0]
            drop = ast.Call(ast.Name('$drop', ast.Load()), [ast.Name(place, ast.Load()), ast.Constant(node.name)], [])
            whole = ast.Try(node.body, [], [], [ast.copy_location(ast.Expr(drop), first)])
            node.body = [*self.stored(node.name, node), ast.copy_location(whole, first)]
        return node

    def case(self, node: ast.match_case) -> ast.match_case:
        names = [name for name in _captured(node.pattern) if self.place(name) is not None]
        self.parts(node.pattern)
        node.guard = None if node.guard is None else self.part(node.guard)
        node.body = self.block(node.body)
        for place in (NAMES, GLOBALS):
            own = [name for name in names if self.place(name) == place]
            if own:
                keys: list[ast.expr | None] = [ast.Constant(name) for name in own]
                values: list[ast.expr] = [ast.Name(name, ast.Load()) for name in own]
                arguments: list[ast.expr] = [ast.Name(place, ast.Load()), ast.Dict(keys, values)]
                test: ast.expr = ast.Call(ast.Name('$store', ast.Load()), arguments, [])
                ast.copy_location(test, node.pattern)
                node.guard = test if node.guard is None else ast.BoolOp(ast.And(), [test, node.guard])
                ast.copy_location(node.guard, node.pattern)
        return node

    # What has a scope of its own

    def enter(self, node: Any) -> Scope:
        outer, self.scope = self.scope, self.found.scopes[node.nid]
        return outer

    def arguments(self, args: ast.arguments) -> None:
        """Rewrite default values, which are evaluated outside; annotations of functions are left out of programs."""
        args.defaults = [self.part(default) for default in args.defaults]
        args.kw_defaults = [None if default is None else self.part(default) for default in args.kw_defaults]

    def function(self, node: Any) -> None:
        node.decorator_list = [self.part(decorator) for decorator in node.decorator_list]
        self.arguments(node.args)
        outer = self.enter(node)
        node.body = self.block(node.body)
        self.scope = outer

    def class_(self, node: ast.ClassDef) -> None:
        node.decorator_list = [self.part(decorator) for decorator in node.decorator_list]
        node.bases = [self.part(base) for base in node.bases]
        for keyword in node.keywords:
            keyword.value = self.part(keyword.value)
        outer = self.enter(node)
        node.body = self.block(node.body)
        self.scope = outer

    def lambda_(self, node: ast.Lambda) -> ast.Lambda:
        self.arguments(node.args)
        outer = self.enter(node)
        node.body = self.part(node.body)
        self.scope = outer
        return node

    def comprehension(self, node: Any) -> Any:
        first = node.generators[0]
        first.iter = self.part(first.iter)
        outer = self.enter(node)
        for place, generator in enumerate(node.generators):
            generator.target = self.part(generator.target)
            if place:
                generator.iter = self.part(generator.iter)
            generator.ifs = [self.part(test) for test in generator.ifs]
        for field in ('key', 'value', 'elt'):
            if hasattr(node, field):
                setattr(node, field, self.part(getattr(node, field)))
        self.scope = outer
        return node


def _parameters() -> ast.arguments:
    return ast.arguments(
        posonlyargs=[], args=[ast.arg(NAMES), ast.arg(GLOBALS)], kwonlyargs=[], kw_defaults=[], defaults=[]
    )


def _mapping(place: str) -> ast.Call:
    return ast.Call(ast.Name('$mapping', ast.Load()), [ast.Name(place, ast.Load())], [])


def _locals() -> ast.Call:
    return ast.Call(ast.Name('locals', ast.Load()), [], [])


def _top_statements(tree: ast.Module) -> list[ast.stmt]:
    """Return the statements that run at the top level, those in blocks too."""
    found: list[ast.stmt] = []
    pending: list[ast.AST] = list(tree.body)
    while pending:
        node = pending.pop()
        if isinstance(node, ast.stmt):
            found.append(node)
        if not isinstance(node, (*_FUNCTIONS, ast.ClassDef, ast.expr)):
            pending.extend(ast.iter_child_nodes(node))
    return found


def _captured(pattern: ast.pattern) -> list[str]:
    """Return the names that a pattern binds."""
    found: list[str] = []
    for node in ast.walk(pattern):
        name = node.rest if isinstance(node, ast.MatchMapping) else getattr(node, 'name', None)
        if isinstance(node, (ast.MatchAs, ast.MatchStar, ast.MatchMapping)) and name is not None:
            found.append(name)
    return found
