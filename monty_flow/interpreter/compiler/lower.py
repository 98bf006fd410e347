"""Lower statements to the core language, so that every stop is a statement of its own.

What cannot be resumed as it stands is rewritten here:

* a loop that holds a stop iterates over an explicit iterator, which is then part of the captured state;
* a `while` whose test holds a stop becomes `while True` with the test inside;
* `finally` must not run when a pause (or a limit) passes: its body is guarded by a flag that the pause sets;
  a `finally` that itself holds a stop is laid out after the `try`, with what is pending (an exception, a `return`,
  a `break`) in temporaries;
* a handler that holds a stop keeps its exception in a temporary: the resume version raises it again
  inside the `try`, so that the handler runs with the right context;
* `with` becomes `try` and `finally` around calls of helpers.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from monty_flow.interpreter.compiler import nodes
from monty_flow.interpreter.compiler.calls import COUNT, Calls
from monty_flow.interpreter.compiler.core import stop_range
from monty_flow.interpreter.compiler.expressions import again, has_stop, is_simple, is_stop
from monty_flow.interpreter.compiler.numeric import numeric_names
from monty_flow.interpreter.compiler.unit import Unit

#: Steps of a loop that are charged together.
COUNTED = 200
#: What a pending jump through a `finally` with stops will do when the `finally` is done.
RETURN, BREAK, CONTINUE, RAISE = 1, 2, 3, 4
_IN_PLACE: dict[type[ast.operator], tuple[str, str | None]] = {
    ast.Add: ('$iadd', 'int'), ast.Mult: ('$imul', 'float'), ast.Pow: ('$ipow', None), ast.LShift: ('$ilshift', None),
    ast.Mod: ('$imod', None),
}  # fmt: skip


@dataclass(slots=True)
class Region:
    """A loop, or a `finally` that was laid out after its `try`, around the statement being lowered."""

    #: Number of the `try` for a `finally`; None for a loop.
    final: int | None
    #: For a loop: the jump variables to look at after it, because a jump inside leaves it.
    escapes: set[str]


class Statements(Calls):
    """The statements of one function."""

    def __init__(self, unit: Unit, function: Any) -> None:
        super().__init__(unit, function)
        self.regions: list[Region] = []

    def function_body(self, body: list[ast.stmt]) -> list[ast.stmt]:
        """Return the core form of a function's body."""
        self.find_numbers(body)
        self.statements(body)
        return self.started()

    def find_numbers(self, body: list[ast.stmt]) -> None:
        scope = self.scope
        self.numeric = numeric_names(
            body, scope.params, lambda name: self.unit.is_private(name, scope), self.is_builtin
        )

    def statements(self, body: list[ast.stmt]) -> None:
        for statement in body:
            mark = len(self.live)
            _STATEMENTS[type(statement)](self, statement)
            del self.live[mark:]

    def block(self, body: list[ast.stmt]) -> list[ast.stmt]:
        """Return the core form of an inner block."""
        return self.collect(lambda: self.statements(body))

    def collect(self, lower: Callable[[], None]) -> list[ast.stmt]:
        """Return the statements that `lower` emits."""
        outer, self.out = self.out, []
        lower()
        made, self.out = self.out, outer
        return made

    # Simple statements

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

    def assign(self, node: ast.Assign) -> None:
        value, targets = node.value, node.targets
        if type(value) is ast.Call and is_stop(value) and len(targets) == 1 and type(targets[0]) is ast.Name:
            call, stops = self.call_value(value)
            if stops:
                self.emit_stop(call, value, targets[0])
                return
            lowered: ast.expr = call
        else:
            lowered = self.expr(value)
        if is_stop(node):
            lowered = self.stop_value(self.collecting(node, lowered), node)
        if any(has_stop(target) for target in targets):
            lowered = self.save(lowered, node)
            for target in targets:
                self.assign_to(target, again(lowered))
            return
        node.value = lowered
        node.targets = [self.target(target) for target in targets]
        self.out.append(node)

    def collecting(self, node: ast.Assign, value: ast.expr) -> ast.Call:
        """Return a call that makes a list of a pausing generator, as far as unpacking will look."""
        line = node.lineno
        counts = [
            None if any(type(item) is ast.Starred for item in target.elts) else len(target.elts)
            for target in node.targets
            if isinstance(target, (ast.Tuple, ast.List))
        ]
        counts += [None for target in node.targets if isinstance(target, ast.Subscript)]
        known = [count for count in counts if count is not None]
        if len(known) < len(counts):
            return nodes.call(self.unit.prelude('collect'), [value], line)
        return nodes.call(self.unit.prelude('collect_some'), [value, nodes.constant(max(known), line)], line)

    def assign_to(self, target: ast.expr, value: ast.expr) -> None:
        """Assign to a target whose parts may hold stops."""
        line = target.lineno
        if isinstance(target, (ast.Tuple, ast.List)) and has_stop(target):
            names: list[ast.expr] = []
            for index, item in enumerate(target.elts):
                name = f'$u{target.nid}_{index}'  # type: ignore[attr-defined]
                self.live.append(name)
                stored: ast.expr = nodes.store(name, line)
                if type(item) is ast.Starred:
                    stored = nodes.at(ast.Starred(stored, nodes.STORE), line)
                names.append(stored)
            unpack = nodes.at(ast.Tuple(names, nodes.STORE), line)
            self.out.append(nodes.at(ast.Assign([unpack], value), line))
            for index, item in enumerate(target.elts):
                inner = item.value if type(item) is ast.Starred else item
                self.assign_to(inner, nodes.load(f'$u{target.nid}_{index}', line))  # type: ignore[attr-defined]
            return
        self.out.append(nodes.at(ast.Assign([self.target(target)], value), line))

    def target(self, node: ast.expr) -> ast.expr:
        """Lower the parts of an assignment target, and leave the store itself to Python."""
        if isinstance(node, (ast.Tuple, ast.List)):
            node.elts = [self.target(item) for item in node.elts]
        elif type(node) is ast.Starred:
            node.value = self.target(node.value)
        elif type(node) is ast.Attribute:
            node.value = self.expr(node.value)
        elif type(node) is ast.Subscript:
            node.value, node.slice = self.exprs([node.value, node.slice])
        return node

    def annotated(self, node: ast.AnnAssign) -> None:
        """Assign as without the annotation, which is not evaluated."""
        if node.value is None:
            if isinstance(node.target, ast.Name) and self.function.number:
                self.function.phantom_names.append(node.target.id)
            return
        plain: Any = nodes.at(ast.Assign([node.target], node.value), node.lineno)
        plain.nid = node.nid  # type: ignore[attr-defined]
        self.assign(plain)

    def augmented(self, node: ast.AugAssign) -> None:
        guard, native_type = _IN_PLACE.get(type(node.op), (None, None))
        if has_stop(node):
            self.augmented_with_stops(node, guard)
            return
        target, value = self.target(node.target), self.expr(node.value)
        node.target, node.value = target, value  # type: ignore[assignment]
        number = type(value) is ast.Constant and type(value.value) in (int, float)
        is_known = isinstance(target, ast.Name) and target.id in self.numeric
        if guard is None or (type(node.op) is ast.Add and (number or is_known or self.is_number(value))):
            self.out.append(node)
            return
        line = node.lineno
        helper = self.unit.helper(guard)
        if type(target) is not ast.Name:
            self.augmented_part(node, target, value, helper)
            return
        if native_type is not None and not is_simple(value) and self.is_private(nodes.load(target.id, line)):
            bound = self.walrus_of(value, line)
            self.out.append(nodes.assign(bound.target.id, value, line))
            value = nodes.load(bound.target.id, line)
        slow = nodes.assign(target.id, nodes.call(helper, [nodes.load(target.id, line), again(value)], line), line)
        if native_type is None or not is_simple(value):
            self.out.append(slow)
            return
        node.value = value
        self.out.append(nodes.if_(self.type_is(value, native_type, line), [node], [slow], line))

    def augmented_part(self, node: ast.AugAssign, target: ast.expr, value: ast.expr, helper: str) -> None:
        """Augment an item or attribute: evaluate its parts once, then load, combine and store."""
        line = node.lineno
        loaded, stored = self.repeatable(target)
        result = nodes.call(helper, [loaded, value], line)
        self.out.append(nodes.at(ast.Assign([stored], result), line))

    def repeatable(self, target: ast.expr) -> tuple[ast.expr, ast.expr]:
        """Return a load and a store of an item or attribute whose parts are evaluated once, before."""
        line = target.lineno

        def once(part: ast.expr) -> ast.expr:
            if type(part) is ast.Constant:
                return part
            self.walrus += 1
            name = f'$w{self.walrus}'
            self.live.append(name)
            self.out.append(nodes.assign(name, self.standalone(part), line))
            return nodes.load(name, line)

        if type(target) is ast.Attribute:
            value = once(target.value)
            return (
                nodes.at(ast.Attribute(value, target.attr, nodes.LOAD), line),
                nodes.at(ast.Attribute(again(value), target.attr, nodes.STORE), line),
            )
        assert type(target) is ast.Subscript
        value, index = once(target.value), once(target.slice)
        return (
            nodes.at(ast.Subscript(value, index, nodes.LOAD), line),
            nodes.at(ast.Subscript(again(value), again(index), nodes.STORE), line),
        )

    def augmented_with_stops(self, node: ast.AugAssign, guard: str | None) -> None:
        """Augment where an operand stops: load the target, evaluate the operand, then combine and store."""
        line = node.lineno
        name = self.temporary(node)
        store: ast.expr
        if type(node.target) is ast.Name:
            loaded: ast.expr = nodes.load(node.target.id, line)
            store = node.target
        else:
            loaded, store = self.repeatable(self.target(node.target))
        self.out.append(nodes.assign(name, loaded, line))
        value = self.expr(node.value)
        if is_stop(node):
            value = self.stop_value(nodes.call(self.unit.prelude('collect'), [value], line), node, 'c')
        if guard is not None:
            combined: ast.stmt = nodes.assign(
                name, nodes.call(self.unit.helper(guard), [nodes.load(name, line), value], line), line
            )
        else:
            combined = nodes.at(ast.AugAssign(nodes.store(name, line), node.op, value), line)
        self.out.append(combined)
        self.out.append(nodes.at(ast.Assign([store], nodes.load(name, line)), line))

    def delete(self, node: ast.Delete) -> None:
        for target in node.targets:
            self.delete_one(target, node.lineno)

    def delete_one(self, target: ast.expr, line: int) -> None:
        if isinstance(target, (ast.Tuple, ast.List)):
            for item in target.elts:
                self.delete_one(item, line)
        else:
            self.out.append(nodes.at(ast.Delete([self.target(target)]), line))

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
        self.out.append(node)

    def assert_(self, node: ast.Assert) -> None:
        if not has_stop(node):
            node.test = self.expr(node.test)
            node.msg = node.msg and self.expr(node.msg)
            self.out.append(node)
            return
        line = node.lineno
        test = self.expr(node.test)

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
            module = nodes.call(self.unit.helper('$import'), [nodes.constant(alias.name, node.lineno)], node.lineno)
            if alias.asname is None and '.' in alias.name:
                self.out.append(nodes.expression(module, node.lineno))
                top = alias.name.split('.')[0]
                module = nodes.call('$import', [nodes.constant(top, node.lineno)], node.lineno)
            self.out.append(nodes.assign(alias.asname or alias.name.split('.')[0], module, node.lineno))

    def import_from(self, node: ast.ImportFrom) -> None:
        if node.module == '__future__':
            return
        for alias in node.names:
            line = node.lineno
            args = [nodes.constant(node.module, line), nodes.constant(alias.name, line)]
            value = nodes.call(self.unit.helper('$import_from'), args, line)
            self.out.append(nodes.assign(alias.asname or alias.name, value, line))

    # Functions

    def function_def(self, node: ast.FunctionDef) -> None:
        originals = node.decorator_list
        decorators = [
            self.save(value, original) for original, value in zip(originals, self.exprs(originals), strict=True)
        ]
        self.defaults(node.args)
        strip_annotations(node.args)
        scope = self.unit.scopes[node.nid]  # type: ignore[attr-defined]
        function = self.unit.function(node, node.name, scope, node.args, self.function)
        function.is_generator = any(owner is scope for _, owner in self.unit.found.yields)
        inner = type(self)(self.unit, function)
        function.body = inner.function_body(node.body)
        if not decorators:
            self.out.append(self.definition(function, node.name))
            return
        name = self.temporary(node, 'f')
        self.out.append(self.definition(function, name))
        value: ast.expr = nodes.load(name, function.line)
        for original, decorator in zip(reversed(node.decorator_list), reversed(decorators), strict=True):
            if hasattr(original, 'decorator_stop'):
                decorator = nodes.call(self.unit.helper('$stoppable'), [decorator], original.lineno)
            call = nodes.call(decorator, [value], original.lineno)
            if hasattr(original, 'decorator_stop'):
                value = self.stop_value(call, original, 'd')
            else:
                value = call
        self.out.append(nodes.assign(node.name, value, function.line))

    # Branches and loops

    def if_(self, node: ast.If) -> None:
        node.test = self.expr(node.test)
        node.body = self.block(node.body)
        node.orelse = self.block(node.orelse)
        self.out.append(node)

    def while_(self, node: ast.While) -> None:
        line = node.lineno
        self.regions.append(Region(None, set()))
        if not has_stop(node.test):
            node.test = self.expr(node.test)
            body = self.block(node.body)
            node.body = [*(self.count(line) if stop_range(body) is None else self.tick(line)), *body]
            region = self.regions.pop()
            node.orelse = self.block(node.orelse)
            self.out.append(node)
        else:
            done = self.flag(node) if node.orelse else None

            def body() -> None:
                self.out.extend(self.tick(line))
                test = self.expr(node.test)
                leave: list[ast.stmt] = [nodes.at(ast.Break(), line)]
                if done is not None:
                    leave.insert(0, nodes.assign(done, nodes.constant(True, line), line))
                self.out.append(nodes.if_(nodes.not_(test, line), leave, [], line))
                self.statements(node.body)

            self.endless(line, body)
            region = self.regions.pop()
            self.after_loop(done, node.orelse, line)
        self.leave_loop(region, line)

    def flag(self, node: ast.AST) -> str:
        """Return a live temporary that is False now."""
        name = self.temporary(node, 'd')
        line = node.lineno  # type: ignore[attr-defined]
        self.out.append(nodes.assign(name, nodes.constant(False, line), line))
        return name

    def endless(self, line: int, body: Callable[[], None]) -> None:
        """Emit `while True` around what `body` emits."""
        self.out.append(nodes.at(ast.While(nodes.constant(True, line), self.collect(body), []), line))

    def after_loop(self, done: str | None, orelse: list[ast.stmt], line: int) -> None:
        if done is not None:
            self.out.append(nodes.if_(nodes.load(done, line), self.block(orelse), [], line))

    def for_(self, node: ast.For) -> None:
        iterable = self.expr(node.iter)
        target = node.target
        prefix: Callable[[], None] | None = None
        if has_stop(target):
            name = self.temporary(node, 't')
            target = nodes.store(name, node.lineno)

            def prefix() -> None:
                self.assign_to(node.target, nodes.load(name, node.lineno))

        def body() -> None:
            if prefix is not None:
                prefix()
            self.statements(node.body)

        self.iterate(node, target, iterable, body, node.orelse)

    def iterate(
        self, node: Any, target: ast.expr, iterable: ast.expr, body: Callable[[], None], orelse: list[ast.stmt] = []
    ) -> None:
        """Emit a loop; with an explicit iterator where a stop inside may have to capture it."""
        line = iterable.lineno
        self.regions.append(Region(None, set()))
        if is_stop(node):
            region = self.pausing_loop(node, target, iterable, body, orelse)
        else:
            if has_stop(node) or self.function.is_generator or type(node) is ast.comprehension:
                iterator = nodes.call(self.unit.helper('$iter'), [iterable], line)
                self.live.append(f'$i{node.nid}')
                self.out.append(nodes.assign(f'$i{node.nid}', iterator, line))
                iterable = nodes.load(f'$i{node.nid}', line)
            statement: Any = nodes.at(ast.For(self.target(target), iterable, [], []), line)
            statement.nid = node.nid
            made = self.collect(body)
            if stop_range(made) is not None:
                statement.body = [*self.tick(line), *made]
            elif self.is_range(iterable):
                statement.iter = nodes.call(self.unit.helper('$paid'), [iterable], line)
                statement.body = made or [nodes.at(ast.Pass(), line)]
            else:
                statement.body = [*self.count(line), *made]
            region = self.regions.pop()
            statement.orelse = self.block(orelse)
            self.out.append(statement)
        self.leave_loop(region, line)

    def pausing_loop(
        self, node: Any, target: ast.expr, iterable: ast.expr, body: Callable[[], None], orelse: list[ast.stmt]
    ) -> Region:
        """Emit a loop whose every step may stop, because the iterator may be a generator that pauses."""
        line = iterable.lineno
        iterator = f'$i{node.nid}'
        self.live.append(iterator)
        self.out.append(nodes.assign(iterator, nodes.call(self.unit.helper('$iter'), [iterable], line), line))
        done: str | None = None
        if orelse:
            done = f'$d{node.nid}'
            self.live.append(done)
            self.out.append(nodes.assign(done, nodes.constant(False, line), line))

        def step() -> None:
            self.out.extend(self.tick(line))
            item = f'$n{node.nid}'
            call = nodes.call(self.unit.helper('$next'), [nodes.load(iterator, line)], line)
            self.emit_stop(call, node, nodes.store(item, line))
            leave: list[ast.stmt] = [nodes.at(ast.Break(), line)]
            if done is not None:
                leave.insert(0, nodes.assign(done, nodes.constant(True, line), line))
            end = nodes.load(self.unit.helper('$end'), line)
            self.out.append(nodes.if_(nodes.compare(nodes.load(item, line), ast.Is(), end, line), leave, [], line))
            self.out.append(nodes.at(ast.Assign([self.target(target)], nodes.load(item, line)), line))
            body()

        self.endless(line, step)
        region = self.regions.pop()
        self.after_loop(done, orelse, line)
        return region

    def tick(self, line: int) -> list[ast.stmt]:
        """Return the statements that take one step of fuel."""
        self.unit.helper('$refuel')
        spend: ast.stmt = nodes.at(
            ast.AugAssign(nodes.store('$fuel', line), ast.Sub(), nodes.constant(1, line)), line
        )
        empty = nodes.compare(nodes.load('$fuel', line), ast.Lt(), nodes.constant(0, line), line)
        refuel = nodes.assign('$fuel', nodes.call('$refuel', [], line), line)
        return [spend, nodes.if_(empty, [refuel], [], line)]

    def count(self, line: int) -> list[ast.stmt]:
        """Return the statements that take one step, counted in a local and charged in hundreds.

        For loops in which nothing stops: a local costs half of what a global does.
        """
        self.counts = True
        add: ast.stmt = nodes.at(ast.AugAssign(nodes.store(COUNT, line), ast.Add(), nodes.constant(1, line)), line)
        full = nodes.compare(nodes.load(COUNT, line), ast.Gt(), nodes.constant(COUNTED, line), line)
        charge = nodes.assign(COUNT, nodes.call(self.unit.helper('$charge'), [nodes.load(COUNT, line)], line), line)
        return [add, nodes.if_(full, [charge], [], line)]

    def is_range(self, node: ast.expr) -> bool:
        """Tell whether an iterable is a call of the built-in `range`."""
        return (
            type(node) is ast.Call
            and type(node.func) is ast.Name
            and node.func.id == 'range'
            and self.is_builtin('range')
        )

    def break_(self, node: ast.Break) -> None:
        self.leave(node, BREAK)

    def continue_(self, node: ast.Continue) -> None:
        self.leave(node, CONTINUE)

    def leave(self, node: ast.Break | ast.Continue, how: int) -> None:
        if not self.regions:
            word = 'break' if how == BREAK else 'continue'
            raise self.unit.error(node, "'break' outside loop" if word == 'break' else "'continue' not properly in loop")
        final = self.regions[-1].final
        if final is None:
            self.out.append(node)
        else:
            self.jump(final, how, node.lineno)

    # Jumps through a finally that holds a stop

    def innermost_final(self) -> int | None:
        for region in reversed(self.regions):
            if region.final is not None:
                return region.final
        return None

    def jump(self, final: int, how: int, line: int) -> None:
        """Leave the body of the `try` numbered `final`, with a note of what to do after its `finally`."""
        name = f'$j{final}'
        self.out.append(nodes.assign(name, nodes.constant(how, line), line))
        for region in reversed(self.regions):
            if region.final == final:
                break
            region.escapes.add(name)
        self.out.append(nodes.at(ast.Break(), line))

    def leave_loop(self, region: Region, line: int) -> None:
        """After a loop from whose inside a jump leaves an outer `finally`: go on leaving."""
        for name in sorted(region.escapes):
            self.out.append(nodes.if_(nodes.load(name, line), [nodes.at(ast.Break(), line)], [], line))

    # try and with

    def try_(self, node: ast.Try) -> None:
        if not node.finalbody:
            self.try_except(node)
        elif any(has_stop(statement) for statement in node.finalbody):
            self.final_with_stops(node)
        else:
            self.guarded_final(
                node, lambda: self.try_except(node), lambda: self.statements(node.finalbody)
            )

    def try_except(self, node: ast.Try) -> None:
        """Emit a `try` without its `finally`."""
        if not node.handlers:
            self.statements(node.body)
            return
        line = node.lineno
        body = self.block(node.body)
        handlers = self.handlers(node.handlers)
        if not all(self.unit.catches_plain(handler.type, self.scope) for handler in node.handlers):
            handlers.insert(0, self.private_handler([], line))
        orelse = self.block(node.orelse)
        self.out.append(nodes.at(ast.Try(body, handlers, orelse, []), line))

    def handlers(self, found: list[ast.ExceptHandler]) -> list[ast.ExceptHandler]:
        """Lower the handlers; from the first whose type holds a stop on, they become one that tests by itself."""
        for index, handler in enumerate(found):
            if handler.type is not None and has_stop(handler.type):
                plain = [self.handler(before) for before in found[:index]]
                return [*plain, self.testing_handler(found[index:])]
        return [self.handler(handler) for handler in found]

    def testing_handler(self, found: list[ast.ExceptHandler]) -> ast.ExceptHandler:
        """Return one handler that evaluates the types of several, one after the other, when it runs."""
        first: Any = found[0]
        line = first.lineno
        saved = f'$y{first.nid}'
        self.live.append(saved)

        def test(rest: list[ast.ExceptHandler]) -> None:
            if not rest:
                self.out.append(nodes.raise_(None, self.unit.hidden))
                return
            handler = rest[0]
            if handler.type is None:
                self.handler_body(handler, saved)
                return
            matches = nodes.call(self.unit.helper('$matches'), [nodes.load(saved, line), self.expr(handler.type)], line)
            body = self.collect(lambda: self.handler_body(handler, saved))
            branch = nodes.if_(matches, body or [nodes.at(ast.Pass(), line)], [], line)
            self.out.append(branch)
            branch.orelse = self.collect(lambda: test(rest[1:]))

        name = f'$t{first.nid}'
        made: Any = ast.ExceptHandler(nodes.load(self.unit.helper('$Catchable'), line), name, [])
        made.saved, made.raise_line = saved, self.unit.hidden
        made.body = [nodes.assign(saved, nodes.load(name, line), line), *self.collect(lambda: test(found))]
        return nodes.at(made, line)  # type: ignore[no-any-return]

    def private_handler(self, body: list[ast.stmt], line: int) -> ast.ExceptHandler:
        """Return the handler that lets pauses and limits pass, and does `body` first."""
        private = nodes.load(self.unit.helper('$Private'), line)
        handler = ast.ExceptHandler(private, None, [*body, nodes.raise_(None, self.unit.hidden)])
        return nodes.at(handler, line)  # type: ignore[no-any-return]

    def handler(self, node: ast.ExceptHandler) -> ast.ExceptHandler:
        if node.type is None:
            node.type = nodes.load(self.unit.helper('$Catchable'), node.lineno)
        else:
            node.type = self.expr(node.type)
        if not any(has_stop(statement) for statement in node.body):
            node.body = self.block(node.body)
            return node
        line = node.lineno
        saved = self.temporary(node, 'x')
        made: Any = nodes.at(ast.ExceptHandler(node.type, f'$t{node.nid}', []), line)  # type: ignore[attr-defined]
        made.saved, made.raise_line = saved, self.unit.hidden
        made.body = [
            nodes.assign(saved, nodes.load(made.name, line), line),
            *self.collect(lambda: self.handler_body(node, saved)),
        ]
        return made  # type: ignore[no-any-return]

    def handler_body(self, node: ast.ExceptHandler, saved: str) -> None:
        """Emit what a handler does with the exception in `saved`; its name is unbound when it is done."""
        line, name = node.lineno, node.name
        if name is None:
            self.statements(node.body)
            return
        self.out.append(nodes.assign(name, nodes.load(saved, line), line))

        def unbind() -> None:
            self.out.append(nodes.assign(name, nodes.constant(None, line), line))
            self.out.append(nodes.delete(name, line))

        self.guarded_final(node, lambda: self.statements(node.body), unbind)

    def guarded_final(self, node: Any, body: Callable[[], None], final: Callable[[], None]) -> None:
        """Emit a native `finally` that does nothing when a pause or a limit passes."""
        line = node.lineno
        flag = f'$g{node.nid}'
        reset: Any = nodes.assign(flag, nodes.constant(False, line), line)
        reset.always = True
        self.out.append(reset)
        passing = self.private_handler([nodes.assign(flag, nodes.constant(True, line), line)], line)
        inner = nodes.at(ast.Try(self.collect(body), [passing], [], []), line)
        if not inner.body:
            inner.body = [nodes.at(ast.Pass(), line)]
        finish = nodes.if_(nodes.not_(nodes.load(flag, line), line), self.collect(final), [], line)
        self.out.append(nodes.at(ast.Try([inner], [], [], [finish]), line))

    def final_with_stops(self, node: ast.Try) -> None:
        """Lay out a `finally` that holds stops after its `try`, with what is pending in temporaries."""
        line = node.lineno
        number = node.nid  # type: ignore[attr-defined]
        jump, pending = f'$j{number}', f'$e{number}'
        self.live += [jump, pending, f'$ret{number}']
        self.out.append(nodes.assign(jump, nodes.constant(0, line), line))

        def once() -> None:
            self.regions.append(Region(number, set()))
            body = self.collect(lambda: self.try_except(node)) or [nodes.at(ast.Pass(), line)]
            self.regions.pop()
            caught = ast.ExceptHandler(
                nodes.load(self.unit.helper('$Catchable'), line),
                f'$c{number}',
                [
                    nodes.assign(pending, nodes.load(f'$c{number}', line), line),
                    nodes.assign(jump, nodes.constant(RAISE, line), line),
                ],
            )
            handlers = [self.private_handler([], line), nodes.at(caught, line)]
            self.out.append(nodes.at(ast.Try(body, handlers, [], []), line))
            self.out.append(nodes.at(ast.Break(), line))

        self.endless(line, once)
        normal = [clone(statement) for statement in node.finalbody]
        raised = nodes.compare(nodes.load(jump, line), ast.Eq(), nodes.constant(RAISE, line), line)
        branch = nodes.if_(raised, self.collect(lambda: self.final_of_error(node, pending)), [], line)
        self.out.append(branch)
        branch.orelse = self.block(normal)
        self.after_final(jump, f'$ret{number}', node)

    def final_of_error(self, node: ast.Try, pending: str) -> None:
        """Emit a `finally` body that runs because of an exception: with it as the context, and raise it again after."""
        line = node.lineno
        raise_again = nodes.raise_(nodes.load(pending, line), self.unit.hidden)
        caught: Any = ast.ExceptHandler(nodes.load(self.unit.helper('$Catchable'), line), f'$f{node.nid}', [])  # type: ignore[attr-defined]
        caught.saved, caught.raise_line = pending, self.unit.hidden
        nodes.at(caught, line)
        caught.body = [*self.block(node.finalbody), nodes.raise_(None, self.unit.hidden)]
        self.out.append(nodes.at(ast.Try([raise_again], [self.private_handler([], line), caught], [], []), line))

    def after_final(self, jump: str, returned: str, node: ast.Try) -> None:
        line = node.lineno

        def when(how: int, act: Callable[[], None]) -> None:
            test = nodes.compare(nodes.load(jump, line), ast.Eq(), nodes.constant(how, line), line)
            self.out.append(nodes.if_(test, self.collect(act), [], line))

        result: Any = nodes.at(ast.Return(nodes.load(returned, line)), line)
        if self.function.number:
            when(RETURN, lambda: self.return_(result))
        if self.regions:
            when(BREAK, lambda: self.break_(nodes.at(ast.Break(), line)))
            when(CONTINUE, lambda: self.continue_(nodes.at(ast.Continue(), line)))

    def with_(self, node: ast.With) -> None:
        self.with_items(node, list(node.items))

    def with_items(self, node: ast.With, items: list[ast.withitem]) -> None:
        """Emit one item of a `with` around the rest of them."""
        if not items:
            self.statements(node.body)
            return
        item: Any = items[0]
        line = item.context_expr.lineno
        item.lineno = line
        manager = self.save(self.expr(item.context_expr), item, 'm')
        entered = self.save(nodes.call(self.unit.helper('$enter'), [manager], line), item, 'n')
        normal = self.temporary(item, 'h')
        self.out.append(nodes.assign(normal, nodes.constant(True, line), line))

        def leave(error: ast.expr) -> ast.Call:
            return nodes.call(self.unit.helper('$leave'), [again(manager), error], line)

        def guarded() -> None:
            def body() -> None:
                if item.optional_vars is not None:
                    self.assign_to(item.optional_vars, again(entered))
                self.with_items(node, items[1:])

            name = f'$t{item.nid}'
            unless = nodes.not_(leave(nodes.load(name, line)), line)
            caught = ast.ExceptHandler(
                nodes.load(self.unit.helper('$Catchable'), line),
                name,
                [
                    nodes.assign(normal, nodes.constant(False, line), line),
                    nodes.if_(unless, [nodes.raise_(None, self.unit.hidden)], [], line),
                ],
            )
            handlers = [self.private_handler([], line), nodes.at(caught, line)]
            self.out.append(nodes.at(ast.Try(self.collect(body), handlers, [], []), line))

        def final() -> None:
            self.out.append(
                nodes.if_(
                    nodes.load(normal, line),
                    [nodes.expression(leave(nodes.constant(None, line)), line)],
                    [],
                    line,
                )
            )

        self.guarded_final(item, guarded, final)


def clone(node: Any) -> Any:
    """Return a copy of a tree that is not lowered yet, with the marks of its nodes."""
    made = type(node)()
    for name, value in node.__dict__.items():
        if name == 'parent':
            continue
        if value.__class__ is list:
            value = [clone(item) if isinstance(item, ast.AST) else item for item in value]
        elif isinstance(value, ast.AST) and not isinstance(value, (ast.expr_context, ast.operator, ast.cmpop)):
            value = clone(value)
        setattr(made, name, value)
    return made


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
    ast.If: Statements.if_,
    ast.While: Statements.while_,
    ast.For: Statements.for_,
    ast.Break: Statements.break_,
    ast.Continue: Statements.continue_,
    ast.Try: Statements.try_,
    ast.With: Statements.with_,
}
