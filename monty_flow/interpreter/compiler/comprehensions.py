"""Lower comprehensions and generator expressions.

A comprehension in which nothing stops stays native. One that stops becomes a function of its own,
called at once; a generator expression becomes a generator function unless a built-in uses it up at once.

A native one takes no step a turn: its source is paid for as a whole. Only where something inside may make the source grow, each turn
takes one; a function of the script that takes a step whenever it runs pays for that itself.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any, Final

from monty_flow.interpreter.compiler import nodes
from monty_flow.interpreter.compiler.calls import Calls
from monty_flow.interpreter.compiler.marks import has_stop
from monty_flow.interpreter.compiler.nodes import Marked, children
from monty_flow.interpreter.compiler.numeric import comprehension_names, range_kind
from monty_flow.interpreter.compiler.operands import EXPRESSIONS
from monty_flow.interpreter.compiler.operations import KEYS

#: The parameter of a comprehension's function: the outermost iterable, as CPython's `.0`.
ITERABLE = '$0'
#: Local that holds what a comprehension has built so far.
RESULT = '$r'
#: Built-ins and methods of built-in types that change none of their operands and call nothing back.
_HARMLESS = frozenset('abs bool chr float hash hex int isinstance len ord range repr round str tuple type'.split())
_HARMLESS_METHODS = frozenset(
    'capitalize casefold count date day endswith find get hour index isalnum isalpha isdigit islower isoformat isspace'
    ' isupper items keys lower lstrip month partition replace rpartition rsplit rstrip split startswith strip strftime'
    ' swapcase title total_seconds upper values weekday year zfill'.split()
)


#: Guarded built-ins whose iterators are paid for when they are made, and are not nested too deeply then.
_PAID_WHEN_MADE: Final = frozenset({'$b.zip', '$b.enumerate', '$b.map', '$b.filter'})
#: Those of them that call nothing -> the built-in itself.
_OVER_SOURCES: Final = {'$b.zip': '$zip', '$b.enumerate': '$enumerate'}
_NAMES = {
    ast.ListComp: '<listcomp>',
    ast.SetComp: '<setcomp>',
    ast.DictComp: '<dictcomp>',
    ast.GeneratorExp: '<genexpr>',
}


class Comprehensions(Calls):
    """The comprehensions of one function."""

    def comprehension(self, node: Marked) -> ast.expr:
        scope = self.unit.scopes[node.nid]
        if not scope.inline:
            return self.comprehension_function(node)
        return self.native_comprehension(node)

    def native_comprehension(self, node: Any) -> ast.expr:
        """Lower the parts of a comprehension that stays native; each iterable is charged as a whole."""
        outer = self.scope
        first = node.generators[0]
        known = self.numeric, self.small
        inside = self.known_targets(node)
        may_grow = self.may_grow_its_source(node)
        clauses: list[ast.comprehension] = []
        self.comprehensions += 1
        first.iter = self.iterable(first.iter)
        self.scope = self.unit.scopes[node.nid]
        self.numeric, self.small = inside
        for index, generator in enumerate(node.generators):
            if index:
                generator.iter = self.iterable(generator.iter)
            needs_helper = self.needs_helper(generator.target)
            generator.target = self.expr(generator.target)
            generator.ifs = [self.expr(test) for test in generator.ifs]
            clauses += self.clauses(generator) if needs_helper else [generator]
        node.generators = clauses
        if type(node) is ast.DictComp:
            node.key, node.value = self.expr(node.key), self.expr(node.value)
        else:
            node.elt = self.expr(node.elt)
        if may_grow:
            last = node.generators[-1]
            self.unit.helper('$take')
            last.ifs.insert(0, nodes.not_(nodes.tick_value(node.lineno), node.lineno))
        self.comprehensions -= 1
        self.scope = outer
        self.numeric, self.small = known
        lowered: ast.expr = node
        return lowered

    def iterable(self, node: ast.expr) -> ast.expr:
        """Lower the iterable of a comprehension, where CPython allows no walrus, not even in a lambda."""
        self.iterables += 1
        lowered = self.sized(self.expr(node))
        self.iterables -= 1
        return lowered

    def known_targets(self, node: Any) -> tuple[set[str], set[str]]:
        """Return the names that hold numbers, and small ints, inside a comprehension; its targets hide outer names."""
        scope = self.unit.scopes[node.nid]
        numeric, small = set[str](), set[str]()
        if not self.unit.has_walrus:
            numeric, small = comprehension_names(node.generators, self.is_builtin)
        return (self.numeric - scope.bound) | numeric, (self.small - scope.bound) | small

    def may_grow_its_source(self, node: Any) -> bool:
        """Tell whether something that is called inside may make the source grow, so that its size bounds no turns."""
        first = node.generators[0].iter
        if len(node.generators) == 1 and range_kind(first, set(), self.is_builtin) is not None:
            return False
        pending: list[ast.AST] = [child for child in children(node) if child is not node.generators[0]]
        pending += [part for part in children(node.generators[0]) if part is not first]
        while pending:
            part = pending.pop()
            if isinstance(part, ast.Call) and not self.is_harmless(part.func):
                return True
            pending.extend(children(part))
        return False

    def is_harmless(self, func: ast.expr) -> bool:
        """Tell whether what is called changes nothing: a method could be that of a class, where there are any."""
        if isinstance(func, ast.Name):
            if self.takes_a_step(func):
                return True
            return func.id in _HARMLESS and self.is_builtin(func.id) and not self.unit.found.classes
        return isinstance(func, ast.Attribute) and func.attr in _HARMLESS_METHODS and not self.unit.found.classes

    def takes_a_step(self, func: ast.Name) -> bool:
        """Tell whether a name is a function of the script that takes a step of its own before it does anything."""
        if not self.is_fixed(func) or func.id in self.unit.stops.externals:
            return False
        (node,) = self.scope.owner(func.id).defined[func.id]
        return isinstance(node, ast.FunctionDef) and (bool(self.unit.found.classes) or 'steps_first' in node.__dict__)

    def sized(self, value: ast.expr) -> ast.expr:
        self.unit.takes_steps = True
        if type(value) is ast.Call and type(value.func) is ast.Name:
            name = value.func.id
            if name in _OVER_SOURCES and not value.keywords and not any(type(arg) is ast.Starred for arg in value.args):
                # Consumed at once: its sources may be paid for as those of any other loop, in C.
                sources = value.args if name == '$b.zip' else value.args[:1]
                value.args[: len(sources)] = [self.sized(source) for source in sources]
                value.func = nodes.load(self.unit.helper(_OVER_SOURCES[name]), value.lineno)
                return value
            if name in _PAID_WHEN_MADE:
                return value
        return nodes.call(self.unit.helper('$sized'), [value], value.lineno)

    def generator(self, node: Marked) -> ast.expr:
        scope = self.unit.scopes[node.nid]
        if scope.inline:
            return self.native_comprehension(node)
        return self.comprehension_function(node)

    def comprehension_function(self, node: Any) -> ast.expr:
        """Emit a comprehension as a function of its own, and the call of it."""
        kind = type(node)
        line = node.lineno
        iterable = self.expr(node.generators[0].iter)
        if has_stop(node.generators[0].iter):
            iterable = self.save(iterable, node.generators[0])
        scope = self.unit.scopes[node.nid]
        args = nodes.arguments([ITERABLE], line)
        function = self.unit.function(node, _NAMES[kind], scope, args, self.function)
        function.is_generator = kind is ast.GeneratorExp or scope.is_async
        inner: Any = type(self)(self.unit, function)
        function.body = inner.comprehension_body(node)
        name = self.temporary(node, 'f')
        self.out.append(self.definition(function, name))
        callee = nodes.load(name, line)
        if kind is not ast.GeneratorExp:
            made = nodes.call(callee, [iterable], line)
            return self.wait(node, self.as_coroutine(made, line)) if scope.is_async else self.stop_value(made, node)
        begin = self.unit.helper('$aiter') if node.generators[0].is_async else self.iterating()
        made = nodes.call(callee, [nodes.call(begin, [iterable], line)], line)
        if scope.is_async:
            return nodes.call(self.unit.helper('$async_generator'), [made], line)
        if any(not stop.is_yield for stop in function.stops):
            return nodes.call(self.unit.helper('$pausable'), [made], line)
        return made

    def comprehension_body(self, node: Any) -> list[ast.stmt]:
        """Return the body of a comprehension's function: nested loops that add to a result, or yield."""
        line = node.lineno
        empty: dict[type[ast.AST], Callable[[], ast.expr]] = {
            ast.ListComp: lambda: ast.List([], nodes.LOAD),
            ast.DictComp: lambda: ast.Dict([], []),
        }
        if type(node) is not ast.GeneratorExp:
            self.live.append(RESULT)
            display: ast.expr = nodes.call(self.unit.helper('$set'), [], line)
            if type(node) in empty:
                display = nodes.at(empty[type(node)](), line)
            self.out.append(nodes.assign(RESULT, display, line))
        self.comprehension_loop(node, 0)
        if type(node) is not ast.GeneratorExp:
            self.out.append(nodes.at(ast.Return(nodes.load(RESULT, line)), line))
        elif not self.function.stops:
            raise AssertionError('a generator expression yields')
        return self.out

    def comprehension_loop(self, node: Any, index: int) -> None:
        generator = node.generators[index]
        iterable = nodes.load(ITERABLE, node.lineno) if index == 0 else self.expr(generator.iter)
        target = generator.target
        is_split = self.needs_helper(target)
        if is_split:
            name = self.temporary(generator, 't')
            generator.target = nodes.store(name, target.lineno)

        def body() -> None:
            if is_split:
                self.assign_to(target, nodes.load(name, target.lineno))
            outer = self.out
            for test in generator.ifs:
                branch = nodes.if_(self.truth(test), [], [], test.lineno)
                self.out.append(branch)
                self.out = branch.body
            if index + 1 < len(node.generators):
                self.comprehension_loop(node, index + 1)
            else:
                self.comprehension_element(node)
            self.out = outer

        if generator.is_async:
            self.iterate_async(generator, iterable, body, begun=index == 0 and type(node) is ast.GeneratorExp)
        else:
            self.iterate(generator, generator.target, iterable, body)

    def comprehension_element(self, node: Any) -> None:
        kind = type(node)
        mark = len(self.live)
        if kind is ast.DictComp:
            key, value = self.exprs([node.key, node.value])
            # An assignment evaluates its value first, a display its key.
            held = f'$k{node.nid}'
            self.out.append(nodes.assign(held, key, key.lineno))
            place = nodes.load(held, key.lineno)
            if self.is_asked(*KEYS):
                stored = [value, nodes.load(RESULT, key.lineno), place]
                self.emit_stop(nodes.call(self.unit.prelude('answered_store'), stored, key.lineno), node.key, None)
                del self.live[mark:]
                return
            target = nodes.at(ast.Subscript(nodes.load(RESULT, key.lineno), place, nodes.STORE), key.lineno)
            self.out.append(nodes.at(ast.Assign([target], value), key.lineno))
        elif kind is ast.GeneratorExp:
            value = self.expr(node.elt)
            self.emit_stop(ast.Yield(self.yielded(value)), node, None, is_yield=True)
        else:
            value = self.expr(node.elt)
            if kind is ast.SetComp and self.is_asked(*KEYS):
                self.emit_stop(
                    self.answered('.add', [nodes.load(RESULT, value.lineno), value], value.lineno), node.elt, None
                )
                del self.live[mark:]
                return
            method = 'append' if kind is ast.ListComp else 'add'
            add = nodes.at(ast.Attribute(nodes.load(RESULT, value.lineno), method, nodes.LOAD), value.lineno)
            self.out.append(nodes.expression(nodes.call(add, [value], value.lineno), value.lineno))
        del self.live[mark:]

    def needs_helper(self, target: ast.expr) -> bool:
        raise NotImplementedError

    def clauses(self, clause: Any) -> list[ast.comprehension]:
        raise NotImplementedError

    def assign_to(self, target: Any, value: ast.expr) -> None:
        raise NotImplementedError

    def iterate(self, node: Any, target: ast.expr, iterable: ast.expr, body: Any, orelse: Any = None) -> None:
        raise NotImplementedError

    def iterate_async(self, node: Any, iterable: ast.expr, body: Any, *, begun: bool = False) -> None:
        raise NotImplementedError

    def wait(self, node: Marked, value: ast.expr) -> ast.expr:
        raise NotImplementedError

    def as_coroutine(self, made: ast.expr, line: int) -> ast.expr:
        raise NotImplementedError

    def yielded(self, value: ast.expr) -> ast.expr:
        raise NotImplementedError


EXPRESSIONS.update(
    {
        ast.ListComp: Comprehensions.comprehension,
        ast.SetComp: Comprehensions.comprehension,
        ast.DictComp: Comprehensions.comprehension,
        ast.GeneratorExp: Comprehensions.generator,
    }
)
