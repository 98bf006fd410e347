"""Lower `class` statements.

The body becomes a function that is called at once with the bases and keywords. What the body binds are locals of that
function under names that no other function can see (`@name`), because the names of a class body are not in scope for
its methods; at its end it hands its locals to the runtime, which makes the class. The class
itself is a captured variable of that function, so methods reach it for `super()` through an ordinary cell.
"""

from __future__ import annotations

import ast
from typing import Any

from monty_flow.interpreter.compiler import nodes
from monty_flow.interpreter.compiler.annotations import Annotations
from monty_flow.interpreter.compiler.marks import is_stop
from monty_flow.interpreter.compiler.matching import Matching
from monty_flow.interpreter.compiler.members import HOOKS
from monty_flow.interpreter.compiler.nodes import Marked
from monty_flow.interpreter.compiler.scopes import CLASS_CELL

#: Parameters of a class body's function, and its local for annotations.
BASES, KEYWORDS, ANNOTATIONS = '$b', '$kw', '$annotations'
#: Local that is told of the bindings in the body of an enumeration.
NOTES = '$notes'


class ClassDefinitions(Matching):
    """The class statements of one function."""

    #: Whether this is the body of a class that may be an enumeration.
    notes_bindings = False

    def class_def(self, node: Marked) -> None:
        line = node.lineno
        decorators = self.saved_decorators(node.decorator_list)
        operands = [*node.bases, *(keyword.value for keyword in node.keywords)]
        lowered = self.exprs(operands)
        bases: ast.expr = nodes.at(ast.Tuple(lowered[: len(node.bases)], nodes.LOAD), line)
        names: list[ast.expr | None] = [
            None if keyword.arg is None else nodes.constant(keyword.arg, line) for keyword in node.keywords
        ]
        keywords: ast.expr = nodes.at(ast.Dict(names, lowered[len(node.bases) :]), line)
        scope = self.unit.scopes[node.nid]
        args = nodes.arguments([BASES, KEYWORDS], line)
        function = self.unit.function(node, node.name, scope, args, self.function)
        inner = type(self)(self.unit, function)
        function.body = inner.class_body(node)
        name = self.temporary(node, 'f')
        self.out.append(self.definition(function, name))
        value: ast.expr = nodes.call(name, [bases, keywords], line)
        if is_stop(node):
            value = self.stop_value(value, node, 'c')
        value = self.decorated(value, node.decorator_list, decorators)
        self.out.append(nodes.assign(self.local(node.name), value, line))

    def class_body(self, node: ast.ClassDef) -> list[ast.stmt]:
        """Return the body of the function that makes a class."""
        line = node.lineno
        self.live += [BASES, KEYWORDS, ANNOTATIONS]
        self.out.append(nodes.assign(ANNOTATIONS, nodes.at(ast.Dict([], []), line), line))
        if node.bases and 'enum' in self.unit.imported:
            self.live.append(NOTES)
            args: list[ast.expr] = [nodes.constant(node.name, line), nodes.load(BASES, line)]
            self.out.append(nodes.assign(NOTES, nodes.call(self.unit.helper('$notes_of'), args, line), line))
            self.notes_bindings = True
        body = node.body
        first = body[0]
        if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and type(first.value.value) is str:
            self.out.append(nodes.assign('@__doc__', first.value, line))
            body = body[1:]
        self.statements(body)
        hooks = not self.unit.stops.methods.isdisjoint(HOOKS)
        made = nodes.call(
            self.unit.helper('$begin_class' if hooks else '$make_class'),
            [
                nodes.constant(self.function.name, line),
                nodes.constant(self.function.qualname, line),
                nodes.load(BASES, line),
                nodes.load(KEYWORDS, line),
                nodes.call('$locals', [], line),
            ],
            line,
        )
        if hooks:
            self.run_hooks(node, made)
        else:
            self.out.append(nodes.assign(CLASS_CELL, made, line))
        if self.notes_bindings:
            members = nodes.call(self.unit.helper('$finish_members'), [nodes.load(NOTES, line)], line)
            self.out.append(nodes.expression(members, line))
        self.out.append(nodes.at(ast.Return(nodes.load(CLASS_CELL, line)), line))
        return self.out

    def run_hooks(self, node: ast.ClassDef, made: ast.expr) -> None:
        """Make the class, and run the hooks of its creation where they can stop: in the prelude."""
        line = node.lineno
        begun = self.temporary(node, 'h')
        self.out.append(nodes.assign(begun, made, line))

        def hold() -> None:
            first = nodes.at(ast.Subscript(nodes.load(begun, line), nodes.constant(0, line), nodes.LOAD), line)
            self.out.append(nodes.assign(CLASS_CELL, first, line))

        hold()
        args: list[ast.expr] = [nodes.load(begun, line), nodes.load(KEYWORDS, line)]
        self.emit_stop(nodes.call(self.unit.prelude('finish_class'), args, line), node, None)
        # Where no method asks for the class, it is a local that a pause does not keep.
        hold()

    def assign(self, node: ast.Assign) -> None:
        """Assign; in what may be an enumeration, each binding of a name goes through its notes."""
        target = node.targets[0]
        if not self.notes_bindings or len(node.targets) > 1 or type(target) is not ast.Name:
            super().assign(node)
            return
        self.out.append(nodes.assign(self.local(target.id), self.noted(target.id, self.expr(node.value)), node.lineno))

    def noted(self, name: str, value: ast.expr) -> ast.expr:
        """Return what tells the notes of an enumeration of a binding, and gives the value to bind."""
        line = value.lineno
        args: list[ast.expr] = [nodes.load(NOTES, line), nodes.constant(name, line), value]
        return nodes.call(self.unit.helper('$note'), args, line)

    def note_definition(self, node: Marked) -> None:
        """Tell the notes of an enumeration of the function that gives values: it is asked before the body has ended."""
        if self.notes_bindings and node.name == '_generate_next_value_':
            name = self.local(node.name)
            self.out.append(nodes.assign(name, self.noted(node.name, nodes.load(name, node.lineno)), node.lineno))

    def annotate(self, node: ast.AnnAssign) -> None:
        """Note an annotation of a class body; as text, where nothing asks for its value."""
        target: Any = node.target
        line = node.lineno
        key = nodes.constant(target.id, line)
        place = nodes.at(ast.Subscript(nodes.load(ANNOTATIONS, line), key, nodes.STORE), line)
        value: ast.expr = nodes.constant(ast.unparse(node.annotation), line)
        if self.unit.found.annotations is Annotations.VALUES:
            value = self.expr(node.annotation)
        self.out.append(nodes.at(ast.Assign([place], value), line))

    def saved_decorators(self, originals: list[ast.expr]) -> list[ast.expr]:
        """Evaluate decorators, in their order, into temporaries."""
        lowered = self.exprs(originals)
        return [self.save(value, original) for original, value in zip(originals, lowered, strict=True)]

    def decorated(self, value: ast.expr, originals: list[ast.expr], decorators: list[ast.expr]) -> ast.expr:
        """Apply decorators to a function or class, the last first."""
        for original, decorator in zip(reversed(originals), reversed(decorators), strict=True):
            stops = hasattr(original, 'decorator_stop')
            if stops:
                decorator = nodes.call(self.unit.helper('$stoppable'), [decorator], original.lineno)
            value = nodes.call(decorator, [value], original.lineno)
            if stops:
                value = self.stop_value(value, original, 'd')
        return value
