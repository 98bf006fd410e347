"""One contender of the benchmarks, in a process of its own: reads requests, one JSON object a line, and answers them.

    {"source": text, "times": n, "processor": whether to count processor time, "what": "run" or "compile",
     "inputs": variables by name, "hosted": whether to give the host function `fetch`}
    ->  {"seconds": of all n times, "value": repr of the last expression}  or  {"error": text}

A process each, since two releases of pydantic-monty cannot be imported beside each other, and since a contender that
hangs or crashes must not end the others. Whatever can be done once for a program, such as compiling it, is done
before the time is taken, for every contender whose API allows it. To compile means a source never seen before: each
time another number stands for `@N@` in it.
"""

from __future__ import annotations

import ast
import contextlib
import functools
import gc
import importlib
import importlib.metadata
import io
import itertools
import json
import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter, process_time
from typing import Any, NamedTuple, cast

#: Runs the program once and returns the value of its last expression.
Run = Callable[[], Any]
#: Makes a program ready: its source, the variables that it is given, and the functions of the host.
Prepare = Callable[[str, dict[str, Any], dict[str, Any]], Run]

#: Where `make bench` puts the newest pydantic-monty, beside the pinned one of the environment.
NEWEST = Path(sys.prefix) / 'newest'


class Contender(NamedTuple):
    """What can run a program."""

    name: str
    prepare: Prepare
    #: Compiles a source; None where a program has no form between its source and its run.
    compile: Callable[[str], Any] | None = None


def fetch(*args: Any) -> int:
    """Stand for a function of the host."""
    return 1


def monty_flow() -> Contender:
    """Return this package, with the limits that it has by default."""
    package = importlib.import_module('monty_flow')

    def prepare(source: str, inputs: dict[str, Any], functions: dict[str, Any]) -> Run:
        run = package.Monty(source, inputs=inputs).run
        return functools.partial(run, inputs=inputs, external_functions=functions) if inputs or functions else run

    return Contender('monty-flow', prepare, package.Monty)


def cpython() -> Contender:
    """Return CPython itself: no sandbox, no limits, no pauses."""

    def prepare(source: str, inputs: dict[str, Any], functions: dict[str, Any]) -> Run:
        program = compile(_assigning_last(source), 'main.py', 'exec')

        def run() -> Any:
            names = {'__name__': '__main__', **inputs, **functions}
            exec(program, names)
            return names['$last']

        return run

    name = f'CPython {sys.version_info.major}.{sys.version_info.minor}'
    return Contender(name, prepare, lambda source: compile(source, 'main.py', 'exec'))


def pydantic_monty() -> Contender:
    """Return the last release of pydantic-monty that runs in the process."""
    package = importlib.import_module('pydantic_monty')

    def prepare(source: str, inputs: dict[str, Any], functions: dict[str, Any]) -> Run:
        run = package.Monty(source, inputs=list(inputs) or None).run
        if not (inputs or functions):
            return cast(Run, run)
        return functools.partial(run, inputs=inputs or None, external_functions=functions or None)

    return Contender(f'pydantic-monty {_version("pydantic-monty")}', prepare, package.Monty)


def newest_pydantic_monty() -> Contender:
    """Return the newest pydantic-monty, whose scripts run in a pool of processes; the way there is a part of its time."""
    sys.path.insert(0, str(NEWEST))
    package = importlib.import_module('pydantic_monty')
    pool = package.Monty(binary_path=str(NEWEST / 'bin' / 'monty')).__enter__()

    def prepare(source: str, inputs: dict[str, Any], functions: dict[str, Any]) -> Run:
        def run() -> Any:
            with pool.checkout() as session:
                return session.feed_run(source, inputs=inputs or None, external_lookup=functions or None)

        return run

    found = importlib.metadata.distributions(path=[str(NEWEST)])
    version = next(each.version for each in found if each.metadata['Name'] == 'pydantic-monty')
    return Contender(f'pydantic-monty {version}', prepare)


def restricted_python() -> Contender:
    """Return RestrictedPython with the guards that it brings and no others."""
    package = importlib.import_module('RestrictedPython')
    guards = importlib.import_module('RestrictedPython.Guards')
    iterating = importlib.import_module('RestrictedPython.Eval')
    limited = importlib.import_module('RestrictedPython.Limits').limited_builtins
    more = importlib.import_module('RestrictedPython.Utilities').utility_builtins
    names = {'sum': sum, 'max': max, 'min': min, 'list': list, 'dict': dict, 'set': set, 'enumerate': enumerate}
    names |= {'map': map, 'filter': filter, 'reversed': reversed, 'any': any, 'all': all, 'iter': iter, 'next': next}
    builtins = {**guards.safe_builtins, **more, **limited, **names, '__import__': importlib.__import__, 'range': range}
    builtins['__metaclass__'] = type

    def update_in_place(operator: str, left: Any, right: Any) -> Any:
        changed = {'left': left, 'right': right}
        exec(f'left {operator} right', changed)
        return changed['left']

    def prepare(source: str, inputs: dict[str, Any], functions: dict[str, Any]) -> Run:
        program = package.compile_restricted(_assigning_last(source, 'last'), 'main.py', 'exec')

        def run() -> Any:
            scope = {
                '__builtins__': builtins,
                '__name__': '__main__',
                '__metaclass__': type,
                '_getattr_': guards.safer_getattr,
                '_getitem_': iterating.default_guarded_getitem,
                '_getiter_': iterating.default_guarded_getiter,
                '_iter_unpack_sequence_': guards.guarded_iter_unpack_sequence,
                '_unpack_sequence_': guards.guarded_unpack_sequence,
                '_write_': guards.full_write_guard,
                '_inplacevar_': update_in_place,
                **inputs,
                **functions,
            }
            exec(program, scope)
            return scope['last']

        return run

    def compiled(source: str) -> Any:
        return package.compile_restricted(source, 'main.py', 'exec')

    return Contender(f'RestrictedPython {_version("RestrictedPython")}', prepare, compiled)


def smolagents() -> Contender:
    """Return the executor that smolagents has for code of language models; it walks the syntax tree."""
    package = importlib.import_module('smolagents.local_python_executor')

    def prepare(source: str, inputs: dict[str, Any], functions: dict[str, Any]) -> Run:
        def run() -> Any:
            executor = package.LocalPythonExecutor(additional_authorized_imports=['*'])
            executor.send_tools(dict(functions))
            executor.send_variables(dict(inputs))
            return executor(source).output

        return run

    return Contender(f'smolagents {_version("smolagents")}', prepare)


def asteval() -> Contender:
    """Return asteval, which walks the syntax tree; it has no classes and no generators."""
    package = importlib.import_module('asteval')

    def prepare(source: str, inputs: dict[str, Any], functions: dict[str, Any]) -> Run:
        def run() -> Any:
            errors = io.StringIO()
            interpreter = package.Interpreter(err_writer=errors)
            interpreter.symtable.update(inputs, **functions)
            value = interpreter(source)
            if interpreter.error:
                raise RuntimeError(' '.join(str(interpreter.error[0].get_error()).split()))
            return value

        return run

    return Contender(f'asteval {_version("asteval")}', prepare)


CONTENDERS: dict[str, Callable[[], Contender]] = {
    'monty_flow': monty_flow,
    'cpython': cpython,
    'pydantic_monty': pydantic_monty,
    'newest_pydantic_monty': newest_pydantic_monty,
    'restricted_python': restricted_python,
    'smolagents': smolagents,
    'asteval': asteval,
}


def _version(distribution: str) -> str:
    return importlib.metadata.version(distribution)


def _assigning_last(source: str, name: str = '$last') -> ast.Module:
    """Return the program with the value of its last expression put under a name."""
    tree = ast.parse(source)
    last = tree.body[-1]
    assert isinstance(last, ast.Expr)
    tree.body[-1] = ast.copy_location(ast.Assign([ast.Name(name, ast.Store())], last.value), last)
    return ast.fix_missing_locations(tree)


def main() -> None:
    """Say the name and version, then answer requests until there are none."""
    answers = sys.stdout
    with contextlib.redirect_stdout(io.StringIO()):
        try:
            contender = CONTENDERS[sys.argv[1]]()
        except Exception as error:  # it is not installed, or does not work here
            print(json.dumps({'error': f'{type(error).__name__}: {error}'}), file=answers, flush=True)
            return
        print(json.dumps({'name': contender.name}), file=answers, flush=True)
        prepared: dict[str, Run] = {}
        for line in sys.stdin:
            print(json.dumps(_answer(json.loads(line), prepared, contender)), file=answers, flush=True)


def _answer(request: dict[str, Any], prepared: dict[str, Run], contender: Contender) -> dict[str, Any]:
    key = json.dumps([request[name] for name in ('what', 'source', 'inputs', 'hosted')])
    clock = process_time if request['processor'] else perf_counter
    try:
        if key not in prepared:
            prepared.clear()
            prepared[key] = _prepared(request, contender)
        run = prepared[key]
        gc.collect()
        gc.disable()
        begin = clock()
        for _ in range(request['times']):
            value = run()
        seconds = clock() - begin
    except BaseException as error:  # what a contender cannot do is a result too
        return {'error': ' '.join(f'{type(error).__name__}: {error}'.split())[:120]}
    finally:
        gc.enable()
    return {'seconds': seconds, 'value': repr(value)}


def _prepared(request: dict[str, Any], contender: Contender) -> Run:
    source = request['source']
    if request['what'] == 'run':
        return contender.prepare(source, request['inputs'], {'fetch': fetch} if request['hosted'] else {})
    compiler = contender.compile
    if compiler is None:
        raise NotImplementedError('a program has no compiled form')
    numbers = itertools.count(1)

    def compile_next() -> None:
        compiler(source.replace('@N@', str(next(numbers))))

    return compile_next


if __name__ == '__main__':
    main()
