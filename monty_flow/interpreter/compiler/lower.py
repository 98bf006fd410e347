"""Lower statements to the core language, so that every stop is a statement of its own.

What cannot be resumed as it stands is rewritten: expressions in `expressions` and `calls`, then `assignments`,
`loops`, `handlers`; this module has the rest and the dispatch.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from itertools import zip_longest
from typing import Any

from monty_flow.interpreter.compiler import nodes
from monty_flow.interpreter.compiler.annotations import Annotations, of_function
from monty_flow.interpreter.compiler.core import CoreFunction
from monty_flow.interpreter.compiler.imports import imported_names
from monty_flow.interpreter.compiler.loops import RETURN
from monty_flow.interpreter.compiler.marks import has_stop, is_stop
from monty_flow.interpreter.compiler.nodes import Marked, children
from monty_flow.interpreter.compiler.numeric import numeric_names
from monty_flow.interpreter.compiler.unit import Unit
from monty_flow.interpreter.compiler.waiting import Waiting

#: Number of the body of a top level that awaits; no node has it.
ASYNC_MAIN = -1


class Statements(Waiting):
    """The statements of one function."""

    def function_body(self, body: list[ast.stmt]) -> list[ast.stmt]:
        """Return the core form of a function's body."""
        self.find_numbers(body)
        if not self.function.ticks or self.unit.found.classes or self.function.is_generator:
            self.statements(body)
            return self.out
        # Without classes only a call or a loop runs more of the script. So a way through the function that meets
        # neither is paid for by its caller, and the step is taken before the first statement that has one.
        self.function.ticks = False
        first = next((index for index, statement in enumerate(body) if nodes.goes_on(statement)), len(body))
        self.statements(body[:first])
        if first < len(body):
            self.out += self.tick(self.function.line)
            self.statements(body[first:])
        return self.out

    def find_numbers(self, body: list[ast.stmt]) -> None:
        scope = self.scope
        self.numeric, self.small = numeric_names(
            body, scope.params, lambda name: self.unit.is_private(name, scope), self.is_builtin
        )

    def statements(self, body: list[ast.stmt]) -> None:
        for statement in body:
            mark = len(self.live)
            _STATEMENTS[type(statement)](self, statement)
            del self.live[mark:]

    def expression_statement(self, node: ast.Expr) -> None:
        value = node.value
        if type(value) is ast.Call and is_stop(value):
            call, stops = self.call_value(value)
            if stops:
                self.emit_stop(call, value, None)
                return
            lowered: ast.expr = call
        else:
            lowered = self.expr(value)
        if not (type(lowered) is ast.Name and lowered.id.startswith('$')):
            self.out.append(nodes.expression(lowered, node.lineno))

    def return_(self, node: ast.Return) -> None:
        if self.function.number == 0 and not getattr(node, 'is_output', False):
            raise self.unit.error(node, "'return' outside function")
        value = None if node.value is None else self.expr(node.value)
        final = self.innermost_final()
        if final is None:
            node.value = value
            self.out.append(node)
            return
        line = node.lineno
        result = value if value is not None else nodes.constant(None, line)
        self.out.append(nodes.assign(f'$ret{final}', result, line))
        self.jump(final, RETURN, line)

    def raise_(self, node: ast.Raise) -> None:
        parts = [part for part in (node.exc, node.cause) if part is not None]
        lowered = iter(self.exprs(parts))
        node.exc = node.exc and next(lowered)
        node.cause = node.cause and next(lowered)
        if node.exc is None and self.star_flags and self.star_flags[-1] is not None:
            self.out.append(nodes.assign(self.star_flags[-1], nodes.constant(True, node.lineno), node.lineno))
        self.out.append(node)

    def assert_(self, node: ast.Assert) -> None:
        if not has_stop(node):
            node.test = self.expr(node.test)
            node.msg = node.msg and self.expr(node.msg)
            self.out.append(node)
            return
        line = node.lineno
        test = self.truth(node.test)

        def fail() -> None:
            args = [] if node.msg is None else [self.expr(node.msg)]
            self.out.append(nodes.raise_(nodes.call(self.unit.helper('$AssertionError'), args, line), line))

        self.out.append(nodes.if_(nodes.not_(test, line), self.collect(fail), [], line))

    def keep(self, node: ast.stmt) -> None:
        self.out.append(node)

    def drop(self, node: ast.stmt) -> None:
        """Leave out a declaration: functions declare their names when they are emitted."""

    # Imports

    def import_(self, node: ast.Import) -> None:
        for alias in node.names:
            if 'is_missing' in alias.__dict__:
                self.missing_module(alias.name, [alias.asname or alias.name.split('.')[0]], node.lineno)
                continue
            module = nodes.call(self.unit.helper('$import'), [nodes.constant(alias.name, node.lineno)], node.lineno)
            if alias.asname is None and '.' in alias.name:
                self.out.append(nodes.expression(module, node.lineno))
                top = alias.name.split('.')[0]
                module = nodes.call('$import', [nodes.constant(top, node.lineno)], node.lineno)
            self.out.append(nodes.assign(self.local(alias.asname or alias.name.split('.')[0]), module, node.lineno))

    def import_from(self, node: ast.ImportFrom) -> None:
        if node.module == '__future__':
            return
        line = node.lineno
        if 'is_missing' in node.__dict__:
            self.missing_module(node.module or '', imported_names(node), line)
            return
        for name, alias in zip_longest(imported_names(node), node.names):
            source = name if alias is None or alias.name == '*' else alias.name
            args = [nodes.constant(node.module, line), nodes.constant(source, line)]
            value = nodes.call(self.unit.helper('$import_from'), args, line)
            self.out.append(nodes.assign(self.local(name), value, line))

    def missing_module(self, module: str, names: list[str], line: int) -> None:
        """Raise an error; the names are bound all the same, so that they are variables of where they stand."""
        call = nodes.call(self.unit.helper('$no_module'), [nodes.constant(module, line)], line)
        self.out.append(nodes.expression(call, line))
        self.out += [nodes.assign(self.local(name), nodes.constant(None, line), line) for name in names]

    # Functions

    def function_def(self, node: Marked) -> None:
        self.define_function(node)
        self.note_definition(node)

    def define_function(self, node: Marked) -> None:
        decorators = self.saved_decorators(node.decorator_list)
        self.defaults(node.args)
        annotations = self.function_annotations(node)
        strip_annotations(node.args)
        scope = self.unit.scopes[node.nid]
        function = self.unit.function(node, node.name, scope, node.args, self.function)
        yields = self.yields(scope)
        function.is_generator = yields or scope.is_async
        inner = type(self)(self.unit, function)
        function.body = inner.function_body(node.body)
        if scope.is_async:
            if yields:
                check_returns(self.unit, node)
            function = self.generator_maker(node, function, '$async_generator' if yields else '$coroutine')
            function.gives_coroutine = not yields
        elif self.needs_wrapper(function):
            function = self.generator_maker(node, function, '$pausable')
        if not decorators:
            self.out.append(self.definition(function, self.local(node.name)))
            if annotations is not None:
                self.out.append(self.annotating(self.local(node.name), annotations, function.line))
            return
        name = self.temporary(node, 'f')
        self.out.append(self.definition(function, name))
        if annotations is not None:
            self.out.append(self.annotating(name, annotations, function.line))
        value = self.decorated(nodes.load(name, function.line), node.decorator_list, decorators)
        self.out.append(nodes.assign(self.local(node.name), value, function.line))

    def function_annotations(self, node: Marked) -> ast.expr | None:
        """Return a dict of the annotations of a function, None where nothing can see them or there are none."""
        how = self.unit.found.annotations
        found = [] if how is Annotations.UNSEEN else of_function(node)
        if not found:
            return None
        line = node.lineno
        if how is Annotations.TEXT:
            values: list[ast.expr] = [nodes.constant(ast.unparse(annotation), line) for _, annotation in found]
        else:
            values = self.exprs([annotation for _, annotation in found])
        return nodes.at(ast.Dict([nodes.constant(name, line) for name, _ in found], values), line)

    def annotating(self, name: str, annotations: ast.expr, line: int) -> ast.stmt:
        call = nodes.call(self.unit.helper('$annotate'), [nodes.load(name, line), annotations], line)
        return nodes.expression(call, line)

    def generator_maker(self, node: Marked, body: CoreFunction, wrapper: str) -> CoreFunction:
        """Return the function that a script sees for a generator that may pause: it wraps what the body gives."""
        line = body.line
        if body.is_generator and not any(stop.is_yield for stop in body.stops):
            # Without a yield the body would be an ordinary function.
            never = nodes.expression(nodes.at(ast.Yield(None), line), line)
            body.body.append(nodes.if_(nodes.constant(False, line), [never], [], line))
        self.unit.renumber(body, node.args.nid)
        maker = self.unit.function(node, body.name, self.unit.scopes[node.nid], node.args, self.function)
        self.unit.functions[maker.number] = maker
        names = body.scope.params
        body.args = nodes.arguments(names, line)
        maker.cell_names, maker.global_names, maker.nonlocal_names, maker.phantom_names = [], [], [], []
        name = self.unit.hoisted_name(body)
        definition = self.definition(body, name or '$g')
        made = nodes.call(name or '$g', [nodes.load(name, line) for name in names], line)
        if name is None:
            maker.body = [definition]
        else:
            self.unit.hoisted[name] = definition
        if wrapper == '$coroutine':
            # Running the body takes a step.
            maker.ticks = False
            # In place, without a call: that is half of what making a coroutine costs.
            empty = nodes.call(self.unit.helper(wrapper), [], line)
            fields = {'_native': made, '_used': nodes.constant(False, line)}
            maker.body.append(nodes.assign('$c', empty, line))
            for name, value in fields.items():
                target = nodes.at(ast.Attribute(nodes.load('$c', line), name, ast.Store()), line)
                maker.body.append(nodes.at(ast.Assign([target], value), line))
            maker.body.append(nodes.at(ast.Return(nodes.load('$c', line)), line))
        else:
            maker.body.append(nodes.at(ast.Return(nodes.call(self.unit.helper(wrapper), [made], line)), line))
        return maker

    @classmethod
    def async_main(cls, unit: Unit, tree: Marked, body: CoreFunction) -> CoreFunction:
        """Return the top level of a script that awaits there: it runs its body as a coroutine in an event loop."""
        line = body.line
        unit.takes_steps = True
        unit.renumber(body, ASYNC_MAIN)
        names = [arg.arg for arg in body.args.args]
        main = unit.function(tree, '<module>', body.scope, body.args, None)
        main.cell_names, main.global_names, main.nonlocal_names, main.phantom_names = [], [], [], []
        main.local_names = []
        body.args = nodes.arguments(names, line)
        top = cls(unit, main)
        made = nodes.call('$g', [nodes.load(name, line) for name in names], line)
        coroutine = nodes.call(unit.helper('$new_coroutine'), [made], line)
        top.out.append(top.definition(body, '$g'))
        result = top.stop_value(nodes.call(unit.helper('$run_main'), [coroutine], line), tree)
        top.out.append(nodes.at(ast.Return(result), line))
        main.body = top.out
        return main

    # Branches

    def if_(self, node: ast.If) -> None:
        node.test = self.truth(node.test)
        node.body = self.block(node.body)
        node.orelse = self.block(node.orelse)
        self.out.append(node)


def check_returns(unit: Unit, function: ast.AsyncFunctionDef) -> None:
    """Refuse a `return` with a value in an asynchronous generator."""
    pending: list[ast.AST] = list(function.body)
    while pending:
        node = pending.pop()
        if isinstance(node, ast.Return) and node.value is not None:
            raise unit.error(node, "'return' with value in async generator")
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef, ast.expr)):
            pending.extend(children(node))


def strip_annotations(args: ast.arguments) -> None:
    """Drop the annotations of parameters: they are not evaluated."""
    for arg in [*args.posonlyargs, *args.args, *args.kwonlyargs, args.vararg, args.kwarg]:
        if arg is not None:
            arg.annotation = None


_STATEMENTS: dict[type[ast.stmt], Callable[[Statements, Any], None]] = {
    ast.Expr: Statements.expression_statement,
    ast.Assign: Statements.assign,
    ast.AnnAssign: Statements.annotated,
    ast.AugAssign: Statements.augmented,
    ast.Delete: Statements.delete,
    ast.Return: Statements.return_,
    ast.Raise: Statements.raise_,
    ast.Assert: Statements.assert_,
    ast.Pass: Statements.keep,
    ast.Global: Statements.drop,
    ast.Nonlocal: Statements.drop,
    ast.Import: Statements.import_,
    ast.ImportFrom: Statements.import_from,
    ast.FunctionDef: Statements.function_def,
    ast.AsyncFunctionDef: Statements.function_def,
    ast.AsyncFor: Statements.async_for,
    ast.AsyncWith: Statements.with_,
    ast.ClassDef: Statements.class_def,
    ast.If: Statements.if_,
    ast.While: Statements.while_,
    ast.For: Statements.for_,
    ast.Break: Statements.break_,
    ast.Continue: Statements.continue_,
    ast.Try: Statements.try_,
    ast.TryStar: Statements.try_star,
    ast.With: Statements.with_,
    ast.Match: Statements.match,
}
