"""Lower calls, and the expressions that are functions: lambdas, comprehensions, generator expressions.

A comprehension in which nothing stops stays native. One that stops becomes a function of its own,
called at once; a generator expression becomes a generator function unless a built-in uses it up at once;
a lambda that needs statements becomes a `def`.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any, Final

from monty_flow.interpreter.builtins.table import BUILTINS
from monty_flow.interpreter.compiler import nodes
from monty_flow.interpreter.compiler.arithmetic import again
from monty_flow.interpreter.compiler.core import CoreFunction
from monty_flow.interpreter.compiler.expressions import EXPRESSIONS, PRELUDE, Expressions, has_stop, is_stop
from monty_flow.interpreter.compiler.nodes import Marked, children, walk
from monty_flow.interpreter.compiler.numeric import comprehension_names, range_kind
from monty_flow.interpreter.compiler.operations import BUILTINS as BUILTIN_METHODS
from monty_flow.interpreter.compiler.operations import BY_STEPS, ORDERINGS
from monty_flow.interpreter.compiler.pausing import EVALUATING, METHOD_CONSUMERS
from monty_flow.interpreter.compiler.scopes import Scope
from monty_flow.interpreter.compiler.sizes import SHORT_TEXT, mark_spreads
from monty_flow.interpreter.runtime.universe import GUARDED_METHODS

#: Built-ins that, called without arguments, show the names of where they stand.
NAMESPACES = frozenset({'dir', 'globals', 'locals', 'vars'})
#: The parameter of a comprehension's function: the outermost iterable, as CPython's `.0`.
ITERABLE = '$0'
#: Local that holds what a comprehension has built so far.
RESULT = '$r'


_GOING_ON = (ast.Call, ast.comprehension)
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
#: Methods that are guarded for what their arguments can cost, so that they are called as they are without any.
_BOUNDED: Final = frozenset({'strip', 'lstrip', 'rstrip'})


class Calls(Expressions):
    """The calls of one function."""

    def call(self, node: ast.Call) -> ast.expr:
        is_bool = isinstance(node.func, ast.Name) and node.func.id == 'bool' and self.is_builtin('bool')
        value, stops = self.call_value(node)
        if not stops:
            return value
        result = self.stop_value(value, node)
        # What comes back over a pause is what the method gave.
        return nodes.not_(nodes.not_(result, node.lineno), node.lineno) if is_bool else result

    def call_value(self, node: ast.Call) -> tuple[ast.expr, bool]:
        """Return the lowered call and whether it is a stop; the caller says where the result goes."""
        func = node.func
        if type(func) is ast.Name and 'is_future' in node.__dict__:
            return self.finish(node, nodes.load(self.unit.helper('$start_call'), node.lineno), self.name(func)), False
        if self.is_super(node):
            raise self.unit.error(node, 'super() is supported where an attribute of it is used at once: super().name')
        if type(func) is ast.Name and self.is_builtin(func.id):
            return self.builtin_call(node, func)
        if type(func) is ast.Attribute:
            return self.method_call(node, func)
        if is_stop(node) and type(func) is ast.Name and func.id == 'reduce' and 'functools' in self.unit.imported:
            return self.finish(node, nodes.load(self.unit.prelude('reduce'), node.lineno), None), True
        callee = self.expr(func) if type(func) is not ast.Name else self.name(func)
        if 'is_awaited' in node.__dict__ and self.unit.externals_escape and not self.is_fixed(func):
            callee = nodes.call(self.unit.helper('$awaited'), [callee], node.lineno)
        if any(has_stop(operand) for operand in _operands(node)):
            if not self.is_fixed(func):
                callee = self.save(callee, func)
            elif isinstance(func, ast.Name) and func.id not in self.unit.stops.externals:
                # The name is looked up before the arguments are evaluated: an unbound one fails here.
                self.out.append(nodes.expression(nodes.load(func.id, func.lineno), func.lineno))
        if is_stop(node) and not self.is_fixed(func) and self.unit.stops.constructs:
            return self.finish(node, nodes.load(self.unit.prelude('call'), node.lineno), callee), True
        if is_stop(node) and not self.is_fixed(func):
            callee = nodes.call(self.unit.helper('$stoppable'), [callee], node.lineno)
        elif self.unit.types_escape and not self.is_fixed(func):
            callee = nodes.call(self.unit.helper('$callable'), [callee], node.lineno)
        return self.finish(node, callee, None), is_stop(node)

    def is_fixed(self, func: ast.expr) -> bool:
        """Tell whether a name always means the same script function or external function."""
        return type(func) is ast.Name and self.unit.is_fixed(func.id, self.scope)

    def finish(
        self, node: ast.Call, callee: ast.expr, first: ast.expr | None, args: list[ast.expr] | None = None
    ) -> ast.Call:
        """Lower the arguments and build the call; `first` goes before them, `args` are lowered already."""
        operands = _operands(node)
        mark_spreads(node.args)
        if args is None:
            lowered = self.exprs(operands)
            count = len(node.args)
        else:
            lowered, count = [*args, *self.exprs(operands[len(node.args) :])], len(args)
        node.args = [*([first] if first is not None else []), *lowered[:count]]
        for keyword, value in zip(node.keywords, lowered[count:], strict=True):
            if keyword.arg is None and not self.is_own_arguments(keyword.value):
                value = self.spread_mapping(value)
            keyword.value = value
        node.func = callee
        return node

    def builtin_call(self, node: ast.Call, func: ast.Name) -> tuple[ast.Call, bool]:
        name = func.id
        callee: ast.expr = func
        if name in NAMESPACES and not node.keywords and not node.args:
            return self.namespace(node, name), False
        args: list[ast.expr] | None = None
        if name == 'anext' and len(node.args) > 1:
            return self.finish(node, nodes.load(self.unit.helper('$anext_or'), node.lineno), None), False
        if is_stop(node):
            if name == 'type' and len(node.args) + len(node.keywords) >= 3:
                return self.finish(node, nodes.load(self.unit.prelude('make_type'), node.lineno), None), True
            if name in BUILTIN_METHODS and self.method_may_stop(name):
                return self.builtin_stop(node, func)
            if name == 'iter' and len(node.args) == 2:
                return self.finish(node, nodes.load(self.unit.prelude('iter_until'), node.lineno), None), True
            if name in EVALUATING:
                callee = nodes.load(self.unit.prelude(name), node.lineno)
                return self.finish(node, callee, None, self.with_names(node)), True
            if name in PRELUDE:
                return self.finish(node, nodes.load(self.unit.prelude(name), node.lineno), None), True
            args = self.collect_arguments(node, 'collect_mapping' if name == 'dict' else 'collect')
        elif (native := self.native_call(node, name)) is not None:
            return native, False
        entry = BUILTINS[name]
        # Some types of modules are known to scripts as objects of the run, so type(x) asks the run.
        of_run = name == 'type' and len(node.args) == 1 and not node.keywords and bool(self.unit.imported)
        if entry.guard is not None and (isinstance(entry.value, type) or of_run):
            callee = nodes.load(self.unit.guarded_builtin(name), node.lineno)
        elif self.unit.module is not None:
            callee = nodes.load(self.builtin(name), node.lineno)
        else:
            self.unit.use_name(name, self.scope)
        return self.finish(node, callee, None, args), False

    def native_call(self, node: ast.Call, name: str) -> Any:
        """Return a call of CPython's own built-in, where the arguments are of a kind that needs no guard; None elsewhere."""
        args = node.args
        line = node.lineno
        if has_stop(node) or node.keywords or any(type(argument) is ast.Starred for argument in args):
            return None
        if name == 'isinstance' and len(args) == 2 and self.is_builtin_type(args[1]):
            node.args = self.exprs(args)
            node.func = nodes.load(self.unit.helper('$isinstance'), line)
            return node
        if name in ('str', 'int') and len(args) == 1:
            value = self.expr(args[0])
            if self.is_number(value) and type(value) is not ast.Constant:
                return nodes.call(self.unit.helper('$' + name), [value], line)
            held = self.at_hand(value, line)
            guarded = nodes.load(self.unit.guarded_builtin(name), line)
            if held is None or type(value) is ast.Constant:
                node.func, node.args = guarded, [value]
                return node
            first, value = held
            test = self.number_test(value, line) if first is None else self.bound_number_test(first, line)
            if name == 'int':
                length = nodes.call(self.unit.helper('$len'), [again(value)], line)
                is_short = nodes.compare(length, ast.Lt(), nodes.constant(SHORT_TEXT, line), line)
                test = self.any_of([test, self.all_of([self.type_is(value, 'str', line), is_short], line)], line)
            native = nodes.call(self.unit.helper('$' + name), [again(value)], line)
            return nodes.at(ast.IfExp(test, native, nodes.call(guarded, [again(value)], line)), line)
        return None

    def is_builtin_type(self, node: ast.expr) -> bool:
        """Tell whether an expression is a built-in type, or several, by their names."""
        if type(node) is ast.Tuple:
            return all(self.is_builtin_type(item) for item in node.elts)
        return type(node) is ast.Name and self.is_builtin(node.id) and isinstance(BUILTINS[node.id].value, type)

    def namespace(self, node: ast.Call, name: str) -> ast.Call:
        """Return a call that copies the names which the script sees here."""
        line = node.lineno
        if name == 'globals' or (name != 'dir' and self.function.number == 0):
            return nodes.call(self.unit.helper('$globals_view'), [], line)
        helper = '$global_names' if self.function.number == 0 else '$local_names'
        copy = nodes.call(self.unit.helper(helper), [nodes.call('$locals', [], line)], node.lineno)
        if name == 'dir':
            return nodes.call(self.unit.helper('$sorted'), [copy], node.lineno)
        return copy

    def with_names(self, node: ast.Call) -> list[ast.expr] | None:
        """Return the arguments of an `eval` or `exec` in a function, lowered, with the names that are seen there."""
        given = len(node.args) != 1 or bool(node.keywords) or type(node.args[0]) is ast.Starred
        if given or self.function.number == 0 or self.unit.module is not None:
            return None
        line = node.lineno
        here = nodes.call(self.unit.helper('$local_names'), [nodes.call('$locals', [], line)], line)
        return [*self.exprs(node.args), nodes.call(self.unit.helper('$globals_view'), [], line), here]

    def method_may_stop(self, name: str) -> bool:
        return any(method in self.unit.stops.methods for method in BUILTIN_METHODS[name])

    def builtin_stop(self, node: ast.Call, func: ast.Name) -> tuple[ast.Call, bool]:
        """Lower a built-in that gives what a method of its argument gives, as one stop."""
        line = node.lineno
        if func.id in BY_STEPS:
            return self.finish(node, nodes.load(self.unit.prelude(BY_STEPS[func.id]), line), None), True
        if func.id in ('divmod', 'pow') and len(node.args) == 2 and not node.keywords:
            name = nodes.constant(f'__{func.id}__', line)
            return self.finish(node, nodes.load(self.unit.prelude('operate'), line), name), True
        entry = BUILTINS[func.id]
        callee: ast.expr = func
        if entry.guard is not None and isinstance(entry.value, type):
            callee = nodes.load(self.unit.guarded_builtin(func.id), node.lineno)
        elif self.unit.module is not None:
            callee = nodes.load(self.builtin(func.id), node.lineno)
        else:
            self.unit.use_name(func.id, self.scope)
        if len(node.args) != 1 or node.keywords or type(node.args[0]) is ast.Starred:
            return self.finish(node, callee, None), True
        mark = len(self.live)
        operand = self.save(self.expr(node.args[0]), node.args[0])
        del self.live[mark:]
        asked = nodes.call(self.unit.helper('$through'), [operand, callee], line)
        return self.finish(node, asked, None, [again(operand)]), True

    def collect_arguments(self, node: Marked, collect: str) -> list[ast.expr]:
        """Lower arguments that may be pausing generators to lists, each by a stop of its own."""
        lowered = self.exprs(node.args)
        collected: list[ast.expr] = []
        for original, value in zip(list(node.args), lowered, strict=True):
            if type(value) is not ast.Constant and type(value) is not ast.Starred:
                name = f'$v{node.nid}_{len(collected)}'
                call = nodes.call(self.unit.prelude(collect), [value], original.lineno)
                self.emit_stop(call, node, nodes.store(name, original.lineno))
                self.live.append(name)
                value = nodes.load(name, original.lineno)
            collected.append(value)
        return collected

    def method_call(self, node: ast.Call, func: ast.Attribute) -> tuple[ast.expr, bool]:
        name = func.attr
        stops = is_stop(node)
        guarded = name in GUARDED_METHODS and not self.is_super(func.value)
        if stops and name in ('sort', 'sub', 'reduce'):
            if name == 'reduce':
                return self.finish(node, nodes.load(self.unit.prelude(name), node.lineno), None), True
            target = self.expr(func.value)
            if any(has_stop(operand) for operand in _operands(node)):
                target = self.save(target, func.value)
            if name == 'sort' and not self.unit.stops.methods.isdisjoint(ORDERINGS):
                name = 'sort_by_steps'
            return self.finish(node, nodes.load(self.unit.prelude(name), node.lineno), target), True
        if any(has_stop(operand) for operand in _operands(node)) or (stops and name in METHOD_CONSUMERS):
            callee = self.save(self.looked_at(func, self.attribute(func), stops), func)
            if stops and name not in METHOD_CONSUMERS and self.unit.stops.constructs:
                return self.finish(node, nodes.load(self.unit.prelude('call'), node.lineno), callee), True
            if stops and name not in METHOD_CONSUMERS:
                callee = nodes.call(self.unit.helper('$stoppable'), [callee], node.lineno)
            if stops and name in self.unit.stops.methods and name in METHOD_CONSUMERS:
                # A class of the script bears the name too: what the call is for is seen when it is made.
                consume = 'consume_mappings' if name == 'update' else 'consume'
                return self.finish(node, nodes.load(self.unit.prelude(consume), node.lineno), callee), True
            if stops and name in METHOD_CONSUMERS:
                collect = 'collect_mapping' if name == 'update' else 'collect'
                return self.finish(node, callee, None, self.collect_arguments(node, collect)), False
            return self.finish(node, callee, None), stops
        if guarded and not stops and name in _BOUNDED and not node.args and not node.keywords:
            func.value = self.expr(func.value)
            return self.finish(node, func, None), False
        if guarded:
            target = self.expr(func.value)
            if not stops and name in self.unit.members and not self.comprehensions:
                held = self.at_hand(target, node.lineno)
                if held is not None:
                    return self.finish(node, self.own_method(held, func), None), False
            if not stops and self.is_small_for_short(node, name):
                return self.short_call(node, func, target), False
            return self.finish(node, nodes.load(self.unit.guarded_method(name), node.lineno), target), stops
        callee = self.looked_at(func, self.attribute(func), stops)
        if stops and name != 'sleep' and self.unit.stops.constructs:
            return self.finish(node, nodes.load(self.unit.prelude('call'), node.lineno), callee), True
        if stops and name != 'sleep':
            callee = nodes.call(self.unit.helper('$stoppable'), [callee], node.lineno)
        return self.finish(node, callee, None), stops

    def looked_at(self, func: ast.Attribute, callee: ast.expr, stops: bool) -> ast.expr:
        """Return a callee that may be a built-in type under a name that the script gave it, to be looked at when it is called."""
        if stops or self.is_super(func.value) or not self.unit.may_be_type(func):
            return callee
        return nodes.call(self.unit.helper('$callable'), [callee], func.lineno)

    def own_method(self, held: tuple[ast.NamedExpr | None, ast.expr], func: ast.Attribute) -> ast.expr:
        """Return the callee for a name that a class of the script and built-in types bear.

        A bound method of a script's class is called as it is; what a built-in type has under the name is guarded.
        """
        line = func.lineno
        first, target = held
        func.value = target if first is None else first
        bound = self.walrus_of(func, line)
        test = nodes.compare(
            nodes.call(self.unit.helper('$type'), [bound], line),
            ast.Is(),
            nodes.load(self.unit.helper('$Method'), line),
            line,
        )
        guarded = nodes.call(self.unit.helper('$attribute'), [again(target), nodes.constant(func.attr, line)], line)
        if self.unit.types_escape:
            guarded = nodes.call(self.unit.helper('$callable'), [guarded], line)
        return nodes.at(ast.IfExp(test, again(bound.target), guarded), line)

    # Lambdas

    def lambda_(self, node: Marked) -> ast.expr:
        scope = self.unit.scopes[node.nid]
        self.defaults(node.args)
        if has_stop(node.body):
            returned: Any = nodes.at(ast.Return(node.body), node.body.lineno)
            returned.has_stop = True
            function = self.unit.function(node, '<lambda>', scope, node.args, self.function)
            return self.define(function, [returned], node)
        function = self.unit.function(node, '<lambda>', scope, node.args, self.function)
        inner = type(self)(self.unit, function)
        inner.comprehensions = inner.iterables = self.iterables
        # As for a function: a way that neither calls nor loops is paid for by the caller.
        goes_on = bool(self.unit.found.classes) or any(isinstance(part, _GOING_ON) for part in walk(node.body))
        body = inner.expr(node.body)
        node.body = body
        if goes_on:
            self.unit.helper('$take')
            node.body = nodes.at(ast.BoolOp(ast.Or(), [nodes.tick_value(node.lineno), body]), node.lineno)
        return nodes.at(node, function.line)

    def defaults(self, args: ast.arguments) -> None:
        """Lower default values, in the order in which Python evaluates them."""
        keyword_defaults = [default for default in args.kw_defaults if default is not None]
        lowered = self.exprs([*args.defaults, *keyword_defaults])
        args.defaults = lowered[: len(args.defaults)]
        rest = iter(lowered[len(args.defaults) :])
        args.kw_defaults = [None if default is None else next(rest) for default in args.kw_defaults]

    def define(self, function: CoreFunction, body: list[Any], node: ast.AST) -> ast.expr:
        """Emit a `def` for a function-like expression; return a load of the function."""
        function.is_generator = self.yields(function.scope)
        inner = type(self)(self.unit, function)
        function.body = inner.function_body(body)
        if self.needs_wrapper(function):
            function = self.generator_maker(node, function, '$pausable')
        name = self.temporary(node, 'f')
        self.out.append(self.definition(function, name))
        return nodes.load(name, function.line)

    def definition(self, function: CoreFunction, name: str) -> ast.stmt:
        statement: Any = nodes.at(
            ast.FunctionDef(name=name, args=function.args, body=[], decorator_list=[]), function.line
        )
        function.definition = statement
        return statement

    def yields(self, scope: Scope) -> bool:
        return any(owner is scope for _, owner in self.unit.found.yields)

    def needs_wrapper(self, function: CoreFunction) -> bool:
        """Tell whether a script must see a generator function wrapped, because its body may pause."""
        is_own = self.unit.is_prelude and not self.unit.library
        return function.is_generator and not is_own and any(not stop.is_yield for stop in function.stops)

    def generator_maker(self, node: Marked, body: CoreFunction, wrapper: str) -> CoreFunction:
        raise NotImplementedError

    def function_body(self, body: list[ast.stmt]) -> list[ast.stmt]:
        raise NotImplementedError

    # Comprehensions

    def comprehension(self, node: Marked) -> ast.expr:
        scope = self.unit.scopes[node.nid]
        if not scope.inline:
            return self.comprehension_function(node)
        self.native_comprehension(node)
        return node

    def native_comprehension(self, node: Any) -> None:
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
            self.native_comprehension(node)
            return node
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
        begin = self.unit.helper('$aiter' if node.generators[0].is_async else '$iter')
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
            target = nodes.at(ast.Subscript(nodes.load(RESULT, key.lineno), place, nodes.STORE), key.lineno)
            self.out.append(nodes.at(ast.Assign([target], value), key.lineno))
        elif kind is ast.GeneratorExp:
            value = self.expr(node.elt)
            self.emit_stop(ast.Yield(self.yielded(value)), node, None, is_yield=True)
        else:
            value = self.expr(node.elt)
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


def _operands(node: ast.Call) -> list[ast.expr]:
    """Return the argument expressions in evaluation order; `**value` as a display, so that it can be saved."""
    keywords = []
    for keyword in node.keywords:
        value = keyword.value
        if keyword.arg is None and has_stop(value):
            spread: Any = ast.copy_location(ast.Dict([None], [value]), value)
            spread.nid, spread.has_stop = nodes.number_of(value), True
            value = spread
        keywords.append(value)
    return [*node.args, *keywords]


_NAMES = {
    ast.ListComp: '<listcomp>',
    ast.SetComp: '<setcomp>',
    ast.DictComp: '<dictcomp>',
    ast.GeneratorExp: '<genexpr>',
}

EXPRESSIONS.update(
    {
        ast.Call: Calls.call,
        ast.Lambda: Calls.lambda_,
        ast.ListComp: Calls.comprehension,
        ast.SetComp: Calls.comprehension,
        ast.DictComp: Calls.comprehension,
        ast.GeneratorExp: Calls.generator,
    }
)
