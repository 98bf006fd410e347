"""Lower calls, and lambdas: one that needs statements becomes a `def`."""

from __future__ import annotations

import ast
from typing import Any, Final

from monty_flow.interpreter.builtins.table import BUILTINS
from monty_flow.interpreter.compiler import nodes
from monty_flow.interpreter.compiler.arithmetic import again
from monty_flow.interpreter.compiler.core import CoreFunction
from monty_flow.interpreter.compiler.expressions import Expressions
from monty_flow.interpreter.compiler.marks import has_stop, is_stop
from monty_flow.interpreter.compiler.nodes import Marked, walk
from monty_flow.interpreter.compiler.operands import EXPRESSIONS, operands_of
from monty_flow.interpreter.compiler.operations import (
    ASKED_BUILTINS,
    ASKED_METHODS,
    BY_STEPS,
    ORDERINGS,
    SEARCHES,
)
from monty_flow.interpreter.compiler.operations import BUILTINS as BUILTIN_METHODS
from monty_flow.interpreter.compiler.scopes import Scope
from monty_flow.interpreter.compiler.sizes import SHORT_TEXT, mark_spreads
from monty_flow.interpreter.compiler.stopping import EVALUATING, LIBRARY_METHOD_CONSUMERS, METHOD_CONSUMERS, PRELUDE
from monty_flow.interpreter.runtime.universe import GUARDED_METHODS

#: Built-ins that, called without arguments, show the names of where they stand.
NAMESPACES = frozenset({'dir', 'globals', 'locals', 'vars'})
#: What in a lambda runs more of the script.
_GOING_ON = (ast.Call, ast.comprehension)
#: Methods and functions of modules with a version in the prelude, which looks at what they are called on.
_BY_STEPS: Final = frozenset({'sort', 'sub', 'subn', 'reduce'})


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
        if type(func) is ast.Attribute and 'is_wait' not in node.__dict__:
            return self.method_call(node, func)
        if is_stop(node) and type(func) is ast.Name and func.id == 'reduce' and 'functools' in self.unit.imported:
            return self.finish(node, nodes.load(self.unit.prelude('reduce'), node.lineno), None), True
        callee = self.expr(func) if type(func) is not ast.Name else self.name(func)
        may_begin = 'is_awaited' in node.__dict__ and self.unit.externals_escape and not self.is_fixed(func)
        if may_begin or 'is_wait' in node.__dict__:
            callee = nodes.call(self.unit.helper('$awaited'), [callee], node.lineno)
        if any(has_stop(operand) for operand in operands_of(node)):
            if not self.is_fixed(func):
                callee = self.save(callee, func)
            elif isinstance(func, ast.Name) and func.id not in self.unit.stops.externals:
                # The name is looked up before the arguments are evaluated: an unbound one fails here.
                self.out.append(nodes.expression(nodes.load(func.id, func.lineno), func.lineno))
        if is_stop(node) and not self.is_fixed(func) and self.unit.stops.constructs:
            return self.finish(node, nodes.load(self.unit.prelude('construct'), node.lineno), callee), True
        if is_stop(node) and not self.is_fixed(func):
            callee = nodes.call(self.unit.helper('$stoppable'), [callee], node.lineno)
        elif self.unit.types_escape and not self.is_fixed(func):
            callee = self.called(callee, node.lineno)
        return self.finish(node, callee, None), is_stop(node)

    def is_fixed(self, func: ast.expr) -> bool:
        """Tell whether a name always means the same script function or external function."""
        return type(func) is ast.Name and self.unit.is_fixed(func.id, self.scope)

    def finish(
        self, node: ast.Call, callee: ast.expr, first: ast.expr | None, args: list[ast.expr] | None = None
    ) -> ast.Call:
        """Lower the arguments and build the call; `first` goes before them, `args` are lowered already."""
        operands = operands_of(node)
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
            if name == 'reversed':
                return self.finish(node, nodes.load(self.unit.prelude('reverse'), node.lineno), None), True
            if name == 'iter' and len(node.args) == 1 and not node.keywords and type(node.args[0]) is not ast.Starred:
                return self.finish(node, nodes.load(self.unit.prelude('iterate'), node.lineno), None), True
            if self.is_asked(*ASKED_BUILTINS.get(name, ())):
                return self.asked_builtin(node, name), True
            if name in BUILTIN_METHODS and name != 'type' and self.method_may_stop(name):
                return self.builtin_stop(node, func)
            if name == 'iter' and len(node.args) == 2:
                return self.finish(node, nodes.load(self.unit.prelude('iter_until'), node.lineno), None), True
            if name in EVALUATING:
                callee = nodes.load(self.unit.prelude(name), node.lineno)
                return self.finish(node, callee, None, self.with_names(node)), True
            if name in PRELUDE:
                return self.finish(node, nodes.load(self.unit.prelude(name), node.lineno), None), True
            if name != 'type':
                args = self.collect_arguments(node, 'collect_entries' if name == 'dict' else 'collect')
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
            test = self.number_test(value if first is None else first, line)
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
        searches = name in SEARCHES and '__eq__' in self.unit.stops.methods
        if stops and (searches or name in _BY_STEPS) and not self.is_super(func.value):
            target = self.expr(func.value)
            if any(has_stop(operand) for operand in operands_of(node)):
                target = self.save(target, func.value)
            if name == 'sort':
                by_steps = not self.unit.stops.methods.isdisjoint(ORDERINGS)
                steps = 'sort_in_place_by_steps' if by_steps else 'sort_in_place'
            else:
                steps = SEARCHES.get(name) or f'{name}_of'
            return self.finish(node, nodes.load(self.unit.prelude(steps), node.lineno), target), True
        if stops and self.is_asked(*ASKED_METHODS.get(name, ())) and not self.is_super(func.value):
            return self.asked_method(node, func), True
        if any(has_stop(operand) for operand in operands_of(node)) or (stops and name in METHOD_CONSUMERS):
            callee = self.held_method(func, stops)
            if stops and name not in METHOD_CONSUMERS and self.unit.stops.constructs:
                return self.finish(node, nodes.load(self.unit.prelude('construct'), node.lineno), callee), True
            if stops and name not in METHOD_CONSUMERS:
                callee = nodes.call(self.unit.helper('$stoppable'), [callee], node.lineno)
            is_shared = name in self.unit.stops.methods or name in LIBRARY_METHOD_CONSUMERS
            if stops and is_shared and name in METHOD_CONSUMERS:
                # A class of the script may bear the name too: what the call is for is seen when it is made.
                consume = 'consume_entries' if name == 'update' else 'consume'
                return self.finish(node, nodes.load(self.unit.prelude(consume), node.lineno), callee), True
            if stops and name in METHOD_CONSUMERS:
                collect = 'collect_entries' if name == 'update' else 'collect'
                return self.finish(node, callee, None, self.collect_arguments(node, collect)), False
            return self.finish(node, callee, None), stops
        if guarded and not stops and self.is_plain_call(node, name):
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
            return self.finish(node, nodes.load(self.unit.prelude('construct'), node.lineno), callee), True
        if stops and name != 'sleep':
            callee = nodes.call(self.unit.helper('$stoppable'), [callee], node.lineno)
        return self.finish(node, callee, None), stops

    def held_method(self, func: ast.Attribute, stops: bool) -> ast.expr:
        """Return a callee that is looked up before arguments are evaluated which stop.

        What `super()` gives is not held over a stop: it may be a method of CPython's own, bound to an instance. It is looked up
        once more when it is called.
        """
        if not self.is_plain_super(func):
            return self.save(self.looked_at(func, self.attribute(func), stops), func)
        self.temporary(func)
        found = self.attribute(func)
        self.out.append(nodes.expression(found, func.lineno))
        return again(found)

    def is_plain_super(self, func: ast.Attribute) -> bool:
        """Tell whether a method is one of `super()`, which reads nothing but names."""
        value = func.value
        return (
            isinstance(value, ast.Call)
            and self.is_super(value)
            and not is_stop(func)
            and all(type(argument) is ast.Name for argument in value.args)
        )

    def looked_at(self, func: ast.Attribute, callee: ast.expr, stops: bool) -> ast.expr:
        """Return a callee that may be a built-in type under a name that the script gave it, to be looked at when it is called."""
        if stops or self.is_super(func.value) or not self.unit.may_be_type(func):
            return callee
        return self.called(callee, func.lineno, 'Method')

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
        lowered: ast.Lambda = nodes.at(node, function.line)
        return lowered

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
        statement = nodes.at(ast.FunctionDef(name=name, args=function.args, body=[], decorator_list=[]), function.line)
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


EXPRESSIONS.update({ast.Call: Calls.call, ast.Lambda: Calls.lambda_})
