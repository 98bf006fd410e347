"""All stages of the compiler, from source text to a program."""

from __future__ import annotations

import ast
import sys
import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from monty_flow.interpreter.compiler import feeds, scope_builder, scopes
from monty_flow.interpreter.compiler.annotations import RESOLVING, Annotations, annotations_of
from monty_flow.interpreter.compiler.assigned import maybe_unbound
from monty_flow.interpreter.compiler.check import check
from monty_flow.interpreter.compiler.lower import Statements
from monty_flow.interpreter.compiler.nodes import arguments, number_of
from monty_flow.interpreter.compiler.own import Own
from monty_flow.interpreter.compiler.parse import TOO_DEEP, parse, syntax_error
from monty_flow.interpreter.compiler.pausing import find_stops
from monty_flow.interpreter.compiler.program import Program
from monty_flow.interpreter.compiler.scopes import ScopeError
from monty_flow.interpreter.compiler.unit import Unit
from monty_flow.interpreter.errors import MontySyntaxError
from monty_flow.interpreter.limits import DEFAULT_LIMITS, ResourceLimits

#: Programs kept by `compile_program`.
CACHE_SIZE = 256


_cache: OrderedDict[Any, Program] = OrderedDict()


_cache_lock = threading.Lock()


def compile_program(
    source: str,
    *,
    script_name: str = 'main.py',
    inputs: tuple[str, ...] = (),
    externals: frozenset[str] | None = None,
    limits: ResourceLimits = DEFAULT_LIMITS,
    forced: bool = False,
    is_session: bool = False,
    is_answered: bool = False,
) -> Program:
    """Compile a script, or return it from the cache.

    `externals` None makes every name external that the script does not define and no built-in bears.
    `forced` emits the resume transformation everywhere, for tests. Raises MontySyntaxError. The source of a session
    (`feeds`) is compiled as one that can be fed; with `is_answered`, one whose calls the host answers at once, so that it
    never stops.
    """
    key = (source, script_name, inputs, externals, forced, is_session, is_answered)
    found = _cache.get(key)
    if found is not None:
        return found
    from monty_flow.interpreter.runtime.prelude import prelude_program  # the prelude is itself compiled here

    try:
        program = build_program(
            source,
            script_name,
            inputs,
            externals,
            limits,
            forced=forced,
            prelude=prelude_program,
            is_session=is_session,
            is_answered=is_answered,
        )
    except (RecursionError, MemoryError):
        raise MontySyntaxError(f'SyntaxError: {TOO_DEEP}', script_name=script_name) from None
    with _cache_lock:
        _cache[key] = program
        while len(_cache) > CACHE_SIZE:
            _cache.popitem(last=False)
    return program


def numbered(
    source: str, script_name: str, limits: ResourceLimits, *, is_session: bool = False
) -> tuple[ast.Module, int]:
    """Return the checked tree of a script, its nodes with their numbers, and how many of its operations may grow."""
    tree = parse(source, script_name, limits)
    if is_session:
        feeds.wrap(tree, source)
    if tuple(sys.version_info) >= (3, 12):
        from monty_flow.interpreter.compiler.type_parameters import expand  # before 3.12 there is no such syntax

        expand(tree, source, annotations_of(tree, source) is Annotations.VALUES)
    if 'super(' in source:
        from monty_flow.interpreter.compiler.super_values import unfold  # few scripts have classes above classes

        unfold(tree)
    return tree, check(tree, source, script_name)


def build_program(
    source: str,
    script_name: str,
    inputs: tuple[str, ...],
    externals: frozenset[str] | None,
    limits: ResourceLimits,
    *,
    forced: bool,
    prelude: Callable[[], Program] | None,
    own: Own | None = None,
    is_session: bool = False,
    is_answered: bool = False,
) -> Program:
    """Run all stages of the compiler. `own` is given for a program of ours, which is not checked as a script is."""
    growing = 0
    if is_session:
        externals = None if externals is None else externals | feeds.ENDS
    if own is None:
        tree, growing = numbered(source, script_name, limits, is_session=is_session)
    else:
        tree = parse(source, script_name, limits)
        own.rename(tree)
    found, unit = _analyse(
        tree, source, script_name, inputs, externals, own, is_session=is_session, is_answered=is_answered
    )
    unit.check_refused()
    main_args = arguments([name for name in inputs if name not in found.global_names], 1)
    main = unit.function(tree, '<module>', found.main, main_args, None)
    main.is_generator = found.main.is_async
    doc = ast.get_docstring(tree, clean=False)
    output = tree.body[-1] if tree.body else None
    if type(output) is ast.Expr:
        result: Any = ast.copy_location(ast.Return(output.value), output)
        result.nid, result.is_output = number_of(output), True
        if hasattr(output, 'has_stop'):
            result.has_stop = True
        tree.body[-1] = result
    try:
        main.body = Statements(unit, main).function_body(tree.body)
        if found.main.is_async:
            main = Statements.async_main(unit, tree, main)
    except ScopeError as error:
        raise unit.error(error.node, str(error)) from None
    if own is not None and own.identity is not None:
        for function in unit.all_functions:
            function.identity = own.identity if function.name == own.identity.split('|')[1] else function.name
    if own is not None and own.module is not None:
        _name_functions(unit, own.module)
    generated = None if own is None else own.identity
    program = Program(unit, inputs, main, forced=forced, prelude=prelude, growing=growing, generated=generated)
    program.doc = doc
    if is_session:
        program.feeds = feeds.starts(source)
    return program


def _analyse(
    tree: ast.Module,
    source: str,
    script_name: str,
    inputs: tuple[str, ...],
    externals: frozenset[str] | None,
    own: Own | None,
    *,
    is_session: bool = False,
    is_answered: bool = False,
) -> tuple[scopes.Program, Unit]:
    try:
        annotations = Annotations.UNSEEN if own is not None else annotations_of(tree, source)
        found = scope_builder.build(tree, annotations)
        if is_session and found.main.is_async:
            node = next(node for node, scope in found.awaits if scope is found.main)
            raise ScopeError(node, 'a session has no await at the top level; write asyncio.run(main())')
        found.main.bound.update(inputs)
        stops = find_stops(found, externals, own, is_answered=is_answered)
        found.global_names |= maybe_unbound(tree, inputs)
        reads_hints = annotations is not Annotations.UNSEEN and any(word in source for word in RESOLVING)
        if stops.rebinds or reads_hints or is_session or (own is not None and own.module is not None):
            # Exports are read from the globals, and functions of other modules and later feeds see them there.
            found.global_names |= found.main.bound | found.main.defined.keys()
        scopes.classify(found)
    except ScopeError as error:
        line = getattr(error.node, 'lineno', 1)
        raise syntax_error(
            SyntaxError(str(error), (script_name, line, getattr(error.node, 'col_offset', 0) + 1, None)),
            source,
            script_name,
        ) from None
    library = '' if own is None else own.library
    if library:
        found.global_names |= {name for name in found.main.used if ':' in name}
    module = None if own is None else own.module
    is_prelude = own is not None and module is None
    return found, Unit(
        source,
        script_name,
        found,
        stops,
        externals,
        is_prelude=is_prelude,
        library=library,
        module=module,
        is_session=is_session,
    )


def _name_functions(unit: Unit, module: str) -> None:
    """Give the functions of a library module their identities: names, with a number where several share one."""
    seen: dict[str, int] = {}
    for _, function in sorted(unit.functions.items()):
        count = seen[function.qualname] = seen.get(function.qualname, 0) + 1
        function.identity = f'{module}:{function.qualname}' + (f'#{count}' if count > 1 else '')
    for function in unit.all_functions:
        function.identity = unit.functions[function.number].identity
