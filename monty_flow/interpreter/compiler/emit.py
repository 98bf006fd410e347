"""Build the fast and the resume version of a function from its core form.

The *fast* version is the core body as it stands, inside one `try` (which costs nothing until it is used)
whose handler hands over the locals when a pause unwinds the stack:

    def work(q, n):
        for $ in $fuel: break            # takes a step
        else: $refuel()
        try:
            <core body>
        except $Pause as $p:
            $capture($p, 7, locals(), None)
            raise

The *resume* version takes a stop number, the captured locals, and `$k`, which enters the next inner
frame (or, in the innermost, returns the injected result or raises the injected error). It finds its way to the stop
by the ranges of stop numbers: what lies before the stop is skipped while `$pc` is not 0, compound
statements are entered when `$pc` lies in their range, and the stop itself takes the result of `$k()` and sets `$pc` to 0.
Captured variables are native cells; the resume version has them as free variables of an outer function,
so that it can be made with the very cells of the first run.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from typing import Any

from monty_flow.interpreter.compiler import nodes
from monty_flow.interpreter.compiler.arithmetic import again
from monty_flow.interpreter.compiler.comprehensions import ITERABLE
from monty_flow.interpreter.compiler.core import CoreFunction, stop_range
from monty_flow.interpreter.compiler.nodes import Marked

PC, LOCALS, ENTER = '$pc', '$L', '$k'
MAIN_NAME = '$main'


def fast_module(
    functions: list[CoreFunction], main: CoreFunction, hoisted: Iterable[ast.stmt] = (), *, forced: bool
) -> ast.Module:
    """Return a module that defines the hoisted functions and `$main`, with every other function nested in it.

    With `forced`, bodies go through the resume transformation too: a way to test that both agree.
    """
    for function in functions:
        definition: Any = function.definition
        if definition is not None:
            definition.body = fast_body(function, forced=forced)
    statement = nodes.at(
        ast.FunctionDef(name=MAIN_NAME, args=main.args, body=fast_body(main, forced=forced), decorator_list=[]),
        main.line,
    )
    return ast.Module([*hoisted, statement], [])


def fast_body(function: CoreFunction, *, forced: bool) -> list[ast.stmt]:
    """Return the statements of the fast version."""
    line = function.line
    body = function.body or [nodes.at(ast.Pass(), line)]
    if forced:
        start = nodes.assign(PC, nodes.constant(0, line), line)
        enter = nodes.assign(ENTER, nodes.constant(None, line), line)
        body = [start, enter, *resume_block(body)]
    doc: list[ast.stmt] = []
    if function.doc is not None:
        doc.append(nodes.expression(nodes.constant(function.doc, line), line))
    return [*doc, *declarations(function), *entry_answer(function), *entry_tick(function), *capturing(function, body)]


def entry_answer(function: CoreFunction) -> list[ast.stmt]:
    """Return what answers an operation under way: `if $ask.log is not None: return $ask.answer((self, other))`."""
    if not function.answers or function.is_generator or (function.name == '__hash__' and function.stops):
        return []
    line = function.line
    args = function.args
    given: list[ast.expr] = [nodes.load(arg.arg, line) for arg in (*args.posonlyargs, *args.args)]
    if args.vararg is not None:
        given.append(nodes.at(ast.Starred(nodes.load(args.vararg.arg, line), nodes.LOAD), line))
    log = nodes.at(ast.Attribute(nodes.load('$ask', line), 'log', nodes.LOAD), line)
    answer = nodes.at(ast.Attribute(nodes.load('$ask', line), 'answer', nodes.LOAD), line)
    returned = nodes.at(ast.Return(nodes.call(answer, [nodes.at(ast.Tuple(given, nodes.LOAD), line)], line)), line)
    return [nodes.if_(nodes.compare(log, ast.IsNot(), nodes.constant(None, line), line), [returned], [], line)]


def entry_tick(function: CoreFunction) -> list[ast.stmt]:
    """Return the step of fuel that entering a function costs; without it, recursion alone would cost nothing."""
    if not function.ticks:
        return []
    line = function.line
    return nodes.tick(line)


def declarations(function: CoreFunction) -> list[ast.stmt]:
    line = function.line
    made: list[ast.stmt] = []
    if function.global_names:
        made.append(nodes.at(ast.Global(list(function.global_names)), line))
    if function.nonlocal_names:
        made.append(nodes.at(ast.Nonlocal(list(function.nonlocal_names)), line))
    return [*made, *phantoms(function)]


def phantoms(function: CoreFunction) -> list[ast.stmt]:
    """Bind, where it never runs, names that would have no binding, so that CPython sees whose they are."""
    if not function.phantom_names:
        return []
    line = function.line
    binds: list[ast.stmt] = [nodes.assign(name, nodes.constant(None, line), line) for name in function.phantom_names]
    return [nodes.if_(nodes.constant(False, line), binds, [], line)]


def capturing(function: CoreFunction, body: list[ast.stmt]) -> list[ast.stmt]:
    """Put the handler of pauses around a body in which a call may stop."""
    if all(stop.is_yield for stop in function.stops):
        return body
    line = function.line
    closure: ast.expr = nodes.constant(None, line)
    if function.cell_names:
        closure = nodes.at(ast.Attribute(cells_lambda(function, 1), '__closure__', nodes.LOAD), line)
    capture = nodes.call(
        '$capture',
        [nodes.load('$p', line), nodes.constant(function.identity, line), nodes.call('$locals', [], line), closure],
        line,
    )
    handler = ast.ExceptHandler(
        nodes.load('$Pause', line), '$p', [nodes.expression(capture, line), nodes.raise_(None, line)]
    )
    return [nodes.at(ast.Try(body, [nodes.at(handler, line)], [], []), line)]


def cells_lambda(function: CoreFunction, line: int) -> ast.expr:
    """Return a lambda that uses every cell of the function, so that its closure holds them."""
    loads: list[ast.expr] = [nodes.load(name, line) for name in function.cell_names]
    return nodes.at(ast.Lambda(nodes.arguments([], line), nodes.at(ast.Tuple(loads, nodes.LOAD), line)), line)


def resume_module(function: CoreFunction) -> ast.Module:
    """Return a module that defines the resume version of one function inside a holder of its cells."""
    line = function.line
    body: list[ast.stmt] = []
    if function.cell_names:
        body.append(nodes.at(ast.Nonlocal(list(function.cell_names)), line))
    if function.global_names:
        body.append(nodes.at(ast.Global(list(function.global_names)), line))
    given = [ITERABLE] if function.is_generator and function.name == '<genexpr>' else []
    for name in [*function.local_names, *sorted(function.temporaries), *given]:
        key = nodes.constant(name, line)
        present = nodes.compare(key, ast.In(), nodes.load(LOCALS, line), line)
        value = nodes.at(ast.Subscript(nodes.load(LOCALS, line), key, nodes.LOAD), line)
        body.append(nodes.if_(present, [nodes.assign(name, value, line)], [], line))
    body.append(nodes.assign(LOCALS, nodes.constant(None, line), line))
    body += capturing(function, resume_block(function.body))
    resume = nodes.at(
        ast.FunctionDef(name=MAIN_NAME, args=nodes.arguments([PC, LOCALS, ENTER], line), body=body, decorator_list=[]),
        line,
    )
    outer: list[ast.stmt] = [nodes.assign(name, nodes.constant(None, line), line) for name in function.cell_names]
    holder = nodes.at(
        ast.FunctionDef(name='$holder', args=nodes.arguments([], line), body=[*outer, resume], decorator_list=[]), line
    )
    return ast.Module([holder], [])


# The resume transformation


def resume_block(statements: list[ast.stmt]) -> list[ast.stmt]:
    """Return a block that can be entered with `$pc` at any stop inside it, or with 0 at its start."""
    last = -1
    for index, statement in enumerate(statements):
        if stop_range([statement]) is not None:
            last = index
    made: list[ast.stmt] = []
    waiting: list[ast.stmt] = []

    def flush() -> None:
        if waiting:
            line = waiting[0].lineno
            made.append(nodes.if_(nodes.not_(nodes.load(PC, line), line), list(waiting), [], line))
            waiting.clear()

    for index, statement in enumerate(statements):
        if index > last or getattr(statement, 'always', False):
            if index <= last:
                flush()
            made.append(statement)
        elif stop_range([statement]) is None:
            waiting.append(statement)
        else:
            flush()
            made += resume_statement(statement, is_last=index == last)
    return made


def resume_statement(statement: Any, *, is_last: bool) -> list[ast.stmt]:
    """Return a statement that holds a stop, entered with `$pc` 0, inside it, or (unless last) beyond it."""
    line = statement.lineno
    if hasattr(statement, 'pc'):
        return [resume_stop(statement, is_last=is_last)]
    transformed: list[ast.stmt] = _COMPOUND[type(statement)](statement)
    if is_last:
        return transformed
    _, high = _range(statement)
    return [nodes.if_(at_most(high, line), transformed, [], line)]


def resume_stop(statement: Any, *, is_last: bool) -> ast.stmt:
    """Return `if not $pc: stop  elif $pc == n: $pc = 0; target = $k()`."""
    line = statement.lineno
    again_: list[ast.stmt] = [nodes.assign(PC, nodes.constant(0, line), line)]
    value: ast.expr = nodes.call(ENTER, [], line)
    entered: ast.stmt
    if statement.is_yield:
        value = nodes.at(ast.Yield(nodes.constant(None, line)), line)
    if type(statement) is ast.Assign:
        entered = nodes.at(ast.Assign(statement.targets, value), line)
    else:
        entered = nodes.expression(value, line)
    again_.append(entered)
    here = nodes.compare(nodes.load(PC, line), ast.Eq(), nodes.constant(statement.pc, line), line)
    orelse: list[ast.stmt] = again_ if is_last else [nodes.if_(here, again_, [], line)]
    return nodes.if_(nodes.not_(nodes.load(PC, line), line), [statement], orelse, line)


def _range(statement: ast.stmt) -> tuple[int, int]:
    found = stop_range([statement])
    assert found is not None
    return found


def at_most(high: int, line: int) -> ast.expr:
    """Return `$pc <= high`: not yet beyond, or not resuming at all."""
    return nodes.compare(nodes.load(PC, line), ast.LtE(), nodes.constant(high, line), line)


def resume_if(node: ast.If) -> list[ast.stmt]:
    line = node.lineno
    body, orelse = stop_range(node.body), stop_range(node.orelse)
    pc = nodes.load(PC, line)
    test: ast.expr
    if body is None:
        test = nodes.at(ast.IfExp(pc, nodes.constant(False, line), node.test), line)
    elif orelse is None:
        test = nodes.at(ast.BoolOp(ast.Or(), [pc, node.test]), line)
    else:
        test = nodes.at(ast.IfExp(pc, at_most(body[1], line), node.test), line)
    return [nodes.if_(test, resume_block(node.body), resume_block(node.orelse), line)]


def resume_while(node: ast.While) -> list[ast.stmt]:
    line = node.lineno
    body, orelse = stop_range(node.body), stop_range(node.orelse)
    inside = at_most(body[1], line) if body is not None else nodes.constant(False, line)
    if body is not None and orelse is None:
        inside = nodes.constant(True, line)
    test = nodes.at(ast.IfExp(nodes.load(PC, line), inside, node.test), line)
    return [nodes.at(ast.While(test, resume_block(node.body), resume_block(node.orelse)), line)]


def resume_for(node: Any) -> list[ast.stmt]:
    """Go on with the captured iterator: one empty turn stands for the element in hand."""
    line = node.lineno
    body, orelse = stop_range(node.body), stop_range(node.orelse)
    nothing = nodes.at(ast.Tuple([], nodes.LOAD), line)
    again_ = nodes.call('$again', [node.iter], line)
    inside: ast.expr = again_
    if body is None:
        inside = nothing
    elif orelse is not None:
        inside = nodes.at(ast.IfExp(at_most(body[1], line), again_, nothing), line)
    iterable = nodes.at(ast.IfExp(nodes.load(PC, line), inside, again(node.iter)), line)
    item = f'$a{node.nid}'
    take = nodes.at(ast.Assign([node.target], nodes.load(item, line)), line)
    loop = ast.For(nodes.store(item, line), iterable, resume_block([take, *node.body]), resume_block(node.orelse))
    return [nodes.at(loop, line)]


def resume_try(node: ast.Try) -> list[ast.stmt]:
    """Enter the part of a `try` in which the stop lies; a handler is entered by raising its exception again."""
    line = node.lineno
    body: list[ast.stmt] = []
    handlers: list[ast.ExceptHandler] = []
    later = stop_range(node.orelse) is not None
    handler: Marked
    for handler in node.handlers:
        found = stop_range(handler.body)
        if found is None:
            handlers.append(_when_not_resuming(handler) if _enters(node) else handler)
            continue
        later = True
        low, high = found
        inside = ast.Compare(
            nodes.constant(low, line), [ast.LtE(), ast.LtE()], [nodes.load(PC, line), nodes.constant(high, line)]
        )
        nodes.at(inside, line)
        hidden = handler.raise_line
        raise_again = nodes.raise_(nodes.load(handler.saved, line), hidden)
        body.append(nodes.if_(inside, [raise_again], [], line))
        matched = nodes.at(ast.IfExp(inside, nodes.load('$Any', line), _matches(handler)), line)
        made = ast.ExceptHandler(matched, handler.name, resume_block(handler.body))
        handlers.append(nodes.at(made, handler.lineno))
    found = stop_range(node.body)
    if not later:
        body += resume_block(node.body)
    elif found is not None:
        body.append(nodes.if_(at_most(found[1], line), resume_block(node.body), [], line))
    else:
        body.append(nodes.if_(nodes.not_(nodes.load(PC, line), line), list(node.body), [], line))
    return [nodes.at(ast.Try(body, handlers, resume_block(node.orelse), node.finalbody), line)]


def _enters(node: ast.Try) -> bool:
    return any(stop_range(handler.body) is not None for handler in node.handlers)


def _matches(handler: ast.ExceptHandler) -> ast.expr:
    """Return what a handler catches when it is not being entered: nothing while `$pc` is set."""
    line = handler.lineno
    assert handler.type is not None
    nothing = nodes.at(ast.Tuple([], nodes.LOAD), line)
    return nodes.at(ast.IfExp(nodes.load(PC, line), nothing, handler.type), line)


def _when_not_resuming(handler: ast.ExceptHandler) -> ast.ExceptHandler:
    if isinstance(handler.type, ast.Name) and handler.type.id == '$Private':
        return handler
    made = ast.ExceptHandler(_matches(handler), handler.name, handler.body)
    return nodes.at(made, handler.lineno)


_COMPOUND: dict[type[ast.stmt], Any] = {
    ast.If: resume_if,
    ast.While: resume_while,
    ast.For: resume_for,
    ast.Try: resume_try,
}
